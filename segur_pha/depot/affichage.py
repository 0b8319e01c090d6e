"""Faults and advice of a deposit for people: a web page, and a few lines in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segur_pha.depot.constats import en_tableau
from segur_pha.rapports.page_html import chiffres, element, marque, page, table
from segur_pha.rapports.tableau import Marque, Niveau, accorder, en_mots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segur_pha.depot.constats import Constat
    from segur_pha.depot.verification import Verification

__all__ = ["page_de_verification", "page_des_fautes"]


def page_de_verification(verification: Verification, dossier: str) -> bytes:
    """Build one self-contained page on a folder that was checked.

    >>> from segur_pha.depot.verification import Verification
    >>> vide = Verification(fautes=(), conseils=(), demandes=1, fichiers_json=1, zips=1, pieces=1)
    >>> "bon à déposer" in page_de_verification(vide, "depot").decode()
    True
    """
    etat = Marque("bon à déposer", Niveau.BON) if verification.bon else Marque("à corriger", Niveau.MAUVAIS)
    comptes = (
        ("Demandes", verification.demandes),
        ("Fichiers JSON", verification.fichiers_json),
        ("Zips", verification.zips),
        ("Pièces", verification.pieces),
    )
    dits = chiffres([(nom, en_mots(nombre)) for nom, nombre in comptes])
    tete = (element("h2", dossier), element("p", marque(etat)), dits)
    return _page("Vérification du dossier à déposer", *tete, fautes=verification.fautes, conseils=verification.conseils)


def page_des_fautes(fautes: Sequence[Constat], conseils: Sequence[Constat] = ()) -> bytes:
    """Build one self-contained page on the orders that could not be deposited.

    >>> "Rien à corriger" in page_des_fautes([]).decode()
    True
    """
    compte = accorder(len(fautes), "faute")
    dit = Marque(compte, Niveau.MAUVAIS) if fautes else Marque("Rien à corriger", Niveau.BON)
    return _page("Commandes à corriger", element("p", marque(dit)), fautes=fautes, conseils=conseils)


def _page(titre: str, *tete: str, fautes: Sequence[Constat], conseils: Sequence[Constat]) -> bytes:
    listes = (("À corriger", fautes), ("Conseils", conseils))
    tables = [table(en_tableau(constats, nom), fiches=True) for nom, constats in listes if constats]
    return page(titre, *tete, *tables, filtrable=bool(tables))
