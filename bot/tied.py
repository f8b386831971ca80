"""Becomes another command that is told to end with its parent, even a killed one (Linux): `tied.py PARENT COMMAND ...`.

A file of its own, run without the project: to say so between fork and exec of a process with threads is not safe.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # of prctl; it stays over an exec, and holds for the thread that has started the process


def tied(command: list[str]) -> list[str]:
    """The command line that runs `command` tied to this process; `command` itself where the system knows no such."""
    if sys.platform != "linux":
        return command
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def main() -> None:
    """Tie this process to its parent, and become the command."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(sys.argv[1]):
        sys.exit("the process that started this one has ended")
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
