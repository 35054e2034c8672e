"""The words search looks through, made of every goal, measure, person and unit there is."""

from itertools import islice

import sqlalchemy as sa
from alembic import op

from goalsite.domain.names import folded_words

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AT_ONCE = 5000
SEARCHED = {
    "goal": ("goals", "title", "code"),
    "measure": ("measures", "title"),
    "person": ("people", "name", "title", "email"),
    "unit": ("units", "name", "code"),
}


def upgrade() -> None:
    words = op.create_table(
        "search_words",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("thing_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "word",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('goal', 'measure', 'person', 'unit')", name=op.f("ck_search_words_kind")),
        sa.PrimaryKeyConstraint("kind", "thing_id", "word", name=op.f("pk_search_words")),
        sqlite_with_rowid=False,
    )
    for kind, (table, *columns) in SEARCHED.items():
        found = op.get_bind().execute(sa.text(f"SELECT id, {', '.join(columns)} FROM {table}")).all()  # noqa: S608 (names of ours)
        rows = (
            {"kind": kind, "thing_id": thing_id, "word": word}
            for thing_id, *texts in found
            for word in folded_words(" ".join(texts))
        )
        while some := list(islice(rows, AT_ONCE)):
            op.bulk_insert(words, some)
    op.create_index("ix_search_words_kind_word", "search_words", ["kind", "word", sa.text("thing_id DESC")])


def downgrade() -> None:
    op.drop_index("ix_search_words_kind_word", table_name="search_words")
    op.drop_table("search_words")
