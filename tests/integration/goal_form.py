"""The form of a goal as a browser sends it."""

from goalsite.models import Cycle, Person


def said(cycle: Cycle, owner: Person, *measures: dict[str, str], **facts: str) -> dict[str, str]:
    """The form as a browser sends it."""
    data = {
        "kind": "okr",
        "scope": "person",
        "title": "Khách hàng quay lại",
        "cycle": str(cycle.id),
        "owner": owner.email,
        "weight": "1",
        "ambition": "committed",
        "visibility": "",
        "progress_from": "measures",
        "evaluated_by": "progress",
        "do": "save",
    }
    for place, one in enumerate(measures):
        full = {
            "direction": "increase",
            "aggregate": "last",
            "frequency": "",
            "target_per": "span",
            "weight": "1",
            "decimals": "0",
        }
        data |= {f"measures-{place}-{name}": value for name, value in (full | one).items()}
    return data | facts
