"""Which clinics there are, and which of them a website's key binds."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sites import clinic_names, clinic_of_site_key


def test_the_clinics_are_the_folders_with_their_names(small_faq: Path) -> None:
    (small_faq / "clinics" / "draft").mkdir()
    assert clinic_names() == {"north": "North Clinic", "south": "South Clinic"}


def test_the_clinics_of_the_checkout_have_names() -> None:
    assert "pain-team" in clinic_names()
    assert all(name.strip() for name in clinic_names().values())


def test_a_demo_key_binds_its_clinic(small_faq: Path) -> None:
    assert clinic_of_site_key("demo-north") == "north"


@pytest.mark.parametrize(
    "key", ["", "north", "demo-", "demo-nowhere", "DEMO-north", "demo-../clinics/north", "demo-North"]
)
def test_any_other_key_binds_none(small_faq: Path, key: str) -> None:
    assert clinic_of_site_key(key) is None
