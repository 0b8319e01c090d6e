"""Rejected requests go again, corrected, through the same path; and the whole life as a clerk types it."""

from __future__ import annotations

import csv
import errno
import json
import os
import re
import shutil
import stat
import zipfile
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pannes import Plan, fault, fault_in_sql, some
from sqlalchemy import create_engine, text

from segur_pha import DepotRefuse, Editeur, RegistreError, controler
from segur_pha.cli import principal
from segur_pha.demonstration import fichier_fautif
from segur_pha.depot import zips
from segur_pha.depot.constats import CommandesRefusees
from segur_pha.portail import Inconduite, PortailSimule
from segur_pha.registre import Registre
from segur_pha.registre.resoumission import preparer_au_registre, resoumettre
from segur_pha.restes import marque_du_processus
from tests.tableurs.classeurs import classeur, feuille, ligne

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

EXAMPLES = Path(__file__).parents[2] / "examples"
EDITEUR = Editeur.lire(EXAMPLES / "editeur.toml")
DAY, LATER = date(2022, 11, 15), date(2022, 11, 22)


@pytest.fixture
def portail() -> PortailSimule:
    return PortailSimule(graine=1, inconduites=[Inconduite.CODE_INCONNU])


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a deposit and its ledger, where one request was rejected: made once, copied for each test."""
    folder = tmp_path_factory.mktemp("answered")
    with Registre(folder / "registre.sqlite") as registre:
        pieces = EXAMPLES / "pieces"
        preparer_au_registre(registre, EXAMPLES / "commandes.csv", EDITEUR, pieces, folder / "depot", jour=DAY)
        portail = PortailSimule(graine=1, inconduites=[Inconduite.CODE_INCONNU])
        registre.enregistrer_retour(upload(portail, folder / "depot"), jour=DAY)
    return folder


@pytest.fixture
def registre(answered: Path, tmp_path: Path, portail: PortailSimule) -> Iterator[Registre]:
    """A ledger in which the examples were deposited, and one of them rejected."""
    shutil.copytree(answered, tmp_path, dirs_exist_ok=True)
    upload(portail, tmp_path / "depot")  # it knows the requests that it has answered
    with Registre(tmp_path / "registre.sqlite") as ouvert:
        yield ouvert


def upload(portail: PortailSimule, folder: Path) -> bytes:
    octets = next(folder.glob("JSON-*.json")).read_bytes()
    return portail.deposer(octets, list(folder.glob("PJ-*.zip")))


def members(folder: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(next(folder.glob("PJ-*.zip"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_corrected_request_is_accepted_under_a_new_number(
    registre: Registre, tmp_path: Path, portail: PortailSimule
) -> None:
    rejected = registre.a_resoumettre()[0].numero_editeur
    corrections = {rejected: {"nom_responsable": "DUPONT", "email_responsable": None}}
    done = resoumettre(registre, corrections, EDITEUR, tmp_path / "depot", tmp_path / "depot-2", jour=LATER)
    (new, old), *_ = done.remplace.items()
    assert (old, done.depot.demandes) == (rejected, 1)
    assert (registre.demande(old).remplacee_par, registre.demande(new).remplace) == (new, old)
    sent = json.loads(next((tmp_path / "depot-2").glob("JSON-*.json")).read_bytes())["lignesImport"][0]
    assert (sent["numeroEditeur"], sent["beneficiaire"]["nomResponsable"]) == (new, "DUPONT")
    before, after = members(tmp_path / "depot"), members(tmp_path / "depot-2")
    # The same documents, renamed.
    assert {name.replace(new, old): octets for name, octets in after.items()} == {
        name: octets for name, octets in before.items() if old in name
    }
    portail.inconduites = frozenset()
    registre.enregistrer_retour(upload(portail, tmp_path / "depot-2"), jour=LATER)
    assert registre.demande(new).phase == "acceptée"
    assert registre.a_resoumettre() == ()


def test_documents_are_recognised_by_their_hash_under_any_name(registre: Registre, tmp_path: Path) -> None:
    rejected = registre.a_resoumettre()[0].numero_editeur
    scans = tmp_path / "scans" / "2022"
    scans.mkdir(parents=True)
    for rank, scan in enumerate(sorted((EXAMPLES / "pieces").iterdir())):
        shutil.copy(scan, scans / f"scan {rank}{scan.suffix}")
    resoumettre(registre, {rejected: {}}, EDITEUR, tmp_path / "scans", tmp_path / "depot-2", jour=LATER)
    assert set(members(tmp_path / "depot-2").values()) <= {scan.read_bytes() for scan in scans.iterdir()}


def test_another_document_may_take_its_place_and_another_regime_ask_for_one(registre: Registre, tmp_path: Path) -> None:
    rejected = registre.a_resoumettre()[0].numero_editeur
    corrections = {rejected: {"regime_tva": "HT", "bon_commande": "Bon DURAND.pdf", "preuve_ht": "PREUVE_HT.pdf"}}
    resoumettre(registre, corrections, EDITEUR, EXAMPLES / "pieces", tmp_path / "depot-2", jour=LATER)
    expected = {(EXAMPLES / "pieces" / name).read_bytes() for name in ("Bon DURAND.pdf", "PREUVE_HT.pdf")}
    assert set(members(tmp_path / "depot-2").values()) == expected


def test_a_name_serves_where_nobody_recorded_the_hash(tmp_path: Path, portail: PortailSimule) -> None:
    with Registre(tmp_path / "registre.sqlite") as registre:
        pieces = EXAMPLES / "pieces"
        preparer_au_registre(registre, EXAMPLES / "commandes.csv", EDITEUR, pieces, tmp_path / "depot", jour=DAY)
    octets = next((tmp_path / "depot").glob("JSON-*.json")).read_bytes()
    with Registre(tmp_path / "autre.sqlite") as registre:
        registre.preparer({"reprise.json": octets}, jour=DAY)
        registre.enregistrer_retour(portail.deposer(octets), jour=DAY)
        rejected = registre.a_resoumettre()[0].numero_editeur
        assert registre.prochain_fichier("ANS0000001", DAY) == 1
        resoumettre(registre, {rejected: {}}, EDITEUR, tmp_path / "depot", tmp_path / "depot-2", jour=LATER)
        assert len(registre.demandes()) == 4


def test_a_document_that_was_named_wrongly_is_found_all_the_same(tmp_path: Path) -> None:
    faulty = json.loads(fichier_fautif())
    faulty["lignesImport"][0]["piecesJustificatives"] = ["bruit"]
    octets = json.dumps(faulty).replace(
        '"bruit"', '{"nomFichier": null, "formatFichier": "PDF", "typeFichier": "BON_COMMANDE"}'
    )
    with Registre(tmp_path / "registre.sqlite") as registre:
        registre.preparer({"main.json": octets.encode()}, jour=DAY)
        registre.enregistrer_retour(PortailSimule().deposer(octets.encode()), jour=DAY)
        (tmp_path / "pieces").mkdir()
        shutil.copy(EXAMPLES / "pieces" / "Bon DURAND.pdf", tmp_path / "pieces" / "Bon de commande signé.pdf")
        resoumettre(registre, {"00005": {}}, EDITEUR, tmp_path / "pieces", tmp_path / "depot", jour=LATER)
        assert registre.demande("00005").remplacee_par == "00007"
        with pytest.raises(DepotRefuse, match="BON_COMMANDE de la demande 00001"):
            resoumettre(registre, {"00001": {}}, EDITEUR, tmp_path / "pieces", tmp_path / "depot-2", jour=LATER)


def a_zip(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, octets in members.items():
            archive.writestr(name, octets)


def changed(path: Path, before: bytes, after: bytes) -> None:
    octets = path.read_bytes()
    assert before in octets
    path.write_bytes(octets.replace(before, after))


def a_bomb(folder: Path, _outside: Path) -> None:
    a_zip(folder / "piège.zip", {"bombe.pdf": b"%PDF-1.4" + bytes(50_000_000)})


def a_damaged_zip(folder: Path, _outside: Path) -> None:
    a_zip(folder / "piège.zip", {"a.pdf": b"%PDF-1.4" * 100})
    changed(folder / "piège.zip", b"PK\x01\x02", b"PK\x01\x09")


def a_member_that_lies(folder: Path, _outside: Path) -> None:
    a_zip(folder / "piège.zip", {"a.pdf": b"%PDF-1.4" * 100}, zipfile.ZIP_STORED)
    changed(folder / "piège.zip", (800).to_bytes(4, "little"), (700).to_bytes(4, "little"))


def a_protected_member(folder: Path, _outside: Path) -> None:
    a_zip(folder / "piège.zip", {"a.pdf": b"%PDF-1.4"})
    octets = bytearray((folder / "piège.zip").read_bytes())
    octets[octets.index(b"PK\x01\x02") + 8] |= 1
    (folder / "piège.zip").write_bytes(octets)


def a_link_in_a_zip(folder: Path, outside: Path) -> None:
    link = zipfile.ZipInfo("a.pdf")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(folder / "piège.zip", "w") as archive:
        archive.writestr(link, str(outside))


def an_endless_hole(folder: Path, _outside: Path) -> None:
    for name in ("piège.pdf", "piège.zip"):
        (folder / name).write_bytes(b"PK" if name.endswith("zip") else b"%PDF")
        os.truncate(folder / name, 20_000_000_000)


def a_pipe(folder: Path, _outside: Path) -> None:
    os.mkfifo(folder / "piège.pdf")


def a_link_to_outside(folder: Path, outside: Path) -> None:
    (folder / "piège.pdf").symlink_to(outside)


def a_device(folder: Path, _outside: Path) -> None:
    (folder / "piège.pdf").symlink_to("/dev/zero")


TRAPS = [
    a_bomb,
    a_damaged_zip,
    a_member_that_lies,
    a_protected_member,
    a_link_in_a_zip,
    an_endless_hole,
    a_pipe,
    a_link_to_outside,
    a_device,
]


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.__name__)
def test_a_trap_in_the_folder_of_documents_is_left_aside_and_told(
    registre: Registre, tmp_path: Path, trap: Callable[[Path, Path], None]
) -> None:
    rejected = registre.a_resoumettre()[0].numero_editeur
    folder = tmp_path / "pièces"
    folder.mkdir()
    # Outside stands exactly what is looked for.
    trap(folder, EXAMPLES / "pieces" / "Bon DURAND.pdf")
    with pytest.raises(DepotRefuse, match=r"introuvables.* Laissés de côté : piège"):
        resoumettre(registre, {rejected: {}}, EDITEUR, folder, tmp_path / "depot-2", jour=LATER)
    named = {rejected: {"bon_commande": "piège.pdf"}}
    with pytest.raises(DepotRefuse, match="piège"):
        resoumettre(registre, named, EDITEUR, folder, tmp_path / "depot-2", jour=LATER)
    assert not (tmp_path / "depot-2").exists()
    for document in (EXAMPLES / "pieces").iterdir():
        shutil.copy(document, folder)
    resoumettre(registre, {rejected: {}}, EDITEUR, folder, tmp_path / "depot-2", jour=LATER)
    assert set(members(tmp_path / "depot-2").values()) <= {p.read_bytes() for p in (EXAMPLES / "pieces").iterdir()}


def test_a_zip_of_too_many_members_or_bytes_is_left_aside(
    registre: Registre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rejected = registre.a_resoumettre()[0].numero_editeur
    for limit, value in (("MEMBRES_MAXIMUM", 20), ("_LISTE_MAXIMUM", 1_000), ("OCTETS_DEBALLES", 20_000_000)):
        folder = tmp_path / limit
        folder.mkdir()
        a_zip(folder / "piège.zip", {f"{rank}.pdf": bytes(1_000_000) for rank in range(21)})
        with monkeypatch.context() as patch:
            patch.setattr(zips, limit, value)
            with pytest.raises(DepotRefuse, match=r"Laissés de côté : piège\.zip"):
                resoumettre(registre, {rejected: {}}, EDITEUR, folder, tmp_path / "depot-2", jour=LATER)


def test_what_was_left_aside_is_told_without_end_nowhere(registre: Registre, tmp_path: Path) -> None:
    rejected = registre.a_resoumettre()[0].numero_editeur
    folder = tmp_path / "pièces"
    folder.mkdir()
    for rank in range(50):
        (folder / f"{rank}.pdf").touch()
    (folder / ".DS_Store").touch()
    with pytest.raises(DepotRefuse) as raised:
        resoumettre(registre, {rejected: {}}, EDITEUR, folder, tmp_path / "depot-2", jour=LATER)
    assert str(raised.value).count("ce document est vide") == 5


def test_a_document_that_cannot_be_read_is_left_aside(
    registre: Registre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rejected = registre.a_resoumettre()[0].numero_editeur
    folder = tmp_path / "pièces"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(b"%PDF")
    (folder / "b.zip").write_bytes(b"PK")
    opened = Path.open

    def refuse(path: Path, *arguments: object, **options: object) -> object:
        if path.name == "a.pdf" or (path.name == "b.zip" and len(tried) == 2):
            raise PermissionError
        tried.append(path)
        return opened(path, *arguments, **options)  # type: ignore[call-overload]

    # The tests may run as root, whom no file mode stops.
    tried: list[Path] = []
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DepotRefuse, match=r"a\.pdf : cette pièce ne se lit pas.*b\.zip : ce zip est abîmé"):
        resoumettre(registre, {rejected: {}}, EDITEUR, folder, tmp_path / "depot-2", jour=LATER)


def test_a_document_named_in_a_zip_must_be_the_only_one_of_its_name(registre: Registre, tmp_path: Path) -> None:
    rejected = registre.a_resoumettre()[0].numero_editeur
    first, other, *_ = sorted((EXAMPLES / "pieces").glob("*.[pP][dD][fF]"))
    folder = tmp_path / "pièces"
    folder.mkdir()
    corrections = {rejected: {"bon_commande": "un/bon.pdf"}}
    a_zip(folder / "a.zip", {"un/": b"", "un/bon.pdf": first.read_bytes()})
    a_zip(folder / "b.zip", {"un/bon.pdf": other.read_bytes()})
    with pytest.raises(DepotRefuse, match=r"Plusieurs pièces s’appellent un/bon\.pdf"):
        resoumettre(registre, corrections, EDITEUR, folder, tmp_path / "depot-2", jour=LATER)
    (folder / "b.zip").unlink()
    resoumettre(registre, corrections, EDITEUR, folder, tmp_path / "depot-2", jour=LATER)
    assert set(members(tmp_path / "depot-2").values()) == {first.read_bytes()}


@pytest.mark.parametrize(
    ("corrections", "error"),
    [
        ({}, DepotRefuse),
        ({"99998": {}}, RegistreError),
        ({"accepted": {}}, RegistreError),
        ({"rejected": {"couleur": "bleu"}}, DepotRefuse),
        ({"rejected": {"numero_editeur": "00042"}}, DepotRefuse),
        ({"rejected": {"bon_commande": "absent.pdf"}}, DepotRefuse),
        ({"rejected": {"regime_tva": "HT"}}, DepotRefuse),
        ({"rejected": {"nom_responsable": "minuscules"}}, CommandesRefusees),
    ],
)
def test_what_cannot_go_again_changes_nothing(
    registre: Registre, tmp_path: Path, corrections: dict[str, dict[str, object]], error: type[Exception]
) -> None:
    rejected = registre.a_resoumettre()[0].numero_editeur
    accepted = registre.soldables()[0].numero_editeur
    named = {{"rejected": rejected, "accepted": accepted}.get(key, key): value for key, value in corrections.items()}
    before = list(registre.exporter())
    with pytest.raises(error) as refused:
        resoumettre(registre, named, EDITEUR, EXAMPLES / "pieces", tmp_path / "depot-2", jour=LATER)
    assert "Laissés de côté" not in str(refused.value)
    assert list(registre.exporter()) == before
    assert not (tmp_path / "depot-2").exists()


def test_documents_are_compared_with_what_is_asked_for_unless_told_not_to(registre: Registre, tmp_path: Path) -> None:
    rejected = registre.a_resoumettre()[0].numero_editeur
    corrections = {rejected: {"montant_segur_ht": "600.00"}}
    said = []
    for rank, compared in enumerate((True, False), start=2):
        folder = tmp_path / f"depot-{rank}"
        made = resoumettre(
            registre, corrections, EDITEUR, EXAMPLES / "pieces", folder, jour=LATER, concordance=compared
        )
        said.append({advice.code for advice in made.depot.conseils if advice.code.startswith("concordance")})
        registre.abandonner(made.depot.fichiers[0], jour=LATER)
    assert (bool(said[0]), said[1]) == (True, set())


@pytest.mark.parametrize("name", [20221115, date(2022, 11, 15), True, 1.5, b"PREUVE_HT.pdf"])
def test_what_is_no_name_of_a_document_is_refused_and_not_passed_over(
    registre: Registre, tmp_path: Path, name: object
) -> None:
    rejected = registre.a_resoumettre()[0].numero_editeur
    with pytest.raises(DepotRefuse, match=f"Demande {rejected} : bon_commande attend le nom d’un fichier"):
        resoumettre(
            registre, {rejected: {"bon_commande": name}}, EDITEUR, tmp_path / "depot", tmp_path / "depot-2", jour=LATER
        )
    assert not (tmp_path / "depot-2").exists()
    resoumettre(
        registre, {rejected: {"bon_commande": None}}, EDITEUR, tmp_path / "depot", tmp_path / "depot-2", jour=LATER
    )


def test_a_request_goes_again_once(registre: Registre, tmp_path: Path) -> None:
    rejected = registre.a_resoumettre()[0].numero_editeur
    resoumettre(registre, {rejected: {}}, EDITEUR, EXAMPLES / "pieces", tmp_path / "depot-2", jour=LATER)
    with pytest.raises(RegistreError, match="déjà remplacée"):
        resoumettre(registre, {rejected: {}}, EDITEUR, EXAMPLES / "pieces", tmp_path / "depot-3", jour=LATER)


def test_documents_that_a_killed_run_had_unpacked_are_removed_by_the_next_one(
    registre: Registre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rejected = registre.a_resoumettre()[0].numero_editeur
    unpacked = tmp_path / "provisoires"
    with monkeypatch.context() as killed:
        killed.setattr(os, "getpid", lambda: 2**22 + 1)  # more than any process of Linux has
        left = unpacked / f"segur-pha-pieces-{marque_du_processus()}abcd1234"
    others = [unpacked / f"segur-pha-pieces-{marque_du_processus()}abcd1234", unpacked / "segur-pha-pieces"]
    for folder in (left, *others):
        folder.mkdir(parents=True)
        (folder / "1-00001-BDC.pdf").write_bytes(b"%PDF of somebody")
    monkeypatch.setattr("tempfile.tempdir", str(unpacked))
    resoumettre(registre, {rejected: {}}, EDITEUR, EXAMPLES / "pieces", tmp_path / "depot-2", jour=LATER)
    assert sorted(unpacked.iterdir()) == sorted(others)


def test_files_of_one_day_get_different_names(registre: Registre, tmp_path: Path) -> None:
    rejected = registre.a_resoumettre()[0].numero_editeur
    done = resoumettre(registre, {rejected: {}}, EDITEUR, EXAMPLES / "pieces", tmp_path / "depot-2", jour=DAY)
    assert done.depot.fichiers[0] == "JSON-ANS0000001-20221115-002.json"


def test_a_folder_that_cannot_be_shown_is_recorded_as_given_up(
    registre: Registre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rejected = registre.a_resoumettre()[0].numero_editeur
    record = Registre.inscrire_depot

    def record_and_fail(self: Registre, *arguments: object, **options: object) -> tuple[str, ...]:
        done = record(self, *arguments, **options)
        # Somebody makes a folder of that name just now.
        (tmp_path / "depot-2" / "autre").mkdir(parents=True)
        return done

    monkeypatch.setattr(Registre, "inscrire_depot", record_and_fail)
    with pytest.raises((DepotRefuse, OSError)):
        resoumettre(registre, {rejected: {}}, EDITEUR, EXAMPLES / "pieces", tmp_path / "depot-2", jour=LATER)
    assert [r.numero_editeur for r in registre.a_resoumettre()] == [rejected]
    assert registre.fichiers()[-1].phase == "abandonné"


@pytest.mark.parametrize("on_files", [False, True])
def test_refused_at_a_step_a_resubmission_may_be_given_again(
    registre: Registre, tmp_path: Path, *, on_files: bool
) -> None:
    (rejected,) = (r.numero_editeur for r in registre.a_resoumettre())
    (tmp_path / "here").mkdir()

    def send() -> object:
        return resoumettre(
            registre, {rejected: {}}, EDITEUR, tmp_path / "depot", tmp_path / "here" / "depot-2", jour=LATER
        )

    def refuse() -> None:
        raise OSError(errno.ENOSPC, "full") if on_files else RegistreError("cut off")

    def at(step: int = 0, what: Callable[[], object] = int) -> AbstractContextManager[Plan]:
        return fault(tmp_path / "here", step, what) if on_files else fault_in_sql(step, what)

    # Fewer steps than a resubmission has: each of these is refused.
    for step in some(12, turn=3, every_day=3):
        with at(step, refuse), pytest.raises((DepotRefuse, RegistreError)):
            send()
        assert list((tmp_path / "here").iterdir()) == []
        assert [r.numero_editeur for r in registre.a_resoumettre()] == [rejected]
    with at() as plan:
        send()
    assert plan.taken > 12
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["depot-2"]
    assert registre.a_resoumettre() == ()


def test_a_folder_without_manifest_is_no_deposit(registre: Registre, tmp_path: Path) -> None:
    with pytest.raises(DepotRefuse, match="manifeste"):
        registre.inscrire_depot(tmp_path, jour=DAY)


# As a clerk types it


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    return tmp_path


PREPARE = "preparer examples/commandes.csv --editeur examples/editeur.toml --pieces examples/pieces --jour 2022-11-15"
JSON_NAME = "JSON-ANS0000001-20221115-001.json"


def type_in(line: str) -> int:
    return principal(line.split())


def test_a_lost_ledger_is_made_again_from_the_folder_of_a_deposit(bureau: Path) -> None:
    assert type_in(f"{PREPARE} --sortie depot --registre registre.sqlite --creer") == 0
    assert type_in("registre inscrire --dossier depot --registre autre.sqlite --creer") == 0
    with Registre(bureau / "registre.sqlite") as lost, Registre(bureau / "autre.sqlite") as found:
        lost.deposer(JSON_NAME, jour=found.demandes()[0].jour_depot)
        assert found.demandes() == lost.demandes()
        assert all(piece.sha256 for request in found.demandes() for piece in request.pieces)


def test_the_whole_life_on_the_command_line(
    bureau: Path, portail: PortailSimule, capsys: pytest.CaptureFixture[str]
) -> None:
    assert type_in(f"{PREPARE} --sortie depot --registre registre.sqlite --creer") == 0
    assert type_in(f"registre deposer depot/{JSON_NAME} --jour 2022-11-15") == 0  # as the Tab key completes it
    (bureau / "retour.json").write_bytes(upload(portail, bureau / "depot"))
    assert type_in(f"retour retour.json --envoye depot/{JSON_NAME}") == 1
    assert type_in("retour retour.json --jour 2022-11-16") == 1
    assert "segur-pha retour retour.json --jour 16/11/2022 --appliquer" in capsys.readouterr().out
    assert type_in("registre relancer --depuis 0 --jour 2022-11-16") == 1
    assert type_in("retour retour.json --jour 2022-11-16 --appliquer") == 1
    assert "Rejet non documenté (simulé)" in capsys.readouterr().out
    assert type_in("registre lister --phase rejetée") == 0
    rejected = capsys.readouterr().out.splitlines()[2].split()[0]
    (bureau / "corrections.csv").write_text(
        f"numero_editeur;Titulaire;email_responsable\n{rejected};dupont;null\n;;\n", "utf-8"
    )
    again = "resoumettre corrections.csv --pieces depot --jour 2022-11-22 --editeur examples/editeur.toml"
    assert type_in(f"{again} --sortie depot-2") == 1
    assert f"Ligne 2, demande {rejected}" in capsys.readouterr().out
    assert type_in(f"{again} --sortie depot-2 --majuscules") == 0
    portail.inconduites = frozenset()
    (bureau / "retour-2.json").write_bytes(upload(portail, bureau / "depot-2"))
    assert type_in("retour retour-2.json --appliquer") == 0
    assert type_in("registre relancer") == 1
    assert "Acceptée, sans décision : 2 demandes." in capsys.readouterr().out
    capsys.readouterr()
    assert type_in("registre soldables") == 0
    assert "3 demandes avec un numeroASP." in capsys.readouterr().out
    assert type_in(f"registre montrer {rejected}") == 0
    assert "est remplacée par la demande" in capsys.readouterr().out
    assert controler(bureau / "depot-2" / "JSON-ANS0000001-20221122-001.json").tout_accepte


def test_a_lost_zero_is_put_back_on_demand_and_told(
    bureau: Path, portail: PortailSimule, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(f"{PREPARE} --sortie depot --registre registre.sqlite --creer")
    (bureau / "retour.json").write_bytes(upload(portail, bureau / "depot"))
    type_in("retour retour.json --jour 2022-11-16 --appliquer")
    capsys.readouterr()
    type_in("registre lister --phase rejetée")
    rejected = capsys.readouterr().out.splitlines()[2].split()[0]
    (bureau / "corrections.csv").write_text(f"Suivi;\nnumero_editeur;FINESS\n{rejected};10744415\n", "utf-8")
    again = (
        "resoumettre corrections.csv --pieces depot --jour 2022-11-22 --editeur examples/editeur.toml --sortie depot-2"
    )
    assert type_in(f"{again} --fautes f.json") == 1
    said = capsys.readouterr()
    assert f"Ligne 3, demande {rejected}, colonne « FINESS »\n    le tableur a effacé les zéros de tête" in said.out
    assert "l’option --zeros le fait pour vous" in said.out
    (fault,) = json.loads((bureau / "f.json").read_bytes())
    assert (fault["ligne"], fault["numero_editeur"], fault["code"]) == (3, rejected, "tableur-zeros")
    assert type_in(f"{again} --zeros --fautes f.json") == 0
    said = capsys.readouterr()
    assert f"Ligne 3, demande {rejected}, colonne « FINESS »\n    le zéro de tête est rendu : 010744415" in said.out
    assert json.loads((bureau / "f-2.json").read_bytes()) == []
    sent = json.loads(next((bureau / "depot-2").glob("JSON-*.json")).read_bytes())["lignesImport"][0]
    assert sent["beneficiaire"]["FINESSGeo"] == "010744415"


def test_what_a_person_tells_the_ledger(bureau: Path, capsys: pytest.CaptureFixture[str]) -> None:
    type_in(f"{PREPARE} --sortie depot --registre registre.sqlite --creer")
    assert type_in("registre abandonner inconnu.json") == 2
    assert type_in(f"registre deposer {JSON_NAME}") == 0
    assert type_in(f"registre refuser {JSON_NAME} --motif balise") == 0
    assert type_in(f"registre deposer {JSON_NAME}") == 0
    sent = (bureau / "depot" / JSON_NAME).read_bytes()
    (bureau / "retour.json").write_bytes(PortailSimule(graine=1).deposer(sent))
    assert type_in("retour retour.json --appliquer") == 0
    assert type_in("registre decider 00001 attribuée") == 0
    assert type_in("registre payer 00001 255,00 --reference VIR") == 0
    assert type_in("registre payer 00001 beaucoup") == 64
    assert type_in("registre effacer 750000002") == 0
    assert type_in("registre montrer 750000002") == 0
    assert type_in("registre montrer 999999999") == 2
    assert type_in("registre lister --totaux") == 0
    shown = capsys.readouterr().out
    assert "données personnelles effacées" in shown
    assert "DURAND" not in shown
    assert type_in("registre abandonner X --registre absent.sqlite") == 2
    assert not (bureau / "absent.sqlite").exists()


def test_two_live_requests_of_a_pharmacy_are_shown(bureau: Path, capsys: pytest.CaptureFixture[str]) -> None:
    type_in(f"{PREPARE} --sortie depot --registre registre.sqlite --creer")
    renumbered = (bureau / "depot" / JSON_NAME).read_text("utf-8")
    for k in range(1, 4):
        renumbered = renumbered.replace(f'"0000{k}"', f'"0001{k}"').replace(f"-0000{k}.", f"-0001{k}.")
    with Registre(bureau / "registre.sqlite") as registre:
        registre.preparer({"autre.json": renumbered.encode()}, jour=DAY, admettre=["officine-deja-demandee"])
    assert type_in("registre lister") == 0
    assert "plusieurs demandes en cours (00001, 00011)" in capsys.readouterr().out
    assert type_in("registre abandonner autre.json") == 0


def test_discrepancies_are_shown_and_may_be_admitted(bureau: Path, capsys: pytest.CaptureFixture[str]) -> None:
    type_in(f"{PREPARE} --sortie depot --registre registre.sqlite --creer")
    sent = (bureau / "depot" / JSON_NAME).read_bytes()
    answer = PortailSimule(graine=1, inconduites=[Inconduite.VALEUR_MODIFIEE, Inconduite.LIGNE_ABSENTE]).deposer(sent)
    (bureau / "retour.json").write_bytes(answer.replace(b'"numeroEditeur": "0000', b'"numeroEditeur": null, "x": "'))
    assert type_in("retour retour.json") == 2
    (bureau / "retour.json").write_bytes(answer)
    assert type_in("retour retour.json --appliquer") == 1
    shown = capsys.readouterr().out
    assert "réponse absente" in shown
    assert "À vérifier" in shown
    assert type_in("registre lister") == 0
    # Looked at since: the same answer, with somebody's word.
    with Registre(bureau / "registre.sqlite") as registre:
        held = [request.numero_editeur for request in registre.a_verifier()]
        assert type_in("retour retour.json --appliquer --admettre contenu-modifie") == 1
        assert [registre.demande(number).phase for number in held] == ["acceptée"]
    assert type_in(f"retour retour.json --appliquer --envoye depot/{JSON_NAME}") == 64


def test_export_and_import(bureau: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    type_in(f"{PREPARE} --sortie depot --registre registre.sqlite --creer")
    capsysbinary.readouterr()
    assert type_in("registre exporter registre.jsonl") == 0
    assert capsysbinary.readouterr().out.decode() == "Registre exporté : registre.jsonl.\n"
    assert type_in("registre exporter") == 0
    assert capsysbinary.readouterr().out == (bureau / "registre.jsonl").read_bytes()
    assert type_in("registre exporter tables") == 0
    assert re.fullmatch(r"Registre exporté : \d tables dans tables\.\n", capsysbinary.readouterr().out.decode())
    rows = csv.DictReader(StringIO((bureau / "tables" / "segur_demandes.csv").read_text("utf-8-sig")), delimiter=";")
    assert [row["numero_editeur"] for row in rows] == ["00001", "00002", "00003"]
    assert type_in("registre exporter registre.jsonl") == 2
    assert type_in("registre importer registre.jsonl --registre copie.sqlite") == 0
    assert type_in("registre importer registre.jsonl --registre copie.sqlite") == 2
    (bureau / "bruit.jsonl").write_bytes(b"\xff")
    assert type_in("registre importer bruit.jsonl --registre neuf.sqlite") == 2


def test_whatever_the_agency_wrote_is_exported_and_imported(bureau: Path) -> None:
    type_in(f"{PREPARE} --sortie depot --registre registre.sqlite --creer")
    answer = PortailSimule(graine=1).deposer((bureau / "depot" / JSON_NAME).read_bytes())
    # Ends of lines to some, and no ends of lines to JSON.
    odd = answer.replace("Demande acceptée".encode(), "Vu\u2028\u0085\x1e fin".encode())
    (bureau / "retour.json").write_bytes(odd.replace(b"\x1e", b"\\u001e"))
    assert type_in("retour retour.json --appliquer") == 1
    assert type_in("registre exporter registre.jsonl") == 0
    assert "\u2028" in (bureau / "registre.jsonl").read_text("utf-8")
    assert type_in("registre importer registre.jsonl --registre copie.sqlite") == 0
    assert type_in("registre exporter copie.jsonl --registre copie.sqlite") == 0
    assert (bureau / "copie.jsonl").read_bytes() == (bureau / "registre.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ("numero_editeur;Titulaire\n00001;DUPONT;x\n", "plus de cellules"),
        ("numero_editeur;\n00001;x\n", "sans titre"),
        ('numero_editeur;Titulaire\n="00001";DUPONT\n', "écrivez 00001"),
        ("numero_editeur;Titulaire;nom_responsable\n00001;A;B\n", "« Titulaire » et « nom_responsable »"),
        ("numero_editeur;titulaire;TITULAIRE\n00001;A;B\n", "« titulaire » et « TITULAIRE »"),
        ("numero_editeur;Ville\n00001;Metz\n", "aucune de ces colonnes n’est une correction : « Ville »"),
        ("Titulaire;nom_admin_technique\nA;B\n", "aucune colonne ne donne le numéro des demandes (« N° demande »"),
        ('numero_editeur;Titulaire\n00001;"A\n', "guillemet"),
    ],
)
def test_corrections_that_can_be_misread_are_refused(
    bureau: Path, capsys: pytest.CaptureFixture[str], table: str, word: str
) -> None:
    type_in(f"{PREPARE} --sortie depot --registre registre.sqlite --creer")
    refuse_the_first(bureau)
    (bureau / "corrections.csv").write_text(table, "utf-8")
    capsys.readouterr()
    # A row is to be corrected by whoever keeps the table; a table that cannot be read is refused.
    code = type_in(CORRECT)
    said = capsys.readouterr()
    assert (code, word in (said.out if code == 1 else said.err)) == (1 if word in ROWS else 2, True)
    assert not (bureau / "d2").exists()


ROWS = {"plus de cellules", "sans titre", "écrivez 00001"}


def test_every_row_that_corrects_nothing_is_named_at_once(bureau: Path, capsys: pytest.CaptureFixture[str]) -> None:
    type_in(f"{PREPARE} --sortie depot --registre registre.sqlite --creer")
    refuse_the_first(bureau)
    rows = '00001;DUPONT\n;MARTIN\n00001;DUPONT\n="00002";DURAND\n00003;DURAND;x\n'
    (bureau / "corrections.csv").write_text(f"numero_editeur;Titulaire\n{rows}", "utf-8")
    capsys.readouterr()
    assert type_in(f"{CORRECT} --fautes f.json") == 1
    said = capsys.readouterr()
    assert "4 fautes" in said.err
    assert "Ligne 4, demande 00001, colonne « numero_editeur »\n    " in said.out
    found = json.loads((bureau / "f.json").read_bytes())
    assert [(fault["ligne"], fault["numero_editeur"], fault["code"]) for fault in found] == [
        *((3, None, "numero-absent"), (4, "00001", "numero-double")),
        *((5, None, "tableur-formule"), (6, None, "ligne-decalee")),
    ]


def test_corrections_are_a_table_as_any_other(bureau: Path, capsys: pytest.CaptureFixture[str]) -> None:
    type_in(f"{PREPARE} --sortie depot --registre registre.sqlite --creer")
    refuse_the_first(bureau)
    rows = feuille(ligne("Corrections"), ligne("N° demande", "TITULAIRE", "Courriel"), ligne("00001", "DUPONT"))
    hidden = rows.replace("<row>", '<row hidden="1">').replace('<row hidden="1">', "<row>", 2)
    (bureau / "corrections.csv").write_bytes(classeur(feuille(ligne("Liste")), hidden, noms=("Listes", "À refaire")))
    capsys.readouterr()
    assert type_in(f"{CORRECT} --feuille 2") == 0
    shown = capsys.readouterr().out
    assert "Corrections lues comme : classeur Excel, feuille « À refaire », titres à la ligne 2" in shown
    assert "À vérifier : lignes masquées" in shown
    assert "« Listes »" in shown
    sent = (bureau / "d2" / "JSON-ANS0000001-20221122-001.json").read_text("utf-8")
    assert "DUPONT" in sent


def test_a_spoiled_correction_is_a_fault_and_not_a_value(bureau: Path, capsys: pytest.CaptureFixture[str]) -> None:
    type_in(f"{PREPARE} --sortie depot --registre registre.sqlite --creer")
    refuse_the_first(bureau)
    (bureau / "corrections.csv").write_bytes('numero_editeur;Titulaire\n00001;="LEFÈVRE"\n'.encode("cp850"))
    assert type_in(CORRECT) == 2
    assert "CP850" in capsys.readouterr().err
    assert type_in(f"{CORRECT} --encodage cp850") == 1
    assert "LE•••RE" in capsys.readouterr().out


CORRECT = "resoumettre corrections.csv --pieces depot --sortie d2 --jour 2022-11-22 --editeur examples/editeur.toml"


def refuse_the_first(bureau: Path) -> None:
    """Have an answer recorded that rejects the first request."""
    answer = json.loads((bureau / "depot" / JSON_NAME).read_bytes())
    for rank, line in enumerate(answer["lignesImport"]):
        line["numeroASP"] = None if rank == 0 else f"ASP{rank}"
        line["codeTraitement"], line["libelleTraitement"] = (
            ("9999", "Refusée") if rank == 0 else (None, "Demande acceptée")
        )
    (bureau / "retour.json").write_text(json.dumps(answer), "utf-8")
    type_in("retour retour.json --jour 2022-11-16 --appliquer")


def test_corrections_that_name_no_request(bureau: Path) -> None:
    type_in(f"{PREPARE} --sortie depot --registre registre.sqlite --creer")
    for lines in ("00001;DUPONT\n00001;DUPONT", ";DUPONT"):
        (bureau / "corrections.csv").write_text(f"numero_editeur;Titulaire\n{lines}\n", "utf-8")
        line = (
            "resoumettre corrections.csv --pieces depot --sortie d2 --jour 2022-11-22 --editeur examples/editeur.toml"
        )
        assert type_in(line) == 1


def test_an_anonymised_file(bureau: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    type_in(f"{PREPARE} --sortie depot")
    capsysbinary.readouterr()
    assert type_in(f"anonymiser depot/{JSON_NAME} --graine x") == 0
    masked = capsysbinary.readouterr().out
    assert b"DURAND" not in masked
    assert type_in(f"anonymiser depot/{JSON_NAME} anonyme.json --graine x") == 0
    assert (bureau / "anonyme.json").read_bytes() == masked
    assert type_in(f"anonymiser depot/{JSON_NAME} anonyme.json") == 2
    assert type_in(f"anonymiser depot/{JSON_NAME} autre.json") == 0
    assert (bureau / "autre.json").read_bytes() != masked


def test_a_url_names_a_ledger_too(bureau: Path) -> None:
    type_in(f"{PREPARE} --sortie depot --registre sqlite:///registre.sqlite --creer")
    engine = create_engine(f"sqlite:///{bureau / 'registre.sqlite'}")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM segur_demandes")) == 3
    engine.dispose()
    assert type_in("registre lister --registre sqlite:///registre.sqlite") == 0
