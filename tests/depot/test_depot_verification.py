"""A folder that anybody made is good or told what is wrong with it; every way to spoil one is noticed."""

from __future__ import annotations

import json
import os
import random
import shutil
import stat
import struct
import sys
import tracemalloc
import zipfile
from contextlib import ExitStack
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from fabrique_depot import bons, commande, editeur, image, pdf
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.constats import ValeurRefusee
from segur_pha.depot import Verification, preparer_depot, verifier_depot
from segur_pha.depot.manifeste import empreinte, json_du_dossier, lire_manifeste, manifeste_du_dossier
from segur_pha.depot.systeme import laisse_par
from segur_pha.depot.zips import lire_le_membre, ouvrir_le_zip
from segur_pha.erreurs import DepotRefuse, ExtraManquant
from segur_pha.vagues.va1.enumerations import LIMITES

if TYPE_CHECKING:
    from collections.abc import Callable

    from segur_pha.constats import Constat

JSON = "JSON-ANS0000001-20221115-001.json"
ZIP = "PJ-ANS0000001-20221115-001.zip"
FIRST, SECOND = "PHA-LGO-Va1-BDC-00001.pdf", "PHA-LGO-Va1-BDC-00002.pdf"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepare a deposit of two requests."""
    folder = tmp_path_factory.mktemp("model")
    pieces = bons(folder / "pieces", 2)
    return preparer_depot(
        [commande(1), commande(2)], editeur(), pieces, folder / "depot", jour=date(2022, 11, 15)
    ).dossier


@pytest.fixture
def deposit(model: Path, tmp_path: Path) -> Path:
    """Give a deposit made elsewhere: files and zips, nothing of ours beside."""
    folder = tmp_path / "depot"
    folder.mkdir()
    for name in (JSON, ZIP):
        shutil.copy(model / name, folder)
    return folder


def where(said: Constat) -> str:
    """The document concerned, else the file of the folder."""
    return said.document or said.fichier


def codes(folder: Path) -> list[tuple[str, str]]:
    return sorted((fault.code, where(fault)) for fault in verifier_depot(folder).fautes)


def rezip(folder: Path, change: Callable[[dict[str, bytes]], object], compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(folder / ZIP) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    change(content)
    with zipfile.ZipFile(folder / ZIP, "w", compression) as archive:
        for name, octets in content.items():
            archive.writestr(name, octets)


def rewrite(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    """Change the JSON file; amounts keep their text, between marks that come off."""
    tree = json.loads((folder / JSON).read_bytes(), parse_float=lambda text: f"€{text}€")
    change(tree)
    text = json.dumps(tree, ensure_ascii=False).replace('"€', "").replace('€"', "")
    (folder / JSON).write_text(text, encoding="utf-8")


def test_a_prepared_deposit_is_good(model: Path) -> None:
    found = verifier_depot(model)
    assert found.bon
    assert (found.demandes, found.fichiers_json, found.zips, found.pieces) == (2, 1, 1, 2)


def test_a_deposit_made_elsewhere_is_good(deposit: Path) -> None:
    rezip(deposit, lambda _: None, compression=zipfile.ZIP_DEFLATED)
    rewrite(deposit, lambda _: None)
    found = verifier_depot(deposit)
    assert found.bon, found.fautes


def test_an_empty_or_absent_folder(tmp_path: Path) -> None:
    assert codes(tmp_path) == [("json-absent", "")]
    with pytest.raises(DepotRefuse, match="est introuvable"):
        verifier_depot(tmp_path / "absent")
    with pytest.raises(DepotRefuse, match="ne se lit pas"):
        verifier_depot(tmp_path / ("x" * 300))


def spoil_zip(
    change: Callable[[dict[str, bytes]], object], compression: int = zipfile.ZIP_STORED
) -> Callable[[Path], None]:
    return lambda folder: rezip(folder, change, compression)


def truncate(folder: Path) -> None:
    (folder / ZIP).write_bytes((folder / ZIP).read_bytes()[:-30])


def damage(folder: Path) -> None:
    octets = (folder / ZIP).read_bytes()
    (folder / ZIP).write_bytes(octets.replace(b"DURAND", b"DUPOND", 1))


def oversize(folder: Path) -> None:
    with (folder / ZIP).open("r+b") as stream:
        stream.truncate(LIMITES.octets_par_zip + 1)


def link_in_zip(folder: Path) -> None:
    with zipfile.ZipFile(folder / ZIP, "a") as archive:
        info = zipfile.ZipInfo("lien.pdf")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")


def encrypt_flag(folder: Path) -> None:
    octets = bytearray((folder / ZIP).read_bytes())
    octets[6] |= 1
    octets[octets.index(b"PK\1\2") + 8] |= 1
    (folder / ZIP).write_bytes(octets)


def number_of(rank: int, number: str) -> Callable[[dict[str, object]], None]:
    def change(tree: dict[str, object]) -> None:
        tree["lignesImport"][rank]["numeroEditeur"] = number  # type: ignore[index]

    return change


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (spoil_zip(lambda c: c.pop(FIRST)), [("piece-absente", FIRST)]),
        (spoil_zip(lambda c: c.update(x=b"x")), [("zip-contenu", "x")]),
        (spoil_zip(lambda c: c.update({"d/": b""})), [("zip-contenu", "d/")]),
        (spoil_zip(lambda c: c.update({f"d/{FIRST}": b"x"})), [("zip-contenu", f"d/{FIRST}")]),
        (spoil_zip(lambda c: c.update({FIRST: image("PNG")})), [("document-format", FIRST)]),
        (spoil_zip(lambda c: c.update({FIRST: b"bonjour"})), [("document-type", FIRST)]),
        (spoil_zip(lambda c: c.update({FIRST: pdf(pages=0)})), [("document-vide", FIRST)]),
        # 3 Mo, and no byte more: a picture of that size is one, though not the PDF that was announced.
        (spoil_zip(lambda c: c.update({FIRST: image("PNG").ljust(3_000_000, b"\0")})), [("document-format", FIRST)]),
        (
            spoil_zip(lambda c: c.update({FIRST: b"\0" * 3_000_001}), compression=zipfile.ZIP_DEFLATED),
            [("piece-absente", FIRST), ("zip-contenu", FIRST)],
        ),
        (
            spoil_zip(lambda _: None, compression=zipfile.ZIP_LZMA),
            [("piece-absente", FIRST), ("piece-absente", SECOND), ("zip-contenu", FIRST), ("zip-contenu", SECOND)],
        ),
        # A zip of this file is there, whatever it is called, or whatever it lacks.
        (
            lambda d: (rezip(d, lambda c: c.pop(FIRST)), (d / ZIP).rename(d / "pieces.zip")),
            [("piece-absente", FIRST)],
        ),
        (spoil_zip(lambda c: c.clear()), [("piece-absente", FIRST), ("piece-absente", SECOND)]),
        (truncate, [("piece-absente", FIRST), ("piece-absente", SECOND), ("zip-illisible", ZIP)]),
        (oversize, [("piece-absente", FIRST), ("piece-absente", SECOND), ("zip-lourd", ZIP)]),
        (damage, [("zip-contenu", FIRST)]),
        (encrypt_flag, [("piece-absente", FIRST), ("zip-contenu", FIRST)]),
        (link_in_zip, [("zip-contenu", "lien.pdf")]),
        (lambda d: shutil.copy(d / ZIP, d / "autre.zip"), [("piece-double", FIRST), ("piece-double", SECOND)]),
        (lambda d: (d / "dossier").mkdir(), [("entree-etrangere", "dossier")]),
        (lambda d: (d / "lien").symlink_to(ZIP), [("entree-etrangere", "lien")]),
        (lambda d: (d / JSON).rename(d / "demandes.json"), [("nom-json", "demandes.json")]),
        (
            lambda d: (d / JSON).rename(d / "JSON-ANS0000002-20221115-001.json"),
            [("nom-json", "JSON-ANS0000002-20221115-001.json")],
        ),
        (
            lambda d: shutil.copy(d / JSON, d / "JSON-ANS0000001-20221115-002.json"),
            [("0806", "JSON-ANS0000001-20221115-002.json")] * 2,
        ),
        (
            lambda d: rewrite(d, lambda tree: tree.pop("SIRET")),
            [("9905", JSON)],
        ),
        (
            lambda d: rewrite(d, lambda tree: tree.update(lignesImport=[3])),
            [("9907", JSON), ("zip-contenu", FIRST), ("zip-contenu", SECOND)],
        ),
        (lambda d: rewrite(d, number_of(0, "0000/")), [("0804", JSON)]),
        (lambda d: rewrite(d, number_of(1, "00001")), [("0806", JSON), ("2507", JSON)]),
        (
            lambda d: (d / JSON).write_bytes(b"["),
            [("9902", JSON), ("nom-json", JSON), ("zip-contenu", FIRST), ("zip-contenu", SECOND)],
        ),
    ],
)  # fmt: skip
def test_every_way_to_spoil_a_deposit_is_noticed(
    spoil: Callable[[Path], object], expected: list[tuple[str, str]], deposit: Path
) -> None:
    spoil(deposit)
    assert codes(deposit) == expected


def test_a_fault_of_a_request_names_its_line_and_balise(deposit: Path) -> None:
    def change(tree: dict[str, object]) -> None:
        tree["lignesImport"][1]["beneficiaire"]["FINESSGeo"] = "1"  # type: ignore[index]
        tree["lignesImport"][1]["piecesJustificatives"].append(3)  # type: ignore[index]
        tree["lignesImport"][1]["piecesJustificatives"].pop()  # type: ignore[index]

    rewrite(deposit, change)
    (fault,) = verifier_depot(deposit).fautes
    assert (fault.code, fault.ligne, fault.balise) == ("2303", 2, "FINESSGeo")


def test_a_piece_that_is_no_object_does_not_break_the_look(deposit: Path) -> None:
    rewrite(deposit, lambda tree: tree["lignesImport"][0]["piecesJustificatives"].append(3))  # type: ignore[index]
    assert codes(deposit) == [("9907", JSON)]


def test_documents_of_one_request_in_two_zips_are_worth_a_word(tmp_path: Path) -> None:
    pieces = bons(tmp_path / "pieces", 1)
    (pieces / "PREUVE_HT.pdf").write_bytes(pdf("x"))
    folder = preparer_depot(
        [commande(regime_tva="HT")], editeur(), pieces, tmp_path / "depot", jour=date(2022, 11, 15)
    ).dossier
    (folder / "manifeste.json").unlink()
    with zipfile.ZipFile(folder / ZIP) as archive:
        first, second = ((name, archive.read(name)) for name in archive.namelist())
    for path, (name, octets) in ((folder / ZIP, first), (folder / "PJ-b.zip", second)):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, octets)
    found = verifier_depot(folder)
    assert found.bon
    assert "pieces-dispersees" in {said.code for said in found.conseils}


def test_what_is_not_to_upload_is_advice_without_a_manifest(deposit: Path) -> None:
    (deposit / "notes.txt").write_text("x")
    found = verifier_depot(deposit)
    assert found.bon
    assert ("fichier-etranger", "notes.txt") in {(said.code, where(said)) for said in found.conseils}


SYSTEM_FILES = [".DS_Store", "._" + JSON, "Thumbs.db", "desktop.ini", "~$commandes.xlsx", ".~lock.commandes.csv#"]


#: Who leaves a file or a folder of which name.
LEFT_BY = {
    "macOS": ["__MACOSX", ".DS_Store", ".Spotlight-V100", ".Trashes", ".fseventsd", ".TemporaryItems",
              ".DocumentRevisions-V100", ".apdisk", "Icon\r", "._bon.pdf"],
    "Windows": ["Thumbs.db", "ehthumbs.db", "Desktop.ini", "$RECYCLE.BIN", "System Volume Information"],
    "Linux": [".directory", ".Trash-1000"],
    "le serveur de fichiers": ["@eaDir", ".nfs000000000a1b2c3d"],
    "un document ouvert dans Office": ["~$bon.docx"],
    "un document ouvert dans LibreOffice": [".~lock.bon.odt#"],
    "": ["bon.pdf", "icon", "directory.pdf"],
}  # fmt: skip


def test_who_left_a_file_is_known_by_its_name_wherever_it_lies() -> None:
    for who, names in LEFT_BY.items():
        assert {laisse_par(path) for name in names for path in (name, f"a/{name}", f"a\\{name}\\b.pdf")} == {who}


@pytest.mark.parametrize("name", [*SYSTEM_FILES, "__MACOSX"])
@pytest.mark.parametrize("with_manifest", [False, True])
def test_what_systems_leave_in_a_folder_is_named_and_does_no_harm(
    name: str, deposit: Path, model: Path, tmp_path: Path, *, with_manifest: bool
) -> None:
    folder = shutil.copytree(model, tmp_path / "autre") if with_manifest else deposit
    if name == "__MACOSX":
        (folder / name).mkdir()
    else:
        (folder / name).write_bytes(b"\0\5\x16\7")
    found = verifier_depot(folder)
    assert found.bon, found.fautes
    (said,) = [said for said in found.conseils if where(said) == name]
    assert said.code == "fichier-systeme"


@pytest.mark.cas(15)
def test_a_zip_that_macos_made_again_is_told_in_one_line(deposit: Path) -> None:
    ajouts = {f"__MACOSX/._{FIRST}": b"\0\5\x16\7", "__MACOSX/": b"", ".DS_Store": b"x", "Thumbs.db": b"x"}
    rezip(deposit, lambda content: content.update(ajouts))
    (fault,) = verifier_depot(deposit).fautes
    assert (fault.code, where(fault)) == ("zip-systeme", ZIP)
    assert fault.message.startswith("ce zip contient, en plus des pièces, 4 fichiers du système (Windows et macOS) :")


def test_a_zip_that_is_not_there_is_one_line(deposit: Path, model: Path, tmp_path: Path) -> None:
    (deposit / ZIP).unlink()
    assert codes(deposit) == [("zip-absent", ZIP)]
    complete = shutil.copytree(model, tmp_path / "complet")
    (complete / ZIP).unlink()
    assert codes(complete) == [("manifeste", ZIP)]
    # The zip of another file is there.
    octets = (model / JSON).read_bytes()
    for number in (b"00001", b"00002"):
        renamed = number.replace(b"000", b"001", 1)
        octets = octets.replace(b'"%s"' % number, b'"%s"' % renamed).replace(b"-%s." % number, b"-%s." % renamed)
    (deposit / "JSON-ANS0000001-20221115-002.json").write_bytes(octets)
    shutil.copy(model / ZIP, deposit)
    assert codes(deposit) == [("zip-absent", "PJ-ANS0000001-20221115-002.zip")]


def test_the_day_is_compared_with_the_names(deposit: Path) -> None:
    (said,) = [said for said in verifier_depot(deposit, jour=date(2022, 11, 16)).conseils if said.code == "nom-json"]
    assert (where(said), "15/11/2022" in said.message) == (JSON, True)
    assert "nom-json" not in {said.code for said in verifier_depot(deposit, jour=date(2022, 11, 15)).conseils}


def sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 20_000_000_000)


def test_a_file_of_any_size_costs_no_more_than_its_name(model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(model, tmp_path / "depot")
    for name in (JSON, ZIP, "recapitulatif.csv"):
        (folder / name).unlink()
        sparse(folder / name)
    announced = json.loads((folder / "manifeste.json").read_bytes())
    for file in announced["fichiers"]:
        file["octets"] = 20_000_000_000
    (folder / "manifeste.json").write_text(json.dumps(announced))
    found = verifier_depot(folder)
    assert {where(fault) for fault in found.fautes if fault.code == "manifeste"} >= {JSON, ZIP, "recapitulatif.csv"}


@given(st.integers(0, 600_000), st.integers(0, 600_000))
def test_of_a_file_beyond_its_limit_one_byte_more_is_hashed(size: int, limit: int) -> None:
    content = (b"%d " % size * size)[:size]
    with TemporaryDirectory() as folder:
        path = Path(folder, "a")
        path.write_bytes(content)
        assert empreinte(path, limit) == (min(size, limit + 1), sha256(content[: limit + 1]).hexdigest())


@pytest.mark.parametrize("spoil", [sparse, os.mkfifo, lambda path: path.symlink_to("/dev/zero"), Path.touch])
def test_a_manifest_that_is_no_plain_file_is_refused(
    spoil: Callable[[Path], None], model: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(model, tmp_path / "depot")
    (folder / "manifeste.json").unlink()
    spoil(folder / "manifeste.json")
    assert not verifier_depot(folder).bon
    with pytest.raises(DepotRefuse, match="forme attendue"):
        manifeste_du_dossier(folder)


def test_a_manifest_that_may_not_be_read_is_not_said_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(path: Path) -> None:
        raise PermissionError(13, "denied", str(path))

    monkeypatch.setattr(Path, "lstat", forbidden)
    with pytest.raises(DepotRefuse, match="ne peut pas être lu : vérifiez les droits"):
        manifeste_du_dossier(tmp_path)


@pytest.mark.parametrize("name", ["../secret.json", "/etc/passwd", "a\\b.json", "", ".", ".."])
def test_a_manifest_that_leads_out_of_its_folder_is_refused(name: str, model: Path) -> None:
    announced = json.loads((model / "manifeste.json").read_bytes())
    announced["fichiers"][0]["nom"] = name
    with pytest.raises(DepotRefuse, match="forme attendue"):
        lire_manifeste(json.dumps(announced).encode())


def test_the_files_of_a_manifest_are_read_within_bounds(model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(model, tmp_path / "depot")
    manifest = manifeste_du_dossier(folder)
    assert json_du_dossier(folder, manifest) == {JSON: (model / JSON).read_bytes()}
    (folder / JSON).unlink()
    with pytest.raises(DepotRefuse, match="manque"):
        json_du_dossier(folder, manifest)
    sparse(folder / JSON)
    with pytest.raises(DepotRefuse, match="forme attendue"):
        json_du_dossier(folder, manifest)


def test_a_zip_of_four_million_members_is_refused_before_they_are_listed(deposit: Path) -> None:
    # Its list alone has 184 million bytes of nothing; only that it is that long is looked at.
    octets, members = (deposit / ZIP).stat().st_size, 4_000_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 46 * members, 0, 0)
    with (deposit / ZIP).open("r+b") as stream:
        stream.truncate(46 * members)
        stream.seek(46 * members)
        stream.write(end)
    assert octets < (deposit / ZIP).stat().st_size < LIMITES.octets_par_zip
    tracemalloc.start()
    try:
        found = codes(deposit)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert ("zip-demesure", ZIP) in found
    assert peak < 20_000_000


@given(st.integers(0, 5_000), st.integers(0, 5_000), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_a_member_that_lies_about_its_size_is_damaged(true: int, said: int, compression: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.zip")
        with zipfile.ZipFile(path, "w", compression) as archive:
            archive.writestr("a.pdf", random.Random(true).randbytes(true))  # noqa: S311 - nothing here is secret
        octets = bytearray(path.read_bytes())
        place = octets.rindex(b"PK\1\2") + 24
        octets[place : place + 4] = said.to_bytes(4, "little")
        path.write_bytes(octets)
        with ouvrir_le_zip(path) as archive:
            try:
                read = len(lire_le_membre(archive, archive.infolist()[0]))
            except ValeurRefusee as refused:
                read = refused.constat.code
    assert read == (true if said == true else "zip-contenu")


def test_a_zip_that_is_gone_is_refused(tmp_path: Path) -> None:
    with ExitStack() as opened, pytest.raises(ValeurRefusee, match="ne s’ouvre pas"):
        opened.enter_context(ouvrir_le_zip(tmp_path / "a.zip"))


def against_the_manifest(model: Path, folder: Path, spoil: Callable[[Path], object]) -> Verification:
    shutil.copytree(model, folder)
    spoil(folder)
    return verifier_depot(folder)


@pytest.mark.parametrize(
    ("spoil", "document"),
    [
        (lambda d: (d / "notes.txt").write_text("x"), "notes.txt"),
        (lambda d: (d / "recapitulatif.html").unlink(), "recapitulatif.html"),
        (lambda d: (d / "recapitulatif.csv").write_text("x"), "recapitulatif.csv"),
        (lambda d: (d / "manifeste.json").write_text("{}"), "manifeste.json"),
        (lambda d: rezip(d, lambda c: c.update({FIRST: pdf("autre")})), "manifeste.json"),
        (lambda d: rewrite(d, lambda _: None), JSON),
    ],
)
def test_what_the_manifest_says_must_be_so(
    spoil: Callable[[Path], object], document: str, model: Path, tmp_path: Path
) -> None:
    found = against_the_manifest(model, tmp_path / "depot", spoil)
    assert ("manifeste", document) in {(fault.code, where(fault)) for fault in found.fautes}


@pytest.mark.parametrize("octets", [b"\xff", b"[]", b"{", b"[" * 100_000])
def test_a_manifest_that_is_none_is_refused(octets: bytes) -> None:
    with pytest.raises(DepotRefuse, match="forme attendue"):
        lire_manifeste(octets)


def test_copies_are_compared_with_their_sources(deposit: Path) -> None:
    found = verifier_depot(deposit, sources={FIRST: "0" * 64})
    assert [(fault.code, fault.document, fault.fichier) for fault in found.fautes] == [
        ("piece-differente", FIRST, ZIP),
        ("piece-differente", SECOND, ZIP),
    ]


def test_the_day_brings_advice_on_dates(deposit: Path) -> None:
    found = verifier_depot(deposit, jour=date(2022, 11, 1))
    assert [(said.ligne, where(said)) for said in found.conseils if said.code == "date-future"] == [
        (1, JSON),
        (2, JSON),
    ]


def test_a_file_that_cannot_be_read_is_a_fault(deposit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    # The tests may run as root, whom no file mode stops.
    monkeypatch.setattr("segur_pha.depot.verification.octets_de", refuse)
    assert ("fichier-illisible", JSON) in codes(deposit)


def test_without_the_libraries_nothing_is_called_good(deposit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(ExtraManquant, match="pieces"):
        verifier_depot(deposit)
