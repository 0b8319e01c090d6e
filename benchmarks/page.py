"""The page of the measures: what the project promised, and whether each promise was met in this run."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import ailleurs, cas, controle, demarrage, ecriture, grands_nombres, modeles
from benchmarks.boucle import Rapport
from benchmarks.tableau import rangees

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from benchmarks.tableau import Tableau

PAGE = Path(__file__).parents[1] / "docs" / "explications" / "vitesse.md"
DEBUT = "<!-- Measured and written by `python -m benchmarks --ecrire`: not to be edited. -->\n"
FIN = "<!-- End of what is measured. -->\n"
SECTIONS = {
    "cas": cas.mesurer,
    "controle": controle.mesurer,
    "modeles": modeles.mesurer,
    "ecriture": ecriture.mesurer,
    "demarrage": demarrage.mesurer,
    "grands_nombres": grands_nombres.mesurer,
    "certificats": ailleurs.certificats_en_tours,
    "depot": ailleurs.depot_en_tours,
    "registre": ailleurs.registre_en_tours,
}
BIBLIOTHEQUES = (
    "attrs",
    "cattrs",
    "check-jsonschema",
    "duckdb",
    "fastjsonschema",
    "jsonschema",
    "jsonschema-rs",
    "marshmallow",
    "msgspec",
    "orjson",
    "pandas",
    "polars",
    "pydantic",
    "pypdf",
    "SQLAlchemy",
)


class Borne(NamedTuple):
    """What the project requires of a ratio: the table, row and column where it is found, and how large it may be."""

    quoi: str
    tableau: str
    ligne: str
    colonne: str
    au_plus: float

    def ligne_de(self, tableaux: Mapping[str, Tableau]) -> tuple[object, ...]:
        tableau = tableaux[self.tableau]
        mesure = tableau.lignes[self.ligne][tableau.colonnes.index(self.colonne)]
        assert isinstance(mesure, Rapport)
        verdict = "met" if round(mesure.mediane, 2) <= self.au_plus else "**missed**"
        return self.quoi, f"≤ {self.au_plus:.2f}", mesure, verdict


def _du_cas(quoi: str, nom: str, au_plus: float) -> Borne:
    return Borne(f"{quoi}, in times of `json.loads`", cas.TITRE, nom, cas.COLONNE, au_plus)


BORNES = (
    _du_cas("check a valid file", "check valid", 1.3),
    _du_cas("check a file with 10 % wrong days", "check 10 % wrong days", 1.65),
    _du_cas("check a file with 10 % wrong types", "check 10 % wrong types", 1.95),
    _du_cas("build and write 200 requests", "build and write", 2.6),
    _du_cas("write them, compact", "write, compact", 0.7),
    _du_cas("write them, indented", "write, indented", 1.0),
    Borne(
        "the model’s classes block by block, and write, in times of `json.loads`",
        ecriture.TITRE,
        ecriture.BLOC_PAR_BLOC,
        "× `json.loads`",
        6.5,
    ),
    _du_cas("read them to models", "read to models", 2.5),
    _du_cas("read an answer", "read an answer", 2.6),
    _du_cas("match an answer with what was sent", "match an answer, read already", 3.8),
    Borne("`import segur_pha`, in times of `import attrs`", "Import", demarrage.PORTE, "× `import attrs`", 2.0),
    Borne("the same with `controler`", "Import", demarrage.OUTIL, "× `import attrs`", 2.2),
    Borne(
        "check a file from a shell, in times of check-jsonschema",
        "Check one file from a shell",
        demarrage.COMMANDE,
        "× check-jsonschema",
        0.55,
    ),
    Borne(f"{ailleurs.SANS}, in times of a bare pypdf loop", ailleurs.DEPOT, ailleurs.SANS, "×", 3.2),
    Borne("the same, texts compared, in times of a loop that extracts them", ailleurs.DEPOT, ailleurs.AVEC, "×", 2.0),
    Borne(f"{ailleurs.SCANS}, in times of `zip -0`", ailleurs.DEPOT, ailleurs.SCANS, "×", 1.8),
    Borne("certificates to the plan, in times of pandas", ailleurs.CERTIFICATS, ailleurs.NOUS, "× pandas", 1.3),
    Borne(
        "an answer into the ledger, in times of bare inserts",
        ailleurs.REGISTRE,
        ailleurs.REPONSE,
        "× bare inserts",
        6.0,
    ),
    Borne("200 requests in times of 100: a straight line", "From 1 request to 200", "200", "× 100 requests", 2.1),
)


def bilan(tableaux: Iterable[Tableau]) -> Iterator[str]:
    """Compare the measures with the limits, as far as their tables were measured."""
    par_titre = {tableau.titre: tableau for tableau in tableaux}
    mesurees = [b for b in BORNES if b.tableau in par_titre and b.ligne in par_titre[b.tableau].lignes]
    if bornes := [borne.ligne_de(par_titre) for borne in mesurees]:
        yield from ("### The project’s bounds", "")
        yield from rangees(("bound", "at most", "measured", ""), *bornes)


def _installee(nom: str) -> bool:
    try:
        version(nom)
    except PackageNotFoundError:
        return False
    return True


def circonstances() -> Iterator[str]:
    """Say when, with what, and on what kind of machine."""
    versions = ", ".join(f"{nom} {version(nom)}" for nom in BIBLIOTHEQUES if _installee(nom))
    charge = f", load average {os.getloadavg()[0]:.1f} when it ended" if hasattr(os, "getloadavg") else ""
    yield f"- on {datetime.now(UTC):%d/%m/%Y}, {os.cpu_count()} processors ({platform.machine()}, {platform.system()}){charge}"
    yield f"- {platform.python_implementation()} {platform.python_version()}; {versions}"


def texte(tableaux: list[Tableau]) -> str:
    morceaux = ["\n".join(bilan(tableaux)), *("\n".join(t.en_markdown()) for t in tableaux)]
    return "\n\n".join(["\n".join(circonstances()), *filter(None, morceaux)]) + "\n"


def ecrire(mesures: str) -> None:
    """Insert the measures into the page, between the two marks."""
    avant, _, reste = PAGE.read_text(encoding="utf-8").partition(DEBUT)
    apres = reste.partition(FIN)[2]
    PAGE.write_text(f"{avant}{DEBUT}\n{mesures}\n{FIN}{apres}", encoding="utf-8", newline="\n")
