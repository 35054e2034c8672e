"""The rules: pure functions over numbers, dates and dataclasses. No database, no web, `today` is an argument."""
