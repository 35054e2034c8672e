"""How the files in `data/goals-*.txt` read. One line a thing, in the words of a shell:

    OKR CODE owner unit "title" name=value …      a goal; KPI likewise
      + CODE "title" METRIC name=value …          a key result (METRIC is - where none is named)
      = METRIC name=value …                       a KPI's indicator
        * CODE "title" weight done=w3             a step of the measure above
        x kind owner "next step"                  what is in its way
      ~ day field from to "why" by=… ok=… on=CODE a change of the measure above, or of the one named
      > author day "words"                        a comment
      ! assignee day "title" done=day of=CODE     an action

A goal stands once in every cycle its `in` names by role (see `spans.Cycle`). `supports` names goals of the same cycle, with @ of its
year. Days are tokens (see `spans.resolve`). The other names are the workbook's columns, or say how the numbers went (see `checkins`).
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

Options = dict[str, str]


@dataclass
class Line:
    """Words in their places, and named options."""

    words: list[str]
    options: Options


@dataclass
class MeasureOutline:
    code: str
    title: str
    metric: str
    options: Options
    steps: list[Line] = field(default_factory=list)
    blockers: list[Line] = field(default_factory=list)


@dataclass
class GoalOutline:
    kind: str
    code: str
    owner: str
    unit: str
    title: str
    options: Options
    measures: list[MeasureOutline] = field(default_factory=list)
    changes: list[Line] = field(default_factory=list)
    comments: list[Line] = field(default_factory=list)
    actions: list[Line] = field(default_factory=list)

    def add(self, sign: str, line: Line) -> None:
        words = line.words
        match sign:
            case "+":
                self.measures.append(MeasureOutline(words[0], words[1], words[2].strip("-"), line.options))
            case "=":
                self.measures.append(MeasureOutline("CT", self.title, words[0].strip("-"), line.options))
            case "*":
                self.measures[-1].steps.append(line)
            case "x":
                self.measures[-1].blockers.append(line)
            case "~":
                line.options.setdefault("on", self.measures[-1].code)
                self.changes.append(line)
            case ">":
                self.comments.append(line)
            case "!":
                self.actions.append(line)
            case _:
                raise ValueError(f"{self.code}: {sign}")


@lru_cache(maxsize=1)
def read(folder: Path) -> tuple[GoalOutline, ...]:
    """All goals of the folder's outlines, in order."""
    return tuple(_goals(folder))


def _goals(folder: Path) -> Iterator[GoalOutline]:
    for file in sorted(folder.glob("goals-*.txt")):
        goal: GoalOutline | None = None
        for text in file.read_text(encoding="utf-8").splitlines():
            if not text.strip() or text.lstrip().startswith("#"):
                continue
            sign, *parts = shlex.split(text)
            line = _line(parts)
            if sign in ("OKR", "KPI"):
                if goal:
                    yield goal
                code, owner, unit, title = line.words
                goal = GoalOutline(sign.lower(), code, owner, unit, title, line.options)
            elif goal:
                goal.add(sign, line)
        if goal:
            yield goal


def _line(parts: list[str]) -> Line:
    """Words come first; after the first name=value a bare word is a name that is on."""
    line = Line([], {})
    for part in parts:
        name, equals, value = part.partition("=")
        if equals and name.isidentifier():
            line.options[name] = value
        elif line.options or part in FLAGS:
            line.options[part] = "yes"
        else:
            line.words.append(part)
    return line


FLAGS = ("weekly", "monthly", "weekly20", "quiet", "gap")
