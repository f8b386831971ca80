"""A consult request: what must never be stored cannot be made, and its repr names nobody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bot.consult.errors import ConsultError, InvalidRequestError
from bot.consult.model import CONSENT_VERSION, Consent
from tests.consult.fixtures import EMAIL, NOW, PHONE, a_full_request, a_request


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"clinic": ""}, "clinic, conversation or form_run is empty"),
        ({"form_run": ""}, "clinic, conversation or form_run is empty"),
        ({"name": ""}, "the name is empty"),
        ({"phone": None}, "neither a phone number nor an email address"),
        ({"contact_method": "pigeon"}, "contact_method is none of call, text, email"),
        ({"phone": None, "email": EMAIL}, "to call or text needs a phone number"),
        ({"contact_method": "email"}, "contact by email needs an email address"),
        ({"contact_method": "text"}, "contact by text needs consent to SMS"),
        ({"reason": "pigeon"}, "reason is none of cost, "),
        ({"consent": Consent("", CONSENT_VERSION, NOW)}, "there is no consent"),
        ({"history": ("how much?",)}, "history needs the patient's consent"),
        ({"created_at": datetime(2026, 11, 24)}, "a time has no time zone"),
        ({"consent": Consent("yes", "1", datetime(2026, 11, 24))}, "a time has no time zone"),
    ],
)
def test_what_must_not_be_stored_is_refused_by_field(changes: dict[str, Any], what: str) -> None:
    with pytest.raises(InvalidRequestError, match=what) as caught:
        a_request(**changes)
    assert isinstance(caught.value, ConsultError)
    assert "Ana" not in str(caught.value)


def test_its_repr_holds_nothing_about_the_patient() -> None:
    shown = repr(a_full_request())
    for value in ("Ana", PHONE, EMAIL, "weekday", "series", "how much"):
        assert value not in shown
    assert "conversation-1" in shown
