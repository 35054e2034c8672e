"""What a column and a sheet of the workbook are."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from goalsite.actions.accounts import email_key


@dataclass(frozen=True)
class Column:
    """One column. `kind` is a reader of `cells`; `to` names the sheet whose keys it refers to; an empty cell means `default`.

    `derived`: an empty cell's meaning depends on other cells (`derive`); `kept`: on a row that stands already it changes nothing.
    """

    name: str
    kind: str = "text"
    key: bool = False
    required: bool = False
    default: Any = None
    derived: bool = False
    kept: bool = False
    words: tuple[str, ...] = ()
    to: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    above: Decimal | None = None

    @property
    def empty(self) -> Any:
        """What an empty cell stands for when nothing else is said."""
        if self.default is None and self.kind in ("text", "name", "code", "part", "symbol", "ref", "email", "word"):
            return ""
        return () if self.default is None and self.kind in ("refs", "words", "targets") else self.default


@dataclass(frozen=True)
class Sheet:
    name: str
    columns: tuple[Column, ...]
    # An identical key with other content is a fault, not a change.
    append_only: bool = False

    @cached_property
    def places(self) -> dict[str, int]:
        return {column.name: place for place, column in enumerate(self.columns)}

    @cached_property
    def key_places(self) -> tuple[int, ...]:
        return tuple(place for place, column in enumerate(self.columns) if column.key)

    @cached_property
    def key_columns(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.key)

    def column(self, name: str) -> Column:
        return self.columns[self.places[name]]

    def key_of(self, values: Sequence[Any]) -> Any:
        """What tells the row from all others: one value, or a tuple of several. E-mail addresses count without their letter case."""
        if self.name == "people":
            return email_key(values[0])
        if len(self.key_places) == 1:
            return values[self.key_places[0]]
        return tuple(values[place] for place in self.key_places)


def key(name: str, kind: str = "code", to: str = "", **more: Any) -> Column:
    return Column(name, "ref" if to else kind, key=True, required=more.pop("required", True), to=to, **more)


def ref(name: str, to: str, **more: Any) -> Column:
    return Column(name, "ref", to=to, **more)


def refs(name: str, to: str) -> Column:
    return Column(name, "refs", to=to)


def word(name: str, words: tuple[str, ...], **more: Any) -> Column:
    return Column(name, "word", words=words, default=more.pop("default", words[0]), **more)


def yes_no(name: str, default: bool | None) -> Column:
    return Column(name, "boolean", default=default)


def number(name: str, **more: Any) -> Column:
    return Column(name, "number", **more)


def share(name: str, default: str | None, least: str, most: str) -> Column:
    """A fraction of 1."""
    return Column(
        name,
        "share",
        default=default if default is None else Decimal(default),
        least=Decimal(least),
        most=Decimal(most),
    )
