"""An empty site's first minute: the company, and the administrator who sets up the rest."""

from goalsite.actions import accounts, audit
from goalsite.actions.organisation import rebuild_organisation
from goalsite.domain.errors import RuleError
from goalsite.domain.names import name_key, text_key
from goalsite.extensions import db
from goalsite.models import Person, Setting, Unit
from goalsite.queries.accounts import anybody_exists
from goalsite.queries.company import forget_company, today

ROOT_CODE = "company"


def set_up(*, company: str, name: str, email: str, password: str, locale: str, time_zone: str) -> Person:
    """The company's unit and settings, and its first person, who is HR and administrator.

    Raises RuleError site_taken once anybody exists, and those of passwords. Two at once: the second meets the first's
    settings, an IntegrityError.
    """
    if anybody_exists():
        raise RuleError("site_taken")
    for key, value in (("company_name", company), ("locale", locale), ("time_zone", time_zone)):
        db.session.add(Setting(key=key, value=value))
    forget_company()
    unit = Unit(code=ROOT_CODE, name=company, sort_key=text_key(company), kind="company")
    person = Person(
        email=email,
        email_key=accounts.email_key(email),
        name=name,
        sort_key=name_key(name),
        unit=unit,
        locale=locale,
        time_zone="",
        is_hr=True,
        is_admin=True,
    )
    accounts.check_password(password, name, email)
    person.password_hash = accounts.HASHER.hash(password)
    db.session.add_all([unit, person])
    db.session.flush()
    rebuild_organisation(today())
    audit.record(
        person, "set_up", "unit", unit.id, after={"company_name": company, "locale": locale, "time_zone": time_zone}
    )
    return person
