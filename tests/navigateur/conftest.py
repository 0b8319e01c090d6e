"""A real browser for the tests that ask what a reader sees: Debian's Chromium, started once for the tests of this folder.

Not once per session: while Playwright runs, its event loop is this thread's, and tests elsewhere may want their own.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

#: What a test sees that asks for nothing else.
SCREEN, BLANK = {"width": 1280, "height": 720}, "about:blank"
AXE = Path(__file__).parents[1] / "noeud" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="package")
def navigateur() -> Iterator[Browser]:
    """Headless Chromium; its sandbox needs a user who is not root."""
    from playwright.sync_api import sync_playwright  # which takes long, and one process looks at pages

    chromium = shutil.which("chromium") or pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=os.getuid() != 0)
        yield browser
        browser.close()


@pytest.fixture
def plaintes() -> list[str]:
    """What the pages of a test did that a report must not do: nothing, at the end of the test."""
    return []


@pytest.fixture(scope="package")
def onglets() -> dict[bool, list[Page]]:
    """The tabs that the tests of this folder share, with scripts and without: a new one costs more than most questions."""
    return {True: [], False: []}


@pytest.fixture
def ouvrir(
    navigateur: Browser, onglets: dict[bool, list[Page]], tmp_path: Path, plaintes: list[str]
) -> Iterator[Callable[..., Page]]:
    """Open HTML as a clerk does, from a file; it may fetch nothing, show no dialog, tell the console nothing.

    Each page that a test opens has a tab of its own, which the next test finds with the size and the colours that it asks for.
    """
    opened: list[tuple[Page, list[Page], dict[str, Callable[..., object]]]] = []

    def open_page(
        html: bytes,
        *,
        viewport: dict[str, int] = SCREEN,
        color_scheme: str = "light",
        java_script_enabled: bool = True,
    ) -> Page:
        path = tmp_path / f"page-{len(opened)}.html"
        path.write_bytes(html)
        free = onglets[java_script_enabled]
        page = (
            free.pop()
            if free
            else navigateur.new_context(locale="fr-FR", java_script_enabled=java_script_enabled).new_page()
        )
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=color_scheme, media="null")  # type: ignore[arg-type]
        told = {
            "dialog": lambda dialog: plaintes.append(f"dialog: {dialog.message}") or dialog.dismiss(),
            "pageerror": lambda error: plaintes.append(f"error: {error}"),
            "console": lambda message: plaintes.append(f"console: {message.text}"),
            "request": lambda sent: sent.url in (path.as_uri(), BLANK) or plaintes.append(f"request: {sent.url}"),
        }
        for event, note in told.items():
            page.on(event, note)  # type: ignore[call-overload]
        opened.append((page, free, told))
        page.goto(path.as_uri())
        return page

    yield open_page
    for page, free, told in opened:
        if not page.is_closed():
            page.goto(BLANK)  # what the page still had to say comes before
            for event, note in told.items():
                page.remove_listener(event, note)
            free.append(page)
    assert plaintes == []


@pytest.fixture(scope="session")
def obstacles() -> Callable[[Page], list[str]]:
    """Ask axe what hinders readers with a keyboard, a screen reader or weak eyes."""
    assert AXE.is_file() or pytest.skip("npm ci --prefix tests/noeud was not run")
    axe = AXE.read_text(encoding="utf-8")

    def judge(page: Page) -> list[str]:
        page.evaluate(axe)
        found = page.evaluate("async () => (await axe.run()).violations")
        return [f"{v['id']}: {node['html']}: {node['failureSummary']}" for v in found for node in v["nodes"]]

    return judge
