"""A real browser for the tests that ask what a reader sees: Debian's Chromium, started once per test module.

Not once per session: while Playwright runs, its event loop is this thread's, and tests elsewhere may want their own.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

AXE = Path(__file__).parents[1] / "noeud" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    """Headless Chromium; its sandbox needs a user who is not root."""
    chromium = shutil.which("chromium") or pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, chromium_sandbox=os.getuid() != 0)
        yield browser
        browser.close()


@pytest.fixture
def plaintes() -> list[str]:
    """What the pages of a test did that a report must not do: nothing, at the end of the test."""
    return []


@pytest.fixture
def ouvrir(navigateur: Browser, tmp_path: Path, plaintes: list[str]) -> Iterator[Callable[..., Page]]:
    """Open HTML as a clerk does, from a file; it may fetch nothing, show no dialog, tell the console nothing.

    Keyword arguments are those of a browser context: ``viewport``, ``color_scheme``, ``java_script_enabled``…
    """
    contexts = []

    def open_page(html: bytes, **context: object) -> Page:
        path = tmp_path / f"page-{len(contexts)}.html"
        path.write_bytes(html)
        contexts.append(navigateur.new_context(locale="fr-FR", **context))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.on("dialog", lambda dialog: plaintes.append(f"dialog: {dialog.message}") or dialog.dismiss())
        page.on("pageerror", lambda error: plaintes.append(f"error: {error}"))
        page.on("console", lambda message: plaintes.append(f"console: {message.text}"))
        page.on("request", lambda sent: sent.url == path.as_uri() or plaintes.append(f"request: {sent.url}"))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
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
