"""`report` gives the number of every worked example of docs/rules.md, on both engines."""

import csv
import io
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from tests import databases
from tests.integration import worked


@pytest.fixture(scope="module", params=databases.ENGINES)
def runner(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskCliRunner]:
    """The command line on a database with the worked examples; nothing here writes."""
    with databases.fresh(request.param, "migrated", databases.migrate) as url:
        app: Flask = databases.make_app(url)
        with databases.closing_app(app):
            runner = app.test_cli_runner()
            loaded = runner.invoke(args=["load", str(worked.write(tmp_path_factory.mktemp("worked")))])
            assert loaded.exit_code == 0, loaded.output
            yield runner


class Report:
    """The rows of a report by key, read back as a spreadsheet would."""

    def __init__(self, runner: FlaskCliRunner) -> None:
        self.runner = runner

    def __call__(self, kind: str, *arguments: str, cycle: str = "2026") -> dict[str, dict[str, str]]:
        answer = self.runner.invoke(args=["report", kind, "--cycle", cycle, *arguments])
        assert answer.exit_code == 0, answer.output
        rows = list(csv.DictReader(io.StringIO(answer.stdout)))
        keys = {"people": ("email",), "units": ("code",), "goals": ("code",), "measures": ("goal", "code")}[kind]
        return {"/".join(row[key] for key in keys): row for row in rows}


@pytest.fixture
def report(runner: FlaskCliRunner) -> Report:
    return Report(runner)


class TestMeasures:
    @pytest.mark.parametrize(
        ("measure", "raw", "counted"),
        (
            ("P/DEC80", "0.5", "0.5"),
            ("P/DEC70", "0.75", "0.75"),
            ("P/DEC50", "1.25", "1"),
            ("P/INC", "0.25", "0.25"),
            ("P/DEBT", "0.7", "0.7"),
            ("P/COST", "0.8", "0.8"),
            ("P/THIRD", "0.0333", "0.0333"),
            ("P/RATE", "0.4667", "0.4667"),
            ("P/BELOW", "-0.2", "0"),
            ("CEIL-OVER/OVER", "0.8", "0.8"),
            ("CEIL-UNDER/UNDER", "1.2", "1.2"),
            ("STEPS/S", "0.3", "0.3"),
        ),
    )
    def test_progress(self, report: Report, measure: str, raw: str, counted: str) -> None:
        row = report("measures")[measure]
        assert (row["raw"], row["counted"]) == (raw, counted)

    def test_a_formula_stands_beside_the_value_and_changes_no_progress(self, report: Report) -> None:
        row = report("measures")["FORM/F"]
        assert row["formula"] == "16.6667"
        assert row["raw"] == "0.8333"

    @pytest.mark.parametrize(
        ("measure", "current"),
        (("AGG/LAST", "8350"), ("AGG/SUM", "5"), ("AVG/K", "775"), ("RATIO/K", "3.8462")),
    )
    def test_aggregation(self, report: Report, measure: str, current: str) -> None:
        assert report("measures")[measure]["current"] == current

    @pytest.mark.parametrize("day", ("2026-02-01", "2026-05-01", "2026-08-01", "2026-11-01"))
    def test_a_total_is_spread_evenly(self, report: Report, day: str) -> None:
        assert report("measures", "--as-of", day)["EVEN/K"]["period_target"] == "250000"

    @pytest.mark.parametrize(
        ("day", "starts_on", "target"),
        (("2026-01-02", "2026-01-01", "29"), ("2026-01-06", "2026-01-05", "50"), ("2026-01-13", "2026-01-12", "21")),
    )
    def test_clipped_weeks_get_their_days_share(self, report: Report, day: str, starts_on: str, target: str) -> None:
        row = report("measures", "--as-of", day)["CLIP/K"]
        assert (row["period_starts_on"], row["period_target"]) == (starts_on, target)

    @pytest.mark.parametrize(
        ("day", "actual", "to_date"),
        (("2026-03-31", "220", "0.88"), ("2026-06-30", "240", "0.92"), ("2026-09-30", "200", "0.88")),
    )
    def test_a_sum_to_date(self, report: Report, day: str, actual: str, to_date: str) -> None:
        row = report("measures", "--as-of", day)["PLAN/K"]
        assert (row["period_actual"], row["to_date"]) == (actual, to_date)

    @pytest.mark.parametrize(
        ("day", "to_date"), (("2026-03-31", "0.88"), ("2026-06-30", "0.96"), ("2026-09-30", "0.9467"))
    )
    def test_cumulative_targets_to_date(self, report: Report, day: str, to_date: str) -> None:
        assert report("measures", "--as-of", day)["LINE/K"]["to_date"] == to_date

    def test_what_is_missing_is_made_up_in_the_current_week(self, report: Report) -> None:
        row = report("measures", "--as-of", "2026-01-26")["MAKEUP/K"]
        assert (row["period_target"], row["period_needed"]) == ("20", "23")

    def test_without_a_checkin_there_is_no_value_and_nothing_is_reached(self, report: Report) -> None:
        row = report("measures", "--as-of", "2026-01-10")["PLAN/K"]
        assert (row["current"], row["raw"], row["to_date"], row["status"]) == ("", "0", "0", "not_started")


class TestGoals:
    @pytest.mark.parametrize(
        ("goal", "progress"),
        (("W", "0.28"), ("N", "0.3333"), ("SUP", "0.725"), ("BOTH-1", "0.725"), ("BOTH", "0.3917")),
    )
    def test_progress(self, report: Report, goal: str, progress: str) -> None:
        assert report("goals")[goal]["progress"] == progress

    @pytest.mark.parametrize(
        ("goal", "day", "expected", "pace"),
        (("UP", "2026-01-12", "0.1186", "2.5286"), ("DOWN", "2026-02-20", "0.5357", "0.9333")),
    )
    def test_pace(self, report: Report, goal: str, day: str, expected: str, pace: str) -> None:
        row = report("goals", "--as-of", day)[goal]
        assert (row["expected"], row["pace"]) == (expected, pace)

    def test_time_gone_counts_from_nothing_to_all(self, report: Report) -> None:
        assert report("goals", "--as-of", "2026-04-15")["APRIL"]["expected"] == "0.4828"

    @pytest.mark.parametrize(
        ("goal", "status", "pace"),
        (("AT15", "behind", "0.375"), ("AT50", "on_track", "1.25"), ("AT30", "at_risk", "0.75")),
    )
    def test_status(self, report: Report, goal: str, status: str, pace: str) -> None:
        row = report("goals", "--as-of", "2026-01-05")[goal]
        assert (row["status"], row["pace"]) == (status, pace)


class TestPeople:
    @pytest.mark.parametrize(
        ("email", "kpi", "okr", "total", "rating"),
        (
            ("binh@x.example", "0.72", "0.53", "0.644", "average"),
            ("chi@x.example", "0.8496", "0.8496", "0.8496", "good"),
            ("dung@x.example", "0.95", "", "0.95", "good"),
        ),
    )
    def test_totals(self, report: Report, email: str, kpi: str, okr: str, total: str, rating: str) -> None:
        row = report("people", cycle="SHARE")[email]
        assert (row["kpi"], row["okr"], row["total"], row["rating"]) == (kpi, okr, total, rating)
        assert row["provisional"] == "yes"

    def test_who_has_no_goal_has_no_total(self, report: Report) -> None:
        row = report("people", cycle="SHARE")["an@x.example"]
        assert (row["total"], row["rating"], row["goals"]) == ("", "", "0")


class TestUnits:
    def test_people_and_own_goals_stand_apart(self, report: Report) -> None:
        row = report("units", cycle="SHARE")["CO"]
        assert (row["total"], row["people_mean"], row["people"], row["goals"]) == ("", "0.8145", "3", "0")
