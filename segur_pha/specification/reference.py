"""A table → pages of the reference: the documentation that cannot be forgotten, since it is derived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.specification.formats import Format
from segur_pha.specification.table import Liste
from segur_pha.specification.va1 import VA1

if TYPE_CHECKING:
    from segur_pha.specification.table import Balise, Specification

__all__ = ["page_de_la_table", "page_des_codes"]

_ENTETE: Final = "<!-- Written by docs/generate.py; a test compares it with the table. -->\n"


def page_de_la_table(specification: Specification = VA1) -> str:
    """Write the page of the table: one line per balise, in the table's order (Markdown).

    >>> "| 03 | `SIRET` | Entête fichier JSON | un texte de 14 caractères |" in page_de_la_table()
    True
    """
    lignes = [
        _ENTETE,
        f"# The table of {specification.nom}",
        "",
        f"The {len(specification.balises)} balises of section 3.2, in order, as the code holds them ({specification.source}).",
        "The number names a balise in the codes. An attribute in parentheses is written by the library.",
        "",
        *_tableau(
            ("No.", "Balise", "Block", "Expected (indiquez…)", "Null", "Attribute", "Meaning"),
            [_ligne(rangee) for rangee in specification.balises],
        ),
        "",
        "## Rules between balises",
        "",
        "Tried only where all the balises they read are faultless by themselves.",
        "",
        *_tableau(
            ("Reported at", "Reads", "Rule"),
            [(f"`{c.balise}`", ", ".join(f"`{nom}`" for nom in c.lit), c.libelle) for c in specification.coherences],
        ),
    ]
    return "\n".join(lignes) + "\n"


def page_des_codes(specification: Specification = VA1) -> str:
    """Write the page of the codes: every code that a control can give (Markdown).

    >>> "| 2303 | `FINESSGeo` |" in page_des_codes()
    True
    """
    lignes = [
        _ENTETE,
        "# The codes",
        "",
        "The documents print one libellé only, « Demande acceptée ». **Every other code and libellé is segur_pha’s own**:",
        "the portal’s real codes are not public, and no decision of the library rests on them.",
        "",
        *_tableau(
            ("Code", "Balise", "Libellé", "From"),
            [
                (entree.code, f"`{entree.balise}`" if entree.balise else "", entree.libelle, entree.provenance.value)
                for entree in specification.catalogue
            ],
        ),
    ]
    return "\n".join(lignes) + "\n"


def _ligne(rangee: Balise) -> tuple[str, ...]:
    if isinstance(rangee.format, Format):
        attendu = rangee.format.attendu
    elif isinstance(rangee.format, Liste):
        attendu = f"une liste de 1 à {rangee.format.maximum} objets" if rangee.format.maximum else "une liste d’objets"
    else:
        attendu = "un objet"
    nul = "" if rangee.obligatoire else "allowed"
    attribut = f"`{rangee.attribut}`" if rangee.attribut else "(library)"
    return (f"{rangee.numero:02}", f"`{rangee.nom}`", rangee.bloc, attendu, nul, attribut, rangee.description)


def _tableau(entetes: tuple[str, ...], rangees: list[tuple[str, ...]]) -> list[str]:
    cellules = [entetes, tuple("---" for _ in entetes), *rangees]
    return ["| " + " | ".join(texte.replace("|", "\\|") for texte in rangee) + " |" for rangee in cellules]
