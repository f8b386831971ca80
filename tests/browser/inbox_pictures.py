"""Pictures of the inbox for docs/: `python -m tests.browser.inbox_pictures` writes docs/images/inbox-*.png."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.inbox_site import serving

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"


def main() -> None:
    """Take them from the real page in Chromium."""
    program = shutil.which("chromium") or sys.exit("no chromium found: apt install chromium")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, width, address in (
            ("queue", 1100, f"{site.url}/inbox/"),
            ("request", 1100, site.request("Ana")),
            ("phone", 320, f"{site.url}/inbox/"),
        ):
            page = browser.new_page(viewport={"width": width, "height": 700})
            site.log_in(page)
            page.goto(address)
            page.screenshot(path=IMAGES / f"inbox-{name}.png", full_page=name != "phone")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
