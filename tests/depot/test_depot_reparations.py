"""Repairs that somebody asks for: only what is certain, and each one told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fabrique_depot import bons, commande
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from test_depot_preparation import FIRST, faults, prepare

from segur_pha import lire
from segur_pha.constats import ValeurRefusee
from segur_pha.depot.reparations import zero_certain
from segur_pha.depot.valeurs import lire_valeur
from segur_pha.table.formats import Texte

if TYPE_CHECKING:
    from pathlib import Path


def test_a_zero_is_put_back_where_it_is_asked_for_and_the_key_is_right(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 2)
    orders = [commande(1, finess_geo="10000024"), commande(2, finess_geo=10000032, nom_responsable="Lefèvre")]
    first, second, _ = faults(tmp_path, orders)
    assert "--zeros" in first.message
    assert "--zeros" in second.message
    made = prepare(tmp_path, orders, zeros=True, majuscules=True)
    assert [d.beneficiaire.finess_geo for d in lire(tmp_path / "depot" / FIRST).demandes] == ["010000024", "010000032"]
    told = [(c.ligne, c.code) for c in made.conseils if c.code in {"zero-rendu", "majuscules-mises"}]
    assert told == [(1, "zero-rendu"), (2, "majuscules-mises"), (2, "zero-rendu")]
    (zero, _) = (c.message for c in made.conseils if c.code == "zero-rendu")
    assert "010000024 au lieu de 10000024" in zero
    assert "Lefèvre" not in str(made.conseils)


def test_nothing_is_told_of_what_needed_no_repair(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    made = prepare(tmp_path, [commande(nom_responsable=" DURAND ")], zeros=True, majuscules=True)
    assert not {c.code for c in made.conseils} & {"zero-rendu", "majuscules-mises"}


def test_a_wrong_key_stays_a_fault(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 2)
    (fault,) = faults(tmp_path, [commande(finess_geo="10000025")])
    assert "--zeros" not in fault.message
    (fault,) = faults_with_zeros(tmp_path, "10000025")
    assert fault == "tableur-zeros"


def faults_with_zeros(folder: Path, finess: str) -> list[str]:
    made = prepare(folder, [commande(1, finess_geo=finess), commande(2)], zeros=True, partiel=True)
    return [fault.code for fault in made.fautes]


@given(st.integers(0, 10**8 - 1))
def test_only_eight_digits_that_are_a_finess_with_their_zero_are_certain(number: int) -> None:
    with pytest.raises(ValeurRefusee) as refused:
        lire_valeur(Texte(exact=9), str(number), personnelle=False)
    whole = f"{number:09}"
    certain = len(str(number)) == 8 and luhn.is_valid(whole)
    assert zero_certain(refused.value) == (whole if certain else "")
