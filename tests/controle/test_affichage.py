"""What each form of a report shows of one file, word for word: on a terminal, in a page, in a notebook, to programs."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from segur_pha import Anomalie, RapportControle, controler
from segur_pha.controle.affichage import en_morceaux, resume
from segur_pha.controle.conseils import CONSEILS
from segur_pha.controle.page import en_page
from segur_pha.controle.resultats import EtatDuControle, FichierControle, chemin_montrable, en_objet, en_tableau
from segur_pha.rapports.console import en_texte
from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau
from tests.outils import ABSENT, BON_DE_COMMANDE, PREUVE_HT, Nombre, demande, fichier, modifier, octets

if TYPE_CHECKING:
    from collections.abc import Callable

ODD_NUMBER = modifier(demande(3, "J. Du"), "/piecesJustificatives/0/nomFichier", "PHA-LGO-Va1-BDC-00003.pdf")
MIXED = fichier(
    demande(1),
    modifier(modifier(demande(2, "00002"), "/beneficiaire/FINESSGeo", "7"), "/commande/montantSegurHT", 850),
    ODD_NUMBER,
)
ADVANCE = "Avance attendue pour les demandes acceptées : 255,00\u00a0€"


def mixed() -> RapportControle:
    return controler(octets(MIXED), sans=sorted(CONSEILS.keys() - {"finess-cle"}))


def refused(count: int = 12) -> RapportControle:
    return controler(octets(modifier(fichier(), "/lignesImport", [0] * count)))


def shown(report: RapportControle, **options: bool) -> list[str]:
    return [en_texte(piece) for piece in en_morceaux(FichierControle("lot.json", report), **options)]


def test_a_terminal_shows_the_first_fault_of_each_rejected_request() -> None:
    report = mixed()
    amount, _ = report.lignes[1].anomalies
    number = report.lignes[2].anomalies[0]
    assert shown(report, complet=False) == [
        "lot.json : 2 demandes rejetées sur 3",
        "",
        "  Demande 2, numeroEditeur 00002",
        f"    1204  {amount.libelle}",
        f"          {amount.position} du fichier",
        "    et 1 autre anomalie : --complet",
        "",
        "  Demande 3, numeroEditeur incorrect",
        f"    0804  {number.libelle}",
        f"          {number.position} du fichier",
        "",
        ADVANCE,
        "",
        "1 conseil sur des valeurs à vérifier : --complet",
    ]


def test_a_terminal_shows_everything_on_demand() -> None:
    report = mixed()
    amount, finess = report.lignes[1].anomalies
    number = report.lignes[2].anomalies[0]
    [advice] = report.conseils
    lines = shown(report, complet=True)
    table = lines.pop(12).splitlines()
    assert lines == [
        "lot.json : 2 demandes rejetées sur 3",
        "",
        "  Demande 2, numeroEditeur 00002",
        f"    1204  {amount.libelle}",
        f"          {amount.position} du fichier",
        f"    2303  {finess.libelle}",
        f"          {finess.position} du fichier",
        "",
        "  Demande 3, numeroEditeur incorrect",
        f"    0804  {number.libelle}",
        f"          {number.position} du fichier",
        "",
        "",
        ADVANCE,
        "",
        "Conseils",
        f"  finess-cle  {advice.libelle}",
        f"    {advice.position} du fichier",
    ]
    assert table[0] == "Demandes acceptées"
    assert " ".join(table[2].split()) == "Demande numeroEditeur FINESSGeo Commande TVA HT (€) Avance (€)"
    assert table[4].split() == ["1", "00001", "777777777", "15/11/2022", "TTC", "708,33", "255,00"]
    assert len(table) == 5


def marks(report: RapportControle, *, complet: bool) -> set[tuple[str, Niveau]]:
    return {
        (mark.texte, mark.niveau)
        for piece in en_morceaux(FichierControle("lot.json", report), complet=complet)
        if isinstance(piece, Phrase)
        for mark in (piece.tete, *piece.morceaux)
        if isinstance(mark, Marque)
    }


def test_what_stands_out() -> None:
    found = marks(mixed(), complet=False)
    places = {(text, level) for text, level in found if text.endswith(" du fichier")}
    assert {level for _, level in places} == {Niveau.DISCRET}
    assert len(places) == 2
    assert found - places == {
        ("lot.json", Niveau.FORT),
        ("2 demandes rejetées sur 3", Niveau.MAUVAIS),
        ("Demande 2", Niveau.FORT),
        ("Demande 3", Niveau.FORT),
        ("1204", Niveau.MAUVAIS),
        ("0804", Niveau.MAUVAIS),
        ("et 1 autre anomalie : --complet", Niveau.DISCRET),
        ("255,00\u00a0€", Niveau.FORT),
        ("1 conseil sur des valeurs à vérifier : --complet", Niveau.ATTENTION),
    }
    more = marks(mixed(), complet=True) - found
    assert {level for text, level in more if text.endswith(" du fichier")} == {Niveau.DISCRET}
    assert {mark for mark in more if not mark[0].endswith(" du fichier")} == {
        ("2303", Niveau.MAUVAIS),
        ("Conseils", Niveau.FORT),
        ("finess-cle", Niveau.ATTENTION),
    }


@pytest.mark.parametrize(
    ("check", "state", "words", "level"),
    [
        (lambda: None, EtatDuControle.ILLISIBLE, "illisible", Niveau.MAUVAIS),
        (
            refused,
            EtatDuControle.REFUSE,
            "fichier refusé au premier contrôle, aucune demande n’est examinée",
            Niveau.MAUVAIS,
        ),
        (mixed, EtatDuControle.REJETS, "2 demandes rejetées sur 3", Niveau.MAUVAIS),
        (
            lambda: controler(octets(fichier())),
            EtatDuControle.ACCEPTE,
            "1 demande acceptée, aucune rejetée",
            Niveau.BON,
        ),
    ],
)
def test_what_became_of_a_file(
    check: Callable[[], RapportControle | None], state: EtatDuControle, words: str, level: Niveau
) -> None:
    file = FichierControle("a.json", check())
    assert (file.etat, resume(file)) == (state, Marque(words, level))


def test_a_refused_file_shows_ten_faults_and_how_many_more() -> None:
    report = refused()
    faults = [
        line for a in report.anomalies_fichier for line in (f"  9907  {a.libelle}", f"        {a.position} du fichier")
    ]
    first = "lot.json : fichier refusé au premier contrôle, aucune demande n’est examinée"
    assert shown(report, complet=True) == [first, *faults]
    assert shown(report, complet=False) == [first, *faults[:20], "  et 2 autres anomalies : --complet"]
    assert shown(refused(10), complet=False) == shown(refused(10), complet=True)
    assert ("et 2 autres anomalies : --complet", Niveau.DISCRET) in marks(report, complet=False)


def test_where_nothing_is_accepted_no_empty_table_is_shown() -> None:
    report = controler(octets(fichier(modifier(demande(1), "/typeAction", "M"))))
    assert "Demandes acceptées" not in "\n".join(shown(report, complet=True))
    assert "Demandes acceptées" not in en_page([FichierControle("a.json", report)], complet=True).decode()


def test_a_good_file_is_told_in_one_line() -> None:
    report = controler(octets(fichier()), sans=list(CONSEILS))
    assert shown(report, complet=False) == ["lot.json : 1 demande acceptée, aucune rejetée", "", ADVANCE]
    assert len(shown(report, complet=True)) == 5


def cells(html: str) -> list[tuple[str, list[list[str]]]]:
    """Read the tables of a page: caption, and the words of each row."""
    tables = []
    for table in re.findall("<table.*?</table>", html, re.DOTALL):
        [caption] = re.findall("<caption[^>]*>(.*?)</caption>", table) or [""]
        rows = [re.findall("<t[hd].*?</t[hd]>", row, re.DOTALL) for row in re.findall("<tr>.*?</tr>", table, re.DOTALL)]
        tables.append((caption, [[unescape(re.sub("<[^>]*>", "", cell)) for cell in row] for row in rows]))
    return tables


FAULT_TITLES = ["Code", "À corriger", "Place dans le fichier"]


def place_of(thing: object) -> str:
    return f"{thing.position}{thing.chemin}"  # type: ignore[attr-defined]


def test_a_page_of_one_file() -> None:
    report = mixed()
    amount, finess = report.lignes[1].anomalies
    number = report.lignes[2].anomalies[0]
    html = en_page([FichierControle("lot.json", report)], complet=False, jour=date(2022, 11, 16)).decode()
    assert "<title>Contrôle des demandes de financement du 16/11/2022</title>" in html
    assert '<section aria-labelledby="fichier-0"><h2 id="fichier-0">lot.json</h2>' in html
    assert '<p><span class="marque mauvais">2 demandes rejetées sur 3</span></p>' in html
    assert re.findall("<dt>([^<]*)</dt><dd>([^<]*)</dd>", html) == [
        ("Demandes", "3"),
        ("Acceptées", "1"),
        ("Rejetées", "2"),
        ("Avance attendue pour les acceptées", "255,00\u00a0€"),
    ]
    assert (
        "Codes et libellés de segur_pha : le guide n’imprime ni les codes du portail ni ses libellés d’erreur." in html
    )
    assert '<table class="fiches">' in html
    assert '<span class="marque mauvais">1204</span>' in html
    assert f'<span class="lieu">{amount.position}</span><code><wbr>/lignesImport<wbr>/1<wbr>/commande' in html
    assert ("<nav" in html, "<script>" in html) == (False, True)
    more = ["2", "00002", "", "et 1 autre anomalie de cette demande : un contrôle avec --complet les montre", ""]
    first = ["2", "00002", "1204", amount.libelle, place_of(amount)]
    odd = ["3", "incorrect", "0804", number.libelle, place_of(number)]
    titles = ["Demande", "numeroEditeur", *FAULT_TITLES]
    assert cells(html) == [("Demandes rejetées", [titles, first, more, odd])]
    whole = cells(en_page([FichierControle("lot.json", report)], complet=True).decode())
    second = ["2", "00002", "2303", finess.libelle, place_of(finess)]
    [advice] = report.conseils
    # Sentences become cards where the screen is narrow, figures scroll.
    html = en_page([FichierControle("lot.json", report)], complet=True).decode()
    assert (html.count('<table class="fiches">'), html.count("<table>")) == (2, 1)
    assert '<span class="marque attention">finess-cle</span>' in html
    assert whole == [
        ("Demandes rejetées", [titles, first, second, odd]),
        (
            "Demandes acceptées",
            [
                ["Demande", "numeroEditeur", "FINESSGeo", "Commande", "TVA", "HT (€)", "Avance (€)"],
                ["1", "00001", "777777777", "15/11/2022", "TTC", "708,33", "255,00"],
            ],
        ),
        (
            "Conseils",
            [["Conseil", "Que faire", "Place dans le fichier"], ["finess-cle", advice.libelle, place_of(advice)]],
        ),
    ]


def test_a_page_of_several_files() -> None:
    files = [FichierControle("a.json", refused(1)), FichierControle("b.json", None, "b.json : introuvable.")]
    html = en_page(files, complet=False).decode()
    assert "<title>Contrôle des demandes de financement</title>" in html
    state = "fichier refusé au premier contrôle, aucune demande n’est examinée"
    assert (
        f'<nav aria-label="Fichiers"><ul><li><a href="#fichier-0">a.json</a> <span class="marque mauvais">{state}</span></li>'
        '<li><a href="#fichier-1">b.json</a> <span class="marque mauvais">illisible</span></li></ul></nav>'
    ) in html
    assert '<h2 id="fichier-1">b.json</h2>' in html
    assert "<p>b.json : introuvable.</p>" in html
    assert '<dl class="chiffres"' not in html
    [fault] = files[0].anomalies_fichier
    assert '<table class="fiches">' in html
    assert cells(html) == [("Pourquoi le fichier est refusé", [FAULT_TITLES, ["9907", fault.libelle, place_of(fault)]])]
    assert "<script>" not in en_page(files[1:], complet=True).decode()


def test_what_concerns_no_key_is_shown_without_one() -> None:
    alone = en_page([FichierControle("a.json", controler(b"\xef\xbb\xbf" + octets(fichier())))], complet=True).decode()
    [_, (_, rows)] = cells(alone)
    assert rows[1] == ["marque-d-ordre", CONSEILS["marque-d-ordre"], "ligne 1, colonne 1"]
    assert "<code></code>" not in alone


def test_a_fault_of_no_place_is_shown_without_one() -> None:
    report = controler(b" " * 10_000_001)
    file = FichierControle("a.json", report)
    [fault] = report.anomalies_fichier
    first = "fichier refusé au premier contrôle, aucune demande n’est examinée"
    assert str(report) == f"Fichier refusé au premier contrôle :\n  {fault.libelle} [9909]"
    assert shown(report, complet=True) == [f"lot.json : {first}", f"  9909  {fault.libelle}"]
    [(_, [_, row])] = cells(en_page([file], complet=True).decode())
    assert row == ["9909", fault.libelle, ""]
    [told] = en_objet([file])["fichiers"][0]["anomalies_fichier"]
    assert told == {
        "code": "9909",
        "libelle": fault.libelle,
        "balise": None,
        "chemin": "",
        "ligne": None,
        "colonne": None,
    }
    assert rows(file, complet=True) == [
        {
            "fichier": "a.json",
            "etat": "fichier refusé",
            "code": "9909",
            "libelle": fault.libelle,
            "chemin": "",
        }
    ]


def test_the_sum_of_the_advances_keeps_its_cents_however_large_it_is() -> None:
    vast = modifier(demande(2, "00002"), "/commande/montantSegurHT", Nombre(f"1{'0' * 30}.00"))
    file = FichierControle("a.json", controler(octets(fichier(demande(1), vast))))
    assert str(file.avance) == "360000000000000000000000000255.00"  # 30 % of the amount and its 20 % of VAT, and 255.00


def test_a_notebook_shows_what_is_to_be_mended() -> None:
    report = mixed()
    html = report._repr_html_()
    titles = ["Demande", "numeroEditeur", "Code", "À corriger"]
    amount, number = report.lignes[1].libelle_traitement, report.lignes[2].libelle_traitement
    assert cells(html) == [("", [titles, ["2", "00002", "1204", amount], ["3", "", "0804", number]])]
    assert f"<p>{ADVANCE}</p>" in html
    assert "<strong>2 demandes rejetées sur 3</strong>" in html
    assert cells(controler(octets(fichier()))._repr_html_()) == []
    [fault] = refused(1).anomalies_fichier
    assert cells(refused(1)._repr_html_()) == [("", [titles, ["", "", "9907", fault.libelle]])]


def test_one_object_for_programs() -> None:
    report = mixed()
    files = [FichierControle("lot.json", report), FichierControle("b.json", None, "b.json : introuvable.")]
    found = en_objet(files)
    assert {cle: found[cle] for cle in found if cle != "fichiers"} == {"version": 1, "code_de_sortie": 2}
    mixed_one, unread = found["fichiers"]
    assert unread == {
        "fichier": "b.json",
        "etat": "illisible",
        "erreur": {"message": "b.json : introuvable.", "code": None, "balise": None, "chemin": None},
        **dict.fromkeys(("nombre_demandes", "nombre_acceptees", "nombre_rejetees"), 0),
        "avance": "0.00",
        **{cle: [] for cle in ("anomalies_fichier", "lignes", "conseils")},
    }
    counts = {
        "etat": "rejets",
        "erreur": None,
        "nombre_demandes": 3,
        "nombre_acceptees": 1,
        "nombre_rejetees": 2,
        "avance": "255.00",
    }
    assert {cle: mixed_one[cle] for cle in counts} == counts
    good, bad, odd = mixed_one["lignes"]
    assert good == {
        "num_ligne": 1,
        "numero_editeur": "00001",
        "acceptee": True,
        "code_traitement": "0000",
        "libelle_traitement": "Demande acceptée",
        "finess_geo": "777777777",
        "date_commande": "2022-11-15",
        "regime_tva": "TTC",
        "montant_segur_ht": "708.33",
        "avance": "255.00",
        "anomalies": [],
    }
    amount, finess = report.lignes[1].anomalies
    assert bad["anomalies"] == [
        {"code": code, "libelle": a.libelle, "balise": a.balise, "chemin": a.chemin, "ligne": a.position.ligne,
         "colonne": a.position.colonne}
        for code, a in (("1204", amount), ("2303", finess))
    ]  # fmt: skip
    assert [bad[cle] for cle in ("finess_geo", "date_commande", "regime_tva", "montant_segur_ht", "avance")] == [
        None
    ] * 5
    assert (odd["numero_editeur"], odd["num_ligne"], odd["acceptee"]) == (None, 3, False)
    [advice] = mixed_one["conseils"]
    assert (advice["id"], advice["balise"], advice["chemin"]) == (
        "finess-cle",
        "FINESSGeo",
        "/lignesImport/0/beneficiaire/FINESSGeo",
    )
    [fault] = en_objet([FichierControle("a", refused(1))])["fichiers"][0]["anomalies_fichier"]
    assert (fault["code"], fault["balise"], fault["chemin"]) == ("9907", "lignesImport", "/lignesImport/0")


BENEFICIARY = "/lignesImport/0/beneficiaire"
WITHOUT_PRECISION = {
    "balise-absente": ("emailResponsable", BENEFICIARY),
    "finess-double": ("FINESSGeo", "/lignesImport/1/beneficiaire/FINESSGeo"),
    "finess-inconnu": ("FINESSGeo", f"{BENEFICIARY}/FINESSGeo"),
    "carte-cpx": ("numeroCarteCPX", "/lignesImport/0/certificatsServeur/numeroCarteCPX"),
    "date-future": ("dateCommande", "/lignesImport/0/commande/dateCommande"),
    "montant-nul": ("montantSegurHT", "/lignesImport/0/commande/montantSegurHT"),
    "preuve-ht-inutile": ("piecesJustificatives", "/lignesImport/0/piecesJustificatives"),
    "marque-d-ordre": ("", ""),
}


def test_advice_word_for_word() -> None:
    changes = [
        ("/beneficiaire/emailResponsable", ABSENT),
        ("/certificatsServeur/numeroCarteCPX", "12345 7890"),
        ("/commande/montantSegurHT", Nombre("0.00")),
        ("/piecesJustificatives", [BON_DE_COMMANDE, PREUVE_HT]),
    ]
    line = demande(1)
    for pointer, value in changes:
        line = modifier(line, pointer, value)
    tree = modifier(fichier(line, demande(2, "00002")), "/SIRET", "12345678200011")
    report = controler(b"\xef\xbb\xbf" + octets(tree), jour=date(2022, 11, 14), categories={})
    found = [(c.id, c.balise, c.chemin, c.libelle) for c in report.conseils]
    first = {piece[0]: piece[1:] for piece in reversed(found)}
    assert {name: first[name] for name in WITHOUT_PRECISION} == {
        name: (balise, pointer, CONSEILS[name]) for name, (balise, pointer) in WITHOUT_PRECISION.items()
    }
    assert first["siret-cle"][:2] == ("SIRET", "/SIRET")
    assert first["finess-cle"][:2] == ("FINESSGeo", f"{BENEFICIARY}/FINESSGeo")
    for name in ("siret-cle", "finess-cle"):
        assert first[name][2].startswith(f"{CONSEILS[name]} ; ")
    known = {"010000024": 620, "777777777": "621"}
    [category] = controler(octets(fichier()), categories=known, sans=["finess-cle", "siret-cle"]).conseils
    assert (category.id, category.libelle) == ("finess-categorie", CONSEILS["finess-categorie"])
    assert (category.balise, category.chemin) == ("FINESSGeo", f"{BENEFICIARY}/FINESSGeo")
    right = modifier(fichier(), "/lignesImport/0/beneficiaire/FINESSGeo", "010000024")
    assert controler(octets(right), categories=known, sans=["siret-cle"]).conseils == ()
    answered = modifier(fichier(), "/impId", "7")
    [betrayed] = controler(octets(answered)).conseils
    assert (betrayed.id, betrayed.libelle, betrayed.balise, betrayed.chemin) == (
        "reponse-du-portail",
        CONSEILS["reponse-du-portail"],
        "",
        "",
    )


def test_two_hundred_requests_are_not_too_many_for_the_slow_way_either() -> None:
    for count, codes in ((200, ["9906"]), (201, ["9908", "9906"])):
        report = controler(octets(modifier(fichier(nombre=count), "/suivi", 1)))
        assert [a.code for a in report.anomalies_fichier] == codes


def rows(*files: FichierControle, complet: bool) -> list[dict[str, object]]:
    table: Tableau = en_tableau(files, complet=complet)
    return [
        {name: cell for name, cell in zip(table.colonnes, row, strict=True) if cell is not None}
        for row in table.rangees
    ]


def test_rows_for_a_spreadsheet() -> None:
    report = mixed()
    amount, finess = report.lignes[1].anomalies
    number = report.lignes[2].anomalies[0]
    [advice] = report.conseils

    def place_and_words(thing: object) -> dict[str, object]:
        spot = thing.position  # type: ignore[attr-defined]
        told = {"balise": thing.balise, "chemin": thing.chemin, "ligne": spot.ligne, "colonne": spot.colonne}  # type: ignore[attr-defined]
        return {"libelle": thing.libelle, **told}  # type: ignore[attr-defined]

    good = {
        "fichier": "lot.json", "etat": "acceptée", "num_ligne": 1, "numero_editeur": "00001", "code": "0000",
        "libelle": "Demande acceptée", "finess_geo": "777777777", "date_commande": date(2022, 11, 15), "regime_tva": "TTC",
        "montant_segur_ht": Decimal("708.33"), "avance": Decimal("255.00"),
    }  # fmt: skip
    second = {"fichier": "lot.json", "etat": "rejetée", "num_ligne": 2, "numero_editeur": "00002"}
    third = {"fichier": "lot.json", "etat": "rejetée", "num_ligne": 3, "code": "0804", "autres_anomalies": 0}
    file = FichierControle("lot.json", report)
    assert rows(file, complet=False) == [
        good,
        {**second, "code": "1204", **place_and_words(amount), "autres_anomalies": 1},
        {**third, **place_and_words(number)},
    ]
    assert rows(file, complet=True) == [
        good,
        {**second, "code": "1204", **place_and_words(amount), "autres_anomalies": 0},
        {**second, "code": "2303", **place_and_words(finess), "autres_anomalies": 0},
        {**third, **place_and_words(number)},
        {"fichier": "lot.json", "etat": "conseil", "code": "finess-cle", **place_and_words(advice)},
    ]
    [fault] = refused(1).anomalies_fichier
    assert rows(FichierControle("a", refused(1)), FichierControle("b", None, "b : introuvable."), complet=False) == [
        {"fichier": "a", "etat": "fichier refusé", "code": "9907", **place_and_words(fault)},
        {"fichier": "b", "etat": "illisible", "libelle": "b : introuvable."},
    ]


@pytest.mark.parametrize(
    ("pointer", "safe"),
    [
        ("/lignesImport/0/commande/regimeTVA", "/lignesImport/0/commande/regimeTVA"),
        ("/lignesImport/123456/impId", "/lignesImport/123456/impId"),
        ("/lignesImport/1234567", "/lignesImport"),
        ("/commande/0612345678", "/commande"),
        ("/lignesImport/DUPONT", "/lignesImport"),
        ("/commande/12", "/commande"),
        ("/0", ""),
        ("/lignesImport/0/0", "/lignesImport/0"),
        ("/DUPONT/commande", ""),
        ("", ""),
    ],
)
def test_a_pointer_is_cut_before_what_may_be_personal(pointer: str, safe: str) -> None:
    assert chemin_montrable(pointer) == safe


def test_a_tag_that_the_table_does_not_know_is_not_shown() -> None:
    report = evolve(refused(1), anomalies_fichier=(Anomalie("9906", "Balise inconnue", "DUPONT", "/DUPONT"),))
    [told] = en_objet([FichierControle("a.json", report)])["fichiers"][0]["anomalies_fichier"]
    assert (told["balise"], told["chemin"]) == (None, "")


@pytest.mark.parametrize(
    ("finess", "told"),
    [("2A0000001", "2A0000001"), ("2B0000001", "2B0000001"), ("DURAND AL", None), ("2C0000001", None)],
)
def test_a_finess_is_shown_where_it_looks_like_one(finess: str, told: str | None) -> None:
    report = controler(octets(fichier(modifier(demande(1), "/beneficiaire/FINESSGeo", finess))))
    assert FichierControle("a", report).plates[0]["finess_geo"] == told


# --- What a report says of itself ---


def test_a_report_gives_its_page_its_json_and_its_rows() -> None:
    report = mixed()
    file = FichierControle("", report)
    assert report.html() == en_page([file], complet=True).decode()
    assert json.loads(report.json()) == en_objet([file])
    assert report.csv() == en_csv(en_tableau([file], complet=True))
    assert [line["num_ligne"] for line in json.loads(report.json())["fichiers"][0]["lignes"]] == [1, 2, 3]
    assert "du 16/11/2022</title>" in controler(b"{}", jour=date(2022, 11, 16)).html()


@pytest.mark.parametrize(
    ("check", "code"), [(lambda: controler(octets(fichier())), 0), (mixed, 1), (refused, 2), (lambda: None, 2)]
)
def test_the_json_of_several_files_bears_the_worst_exit_code(
    check: Callable[[], RapportControle | None], code: int
) -> None:
    good = FichierControle("a.json", controler(octets(fichier())))
    assert en_objet([good, FichierControle("b.json", check())])["code_de_sortie"] == code


def test_accepted_and_rejected_requests_and_the_advance_of_the_accepted() -> None:
    report = mixed()
    assert ([v.num_ligne for v in report.acceptees], [v.num_ligne for v in report.rejetees]) == ([1], [2, 3])
    assert report.avance == Decimal("255.00")
    assert (refused().acceptees, refused().rejetees, refused().avance) == ((), (), Decimal("0.00"))
