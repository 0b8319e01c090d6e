"""The name of a document (section 3.3) as a value object, with an exact round trip between text and value."""

from __future__ import annotations

from attrs import frozen

from segur_pha.erreurs import NomInvalide
from segur_pha.vagues.va1.enumerations import FormatFichier, TypeFichier
from segur_pha.vagues.va1.noms import MOTIF_NUMERO_EDITEUR, NOMS_DES_PIECES, exiger_motif

__all__ = ["NomPiece"]


@frozen(kw_only=True)
class NomPiece:
    """The name of a supporting document: ``PHA-LGO-Va1-{code}-{numeroEditeur}.{format}`` (section 3.3).

    Raises :class:`~segur_pha.NomInvalide` on anything else.

    >>> nom = NomPiece(type_fichier=TypeFichier.BON_COMMANDE, numero_editeur="00001", format_fichier=FormatFichier.PDF)
    >>> str(nom)
    'PHA-LGO-Va1-BDC-00001.pdf'
    >>> NomPiece.lire(str(nom)) == nom
    True
    """

    type_fichier: TypeFichier
    numero_editeur: str
    format_fichier: FormatFichier

    def __attrs_post_init__(self) -> None:
        exiger_motif(
            MOTIF_NUMERO_EDITEUR, "5 caractères permis dans un nom de fichier", self.numero_editeur, "numeroEditeur"
        )
        if not isinstance(self.type_fichier, TypeFichier):
            raise NomInvalide("typeFichier : indiquez un TypeFichier.", balise="typeFichier")
        if not isinstance(self.format_fichier, FormatFichier):
            raise NomInvalide("formatFichier : indiquez un FormatFichier.", balise="formatFichier")

    def __str__(self) -> str:
        return NOMS_DES_PIECES.nommer(self.type_fichier, self.numero_editeur, self.format_fichier)

    @classmethod
    def lire(cls, texte: str) -> NomPiece:
        """Parse a name, strictly: no path, no blank, extension in lower case.

        >>> NomPiece.lire("PHA-LGO-Va1-HT-A0001.png").type_fichier
        <TypeFichier.PREUVE_HT: 'PREUVE_HT'>
        """
        trouve = NOMS_DES_PIECES.lire(texte) if isinstance(texte, str) else None
        if trouve is None:
            raise NomInvalide(
                "Nom de pièce attendu : comme PHA-LGO-Va1-BDC-00001.pdf (section 3.3).", balise="nomFichier"
            )
        type_fichier, numero, format_fichier = trouve
        return cls(
            type_fichier=TypeFichier(type_fichier), numero_editeur=numero, format_fichier=FormatFichier(format_fichier)
        )
