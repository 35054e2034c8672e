"""What the rules refuse: a code and its terms. The words for each code are in `goalsite/messages.py`."""


class RuleError(ValueError):
    """Something a rule does not allow. `field` names the field (or workbook column) to mend, where there is one."""

    def __init__(self, code: str, field: str = "", **terms: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.terms = terms

    def __str__(self) -> str:
        return f"{self.code} {self.terms}" if self.terms else self.code
