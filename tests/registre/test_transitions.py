"""The pure reducer by itself: what no command of the ledger asks of it, and it refuses all the same; events and their JSON."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha import RegistreError
from segur_pha.registre import evenements as ev
from segur_pha.registre.histoire import appliquer, rejouer
from segur_pha.registre.memoire import EtatsEnMemoire, consequences
from segur_pha.retour.lignes import Issue

DAY = date(2022, 11, 15)
FILE, OTHER = "a" * 64, "b" * 64
KEY = ("PHA-LGO-Va1", "00001")
PREPARED = ev.FichierPrepare(
    jour=DAY, fichier=FILE, nom="a.json", numero_ans="ANS0000001", siret="1", specification="PHA-LGO-Va1", entete="{}"
)
REQUEST = ev.DemandePreparee(
    jour=DAY,
    numero_editeur="00001",
    fichier=FILE,
    rang=1,
    specification="PHA-LGO-Va1",
    ligne="{}",
    finess_geo="777777777",
)
DEPOSITED = ev.FichierDepose(jour=DAY, fichier=FILE)
RECEIVED = ev.RetourRecu(jour=DAY, specification="PHA-LGO-Va1", retour="c" * 64, fichier=FILE)
LINE = ev.LigneRecue(
    jour=DAY,
    specification="PHA-LGO-Va1",
    retour="c" * 64,
    fichier=FILE,
    place=1,
    ligne="{}",
    issue=Issue.ACCEPTEE,
    numero_editeur="00001",
    numero_asp="A1",
)


def after(*events: ev.Evenement) -> EtatsEnMemoire:
    return rejouer(events)


@pytest.mark.parametrize(
    ("history", "event"),
    [
        ([], REQUEST),
        ([PREPARED, REQUEST, DEPOSITED], attrs.evolve(REQUEST, numero_editeur="00002")),
        ([PREPARED, REQUEST], RECEIVED),
        ([PREPARED, REQUEST, DEPOSITED, RECEIVED], RECEIVED),
        ([PREPARED, REQUEST, DEPOSITED], attrs.evolve(LINE, numero_editeur=None)),
        ([PREPARED, REQUEST, DEPOSITED], attrs.evolve(LINE, fichier=OTHER)),
        ([PREPARED, REQUEST, DEPOSITED], attrs.evolve(LINE, numero_asp=None)),
        ([PREPARED, REQUEST, DEPOSITED], attrs.evolve(LINE, issue=Issue.AMBIGUE)),
        ([PREPARED, REQUEST], LINE),
        ([PREPARED, REQUEST, DEPOSITED, LINE], attrs.evolve(LINE, issue=Issue.REJETEE)),
        ([PREPARED, REQUEST, DEPOSITED, LINE], ev.FichierRefuse(jour=DAY, fichier=FILE)),
        ([], ev.DonneesEffacees(jour=DAY, finess_geo="777777777")),
    ],
)
def test_an_event_that_may_not_happen(history: list[ev.Evenement], event: ev.Evenement) -> None:
    book = after(*history)
    before = attrs.asdict(book)
    with pytest.raises(RegistreError):
        appliquer(event, book)
    assert attrs.asdict(book) == before


def test_a_line_that_is_not_acted_on_and_of_nobody_changes_nothing() -> None:
    book = after(PREPARED, REQUEST, DEPOSITED, RECEIVED)
    before = attrs.asdict(book)
    appliquer(attrs.evolve(LINE, numero_editeur=None, appliquee=False, raison="réponse étrangère"), book)
    assert attrs.asdict(book) == before


def test_the_same_doubt_twice_is_one_doubt() -> None:
    doubt = attrs.evolve(LINE, issue=Issue.AMBIGUE, numero_asp=None, appliquee=False, raison="ligne ambiguë")
    book = after(PREPARED, REQUEST, DEPOSITED, doubt, doubt)
    assert (len(book.demandes[KEY].reserves), book.demandes[KEY].a_verifier) == (1, True)
    appliquer(LINE, book)
    assert not book.demandes[KEY].a_verifier


def test_a_person_may_say_that_a_line_answers_nothing_yet() -> None:
    silent = attrs.evolve(LINE, issue=Issue.NON_TRAITEE, numero_asp=None)
    doubt = attrs.evolve(silent, appliquee=False, raison="contenu modifié")
    other = attrs.evolve(doubt, issue=Issue.AMBIGUE)
    book = after(PREPARED, REQUEST, DEPOSITED, RECEIVED, doubt, other)
    appliquer(attrs.evolve(silent, admise=True), book)
    assert [reserve.issue for reserve in book.demandes[KEY].reserves] == [Issue.AMBIGUE]
    before = attrs.asdict(book)
    appliquer(attrs.evolve(silent, admise=True), book)
    assert attrs.asdict(book) == before


def test_what_is_no_event_is_an_error_of_the_program() -> None:
    with pytest.raises(TypeError):
        consequences(object(), EtatsEnMemoire())


TEXTS = st.text(max_size=10)
EVENTS = st.one_of(
    st.builds(ev.NumerosReserves, specification=TEXTS, numeros=st.lists(TEXTS, max_size=3).map(tuple)),
    st.builds(ev.FichierRefuse, jour=st.dates(), fichier=TEXTS, motif=TEXTS),
    st.builds(
        ev.DemandePreparee,
        jour=st.dates(),
        numero_editeur=TEXTS,
        fichier=TEXTS,
        rang=st.integers(1, 200),
        specification=TEXTS,
        ligne=TEXTS,
        date_commande=st.none() | st.dates(),
        montant_segur_ht=st.none() | st.decimals(allow_nan=False, allow_infinity=False),
        pieces=st.lists(st.builds(ev.Piece, TEXTS, TEXTS), max_size=2).map(tuple),
        remplace=st.none() | TEXTS,
    ),
    st.builds(
        ev.LigneRecue,
        jour=st.dates(),
        specification=TEXTS,
        retour=TEXTS,
        fichier=TEXTS,
        place=st.integers(1, 200),
        ligne=TEXTS,
        issue=st.sampled_from(Issue),
        numero_asp=st.none() | TEXTS,
        admise=st.booleans(),
    ),
    st.builds(
        ev.ReponseAnnulee,
        jour=st.dates(),
        specification=TEXTS,
        numero_editeur=TEXTS,
        retour=TEXTS,
        issue=st.none() | st.sampled_from(Issue),
        jour_reponse=st.none() | st.dates(),
        numero_asp=st.none() | TEXTS,
        reserves=st.lists(st.tuples(st.sampled_from(Issue), TEXTS), max_size=3).map(tuple),
    ),
    st.builds(
        ev.RetourAnnule,
        jour=st.dates(),
        specification=TEXTS,
        retour=TEXTS,
        fichier=TEXTS,
        motif=TEXTS,
        depot=st.booleans(),
        repondu=st.booleans(),
    ),
    st.builds(
        ev.AvancePayee, jour=st.dates(), specification=TEXTS, numero_editeur=TEXTS, montant=st.just(Decimal("255.00"))
    ),
)


@given(EVENTS)
def test_an_event_comes_back_from_its_json(event: ev.Evenement) -> None:
    assert ev.depuis_json(ev.NATURES[type(event)], ev.en_json(event)) == event
