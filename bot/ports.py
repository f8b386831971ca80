"""Ports of this machine: a free one, and whether one is."""

from __future__ import annotations

import errno
import socket

from bot.errors import ServingError


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def require_free(host: str, port: int, *, mend: str = "--port or FAQBOT_ACTION_PORT") -> None:
    """Raise ServingError where the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise ServingError(f"cannot listen on {host}:{port}: {error.strerror}; check FAQBOT_HOST") from error
            raise ServingError(
                f"port {port} is in use; stop what listens there, or choose another with {mend}"
            ) from error
