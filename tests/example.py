"""The example company as tests use it: the template's content, and who is who in it."""

from datetime import datetime

from goalsite import demo
from goalsite.actions.accounts import set_password
from goalsite.config import zone
from goalsite.example import DEMO_ACCOUNTS
from goalsite.extensions import db
from goalsite.models import Person
from tests import databases

# role → e-mail: director, manager, employee, hr, administrator
CAST = dict(DEMO_ACCOUNTS)
PASSWORD = "tests-know-it-too"


def fill(url: str) -> None:
    """Makes the schema and loads the company as of today; everybody in it can sign in with PASSWORD."""
    databases.migrate(url)
    with databases.closing_app(databases.make_app(url)) as app, app.app_context():
        demo.load_example(datetime.now(zone(app.config["GOALSITE_TIME_ZONE"])).date())
        known = db.session.query(Person).filter_by(email_key=CAST["director"]).one()
        set_password(known, PASSWORD)
        # Hashing is slow by design: one hash does for all.
        db.session.query(Person).update({Person.password_hash: known.password_hash})
        db.session.commit()
