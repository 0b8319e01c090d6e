"""Which document belongs to which order: by its column, by its name, never outside the folder, never twice."""

from __future__ import annotations

import errno
import os
import unicodedata
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

import pytest
from fabrique_depot import bons, commande, editeur, image, pdf
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.constats import LectureRefusee, ValeurRefusee
from segur_pha.depot.commandes import LecteurDeCommandes, entetes_connus
from segur_pha.depot.export import ouvrir_export
from segur_pha.depot.fonds import FondsDeDocuments
from segur_pha.depot.pieces import DossierDePieces
from segur_pha.depot.zips import ouvrir_le_zip
from segur_pha.erreurs import DepotRefuse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from segur_pha.constats import Constat


def search(folder: Path, *orders: dict[str, object]) -> tuple[list[str], list[Constat], list[Constat]]:
    """Look for the documents of some orders: their real names, the faults, the advice."""
    export = ouvrir_export(orders, entetes_connus(editeur()).values())
    reader = LecteurDeCommandes(export, editeur(), numeros_servis=True)
    pieces = DossierDePieces(folder)
    names: list[str] = []
    faults: list[Constat] = []
    advice: list[Constat] = []
    for row in export.rangees:
        found, wrong, said = pieces.chercher(reader.lire(row), reader.colonnes)
        names += (f"{piece.type_fichier} {piece.document.chemin.name}" for piece in found)
        faults += wrong
        advice += said
    return names, faults, advice


def only_fault(folder: Path, *orders: dict[str, object]) -> Constat:
    _, faults, _ = search(folder, *orders)
    (fault,) = faults
    return fault


@pytest.mark.parametrize(
    "name",
    [
        "PHA-LGO-Va1-BDC-00001.pdf",
        "BDC-00001.PDF",
        "bdc-750000001.pdf",
        "PHA-LGO-Va1-BDC-750000001.pdf",
        "novembre/BDC-00001.pdf",
    ],
)
def test_a_document_is_found_by_its_name(name: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(pdf("x"))
    (tmp_path / "BDC-00001.txt").write_bytes(b"notes")
    names, faults, _ = search(tmp_path, commande(bon_commande=None))
    assert names == [f"BON_COMMANDE {name.rpartition('/')[2]}"]
    assert not faults


@pytest.mark.parametrize(
    ("found_as", "cells"),
    [("00001", {"numero_editeur": "1"}), ("010000024", {"numero_editeur": None, "finess_geo": "10000024"})],
)
def test_a_document_is_found_by_a_number_that_lost_its_zeros(
    found_as: str, cells: dict[str, object], tmp_path: Path
) -> None:
    (tmp_path / f"BDC-{found_as}.pdf").write_bytes(pdf("x"))
    assert search(tmp_path, commande(bon_commande=None, **cells))[0] == [f"BON_COMMANDE BDC-{found_as}.pdf"]


def test_the_column_wins_over_the_name(tmp_path: Path) -> None:
    bons(tmp_path, 1)
    (tmp_path / "BDC-00001.pdf").write_bytes(pdf("x"))
    assert search(tmp_path, commande())[0] == ["BON_COMMANDE bon-1.pdf"]


@pytest.mark.parametrize(
    "name", ["sous/bon.pdf", "sous\\bon.pdf", "SOUS/Bon.PDF", unicodedata.normalize("NFD", "é.pdf")]
)
def test_names_are_those_of_any_disk(name: str, tmp_path: Path) -> None:
    (tmp_path / "sous").mkdir()
    (tmp_path / "sous" / "bon.pdf").write_bytes(pdf("x"))
    (tmp_path / "é.pdf").write_bytes(pdf("x"))
    assert not search(tmp_path, commande(bon_commande=name))[1]


def test_a_shared_proof_serves_all_and_one_of_its_own_wins(tmp_path: Path) -> None:
    bons(tmp_path, 3)
    (tmp_path / "PREUVE_HT.pdf").write_bytes(pdf("x"))
    (tmp_path / "HT-00002.png").write_bytes(image("PNG"))
    names, faults, _ = search(tmp_path, *(commande(k, regime_tva="HT") for k in (1, 2, 3)))
    assert [name for name in names if name.startswith("PREUVE")] == [
        "PREUVE_HT PREUVE_HT.pdf",
        "PREUVE_HT HT-00002.png",
        "PREUVE_HT PREUVE_HT.pdf",
    ]
    assert not faults


def test_a_shared_proof_that_is_wrong_is_a_fault_of_every_row_that_needs_it(tmp_path: Path) -> None:
    bons(tmp_path, 2)
    (tmp_path / "p.pdf").write_bytes(b"x")
    _, faults, _ = search(tmp_path, *(commande(k, regime_tva="HT", preuve_ht="p.pdf") for k in (1, 2)))
    assert [(fault.ligne, fault.colonne, fault.document, fault.code) for fault in faults] == [
        (1, "preuve_ht", "p.pdf", "document-type"),
        (2, "preuve_ht", "p.pdf", "document-type"),
    ]


def test_a_proof_that_is_not_due_is_left_aside_and_said(tmp_path: Path) -> None:
    names, faults, advice = search(bons(tmp_path, 1), commande(preuve_ht="absent.pdf"))
    assert (names, faults) == (["BON_COMMANDE bon-1.pdf"], [])
    assert [(said.code, said.document) for said in advice] == [("preuve-ht-inutile", "absent.pdf")]


def test_a_missing_proof_is_a_fault_even_when_the_row_has_others(tmp_path: Path) -> None:
    assert only_fault(bons(tmp_path, 1), commande(regime_tva="HT", nom_responsable="")).code == "document-absent"


def test_one_order_form_for_two_orders_is_a_fault_of_the_second(tmp_path: Path) -> None:
    fault = only_fault(bons(tmp_path, 1), commande(1), commande(2, bon_commande="BON-1.pdf"))
    assert (fault.ligne, fault.code) == (2, "document-double")
    assert "ligne 1" in fault.message


def test_an_order_form_is_no_proof(tmp_path: Path) -> None:
    fault = only_fault(bons(tmp_path, 1), commande(regime_tva="HT", preuve_ht="bon-1.pdf"))
    assert fault.code == "document-double"


def test_the_same_content_under_two_names_is_worth_a_look(tmp_path: Path) -> None:
    _, faults, advice = search(bons(tmp_path, 2, pdf("x")), commande(1), commande(2))
    assert not faults
    assert [(said.ligne, said.code) for said in advice] == [(2, "document-identique")]


@pytest.mark.parametrize(
    "name",
    ["../dehors.pdf", "sous/../../dehors.pdf", "..\\dehors.pdf", "/etc/passwd", "\\\\serveur\\p\\a.pdf", "C:\\a.pdf",
     "C:a.pdf", "bon-1.pdf:flux", "lien.pdf", "dossier-lien/dehors.pdf"],
)  # fmt: skip
def test_a_document_outside_the_folder_is_a_fault(name: str, tmp_path: Path) -> None:
    inside = bons(tmp_path / "pieces", 1)
    (tmp_path / "dehors.pdf").write_bytes(pdf("x"))
    (inside / "lien.pdf").symlink_to(tmp_path / "dehors.pdf")
    (inside / "dossier-lien").symlink_to(tmp_path)
    fault = only_fault(inside, commande(bon_commande=name))
    assert (fault.code, fault.colonne) == ("document-dehors", "bon_commande")


@pytest.fixture(params=[errno.EACCES, errno.EIO, errno.ESTALE])
def closed(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """A folder that can be listed, and of which no file can be looked at once this is called: odd rights, a failing disk."""
    inside = bons(tmp_path / "pieces", 1)
    (inside / "bons.zip").write_bytes(b"PK")
    below = f"{inside.resolve()}{os.sep}"

    def refusing(look: Callable[..., os.stat_result]) -> Callable[..., os.stat_result]:
        def looks(path: object, *arguments: object, **options: object) -> os.stat_result:
            if str(path).startswith(below):
                raise OSError(request.param, os.strerror(request.param), str(path))
            return look(path, *arguments, **options)

        return looks

    def close() -> Path:
        for name in ("stat", "lstat"):
            monkeypatch.setattr(os, name, refusing(getattr(os, name)))
        return inside

    return close


@pytest.mark.parametrize("called", ["bon-1.pdf", "absent.pdf"])
def test_a_document_that_cannot_be_looked_at_is_not_said_to_be_absent(closed: Callable[[], Path], called: str) -> None:
    fault = only_fault(closed(), commande(bon_commande=called))
    assert fault.code == "document-illisible"
    assert fault.message == "le bon de commande : cette pièce ne se lit pas : vérifiez le fichier et vos droits d’accès"


def test_what_cannot_be_looked_at_is_left_aside_and_any_document_may_be_in_it(closed: Callable[[], Path]) -> None:
    inside = closed()
    folder, left = FondsDeDocuments(inside), dict[str, str]()
    assert list(folder.tout_lire(left)) == []
    assert sorted(left) == folder.refuses == folder.noms == ["bon-1.pdf", "bons.zip"]
    assert {*left.values()} == {"cette pièce ne se lit pas : vérifiez le fichier et vos droits d’accès"}
    with pytest.raises(LectureRefusee, match="ce zip ne se lit pas"):
        ouvrir_le_zip(inside / "bons.zip").__enter__()


@given(
    st.lists(st.sampled_from(["..", ".", "/", "\\", ":", "C:", "a", "bon-1.pdf", "...", "~"]), max_size=6).map("".join)
)
def test_a_name_that_windows_or_any_other_system_would_look_for_elsewhere_is_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    try:
        FondsDeDocuments(tmp_path_factory.getbasetemp()).localiser(name)
    except ValeurRefusee as refused:
        told = refused.constat.code
    else:
        told = ""
    windows = PureWindowsPath(name)
    elsewhere = bool(windows.anchor or PurePosixPath(name).is_absolute() or ".." in windows.parts or ":" in name)
    assert (told == "document-dehors") == elsewhere


@pytest.mark.parametrize("swapped", ["pieces", "pieces/2022", "pieces/2022/nov"])
def test_a_folder_that_is_exchanged_for_a_link_while_documents_are_read_leads_nowhere(
    swapped: str, tmp_path: Path
) -> None:
    (tmp_path / "pieces" / "2022").mkdir(parents=True)
    bons(tmp_path / "pieces" / "2022" / "nov", 1)
    listed = FondsDeDocuments(tmp_path / "pieces")
    assert listed.localiser("2022/nov/bon-1.pdf") == tmp_path / "pieces" / "2022" / "nov" / "bon-1.pdf"
    folder = tmp_path / swapped
    folder.rename(tmp_path / "dehors")
    folder.symlink_to(tmp_path / "dehors")
    with pytest.raises(ValeurRefusee) as refused:
        listed.localiser("2022/nov/bon-1.pdf")
    assert refused.value.constat.code == "document-dehors"


def test_a_link_inside_the_folder_is_the_document_it_leads_to(tmp_path: Path) -> None:
    bons(tmp_path, 1)
    (tmp_path / "lien.pdf").symlink_to("bon-1.pdf")
    assert only_fault(tmp_path, commande(1), commande(2, bon_commande="lien.pdf")).code == "document-double"


@pytest.mark.parametrize("name", ["rien.pdf", "boucle.pdf", "nul\0.pdf", "sous"])
def test_a_document_that_is_not_there_is_a_fault(name: str, tmp_path: Path) -> None:
    (tmp_path / "boucle.pdf").symlink_to("boucle.pdf")
    (tmp_path / "sous").mkdir()
    assert only_fault(tmp_path, commande(bon_commande=name)).code in {"document-absent", "document-illisible"}


def test_the_same_name_under_another_extension_is_proposed(tmp_path: Path) -> None:
    (tmp_path / "Bon.png").write_bytes(image("PNG"))
    assert only_fault(tmp_path, commande(bon_commande="bon.pdf")).attendu == "peut-être Bon.png"


def test_two_candidates_are_never_chosen_between(tmp_path: Path) -> None:
    for name in ("BDC-00001.pdf", "BDC-00001.png", "x.pdf", "X.pdf"):
        (tmp_path / name).write_bytes(pdf("x"))
    assert only_fault(tmp_path, commande(bon_commande=None)).code == "document-ambigu"
    assert only_fault(tmp_path, commande(bon_commande="x.PDF")).code == "document-ambigu"
    assert not search(tmp_path, commande(bon_commande="X.pdf"))[1]


def test_nothing_to_go_by_says_what_would_do(tmp_path: Path) -> None:
    fault = only_fault(tmp_path, commande(bon_commande=None, numero_editeur=None, finess_geo=None))
    assert fault.attendu == "un nom dans la colonne bon_commande, ou un fichier BDC-….pdf"
    fault = only_fault(tmp_path, commande(bon_commande=None))
    assert fault.attendu == "un nom dans la colonne bon_commande, ou un fichier BDC-750000001.pdf"


def test_the_export_must_not_contradict_the_document(tmp_path: Path) -> None:
    bons(tmp_path, 1)
    assert only_fault(tmp_path, commande(format_bon_commande="PNG")).code == "document-format"
    assert not search(tmp_path, commande(format_bon_commande="PDF"))[1]


def test_a_name_made_to_fool_a_terminal_is_defused(tmp_path: Path) -> None:
    fault = only_fault(tmp_path, commande(bon_commande="\x1b[31m" + "x" * 300))
    assert "\x1b" not in fault.document
    assert len(fault.document) < 100


def test_a_folder_that_cannot_be_listed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DepotRefuse, match="ne se lit pas"):
        DossierDePieces(tmp_path / "absent")

    def refuse(_path: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(DepotRefuse, match="ne se lit pas"):
        DossierDePieces(tmp_path)
