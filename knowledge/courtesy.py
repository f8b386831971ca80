"""What stands around a question and asks nothing: greetings, announcements and apologies before it, thanks behind it.

Read along, they make a second question of "hi" and blur the vector of the first; so they are left out where they stand
at either end of a message, with a mark or a new line between them and the rest.
"""

from __future__ import annotations

import re

_NAMED = r"(?: (?:there|again|all|everyone|everybody|team|folks|guys|doc|doctor))?"
_GREETING = rf"(?:hi+|hello|hey+|hiya|good (?:morning|afternoon|evening|day)|greetings){_NAMED}"
_TY = r"(?:(?-i:ty|TY)|(?<=[.?!,]\s)ty)"  # within a sentence "Ty" is a name
_THANKED = rf"(?:thanks|than[xk]x|thnx|thank (?:you|u)|thank(?:you|u)|thx|tysm|tyvm|tia|cheers|{_TY})"
_FILLER_WORD = (
    rf"(?:ok|okay|alright|all right|um+|uh|hm+|oh|ah|so|well|also|yo|howdy|great|perfect|got it|i see|btw|by the way|"
    rf"please|pls|plz|sorry|excuse me|question|{_THANKED})"
)
_FILLER = rf"{_FILLER_WORD}(?: {_FILLER_WORD}){{0,3}}"
_ANNOUNCED = (
    r"(?:(?:i|we)(?:'ve| have)? (?:got )?)?(?:(?:just|a|an|one|two|three|2|3|some|another|my|quick|short|simple|silly|"
    r"dumb|stupid|few|other|more|couple|of|last|next|different) )*questions?(?: (?:for you|about (?:this|something)))?"
)
_WONDERING = r"(?:i(?:'?m| am| was)? )?(?:just |also |only )?(?:wondering|curious|asking)(?: about (?:this|something))?"
_TELL_ME = (
    r"(?:please |pls )?"
    r"(?:(?:can|could|would|will) (?:you|u|some(?:one|body)|any(?:one|body)) (?:please |pls |kindly )?)?"
    r"(?:tell me|help me(?: out| with (?:this|something))?|answer (?:me|this|something)|let me know)"
    r"(?: (?:this|please|something))?"
)
_APOLOGY = (
    r"(?:i'?m |i am )?sorry (?:to (?:bother|ask|trouble)(?: you)?(?: again| with this)?|for (?:asking|bothering you))"
)
_WISH = (
    r"(?:i )?hope (?:(?:you'?re|you are|u r|everyone is|all is|everything is)(?: all)?(?: doing)?|this finds you)"
    r" (?:well|good|great|ok|okay|fine)|(?:i )?hope (?:you|u|some(?:one|body)) can help(?: me)?(?: out)?"
)
_NEW = r"(?:i'?m|i am|im) new (?:here|to (?:this|all this|all of this|it))"
_THANKS = (
    rf"(?:(?:please|pls|plz) (?:and|n|&) )?(?:many )?{_THANKED}"
    r"(?: (?:so much|very much|a lot|a bunch|a million|again|in advance|for (?:your|the|any) (?:help|time)))?"
    r"(?:[,.!]?\s+(?-i:[A-Z][a-z]+)(?=[\s.!]{0,9}$))?"  # and a name
)
_AWAITED = (
    r"(?:i )?(?:really )?need to know(?: (?:this|asap|soon|today|now))?|asap|"
    r"(?:please |pls )?(?:let me know|advise|(?:reply|respond|answer|get back to me))(?: (?:asap|soon|when you can))?|"
    r"any help (?:is|would be) appreciated|(?:i'?d |i would )?(?:really )?appreciate (?:it|any help|your help)|"
    r"have a (?:good|nice|great|lovely) (?:day|one|evening|weekend)"
)
MOST = 4  # of it behind a question, one after the other
# Runs of marks and spaces are short: without bounds, thousands of them would take a second.
_MARK = r"(?:\s{0,5}[,.!?:;\u2026]{1,5}\s{0,5}|\s{0,5}[-\u2013\u2014]{1,3}\s{1,5}|\s{0,5}\n\s{0,5})"
_PICTURES = "\U0001f300-\U0001faff\u2600-\u27bf\ufe0f\u200d"
_EDGES = re.compile(rf"^[\s{_PICTURES}]{{1,9}}|[\s{_PICTURES}]{{1,9}}$")
_BEFORE = re.compile(
    rf"^\s*(?:(?:{_GREETING})(?:{_MARK}|\s+(?=\w))"
    rf"|(?:{_FILLER}|{_ANNOUNCED}|{_WONDERING}|{_TELL_ME}|{_APOLOGY}|{_WISH}|{_NEW}){_MARK})+",
    re.I,
)
_BEHIND = re.compile(
    rf"(?P<mark>[.?!\u2026]{{0,5}})(?:[\s,;\u2013\u2014-]{{1,5}}(?:{_THANKS}|please|pls|plz)"
    rf"|(?:(?<=[.?!,;\u2026])\s{{1,5}}|\s{{0,5}}[,;]\s{{0,5}}|\s{{0,5}}\n\s{{0,5}})(?:{_AWAITED}|{_WISH}))[\s.!?]{{0,9}}$",
    re.I,
)
_ALONE = re.compile(  # what is left of "ok thank you" or "please let me know asap"
    rf"(?:{_GREETING}|{_FILLER}|{_ANNOUNCED}|{_WONDERING}|{_TELL_ME}|{_APOLOGY}|{_WISH}|{_NEW}|{_THANKS}|{_AWAITED})"
    r"[\s,.!?]{0,9}",
    re.I,
)


def stripped(text: str) -> str:
    """`text` without what stands around its question; empty where it holds nothing else.

    >>> stripped("Hi there! Quick question: how long does it take? Thank you!"), stripped("hello, thanks")
    ('how long does it take?', '')
    """
    rest = _BEFORE.sub("", _EDGES.sub("", text.strip()))
    for _ in range(MOST):
        behind = _BEHIND.search(f"\n{rest}")
        if not behind:
            break
        kept = f"\n{rest}"[: behind.start()].lstrip()
        rest = kept + (behind["mark"] or "?" * ("?" in behind[0])) if kept else ""
    return "" if _ALONE.fullmatch(rest) else rest
