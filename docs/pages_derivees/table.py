"""A table → what people read: pages of the reference, and the signature of the constructor; derived, so never forgotten."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from segur_pha.controle.explications import explications
from segur_pha.table.balise import Liste, Objet, balises
from segur_pha.table.catalogue import Provenance
from segur_pha.table.formats import Format, Nature
from segur_pha.vagues.va1 import VA1

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from segur_pha.controle.explications import Explication
    from segur_pha.table.balise import Balise, ClasseBloc
    from segur_pha.table.catalogue import EntreeCatalogue
    from segur_pha.table.specification import Specification

__all__ = ["mots_cles_de_la_demande", "page_de_la_table", "page_des_codes", "parametres_de_la_demande"]

_ENTETE: Final = "<!-- Written by docs/generate.py; a test compares it with the table. -->\n"


def page_de_la_table(specification: Specification = VA1) -> str:
    """Write the page of the table: one line per balise, in the table's order, block by block (Markdown).

    >>> "| 03 | `SIRET`<br>`siret` | un texte de 14 caractères |" in page_de_la_table()
    True
    """
    lignes = [
        _ENTETE,
        f"# The table of {specification.nom}",
        "",
        f"The {len(specification.balises)} balises of section 3.2, in order, as the code holds them ({specification.source}).",
        "The number names a balise in [the codes](codes.md). Below a balise stands its attribute in [the model](api/modele.md);",
        "where there is none, the library writes the value.",
    ]
    for bloc, rangees in groupby(specification.balises, key=lambda rangee: rangee.bloc):
        entetes = ("No.", "Balise", "Expected (indiquez…)", "Meaning")
        lignes += ["", f"## {bloc}", "", *_tableau(entetes, [_ligne(rangee) for rangee in rangees])]
    lignes += [
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

    Each code is an entry of the index, since the search of a Sphinx site ignores bare numbers in the text.

    >>> "| {index}`! 2303` | FINESSGeo : longueur incorrecte ; indiquez un texte de 9 caractères |" in page_des_codes()
    True
    >>> '`"FINESSGeo": "77777777"`' in page_des_codes()
    True
    """
    lignes = [
        _ENTETE,
        "# The codes",
        "",
        "The documents print one libellé only, « Demande acceptée ». **Every other code and libellé is segur_pha’s own**:",
        "the guide prints none of the portal’s codes, and no decision of the library rests on one",
        "([decision 5](../decisions/05-codes.md)). `segur-pha expliquer 1204` says on a screen what this page says.",
        "",
        "A code has four digits: the number of the balise in [the table](table.md), then the kind of the fault. Kinds are tried in",
        "this order, and only the first that applies is reported.",
        "",
        *_tableau(("Kind", "What is wrong"), [(nature.value, _SENS[nature]) for nature in Nature]),
        "",
        "## 00 – Accepted",
        "",
        *_codes(
            [entree for entree in specification.catalogue if entree.provenance is Provenance.DOCUMENT], specification
        ),
        "",
        "## 99 – The whole file",
        "",
        "The 1st control: nothing of the file is taken, and the same numbers may go again (our reading, decision 17).",
        "",
        *_codes(
            [e for e in specification.catalogue if not e.balise and e.provenance is not Provenance.DOCUMENT],
            specification,
        ),
    ]
    for rangee in specification.balises:
        entrees = [entree for entree in specification.catalogue if entree.balise == rangee.nom]
        if entrees:
            guide = explications(specification)[entrees[0].code].guide
            lignes += [
                "",
                f"## {rangee.numero:02} – {rangee.nom}",
                "",
                f"{rangee.titre}. {guide}",
                "",
                *_codes(entrees, specification),
            ]
    return "\n".join(lignes) + "\n"


def parametres_de_la_demande(specification: Specification = VA1) -> str:
    """Write the parameters of :func:`~segur_pha.construire_demande` that are rows of the table (Python).

    >>> print(parametres_de_la_demande(), end="")  # doctest: +ELLIPSIS
        numero_editeur: str,
        date_commande: date | str,
    ...
        operateur_messagerie: str | None = None,
    """
    rangees = sorted(_rangees_a_plat(specification.classe_demande), key=lambda rangee: not rangee[0].obligatoire)
    return "".join(
        f"    {rangee.attribut}: {_type_accepte(annotation)}{'' if rangee.obligatoire else ' = None'},\n"
        for rangee, annotation in rangees
    )


_MOTS_CLES: Final = '''"""What an order says, by keyword, for type checkers and editors; docs/generate.py writes it from the table."""

# ruff: noqa: TC001, TC003 - so that the annotations of these classes can be resolved
from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict

from segur_pha.vagues.va1.enumerations import FormatFichier, RegimeTVA, StatutAdminTechnique

__all__ = ["DemandeAPlat", "ValeursDeDemande"]


class ValeursDeDemande(TypedDict, total=False):
    """What may be said of a request: the keywords of :func:`~segur_pha.construire_demande`, none of which must be there.

    For functions of your own that hand them on: ``def nouvelle(**valeurs: Unpack[ValeursDeDemande])``.
    """

{acceptes}

class DemandeAPlat(TypedDict):
    """A request laid flat by :func:`~segur_pha.mettre_a_plat`: the keywords of :func:`~segur_pha.construire_demande`, all there."""

{lus}'''


def mots_cles_de_la_demande(specification: Specification = VA1) -> str:
    """Write the module of the typed dictionaries of flat values (Python)."""
    rangees = list(_rangees_a_plat(specification.classe_demande))
    formats = [f"format_{colonne.lower()}" for colonne in specification.noms_des_pieces.codes]
    acceptes = [(rangee.attribut, _type_accepte(annotation)) for rangee, annotation in rangees]
    lus = [(rangee.attribut, annotation) for rangee, annotation in rangees]
    return _MOTS_CLES.format(
        acceptes=_champs([*acceptes, *((mot, "FormatFichier | str") for mot in formats)]),
        lus=_champs([*lus, *((mot, "FormatFichier") for mot in formats)]),
    )


def _champs(champs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"    {nom}: {genre}\n" for nom, genre in champs)


def _rangees_a_plat(classe: ClasseBloc) -> Iterator[tuple[Balise, str]]:
    """Walk the rows of a request that hold one value, each with its attribute's type; documents are named by the library."""
    for rangee in balises(classe):
        if isinstance(rangee.format, Objet):
            yield from _rangees_a_plat(rangee.format.classe)
        elif rangee.attribut and not isinstance(rangee.format, Liste):
            yield rangee, classe.__annotations__[rangee.attribut]


def _type_accepte(annotation: str) -> str:
    # Days, amounts and codes are also accepted as the text that the file would hold.
    genre, *ou_rien = annotation.split(" | ")
    return " | ".join([genre, *([] if genre in {"str", "bool"} else ["str"]), *ou_rien])


_SENS: Final = {
    Nature.NON_RENSEIGNEE: "not filled in: null, empty, or blanks only",
    Nature.TYPE: "a value of another JSON type, such as a number between quotes",
    Nature.LONGUEUR: "too long, too short, or not of the exact length",
    Nature.FORMAT: "not of the expected shape",
    Nature.VALEUR: "not one of the allowed values",
    Nature.DOUBLON: "a value that another request of the file bears",
    Nature.INCOHERENCE: "at odds with another balise",
}


def _codes(entrees: list[EntreeCatalogue], specification: Specification) -> list[str]:
    connues = explications(specification)
    rangees = [
        (
            f"{{index}}`! {entree.code}`",
            entree.libelle,
            connues[entree.code].controle,
            *_exemple(connues[entree.code]),
        )
        for entree in entrees
    ]
    return _tableau(("Code", "Libellé", "Ce qui est contrôlé", "Faux", "Juste"), rangees)


def _exemple(explication: Explication) -> tuple[str, str]:
    return (
        "<br>".join(f"`{_court(exemple.faux)}`" for exemple in explication.exemples),
        "<br>".join(f"`{exemple.juste}`" for exemple in explication.exemples),
    )


def _court(texte: str) -> str:
    """Keep a long run of brackets or letters from making a column of its own width."""
    return texte if len(texte) <= _LARGEUR else f"{texte[:_LARGEUR]}…"


#: The number of characters that a table with three columns of sentences leaves for an example.
_LARGEUR: Final = 70


def _ligne(rangee: Balise) -> tuple[str, ...]:
    if isinstance(rangee.format, Format):
        attendu = rangee.format.attendu
    elif isinstance(rangee.format, Liste):
        attendu = f"une liste de 1 à {rangee.format.maximum} objets" if rangee.format.maximum else "une liste d’objets"
    else:
        attendu = "un objet"
    if not rangee.obligatoire:
        attendu += ", ou null"
    nom = f"`{rangee.nom}`" + (f"<br>`{rangee.attribut}`" if rangee.attribut else "")
    return (f"{rangee.numero:02}", nom, attendu, rangee.description)


def _tableau(entetes: tuple[str, ...], rangees: list[tuple[str, ...]]) -> list[str]:
    cellules = [entetes, tuple("---" for _ in entetes), *rangees]
    return ["| " + " | ".join(texte.replace("|", "\\|") for texte in rangee) + " |" for rangee in cellules]
