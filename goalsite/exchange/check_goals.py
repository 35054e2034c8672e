"""What must hold of goals, their measures, steps and targets by period (rules §2–§4)."""

from collections import defaultdict
from collections.abc import Hashable
from decimal import Decimal

from goalsite.domain import definition
from goalsite.domain.company import Company as Settings
from goalsite.domain.errors import RuleError
from goalsite.domain.measure import Measure
from goalsite.domain.terms import COUNTED_STATES
from goalsite.exchange.check_company import is_span, refuse_loops, refuse_reference, spelled
from goalsite.exchange.facts import Parts, measure_facts, own, span_of
from goalsite.exchange.rows import Company, Faults, Row
from goalsite.exchange.stored import OWN

MOST_KEY_RESULTS = 10
HUNDRED = Decimal(100)


def check(company: Company, settings: Settings, parts: Parts, faults: Faults) -> None:
    """Adds every fault of the goals the file touches."""
    _check_links(company, faults)
    _check_loops(company, faults)
    touched = _touched(company)
    for key in touched:
        _check_goal(company["goals"][key], company, parts, faults)
    for row in company["measures"].values():
        if row["goal"] in touched:
            _check_measure(row, company, parts, settings, faults)
    _check_weights(touched, company, faults)


def _touched(company: Company) -> dict[str, None]:
    """The goals that the file says something about, or about what they stand on, in order."""
    goals = company["goals"]
    found = {
        row["goal"]: None
        for name in ("measures", "steps", "period_targets")
        for row in company[name].values()
        if row.differs
    }
    cycles = {key for key, row in company["cycles"].items() if row.differs}
    metrics = {key for key, row in company["metrics"].items() if row.differs}
    settings = any(row.differs for row in company["settings"].values())
    found |= {row["goal"]: None for row in company["measures"].values() if settings or row["metric"] in metrics}
    return {key: None for key, row in goals.items() if key in found or row.given or row["cycle"] in cycles}


def _check_links(company: Company, faults: Faults) -> None:
    goals, measures = company["goals"], company["measures"]
    for row in goals.values():
        if not row.given:
            continue
        targets = [("supports", row["supports"])] if row["supports"] else []
        for column, (goal, measure) in [*targets, *(("also_supports", target) for target in row["also_supports"])]:
            if goal not in goals:
                refuse_reference(row, column, "goals", goal, company, faults)
            elif measure and (goal, measure) not in measures:
                refuse_reference(row, column, "measures", f"{goal}/{measure}", company, faults)
            elif goal == row["code"] and column == "also_supports":
                faults.at(row, column, "alignment_loop", chain=spelled([goal, goal]))


def _check_loops(company: Company, faults: Faults) -> None:
    goals = company["goals"]
    edges: dict[Hashable, list[Hashable]] = {
        key: [row["supports"][0]] if row["supports"] else [] for key, row in goals.items()
    }
    fed: dict[tuple[Hashable, Hashable], Row] = {}
    for row in company["measures"].values():
        if row["fed_by"] in goals:
            edges[row["fed_by"]].append(row["goal"])
            fed[row["fed_by"], row["goal"]] = row

    def refuse(chain: list[Hashable]) -> None:
        places: list[tuple[Row | None, str]] = [
            (fed[pair], "fed_by") if pair in fed else (goals.get(pair[0]), "supports")
            for pair in zip(chain, chain[1:], strict=False)
        ]
        faults.at_first(places, RuleError("alignment_loop", "supports", chain=spelled(chain)))

    refuse_loops(edges, refuse)


def _check_goal(goal: Row, company: Company, parts: Parts, faults: Faults) -> None:
    cycle = company["cycles"].get(goal["cycle"])
    if cycle and is_span(cycle) and goal["starts_on"] and goal["due_on"] and goal["due_on"] < goal["starts_on"]:
        faults.at(goal, "due_on", "dates_reversed", first=goal["starts_on"], last=goal["due_on"])
    if goal["evaluator"] and goal["evaluator"] == goal["owner"]:
        faults.at(goal, "evaluator", "evaluator_is_owner")
    if goal["kind"] == "kpi" and goal["progress_from"] != "measures":
        faults.at(goal, "progress_from", "kpi_progress_from")
    if goal["state"] not in COUNTED_STATES:
        return
    _check_count(goal, parts, faults)
    if cycle is None or not is_span(cycle):
        return
    for name in ("starts_on", "due_on"):
        if goal[name] and not cycle["starts_on"] <= goal[name] <= cycle["ends_on"]:
            error = RuleError(
                "span_outside",
                name,
                day=goal[name],
                first=cycle["starts_on"],
                last=cycle["ends_on"],
                what=cycle["code"],
            )
            faults.at_first([(goal, name), (cycle, "starts_on")], error)


def _check_count(goal: Row, parts: Parts, faults: Faults) -> None:
    """An active KPI has exactly one indicator; an active OKR one to ten key results, or none where something else gives its progress or its score."""
    measures = parts.measures.get(goal["code"], [])
    places: list[tuple[Row | None, str]] = [(goal, "state"), *((row, "goal") for row in reversed(measures))]
    if goal["kind"] == "kpi":
        if len(measures) != 1:
            faults.at_first(places, RuleError("kpi_needs_one_measure", "state", count=str(len(measures))))
    elif len(measures) > MOST_KEY_RESULTS:
        faults.at_first(
            places, RuleError("okr_too_many_measures", "state", count=str(len(measures)), most=str(MOST_KEY_RESULTS))
        )
    elif not measures and goal["progress_from"] == "measures" and goal["evaluated_by"] != "manager":
        faults.at_first(places, RuleError("okr_needs_measures", "state"))


def _check_measure(row: Row, company: Company, parts: Parts, settings: Settings, faults: Faults) -> None:
    goal = company["goals"][row["goal"]]
    _check_own(row, company, faults)
    _check_fed(row, goal, company, parts, faults)
    for step in parts.steps.get(row.key, []):
        if own(row, company, "direction") != "steps":
            faults.at(step, "measure", "steps_not_here", direction=own(row, company, "direction"))
    span = span_of(row, goal)
    if goal["state"] in COUNTED_STATES and span and goal["starts_on"] and goal["due_on"]:
        for name, day in (("starts_on", span.first), ("due_on", span.last)):
            if row[name] and not goal["starts_on"] <= day <= goal["due_on"]:
                error = RuleError(
                    "span_outside", name, day=day, first=goal["starts_on"], last=goal["due_on"], what=goal["code"]
                )
                faults.at_first([(row, name), (goal, name)], error)
    facts = measure_facts(row, company, parts, settings.calendar)
    if facts is not None:
        _check_definition(row, goal, facts, parts, faults)


def _check_definition(row: Row, goal: Row, facts: Measure, parts: Parts, faults: Faults) -> None:
    if row["fed_by"] and facts.direction == "steps":
        return
    for error in definition.faults(facts, draft=goal["state"] not in COUNTED_STATES):
        targets = parts.targets.get(row.key, [])
        if error.code == "period_unknown":
            wrong = [target for target in targets if target["starts_on"] == error.terms["day"]]
            faults.at_first([*((target, "starts_on") for target in wrong), (row, "frequency")], error)
        elif error.code.startswith("period_targets"):
            # Whichever of the targets, or the total, the file gives: the last one is where a person looks.
            faults.at_first(
                [*((target, "target") for target in reversed(targets)), (row, "target"), (goal, "starts_on")], error
            )
        else:
            column = error.field if error.field in row.sheet.places else "target"
            metric_says = row["metric"] and column in OWN
            faults.at_first([(row, "metric" if metric_says else column), (goal, "kind")], error)


def _check_own(row: Row, company: Company, faults: Faults) -> None:
    """Where a metric is named, what is its own may be left out, but not contradicted."""
    metric = company["metrics"].get(row["metric"]) if row["metric"] else None
    if metric is None or not row.given:
        return
    for name in OWN:
        if row[name] not in (None, "", metric[name]):
            faults.at(
                row, name, "measure_against_metric", text=str(row[name]), metric=metric["code"], own=str(metric[name])
            )


def _check_fed(row: Row, goal: Row, company: Company, parts: Parts, faults: Faults) -> None:
    source = company["goals"].get(row["fed_by"]) if row["fed_by"] else None
    if source is None:
        return
    if goal["kind"] == "kpi":
        faults.at(row, "fed_by", "fed_indicator")
    if source["kind"] != "kpi":
        faults.at(row, "fed_by", "fed_by_no_kpi", name=source["code"])
        return
    for indicator in parts.measures.get(source["code"], []):
        if indicator["metric"] != row["metric"] or not row["metric"]:
            error = RuleError(
                "fed_by_other_metric", "fed_by", one=row["metric"] or "–", other=indicator["metric"] or "–"
            )
            faults.at_first([(row, "fed_by"), (indicator, "metric")], error)
        if indicator["fed_by"]:
            faults.at(row, "fed_by", "fed_by_fed", name=source["code"])


def _check_weights(touched: dict[str, None], company: Company, faults: Faults) -> None:
    """Where the cycle wants it, the weights of a person's active goals of one kind come to 100."""
    strict = {key for key, row in company["cycles"].items() if row["weights_to_100"]}
    if not strict:
        return
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for goal in company["goals"].values():
        if goal["cycle"] in strict and goal["scope"] == "person" and goal["state"] in COUNTED_STATES:
            groups[goal["cycle"], goal["owner"], goal["kind"]].append(goal)
    for goals in groups.values():
        total = sum((goal["weight"] for goal in goals), Decimal(0))
        if total != HUNDRED and any(goal["code"] in touched for goal in goals):
            cycle = company["cycles"][goals[0]["cycle"]]
            places: list[tuple[Row | None, str]] = [(goal, "weight") for goal in goals]
            faults.at_first(
                [*places, (cycle, "weights_to_100")],
                RuleError("weights_not_100", "weight", total=total, owner=goals[0]["owner"]),
            )
