"""The article's example of product Y, to walk through: its texts and numbers stand ready in the forms of `convert` until they are changed."""

from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext as _

from goalsite.forms.base import Form

START_AND_TARGET = ((Decimal(5000), Decimal(10000)), (Decimal(5), Decimal(8)), (None, Decimal(5)))


def wanted() -> bool:
    """Whether the reader walks through the example."""
    return request.args.get("example") == "1"


def carried() -> dict[str, Any]:
    """What keeps the example on the way to the next step."""
    return {"example": "1"} if wanted() else {}


def shown(step: int) -> dict[str, Any]:
    """What every step's page needs."""
    return {"step": step, "example": wanted(), "carried": carried()}


def objective() -> str:
    return _("Raise how well product Y is known and sold online in the first quarter")


def reason() -> str:
    return _(
        "The KPI was to sell 30 percent more of product Y online than a year ago. Selling harder was not enough; more people have to know it."
    )


def fill(form: Form) -> None:
    """Step 2: the key results of the article, where nothing is chosen yet."""
    rows = (
        (_("Raise visits to the product page"), _("visits/month"), "last"),
        (_("Raise the conversion rate"), "%", "last"),
        (_("Sign contracts with new partner channels"), _("contracts"), "sum"),
    )
    for place, (title, symbol, counts) in enumerate(rows):
        form[f"title_{place}"].data = title
        form[f"symbol_{place}"].data = symbol
        form[f"counts_{place}"].data = counts


def fill_numbers(form: Form) -> None:
    """Step 3: the article's numbers, for key results that have none."""
    for place, (start, target) in enumerate(START_AND_TARGET):
        at = f"measures-{place}-"
        if f"{at}target" in form and form[f"{at}target"].data is None and form[f"{at}start"].data is None:
            form[f"{at}start"].data, form[f"{at}target"].data = start, target
