"""Draw the pictures of the README again: `python docs/images.py`, from the project's folder.

The screenshot is what a terminal shows, letter for letter; the badges say what `pyproject.toml` holds.  A test compares both
with the project of today.  They are drawn here because a picture from elsewhere may change, track readers or disappear.
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
from segur_pha.rapports.couleurs import en_couleurs

PROJET = Path(__file__).resolve().parents[1]
CAPTURE = "controler.svg"
EXEMPLE = "examples/demandes.json"
COLONNES = 100
#: The width of a letter of the badges' font, in pixels: the text is stretched to it whatever the font.
LETTRE = 6.5

#: Every colour, even a dimmed one, has a contrast of at least 4.5 on the background, so that the picture can be read.
THEME = TerminalTheme(
    (30, 34, 42),
    (240, 243, 248),
    [
        (30, 34, 42), (255, 123, 123), (126, 211, 133), (230, 192, 104), (125, 180, 255), (211, 160, 255), (110, 210, 220),
        (240, 243, 248),
    ],
)  # fmt: skip


def capture() -> str:
    """Return the screenshot as SVG, without external fonts or files, so that any page may show it."""
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
    """State facts about the project, each taken from where it is defined: name of the picture → label and value."""
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


#: The five steps of section 1.1, and what is used for each: commands that a test looks up, or what is left to people.
ETAPES = (
    ("Enrôlement sur le portail de l’ASP", ("hors de segur_pha ; puis : segur-pha editeur",)),
    (
        "Demande de financement, avance de 30 %",
        (
            "préparer : segur-pha preparer, verifier, controler",
            "déposer sur le portail, puis le noter : segur-pha registre deposer",
            "lire la réponse : segur-pha retour, resoumettre",
            "décision et paiement : segur-pha registre decider, payer, noter",
        ),
    ),
    (
        "Prestation Ségur, pièces justificatives",
        ("service fait, facture : segur-pha registre noter", "certificats : segur-pha certificats"),
    ),
    ("Demande et versement du solde", ("ce qui manque, ce qui est attendu : segur-pha registre soldes, noter",)),
    ("Contrôles a posteriori", ("tout sur une officine : segur-pha registre dossier, montrer",)),
)
#: Lengths in pixels.
LARGEUR, MARGE, LIGNE, ENTRE = 640, 16, 22, 14


def etapes() -> str:
    """Draw the five steps one below the other, so that they fit on a telephone too."""
    haut, cadres = MARGE, []
    for rang, (nom, lignes) in enumerate(ETAPES, 1):
        hauteur = 38 + LIGNE * len(lignes)
        dites = "".join(
            f'<text x="{MARGE + 58}" y="{haut + 46 + LIGNE * i}" font-size="14">{escape(ligne)}</text>'
            for i, ligne in enumerate(lignes)
        )
        cadres.append(
            f'<rect x="{MARGE}" y="{haut}" width="{LARGEUR - 2 * MARGE}" height="{hauteur}" rx="8" fill="#f0f3f8" stroke="#7d8aa3"/>'
            f'<circle cx="{MARGE + 28}" cy="{haut + hauteur / 2:g}" r="16" fill="#1d4f91"/>'
            f'<text x="{MARGE + 28}" y="{haut + hauteur / 2 + 6:g}" font-size="17" fill="#fff" text-anchor="middle">{rang}</text>'
            f'<text x="{MARGE + 58}" y="{haut + 24}" font-size="16" font-weight="bold">{escape(nom)}</text>{dites}'
        )
        haut += hauteur + ENTRE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LARGEUR} {haut}" role="img">'
        "<title>Les cinq étapes du financement, et ce qui sert à chacune</title>"
        f'<rect width="{LARGEUR}" height="{haut}" fill="#fff"/>'
        f'<g fill="#1b1b1f" font-family="Verdana,DejaVu Sans,sans-serif">{"".join(cadres)}</g></svg>\n'
    )


def logo() -> str:
    """Draw the logo: the cross of a pharmacy, with a tick; it is legible in light and dark mode."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64" role="img">'
        "<title>segur_pha</title>"
        '<path fill="#1a7f37" d="M22 4h20v18h18v20H42v18H22V42H4V22h18z"/>'
        '<path fill="none" stroke="#fff" stroke-width="6" stroke-linecap="round" d="M20 33l9 9 17-20"/></svg>\n'
    )


def images() -> dict[str, str]:
    """Return every picture: its name in `docs/_static/`, and its text."""
    return {
        CAPTURE: capture(),
        "etapes.svg": etapes(),
        "logo.svg": logo(),
        **{nom: badge(*dits) for nom, dits in badges().items()},
    }


if __name__ == "__main__":
    for nom, svg in images().items():
        (PROJET / "docs" / "_static" / nom).write_text(svg, encoding="utf-8", newline="\n")
