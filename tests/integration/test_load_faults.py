"""Bad input: each fault at its cell, all in one go, and nothing half-written."""

from pathlib import Path

import openpyxl
import pytest
from flask_babel import force_locale
from sqlalchemy.orm import Session, scoped_session

from goalsite.extensions import db
from goalsite.messages import say
from tests.unit.exchange_company import SHEETS, added, counts, edited, faults, load, written

Cells = dict[str, str]
Place = tuple[str, int, str, str]

GOAL = "X1,okr,,Mới,2026-Q1,,an@ba.sao"
CASES: dict[str, tuple[Cells, Place]] = {
    # The file
    "unknown sheet": ({"goalz": "code\n"}, ("goalz", 0, "", "sheet_unknown")),
    "unknown column": (edited("goals", "code,kind", "code,kindd"), ("goals", 1, "kindd", "column_unknown")),
    "foreign column": (edited("notes", "body", "zzzzzz"), ("notes", 1, "zzzzzz", "column_unknown_here")),
    "column twice": (edited("notes", "held_on,body", "held_on,body,body"), ("notes", 1, "body", "column_twice")),
    "no key column": (edited("notes", "held_on,body", ",body"), ("notes", 1, "held_on", "column_missing")),
    "cell without column": (edited("kpi_sets", "period,month", "period,month,7"), ("kpi_sets", 2, "", "cell_without_column")),
    "not UTF-8": (added("notes", "KD,2026-02-01,\udcff"), ("notes", 3, "body", "text_not_unicode")),
    "NUL": (added("notes", "KD,2026-02-01,a\x00b"), ("notes", 3, "body", "text_nul")),
    # Cells
    "required": (added("goals", "X1,okr,,,2026-Q1,,an@ba.sao"), ("goals", 8, "title", "cell_required")),
    "no key": (added("goals", ",okr,,Mới,2026-Q1,,an@ba.sao"), ("goals", 8, "code", "cell_required")),
    "unknown word": (added("goals", GOAL.replace("okr", "ocr")), ("goals", 8, "kind", "word_unknown")),
    "2⁶³": (edited("kpi_sets", "1.000.000", "9223372036854775808"), ("kpi_sets", 2, "target", "number_too_large")),
    "NaN": (edited("kpi_sets", "1.000.000", "NaN"), ("kpi_sets", 2, "target", "number_not_finite")),
    "Infinity": (edited("kpi_sets", "1.000.000", "-Infinity"), ("kpi_sets", 2, "target", "number_not_finite")),
    "1.234": (edited("kpi_sets", "1.000.000", "1.234"), ("kpi_sets", 2, "target", "number_two_ways")),
    "1,234": (edited("kpi_sets", "1.000.000", '"1,234"'), ("kpi_sets", 2, "target", "number_two_ways")),
    "too many decimals": (edited("kpi_sets", "1.000.000", "0.12345"), ("kpi_sets", 2, "target", "number_decimals")),
    "weight 0": (edited("kpi_sets", "DT,,2", "DT,,0"), ("kpi_sets", 2, "weight", "number_not_above")),
    "share above 1": (edited("cycles", "open,0.6", "open,60"), ("cycles", 3, "kpi_share", "number_too_great")),
    "31/02": (edited("cycles", "31/03/2026", "31/02/2026"), ("cycles", 4, "ends_on", "date_impossible")),
    "no date": (edited("cycles", "31/03/2026", "tháng ba"), ("cycles", 4, "ends_on", "date_unreadable")),
    "no address": (added("people", "an ba sao,An"), ("people", 6, "email", "email_unreadable")),
    "slash in a code": (added("goals", GOAL.replace("X1", "X/1")), ("goals", 8, "code", "code_sign")),
    "changed from no word": (added("changes", "O2,KR1,2026-02-02 10:00,frequency,fortnight,week,x,an@ba.sao"), ("changes", 4, "from", "word_unknown")),
    "changed tomorrow": (added("changes", "O2,KR1,2026-02-21 10:00,target,6,5,x,an@ba.sao"), ("changes", 4, "at", "checkin_not_yet")),
    "evaluated tomorrow": (added("evaluations", "P1,2026-02-21 09:00,approved,an@ba.sao,1,"), ("evaluations", 4, "at", "checkin_not_yet")),
    "said tomorrow": (added("comments", "O1,2026-02-21 09:00,an@ba.sao,Mai"), ("comments", 3, "entered_at", "checkin_not_yet")),
    # Keys and references
    "same key": (added("goals", "O1,okr,,Lại,2026-Q1,,an@ba.sao"), ("goals", 8, "code", "row_twice")),
    "e-mail in another letter case": (added("people", "AN@BA.SAO,An"), ("people", 6, "email", "email_twice")),
    "two check-ins without a time": (added("checkins", "O2,KR1,,,2026-01-16,7"), ("checkins", 12, "entered_at", "checkin_time_needed")),
    "unknown reference": (added("goals", GOAL.replace("an@", "ann@")), ("goals", 8, "owner", "reference_unknown")),
    "foreign reference": (added("goals", GOAL.replace("2026-Q1", "zzz")), ("goals", 8, "cycle", "reference_unknown_here")),
    "unknown measure": (added("checkins", "O2,KR9,,,2026-01-16,7"), ("checkins", 12, "measure", "reference_unknown_here")),
    "unknown supported goal": (added("goals", GOAL + ",,,O9"), ("goals", 8, "supports", "reference_unknown_here")),
    "unknown supported measure": (added("goals", GOAL + ",,,O1/KR9"), ("goals", 8, "supports", "reference_unknown_here")),
    # Settings and organisation
    "unknown setting": (added("settings", "colour,red"), ("settings", 5, "key", "setting_unknown")),
    "wrong setting": (added("settings", "workdays,mondai"), ("settings", 5, "value", "setting_wrong")),
    "thresholds": (added("settings", "on_track,0.5"), ("settings", 5, "value", "thresholds_not_descending")),
    "unit loop": (edited("units", "department,CTY", "department,KD-1"), ("units", 3, "parent", "unit_loop")),
    "second company": (added("units", "B,Khác,company"), ("units", 5, "kind", "unit_second_company")),
    "department at the top": (added("units", "B,Khác,department"), ("units", 5, "parent", "unit_without_parent")),
    "manager loop": (edited("people", "CTY,,,hr", "CTY,,dung@ba.sao,hr"), ("people", 2, "manager", "manager_loop")),
    "own manager": (edited("people", "CTY,,,hr", "CTY,,an@ba.sao,hr"), ("people", 2, "manager", "manager_self")),
    "cycle loop": (edited("cycles", "2026-12-31,,open", "2026-12-31,2026-Q1,open"), ("cycles", 3, "parent", "cycle_loop")),
    "cycle backwards": (edited("cycles", "31/03/2026", "2025-12-31"), ("cycles", 4, "ends_on", "dates_reversed")),
    "cycle outside its parent": (edited("cycles", "31/03/2026", "2027-01-31"), ("cycles", 4, "ends_on", "span_outside")),
    "formula": (edited("metrics", "($value-$target)*100/$target", "__import__('os')"), ("metrics", 2, "formula", "formula_not_allowed")),
    # Goals and measures
    "alignment loop": (edited("goals", ",,,,,1.1250", ",,,O2,,1.1250"), ("goals", 2, "supports", "alignment_loop")),
    "evaluator is the owner": (edited("goals", "an@ba.sao,,\n", "chi@ba.sao,,\n"), ("goals", 5, "evaluator", "evaluator_is_owner")),
    "active OKR without key results": (added("goals", GOAL + ",,,,,,,active"), ("goals", 8, "state", "okr_needs_measures")),
    "active KPI without indicator": (added("goals", GOAL.replace("okr", "kpi") + ",,,,,,,active"), ("goals", 8, "state", "kpi_needs_one_measure")),
    "active KPI with two": (added("measures", "K2,J,,LOI,,,,,,,5"), ("goals", 6, "state", "kpi_needs_one_measure")),
    "active OKR with eleven": (
        added("measures", *(f"P1,M{number},Xong,,,,done" for number in range(10))),
        ("goals", 7, "state", "okr_too_many_measures"),
    ),
    "goal outside its cycle": (edited("goals", "2026-01-05,,O1/KR1", "2025-12-31,,O1/KR1"), ("goals", 3, "starts_on", "span_outside")),
    "measure outside its goal": (edited("measures", "decrease,,,10,5,,,,,,", "decrease,,,10,5,,,,,,2026-04-01"), ("measures", 4, "due_on", "span_outside")),
    "decrease not below its start": (edited("measures", "decrease,,,10,5", "decrease,,,10,10"), ("measures", 4, "target", "target_not_below_start")),
    "increase not above its start": (edited("measures", '"4,5"', '"1,5"'), ("measures", 3, "target", "target_not_above_start")),
    "no target": (edited("measures", '"4,5"', ""), ("measures", 3, "target", "target_missing")),
    "key result that decreases without a start": (edited("measures", "decrease,,,10,5", "decrease,,,,5"), ("measures", 4, "start", "start_missing")),
    "against its metric": (edited("measures", "K2,I,,LOI,,,,", "K2,I,,LOI,,,increase,"), ("measures", 8, "direction", "measure_against_metric")),
    "fed by another metric": (edited("measures", "O1,KR1,Doanh thu bán,DT", "O1,KR1,Doanh thu bán,"), ("measures", 2, "fed_by", "fed_by_other_metric")),
    "fed by an OKR": (edited("measures", ",K1\n", ",P1\n"), ("measures", 2, "fed_by", "fed_by_no_kpi")),
    "no steps": (
        {"steps": "goal,measure,step\n", **edited("checkins", "O2,KR2,,B1,2026-01-16,1,,,,,,,,\nO2,KR2,,B2,2026-01-16,0,,,,,,,,\n", "")},
        ("measures", 5, "direction", "steps_missing"),
    ),
    "steps of another measure": (added("steps", "O2,KR1,B1"), ("steps", 4, "measure", "steps_not_here")),
    "targets not adding up": (added("period_targets", "K1,I,2026-03-01,1"), ("period_targets", 4, "target", "period_targets_sum")),
    "target of no period": (added("period_targets", "K1,I,2026-03-02,1"), ("period_targets", 4, "starts_on", "period_unknown")),
    # What is recorded
    "check-in outside the span": (added("checkins", "O2,KR1,2026-01-07,,2026-01-02,7"), ("checkins", 12, "on", "checkin_outside_span")),
    "check-in in the future": (added("checkins", "O2,KR1,,,2026-03-02,7"), ("checkins", 12, "on", "checkin_not_yet")),
    "check-in dated after its entry": (added("checkins", "O2,KR1,2026-01-15 10:00,,2026-01-16,7"), ("checkins", 12, "on", "checkin_in_future")),
    "check-in on a fed measure": (added("checkins", "O1,KR1,,,2026-01-16,7"), ("checkins", 12, "value", "checkin_fed")),
    "ratio without its two": (added("checkins", "K2,I,,,2026-01-16,7"), ("checkins", 12, "value", "checkin_ratio_in_two")),
    "denominator 0": (added("checkins", "K2,I,,,2026-01-16,,3,0"), ("checkins", 12, "denominator", "checkin_denominator")),
    "no ratio": (added("checkins", "O2,KR1,,,2026-01-17,,3,4"), ("checkins", 12, "numerator", "checkin_not_a_ratio")),
    "steps without a step": (added("checkins", "O2,KR2,,,2026-01-17,1"), ("checkins", 12, "step", "checkin_step_unknown")),
    "unknown step": (added("checkins", "O2,KR2,,B9,2026-01-17,1"), ("checkins", 12, "step", "reference_unknown_here")),
    "half a step": (added("checkins", 'O2,KR2,,B1,2026-01-17,"0,5"'), ("checkins", 12, "value", "checkin_not_one_or_nothing")),
    "no value": (added("checkins", "O2,KR1,,,2026-01-17,"), ("checkins", 12, "value", "checkin_value_missing")),
    "replaces nothing": (added("checkins", "O2,KR1,,,2026-01-17,7,,,,,,2026-01-15 17:00"), ("checkins", 12, "replaces", "replaced_unknown")),
    "replaces what is replaced": (added("checkins", "K1,I,,,2026-01-17,7,,,,,,2026-01-09 17:00"), ("checkins", 12, "replaces", "replaced_twice")),
    "seen by its author": (added("checkins", "O2,KR1,,,2026-01-17,7,,,,,,,chi@ba.sao"), ("checkins", 12, "seen_by", "seen_by_author")),
    "a change that is no number": (edited("changes", "2500000", "nhiều"), ("changes", 2, "from", "number_unreadable")),
    "score too high": (edited("evaluations", '"0,9"', '"1,1"'), ("evaluations", 3, "score", "score_too_high")),
    "own evaluation": (edited("evaluations", "approved,binh", "approved,chi"), ("evaluations", 3, "by", "evaluation_of_own")),
    "adjustment": (edited("reviews", '"-0,05"', '"-0,2"'), ("reviews", 2, "adjustment", "adjustment_too_large")),
    "results of an open cycle": ({"results": "cycle,kind,key,total\n2026-Q1,person,chi@ba.sao,0.5\n"}, ("results", 2, "cycle", "results_of_open_cycle")),
}  # fmt: skip


# Where the company stands already
RECORDED: list[tuple[Cells, Place]] = [
    (edited("checkins", "2026-01-16,8,", "2026-01-16,9,"), ("checkins", 7, "value", "recorded_already")),
    (edited("changes", "Thị trường", "Khách"), ("changes", 2, "why", "recorded_already")),
    (edited("measures", "ngày,0,decrease", "ngày,0,keep"), ("measures", 4, "direction", "measure_has_checkins")),
    (edited("goals", "2026-01-05,,O1", "2026-01-20,,O1"), ("goals", 3, "starts_on", "checkins_would_lie_outside")),
]
CLOSED: list[tuple[Cells, tuple[str, int, str]]] = [
    (edited("goals", "Quý trước", "Quý sau"), ("goals", 7, "title")),
    (added("goals", GOAL.replace("2026-Q1", "2025-Q4")), ("goals", 8, "code")),
    (edited("measures", "Xong", "Xong rồi"), ("measures", 9, "title")),
    (added("checkins", "P1,KR1,,,2025-12-31,1"), ("checkins", 12, "goal")),
    (added("comments", "P1,2026-02-06 17:30,an@ba.sao,Muộn"), ("comments", 3, "goal")),
    (added("evaluations", "P1,2026-02-07 09:00,reopened,an@ba.sao,,Lại"), ("evaluations", 4, "goal")),
    (edited("reviews", "Khá", "Tốt"), ("reviews", 2, "manager_words")),
    (edited("goals", "P1,okr,person,Quý trước,2025-Q4", "P1,okr,person,Quý trước,2026"), ("goals", 7, "cycle")),
]


@pytest.mark.usefixtures("db_session")
class TestFaults:
    def test_one_fault_at_its_cell(self, tmp_path: Path, subtests: pytest.Subtests) -> None:
        before = counts()
        for number, (case, (cells, place)) in enumerate(CASES.items()):
            with subtests.test(case):
                report = load(_written(tmp_path / str(number), cells))
                assert faults(report) == [place]
                assert counts() == before
                with force_locale("en"):
                    assert "%(" not in say(report.faults[0].error)

    def test_all_in_one_go(self, tmp_path: Path) -> None:
        cells = {
            **edited("cycles", "31/03/2026", "31/02/2026"),
            **edited("measures", "decrease,,,10,5", "decrease,,,10,10"),
            **added("people", "AN@BA.SAO,An"),
            **added("checkins", "O2,KR1,,,2026-01-17,NaN", "K2,I,,,2026-01-16,,3,0"),
        }
        assert faults(load(written(tmp_path / "in", cells))) == [
            ("people", 6, "email", "email_twice"),
            ("cycles", 4, "ends_on", "date_impossible"),
            ("measures", 4, "target", "target_not_below_start"),
            ("checkins", 12, "value", "number_not_finite"),
            ("checkins", 13, "denominator", "checkin_denominator"),
        ]

    def test_every_loop_is_told_with_its_chain(self, tmp_path: Path) -> None:
        cells = added(
            "goals", "A,okr,,A,2026,,an@ba.sao,,,B", "B,okr,,B,2026,,an@ba.sao,,,A", "C,okr,,C,2026,,an@ba.sao,,,C"
        )
        report = load(written(tmp_path / "in", cells))
        assert [fault.error.terms["chain"] for fault in report.faults] == ["A → B → A", "C → C"]

    def test_the_closest_name_is_told(self, tmp_path: Path) -> None:
        report = load(written(tmp_path / "in", edited("goals", "code,kind,scope", "code,kind,scop")))
        assert report.faults[0].error.terms["closest"] == "scope"

    def test_a_workbooks_cells(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "kpi_sets"
        for row in (
            ["position", "metric", "weight", "target"],
            ["A", "DT", 0.064, 5],
            ["B", "DT", 2**63, 5],
            ["C", "DT", 1, "1.234"],
        ):
            sheet.append(row)
        sheet["C2"].number_format = "0.0%"
        book.create_sheet("metrics").append(["code", "name"])
        book["metrics"].append(["DT", "Doanh thu"])
        book.save(tmp_path / "in.xlsx")
        book.close()
        assert faults(load(tmp_path / "in.xlsx")) == [
            ("kpi_sets", 2, "weight", "cell_percent"),
            ("kpi_sets", 3, "weight", "number_too_large"),
            ("kpi_sets", 4, "target", "number_two_ways"),
        ]


@pytest.mark.usefixtures("db_session")
class TestAgainstWhatStands:
    @pytest.fixture(autouse=True)
    def loaded(self, db_session: scoped_session[Session], tmp_path: Path) -> None:
        assert faults(load(written(tmp_path / "in", edited("cycles", "reviewing", "closed")))) == []

    def refused(self, tmp_path: Path, *cells: Cells) -> list[Place]:
        given = {name: text for part in cells for name, text in part.items()}
        before = counts()
        report = load(written(tmp_path / "again", {**edited("cycles", "reviewing", "closed"), **given}))
        assert counts() == before or report.ok
        return faults(report)

    def test_what_was_recorded_stays(self, tmp_path: Path, subtests: pytest.Subtests) -> None:
        for cells, place in RECORDED:
            with subtests.test(str(place)):
                assert place in self.refused(tmp_path, cells)

    def test_the_same_rows_of_a_closed_cycle_are_fine(self, tmp_path: Path) -> None:
        assert self.refused(tmp_path) == []

    def test_a_closed_cycle_does_not_change(self, tmp_path: Path, subtests: pytest.Subtests) -> None:
        for cells, place in CLOSED:
            with subtests.test(str(place)):
                assert (*place, "cycle_closed") in self.refused(tmp_path, cells)

    def test_a_closed_cycle_is_not_opened_by_a_file(self, tmp_path: Path) -> None:
        assert faults(load(written(tmp_path / "again"))) == [("cycles", 2, "state", "cycle_closed")]


@pytest.mark.usefixtures("db_session")
class TestClosedResults:
    def test_what_the_file_says_is_what_its_goals_come_to(self, tmp_path: Path) -> None:
        results = {"results": "cycle,kind,key,okr,total,adjusted\n2025-Q4,person,chi@ba.sao,0.9,0.8,0.85\n"}
        assert faults(load(written(tmp_path / "in", {**edited("cycles", "reviewing", "closed"), **results}))) == [
            ("results", 2, "total", "result_differs")
        ]
        assert counts()["goals"] == 0

    def test_nobodys_result(self, tmp_path: Path) -> None:
        results = {"results": "cycle,kind,key,okr\n2025-Q4,person,dung@ba.sao,0.9\n"}
        report = load(written(tmp_path / "in", {**edited("cycles", "reviewing", "closed"), **results}))
        assert faults(report) == [("results", 2, "key", "result_not_replayed")]


def _written(folder: Path, cells: Cells) -> Path:
    folder.mkdir()
    for name, text in {**SHEETS, **cells}.items():
        (folder / f"{name}.csv").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert db.session is not None
    return folder
