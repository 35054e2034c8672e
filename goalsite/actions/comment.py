"""Says something about a goal, and tells those it concerns (rules §8)."""

from datetime import datetime, timedelta

from sqlalchemy import select

from goalsite.actions.audit import record
from goalsite.actions.tell import followers
from goalsite.domain.mentions import named_in, pieces
from goalsite.extensions import db
from goalsite.models import Goal, Person
from goalsite.models_accounts import Notification
from goalsite.models_follow import Comment
from goalsite.queries.audience import people_named

TICK = timedelta(microseconds=1)


def comment(goal: Goal, author: Person, body: str, now: datetime) -> tuple[Comment, list[Person]]:
    """Keeps the comment; notifies the goal's owner, its followers, and each person it names who may see the goal, but never its
    author. The comment, and those it names who may not see the goal and are not told."""
    kept = Comment(goal_id=goal.id, entered_at=_free_moment(goal.id, author.id, now), author_id=author.id, body=body)
    db.session.add(kept)
    db.session.flush()
    known = people_named(named_in(body, author.email_key), goal)
    named = {key: known[key] for _, key in pieces(body, author.email_key, known) if key}
    told = {one.person.id for one in named.values() if one.sees} - {author.id}
    kinds = dict.fromkeys(followers(goal), "follow") | {goal.owner_id: "comment"}
    kinds.pop(author.id, None)
    kinds |= dict.fromkeys(told, "mention")
    db.session.add_all(
        Notification(
            person_id=person_id, kind=kind, goal_id=goal.id, actor_id=author.id, at=now, detail={"comment": kept.id}
        )
        for person_id, kind in sorted(kinds.items())
    )
    record(author, "comment", "goal", goal.id, None, {"comment": kept.id, "body": body})
    return kept, list({one.person.id: one.person for one in named.values() if not one.sees}.values())


def _free_moment(goal_id: int, author_id: int, now: datetime) -> datetime:
    """Now, or right after the author's last comment here where two come in the same instant."""
    mine = select(Comment.entered_at).where(Comment.goal_id == goal_id, Comment.author_id == author_id)
    last = db.session.scalar(mine.order_by(Comment.entered_at.desc()).limit(1))
    return now if last is None or last < now else last + TICK
