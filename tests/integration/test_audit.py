"""The audit chain: every tampering is found, named and placed."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, scoped_session

from goalsite.actions import audit
from goalsite.actions.audit import Fault
from goalsite.extensions import db
from goalsite.models_accounts import AuditRow
from tests import cast

Db = scoped_session[Session]
ROWS = 12
WITHOUT_SEQ = [column for column in AuditRow.__table__.columns.keys() if column != "seq"]  # noqa: SIM118


def write_rows(count: int = ROWS) -> None:
    person = cast.join(is_hr=True)
    for number in range(count):
        audit.record(
            person,
            "change",
            "goal",
            number,
            {"title": "Cũ", "at": date(2026, 1, 1)},
            {"weight": Decimal("1.50"), "n": number},
        )
    db.session.commit()


class TestRecord:
    def test_rows_are_numbered_and_chained(self, db_session: Db) -> None:
        write_rows()
        rows = list(db_session.scalars(select(AuditRow).order_by(AuditRow.seq)))
        assert [row.seq for row in rows] == list(range(1, ROWS + 1))
        assert [row.previous_hash for row in rows] == ["", *(row.hash for row in rows[:-1])]
        assert (rows[-1].role, rows[-1].before, rows[-1].after) == (
            "hr",
            {"title": "Cũ", "at": "2026-01-01"},
            {"weight": "1.5", "n": ROWS - 1},
        )
        assert audit.head() == (ROWS, rows[-1].hash)

    def test_nothing_stays_of_a_change_that_was_taken_back(self, db_session: Db) -> None:
        write_rows(1)
        audit.record(None, "change", "goal", 1)
        db_session.rollback()
        assert audit.head()[0] == 1
        assert audit.verify() is None

    def test_writers_at_once_make_one_chain(self, app: Flask) -> None:
        def write(number: int) -> None:
            with app.app_context():
                audit.record(None, "change", "goal", number)
                db.session.commit()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(write, range(40)))
        with app.app_context():
            assert audit.verify() is None
            assert audit.head()[0] == 40

    def test_request_is_named(self, app: Flask, db_session: Db) -> None:
        person = cast.join(password=cast.PASSWORD)
        cast.signed_in(app, person).post("/account/end-sessions")
        assert (
            db_session.scalar(select(func.length(AuditRow.request_id)).where(AuditRow.action == "end_sessions")) == 16
        )


class TestVerify:
    def test_whole_log(self, db_session: Db) -> None:
        assert audit.verify() is None
        write_rows()
        assert audit.verify() is None
        assert audit.verify(audit.head()) is None

    @pytest.mark.parametrize(
        ("statement", "fault"),
        (
            ("UPDATE audit_log SET object_id = '99' WHERE seq = 5", Fault(5, "edit")),
            ("DELETE FROM audit_log WHERE seq = 5", Fault(5, "delete")),
            ("DELETE FROM audit_log WHERE seq > 5", Fault(6, "truncation")),
            ("DELETE FROM audit_log", Fault(1, "truncation")),
            (
                f"INSERT INTO audit_log SELECT {ROWS + 1}, {', '.join(WITHOUT_SEQ)} FROM audit_log WHERE seq = 5",
                Fault(ROWS + 1, "insert"),
            ),
        ),
    )
    def test_tampering_is_named(self, without_guard: Db, statement: str, fault: Fault) -> None:
        write_rows()
        without_guard.execute(text(statement))
        without_guard.commit()
        assert audit.verify() == fault

    def test_a_head_noted_earlier_shows_a_log_rewritten_as_a_whole(self, without_guard: Db) -> None:
        write_rows()
        noted = audit.head()
        without_guard.execute(text("DELETE FROM audit_log"))
        without_guard.execute(text("UPDATE audit_head SET seq = 0, hash = ''"))
        without_guard.commit()
        assert audit.verify() is None
        assert audit.verify(noted) == Fault(ROWS, "truncation")
        for number in range(ROWS):
            audit.record(None, "change", "goal", number)
        assert audit.verify(noted) == Fault(ROWS, "edit")


class TestThousandTamperings:
    def test_all_are_found_and_told_apart(self) -> None:
        chance = random.Random(20260101)
        for _ in range(1000):
            rows = chain(chance.randint(3, 30))
            length, last = len(rows), rows[-1].hash
            expected = chance.choice(
                (edit, edit_and_rehash, delete, delete_and_renumber, truncate, insert, insert_and_rehash)
            )(rows, chance)
            assert audit.first_fault(rows, length, last) == expected, expected


def chain(length: int) -> list[AuditRow]:
    rows: list[AuditRow] = []
    for seq in range(1, length + 1):
        rows.append(row(seq, rows[-1].hash if rows else ""))
    return rows


def row(seq: int, previous: str, **facts: Any) -> AuditRow:
    made = AuditRow(
        **{
            "seq": seq,
            "at": datetime(2026, 1, 1, tzinfo=UTC),
            "actor_id": 1,
            "role": "person",
            "action": "change",
            "object_kind": "goal",
            "object_id": str(seq),
            "before": None,
            "after": {"weight": str(seq)},
            "request_id": "",
            "previous_hash": previous,
            **facts,
        }
    )
    made.hash = audit.hash_of(made)
    return made


CHANGES: dict[str, Any] = {
    "at": datetime(2025, 1, 1, tzinfo=UTC),
    "actor_id": 7,
    "role": "hr",
    "action": "cancel",
    "object_kind": "unit",
    "object_id": "x",
    "before": {"a": 1},
    "after": None,
    "request_id": "r",
    "previous_hash": "0" * 64,
    "hash": "f" * 64,
}


def edit(rows: list[AuditRow], chance: random.Random) -> Fault:
    place = chance.randrange(len(rows))
    name = chance.choice(list(CHANGES))
    setattr(rows[place], name, CHANGES[name])
    return Fault(place + 1, "edit")


def edit_and_rehash(rows: list[AuditRow], chance: random.Random) -> Fault:
    place = chance.randrange(len(rows))
    rows[place].after = {"weight": "1000"}
    rows[place].hash = audit.hash_of(rows[place])
    return Fault(place + 1, "edit")


def delete(rows: list[AuditRow], chance: random.Random) -> Fault:
    place = chance.randrange(len(rows) - 1)
    del rows[place]
    return Fault(place + 1, "delete")


def delete_and_renumber(rows: list[AuditRow], chance: random.Random) -> Fault:
    fault = delete(rows, chance)
    for later in rows[fault.seq - 1 :]:
        later.seq -= 1
    return fault


def truncate(rows: list[AuditRow], chance: random.Random) -> Fault:
    place = chance.randrange(len(rows))
    del rows[place:]
    return Fault(place + 1, "truncation")


def insert(rows: list[AuditRow], chance: random.Random) -> Fault:
    place = chance.randrange(len(rows) + 1)
    forged = copy_of(rows[chance.randrange(len(rows))], place + 1)
    for later in rows[place:]:
        later.seq += 1
    rows.insert(place, forged)
    return Fault(place + 1, "insert")


def insert_and_rehash(rows: list[AuditRow], chance: random.Random) -> Fault:
    place = chance.randrange(len(rows) + 1)
    for later in rows[place:]:
        later.seq += 1
    rows.insert(place, row(place + 1, rows[place - 1].hash if place else "", object_id="forged"))
    return Fault(place + 1, "insert")


def copy_of(original: AuditRow, seq: int) -> AuditRow:
    return row(seq, original.previous_hash, object_id="forged")


@pytest.fixture
def without_guard(db_session: Db, engine: str) -> Db:
    """The log as somebody finds it who owns the database."""
    names = ("append_only", "no_truncate") if engine == "postgresql" else ("no_update", "no_delete")
    for name in names:
        db_session.execute(text(f"DROP TRIGGER audit_log_{name}" + (" ON audit_log" if engine == "postgresql" else "")))
    db_session.commit()
    return db_session
