"""The ledger with the whole life of 100,000 requests: the time of each question, and of recording compared with bare inserts.

`python benchmarks/registre.py [REQUESTS]` (100,000 by default; SQLite in a temporary folder).
"""

from __future__ import annotations

import gc
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, TypeAlias

from attrs import evolve
from sqlalchemy import create_engine, insert

import segur_pha.registre.tables as t
from segur_pha import en_json
from segur_pha.portail import PortailSimule
from segur_pha.registre import Registre
from segur_pha.registre.etats import EtatDemande, Phase
from segur_pha.registre.evenements import (
    AvancePayee,
    DecisionRendue,
    DemandePreparee,
    FactureEmise,
    Fait,
    LigneRecue,
    ServiceFait,
)
from segur_pha.registre.journal import rangee_d_evenement
from segur_pha.registre.notes import Note
from segur_pha.registre.questions import Soldable
from segur_pha.registre.rangees import DEMANDES
from segur_pha.registre.reprise import Reponse
from segur_pha.retour.lecture import lire_retour
from segur_pha.retour.lignes import Issue
from segur_pha.table.bloc import en_brut
from segur_pha.texte_json.ecriture import json_du_brut
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide
from segur_pha_commande import RAMASSAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from segur_pha.retour.lecture import Retour

DAY = date(2022, 11, 15)
ROUNDS = 15
# Out of a hundred requests: what a publisher's ledger looks like while a wave lasts.
PHASES = (
    [Phase.AVANCE_PAYEE] * 50
    + [Phase.ATTRIBUEE] * 20
    + [Phase.ACCEPTEE] * 15
    + [Phase.REJETEE] * 10
    + [Phase.DEPOSEE] * 5
)


def requests(count: int) -> list[dict[str, object]]:
    """Make the rows of requests in all phases; nine out of ten rejected ones were sent again."""
    rows = []
    for k in range(count):
        phase = PHASES[k % 100]
        day = DAY + timedelta(days=k % 365)
        number = f"{k:05X}"
        replaced = f"{(k + 1) % count:05X}" if phase is Phase.REJETEE and k % 1000 >= 100 else None
        state = EtatDemande(
            numero_editeur=number,
            specification="PHA-LGO-Va1",
            fichier=f"{k // 200:064x}",
            rang=k % 200 + 1,
            jour_preparation=day,
            jour_depot=day,
            issue=None if phase is Phase.DEPOSEE else Issue.REJETEE if phase is Phase.REJETEE else Issue.ACCEPTEE,
            jour_reponse=None if phase is Phase.DEPOSEE else day,
            attribuee=True if phase in {Phase.ATTRIBUEE, Phase.AVANCE_PAYEE} else None,
            jour_decision=day if phase in {Phase.ATTRIBUEE, Phase.AVANCE_PAYEE} else None,
            jour_paiement=day if phase is Phase.AVANCE_PAYEE else None,
            finess_geo=f"{k * 7 % (count * 9 // 10):09}",
            montant_segur_ht=None,
            montant_paye=Decimal("255.00") if phase is Phase.AVANCE_PAYEE else None,
            numero_asp=f"ASP{k:07}" if phase not in {Phase.REJETEE, Phase.DEPOSEE} else None,
            remplacee_par=replaced,
        )
        rows.append(DEMANDES.rangee(state) | {"montant_centimes": 70833, "avance_centimes": 25500})
    return rows


def journal(count: int) -> Iterator[dict[str, object]]:
    """Make the journal of as many requests: each line as it was sent and as it came back, and four facts."""
    line = json_du_brut(en_brut(demande_du_guide("00001")), compact=True).decode()
    for k in range(count):
        number, day, finess = f"{k:05X}", DAY + timedelta(days=k % 365), f"{k * 7 % (count * 9 // 10):09}"
        about = {"jour": day, "numero_editeur": number, "specification": "PHA-LGO-Va1"}
        own = line.replace("DURAND", f"NOM{k:06}")
        file = f"{k // 200:064x}"
        for event in (
            DemandePreparee(**about, fichier=file, rang=k % 200 + 1, ligne=own, finess_geo=finess),  # type: ignore[arg-type]
            LigneRecue(**about, retour=file, fichier=file, place=1, ligne=own, issue=Issue.ACCEPTEE, finess_geo=finess),  # type: ignore[arg-type]
            DecisionRendue(**about, favorable=True),  # type: ignore[arg-type]
            AvancePayee(**about, montant=Decimal("255.00")),  # type: ignore[arg-type]
            ServiceFait(**about),  # type: ignore[arg-type]
            FactureEmise(**about),  # type: ignore[arg-type]
        ):
            yield rangee_d_evenement(event)


Measure: TypeAlias = tuple[float, float]


def measured(action: Callable[[], object]) -> Measure:
    """Time an action once, in milliseconds: elapsed time, and processor time (fairer on a busy machine)."""
    start, start_busy = perf_counter(), process_time()
    action()
    return (perf_counter() - start) * 1000, (process_time() - start_busy) * 1000


def best(measures: Iterable[Measure]) -> Measure:
    """Return the minimum of each: what remains when nothing else takes the machine's time."""
    elapsed, busy = zip(*measures, strict=True)
    return min(elapsed), min(busy)


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
        "what waits, counted": registre.situation,
        "what waits, each": lambda: [
            one for some in registre.attentes(jour=DAY + timedelta(days=900), depuis=15).values() for one in some
        ],
        "balances to ask for": registre.soldes,
        "found by a numeroASP": lambda: registre.chercher("ASP0000042"),
        "found by an owner's name": lambda: registre.chercher("nom000042"),
        "how long it has waited": lambda: registre.anciennetes(jour=DAY + timedelta(days=900)),
        "paid otherwise than expected": registre.ecarts_de_paiement,
        "changed since a day": lambda: registre.totaux(depuis=DAY + timedelta(days=300)),
        "noted since a day": lambda: registre.notes_depuis(DAY + timedelta(days=300)),
    }
    answers = {name: len(question()) for name, question in questions.items()}
    rounds = [{name: measured(question) for name, question in questions.items()} for _ in range(ROUNDS)]
    for name in questions:
        elapsed, busy = best(one[name] for one in rounds)
        print(f"{name:30} {elapsed:8.1f} ms elapsed {busy:8.1f} ms of processor {answers[name]:7} answers")


def floor(path: Path) -> None:
    """Fetch the columns of all that has a numeroASP with the database's own driver: the least that any reader of rows pays."""
    columns = ", ".join(Soldable.__struct_fields__)
    query = f"SELECT {columns} FROM segur_demandes WHERE numero_asp IS NOT NULL AND +phase <> ? ORDER BY numero_editeur"  # noqa: S608
    with closing(sqlite3.connect(path)) as connection:
        elapsed, busy = best(
            measured(lambda: connection.execute(query, [Phase.REFUSEE.value]).fetchall()) for _ in range(ROUNDS)
        )
    print(f"{'the same rows, sqlite3 alone':30} {elapsed:8.1f} ms elapsed {busy:8.1f} ms of processor")


def record(folder: Path) -> None:
    """Compare recording an answer of 200 lines with bare inserts of the resulting rows, in turns.

    The bare inserts put the very same rows (200 lines and one answer in the journal, the states of 200 requests) into the same
    tables with the same indexes, in one transaction of SQLite's own driver, one ``executemany`` per table.  The stricter measure
    next to it leaves out the states.
    """
    whole, bare, lines_alone = map(best, zip(*tours(folder), strict=True))
    print(f"{'':30} {'elapsed':>12} {'of processor':>16}")
    for name, (elapsed, busy) in (
        ("an answer of 200 lines", whole),
        ("bare inserts of its rows", bare),
        ("of its journal's rows alone", lines_alone),
    ):
        ratios = f"× {whole[0] / elapsed:5.1f} elapsed, × {whole[1] / busy:5.1f} of processor"
        print(f"{name:30} {elapsed:9.1f} ms {busy:13.1f} ms    {ratios}")


def tours(folder: Path) -> list[tuple[Measure, Measure, Measure]]:
    """Record an answer, insert its rows, insert only those of the journal; repeat that many times."""
    ours, theirs, journal = folder / "answers.sqlite", folder / "bare.sqlite", folder / "journal.sqlite"
    for path in (theirs, journal):
        Registre(path).fermer()
    rounds = []
    with Registre(ours) as registre:
        for rank in range(ROUNDS):
            answer = deposited(registre, rank)
            whole = measured(lambda: registre.enregistrer_retour(answer, jour=DAY))  # noqa: B023 - called at once
            rows = left_by(ours, answer)
            bare = measured(lambda: bare_inserts(theirs, rows))  # noqa: B023 - same
            lines = {table.name: rows[table.name] for table in (t.evenements, t.retours)}
            rounds.append((whole, bare, measured(lambda: bare_inserts(journal, lines))))  # noqa: B023 - same
    return rounds


def note(folder: Path) -> None:
    """Note 10,000 decisions, compared with bare inserts of the resulting rows, after taking in 101 files and their answers."""
    files = {
        f"JSON-ANS0000001-2022{rank // 28 + 1:02}{rank % 28 + 1:02}-001.json": file_of_200(rank) for rank in range(101)
    }
    answers = [
        Reponse(name, PortailSimule(graine=rank).deposer(octets), DAY)
        for rank, (name, octets) in enumerate(files.items())
    ]
    path, bare = folder / "noted.sqlite", folder / "noted-bare.sqlite"
    with Registre(path) as registre:
        elapsed, busy = measured(lambda: registre.inscrire(files, answers))
        print(f"{'101 files and answers taken up':30} {elapsed:9.1f} ms {busy:13.1f} ms")
        numbers = [s.numero_editeur for s in registre.soldables(limite=10_000)]
        with closing(sqlite3.connect(path)) as connection:
            (last,) = connection.execute("SELECT max(id) FROM segur_evenements").fetchone()
        notes = [Note(cle=number, fait=Fait.DECISION, jour=DAY, favorable=True) for number in numbers]
        seldom = gc.get_threshold()
        gc.set_threshold(*RAMASSAGES)  # as the command does
        whole = measured(lambda: registre.noter(notes))
        gc.set_threshold(*seldom)
    with closing(sqlite3.connect(path)) as connection:
        rows = {
            "segur_evenements": connection.execute("SELECT * FROM segur_evenements WHERE id > ?", (last,)).fetchall(),
            "segur_demandes": connection.execute("SELECT * FROM segur_demandes WHERE attribuee").fetchall(),
        }
    Registre(bare).fermer()
    least = measured(lambda: bare_inserts(bare, rows))
    for name, (elapsed, busy) in ((f"{len(numbers)} decisions noted", whole), ("bare inserts of their rows", least)):
        ratios = f"× {whole[0] / elapsed:5.1f} elapsed, × {whole[1] / busy:5.1f} of processor"
        print(f"{name:30} {elapsed:9.1f} ms {busy:13.1f} ms    {ratios}")


def file_of_200(rank: int) -> bytes:
    """Write a file of 200 requests for 200 pharmacies."""
    requests = []
    for k in range(200 * rank, 200 * rank + 200):
        request = demande_du_guide(f"{k:05X}")
        requests.append(evolve(request, beneficiaire=evolve(request.beneficiaire, finess_geo=f"{k:09}")))
    return en_json(evolve(fichier_du_guide(), demandes=tuple(requests)))


def deposited(registre: Registre, rank: int) -> Retour:
    """Deposit a file of 200 requests, and return its answer."""
    file = fichier_du_guide()
    octets = en_json(evolve(file, demandes=tuple(map(demande_du_guide, registre.reserver(200)))))
    # The guide's request has one pharmacy.
    registre.preparer({f"{rank}.json": octets}, jour=DAY, admettre=["officine-deja-demandee"])
    registre.deposer(f"{rank}.json", jour=DAY)
    return lire_retour(PortailSimule(graine=rank).deposer(octets))


def left_by(path: Path, answer: Retour) -> dict[str, list[tuple[object, ...]]]:
    """Read the rows that recording an answer has written: table → rows."""
    numbers = [line.numero_editeur for line in answer.lignes]
    marks = ", ".join("?" * len(numbers))
    with closing(sqlite3.connect(path)) as connection:
        last = connection.execute("SELECT max(id) FROM segur_evenements WHERE nature = 'retour-recu'").fetchone()
        return {
            "segur_evenements": connection.execute("SELECT * FROM segur_evenements WHERE id >= ?", last).fetchall(),
            "segur_retours": connection.execute("SELECT * FROM segur_retours ORDER BY rowid DESC LIMIT 1").fetchall(),
            "segur_demandes": connection.execute(
                f"SELECT * FROM segur_demandes WHERE numero_editeur IN ({marks})",  # noqa: S608 - question marks
                numbers,
            ).fetchall(),
        }


def bare_inserts(path: Path, rows: dict[str, list[tuple[object, ...]]]) -> None:
    """Insert rows in one transaction, with the ledger's settings for the disk."""
    with closing(sqlite3.connect(path)) as connection:
        for pragma in ("synchronous=FULL", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        with connection:
            for table, some in rows.items():
                marks = ", ".join("?" * len(some[0]))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", some)  # noqa: S608 - our own names


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
                events = journal(count)
                while some := list(islice(events, 20_000)):
                    connection.execute(insert(t.evenements), some)
            engine.dispose()
            print(f"{count} requests, {path.stat().st_size / 1e6:.0f} MB")
            ask(registre)
            floor(path)
        record(folder)
        note(folder)


if __name__ == "__main__":
    main()
