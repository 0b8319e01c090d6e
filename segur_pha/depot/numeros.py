"""Where a request's numeroEditeur comes from when the order does not have one."""

from __future__ import annotations

import re
from string import digits
from typing import TYPE_CHECKING, Final, Protocol

from attrs import define, field

from segur_pha.erreurs import DepotRefuse
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from segur_pha.table.specification import Specification

__all__ = ["NumerosDepuis", "SourceDeNumeros", "reserver_sans_doublon"]

_NUMERO: Final = re.compile("[0-9A-Za-z]*[0-9]")


class SourceDeNumeros(Protocol):
    """Serves numbers that no request has ever had (section 3.2, decision 17), as the ledger and :class:`NumerosDepuis` do.

    A number that was reserved is never served again, even when the deposit that asked for it was given up.
    """

    def reserver(self, nombre: int) -> Sequence[str]:
        """Reserve exactly ``nombre`` distinct numbers of ASCII letters and digits, of the wave's length, in order.

        Raises :class:`~segur_pha.SegurError` when fewer than that are left; nothing is reserved then.
        """
        ...


@define
class NumerosDepuis:
    """Consecutive numbers from a first one: ``00001``, ``00002``…; a prefix of letters stays as it is.

    Raises :class:`~segur_pha.DepotRefuse` for a first number that is not made of ASCII letters and digits, does not end with a
    digit, or has not the length of a number in the table of ``specification`` (5 in wave 1).

    >>> NumerosDepuis("A0998").reserver(3)
    ('A0998', 'A0999', 'A1000')
    """

    premier: str = "00001"
    specification: Specification = field(default=PAR_DEFAUT, kw_only=True)
    _servis: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        longueur = self.specification.longueur_des_numeros
        if len(self.premier) != longueur or _NUMERO.fullmatch(self.premier) is None:
            raise DepotRefuse(
                f"Premier numéro : indiquez {longueur} lettres sans accent ou chiffres, le dernier étant un chiffre (comme "
                f"{1:0{longueur}}).",
                balise=self.specification.numero_de_demande.nom,
            )

    def reserver(self, nombre: int) -> tuple[str, ...]:
        """Return the next ``nombre`` numbers.

        Raises :class:`~segur_pha.DepotRefuse` when the digits cannot count that far.

        >>> NumerosDepuis("99999").reserver(2)
        Traceback (most recent call last):
        ...
        segur_pha.erreurs.DepotRefuse: Il ne reste que 1 numéro à partir de 99999 : choisissez un autre premier numéro.
        """
        prefixe = self.premier.rstrip(digits)
        chiffres = self.premier.removeprefix(prefixe)
        debut = int(chiffres) + self._servis
        restants = 10 ** len(chiffres) - debut
        if nombre > restants:
            pluriel = "s" if restants > 1 else ""
            raise DepotRefuse(
                f"Il ne reste que {restants} numéro{pluriel} à partir de {self.premier} : choisissez un autre premier numéro.",
                balise=self.specification.numero_de_demande.nom,
            )
        self._servis += nombre
        return tuple(f"{prefixe}{n:0{len(chiffres)}}" for n in range(debut, debut + nombre))


def reserver_sans_doublon(source: SourceDeNumeros, nombre: int, pris: Collection[str]) -> tuple[str, ...]:
    """Reserve ``nombre`` numbers, none of which is in ``pris`` (the numbers of other orders of the deposit).

    Two numbers that differ only by case count as one: their documents would overwrite each other on many disks.
    Raises :class:`~segur_pha.DepotRefuse` for a source that serves a number twice.

    >>> reserver_sans_doublon(NumerosDepuis("00001"), 3, {"00002"})
    ('00001', '00003', '00004')
    """
    vus = {numero.casefold() for numero in pris}
    gardes: list[str] = []
    essais = nombre + len(vus)
    while len(gardes) < nombre:
        servis = source.reserver(nombre - len(gardes))
        essais -= len(servis)
        if essais < 0 or not servis:
            raise DepotRefuse(
                "La source de numéros sert deux fois le même numéro, ou aucun.", balise=PAR_DEFAUT.numero_de_demande.nom
            )
        for numero in servis:
            if numero.casefold() not in vus:
                vus.add(numero.casefold())
                gardes.append(numero)
    return tuple(gardes)
