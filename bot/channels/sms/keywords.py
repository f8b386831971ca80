"""The words that are the carriers' and not chat: STOP and its kin, START, HELP; and "please stop texting me"."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

# What Twilio's default filter acts on, REVOKE and OPTOUT since May 2025: exactly one word, in any case.
STOP = frozenset("STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT".split())
START = frozenset("START UNSTOP".split())
START_AGAIN = START | {"YES"}  # a plain yes lifts Twilio's block too
HELP = frozenset("HELP INFO".split())
MAX_WORDS = 14  # a longer message says more than that texts should end

Control = Literal["stop", "stop-words", "start", "help"]

_ME = r"(?: (?:me|us|my (?:phone|number|cell)|this (?:number|phone)))?"
_SEND = r"(?:text(?:ing|s)?|messag(?:e|es|ing)|contacting|msg(?:s|ing)?|txt(?:s|ing)?|sms(?:ing)?|spamming|writing)"
_THESE = r"(?:(?:the|these|this|those|your|all|all the|all these|any|any more|more|getting|sending)(?: me)? )*"
_ASKED = (  # what may stand before: "my friends stop texting me" and "why did you stop texting" are no wishes
    r"please|pls|plz|(?:can|could|would|will) (?:you|u)|you to|want to|like to|want|how (?:do|can) i|now|and|just|so|"
    r"ok|okay|yes|no|thanks|thank you|hi|hello|hey|sorry|por favor|to|i|again|said|me"
)
_WISHES = (
    rf"(?:stop|quit|cease|end) {_THESE}{_SEND}{_ME}(?: me)?"
    rf"|(?:do not|dont|never|please no longer) (?:ever )?(?:text|message|msg|txt|sms|contact){_ME}"
    rf"|(?:do not|dont) (?:want|wanna get|wish) {_THESE}(?:to (?:get|receive|have) )?{_THESE}(?:{_SEND})"
    rf"|(?:i )?(?:do not|dont) want you to (?:text|message|contact){_ME}"
    rf"|no more {_SEND}"
    r"|opt(?:ing)? (?:me )?out|(?:take|sign|count) me out of (?:this|these|the|your|all) (?:texts|messages|list)"
    r"|unsubscribe(?: me| us)?(?: please| now| from .*)?"
    r"|(?:remove|take|delete|drop) (?:me|my (?:number|phone|cell)|this number) (?:from|off|out of)(?: of)?"
    r" (?:the|your|this|that|all)? ?(?:text |texting |sms |message |contact |mailing )?(?:list|texts|messages|system)s?"
    r"|(?:revoke|withdraw) (?:my )?consent"
    r"|(?:deja|dejen|deje|paren|para) de (?:enviar|mandar|escribir)(?:me|nos)?(?: \w+)*"
    r"|no me (?:envien|manden|escriban|envies|mandes|escribas|contacten)(?: \w+)*"
)
_WISH = re.compile(rf"(?:^|(?:^| )(?:{_ASKED}) )(?:{_WISHES})(?: |$)")
_ALONE = re.compile(
    r"(?:(?:please|pls|plz|ok|okay|just|now|hey|no|por favor) )*"
    r"(?:stop|stop all|stop it all|unsubscribe|opt out|optout|revoke|alto)"
    r"(?: (?:stop|please|pls|plz|now|it|this|thanks|thank you|asap|por favor))*"
    r"|cancel|end|quit"  # with a word beside they may mean the form or a visit
)
_KEEP = re.compile(r"(?:do not|dont|never|wont|not) (?:ever )?(?:stop|quit|end|cease|unsubscribe|opt|remove|take)")


def control(text: str, *, provider: str = "", opted_out: bool = False) -> Control | None:
    """Which keyword a message is, or None for chat.

    "stop" is the provider's keyword: the provider confirms it. "stop-words" says the same in other words, which
    the provider does not see. `provider` is what Twilio's own service saw (its field OptOutType). YES counts as
    START only while `opted_out`.

    >>> control("sToP"), control("Please stop texting me!"), control("can I stop my medicine?")
    ('stop', 'stop-words', None)
    """
    word = text.strip().upper()
    if word in STOP or provider == "STOP":
        return "stop"
    if word in (START_AGAIN if opted_out else START) or provider == "START":
        return "start"
    if word in HELP or provider == "HELP":
        return "help"
    return "stop-words" if _wants_no_texts(text) else None


def _wants_no_texts(text: str) -> bool:
    plain = _plain(text)
    if not plain or len(plain.split()) > MAX_WORDS or _KEEP.search(plain):
        return False
    return bool(_ALONE.fullmatch(plain) or _WISH.search(plain))


def _plain(text: str) -> str:
    """Small letters and single spaces: no accents, apostrophes or punctuation."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9 ]+", " ", re.sub(r"['\u2019\u2018`]", "", letters)).split())
