"""The words of a report taken out as a file: what stands above each column, and the reader's words for its codes."""

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

HEADS = {
    "people": {
        "email": _l("E-mail"),
        "name": _l("Name"),
        "unit": _l("Unit"),
        "okr": "OKR",
        "kpi": "KPI",
        "total": _l("Result"),
        "expected": _l("Expected"),
        "rating": _l("Rating"),
        "provisional": _l("Provisional"),
        "goals": _l("Goals"),
        "last_checkin_on": _l("Last check-in"),
    },
    "units": {
        "code": _l("Code"),
        "name": _l("Name"),
        "kind": _l("Kind"),
        "okr": "OKR",
        "kpi": "KPI",
        "total": _l("Result of its own goals"),
        "people_mean": _l("Mean of its people"),
        "people": _l("People with a result"),
        "goals": _l("Own goals"),
    },
    "goals": {
        "code": _l("Code"),
        "kind": _l("Kind"),
        "title": _l("Goal"),
        "owner": _l("Owner"),
        "unit": _l("Unit"),
        "progress": _l("Progress"),
        "expected": _l("Expected"),
        "pace": _l("Pace"),
        "status": _l("Status"),
        "result": _l("Result"),
        "provisional": _l("Provisional"),
        "last_checkin_on": _l("Last check-in"),
    },
}
SHEETS = {"people": _l("People's results"), "units": _l("Units' results"), "goals": _l("Goals")}
WORDS = {
    "rating": {
        "excellent": _lp("rating", "Excellent"),
        "good": _lp("rating", "Good"),
        "fair": _lp("rating", "Fair"),
        "average": _lp("rating", "Average"),
        "poor": _lp("rating", "Poor"),
    },
    "kind": {
        "company": _l("Company"),
        "department": _l("Department"),
        "team": _l("Team"),
        "okr": "OKR",
        "kpi": "KPI",
    },
    "status": {
        "not_started": _l("Not started"),
        "done": _l("Done"),
        "on_track": _l("On track"),
        "at_risk": _l("At risk"),
        "behind": _l("Behind"),
    },
    "provisional": {"yes": _l("yes"), "no": _l("no")},
}


def say(column: str, text: str) -> str:
    """A code of that column in the reader's language; what is no code stays as it is."""
    return str(WORDS.get(column, {}).get(text, text))
