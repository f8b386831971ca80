"""Who works on a row: a process by name, and whether it still lives."""

from __future__ import annotations

import os
import socket
from functools import cache

import psutil


def this_process() -> str:
    """A name of this process that no later one has, and no child of it."""
    return _name(os.getpid())


@cache
def _name(pid: int) -> str:
    return f"{socket.gethostname()}:{pid}:{psutil.Process(pid).create_time():.2f}"


def gone(owner: str) -> bool:
    """Whether the process of that name ran on this machine and has ended; False for other machines' processes."""
    host, _, process = owner.partition(":")
    pid, _, began = process.partition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        running = psutil.Process(int(pid))
        return f"{running.create_time():.2f}" != began or running.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
