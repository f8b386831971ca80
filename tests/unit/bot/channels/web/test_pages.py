"""The widget's script as a file, and the demo page."""

from __future__ import annotations

import gzip
import re

import pytest

from bot.channels.web.pages import asset
from bot.channels.web.widget.bundle import SOURCE, bundle

CLINICS = {"north": "North & <b>Clinic</b>", "south": "South Clinic"}


def test_the_widget_has_at_most_25_kb_gzipped_and_parses_nothing_as_html() -> None:
    content = bundle().content
    assert len(gzip.compress(content)) <= 25_000
    assert not re.search(rb"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|localStorage", content)


def test_the_short_name_is_cached_shortly_and_the_hashed_one_for_good() -> None:
    short = asset("/widget.js", clinic="", clinics=CLINICS)
    hashed = asset(f"/{bundle().name}", clinic="", clinics=CLINICS)
    assert short and hashed and short.content == hashed.content == bundle().content
    assert "max-age=300" in short.headers["Cache-Control"]
    assert "immutable" in hashed.headers["Cache-Control"]
    assert asset("/widget.0000000000000000.js", clinic="", clinics=CLINICS) is None


def test_english_and_spanish_have_the_same_words() -> None:
    english, spanish = (SOURCE / "strings.js").read_text(encoding="utf-8").split("  es: {")
    keys = [re.findall(r"^    (\w+):", part, re.MULTILINE) for part in (english, spanish)]
    assert len(keys[0]) > 30 and keys[0] == keys[1]


@pytest.mark.parametrize(("asked", "shown"), [("south", "south"), ("north", "north"), ("", "north"), ("x", "north")])
def test_the_demo_page_shows_the_clinic_asked_for_or_the_first(asked: str, shown: str) -> None:
    page = asset("/", clinic=asked, clinics=CLINICS)
    assert page and f'data-site-key="demo-{shown}"' in page.content.decode()


def test_a_clinics_name_is_text_on_the_demo_page() -> None:
    page = asset("/", clinic="", clinics=CLINICS)
    assert page and "<b>" not in page.content.decode() and "North &amp; &lt;b&gt;" in page.content.decode()
