"""Values travel: they hash, pickle and copy; they print short, and make a table of columns without anybody's name."""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesure import DEAR

import segur_pha.vagues
from segur_pha import (
    VA1,
    DemandesInvalides,
    Editeur,
    NomFichierJSON,
    NomPiece,
    avance,
    controler,
    en_json,
    lire_retour,
    operateurs,
    rapprocher,
)
from segur_pha.certificats import (
    CertificatEcarte,
    NatureDeCertificat,
    alertes,
    bilan,
    evolution,
    lire_suivi,
    lisser,
    plan_renouvellement,
    trois_certificats,
)
from segur_pha.constats import Constat
from segur_pha.depot import preparer_depot, verifier_depot
from segur_pha.dictionnaire import DictionnaireGele
from segur_pha.portail import PortailSimule
from segur_pha.registre import (
    CompteRenduDesNotes,
    Fait,
    Note,
    Registre,
    Reponse,
    lire_les_corrections,
    preparer_au_registre,
)
from segur_pha.strategies import fichiers
from segur_pha.vagues.va1.exemples import fichier_du_guide
from tests.api.releve import PORTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

EXAMPLES = Path(__file__).parents[1] / "examples"
EDITEUR = Editeur.lire(EXAMPLES / "editeur.toml")
DAY = date(2022, 11, 15)
PERSONAL = ("DURAND", "LEFEVRE", "LEFÈVRE", "MARTIN", "@")


def travels(value: object) -> None:
    for twin in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):  # noqa: S301 - our own bytes
        assert type(twin) is type(value)
        assert twin == value
        assert hash(twin) == hash(value)


@DEAR
@given(fichiers(maximum=3), st.integers(0, 9))
def test_a_file_its_answer_and_their_match_travel(fichier: object, graine: int) -> None:
    retour = lire_retour(PortailSimule(graine=graine).deposer(en_json(fichier)))  # type: ignore[arg-type]
    rapproche = rapprocher(fichier, retour)  # type: ignore[arg-type]
    for value in (fichier, retour, rapproche, controler(fichier)):  # type: ignore[arg-type]
        travels(value)


@given(
    st.dictionaries(
        st.sampled_from(["statut_admin_technique", "format_preuve_ht"]), st.just("E") | st.lists(st.just(1))
    )
)
def test_settings_travel(defauts: dict[str, object]) -> None:
    travels(Editeur("ANS0000001", "12345678200010", plafonds={"B": Decimal("708.33")}, **defauts))  # type: ignore[arg-type]
    frozen = DictionnaireGele(defauts)
    travels(frozen)
    assert (len(frozen), bool(frozen)) == (len(defauts), bool(defauts))
    assert repr(DictionnaireGele({"a": 1})) == "DictionnaireGele({'a': 1})"


def test_a_fleet_its_plan_and_small_values_travel() -> None:
    parc = lire_suivi(EXAMPLES / "suivi.csv", officines=EXAMPLES / "officines.csv")
    for value in (
        parc,
        plan_renouvellement(parc, jour=date(2025, 6, 12)),
        VA1,
        EDITEUR,
        operateurs()[0],
        avance("708.33", "TTC"),
    ):
        travels(value)


@pytest.fixture
def made(tmp_path: Path) -> dict[str, object]:
    """One of each value that answers something."""
    import pandas as pd

    depot = preparer_depot(EXAMPLES / "commandes.csv", EDITEUR, EXAMPLES / "pieces", tmp_path / "depot", jour=DAY)
    sent = (tmp_path / "depot" / depot.fichiers[0]).read_bytes()
    answer = PortailSimule(graine=1).deposer(sent, list((tmp_path / "depot").glob("PJ-*.zip")))
    (tmp_path / "vide").mkdir()
    with Registre(tmp_path / "registre.sqlite") as registre:
        faite = preparer_au_registre(
            registre, EXAMPLES / "commandes.csv", EDITEUR, EXAMPLES / "pieces", tmp_path / "depot-2", jour=DAY
        )
        registre.enregistrer_retour(answer, jour=DAY)
        notes = registre.noter([Note(cle="00001", fait=Fait.SERVICE, jour=DAY, texte="bal@mssante.example")])
        dossier = registre.dossier("750000002")
        rows = registre.en_lignes()
    with Registre(tmp_path / "autre.sqlite") as autre:
        reprise = autre.inscrire({depot.fichiers[0]: sent}, [Reponse("retour.json", answer, DAY)])
    assert rows[0]["phase"] == "acceptée"
    pd.testing.assert_frame_equal(pd.DataFrame(dossier.en_lignes()), pd.DataFrame(rows[:1]))
    return {
        "depot": depot,
        "verification": verifier_depot(depot.dossier),
        "verification of nothing": verifier_depot(tmp_path / "vide"),
        "retour": lire_retour(answer),
        "rapprochement": rapprocher(sent, answer),
        "resoumission": faite,
        "notes": notes,
        "dossier": dossier,
        "reprise": reprise,
    }


def test_every_answer_prints_short_and_makes_a_table_of_columns(made: dict[str, object]) -> None:
    import pandas as pd

    for name, value in made.items():
        text, rows = str(value), value.en_lignes()  # type: ignore[attr-defined]
        assert 10 < len(text) < 300, name
        assert not any(word in text for word in PERSONAL), (name, text)
        travels(value)
        frame = pd.DataFrame(rows)
        assert len(frame) == len(rows)
        assert all(
            isinstance(cell, (str, int, bool, date, Decimal, type(None))) for row in rows for cell in row.values()
        )
        kept = frame.drop(columns=[column for column in ("source", "document", "message") if column in frame])
        assert not any(word in str(kept.to_dict()) for word in PERSONAL), name
    expected: dict[str, Callable[[str], bool]] = {
        "depot": lambda text: text.startswith("Dépôt de 3 demandes en 1 fichier JSON et 1 zip"),
        "verification": lambda text: text == "Dossier prêt : 3 demandes, 1 zip, 4 pièces",
        "verification of nothing": lambda text: "1 faute : 0 demande" in text and "\n  " in text,
        "retour": lambda text: text.startswith("Réponse de 3 lignes : 3 acceptées, 0 rejetée"),
        "rapprochement": lambda text: text == "3 demandes envoyées : 3 réponses sûres, 0 écart",
        "notes": lambda text: text == "Faits notés : 1, déjà connus : 0, refusés : 0",
        "reprise": lambda text: text == "1 fichier inscrit, 1 réponse inscrite, 0 remplacement",
        "resoumission": lambda text: text.endswith("0 demande remplacée"),
        "dossier": lambda text: text.startswith("Officine 750000002 : 1 demande, "),
    }
    assert {name: expected[name](str(made[name])) for name in made} == dict.fromkeys(made, True)


def test_what_was_refused_or_odd_is_a_line(made: dict[str, object]) -> None:
    fault = Constat(code="demande-inconnue", message="Demande inconnue.")
    told = CompteRenduDesNotes(notees=0, deja=0, refus=(fault,), ecarts=(fault,))
    assert [row["genre"] for row in told.en_lignes()] == ["refus", "écart"]
    assert str(told).count("\n") == 2
    assert made["verification of nothing"].en_lignes()[0]["genre"] == "faute"  # type: ignore[attr-defined]


@given(fichiers())
def test_a_file_and_its_requests_print_short(fichier: object) -> None:
    assert len(repr(fichier)) < 240  # ten signs may be escapes of ten
    assert len(str(fichier)) < 240
    assert len(repr(fichier.demandes[0])) < 900  # type: ignore[attr-defined]


# --- Every public value, whichever it is --------------------------------------------------------------------------------

#: They serve, and are used up: a count of numbers, a portal that remembers what it was given.
NO_VALUES = {"NumerosDepuis", "PortailSimule"}
#: SQLAlchemy's own; it compares by identity.
NOT_OURS = {"METADONNEES"}


def public() -> Iterator[tuple[str, object]]:
    """Give what the doors hold: the name, itself."""
    for door in PORTES:
        module = importlib.import_module(door)
        yield from ((name, getattr(module, name)) for name in module.__all__)


def frozen_classes() -> dict[str, type]:
    """Give the public classes whose instances are values."""
    return {n: c for n, c in public() if inspect.isclass(c) and attrs.has(c) and n not in NO_VALUES}


def reached(value: object) -> Iterator[object]:
    """Give the values of ours that a value is made of, itself first."""
    if attrs.has(type(value)):
        yield value
        parts: Iterable[object] = [getattr(value, field.name) for field in attrs.fields(type(value))]
    elif isinstance(value, Mapping):
        parts = value.values()
    else:
        parts = value if isinstance(value, tuple | list | frozenset) else ()
    for part in parts:
        yield from reached(part)


#: Classes whose fields hold what no annotation says: a wave's protocol, the characters of a file's name.
NOT_DRAWN = {"Anomalie", "Conseil", "NomFichierJSON", "NomPiece"}


@cache
def drawn() -> dict[str, st.SearchStrategy[object]]:
    """Give a strategy for each public class whose fields say by themselves what may stand in them."""
    strategies = {}
    for name, cls in frozen_classes().items():
        if name in NOT_DRAWN:
            continue
        with suppress(NameError, TypeError):
            attrs.resolve_types(cls)
            strategies[name] = st.from_type(cls)
            strategies[name].validate()
    return strategies


def test_every_public_constant_travels() -> None:
    constants = {
        name: value
        for name, value in public()
        if not callable(value) and not inspect.ismodule(value) and name not in NOT_OURS
    }
    assert len(constants) >= 3
    for value in (*constants.values(), segur_pha.vagues.vagues()):
        travels(value)


def whole(value: object) -> bool:
    """Tell a value without NaN, which equals nothing, not even itself."""
    return not any(
        isinstance(part, Decimal) and part.is_nan()
        for one in reached(value)
        for part in attrs.astuple(one, recurse=False)  # type: ignore[arg-type]
    )


# Not before they are drawn from: another process may be the one that runs this test.
@given(st.deferred(lambda: st.sampled_from(sorted(drawn())).flatmap(drawn().__getitem__)).filter(whole))
def test_whatever_a_public_value_holds_it_travels(value: object) -> None:
    travels(value)


def test_no_public_value_stays_behind(made: dict[str, object], tmp_path: Path) -> None:
    parc = lire_suivi(EXAMPLES / "suivi.csv", officines=EXAMPLES / "officines.csv")
    day = date(2025, 6, 12)
    plan = plan_renouvellement(parc, jour=day)
    with Registre(tmp_path / "registre.sqlite") as registre:
        states = [*registre.demandes(), *registre.fichiers(), *registre.situation(), *registre.totaux()]
    with pytest.raises(DemandesInvalides) as refused:
        EDITEUR.demandes([{"numero_editeur": "00001"}])
    (tmp_path / "corrections.csv").write_text("numero_editeur;regime_tva\n00003;HT\n", "utf-8")
    hidden = preparer_depot(
        EXAMPLES / "commandes.csv", EDITEUR, EXAMPLES / "pieces", tmp_path / "depot-3", jour=DAY, montrer=False
    )
    advised = controler(fichier_du_guide())
    assert advised.conseils
    faulty = controler(b"{}"), controler((EXAMPLES / "demandes.json").read_bytes()), advised, *advised.conseils
    values = [
        lire_les_corrections(tmp_path / "corrections.csv", EDITEUR), hidden.cache,
        CertificatEcarte("a.pem", 1, NatureDeCertificat.TEST), *made.values(),
        *states, *faulty, VA1, EDITEUR, parc, plan, lisser(plan, capacite=1), *VA1.balises,
        bilan(parc, jour=day), evolution(alertes(parc, jour=day), None, jour=day), trois_certificats(parc, jour=day),
        NomFichierJSON.lire("JSON-ANS0000001-20221115-001.json"), NomPiece.lire("PHA-LGO-Va1-BDC-00001.pdf"),
        Note(cle="00001", fait=Fait.SERVICE, jour=DAY), Reponse("retour.json", b"{}", DAY), *refused.value.commandes,
    ]  # fmt: skip
    found = {type(one).__name__: one for value in values for one in reached(value)}
    for name in sorted(frozen_classes().keys() & found.keys()):
        travels(found[name])
    assert frozen_classes().keys() - found.keys() - drawn().keys() == set()
