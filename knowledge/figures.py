"""The figures of a text as a person reads them ("6 hours", "$400"), to show which of them an edit changed."""

from __future__ import annotations

from knowledge.numbers import claims, numbers

SIGNS = {"dollar": "${}", "percent": "{}%"}


def figures(text: str) -> list[str]:
    """Every quantity of `text` with its unit, then the plain numbers; each once, sorted."""
    stated = {(value, claim.unit) for claim in claims(text) for value in claim.values}
    plain = numbers(text) - {value for value, _ in stated}
    return [*sorted(_shown(value, unit) for value, unit in stated), *sorted(plain)]


def _shown(value: str, unit: str) -> str:
    if unit in SIGNS:
        return SIGNS[unit].format(value)
    return f"{value} {unit}" if value == "1" else f"{value} {unit}s"
