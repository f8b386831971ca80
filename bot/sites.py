"""Which clinics there are (knowledge/clinics), and which of them a website's key binds (the sites file)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, Extra, Field, ValidationError, validator

from bot.errors import SettingsError
from bot.settings import settings

DEMO_PREFIX = "demo-"
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
GREETING = (
    "Hello! I am the automatic assistant of {name}, not a person. I answer from the clinic's FAQ. "
    "What would you like to know? In an emergency call 911; in a crisis call or text 988."
)

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


class SitesError(SettingsError):
    """The sites file cannot be used; the message names the file, the site and the mend."""


class Colours(BaseModel, extra=Extra.forbid):
    """Colours of the widget, as #rrggbb: of its surface, and of the text on it."""

    primary: str = Field(default="#0b5c6b", regex="^#[0-9a-fA-F]{6}$")
    on_primary: str = Field(default="#ffffff", regex="^#[0-9a-fA-F]{6}$")


class Theme(BaseModel, extra=Extra.forbid):
    """How the widget looks on a clinic's site; empty texts are not shown."""

    name: str = ""
    greeting: str = ""
    colours: Colours = Colours()
    languages: list[Literal["en", "es"]] = Field(default=["en", "es"], min_items=1)
    hours: str = ""
    contact: str = ""
    exit_url: str = Field(default="https://www.weather.gov/", regex=r"^https://[^\s/@]+(/\S*)?$")


class Site(BaseModel, extra=Extra.forbid):
    """A website: the clinic that its key binds, and the origins whose pages may use the key."""

    clinic: str
    origins: list[str] = Field(min_items=1)
    theme: Theme = Theme()
    demo: bool = False

    @validator("origins", each_item=True)
    def _an_origin(cls, value: str) -> str:
        return origin_of(value)

    @validator("clinic")
    def _known(cls, value: str) -> str:
        if value not in clinic_names():
            raise ValueError(f"unknown clinic '{value}'; known: {', '.join(sorted(clinic_names()))}")
        return value

    @property
    def name(self) -> str:
        """The clinic's name as patients read it."""
        return self.theme.name or clinic_names()[self.clinic]

    @property
    def greeting(self) -> str:
        """The first message of a conversation."""
        return self.theme.greeting or GREETING.format(name=self.name)

    def allows(self, origin: str) -> bool:
        """Whether a page of this origin may use the site's key. The demo's pages are on this machine."""
        if self.demo:
            return urlsplit(origin).hostname in LOOPBACK_HOSTS if _parses(origin) else False
        return origin in self.origins


@cache
def clinic_names() -> dict[str, str]:
    """Name of each clinic by its id. Read once: a new clinic is served after a restart."""
    names = {}
    for file in sorted((settings().knowledge_dir / "clinics").glob("*/clinic.yml")):
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        names[file.parent.name] = str(data["name"])
    return names


def require_clinic(clinic: str) -> None:
    """Nothing where the clinic is known. Raises SettingsError that names those that are."""
    if clinic not in clinic_names():
        raise SettingsError(f"unknown clinic '{clinic}'; known: {', '.join(sorted(clinic_names()))}")


@cache
def sites() -> dict[str, Site]:
    """The sites by key. With FAQBOT_SITES those of the file and no other; without it a demo site for each clinic.

    Raises SitesError where the file cannot be used.
    """
    file = settings().sites
    if file is None:
        return {
            f"{DEMO_PREFIX}{clinic}": Site(clinic=clinic, origins=["http://127.0.0.1"], demo=True)
            for clinic in clinic_names()
        }
    return {str(key): _site(file, str(key), data) for key, data in _entries(file).items()}


def site_of_key(key: str) -> Site | None:
    """The site with this key, or None."""
    return sites().get(key)


def origin_of(address: str) -> str:
    """An origin in the form that browsers send: scheme, host, and the port where it is not the usual one.

    >>> origin_of("https://www.Example.org:443/")
    'https://www.example.org'

    Raises ValueError where it is none, or not https (http only for this machine).
    """
    parts = urlsplit(address)
    host = parts.hostname
    if not host or parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username or "*" in host:
        raise ValueError(f"'{address}' is no origin; write it like https://www.example.org")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK_HOSTS):
        raise ValueError(f"'{address}' is not https")
    usual = {"https": 443, "http": 80}[parts.scheme]
    port = f":{parts.port}" if parts.port and parts.port != usual else ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def _entries(file: Path) -> dict[Any, Any]:
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SitesError(f"{file}: {error}; FAQBOT_SITES names a YAML file, see docs/website.md") from error
    found = data.get("sites") if isinstance(data, dict) else None
    if not isinstance(found, dict) or not found:
        raise SitesError(f"{file}: no sites; write 'sites:' with a site's key and data, see docs/website.md")
    return found


def _site(file: Path, key: str, data: Any) -> Site:
    where = f"{file}: site '{key}'"
    if not _KEY.fullmatch(key) or key.startswith(DEMO_PREFIX):
        raise SitesError(f"{where}: a key has 8 to 64 of A-Z a-z 0-9 _ - and does not begin with '{DEMO_PREFIX}'")
    if not isinstance(data, dict) or "demo" in data:
        raise SitesError(f"{where}: write clinic, origins and theme, see docs/website.md")
    try:
        return Site(**data)
    except (ValidationError, TypeError) as error:
        faults = error.errors() if isinstance(error, ValidationError) else [{"loc": (), "msg": str(error)}]
        told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in faults)
        raise SitesError(f"{where}: {told}; see docs/website.md") from error


def _parses(origin: str) -> bool:
    try:
        return urlsplit(origin).scheme in {"http", "https"}
    except ValueError:
        return False
