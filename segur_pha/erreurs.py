"""The ground floor: what can be wrong, and where.

An :class:`Anomalie` is a value (something the portal would refuse); a :class:`SegurError` is raised.  Both carry the same
machine-readable fields: a code, the balise concerned and a JSON Pointer.  Neither ever repeats a value of the file, which
may be personal data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Sequence

    # Read by type checkers only: at run time the ground knows nothing of the rooms above.
    from segur_pha.controle.verdict import RapportControle

__all__ = [
    "Anomalie",
    "DemandeInvalide",
    "DepotRefuse",
    "ExtraManquant",
    "FichierRejete",
    "Localisable",
    "NomInvalide",
    "Position",
    "RegistreError",
    "RetourIllisible",
    "SegurError",
]


#: A duplicate key, an unknown tag: the faults whose pointer ends with whatever stood in the file.
_D_UNE_CLE: Final = frozenset({"9903", "9906"})


@frozen
class Position:
    """A place in a JSON text: ``ligne`` and ``colonne`` both start at 1, a column is one Unicode code point.

    >>> str(Position(ligne=12, colonne=7))
    'ligne 12, colonne 7'
    """

    ligne: int
    colonne: int

    def __str__(self) -> str:
        return f"ligne {self.ligne}, colonne {self.colonne}"


class Localisable(Protocol):
    """A text that can say where a JSON Pointer points to, when somebody asks."""

    def position(self, chemin: str) -> Position | None:
        """Return the place of the value under ``chemin``, or ``None`` when it has none."""
        ...


@frozen(repr=False)
class Anomalie:
    """One thing the portal would refuse.

    Attributes:
        code: four digits, ``RRNN`` or ``99NN`` (decision 5: the codes are segur_pha's own).
        libelle: a French sentence that names the balise and what is expected, never the value.
        balise: the tag of the table, or ``""`` when the fault concerns no balise of its own.
        chemin: JSON Pointer (RFC 6901) of JSON keys; for a missing tag, the pointer of its container.  Of a key that is
            unknown (9906) or written twice (9903) it ends with that key, which may be anything: ``repr`` leaves it out.

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


class SegurError(Exception):
    """The root of everything segur_pha raises.

    ``code``, ``balise`` and ``chemin`` (a JSON Pointer) are for programs, ``str()`` is a French sentence for people.

    >>> SegurError("Message", code="2303", balise="FINESSGeo").code
    '2303'
    """

    def __init__(self, message: str, *, code: str = "", balise: str = "", chemin: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.balise = balise
        self.chemin = chemin

    def __reduce__(self) -> tuple[object, ...]:
        # Exception.__reduce__ replays __init__ with the positional arguments only; the state restores the rest.
        return (_refaire, (type(self), self.args, self.__dict__.copy()))


def _refaire(classe: type[SegurError], args: tuple[object, ...], etat: dict[str, object]) -> SegurError:
    erreur = classe.__new__(classe, *args)
    erreur.args = args
    erreur.__dict__.update(etat)
    return erreur


class DemandeInvalide(SegurError, ValueError):
    """Values that the portal would refuse were given to a constructor.

    ``anomalies`` holds every fault of the block, in the table's order; the text lists every balise at fault.
    """

    def __init__(self, anomalies: Sequence[Anomalie]) -> None:
        premiere = anomalies[0]
        super().__init__(
            "\n".join(f"{a.libelle} [{a.code}]" for a in anomalies),
            code=premiere.code,
            balise=premiere.balise,
            chemin=premiere.chemin,
        )
        self.anomalies = tuple(anomalies)


class FichierRejete(SegurError):
    """A file did not pass the controls; ``rapport`` is the whole report."""

    def __init__(
        self, message: str, *, rapport: RapportControle, code: str = "", balise: str = "", chemin: str = ""
    ) -> None:
        super().__init__(message, code=code, balise=balise, chemin=chemin)
        self.rapport = rapport


class NomInvalide(SegurError, ValueError):
    """A file name does not follow section 3.3."""


class RetourIllisible(SegurError):
    """A returned file has no readable list ``lignesImport``."""


class DepotRefuse(SegurError):
    """A deposit was not written: something in it must be corrected first."""


class RegistreError(SegurError):
    """The ledger refuses a move, or cannot be used."""


class ExtraManquant(SegurError, ImportError):
    """A facultative part of segur_pha is not installed; ``extra`` names it and the text says the pip command.

    >>> print(ExtraManquant("tableur"))
    Cette fonction demande l’extra « tableur » : pip install "segur-pha[tableur]"
    """

    def __init__(self, extra: str) -> None:
        super().__init__(f'Cette fonction demande l’extra « {extra} » : pip install "segur-pha[{extra}]"')
        self.extra = extra
