"""A file in eight bits is read as Windows-1252 unless its names fit another encoding better: then it is refused with its name."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.erreurs import DepotRefuse
from segur_pha.tableurs import TableauLu, encodages, lire_tableau, titres_connus
from segur_pha.tableurs.lettres import invraisemblance

if TYPE_CHECKING:
    from collections.abc import Callable

#: First names, surnames and places of France (public lists of names and communes), as clerks key them in.
NOMS = tuple(
    """
LEFÈVRE FRANÇOIS LEBŒUF SCHÄFER HÉLÈNE MÜLLER NOËL JOËL RAPHAËL BENOÎT LEMAÎTRE FRANÇOISE DUCHÊNE FORÊT JÉRÔME CÔME DUPRÉ ANDRÉ
ANAÏS HÉLOÏSE LOÏC GAËL MAËL CÉLINE AGNÈS MOLIÈRE LIÈGE BARRÈS SŒUR CHÂTEAU PÂQUES NÎMES HÔPITAL CÔTE DÉPÔT AOÛT BRÛLÉ GOÛT
KŒNIG GARCÍA MUÑOZ JOSÉ PÉREZ GONZÁLEZ KÖHLER SCHRÖDER KÖNIG BÖHM GRÜN CITROËN ZOË CHLOË NAÏMA SAÏD MAÏTÉ BESANÇON ALENÇON
PROVENÇAL GONÇALVES FÊTE EVÊQUE CRÊPE PRÊTRE GENEVIÈVE EUGÈNE IRÈNE ARLÈNE DUCHÈNE LELIÈVRE CHÈVRE RIVIÈRE CLÉMENT PHILOMÈNE
PRÉVÔT APÔTRE ÉLÉONORE ÉMILE ÉVREUX MÉZIÈRES SAINT-ÉLOI MÂCON ORLÉANS BÉZIERS ANGOULÊME THÉRÈSE GRÉGOIRE VALÉRIE AURÉLIE
GÎTE ÎLES GEÔLE ÊTRE ŒILLET GREFFIÈRE PIÈCE FRÈRES VÊPRES NÚÑEZ IBÁÑEZ PRÉNOM NUMÉRO
MÉLANIE INÈS THÉO LÉA LÉO CHÂLONS BÉRENGÈRE MICHÈLE DANIÈLE ADÈLE FÉLIX CÉSAR ÉTIENNE RENÉ BLÉRIOT CRÉTEIL SÈTE ALÈS
""".split()  # noqa: SIM905 - a list of names is read as a text
)
AUTRES = {"mac-roman": "MacRoman", "cp850": "CP850"}
ECRITURES = (str.upper, str.title)


def representable(nom: str, encodage: str) -> bool:
    return nom == nom.encode(encodage, errors="ignore").decode(encodage)


def lire(texte: str, encodage: str, impose: str | None = None) -> TableauLu:
    octets = f"Numero;Nom\n00001;{texte}\n".encode(encodage)
    return lire_tableau(octets, titres_connus(["Numero"]), refus=DepotRefuse, encodage=impose)


def refus_de(texte: str, encodage: str) -> str:
    """Say why a text is refused; nothing where it is read."""
    try:
        lire(texte, encodage)
    except DepotRefuse as refus:
        return str(refus)
    return ""


# One test for all the names: two hundred would each take longer to be reported than to run.
@pytest.mark.parametrize("ecrire", ECRITURES)
def test_one_name_in_windows_1252_is_read(ecrire: Callable[[str], str]) -> None:
    for nom in (*NOMS, "RHÔNE", "SAÔNE", "DRÔME", "ÎLE", "ÂNE", "SIMÕES", "GUIMARÃES", "L’HAŸ"):
        ecrit = ecrire(nom)
        assert (ecrit, refus_de(ecrit, "cp1252")) == (ecrit, "")
        (rangee,) = lire(ecrit, "cp1252").rangees
        assert rangee.cellules == ["00001", ecrit]


ECRITS = {e: [n for nom in NOMS for n in (nom, nom.title()) if representable(n, e)] for e in ("cp1252", *AUTRES)}


@pytest.mark.parametrize("encodage", AUTRES)
def test_one_name_in_another_encoding_is_refused_with_its_name_and_read_when_it_is_given(encodage: str) -> None:
    for ecrit in ECRITS[encodage]:
        dit = refus_de(ecrit, encodage)
        assert AUTRES[encodage] in dit, ecrit
        assert ecrit not in dit
        assert "--encodage" in dit
        (rangee,) = lire(ecrit, encodage, encodage).rangees
        assert rangee.cellules == ["00001", ecrit]


@given(st.lists(st.sampled_from(ECRITS["cp1252"]), min_size=1, max_size=30).map(" ".join))
def test_a_file_of_names_in_windows_1252_is_read(texte: str) -> None:
    (rangee,) = lire(texte, "cp1252").rangees
    assert rangee.cellules == ["00001", texte]


@pytest.mark.parametrize("encodage", AUTRES)
@given(st.data())
def test_a_file_of_names_in_another_encoding_is_never_read_as_something_else(
    encodage: str, data: st.DataObject
) -> None:
    texte = " ".join(data.draw(st.lists(st.sampled_from(ECRITS[encodage]), min_size=1, max_size=30)))
    with pytest.raises(DepotRefuse, match=AUTRES[encodage]):
        lire(texte, encodage)


@pytest.mark.parametrize(
    "texte",
    [
        "N° 5, 2° étage",
        "708,33 €",
        "708,33\u00a0€ – TTC",
        "« à rappeler »",
        "D’ALENÇON, aujourd’hui, qu’il",
        "Pharmacie® de l’Étoile",
        "20 m² … ½",
        "30€HT",
        "DE\u00a0LA ROCHE",
        "«NOÉ»",
        "l’or",
    ],
)
def test_signs_that_stand_where_french_writes_them_are_no_doubt(texte: str) -> None:
    (rangee,) = lire(texte, "cp1252").rangees
    assert rangee.cellules[1] == texte


@pytest.mark.parametrize(
    ("texte", "encodage", "nom"),
    [
        ("N° demande", "mac-roman", "MacRoman"),
        ("N° demande", "cp850", "CP850"),
        ("DEPOSÉ À", "cp850", "CP850"),
        ("À", "mac-roman", "MacRoman"),
        ("LEBŒUF", "iso8859-15", "ISO-8859-15"),
        ("708 €", "iso8859-15", "ISO-8859-15"),
        ("ÇA VA", "cp850", "CP850"),
        ("L'HAŸ", "mac-roman", "MacRoman"),
        ("SIMÕES", "mac-roman", "MacRoman"),
        ("Nicolò", "mac-roman", "MacRoman"),
        ("Håkan", "cp850", "CP850"),
        ("MILOŠ", "iso8859-15", "ISO-8859-15"),
    ],
)
def test_signs_and_single_letters_give_an_encoding_away(texte: str, encodage: str, nom: str) -> None:
    with pytest.raises(DepotRefuse, match=nom) as refus:
        lire(texte, encodage)
    assert refus.value.code == "encodage-douteux"


@pytest.mark.parametrize("ecrire", ECRITURES)
def test_a_word_of_names_is_less_of_a_doubt_than_one_letter_out_of_place(ecrire: Callable[[str], str]) -> None:
    mots = (
        *(
            *NOMS,
            "OÙ",
            "L’HAŸ",
            "CROŸ",
            "LÆTITIA",
            "20M²",
            "CAMÕES",
            "NICOLÒ",
            "FORLÌ",
            "HÅKAN",
            "MILOŠ",
            "ŽIŽEK",
            "O’CONNOR",
        ),
        *("QU’IL", "D’OR", "«NOÉ»", "DURAND’"),
    )
    doutes = {mot: invraisemblance(ecrire(mot)) for mot in mots}
    assert {mot: doute for mot, doute in doutes.items() if doute >= 20} == {}
    assert invraisemblance("FRAN’OIS") >= 20


@pytest.mark.parametrize(
    "ecrit", ["Windows-1252", "WINDOWS 1252", "cp1252", "macroman", "MacRoman", "CP850", "iso-8859-15", "UTF-8"]
)
def test_encodings_go_by_the_names_that_people_know(ecrit: str) -> None:
    assert len(list(lire("DURAND", "ascii", ecrit).rangees)) == 1


@pytest.mark.parametrize("ecrit", ["", "klingon", "rot13", "idna", "a\0b"])
def test_an_encoding_that_is_not_offered_is_refused_with_those_that_are(ecrit: str) -> None:
    with pytest.raises(DepotRefuse, match="UTF-8, UTF-16, Windows-1252, MacRoman, CP850") as refus:
        lire("DURAND", "ascii", ecrit)
    assert refus.value.code == "encodage-inconnu"


def test_an_encoding_that_does_not_fit_is_refused_with_the_line() -> None:
    with pytest.raises(DepotRefuse, match="illisible à la ligne 2"):
        lire("DUPRÉ", "cp1252", "utf-8")
    with pytest.raises(DepotRefuse, match="illisible à la ligne 3"):
        lire_tableau(b"\nNumero\n\xc9\n", titres_connus(["Numero"]), refus=DepotRefuse, encodage="utf-8")


def test_the_mark_of_utf_8_is_no_part_of_the_first_title_when_utf_8_is_imposed() -> None:
    assert lire("DUPRÉ", "utf-8-sig", "utf-8").titres == ("Numero", "Nom")


def test_a_large_file_is_judged_by_its_first_words_and_by_the_beginnings_of_endless_ones() -> None:
    noms = " ".join(f"É{rang}" for rang in range(6_000)) + " " + "é" * 90_000
    assert [len(str(r.cellules[1])) for r in lire(noms, "cp1252").rangees] == [len(noms)]
    with pytest.raises(DepotRefuse, match="MacRoman"):
        lire(noms, "mac-roman")


def test_of_a_large_file_no_more_words_are_judged_than_show_its_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    juges: list[str] = []

    def juger(mot: str) -> int:
        juges.append(mot)
        return 0

    monkeypatch.setattr(encodages, "invraisemblance", juger)
    lire(" ".join(f"É{rang}" for rang in range(6_000)), "cp1252")
    assert len(juges) == 4 * 5_000


def test_decomposed_accents_in_utf_8_are_no_doubt() -> None:
    decompose = unicodedata.normalize("NFD", "LEFÈVRE")
    assert [rangee.cellules[1] for rangee in lire(decompose, "utf-8").rangees] == [decompose]
