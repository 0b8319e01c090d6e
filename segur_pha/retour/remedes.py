"""A plain French remedy beside the agency's own words, where one is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segur_pha.erreurs import SegurError
from segur_pha.retour.lignes import Issue, LigneRetour
from segur_pha.table.formats import Format
from segur_pha.table.roles import Acteur
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from segur_pha.table.balise import Balise
    from segur_pha.table.specification import Specification

__all__ = ["remede"]


def remede(ligne: LigneRetour, *, specification: Specification = PAR_DEFAUT) -> str | None:
    """Say what to do about a rejected line, ``None`` where nothing is known.

    The agency's codes are unknown (decision 17): the remedy is what the table expects of the first balise that the agency's
    own libellé names.  It goes with that libellé, and never replaces it.

    Raises :class:`~segur_pha.SegurError` for anything but a line of an answer.

    >>> from segur_pha.retour.lignes import lire_ligne
    >>> ligne = lire_ligne({"numeroEditeur": "00001", "codeTraitement": 17, "libelleTraitement": "FINESSGeo non reconnu"})
    >>> print(remede(ligne))
    Corrigez FINESSGeo (FINESS géographique) : indiquez un texte de 9 caractères. Resoumettez ensuite sous un nouveau numéro.
    """
    if not isinstance(ligne, LigneRetour):
        raise SegurError(f"remede attend une ligne d’une réponse (LigneRetour), et non {type(ligne).__name__}.")
    if ligne.issue is not Issue.REJETEE or ligne.libelle_traitement is None:
        return None
    libelle = ligne.libelle_traitement
    nommees = {place: b for b in specification.balises if (place := _place(b.nom, libelle)) is not None}
    if not nommees:
        return None
    return f"{_correction(nommees[min(nommees)])}. {_SUITE}"


_SUITE = "Resoumettez ensuite sous un nouveau numéro."


def _place(tag: str, libelle: str) -> int | None:
    trouve = re.search(rf"(?<!\w){re.escape(tag)}(?!\w)", libelle, re.IGNORECASE)
    return None if trouve is None else trouve.start()


def _correction(rangee: Balise) -> str:
    nom = f"{rangee.nom} ({rangee.titre})"
    if rangee.rempli_par is not Acteur.EDITEUR:
        return f"{nom} est remplie par segur_pha : vérifiez que le fichier n’a pas été modifié après sa préparation"
    if not isinstance(rangee.format, Format):
        return f"Vérifiez le bloc {nom}"
    return f"Corrigez {nom} : indiquez {rangee.format.attendu}"
