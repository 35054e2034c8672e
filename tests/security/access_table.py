"""Who may do what on every route, by the rules (§8), not by what the code answers. A new route has a line here."""

from collections.abc import Set
from dataclasses import dataclass

from tests.security.viewpoints import EVALUATOR, NOBODY, PEOPLE, SEE

ALL = frozenset(PEOPLE)
# The columns of §8's table as viewpoints: managers, direct and further up; who leads the unit or one above; HR.
MANAGERS = {"manager", "skip"}
LEADS = {"manager", "skip", "supervisor"}
HR = {"hr"}
CHECKERS = {"self"} | MANAGERS | LEADS | HR
ACKNOWLEDGERS = MANAGERS | LEADS
# Done: a page, a piece, on to another page, or the form once more because nothing was filled in.
DONE = "done"


@dataclass(frozen=True)
class Line:
    """One route. on_goal: its address names one of the three goals, or something of them. may: who may do it.
    anonymous: what somebody not signed in is answered, where it is not the usual refusal."""

    path: str
    may: Set[str] = ALL
    on_goal: bool = False
    anonymous: int | str | None = None
    otherwise: int = 403
    fragment: bool = False

    def expected(self, method: str, who: str, visibility: str) -> int | str:
        """The status for that viewpoint, or DONE."""
        if who in NOBODY:
            # A page asked for leads to the sign-in; anything else is refused.
            return self.anonymous or (303 if method == "GET" and not self.fragment else 401)
        if self.on_goal and who not in SEE[visibility] | (
            {EVALUATOR} if "{handed_in}" in self.path or "{done_goal}" in self.path else set()
        ):
            return 404
        return DONE if who in self.may else self.otherwise


def everyone(path: str, **said: object) -> Line:
    """Of the reader's own, or of nobody's: whoever is signed in."""
    return Line(path, **said)  # type: ignore[arg-type]


def public(path: str, status: int | str = DONE) -> Line:
    """The same for all, signed in or not."""
    may = ALL if status == DONE else frozenset()
    return Line(path, may, anonymous=status, otherwise=status if isinstance(status, int) else 403)


def on_goal(path: str, may: Set[str] = ALL, **said: object) -> Line:
    """About a goal: who may not see it finds nothing."""
    return Line(path, may, on_goal=True, **said)  # type: ignore[arg-type]


def piece(path: str, may: Set[str] = ALL) -> Line:
    """A piece of a goal's page, asked for by the page's script."""
    return Line(path, may, on_goal=True, fragment=True)


MATRIX: dict[tuple[str, str], Line] = {
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
    ("notifications.show", "GET"): everyone("/notifications"),
    ("notifications.read", "POST"): everyone("/notifications/read"),
    ("my.show", "GET"): everyone("/"),
    ("my.standing", "GET"): everyone("/standing"),
    # --- lists
    ("overview.show", "GET"): everyone("/overview?unit={team}"),
    ("tree.show", "GET"): everyone("/tree"),
    # --- what a form offers while somebody types; of goals, only those they may see
    ("pickers.options", "GET"): everyone("/pickers/goals?field=goal&goal=Chuyện"),
    # --- setting up people: HR and administrators; an administrator's account is another one's to change
    ("people.list_people", "GET"): Line("/setup/people", HR | {"admin"}),
    ("people.new", "GET"): Line("/setup/people/new", HR | {"admin"}),
    ("people.add", "POST"): Line("/setup/people/new", HR | {"admin"}),
    ("people.edit", "GET"): Line("/setup/people/{self}/edit", HR | {"admin"}),
    ("people.change", "POST"): Line("/setup/people/{self}/edit", HR | {"admin"}),
    ("people_accounts.invite", "POST"): Line("/setup/people/{admin}/invite", {"admin"}),
    ("people_accounts.close", "POST"): Line("/setup/people/{admin}/close", {"admin"}),
    ("people_accounts.reopen", "POST"): Line("/setup/people/{admin}/open", {"admin"}),
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
    # --- check-ins
    ("checkins.row", "GET"): piece("/measures/{measure}"),
    ("checkins.new", "GET"): on_goal("/measures/{measure}/check-in", CHECKERS),
    ("checkins.preview", "GET"): on_goal("/measures/{measure}/preview", CHECKERS),
    ("checkins.create", "POST"): on_goal("/measures/{measure}/check-in", CHECKERS),
    ("acknowledgements.create", "POST"): on_goal("/checkins/{checkin}/acknowledge", ACKNOWLEDGERS),
}
