"""The words for what is wrong with a workbook, a row or a cell, and for what a load did, by code."""

from flask_babel import lazy_gettext as _l

MESSAGES = {
    "file_missing": _l("There is nothing at %(path)s. Name a folder of CSV files or an .xlsx file."),
    "folder_without_csv": _l(
        "The folder %(path)s holds no CSV file. Name the folder whose files are called goals.csv, people.csv and so on."
    ),
    "file_unreadable": _l("This is not a workbook that can be read (%(text)s). Save it as .xlsx, or as CSV in UTF-8."),
    "file_too_large": _l("Unpacked, this file is too large to be read. Split it, or save its sheets as CSV."),
    "csv_unreadable": _l(
        "From here on the file cannot be read as CSV (%(text)s). Look for a quotation mark that is not closed."
    ),
    "too_many_rows": _l("The file has more than %(most)s rows. Load it with the command `flask --app wsgi load`."),
    "sheet_unknown": _l("There is no sheet “%(name)s”. Is “%(closest)s” meant?"),
    "sheet_unknown_here": _l("There is no sheet “%(name)s”. The sheets are: %(known)s."),
    "sheet_twice": _l("This sheet is in the file twice. Put their rows together."),
    "column_unknown": _l("There is no column “%(name)s”. Is “%(closest)s” meant?"),
    "column_unknown_here": _l("There is no column “%(name)s”. The columns are: %(known)s."),
    "column_twice": _l("The column “%(name)s” is there twice. Remove one of the two."),
    "column_missing": _l("The column “%(name)s” is missing: it tells the rows apart. Add it."),
    "cell_without_column": _l("“%(text)s” stands outside all columns. Give its column a name, or empty the cell."),
    "cell_required": _l("This cell is needed. Fill it in."),
    "cell_error": _l("The spreadsheet shows the error %(text)s here. Write the value itself."),
    "cell_percent": _l(
        "This cell is formatted as a percentage (%(text)s). Format it as a plain number: 6.4 means 6.4 %% where the metric is in %%."
    ),
    "row_twice": _l("Row %(first)s has the same key. Keep one of the two."),
    "email_twice": _l(
        "“%(text)s” and “%(other)s” in row %(first)s are the same address; upper and lower case make no difference. Keep one of the two."
    ),
    "checkin_time_needed": _l(
        "Row %(first)s is a check-in of the same measure and day without a time too. Say in entered_at when each was entered."
    ),
    "recorded_already": _l(
        "This is recorded already, with another content, and what was recorded stays. Put back what was there, or add a new row."
    ),
    "text_nul": _l("This text holds a NUL character, which cannot be kept. Remove it."),
    "text_not_unicode": _l("This text holds bytes that are not UTF-8. Save the file as UTF-8."),
    "text_too_long": _l("This text has %(length)s characters. At most %(longest)s can be kept."),
    "code_sign": _l("A code must not hold “%(sign)s”. Use letters, digits, - and _."),
    "word_unknown": _l("“%(text)s” is not one of: %(words)s."),
    "boolean_unreadable": _l("“%(text)s” is neither yes nor no. Write yes or no."),
    "number_not_finite": _l(
        "“%(text)s” is not a number that can be reckoned with. Write a finite number, or leave the cell empty."
    ),
    "number_two_ways": _l("“%(text)s” can be read as %(one)s or as %(other)s. Write the one that is meant."),
    "number_not_whole": _l("“%(text)s” is not a whole number."),
    "number_too_small": _l("The least that is allowed is %(least)s."),
    "number_too_great": _l("The most that is allowed is %(most)s."),
    "number_not_above": _l("The number must be above %(above)s."),
    "date_unreadable": _l("“%(text)s” is not a date. Write it like 2026-03-31 or 31/03/2026."),
    "date_impossible": _l("“%(text)s” does not exist in any calendar. Write a day that does, like 2026-03-31."),
    "date_year": _l("The year of “%(text)s” is out of reach. Years go from %(first)s to %(last)s."),
    "date_with_time": _l("“%(text)s” is a moment. Write the day alone, like 2026-03-31."),
    "reference_unknown": _l("“%(name)s” is not in %(sheet)s. Is “%(closest)s” meant?"),
    "reference_unknown_here": _l("“%(name)s” is not in %(sheet)s. Add it there, or correct it here."),
    "replaced_unknown": _l(
        "No check-in of %(goal)s, %(measure)s was entered at that moment. Write the entered_at of the one it replaces."
    ),
    "upload_kind": _l("Choose one .xlsx workbook, or CSV files named like its sheets, or these packed as .zip."),
    "upload_admin_only": _l(
        "On screen, this is loaded only by an administrator who is HR too. Leave the row out, or ask one."
    ),
    "upload_goal_under_way": _l(
        "This goal is under way: change it on its own page, with a reason, or leave the row as it was."
    ),
    "replaced_later": _l("A check-in replaces an earlier one. Write the entered_at of one that was entered before."),
    "replaced_twice": _l("That check-in has been replaced by another already. Replace that one."),
    "seen_by_author": _l("Nobody acknowledges their own check-in. Name somebody else, or leave the cell empty."),
    "results_of_open_cycle": _l("Results are kept for closed cycles, and %(cycle)s is not closed. Remove the row."),
    "result_differs": _l(
        "The file says %(said)s, and its goals and check-ins come to %(computed)s. Correct the one or the other."
    ),
    "result_not_replayed": _l("Nothing in the file gives this result. Remove the row, or add its goals."),
    "too_many_for_xlsx": _l(
        "The sheet %(sheet)s has more than %(most)s rows, which no .xlsx holds. Dump to a folder instead."
    ),
    "text_too_long_for_xlsx": _l(
        "A text has more than %(longest)s characters, which no cell of an .xlsx holds. Dump to a folder instead."
    ),
    "base_goal_drafts": _l(
        "%(count)s OKRs came without key results, as Base Goal's sheet has none: they are drafts. Add key results to make them active."
    ),
    "base_goal_no_cycle": _l("No cycle holds %(first)s to %(last)s. Make one, or correct the days."),
    "load_refused": _l("Nothing was loaded: %(count)s faults."),
    "load_done": _l("Loaded."),
    "load_dry_run": _l("Nothing was written; this is what a load would do."),
    "load_sheet": _l("Sheet"),
    "load_new": _l("new"),
    "load_changed": _l("changed"),
    "load_unchanged": _l("unchanged"),
}
