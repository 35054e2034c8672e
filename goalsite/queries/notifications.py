"""What concerns me: the bell's page."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, case, or_, select
from sqlalchemy.orm import joinedload

from goalsite.domain.relations import Viewer
from goalsite.domain.terms import TOPICS
from goalsite.extensions import db
from goalsite.models import Goal
from goalsite.models_accounts import Notification, NotificationChoice
from goalsite.queries.changes import changes_by_id
from goalsite.queries.goal_talk import Item
from goalsite.queries.visible import visible_goals

SHOWN = 50


def latest_for(viewer: Viewer) -> list[Notification]:
    """The latest fifty of what concerns the viewer."""
    return list(
        db.session.scalars(
            select(Notification)
            .outerjoin(Notification.goal)
            .where(Notification.person_id == viewer.id, *concerning(viewer))
            .options(joinedload(Notification.goal), joinedload(Notification.actor))
            .order_by(Notification.at.desc(), Notification.id.desc())
            .limit(SHOWN)
        )
    )


def changes_of(told: Iterable[Notification]) -> dict[int, list[Item]]:
    """By notification, what was changed where it tells of a change, the goal's own first. One query, none where none does."""
    ids = {one.id: one.detail["changes"] for one in told if one.kind == "changed"}
    made = changes_by_id(key for keys in ids.values() for key in keys)
    return {one: sorted((made[key] for key in keys), key=lambda item: item.measure or "") for one, keys in ids.items()}


def concerning(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """Of Notification joined to its Goal, if it has one: about a goal the viewer may still see, and of a topic they have not switched off."""
    topic = case(*((Notification.kind.in_(kinds), name) for name, kinds in TOPICS.items()), else_="")
    return or_(Goal.id.is_(None), visible_goals(viewer)), topic.not_in(_switched_off(viewer.id))


def topics_off(person_id: int) -> set[str]:
    """The topics that person has switched off in the page."""
    return set(db.session.scalars(_switched_off(person_id)))


def _switched_off(person_id: int) -> Select[str]:
    return select(NotificationChoice.kind).where(
        NotificationChoice.person_id == person_id, NotificationChoice.in_page.is_(False)
    )
