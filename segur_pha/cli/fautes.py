"""What must be corrected, as every command reports it: blocks on the screen, and a list to hand on (``--fautes``)."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from segur_pha.cli.console import montrer, montrer_erreur, octets_json
from segur_pha.cli.messages import UsageErrone
from segur_pha.cli.objets import objet_du_constat
from segur_pha.depot.affichage import page_des_fautes
from segur_pha.fichiers import FichierExistant, ecrire_sans_ecraser
from segur_pha.rapports.blocs import en_blocs, resume_par_nature
from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, en_tableau
from segur_pha.rapports.xlsx import en_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from segur_pha.constats import Constat

__all__ = ["Fautes", "ListeDesFautes", "montrer_les_conseils", "montrer_les_fautes"]

Fautes = Annotated[
    list[Path] | None,
    Parameter(
        help="Écrit aussi les fautes dans ce fichier, .xlsx, .csv, .html ou .json ; s’il existe, sous un nouveau nom.",
        negative="",
    ),
]

#: How many lines of blocks are shown on a screen; a list has everything.
_MORCEAUX_MONTRES: Final = 600

#: Suffix of the file → how faults are written.
_FORMES: Final[dict[str, Callable[[Sequence[Constat]], bytes]]] = {
    ".xlsx": lambda fautes: en_xlsx(en_tableau(fautes, "À corriger", complet=True)),
    ".csv": lambda fautes: en_csv(en_tableau(fautes, complet=True)),
    ".json": lambda fautes: octets_json([objet_du_constat(faute) for faute in fautes]),
    ".html": page_des_fautes,
}


class ListeDesFautes:
    """The files that ``--fautes`` asks for, each written once.

    Before anything is read, raises :class:`~segur_pha.cli.messages.UsageErrone` for an unknown form and for a file named twice,
    :class:`~segur_pha.ExtraManquant` for a workbook without the extra ``tableur``.
    """

    def __init__(self, chemins: Sequence[Path] | None) -> None:
        self.chemins = tuple(chemins or ())
        formes = {chemin.suffix.lower() for chemin in self.chemins}
        if not formes <= _FORMES.keys():
            raise UsageErrone("--fautes : indiquez un fichier .xlsx, .csv, .html ou .json.")
        if ".xlsx" in formes:
            _FORMES[".xlsx"]([])

    def a_ecrire(self) -> tuple[Path, ...]:
        """Return the names that the lists would now get: those asked for, or the next free ones."""
        return tuple(map(_nom_libre, self.chemins))

    def ecrire(self, fautes: Sequence[Constat], ecrire: Callable[[Path, bytes], Path] = ecrire_sans_ecraser) -> None:
        """Write the lists, and say so when one did not get the name that was asked for."""
        for chemin in self.chemins:
            ecrit = _ecrire(chemin, _FORMES[chemin.suffix.lower()](fautes), ecrire)
            if ecrit != chemin:
                montrer_erreur(f"{chemin.name} existe déjà : les fautes sont dans {ecrit.name}.")


def _nom_libre(chemin: Path) -> Path:
    noms = (chemin.with_stem(f"{chemin.stem}-{rang}") if rang > 1 else chemin for rang in count(1))
    return next(nom for nom in noms if not os.path.lexists(nom))


def _ecrire(chemin: Path, octets: bytes, ecrire: Callable[[Path, bytes], Path]) -> Path:
    while True:
        with suppress(FichierExistant):  # somebody took the name meanwhile
            return ecrire(_nom_libre(chemin), octets)


def montrer_les_fautes(fautes: Sequence[Constat], quoi: str = "demandes") -> None:
    """Show what must be corrected: the blocks, then the number of each kind."""
    morceaux = list(en_blocs(fautes, quoi))
    montrer(*morceaux[:_MORCEAUX_MONTRES])
    if len(morceaux) > _MORCEAUX_MONTRES:
        montrer("… et d’autres : --fautes fautes.xlsx les donne toutes.", "")
    montrer(*resume_par_nature(fautes))


def montrer_les_conseils(conseils: Sequence[Constat], quoi: str = "demandes") -> None:
    """Show what a careful publisher would look at, if there is anything."""
    if conseils:
        montrer(Phrase(Marque("Conseils", Niveau.FORT)), "", *en_blocs(conseils, quoi))
