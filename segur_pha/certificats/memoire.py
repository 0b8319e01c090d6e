"""What the texts of a table mean, each looked at once: a national export repeats a few thousand texts a million times."""

from __future__ import annotations

import re
from datetime import date  # noqa: TC003 - the table of readers below is made at import
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import evolve

from segur_pha.certificats.colonnes import Ordre, ordre_vu
from segur_pha.certificats.jours import lire_jour
from segur_pha.certificats.natures import NatureDeCertificat, nature_de
from segur_pha.certificats.parc import Etat
from segur_pha.identifiants import defaut_finess, finess_de_structure, forme_finess, normaliser_finess
from segur_pha.textes import plier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from segur_pha.constats import Constat

if TYPE_CHECKING:
    from segur_pha.tableurs import TableauLu

__all__ = ["Memo", "Memoire", "tous"]

_T = TypeVar("_T")
_MOT: Final = re.compile(r"[^\s;,<>\"']+")
_ETATS: Final = (
    (Etat.ACTIF, re.compile("acti(?:f|ve)|valide|en cours de validite")),
    (Etat.EXPIRE, re.compile("expiree?|echue?|perimee?")),
    (Etat.REVOQUE, re.compile("revoquee?(?: .*)?")),
)


class Memo(dict[str, _T]):
    """A function of one text, remembered."""

    def __init__(self, fonction: Callable[[str], _T]) -> None:
        super().__init__()
        self._fonction = fonction

    def __missing__(self, texte: str) -> _T:
        valeur = self[texte] = self._fonction(texte)
        return valeur


def tous(memo: Memo[_T], textes: Iterable[str]) -> list[_T]:
    """Return what each text means."""
    return list(map(memo.__getitem__, textes))


class Memoire:
    """What the texts of both tables were found to mean: both contain the pharmacies' FINESS and addresses."""

    def __init__(self) -> None:
        self.lire_les_jours(Ordre.JOUR, Ordre.JOUR)
        self.etats, self.textes = Memo(_etat), Memo(str.strip)
        self.finess, self.structures = Memo(_finess), Memo(_finess_de_structure)
        self.adresses, self.natures = Memo(_adresses), Memo(_nature_de_structure)
        self.offres, self.emetteurs = Memo(_nature_d_offre), Memo(_nature_d_emetteur)
        self.lectures: dict[str, str] = {}
        self._remarques: dict[str, list[Constat]] = {}

    def oublier(self, quoi: str) -> None:
        """Forget how a table was read, since it is about to be read again."""
        self.lectures.pop(quoi, None)
        self._remarques.pop(quoi, None)

    def noter(self, quoi: str, lu: TableauLu) -> None:
        """Note how a table was read, once all its rows have been."""
        self.lectures[quoi] = f"{quoi} : {lu.description}."
        self._remarques[quoi] = [evolve(remarque, fichier=quoi.lower()) for remarque in lu.remarques]

    def remarques(self) -> list[Constat]:
        """Return what was left aside in the tables, and their hidden rows."""
        return [*chain(*self._remarques.values())]

    def lire_les_jours(self, fins: Ordre, debuts: Ordre) -> None:
        """Forget the days, so that each of the two columns is read in its own order."""
        self.fins, self.debuts = Memo(_LECTURES[fins]), Memo(_LECTURES[debuts])

    def pourquoi_pas_un_finess(self, texte: str) -> str:
        """Say what is wrong with a text that is not a FINESS, and what to do in the spreadsheet."""
        return f"FINESS : {defaut_finess(normaliser_finess(texte))} ; au tableur, mettez la colonne au format texte"


def _jour_sans_doute(texte: str) -> date | None:
    return None if ordre_vu([texte]).douteux else lire_jour(texte) or lire_jour(texte, mois_d_abord=True)


_LECTURES: Final[dict[Ordre, Callable[[str], date | None]]] = {
    Ordre.JOUR: lire_jour,
    Ordre.MOIS: partial(lire_jour, mois_d_abord=True),
    Ordre.MELANGE: _jour_sans_doute,
}


def _finess(texte: str) -> str | None:
    # Only the shape is required: a wrong key is a matter for advice (decision 11, Parc.finess_douteux).
    finess = normaliser_finess(texte)
    return finess if forme_finess(finess) else None


def _finess_de_structure(texte: str) -> str | None:
    return finess_de_structure(normaliser_finess(texte))


def _nature_de_structure(texte: str) -> NatureDeCertificat | None:
    return nature_de([normaliser_finess(texte)])


def _nature_d_offre(texte: str) -> NatureDeCertificat | None:
    return nature_de((), offre=texte)


def _nature_d_emetteur(texte: str) -> NatureDeCertificat | None:
    return nature_de((), de_test=re.search(r"\bTEST\b", texte.upper()) is not None)


def _etat(texte: str) -> Etat:
    plat = plier(texte).encode("ascii", "ignore").decode()
    if not plat:
        return Etat.NON_DIT
    return next((etat for etat, motif in _ETATS if motif.fullmatch(plat)), Etat.INCONNU)


def _adresses(texte: str) -> tuple[str, ...]:
    # Word by word, since a pattern with the @ in its middle would try every letter of a long text as the first one.
    return tuple(mot for mot in _MOT.findall(texte) if "@" in mot[1:-1]) if "@" in texte else ()
