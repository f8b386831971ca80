"""Which clinics there are, for the channels that bind one: ids and names from knowledge/clinics."""

from __future__ import annotations

from functools import cache

import yaml

from bot.settings import settings

DEMO_PREFIX = "demo-"


@cache
def clinic_names() -> dict[str, str]:
    """Name of each clinic by its id. Read once: a new clinic is served after a restart."""
    names = {}
    for file in sorted((settings().knowledge_dir / "clinics").glob("*/clinic.yml")):
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        names[file.parent.name] = str(data["name"])
    return names


def clinic_of_site_key(site_key: str) -> str | None:
    """The clinic that a website's key binds: so far only the demo's keys, `demo-<clinic>`."""
    clinic = site_key[len(DEMO_PREFIX) :] if site_key.startswith(DEMO_PREFIX) else ""
    return clinic if clinic in clinic_names() else None
