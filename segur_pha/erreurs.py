"""Ground: the errors of segur_pha.

A :class:`SegurError` carries the same machine-readable fields as an :class:`~segur_pha.Anomalie`: a code, the balise concerned and
a JSON Pointer.  Its text never repeats a value of the file, which may be personal data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segur_pha.anomalies import Anomalie

__all__ = [
    "ArgumentInvalide",
    "DemandeInvalide",
    "DepotRefuse",
    "ExtraManquant",
    "NomInvalide",
    "RegistreError",
    "RetourIllisible",
    "SegurError",
]


class SegurError(Exception):
    """The root of what segur_pha refuses; the system's refusals stay ``OSError``.

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


class ArgumentInvalide(SegurError, TypeError):
    """An argument is of another kind than its parameter asks for."""


class DemandeInvalide(SegurError, ValueError):
    """A constructor was given values that the controls refuse.

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
        self.anomalies: tuple[Anomalie, ...] = tuple(anomalies)


class NomInvalide(SegurError, ValueError):
    """A file name does not follow section 3.3."""


class RetourIllisible(SegurError):
    """A returned file has no readable list ``lignesImport``."""


class DepotRefuse(SegurError):
    """A deposit was not written: something in it must be corrected first."""


class RegistreError(SegurError):
    """The ledger refuses a move, or cannot be used."""


class ExtraManquant(SegurError, ImportError):
    """An optional part of segur_pha is not installed; ``extra`` names it and the text gives the pip command.

    ``extras`` names all those known to be missing, so that they can be installed in one go.

    >>> print(ExtraManquant("tableur"))
    Cette fonction demande l’extra « tableur » : pip install "segur-pha[tableur]"
    Pour tout installer en une fois : pip install "segur-pha[tout]"
    >>> print(ExtraManquant("pieces", "registre").args[0].splitlines()[0])
    Cette fonction demande les extras « pieces » et « registre » : pip install "segur-pha[pieces,registre]"
    """

    def __init__(self, extra: str, *autres: str) -> None:
        self.extra = extra
        self.extras = (extra, *autres)
        noms = " et ".join(f"« {nom} »" for nom in self.extras)
        super().__init__(
            f"Cette fonction demande {'les extras' if autres else 'l’extra'} {noms} : "
            f'pip install "segur-pha[{",".join(self.extras)}]"\n'
            'Pour tout installer en une fois : pip install "segur-pha[tout]"'
        )
