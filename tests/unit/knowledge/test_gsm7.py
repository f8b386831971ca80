"""The SMS alphabet and the length of a text in it."""

from __future__ import annotations

from knowledge.gsm7 import BASIC, EXTENDED, length, outside


def test_the_alphabet_is_that_of_gsm_03_38() -> None:
    assert len(BASIC) == 127  # 128 places, one of them the escape
    assert len(EXTENDED) == 10
    assert not BASIC & EXTENDED


def test_plain_english_and_prices_fit() -> None:
    assert outside("Don't eat: 6-8 hours (50% off!) costs $400 @ noon?\n\u20ac5 [x] ~ {y}") == set()


def test_typographic_characters_do_not_fit() -> None:
    assert outside("It\u2019s 6\u20138 hours\u2026 \u201cok\u201d `a` \U0001f600 \u00a0\t\u00e7") == set(
        "\u2019\u2013\u2026\u201c\u201d`\U0001f600\u00a0\t\u00e7"
    )


def test_extended_characters_count_twice() -> None:
    assert length("abc") == 3
    assert length("a\u20ac[b]") == 8
