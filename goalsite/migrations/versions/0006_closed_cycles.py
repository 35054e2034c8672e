"""A closed cycle keeps the organisation of then with its results, the bands it was rated by, and where the audit log stood.

Of cycles closed before, what was not kept is filled in from today's organisation.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CLOSED = "cycle_id IN (SELECT id FROM cycles WHERE state = 'closed')"
THEN = (("unit_then_id", "units"), ("manager_then_id", "people"))


def upgrade() -> None:
    with op.batch_alter_table("cycles", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("rating_bands", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("audit_seq", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("audit_hash", sa.String(length=64), nullable=True))
    with op.batch_alter_table("results", schema=None) as batch_op:
        for name, other in THEN:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch_op.create_foreign_key(op.f(f"fk_results_{name}"), other, [name], ["id"])
        batch_op.add_column(sa.Column("title_then", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("position_then", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("kind_then", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("expected", sa.BigInteger(), nullable=True))
    op.create_table(
        "unit_ancestors_then",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("ancestor_id", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycles.id"], name=op.f("fk_unit_ancestors_then_cycle_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_unit_ancestors_then_unit_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ancestor_id"], ["units.id"], name=op.f("fk_unit_ancestors_then_ancestor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cycle_id", "unit_id", "ancestor_id", name=op.f("pk_unit_ancestors_then")),
    )
    _fill_in()


def downgrade() -> None:
    op.drop_table("unit_ancestors_then")
    with op.batch_alter_table("results", schema=None) as batch_op:
        for name in ("expected", "kind_then", "position_then", "title_then"):
            batch_op.drop_column(name)
        for name, _ in THEN:
            batch_op.drop_constraint(op.f(f"fk_results_{name}"), type_="foreignkey")
            batch_op.drop_column(name)
    with op.batch_alter_table("cycles", schema=None) as batch_op:
        for name in ("audit_hash", "audit_seq", "rating_bands", "closed_at"):
            batch_op.drop_column(name)


def _fill_in() -> None:
    op.execute(
        "UPDATE cycles SET closed_at = (SELECT max(frozen_at) FROM results WHERE results.cycle_id = cycles.id) "
        "WHERE state = 'closed'"
    )
    facts = {
        "person": ("people", "unit_id", "boss_id", ("title", "position")),
        "unit": ("units", "parent_id", "head_id", ("kind",)),
    }
    for whose, (table, unit, manager, also) in facts.items():
        pairs = [("unit_then_id", unit), ("manager_then_id", manager), *((f"{name}_then", name) for name in also)]
        of = f"FROM {table} WHERE {table}.id = results.{whose}_id"
        said = ", ".join(f"{name} = (SELECT {column} {of})" for name, column in pairs)
        op.execute(f"UPDATE results SET {said} WHERE {whose}_id IS NOT NULL AND {CLOSED}")  # noqa: S608 (names of ours)
    op.execute(
        "INSERT INTO unit_ancestors_then (cycle_id, unit_id, ancestor_id, depth) SELECT cycles.id, unit_id, ancestor_id, "
        "depth FROM unit_ancestors, cycles WHERE cycles.state = 'closed'"
    )
