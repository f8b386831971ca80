"""The consult request as it is read back before consent, whole on the web and within two segments on SMS."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.asking import Prompt, room
from actions.consult_context import history
from bot.consult.conversation.steps import consent_options
from bot.consult.model import CONSENT, HISTORY_CONSENT, REASONS
from knowledge import gsm7

VERBS = {"call": "Call", "text": "Text", "email": "Email"}
SHORT = "Reply OK to go on with your request."


def read_back(tracker: Tracker) -> Prompt:
    """The summary with the exact words of the consents."""
    shared = bool(history(tracker))
    name, contact, when, what = _shown(tracker)
    method = VERBS.get(str(tracker.get_slot("consult_how")), "Contact")
    sharing = f'\nOnly if you choose so as well: "{HISTORY_CONSENT}"' if shared else ""
    text = (
        f"Is this right?\n- Name: {name}\n- {method}: {contact}\n- When: {when}\n- About: {what}\n"
        f'If you say yes, it goes to the clinic\'s staff and you agree to this: "{CONSENT}"{sharing}'
    )
    return Prompt(text, _for_sms(tracker, shared=shared), SHORT, consent_options(history=shared))


def about(tracker: Tracker) -> str:
    """Category and words as they are read back."""
    label = REASONS.get(str(tracker.get_slot("consult_reason")), "")
    words = str(tracker.get_slot("consult_words") or "")
    if words and label == REASONS["other"]:
        return words
    return f"{label}: {words}" if words else label


def _shown(tracker: Tracker) -> tuple[str, str, str, str]:
    name, contact, when = (str(tracker.get_slot(f"consult_{field}") or "") for field in ("name", "contact", "when"))
    return name, contact, when, about(tracker)


def _for_sms(tracker: Tracker, *, shared: bool) -> str:
    """The fields share what room the fixed words leave: the contact first, since a wrong digit loses the patient."""
    method = VERBS.get(str(tracker.get_slot("consult_how")), "Contact")
    if shared:
        choices = f'1 YES: "{CONSENT}" 2 YES and: "{HISTORY_CONSENT}" 3 CHANGE 4 NO'
    else:
        choices = f'Reply 1 YES: "{CONSENT}" 2 CHANGE 3 NO'
    name, contact, when, what = _shown(tracker)
    when = when.partition(" (")[2].removesuffix(")") or when  # as it was understood: that is what to check
    free = room(tracker) - gsm7.length(f"{method} , , . About: . {choices}")
    contact = gsm7.fit(contact, max(0, min(60, free - 30)))
    free = max(0, free - gsm7.length(contact))
    shares = (gsm7.fit(name, free // 4), gsm7.fit(when, free * 3 // 8), gsm7.fit(what, free * 3 // 8))
    return f"{method} {shares[0]}, {contact}, {shares[1]}. About: {shares[2]}. {choices}"
