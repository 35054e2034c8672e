"""What people typed into a form and did not save; and goals found by who made them"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "typed_forms",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=True),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_typed_forms_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["goal_id"], ["goals.id"], name=op.f("fk_typed_forms_goal_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "place", name=op.f("pk_typed_forms")),
    )
    op.create_index("ix_typed_forms_goal_id", "typed_forms", ["goal_id"])
    op.create_index("ix_goals_created_by_id", "goals", ["created_by_id", "state"])


def downgrade() -> None:
    op.drop_index("ix_goals_created_by_id", table_name="goals")
    op.drop_index("ix_typed_forms_goal_id", table_name="typed_forms")
    op.drop_table("typed_forms")
