"""One process of the assistant by itself, for a container: `python -m bot.container rasa|actions|worker|inbox`.

`faqbot serve` runs the same processes together on one machine. Here Rasa finds the others by deploy/endpoints.yml.
"""

from __future__ import annotations

import os
import sys

from bot.build import QUIET, newest_model
from bot.errors import FaqbotError, ServingError
from bot.settings import ROOT, Settings, settings

ENDPOINTS = ROOT / "deploy" / "endpoints.yml"
# Without them the containers would each make one of their own, and not understand each other's sessions or requests
SHARED = ("web_secret", "database_url", "consult_keys", "tracker_url", "redis_url")


def command(process: str, chosen: Settings) -> list[str]:
    """The command line of a process. Raises ServingError for an unknown one, or where a setting is missing."""
    missing = [f"FAQBOT_{name.upper()}" for name in SHARED if not getattr(chosen, name)]
    if missing:
        raise ServingError(f"{', '.join(missing)} not set: containers must share them; see docs/deployment.md")
    if process == "rasa":
        return [
            sys.executable, "-m", "bot.rasa_server", "run", "-i", chosen.host, "-p", str(chosen.port), "--model",
            str(newest_model(chosen)), "--endpoints", str(ENDPOINTS), "--credentials", str(ROOT / "credentials.yml"),
        ]  # fmt: skip
    if process == "actions":
        return [sys.executable, "-m", "bot.action_server"]
    if process == "worker":
        return [sys.executable, "-m", "bot.cli", "consult", "work"]
    if process == "inbox":
        return [sys.executable, "-m", "bot.cli", "inbox"]
    raise ServingError(f"unknown process '{process}'; use one of: rasa, actions, worker, inbox")


def main() -> int:
    """Become the process; 1 where it cannot be started."""
    os.chdir(ROOT)
    os.environ.update({name: value for name, value in QUIET.items() if name not in os.environ})
    try:
        wanted = command(sys.argv[1] if len(sys.argv) > 1 else "", settings())
    except FaqbotError as error:
        sys.stderr.write(f"container: {error}\n")
        return 1
    os.execv(wanted[0], wanted)


if __name__ == "__main__":
    sys.exit(main())
