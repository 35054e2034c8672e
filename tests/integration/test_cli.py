"""The commands for accounts and the audit log."""

import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session, scoped_session

from goalsite.actions import audit
from tests import cast

Db = scoped_session[Session]


class TestInvite:
    def test_prints_a_link_that_works(self, app: Flask, db_session: Db) -> None:
        person = cast.join("Lâm Quốc Khánh", email="khanh@x.vn")
        db_session.commit()
        result = app.test_cli_runner().invoke(args=["invite", "KHANH@x.vn"])
        link = re.search(r"^http://127\.0\.0\.1:8000(/welcome/\S+)$", result.output, re.MULTILINE)
        assert result.exit_code == 0
        assert link
        assert app.test_client().get(link[1]).status_code == 200
        assert person.name in result.output

    def test_nobody_has_that_address(self, app: Flask, db_session: Db) -> None:
        result = app.test_cli_runner().invoke(args=["invite", "no@x.vn"])
        assert (result.exit_code, "no@x.vn" in result.output) == (1, True)


class TestAudit:
    @pytest.fixture
    def rows(self, db_session: Db) -> str:
        for number in range(3):
            audit.record(None, "change", "goal", number)
        db_session.commit()
        return "{}:{}".format(*audit.head())

    def test_head_and_verify(self, app: Flask, rows: str) -> None:
        run = app.test_cli_runner().invoke
        assert run(args=["audit", "head"]).output.strip() == rows
        assert run(args=["audit", "verify"]).exit_code == 0
        assert run(args=["audit", "verify", "--head", rows]).exit_code == 0

    def test_log_that_is_not_the_one_noted_down(self, app: Flask, rows: str) -> None:
        run = app.test_cli_runner().invoke
        wrong = run(args=["audit", "verify", "--head", f"3:{'0' * 64}"])
        assert (wrong.exit_code, "row 3: edit" in wrong.output) == (1, True)
        assert run(args=["audit", "verify", "--head", "nonsense"]).exit_code == 1
