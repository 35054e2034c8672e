"""Who is looking, in which language and cycle, and what the frame around every page shows (`frame` in templates, see base.html)."""

from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, current_app, g, has_request_context, request, session, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user

from goalsite import formats
from goalsite.domain.asked import misread, read_day
from goalsite.domain.errors import RuleError
from goalsite.domain.relations import Viewer
from goalsite.domain.terms import LOCALES
from goalsite.extensions import babel
from goalsite.messages import say
from goalsite.models import Cycle, Person
from goalsite.places import NAV, OF_A_CYCLE, OF_ANY_DAY, REPORTS, SETUP, Place
from goalsite.queries import company as here
from goalsite.queries import navigation
from goalsite.queries.viewer import viewer_for

THEMES = ("light", "dark")


def init_app(app: Flask) -> None:
    """Languages, number formats, and the frame in every template."""
    babel.init_app(app, locale_selector=choose_locale, timezone_selector=_choose_zone)
    formats.init_app(app)
    app.context_processor(lambda: {"frame": frame()})
    app.url_defaults(_stay_there)
    app.before_request(_refuse_files_of_something_else)


def me() -> Person:
    """The person signed in; only where a sign-in is required."""
    person: Person = current_user.person
    return person


def me_or_nobody() -> Person | None:
    """The person signed in, if any; nobody while the database cannot be asked."""
    return me() if not g.get("without_database") and current_user.is_authenticated else None


def viewer() -> Viewer:
    """Who looks, read once a request."""
    if "viewer" not in g:
        g.viewer = viewer_for(me())
    held: Viewer = g.viewer
    return held


def cycle() -> Cycle | None:
    """The cycle this page is about: `?cycle=CODE`, else the one last chosen, else the running one."""
    return frame().chosen


def choose_locale() -> str:
    """The person's choice, else this browser's, else what the browser reads, else the company's."""
    person = me_or_nobody()
    if person is None and request.args.get("lang") in LOCALES:
        session["locale"] = request.args["lang"]
    wished = (person.locale if person else "") or session.get("locale", "")
    if wished in LOCALES:
        return str(wished)
    return request.accept_languages.best_match(LOCALES) or _company_locale()


def frame() -> "Frame":
    """One frame a request; nothing of it is read before a template asks."""
    held: Frame = g.setdefault("frame", Frame())
    return held


class Frame:
    """What base.html shows around the page; each part is looked up when it is first used."""

    @cached_property
    def person(self) -> dict[str, Any] | None:
        person = me_or_nobody()
        if person is None:
            return None
        return {
            "id": person.id,
            "name": person.name,
            "title": person.title,
            "initials": initials(person.name),
        }

    @cached_property
    def company(self) -> str:
        return "" if g.get("without_database") else here.company().name

    @cached_property
    def locale(self) -> str:
        return str(get_locale())

    @cached_property
    def theme(self) -> str | None:
        person = me_or_nobody()
        return person.theme if person and person.theme in THEMES else None

    @cached_property
    def today(self) -> date:
        return here.today()

    @cached_property
    def can_go_back(self) -> bool:
        """Whether the page answers as of a past day."""
        return request.method == "GET" and request.blueprint in OF_ANY_DAY

    @cached_property
    def as_of(self) -> date | None:
        """The past day the page is about; what is no such day is none, and stands in `misread`."""
        try:
            return read_day(request.args.get("as_of", ""), self.today) if self.can_go_back else None
        except RuleError:
            return None

    @property
    def is_before_the_cycle(self) -> bool:
        """Whether the page is about a day on which its cycle had not begun."""
        asks = self.as_of and self.chosen and _is_in(OF_A_CYCLE, request.endpoint)
        return bool(asks and self.as_of < self.chosen.starts_on)  # type: ignore[operator, union-attr]

    @cached_property
    def misread(self) -> list[RuleError]:
        """What of the address cannot be read, or is not answered here."""
        of_a_cycle = _is_in(OF_A_CYCLE, request.endpoint)
        if request.method != "GET" or not (of_a_cycle or self.can_go_back) or not me_or_nobody():
            return []
        cycles = [one.code for one in self.all_cycles] if of_a_cycle else []
        report = request.path.removeprefix("/reports/").partition(".")[0] if "/reports/" in request.path else ""
        return list(misread(request.args, self.today, goes_back=self.can_go_back, cycles=cycles, report=report))

    @property
    def notices(self) -> list[str]:
        """The same in words, and what is shown instead."""
        shown = {
            "day": gettext("What you see is today's."),
            "cycle": gettext("What you see is of %(cycle)s.", cycle=self.chosen.name if self.chosen else ""),
            "period": gettext("What you see is of the whole cycle."),
        }
        return [f"{say(error)} {shown[error.code.split('_')[1]]}" for error in self.misread]

    @property
    def kept_day(self) -> dict[str, str]:
        """What a form that asks for a page has to carry along to stay on the day."""
        return {"as_of": self.as_of.isoformat()} if self.as_of else {}

    @property
    def day_form(self) -> dict[str, Any]:
        """Of the form that asks for this page as of a day, and of the link back to today."""
        kept = {name: values for name, values in request.args.lists() if name not in ("as_of", "page")}
        if _is_in(OF_A_CYCLE, request.endpoint) and self.chosen:
            kept["cycle"] = [self.chosen.code]
        pairs = [(name, value) for name, values in kept.items() for value in values]
        return {"action": request.path, "keep": pairs, "back": _address(request.path, kept) if kept else request.path}

    @cached_property
    def waiting(self) -> navigation.Waiting:
        if self.as_of is not None:  # What waits, waits today.
            return navigation.Waiting(0, 0, {})
        # What somebody sees for their own sake is nearly all they hear of: only for the rest their place in the company is looked up.
        waiting = navigation.waiting_for(g.get("viewer") or Viewer(me().id, me().is_hr), self.today)
        return navigation.waiting_for(viewer(), self.today) if waiting.hidden and "viewer" not in g else waiting

    @property
    def unread(self) -> int:
        return self.waiting.unread

    @cached_property
    def nav(self) -> list[dict[str, Any]]:
        return [self._entry(place) for place in NAV if place.endpoint in current_app.view_functions]

    @cached_property
    def setup_nav(self) -> list[dict[str, Any]]:
        person = me()
        if not (person.is_hr or person.is_admin):
            return []
        roles = {"": True, "hr": person.is_hr, "admin": person.is_admin}
        return [self._entry(one) for one in SETUP if roles[one.role] and one.endpoint in current_app.view_functions]

    @cached_property
    def all_cycles(self) -> list[Cycle]:
        return navigation.all_cycles()

    @cached_property
    def chosen(self) -> Cycle | None:
        by_code = {cycle.code: cycle for cycle in self.all_cycles}
        asked = request.args.get("cycle", "")
        if asked in by_code and session.get("cycle") != asked:
            session["cycle"] = asked
        return by_code.get(session.get("cycle", "")) or navigation.running_cycle(self.all_cycles, self.today)

    @cached_property
    def cycle(self) -> dict[str, str] | None:
        return {"name": self.chosen.name, "note": cycle_note(self.chosen, self.today)} if self.chosen else None

    @cached_property
    def cycles(self) -> list[dict[str, Any]]:
        kept = (
            {name: values for name, values in request.args.lists() if name != "cycle"}
            if request.method == "GET"
            else {}
        )
        path = request.path if request.method == "GET" else "/"
        return [
            {"name": one.name, "href": _address(path, {**kept, "cycle": [one.code]}), "current": one is self.chosen}
            for one in self.all_cycles
        ]

    @cached_property
    def links(self) -> dict[str, str]:
        return {
            "home": url_for("my.show"),
            "search": url_for("search.show"),
            "suggestions": url_for("search.suggestions"),
            "notifications": url_for("notifications.show"),
            "account": url_for("account.show"),
            "sign_out": url_for("auth.sign_out"),
        }

    def _entry(self, place: Place) -> dict[str, Any]:
        blueprint = place.endpoint.partition(".")[0]
        here_is = "reports" if request.blueprint in REPORTS else request.blueprint
        current = request.endpoint == place.endpoint or (blueprint == here_is and blueprint != "setup")
        count = getattr(self.waiting, place.counts) if place.counts else None
        return {
            "label": place.label,
            "short": place.short,
            "href": url_for(place.endpoint),
            "icon": place.icon,
            "current": current,
            "count": count,
            "phone": place.phone,
            "key": place.key,
        }


def _stay_there(endpoint: str, values: dict[str, Any]) -> None:
    """A link names the cycle of the page it stands on, and the past day. A goal that is looked for has its own cycle."""
    if not (has_request_context() and "frame" in g and (request.method == "GET" or "cycle" in request.args)):
        return
    if _is_in(OF_ANY_DAY, endpoint) and frame().as_of:
        values.setdefault("as_of", frame().kept_day["as_of"])
    if _is_in(OF_A_CYCLE, endpoint) and "goal" not in values and me_or_nobody() and frame().chosen:
        values.setdefault("cycle", frame().chosen.code)  # type: ignore[union-attr]


def _refuse_files_of_something_else() -> None:
    """A file is what the address asks for, or there is none."""
    if "form" in (request.view_args or {}):
        for error in frame().misread:
            raise error


def _is_in(places: frozenset[str], endpoint: str | None) -> bool:
    """Whether the endpoint, or its blueprint, is one of them."""
    return bool(endpoint) and not places.isdisjoint({endpoint, (endpoint or "").partition(".")[0]})


def initials(name: str) -> str:
    """Of a name's last two words, which in Vietnamese are the given ones: Lâm Quốc Khánh is QK."""
    return "".join(word[0].upper() for word in name.split()[-2:])


def cycle_note(cycle: Cycle, today: date) -> str:
    """Where we are in the cycle, in words."""
    if today < cycle.starts_on:
        return gettext("begins on %(day)s", day=formats.day(cycle.starts_on))
    if today > cycle.ends_on:
        return gettext("ended on %(day)s", day=formats.day(cycle.ends_on))
    weeks = -(-((cycle.ends_on - cycle.starts_on).days + 1) // 7)
    week = (today - cycle.starts_on).days // 7 + 1
    return gettext(
        "Week %(week)s of %(weeks)s · %(days)s days left", week=week, weeks=weeks, days=(cycle.ends_on - today).days
    )


def _company_locale() -> str:
    default: str = current_app.config["BABEL_DEFAULT_LOCALE"]
    return default if g.get("without_database") or not here.company().name else here.company().locale


def _choose_zone() -> str:
    person = me_or_nobody()
    if person and person.time_zone:
        return person.time_zone
    default: str = current_app.config["BABEL_DEFAULT_TIMEZONE"]
    return default if g.get("without_database") else here.company().time_zone


def _address(path: str, arguments: dict[str, list[str]]) -> str:
    return f"{quote(path)}?{urlencode(arguments, doseq=True)}"
