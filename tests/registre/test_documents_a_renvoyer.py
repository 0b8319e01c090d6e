"""The documents of requests that go again are copied aside, each under a name of its own."""

from __future__ import annotations

import csv
import zipfile
from datetime import date
from pathlib import Path

import attrs
from atelier import REJECTED, answer_to, file_of, name

from segur_pha import VA1, Editeur
from segur_pha.registre import Registre, preparer_au_registre, resoumettre
from segur_pha.registre.documents import DocumentsARenvoyer

EXAMPLES = Path(__file__).parents[2] / "examples"
EDITEUR = Editeur.lire(EXAMPLES / "editeur.toml")
NUMBER = "N° demande"
DAY, LATER = date(2022, 11, 15), date(2022, 11, 22)


def documents(folder: Path) -> list[bytes]:
    with zipfile.ZipFile(next(folder.glob("PJ-*.zip"))) as archive:
        return sorted(archive.read(name) for name in archive.namelist())


def test_two_numbers_that_look_alike_send_a_document_each(tmp_path: Path) -> None:
    with (EXAMPLES / "commandes.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    numbers = ["00.01", "00_01", "00-01"]
    orders = [row | {NUMBER: number} for row, number in zip(rows, numbers, strict=True)]
    pieces = EXAMPLES / "pieces"
    with Registre(tmp_path / "registre.sqlite") as registre:
        preparer_au_registre(registre, orders, EDITEUR, pieces, tmp_path / "depot", jour=DAY)
        sent = next((tmp_path / "depot").glob("JSON-*.json")).read_bytes()
        registre.enregistrer_retour(answer_to(sent, [REJECTED] * 3), jour=DAY)
        resoumettre(registre, {key: {} for key in numbers}, EDITEUR, pieces, tmp_path / "encore", jour=LATER)
    assert documents(tmp_path / "encore") == documents(tmp_path / "depot")


def test_a_document_that_is_named_may_weigh_what_its_own_wave_allows(tmp_path: Path) -> None:
    large = VA1.limites.octets_par_piece + 1
    wide = attrs.evolve(VA1, limites=attrs.evolve(VA1.limites, octets_par_piece=large))
    source, copies = tmp_path / "pieces", tmp_path / "copies"
    source.mkdir()
    copies.mkdir()
    (source / "grand.pdf").write_bytes(bytes(large))
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): file_of("00001")}, jour=DAY)
        (request,) = registre.demandes()
    copy = DocumentsARenvoyer(source, copies, wide).prendre(request, {}, "BON_COMMANDE", "grand.pdf")
    assert (copies / copy).stat().st_size == large
