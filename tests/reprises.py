"""A world in which every command that writes may happen, and what a walk through a stop and its recovery needs to know of it."""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from segur_pha.cli import principal
from segur_pha.portail import PortailSimule
from segur_pha.registre import Registre

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cyclopts import App

EXAMPLES = Path(__file__).parents[1] / "examples"
REPORT, MANIFEST = "depot/recapitulatif.html", "depot/manifeste.json"
FILE = "JSON-ANS0000001-20221115-001.json"
#: The ledger of each moment of a life, by what was done last; the first one holds nothing.
MOMENTS = {
    "neuf": "registre creer",
    "préparé": "preparer commandes.csv --pieces pieces --sortie depot --jour 2022-11-15 --registre registre.sqlite",
    "déposé": f"registre deposer {FILE} --jour 2022-11-15",
    "répondu": "retour retour.json --appliquer --jour 2022-11-16",
    "attribué": "registre decider 00001 attribuée --jour 2022-11-20",
    "payé": "registre payer 00001 255.00 --reference AVIS-1 --jour 2022-11-25",
}


class Command(NamedTuple):
    """A command line that writes, and the moment of the ledger's life that it is given in ("": there is no ledger)."""

    moment: str
    line: str


#: Each command that writes, once for each way of writing that it has.
COMMANDS = {
    "controler --retour": Command("", "controler demandes.json --jour 2022-11-15 --retour retour.neuf.json"),
    "editeur": Command("", "editeur reglages.toml --depuis commandes.csv"),
    "preparer": Command("", "preparer commandes.csv --pieces pieces --sortie depot --jour 2022-11-15"),
    "preparer --modele": Command("", "preparer --modele --editeur modele.toml"),
    "preparer --creer": Command("", f"{MOMENTS['préparé']} --creer --fautes fautes.csv"),
    "preparer --registre": Command("neuf", f"{MOMENTS['préparé']} --fautes fautes.json"),
    "preparer --nouvelles": Command("neuf", f"{MOMENTS['préparé']} --nouvelles"),
    "verifier --fautes": Command("préparé", "verifier depot --jour 2022-11-15 --fautes fautes.html"),
    "retour --appliquer": Command("déposé", MOMENTS["répondu"]),
    "resoumettre": Command(
        "répondu",
        "resoumettre corrections.csv --pieces depot --sortie depot-2 --jour 2022-11-22 --fautes fautes.csv",
    ),
    "etat --xlsx": Command("payé", "etat --jour 2022-12-01 --xlsx liste.xlsx"),
    "registre creer": Command("", "registre creer"),
    "registre lister --xlsx": Command("payé", "registre lister --xlsx liste.xlsx"),
    "registre montrer --xlsx": Command("payé", "registre montrer 00001 --xlsx liste.xlsx"),
    "registre soldables --xlsx": Command("payé", "registre soldables --xlsx liste.xlsx"),
    "registre soldes --xlsx": Command("payé", "registre soldes --xlsx liste.xlsx"),
    "registre relancer --xlsx": Command("payé", "registre relancer --jour 2022-12-01 --xlsx liste.xlsx"),
    "registre deposer": Command("préparé", MOMENTS["déposé"]),
    "registre refuser": Command("déposé", f"registre refuser {FILE} --motif structure --jour 2022-11-16"),
    "registre abandonner": Command("préparé", f"registre abandonner {FILE} --motif erreur --jour 2022-11-16"),
    "registre decider": Command("répondu", MOMENTS["attribué"]),
    "registre payer": Command("attribué", MOMENTS["payé"]),
    "registre noter": Command("répondu", "registre noter notes.csv --jour 2022-12-01 --fautes fautes.csv"),
    "registre regulariser": Command("incomplet", "registre regulariser 00001 --jour 2022-12-01"),
    "registre annuler": Command("payé", "registre annuler 00001 paiement --motif erreur --jour 2022-12-01"),
    "registre inscrire": Command(
        "", "registre inscrire --dossier avant --retour retour.json --jour 2022-11-16 --creer"
    ),
    "registre dossier": Command("payé", "registre dossier 750000002 --sortie controle --pieces depot"),
    "registre effacer": Command("payé", "registre effacer 750000002 --jour 2022-12-01"),
    "registre exporter": Command("payé", "registre exporter export.neuf.jsonl"),
    "registre exporter en CSV": Command("payé", "registre exporter tables"),
    "registre exporter en XLSX": Command("payé", "registre exporter tables.xlsx"),
    "registre importer": Command("", "registre importer export.jsonl"),
    "registre copier": Command("payé", "registre copier copie.sqlite"),
    "registre verifier": Command("payé", "registre verifier --depot depot"),
    "anonymiser": Command("", "anonymiser demandes.json anonyme.json --graine x"),
    "certificats": Command(
        "",
        "certificats suivi.csv --au 2025-06-12 --suivi jours --journal journal.txt --capacite 2 --html a.html --ics a.ics "
        "--csv a.csv --json a.json --plan plan.xlsx --plan plan.json",
    ),
    "demo": Command("", "demo essai"),
}
#: What only shows something; each other command of the application stands above.
THAT_SHOW = {"avance", "completion", "expliquer", "operateurs", "registre tables", "schema"}


def leaves(app: App, *path: str) -> Iterator[tuple[str, App]]:
    """Give the commands of an application that do something, by what is typed."""
    for name in app:
        inner = [] if name.startswith("-") else [n for n in app[name] if not n.startswith("-")]
        if inner:
            yield from leaves(app[name], *path, name)
        elif not name.startswith("-"):
            yield " ".join((*path, name)), app[name]


def words_of(line: str) -> list[str]:
    """Give the words of a command line, with the settings where it needs them."""
    words = line.split()
    return [*words, "--editeur", "editeur.toml"] if "--pieces" in words and words[0] != "registre" else words


def run(line: str) -> tuple[int, str]:
    """Run a command line in this folder; gives its exit code and what it wrote on both outputs."""
    said = TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True)
    with redirect_stdout(said), redirect_stderr(said):
        code = principal(words_of(line))
    return code, said.buffer.getvalue().decode()


def build(folder: Path) -> dict[str, Path]:
    """Live a life in a folder, and keep a copy of it at each of its moments; "" is the folder before there was a ledger."""
    here = Path.cwd()
    shutil.copytree(EXAMPLES, folder / "monde", ignore=shutil.ignore_patterns("*.ipynb"))
    world = folder / "monde"
    os.chdir(world)
    try:
        _write_tables(world)
        worlds = {"": folder / "rien"}
        for moment, line in MOMENTS.items():
            assert run(line)[0] in {0, 1}, run(line)
            worlds[moment] = shutil.copytree(world, folder / moment)
            if moment == "déposé":
                (world / "retour.json").write_bytes(_answer(world))
                shutil.copy(world / "retour.json", worlds[moment])
            if moment == "répondu":
                worlds["incomplet"] = shutil.copytree(world, folder / "incomplet")
                os.chdir(worlds["incomplet"])
                assert run("registre noter incompletes.csv --jour 2022-11-25")[0] == 0
                os.chdir(world)
        assert run("registre exporter export.jsonl")[0] == 0
        (world / "registre.sqlite").unlink()
        (world / "depot").rename(world / "avant")
        shutil.copytree(world, worlds[""])
    finally:
        os.chdir(here)
    return worlds


def _write_tables(world: Path) -> None:
    (world / "corrections.csv").write_text("N° demande;Titulaire\n00003;NGUYEN\n", "utf-8")
    (world / "notes.csv").write_text("n° demande;décision\n00001;attribuée\n00002;refusée\n", "utf-8")
    (world / "incompletes.csv").write_text("n° demande;décision\n00001;incomplète\n", "utf-8")


def _answer(world: Path) -> bytes:
    """Have two requests accepted and one rejected."""
    (sent,) = (world / "depot").glob("JSON-*.json")
    tree = json.loads(PortailSimule(graine=1).deposer(sent.read_bytes(), list((world / "depot").glob("PJ-*.zip"))))
    tree["lignesImport"][2] |= {"numeroASP": None, "codeTraitement": "17", "libelleTraitement": "FINESSGeo inconnu"}
    return json.dumps(tree).encode()


class Ledger(NamedTuple):
    """What a ledger holds, and what lives in it whatever its numbers are."""

    lines: list[str]
    living: list[tuple[object, ...]]


#: A list of faults that found its name taken.
SECOND = re.compile(r"-\d(?=\.\w+$)")
DIGEST, NEW_NUMBER = re.compile(rb"[0-9a-f]{64}"), re.compile(rb"0000[4-9]")


#: A deposit that was recorded and not shown is given up, and goes again under its own numbers: the ledger keeps both, and the
#: report for people tells it.
THAT_RECORD_A_DEPOSIT = {"preparer --creer", "preparer --registre", "preparer --nouvelles", "resoumettre"}


def arrived(world: Path, expected: dict[str, bytes | Ledger], command: str) -> bool:
    """Tell whether a world is where the undisturbed run led.

    A list of faults may stand there under a second name as well, and new numbers may be later ones: one that was served to a
    run that failed is never served again.
    """
    seen = state(world)
    for name in [name for name in seen if name not in expected and seen[name] == expected.get(SECOND.sub("", name))]:
        del seen[name]
    return (
        seen == expected
        or (command == "resoumettre" and _but_for_numbers(seen) == _but_for_numbers(expected))
        or (command in THAT_RECORD_A_DEPOSIT and _but_for_the_attempt(seen) == _but_for_the_attempt(expected))
    )


def _but_for_numbers(seen: dict[str, bytes | Ledger]) -> dict[str, bytes | Ledger]:
    """Take away what follows from the numbers of a second deposit; of the ledger, what lives in it is left."""
    return {
        name: NEW_NUMBER.sub(b"N", DIGEST.sub(b"H", held)) if isinstance(held, bytes) else held.living
        for name, held in seen.items()
    }


def _but_for_the_attempt(seen: dict[str, bytes | Ledger]) -> dict[str, object]:
    """Take away what is told of an attempt that was given up: the text of the report, and of the ledger what does not live."""
    left: dict[str, object] = {name: held if isinstance(held, bytes) else held.living for name, held in seen.items()}
    if REPORT in seen:
        left[REPORT] = None
        manifest = json.loads(seen[MANIFEST])
        left[MANIFEST] = manifest | {
            "fichiers": [entry for entry in manifest["fichiers"] if not REPORT.endswith(entry["nom"])]
        }
    return left


def state(world: Path) -> dict[str, bytes | Ledger]:
    """Give what anybody sees of a folder: its files, and of a ledger what it says of each request and each file."""
    files = {path.relative_to(world).as_posix(): path for path in sorted(world.rglob("*")) if path.is_file()}
    return {
        name: _said(path) if path.suffix == ".sqlite" else path.read_bytes()
        for name, path in files.items()
        if not any(part.startswith(".") for part in name.split("/")) and not name.endswith(("-journal", "-wal", "-shm"))
    }


def _said(path: Path) -> Ledger:
    with Registre(path) as ledger:
        assert list(ledger.verifier()) == []
        living = [
            (d.finess_geo, d.phase, d.avance, d.remplace, d.pieces[0].sha256, d.jour_preparation)
            for d in ledger.demandes()
            if d.jour_abandon is None
        ]
        return Ledger([*ledger.exporter()], living)
