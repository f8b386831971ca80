"""The OpenAPI file, the gate and the guide for websites say the same."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from openapi_spec_validator import openapi_v31_spec_validator

from bot.channels.web.gate import OPEN, WEB
from bot.channels.web.problems import SENTENCES
from bot.settings import ROOT, Settings, settings
from bot.sites import sites

GUIDE = (ROOT / "docs" / "website.md").read_text(encoding="utf-8")
API = json.loads((ROOT / "bot/channels/web/openapi.json").read_text(encoding="utf-8"))


def test_the_openapi_file_is_valid() -> None:
    openapi_v31_spec_validator.validate(API)


def test_the_gate_lets_through_what_the_openapi_file_describes() -> None:
    described = {path: {method.upper() for method in methods} for path, methods in API["paths"].items()}
    ours = {path: set(methods) for path, methods in OPEN.items() if path.startswith(WEB) or path in {"/live", "/ready"}}
    del ours[f"{WEB}openapi.json"]
    assert ours == described


def test_each_status_of_a_problem_is_described_somewhere() -> None:
    told = {int(status) for methods in API["paths"].values() for m in methods.values() for status in m["responses"]}
    assert {status for status, _ in SENTENCES.values()} - told == {405, 500}  # of no operation


def test_the_sites_file_of_the_guide_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```yaml\n(.+?)```", GUIDE, re.DOTALL)
    (tmp_path / "sites.yml").write_text(example, encoding="utf-8")
    monkeypatch.setenv("FAQBOT_SITES", str(tmp_path / "sites.yml"))
    settings.cache_clear()
    site = sites()["pain-team-4f9c0d2e"]
    assert site.clinic == "pain-team" and site.theme.contact == "Call us at 555-0100."


def test_the_codes_of_the_guide_exist() -> None:
    named = set(re.findall(r"\d{3} `(\w+)`", GUIDE))
    assert named and named <= set(SENTENCES)


def test_every_setting_has_its_row_in_the_documentation() -> None:
    rows = set(re.findall(r"^\| `FAQBOT_(\w+)` \|", (ROOT / "docs/settings.md").read_text(encoding="utf-8"), re.M))
    assert rows == {name.upper() for name in Settings.__fields__}
