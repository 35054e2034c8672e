"""What concerns me: the bell's page."""

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from goalsite.domain.relations import Viewer
from goalsite.extensions import db
from goalsite.models import Goal
from goalsite.models_accounts import Notification
from goalsite.queries.visible import visible_goals

SHOWN = 50


def latest_for(viewer: Viewer) -> list[Notification]:
    """The latest fifty, about goals the viewer may still see."""
    return list(
        db.session.scalars(
            select(Notification)
            .outerjoin(Notification.goal)
            .where(Notification.person_id == viewer.id, or_(Goal.id.is_(None), visible_goals(viewer)))
            .options(joinedload(Notification.goal), joinedload(Notification.actor))
            .order_by(Notification.at.desc(), Notification.id.desc())
            .limit(SHOWN)
        )
    )
