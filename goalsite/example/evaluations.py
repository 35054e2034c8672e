"""How the quarters that are over were evaluated: the steps on each goal, and the reviews of people."""

from collections.abc import Hashable, Iterator
from datetime import date
from fractions import Fraction

from goalsite.domain.goals import Goal, World, assess
from goalsite.domain.measure import Entry, Measure
from goalsite.domain.periods import DAY
from goalsite.domain.rounding import half_up
from goalsite.example.checkins import Report, noise
from goalsite.example.goals import Company, MadeGoal, supported
from goalsite.example.notes import pick
from goalsite.example.people import Person, email

Told = dict[tuple[str, str], list[Report]]
# Each state of an evaluation as the steps that lead to it: the step, days after the quarter, clock time.
SUBMITTED = ("submitted", 2, "09:10")
APPROVED = ("approved", 6, "14:20")
PATHS = {
    "none": (),
    "submitted": (SUBMITTED,),
    "approved": (SUBMITTED, APPROVED),
    "returned": (SUBMITTED, ("returned", 5, "11:30")),
    "reopened": (SUBMITTED, APPROVED, ("reopened", 9, "16:05")),
    "resubmitted": (SUBMITTED, ("returned", 5, "11:30"), ("submitted", 7, "15:15")),
}
SELF_WORDS = (
    "Kết quả đúng như số liệu, em giữ điểm tính sẵn.",
    "Phần khó nhất đã xong, phần còn lại chuyển sang quý này.",
    "Ba tuần đầu chậm, sau đó giữ được nhịp.",
    "Có hai việc phát sinh ngoài kế hoạch, em đã ghi trong check-in.",
    "Em xin tính thêm phần đã làm xong nhưng chưa phát hành.",
    "Đạt nhờ cả nhóm cùng gỡ vướng mắc giữa quý.",
)
MANAGER_WORDS = (
    "Đồng ý theo số liệu.",
    "Làm tốt, quý này báo vướng mắc sớm hơn.",
    "Ghi nhận nỗ lực, điểm theo kết quả thực tế.",
    "Cách làm rõ ràng, nên chia sẻ với nhóm khác.",
)
RETURN_WORDS = (
    "Bổ sung số liệu tháng cuối rồi gửi lại nhé.",
    "Điểm tự chấm chưa khớp với check-in, xem lại giúp chị.",
    "Ghi rõ phần nào do nhóm khác làm rồi gửi lại.",
)
REOPEN_WORDS = "Kế toán điều chỉnh số liệu tháng cuối, cần chấm lại."
PERSON_REVIEW = (
    "Quý vừa rồi em chủ động hơn, vẫn cần học cách chia nhỏ việc lớn.",
    "Em hài lòng với kết quả, mong có thêm thời gian cho việc dài hạn.",
    "Em đã giữ nhịp check-in hằng tuần và báo vướng mắc sớm hơn.",
)
MANAGER_REVIEW = (
    "Chất lượng công việc tốt lên rõ. Quý này tập trung vào ít mục tiêu hơn.",
    "Đáng tin cậy, đúng hẹn. Nên nhận thêm việc kèm người mới.",
    "Kết quả ổn. Cần trao đổi sớm khi kế hoạch thay đổi.",
)
DISAGREE = "Em cho rằng điểm chưa tính phần việc hỗ trợ nhóm khác trong tháng hai của quý, mong được xem lại."
OWN_HR = {"hong.nhung": "kim.oanh"}


def on_day(company: Company, last: date, offset: int) -> date:
    """So many days after the quarter's last day, but yesterday at the latest; for a weekend the Friday before."""
    day = min(last + DAY * offset, company.today - DAY)
    return day - DAY * max(day.weekday() - 4, 0)


def world(company: Company, told: Told) -> World:
    """All goals as the rules see them, with what was reported."""
    supporters: dict[str, list[str]] = {}
    for goal in company.goals.values():
        parent = supported(goal, goal.options["supports"], company) if "supports" in goal.options else ""
        supporters.setdefault(parent.split("/")[0], []).append(goal.code)
    goals: dict[Hashable, Goal] = {}
    entries: dict[Hashable, list[Entry]] = {}
    for goal in company.goals.values():
        measures: dict[Hashable, Measure] = {}
        for made in goal.measures:
            key = (goal.code, made.outline.code)
            source = (f"{goal.cycle.prefix}-{made.options['fed']}", "CT") if "fed" in made.options else key
            measures[key], entries[key] = made.rule, [report.entry for report in told[source]]
        goals[goal.code] = Goal(
            kind=goal.outline.kind,
            weight=Fraction(goal.options.get("weight", "1")),
            state=goal.state,
            progress_from=goal.options.get("from", "measures"),
            measures=measures,
            supporters=tuple(supporters.get(goal.code, ())),
        )
    return World(goals, entries)


def progress(goal: MadeGoal, known: World) -> Fraction:
    """What the rules make of the goal at the end of its cycle."""
    return assess(goal.code, known, goal.cycle.span.last).progress or Fraction(0)


def steps(goal: MadeGoal, computed: Fraction, company: Company) -> Iterator[dict[str, str]]:
    """The goal's evaluation, step by step."""
    state = goal.options.get("eval", goal.owner.evals) if goal.cycle.role == "p" else "approved"
    if not goal.evaluator or not goal.owner.evals:
        return
    wished = noise(goal.code, "wish")
    extra = (
        Fraction(1, 10)
        if wished > Fraction(55, 100)
        else Fraction(5, 100)
        if wished > Fraction(25, 100)
        else Fraction(0)
    )
    most = Fraction("1.2") if goal.outline.kind == "kpi" else Fraction(1)
    for step, offset, clock in PATHS[state]:
        by, score, words = goal.owner.key, min(half_up(computed + extra, 2), most), pick(SELF_WORDS, goal.code)
        if step == "approved":
            by, score, words = (
                goal.evaluator,
                min(half_up(computed + extra * noise(goal.code, "met") ** 2, 2), most),
                pick(MANAGER_WORDS, goal.code),
            )
        elif step == "returned":
            by, words = goal.evaluator, pick(RETURN_WORDS, goal.code)
        elif step == "reopened":
            by, words = OWN_HR.get(goal.owner.key, "hong.nhung"), REOPEN_WORDS
        later = offset + int((noise(goal.owner.key, "when") + 1) * 2)
        yield {
            "goal": goal.code,
            "at": f"{on_day(company, goal.cycle.span.last, later)}T{clock}",
            "step": step,
            "by": email(by),
            "score": f"{float(score):.2f}" if step in ("submitted", "approved") else "",
            "note": words,
        }


def reviews(company: Company) -> Iterator[dict[str, str]]:
    """The review of everybody with goals in a closed quarter, and of those in the reviewed one for whom it has begun."""
    for cycle in company.cycles:
        if cycle.role not in ("p", "a", "b"):
            continue
        owners = {goal.owner.key for goal in company.goals.values() if goal.cycle == cycle}
        for person in company.people.values():
            state = person.review if cycle.role == "p" else "closed"
            if person.key in owners and state and person.manager:
                yield _review(person, state, cycle.code, cycle.span.last, company)


def _review(person: Person, state: str, cycle: str, last: date, company: Company) -> dict[str, str]:
    name = f"{cycle}/{person.key}"
    signed = state in ("manager_signed", "person_signed", "appealed", "closed")
    answered = signed and state != "manager_signed"
    agrees = {"appealed": "no"}.get(state, "yes")
    row = {
        "cycle": cycle,
        "person": email(person.key),
        "state": state,
        "manager_words": pick(MANAGER_REVIEW, name) if state != "preparation" else "",
        "person_words": pick(PERSON_REVIEW, name) if state != "preparation" or noise(name) > 0 else "",
        "manager_signed_at": f"{on_day(company, last, 12)}T16:45" if signed else "",
        "person_signed_at": f"{on_day(company, last, 13)}T17:15" if answered else "",
        "agrees": agrees if answered else "",
    }
    if state == "appealed":
        row["person_words"] = DISAGREE
    if person.key == "thuy.duong" and signed:
        row |= {
            "adjustment": "0.05",
            "adjustment_why": "Hỗ trợ phòng Kinh doanh triển khai cho hai khách hàng lớn, ngoài mục tiêu đã giao.",
        }
    if person.key == "thanh.tam" and state == "closed":
        row |= {
            "agrees": "no",
            "person_words": DISAGREE,
            "appeal_outcome": "Nhân sự đã đối chiếu số liệu cuộc gọi, giữ nguyên kết quả.",
        }
    return row
