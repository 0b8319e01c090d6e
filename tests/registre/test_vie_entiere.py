"""All that may happen to one request, and what the ledger then tells of it: to a clerk, to a program, to a notebook."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from atelier import ACCEPTED, DAY, REJECTED, answer_to, file_of, name

from segur_pha import RegistreError
from segur_pha.registre import Fait, Registre
from segur_pha.registre.dossier import tableau_de_l_histoire
from segur_pha.registre.evenements import DemandePreparee

if TYPE_CHECKING:
    from collections.abc import Iterator

FINESS, DOCUMENT, HASH = "750000001", "PHA-LGO-Va1-BDC-00001.pdf", "ab" * 32
ONE = file_of("00001", finess={"00001": FINESS})
ADDRESS = "officine@pharma.mssante.example"


def day(rank: int) -> date:
    return DAY + timedelta(days=rank)


@pytest.fixture(scope="module")
def lived() -> Iterator[Registre]:
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): ONE}, jour=day(0), empreintes={DOCUMENT: HASH})
        registre.abandonner(name(1), jour=day(1), motif="trop tôt")
        registre.preparer({name(2): ONE}, jour=day(2), empreintes={DOCUMENT: HASH})
        registre.deposer(name(2), jour=day(3))
        registre.refuser(name(2), jour=day(4), motif="fichier vide")
        registre.annuler("00001", Fait.REFUS, jour=day(5), motif="un autre fichier")
        registre.enregistrer_retour(answer_to(ONE, [REJECTED]), jour=day(6))
        registre.annuler_reponse("00001", jour=day(7), motif="un essai")
        registre.enregistrer_retour(answer_to(ONE, [ACCEPTED]), jour=day(8))
        registre.noter_incomplete("00001", jour=day(9), motif="sans bon")
        registre.regulariser("00001", jour=day(10))
        registre.noter_a_modifier("00001", jour=day(11), motif="le SIRET")
        registre.regulariser("00001", jour=day(12))
        registre.decider("00001", favorable=True, jour=day(13), motif="complète")
        registre.payer("00001", Decimal("254.50"), jour=day(14), reference="AV-1")
        registre.noter_service("00001", jour=day(15), adresse_mssante=ADDRESS)
        registre.noter_facture("00001", jour=day(16), reference="F-1")
        registre.demander_solde("00001", jour=day(17), reference="S-1")
        registre.payer_solde("00001", Decimal("1595.00"), jour=day(18), reference="AV-2")
        registre.noter_controle("00001", jour=day(19), motif="conforme")
        yield registre


#: The day's rank, what happened, of which request, what else is to be known.
HISTORY = [
    (0, "fichier préparé", None, "JSON-ANS0000001-20221115-001.json"),
    (0, "demande préparée", "00001", None),
    (1, "fichier abandonné", None, "trop tôt"),
    (2, "fichier préparé", None, "JSON-ANS0000001-20221115-002.json"),
    (2, "demande préparée", "00001", None),
    (3, "fichier déposé", None, None),
    (4, "fichier refusé au premier contrôle", None, "fichier vide"),
    (5, "fait annulé", None, "refus de tout le fichier, un autre fichier"),
    (6, "réponse reçue", None, None),
    (6, "ligne de réponse", "00001", "FINESSGeo inconnu"),
    (7, "réponse annulée", "00001", None),
    (7, "réponse annulée en entier", None, "un essai"),
    (8, "réponse reçue", None, None),
    (8, "ligne de réponse", "00001", "ASP-00001, Demande acceptée"),
    (9, "notée incomplète", "00001", "sans bon"),
    (10, "régularisée", "00001", None),
    (11, "à modifier", "00001", "le SIRET"),
    (12, "régularisée", "00001", None),
    (13, "décision", "00001", "attribuée, complète"),
    (14, "avance payée", "00001", "254,50\N{NO-BREAK SPACE}€, AV-1"),
    (15, "service fait (VA)", "00001", None),
    (16, "facture émise", "00001", "F-1"),
    (17, "solde demandé", "00001", "S-1"),
    (18, "solde payé", "00001", "1\N{NO-BREAK SPACE}595,00\N{NO-BREAK SPACE}€, AV-2"),
    (19, "contrôlée", "00001", "conforme"),
]


def test_the_history_is_told_in_words_day_by_day(lived: Registre) -> None:
    table = tableau_de_l_histoire(lived.historique(FINESS))
    assert table.colonnes == ("Jour", "Événement", "Demande", "Précision")
    assert list(table.rangees) == [(day(rank), *told) for rank, *told in HISTORY]


#: What the request is in the end; the expected advance is that of the guide's example.
KNOWN = {
    "numero_editeur": "00001",
    "specification": "PHA-LGO-Va1",
    "phase": "contrôlée",
    "a_verifier": False,
    "jour_preparation": day(2),
    "jour_depot": day(3),
    "mois": "2022-11",
    "jour_phase": day(19),
    "jour_refus": None,
    "jour_abandon": None,
    "motif_abandon": None,
    "finess_geo": FINESS,
    "date_commande": date(2022, 11, 15),
    "regime_tva": "TTC",
    "montant_segur_ht": Decimal("708.33"),
    "avance": Decimal("255.00"),
    "issue": "acceptée",
    "jour_reponse": day(8),
    "numero_asp": "ASP-00001",
    "code_traitement": "0000",
    "libelle_traitement": "Demande acceptée",
    "jour_incomplete": None,
    "motif_incomplete": None,
    "jour_modification": None,
    "motif_modification": None,
    "attribuee": True,
    "jour_decision": day(13),
    "motif_decision": "complète",
    "montant_paye": Decimal("254.50"),
    "jour_paiement": day(14),
    "reference_paiement": "AV-1",
    "jour_service": day(15),
    "jour_facture": day(16),
    "reference_facture": "F-1",
    "jour_solde": day(17),
    "reference_solde": "S-1",
    "montant_solde": Decimal("1595.00"),
    "jour_solde_paye": day(18),
    "reference_solde_paye": "AV-2",
    "jour_controle": day(19),
    "motif_controle": "conforme",
    "solde_de": None,
    "remplace": None,
    "remplacee_par": None,
    "effacee": False,
    "motif": "complète",
}


def test_a_program_gets_every_word(lived: Registre) -> None:
    octets = lived.dossier(FINESS).json()
    told = json.loads(octets)
    assert octets.decode() == json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    (request,) = told.pop("demandes")
    events = told.pop("evenements")
    assert told == {"version": 1, "finess_geo": FINESS}
    assert request == {cle: str(v) if isinstance(v, date | Decimal) else v for cle, v in KNOWN.items()} | {
        "fichier": name(2),
        "sha256": sha256(ONE).hexdigest(),
        "num_ligne": 1,
        "adresse_mssante": ADDRESS,
        "pieces": [{"nom": DOCUMENT, "sha256": HASH}],
        "reserves": [],
    }
    assert [event["evenement"]["jour"] for event in events] == [str(day(rank)) for rank, *_ in HISTORY]
    assert [event["nature"] for event in events[:3]] == ["fichier-prepare", "demande-preparee", "fichier-abandonne"]


def test_a_notebook_gets_days_and_amounts_and_nothing_personal(lived: Registre) -> None:
    (row,) = lived.en_lignes()
    assert row == {cle: "" if v is None and cle.startswith("motif") else v for cle, v in KNOWN.items()} | {
        "fichier": sha256(ONE).hexdigest(),
        "rang": 1,
        "pieces": DOCUMENT,
        "reserves": "",
    }
    assert lived.dossier(FINESS).en_lignes() == [row]


def test_a_page_tells_the_amounts_the_documents_and_the_lines(lived: Registre) -> None:
    folder = lived.dossier(FINESS)
    page = folder.html().decode()
    assert str(folder) == "Officine 750000001 : 1 demande, 25 événements"
    euros = [("Avance attendue", "255,00"), ("Avance payée", "254,50"), ("Solde payé", "1\N{NO-BREAK SPACE}595,00")]
    for words, amount in euros:
        assert amount in page[page.index(words) :][:100]
    for words in (ADDRESS, DOCUMENT, HASH, "29/11/2022", "Ligne envoyée le", "Ligne reçue le", "Demande 00001"):
        assert words in page


OF_A_REQUEST = [
    *((Fait.INCOMPLETE, "incomplète"), (Fait.MODIFICATION, "à modifier"), (Fait.DECISION, "décision")),
    *((Fait.PAIEMENT, "paiement"), (Fait.SERVICE, "service fait (VA)"), (Fait.FACTURE, "facture")),
    *((Fait.SOLDE, "solde demandé"), (Fait.SOLDE_PAYE, "solde payé"), (Fait.CONTROLE, "contrôle")),
]
OF_A_FILE = [(Fait.DEPOT, "dépôt"), (Fait.REFUS, "refus"), (Fait.ABANDON, "abandon")]


@pytest.mark.parametrize(("fact", "words"), [*OF_A_REQUEST, *OF_A_FILE])
def test_what_was_not_noted_is_named_in_words(fact: Fait, words: str) -> None:
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): ONE}, jour=day(0))
        with pytest.raises(RegistreError) as refused:
            registre.annuler("00001", fact, jour=day(1), motif="x")
    of_a_file = (fact, words) in OF_A_FILE
    assert f"il n’y a pas de {'' if of_a_file else 'fait '}« {words} » à annuler" in str(refused.value)


@pytest.mark.parametrize(("fact", "words"), OF_A_REQUEST)
def test_a_fact_that_is_taken_back_leaves_nothing(fact: Fait, words: str) -> None:
    del words
    notes = {
        Fait.INCOMPLETE: lambda: registre.noter_incomplete("00001", jour=day(2), motif="x"),
        Fait.MODIFICATION: lambda: registre.noter_a_modifier("00001", jour=day(2), motif="x"),
        Fait.DECISION: lambda: registre.decider("00001", favorable=True, jour=day(2), motif="x"),
        Fait.PAIEMENT: lambda: registre.payer("00001", Decimal(255), jour=day(2), reference="x"),
        Fait.SERVICE: lambda: registre.noter_service("00001", jour=day(2), adresse_mssante=ADDRESS),
        Fait.FACTURE: lambda: registre.noter_facture("00001", jour=day(2), reference="x"),
        Fait.SOLDE: lambda: registre.demander_solde("00001", jour=day(2), reference="x"),
        Fait.SOLDE_PAYE: lambda: registre.payer_solde("00001", Decimal(595), jour=day(2), reference="x"),
        Fait.CONTROLE: lambda: registre.noter_controle("00001", jour=day(2), motif="x"),
    }
    before = {
        Fait.PAIEMENT: [Fait.DECISION],
        Fait.SOLDE: [Fait.DECISION],
        Fait.SOLDE_PAYE: [Fait.DECISION, Fait.SOLDE],
        Fait.CONTROLE: [Fait.DECISION, Fait.PAIEMENT],
    }
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): ONE}, jour=day(0))
        registre.enregistrer_retour(answer_to(ONE, [ACCEPTED]), jour=day(1))
        for first in before.get(fact, []):
            notes[first]()
        untouched = registre.demande("00001")
        notes[fact]()
        assert registre.demande("00001") != untouched
        registre.annuler("00001", fact, jour=day(3), motif="x")
        assert registre.demande("00001") == untouched
        assert registre.verifier() == ()


def test_a_line_that_was_sent_for_another_pharmacy_is_of_its_history_and_is_erased_with_it() -> None:
    """A number that was given up goes again for somebody else; the first one has another request too."""
    both = file_of("00001", "00002", finess={"00001": "750000009", "00002": FINESS})
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): ONE}, jour=day(0))
        registre.abandonner(name(1), jour=day(1))
        registre.preparer({name(2): both}, jour=day(2))
        registre.effacer(FINESS, jour=day(3))
        kept = [
            (e.numero_editeur, "DURAND" in e.ligne) for _, e in registre.journal() if isinstance(e, DemandePreparee)
        ]
        assert kept == [("00001", False), ("00001", True), ("00002", False)]
        told = [(e.jour, type(e).__name__) for e in registre.historique(FINESS)]
    assert told == [
        *((day(0), "FichierPrepare"), (day(0), "DemandePreparee"), (day(1), "FichierAbandonne")),
        *((day(2), "FichierPrepare"), (day(2), "DemandePreparee"), (day(3), "DonneesEffacees")),
    ]
