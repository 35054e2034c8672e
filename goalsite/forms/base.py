"""What every form has: a token, a key that gives it one effect, the version it was made from; and fields that keep what was typed."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field as AnyField
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the types
    HiddenField,
    SelectChoice,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput, TextInput

from goalsite import formats
from goalsite.actions import form_keys
from goalsite.domain.errors import RuleError
from goalsite.extensions import EXACT_DECIMALS
from goalsite.frame import me
from goalsite.messages import say
from goalsite.queries import company as here

NAME_LENGTH = 300
TEXT_LENGTH = 20_000
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
# What no text holds: NUL (which PostgreSQL refuses), the other controls but for tab and line breaks, halves of characters.
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """The choices of a SelectField or RadioField, from (value, label)."""
    return [SelectChoice(value, label) for value, label in pairs]


class Versioned(Protocol):
    """A row that counts its changes, or anything else that says of what it is made."""

    @property
    def version(self) -> int: ...


class VersionField(AnyField):
    """The version a form was made from; none where what came is no number."""

    widget = HiddenInput()
    data: int | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]) if valuelist else ""
        self.data = int(text) if re.fullmatch("[0-9]{1,9}", text) else None

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)


class Form(FlaskForm):
    """A form of ours; `hidden(form)` in a template writes its hidden fields."""

    form_key = HiddenField(default=lambda: secrets.token_urlsafe(18))
    version = VersionField()

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """As WTForms does, and no text that the database could not keep."""
        valid = super().validate(extra_validators)
        for field in self:
            if any(isinstance(text, str) and UNREADABLE.search(text) for text in field.raw_data or ()):
                field.errors = [
                    *field.errors,
                    gettext("This text has a character in it that cannot be kept. Type it again without it."),
                ]
                valid = False
        return bool(valid)


class LineField(StringField):
    """One line, without the spaces around it: LineField(label, most=300, required=True)."""

    def __init__(
        self,
        label: Any = None,
        *,
        most: int = NAME_LENGTH,
        required: bool = True,
        validators: Sequence[Any] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(label, [*_text_rules(most, required), *validators], **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = " ".join(re.split(r"[\r\n]+", valuelist[0])).strip() if valuelist else ""


class TextField(TextAreaField):
    """Several lines; line ends become plain ones: TextField(label, most=20_000, required=False)."""

    def __init__(
        self,
        label: Any = None,
        *,
        most: int = TEXT_LENGTH,
        required: bool = False,
        validators: Sequence[Any] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(label, [*_text_rules(most, required), *validators], **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = valuelist[0].replace("\r\n", "\n").replace("\r", "\n").strip() if valuelist else ""


class ExactField(AnyField):
    """A number as this reader writes it, kept as a Decimal; what was typed stays when it cannot be read."""

    widget = TextInput()
    data: Decimal | None

    def __init__(
        self,
        label: Any = None,
        *,
        decimals: int = EXACT_DECIMALS,
        required: bool = False,
        validators: Sequence[Any] = (),
        **kwargs: Any,
    ) -> None:
        presence = InputRequired(_l("A number is needed here.")) if required else Optional()
        super().__init__(label, [presence, *validators], **kwargs)
        self.decimals = decimals
        self.render_kw = {"inputmode": "decimal", "autocomplete": "off", **(self.render_kw or {})}

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = formats.parse_number(valuelist[0], str(get_locale()), self.decimals)
            except RuleError as error:
                raise ValidationError(say(error)) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else formats.number(self.data)


def first_time(form: Form) -> bool:
    """Whether this very form has not had its effect yet; from here to the commit nobody else can send it.

    A view asks this after `validate_on_submit()`; when False it answers as the first time did (see `answer_of`) and writes nothing.
    """
    key = _key(form)
    return not key or form_keys.claim(me().id, key, here.now())


def keep_answer(form: Form, url: str) -> None:
    """Where the browser is sent after this form, for when it is sent again."""
    if key := _key(form):
        form_keys.keep_answer(me().id, key, url)


def answer_of(form: Form, default: str) -> str:
    """Where the browser was sent the first time."""
    return (form_keys.answer(me().id, _key(form)) if _key(form) else "") or default


def is_stale(form: Form, record: Versioned) -> bool:
    """Whether somebody changed the record since the form was made. The form then carries the newer version, so that sending it again is a decision."""
    if form.version.data == record.version:
        return False
    form.version.raw_data = None
    form.version.data = record.version
    return True


def add_error(form: Any, error: RuleError) -> None:
    """What a rule refused, at its field, or at the form's head where it has none."""
    field = form._fields.get(error.field)
    if field is None:
        form.form_errors.append(say(error))
    else:
        field.errors = [*field.errors, say(error)]


def renew(form: Form) -> Form:
    """The form as it was sent, with a new key: for showing it again after it has had its effect."""
    form.form_key.raw_data = None
    form.form_key.data = secrets.token_urlsafe(18)
    return form


def _key(form: Form) -> str:
    """Empty where a form came without one, as from a script: it then has its effect every time."""
    key = form.form_key.data or ""
    return key if KEY.fullmatch(key) else ""


def _text_rules(most: int, required: bool) -> list[Any]:
    rules: list[Any] = [Length(max=most, message=_l("This is too long: %(max)d characters at most."))]
    return [DataRequired(_l("This is needed.")), *rules] if required else [Optional(), *rules]
