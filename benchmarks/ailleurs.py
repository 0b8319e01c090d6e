"""What is not about files of requests, each compared with the least that does the same: certificates, a deposit, the ledger."""

from __future__ import annotations

import json
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from subprocess import run
from typing import TYPE_CHECKING, Final

from benchmarks import certificats, depot, registre
from benchmarks.boucle import chrono, en_tours, rapport, temps_des_enfants
from benchmarks.tableau import Tableau

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.boucle import Chrono

CERTIFICATS: Final = "Certificates: a national export to the monthly table and the plan"
DEPOT: Final = "A deposit"
REGISTRE: Final = "The ledger"
NOUS: Final = "`lire_suivi`, `tableau_mensuel`, `plan_renouvellement`"
PETITS, GRANDS, OCTETS = 2_000, 300, 1_500_000
SANS, AVEC, SCANS = (
    f"`preparer_depot`, {PETITS:,} small PDFs",
    "the same, texts compared with the orders",
    f"`preparer_depot`, {GRANDS} scans of 1.5 MB",
)
REPONSE: Final = "`enregistrer_retour` of an answer of 200 lines"


def certificats_en_tours() -> Iterator[Tableau]:
    """Have pandas, polars and duckdb compute the very same results."""
    faire: dict[str, tuple[Callable[[Path], object], str]] = {
        NOUS: (certificats.notre, "nothing: each row is judged, and what is odd is told"),
        "pandas": (certificats.memes_resultats, "rows, columns, keys of FINESS, what is spoiled"),
        "pandas, reading and grouping only": (certificats.lire_et_grouper, "the same, and the plan is left out"),
        "polars": (certificats.par_polars, "as pandas"),
        "duckdb": (certificats.par_duckdb, "as pandas"),
    }
    faire = {qui: quoi for qui, quoi in faire.items() if qui not in ("polars", "duckdb") or find_spec(qui)}
    with tempfile.TemporaryDirectory() as nom:
        dossier = Path(nom)
        certificats.fabriquer(dossier)
        mesures = en_tours(
            {qui: chrono(acte, dossier) for qui, (acte, _) in faire.items()},
            chrono(certificats.memes_resultats, dossier),
        )
    yield Tableau(
        titre=CERTIFICATS,
        propos=f"{certificats.CERTIFICATS:,} certificates of {certificats.OFFICINES:,} pharmacies, in times of pandas coming to the "
        "same results from the same CSV; processor time of all threads.",
        colonnes=("× pandas", "s", "leaves unchecked"),
        lignes={qui: (m, f"{m.duree:.2f}", faire[qui][1]) for qui, m in mesures.items()},
    )


def _a_part(*mots: str) -> float:
    """Do something in a separate process, and report what it took."""
    dit = run([sys.executable, depot.__file__, *mots], check=True, capture_output=True)
    return float(json.loads(dit.stdout)["processeur"])


def _preparer(dossier: Path, documents: tuple[Path, Path], concordance: str) -> Chrono:
    """Prepare a deposit, each time in a new folder."""
    commandes, pieces = map(str, documents)

    def une_fois() -> float:
        with tempfile.TemporaryDirectory(dir=dossier) as ici:
            return _a_part("_preparer", commandes, pieces, str(Path(ici, "depot")), concordance)

    return une_fois


def _pypdf(pieces: Path, textes: str) -> Chrono:
    return lambda: _a_part("_pypdf", str(pieces), textes)


def _zip(dossier: Path, pieces: Path) -> Chrono:
    def une_fois() -> None:
        with tempfile.TemporaryDirectory(dir=dossier) as ici:
            run(["zip", "-0", "-q", "-X", "-r", str(Path(ici, "depot.zip")), "."], cwd=pieces, check=True)

    return chrono(une_fois, horloge=temps_des_enfants)


def depot_en_tours() -> Iterator[Tableau]:
    """Prepare deposits, in comparison with what opens, or only packs, the same documents."""
    with tempfile.TemporaryDirectory() as nom:
        petits, grands = Path(nom, "petits"), Path(nom, "grands")
        for dossier in (petits, grands):
            dossier.mkdir()
        legers = depot.fabriquer(petits, PETITS, 0)
        lourds = depot.fabriquer(grands, GRANDS, OCTETS)
        paires = {
            SANS: (_preparer(petits, legers, "non"), _pypdf(legers[1], "non")),
            AVEC: (_preparer(petits, legers, "oui"), _pypdf(legers[1], "oui")),
            SCANS: (_preparer(grands, lourds, "non"), _zip(grands, lourds[1])),
        }
        mesures = {qui: en_tours({qui: nous}, moindre)[qui] for qui, (nous, moindre) in paires.items()}
    beside = {
        SANS: "a loop that opens each with pypdf and counts its pages",
        AVEC: "a loop that has pypdf extract their texts",
        SCANS: "`zip -0` of them",
    }
    yield Tableau(
        titre=DEPOT,
        propos="From a CSV of orders and a folder of documents to JSON files and zips, in times of what is named; the loops and `zip` "
        "know nothing of the orders, name nothing and check nothing.",
        colonnes=("×", "of", "s"),
        lignes={qui: (m, beside[qui], f"{m.duree:.2f}") for qui, m in mesures.items()},
    )


def registre_en_tours() -> Iterator[Tableau]:
    """Record an answer, in comparison with bare inserts of the resulting rows."""
    with tempfile.TemporaryDirectory() as nom:
        dossier = Path(nom)
        tours = registre.tours(dossier)
    mesure = rapport([(whole[1] / 1e3, bare[1] / 1e3) for whole, bare, _ in tours])
    yield Tableau(
        titre=REGISTRE,
        propos="In times of the same rows put into the same SQLite tables by bare inserts, in one transaction, one `executemany` per "
        "table. The inserts decide nothing, and check nothing.",
        colonnes=("× bare inserts", "ms"),
        lignes={REPONSE: (mesure, f"{mesure.duree * 1e3:.1f}")},
    )
