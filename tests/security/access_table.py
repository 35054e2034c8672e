"""Who may do what on every route, by the rules (§8), not by what the code answers. A new route has a line here."""

from collections.abc import Set
from dataclasses import dataclass

from tests.security.viewpoints import EVALUATOR, NOBODY, PEOPLE, READ_EVALUATIONS, SEE

ALL = frozenset(PEOPLE)
# The columns of §8's table as viewpoints: managers, direct and further up; who leads the unit or one above; HR.
MANAGERS = {"manager", "skip"}
LEADS = {"manager", "skip", "supervisor"}
HEADS = {"manager", "skip", "other_head"}
HR = {"hr"}
READ_REVIEWS = {"self"} | MANAGERS | HR
ADMIN = {"admin"}
WRITERS = {"self"} | MANAGERS | LEADS | HR
APPROVERS = MANAGERS | LEADS | HR
CHECKERS = {"self"} | MANAGERS | LEADS | HR
ACKNOWLEDGERS = MANAGERS | LEADS
# Of these goals, made in the cycle before, the former manager is the evaluator still, and so has a part in them.
PAST = ("{done_goal}", "{handed_in}", "{approved}")
# Done: a page, a piece, on to another page, or the form once more because nothing was filled in.
DONE = "done"


@dataclass(frozen=True)
class Line:
    """One route. on_goal: its address names one of the three goals, or something of them. may: who may do it.
    anonymous: what somebody not signed in is answered, where it is not the usual refusal. seen_by: for whom there is such a thing at all."""

    path: str
    may: Set[str] = ALL
    on_goal: bool = False
    anonymous: int | str | None = None
    otherwise: int = 403
    fragment: bool = False
    seen_by: Set[str] | None = None

    def expected(self, method: str, who: str, visibility: str) -> int | str:
        """The status for that viewpoint, or DONE."""
        if who in NOBODY:
            # A page asked for leads to the sign-in; anything else is refused.
            return self.anonymous or (303 if method == "GET" and not self.fragment else 401)
        part = {EVALUATOR} if any(goal in self.path for goal in PAST) else set()
        if self.on_goal and who not in SEE[visibility] | part:
            return 404
        if self.seen_by is not None and who not in self.seen_by:
            return 404
        return DONE if who in self.may else self.otherwise


def everyone(path: str, **said: object) -> Line:
    """Of the reader's own, or of nobody's: whoever is signed in."""
    return Line(path, **said)  # type: ignore[arg-type]


def public(path: str, status: int | str = DONE) -> Line:
    """The same for all, signed in or not."""
    may = ALL if status == DONE else frozenset()
    return Line(path, may, anonymous=status, otherwise=status if isinstance(status, int) else 403)


def hr(path: str, may: Set[str] = HR) -> Line:
    """HR's own screens; an administrator who is not HR has a part in accounts alone."""
    return Line(path, may)


def on_goal(path: str, may: Set[str] = ALL, otherwise: int = 403) -> Line:
    """About a goal: who may not see it finds nothing."""
    return Line(path, may, on_goal=True, otherwise=otherwise)


def piece(path: str, may: Set[str] = ALL, otherwise: int = 403) -> Line:
    """A piece of a page about a goal, asked for by the page's script."""
    return Line(path, may, on_goal=True, otherwise=otherwise, fragment=True)


# A route whose answer depends on what the address names has a line for each.
MATRIX: dict[tuple[str, str], Line | tuple[Line, ...]] = {
    # --- in and out
    ("static", "GET"): public("/static/favicon.svg"),
    ("health.healthz", "GET"): public("/healthz"),
    ("health.readyz", "GET"): public("/readyz"),
    ("auth.first_visit", "GET"): public("/first-visit", 404),
    ("auth.first_visit", "POST"): public("/first-visit", 404),
    ("auth.sign_in", "GET"): public("/sign-in"),
    ("auth.sign_in", "POST"): public("/sign-in"),
    ("auth.welcome", "GET"): public("/welcome/nobody-was-sent-this", 404),
    ("auth.welcome", "POST"): public("/welcome/nobody-was-sent-this", 404),
    ("auth.sign_out", "POST"): public("/sign-out"),
    # --- one's own
    ("account.show", "GET"): everyone("/account"),
    ("account.save_preferences", "POST"): everyone("/account/save-preferences"),
    ("account.change_password", "POST"): everyone("/account/change-password"),
    ("account.end_sessions", "POST"): everyone("/account/end-sessions"),
    ("search.show", "GET"): everyone("/search?q=nguyen"),
    ("search.suggestions", "GET"): everyone("/search/suggestions?q=nguyen", fragment=True),
    ("account.save_notices", "POST"): everyone("/account/save-notices"),
    ("notifications.show", "GET"): everyone("/notifications"),
    ("notifications.read", "POST"): everyone("/notifications/read"),
    ("my.show", "GET"): everyone("/"),
    ("my.standing", "GET"): everyone("/standing"),
    # --- lists
    ("overview.show", "GET"): everyone("/overview?unit={team}"),
    ("tree.show", "GET"): everyone("/tree"),
    # --- reports: everybody's, with what of them the reader may see
    ("reports.show", "GET"): everyone("/reports"),
    ("reports.people", "GET"): (everyone("/reports/people"), everyone("/reports/people.csv")),
    ("reports.units", "GET"): (everyone("/reports/units?unit={team}"), everyone("/reports/units.xlsx")),
    ("reports.goals", "GET"): (everyone("/reports/goals"), everyone("/reports/goals.xlsx")),
    ("reports.measures", "GET"): (everyone("/reports/measures"), everyone("/reports/measures.csv")),
    ("report_forecasts.show", "GET"): (everyone("/reports/forecast"), everyone("/reports/forecast.csv")),
    ("report_checkins.show", "GET"): (
        everyone("/reports/discipline?unit={team}"),
        everyone("/reports/discipline.xlsx?of=people"),
    ),
    ("report_metrics.show", "GET"): (everyone("/reports/metric"), everyone("/reports/metric.csv")),
    ("report_results.distribution", "GET"): (everyone("/reports/distribution"), everyone("/reports/distribution.xlsx")),
    ("report_results.compare", "GET"): (everyone("/reports/compare"), everyone("/reports/compare.csv")),
    ("report_results.year", "GET"): (everyone("/reports/year?of=units"), everyone("/reports/year.csv")),
    ("tree_map.show", "GET"): (
        everyone("/tree/map"),
        Line("/tree/map?goal={goal}", on_goal=True),
    ),
    # --- people: everybody's page, with what of it the reader may see; results are for themselves, managers and HR
    ("members.list_members", "GET"): everyone("/members?text=Nguyễn"),
    ("reminders.create", "POST"): Line("/members/{self}/remind", MANAGERS | LEADS | HR),
    ("reminders.create_all", "POST"): Line("/units/{team_id}/remind", MANAGERS | LEADS | HR),
    ("members.show", "GET"): everyone("/members/{self}"),
    ("assignments.show", "GET"): everyone("/members/{self}/assignment"),
    ("assignments.receive", "POST"): everyone("/members/{self}/assignment/receive", may=frozenset({"self"})),
    ("assignments.sheets", "GET"): hr("/members/assignments?unit={team}"),
    # --- what a form offers while somebody types; of goals, only those they may see
    ("pickers.options", "GET"): (
        everyone("/pickers/goals?field=goal&goal=Chuyện"),
        everyone("/pickers/people?field=owner&owner=a"),
    ),
    # --- running the company: HR alone
    ("cycles.list_cycles", "GET"): hr("/setup/cycles"),
    ("cycles.new", "GET"): hr("/setup/cycles/new"),
    ("cycles.create", "POST"): hr("/setup/cycles/new"),
    ("cycles.edit", "GET"): hr("/setup/cycles/{cycle}/edit"),
    ("cycles.change", "POST"): hr("/setup/cycles/{cycle}/edit"),
    ("cycles.confirm", "GET"): hr("/setup/cycles/{cycle}/review"),
    ("cycles.move", "POST"): hr("/setup/cycles/{cycle}/review"),
    ("cycle_plans.new", "GET"): hr("/setup/cycles/plan"),
    ("cycle_plans.preview", "GET"): hr("/setup/cycles/plan/preview?pattern=quarters&year=2031&first_month=1"),
    ("cycle_plans.create", "POST"): hr("/setup/cycles/plan"),
    ("cycle_copies.new", "GET"): hr("/setup/cycles/{cycle}/copy"),
    ("cycle_copies.create", "POST"): hr("/setup/cycles/{cycle}/copy"),
    ("company.edit", "GET"): Line("/setup/company", ADMIN),
    ("company.change", "POST"): Line("/setup/company", ADMIN),
    ("metrics.list_metrics", "GET"): hr("/setup/metrics"),
    ("metrics.trial", "GET"): hr("/setup/metrics/trial?formula=value"),
    ("metrics.new", "GET"): hr("/setup/metrics/new"),
    ("metrics.create", "POST"): hr("/setup/metrics/new"),
    ("metrics.edit", "GET"): hr("/setup/metrics/{metric}/edit"),
    ("metrics.change", "POST"): hr("/setup/metrics/{metric}/edit"),
    ("kpi_sets.list_positions", "GET"): hr("/setup/kpi-sets"),
    ("kpi_sets.edit", "GET"): hr("/setup/kpi-sets/edit?position=Kế toán"),
    ("kpi_sets.change", "POST"): hr("/setup/kpi-sets/edit?position=Kế toán"),
    ("kpi_gifts.show", "GET"): hr("/setup/kpi-sets/give?position=Kế toán"),
    ("kpi_gifts.give", "POST"): hr("/setup/kpi-sets/give?position=Kế toán"),
    # --- setting up units: HR, and heads below their own; the team's form is also for the head above it
    ("units.list_units", "GET"): Line("/setup/units", HR | HEADS),
    ("units.new", "GET"): Line("/setup/units/new", HR | HEADS),
    ("units.add", "POST"): Line("/setup/units/new", HR | HEADS),
    ("units.edit", "GET"): Line("/setup/units/{team_id}/edit", HR | {"skip"}),
    ("units.change", "POST"): Line("/setup/units/{team_id}/edit", HR | {"skip"}),
    ("units.move", "POST"): Line("/setup/units/{team_id}/restore", HR | {"skip"}),
    ("unit_people.show", "GET"): Line("/setup/units/{team_id}/people", HR | {"skip"}),
    ("unit_people.add", "POST"): Line("/setup/units/{team_id}/people", HR | {"skip"}),
    ("unit_people.remove", "POST"): Line("/setup/units/{team_id}/people/{self}/take-out", HR | {"skip"}),
    # --- setting up people: HR and administrators; an administrator's account is only an administrator's to change
    ("setup.show", "GET"): Line("/setup", HR | {"admin"}),
    ("mails.send_trial", "POST"): Line("/setup/mail/try", ADMIN),
    ("mails.send_again", "POST"): Line("/setup/mail/again", ADMIN),
    ("people_invites.show", "GET"): hr("/setup/people/invite", HR | ADMIN),
    ("people_invites.invite", "POST"): hr("/setup/people/invite", HR | ADMIN),
    ("people_invites.download", "POST"): hr("/setup/people/invite/file", HR | ADMIN),
    ("people_import.show", "GET"): Line("/setup/people/import", HR | {"admin"}),
    ("workbook.show", "GET"): hr("/setup/workbook"),
    ("workbook.upload", "POST"): hr("/setup/workbook"),
    ("workbook.try_example", "POST"): hr("/setup/workbook/example", frozenset()),
    ("workbook.look", "GET"): hr("/setup/workbook/uploaded"),
    ("workbook.load", "POST"): hr("/setup/workbook/uploaded/load"),
    ("workbook.download_report", "GET"): hr("/setup/workbook/uploaded/report"),
    ("workbook.export", "POST"): hr("/setup/workbook/export"),
    ("workbook.download_template", "GET"): hr("/setup/workbook/template"),
    ("people_import.preview", "POST"): Line("/setup/people/import", HR | {"admin"}),
    ("people_import.save", "POST"): Line("/setup/people/import/save", HR | {"admin"}),
    ("people_import.download_report", "POST"): Line("/setup/people/import/report", HR | {"admin"}),
    ("people_import.download_template", "GET"): Line("/setup/people/import/template", HR | {"admin"}),
    ("people.list_people", "GET"): hr("/setup/people", HR | ADMIN),
    ("people.new", "GET"): hr("/setup/people/new", HR | ADMIN),
    ("people.add", "POST"): hr("/setup/people/new", HR | ADMIN),
    ("people.edit", "GET"): hr("/setup/people/{self}/edit", HR | ADMIN),
    ("people.change", "POST"): hr("/setup/people/{self}/edit", HR | ADMIN),
    ("handover.show", "GET"): (hr("/setup/people/{self}/hand-over", HR), hr("/setup/people/{hr}/hand-over", set())),
    ("handover.submit", "POST"): (hr("/setup/people/{self}/hand-over", HR), hr("/setup/people/{hr}/hand-over", set())),
    ("people_accounts.invite", "POST"): (
        hr("/setup/people/{self}/invite", HR | ADMIN),
        hr("/setup/people/{admin}/invite", ADMIN),
    ),
    ("people_accounts.close", "POST"): (
        hr("/setup/people/{self}/close", HR | ADMIN),
        hr("/setup/people/{admin}/close", ADMIN),
    ),
    ("people_accounts.reopen", "POST"): (
        hr("/setup/people/{self}/open", HR | ADMIN),
        hr("/setup/people/{admin}/open", ADMIN),
    ),
    # --- writing goals: one's own, and suggestions to anybody
    ("convert.begin", "GET"): everyone("/convert"),
    ("convert.create", "POST"): everyone("/convert"),
    ("convert_objective.edit", "GET"): on_goal("/convert/{draft}/objective", WRITERS),
    ("convert_objective.change", "POST"): on_goal("/convert/{draft}/objective", WRITERS),
    ("convert.key_results", "GET"): on_goal("/convert/{draft}/key-results", WRITERS),
    ("convert.choose", "POST"): on_goal("/convert/{draft}/key-results", WRITERS),
    ("convert.smart", "GET"): on_goal("/convert/{draft}/smart", WRITERS),
    ("convert.refine", "POST"): on_goal("/convert/{draft}/smart", WRITERS),
    ("convert.rhythm", "GET"): on_goal("/convert/{draft}/rhythm", WRITERS),
    ("convert.follow", "POST"): on_goal("/convert/{draft}/rhythm", WRITERS),
    ("drafts.new", "GET"): everyone("/goals/new"),
    ("drafts.create", "POST"): everyone("/goals/new"),
    ("drafts.edit", "GET"): on_goal("/goals/{draft}/edit", WRITERS),
    ("drafts.update", "POST"): on_goal("/goals/{draft}/edit", WRITERS),
    ("duplicates.new", "GET"): on_goal("/goals/{goal}/duplicate"),
    ("duplicates.create", "POST"): on_goal("/goals/{goal}/duplicate"),
    ("typed.keep", "POST"): (everyone("/typed/new"), on_goal("/typed/edit-{draft}", WRITERS)),
    ("typed.drop", "POST"): everyone("/typed/new/drop"),
    ("changes.edit", "GET"): on_goal("/goals/{goal}/change", WRITERS),
    ("changes.change", "POST"): on_goal("/goals/{goal}/change", WRITERS),
    ("measures.new", "GET"): on_goal("/goals/{goal}/measures/new", WRITERS),
    ("measures.add", "POST"): on_goal("/goals/{goal}/measures/new", WRITERS),
    ("measures.ask", "GET"): on_goal("/measures/{measure}/end", WRITERS),
    ("measures.end", "POST"): on_goal("/measures/{measure}/end", WRITERS),
    ("changes.decide", "POST"): on_goal("/proposals/{proposal}/apply", APPROVERS),
    ("plans.new", "GET"): on_goal("/goals/{goal}/actions/new", CHECKERS),
    ("plans.add", "POST"): on_goal("/goals/{goal}/actions/new", CHECKERS),
    ("plans.edit", "GET"): on_goal("/actions/{action}/edit", CHECKERS),
    ("plans.change", "POST"): on_goal("/actions/{action}/edit", CHECKERS),
    ("plans.remove", "POST"): on_goal("/actions/{action}/remove", CHECKERS),
    ("plans.tick", "POST"): on_goal("/actions/{action}/tick", CHECKERS),
    ("moves.ask", "GET"): (
        on_goal("/goals/{goal}/cancel", WRITERS),
        on_goal("/goals/{draft}/activate", WRITERS),
        on_goal("/goals/{suggested}/accept", {"self"}),
        on_goal("/goals/{proposed}/approve", APPROVERS),
        on_goal("/goals/{proposed}/return", APPROVERS),
    ),
    ("moves.make", "POST"): (
        on_goal("/goals/{goal}/cancel", WRITERS),
        on_goal("/goals/{draft}/activate", WRITERS),
        on_goal("/goals/{suggested}/accept", {"self"}),
        on_goal("/goals/{proposed}/approve", APPROVERS),
        on_goal("/goals/{proposed}/return", APPROVERS),
    ),
    # --- a goal
    ("goals.show", "GET"): on_goal("/goals/{goal}"),
    ("goals.head", "GET"): piece("/goals/{goal}/head"),
    ("goals.progress", "GET"): piece("/goals/{goal}/progress"),
    ("goals.periods", "GET"): piece("/goals/{goal}/periods"),
    ("coach.show", "GET"): piece("/goals/{goal}/coach"),
    ("coach.look_over", "POST"): everyone("/coach"),
    ("goals.explanation", "GET"): on_goal("/goals/{goal}/explanation"),
    ("goals.history", "GET"): on_goal("/goals/{goal}/history"),
    ("goals.conversation", "GET"): on_goal("/goals/{goal}/conversation"),
    ("my.goal_head", "GET"): piece("/my/goals/{goal}/head"),
    ("tree.node", "GET"): on_goal("/tree/{goal}"),
    ("tree.children", "GET"): piece("/tree/{goal}/children"),
    ("comments.create", "POST"): on_goal("/goals/{goal}/comments"),
    ("comments.mentions", "GET"): on_goal("/goals/{goal}/mentions?typed=a"),
    # --- a unit's meeting: for who belongs to it or leads it
    ("meetings.show", "GET"): Line("/units/{team_id}/meeting", seen_by={"self", "peer"} | LEADS | HR),
    ("meetings.note", "POST"): Line("/units/{team_id}/meeting", LEADS | HR, seen_by={"self", "peer"} | LEADS | HR),
    # --- a person's review: themselves, their managers and HR find it; each step is its own people's
    ("reviews.list_reviews", "GET"): everyone("/reviews"),
    ("reviews.sheets", "GET"): everyone("/reviews/sheets"),
    ("reviews.show", "GET"): Line("/reviews/OLD/{self}", seen_by=READ_REVIEWS),
    ("reviews.write", "POST"): Line("/reviews/OLD/{self}/words", {"self", "manager"}, seen_by=READ_REVIEWS),
    ("reviews.take", "POST"): (
        Line("/reviews/OLD/{self}/discuss", {"manager"}, seen_by=READ_REVIEWS),
        Line("/reviews/OLD/{self}/sign_as_person", {"self"}, seen_by=READ_REVIEWS),
        Line("/reviews/OLD/{self}/uphold", HR, seen_by=READ_REVIEWS),
    ),
    # --- check-ins
    ("checkins.row", "GET"): piece("/measures/{measure}"),
    ("checkins.new", "GET"): on_goal("/measures/{measure}/check-in", CHECKERS),
    ("checkins.preview", "GET"): on_goal("/measures/{measure}/preview", CHECKERS),
    ("checkins.create", "POST"): on_goal("/measures/{measure}/check-in", CHECKERS),
    ("weekly.show", "GET"): (everyone("/checkins"), Line("/checkins?person={self}", CHECKERS)),
    ("corrections.new", "GET"): on_goal("/checkins/{checkin}/correct", CHECKERS),
    ("corrections.create", "POST"): on_goal("/checkins/{checkin}/correct", CHECKERS),
    ("blockers.close", "POST"): on_goal("/blockers/{blocker}/close", CHECKERS),
    ("follows.change", "POST"): on_goal("/goals/{goal}/follow", ALL),
    ("acknowledgements.show", "GET"): everyone("/checkins/unseen"),
    ("acknowledgements.create_many", "POST"): everyone("/checkins/unseen"),
    ("acknowledgements.create", "POST"): on_goal("/checkins/{checkin}/acknowledge", ACKNOWLEDGERS),
    # --- evaluating: the owner hands in, only the evaluator decides, HR reopens
    ("decisions.show", "GET"): everyone("/decisions"),
    ("decisions.decide", "POST"): everyone("/decisions/decide"),
    ("evaluations.submit", "GET"): on_goal("/evaluations/{done_goal}/submit", {"self"}),
    ("evaluations.hand_in", "POST"): on_goal("/evaluations/{done_goal}/submit", {"self"}),
    ("evaluations.show", "GET"): on_goal("/evaluations/{handed_in}", READ_EVALUATIONS, otherwise=404),
    ("evaluations.row", "GET"): piece("/evaluations/{handed_in}/row", READ_EVALUATIONS, otherwise=404),
    ("evaluations.approve", "POST"): on_goal("/evaluations/{handed_in}/approve", {EVALUATOR}),
    ("evaluations.return", "POST"): on_goal("/evaluations/{handed_in}/return", {EVALUATOR}),
    ("evaluations.reopen", "POST"): on_goal("/evaluations/{approved}/reopen", HR),
    ("evaluators.edit", "GET"): on_goal("/goals/{goal}/evaluator", HR),
    ("evaluators.change", "POST"): on_goal("/goals/{goal}/evaluator", HR),
}


def lines_of(endpoint: str, method: str) -> tuple[Line, ...]:
    """The route's lines."""
    line = MATRIX[endpoint, method]
    return line if isinstance(line, tuple) else (line,)
