"""A name and the ways to reach somebody, read out of one message."""

from __future__ import annotations

import re

from bot.consult.conversation.words import LEAVE, NO_NAMES, plain
from bot.consult.errors import InvalidFieldError
from bot.consult.fields import Contact, parse_contact, parse_email, parse_name, parse_phone

_LEAD = re.compile(
    r"^(?:(?:hi|hello|hey|ok|yes|sure)[\s,.!]+)*(?:my name(?:'s| is)|name:?|i am|i'm|im|this is|it's|its|ask for)\s+",
    re.I,
)
# What may be a contact, well formed or not: bot.safety.personal is stricter, as it reads messages of any kind.
_EMAIL = re.compile(r"\S+@\S+")
_PHONE = re.compile(r"\+?\(?\d[\d\s().-]{6,}\d")
CONTACT = re.compile(f"{_EMAIL.pattern}|{_PHONE.pattern}")
_LINKS = re.compile(r"(?:[,;:|/-]|\b(?:and|or|at|on|my|number|phone|cell|email|e-mail|is|call|text|me)\b)+\s*$", re.I)


def read_name(text: str) -> tuple[str, str]:
    """The name, and the phone or email given with it ("" where none). Raises InvalidFieldError.

    >>> read_name("I'm Ana Ruiz, 212-736-5000")
    ('Ana Ruiz', '+12127365000')
    """
    reached = ""
    if CONTACT.search(text):
        reached = _or_nothing(text)
        text = _PHONE.sub(" ", _EMAIL.sub(" ", text)).strip()
        for _ in range(4):  # "Ana, my number is": from the end, one link at a time
            text = _LINKS.sub("", text).rstrip()
    name = _LEAD.sub("", text.strip()).strip(" .,!")
    if plain(name) in NO_NAMES | LEAVE:
        name = ""
    return parse_name(name), reached


def read_contacts(text: str) -> str:
    """Phone (E.164) and/or email in a message, joined by ", ". Raises InvalidFieldError that says what is wrong."""
    found = parse_contact(text)
    if found.phone and "@" in text:
        return f"{found.phone}, {parse_email(text)}"
    return found.shown


def contact_of(shown: str) -> Contact:
    """Phone and email out of what `read_contacts` gave."""
    phone, email = "", ""
    for part in shown.split(", "):
        if "@" in part:
            email = part
        elif part:
            phone = parse_phone(part)
    return Contact(phone=phone or None, email=email or None)


def _or_nothing(text: str) -> str:
    try:
        return read_contacts(text)
    except InvalidFieldError:
        return ""  # a wrong one is explained when it is asked for
