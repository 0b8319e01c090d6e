"""The base of every block of a model: an attrs class that checks itself with the one engine, and hides personal values."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from segur_pha.anomalies import Anomalie
from segur_pha.erreurs import DemandeInvalide
from segur_pha.table.balise import Balise, Liste, balises, pointeur
from segur_pha.table.codes import CodeDeFichier
from segur_pha.table.formats import Defaut, Format, Nature
from segur_pha.table.modele import Coherence, en_brut
from segur_pha.table.regles import (
    anomalie,
    anomalie_d_encodage,
    anomalies_de_la_demande,
    doublons,
    juger_valeur,
    message_de_fichier,
)
from segur_pha.table.remplissage import sans_doute
from segur_pha.textes import encodable

if TYPE_CHECKING:
    from collections.abc import Iterator

    import attrs

__all__ = ["Bloc"]


class Bloc:
    """The base of the model's classes.

    A constructor judges what would be written, and reports *all* the faults of its block at once as a
    :class:`~segur_pha.DemandeInvalide` (pointers are relative to the block).  The rules between balises are tried only when there
    are no such faults.
    """

    __slots__ = ()

    #: The rules between balises, which only the block of the request can try.
    coherences: ClassVar[tuple[Coherence, ...]] = ()

    def __attrs_post_init__(self: attrs.AttrsInstance) -> None:
        coherences: tuple[Coherence, ...] = type(self).coherences  # type: ignore[attr-defined]
        if sans_doute(self, coherences):
            return
        anomalies = list(_anomalies_du_bloc(self))
        if coherences and not anomalies:
            anomalies = anomalies_de_la_demande(type(self), en_brut(self), rang=1, coherences=coherences)
        if anomalies:
            raise DemandeInvalide(anomalies)

    def __repr__(self: attrs.AttrsInstance) -> str:
        morceaux = (f"{b.attribut}={_montre(b, getattr(self, b.attribut))}" for b in balises(type(self)) if b.attribut)
        return f"{type(self).__name__}({', '.join(morceaux)})"


def _montre(rangee: Balise, valeur: object) -> str:
    """Show a value: nothing personal, and only the number of blocks in a list."""
    if rangee.personnelle and valeur is not None:
        return "…"
    if isinstance(rangee.format, Liste) and isinstance(valeur, tuple):
        return f"<{len(valeur)} {rangee.format.classe.__name__}>"
    return repr(valeur)


def _anomalies_du_bloc(bloc: attrs.AttrsInstance) -> Iterator[Anomalie]:
    """Judge each attribute of a block, in the table's order."""
    for rangee in balises(type(bloc)):
        if not rangee.attribut:
            continue
        valeur = getattr(bloc, rangee.attribut)
        if isinstance(rangee.format, Format):
            yield from _anomalies_du_champ(rangee, rangee.format, valeur)
        elif isinstance(rangee.format, Liste):
            yield from _anomalies_de_la_liste(rangee, rangee.format, valeur)
        elif not isinstance(valeur, rangee.format.classe):
            yield _mauvaise_nature(rangee, f"indiquez un objet {rangee.format.classe.__name__}")


def _anomalies_du_champ(rangee: Balise, champ: Format, valeur: object) -> Iterator[Anomalie]:
    # Here and in construction.py, the words for a fault are loaded only when there is one.
    from segur_pha.table.en_python import anomalie_en_python

    chemin = pointeur(rangee.nom)
    if valeur is not None and not champ.est_du_type(valeur):
        yield anomalie_en_python(rangee, Defaut(Nature.TYPE), chemin, valeur)
        return
    brut = None if valeur is None else champ.ecrire(valeur)
    if isinstance(brut, str) and not encodable(brut):
        yield anomalie_d_encodage(rangee, chemin)
    elif defaut := juger_valeur(rangee, brut):
        yield anomalie_en_python(rangee, defaut, chemin, valeur)


def _anomalies_de_la_liste(rangee: Balise, liste: Liste, valeur: object) -> Iterator[Anomalie]:
    chemin = pointeur(rangee.nom)
    if not isinstance(valeur, tuple) or not all(isinstance(element, liste.classe) for element in valeur):
        yield _mauvaise_nature(rangee, f"indiquez une liste d’objets {liste.classe.__name__}")
        return
    if liste.maximum is not None and not 1 <= len(valeur) <= liste.maximum:
        code = CodeDeFichier.NOMBRE
        yield Anomalie(code.value, message_de_fichier(code, rangee.nom, f"de 1 à {liste.maximum}"), rangee.nom, chemin)
    elif rangee.vide_est_un_defaut and not valeur:
        yield anomalie(rangee, Defaut(Nature.NON_RENSEIGNEE), chemin)
    for unique in (b for b in balises(liste.classe) if b.unique):
        for place in sorted(doublons([getattr(element, unique.attribut) for element in valeur])):
            yield anomalie(unique, Defaut(Nature.DOUBLON), pointeur(rangee.nom, place, unique.nom))


def _mauvaise_nature(rangee: Balise, precision: str) -> Anomalie:
    code = CodeDeFichier.NATURE_DU_BLOC
    return Anomalie(code.value, message_de_fichier(code, rangee.nom, precision), rangee.nom, pointeur(rangee.nom))
