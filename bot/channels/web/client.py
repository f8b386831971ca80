"""Who asks: the address behind trusted proxies, and whether it is this very machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
FORWARDING = ("x-forwarded-for", "forwarded", "x-real-ip", "via", "x-forwarded-host")


@dataclass(frozen=True)
class Client:
    """The patient's end: its address ("" if unknown), whether it came straight from this machine, and by https."""

    address: str
    here: bool
    secure: bool

    @property
    def network(self) -> str:
        """What is limited as one: an IPv4 address, or the /64 that one IPv6 customer has."""
        address = _parse(self.address)
        if isinstance(address, IPv6Address):
            return str(ip_network((address, 64), strict=False))
        return self.address or "unknown"


def networks(setting: str) -> tuple[Network, ...]:
    """The networks named by FAQBOT_TRUSTED_PROXIES."""
    return tuple(ip_network(n.strip()) for n in setting.split(",") if n.strip())


def client_of(peer: str, headers: Mapping[str, str], trusted: tuple[Network, ...]) -> Client:
    """The client of a request from `peer`, whose forwarding headers count only where they come from trusted proxies.

    The list of X-Forwarded-For is read from its end: what stands before the first address that is no trusted
    proxy was written by the client and may be invented.
    """
    address = _parse(peer)
    behind = any(name in headers for name in FORWARDING)
    here = address is not None and address.is_loopback and not behind and not trusted
    if address is None or not _in(address, trusted):
        return Client(str(address or ""), here, secure=False)
    for hop in reversed(headers.get("x-forwarded-for", "").split(",")):
        given = _parse(hop.strip())
        if given is None:
            break
        address = given
        if not _in(given, trusted):
            break
    secure = headers.get("x-forwarded-proto", "").strip().lower() == "https"
    return Client(str(address), here, secure)


def _in(address: IPv4Address | IPv6Address, trusted: tuple[Network, ...]) -> bool:
    return any(address in network for network in trusted if network.version == address.version)


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
