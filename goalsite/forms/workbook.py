"""The forms of the workbook on screen: the file to look at, the button that loads it, and what to take out."""

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField, RadioField, SelectField

from goalsite.exchange.screen import PLANNED
from goalsite.exchange.sheets import SHEETS
from goalsite.forms.base import Form, choices

WHAT = choices(
    (
        ("all", _l("Everything: organisation, goals, and all that was recorded")),
        ("planned", _l("What is planned: organisation, metrics, KPI sets, goals and their plans")),
        ("people", _l("Units and people")),
    )
)
SHEETS_OF = {
    "all": frozenset(sheet.name for sheet in SHEETS),
    "planned": PLANNED,
    "people": frozenset({"units", "people"}),
}


class WorkbookForm(Form):
    """One workbook, or CSV files named like its sheets."""

    files = MultipleFileField(_l("File"), render_kw={"accept": ".xlsx,.csv,.zip"})

    def given(self) -> list[tuple[str, bytes]]:
        """The files' names and contents."""
        files = [one for one in self.files.data or [] if isinstance(one, FileStorage) and one.filename]
        return [(one.filename or "", one.read()) for one in files]


class ExportForm(Form):
    """What to take out, of which cycle, as what kind of file."""

    what = RadioField(_l("What"), choices=WHAT, default="all")
    cycle = SelectField(_l("Goals of"), default="")
    kind = RadioField(
        _l("As"),
        choices=choices((("xlsx", _l("Excel workbook (.xlsx)")), ("csv", _l("CSV files, packed (.zip)")))),
        default="xlsx",
    )
