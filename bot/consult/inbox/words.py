"""How the pages say times, clinics and fields. Times are on the clinic's clock, or else in UTC."""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import phonenumbers
from flask import Flask
from flask_login import current_user
from markupsafe import Markup

from bot.consult.errors import ConsultError
from bot.consult.inbox.parts import parts
from bot.consult.model import REASONS

METHODS = {"call": "by phone call", "text": "by text message", "email": "by email"}
ACTIONS = {
    "created": "sent in",
    "appended": "sent in again",
    "list": "seen in a list",
    "view": "viewed",
    "claim": "taken",
    "release": "given back",
    "status": "status changed",
    "note": "note added",
    "export": "exported",
}


def set_up(app: Flask) -> None:
    """Make them known to the templates."""
    app.add_template_filter(when)
    app.add_template_filter(clinic)
    app.add_template_filter(phone)
    app.context_processor(_person)
    app.jinja_env.globals.update(REASONS=REASONS, METHODS=METHODS, ACTIONS=ACTIONS)


def _person() -> dict[str, object]:
    return {"person": current_user.user if current_user and current_user.is_authenticated else None}


def when(moment: datetime, clinic_id: str) -> Markup:
    """A <time> such as "Tue, Nov 24, 2026, 9:05 AM EST"."""
    zone = parts().clinics.of(clinic_id).timezone
    local = moment.astimezone(ZoneInfo(zone) if zone else timezone.utc)
    clock = f"{local.hour % 12 or 12}:{local.minute:02} {'AM' if local.hour < 12 else 'PM'} {local.tzname()}"
    shown = f"{local:%a}, {local:%b} {local.day}, {local.year}, {clock}"
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(timespec="seconds"), shown)


def clinic(clinic_id: str) -> str:
    """A clinic's name, or its id where it has none."""
    return parts().names.get(clinic_id, clinic_id)


def phone(number: str) -> str:
    """A number of E.164 as people of its country write it."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException as error:
        raise ConsultError("a stored phone number is not in the form E.164") from error
    style = phonenumbers.PhoneNumberFormat
    form = style.NATIONAL if parsed.country_code == 1 else style.INTERNATIONAL
    return str(phonenumbers.format_number(parsed, form))
