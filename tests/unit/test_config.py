"""The settings: what is refused at the start, and with what to write instead."""

from typing import Any

import pytest

from goalsite.config import WrongSetting, load_config

MAIL = {"GOALSITE_SMTP_HOST": "smtp.company.vn", "GOALSITE_MAIL_SENDER": "Mục tiêu <goals@company.vn>"}
ACCOUNT = {"GOALSITE_SMTP_USER": "goals", "GOALSITE_SMTP_PASSWORD": "very secret"}


class TestMail:
    @pytest.mark.parametrize(
        "said",
        (
            {},
            MAIL,
            MAIL | ACCOUNT,
            MAIL | {"GOALSITE_MAIL_SENDER": "goals@company.vn", "GOALSITE_SMTP_SECURITY": "none"},
            MAIL | {"GOALSITE_SMTP_PORT": "465", "GOALSITE_SMTP_SECURITY": "tls"},
            MAIL | {"GOALSITE_SMTP_HOST": "10.0.0.5"},
        ),
    )
    def test_takes_what_makes_sense(self, said: dict[str, Any]) -> None:
        assert load_config(said)["GOALSITE_SMTP_HOST"] == said.get("GOALSITE_SMTP_HOST", "")

    @pytest.mark.parametrize(
        ("said", "instead"),
        (
            ({"GOALSITE_SMTP_HOST": "smtp://smtp.company.vn:25"}, "a host's name alone, such as smtp.company.vn"),
            ({"GOALSITE_SMTP_PORT": "70000"}, "a port from 1 to 65535"),
            ({"GOALSITE_SMTP_PORT": "smtp"}, "a whole number"),
            ({"GOALSITE_SMTP_SECURITY": "ssl"}, "write starttls, tls or none"),
            ({"GOALSITE_MAIL_SENDER": ""}, "such as Goals <goals@company.vn>"),
            ({"GOALSITE_MAIL_SENDER": "goals@company.vn\nBcc: a@b.vn"}, "such as Goals <goals@company.vn>"),
            ({"GOALSITE_MAIL_SENDER": "Goals"}, "such as Goals <goals@company.vn>"),
            ({"GOALSITE_SMTP_PASSWORD": "very secret"}, "write both or neither"),
            (ACCOUNT | {"GOALSITE_SMTP_SECURITY": "none"}, "write starttls or tls"),
        ),
    )
    def test_says_what_to_write_instead(self, said: dict[str, Any], instead: str) -> None:
        with pytest.raises(WrongSetting) as error:
            load_config(MAIL | said)
        assert instead in str(error.value)
        assert "very secret" not in str(error.value)
