"""One goal's surroundings: the people who look at it, each from a side of their own, in a company made for the access matrix."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from goalsite.actions import accounts
from goalsite.actions.organisation import rebuild_organisation
from goalsite.extensions import db
from goalsite.models import Cycle, Goal, GoalFollower, Measure, Metric, Person, Unit
from goalsite.models_accounts import Notification, Upload
from goalsite.models_follow import Action, Blocker, CheckIn, Comment, EvaluationStep, Proposal
from goalsite.queries.company import now, today
from tests import databases
from tests.cast import company, join
from tests.integration.builders import WEEK, make_goal, running_cycle, settle

# Who looks. The goals are `self`'s, of team A1 in department A.
NOBODY = ("anonymous", "disabled")
PEOPLE = (
    "self",
    "peer",  # in the same team
    "other",  # in another department
    "manager",  # heads the team
    "former",  # managed `self` once, is elsewhere now; evaluates the goals that were active then
    "skip",  # the manager's manager, heads the department above
    "other_head",  # heads another department
    "supervisor",  # of the team, at home elsewhere
    "follower",  # of the goals, at home elsewhere
    "hr",
    "admin",
)
VIEWPOINTS = (*NOBODY, *PEOPLE)
VISIBILITIES = ("public", "internal", "restricted")
CODES = ("RUNNING", "DRAFT", "SUGGESTED", "PROPOSED", "DONE", "HANDED", "APPROVED")
RUNNING = CODES[:4]
SCORED = "Điểm này chỉ người đánh giá biết"
# Rules §8, rows 1–3: whoever is not here finds nothing.
SEE = {
    "public": set(PEOPLE),
    "internal": {"self", "peer", "manager", "skip", "supervisor", "follower", "hr"},
    "restricted": {"self", "manager", "skip", "supervisor", "follower", "hr"},
}
# The evaluator is fixed when a goal becomes active (§7); they have a part in the goal and see it.
EVALUATOR = "former"
# Rules §8: see a person's result, evaluation, review; and whoever decides the evaluation.
READ_EVALUATIONS = {"self", "manager", "skip", "hr", EVALUATOR}


def fill(url: str) -> None:
    """Makes the schema and the company."""
    databases.migrate(url)
    with databases.closing_app(databases.make_app(url)) as app, app.app_context():
        cast = _people()
        running = running_cycle()
        ended = running_cycle(code="OLD", starts_on=today() - WEEK * 22, ends_on=today() - WEEK * 9, state="reviewing")
        for visibility in VISIBILITIES:
            _goal(cast, running, visibility, "manager", "RUNNING")
            for state in ("draft", "suggested", "proposed"):
                _goal(cast, running, visibility, "manager", state.upper(), state=state)
            _goal(cast, ended, visibility, EVALUATOR, "DONE")
            _goal(cast, ended, visibility, EVALUATOR, "HANDED", evaluation="submitted")
            _goal(cast, ended, visibility, EVALUATOR, "APPROVED", evaluation="approved", score=Decimal("0.3"))
        looked_at = {"lines": [], "notes": [], "digest": ""}
        db.session.add(Upload(token="uploaded", person_id=cast["hr"].id, name="x", report=looked_at, at=now()))
        db.session.add(Metric(code="returning", name="Tỷ lệ khách quay lại"))
        settle()
        cast["disabled"].disabled_at = now()
        db.session.commit()


def token_of(who: str) -> str:
    """A session begun by that person; the disabled one's is there still, as if ending it had been forgotten."""
    person = db.session.query(Person).filter_by(email_key=f"{who}@x.vn").one()
    return accounts.begin_session(
        person, address="127.0.0.1", agent="test", lifetime=timedelta(hours=1), now=datetime.now(UTC)
    )


def ids() -> dict[str, dict[str, object]]:
    """What the matrix's addresses name, by visibility of the goals."""
    found = {}
    for visibility in VISIBILITIES:
        goal = {code: _one(Goal, code=f"{code}-{visibility}") for code in CODES}
        measure = goal["RUNNING"].measures[0]
        found[visibility] = {
            "goal": goal["RUNNING"].id,
            **{state: goal[state.upper()].id for state in ("draft", "suggested", "proposed")},
            "done_goal": goal["DONE"].id,
            "handed_in": goal["HANDED"].id,
            "approved": goal["APPROVED"].id,
            "measure": measure.id,
            "checkin": _one(CheckIn, measure_id=measure.id).id,
            "blocker": _one(Blocker, measure_id=measure.id).id,
            "action": _one(Action, goal_id=goal["RUNNING"].id).id,
            "proposal": _one(Proposal, goal_id=goal["RUNNING"].id).id,
            "self": _one(Person, email_key="self@x.vn").id,
            "admin": _one(Person, email_key="admin@x.vn").id,
            "hr": _one(Person, email_key="hr@x.vn").id,
            "team": _one(Unit, code="A1").code,
            "team_id": _one(Unit, code="A1").id,
            "cycle": goal["RUNNING"].cycle_id,
            "metric": _one(Metric, code="returning").id,
        }
    return found


def title(visibility: str, code: str = "RUNNING") -> str:
    """What stands nowhere but in goals of that visibility: the running ones, or those of the cycle before."""
    return f"{'Chuyện riêng' if code in RUNNING else 'Chuyện đã qua'} {visibility}"


def hidden_from(who: str) -> list[str]:
    """What the viewpoint may read nowhere: titles, and the words of evaluations."""
    running = [title(visibility) for visibility in VISIBILITIES if who not in SEE[visibility]]
    past = [title(visibility, "DONE") for visibility in VISIBILITIES if who not in SEE[visibility] | {EVALUATOR}]
    return running + past + ([] if who in READ_EVALUATIONS else [SCORED])


def _people() -> dict[str, Person]:
    top = company()
    a, b = (Unit(code=code, name=f"Phòng {code}", kind="department", parent=top) for code in "AB")
    team = Unit(code="A1", name="Nhóm A1", kind="team", parent=a)
    db.session.add_all([a, b, team])
    homes = {"self": team, "peer": team, "disabled": team, "manager": team, "skip": a, "director": top}
    cast = {
        who: join(
            f"Nguyễn {who}", email=f"{who}@x.vn", unit=homes.get(who, b), is_hr=who == "hr", is_admin=who == "admin"
        )
        for who in (*PEOPLE, "disabled", "director")
    }
    top.head, a.head, b.head, team.head = cast["director"], cast["skip"], cast["other_head"], cast["manager"]
    team.supervisors.append(cast["supervisor"])
    # Somebody managed, and manages no more: nothing of it may last but the evaluations that were fixed.
    cast["self"].manager = cast["former"]
    rebuild_organisation(today())
    cast["self"].manager = None
    rebuild_organisation(today())
    return cast


def _goal(cast: dict[str, Person], cycle: Cycle, visibility: str, evaluator: str, code: str, **facts: Any) -> None:
    said = title(visibility, code)
    given = {"code": f"{code}-{visibility}", "title": said, "visibility": visibility} | facts
    goal = make_goal(cast["self"], cycle, {"title": f"{said} KR"}, evaluator_id=cast[evaluator].id, **given)
    owner = cast["self"].id
    measure = db.session.query(Measure).filter_by(goal_id=goal.id).one()
    moment = now() - timedelta(hours=1)
    on = min(today(), cycle.ends_on) - timedelta(days=1)
    entered = {"entered_at": moment, "on": on, "value": Decimal(30), "author_id": owner}
    db.session.add_all(
        [
            GoalFollower(goal_id=goal.id, person_id=cast["follower"].id),
            CheckIn(measure_id=measure.id, note=said, **entered),
            Comment(goal_id=goal.id, entered_at=moment, author_id=owner, body=said),
            Action(goal_id=goal.id, title=said),
            Blocker(measure_id=measure.id, opened_on=on, kind="clarity", owner_id=owner, next_step=said),
            Proposal(goal_id=goal.id, at=moment, field="weight", new="2", why=said, by_id=owner),
            # Told while they could see it.
            *(Notification(person_id=cast[who].id, kind="comment", goal_id=goal.id, at=moment) for who in PEOPLE),
        ]
    )
    for number, step in enumerate(("submitted", "approved")[: ("", "submitted", "approved").index(goal.evaluation)]):
        by, at = (owner, cast[evaluator].id)[number], moment + timedelta(minutes=number)
        words = {"score": Decimal("0.3"), "note": SCORED}
        db.session.add(EvaluationStep(goal_id=goal.id, at=at, step=step, by_id=by, **words))


def _one(model: type, **facts: object) -> Any:
    return db.session.query(model).filter_by(**facts).one()
