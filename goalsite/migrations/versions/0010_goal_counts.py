"""How many goals each unit has and who owes a check-in, kept when they are written; filled in from what there is."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "goal_counts",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("visibility", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("unaligned", sa.Boolean(), nullable=False),
        sa.Column("stale_from", sa.Date(), nullable=False),
        sa.Column("own", sa.Integer(), nullable=False),
        sa.Column("below", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_goal_counts_cycle_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_goal_counts_unit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(
            "cycle_id",
            "unit_id",
            "kind",
            "visibility",
            "status",
            "unaligned",
            "stale_from",
            name=op.f("pk_goal_counts"),
        ),
    )
    op.create_table(
        "duties",
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("due_from", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"], name=op.f("fk_duties_cycle_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_duties_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("cycle_id", "person_id", "public", name=op.f("pk_duties")),
    )
    op.create_index(op.f("ix_duties_person_id"), "duties", ["person_id"])
    _fill_in()


def downgrade() -> None:
    op.drop_index(op.f("ix_duties_person_id"), table_name="duties")
    op.drop_table("duties")
    op.drop_table("goal_counts")


def _fill_in() -> None:
    """The units of a closed cycle are those of then."""
    closed = "SELECT id FROM cycles WHERE state = 'closed' AND closed_at IS NOT NULL"
    never = "'9999-12-31'" if op.get_bind().dialect.name == "sqlite" else "DATE '9999-12-31'"
    ancestries = (
        ("unit_ancestors", f"g.cycle_id NOT IN ({closed})"),
        ("unit_ancestors_then", f"g.cycle_id IN ({closed}) AND a.cycle_id = g.cycle_id"),
    )
    for table, where in ancestries:
        # Names of ours.
        op.execute(f"""
            INSERT INTO goal_counts (cycle_id, unit_id, kind, visibility, status, unaligned, stale_from, own, below)
            SELECT g.cycle_id, a.ancestor_id, g.kind, g.visibility, g.status, g.unaligned, g.stale_from,
                   sum(CASE WHEN a.depth = 0 THEN 1 ELSE 0 END), count(*)
            FROM (SELECT cycle_id, unit_id, kind, visibility, status, coalesce(stale_from, {never}) AS stale_from,
                         parent_id IS NULL AND NOT EXISTS (SELECT 1 FROM goal_links WHERE goal_links.goal_id = goals.id)
                         AND NOT (scope = 'unit' AND EXISTS
                                  (SELECT 1 FROM units WHERE units.id = goals.unit_id AND units.parent_id IS NULL))
                         AS unaligned
                  FROM goals WHERE state IN ('active', 'closed')) AS g
            JOIN {table} AS a ON a.unit_id = g.unit_id
            WHERE {where}
            GROUP BY g.cycle_id, a.ancestor_id, g.kind, g.visibility, g.status, g.unaligned, g.stale_from
        """)  # noqa: S608
    op.execute("""
        INSERT INTO duties (cycle_id, person_id, public, due_from, last_on)
        SELECT cycle_id, reporter, public, min(due_from), max(last_on)
        FROM (SELECT goals.cycle_id, coalesce(measures.assignee_id, goals.owner_id) AS reporter,
                     goals.visibility = 'public' AS public, measures.due_from, measures.last_on
              FROM measures JOIN goals ON goals.id = measures.goal_id
              WHERE goals.state = 'active' AND measures.due_from IS NOT NULL) AS owed
        GROUP BY cycle_id, reporter, public
    """)
