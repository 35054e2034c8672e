"""What can only stand once every table does: circular foreign keys, and triggers that keep the append-only tables so

PostgreSQL adds the circular foreign keys here; SQLite, which cannot alter, has them inside its tables since 0001.
A later migration that rebuilds an append-only table in batch mode loses its triggers: it must call `guard` again.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("checkins", "changes", "evaluations", "audit_log")
CIRCULAR = (
    ("units", "head_id", "people"),
    ("goals", "parent_measure_id", "measures"),
    ("measures", "fed_by_id", "goals"),
)


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        for table, column, other in CIRCULAR:
            op.create_foreign_key(f"fk_{table}_{column}", table, other, [column], ["id"])
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
        )
    for table in APPEND_ONLY:
        guard(table, postgresql)
    op.execute("INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '')")


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in APPEND_ONLY:
        unguard(table, postgresql)
    if postgresql:
        op.execute("DROP FUNCTION refuse_change()")
        for table, column, _ in CIRCULAR:
            op.drop_constraint(f"fk_{table}_{column}", table, type_="foreignkey")
    op.execute("DELETE FROM audit_head")


def guard(table: str, postgresql: bool) -> None:
    """UPDATE, DELETE and, where there is such a thing, TRUNCATE of the table are refused."""
    if postgresql:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def unguard(table: str, postgresql: bool) -> None:
    names = ("append_only", "no_truncate") if postgresql else ("no_update", "no_delete")
    for name in names:
        op.execute(f"DROP TRIGGER {table}_{name}" + (f" ON {table}" if postgresql else ""))
