"""Unit tests reach no database: what they test is given its data."""

import sqlite3
from typing import Any, NoReturn

import psycopg
import pytest


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> NoReturn:
        raise AssertionError("a unit test reached for a database; it belongs into tests/integration")

    for module in (sqlite3, sqlite3.dbapi2, psycopg, psycopg.Connection):
        monkeypatch.setattr(module, "connect", refuse)
