"""Rewrite what is derived from the code and checked in: `python docs/generate.py`, from the project's folder."""

from __future__ import annotations

import ast
import json
import os
import re
import sys
from enum import Enum
from functools import partial
from html import escape
from importlib import import_module
from inspect import getdoc, isclass, isroutine
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pages_derivees.commandes import page_des_commandes
from pages_derivees.registre import page_du_registre
from pages_derivees.table import (
    mots_cles_de_la_demande,
    page_de_la_table,
    page_des_codes,
    parametres_de_la_demande,
)

from segur_pha.controle.conseils import CONSEILS
from segur_pha.demonstration import fichier_fautif
from segur_pha.lexique import par_genre
from segur_pha.registre.evenements import NATURES
from segur_pha.retour.ecarts import NatureEcart
from segur_pha.table.balise import balises
from segur_pha.table.bloc import Bloc
from segur_pha.texte_json.schema import texte_du_schema
from segur_pha.vagues.va1 import construire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PROJET = Path(__file__).resolve().parents[1]
ENTETE = "<!-- Written by docs/generate.py; a test compares it with the code. -->\n"


class PageAPI(NamedTuple):
    """A page of the API.

    ``module`` is the one to import from; ``noms`` are the names to show, in the order of the work (all of ``__all__`` when there
    are none).
    """

    titre: str
    propos: str
    module: str
    noms: str = ""


#: file → page.  A name of ``segur_pha.__all__`` that is on no page is an error.
API = {
    "modele": PageAPI(
        "The model",
        "One class per block of [the table](../table.md), frozen, its arguments given by keyword. A constructor checks what it "
        "would write and lists every fault of its block.",
        "segur_pha",
        "Fichier Demande Commande CertificatsServeur Beneficiaire PieceJustificative ScenarioInstallation RegimeTVA "
        "StatutAdminTechnique FormatFichier TypeFichier VA1",
    ),
    "construire": PageAPI(
        "Build requests",
        "From the words of an order to a `Demande`. How-to: [the tutorial](../../tutoriel/index.md), "
        "[embed it in a billing system](../../guide/integrer.md).",
        "segur_pha",
        "construire_demande ValeursDeDemande Editeur DemandesInvalides CommandeInvalide mettre_a_plat DemandeAPlat renumeroter "
        "decouper",
    ),
    "controler": PageAPI(
        "Check, read, write",
        "How-to: [check files before a deposit](../../guide/controler.md).",
        "segur_pha",
        "controler RapportControle VerdictLigne Anomalie Position Conseil CONSEILS Constat lire en_json ecrire",
    ),
    "retour": PageAPI(
        "Answers of the portal",
        "How-to: [after the deposit](../../guide/apres-le-depot.md). The closed set of discrepancies has "
        "[a page of its own](../ecarts.md).",
        "segur_pha",
        "lire_retour Retour LigneRetour Issue rapprocher Rapprochement LigneRapprochee NatureEcart Admission remede",
    ),
    "donnees": PageAPI(
        "Names, money, operators, schema",
        "What the documents say besides the table: names of files (section 3.3), the advance, the 355 messaging operators; and "
        "the table in other forms.",
        "segur_pha",
        "NomFichierJSON NomPiece avance Avance depassement_du_plafond PLAFONDS_HT operateurs operateur chercher_operateurs "
        "Operateur schema validateur convertisseur Specification Balise Role Acteur",
    ),
    "erreurs": PageAPI(
        "Errors",
        "What segur_pha refuses is a `SegurError` (what the system refuses stays `OSError`, and arguments of a wrong kind are "
        "`TypeError` and `ValueError`): its text is a French sentence for people; its `code`, `balise` and "
        "`chemin` are for programs. What the controls refuse in a file is not an exception but a value, an "
        "{class}`~segur_pha.Anomalie`.",
        "segur_pha",
        "SegurError DemandeInvalide FichierRejete NomInvalide RetourIllisible DepotRefuse FichierExistant RegistreError "
        "ExtraManquant",
    ),
    "depot": PageAPI(
        "`segur_pha.depot`: before the deposit",
        "How-to: [prepare a deposit](../../guide/preparer.md).",
        "segur_pha.depot",
    ),
    "registre": PageAPI(
        "`segur_pha.registre`: the ledger",
        "How-to: [after the deposit](../../guide/apres-le-depot.md), [share the ledger](../../guide/partager-le-registre.md). "
        "Reference: [its tables](../registre.md). It needs the extra `registre`.",
        "segur_pha.registre",
        " ".join(
            [
                "Registre preparer_au_registre resoumettre Resoumission montrer_depot connexion_empruntee",
                "lire_les_corrections CorrectionsLues CorrectionsRefusees modele_des_corrections",
                "Note CompteRenduDesNotes NotesRefusees Reponse Reprise Dossier",
                "EtatDemande EtatFichier EtapeFichier Phase PhaseFichier Reserve Piece Fait",
                "Soldable Total Attente EnAttente EcartDeSolde Situation Solde AvertissementNumeros METADONNEES",
                *(c.__name__ for c in NATURES),
            ]
        ),
    ),
    "portail": PageAPI("`segur_pha.portail`: a simulated portal", "**It is not the ASP.**", "segur_pha.portail"),
    "anonymiser": PageAPI(
        "`segur_pha.anonymiser`: show a file to others",
        "How-to: [keep and share](../../guide/apres-le-depot.md#keep-and-share).",
        "segur_pha.anonymiser",
    ),
    "certificats": PageAPI(
        "`segur_pha.certificats`: certificates of a fleet",
        "How-to: [keep certificates from expiring](../../guide/certificats.md). It needs the extra `certificats`.",
        "segur_pha.certificats",
    ),
    "strategies": PageAPI(
        "`segur_pha.strategies`: for your property tests", "It needs the extra `strategies`.", "segur_pha.strategies"
    ),
    "courriels": PageAPI("`segur_pha.courriels`: will an address be read?", "", "segur_pha.courriels"),
    "identifiants": PageAPI("`segur_pha.identifiants`: SIRET, FINESS, structure id", "", "segur_pha.identifiants"),
}

#: Classes that only the library makes; how it does so does not concern readers.
DONNES = {"RapportControle", "Rapprochement", "Specification"}

#: The lines of segur_pha/vagues/va1/construire.py between which the table is laid flat.
_DEBUT_DES_PARAMETRES = (
    "    # The table laid flat, as docs/generate.py writes it: what is obligatory, then what may be left out.\n"
)
_FIN_DES_PARAMETRES = "    # The documents are named for you; only their formats are yours to say.\n"

#: Classes composed of several others, which readers need not know about.
DE_PLUSIEURS = {"Registre"}

#: Constants have no docstring.
CONSTANTES = {
    "VA1": "Everything that wave 1 says: its table, names, codes and limits. The default of every function that needs it.",
    "CONSEILS": "Every id of advice and its French sentence: see [the page of the advice](../conseils.md).",
    "PLAFONDS_HT": "The ceilings that the guide prints, by turnover tranche, in euros before tax (decision 16).",
    "METADONNEES": "The ledger's tables as SQLAlchemy's `MetaData`, for Alembic: see "
    "[its tables](../registre.md) and [Alembic](../../guide/dans-un-service.md#alembic).",
    "PREREQUIS": "What must be there before a new certificate is ordered, step by step, in French.",
    "RAPPEL_ADRESSE": "What to remember about the notification address of a certificate, in French.",
    "AVERTISSEMENT": "What every answer of the simulated portal has to be taken for, in French.",
}


def page_de_l_api(page: PageAPI) -> str:
    """Write a page of the API: autodoc directives, one per name."""
    return "\n".join([ENTETE, f"# {page.titre}", "", *([page.propos, ""] if page.propos else []), *_objets(page)])


def _objets(page: PageAPI) -> Iterator[str]:
    for chemin in _chemins(page):
        yield from _directive(chemin)


def _chemins(page: PageAPI) -> list[str]:
    noms = page.noms.split() or import_module(page.module).__all__
    # What the top-level package also shows is documented there.
    propres = [nom for nom in noms if page.module == "segur_pha" or nom not in _porte()]
    if page.module != "segur_pha" and {*noms} != {*import_module(page.module).__all__}:
        raise LookupError(f"public names without a place in docs/generate.py: {page.module}")
    return [f"{page.module}.{nom}" for nom in propres]


def _porte() -> frozenset[str]:
    return frozenset(import_module("segur_pha").__all__)


def _directive(chemin: str) -> Iterator[str]:
    objet = _objet(chemin)
    nom = chemin.rpartition(".")[2]
    if nom in CONSTANTES:
        yield f"```{{py:data}} {chemin}\n\n{CONSTANTES[nom]}\n```\n"
        return
    genre = "class" if isclass(objet) else "function"
    signature = "()" if nom in DONNES else ""
    yield f"```{{eval-rst}}\n.. auto{genre}:: {chemin}{signature}"
    if isclass(objet):
        yield "   :members:"
        if nom in DE_PLUSIEURS:
            yield "   :inherited-members:"
        if champs := getattr(objet, "_fields", ()):  # a named tuple, whose docstring describes each field
            yield f"   :exclude-members: {', '.join(champs)}"
        if issubclass(objet, Enum):
            yield "   :undoc-members:"
        if issubclass(objet, Exception):
            yield "   :show-inheritance:"
        if issubclass(objet, Bloc):
            yield from (
                "",
                *(f"   * ``{b.attribut}``: ``{b.nom}``. {b.description}" for b in balises(objet) if b.attribut),
            )
    yield "```\n"


def _objet(chemin: str) -> object:
    module, _, nom = chemin.rpartition(".")
    return getattr(import_module(module), nom)


def sommaire_de_l_api() -> str:
    """Write the list of all public names, each with its first sentence."""
    montres = {nom for page in API.values() if page.module == "segur_pha" for nom in page.noms.split()}
    if montres != _porte():
        raise LookupError(f"public names without a page in docs/generate.py: {sorted(_porte() ^ montres)}")
    lignes = [
        ENTETE,
        "# Python API",
        "",
        "`from segur_pha import …` gives the names of the first six pages; each of the others says what to import from. Names",
        "that are not listed here may change in any version.",
        "",
        "```{toctree}",
        ":hidden:",
        "",
        *API,
        "```",
        "",
    ]
    for nom, page in API.items():
        lignes += [f"## [{page.titre}]({nom}.md)", "", "| name | what it is |", "|---|---|"]
        lignes += [f"| {{py:obj}}`~{chemin}` | {_resume(chemin)} |" for chemin in _chemins(page)]
        lignes.append("")
    return "\n".join(lignes)


def _resume(chemin: str) -> str:
    nom = chemin.rpartition(".")[2]
    if nom in CONSTANTES:
        return CONSTANTES[nom]
    objet = _objet(chemin)
    assert isclass(objet) or isroutine(objet), f"{chemin} needs a sentence in CONSTANTES"
    phrase = (getdoc(objet) or "").partition("\n\n")[0].replace("\n", " ").replace("|", "\\|").replace("``", "`")
    return re.sub(r":\w+:`~?(?:[\w.]*\.)?(\w+)`", r"`\1`", phrase)


def page_des_conseils() -> str:
    """Write the page of the advice."""
    return "\n".join(
        [
            ENTETE,
            "# The advice",
            "",
            "Advice never rejects: the controls let the value through, and it is probably a mistake all the same. Each piece has an",
            'id by which it can be silenced: `controler(…, sans=["finess-cle"])`, `segur-pha controler --sans finess-cle`. Those on',
            "the day and on the register of FINESS are given only where the caller supplies them.",
            "",
            *_tableau(("id", "what it says"), ((f"`{cle}`", phrase) for cle, phrase in CONSEILS.items())),
            "",
        ]
    )


#: Kind of finding → the heading of its table; codes, advice, discrepancies and tags have pages of their own.
_GENRES = {
    "Tableaux": "Tables",
    "Cellules": "Cells",
    "Pièces": "Supporting documents",
    "Dépôts": "Deposits",
    "Registre": "The ledger",
    "Certificats": "Certificates",
}


def page_des_constats() -> str:
    """Write the page of the findings: the ids for tables, documents, deposits, the ledger and certificates."""
    lignes = [
        ENTETE,
        "# The findings",
        "",
        "A finding ({py:class}`~segur_pha.Constat`) or a refusal bears one of these ids as its `code`. `segur-pha expliquer",
        "piece-differente` says on a screen what this page says, and takes the ids of [the advice](conseils.md), of",
        "[the discrepancies of an answer](ecarts.md), [the codes](codes.md) and the tags of [the table](table.md) as well.",
    ]
    for genre, titre in _GENRES.items():
        entetes = ("id", "Constat", "Ce qui est contrôlé", "Ce qu’il faut faire")
        rangees = [(f"`{e.code}`", e.libelle, e.controle, e.remede) for e in par_genre()[genre].values()]
        lignes += ["", f"## {titre}", "", *_tableau(entetes, rangees)]
    return "\n".join([*lignes, ""])


def page_des_ecarts() -> str:
    """Write the page of what may differ between an answer and what was sent."""
    entetes = ("écart", "what was found, what to do", "the line")
    rangees = [(f"{n.value}<br>`{n.name}`", n.explication, _effet(n)) for n in NatureEcart]
    return "\n".join(
        [
            ENTETE,
            "# What may differ in an answer",
            "",
            "{py:func}`~segur_pha.rapprocher` compares every line of an answer with what was sent, value by value. Whatever differs",
            "is one of these, a closed set ({py:class}`~segur_pha.NatureEcart`). A line that is held back is shown and kept, and the",
            "ledger does not act on it. Where the table says so, a person who has looked may admit it all the same",
            "(`segur-pha retour`).",
            "",
            *_tableau(entetes, rangees),
            "",
        ]
    )


def _effet(nature: NatureEcart) -> str:
    if not nature.bloquant:
        return "goes on"
    return f"held back; `--admettre {nature.name.lower().replace('_', '-')}`" if nature.admissible else "held back"


def page_du_schema() -> str:
    """Write the page that shows the JSON Schema."""
    return "\n".join(
        [
            ENTETE,
            "# The JSON Schema",
            "",
            "Draft 2020-12, derived from [the table](table.md), for editors, other languages and build servers.",
            "[What it cannot say](../explications/ce-que-le-schema-ne-dit-pas.md) is for `controler` to judge.",
            "",
            "It is shipped with the library: `segur-pha schema` prints it, {py:func}`~segur_pha.schema` builds it,",
            "{py:func}`~segur_pha.validateur` gives a ready validator. An editor that is told where it lies completes names and",
            "underlines mistakes while a file is typed.",
            "",
            "```json",
            texte_du_schema().rstrip(),
            "```",
            "",
        ]
    )


def source_du_constructeur() -> str:
    """Return the module of `construire_demande` as it is, with the parameters that the table now gives."""
    source = Path(construire.__file__).read_text(encoding="utf-8")
    avant, debut, reste = source.partition(_DEBUT_DES_PARAMETRES)
    _, fin, apres = reste.partition(_FIN_DES_PARAMETRES)
    return avant + debut + parametres_de_la_demande() + fin + apres


def page_de_la_ligne_de_commande() -> str:
    """Write the page of the command line: its own words, with the help pages and the keys that are derived."""
    return page_des_commandes((PROJET / "docs" / "reference" / "cli.md").read_text(encoding="utf-8"))


def _tableau(entetes: tuple[str, ...], rangees: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for rangee in (entetes, ("---",) * len(entetes), *rangees):
        yield "| " + " | ".join(cellule.replace("|", "\\|") for cellule in rangee) + " |"


# --- The notebook -------------------------------------------------------------------------------------------------------


def page_du_carnet(nom: str) -> str:
    """Run a notebook of `examples/`, cell after cell, and show its texts, its code, and the results of its cells."""
    titre, *morceaux = [_en_markdown(cellule, valeur) for cellule, valeur in _jouer(nom)]
    origine = f"This page is the notebook `examples/{nom}`, with what it shows."
    return "\n\n".join([ENTETE + titre, origine, *morceaux]) + "\n"


def carnet_rempli(nom: str) -> str:
    """Rewrite the notebook with what its cells now show, for those who read it where it is hosted."""
    carnet = json.loads((PROJET / "examples" / nom).read_text(encoding="utf-8"))
    carnet["cells"], numero = [], 0
    for cellule, valeur in _jouer(nom):
        if cellule["cell_type"] == "code":
            numero += 1
            resultat = {
                "output_type": "execute_result",
                "execution_count": numero,
                "metadata": {},
                "data": _donnees(valeur),
            }
            cellule |= {"execution_count": numero, "outputs": [] if valeur is None else [resultat]}
        carnet["cells"].append(cellule)
    return json.dumps(carnet, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _jouer(nom: str) -> Iterator[tuple[dict[str, object], object]]:
    """Run the cells one after the other, and return each with its result, or ``None``."""
    espace: dict[str, object] = {}
    for cellule in json.loads((PROJET / "examples" / nom).read_text(encoding="utf-8"))["cells"]:
        valeur = None
        if cellule["cell_type"] == "code":
            arbre = ast.parse("".join(cellule["source"]))
            derniere = arbre.body.pop() if isinstance(arbre.body[-1], ast.Expr) else None
            exec(compile(arbre, "carnet", "exec"), espace)  # noqa: S102 - our own code
            if derniere is not None:
                valeur = eval(ast.unparse(derniere), espace)  # noqa: S307 - the same
        yield cellule, valeur


def _en_markdown(cellule: Mapping[str, object], valeur: object) -> str:
    source = "".join(cellule["source"])
    if cellule["cell_type"] == "markdown":
        return source
    return "\n\n".join([f"```python\n{source}\n```", *([] if valeur is None else [_montre(valeur)])])


def _table(valeur: object) -> list[list[str]] | None:
    """Return the cells of a data frame as texts: its own HTML has a style, and changes with the versions of pandas."""
    from pandas import DataFrame

    if not isinstance(valeur, DataFrame):
        return None
    plat = valeur.reset_index()
    return [[str(cellule) for cellule in rangee] for rangee in (plat.columns, *plat.itertuples(index=False))]


def _montre(valeur: object) -> str:
    if rangees := _table(valeur):
        titres, *autres = rangees
        return "\n".join(f"| {' | '.join(rangee)} |" for rangee in (titres, ["---"] * len(titres), *autres))
    apercu = getattr(valeur, "_repr_html_", None)
    return f"```{{raw}} html\n{apercu()}\n```" if apercu else f"```text\n{valeur!r}\n```"


def _donnees(valeur: object) -> dict[str, list[str]]:
    """Return a value in the forms that readers of notebooks know."""
    if rangees := _table(valeur):
        titres, *autres = rangees
        tete = "".join(f"<th>{escape(titre)}</th>" for titre in titres)
        lignes = ["".join(f"<td>{escape(mot)}</td>" for mot in rangee) for rangee in autres]
        html = [
            f"<table><thead><tr>{tete}</tr></thead><tbody>\n",
            *(f"<tr>{ligne}</tr>\n" for ligne in lignes),
            "</tbody></table>",
        ]
        return {"text/html": html, "text/plain": _montre(valeur).splitlines(keepends=True)}
    apercu = getattr(valeur, "_repr_html_", None)
    return {**({"text/html": [apercu()]} if apercu else {}), "text/plain": [repr(valeur)]}


_CONSTRUCTEUR = "segur_pha/vagues/va1/construire.py"
ENGENDRES = {
    _CONSTRUCTEUR: source_du_constructeur,
    "segur_pha/vagues/va1/mots_cles.py": mots_cles_de_la_demande,
    "examples/demandes.json": lambda: fichier_fautif().decode(),
    "examples/analyse.ipynb": partial(carnet_rempli, "analyse.ipynb"),
    "docs/exemples/analyse.md": partial(page_du_carnet, "analyse.ipynb"),
    "docs/reference/table.md": page_de_la_table,
    "docs/reference/codes.md": page_des_codes,
    "docs/reference/registre.md": page_du_registre,
    "docs/reference/conseils.md": page_des_conseils,
    "docs/reference/cli.md": page_de_la_ligne_de_commande,
    "docs/reference/constats.md": page_des_constats,
    "docs/reference/ecarts.md": page_des_ecarts,
    "docs/reference/schema.md": page_du_schema,
    "docs/reference/api/index.md": sommaire_de_l_api,
    **{f"docs/reference/api/{nom}.md": partial(page_de_l_api, page) for nom, page in API.items()},
    "segur_pha/vagues/va1/PHA-LGO-Va1.schema.json": texte_du_schema,
}


if __name__ == "__main__":
    for nom, ecrire_page in ENGENDRES.items():
        chemin = PROJET / nom
        page = ecrire_page()
        depasse = nom == _CONSTRUCTEUR and page != chemin.read_text(encoding="utf-8")
        chemin.parent.mkdir(exist_ok=True)
        chemin.write_text(page, encoding="utf-8", newline="\n")
        if depasse:  # and so is all that was imported from it
            os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 - ourselves
