"""Files that are small on the disk and large in memory, or quick to write and slow to read: refused, in words."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import Path

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image

import segur_pha
from segur_pha import DepotRefuse, Editeur, SegurError
from segur_pha.certificats import lire_suivi, tableaux
from segur_pha.certificats.parc import SuiviIllisible
from segur_pha.certificats.x509 import lire_x509
from segur_pha.constats import ValeurRefusee
from segur_pha.depot import texte_pdf
from segur_pha.depot.documents import examiner
from segur_pha.depot.jpeg import verifier_le_jpeg
from segur_pha.depot.texte_pdf import TexteLu
from segur_pha.depot.travail import Demesure, Travail
from segur_pha.tableurs import lire_tableau, parties, titres_connus

# --- Tables ---

#: The size comes first, so that the rows are not looked at before they are asked for.
FEUILLE = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:B2"/>'
    "<sheetData>{}</sheetData></worksheet>"
)


def classeur(feuille: str = "", **parties: bytes) -> bytes:
    """Give a sound workbook with one sheet, or another one in its place, and parts beside."""
    livre, sain = Workbook(), io.BytesIO()
    livre.active.append(["Fin de validité", "FINESS"])
    livre.active.append(["20/02/2026", "750000002"])
    livre.save(sain)
    tampon = io.BytesIO()
    with zipfile.ZipFile(sain) as avant, zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as apres:
        for nom in avant.namelist():
            remplace = feuille and nom == "xl/worksheets/sheet1.xml"
            apres.writestr(nom, feuille if remplace else avant.read(nom))
        for nom, octets in parties.items():
            apres.writestr(nom, octets)
    return tampon.getvalue()


def test_a_follow_up_that_unpacks_to_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(lire_suivi(classeur()).certificats) == 1
    monkeypatch.setattr(parties, "OCTETS_DEBALLES", 1_000_000)
    bombe = classeur(image=b"\0" * 1_000_001)
    assert len(bombe) < 20_000
    with pytest.raises(SuiviIllisible, match="démesuré"):
        lire_suivi(bombe)


def test_a_cell_far_to_the_right_is_no_column_of_a_follow_up() -> None:
    with pytest.raises(SuiviIllisible, match="démesuré"):
        lire_suivi(classeur(FEUILLE.format('<row r="1"><c r="XFD1"><v>1</v></c></row>')))


def test_a_follow_up_that_breaks_off_is_refused_and_not_cut_short() -> None:
    lignes = '<row><c t="str"><v>fin</v></c><c t="str"><v>finess</v></c></row>' + "<row><c><v>1</v></c></row>" * 5_000
    with pytest.raises(SuiviIllisible, match="abîmé"):
        lire_suivi(classeur(FEUILLE.format(lignes)[:-60]))


def test_entities_of_a_follow_up_are_not_expanded() -> None:
    niveaux = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    dtd = f'<!DOCTYPE b [<!ENTITY a0 "fin">{niveaux}]>'
    with pytest.raises(SuiviIllisible, match="abîmé"):
        lire_suivi(classeur(dtd + FEUILLE.format('<row><c t="str"><v>&a11;</v></c></row>')))


def test_a_follow_up_larger_than_any_fleet_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tableaux, "_OCTETS_MAXIMUM", 2_000_000)
    chemin = tmp_path / "suivi.csv"
    chemin.write_bytes(b"x" * 2_000_001)
    with pytest.raises(SuiviIllisible, match=r"suivi\.csv, dépasse 2 Mo"):
        lire_suivi(chemin)
    with pytest.raises(SuiviIllisible, match="dépasse 2 Mo"):
        lire_suivi(Path("/dev/zero"))


@pytest.mark.parametrize("separateur", [";", ",", "\t"])
def test_an_endless_line_has_no_headers(separateur: str) -> None:
    ligne = separateur.join(["finess", "fin", *["a"] * 25_000])
    with pytest.raises(SuiviIllisible, match="pas de ligne d’intitulés"):
        lire_suivi(ligne + "\n")
    with pytest.raises(DepotRefuse, match="aucune colonne reconnue"):
        lire_tableau(ligne.encode(), titres_connus(["finess"]), refus=DepotRefuse)


def test_a_line_of_words_and_at_signs_is_read_word_by_word() -> None:
    adresses = "a" * 60_000 + " <@, @; x@ y@z a@b@c " + "@" * 60_000
    (certificat,) = lire_suivi(f"fin;finess;courriel\n20/02/2026;750000002;{adresses.replace(';', '')}\n").certificats
    assert certificat.courriels == ("y@z", "a@b@c", "@" * 60_000)


# --- Settings and certificates ---


@pytest.mark.parametrize(
    ("reglages", "mot"),
    [
        ("siret = " + "9" * 50_000, "bien écrit"),
        ("siret = " + "1_" * 30_000 + "1", "bien écrit"),
        ("a = " + "[" * 40_000, "bien écrit"),
        ("a" + ".a" * 40_000 + " = 1", "démesuré"),
        ("# " + "x" * 200_000, "démesuré"),
        ('numero_ans = "ANS0000001"\nsiret = "12345678200010"\n[plafonds]\nB = 1e999999', "708.33"),
    ],
    ids=["digits", "digits and underscores", "deep", "dots", "long", "exponent"],
)
def test_hostile_settings_are_refused_in_words(tmp_path: Path, reglages: str, mot: str) -> None:
    chemin = tmp_path / "editeur.toml"
    chemin.write_text(reglages)
    with pytest.raises(SegurError, match=mot):
        Editeur.lire(chemin)


def test_a_file_of_beginnings_of_certificates_is_read_once(tmp_path: Path) -> None:
    chemin = tmp_path / "debuts.pem"
    chemin.write_bytes(b"-----BEGIN CERTIFICATE-----\n" * 35_000)
    (ligne,) = lire_x509(chemin).lignes_illisibles
    assert "ce n’est pas un certificat lisible" in str(ligne)


# --- Documents ---

POLICE = "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
PAGE = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<{POLICE}/XObject<</X 5 0 R>>>>>>"


def pdf(*objets: str | bytes) -> bytes:
    """Put objects into a PDF, the first one its catalogue."""
    sortie, places = b"%PDF-1.7\n", []
    for rang, objet in enumerate(objets, start=1):
        places.append(len(sortie))
        sortie += b"%d 0 obj\n" % rang + (objet.encode() if isinstance(objet, str) else objet) + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    fin = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objets) + 1, len(sortie))
    return sortie + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objets) + 1) + table + fin


def flux(contenu: bytes, entrees: str = "") -> bytes:
    tasse = zlib.compress(contenu, 9)
    return f"<</Length {len(tasse)}/Filter/FlateDecode{entrees}>>stream\n".encode() + tasse + b"\nendstream"


def forme(rang: int, contenu: bytes = b"/X Do /X Do") -> bytes:
    return flux(contenu, f"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<<{POLICE}/XObject<</X {rang} 0 R>>>>")


CATALOGUE, PAGES = "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>"


@pytest.mark.parametrize(
    ("objets", "entier"),
    [
        ((PAGES, PAGE, flux(b"BT (a) Tj ET\n" * 1_000_000)), False),
        ((PAGES, PAGE, flux(b"BT (a) Tj ET\n" * 20_000)), False),
        # Of forms that go on and on pypdf says nothing: it leaves them out.
        ((PAGES, PAGE, flux(b"/X Do"), *(forme(rang) for rang in range(6, 30)), forme(5)), True),
        ((PAGES, PAGE, flux(b"/X Do " * 100), forme(5, b"BT ET " * 500)), True),
        ((PAGES, PAGE, flux(b"/X Do"), forme(5)), True),
        ((PAGES, PAGE, flux(b"[" * 200_000)), False),
    ],
    ids=[
        "unpacks to 13 MB",
        "many steps",
        "forms that double",
        "one form again and again",
        "a form of itself",
        "brackets",
    ],
)
def test_a_pdf_whose_text_would_take_for_ever_is_left_to_a_person(
    objets: tuple[str | bytes, ...], *, entier: bool
) -> None:
    assert examiner(pdf(CATALOGUE, *objets), texte=True).texte == TexteLu("", entier=entier)


def test_steps_are_counted_over_the_pages_of_a_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = f"<</Type/Pages/Kids[{'3 0 R ' * 9}]/Count 9>>"
    octets = pdf(CATALOGUE, pages, PAGE, flux(b"BT ET " * 3_000))
    assert examiner(octets, texte=True).texte == TexteLu("\n" * 8, entier=True)
    monkeypatch.setattr(texte_pdf, "PAS_SUIVIS", 17_000)
    assert examiner(octets, texte=True).texte == TexteLu("\n" * 2, entier=False)


@pytest.mark.parametrize(
    "arbre",
    ["<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>", f"<</Type/Pages/Kids[{'3 0 R ' * 10_001}]/Count 10001>>"],
    ids=["a tree that holds itself", "ten thousand pages and one"],
)
def test_a_pdf_with_an_endless_tree_of_pages_is_refused(arbre: str) -> None:
    with pytest.raises(ValeurRefusee, match="abîmé"):
        examiner(pdf(CATALOGUE, arbre, PAGE, flux(b"")))


@pytest.mark.parametrize("pages", [20, 30, 300])
def test_a_table_of_objects_that_is_wrong_costs_no_search_for_each_of_them(
    pages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    feuilles = [PAGE.replace("4 0 R", f"{3 + pages + rang} 0 R") for rang in range(pages)]
    contenus = [flux(b"BT /F 9 Tf (%d) Tj ET" % rang) for rang in range(pages)]
    arbre = f"<</Type/Pages/Kids[{' '.join(f'{3 + rang} 0 R' for rang in range(pages))}]/Count {pages}>>"
    sain = pdf(CATALOGUE, arbre, *feuilles, *contenus)
    debut = sain.index(b"xref\n")
    abime = sain[:debut] + re.sub(rb"(\d{10}) 00000 n", lambda m: b"%010d 00000 n" % (int(m[1]) + 7), sain[debut:])
    cherches = []
    compter = pypdf._reader.get_stream_data  # noqa: SLF001 - what is dear is a search through all bytes
    monkeypatch.setattr("pypdf._reader.get_stream_data", lambda lu: (cherches.append(compter(lu)), cherches[-1])[1])
    assert examiner(abime, texte=True).texte == examiner(sain, texte=True).texte
    assert 0 < len(cherches) <= min(2 * pages + 2, texte_pdf.RECHERCHES_MAXIMUM)
    with pytest.raises(ValeurRefusee, match=r"abîmé \(page 1\)"):
        examiner(abime.replace(zlib.compress(b"BT /F 9 Tf (0) Tj ET", 9), b"x" * 28))


def jpeg(image: Image.Image, **reglages: object) -> bytes:
    tampon = io.BytesIO()
    image.save(tampon, "JPEG", **reglages)
    return tampon.getvalue()


def test_a_jpeg_of_thousands_of_scans_is_refused_before_any_of_them_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each scan says in a few bytes that nothing is added, and costs a walk over four million samples.
    sain = jpeg(Image.new("L", (2_000, 2_000)), progressive=True)
    debut = sain.rindex(b"\xff\xda")
    bombe = sain[:debut] + sain[debut:-2] * 4_000 + b"\xff\xd9"
    assert len(bombe) < 300_000
    monkeypatch.setattr(Image, "open", None)
    monkeypatch.setattr("segur_pha.depot.jpeg._parcourir", None)
    with pytest.raises(ValeurRefusee, match="démesurée"):
        examiner(bombe)


@given(st.integers(1, 400))
def test_the_blocks_of_a_jpeg_are_counted_before_they_are_walked_over(cote: int) -> None:
    blocs = (-(-cote // 8)) ** 2
    octets = jpeg(Image.new("L", (cote, cote)))
    verifier_le_jpeg(octets, Travail(blocs=blocs + 8))
    with pytest.raises(Demesure):
        verifier_le_jpeg(octets, Travail(blocs=blocs - 1))


# --- Clocks ---


def test_only_the_command_line_looks_at_a_clock() -> None:
    racine = Path(segur_pha.__file__).parent
    horloge = re.compile(r"\b(?:date\.today|datetime\.(?:now|utcnow|today)|time\.(?:time|time_ns|localtime|gmtime))\(")
    regardent = {
        module.relative_to(racine).parts[0]
        for module in racine.rglob("*.py")
        if horloge.search(module.read_text(encoding="utf-8"))
    }
    assert regardent == {"cli"}
