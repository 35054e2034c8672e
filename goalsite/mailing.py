"""Sends the e-mails that wait, by the SMTP server of the settings: `flask send-mail`, and a thread that a commit wakes.

Nothing is sent inside a transaction, and whatever goes wrong here touches no request.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from threading import Event, Lock, Thread
from urllib.parse import urlsplit

from flask import Flask, current_app, has_request_context
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from goalsite.actions import mails
from goalsite.extensions import db
from goalsite.queries import mails as read
from goalsite.queries.company import now

# Seconds; a server that takes longer to answer is as good as none.
PATIENCE = 20
# Seconds until the thread tries again when the database could not be asked.
PAUSE = 60


@dataclass
class Sent:
    """What one run did: how many left, and how many failed for now or for good."""

    sent: int = 0
    failed: int = 0


class NotSent(Exception):
    """Why an e-mail did not leave, as a code: unreachable, login, encryption, address, or sender, refused and busy with what the
    server answered. for_good: to try again is of no use. down: so it will be with all others now."""

    def __init__(self, code: str, *, for_good: bool = False, down: bool = False) -> None:
        super().__init__(code)
        self.code, self.for_good, self.down = code, for_good, down


class Prompt:
    """A thread that sends what waits as soon as it is woken, and what failed when its turn comes again."""

    def __init__(self, app: Flask) -> None:
        self.app, self.woken, self.lock = app, Event(), Lock()
        self.thread: Thread | None = None
        self.stopped = False

    def wake(self) -> None:
        """Begins it in the process that asks, since threads do not outlive a fork."""
        with self.lock:
            if self.thread is None or not self.thread.is_alive():
                self.thread = Thread(target=self._run, name="mail", daemon=True)
                self.thread.start()
        self.woken.set()

    def stop(self) -> None:
        """Ends it, once what it is sending has left."""
        self.stopped = True
        self.woken.set()
        if self.thread is not None:
            self.thread.join()

    def _run(self) -> None:
        wait: float | None = None
        while True:
            self.woken.wait(wait)
            self.woken.clear()
            if self.stopped:
                return
            try:
                with self.app.app_context():
                    send_due()
                    following = read.next_due()
            except SQLAlchemyError as error:
                self.app.logger.warning("e-mails have to wait: %s", type(error).__name__)
                wait = PAUSE
            else:
                wait = max((following - now()).total_seconds(), 1) if following else None


def init_app(app: Flask) -> None:
    """Where an SMTP server is set, e-mails leave within seconds of the request that wrote them."""
    if app.config["GOALSITE_SMTP_HOST"]:
        app.extensions["mailing"] = Prompt(app)


@event.listens_for(Session, "after_commit")
def _wake(session: Session) -> None:
    if session.info.pop("mails", False) and has_request_context() and "mailing" in current_app.extensions:
        current_app.extensions["mailing"].wake()


def send_due() -> Sent:
    """Sends every e-mail that is due, each once however many are at it; commits after each."""
    done, server = Sent(), Server()
    try:
        while ids := read.due(now()):
            db.session.commit()
            for mail_id in ids:
                claimed = mails.claim(mail_id, now())
                db.session.commit()
                if claimed is not None:
                    _send(server, claimed, done)
        mails.forget_old(now())
        db.session.commit()
    finally:
        server.leave()
    return done


def _send(server: "Server", mail: mails.Claimed, done: Sent) -> None:
    try:
        server.send(message(mail))
    except NotSent as error:
        current_app.logger.warning("e-mail %s did not leave: %s", mail.id, error.code)
        mails.note_failed(mail.id, mail.tries, error.code, now(), for_good=error.for_good)
        done.failed += 1
    else:
        mails.note_sent(mail.id, mail.tries, now())
        done.sent += 1
    db.session.commit()


def message(mail: mails.Claimed) -> EmailMessage:
    """The e-mail as it travels. Raises NotSent where the receiver's address cannot be written to."""
    made = EmailMessage(policy=SMTP)
    if not mail.email.isascii():
        raise NotSent("address", for_good=True)
    try:
        made["To"] = Address(_line(mail.name), addr_spec=mail.email)
        made["From"] = current_app.config["GOALSITE_MAIL_SENDER"]
        made["Subject"] = _line(mail.subject)
        made["Date"] = format_datetime(mail.made_at)
        # The same at every try: whoever gets it twice has a mail program that shows it once.
        made["Message-ID"] = f"<{mail.id}.{mail.made_at:%Y%m%d%H%M%S}@{_host()}>"
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(mail.body, cte="quoted-printable")
        made["Content-Language"] = mail.locale
        made.as_bytes()
    except (MessageError, ValueError, UnicodeError) as error:
        raise NotSent("address", for_good=True) from error
    return made


class Server:
    """The SMTP server: greeted at the first e-mail, and not asked again in this run once it was out of reach."""

    def __init__(self) -> None:
        self.connection: smtplib.SMTP | None = None
        self.down: NotSent | None = None

    def send(self, message: EmailMessage) -> None:
        """Raises NotSent."""
        if self.down is not None:
            raise self.down
        greeted_before = self.connection is not None
        try:
            self._send(message)
        except NotSent as error:
            if not error.down:
                raise
            self.leave()
            if not greeted_before:
                self.down = error
                raise
            # Many servers end a connection after so many e-mails: greeted afresh, it may take more.
            self.send(message)

    def _send(self, message: EmailMessage) -> None:
        with _told():
            if self.connection is None:
                self.connection = _connect()
            to, sender = (message[name].addresses[0].addr_spec for name in ("To", "From"))
            # Not send_message, which writes what lies behind the headers in another policy and marks lines that begin with From.
            self.connection.sendmail(sender, [to], message.as_bytes())

    def leave(self) -> None:
        """Says goodbye, if there is anybody."""
        if self.connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                self.connection.quit()
            self.connection.close()
            self.connection = None


def _connect() -> smtplib.SMTP:
    settings = current_app.config
    place = (settings["GOALSITE_SMTP_HOST"], settings["GOALSITE_SMTP_PORT"])
    connection: smtplib.SMTP
    if settings["GOALSITE_SMTP_SECURITY"] == "tls":
        connection = smtplib.SMTP_SSL(*place, timeout=PATIENCE, context=ssl.create_default_context())
    else:
        connection = smtplib.SMTP(*place, timeout=PATIENCE)
    try:
        if settings["GOALSITE_SMTP_SECURITY"] == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if settings["GOALSITE_SMTP_USER"]:
            connection.login(settings["GOALSITE_SMTP_USER"], settings["GOALSITE_SMTP_PASSWORD"])
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _told() -> Iterator[None]:
    """What smtplib raises, as NotSent; what servers say in words may hold addresses and is left out."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise _refused(code) from None
    except smtplib.SMTPSenderRefused as error:
        raise NotSent(f"{'sender' if error.smtp_code >= 500 else 'busy'} {error.smtp_code}", down=True) from None
    except smtplib.SMTPDataError as error:
        raise _refused(error.smtp_code) from None
    except smtplib.SMTPAuthenticationError:
        raise NotSent("login", down=True) from None
    except smtplib.SMTPNotSupportedError as error:
        raise NotSent("encryption" if "STARTTLS" in str(error) else "login", down=True) from None
    except ssl.SSLError:
        raise NotSent("encryption", down=True) from None
    except (smtplib.SMTPException, OSError):
        raise NotSent("unreachable", down=True) from None


def _refused(code: int) -> NotSent:
    """What a server refuses with 5 it refuses for good, with 4 for now; 421 is its goodbye."""
    if code >= 500:
        return NotSent(f"refused {code}", for_good=True)
    return NotSent(f"busy {code}", down=code == 421)


def _line(text: str) -> str:
    """One line without control characters: a header ends where its line does."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _host() -> str:
    return urlsplit(current_app.config["GOALSITE_URL"]).hostname or "localhost"
