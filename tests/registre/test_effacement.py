"""What was erased does not come back, under whatever number, pharmacy or tag an answer brings it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from atelier import ACCEPTED, ALTERED, DAY, REJECTED, SILENT, THREE, answer_to, file_of, name, snapshot
from hypothesis import assume, given
from hypothesis import strategies as st
from mesure import DEAR
from sqlalchemy import Engine, event

from segur_pha import RegistreError
from segur_pha.registre import Registre

if TYPE_CHECKING:
    from pathlib import Path

#: Whose values are erased, and what other pharmacies' lines say instead.
ERASED, OTHER = "DURAND", "PETITJEAN"
#: What may stand where the number of the erased pharmacy's line was, and where its FINESS was.
NUMBERS = st.sampled_from(["00001", "99999", "0000", "", " 00002", "DOUBLE", 2, 2.5, None, True, ["00002"], {}])
PHARMACIES = st.sampled_from(["750000002", "75000002", "750 000 002", "", 750000002, None, ["750000002"]])
#: A tag of the header: unknown, or known and of another type.
TAGS = st.sampled_from(["contact", "_meta", "nomResponsable", "SIRET", "numeroAns"])
HEADERS = st.dictionaries(
    TAGS, st.sampled_from([[ERASED], {"nom": ERASED}, {"lignesImport": [ERASED]}]), max_size=2
) | st.just({"contact": ERASED})


def sent() -> bytes:
    """Write three requests, the second one of the pharmacy that is to be erased."""
    tree = json.loads(THREE)
    for line in tree["lignesImport"]:
        line["beneficiaire"]["nomResponsable"] = ERASED if line["numeroEditeur"] == "00002" else OTHER
    return json.dumps(tree).encode()


def received(number: object, finess: object, header: dict[str, object], *, outcome: str = ACCEPTED) -> bytes:
    tree = json.loads(answer_to(sent(), [ACCEPTED, outcome, SILENT])) | header
    line = tree["lignesImport"][1]
    line["numeroEditeur"], line["beneficiaire"]["FINESSGeo"] = number, finess
    return json.dumps(tree).encode()


def told(registre: Registre) -> str:
    return "".join(registre.exporter())


@DEAR
@given(NUMBERS, PHARMACIES, HEADERS, st.sampled_from([ACCEPTED, REJECTED, SILENT]), st.booleans())
def test_what_was_erased_is_gone_under_any_number_pharmacy_or_tag(
    number: object,
    finess: object,
    header: dict[str, object],
    outcome: str,
    before: bool,  # noqa: FBT001
) -> None:
    answer = received(number, finess, header, outcome=outcome)
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): sent()}, jour=DAY)
        if before:
            registre.enregistrer_retour(answer, jour=DAY)
        registre.effacer("750000002", jour=DAY)
        if not before:
            registre.enregistrer_retour(answer, jour=DAY)
        assert ERASED not in told(registre)
        # The two others keep theirs, sent and received.
        assert told(registre).count(OTHER) == 4
        with Registre("sqlite://") as copy:
            copy.importer(registre.exporter())
            assert snapshot(copy) == snapshot(registre)


#: Where a spreadsheet whose columns moved may put a value: every balise of a line but those that the agency fills, and the header's.
PLACES = [
    *((tag,) for tag in ("numLigne", "typeAction", "numeroEditeur", "numeroAns", "SIRET")),
    *(("commande", tag) for tag in ("dateCommande", "regimeTVA", "montantSegurHT")),
    *(("certificatsServeur", "statutAdminTechnique"), ("beneficiaire", "FINESSGeo")),
    *(("piecesJustificatives", tag) for tag in ("nomFichier", "formatFichier", "typeFichier")),
    *(("scenarioInstallation", tag) for tag in ("hasBALMSSantePersonnelle", "operateurMessagerie")),
]


@DEAR
@given(
    st.lists(st.sampled_from(PLACES), min_size=1, max_size=4, unique=True),
    st.sampled_from([ERASED, f"{ERASED.lower()}@officine.fr", f"{ERASED} PHILIPPE 0102030405"]),
    st.booleans(),
)
def test_what_was_erased_is_gone_where_columns_moved_too(
    places: list[tuple[str, ...]],
    value: str,
    before: bool,  # noqa: FBT001
) -> None:
    """Under every balise whose form it does not have; the other pharmacies' lines stay as they are."""
    assume(len({("numeroAns",), ("SIRET",)} & set(places)) < 2)  # it would be another publisher's answer
    tree = json.loads(answer_to(sent(), [ACCEPTED, ACCEPTED, SILENT]))
    line = tree["lignesImport"][1]
    for place in places:
        block = tree if place[0] in {"numeroAns", "SIRET"} else line
        for tag in place[:-1]:
            block = block[tag][0] if isinstance(block[tag], list) else block[tag]
        block[place[-1]] = value
    with Registre("sqlite://") as registre:
        registre.preparer({name(1): sent()}, jour=DAY)
        whole = registre.ligne_envoyee("00002")
        if before:
            registre.enregistrer_retour(json.dumps(tree), jour=DAY)
        registre.effacer("750000002", jour=DAY)
        if not before:
            registre.enregistrer_retour(json.dumps(tree), jour=DAY)
        assert value not in told(registre)
        assert told(registre).count(OTHER) == 4
        # Of what was sent, only the personal values are gone.
        left = registre.ligne_envoyee("00002")
        assert isinstance(whole, dict)
        assert isinstance(left, dict)
        assert left["commande"] == whole["commande"]
        with Registre("sqlite://") as copy:
            copy.importer(registre.exporter())
            assert snapshot(copy) == snapshot(registre)


@pytest.mark.parametrize("other", [file_of("00004"), file_of("00004", finess={"00004": "750000002"})])
def test_a_line_of_somebody_erased_in_the_answer_to_another_file(registre: Registre, other: bytes) -> None:
    registre.preparer({name(1): sent()}, jour=DAY)
    registre.preparer({name(2): other}, jour=DAY, admettre=["officine-deja-demandee"])
    registre.effacer("750000002", jour=DAY)
    tree = json.loads(answer_to(other, [ACCEPTED]))
    stray = json.loads(received(" 00002", 750000002, {}))["lignesImport"][1]
    tree["lignesImport"].append(stray)
    registre.enregistrer_retour(json.dumps(tree).encode(), jour=DAY)
    lines = [line for line in registre.exporter() if '"nature":"ligne-recue"' in line]
    assert ERASED not in lines[-1]


def test_where_nobody_was_erased_every_tag_is_kept(registre: Registre) -> None:
    registre.preparer({name(1): sent()}, jour=DAY)
    registre.enregistrer_retour(received("99999", None, {"contact": "MARTINEAU"}), jour=DAY)
    assert "MARTINEAU" in told(registre)
    assert ERASED in told(registre)


def test_a_value_that_came_back_changed_is_compared_before_it_goes(registre: Registre) -> None:
    registre.preparer({name(1): sent()}, jour=DAY)
    registre.effacer("750000002", jour=DAY)
    moved = answer_to(sent(), [ALTERED, SILENT, SILENT]).replace(b"750000001", b"750000009")
    told_apart = registre.enregistrer_retour(moved, jour=DAY)
    # The day and the pharmacy were changed, the names were not.
    assert [ecart.chemin.rpartition("/")[2] for ecart in told_apart.ecarts] == ["dateCommande", "FINESSGeo"]


def kept(path: Path) -> bool:
    """Tell whether the values stand in the ledger's file, or in a log beside it."""
    return any(ERASED.encode() in file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


@pytest.mark.parametrize("leaves", [True, False])
def test_erased_is_said_once_the_file_holds_nothing_more_whoever_reads_it(tmp_path: Path, *, leaves: bool) -> None:
    """Another program is in the middle of reading: it is waited for, and where it stays the erasure is not said to be done."""
    path = tmp_path / "registre.sqlite"
    with Registre(path) as registre:
        registre.preparer({name(1): sent()}, jour=DAY)
    asked = []
    with closing(sqlite3.connect(path, check_same_thread=False)) as reader:
        reader.execute("BEGIN").close()
        assert reader.execute("SELECT count(*) FROM segur_evenements").fetchone() == (4,)

        def busy() -> None:
            asked.append(kept(path))
            if leaves:
                reader.rollback()

        with Registre(f"sqlite:///{path}?timeout=0.05", si_occupe=busy) as registre:
            if leaves:
                registre.effacer("750000002", jour=DAY)
            else:
                with pytest.raises(RegistreError, match=r"peut encore contenir les données.*puis recommencez"):
                    registre.effacer("750000002", jour=DAY)
            assert kept(path) != leaves
            assert registre.demandes()[1].effacee
        if not leaves:
            reader.rollback()
            with Registre(path) as registre:
                registre.effacer("750000002", jour=DAY)
        assert not kept(path)
    assert asked == [True]


def test_what_the_disk_refuses_after_the_commit_is_not_said_to_be_unrecorded(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "registre.sqlite"
    with Registre(path) as registre:
        registre.preparer({name(1): sent()}, jour=DAY)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Registre(path) as registre:
        # What is written to the log is less than that; some of the pages that it replaces lie beyond.
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size // 2, hard))
        try:
            with pytest.raises(RegistreError, match=r"^L’effacement est enregistré, mais le fichier.*disque"):
                registre.effacer("750000002", jour=DAY)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        recorded = list(registre.exporter())
        assert kept(path)
        registre.effacer("750000002", jour=DAY)
        assert not kept(path)
        assert list(registre.exporter()) == recorded


def test_an_erasure_is_recorded_once_for_the_requests_that_it_concerns(registre: Registre) -> None:
    registre.preparer({name(1): sent()}, jour=DAY)
    for _ in range(2):
        registre.effacer("750000002", jour=DAY)
    assert told(registre).count("donnees-effacees") == 1
    later = file_of("00004", finess={"00004": "750000002"})
    registre.preparer({name(2): later}, jour=DAY, admettre=["officine-deja-demandee"])
    for _ in range(2):
        registre.effacer("750000002", jour=DAY)
    assert told(registre).count("donnees-effacees") == 2
    assert all(d.effacee for d in registre.chercher("750000002"))


def test_ctrl_c_while_the_log_is_emptied_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "registre.sqlite"

    def press(_: object, __: object, statement: str, *___: object) -> None:
        if "wal_checkpoint" in statement:
            raise KeyboardInterrupt

    with Registre(path) as registre:
        registre.preparer({name(1): sent()}, jour=DAY)
        event.listen(Engine, "before_cursor_execute", press)
        try:
            with pytest.raises(KeyboardInterrupt):
                registre.effacer("750000002", jour=DAY)
        finally:
            event.remove(Engine, "before_cursor_execute", press)
        registre.effacer("750000002", jour=DAY)
        assert not kept(path)
        assert told(registre).count("donnees-effacees") == 1
