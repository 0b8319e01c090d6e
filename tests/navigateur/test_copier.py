"""The button of the documentation that copies what is typed, in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCRIPT = Path(__file__).parents[2] / "docs" / "_static" / "copier.js"
SESSION = ">>> for k in range(2):\n...     print(k)\n0\n1\n>>> k\n1\n"
PAGE = """<!doctype html><html lang="{lang}"><body>
<div class="highlight-sh"><pre>segur-pha demo\n</pre></div>
<div class="highlight-pycon"><pre>{session}</pre></div>
<div class="highlight-text"><pre>Tout est bon.</pre></div>
<script>{script}</script></body></html>"""


@pytest.mark.parametrize(("lang", "words"), [("fr", ("Copier", "Copié")), ("en", ("Copy", "Copied"))])
def test_what_was_typed_is_copied_and_nothing_that_was_answered(
    navigateur: Browser, lang: str, words: tuple[str, str]
) -> None:
    context = navigateur.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    html = PAGE.format(lang=lang, session=SESSION.replace(">", "&gt;"), script=SCRIPT.read_text(encoding="utf-8"))
    page.route("https://docs.invalid/", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    page.goto("https://docs.invalid/")
    buttons = page.get_by_role("button")
    assert buttons.all_inner_texts() == [words[0], words[0]]  # none on what a command printed
    for button, copied in zip(
        buttons.all(), ["segur-pha demo\n", "for k in range(2):\n    print(k)\nk\n"], strict=True
    ):
        button.click()
        page.wait_for_function(f"[...document.querySelectorAll('button')].some((b) => b.textContent === '{words[1]}')")
        assert page.evaluate("navigator.clipboard.readText()") == copied
    context.close()
