"""The faults and advice of a deposit, for people: a web page, and a few lines in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from attrs import evolve

from segur_pha.controle.explications import code, glossaire
from segur_pha.lexique import lexique
from segur_pha.rapports.html import chiffres, element, marque, page, table
from segur_pha.rapports.notebook import en_carnet
from segur_pha.rapports.tableau import Marque, Niveau, accorder, en_mots, en_tableau

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from segur_pha.constats import Constat
    from segur_pha.rapports.html import Html
    from segur_pha.rapports.tableau import Tableau

__all__ = [
    "DossierVu",
    "apercu_de_verification",
    "codes_des_constats",
    "page_de_verification",
    "page_des_fautes",
    "tableaux_des_constats",
    "tables_des_constats",
]


class DossierVu(Protocol):
    """What is shown of a checked folder; :class:`~segur_pha.depot.Verification` is one such class."""

    @property
    def bon(self) -> bool:
        """Whether there is nothing to correct."""
        ...

    @property
    def fautes(self) -> Sequence[Constat]:
        """What must be corrected."""
        ...

    @property
    def conseils(self) -> Sequence[Constat]:
        """What a careful publisher would look at."""
        ...

    @property
    def demandes(self) -> int:
        """How many requests there are."""
        ...

    @property
    def fichiers_json(self) -> int:
        """How many JSON files there are."""
        ...

    @property
    def zips(self) -> int:
        """How many zips there are."""
        ...

    @property
    def pieces(self) -> int:
        """How many documents there are."""
        ...


def page_de_verification(verification: DossierVu, dossier: str) -> bytes:
    """Build one self-contained page on a checked folder.

    >>> from segur_pha.depot.verification import Verification
    >>> vide = Verification(fautes=(), conseils=(), demandes=1, fichiers_json=1, zips=1, pieces=1)
    >>> "bon à déposer" in page_de_verification(vide, "depot").decode()
    True
    """
    comptes = (
        ("Demandes", verification.demandes),
        ("Fichiers JSON", verification.fichiers_json),
        ("Zips", verification.zips),
        ("Pièces", verification.pieces),
    )
    dits = chiffres([(nom, en_mots(nombre)) for nom, nombre in comptes])
    tete = (element("h2", dossier), element("p", marque(_etat(verification))), dits)
    return _page("Vérification du dossier à déposer", *tete, fautes=verification.fautes, conseils=verification.conseils)


def page_des_fautes(fautes: Sequence[Constat], conseils: Sequence[Constat] = ()) -> bytes:
    """Build one self-contained page on what must be corrected, in orders, a folder or a table.

    >>> "Rien à corriger" in page_des_fautes([]).decode()
    True
    """
    compte = accorder(len(fautes), "faute")
    dit = Marque(compte, Niveau.MAUVAIS) if fautes else Marque("Rien à corriger", Niveau.BON)
    return _page("À corriger", element("p", marque(dit)), fautes=fautes, conseils=conseils)


def apercu_de_verification(verification: DossierVu) -> Html:
    """Show a checked folder in a notebook: whether it is good, what it holds, what must be corrected."""
    contenu = accorder(verification.demandes, "demande"), accorder(verification.pieces, "pièce")
    return en_carnet(
        _etat(verification), ", ".join(contenu), *tableaux_des_constats(verification.fautes, verification.conseils)
    )


def _etat(verification: DossierVu) -> Marque:
    return Marque("bon à déposer", Niveau.BON) if verification.bon else Marque("à corriger", Niveau.MAUVAIS)


def tableaux_des_constats(fautes: Sequence[Constat], conseils: Sequence[Constat]) -> list[Tableau]:
    """Lay out what must be corrected and what is advised as tables, leaving out an empty one."""
    listes = (("À corriger", fautes), ("Conseils", conseils))
    return [en_tableau(constats, nom) for nom, constats in listes if constats]


def _page(titre: str, *tete: str, fautes: Sequence[Constat], conseils: Sequence[Constat]) -> bytes:
    tables = tables_des_constats(fautes, conseils)
    return page(titre, *tete, *tables, *codes_des_constats(fautes, conseils), filtrable=bool(tables))


def tables_des_constats(fautes: Sequence[Constat], conseils: Sequence[Constat]) -> list[Html]:
    """Build the tables of a page that show what must be corrected and what is advised."""
    connus = lexique()
    return [table(_aux_codes_lies(tableau, connus), fiches=True) for tableau in tableaux_des_constats(fautes, conseils)]


def codes_des_constats(fautes: Sequence[Constat], conseils: Sequence[Constat]) -> list[Html]:
    """Build the last part of a page, which says what its codes mean."""
    return glossaire((constat.code for constat in (*fautes, *conseils)), lexique())


def _aux_codes_lies(tableau: Tableau, connus: Container[str]) -> Tableau:
    """Turn the codes that the page explains into links."""
    rangees = [
        [*rangee[:-1], code(Marque(str(rangee[-1]), Niveau.DISCRET)) if rangee[-1] in connus else rangee[-1]]
        for rangee in tableau.rangees
    ]
    return evolve(tableau, rangees=rangees)
