"""The keys: what they seal only they open, and no error quotes one."""

from __future__ import annotations

import base64

import pytest

from bot.consult.errors import ConsultKeyError
from bot.consult.keys import Keyring, make_key
from tests.consult.fixtures import NEW_KEY, OLD_KEY

PLACE = "submission.1.name"


def test_what_is_sealed_opens_in_its_place() -> None:
    keys = Keyring.parse(OLD_KEY)
    sealed = keys.seal("Ana Éxample", PLACE)
    assert keys.open(sealed, PLACE) == "Ana Éxample"
    assert sealed.startswith("old:") and "Ana" not in sealed
    assert keys.seal("Ana Éxample", PLACE) != sealed


def test_the_newest_key_seals_and_the_older_ones_still_open() -> None:
    sealed = Keyring.parse(OLD_KEY).seal("Ana", PLACE)
    both = Keyring.parse(f" {NEW_KEY} , {OLD_KEY} ")
    assert (both.newest, both.ids) == ("new", ("new", "old"))
    assert both.open(sealed, PLACE) == "Ana"
    assert both.seal("Ana", PLACE).startswith("new:")


def test_a_moved_cut_or_foreign_value_does_not_open() -> None:
    keys = Keyring.parse(OLD_KEY)
    sealed = keys.seal("Ana", PLACE)
    other = Keyring.parse(NEW_KEY.replace("new:", "old:"))
    for ring, value, place in (
        (keys, sealed, "submission.2.name"),
        (keys, sealed[:-8], PLACE),
        (keys, "old:AAAA", PLACE),
        (keys, "old:!", PLACE),
        (other, sealed, PLACE),
        (Keyring.parse(NEW_KEY), sealed, PLACE),
    ):
        with pytest.raises(ConsultKeyError):
            ring.open(value, place)


def test_a_contact_is_found_whatever_its_capitals_and_under_each_key() -> None:
    both = Keyring.parse(f"{NEW_KEY},{OLD_KEY}")
    assert both.fingerprints(" Ana@Example.com") == both.fingerprints("ana@example.com")
    assert both.fingerprints("x")[1] == Keyring.parse(OLD_KEY).fingerprint("x")
    assert both.fingerprint("x") == Keyring.parse(NEW_KEY).fingerprint("x") != both.fingerprint("y")


@pytest.mark.parametrize(
    "text",
    ["", " , ", "no-colon", "k1:", "k1:c2hvcnQ=", "k1:not base64", f"{'k' * 21}:{OLD_KEY[4:]}", f"{OLD_KEY},{OLD_KEY}"],
)
def test_what_is_no_key_ring_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(ConsultKeyError) as caught:
        Keyring.parse(text)
    assert "FAQBOT_CONSULT_KEYS" in str(caught.value)
    assert OLD_KEY[4:] not in str(caught.value)


def test_a_new_key_is_a_key() -> None:
    first, second = make_key(), make_key()
    assert first != second
    assert Keyring.parse(first).newest == first.partition(":")[0]
    assert len(base64.b64decode(first.partition(":")[2])) == 32
