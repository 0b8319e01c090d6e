"""INSi, DMP and signature: which are there, which are missing, which falls first, and what DESIR_560 would mean."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flottes import JOUR
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.certificats import Certificat, Etat, Officine, Parc, lire_suivi, tableau_des_trois, trois_certificats
from segur_pha.certificats.affichage import bilan, morceaux_du_bilan
from segur_pha.certificats.trois import phrase_des_trois
from segur_pha.rapports.console import en_texte

F = "990000001"
INSI = Certificat(F, JOUR + timedelta(days=30), offre="ORG", usage="AUTH_CLI", nom="INSI-AUTO")
DMP = Certificat(F, JOUR + timedelta(days=20), offre="ORG", usage="AUTH_CLI", nom="LGO DMP")
SIGN = Certificat(F, JOUR + timedelta(days=40), offre="ORG", usage="SIGN", nom="LGO DMP")


def test_the_three_and_the_first_to_fall() -> None:
    vu = trois_certificats(Parc((INSI, DMP, SIGN)), jour=JOUR)[F]
    assert (vu.insi, vu.dmp, vu.signature, vu.manquants, vu.remarque) == (INSI, DMP, SIGN, (), "")
    assert vu.premier == ("DMP", DMP)


@given(st.sets(st.sampled_from(["INSi", "DMP", "signature"]), min_size=1))
def test_what_is_not_there_is_missing(presents: set[str]) -> None:
    tous = {"INSi": INSI, "DMP": DMP, "signature": SIGN}
    autre = Certificat("990000002", JOUR, usage="SIGN")
    vu = trois_certificats(Parc((*(tous[nom] for nom in sorted(presents)), autre)), jour=JOUR)[F]
    assert set(vu.manquants) == tous.keys() - presents
    assert vu.premier is not None
    assert vu.premier[1].fin == min(tous[nom].fin for nom in presents)


@pytest.mark.parametrize("nom", ["INSI_AUTO", "INSI AUTO", "insi-auto", "INSIAUTO", "INSI-MANUEL", "Insi-Manu"])
def test_a_name_that_insi_does_not_take_is_told_with_its_error(nom: str) -> None:
    mal_nomme = Certificat(F, INSI.fin, offre="ORG", usage="AUTH_CLI", nom=nom)
    vu = trois_certificats(Parc((mal_nomme, DMP, SIGN)), jour=JOUR)[F]
    assert (vu.manquants, vu.mal_nommes, vu.dmp) == (("INSi",), (nom,), DMP)
    assert f"« {nom} » : INSi répondrait DESIR_560" in vu.remarque
    assert "INSI-AUTO ou INSI-MANU" in vu.remarque


def test_both_names_of_insi_are_right_and_the_earliest_is_shown() -> None:
    manu = Certificat(F, INSI.fin - timedelta(days=1), offre="ORG", usage="AUTH_CLI", nom="INSI-MANU")
    assert trois_certificats(Parc((INSI, manu, DMP, SIGN)), jour=JOUR)[F].insi == manu


@pytest.mark.parametrize(
    "certificat",
    [
        Certificat(F, JOUR - timedelta(days=1), usage="SIGN"),
        Certificat(F, JOUR, usage="SIGN", etat=Etat.REVOQUE),
        Certificat(F, JOUR, usage="SIGN", etat=Etat.EXPIRE),
        Certificat(F, JOUR, usage="SIGN", etat=Etat.INCONNU),
    ],
)
def test_what_does_not_work_today_is_not_there(certificat: Certificat) -> None:
    vu = trois_certificats(Parc((certificat,)), jour=JOUR)[F]
    assert (vu.manquants, vu.premier) == (("INSi", "DMP", "signature"), None)
    assert "un autre nom donne DESIR_560" in vu.remarque


def test_without_names_nobody_can_tell_insi_from_dmp() -> None:
    sans_nom = Certificat(F, INSI.fin, usage="auth_cli")
    vu = trois_certificats(Parc((sans_nom, SIGN)), jour=JOUR)[F]
    assert (vu.manquants, vu.incertains, vu.complet) == ((), ("INSi", "DMP"), False)
    assert vu.premier == ("INSi ou DMP", sans_nom)
    assert vu.remarque == "1 AUTH_CLI sans nom dans ce suivi, à vérifier : INSi ou DMP, l’autre manque"


@given(st.sets(st.sampled_from([INSI, DMP, SIGN]), min_size=1), st.integers(min_value=0, max_value=3))
def test_certificates_without_names_may_be_what_is_missing_but_never_a_signature(
    nommes: set[Certificat], combien: int
) -> None:
    sans_nom = [Certificat(F, JOUR + timedelta(days=rang), usage="AUTH_CLI") for rang in range(combien)]
    autre = Certificat("990000002", JOUR, usage="SIGN")
    trois = trois_certificats(Parc((*nommes, *sans_nom, autre)), jour=JOUR)
    vu = trois[F]
    clients = {"INSi", "DMP"} - {nom for nom, c in (("INSi", INSI), ("DMP", DMP)) if c in nommes}
    assert set(vu.incertains) == (clients if combien else set())
    manque = SIGN not in nommes or len(clients) > combien
    assert vu.complet is (False if manque else None if clients else True)
    assert vu.premier is not None
    assert vu.premier[1].fin == min(c.fin for c in [*nommes, *(sans_nom if clients else [])])
    assert ("sans nom" in vu.remarque) is bool(clients and combien)
    assert ("1 à vérifier (AUTH_CLI sans nom)" in phrase_des_trois(trois)) is (vu.complet is None)
    rangee = tableau_des_trois(Parc((SIGN,)), {F: vu}).rangees[0]
    assert ["INSi" in clients, "DMP" in clients] == [case in {"manque", "à vérifier"} for case in rangee[3:5]]
    assert ("à vérifier" in rangee) is bool(clients and combien)


def test_an_export_of_another_offer_says_nothing_of_them() -> None:
    parc = Parc((Certificat(F, JOUR, offre="SERV", usage="SSL_SERV"),))
    assert trois_certificats(parc, jour=JOUR) == {}
    assert "n’a ni AUTH_CLI ni SIGN, rien n’en est dit" in phrase_des_trois({})


def test_a_row_that_cannot_be_read_may_be_one_of_them() -> None:
    for source, told in (("AUTH_CLI;31/02/2027", True), ("SSL_SERV;28/02/2027", False)):
        parc = lire_suivi(f"FINESS;Usage;Date de fin\n750000002;SSL_SERV;01/03/2027\n750000002;{source}\n".encode())
        shown = "\n".join(map(en_texte, morceaux_du_bilan(bilan(parc, jour=JOUR), None, premier_jour=True)))
        assert ("aucun AUTH_CLI ni SIGN parmi les lignes lues" in shown) is told
        assert ("1 ligne illisible à corriger d’abord" in shown) is told
        assert ("cette source n’a ni AUTH_CLI ni SIGN" in shown) is not told


def test_the_table_begins_with_what_is_missing() -> None:
    complet = [Certificat("990000002", date(2026, 1, 1), usage=c.usage, nom=c.nom) for c in (INSI, DMP, SIGN)]
    parc = Parc(
        (*complet, DMP, Certificat("990000003", JOUR, usage="", nom="")), officines={F: Officine(F, "Alpha", "Nom")}
    )
    trois = trois_certificats(parc, jour=JOUR)
    assert phrase_des_trois(trois) == (
        "Les trois certificats (INSi, DMP, signature) : sur 3 officines, 1 complète, 2 incomplètes."
    )
    tableau = tableau_des_trois(parc, trois)
    assert [rangee[0] for rangee in tableau.rangees] == ["990000003", F, "990000002"]
    assert tableau.rangees[1][:7] == (F, "Nom", "Alpha", "manque", DMP.fin, "manque", "DMP")
