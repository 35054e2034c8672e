"""The results of closed cycles: what a file says they were must be what its goals and check-ins come to."""

from decimal import Decimal

from goalsite.exchange import stored
from goalsite.exchange.rows import Company, Faults

NUMBERS = ("okr", "kpi", "total", "adjusted")


def check_closed_results(company: Company, faults: Faults) -> None:
    """Compares the file's `results` with the replay, once everything is written and refreshed."""
    said = [row for row in company.get("results", {}).values() if row.differs]
    if not said:
        return
    replayed = {row.key: row for row in stored.closed_results(stored.Keys())}
    for row in said:
        computed = replayed.get(row.key)
        if computed is None:
            faults.at(row, "key", "result_not_replayed")
            continue
        for name in (*NUMBERS, "rating"):
            if row[name] not in (None, "") and row[name] != computed[name]:
                faults.at(row, name, "result_differs", said=_shown(row[name]), computed=_shown(computed[name]))


def _shown(value: Decimal | str | None) -> Decimal | str:
    return "–" if value is None or value == "" else value
