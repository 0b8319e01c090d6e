"""A remedy stands beside the agency's words where they name a balise."""

from __future__ import annotations

import pytest

from segur_pha.retour.lignes import lire_ligne
from segur_pha.retour.remedes import remede


def advise(libelle: str | None, **tags: object) -> str | None:
    return remede(lire_ligne({"numeroEditeur": "00001", "codeTraitement": 9, "libelleTraitement": libelle, **tags}))


@pytest.mark.parametrize(
    ("libelle", "expected"),
    [
        ("le finessgeo est inconnu", "9 caractères"),
        ("dateCommande et FINESSGeo incohérents", "Corrigez dateCommande"),
        ("numLigne faux", "numLigne (Numéro de ligne) est remplie par segur_pha"),
        ("Bloc piecesJustificatives", "Vérifiez le bloc piecesJustificatives"),
    ],
)
def test_the_first_balise_named_is_explained(libelle: object, expected: object) -> None:
    assert expected in advise(libelle)


@pytest.mark.parametrize("libelle", ["Erreur 17", "XFINESSGeoX", None])
def test_nothing_is_made_up(libelle: object) -> None:
    assert advise(libelle) is None


def test_only_a_rejection_has_a_remedy() -> None:
    assert advise("FINESSGeo", numeroASP="A1") is None
