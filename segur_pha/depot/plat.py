"""A request ⇄ flat values, and a request under another number."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, cast

from segur_pha.depot.vocabulaire import vocabulaire
from segur_pha.erreurs import SegurError
from segur_pha.table.balise import Liste, Objet, balises
from segur_pha.table.formats import Format
from segur_pha.table.roles import Role
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import attrs

    from segur_pha.table.specification import Specification
    from segur_pha.vagues import Demande, DemandeAPlat

__all__ = ["mettre_a_plat", "renumeroter"]


def mettre_a_plat(demande: Demande, *, specification: Specification = PAR_DEFAUT) -> DemandeAPlat:
    """Lay a request flat, as keywords of :func:`~segur_pha.construire_demande`, which makes the same request from them.

    Days are ``date``, amounts ``Decimal``, codes enumerations.  The builder names the documents that are due, in its own order;
    the format of one that the request does not announce is the builder's default.

    Raises :class:`~segur_pha.SegurError` for anything but a request of the wave.

    >>> from segur_pha import construire_demande
    >>> from segur_pha.vagues.va1.exemples import demande_du_guide
    >>> plat = mettre_a_plat(demande_du_guide())
    >>> plat["date_commande"], plat["montant_segur_ht"]
    (datetime.date(2022, 11, 15), Decimal('708.33'))
    >>> construire_demande(**plat) == demande_du_guide()
    True
    """
    _exiger_une_demande(demande, specification)
    mots = vocabulaire(specification)
    format_de_piece = specification.role(Role.FORMAT_PIECE).format
    assert isinstance(format_de_piece, Format)
    acceptes = signature(specification.construire).parameters
    plat: dict[str, object] = {mot: format_de_piece.lire(acceptes[mot].default) for mot in mots.formats.values()}
    plat |= _valeurs(demande)
    type_, format_ = (specification.role(role).attribut for role in (Role.TYPE_PIECE, Role.FORMAT_PIECE))
    for piece in getattr(demande, specification.role(Role.PIECES).attribut):
        plat[mots.formats[str(getattr(piece, type_))]] = getattr(piece, format_)
    return cast("DemandeAPlat", {mot: plat[mot] for mot in mots.mots_cles})


def _valeurs(bloc: attrs.AttrsInstance) -> Iterator[tuple[str, object]]:
    for rangee in balises(type(bloc)):
        if rangee.attribut and not isinstance(rangee.format, Liste):
            valeur = getattr(bloc, rangee.attribut)
            if isinstance(rangee.format, Objet):
                yield from _valeurs(valeur)
            else:
                yield rangee.attribut, valeur


def renumeroter(
    demande: Demande,
    numero_editeur: str,
    *,
    formats: Mapping[str, str] | None = None,
    specification: Specification = PAR_DEFAUT,
) -> Demande:
    """Give a request another number, and its documents the matching names; ``formats``: type of a document → new format.

    ``attrs.evolve(demande, numero_editeur=…)`` alone is refused, since the names of the documents would be those of another
    request (2507).  Raises :class:`~segur_pha.DemandeInvalide` for a number that the portal would refuse.

    >>> from segur_pha.vagues.va1.exemples import demande_du_guide
    >>> [piece.nom_fichier for piece in renumeroter(demande_du_guide(), "00042").pieces_justificatives]
    ['PHA-LGO-Va1-BDC-00042.pdf']
    """
    _exiger_une_demande(demande, specification)
    if not isinstance(numero_editeur, str):
        raise SegurError(f"renumeroter attend un numéro en texte, et non {type(numero_editeur).__name__}.")
    return cast("Demande", specification.numeroter(demande, numero_editeur, formats))


def _exiger_une_demande(demande: object, specification: Specification) -> None:
    if not isinstance(demande, specification.classe_demande):
        raise SegurError(f"Donnez une demande de la vague {specification.nom}, et non {type(demande).__name__}.")
