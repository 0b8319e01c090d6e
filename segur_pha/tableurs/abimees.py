"""What spreadsheets and programs do to a text on the way, recognised by its shape."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FORMULE_SANS_VALEUR", "CelluleAbimee", "abimee", "peut_etre_abimee"]


@frozen
class CelluleAbimee:
    """A cell whose value a spreadsheet or a program lost or disguised: a fault where its column is used, nothing elsewhere.

    It is the value of a cell and no finding yet: only whoever reads the column knows whether anything is to be corrected, and
    whether what was meant may be said.

    Attributes:
        code: what happened, for programs: ``tableur-formule-sans-valeur``, ``tableur-formule``, ``tableur-notation``,
            ``tableur-echappement``, ``caractere-perdu``, ``encodage-double``.
        constat: what happened, in French; the cell's value is not in it.
        remede: what to do, in French, for a value that may not be repeated.
        propose: the text that was probably meant, ``""`` when nobody can tell; it may be personal.
        ecrit: what stood in the cell, to give it back.
    """

    code: str
    constat: str
    remede: str
    propose: str = field(default="", repr=False)
    ecrit: str = field(default="", repr=False)

    def message(self, montrer: Callable[[str], str] | None = None) -> str:
        """Say what happened and what to do; ``montrer`` makes the proposed text fit to be shown, or it is not.

        >>> CelluleAbimee("tableur-formule", "c’est une formule", "ôtez-la", propose="00001").message(str)
        'c’est une formule : écrivez 00001'
        """
        if self.propose and montrer is not None:
            return f"{self.constat} : écrivez {montrer(self.propose)}"
        return f"{self.constat} : {self.remede}"

    def __str__(self) -> str:
        return self.ecrit


FORMULE_SANS_VALEUR: Final = CelluleAbimee(
    "tableur-formule-sans-valeur",
    "cette formule n’a pas de valeur",
    "ouvrez le classeur dans le tableur et enregistrez-le",
)

#: Letters with which a doubly encoded character begins.
_DEBUTS: Final = "ÂÃÅÆËâ"
#: The bytes of Windows-1252; Python does not decode five of them, and programs that damage texts let them through as controls.
_OCTETS: Final = {
    **{octet: octet for octet in range(0x80, 0xA0)},
    **{ord(lettre): octet for octet in range(256) if (lettre := bytes([octet]).decode("cp1252", "ignore"))},
}
#: Patterns of damaged texts, by a sign that is looked for first.  The "e-" in a host name (officine-port.fr) is not a sign of
#: damage.
_INDICES: Final = {
    "=": re.compile('=\\s*"'),
    "+": re.compile(r"\+(?<=[0-9][Ee]\+)[0-9]"),
    "-": re.compile("-(?<=[0-9][Ee]-)[0-9]"),
    "_x": re.compile("_x00[01]"),
}
#: What holds none of the signs by which a spoiled text is known, as nearly every cell.
_INTACT: Final = re.compile("[0-9A-Za-z ,./]*")
_FORMULE_DE_TEXTE: Final = re.compile(r'=\s*"((?:[^"]|"")*)"')
_NOTATION: Final = re.compile("[0-9](?:[.,][0-9]+)?[Ee][+-][0-9]+")
_ECHAPPEMENT: Final = re.compile("_x00[01][0-9A-Fa-f]_")
_EN_TEXTE: Final = "mettez la cellule au format Texte et saisissez-la de nouveau"


def peut_etre_abimee(texte: str) -> bool:
    """Tell whether anything in a text, however long, makes it worth asking :func:`abimee` about its cells."""
    # Searching for a sign is ten times as fast as searching for a pattern, and most files hold none of them.
    if "\ufffd" in texte or any(debut in texte for debut in _DEBUTS):
        return True
    return any(signe in texte and motif.search(texte) is not None for signe, motif in _INDICES.items())


def abimee(texte: str) -> CelluleAbimee | None:
    """Recognise what is not the text that was meant.

    >>> abimee('="00001"').propose, abimee("1,75E+09").code, abimee("DURAND")
    ('00001', 'tableur-notation', None)
    """
    if _INTACT.fullmatch(texte):
        return None
    nu = texte.strip()
    if (formule := _FORMULE_DE_TEXTE.fullmatch(nu)) is not None:
        constat = 'le tableur a mis une formule (="…") à la place du texte'
        return CelluleAbimee("tableur-formule", constat, "écrivez le texte seul", formule[1].replace('""', '"'), texte)
    if _NOTATION.fullmatch(nu):
        constat = "le tableur a remplacé des chiffres par « E+ »"
        return CelluleAbimee("tableur-notation", constat, _EN_TEXTE, ecrit=texte)
    if "\ufffd" in nu:
        constat = "un caractère a été perdu (« \ufffd »)"
        return CelluleAbimee("caractere-perdu", constat, "saisissez-le de nouveau", ecrit=texte)
    if _ECHAPPEMENT.search(nu):
        constat = "un programme a laissé « _x000D_ » ou un code du même genre dans le texte"
        return CelluleAbimee("tableur-echappement", constat, "ôtez-le", _ECHAPPEMENT.sub("", nu).strip(), texte)
    if (lisible := _decode_deux_fois(nu)) != nu:
        constat = "ce texte a été encodé deux fois"
        return CelluleAbimee("encodage-double", constat, "saisissez-le de nouveau", lisible, texte)
    return None


def _decode_deux_fois(texte: str) -> str:
    """Undo reading UTF-8 as Windows-1252: nobody writes letters whose Windows-1252 bytes happen to be valid UTF-8."""
    if texte.isascii():
        return texte
    try:
        octets, _ = codecs.charmap_encode(texte, "strict", _OCTETS)
        lisible = octets.decode()
        lisible.encode("cp1252")
    except UnicodeError:
        return texte
    return lisible
