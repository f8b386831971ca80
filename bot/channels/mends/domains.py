"""Whether a domain is empty, without describing it whole."""

from __future__ import annotations

from rasa.shared.core.domain import Domain

_FILLED = "_faqbot_is_filled"


def is_empty(self: Domain) -> bool:
    """As `Domain.is_empty`; a domain that was seen to hold something holds it for good.

    Rasa makes an empty domain and describes both whole, in each turn (1 ms).
    """
    if _FILLED not in self.__dict__ and self.as_dict() != Domain.empty().as_dict():
        self.__dict__[_FILLED] = True
    return _FILLED not in self.__dict__
