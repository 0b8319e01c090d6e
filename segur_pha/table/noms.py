"""The names of a wave's documents (section 3.3): corridor, software and wave, then a code, a number and a format."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, Self

from attrs import field, frozen

from segur_pha.erreurs import SegurError
from segur_pha.table.formats.contrat import ParValeur

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = ["NomDeFichier", "NomsDePieces"]


class NomDeFichier(Protocol):
    """The name of a JSON file of a wave; ``str()`` writes it.

    The class is called with the three values, and :meth:`lire` parses a name; both raise :class:`~segur_pha.NomInvalide`.
    """

    def __init__(self, *, numero_ans: str, jour: date, numero: int = 1) -> None: ...

    @property
    def numero_ans(self) -> str:
        """The software's ANS reference number."""
        ...

    @property
    def jour(self) -> date:
        """The day of the deposit."""
        ...

    @property
    def numero(self) -> int:
        """The file's number on that day, from 1."""
        ...

    @classmethod
    def lire(cls, texte: str) -> Self:
        """Parse a name, strictly."""
        ...


@frozen(kw_only=True, slots=False, eq=False)
class NomsDePieces(ParValeur):
    """How the documents of a wave are named: ``{prefixe}-{code}-{number of the request}.{format}``.

    Attributes:
        prefixe: corridor, software and wave, such as ``PHA-LGO-Va1``.
        codes: type of a document → its code in the name, in the order in which a request lists its documents.
        formats: the formats that a document may have, in capitals.
        numero: a pattern for the request's number.
        mots: type of a document → what it is called in a sentence, with its article.
        communes: type of a document for which one file may serve several requests → the names under which that file is looked
            for, without extension.

    Raises :class:`~segur_pha.SegurError` when a type has no word.

    >>> noms = NomsDePieces(prefixe="PHA-LGO-Va1", codes={"BON_COMMANDE": "BDC"}, formats=("PDF",), numero="[0-9]{5}",
    ...                     mots={"BON_COMMANDE": "le bon de commande"})
    >>> noms.nommer("BON_COMMANDE", "00001", "PDF")
    'PHA-LGO-Va1-BDC-00001.pdf'
    >>> noms.lire("PHA-LGO-Va1-BDC-00001.pdf")
    ('BON_COMMANDE', '00001', 'PDF')
    """

    prefixe: str
    codes: Mapping[str, str]
    formats: tuple[str, ...]
    numero: str
    mots: Mapping[str, str]
    communes: Mapping[str, tuple[str, ...]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        if self.mots.keys() != self.codes.keys():
            raise SegurError(f"Pièces {self.prefixe} : donnez un code et un mot à chaque type de document.")

    @cached_property
    def motif(self) -> str:
        """A pattern for every such name, used by the rules and by the schema."""
        formats = "|".join(f.lower() for f in self.formats)
        return f"{self.prefixe}-(?:{'|'.join(self.codes.values())})-{self.numero}\\.(?:{formats})"

    def nommer(self, type_fichier: str, numero_editeur: str, format_fichier: str) -> str:
        """Put a name together from its parts, without judging them."""
        avant, apres = self.autour_du_numero(type_fichier, format_fichier)
        return f"{avant}{numero_editeur}{apres}"

    def autour_du_numero(self, type_fichier: str, format_fichier: str) -> tuple[str, str]:
        """Return what comes before and after the number in such a name."""
        return f"{self.prefixe}-{self.codes[type_fichier]}-", f".{format_fichier.lower()}"

    def lire(self, texte: str) -> tuple[str, str, str] | None:
        """Take a name apart: type, number of the request, format; ``None`` for a text that is no such name."""
        trouve = self._parties.fullmatch(texte)
        if trouve is None:
            return None
        code, numero, extension = trouve.groups()
        return self._types[code], numero, extension.upper()

    @cached_property
    def _parties(self) -> re.Pattern[str]:
        return re.compile(self.motif.replace("(?:", "(").replace(self.numero, f"({self.numero})"))

    @cached_property
    def _types(self) -> dict[str, str]:
        return {code: type_fichier for type_fichier, code in self.codes.items()}
