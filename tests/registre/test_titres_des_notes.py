"""The titles and words that people write in their own tables of facts, and the facts that each of them tells."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest
from atelier import DAY

from segur_pha.registre import Fait, Note
from segur_pha.registre.tableau_de_notes import TITRES, lire_les_notes

ADDRESS = "o@pharma.mssante.example"
#: A title as people write it, what stands under it, and what is noted of request 00001 on the day of the table.
FACTS = [
    *((title, "oui", Fait.DECISION) for title in ("décision", "Decision", "Statut", "état", "etat")),
    *(
        (title, "255,00", Fait.PAIEMENT)
        for title in ("montant payé", "Montant paye", "montant versé", "avance payée", "avance payee", "avance versée")
    ),
    *(
        (title, "02/12/2022", Fait.SERVICE)
        for title in ("VA", "date de la VA", "date VA", "VA signée le", "Service fait", "service fait le")
    ),
    *(
        (title, "F-1", Fait.FACTURE)
        for title in ("facture", "Numéro de facture", "n° facture", "référence de la facture")
    ),
    *((title, "02/12/2022", Fait.FACTURE) for title in ("date de la facture", "date de facture", "Facturée le")),
    *(
        (title, "02/12/2022", Fait.SOLDE)
        for title in ("solde demandé le", "date de la demande de solde", "Solde demande le")
    ),
    *((title, "595,00", Fait.SOLDE_PAYE) for title in ("solde payé", "solde paye", "montant du solde", "solde versé")),
    *((title, "02/12/2022", Fait.CONTROLE) for title in ("contrôlée le", "Date du contrôle", "controle le")),
    *((title, "conforme", Fait.CONTROLE) for title in ("contrôle", "résultat du contrôle", "controle")),
]
#: What the titles of a day, of words or of another identifier say of a fact: title, cell, the field of the note, its value.
DETAILS = {
    ("décision", "oui"): [
        *(
            (title, "sans bon", "texte", "sans bon")
            for title in ("motif", "motif de la décision", "motif de la decision")
        ),
        ("commentaire", "sans bon", "texte", "sans bon"),
        *((title, "02/12/2022", "jour", date(2022, 12, 2)) for title in ("jour", "date", "date de décision")),
        *((title, "02/12/2022", "jour", date(2022, 12, 2)) for title in ("date de la décision", "jour de la décision")),
        *((title, "02/12/2022", "jour", date(2022, 12, 2)) for title in ("décidée le", "date decision")),
        *((title, "ASP-1", "cle", "ASP-1") for title in ("numeroASP", "numéro ASP", "numero ASP", "n° ASP")),
        *((title, "ASP-1", "cle", "ASP-1") for title in ("référence ASP", "Reference ASP")),
    ],
    ("montant payé", "255,00"): [
        *((title, "AV-1", "texte", "AV-1") for title in ("référence", "reference", "référence du paiement")),
        *((title, "AV-1", "texte", "AV-1") for title in ("référence de paiement", "Avis de paiement")),
        *((title, "02/12/2022", "jour", date(2022, 12, 2)) for title in ("date de paiement", "date du paiement")),
        *((title, "02/12/2022", "jour", date(2022, 12, 2)) for title in ("date paiement", "payée le", "payé le")),
        *((title, "02/12/2022", "jour", date(2022, 12, 2)) for title in ("date de versement", "date du versement")),
        *((title, "02/12/2022", "jour", date(2022, 12, 2)) for title in ("date versement", "versée le", "versé le")),
    ],
    ("VA", "03/12/2022"): [
        *((title, ADDRESS, "texte", ADDRESS) for title in ("MSSanté", "MSSante", "adresse MSSanté", "adresse MSSante")),
        ("BAL MSSanté", ADDRESS, "texte", ADDRESS),
    ],
    ("solde payé", "595,00"): [
        *((title, "02/12/2022", "jour", date(2022, 12, 2)) for title in ("solde payé le", "date du solde")),
        ("date de paiement du solde", "02/12/2022", "jour", date(2022, 12, 2)),
        ("référence", "AV-2", "texte", "AV-2"),
    ],
    ("facture", "F-1"): [("date de facture", "02/12/2022", "jour", date(2022, 12, 2))],
    ("contrôle", "conforme"): [("contrôlée le", "02/12/2022", "jour", date(2022, 12, 2))],
}
NUMBERS = ("numeroEditeur", "numéro éditeur", "numero editeur", "n° éditeur", "n° demande", "numéro", "Demande")


def the_note(titles: str, cells: str) -> Note:
    """Read a table of one row that tells one fact."""
    read = lire_les_notes(f"{titles}\n{cells}\n", nom="t.csv", jour=DAY)
    assert (read.constats, read.ignorees) == ((), ())
    (note,) = read.notes
    return note


@pytest.mark.parametrize(("title", "cell", "fact"), FACTS)
def test_a_title_tells_its_fact(title: str, cell: str, fact: Fait) -> None:
    a_day = date(2022, 12, 2)
    assert the_note(f"n° demande;{title}", f"00001;{cell}") == Note(
        cle="00001",
        fait=fact,
        jour=a_day if cell == "02/12/2022" else DAY,
        favorable=True if fact is Fait.DECISION else None,
        montant={"255,00": Decimal("255.00"), "595,00": Decimal("595.00")}.get(cell),
        texte=cell if cell in {"F-1", "conforme"} else "",
        ligne=2,
    )


@pytest.mark.parametrize(
    ("fact", "title", "cell", "field", "value"),
    [(fact, *detail) for fact, details in DETAILS.items() for detail in details],
)
def test_a_title_says_more_of_a_fact(fact: tuple[str, str], title: str, cell: str, field: str, value: object) -> None:
    alone = the_note(f"n° demande;{fact[0]}", f"00001;{fact[1]}")
    more = {field: value} | ({"aussi": "00001"} if field == "cle" else {})
    assert the_note(f"n° demande;{fact[0]};{title}", f"00001;{fact[1]};{cell}") == attrs.evolve(alone, **more)


@pytest.mark.parametrize("title", NUMBERS)
def test_a_title_says_which_request_is_meant(title: str) -> None:
    assert the_note(f"{title};décision", "00001;oui").cle == "00001"


def test_no_title_was_forgotten_here() -> None:
    known = {title.casefold() for titles in TITRES.values() for title in titles}
    tried = (
        {title for title, *_ in FACTS} | {detail[0] for details in DETAILS.values() for detail in details} | {*NUMBERS}
    )
    assert known - {title.casefold() for title in tried} == set()


DECISIONS = {
    **dict.fromkeys(["attribuée", "Attribuee", "accordée", "favorable", "oui", "Décidée et payée", "décidée"], True),
    **dict.fromkeys(["refusée", "refusee", "Rejetée par l’ASP", "rejetée par l'ASP", "défavorable"], False),
    **dict.fromkeys(["defavorable", "NON"], False),
    **dict.fromkeys(["incomplète", "Incomplete"], Fait.INCOMPLETE),
    **dict.fromkeys(["à modifier", "A modifier"], Fait.MODIFICATION),
}


@pytest.mark.parametrize("word", DECISIONS)
def test_a_decision_is_read_in_the_words_of_the_portal_and_of_people(word: str) -> None:
    note = the_note("n° demande;décision;motif", f"00001;{word};car")
    meant = DECISIONS[word]
    expected = (meant, None) if isinstance(meant, Fait) else (Fait.DECISION, meant)
    assert (note.fait, note.favorable, note.texte) == (*expected, "car")


def test_a_whole_row_tells_its_facts_in_the_order_in_which_they_happen() -> None:
    row = {
        "N° ASP": "ASP-1", "N° demande": "00001", "Officine": "Lilas", "Décision": "oui", "Motif": "complète",
        "Date de décision": "01/12/2022", "Montant payé": "255,00", "Payée le": "02/12/2022", "Référence": "AV-1",
        "VA": "03/12/2022", "MSSanté": ADDRESS, "Facture": "F-1", "Date de facture": "04/12/2022",
        "Solde demandé le": "05/12/2022", "Solde payé": "595,00", "Solde payé le": "06/12/2022", "Contrôle": "conforme",
        "Contrôlée le": "07/12/2022", "Date": "30/11/2022",
    }  # fmt: skip
    read = lire_les_notes(f"{';'.join(row)}\n{';'.join(row.values())}\n", nom="t.csv", jour=DAY)
    told = [(note.fait, note.jour.day, note.texte, note.montant, note.favorable) for note in read.notes]
    assert told == [
        (Fait.DECISION, 1, "complète", None, True),
        (Fait.PAIEMENT, 2, "AV-1", Decimal("255.00"), None),
        (Fait.SERVICE, 3, ADDRESS, None, None),
        (Fait.FACTURE, 4, "F-1", None, None),
        (Fait.SOLDE, 5, "", None, None),
        # The reference is that of the advance, which stands in the same row.
        (Fait.SOLDE_PAYE, 6, "", Decimal("595.00"), None),
        (Fait.CONTROLE, 7, "conforme", None, None),
    ]
    assert {(note.cle, note.aussi, note.ligne, note.officine) for note in read.notes} == {
        ("ASP-1", "00001", 2, "Lilas")
    }
    assert (read.constats, read.ignorees) == ((), ())
    del row["Date de décision"]
    read = lire_les_notes(f"{';'.join(row)}\n{';'.join(row.values())}\n", nom="t.csv", jour=DAY)
    assert read.notes[0].jour == date(2022, 11, 30)
