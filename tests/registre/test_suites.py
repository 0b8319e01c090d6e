"""What happens once the portal has a request: each fact, what it needs, how it is taken back, and many at once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from atelier import ACCEPTED, DAY, REJECTED, THREE, answer_to, file_of, name
from hypothesis import given, settings
from hypothesis import strategies as st

from segur_pha import RegistreError
from segur_pha.registre import Registre
from segur_pha.registre.compte_rendu_des_notes import CompteRenduDesNotes, NotesRefusees
from segur_pha.registre.evenements import Fait
from segur_pha.registre.histoire import rejouer
from segur_pha.registre.notes import Note
from segur_pha.retour.ecarts import NatureEcart

if TYPE_CHECKING:
    from collections.abc import Callable

    from segur_pha.registre.etats import EtatDemande

ADVANCE, BALANCE = Decimal("255.00"), Decimal("595.00")


def answered(registre: Registre) -> None:
    """Deposit three requests: 00001 and 00002 are accepted, 00003 is rejected."""
    registre.preparer({name(1): THREE}, jour=DAY)
    registre.deposer(name(1), jour=DAY)
    registre.enregistrer_retour(answer_to(THREE, [ACCEPTED, ACCEPTED, REJECTED]), jour=DAY)


def granted(registre: Registre) -> None:
    answered(registre)
    registre.decider("00001", favorable=True, jour=DAY)


def paid(registre: Registre) -> None:
    granted(registre)
    registre.payer("00001", ADVANCE, jour=DAY, reference="AV-1")


def claimed(registre: Registre) -> None:
    paid(registre)
    registre.demander_solde("00001", jour=DAY, reference="S-1")


def test_the_whole_life_of_a_claim(registre: Registre) -> None:
    registre.preparer({name(1): THREE}, jour=DAY)
    registre.deposer(name(1), jour=DAY)
    seen = ["déposée"]

    def then(fact: Callable[..., None], *values: object, **words: str) -> None:
        fact("00001", *values, jour=DAY + timedelta(days=len(seen)), **words)
        state = registre.demande("00001")
        assert state.jour_phase <= DAY + timedelta(days=len(seen))
        seen.append(state.phase.value)

    then(registre.noter_incomplete, motif="zip refusé")
    registre.enregistrer_retour(answer_to(THREE, [ACCEPTED, ACCEPTED, REJECTED]), jour=DAY)
    then(registre.regulariser)
    then(registre.noter_a_modifier, motif="devis illisible")
    then(registre.noter_service, adresse_mssante="officine@pharma.mssante.example")
    then(registre.regulariser)
    then(lambda number, jour: registre.decider(number, favorable=True, jour=jour))
    then(registre.noter_facture, reference="F-2023-7")
    then(registre.payer, ADVANCE, reference="AV-1")
    then(registre.demander_solde, reference="S-1")
    then(registre.payer_solde, BALANCE, reference="AV-2")
    then(registre.noter_controle, motif="conforme")
    assert seen == [
        *("déposée", "incomplète", "acceptée", "à modifier", "à modifier", "acceptée", "attribuée", "attribuée"),
        *("service fait", "solde demandé", "solde payé", "contrôlée"),
    ]
    state = registre.demande("00001")
    assert (state.adresse_mssante, state.reference_facture, state.montant_solde, state.motif_controle) == (
        *("officine@pharma.mssante.example", "F-2023-7"),
        *(BALANCE, "conforme"),
    )
    assert rejouer(event for _, event in registre.journal()).demandes == {d.cle: d for d in registre.demandes()}


#: A fact, and how far a request must be for it: noted there it may not be noted twice.
FACTS: list[tuple[Fait, Callable[[Registre], None], Callable[[Registre, str], None]]] = [
    (Fait.INCOMPLETE, answered, lambda r, n: r.noter_incomplete(n, jour=DAY)),
    (Fait.MODIFICATION, answered, lambda r, n: r.noter_a_modifier(n, jour=DAY)),
    (Fait.DECISION, answered, lambda r, n: r.decider(n, favorable=True, jour=DAY)),
    (Fait.PAIEMENT, granted, lambda r, n: r.payer(n, ADVANCE, jour=DAY)),
    (Fait.SERVICE, answered, lambda r, n: r.noter_service(n, jour=DAY)),
    (Fait.FACTURE, answered, lambda r, n: r.noter_facture(n, jour=DAY)),
    (Fait.SOLDE, granted, lambda r, n: r.demander_solde(n, jour=DAY)),
    (Fait.SOLDE_PAYE, claimed, lambda r, n: r.payer_solde(n, BALANCE, jour=DAY)),
    (Fait.CONTROLE, paid, lambda r, n: r.noter_controle(n, jour=DAY)),
]
BY_NAME = pytest.mark.parametrize(("fact", "before", "note"), FACTS, ids=[fact.value for fact, _, _ in FACTS])


@BY_NAME
def test_a_fact_is_noted_once_where_it_may_be_and_taken_back(
    registre: Registre, fact: Fait, before: Callable[[Registre], None], note: Callable[[Registre, str], None]
) -> None:
    before(registre)
    without = questions(registre)
    with pytest.raises(RegistreError, match="00003"):
        note(registre, "00003")  # it was rejected
    with pytest.raises(RegistreError, match="inconnue"):
        note(registre, "00099")
    with pytest.raises(RegistreError, match="à annuler"):
        registre.annuler("00001", fact, jour=DAY, motif="erreur de saisie")
    note(registre, "00001")
    noted = questions(registre)
    assert noted != without
    with pytest.raises(RegistreError, match="00001"):
        note(registre, "00001")
    with pytest.raises(RegistreError, match="pourquoi"):
        registre.annuler("00001", fact, jour=DAY, motif=" ")
    assert questions(registre) == noted
    registre.annuler("00001", fact, jour=DAY, motif="erreur de saisie")
    assert questions(registre) == without
    note(registre, "00001")
    assert questions(registre) == noted
    # The journal keeps all three.
    assert len(registre.journal()) >= 3


def questions(registre: Registre) -> list[object]:
    """Ask every question but those of the journal."""
    return [
        *(registre.demandes(), registre.fichiers(), registre.totaux(), registre.soldables(), registre.doublons()),
        *(registre.a_resoumettre(), registre.a_verifier(), registre.sans_reponse(jour=DAY, depuis=0)),
        *(registre.antecedents(["00001", "00002"], ["750000001"]), registre.numeros_restants()),
    ]


@pytest.mark.parametrize(
    ("after", "fact", "first"),
    [(paid, Fait.DECISION, "paiement"), (claimed, Fait.DECISION, "paiement")],
)
def test_what_rests_on_a_fact_is_taken_back_first(
    registre: Registre, after: Callable[[Registre], None], fact: Fait, first: str
) -> None:
    after(registre)
    with pytest.raises(RegistreError, match=f"annulez d’abord le fait « {first} »"):
        registre.annuler("00001", fact, jour=DAY, motif="erreur")


def test_a_file_s_steps_are_taken_back(registre: Registre) -> None:
    def undo(fact: Fait) -> None:
        registre.annuler("00002", fact, jour=DAY, motif="erreur")

    registre.preparer({name(1): THREE}, jour=DAY)
    prepared = questions(registre)
    registre.deposer(name(1), jour=DAY)
    deposited = questions(registre)
    registre.refuser(name(1), jour=DAY, motif="structure")
    refused = questions(registre)
    registre.abandonner(name(1), jour=DAY, motif="trop tard")
    with pytest.raises(RegistreError, match=r"est abandonné : il n’y a pas de « dépôt » à annuler"):
        undo(Fait.DEPOT)
    for fact, state in ((Fait.ABANDON, refused), (Fait.REFUS, deposited), (Fait.DEPOT, prepared)):
        undo(fact)
        assert questions(registre) == state
    # An answer proves the deposit, and so does what happened afterwards.
    registre.deposer(name(1), jour=DAY)
    registre.noter_incomplete("00003", jour=DAY)
    with pytest.raises(RegistreError, match="prouve son dépôt"):
        undo(Fait.DEPOT)
    registre.annuler("00003", Fait.INCOMPLETE, jour=DAY, motif="erreur")
    registre.enregistrer_retour(answer_to(THREE, [ACCEPTED, ACCEPTED, REJECTED]), jour=DAY)
    with pytest.raises(RegistreError, match="prouve son dépôt"):
        undo(Fait.DEPOT)


def test_a_surrender_is_taken_back_only_where_nothing_went_instead(registre: Registre) -> None:
    answered(registre)
    registre.preparer({name(2): file_of("00011")}, jour=DAY, remplace={"00011": "00003"})
    linked = questions(registre)
    registre.abandonner(name(2), jour=DAY)
    registre.annuler("00011", Fait.ABANDON, jour=DAY, motif="erreur")
    assert questions(registre) == linked
    registre.abandonner(name(2), jour=DAY)
    registre.preparer({name(3): file_of("00012")}, jour=DAY, remplace={"00012": "00003"})
    with pytest.raises(RegistreError, match="déjà remplacée par la demande 00012"):
        registre.annuler("00011", Fait.ABANDON, jour=DAY, motif="erreur")


def test_requests_that_went_again_keep_their_old_file_as_it_is(registre: Registre) -> None:
    registre.preparer({name(1): file_of("00001", "00002")}, jour=DAY)
    registre.deposer(name(1), jour=DAY)
    registre.refuser(name(1), jour=DAY)
    registre.preparer({name(2): file_of("00002", finess={"00002": "750000009"})}, jour=DAY)
    with pytest.raises(RegistreError, match="sont reparties dans un autre"):
        registre.annuler("00001", Fait.REFUS, jour=DAY, motif="erreur")


def test_only_what_was_noted_is_made_regular(registre: Registre) -> None:
    answered(registre)
    with pytest.raises(RegistreError, match="ni incomplète ni à modifier"):
        registre.regulariser("00001", jour=DAY)


def test_the_address_of_an_erased_pharmacy_stays_away(registre: Registre) -> None:
    answered(registre)
    address = "officine@pharma.mssante.example"
    registre.noter_service("00001", jour=DAY, adresse_mssante=address)
    registre.effacer("750000001", jour=DAY)
    registre.annuler("00001", Fait.SERVICE, jour=DAY, motif="erreur")
    registre.noter_service("00001", jour=DAY, adresse_mssante=address)
    assert registre.demande("00001").jour_service == DAY
    again = Note(cle="ASP-00001", fait=Fait.SERVICE, jour=DAY, texte=address)
    assert registre.noter([again]).deja == 1
    assert address not in "".join(registre.exporter()) + repr(registre.demandes()) + repr(again)


# Many at once

NUMBERS = ["00001", "00002", "00003", "00099"]
NOTES = st.lists(
    st.builds(
        Note,
        cle=st.sampled_from([*NUMBERS, "ASP-00001", "ASP-00002"]),
        fait=st.sampled_from([fact for fact, _, _ in FACTS]),
        jour=st.sampled_from([DAY, DAY + timedelta(days=9)]),
        favorable=st.just(True),  # noqa: FBT003
        montant=st.sampled_from([ADVANCE, Decimal("1.00")]),
        texte=st.sampled_from(["", "R-1"]),
    ),
    max_size=8,
)


def one_by_one(registre: Registre, note: Note) -> None:
    numbers = {d.numero_asp: d.numero_editeur for d in registre.demandes()}
    number = numbers.get(note.cle, note.cle)
    words: dict[Fait, Callable[[], None]] = {
        Fait.INCOMPLETE: lambda: registre.noter_incomplete(number, jour=note.jour, motif=note.texte),
        Fait.MODIFICATION: lambda: registre.noter_a_modifier(number, jour=note.jour, motif=note.texte),
        Fait.DECISION: lambda: registre.decider(number, favorable=True, jour=note.jour, motif=note.texte),
        Fait.PAIEMENT: lambda: registre.payer(number, note.montant, jour=note.jour, reference=note.texte),
        Fait.SERVICE: lambda: registre.noter_service(number, jour=note.jour, adresse_mssante=note.texte),
        Fait.FACTURE: lambda: registre.noter_facture(number, jour=note.jour, reference=note.texte),
        Fait.SOLDE: lambda: registre.demander_solde(number, jour=note.jour, reference=note.texte),
        Fait.SOLDE_PAYE: lambda: registre.payer_solde(number, note.montant, jour=note.jour, reference=note.texte),
        Fait.CONTROLE: lambda: registre.noter_controle(number, jour=note.jour, motif=note.texte),
    }
    words[note.fait]()


@settings(max_examples=settings.default.max_examples // 4)  # two ledgers are made for each
@given(NOTES)
def test_many_facts_at_once_are_the_facts_one_by_one(notes: list[Note]) -> None:
    with Registre("sqlite://") as at_once, Registre("sqlite://") as singly:
        for registre in (at_once, singly):
            answered(registre)
        refused = 0
        for note in notes:
            before = singly.demandes()
            try:
                one_by_one(singly, note)
            except RegistreError:
                # Known already as it is told: no fault, no change.
                refused += not known(before, note)
        if refused:
            before_all = [*at_once.exporter()]
            with pytest.raises(NotesRefusees) as refusal:
                at_once.noter(notes)
            assert len(refusal.value.constats) == refused
            assert [*at_once.exporter()] == before_all
        outcome = at_once.noter(notes, partiel=True)
        assert questions(at_once) == questions(singly)
        assert (len(outcome.refus), outcome.notees + outcome.deja) == (refused, len(notes) - refused)
        if not refused:  # told again, nothing changes
            history = [*at_once.exporter()]
            assert at_once.noter(notes) == CompteRenduDesNotes(notees=0, deja=len(notes))
            assert [*at_once.exporter()] == history


def known(requests: tuple[EtatDemande, ...], note: Note) -> bool:
    """Tell, from the values of the state, whether a fact stands there as it is told."""
    for request in requests:
        if note.cle in {request.numero_editeur, request.numero_asp}:
            return {
                Fait.INCOMPLETE: (request.jour_incomplete, request.motif_incomplete) == (note.jour, note.texte),
                Fait.MODIFICATION: (request.jour_modification, request.motif_modification) == (note.jour, note.texte),
                Fait.DECISION: (request.jour_decision, request.motif_decision) == (note.jour, note.texte),
                Fait.PAIEMENT: (request.jour_paiement, request.montant_paye, request.reference_paiement)
                == (note.jour, note.montant, note.texte),
                Fait.SERVICE: (request.jour_service, request.adresse_mssante) == (note.jour, note.texte),
                Fait.FACTURE: (request.jour_facture, request.reference_facture) == (note.jour, note.texte),
                Fait.SOLDE: (request.jour_solde, request.reference_solde) == (note.jour, note.texte),
                Fait.SOLDE_PAYE: (request.jour_solde_paye, request.montant_solde, request.reference_solde_paye)
                == (note.jour, note.montant, note.texte),
                Fait.CONTROLE: (request.jour_controle, request.motif_controle) == (note.jour, note.texte),
            }[note.fait]
    return False


def test_a_key_that_is_doubtful_or_contradicted_is_named(registre: Registre) -> None:
    answered(registre)
    registre.preparer({name(2): file_of("00007")}, jour=DAY)
    answer = answer_to(file_of("00007"), [ACCEPTED]).replace(b"ASP-00007", b"00001")
    registre.enregistrer_retour(answer, jour=DAY, admettre=[NatureEcart.REFERENCE_EQUIVOQUE])

    def note(key: str, also: str = "", fact: Fait = Fait.DECISION, *, granted: bool | None = True) -> Note:
        return Note(cle=key, aussi=also, fait=fact, jour=DAY, favorable=granted, ligne=4)

    outcome = registre.noter(
        [
            note("00001"),
            note("00002", "ASP-00001"),
            note("00002", granted=None),
            note("00002", fact=Fait.PAIEMENT),
            note("00002", fact=Fait.DEPOT),
            note("ASP-00002", "00002"),
        ],
        partiel=True,
    )
    assert [str(refusal) for refusal in outcome.refus] == [
        "ligne 4 : 00001 peut être plusieurs demandes : 00001 (PHA-LGO-Va1), 00007 (PHA-LGO-Va1) ; précisez la vague, ou le numéro.",
        "ligne 4 : 00002 et ASP-00001 ne sont pas la même demande.",
        "ligne 4 : Décision : dites si elle est favorable ou non.",
        'ligne 4 : Montant payé : donnez un Decimal, comme Decimal("255.00").',
        "ligne 4 : « dépôt » est le fait d’un fichier entier : notez-le par le nom du fichier.",
    ]
    assert outcome.notees == 1


def test_a_payment_that_is_not_what_was_due_is_told(registre: Registre) -> None:
    granted(registre)
    registre.decider("00002", favorable=True, jour=DAY)
    notes = [
        Note(cle=number, fait=Fait.PAIEMENT, jour=DAY, montant=Decimal(amount), ligne=row)
        for row, (number, amount) in enumerate([("00001", "25.50"), ("00002", "255.01")], start=2)
    ]
    (gap,) = registre.noter(notes).ecarts
    assert registre.ecarts_de_solde() == ()
    assert (gap.ligne, gap.code) == (2, "ecart-de-paiement")
    assert gap.message.replace("\xa0", " ") == (
        "Demande 00001 : 229,50 € de moins que l’avance attendue, 255,00 € ; relisez l’avis"
    )
