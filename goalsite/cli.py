"""The commands: `flask --app wsgi …`."""

from importlib import import_module
from importlib.util import find_spec

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from goalsite import mailing
from goalsite.actions import accounts, audit, standing
from goalsite.extensions import db
from goalsite.letters import may_mail
from goalsite.queries import mails
from goalsite.queries.accounts import may_come_in, person_by_email
from goalsite.queries.check import differences
from goalsite.queries.company import now, today


def init_app(app: Flask) -> None:
    """Adds the commands to `flask`."""
    for command in (invite, audit_commands, settle, send_mail, check):
        app.cli.add_command(command)
    _add_exchange(app)


@click.command()
@click.argument("email")
@with_appcontext
def invite(email: str) -> None:
    """Print a one-time link by which the person of that E-MAIL sets a password."""
    person = person_by_email(accounts.email_key(email))
    if person is None:
        raise click.ClickException(f"nobody has the e-mail address {email}")
    if not may_come_in(person, now()):
        raise click.ClickException(f"{email} has left, or the account is disabled")
    purpose = "reset" if person.password_hash else "invite"
    token = accounts.make_link(None, person, purpose, now())
    db.session.commit()
    print(f"{current_app.config['GOALSITE_URL'].rstrip('/')}/welcome/{token}")
    print(f"For {person.name}, once, within {accounts.LINK_LIFE[purpose].days * 24} hours.")


audit_commands = AppGroup("audit", help="The audit log: is it whole, and where does it end?")


@audit_commands.command()
@click.option(
    "--head", "known", metavar="SEQ:HASH", help="A head noted down earlier, which has to be in the log still."
)
def verify(known: str | None) -> None:
    """Read the whole log; exit with 1 and name the first row that is not as it was written."""
    fault = audit.verify(_read_head(known) if known else None)
    if fault:
        raise click.ClickException(f"row {fault.seq}: {fault.kind}")
    seq, _ = audit.head()
    print(f"{seq} rows, all as they were written")


@audit_commands.command()
def head() -> None:
    """Print the log's length and last hash, to be kept elsewhere."""
    print("{}:{}".format(*audit.head()))


@click.command()
@with_appcontext
def settle() -> None:
    """Bring the goals up to date whose status changes by the mere passing of time; for cron, soon after midnight."""
    count = standing.settle(today())
    db.session.commit()
    print(f"{count} goals brought up to date")


@click.command("send-mail")
@with_appcontext
def send_mail() -> None:
    """Send the e-mails that wait; for cron, every few minutes. Two at once send each e-mail once."""
    if not may_mail():
        raise click.ClickException("no SMTP server is set: write GOALSITE_SMTP_HOST, see docs/operation.md")
    done, standing = mailing.send_due(), mails.standing()
    print(f"{done.sent} sent, {done.failed} not; {standing.waiting} wait, {standing.gave_up} were given up")


@click.command()
@with_appcontext
def check() -> None:
    """Replay every record and name what is stored otherwise; exit with 1 if anything is. Repairs nothing."""
    standing.settle(today())
    found = list(differences(today()))
    db.session.rollback()
    for one in found:
        print(f"{one.what}: stored {one.stored}, replayed {one.replayed}")
    if found:
        raise click.ClickException(f"{len(found)} differences")
    print("everything stored equals its replay")


def _read_head(text: str) -> tuple[int, str]:
    seq, _, digest = text.partition(":")
    if not seq.isdecimal() or len(digest) not in (0, 64):
        raise click.ClickException("write --head as `audit head` printed it, SEQ:HASH")
    return int(seq), digest


def _add_exchange(app: Flask) -> None:
    for name in ("goalsite.exchange.commands", "goalsite.exchange.report_commands"):
        if find_spec(name):
            import_module(name).init_app(app)
