"""What the documents fix, figure by figure, and what each error says of itself, word for word."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

import attrs
import pytest
from pages_derivees.table import page_de_la_table

from segur_pha import (
    VA1,
    Avance,
    Beneficiaire,
    CertificatsServeur,
    Commande,
    Demande,
    DemandeInvalide,
    Fichier,
    FormatFichier,
    NomFichierJSON,
    NomInvalide,
    NomPiece,
    PieceJustificative,
    RegimeTVA,
    ScenarioInstallation,
    SegurError,
    StatutAdminTechnique,
    TypeFichier,
    avance,
    chercher_operateurs,
    decouper,
    depassement_du_plafond,
)
from segur_pha.anomalies import Anomalie
from segur_pha.table.balise import Balise, balise
from segur_pha.table.catalogue import Provenance
from segur_pha.table.formats import CodeDeListe, Courriel, Defaut, Montant, Nature, Rang, Texte
from segur_pha.table.modele import Coherence, en_brut
from segur_pha.table.regles import anomalies_de_la_demande, doublons, plafonner, pointeur
from segur_pha.table.specification import Limites, Specification
from segur_pha.textes import encodable
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide
from segur_pha.vagues.va1.operateurs import code_le_plus_proche


def test_what_the_documents_bound() -> None:
    # Sections 2.1 and 3.2: 200 requests, 10, 3 and 200 Mo of 1,000,000 bytes; the others are ours (decisions 3 and 90).
    assert attrs.asdict(VA1.limites) == {
        "fichiers_par_jour": 999,
        "demandes_par_fichier": 200,
        "octets_du_json": 10_000_000,
        "niveaux_du_json": 64,
        "blocs_du_json": 150_000,
        "octets_par_piece": 3_000_000,
        "octets_par_zip": 200_000_000,
        "anomalies_detaillees": 1_000,
    }


def test_the_values_that_the_guide_prints() -> None:
    assert {kind.__name__: [(m.name, m.value) for m in kind] for kind in (RegimeTVA, FormatFichier, TypeFichier)} == {
        "RegimeTVA": [("TTC", "TTC"), ("HT", "HT")],
        "FormatFichier": [("PDF", "PDF"), ("PNG", "PNG"), ("JPG", "JPG")],
        "TypeFichier": [("BON_COMMANDE", "BON_COMMANDE"), ("PREUVE_HT", "PREUVE_HT")],
    }
    assert [(m.name, m.value) for m in StatutAdminTechnique] == [("EDITEUR", "E"), ("PHARMACIEN", "P")]


def test_wave_1_is_described() -> None:
    told = (VA1.nom, VA1.couloir, VA1.logiciel, VA1.vague, VA1.schema_id, VA1.source)
    assert told == (
        *("PHA-LGO-Va1", "PHA", "LGO", "Va1"),
        "urn:segur-pha:schema:PHA-LGO-Va1:avance",
        "DTJSONAVANCE-PHA-LGO-VA1, 04/11/2022",
    )
    assert VA1.nommer_fichier("ANS0000001", date(987, 1, 2), 7) == "JSON-ANS0000001-09870102-007.json"
    assert (repr(VA1), VA1.racine, VA1.classe_demande) == ("<Specification PHA-LGO-Va1>", Fichier, Demande)
    assert (VA1.liste_des_demandes.nom, VA1.numero_de_demande.nom) == ("lignesImport", "numeroEditeur")


NAMED = [Balise, Coherence, Limites, Specification, Avance, NomFichierJSON, NomPiece]
FORMATS = [Texte, Courriel, Montant, Rang, CodeDeListe]


@pytest.mark.parametrize("kind", [*NAMED, *FORMATS])
def test_values_are_made_by_name(kind: type) -> None:
    assert all(attribute.kw_only for attribute in attrs.fields(kind) if attribute.init)


MODEL = [Fichier, Demande, Commande, CertificatsServeur, Beneficiaire, PieceJustificative, ScenarioInstallation]


@pytest.mark.parametrize("kind", MODEL)
def test_the_model_is_made_by_name(kind: type) -> None:
    assert all(attribute.kw_only for attribute in attrs.fields(kind))


@pytest.mark.parametrize(
    ("code", "label", "kind", "provenance"),
    [
        ("0000", "Demande acceptée", "", Provenance.DOCUMENT),
        ("9901", "Encodage : enregistrez le fichier en UTF-8", "01", Provenance.SEGUR_PHA),
        ("9909", "Fichier trop gros ou trop imbriqué", "09", Provenance.SEGUR_PHA),
        ("1005", None, None, None),
        ("1004", "dateCommande : format incorrect ; indiquez une date qui existe, au format JJ/MM/AAAA", "04", Provenance.SEGUR_PHA),
        ("2401", "piecesJustificatives : liste vide ; indiquez au moins un élément", "01", Provenance.SEGUR_PHA),
        ("2202", "telephoneResponsable : type de valeur incorrect ; indiquez un texte de 49 caractères au plus, entre guillemets",
         "02", Provenance.SEGUR_PHA),
        ("2201", "telephoneResponsable : texte vide ; indiquez un texte de 49 caractères au plus, ou null sans guillemets", "01",
         Provenance.SEGUR_PHA),
        ("0806", "numeroEditeur : déjà porté par une autre demande du fichier ; donnez à chaque demande une valeur à elle", "06",
         Provenance.SEGUR_PHA),
    ],
)  # fmt: skip
def test_entries_of_the_catalogue(
    code: str, label: str | None, kind: str | None, provenance: Provenance | None
) -> None:
    entry = VA1.catalogue.get(code)
    told = entry and (entry.libelle, entry.nature, entry.provenance)
    assert told == (label and (label, kind, provenance))


def test_the_catalogue_is_in_order_of_code() -> None:
    codes = [entry.code for entry in VA1.catalogue]
    assert codes == sorted(codes)
    assert len(codes) == len(VA1.catalogue)
    assert VA1.catalogue.get("2507").balise == "nomFichier"
    assert {str(entry.provenance): entry.code for entry in reversed([*VA1.catalogue])} == {
        "segur_pha": "0102",
        "document": "0000",
    }


# --- The model's own faults ---


def faults(build: object) -> list[tuple[str, str, str, str]]:
    with pytest.raises(DemandeInvalide) as caught:
        build()  # type: ignore[operator]
    found = [(a.code, a.balise, a.chemin, a.libelle) for a in caught.value.anomalies]
    assert (caught.value.code, caught.value.balise, caught.value.chemin) == found[0][:3]
    assert str(caught.value) == "\n".join(f"{a[3]} [{a[0]}]" for a in found)
    return found


HALF = "ce texte contient un demi-caractère (surrogate) que l’UTF-8 ne sait pas écrire"


def test_the_faults_of_a_block_word_for_word() -> None:
    good = demande_du_guide()
    order = good.commande
    assert faults(lambda: attrs.evolve(order, regime_tva="TTC", montant_segur_ht=850)) == [
        ("1102", "regimeTVA", "/regimeTVA",
         "regimeTVA : type de valeur incorrect ; donnez RegimeTVA.TTC ou RegimeTVA.HT, et non un str"),
        ("1202", "montantSegurHT", "/montantSegurHT",
         'montantSegurHT : type de valeur incorrect ; donnez un Decimal, comme Decimal("708.33"), et non un int'),
    ]  # fmt: skip
    assert faults(lambda: attrs.evolve(good, commande=None, pieces_justificatives=())) == [
        ("9907", "commande", "/commande", "commande : nature du bloc incorrecte ; indiquez un objet Commande"),
        ("2401", "piecesJustificatives", "/piecesJustificatives",
         "piecesJustificatives : liste vide ; indiquez au moins un élément"),
    ]  # fmt: skip
    assert faults(lambda: attrs.evolve(good, pieces_justificatives=("x",))) == [
        ("9907", "piecesJustificatives", "/piecesJustificatives",
         "piecesJustificatives : nature du bloc incorrecte ; indiquez une liste d’objets PieceJustificative"),
    ]  # fmt: skip
    half = faults(lambda: attrs.evolve(good.beneficiaire, nom_responsable="\ud800"))
    assert half == [
        ("9901", "nomResponsable", "/nomResponsable",
         f"nomResponsable : encodage : enregistrez le fichier en UTF-8 ; {HALF}"),
    ]  # fmt: skip
    file = fichier_du_guide()
    assert faults(lambda: attrs.evolve(file, demandes=())) == [
        ("9908", "lignesImport", "/lignesImport", "lignesImport : nombre de demandes incorrect ; de 1 à 200"),
    ]
    twice = "numeroEditeur : déjà porté par une autre demande du fichier ; donnez à chaque demande une valeur à elle"
    assert faults(lambda: attrs.evolve(file, demandes=[good, good, good])) == [
        ("0806", "numeroEditeur", f"/lignesImport/{place}/numeroEditeur", twice) for place in (1, 2)
    ]


def test_a_request_minds_the_rules_between_its_balises() -> None:
    good = demande_du_guide()
    [piece] = good.pieces_justificatives
    [fault] = faults(lambda: attrs.evolve(good, pieces_justificatives=(piece, piece)))
    assert fault[:3] == ("2407", "piecesJustificatives", "/piecesJustificatives")
    [named] = faults(lambda: attrs.evolve(good, numero_editeur="00002"))
    assert named[:3] == ("2507", "nomFichier", "/piecesJustificatives/0/nomFichier")
    # A block at fault is enough to say so.
    codes = [f[0] for f in faults(lambda: attrs.evolve(good, numero_editeur="2"))]
    assert codes == ["0803"]
    assert [line["numLigne"] for line in en_brut(fichier_du_guide())["lignesImport"]] == [1]


@attrs.frozen
class Numbered:
    """A block of another table, whose publisher decides the rank that another codec would write."""

    rank: int = attrs.field(metadata=balise(1, "rank", Rang(maximum=9), bloc="b", titre="t", description="d"))


def test_what_is_an_attribute_is_written_as_the_publisher_says() -> None:
    assert en_brut(Numbered(7), 2) == {"rank": 7}


# --- The engine's small tools ---


def test_pointers_places_and_ceilings() -> None:
    assert (pointeur(), pointeur("~/", 0)) == ("", "/~0~1/0")
    assert doublons(["a", 1, 1, "a", "b", "a"]) == {3, 5}
    assert [encodable(text) for text in ("\ud7ff", "\ud800", "\udfff", "\ue000", "a")] == [
        True,
        False,
        False,
        True,
        True,
    ]
    given = [Anomalie("9906", f"Balise inconnue {i}", "", f"/{i}") for i in range(5)]
    assert plafonner(given, 5, 5) == given
    assert plafonner(given, 6, 5) == given
    shown = plafonner(given, 3, 5)
    assert shown[:2] == given[:2]
    assert shown[2].libelle == "Balise inconnue 2 (et 2 autres anomalies après celle-ci)"
    assert Defaut(Nature.TYPE) == Defaut(Nature.TYPE, "")


def test_a_rule_shows_itself_by_its_words() -> None:
    rule = Coherence(balise="numLigne", lit=("numLigne",), libelle="numéro incorrect", respectee=lambda *_: True)
    assert repr(rule) == "<Coherence numLigne : numéro incorrect>"


def test_a_format_of_somebody_s_own_is_equal_by_what_it_holds() -> None:
    class Mine(Texte):
        def __init__(self, known: object) -> None:
            Texte.__init__(self, exact=3)
            object.__setattr__(self, "known", known)

    assert Mine(["a"]) == Mine(["a"])
    assert Mine(["a"]) != Mine(["b"])
    assert len({Mine(["a"]), Mine(["a"]), Texte(exact=3), Texte(exact=3), Texte(exact=4)}) == 3
    assert Texte(exact=3) != "abc"


def test_a_rule_of_the_request_is_told_the_request_twice() -> None:
    raw = en_brut(demande_du_guide())
    told = []
    rule = Coherence(balise="numLigne", lit=("numLigne",), libelle="x", respectee=lambda *given: not told.append(given))
    assert anomalies_de_la_demande(Demande, raw, rang=7, coherences=[rule]) == []
    assert told == [(raw, raw, 7)]


def test_only_what_is_not_known_to_be_faultless_is_judged() -> None:
    ranks = next(c for c in VA1.coherences if c.balise == "numLigne")
    raw = en_brut(demande_du_guide())
    raw["beneficiaire"] = {**raw["beneficiaire"], "FINESSGeo": "7"}
    raw["piecesJustificatives"] = [{**piece, "formatFichier": "GIF"} for piece in raw["piecesJustificatives"]]

    def found(*tags: str) -> list[str]:
        judged = anomalies_de_la_demande(Demande, raw, rang=2, coherences=[ranks], a_juger={*tags})
        return [a.code for a in judged]

    assert found("FINESSGeo", "formatFichier", "numLigne") == ["0507", "2303", "2605"]
    # A neighbour in the same block, or in the same document, is as little judged as the rest.
    assert (found("nomResponsable"), found("typeFichier"), found()) == ([], [], [])


@pytest.mark.parametrize(("rank", "codes"), [(3, []), (4, ["2507", "2507"])])
def test_a_rule_on_each_document_is_told_the_rank_of_its_request(rank: int, codes: list[str]) -> None:
    rule = Coherence(
        balise="nomFichier",
        lit=("numLigne", "nomFichier"),
        portee="piecesJustificatives",
        libelle="rang",
        respectee=lambda piece, request, place: (
            (piece["typeFichier"], request["numLigne"], place) == ("BON_COMMANDE", 3, 3)
        ),
    )
    raw = en_brut(demande_du_guide(), 3)
    raw["piecesJustificatives"] = [*raw["piecesJustificatives"], *raw["piecesJustificatives"]]
    found = anomalies_de_la_demande(Demande, raw, rang=rank, coherences=[rule], chemin="/x")
    assert [(a.code, a.chemin, a.libelle) for a in found] == [
        (code, f"/x/piecesJustificatives/{place}/nomFichier", "nomFichier : rang") for place, code in enumerate(codes)
    ]
    # A document at fault answers for itself only.
    raw["piecesJustificatives"][0] = {**raw["piecesJustificatives"][0], "nomFichier": ""}
    found = anomalies_de_la_demande(Demande, raw, rang=4, coherences=[rule])
    assert [(a.code, a.chemin) for a in found] == [
        ("2501", "/piecesJustificatives/0/nomFichier"),
        ("2507", "/piecesJustificatives/1/nomFichier"),
    ]
    # A balise of the request at fault forbids the rule everywhere.
    assert anomalies_de_la_demande(Demande, {**raw, "numLigne": None}, rang=4, coherences=[rule])[1:] == found[:1]


def test_a_bar_in_a_sentence_does_not_break_the_tables_of_the_reference() -> None:
    [rule, *_] = VA1.coherences
    barred = attrs.evolve(VA1, coherences=(attrs.evolve(rule, libelle="un | deux"),))
    assert "| un \\| deux |\n" in page_de_la_table(barred)


# --- Names (section 3.3) ---


@pytest.mark.parametrize(
    ("build", "balise", "sentence"),
    [
        (lambda: NomFichierJSON(numero_ans="ANS", jour=date(2022, 1, 1)), "numeroAns",
         "numeroAns : indiquez 10 caractères permis dans un nom de fichier pour former un nom de fichier."),
        (lambda: NomFichierJSON(numero_ans="ANS0000001", jour=datetime(2022, 1, 1)), "",  # noqa: DTZ001
         "La date de dépôt d’un fichier JSON est un jour (datetime.date, sans heure)."),
        (lambda: NomFichierJSON(numero_ans="ANS0000001", jour=date(2022, 1, 1), numero=1000), "",
         "Le numéro de fichier du jour va de 1 à 999."),
        (lambda: NomFichierJSON.lire("JSON-ANS0000001-20221115-000.json"), "",
         "Nom de fichier JSON attendu : JSON-numeroAns-AAAAMMJJ-NNN.json, avec un jour qui existe."),
        (lambda: NomFichierJSON.lire(7), "",
         "Nom de fichier JSON attendu : JSON-numeroAns-AAAAMMJJ-NNN.json, avec un jour qui existe."),
        (lambda: NomPiece.lire("PHA-LGO-Va1-BDC-00001.PDF"), "nomFichier",
         "Nom de pièce attendu : comme PHA-LGO-Va1-BDC-00001.pdf (section 3.3)."),
        (lambda: NomPiece.lire(None), "nomFichier", "Nom de pièce attendu : comme PHA-LGO-Va1-BDC-00001.pdf (section 3.3)."),
        (lambda: NomPiece(type_fichier=TypeFichier.BON_COMMANDE, numero_editeur="1", format_fichier=FormatFichier.PDF),
         "numeroEditeur", "numeroEditeur : indiquez 5 caractères permis dans un nom de fichier pour former un nom de fichier."),
        (lambda: NomPiece(type_fichier="BDC", numero_editeur="00001", format_fichier=FormatFichier.PDF), "typeFichier",
         "typeFichier : indiquez un TypeFichier."),
        (lambda: NomPiece(type_fichier=TypeFichier.PREUVE_HT, numero_editeur="00001", format_fichier="PDF"), "formatFichier",
         "formatFichier : indiquez un FormatFichier."),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be(build: object, balise: str, sentence: str) -> None:
    with pytest.raises(NomInvalide) as caught:
        build()  # type: ignore[operator]
    assert (caught.value.balise, str(caught.value)) == (balise, sentence)


def test_names_at_their_limits() -> None:
    days = [date(1, 1, 1), date(9999, 12, 31)]
    names = [NomFichierJSON(numero_ans="aZ09aZ09aZ", jour=day, numero=n) for day in days for n in (1, 999)]
    assert list(map(str, names)) == [
        f"JSON-aZ09aZ09aZ-{day}-{n}.json" for day in ("00010101", "99991231") for n in ("001", "999")
    ]
    assert all(earlier < later for earlier, later in pairwise(names))
    assert NomFichierJSON(numero_ans="ANS0000001", jour=days[0]).numero == 1
    for kind, code in ((TypeFichier.BON_COMMANDE, "BDC"), (TypeFichier.PREUVE_HT, "HT")):
        for form in FormatFichier:
            name = NomPiece(type_fichier=kind, numero_editeur="aZ09a", format_fichier=form)
            assert str(name) == f"PHA-LGO-Va1-{code}-aZ09a.{form.value.lower()}"
            assert NomPiece.lire(str(name)) == name


# --- Money (section 3.1, decision 16) ---

AMOUNT = "Montant HT : indiquez des euros avec deux décimales au plus, comme 708.33 (Decimal ou texte, jamais float)."


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (708.33, "1202"), (None, "1202"), ("1,5", "1204"), ("1.234", "1204"), (" 1", "1204"), ("-1", "1204"), (".5", "1204"),
        (Decimal("NaN"), "1204"), (Decimal("Infinity"), "1204"), (Decimal("-0.01"), "1204"),
        (Decimal("-0.00"), "1204"), (Decimal("0.001"), "1204"),
        (Decimal("1E31"), "1204"), ("1" + "0" * 31, "1204"),
    ],
)  # fmt: skip
def test_what_is_no_amount(amount: object, code: str) -> None:
    with pytest.raises(SegurError) as caught:
        avance(amount, "TTC")
    assert (str(caught.value), caught.value.code, caught.value.balise) == (AMOUNT, code, "montantSegurHT")


def test_amounts_at_their_limits() -> None:
    large = "9" * 31 + ".99"
    assert avance(large, "HT").montant_ht == Decimal(large)
    assert avance(large, "HT").montant == Decimal("3" + "0" * 30 + ".00")
    assert avance("0", "TTC") == Avance(
        **dict.fromkeys(("montant_ht", "montant_ttc", "base", "montant"), Decimal("0.00"))
    )
    assert str(avance("1.5", "HT").montant_ht) == "1.50"
    # Half a cent goes up: 0.05 × 0.30 = 0.015.
    assert avance("0.05", "HT").montant == Decimal("0.02")
    for rate, share, ttc, money in (("0", "1", "10.00", "10.00"), ("1", "0", "20.00", "0.00")):
        given = avance("10", "TTC", taux=Decimal(rate), part=Decimal(share))
        assert (given.montant_ttc, given.montant) == (Decimal(ttc), Decimal(money))
    wide = avance("100", "TTC", taux=Decimal("0.055"))
    assert (wide.montant_ttc, wide.base, wide.montant) == (Decimal("105.50"), Decimal("105.50"), Decimal("31.65"))
    with pytest.raises(SegurError, match=r"^Régime TVA inconnu : indiquez « TTC » ou « HT »\.$") as caught:
        avance("10", "ttc")
    assert (caught.value.code, caught.value.balise) == ("1105", "regimeTVA")
    for name in ("taux", "part"):
        for wrong in (Decimal("-0.01"), Decimal("1.01"), Decimal("NaN"), 0.2, 1):
            with pytest.raises(SegurError, match=f"^{name} : indiquez un Decimal de 0 à 1"):
                avance("10", "TTC", **{name: wrong})


def test_ceilings() -> None:
    assert depassement_du_plafond(Decimal("708.33"), "B") is None
    assert depassement_du_plafond(Decimal("708.34"), "B") == Decimal("0.01")
    with pytest.raises(SegurError, match=r"l’une de celles connues \(B\)"):
        depassement_du_plafond(Decimal(1), "A")
    with pytest.raises(SegurError, match=r"l’une de celles connues \(aucune\)"):
        depassement_du_plafond(Decimal(1), "A", {})
    with pytest.raises(SegurError, match=r"\(X, Y\)"):
        depassement_du_plafond(Decimal(1), "A", {"X": Decimal(1), "Y": Decimal(1)})


@pytest.mark.parametrize("size", [0, 201, True, 1.0])
def test_a_lot_of_another_size(size: int) -> None:
    with pytest.raises(SegurError, match=r"^Un fichier contient de 1 à 200 demandes\.$") as caught:
        decouper([], size)
    assert caught.value.balise == "lignesImport"


# --- Operators (section 4) ---


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ch _20", "CH _20"),
        ("CH20", "CH _20"),
        ("MAI15", "MAI_15"),
        ("maï_15", "MAI_15"),
        ("", None),
        ("MA", None),
        ("ZZZZZZ", None),
    ],
)
def test_the_code_that_was_meant(typed: str, meant: str | None) -> None:
    assert code_le_plus_proche(typed) == meant


def test_a_whole_word_comes_before_a_part_of_one_that_the_guide_prints_earlier() -> None:
    assert [o.code for o in chercher_operateurs("bois")] == ["MRF_341", "CH _182"]
    assert [o.code for o in chercher_operateurs("esante")] == ["GCS_12", "GCS_288", "GCS_7", "GIP_8"]


def test_words_that_nearly_match_are_found_where_nothing_matches() -> None:
    assert [o.libelle for o in chercher_operateurs("hopitall foch")][:1] == ["HÔPITAL FOCH"]
    assert chercher_operateurs("xyzzy") == ()
    assert chercher_operateurs(" ") == ()
    exact = chercher_operateurs("mailiz")
    assert [o.code for o in exact] == ["MAI_15"]
