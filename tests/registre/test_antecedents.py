"""Orders that went already, second requests for a pharmacy, and names of files that are taken: never in silence."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from atelier import ACCEPTED, DAY, REJECTED, answer_to, file_of, name, phases, snapshot
from hypothesis import example, given
from hypothesis import strategies as st
from mesure import DEAR

from segur_pha import DepotRefuse, NomInvalide, RegistreError, controler
from segur_pha.cli import principal
from segur_pha.depot import preparer_depot
from segur_pha.depot.constats import CommandesRefusees
from segur_pha.registre import Registre
from segur_pha.registre.resoumission import preparer_au_registre, resoumettre
from tests.depot.fabrique_depot import bons, commande, editeur
from tests.sorties import juger_la_ligne

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segur_pha.depot import DepotPrepare

EXAMPLES = Path(__file__).parents[2] / "examples"
#: Rank of an order → the phase of its request, as :func:`lived_ledger` makes them.
PHASES = {
    1: "préparée",
    2: "déposée",
    3: "acceptée",
    4: "rejetée",
    5: "rejetée",  # and replaced by 00011
    6: "attribuée",
    7: "avance payée",
    8: "refusée",
    9: "abandonnée",
    10: "préparée",  # of a file that was refused: it may go again
}
FREE = {9, 10}
#: Rank → the request that claims money for its pharmacy now.
LIVE = {1: "00001", 2: "00002", 3: "00003", 5: "00011", 6: "00006", 7: "00007", 10: "00010"}


def number(rank: int) -> str:
    return f"{rank:05}"


def one(rank: int, bearing: str = "") -> bytes:
    borne = bearing or number(rank)
    return file_of(borne, finess={borne: f"75{rank:07}"})


@pytest.fixture(scope="module")
def lived_ledger() -> Iterator[Registre]:
    """A ledger with a request in each phase, each in a file of its own; no test changes it."""
    with Registre("sqlite://") as registre:
        for rank in PHASES:
            registre.preparer({name(rank): one(rank)}, jour=DAY)
            if rank not in {1, 9}:
                registre.deposer(name(rank), jour=DAY)
            if rank in {3, 4, 5, 6, 7, 8}:
                outcome = REJECTED if rank in {4, 5} else ACCEPTED
                registre.enregistrer_retour(answer_to(one(rank), [outcome]), jour=DAY)
            if rank in {6, 7, 8}:
                registre.decider(number(rank), favorable=rank != 8, jour=DAY)
        registre.payer("00007", Decimal("255.00"), jour=DAY)
        registre.abandonner(name(9), jour=DAY)
        registre.refuser(name(10), jour=DAY)
        registre.preparer({name(11): one(5, "00011")}, jour=DAY, remplace={"00011": "00005"})
        yield registre


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bons(tmp_path_factory.mktemp("pieces") / "pieces", 15)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sortie") / "depot"


def refusal(registre: Registre, orders: list[dict[str, object]], pieces: Path, out: Path, **options: object) -> object:
    """Have orders refused, and find the ledger and the disk as they were."""
    before = snapshot(registre)
    with pytest.raises(CommandesRefusees) as refused:
        preparer_au_registre(registre, orders, editeur(), pieces, out, jour=DAY, **options)
    assert snapshot(registre) == before
    assert list(out.parent.iterdir()) == []
    return refused.value


@DEAR
@given(
    st.lists(st.tuples(st.integers(1, 13), st.booleans(), st.booleans()), unique_by=lambda order: order[0]),
    st.integers(0, 9),
)
def test_every_order_that_went_is_named_at_once_with_its_phase(
    lived_ledger: Registre, pieces: Path, out: Path, drawn: list[tuple[int, bool, bool]], place: int
) -> None:
    # Of each order: whether the export bears its number, and whether something else is wrong with it.
    drawn = [order for order in drawn if order[0] not in {2, 11}]
    drawn[place:place] = (
        [(2, True, False), (12, True, False)] if not any(o[0] == 12 for o in drawn) else [(2, True, False)]
    )
    orders = [
        commande(rank, **({} if numbered else {"numero_editeur": None}), **({"date_commande": "hier"} if wrong else {}))
        for rank, numbered, wrong in drawn
    ]
    told = refusal(lived_ledger, orders, pieces, out).fautes
    # What is wrong with a row besides is told at once, and after what the ledger says of it.
    faults = {fault.ligne: fault for fault in reversed(told)}
    assert {f.ligne for f in told if f.code == "jour-illisible"} == {k for k, o in enumerate(drawn, start=1) if o[2]}
    expected = {}
    for row, (rank, numbered, wrong) in enumerate(drawn, start=1):
        if numbered and rank in PHASES and rank not in FREE:
            expected[row] = ("numero-connu", number(rank), PHASES[rank])
        elif rank in LIVE and not (numbered and LIVE[rank] == number(rank)):
            live = LIVE[rank]
            expected[row] = ("officine-deja-demandee", live, "préparée" if live == "00011" else PHASES[rank])
        elif wrong:
            expected[row] = ("jour-illisible", "", "")
    assert {row: fault.code for row, fault in faults.items()} == {row: code for row, (code, *_) in expected.items()}
    for row, (_, borne, phase) in expected.items():
        assert not phase or f"{borne} ({phase})" in faults[row].message.replace(" est déjà au registre", "")
        assert "nouveau numéro" not in faults[row].message


def test_what_to_do_with_an_order_that_went(lived_ledger: Registre, pieces: Path, out: Path) -> None:
    orders = [commande(2), commande(4), commande(3, finess_geo="750000013"), commande(5)]
    told = [fault.message for fault in refusal(lived_ledger, orders, pieces, out).fautes]
    known, once = (
        "numeroEditeur : la demande {} est déjà au registre ({})",
        "retirez cette ligne, elle ne part qu’une fois",
    )
    again_ = "retirez cette ligne ; corrigée, la demande repart par « segur-pha resoumettre »"
    other = "pour une autre officine : retirez cette ligne si c’est la même commande, sinon corrigez son numéro"
    assert told == [
        f"{known.format('00002', 'déposée')} : {once}",
        f"{known.format('00004', 'rejetée')} : {again_}",
        f"{known.format('00003', 'acceptée')}, {other}",
        f"{known.format('00005', 'rejetée')} : {once}",
    ]


def test_an_order_without_its_pharmacy_is_known_by_its_number(lived_ledger: Registre, pieces: Path, out: Path) -> None:
    orders = [commande(2, finess_geo=""), commande(12, finess_geo="")]
    faults = refusal(lived_ledger, orders, pieces, out).fautes
    assert [(fault.ligne, fault.code, fault.balise) for fault in faults] == [
        (1, "numero-connu", "numeroEditeur"),
        (1, "2301", "FINESSGeo"),
        (2, "2301", "FINESSGeo"),
    ]


def test_capitals_do_not_make_another_number(pieces: Path, out: Path) -> None:
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): one(1, "0000a")}, jour=DAY)
        orders = [commande(1, numero_editeur="0000A"), commande(2)]
        (fault,) = refusal(registre, orders, pieces, out).fautes
        assert "la demande 0000a est déjà au registre (préparée)" in fault.message


@pytest.mark.parametrize("phase", ["préparé", "abandonné", "refusé"])
@pytest.mark.parametrize("finess", ["750000001", "750000028"])
def test_a_number_in_another_case_is_another_number_of_nobody(pieces: Path, out: Path, phase: str, finess: str) -> None:
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): one(1, "0000a")}, jour=DAY)
        if phase == "abandonné":
            registre.abandonner(name(1), jour=DAY)
        elif phase == "refusé":
            registre.deposer(name(1), jour=DAY)
            registre.refuser(name(1), jour=DAY)
        # Where it is the only order, nothing else stands against the whole being a preparation made again.
        order = commande(1, numero_editeur="0000A", finess_geo=finess)
        (fault,) = refusal(registre, [order], pieces, out).fautes
        assert (fault.code, fault.ligne) == ("numero-connu", 1)
        assert "0000A n’en diffère que par la casse" in fault.message
        # Whatever leads to the ledger.
        file = file_of("0000A", finess={"0000A": finess})
        with pytest.raises(RegistreError, match="0000A : ce numéro ne diffère que par la casse de 0000a"):
            registre.preparer({name(2): file}, jour=DAY, admettre=["officine-deja-demandee"])
        assert {d.numero_editeur for d in registre.demandes()} == {"0000a"}


def test_two_numbers_of_one_file_that_differ_by_case_only_are_not_recorded() -> None:
    with Registre("sqlite://") as registre:
        with pytest.raises(RegistreError, match="0000A : ce numéro ne diffère que par la casse de 0000a"):
            registre.preparer({name(1): file_of("0000A", "0000a")}, jour=DAY)
        assert registre.demandes() == ()
        # What was deposited was deposited: it is recorded as it is.
        registre.inscrire({name(1): file_of("0000A", "0000a", finess={"0000a": "750000002"})})
        assert {d.numero_editeur for d in registre.demandes()} == {"0000A", "0000a"}


def test_of_two_known_numbers_an_order_is_the_one_that_is_written_alike(pieces: Path, out: Path) -> None:
    with Registre("sqlite://") as registre:
        registre.inscrire({name(1): file_of("0000A", "0000a", finess={"0000a": "750000002"})})
        (fault,) = refusal(registre, [commande(2, numero_editeur="0000a")], pieces, out).fautes
        assert "la demande 0000a est déjà au registre (déposée) : retirez cette ligne, elle ne part" in fault.message


def test_a_known_number_beside_another_pharmacy_is_a_fault_though_its_file_waits(pieces: Path, out: Path) -> None:
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): one(1)}, jour=DAY)
        (fault,) = refusal(registre, [commande(1, finess_geo="750000028")], pieces, out).fautes
        assert "est déjà au registre (préparée), pour une autre officine" in fault.message


def test_a_letter_of_a_finess_in_lower_case_is_no_other_pharmacy(tmp_path: Path, pieces: Path, out: Path) -> None:
    orders = [commande(1, finess_geo="2a0000014"), commande(2, finess_geo="2A0000014")]
    made = preparer_depot(orders, editeur(), pieces, tmp_path / "depot", jour=DAY)
    assert ("finess-double", 2) in [(c.code, c.ligne) for c in made.conseils]
    sent = (tmp_path / "depot" / name(1)).read_bytes()
    assert [c.id for c in controler(sent).conseils].count("finess-double") == 1
    with Registre("sqlite://") as registre:
        (fault,) = refusal(registre, orders, pieces, out).fautes
        assert (fault.code, fault.ligne) == ("officine-deja-demandee", 2)
        registre.preparer({name(1): file_of("00001", finess={"00001": "2a0000014"})}, jour=DAY)
        (fault,) = refusal(registre, [orders[1]], pieces, out).fautes
        assert fault.code == "officine-deja-demandee"
        with pytest.raises(RegistreError, match=r"la seconde de leur officine : 00002 \(après 00001"):
            registre.preparer({name(2): file_of("00002", finess={"00002": "2A0000014"})}, jour=DAY)
        for written in ("2A0000014", "2a0000014"):
            assert [d.numero_editeur for d in registre.chercher(written)] == ["00001"]
            assert [d.numero_editeur for d in registre.officine(written)] == ["00001"]
            assert len(registre.historique(written)) == 2
            assert len(registre.dossier(written).demandes) == 1
        registre.effacer("2a0000014", jour=DAY)
        assert "DURAND" not in "".join(registre.exporter())


def test_of_a_ledger_of_thousands_every_order_is_looked_up(pieces: Path, out: Path) -> None:
    known = [number(rank) for rank in range(1, 1001)]
    finess = {borne: f"75{rank:07}" for rank, borne in enumerate(known, start=1)}
    with Registre("sqlite://") as registre:
        for k in range(5):
            registre.preparer({name(k + 1): file_of(*known[200 * k : 200 * (k + 1)], finess=finess)}, jour=DAY)
        known_orders = [commande(rank, bon_commande="bon-1.pdf") for rank in range(1, 1001)]
        assert (
            len(refusal(registre, [*known_orders, commande(1001, bon_commande="bon-2.pdf")], pieces, out).fautes)
            == 1000
        )


# A preparation that was stopped, and the same orders again


def again(
    registre: Registre, pieces: Path, folder: Path, record: Callable[[Path], None], *ranks: int
) -> tuple[str, ...]:
    orders = [commande(rank) for rank in ranks]
    made = preparer_depot(
        orders, editeur(), pieces, folder, jour=DAY, numeros=registre, avant=record, antecedents=registre
    )
    return tuple(f"{advice.code} {advice.ligne}" for advice in made.conseils)


def test_what_waits_in_a_prepared_file_goes_again_if_the_ledger_says_so_and_is_told(
    tmp_path: Path, pieces: Path
) -> None:
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): file_of("00001", "00002")}, jour=DAY)
        assert again(registre, pieces, tmp_path / "a", lambda _: None, 1, 2)[:2] == ("numero-connu 1", "numero-connu 2")
        assert (tmp_path / "a").is_dir()

        def refuse(_: Path) -> None:
            raise RegistreError("un autre fichier")

        with pytest.raises(CommandesRefusees) as refused:
            again(registre, pieces, tmp_path / "b", refuse, 1, 2)
        assert [(fault.code, fault.ligne) for fault in refused.value.fautes] == [
            ("numero-connu", 1),
            ("numero-connu", 2),
        ]
        # With a new order it is another file.
        with pytest.raises(CommandesRefusees):
            again(registre, pieces, tmp_path / "b", lambda _: None, 1, 2, 3)
        with pytest.raises(RegistreError, match="un autre fichier"):
            again(registre, pieces, tmp_path / "b", refuse, 3)
        assert not (tmp_path / "b").exists()


# Only what is new

#: Rank of an order without a number → the request that tells it is no new one.
KNOWN_PHARMACIES = {
    **{rank: (number(rank), PHASES[rank]) for rank in PHASES if rank not in FREE},
    5: ("00011", "préparée"),
}


@DEAR
@given(
    st.lists(
        st.tuples(st.integers(1, 13), st.booleans(), st.booleans()), min_size=1, max_size=6, unique_by=lambda o: o[0]
    )
)
@example([(1, True, False), (12, True, False)])
@example([(10, False, True)])
def test_of_a_cumulative_export_only_the_new_orders_go(
    lived_ledger: Registre, pieces: Path, tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[int, bool, bool]]
) -> None:
    drawn = [order for order in drawn if order[0] != 11] or [(12, True, False)]
    orders = [
        # Not the very file that was refused, which need not be prepared again.
        commande(rank, montant_segur_ht="650.00", **({} if numbered else {"numero_editeur": None}))
        | ({"date_commande": "hier"} if wrong else {})
        for rank, numbered, wrong in drawn
    ]
    aside: list[tuple[int, str, str]] = []
    faulty: dict[int, list[str]] = {}
    for row, (rank, numbered, wrong) in enumerate(drawn, start=1):
        if rank in KNOWN_PHARMACIES:
            aside.append((row, *((number(rank), PHASES[rank]) if numbered else KNOWN_PHARMACIES[rank])))
        elif rank == 10 and not numbered:
            faulty[row] = ["officine-deja-demandee"] + ["jour-illisible"] * wrong
        elif wrong:
            faulty[row] = ["jour-illisible"]
    folder = tmp_path_factory.mktemp("nouvelles") / "depot"

    def prepare(registre: Registre) -> DepotPrepare:
        return preparer_au_registre(registre, orders, editeur(), pieces, folder, jour=DAY, nouvelles=True).depot

    with Registre("sqlite://") as registre:
        registre.importer(lived_ledger.exporter())
        before = snapshot(registre)
        if faulty or len(aside) == len(orders):
            with pytest.raises(DepotRefuse) as refused:
                prepare(registre)
            told = [(f.ligne, f.code) for f in getattr(refused.value, "fautes", ())]
            assert told == [(row, code) for row, codes in faulty.items() for code in codes]
            assert faulty or f"{len(aside)} commande" in str(refused.value)
            assert snapshot(registre) == before
            return
        made = prepare(registre)
    assert [(partie.ligne, partie.numero, partie.phase) for partie in made.laissees] == aside
    assert made.demandes == len(orders) - len(aside)
    assert not {advice.ligne for advice in made.conseils} & {row for row, *_ in aside}


def test_a_known_number_beside_another_pharmacy_is_no_known_order(
    lived_ledger: Registre, pieces: Path, out: Path
) -> None:
    # The second one's FINESS lost its zero, the third one's cannot be read at all, the fourth one's number lost its own.
    orders = [
        commande(2, finess_geo="750000013"),
        commande(3, finess_geo="75000003"),
        commande(3, finess_geo=""),
        commande(4, numero_editeur="4"),
        commande(12),
    ]
    told = [(fault.ligne, fault.code) for fault in refusal(lived_ledger, orders, pieces, out, nouvelles=True).fautes]
    # Row 3 also bears the number of the row above; the documents of an order that went are not asked for.
    assert told == [
        (1, "numero-connu"), (2, "numero-connu"), (2, "tableur-zeros"), (3, "numero-connu"), (3, "2301"), (4, "tableur-zeros"),
    ]  # fmt: skip


def test_a_second_request_for_a_pharmacy_may_have_more_that_is_wrong(
    lived_ledger: Registre, pieces: Path, out: Path
) -> None:
    order = commande(3, numero_editeur=None, montant_segur_ht="x", bon_commande="absent.pdf")
    told = [fault.code for fault in refusal(lived_ledger, [order], pieces, out).fautes]
    assert told == ["officine-deja-demandee", "montant-illisible", "document-absent"]


def test_a_finess_that_lost_its_zero_is_that_pharmacy_s(tmp_path: Path, pieces: Path) -> None:
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): file_of("00001", finess={"00001": "010000001"})}, jour=DAY)
        orders = [commande(1, finess_geo="10000001"), commande(2)]
        made = preparer_au_registre(registre, orders, editeur(), pieces, tmp_path / "d", jour=DAY, nouvelles=True).depot
        assert [(partie.ligne, partie.numero) for partie in made.laissees] == [(1, "00001")]


def test_of_a_pharmacy_s_requests_the_live_one_tells_that_an_order_went(tmp_path: Path, pieces: Path) -> None:
    """Whatever the order of their numbers: here the one that replaces the other bears the smaller one."""
    with Registre("sqlite://") as registre:
        rejected = one(2)
        registre.preparer({name(1): rejected}, jour=DAY)
        registre.deposer(name(1), jour=DAY)
        registre.enregistrer_retour(answer_to(rejected, [REJECTED]), jour=DAY)
        registre.preparer({name(2): one(2, "00001")}, jour=DAY, remplace={"00001": "00002"})
        orders = [commande(2, numero_editeur=None), commande(3)]
        made = preparer_au_registre(registre, orders, editeur(), pieces, tmp_path / "d", jour=DAY, nouvelles=True).depot
        assert [(p.ligne, p.numero, p.phase) for p in made.laissees] == [(1, "00001", "préparée")]


def test_what_goes_again_under_its_number_is_told(tmp_path: Path, pieces: Path) -> None:
    with Registre("sqlite://") as registre:
        for rank in (9, 10):
            registre.preparer({name(rank): one(rank)}, jour=DAY)
        registre.abandonner(name(9), jour=DAY)
        registre.deposer(name(10), jour=DAY)
        registre.refuser(name(10), jour=DAY)
        orders = [commande(rank) for rank in (9, 10, 12)]
        made = preparer_au_registre(registre, orders, editeur(), pieces, tmp_path / "depot", jour=DAY).depot
        assert {(c.balise, c.colonne) for c in made.conseils[:2]} == {("numeroEditeur", "numero_editeur")}
        assert [(c.code, c.ligne, c.message) for c in made.conseils[:2]] == [
            ("numero-repris", 1, "numeroEditeur : elle a été abandonnée ; la demande 00009 repart sous le même numéro"),
            (
                "numero-repris",
                2,
                "numeroEditeur : son fichier a été refusé ; la demande 00010 repart sous le même numéro",
            ),
        ]


# One pharmacy, one live claim


def test_a_second_request_in_raw_files_is_refused_like_one_in_an_export(lived_ledger: Registre) -> None:
    second = file_of("00021", "00022", "00023", finess={"00021": "750000001", "00022": "750000009"})
    third = file_of("00024", finess={"00024": "750000009"})
    with Registre("sqlite://") as registre:
        registre.importer(lived_ledger.exporter())
        before = snapshot(registre)
        with pytest.raises(RegistreError) as refused:
            registre.preparer({name(21): second, name(22): third}, jour=DAY)
        assert snapshot(registre) == before
        assert refused.value.code == "officine-deja-demandee"
        assert "00021 (après 00001 (préparée)) ; 00024 (après 00022)." in str(refused.value)
        registre.preparer({name(21): second, name(22): third}, jour=DAY, admettre=["officine-deja-demandee"])
        assert registre.doublons().keys() == {"750000001", "750000009"}
        # Facts that have happened are not refused: they are what the ledger is for.
        registre.inscrire({name(23): file_of("00025", finess={"00025": "750000002"})})
        assert "750000002" in registre.doublons()


def test_many_second_requests_are_named_up_to_a_number() -> None:
    known = [number(rank) for rank in range(1, 26)]
    pharmacies = {borne: f"75{int(borne):07}" for borne in known}
    twins = {f"A{borne[1:]}": finess for borne, finess in pharmacies.items()}
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): file_of(*known, finess=pharmacies)}, jour=DAY)
        with pytest.raises(RegistreError, match=r"A0020.*\)…") as refused:
            registre.preparer({name(2): file_of(*twins, finess=twins)}, jour=DAY)
        assert "A0021" not in str(refused.value)


def test_two_programs_at_once_do_not_both_claim_for_a_pharmacy(
    tmp_path: Path, pieces: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked before the deposit was made may have changed when it is recorded."""
    with Registre(tmp_path / "registre.sqlite") as registre:

        def other(*_: object, **__: object) -> list[object]:
            registre.preparer({name(77): file_of("00077", finess={"00077": "750000001"})}, jour=DAY)
            return []

        monkeypatch.setattr(Registre, "antecedents", other)
        with pytest.raises(RegistreError, match=r"00001 \(après 00077 \(préparée\)\)"):
            preparer_au_registre(registre, [commande(1)], editeur(), pieces, tmp_path / "depot", jour=DAY)
        assert not (tmp_path / "depot").exists()
        assert phases(registre) == {"00077": "préparée"}


def test_a_second_request_that_a_person_admits_is_the_first_advice(
    lived_ledger: Registre, tmp_path: Path, pieces: Path
) -> None:
    with Registre(tmp_path / "registre.sqlite") as registre:
        registre.importer(lived_ledger.exporter())
        orders = [commande(rank, numero_editeur=None, inutile="") for rank in (12, 7, 5)]
        made = preparer_au_registre(
            registre, orders, editeur(), pieces, tmp_path / "depot", jour=DAY, admettre=["officine-deja-demandee"]
        ).depot
        assert [(c.code, c.ligne, c.balise) for c in made.conseils[:2]] == [
            ("officine-deja-demandee", 2, "FINESSGeo"),
            ("officine-deja-demandee", 3, "FINESSGeo"),
        ]
        assert "en cours au registre, 00007 (avance payée) ; une seconde a été admise" in made.conseils[0].message
        assert registre.doublons().keys() == {"750000005", "750000007"}


def test_two_requests_of_a_pharmacy_in_one_export(tmp_path: Path, pieces: Path, out: Path) -> None:
    orders = [commande(1), commande(2), commande(3, finess_geo="750000001")]
    with Registre("sqlite://") as registre:
        (fault,) = refusal(registre, orders, pieces, out).fautes
        assert (fault.ligne, "déjà une demande en cours à la ligne 1 ; retirez" in fault.message) == (3, True)
    made = preparer_depot(orders, editeur(), pieces, tmp_path / "depot", jour=DAY)
    assert made.conseils[0].code == "finess-double"


def test_a_rejected_request_goes_again_unless_its_pharmacy_has_another_live_one(tmp_path: Path, pieces: Path) -> None:
    with Registre(tmp_path / "registre.sqlite") as registre:
        preparer_au_registre(registre, [commande(1)], editeur(), pieces, tmp_path / "depot", jour=DAY)
        sent = (tmp_path / "depot" / name(1)).read_bytes()
        registre.enregistrer_retour(answer_to(sent, [REJECTED]), jour=DAY)
        registre.preparer({name(2): one(1, "00077")}, jour=DAY)

        def send(**options: object) -> object:
            return resoumettre(registre, {"00001": {}}, editeur(), pieces, tmp_path / "depot-2", jour=DAY, **options)

        with pytest.raises(CommandesRefusees, match=r"00077 \(préparée\)"):
            send()
        assert registre.demande("00001").remplacee_par is None
        send(admettre=["officine-deja-demandee"])
        assert registre.demande("00001").remplacee_par is not None


# As a clerk types it


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple]:
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    shutil.copy("pieces/Bon DURAND.pdf", "pieces/Bon MARTIN.pdf")

    def segur_pha(line: str) -> tuple[int, str, str]:
        code = principal(line.split())
        output, errors = capfd.readouterr()
        juger_la_ligne(line.split(), output)
        return code, output, errors

    return segur_pha


PREPARE = "preparer commandes.csv --pieces pieces --jour 2022-11-15 --registre registre.sqlite --creer"
NEW = "00004;15/11/2022;MARTIN;330000019;TTC;708,33 €;B;Bon MARTIN.pdf;Sud\n"


@pytest.mark.cas(20)
def test_a_cumulative_export(run: Callable[..., tuple[int, str, str]]) -> None:
    assert run(f"{PREPARE} --sortie depot")[0] == 0
    orders = Path("commandes.csv").read_text("utf-8")
    Path("commandes.csv").write_text(f"{orders}{NEW}", "utf-8")
    code, output, errors = run(f"{PREPARE} --sortie depot-2")
    assert (code, output.count("est déjà au registre (préparée)")) == (1, 3)
    assert "3 fautes sur 3 lignes" in errors
    assert "nouveau numéro" not in output + errors
    code, output, _ = run(f"{PREPARE} --sortie depot-2 --partiel")
    assert (code, "1 demande pour" in output, "3 commandes écartées" in output) == (1, True, True)
    assert Path("depot-2", name(2)).is_file()
    with Registre("registre.sqlite") as registre:
        assert phases(registre) == dict.fromkeys(("00001", "00002", "00003", "00004"), "préparée")


def test_only_the_new_orders_of_a_cumulative_export(run: Callable[..., tuple[int, str, str]]) -> None:
    assert run(f"{PREPARE} --sortie depot")[0] == 0
    code, _, errors = run(f"{PREPARE} --sortie depot-2 --nouvelles")
    assert (code, "Aucune commande nouvelle, rien n’a été écrit : 3 commandes déjà au registre" in errors) == (2, True)
    orders = Path("commandes.csv").read_text("utf-8")
    Path("commandes.csv").write_text(f"{orders}{NEW}", "utf-8")
    code, output, _ = run(f"{PREPARE} --sortie depot-2 --nouvelles")
    assert (code, "1 demande pour 708,33" in output) == (0, True)
    assert "3 commandes déjà au registre, laissées de côté (préparée : 3)." in output
    last = NEW.replace("00004", "00005").replace("0019", "0027").replace("Bon MARTIN", "Bon LEROY")
    Path("commandes.csv").write_text(f"{orders}{NEW}{last}", "utf-8")
    shutil.copy("pieces/Bon MARTIN.pdf", "pieces/Bon LEROY.pdf")
    code, output, _ = run(f"{PREPARE} --sortie depot-3 --nouvelles --format json")
    assert code == 0
    assert [(p["ligne"], p["numero_editeur"], p["phase"]) for p in json.loads(output)["laissees"]] == [
        (row, f"0000{row - 1}", "préparée") for row in (2, 3, 4, 5)
    ]
    code, _, errors = run("preparer commandes.csv --pieces pieces --jour 2022-11-15 --sortie d --nouvelles")
    assert (code, "--nouvelles ne sert qu’avec --registre" in errors) == (64, True)


def test_two_deposits_of_one_day_have_two_names(run: Callable[..., tuple[int, str, str]]) -> None:
    assert run(f"{PREPARE} --sortie depot")[0] == 0
    titles = Path("commandes.csv").read_text("utf-8").partition("\n")[0]
    Path("commandes.csv").write_text(f"{titles}\n{NEW}", "utf-8")
    code, _, errors = run(f"{PREPARE} --sortie depot-2 --premier-fichier 1")
    assert (code, f"Un autre fichier {name(1)} est au registre (préparé)" in errors) == (2, True)
    assert not Path("depot-2").exists()
    assert run(f"{PREPARE} --sortie depot-2 --premier-fichier 0")[0] == 2
    assert run(f"{PREPARE} --sortie depot-2")[0] == 0
    assert {path.name for path in Path("depot-2").glob("JSON-*")} == {name(2)}
    # Without a ledger nobody knows: the first one, as before.
    assert run("preparer commandes.csv --pieces pieces --jour 2022-11-15 --sortie depot-3")[0] == 0
    assert Path("depot-3", name(1)).is_file()


def test_a_first_file_of_zero_is_no_number(tmp_path: Path, pieces: Path) -> None:
    with Registre("sqlite://") as registre, pytest.raises((NomInvalide, DepotRefuse)):
        preparer_au_registre(
            registre, [commande(1)], editeur(), pieces, tmp_path / "depot", jour=DAY, premier_fichier=0
        )


def test_a_clerk_who_admits_a_second_request(run: Callable[..., tuple[int, str, str]]) -> None:
    assert run(f"{PREPARE} --sortie depot")[0] == 0
    titles = Path("commandes.csv").read_text("utf-8").partition("\n")[0]
    Path("commandes.csv").write_text(f"{titles}\n{NEW.replace('330000019', '750000002')}", "utf-8")
    code, output, _ = run(f"{PREPARE} --sortie depot-2")
    assert (code, "00001 (préparée)" in output, "--admettre officine-deja-demandee" in output) == (1, True, True)
    admit = "--admettre officine-deja-demandee"
    code, output, _ = run(f"{PREPARE} --sortie depot-2 {admit} --format json")
    assert (code, json.loads(output)["conseils"][0]["code"]) == (0, "officine-deja-demandee")
    assert "00001 (préparée)" in json.loads(output)["conseils"][0]["message"]
    code, _, errors = run(f"preparer commandes.csv --pieces pieces --jour 2022-11-15 --sortie depot-3 {admit}")
    assert (code, "--admettre ne sert qu’avec --registre" in errors) == (64, True)
