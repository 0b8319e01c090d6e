"""Every length at n-1, n and n+1, and junk at every format (decisions 1, 2, 7 to 10 and 14)."""

from __future__ import annotations

import re
import sys
import unicodedata
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha import VA1, FormatFichier, controler
from segur_pha.table.formats import (
    Booleen,
    Brut,
    Code,
    CodeDeListe,
    Constante,
    Courriel,
    DateJJMMAAAA,
    Format,
    FormatEcrit,
    Montant,
    Nature,
    Nul,
    Rang,
    Texte,
    textes,
)
from segur_pha.table.motifs import (
    MOTIF_ADRESSE,
    contient_un_minuscule,
    est_blanc,
    hors_du_motif,
    minuscules_latines,
)
from segur_pha.table.regles import juger_valeur
from segur_pha.texte_json.structures import type_de_valeur
from tests.outils import LIGNE, Json, Nombre, codes, fautes, fichier, modifier, octets

if TYPE_CHECKING:
    from segur_pha.table.balise import Balise

# Where each balise with a length stands, and the shortest and longest length that is accepted ("<n": n-1 at most).
LENGTHS = {
    "/numeroAns": (10, 10),
    "/SIRET": (14, 14),
    f"{LIGNE}/numeroEditeur": (5, 5),
    f"{LIGNE}/certificatsServeur/numeroCarteCPX": (10, 10),
    f"{LIGNE}/certificatsServeur/nomAdminTechnique": (1, 24),
    f"{LIGNE}/certificatsServeur/telAdminTechnique": (1, 49),
    f"{LIGNE}/certificatsServeur/emailAdminTechnique": (None, 124),
    f"{LIGNE}/beneficiaire/nomResponsable": (1, 49),
    f"{LIGNE}/beneficiaire/emailResponsable": (None, 124),
    f"{LIGNE}/beneficiaire/telephoneResponsable": (1, 49),
    f"{LIGNE}/beneficiaire/FINESSGeo": (9, 9),
    f"{LIGNE}/piecesJustificatives/0/nomFichier": (None, 49),
    f"{LIGNE}/scenarioInstallation/operateurMessagerie": (None, 24),
}
LETTERS_AND_DIGITS_ONLY = ("/numeroAns", f"{LIGNE}/numeroEditeur")


def of_length(chemin: str, n: int, letter: str = "A") -> str:
    """Give a text of n code points which, wherever a rule asks for more than a length, follows that rule."""
    return f"{letter * (n - 5)}@a.fr" if chemin.endswith(("emailAdminTechnique", "emailResponsable")) else letter * n


def codes_at(chemin: str, valeur: Json) -> list[str]:
    """Give the codes found at a pointer; another balise may mind the change (a PJ no longer bears its request's number)."""
    return [code for code, ou in fautes(controler(octets(modifier(fichier(), chemin, valeur)))) if ou == chemin]


def number_of(chemin: str) -> str:
    return f"{next(b.numero for b in VA1.balises if b.nom == chemin.rpartition('/')[2]):02}"


@pytest.mark.parametrize("chemin", LENGTHS)
def test_one_character_more_than_the_longest_is_refused(chemin: str) -> None:
    longest = LENGTHS[chemin][1]
    length_fault = [f"{number_of(chemin)}03"]
    for n in (longest - 1, longest):
        assert codes_at(chemin, of_length(chemin, n)) != length_fault or n < (LENGTHS[chemin][0] or 0)
    for n in (longest + 1, longest + 2):
        assert codes_at(chemin, of_length(chemin, n)) == length_fault


@pytest.mark.parametrize("chemin", [c for c, (shortest, _) in LENGTHS.items() if shortest])
def test_one_character_less_than_the_shortest_is_refused(chemin: str) -> None:
    shortest, longest = LENGTHS[chemin]
    assert shortest is not None
    for n in (shortest, longest):
        assert codes_at(chemin, of_length(chemin, n)) == []
    # Fewer than one character is not a length, it is "not filled" (decision 1).
    assert codes_at(chemin, "A" * (shortest - 1)) == [f"{number_of(chemin)}{'03' if shortest > 1 else '01'}"]


@pytest.mark.parametrize("chemin", [c for c, (n, _) in LENGTHS.items() if n and c not in LETTERS_AND_DIGITS_ONLY])
def test_a_length_counts_code_points(chemin: str) -> None:
    _, longest = LENGTHS[chemin]
    for letter in ("É", "€", "😀", "\u0301"):  # Latin-1, beyond it, beyond the BMP, combining
        assert codes_at(chemin, letter * longest) == []
        assert codes_at(chemin, letter * (longest + 1)) == [f"{number_of(chemin)}03"]


def test_an_e_mail_of_124_characters_is_accepted_and_of_125_refused() -> None:
    chemin = f"{LIGNE}/beneficiaire/emailResponsable"
    assert codes_at(chemin, of_length(chemin, 124)) == []
    assert codes_at(chemin, of_length(chemin, 125)) == ["2103"]


# --- Blank: five characters and no other. ---


@pytest.mark.parametrize("chemin", [c for c in LENGTHS if "messagerie" not in c.lower()])
def test_blank_is_not_filled_whatever_its_length(chemin: str) -> None:
    not_filled = [f"{number_of(chemin)}01"]
    for blank in ("", " ", "\u00a0", "\t", "\r", "\n", " \u00a0\t\r\n"):
        filler = blank * 10 or ""
        assert codes_at(chemin, blank) == codes_at(chemin, filler[: LENGTHS[chemin][1]]) == not_filled, repr(blank)


@pytest.mark.parametrize(
    "space", ["\u2003", "\u202f", "\u2009", "\u200b", "\u3000", "\ufeff", "\x0b", "\x0c", "\x85", "\0"]
)
def test_no_other_space_is_blank(space: str) -> None:
    assert est_blanc(space) is False
    assert codes_at(f"{LIGNE}/certificatsServeur/nomAdminTechnique", space) == []
    assert codes_at(f"{LIGNE}/beneficiaire/telephoneResponsable", space) == []
    assert codes_at("/numeroAns", space * 10) == (["0204"] if space in "\x0b\x0c\x85\0" else [])


# --- Junk at every format: the kinds that a format announces, and no exception. ---

JUNK: list[Brut] = [
    None, True, False, 0, 1, -1, 10**30, b"1.0", b"708.33", b"-1.00", b"1E400", b"1e0", b"-0", "", " ", "x", "null", "NULL",
    "true", "C", "TTC", "\n", "é" * 300, "\ud800", [], ["C"], {}, {"a": 1}, "15/11/2022", "CH _20",
]  # fmt: skip
FIELDS = [b for b in VA1.balises if isinstance(b.format, Format)]


@pytest.mark.parametrize("rangee", FIELDS, ids=lambda b: b.nom)
def test_junk_gets_one_of_the_announced_kinds(rangee: Balise) -> None:
    assert isinstance(rangee.format, Format)
    for brut in JUNK:
        defaut = juger_valeur(rangee, brut)
        assert defaut is None or defaut.nature in rangee.format.natures


@pytest.mark.parametrize("rangee", FIELDS, ids=lambda b: b.nom)
def test_a_list_or_an_object_is_never_a_value(rangee: Balise) -> None:
    several: list[Brut] = [[], {}, ["A"], {"A": 1}]
    for brut in several:
        defaut = juger_valeur(rangee, brut)
        assert defaut is not None, brut
        assert defaut.nature is Nature.TYPE, brut


def mould_takes(format_: Format, brut: Brut) -> bool:
    try:
        msgspec.convert(brut, type_de_valeur(format_))
    except (msgspec.ValidationError, UnicodeEncodeError):  # a lone surrogate is in no file that was read
        return False
    return True


@pytest.mark.parametrize("rangee", FIELDS, ids=lambda b: b.nom)
def test_the_fast_look_at_a_column_only_errs_by_doubting(rangee: Balise) -> None:
    format_ = rangee.format
    assert isinstance(format_, Format)
    taken = [brut for brut in JUNK if brut is not None and mould_takes(format_, brut)]

    @given(st.lists(st.sampled_from(taken), max_size=4) if taken else st.just([]))
    def look(colonne: list[Brut]) -> None:
        doubted = [*format_.suspectes(colonne)]
        # The look does not know which balises are facultative, so it may trust the text "null" there; its caller does not.
        assert [b for b in colonne if juger_valeur(rangee, b) and b not in doubted and str(b).lower() != "null"] == []

    look()


RIGHT: list[tuple[Format, Brut]] = [
    (Texte(exact=1), "A"),
    (Courriel(moins_de=125), "a@b.fr"),
    (DateJJMMAAAA(), "29/02/2024"),
    (Montant(decimales=2), b"850.00"),
    (Rang(maximum=200), 7),
    (Booleen(), False),
    (Code(FormatFichier), "PDF"),
    (Constante("C"), "C"),
    (CodeDeListe(liste=lambda: ("CH _20",), moins_de=25, nom="un code", rapprocher=lambda _: None), "CH _20"),
    (Nul(), None),
]


@pytest.mark.parametrize(("format_", "right"), RIGHT, ids=lambda v: type(v).__name__)
def test_every_format_reads_what_it_writes_and_writes_what_it_reads(format_: Format, right: Brut) -> None:
    assert format_.defaut(right) is None
    # A value is obligatory unless told otherwise; null is one of `Nul` only.
    assert (format_.defaut(None) is None) == (right is None)
    value = format_.lire(right)
    assert format_.est_du_type(value)
    assert not format_.est_du_type(object())
    assert format_.ecrire(value) == right
    assert [*format_.suspectes([right])] == []
    assert mould_takes(format_, right)


def test_no_format_of_the_table_is_left_out_here() -> None:
    assert {type(b.format) for b in FIELDS} == {type(format_) for format_, _ in RIGHT}


# --- The fine print of single formats. ---


@pytest.mark.parametrize("montant", ["850.00", "0.00", "0.01", "708.33", "1234567890.12", f"{'9' * 300}.99"])
def test_an_amount_with_two_decimals_is_right(montant: str) -> None:
    assert controler(octets(modifier(fichier(), f"{LIGNE}/commande/montantSegurHT", Nombre(montant)))).tout_accepte


@pytest.mark.parametrize(
    "montant",
    [
        "850",
        "850.0",
        "850.000",
        "8.5e2",
        "85000E-2",
        "-1.00",
        "-0.00",
        "0",
        "0.0",
        "1e2",
        "1E400",
        "-1",
        "1.00e0",
        "9" * 10_000,
    ],
    ids=lambda m: m[:10],
)
def test_an_amount_of_another_shape_is_refused(montant: str) -> None:
    assert codes_at(f"{LIGNE}/commande/montantSegurHT", Nombre(montant)) == ["1204"]


@pytest.mark.parametrize("valeur", ["850.00", True, [], {}, [Nombre("850.00")]], ids=repr)
def test_an_amount_is_a_number(valeur: Json) -> None:
    assert codes_at(f"{LIGNE}/commande/montantSegurHT", valeur) == ["1202"]


@pytest.mark.parametrize(
    ("montant", "written"),
    [
        ("850", b"850.00"),
        ("850.0", b"850.00"),
        ("8.5E+2", b"850.00"),
        ("708.330", b"708.33"),
        ("0", b"0.00"),
        ("0E-5", b"0.00"),
        ("708.333", b"708.333"),
        ("-0.00", b"-0.00"),
    ],
)
def test_a_decimal_is_written_to_the_cent_and_never_rounded(montant: str, written: bytes) -> None:
    assert Montant(decimales=2).ecrire(Decimal(montant)) == written


@pytest.mark.parametrize(
    "montant", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+999999999", "1E-999999999", "-1E-999999"]
)
def test_a_decimal_that_is_no_amount_is_refused_without_being_spelled_out(montant: str) -> None:
    written = Montant(decimales=2).ecrire(Decimal(montant))
    assert isinstance(written, bytes)
    assert len(written) < 100
    defaut = Montant(decimales=2).defaut(written)
    assert defaut is not None
    assert defaut.nature is Nature.FORMAT


def test_an_amount_is_spelled_out_up_to_a_thousand_zeros() -> None:
    for sign, power, zeros in (
        ("", "1E+1000", b"1" + b"0" * 1000 + b".00"),
        ("-", "1E-1000", b"0." + b"0" * 999 + b"1"),
    ):
        assert Montant(decimales=2).ecrire(Decimal(sign + power)) == sign.encode() + zeros
    for power in ("1E+1001", "-1E-1001"):
        assert Montant(decimales=2).ecrire(Decimal(power)) == power.encode()


@pytest.mark.parametrize("jour", ["29/02/2024", "01/01/0001", "31/12/9999", "28/02/2023"])
def test_a_day_that_exists(jour: str) -> None:
    assert DateJJMMAAAA().defaut(jour) is None
    lu = DateJJMMAAAA().lire(jour)
    assert isinstance(lu, date)
    assert DateJJMMAAAA().ecrire(lu) == jour


@pytest.mark.parametrize(
    "jour",
    ["29/02/2023", "31/04/2022", "00/01/2022", "01/13/2022", "01/00/2022", "32/01/2022", "01/01/0000", "1/1/2022", "15-11-2022",
     "2022-11-15", "15/11/22", "15/11/2022 ", "15/11/2022\n", "١٥/١١/٢٠٢٢", "１５/11/2022", "15/11/20222"],
)  # fmt: skip
def test_a_day_that_does_not_exist_or_is_written_otherwise(jour: str) -> None:
    assert codes_at(f"{LIGNE}/commande/dateCommande", jour) == ["1004"]


# Decision 10, worked out from the HTML living standard: its grammar, plus a dot.
RIGHT_ADDRESSES = [
    "a@b.fr", "A.B+c@b-c.d.fr", "!#$%&'*+/=?^_`{|}~-@a.b", "..@a.b", "1@1.1", f"a@{'b' * 63}.fr", "a@b.c-d", "a@xn--caf-dma.fr",
]  # fmt: skip
WRONG_ADDRESSES = [
    "a", "a@b", "@b.fr", "a@", "a@.fr", "a@b.", "a@b..fr", "a@-b.fr", "a@b-.fr", "a@b.-fr", "a b@c.fr", "a@b c.fr", "a@b.fr ",
    " a@b.fr", "a@b.fr\n", "a@@b.fr", "a@b@c.fr", "é@b.fr", "a@é.fr", "a,b@c.fr", "<a@b.fr>", "a@b_c.fr", "mailto:a@b.fr",
    f"a@{'b' * 64}.fr", "a@[127.0.0.1]", "(c)a@b.fr", '"a"@b.fr', "a@b.fr;c@d.fr",
]  # fmt: skip


@pytest.mark.parametrize("adresse", RIGHT_ADDRESSES)
def test_an_address_of_the_standard_with_a_dot_is_accepted(adresse: str) -> None:
    assert codes_at(f"{LIGNE}/certificatsServeur/emailAdminTechnique", adresse) == []
    assert codes_at(f"{LIGNE}/beneficiaire/emailResponsable", adresse) == []


@pytest.mark.parametrize("adresse", WRONG_ADDRESSES)
def test_another_address_is_refused(adresse: str) -> None:
    assert codes_at(f"{LIGNE}/certificatsServeur/emailAdminTechnique", adresse) == ["1804"]
    assert codes_at(f"{LIGNE}/beneficiaire/emailResponsable", adresse) == ["2104"]


@given(st.characters())
def test_a_name_is_refused_exactly_for_category_ll(caractere: str) -> None:
    assert contient_un_minuscule(f"A{caractere}") == (unicodedata.category(caractere) == "Ll")


@pytest.mark.parametrize("nom", ["D'ANGÉLY", "N’DIAYE", "DE LA TOUR-1", "STRAẞE", "Ａ", "ª", "李", "ʰ", "🙂", "ǅ"])
def test_a_name_without_lower_case_is_accepted(nom: str) -> None:
    assert codes_at(f"{LIGNE}/beneficiaire/nomResponsable", nom) == []


@pytest.mark.parametrize("nom", ["Durand", "DURANd", "ÉlÉ", "STRAßE", "ﬁ", "α", "𝐚", "ⅽ"[:0] + "ŉ", "µ"])
def test_a_name_with_a_lower_case_letter_is_refused(nom: str) -> None:
    assert codes_at(f"{LIGNE}/beneficiaire/nomResponsable", nom) == ["2004"]


def test_the_latin_lower_case_letters_of_the_schema_are_those_of_unicode() -> None:
    inside = re.compile(f"[{minuscules_latines()}]")
    for point in (*range(0x250), *range(0x1E00, 0x1F00)):
        assert bool(inside.fullmatch(chr(point))) == (unicodedata.category(chr(point)) == "Ll")


@pytest.mark.parametrize("rang", ["1.0", "1e0", "1E0", "true", '"1"', "[1]", "{}"])
def test_a_rank_is_written_as_an_integer(rang: str) -> None:
    assert codes_at(f"{LIGNE}/numLigne", Nombre(rang)) == ["0502"]


@pytest.mark.parametrize("rang", ["0", "2", "201", "-1", "-0", "9" * 10_000, "-" + "9" * 5_000], ids=lambda r: r[:5])
def test_a_rank_is_that_of_the_line(rang: str) -> None:
    assert codes_at(f"{LIGNE}/numLigne", Nombre(rang)) == ["0507"]


@pytest.mark.parametrize("valeur", [1, 0, "true", "false", "oui", Nombre("1.0")], ids=repr)
def test_only_true_and_false_are_booleans(valeur: Json) -> None:
    assert codes_at(f"{LIGNE}/scenarioInstallation/hasBALMSSantePersonnelle", valeur) == ["2902"]


@pytest.mark.parametrize(
    ("tail", "value", "code"),
    [
        ("typeAction", "c", "0605"),
        ("typeAction", "M", "0605"),
        ("typeAction", "C ", "0605"),
        ("commande/regimeTVA", "ttc", "1105"),
        ("commande/regimeTVA", "HT ", "1105"),
        ("certificatsServeur/statutAdminTechnique", "e", "1405"),
        ("certificatsServeur/statutAdminTechnique", "EP", "1405"),
        ("piecesJustificatives/0/formatFichier", "pdf", "2605"),
        ("piecesJustificatives/0/formatFichier", "JPEG", "2605"),
        ("piecesJustificatives/0/typeFichier", "BDC", "2705"),
        ("piecesJustificatives/0/typeFichier", "PREUVE HT", "2705"),
    ],
)
def test_a_listed_value_is_taken_to_the_letter(tail: str, value: str, code: str) -> None:
    assert codes(controler(octets(modifier(fichier(), f"{LIGNE}/{tail}", value)))) == [code]


# --- What a table of a later wave could get wrong. ---


@pytest.mark.parametrize("lengths", [{}, {"exact": 3, "moins_de": 4}], ids=repr)
def test_a_text_has_one_kind_of_length(lengths: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="either"):
        Texte(**lengths)  # type: ignore[arg-type]


def test_a_rank_of_the_model_is_an_integer_and_not_a_boolean() -> None:
    rang = Rang(maximum=200)
    assert [rang.est_du_type(v) for v in (1, True, "1")] == [True, False, False]
    assert rang.ecrire(7) == rang.lire(7) == rang.ecrit(7) == 7


@given(st.sampled_from([Rang(maximum=200), Constante("C"), Nul()]), st.integers(0, 5))
def test_what_the_codec_writes_of_many_requests_is_what_it_writes_of_each(champ: FormatEcrit, count: int) -> None:
    each = [champ.ecrit(rank) for rank in range(1, count + 1)]
    assert [*champ.ecrits(count)] == [*FormatEcrit.ecrits(champ, count)] == each


def test_the_words_of_a_format_say_what_to_write() -> None:
    assert Code(FormatFichier).attendu == "« PDF », « PNG » ou « JPG »"
    assert Booleen().attendu == "true ou false, sans guillemets"
    assert "850.00" in Montant(decimales=2).attendu
    assert "JJ/MM/AAAA" in DateJJMMAAAA().attendu
    assert Texte(exact=9).attendu.endswith("9 caractères")
    assert Texte(moins_de=50, majuscules=True).attendu.endswith("49 caractères au plus, en majuscules")


def test_a_format_shows_what_was_declared_and_no_more() -> None:
    assert repr(Texte(exact=9)) == "Texte(exact=9, moins_de=None, forme=None, majuscules=False, meprise=None)"
    assert repr(Montant(decimales=2)) == "Montant(decimales=2)"


# Those of the table, and what another table may bring: a choice at the top, letters of both cases.
PATTERNS = [re.compile(r.format.forme.motif) for r in FIELDS if isinstance(r.format, Texte) and r.format.forme]
PATTERNS += [re.compile(MOTIF_ADRESSE), re.compile("A|00|@."), re.compile("[a-c]+", re.IGNORECASE)]


@pytest.mark.parametrize("motif", PATTERNS, ids=range(len(PATTERNS)))
@given(st.data())
def test_a_pattern_asked_of_a_whole_column_answers_as_of_one_text(motif: re.Pattern[str], data: st.DataObject) -> None:
    right = st.from_regex(motif, fullmatch=True)
    near = st.tuples(right, st.sampled_from(["\n", "x", "é", ""])).map("".join)
    textes = data.draw(st.lists(st.one_of(right, near, st.text(alphabet="A0@.\n", max_size=6)), max_size=6))
    assert [*hors_du_motif(motif, textes, "\n")] == [texte for texte in textes if not motif.fullmatch(texte)]


@pytest.mark.parametrize("rangee", [b for b in VA1.balises if isinstance(b.format, Format)], ids=lambda b: b.nom)
def test_nothing_is_kept_of_a_value_that_is_refused(rangee: Balise) -> None:
    # It may be a name that stands in the wrong place, or ten million characters.
    assert isinstance(rangee.format, Format)
    texte = "".join(["Xavier", " ", rangee.nom, "\x00" * 200])
    bearers = sys.getrefcount(texte)
    assert rangee.format.defaut(texte) is not None
    if isinstance(rangee.format, DateJJMMAAAA):
        assert list(rangee.format.suspectes([texte])) == [texte]
    assert sys.getrefcount(texte) == bearers


def test_a_column_of_any_format_is_read_and_written_value_by_value() -> None:
    assert [*Format.ecrire_colonne(Booleen(), [True, None])] == [True, None]
    assert [*Format.lire_colonne(Booleen(), [None, False])] == [None, False]


def test_a_column_that_the_codec_writes_stays_as_it_is() -> None:
    rang = Rang(maximum=3)
    assert [*rang.lire_colonne([1, 2])] == [*rang.ecrire_colonne([1, 2])] == [1, 2]


def test_a_day_is_written_the_same_once_enough_days_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textes, "_JOURS_GARDES", 0)
    assert [*DateJJMMAAAA().ecrire_colonne([date(1987, 1, 3), date(1987, 1, 3)])] == ["03/01/1987"] * 2
