"""Postal addresses in a text: a house number, the name of a street, and the word that makes it one.

"Drive", "st" and "place" are everyday words too ("24 hours before I drive"): they count behind a name in capitals,
or where a comma, an apartment or the line ends the address. What is counted and what joins a sentence names no street.
"""

from __future__ import annotations

import re

_COUNTED = (
    "second minute min hour hr day night week wk month year yr mile km block mg mcg ml kg lb pound percent dollar buck "
    "cent time dose pill tablet capsule drop drink beer session infusion treatment drip booster ride visit shot round "
    "person friend kid driver car med drug question thing way lane hora semana cuadra"
)
_JOINING = (
    "people children oclock am pm noon usd a an the my our your ur his her their its this that these those any each "
    "every some no not only just other another i im ive u you we he she they it me him us them who what when where "
    "which how why if or and but then than to too of off on onto in at for from by with without before b4 after "
    "afterwards until till til while during about between since per as so is are was were be been am do does did dont "
    "cant wont didnt doesnt isnt shouldnt can could will would should may might must have has had go going get got "
    "take taking took need want still already again more less most later also even ever never allowed able ok okay "
    "safe please pls down along dias días meses años anos vez veces que cuando puedo para por"
)
_AMOUNT = rf"(?:{'|'.join(_COUNTED.split())})s?\b"
_JOINT = rf"(?:{'|'.join(_JOINING.split())}|\w+n['’]t)\b"
_PART = r"(?:\d{1,3}(?:st|nd|rd|th)|(?:st|mt|ft|dr|jr|sr|[nsew])\.|[^\W\d_][\w'’-]*)"
_WORD = rf"(?i:(?!{_AMOUNT}|{_JOINT}){_PART})"
_WORDS = rf"{_WORD}(?: {_WORD}){{0,4}}"
_CAPITAL = rf"(?=[A-ZÀ-Ý\d])(?i:(?!{_JOINT}){_PART})"  # "Night Heron Court"
_CAPITALS = rf"{_CAPITAL}(?: (?:(?:of|the|de|la|del) ){{0,2}}{_CAPITAL}){{0,4}}"

_STREET = r"street|ave|avenue|rd|road|blvd|boulevard|ln|lane|pkwy|parkway|hwy|highway|terrace|calle|avenida"
_CUL_DE_SAC = r"st|ct|court|pl|cir|circle|trail"
_EVERYDAY = r"dr|drive|way|place"
_APARTMENT = r"apt|apartment|unit|suite|ste"

_LIKELY = (
    rf"(?:(?i:{_CUL_DE_SAC})|D[Rr]|D(?:rive|RIVE)|W(?:ay|AY)|P(?:lace|LACE))\b"
    r"(?! scan|\.? [Jj]ohn)"  # a CT scan, St John's wort
)
_AT_THE_END = (
    rf"(?i:{_CUL_DE_SAC}|{_EVERYDAY})\b"
    r"(?=\.?(?:\s*(?:$|[\n,;)])|,? (?:(?i:apt|unit|suite)\b|#|\d{5}\b)))"
)
_UNIT = rf",? (?i:{_APARTMENT})\.? ?#?(?:\d{{1,5}}[A-Za-z]?|[A-Za-z])\b"
_SOON = rf"(?=(?:\S+ ){{1,8}}?(?i:{_STREET}|{_CUL_DE_SAC}|{_EVERYDAY}|{_APARTMENT})\b)"  # for speed alone
_HOUSE = rf"\b(?![24] [a-z])\d{{1,6}} {_SOON}(?:[NSEW]\.? )?"  # but "2" and "4" for "to" and "for"

ADDRESS = re.compile(
    rf"{_HOUSE}(?:(?:{_WORDS}|{_CAPITALS}|[A-Z]) (?i:{_STREET})\b(?! trip)|[A-Z] S[Tt]\b"
    rf"|(?!(?i:{_AMOUNT} (?:{_EVERYDAY})\b)){_CAPITALS} {_LIKELY}|{_WORDS} {_AT_THE_END}|{_WORDS}(?={_UNIT}))"
    rf"\.?(?:{_UNIT}|,? # ?\w+)?"
    r"|(?i:\bp\.? ?o\.? ?box #?\d+)"
)
