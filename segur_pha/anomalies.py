"""Ground: what the controls refuse, what is worth a look, and where it is.

An :class:`Anomalie` is a value; exceptions are in :mod:`segur_pha.erreurs`.  It never repeats a value of the file, which may be
personal data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

__all__ = ["Anomalie", "Conseil", "Localisable", "Position", "RapportDeControle", "VerdictDeLigne"]


#: A duplicate key, an unknown tag: the faults whose pointer ends with whatever is in the file.
_D_UNE_CLE: Final = frozenset({"9903", "9906"})


@frozen
class Position:
    """A place in a JSON text: ``ligne`` and ``colonne`` both start at 1, and a column is one Unicode code point.

    >>> str(Position(ligne=12, colonne=7))
    'ligne 12, colonne 7'
    """

    ligne: int
    colonne: int

    def __str__(self) -> str:
        return f"ligne {self.ligne}, colonne {self.colonne}"


class Localisable(Protocol):
    """A text that can say, when asked, where a JSON Pointer leads."""

    def position(self, chemin: str) -> Position | None:
        """Return the place of the value under ``chemin``, or ``None`` when it has none."""
        ...


@frozen(repr=False)
class Anomalie:
    """One thing that a control refuses.

    Attributes:
        code: four digits, ``RRNN`` or ``99NN`` (decision 5: the codes are segur_pha's own).
        libelle: a French sentence that names the balise and what is expected, never the value.
        balise: the tag of the table, or ``""`` when the fault concerns no particular balise.
        chemin: JSON Pointer (RFC 6901) of JSON keys; for a missing tag, the pointer of its container.  For a key that is unknown
            (9906) or written twice (9903), it ends with that key, which may be anything, so ``repr`` leaves it out.

    >>> Anomalie(code="2303", libelle="FINESSGeo : 9 caractères attendus.", balise="FINESSGeo",
    ...          chemin="/lignesImport/0/beneficiaire/FINESSGeo").position is None
    True
    """

    code: str
    libelle: str
    balise: str
    chemin: str
    _texte: Localisable | Position | None = field(default=None, repr=False, eq=False)

    @property
    def position(self) -> Position | None:
        """Line and column in the text that was read, or ``None`` when there is no text (worked out when asked for)."""
        if self._texte is None or isinstance(self._texte, Position):
            return self._texte
        return self._texte.position(self.chemin)

    def __repr__(self) -> str:
        chemin = "…" if self.code in _D_UNE_CLE else self.chemin
        return f"Anomalie(code={self.code!r}, libelle={self.libelle!r}, balise={self.balise!r}, chemin={chemin!r})"


@frozen
class Conseil:
    """A piece of advice: its id, its French sentence (never the value), the balise, its JSON Pointer, and its place.

    >>> Conseil("montant-nul", "montantSegurHT nul", "montantSegurHT", "/lignesImport/0/commande/montantSegurHT").id
    'montant-nul'
    """

    id: str
    libelle: str
    balise: str
    chemin: str
    _texte: Localisable | None = field(default=None, repr=False, eq=False)

    @property
    def position(self) -> Position | None:
        """Line and column in the text that was read (worked out when asked for)."""
        return None if self._texte is None else self._texte.position(self.chemin)


class VerdictDeLigne(Protocol):
    """What can be shown of one line of a report, such as a :class:`~segur_pha.VerdictLigne`."""

    @property
    def num_ligne(self) -> int:
        """The line's place in the file, from 1."""
        ...

    @property
    def numero_editeur(self) -> str | None:
        """As deposited, ``None`` when it is not a text."""
        ...

    @property
    def anomalies(self) -> tuple[Anomalie, ...]:
        """All of them, in the table's order."""
        ...

    @property
    def acceptee(self) -> bool:
        """Whether the line has no anomaly."""
        ...

    @property
    def code_traitement(self) -> str:
        """The code of the first anomaly, or that of an accepted line."""
        ...

    @property
    def libelle_traitement(self) -> str:
        """The libellé of the first anomaly, or that of an accepted line."""
        ...


class RapportDeControle(Protocol):
    """What can be shown of a report, on a page or in an error, such as a :class:`~segur_pha.RapportControle`."""

    @property
    def recevable(self) -> bool:
        """Whether the file passed the 1st control."""
        ...

    @property
    def anomalies_fichier(self) -> tuple[Anomalie, ...]:
        """Why the whole file is refused; empty when it is not."""
        ...

    @property
    def lignes(self) -> Sequence[VerdictDeLigne]:
        """One verdict per request, in the file's order."""
        ...

    @property
    def acceptees(self) -> Sequence[VerdictDeLigne]:
        """The accepted ones among them."""
        ...

    @property
    def rejetees(self) -> Sequence[VerdictDeLigne]:
        """The rejected ones among them."""
        ...

    @property
    def avance(self) -> Decimal:
        """The sum of the advances of the accepted requests, in euros."""
        ...

    @property
    def conseils(self) -> tuple[Conseil, ...]:
        """What a careful publisher would look at."""
        ...

    def en_lignes(self) -> list[dict[str, object]]:
        """Return one flat mapping per request."""
        ...

    def en_retour(self) -> bytes:
        """Return the deposited data with these verdicts filled in, in the shape of an answer of the portal."""
        ...
