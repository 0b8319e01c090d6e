"""A document is what its content says, and one that the portal could not open is refused with a remedy."""

from __future__ import annotations

import os
import re
import sys
import zlib
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from attrs import evolve
from fabrique_depot import image, pdf
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter

from segur_pha.constats import ValeurRefusee
from segur_pha.depot import texte_pdf
from segur_pha.depot.concordance import absents_du_texte
from segur_pha.depot.documents import examiner, exiger_les_bibliotheques, lire_document, octets_du_document
from segur_pha.depot.texte_pdf import CARACTERES_LUS, TexteLu, texte_du_pdf
from segur_pha.erreurs import ExtraManquant
from segur_pha.vagues.va1.exemples import demande_du_guide

LIMIT = 3_000_000


def refusal(octets: bytes) -> str:
    with pytest.raises(ValeurRefusee) as raised:
        examiner(octets)
    return raised.value.constat.code


def protected(user_password: str) -> bytes:
    writer = PdfWriter(clone_from=BytesIO(pdf("x")))
    writer.encrypt(user_password, owner_password="o", algorithm="RC4-128")  # noqa: S106 - what it is does not matter
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


def png_header(width: int, height: int) -> bytes:
    """Build a PNG that announces a size and holds next to nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return len(content).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)

    header = width.to_bytes(4) + height.to_bytes(4) + bytes([1, 0, 0, 0, 0])
    data = zlib.compress(b"\0" * 1_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (pdf("x"), "PDF"),
        (pdf(pages=3), "PDF"),
        (b"\xef\xbb\xbf" + pdf("x"), "PDF"),
        (image("PNG"), "PNG"),
        (image("PNG", mode="RGBA"), "PNG"),
        (image("JPEG"), "JPG"),
        (image("JPEG", mode="CMYK"), "JPG"),
    ],
)
def test_the_content_tells_the_type(octets: bytes, expected: str) -> None:
    assert examiner(octets).format == expected


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (image("GIF"), "document-type"),
        (b"bonjour", "document-type"),
        (b"PK\x03\x04" + b"\0" * 40, "document-type"),
        (pdf(pages=0), "document-vide"),
        (pdf("x")[:200], "document-illisible"),
        (b"%PDF-1.4\nrien", "document-illisible"),
        (protected("secret"), "document-chiffre"),
        (image("PNG")[:-30], "document-illisible"),
        (image("JPEG", (64, 64))[:-20], "document-illisible"),
        (b"\x89PNG\r\n\x1a\n", "document-illisible"),
        (png_header(6_001, 6_000), "image-demesuree"),
        (png_header(20_000, 20_000), "image-demesuree"),
        (png_header(1_000_000, 1_000_000), "image-demesuree"),
    ],
    # An encrypted document is another one each time: its bytes cannot name a test.
    ids=lambda value: value if isinstance(value, str) else "octets",
)
def test_what_cannot_be_deposited_is_refused(octets: bytes, code: str) -> None:
    assert refusal(octets) == code


def test_an_owner_password_is_advice() -> None:
    found = examiner(protected(""))
    assert (found.format, [reserve.code for reserve in found.reserves]) == ("PDF", ["pdf-restreint"])


def test_an_a4_page_at_600_dots_per_inch_is_no_bomb() -> None:
    stream = BytesIO()
    Image.new("1", (4_960, 7_016), 1).save(stream, "PNG")
    assert examiner(stream.getvalue()).format == "PNG"


@given(st.data())
def test_a_damaged_document_is_good_or_refused_and_nothing_else(data: st.DataObject) -> None:
    octets = bytearray(data.draw(st.sampled_from([pdf("x", "y"), image("PNG"), image("JPEG")])))
    for place in data.draw(st.lists(st.integers(0, len(octets) - 1), min_size=1, max_size=5)):
        octets[place] = data.draw(st.integers(0, 255))
    try:
        outcome: str = examiner(bytes(octets)).format
    except ValeurRefusee as refused:
        outcome = refused.constat.code
    assert outcome in {
        "PDF",
        "PNG",
        "JPG",
        "document-illisible",
        "document-type",
        "document-vide",
        "document-chiffre",
        "image-demesuree",
    }


def document(path: Path) -> str:
    try:
        lire_document(path)
    except ValeurRefusee as refused:
        return refused.constat.code
    return "bon"


def test_the_size_limit_is_inclusive(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    picture = image("PNG")
    path.write_bytes(picture + b"\0" * (LIMIT - len(picture)))
    assert path.stat().st_size == LIMIT
    assert document(path) == "bon"
    path.write_bytes(path.read_bytes() + b"\0")
    assert document(path) == "document-lourd"


def test_a_document_that_grows_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"\0" * LIMIT)
    before = path.stat()
    path.write_bytes(b"\0" * (LIMIT + 1))
    monkeypatch.setattr(type(path), "stat", lambda _self: before)
    assert document(path) == "document-lourd"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a file whose size is told as nothing")
def test_a_file_that_is_longer_than_it_was_said_to_be_is_read_to_its_end() -> None:
    version = Path("/proc/version")
    assert version.stat().st_size == 0
    assert octets_du_document(version) == version.read_bytes() != b""


def test_what_is_empty_missing_unreadable_or_no_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty.pdf").touch()
    assert document(tmp_path / "empty.pdf") == "document-vide"
    assert document(tmp_path / "absent.pdf") == "document-illisible"
    assert document(tmp_path) == "document-illisible"
    os.mkfifo(tmp_path / "pipe.pdf")
    assert document(tmp_path / "pipe.pdf") == "document-illisible"
    (tmp_path / "good.pdf").write_bytes(pdf("x"))

    def refuse(*_: object) -> None:
        raise PermissionError

    # The tests may run as root, whom no file mode stops.
    monkeypatch.setattr(type(tmp_path), "open", refuse)
    assert document(tmp_path / "good.pdf") == "document-illisible"


@pytest.mark.parametrize("library", ["pypdf", "PIL.Image", "puremagic"])
def test_a_missing_library_is_an_error_and_not_a_skipped_check(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ExtraManquant, match="pieces"):
        exiger_les_bibliotheques()


SPELLINGS = {
    "dateCommande": ["15/11/2022", "15-11-22", "15.11.2022", "2022-11-15", "15 novembre 2022", "15 NOV. 2022"],
    "montantSegurHT": ["708,33 €", "708.33", "HT 708,33"],
    "nomResponsable": ["M. Durand", "DURAND", "Dürand,"],
    "FINESSGeo": ["777777777", "77 777 777 7", "FINESS:777777777"],
}
MISSPELLINGS = {
    "dateCommande": ["115/11/2022", "15/12/2022", "15 octobre 2022", "15/11/20223"],
    "montantSegurHT": ["1708,33", "708,3", "708,333", "70833"],
    "nomResponsable": ["DURANDEAU", "LEDURAND"],
    "FINESSGeo": ["7777777777", "77777777"],
}


@given(st.fixed_dictionaries({tag: st.sampled_from(SPELLINGS[tag] + MISSPELLINGS[tag]) for tag in SPELLINGS}))
def test_the_order_form_is_searched_for_the_usual_spellings(words: dict[str, str]) -> None:
    missing = {tag for tag, _ in absents_du_texte(" ; ".join(words.values()), demande_du_guide())}
    assert missing == {tag for tag, word in words.items() if word in MISSPELLINGS[tag]}


@pytest.mark.parametrize("words", ["1er mars 2023", "01/03/2023", "1/3/23"])
def test_the_first_of_a_month(words: str) -> None:
    demand = demande_du_guide()
    demand = evolve(
        demand, commande=evolve(demand.commande, date_commande=demand.commande.date_commande.replace(2023, 3, 1))
    )
    assert "dateCommande" not in dict(absents_du_texte(words, demand))


MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
SHORT = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]


def test_a_month_may_be_written_in_letters() -> None:
    demand = demande_du_guide()
    for rank in range(12):
        signed = evolve(demand, commande=evolve(demand.commande, date_commande=date(2022, rank + 1, 9)))
        found = {
            word
            for word in (*MONTHS, *SHORT)
            if "dateCommande" not in dict(absents_du_texte(f"le 9 {word} 2022", signed))
        }
        assert found == {MONTHS[rank], SHORT[rank]}


@pytest.mark.parametrize(
    ("amount", "words", "there"),
    [
        ("850.00", "850 €", True),
        ("850.00", "850,00", True),
        ("850.00", "850,50", False),
        ("1708.33", "1 708,33", True),
        ("1708.33", "1.708,33", True),
        ("12345.00", "12 345", True),
        ("708.33", "1 708,33", True),
    ],
)
def test_amounts_in_groups_and_whole_euros(amount: str, words: str, *, there: bool) -> None:
    demand = demande_du_guide()
    demand = evolve(demand, commande=evolve(demand.commande, montant_segur_ht=Decimal(amount)))
    assert ("montantSegurHT" not in dict(absents_du_texte(words, demand))) is there


def test_the_text_of_a_pdf_is_read_page_after_page_and_not_for_ever() -> None:
    def text(octets: bytes) -> str:
        read = examiner(octets, texte=True).texte
        assert read is not None
        assert read.entier
        return read.texte

    assert text(pdf("DURAND", pages=2)).split() == ["DURAND", "DURAND"]
    assert text(pdf()).strip() == ""
    assert len(text(pdf(*["x" * 5_000] * 30, pages=4))) == CARACTERES_LUS


def test_a_text_that_was_not_read_to_its_end_is_never_called_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    octets, seen = pdf("DURAND", pages=2), set()
    for steps in range(1, 13):
        monkeypatch.setattr(texte_pdf, "PAS_SUIVIS", steps)
        read = examiner(octets, texte=True).texte
        assert read is not None
        assert not read.entier or read.texte.split() == ["DURAND", "DURAND"]
        seen.add(read.entier)
    # A page takes a step for each of its operators: a dozen are enough for both, and one is not.
    assert seen == {True, False}


def test_a_long_pdf_whose_table_of_objects_is_wrong_throughout_is_read_all_the_same() -> None:
    octets = pdf("DURAND", pages=60)
    shifted = re.sub(rb"[0-9]{10}(?= 00000 n)", lambda place: b"%010d" % (int(place[0]) + 7), octets)
    assert shifted != octets
    found = examiner(shifted, texte=True)
    assert found.texte is not None
    assert (found.format, set(found.texte.texte.split())) == ("PDF", {"DURAND"})


class Unreadable(PdfReader):
    """A PDF whose text makes the library stumble."""

    @property
    def pages(self) -> list[PageObject]:
        raise RecursionError


def test_a_text_layer_that_cannot_be_read_is_not_taken_for_none() -> None:
    assert texte_du_pdf(Unreadable(BytesIO(pdf("DURAND")))) == TexteLu("", entier=False)
