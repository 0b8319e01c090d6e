"""Draw the pictures of the README again: `python docs/images.py`, from the project's folder.

The screenshot is what a terminal shows, letter for letter; the badges say what `pyproject.toml` holds.  A test compares both
with the project of today.  They are drawn here because a picture from elsewhere may change, count readers or be gone.
"""

import re
import tomllib
from html import escape
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from segur_pha import controler
from segur_pha.controle.affichage import en_morceaux
from segur_pha.controle.resultats import FichierControle
from segur_pha.rapports.console import en_couleurs

PROJET = Path(__file__).resolve().parents[1]
CAPTURE = "controler.svg"
EXEMPLE = "examples/demandes.json"
COLONNES = 100
#: The width of a letter of the badges' font, in pixels: the text is stretched to it whatever font there is.
LETTRE = 6.5

#: Every colour has a contrast of 4.5 or more on the background, dimmed ones too: somebody may read the picture.
THEME = TerminalTheme(
    (30, 34, 42),
    (240, 243, 248),
    [
        (30, 34, 42), (255, 123, 123), (126, 211, 133), (230, 192, 104), (125, 180, 255), (211, 160, 255), (110, 210, 220),
        (240, 243, 248),
    ],
)  # fmt: skip


def capture() -> str:
    """Give the screenshot as SVG: no font and no file from elsewhere, so that any page may show it."""
    ecran = Console(
        record=True, width=COLONNES, file=StringIO(), force_terminal=True, color_system="standard", highlight=False
    )
    ecran.print(f"[bold]$[/bold] segur-pha controler {EXEMPLE}")
    controle = FichierControle(EXEMPLE, controler(PROJET / EXEMPLE))
    for morceau in en_morceaux(controle, complet=False):
        ecran.print(en_couleurs(morceau), markup=False)
    svg = ecran.export_svg(title="segur-pha", theme=THEME, unique_id="segur-pha")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code, monospace", "ui-monospace, Consolas, 'DejaVu Sans Mono', monospace")


def badges() -> dict[str, tuple[str, str]]:
    """Say what is true of the project, each with the place where it stands: name of the picture → label and value."""
    reglages = tomllib.loads((PROJET / "pyproject.toml").read_text(encoding="utf-8"))
    projet, mesure = reglages["project"], reglages["tool"]["coverage"]["report"]
    return {
        "badge-python.svg": ("Python", projet["requires-python"].replace(">=", "≥ ")),
        "badge-licence.svg": ("licence", projet["license"]),
        "badge-types.svg": ("types", "mypy strict" if reglages["tool"]["mypy"]["strict"] else "mypy"),
        "badge-coverage.svg": ("coverage required", f"{mesure['fail_under']} %"),
    }


def badge(label: str, value: str) -> str:
    """Draw a badge: two words on grey and green, 20 pixels high."""
    left, right = (round(LETTRE * len(word)) + 12 for word in (label, value))
    words = "".join(
        f'<text x="{x}" y="14" textLength="{round(LETTRE * len(word))}">{escape(word)}</text>'
        for x, word in ((6, label), (left + 6, value))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img">'
        f"<title>{escape(label)}: {escape(value)}</title>"
        f'<clipPath id="r"><rect width="{left + right}" height="20" rx="3"/></clipPath><g clip-path="url(#r)">'
        f'<rect width="{left}" height="20" fill="#4a4f57"/><rect x="{left}" width="{right}" height="20" fill="#1a7f37"/></g>'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{words}</g></svg>\n'
    )


def images() -> dict[str, str]:
    """Give every picture: its name in `docs/_static/`, and its text."""
    return {CAPTURE: capture(), **{nom: badge(*dits) for nom, dits in badges().items()}}


if __name__ == "__main__":
    for nom, svg in images().items():
        (PROJET / "docs" / "_static" / nom).write_text(svg, encoding="utf-8", newline="\n")
