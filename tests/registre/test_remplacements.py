"""``anciennes``: which rejected request each order replaces, whatever becomes of the orders beside it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from atelier import REJECTED, answer_to
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from segur_pha import DepotRefuse, Editeur
from segur_pha.registre import Registre, preparer_au_registre

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segur_pha.registre.dans_la_transaction import Resoumission

EXAMPLES = Path(__file__).parents[2] / "examples"
EDITEUR = Editeur.lire(EXAMPLES / "editeur.toml")
NUMBER, DATE = "N° demande", "Date de signature"
DAY, LATER = date(2022, 11, 15), date(2022, 11, 22)
with (EXAMPLES / "commandes.csv").open(encoding="utf-8-sig", newline="") as lines:
    ORDERS = [{**row, NUMBER: ""} for row in csv.DictReader(lines, delimiter=";")]
OLD = ("00001", "00002", "00003")


def prepare(
    registre: Registre, orders: Iterable[dict[str, str]], folder: Path, day: date, **more: object
) -> Resoumission:
    return preparer_au_registre(registre, orders, EDITEUR, EXAMPLES / "pieces", folder, jour=day, **more)


def all_rejected(registre: Registre, tmp_path: Path) -> None:
    prepare(registre, ORDERS, tmp_path / "depot", DAY)
    sent = next((tmp_path / "depot").glob("JSON-*.json")).read_bytes()
    registre.enregistrer_retour(answer_to(sent, [REJECTED] * len(ORDERS)), jour=DAY)


def expected(registre: Registre) -> dict[str, str]:
    """Pair the requests of each pharmacy, which the pairs by rank must come to."""
    first = {d.finess_geo: d.numero_editeur for d in registre.demandes() if d.jour_preparation == DAY}
    return {d.numero_editeur: first[d.finess_geo] for d in registre.demandes() if d.jour_preparation == LATER}


@settings(max_examples=settings.default.max_examples // 10)
@given(
    orders=st.permutations(range(3)),
    wrong=st.sets(st.integers(0, 2), max_size=2),
    # "00004" is the number that the ledger would serve next: it throws that one away then.
    own=st.dictionaries(st.integers(0, 2), st.sampled_from(["00004", "AAAAA", "BBBBB"]), max_size=2),
    lent=st.booleans(),
)
def test_each_order_replaces_the_request_of_its_own_rank(
    tmp_path_factory: pytest.TempPathFactory,
    orders: list[int],
    wrong: set[int],
    own: dict[int, str],
    lent: bool,  # noqa: FBT001
) -> None:
    tmp_path = tmp_path_factory.mktemp("remplacements")
    numbers = dict(zip(own, dict.fromkeys(own.values()), strict=False))  # each once
    rows = [ORDERS[k] | {NUMBER: numbers.get(k, "")} | ({DATE: "31/02/2022"} if k in wrong else {}) for k in orders]
    engine = create_engine(f"sqlite:///{tmp_path / 'registre.sqlite'}")
    with Registre(engine) as registre:
        all_rejected(registre, tmp_path)
        more = {"anciennes": tuple(OLD[k] for k in orders), "partiel": True}
        if lent:
            with engine.begin() as connection:
                done = prepare(Registre(connection), rows, tmp_path / "encore", LATER, **more)
        else:
            done = prepare(registre, rows, tmp_path / "encore", LATER, **more)
        links = {d.numero_editeur: d.remplace for d in registre.demandes() if d.jour_preparation == LATER}
        assert links == done.remplace == expected(registre)
        assert len(links) == len(ORDERS) - len(wrong)
    engine.dispose()


@pytest.mark.parametrize("old", [OLD[:1], (*OLD, "00004")])
def test_one_rejected_request_per_order_is_named_or_nothing_is_written(tmp_path: Path, old: tuple[str, ...]) -> None:
    with Registre(tmp_path / "registre.sqlite") as registre:
        all_rejected(registre, tmp_path)
        with pytest.raises(
            DepotRefuse, match=r"L’export contient 3 lignes de commande, et anciennes nomme .* : nommez-en une par"
        ):
            prepare(registre, ORDERS, tmp_path / "encore", LATER, anciennes=old)
        assert len(registre.demandes()) == len(ORDERS)
    assert not list(tmp_path.glob("*encore*"))
