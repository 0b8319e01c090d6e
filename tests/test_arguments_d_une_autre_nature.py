"""An argument of the wrong kind is a ``TypeError``, as anywhere in Python, and a ``SegurError`` whose sentence says what to give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from segur_pha import SegurError, controler, en_json, lire, lire_retour
from segur_pha.vagues.va1.exemples import fichier_du_guide

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = fichier_du_guide()
BYTES = en_json(FILE)

WRONG: dict[str, Callable[..., object]] = {
    "a number": lambda: controler(3),  # type: ignore[arg-type]
    "nothing": lambda: controler(None),  # type: ignore[arg-type]
    "an array of bytes": lambda: lire(bytearray(BYTES)),  # type: ignore[arg-type]
    "a model for an answer": lambda: lire_retour(FILE),  # type: ignore[arg-type]
    "no model": lambda: en_json(BYTES),  # type: ignore[arg-type]
    "a day as text": lambda: controler(FILE, jour="2022-11-15"),  # type: ignore[arg-type]
    "one id": lambda: controler(FILE, sans="siret-cle"),
    "ids that are numbers": lambda: controler(FILE, sans=[3]),  # type: ignore[list-item]
    "a wave's name": lambda: controler(FILE, specification="PHA-LGO-Va1"),  # type: ignore[arg-type]
    "a wave's name to read": lambda: lire(BYTES, specification="PHA-LGO-Va1"),  # type: ignore[call-overload]
    "a wave's name for an answer": lambda: lire_retour(BYTES, specification="PHA-LGO-Va1"),  # type: ignore[arg-type]
    "one category": lambda: controler(FILE, categories="620"),  # type: ignore[arg-type]
    "a list of categories": lambda: controler(FILE, categories=["620"]),  # type: ignore[arg-type]
    "FINESS that are numbers": lambda: controler(FILE, categories={990000010: "620"}),  # type: ignore[dict-item]
}


@pytest.mark.parametrize("wrong", WRONG)
def test_it_is_a_type_error_in_french(wrong: str) -> None:
    with pytest.raises(SegurError, match=r"[Ii]ndiquez|donnez|écrit un Fichier|sont des textes") as refusal:
        WRONG[wrong]()
    assert isinstance(refusal.value, TypeError)


@pytest.mark.parametrize("categories", [None, {}, {"990000010": "620"}])
def test_what_maps_a_finess_to_its_category_is_taken(categories: Any) -> None:
    assert controler(FILE, categories=categories).recevable
