"""The documents of requests that are sent again: found by their content, under whatever name, and copied aside."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from segur_pha.constats import ValeurRefusee
from segur_pha.depot.fonds import EXTENSIONS, Emplacement, FondsDeDocuments
from segur_pha.depot.vocabulaire import vocabulaire
from segur_pha.erreurs import DepotRefuse
from segur_pha.rapports.tableau import nom_lisible
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from pathlib import Path

    from segur_pha.registre.etats import EtatDemande
    from segur_pha.table.formats import Brut
    from segur_pha.table.specification import Specification

__all__ = ["DocumentsARenvoyer"]

_HORS_D_UN_NOM: Final = re.compile("[^0-9A-Za-z_-]")
#: How many unreadable files a message names.
_ECARTES_DITS: Final = 5


class DocumentsARenvoyer:
    """The documents of a folder and of the zips in it, found by hash or name, and copied aside one by one."""

    def __init__(self, source: Path, copies: Path, vague: Specification) -> None:
        self.vague = vague
        self._copies = copies
        self._fonds = FondsDeDocuments(source, vague.limites)
        self._par_empreinte: dict[str, Emplacement] = {}
        self._par_nom: dict[str, dict[str, Emplacement]] = {}
        self._ecartes: dict[str, str] = {}
        self._prises = 0
        self.absents: list[str] = []
        for emplacement, octets in self._fonds.tout_lire(self._ecartes):
            empreinte = sha256(octets).hexdigest()
            self._par_empreinte.setdefault(empreinte, emplacement)
            self._par_nom.setdefault(emplacement.nom, {}).setdefault(empreinte, emplacement)

    def refus(self) -> str:
        """Say which documents are missing, and what was left aside while looking for them."""
        ecartes = [f"{nom_lisible(nom)} : {pourquoi}" for nom, pourquoi in self._ecartes.items()]
        dits = ecartes[:_ECARTES_DITS] + ["…"] * (len(ecartes) > _ECARTES_DITS)
        return (
            f"Pièces introuvables dans le dossier des pièces : {', '.join(self.absents)}. Ajoutez-les, sous n’importe quel "
            f"nom, ou nommez leurs remplaçants ({', '.join(vocabulaire(self.vague).pieces.values())}) ; une cellule vide reprend "
            "le document envoyé."
        ) + (f" Laissés de côté : {' ; '.join(dits)}." if dits else "")

    def prendre(self, demande: EtatDemande, ligne: Brut, besoin: str, nom: str | None) -> str:
        """Copy a document aside, and return the copy's name."""
        ou = self._nommee(nom) if nom else self._envoyee(demande, ligne, besoin)
        if ou is None:
            self.absents.append(nom_lisible(nom) if nom else f"{besoin} de la demande {demande.numero_editeur}")
            return ""
        # The rank makes names distinct: two numbers may differ only in characters that file names cannot hold.
        self._prises += 1
        copie = f"{self._prises}-{_HORS_D_UN_NOM.sub('_', demande.numero_editeur)}-{besoin}{_extension(ou.nom)}"
        try:
            octets = ou.lire()
        except ValeurRefusee as refus:
            raise DepotRefuse(f"{nom_lisible(ou.nom)} : {refus.constat.message}.") from refus
        (self._copies / copie).write_bytes(octets)
        return copie

    def _nommee(self, nom: str) -> Emplacement | None:
        """Find a document by the name that a person gives: in the folder, otherwise in one of its zips."""
        try:
            chemin = self._fonds.localiser(nom)
        except ValeurRefusee as refus:
            if refus.constat.code != "document-absent":
                raise DepotRefuse(f"{nom_lisible(nom)} : {refus.constat.message}.") from refus
            return self._de_ce_nom(nom)
        return Emplacement(nom, chemin, limites=self.vague.limites)

    def _de_ce_nom(self, nom: str) -> Emplacement | None:
        trouves = list(self._par_nom.get(nom, {}).values())
        if len(trouves) > 1:
            raise DepotRefuse(
                f"Plusieurs pièces s’appellent {nom_lisible(nom)} : gardez-en une dans le dossier des pièces."
            )
        return trouves[0] if trouves else None

    def _envoyee(self, demande: EtatDemande, ligne: Brut, besoin: str) -> Emplacement | None:
        """Find the document that was sent: by its hash, or by its name only when no hash was recorded."""
        empreintes = {piece.nom: piece.sha256 for piece in demande.pieces}
        pieces = self.vague.valeur_brute(ligne, Role.PIECES)
        for piece in pieces if isinstance(pieces, list) else []:
            if self.vague.valeur_brute(piece, Role.TYPE_PIECE) == besoin:
                nom = str(self.vague.valeur_brute(piece, Role.NOM_PIECE))
                empreinte = empreintes.get(nom)
                if empreinte:
                    return self._par_empreinte.get(empreinte)
                return self._de_ce_nom(nom)
        return None


def _extension(nom: str) -> str:
    """Return a document's extension, if it is a known one; the content will tell what the document is."""
    extension = PurePosixPath(nom).suffix.lower()
    return extension if extension in EXTENSIONS else ""
