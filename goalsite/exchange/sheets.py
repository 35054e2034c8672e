"""The company workbook as data: its sheets, their columns, and what each column holds. Reading, writing and templates follow this one description."""

from decimal import Decimal
from typing import Any

from goalsite.domain import terms
from goalsite.exchange.columns import Column, Sheet

YES, NO = True, False
ONE = Decimal(1)


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


WEIGHT = number("weight", default=ONE, above=Decimal(0))

SHEETS = (
    Sheet("settings", (key("key"), Column("value"))),
    Sheet(
        "units",
        (
            key("code"),
            Column("name", "name", required=True),
            word("kind", terms.UNIT_KINDS),
            ref("parent", "units"),
            ref("head", "people"),
            refs("supervisors", "people"),
            yes_no("archived", NO),
            yes_no("supervisors_edit_goals", YES),
            yes_no("owners_edit_goals", YES),
            yes_no("owners_edit_measures", YES),
            word("okr_visibility", terms.VISIBILITIES),
            word("kpi_visibility", terms.VISIBILITIES),
            word("evaluation_visibility", terms.VISIBILITIES, default="restricted"),
        ),
    ),
    Sheet(
        "people",
        (
            key("email", "email"),
            Column("name", "name", required=True),
            Column("title", "name"),
            Column("position", "name"),
            ref("unit", "units"),
            refs("teams", "units"),
            ref("manager", "people"),
            Column("roles", "words", words=terms.ROLES),
            word("locale", ("", *terms.LOCALES)),
            Column("joined_on", "date"),
            Column("left_on", "date"),
        ),
    ),
    Sheet(
        "cycles",
        (
            key("code"),
            Column("name", "name", derived=True),
            Column("starts_on", "date", required=True),
            Column("ends_on", "date", required=True),
            ref("parent", "cycles"),
            word("state", terms.CYCLE_STATES),
            word("checkin_every", terms.RHYTHMS),
            word("checkin_weekday", terms.WEEKDAYS),
            share("kpi_share", "0.5", "0", "1"),
            share("kpi_cap", "1.2", "1", "10"),
            share("aspirational_full", "1", "0.1", "1"),
            yes_no("head_counts_unit", YES),
            yes_no("goals_need_approval", NO),
            yes_no("weights_to_100", NO),
            Column("mid_review_on", "date"),
            Column("evaluate_by", "date"),
            Column("review_by", "date"),
        ),
    ),
    Sheet(
        "metrics",
        (
            key("code"),
            Column("name", "name", required=True),
            Column("symbol", "symbol"),
            word("direction", terms.DIRECTIONS),
            word("aggregate", terms.AGGREGATES),
            Column("decimals", "whole", default=0, least=Decimal(0), most=Decimal(4)),
            Column("how_measured"),
            Column("formula"),
            word("formula_is", terms.FORMULA_IS),
        ),
    ),
    Sheet(
        "kpi_sets",
        (
            key("position", "name"),
            key("metric", to="metrics"),
            Column("title", "name"),
            WEIGHT,
            number("target"),
            word("target_per", terms.TARGET_PERS),
            word("frequency", terms.FREQUENCIES),
        ),
    ),
    Sheet(
        "goals",
        (
            key("code", "part"),
            word("kind", terms.GOAL_KINDS),
            word("scope", terms.SCOPES),
            Column("title", "name", required=True),
            ref("cycle", "cycles", required=True),
            ref("unit", "units", derived=True, kept=True),
            ref("owner", "people", required=True),
            ref("created_by", "people", derived=True, kept=True),
            Column("starts_on", "date", derived=True),
            Column("due_on", "date", derived=True),
            Column("supports", "target"),
            Column("also_supports", "targets"),
            number("weight", default=ONE, least=Decimal(0)),
            word("ambition", terms.AMBITIONS),
            word("state", terms.GOAL_STATES),
            Column("cancel_reason"),
            word("visibility", terms.VISIBILITIES),
            refs("visible_to", "units"),
            word("progress_from", terms.PROGRESS_FROM),
            word("evaluated_by", terms.EVALUATED_BY),
            ref("evaluator", "people", kept=True),
            Column("description"),
            refs("followers", "people"),
        ),
    ),
    Sheet(
        "measures",
        (
            key("goal", to="goals"),
            key("code", "part"),
            Column("title", "name", derived=True, kept=True),
            ref("metric", "metrics"),
            # Where a metric is named these four are its own: their cells stay empty, or agree with it.
            Column("symbol", "symbol"),
            Column("decimals", "whole", least=Decimal(0), most=Decimal(4)),
            Column("direction", "word", words=terms.DIRECTIONS),
            Column("aggregate", "word", words=terms.AGGREGATES),
            word("frequency", terms.FREQUENCIES),
            number("start"),
            number("target"),
            word("target_per", terms.TARGET_PERS),
            number("low"),
            number("high"),
            WEIGHT,
            Column("starts_on", "date"),
            Column("due_on", "date"),
            ref("assignee", "people"),
            ref("fed_by", "goals"),
        ),
    ),
    Sheet(
        "steps",
        (
            key("goal", to="goals"),
            key("measure", to="measures"),
            key("step"),
            Column("title", "name", derived=True),
            WEIGHT,
        ),
    ),
    Sheet(
        "period_targets",
        (
            key("goal", to="goals"),
            key("measure", to="measures"),
            key("starts_on", "date"),
            number("target", required=True),
        ),
    ),
    Sheet(
        "checkins",
        (
            key("goal", to="goals"),
            key("measure", to="measures"),
            key("entered_at", "instant", required=False, derived=True),
            key("step", to="steps", required=False),
            Column("on", "date", required=True),
            number("value"),
            number("numerator"),
            number("denominator"),
            word("confidence", terms.CONFIDENCES),
            Column("note"),
            ref("author", "people", derived=True, kept=True),
            Column("replaces", "instant"),
            ref("seen_by", "people", kept=True),
            Column("seen_at", "instant", kept=True),
        ),
        append_only=True,
    ),
    Sheet(
        "changes",
        (
            key("goal", to="goals"),
            key("measure", to="measures", required=False),
            key("at", "instant"),
            key("field"),
            Column("from"),
            Column("to"),
            Column("why"),
            ref("by", "people", required=True),
            ref("approved_by", "people"),
        ),
        append_only=True,
    ),
    Sheet(
        "blockers",
        (
            key("goal", to="goals"),
            key("measure", to="measures"),
            key("opened_on", "date"),
            # A key too: a measure may have two kinds of thing in its way from one day on.
            Column("kind", "word", key=True, required=True, words=terms.BLOCKER_KINDS, default=terms.BLOCKER_KINDS[0]),
            ref("owner", "people"),
            Column("next_step"),
            Column("closed_on", "date"),
        ),
    ),
    Sheet(
        "actions",
        (
            key("goal", to="goals"),
            key("title", "name"),
            ref("measure", "measures"),
            ref("assignee", "people"),
            Column("due_on", "date"),
            Column("done_on", "date"),
        ),
    ),
    Sheet(
        "comments",
        (
            key("goal", to="goals"),
            key("entered_at", "instant"),
            key("author", to="people"),
            Column("body", required=True),
        ),
    ),
    Sheet(
        "evaluations",
        (
            key("goal", to="goals"),
            key("at", "instant"),
            word("step", terms.EVALUATION_STEPS),
            ref("by", "people", required=True),
            number("score", least=Decimal(0)),
            Column("note"),
        ),
        append_only=True,
    ),
    Sheet(
        "reviews",
        (
            key("cycle", to="cycles"),
            key("person", to="people"),
            word("state", terms.REVIEW_STATES),
            Column("manager_words"),
            Column("person_words"),
            number("adjustment"),
            Column("adjustment_why"),
            Column("manager_signed_at", "instant"),
            Column("person_signed_at", "instant"),
            yes_no("agrees", None),
            Column("appeal_outcome"),
        ),
    ),
    Sheet("notes", (key("unit", to="units"), key("held_on", "date"), Column("body"))),
    Sheet(
        "results",
        (
            key("cycle", to="cycles"),
            Column("kind", "word", key=True, required=True, words=("person", "unit")),
            key("key", "text"),
            # What is left empty is not compared.
            Column("okr", "number", kept=True),
            Column("kpi", "number", kept=True),
            Column("total", "number", kept=True),
            Column("adjusted", "number", kept=True),
            word("rating", ("", *terms.RATINGS), kept=True),
        ),
    ),
)

BY_NAME = {sheet.name: sheet for sheet in SHEETS}
