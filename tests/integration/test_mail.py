"""E-mails written with what they tell of and sent afterwards: each once, again where it failed, never in the way of a request."""

import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goalsite import mailing
from goalsite.actions import mails as write
from goalsite.extensions import db
from goalsite.letters import send_link, trial
from goalsite.models import Person
from goalsite.models_accounts import Mail, OneTimeLink
from goalsite.queries import mails as read
from goalsite.queries.company import now
from tests import sink as smtp
from tests.cast import join, signed_in
from tests.integration.builders import family
from tests.queries import MOST, counted
from tests.sink import Sink

KEY = "k" * 20


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp.listening() as sink:
        yield sink


@pytest.fixture
def app_config(sink: Sink) -> dict[str, Any]:
    return smtp.settings(sink)


@pytest.fixture
def cast(app: Flask, db_session: Any) -> dict[str, Person]:
    cast = family()
    cast["admin"] = join("Lâm Quốc Khánh", unit=cast["outsider"].unit, is_admin=True, password="bon chu cai that dai")
    return cast


def put(person: Person, **said: Any) -> Mail:
    facts = {"kind": "trial", "locale": "vi", "subject": "Chào", "body": "Xin chào.\n"} | said
    write.put(person, write.Letter(**facts), now())
    db.session.commit()
    return stored()[-1]


def stored() -> list[Mail]:
    return list(db.session.query(Mail).order_by(Mail.id).populate_existing())


def make_due() -> None:
    db.session.execute(db.update(Mail).where(Mail.next_try_at.is_not(None)).values(next_try_at=now()))
    db.session.commit()


class TestSend:
    def test_arrives_in_vietnamese_under_its_name(self, cast: dict[str, Person], sink: Sink) -> None:
        cast["report"].name = "Nguyễn Thị Ánh Tuyết"
        put(cast["report"], subject="Mời bạn đặt mục tiêu quý này", body="Xin chào.\n\nĐường dẫn: https://x.vn/ạ\n")
        assert mailing.send_due() == mailing.Sent(sent=1)
        (mail,) = sink.mails
        assert mail["Subject"] == "Mời bạn đặt mục tiêu quý này"
        assert mail["To"].addresses[0].display_name == "Nguyễn Thị Ánh Tuyết"
        assert mail["To"].addresses[0].addr_spec == cast["report"].email
        assert str(mail["From"]) == "An Nhiên <goals@annhien.vn>"
        assert mail.get_content().splitlines() == ["Xin chào.", "", "Đường dẫn: https://x.vn/ạ"]
        assert sink.raw[0].isascii()
        assert stored()[0].sent_at is not None
        assert mailing.send_due() == mailing.Sent()

    @pytest.mark.parametrize("engine", ("sqlite", "postgresql"))
    def test_two_senders_at_once_send_each_once(self, app: Flask, cast: dict[str, Person], sink: Sink) -> None:
        for number in range(20):
            write.put(cast["report"], write.Letter("trial", "vi", f"Thư {number}", "x"), now())
        db.session.commit()
        together, done = Barrier(2), []

        def send() -> None:
            with app.app_context():
                together.wait()
                done.append(mailing.send_due())

        threads = [Thread(target=send) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(mail["Subject"] for mail in sink.mails) == sorted(f"Thư {number}" for number in range(20))
        assert sum(one.sent for one in done) == 20

    def test_one_claimed_by_somebody_who_died_is_sent_later(self, cast: dict[str, Person], sink: Sink) -> None:
        mail = put(cast["report"])
        assert write.claim(mail.id, now()) is not None
        db.session.commit()
        assert mailing.send_due() == mailing.Sent()
        late = now() + write.HELD
        assert write.claim(mail.id, late) is not None
        # Whoever was so slow changes nothing of what the other does now.
        write.note_failed(mail.id, 1, "unreachable", now(), for_good=True)
        db.session.commit()
        assert (stored()[0].tries, stored()[0].gave_up_at) == (2, None)

    def test_a_header_ends_where_its_line_does(self, cast: dict[str, Person], sink: Sink) -> None:
        cast["report"].name = 'An\r\nBcc: thief@x.vn\n\n<b>, \u202e"Ba" <evil@x.vn>'
        put(cast["report"], subject="Một\r\nBcc: thief@x.vn")
        assert mailing.send_due().sent == 1
        (mail,) = sink.mails
        assert mail["Bcc"] is None
        assert mail["Subject"] == "Một Bcc: thief@x.vn"
        assert [one.addr_spec for one in mail["To"].addresses] == [cast["report"].email]
        assert mail.get_content().strip() == "Xin chào."

    def test_an_address_that_is_none_is_given_up_at_once(self, cast: dict[str, Person], sink: Sink) -> None:
        for email in ("a b@x.vn\r\nRCPT TO:<thief@x.vn>", "nguyễn@x.vn", "x.vn"):
            cast["report"].email = email
            mail = put(cast["report"])
            assert mailing.send_due().failed == 1
            assert (mail.gave_up_at is not None, mail.error) == (True, "address")
        assert sink.mails == []

    def test_many_go_by_one_connection_and_by_another_once_that_ends(self, cast: dict[str, Person], sink: Sink) -> None:
        sink.per_connection = 4
        for _ in range(10):
            put(cast["report"])
        assert mailing.send_due().sent == 10
        assert (len(sink.mails), sink.connections) == (10, 3)

    def test_what_left_long_ago_is_forgotten(self, cast: dict[str, Person], sink: Sink) -> None:
        put(cast["report"]).sent_at = now() - write.KEPT - timedelta(days=1)
        stored()[0].next_try_at = None
        put(cast["report"])
        mailing.send_due()
        assert len(stored()) == 1


class TestFail:
    def test_is_tried_again_and_given_up_at_last(self, cast: dict[str, Person], sink: Sink) -> None:
        sink.answers[cast["report"].email] = "450 try later, An"
        mail, other = put(cast["report"]), put(cast["peer"])
        waits = []
        for _ in range(len(write.WAITS)):
            mailing.send_due()
            db.session.refresh(mail)
            assert mail.next_try_at
            waits.append(mail.next_try_at - now())
            make_due()
        assert [round(one.total_seconds() / 60) for one in waits] == [1, 5, 30, 120, 360, 720, 1440]
        assert (stored()[1].sent_at is not None, other.tries) == (True, 1)
        mailing.send_due()
        assert (stored()[0].gave_up_at is not None, stored()[0].next_try_at) == (True, None)
        assert (stored()[0].tries, stored()[0].error) == (len(write.WAITS) + 1, "busy 450")
        make_due()
        assert mailing.send_due() == mailing.Sent()

    def test_what_is_refused_for_good_is_not_tried_again(self, cast: dict[str, Person], sink: Sink) -> None:
        sink.answers[cast["report"].email] = "550 nobody here by that name"
        put(cast["report"])
        mailing.send_due()
        assert (stored()[0].gave_up_at is not None, stored()[0].error, stored()[0].tries) == (True, "refused 550", 1)

    @pytest.mark.parametrize(("answer", "error"), (("553 not you", "sender 553"), ("451 later", "busy 451")))
    def test_a_sender_it_does_not_take_is_the_settings_fault(
        self, cast: dict[str, Person], sink: Sink, answer: str, error: str
    ) -> None:
        sink.to_sender = answer
        for who in ("report", "peer"):
            put(cast[who])
        mailing.send_due()
        assert [(one.error, one.gave_up_at) for one in stored()] == [(error, None)] * 2
        assert sink.connections == 1

    def test_a_server_that_is_not_there_is_asked_once_for_all(self, app: Flask, cast: dict[str, Person]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            app.config["GOALSITE_SMTP_PORT"] = taken.getsockname()[1]
        for _ in range(3):
            put(cast["report"])
        assert mailing.send_due() == mailing.Sent(failed=3)
        assert [(one.tries, one.error, one.gave_up_at) for one in stored()] == [(1, "unreachable", None)] * 3

    def test_a_server_without_encryption_gets_nothing(self, app: Flask, cast: dict[str, Person], sink: Sink) -> None:
        app.config["GOALSITE_SMTP_SECURITY"] = "starttls"
        put(cast["report"])
        mailing.send_due()
        assert (stored()[0].error, sink.mails) == ("encryption", [])


class TestLinks:
    def test_a_link_is_kept_no_longer_than_it_takes_to_send(self, cast: dict[str, Person], sink: Sink) -> None:
        link = send_link(None, cast["report"], now())
        db.session.commit()
        assert link.startswith("https://goals.annhien.vn/welcome/")
        assert link in stored()[0].body
        mailing.send_due()
        assert link in sink.mails[0].get_content()
        assert stored()[0].body == ""

    def test_nor_where_it_was_given_up(self, cast: dict[str, Person], sink: Sink) -> None:
        sink.to_all = "550 no"
        send_link(None, cast["report"], now())
        db.session.commit()
        mailing.send_due()
        assert (stored()[0].gave_up_at is not None, stored()[0].body) == (True, "")

    def test_speaks_the_receivers_language(self, cast: dict[str, Person], sink: Sink) -> None:
        cast["report"].locale, cast["peer"].locale = "en", "vi"
        for who in ("report", "peer"):
            send_link(None, cast[who], now())
        db.session.commit()
        mailing.send_due()
        english, vietnamese = sink.mails
        assert "Choose your password here" in english.get_content()
        assert "Bạn đặt mật khẩu tại đây" in vietnamese.get_content()
        assert (english["Content-Language"], vietnamese["Content-Language"]) == ("en", "vi")
        assert f"Xin chào {cast['peer'].name}," in vietnamese.get_content()

    def test_an_earlier_one_that_has_not_left_never_does(self, cast: dict[str, Person], sink: Sink) -> None:
        first, second = (send_link(None, cast["report"], now()) for _ in range(2))
        db.session.commit()
        mailing.send_due()
        assert second in sink.wait(1)[0].get_content()
        assert (len(sink.mails), first in sink.raw[0].decode()) == (1, False)

    def test_one_that_has_ended_is_not_sent(self, cast: dict[str, Person], sink: Sink) -> None:
        send_link(None, cast["report"], now() - timedelta(days=8))
        send_link(None, cast["peer"], now())
        cast["peer"].disabled_at = now()
        db.session.commit()
        assert mailing.send_due() == mailing.Sent()
        assert [(one.error, one.body) for one in stored()] == [("expired", ""), ("closed", "")]

    @pytest.mark.parametrize("unset", ("GOALSITE_URL", "GOALSITE_SMTP_HOST"))
    def test_none_is_sent_that_would_lead_nowhere(self, app: Flask, cast: dict[str, Person], unset: str) -> None:
        app.config[unset] = {"GOALSITE_URL": "http://127.0.0.1:8000"}.get(unset, "")
        send_link(None, cast["report"], now())
        assert (stored(), db.session.query(OneTimeLink).count()) == ([], 1)


class TestPrompt:
    """The thread that a commit wakes: what the browser asked for is answered before."""

    def test_an_invitation_leaves_at_once(self, app: Flask, cast: dict[str, Person], sink: Sink) -> None:
        answer = signed_in(app, cast["hr"]).post(f"/setup/people/{cast['report'].id}/invite", data={"form_key": KEY})
        link = re.search(r'value="(https://goals.annhien.vn/welcome/[^"]+)"', answer.text)
        assert link
        assert link[1] in sink.wait(1)[0].get_content()
        welcome = app.test_client().get(link[1].removeprefix("https://goals.annhien.vn"))
        assert welcome.status_code == 200

    def test_a_server_that_is_not_there_fails_no_request(self, app: Flask, cast: dict[str, Person]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            app.config["GOALSITE_SMTP_PORT"] = taken.getsockname()[1]
        answer = signed_in(app, cast["hr"]).post(f"/setup/people/{cast['report'].id}/invite", data={"form_key": KEY})
        assert (answer.status_code, "/welcome/" in answer.text) == (200, True)
        assert len(stored()) == 1


class TestSendMail:
    def test_says_what_it_did(self, app: Flask, cast: dict[str, Person], sink: Sink) -> None:
        sink.answers[cast["peer"].email] = "450 later"
        put(cast["report"])
        put(cast["peer"])
        done = app.test_cli_runner().invoke(args=["send-mail"])
        assert (done.exit_code, done.output) == (0, "1 sent, 1 not; 1 wait, 0 were given up\n")
        again = app.test_cli_runner().invoke(args=["send-mail"])
        assert again.output == "0 sent, 0 not; 1 wait, 0 were given up\n"

    def test_names_what_is_not_set(self, app: Flask, db_session: Any) -> None:
        app.config["GOALSITE_SMTP_HOST"] = ""
        done = app.test_cli_runner().invoke(args=["send-mail"])
        assert done.exit_code == 1
        assert "GOALSITE_SMTP_HOST" in done.output


class TestCard:
    @pytest.fixture
    def admin(self, app: Flask, cast: dict[str, Person]) -> FlaskClient:
        cast["admin"].locale = "en"
        return signed_in(app, cast["admin"])

    def test_is_for_administrators(self, app: Flask, cast: dict[str, Person], admin: FlaskClient) -> None:
        assert 'id="mail"' in admin.get("/setup").text
        hr = signed_in(app, cast["hr"])
        assert 'id="mail"' not in hr.get("/setup").text
        assert [hr.post(f"/setup/mail/{act}").status_code for act in ("try", "again")] == [403, 403]

    def test_says_what_waits_and_what_failed(self, cast: dict[str, Person], admin: FlaskClient, sink: Sink) -> None:
        sink.answers = {cast["report"].email: "550 no", cast["peer"].email: "450 later"}
        for who in ("report", "peer", "director"):
            put(cast[who])
        mailing.send_due()
        text = admin.get("/setup").text
        assert "1, tried already" in text
        assert "does not take this address, or this e-mail (550)" in text
        assert "asks to try later (450)" in text
        assert cast["director"].name not in re.sub(r"(?s).*id=\"mail\"", "", text)

    def test_takes_few_queries(self, app: Flask, cast: dict[str, Person], admin: FlaskClient, sink: Sink) -> None:
        sink.to_all = "550 no"
        for who in ("report", "peer", "director", "manager", "outsider", "hr"):
            put(cast[who])
        mailing.send_due()
        admin.get("/setup")
        with counted(app) as sent:
            assert admin.get("/setup").text.count("does not take this address") == read.SHOWN
        assert len(sent) <= MOST

    def test_says_when_links_cannot_be_sent(self, app: Flask, cast: dict[str, Person], admin: FlaskClient) -> None:
        app.config["GOALSITE_URL"] = "http://127.0.0.1:8000"
        assert "the setting GOALSITE_URL does not say" in admin.get("/setup").text
        app.config["GOALSITE_SMTP_HOST"] = ""
        assert "None is sent" in admin.get("/setup").text
        admin.post("/setup/mail/try")
        assert stored() == []

    def test_one_on_trial_comes_once(self, cast: dict[str, Person], admin: FlaskClient, sink: Sink) -> None:
        for _ in range(2):
            assert admin.post("/setup/mail/try", data={"form_key": KEY}).status_code == 303
        assert sink.wait(1)[0]["To"].addresses[0].addr_spec == cast["admin"].email
        assert len(stored()) == 1
        assert trial(cast["admin"]).subject == sink.mails[0]["Subject"]

    def test_what_was_given_up_is_sent_again_with_a_new_link(
        self, cast: dict[str, Person], admin: FlaskClient, sink: Sink
    ) -> None:
        sink.to_all = "550 no"
        first = send_link(None, cast["report"], now())
        put(cast["peer"])
        db.session.commit()
        mailing.send_due()
        sink.to_all = "250 ok"
        admin.post("/setup/mail/again", data={"form_key": KEY})
        texts = [one.get_content() for one in sink.wait(2)]
        assert sum("/welcome/" in text for text in texts) == 1
        assert not any(first in text for text in texts)
        assert read.standing().gave_up == 0

    def test_but_not_to_somebody_who_came_in_meanwhile(
        self, cast: dict[str, Person], admin: FlaskClient, sink: Sink
    ) -> None:
        sink.to_all = "550 no"
        send_link(None, cast["report"], now())
        db.session.commit()
        mailing.send_due()
        db.session.execute(db.update(Person).where(Person.id == cast["report"].id).values(password_hash="x"))
        admin.post("/setup/mail/again", data={"form_key": KEY})
        assert (stored(), sink.mails) == ([], [])
