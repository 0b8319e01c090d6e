"""What a person is told whose export is another table than the settings announce: its titles, and what they resemble."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.constats import Constat
from segur_pha.depot.constats import nom_lisible
from segur_pha.depot.ressemblances import noms_de, rapprocher
from segur_pha.depot.valeurs import attendu_en_cellule
from segur_pha.table.formats import Format
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segur_pha.depot.vocabulaire import Vocabulaire
    from segur_pha.table.balise import Balise

__all__ = ["attendu_de", "colonnes_absentes"]

#: How many titles of an export one message names.
_TITRES_NOMMES: Final = 40


def colonnes_absentes(
    absentes: Mapping[str, str], titres: Sequence[str], libres: Sequence[str], mots: Vocabulaire
) -> list[Constat]:
    """Say which columns are missing, what the export has instead, and which of its titles resembles which of ours.

    ``absentes``: keyword → the title that the settings announce, ``""`` for none; ``libres``: the titles that mean nothing yet.
    """
    proches = rapprocher(libres, {mot: [entete, *noms_de(mot, mots)] for mot, entete in absentes.items()})
    constats = [_colonne_absente(mot, entete, proches.get(mot, ""), mots) for mot, entete in absentes.items()]
    return [*constats, _titres_lus(titres, {titre: mot for mot, titre in proches.items()})]


def attendu_de(balise: Balise | None) -> str:
    """Say what a cell that fills a row should hold, ``""`` where there is nothing to say."""
    return attendu_en_cellule(balise.format) if balise and isinstance(balise.format, Format) else ""


def _colonne_absente(mot: str, entete: str, proche: str, mots: Vocabulaire) -> Constat:
    rangee = mots.balises.get(mot)
    if entete:
        message = "cette colonne, annoncée dans [colonnes], n’est pas dans l’export : ajoutez-la, ou corrigez son titre"
    else:
        remede = ", ou donnez un premier numéro (--premier-numero)" if mot == mots.mot(Role.NUMERO_EDITEUR) else ""
        message = (
            f"aucune colonne ne donne {mot} : ajoutez-la, nommez-la dans [colonnes] ou fixez-la dans [defauts]{remede}"
        )
    if proche:
        message += f' ; si c’est « {nom_lisible(proche)} », écrivez {mot} = "{nom_lisible(proche)}" dans [colonnes]'
    return Constat(
        code="colonne-absente",
        message=message,
        colonne=entete or mot,
        balise=rangee.nom if rangee else "",
        attendu="" if entete else attendu_de(rangee),
    )


def _titres_lus(titres: Sequence[str], proches: Mapping[str, str]) -> Constat:
    ecrits = [titre for titre in titres if titre]
    noms = [
        f"« {nom_lisible(titre)} »" + (f" (ressemble à {proches[titre]})" if titre in proches else "")
        for titre in ecrits[:_TITRES_NOMMES]
    ]
    reste = len(ecrits) - len(noms)
    suite = f" et {reste} autres" if reste else ""
    message = f"l’export a ces titres : {', '.join(noms)}{suite} ; ses lignes n’ont pas été lues"
    return Constat(code="titres-de-l-export", message=message)
