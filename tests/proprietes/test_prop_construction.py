"""The quick ways into the model and out of it, against the plain ones: they never decide, and never give another answer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve, field, fields, frozen
from hypothesis import assume, given
from hypothesis import strategies as st
from mesure import USUAL, examples

from segur_pha import (
    VA1,
    Commande,
    Demande,
    DemandeInvalide,
    Fichier,
    FormatFichier,
    PieceJustificative,
    RegimeTVA,
    StatutAdminTechnique,
    TypeFichier,
    construire_demande,
    controler,
    en_json,
    lire,
)
from segur_pha.strategies import fichiers
from segur_pha.table import bloc, construction
from segur_pha.table.balise import Liste, balise
from segur_pha.table.bloc import Bloc
from segur_pha.table.construction import Constructeur
from segur_pha.table.formats import Booleen, Code, DateJJMMAAAA, Doute, Format, Montant, Texte
from segur_pha.table.modele import Coherence, depuis_brut, en_brut
from segur_pha.table.motifs import LONGUEUR_COURTE, adresse, adresse_courte
from segur_pha.table.regles import juger_valeur
from segur_pha.table.remplissage import batir, planifier, preneur
from segur_pha.texte_json.ecriture import json_du_brut
from segur_pha.texte_json.lecture import lire_octets
from segur_pha.texte_json.modele import fichier_des_structures
from segur_pha.texte_json.structures import structurer
from segur_pha.textes import encodable
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide
from segur_pha.vagues.va1.noms import NOMS_DES_PIECES

if TYPE_CHECKING:
    from collections.abc import Callable

    from segur_pha.table.balise import Balise


class TexteAPart(str):
    """A text of somebody's own class."""

    __slots__ = ()


class Regime(str, Enum):  # noqa: UP042 - such as people have
    """An enumeration of somebody's own, equal to a code and written otherwise."""

    HT = "HT"


class JourAPart(date):
    """A day of somebody's own class, equal to a day."""


GOOD: dict[str, Any] = {
    "numero_editeur": "00001",
    "date_commande": date(2022, 11, 15),
    "regime_tva": RegimeTVA.TTC,
    "montant_segur_ht": Decimal("708.33"),
    "statut_admin_technique": StatutAdminTechnique.EDITEUR,
    "numero_carte_cpx": "1234567890",
    "nom_admin_technique": "MARTIN",
    "tel_admin_technique": "0102030405",
    "email_admin_technique": "certificats@editeur.example",
    "nom_responsable": "DURAND",
    "finess_geo": "777777777",
    "has_bal_ms_sante_personnelle": True,
    "email_responsable": None,
    "telephone_responsable": None,
    "operateur_messagerie": None,
    "format_bon_commande": "PDF",
    "format_preuve_ht": "PDF",
}
ODD = [
    *(None, True, False, 0, 1, 1.0, 10**30, b"708.33", [], {}, ["HT"], {"a": 1}, object, Decimal, frozenset()),
    *(
        "",
        " ",
        "\u00a0",
        "\u2003",
        "\n",
        "x",
        "null",
        "NULL",
        "Null",
        "C",
        "HT",
        "TTC",
        "E",
        "P",
        "PDF",
        "JPG",
        "pdf",
        "M",
    ),
    *(
        "00001",
        "A1b2C",
        "0000é",
        "00\n01",
        "000:1",
        "BON_COMMANDE",
        "DURAND",
        "Durand",
        "É" * 24,
        "É" * 49,
        "A" * 50,
        "A" * 124,
    ),
    *(
        "DUR\ud800AND",
        "ǅ",
        "ª",
        "123",
        "A\nB",
        "A\tB",
        "1",
        "777777777",
        "1234567890",
        "0" * 49,
        "\u0301" * 9,
        "x" * 124,
    ),
    *("a@b.fr", "a@b", "a@b.fr\n", "a" * 60 + "@b.fr", "é@b.fr", "x@-b.fr", "x@b-.fr", "x@b--c.fr", "CH _20", "CH_20"),
    *(f"x@{'b' * n}.fr" for n in (62, 63, 64)),
    *("15/11/2022", "31/02/2022", "15/11/2022\n", "1/1/2022", "١٥/11/2022"),
    *(
        date(1, 1, 1),
        date(9999, 12, 31),
        datetime(2022, 11, 15, tzinfo=UTC),
        JourAPart(2022, 11, 15),
        date(2022, 11, 15),
    ),
    *(
        Decimal(850),
        Decimal("850.000"),
        Decimal("8.5E2"),
        Decimal("-0.00"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("1E+400"),
    ),
    *(Decimal("0.005"), Decimal("1E-400"), Decimal("708.33"), "708.33", "850", "8.5e2", "-1.00", "٧٠٨.٣٣"),
    *(TexteAPart("DURAND"), TexteAPart("TTC"), TexteAPart("00001"), TexteAPart("a@b.fr"), TexteAPart("15/11/2022")),
    *(Regime.HT, RegimeTVA.HT, StatutAdminTechnique.PHARMACIEN, FormatFichier.PNG, TypeFichier.PREUVE_HT),
]
VALUES = st.sampled_from(ODD)
ANYTHING = (
    VALUES | st.text(max_size=12) | st.text("aA0/@.:-é \n", max_size=12) | st.decimals() | st.dates() | st.integers()
)

FIELDS = [b for b in VA1.balises if isinstance(b.format, Format) and b.attribut]


@pytest.mark.parametrize("rangee", FIELDS, ids=lambda b: b.nom)
def test_what_a_quick_way_takes_the_plain_rules_accept_and_make_the_same_of(rangee: Balise) -> None:
    format_ = rangee.format
    assert isinstance(format_, Format)
    prendre = preneur(rangee)

    @examples(60, 10_000)
    @given(ANYTHING)
    def take(value: object) -> None:
        try:
            taken = prendre(value)
        except Doute:
            return
        brut = construction._brut(format_, value)  # noqa: SLF001 - the plain way of a flat value
        assert juger_valeur(rangee, brut) is None
        assert not isinstance(brut, str) or encodable(brut)
        plain = None if brut is None else format_.lire(brut)
        assert (type(taken), taken) == (type(plain), plain)
        assert str(taken) == str(plain)

    take()


def outcome(build: Callable[[dict[str, Any]], object], flat: dict[str, Any]) -> object:
    try:
        built = build(dict(flat))
    except DemandeInvalide as refusal:
        return [(a.code, a.libelle, a.chemin) for a in refusal.anomalies]
    return repr(built), built


def doubt(*_: object) -> None:
    raise Doute


def plainly(flat: dict[str, Any]) -> object:
    """Build a request with the plain rules alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Constructeur, "_batir", doubt)
        return construire_demande(**flat)


@examples(300, 20_000)
@given(st.dictionaries(st.sampled_from(sorted(GOOD)), VALUES, max_size=4))
def test_a_request_is_built_as_the_plain_rules_build_it(changes: dict[str, Any]) -> None:
    flat = GOOD | changes
    assert outcome(lambda plat: construire_demande(**plat), flat) == outcome(plainly, flat)


ORDINARY = [
    {},
    {
        "date_commande": "15/11/2022",
        "regime_tva": "HT",
        "montant_segur_ht": "708.33",
        "statut_admin_technique": "P",
        "format_bon_commande": FormatFichier.PNG,
    },
    {
        "montant_segur_ht": Decimal(850),
        "email_responsable": "a.b@officine.example",
        "operateur_messagerie": "CH _20",
        "nom_responsable": "D'ÉVREUX",
    },
    {"telephone_responsable": "01 02", "format_preuve_ht": FormatFichier.JPG, "regime_tva": RegimeTVA.HT},
]


@pytest.mark.parametrize("ordinary", ORDINARY)
def test_ordinary_values_never_meet_the_plain_rules(ordinary: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = plainly(GOOD | ordinary)
    monkeypatch.delattr(Constructeur, "_juger")
    assert construire_demande(**(GOOD | ordinary)) == expected


def test_a_rule_that_reads_what_the_publisher_gives_is_tried() -> None:
    rule = Coherence(
        balise="numeroEditeur",
        lit=("FINESSGeo",),
        libelle="x",
        respectee=lambda _, d, __: "8" in str(d["beneficiaire"]),
    )
    builder = Constructeur(Demande, NOMS_DES_PIECES, [rule])
    for finess, right in (("777777778", True), ("777777777", False)):
        for quickly in (True, False):
            with pytest.MonkeyPatch.context() as patch:
                if not quickly:
                    patch.setattr(Constructeur, "_batir", doubt)
                built = outcome(
                    lambda flat: builder.construire(flat, {"BON_COMMANDE": "PDF"}), GOOD | {"finess_geo": finess}
                )
            assert (built == [("0807", "numeroEditeur : x", "/numeroEditeur")]) is not right


@pytest.mark.parametrize(("letters", "right"), [(63, True), (64, False)])
def test_the_shortest_address_with_too_long_a_label_is_refused(letters: int, right: bool) -> None:  # noqa: FBT001
    address = f"a@{'x' * letters}.b"
    built = outcome(lambda flat: construire_demande(**flat), GOOD | {"email_admin_technique": address})
    assert isinstance(built, tuple) is right  # else a list of faults
    text = en_json(fichier_du_guide()).replace(b"certificats@editeur.example", address.encode())
    assert controler(text).tout_accepte is right


def test_a_block_that_is_only_half_given_is_doubtful() -> None:
    with pytest.raises(Doute):
        batir(planifier(Commande), {"date_commande": None, "regime_tva": "HT", "montant_segur_ht": "708.33"})


# --- Blocks that are built one by one ---

GUIDE = demande_du_guide()
BLOCKS = [
    GUIDE.commande,
    GUIDE.certificats_serveur,
    GUIDE.beneficiaire,
    GUIDE.pieces_justificatives[0],
    GUIDE.scenario_installation,
]
PIECE = GUIDE.pieces_justificatives[0]
PROOF = PieceJustificative(
    nom_fichier="PHA-LGO-Va1-HT-00001.pdf", format_fichier=FormatFichier.PDF, type_fichier=TypeFichier.PREUVE_HT
)
PARTS: list[Any] = [*BLOCKS, GUIDE, fichier_du_guide()]
HIGHER = st.sampled_from(
    [
        *BLOCKS,
        *((), (PIECE,), (PIECE, PIECE), (PIECE, PROOF), [PIECE], (None,), (GUIDE,), (GUIDE, GUIDE), (GUIDE, 1)),
        (GUIDE, construire_demande(**(GOOD | {"numero_editeur": "00002"}))),
        tuple(construire_demande(**(GOOD | {"numero_editeur": f"{k:05}"})) for k in range(201)),
        evolve(GUIDE.commande, regime_tva=RegimeTVA.HT),
    ]
)


@examples(300, 20_000)
@given(st.data())
def test_a_block_is_accepted_as_the_plain_rules_accept_it(data: st.DataObject) -> None:
    block = data.draw(st.sampled_from(PARTS))
    names = [f.name for f in fields(type(block))]
    changes = data.draw(st.dictionaries(st.sampled_from(names), VALUES | HIGHER, min_size=1, max_size=2))

    def rebuild(_: dict[str, Any]) -> object:
        return evolve(block, **changes)

    quick = outcome(rebuild, {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bloc, "sans_doute", lambda *_: False)
        assert quick == outcome(rebuild, {})


def test_ordinary_blocks_never_meet_the_plain_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(bloc, "_anomalies_du_bloc")
    for block in (*BLOCKS, GUIDE, fichier_du_guide()):
        assert evolve(block) == block
    both = evolve(GUIDE, commande=evolve(GUIDE.commande, regime_tva=RegimeTVA.HT), pieces_justificatives=(PIECE, PROOF))
    assert isinstance(both, Demande)


def test_a_block_without_slots_is_filled_all_the_same() -> None:
    @frozen(kw_only=True, slots=False, repr=False)
    class Ouvert(Bloc):
        nom: str = field(metadata=balise(1, "nom", Texte(moins_de=9), bloc="", titre="", description=""))

    assert batir(planifier(Ouvert), {"nom": "x"}) == Ouvert(nom="x")


def test_a_value_that_may_be_left_out_need_not_be_a_text() -> None:
    row = balise(1, "jour", DateJJMMAAAA(), bloc="", titre="", description="", obligatoire=False)["balise"]
    assert preneur(row)(date(2022, 11, 15)) == preneur(row)("15/11/2022") == date(2022, 11, 15)
    assert preneur(row)(None) is None


def test_the_list_of_requests_need_not_be_the_last_row_of_a_file() -> None:
    @frozen(kw_only=True, repr=False)
    class Un(Bloc):
        nom: str = field(metadata=balise(1, "nom", Texte(moins_de=9), bloc="", titre="", description=""))

    @frozen(kw_only=True, repr=False)
    class Tous(Bloc):
        uns: tuple[Un, ...] = field(metadata=balise(2, "uns", Liste(Un), bloc="", titre="", description=""))
        fin: str = field(metadata=balise(3, "fin", Texte(moins_de=9), bloc="", titre="", description=""))

    read = structurer(b'{"uns":[{"nom":"A"},{"nom":"B"}],"fin":"C"}', Tous)
    assert fichier_des_structures(Tous, read.entete, read.demandes) == Tous(uns=(Un(nom="A"), Un(nom="B")), fin="C")


def test_a_format_without_a_quick_way_is_left_to_the_plain_rules() -> None:
    class Prudent(Texte):
        preneur = Format.preneur

    @frozen(kw_only=True, repr=False)
    class Lent(Bloc):
        nom: str = field(metadata=balise(1, "nom", Prudent(moins_de=9), bloc="", titre="", description=""))

    assert Lent(nom="x").nom == "x"
    with pytest.raises(DemandeInvalide):
        Lent(nom="x" * 9)


# --- Columns ---


@USUAL
@given(fichiers())
def test_columns_are_written_as_single_values_are(fichier: Fichier) -> None:
    assert en_json(fichier) == json_du_brut(en_brut(fichier))
    assert en_json(fichier, compact=True) == json_du_brut(en_brut(fichier), compact=True)


FACULTATIVE = [b.nom for b in VA1.balises if not b.obligatoire]


@USUAL
@given(fichiers(), st.data())
def test_columns_are_read_as_single_values_are(fichier: Fichier, data: st.DataObject) -> None:
    brut: Any = en_brut(fichier)
    for ligne in brut["lignesImport"]:
        for block in (ligne["beneficiaire"], ligne["scenarioInstallation"]):
            for tag in data.draw(st.sets(st.sampled_from(FACULTATIVE))) & block.keys():
                del block[tag]
    octets = json_du_brut(brut)
    plain = depuis_brut(Fichier, lire_octets(octets, VA1.limites).arbre)  # type: ignore[arg-type]
    assert lire(octets) == plain
    assert controler(octets).demandes() == dict(enumerate(plain.demandes, start=1))
    assert repr(lire(octets)) == repr(plain)


def test_of_a_file_with_a_rejected_request_the_others_are_read() -> None:
    requests = tuple(construire_demande(**(GOOD | {"numero_editeur": letter * 5})) for letter in "ABC")
    brut: Any = en_brut(evolve(fichier_du_guide(), demandes=requests))
    brut["lignesImport"][1]["beneficiaire"]["FINESSGeo"] = 7
    read = controler(json_du_brut(brut)).demandes()
    assert read == {1: requests[0], 3: requests[2]}


def test_amounts_that_do_not_spell_themselves_out_are_written_as_the_table_wants_them() -> None:
    amounts = [Decimal(850), Decimal("850.000"), Decimal("1E+2"), Decimal("708.33")]
    demandes = [
        evolve(demande_du_guide(f"{k:05}"), commande=evolve(GUIDE.commande, montant_segur_ht=amount))
        for k, amount in enumerate(amounts)
    ]
    fichier = evolve(fichier_du_guide(), demandes=tuple(demandes))
    assert en_json(fichier, compact=True) == json_du_brut(en_brut(fichier), compact=True)
    assert en_json(fichier).count(b": 850.00") == 2


def test_a_text_of_another_class_is_written_as_a_text() -> None:
    demande = evolve(GUIDE, beneficiaire=evolve(GUIDE.beneficiaire, nom_responsable=TexteAPart("DURAND")))
    fichier = evolve(fichier_du_guide(), demandes=(demande,))
    assert en_json(fichier) == json_du_brut(en_brut(fichier))


FORMATS: list[tuple[Format, list[object]]] = [
    *((b.format, [None]) for b in FIELDS if isinstance(b.format, Format)),
    (Code(RegimeTVA), [RegimeTVA.HT, None, RegimeTVA.TTC]),
]


@pytest.mark.parametrize(("format_", "column"), FORMATS, ids=lambda v: type(v).__name__)
def test_a_column_may_have_holes(format_: Format, column: list[object]) -> None:
    written = [*format_.ecrire_colonne(column)]
    assert written == [None if value is None else format_.ecrire(value) for value in column]
    assert [*format_.lire_colonne(written)] == column  # type: ignore[arg-type]


# --- Addresses ---

LABELS = st.text("aB0-.", max_size=70)


@examples(500, 20_000)
@given(st.builds("{}@{}".format, st.text("aZ0.!-'@ é", max_size=5), LABELS) | st.text("a@.-\n", max_size=12))
def test_a_short_address_is_an_address(text: str) -> None:
    assume(len(text) <= LONGUEUR_COURTE)
    assert bool(adresse_courte().fullmatch(text)) == bool(adresse().fullmatch(text))


def test_the_bound_of_a_short_address_is_exact() -> None:
    for length, right in ((63, True), (64, False)):
        address = f"a@{'b' * length}.c"
        assert bool(adresse().fullmatch(address)) is right
        assert (len(address) <= LONGUEUR_COURTE) is right
        assert adresse_courte().fullmatch(address)


def test_a_facultative_value_of_any_format_may_be_left_out() -> None:
    for value, format_ in ((True, Booleen()), (Decimal("1.00"), Montant(decimales=2)), ("nulle", Texte(moins_de=9))):
        row = balise(1, "x", format_, bloc="", titre="", description="", obligatoire=False)["balise"]
        assert preneur(row)(value) == value
        assert preneur(row)(None) is None
    with pytest.raises(Doute):
        preneur(row)("NULL")
