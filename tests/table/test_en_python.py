"""Who gives a value in Python is answered in the words of Python; quotes, null and true are for files."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha import (
    Commande,
    DemandeInvalide,
    Editeur,
    Fichier,
    PieceJustificative,
    RegimeTVA,
    TypeFichier,
    construire_demande,
    controler,
    en_json,
    mettre_a_plat,
)
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide

FLAT = mettre_a_plat(demande_du_guide())
WORDS = {
    ("montant_segur_ht", 708.33): 'donnez un Decimal, comme Decimal("708.33"), et non un float',
    ("montant_segur_ht", 850): 'donnez un Decimal, comme Decimal("708.33"), et non un int',
    ("date_commande", datetime(2022, 11, 15)): "donnez un jour sans heure : appelez .date()",  # noqa: DTZ001
    ("date_commande", 3): "donnez un jour, comme datetime.date(2022, 11, 15), et non un int",
    ("numero_editeur", 1): "donnez un texte (str), et non un int",
    ("has_bal_ms_sante_personnelle", "true"): "donnez True ou False, et non un str",
    ("regime_tva", 3): "donnez RegimeTVA.TTC ou RegimeTVA.HT, et non un int",
    ("email_responsable", ""): "comme nom@domaine.fr, ou None",
    ("email_responsable", "null"): "ou donnez None",
    ("montant_segur_ht", "850"): "indiquez un nombre d’euros, avec un point et 2 décimales, comme 850.00",
    ("format_bon_commande", 3): "indiquez « PDF », « PNG » ou « JPG »",
}


@pytest.mark.parametrize(("key", "value"), WORDS, ids=lambda part: repr(part)[:30])
def test_the_words_of_python(key: str, value: object) -> None:
    with pytest.raises(DemandeInvalide) as refused:
        construire_demande(**{**FLAT, key: value})
    [fault] = refused.value.anomalies
    assert fault.libelle.endswith(WORDS[key, value])


@given(
    st.sampled_from(sorted(FLAT)),
    st.sampled_from([None, "", " ", "null", "1", 1, 1.5, True, b"x", [], {}, Decimal("NaN"), date.min]),
)
def test_no_constructor_speaks_of_a_file(key: str, value: object) -> None:
    for make in (
        lambda: construire_demande(**{**FLAT, key: value}),
        lambda: Commande(date_commande=date.min, regime_tva="TTC", montant_segur_ht=value),
        lambda: PieceJustificative(nom_fichier=value, format_fichier=value, type_fichier=TypeFichier.PREUVE_HT),
        lambda: Editeur(value, value),
        lambda: Fichier(numero_ans=value, siret=value, demandes=(demande_du_guide(),)),
    ):
        told = ""
        try:
            make()
        except DemandeInvalide as refused:
            told = str(refused)
        assert "guillemets" not in told
        assert "null" not in told


def test_a_file_is_spoken_of_in_its_own_words() -> None:
    octets = en_json(fichier_du_guide()).replace(b'"ANS0000001"', b"3")
    [fault] = controler(octets).anomalies_fichier
    assert fault.libelle.endswith("entre guillemets")


def test_a_class_of_the_model_names_the_members_of_its_enumeration() -> None:
    with pytest.raises(DemandeInvalide, match=r"donnez RegimeTVA\.TTC ou RegimeTVA\.HT, et non un str"):
        Commande(date_commande=date(2022, 11, 15), regime_tva="TTC", montant_segur_ht=Decimal(1))
    assert Commande(date_commande=date(2022, 11, 15), regime_tva=RegimeTVA.TTC, montant_segur_ht=Decimal(1))
