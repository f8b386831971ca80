"""What each clinic has set up for consult requests: opening hours, whom to tell, how long to keep.

One YAML file for all clinics, named by FAQBOT_CONSULT_CLINICS; `clinics.example.yml` beside this module shows it.
A clinic that is not in it has unknown hours, tells nobody and keeps requests for a year.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
import yaml
from email_validator import EmailNotValidError, validate_email
from pydantic import BaseModel, Field, ValidationError, root_validator, validator

from bot.errors import SettingsError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Span = tuple[time, time]


class _Part(BaseModel):
    class Config:
        """Nothing is changed after reading, and a misspelt name is an error."""

        allow_mutation = False
        extra = "forbid"


class Holidays(_Part):
    """Public holidays on which the clinic is closed, as the library `holidays` knows them."""

    country: str
    state: str | None = None

    @root_validator(skip_on_failure=True)
    def _known(cls, values: dict[str, str | None]) -> dict[str, str | None]:
        country, state = values["country"], values["state"]
        states = holidays.list_supported_countries().get(str(country))
        if states is None:
            raise ValueError("country is not known; it is a code of two letters such as US")
        if state is not None and state not in states:
            raise ValueError(f"state is not known in {country}; it is a code such as CA")
        return values


class Webhook(_Part):
    """Where to post a signed notification; the secret itself stands in an environment variable."""

    url: str = Field(regex=r"^https?://")
    secret_env: str = Field(regex=r"^[A-Z][A-Z0-9_]*$")


class Notify(_Part):
    """Who is told of a new request, with its id and a link only."""

    emails: tuple[str, ...] = ()
    webhook: Webhook | None = None

    @validator("emails", each_item=True)
    def _an_address(cls, value: str) -> str:
        try:
            return validate_email(value, check_deliverability=False).normalized
        except EmailNotValidError as error:
            raise ValueError("is not an email address") from error

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of "mail" and "webhook", those that are set."""
        return (("mail",) if self.emails else ()) + (("webhook",) if self.webhook else ())


class Retention(_Part):
    """After how many days something is erased: requests after their last change, conversations after the last word."""

    requests: int = Field(default=365, ge=1)
    conversations: int = Field(default=30, ge=1)


class ClinicConsult(_Part):
    """One clinic's settings. `hours` is None where they are unknown: then no time is promised to patients."""

    timezone: str | None = None
    hours: Mapping[str, tuple[Span, ...]] | None = None
    holidays: Holidays | None = None
    closed: tuple[date, ...] = ()
    notify: Notify = Notify()
    answer_within_hours: float = Field(default=24, gt=0)
    retention_days: Retention = Retention()

    @validator("timezone")
    def _known_zone(cls, value: str | None) -> str | None:
        try:
            ZoneInfo(value or "UTC")
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("is not a time zone such as America/New_York") from error
        return value

    @validator("hours", pre=True)
    def _spans(cls, value: object) -> object:
        if not isinstance(value, dict):
            raise ValueError('is a table of days, such as mon: ["09:00-17:00"]')
        unknown = [str(day) for day in value if day not in DAYS]
        if unknown:
            raise ValueError(f"has days that are none of {', '.join(DAYS)}: {', '.join(unknown)}")
        return {day: _spans(day, spans) for day, spans in value.items()}

    @root_validator(skip_on_failure=True)
    def _hours_have_a_zone(cls, values: dict[str, object]) -> dict[str, object]:
        if values["hours"] is not None and not values["timezone"]:
            raise ValueError("hours need a timezone such as America/New_York")
        return values


class Clinics(_Part):
    """All clinics of the file."""

    clinics: Mapping[str, ClinicConsult] = {}

    def of(self, clinic: str) -> ClinicConsult:
        """The settings of one; those of a clinic that is not in the file are the defaults."""
        return self.clinics.get(clinic) or ClinicConsult()


def load_clinics(path: Path | None) -> Clinics:
    """Read the file. Raises SettingsError that names the file, the clinic, the field and what it should be."""
    if path is None:
        return Clinics()
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Clinics() if data is None else Clinics.parse_obj(data)
    except OSError as error:
        raise SettingsError(f"FAQBOT_CONSULT_CLINICS: {path} cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"{path} is not YAML: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{' '.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"{path}: {faults}; bot/consult/clinics.example.yml shows the form") from error


def _spans(day: str, spans: object) -> tuple[Span, ...]:
    written = [spans] if isinstance(spans, str) else spans
    if not isinstance(written, list):
        raise ValueError(f'{day} is a list of spans such as ["09:00-12:00", "13:00-17:00"]')
    read = tuple(_span(day, str(span)) for span in written)
    if any(later[0] < earlier[1] for earlier, later in pairwise(read)):
        raise ValueError(f"{day} has spans that overlap or are not in order")
    return read


def _span(day: str, text: str) -> Span:
    try:
        begin, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        begin = end = time.min
    if begin >= end:
        raise ValueError(f'{day}: "{text}" is not a span such as "09:00-17:00"')
    return begin, end
