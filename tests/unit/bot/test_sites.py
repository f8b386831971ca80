"""Which clinics there are, and which of them a website's key binds."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import settings
from bot.sites import SitesError, clinic_names, origin_of, site_of_key, sites

GOOD = "clinic: north, origins: ['https://www.example.org']"


@pytest.fixture
def sites_file(small_faq: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that FAQBOT_SITES names; the test writes it."""
    file = tmp_path / "sites.yml"
    monkeypatch.setenv("FAQBOT_SITES", str(file))
    settings.cache_clear()
    return file


def test_the_clinics_are_the_folders_with_their_names(small_faq: Path) -> None:
    (small_faq / "clinics" / "draft").mkdir()
    assert clinic_names() == {"north": "North Clinic", "south": "South Clinic"}


def test_the_clinics_of_the_checkout_have_names() -> None:
    assert "pain-team" in clinic_names()
    assert all(name.strip() for name in clinic_names().values())


def test_without_a_sites_file_each_clinic_has_a_demo_key_for_this_machine(small_faq: Path) -> None:
    site = site_of_key("demo-north")
    assert site is not None and site.clinic == "north" and site.demo
    assert site.allows("http://127.0.0.1:5005") and site.allows("http://localhost:8000")
    assert not site.allows("https://www.example.org") and not site.allows("null") and not site.allows("http://[x")


@pytest.mark.parametrize(
    "key", ["", "north", "demo-", "demo-nowhere", "DEMO-north", "demo-../clinics/north", "demo-North"]
)
def test_any_other_key_binds_none(small_faq: Path, key: str) -> None:
    assert site_of_key(key) is None


def test_a_sites_file_binds_its_keys_and_ends_the_demo(sites_file: Path) -> None:
    theme = "theme: {name: Our Clinic, colours: {primary: '#112233'}, languages: [es], hours: 9 to 5}"
    sites_file.write_text(f"sites:\n  north-key-1: {{{GOOD}, {theme}}}\n", encoding="utf-8")
    assert list(sites()) == ["north-key-1"]
    site = sites()["north-key-1"]
    assert site.name == "Our Clinic" and "Our Clinic" in site.greeting and site.theme.languages == ["es"]
    assert site.theme.colours.primary == "#112233" and site.theme.colours.on_primary == "#ffffff"
    assert site.allows("https://www.example.org") and not site.allows("https://example.org")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no sites"),
        ("sites: {}", "no sites"),
        ("sites: [a]", "no sites"),
        ("sites: {a: {", "FAQBOT_SITES names a YAML file"),
        (f"sites: {{short: {{{GOOD}}}}}", "8 to 64"),
        (f"sites: {{demo-north-1: {{{GOOD}}}}}", "does not begin with 'demo-'"),
        (f"sites: {{north-key-1: {{{GOOD}, demo: true}}}}", "write clinic, origins and theme"),
        ("sites: {north-key-1: x}", "write clinic, origins and theme"),
        ("sites: {north-key-1: {clinic: north}}", "origins: field required"),
        ("sites: {north-key-1: {clinic: north, origins: []}}", "origins: "),
        ("sites: {north-key-1: {clinic: nowhere, origins: ['https://a.example']}}", "known: north, south"),
        ("sites: {north-key-1: {clinic: north, origins: ['http://a.example']}}", "is not https"),
        ("sites: {north-key-1: {clinic: north, origins: ['*']}}", "is no origin"),
        ("sites: {north-key-1: {clinic: north, origins: ['https://*.example.org']}}", "is no origin"),
        (f"sites: {{north-key-1: {{{GOOD}, theme: {{colours: {{primary: red}}}}}}}}", "theme.colours.primary"),
        (f"sites: {{north-key-1: {{{GOOD}, theme: {{languages: [fr]}}}}}}", "theme.languages"),
        (f"sites: {{north-key-1: {{{GOOD}, theme: {{exit_url: 'javascript:1'}}}}}}", "theme.exit_url"),
        (f"sites: {{north-key-1: {{{GOOD}, thene: {{}}}}}}", "thene"),
    ],
)
def test_a_fault_in_the_sites_file_names_file_and_mend(sites_file: Path, text: str, told: str) -> None:
    sites_file.write_text(text, encoding="utf-8")
    with pytest.raises(SitesError) as caught:
        sites()
    assert str(sites_file) in str(caught.value) and told in str(caught.value)
    assert "docs/website.md" in str(caught.value) or "key has 8" in str(caught.value)


def test_a_missing_sites_file_is_an_error_with_its_name(sites_file: Path) -> None:
    with pytest.raises(SitesError, match=r"sites\.yml"):
        sites()


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("https://www.Example.org/", "https://www.example.org"),
        ("https://example.org:443", "https://example.org"),
        ("https://example.org:8443", "https://example.org:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(given: str, sent: str) -> None:
    assert origin_of(given) == sent


@pytest.mark.parametrize(
    "given", ["", "example.org", "https://a.example/path", "https://u:p@a.example", "ftp://a.example"]
)
def test_what_is_no_origin_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        origin_of(given)
