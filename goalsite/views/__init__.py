"""HTTP: one blueprint per screen area, in the order of the navigation."""

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

MODULES = (
    "health",
    "auth",
    "account",
    "search",
    "my",
    "checkins",
    "weekly",
    "corrections",
    "blockers",
    "meetings",
    "overview",
    "members",
    "reminders",
    "assignments",
    "tree_map",
    "tree",
    "goals",
    "coach",
    "convert",
    "convert_objective",
    "comments",
    "pickers",
    "typed",
    "drafts",
    "moves",
    "duplicates",
    "changes",
    "measures",
    "plans",
    "acknowledgements",
    "follows",
    "evaluations",
    "evaluators",
    "decisions",
    "reviews",
    "reports",
    "report_checkins",
    "report_results",
    "report_forecasts",
    "report_metrics",
    "notifications",
    "setup",
    "mails",
    "people",
    "people_accounts",
    "people_invites",
    "handover",
    "people_import",
    "units",
    "unit_people",
    "cycles",
    "cycle_plans",
    "cycle_copies",
    "metrics",
    "kpi_sets",
    "kpi_gifts",
    "company",
    "workbook",
)


def init_app(app: Flask) -> None:
    """Registers each module's `blueprint`."""
    for name in MODULES:
        if find_spec(f"goalsite.views.{name}"):
            app.register_blueprint(import_module(f"goalsite.views.{name}").blueprint)
