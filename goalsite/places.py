"""The places of the navigation, in their order, and which pages are about a cycle."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp


@dataclass(frozen=True)
class Place:
    """One entry of the navigation; shown once its endpoint exists. `counts` names the field of `Waiting` beside it; `role`
    (hr or admin) who alone gets there."""

    endpoint: str
    label: Any
    short: Any
    icon: str
    phone: bool = False
    key: str | None = None
    counts: str = ""
    role: str = ""


NAV = (
    Place("my.show", _l("My goals"), _l("Mine"), "house", phone=True, key="m"),
    Place("weekly.show", _l("Weekly check-in"), _l("Check in"), "calendar-check", phone=True, counts="due"),
    Place("overview.show", _l("Overview"), _l("Overview"), "layout-dashboard", phone=True, key="o"),
    Place("members.list_members", _l("Members"), _l("Members"), "users", key=None),
    Place("tree.show", _l("Tree"), _l("Tree"), "network", phone=True, key="t"),
    Place(
        "decisions.show",
        _l("Decisions"),
        _lp("short", "Decisions"),
        "clipboard-check",
        phone=True,
        key="e",
        counts="decisions",
    ),
    Place("reports.show", _l("Reports"), _l("Reports"), "chart-column", key="r"),
)
SETUP = (
    Place("setup.show", _l("First steps"), _l("First steps"), "list-checks"),
    Place("units.list_units", _l("Organisation"), _l("Organisation"), "git-fork", role="hr"),
    Place("people.list_people", _lp("setup", "People"), _lp("setup", "People"), "users"),
    Place("cycles.list_cycles", _l("Cycles"), _l("Cycles"), "clock", role="hr"),
    Place("metrics.list_metrics", _l("Metrics"), _l("Metrics"), "target", role="hr"),
    Place("kpi_sets.list_positions", _l("KPI sets"), _l("KPI sets"), "scale", role="hr"),
    Place("workbook.show", _l("Import and export"), _l("Import and export"), "file-spreadsheet", role="hr"),
    Place("company.edit", _l("Company settings"), _l("Company"), "building-2", role="admin"),
)
# Pages that answer as of any past day (`?as_of=`), by blueprint: their links lead to each other as of the same day.
REPORTS = ("reports", "report_checkins", "report_forecasts", "report_metrics", "report_results")
OF_ANY_DAY = frozenset({"overview", "members", "tree", "tree_map", "goals", *REPORTS})
# Pages about a cycle, and what is done from them, by blueprint or endpoint: links to them say which.
OF_A_CYCLE = frozenset(
    {
        *("overview", "members", "tree", "tree_map", *REPORTS, "reminders"),
        *("my.show", "my.standing", "meetings.show", "meetings.note", "drafts.new", "convert.begin"),
        *("reviews.list_reviews", "reviews.sheets", "assignments.sheets", "assignments.show", "assignments.receive"),
    }
)
