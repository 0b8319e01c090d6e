"""The ledger at 100,000 requests: how long each question takes, and what recording an answer costs beside bare inserts.

`python benchmarks/registre.py [REQUESTS]` (100,000 by default; SQLite in a temporary folder).
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, insert

import segur_pha.registre.tables as t
from segur_pha import en_json, lire
from segur_pha.portail import PortailSimule
from segur_pha.registre import Registre
from segur_pha.registre.etats import EtatDemande, Phase
from segur_pha.registre.rangees import rangee_de_demande
from segur_pha.retour.lecture import lire_retour
from segur_pha.specification.va1.exemple import demande_du_guide, fichier_du_guide

if TYPE_CHECKING:
    from collections.abc import Callable


DAY = date(2022, 11, 15)
# Of a hundred requests: what a publisher's ledger looks like while a wave lasts.
PHASES = (
    [Phase.AVANCE_PAYEE] * 50
    + [Phase.ATTRIBUEE] * 20
    + [Phase.ACCEPTEE] * 15
    + [Phase.REJETEE] * 10
    + [Phase.DEPOSEE] * 5
)


def requests(count: int) -> list[dict[str, object]]:
    """Make the rows of requests in all phases; of the rejected ones, nine out of ten were sent again."""
    rows = []
    for k in range(count):
        phase = PHASES[k % 100]
        day = DAY + timedelta(days=k % 365)
        number = f"{k:05X}"
        replaced = f"{(k + 1) % count:05X}" if phase is Phase.REJETEE and k % 1000 >= 100 else None
        state = EtatDemande(
            numero_editeur=number,
            phase=phase,
            specification="PHA-LGO-Va1",
            fichier=f"{k // 200:064x}",
            rang=k % 200 + 1,
            jour_preparation=day,
            jour_phase=day,
            jour_depot=day,
            finess_geo=f"{k * 7 % (count * 9 // 10):09}",
            montant_segur_ht=None,
            numero_asp=f"ASP{k:07}" if phase not in {Phase.REJETEE, Phase.DEPOSEE} else None,
            remplacee_par=replaced,
        )
        rows.append(rangee_de_demande(state) | {"montant_centimes": 70833, "avance_centimes": 25500})
    return rows


def timed(action: Callable[[], object], times: int = 7) -> tuple[float, float]:
    """Give the median times of an action in milliseconds: elapsed, and of the processor (fairer on a busy machine)."""
    elapsed, busy = [], []
    for _ in range(times):
        start, start_busy = perf_counter(), process_time()
        action()
        elapsed.append(perf_counter() - start)
        busy.append(process_time() - start_busy)
    return median(elapsed) * 1000, median(busy) * 1000


def ask(registre: Registre) -> None:
    """Ask every question."""
    questions: dict[str, Callable[[], object]] = {
        "unanswered for 15 days": lambda: registre.sans_reponse(jour=DAY + timedelta(days=400), depuis=15),
        "rejected, not sent again": registre.a_resoumettre,
        "to be looked at": registre.a_verifier,
        "bears a numeroASP, a page": lambda: registre.soldables(apres="08000", limite=1000),
        "bears a numeroASP, all": registre.soldables,
        "history of a pharmacy": lambda: (registre.officine("000000007"), registre.historique("000000007")),
        "totals per month and phase": registre.totaux,
        "several live requests": registre.doublons,
    }
    for name, question in questions.items():
        answer = question()
        elapsed, busy = timed(question)
        print(f"{name:30} {elapsed:8.1f} ms elapsed {busy:8.1f} ms of processor {len(answer):7} answers")


def record(folder: Path) -> None:
    """Compare recording an answer of 200 lines with bare inserts of as many rows in one transaction."""
    engine = create_engine(f"sqlite:///{folder / 'bare.sqlite'}")
    t.METADONNEES.create_all(engine)
    bare, whole = [], []
    with Registre(folder / "answers.sqlite") as registre:
        for rank in range(7):
            numbers = registre.reserver(200)
            file = fichier_du_guide()
            octets = en_json(
                type(file)(numero_ans=file.numero_ans, siret=file.siret, demandes=tuple(map(demande_du_guide, numbers)))
            )
            assert len(lire(octets).demandes) == 200
            registre.preparer({f"{rank}.json": octets}, jour=DAY)
            registre.deposer(f"{rank}.json", jour=DAY)
            answer = lire_retour(PortailSimule(graine=rank).deposer(octets))
            start = perf_counter()
            registre.enregistrer_retour(answer, jour=DAY)
            whole.append(perf_counter() - start)
            rows = [
                {
                    "nature": "ligne-recue",
                    "jour": DAY,
                    "numero_editeur": n,
                    "contenu": "x" * 1500,
                    "fichier": f"{rank}",
                    "finess_geo": n,
                }
                for n in numbers
            ]
            start = perf_counter()
            with engine.begin() as connection:
                connection.execute(insert(t.evenements), rows)
            bare.append(perf_counter() - start)
    engine.dispose()
    print(f"answer of 200 lines            {median(whole) * 1000:8.1f} ms")
    print(f"bare inserts of 200 rows       {median(bare) * 1000:8.1f} ms")
    print(f"ratio                          {median(whole) / median(bare):8.1f}")


def main() -> None:
    """Measure both."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "registre.sqlite"
        with Registre(path) as registre:
            engine = create_engine(f"sqlite:///{path}")
            with engine.begin() as connection:
                connection.execute(insert(t.demandes), requests(count))
            engine.dispose()
            print(f"{count} requests, {path.stat().st_size / 1e6:.0f} MB")
            ask(registre)
        record(folder)


if __name__ == "__main__":
    main()
