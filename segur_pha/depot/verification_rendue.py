"""What was found in a folder that is to be uploaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.constats import lignes_par_genre
from segur_pha.depot.affichage import apercu_de_verification
from segur_pha.rapports.tableau import accorder

if TYPE_CHECKING:
    from segur_pha.constats import Constat

__all__ = ["Verification"]

#: How many faults ``str(verification)`` shows.
_DANS_LE_RESUME: Final = 10


@frozen(kw_only=True)
class Verification:
    """What was found in a folder.

    Attributes:
        fautes: what must be mended before the upload; each ``fichier`` is a file of the folder, ``document`` a member of a zip.
        conseils: what a careful publisher would look at.
        demandes: how many there are, like ``fichiers_json``, ``zips`` and ``pieces``.
    """

    fautes: tuple[Constat, ...]
    conseils: tuple[Constat, ...]
    demandes: int
    fichiers_json: int
    zips: int
    pieces: int

    @property
    def bon(self) -> bool:
        """Whether nothing must be mended."""
        return not self.fautes

    def en_lignes(self) -> list[dict[str, object]]:
        """Give one flat mapping per fault, then per piece of advice, for a table of data; ``genre`` tells which.

        >>> from tempfile import TemporaryDirectory
        >>> from segur_pha.depot import verifier_depot
        >>> with TemporaryDirectory() as vide:
        ...     [(ligne["genre"], ligne["code"]) for ligne in verifier_depot(vide).en_lignes()]
        [('faute', 'json-absent')]
        """
        return lignes_par_genre({"faute": self.fautes, "conseil": self.conseils})

    def __str__(self) -> str:
        etat = "Dossier prêt" if self.bon else f"Dossier à corriger, {accorder(len(self.fautes), 'faute')}"
        contenu = (
            f"{accorder(self.demandes, 'demande')}, {accorder(self.zips, 'zip')}, {accorder(self.pieces, 'pièce')}"
        )
        return "\n".join([f"{etat} : {contenu}", *(f"  {faute}" for faute in self.fautes[:_DANS_LE_RESUME])])

    def _repr_html_(self) -> str:
        return apercu_de_verification(self)
