"""The rules between balises of wave 1: how a drawn request is made to keep them all, or to break exactly one.

A :class:`~segur_pha.table.modele.Coherence` says whether a rule holds, not how to make it hold: that is written here.  A rule
without its way of being broken is an error when the strategies are imported.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from segur_pha.table.balise import pointeur
from segur_pha.table.modele import objet_de, objets_de
from segur_pha.table.tirages import ReglesTirees
from segur_pha.vagues.va1.coherences import COHERENCES
from segur_pha.vagues.va1.enumerations import FormatFichier, RegimeTVA, TypeFichier
from segur_pha.vagues.va1.noms import MOTIF_NUMERO_EDITEUR, NOMS_DES_PIECES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn

    from segur_pha.table.modele import ObjetBrut

__all__ = ["REGLES"]


def _pieces(demande: ObjetBrut) -> list[ObjetBrut]:
    return objets_de(demande["piecesJustificatives"])


def _respecter(demande: ObjetBrut) -> None:
    """Keep a bon de commande, and a PREUVE_HT at the HT regime or when two documents were drawn; name them."""
    pieces = _pieces(demande)
    types = [TypeFichier.BON_COMMANDE]
    if len(pieces) > 1 or objet_de(demande["commande"])["regimeTVA"] == RegimeTVA.HT.value:
        types.append(TypeFichier.PREUVE_HT)
    if pieces[0]["typeFichier"] == TypeFichier.PREUVE_HT.value:
        types.reverse()
    _poser(demande, types)


def _poser(demande: ObjetBrut, types: Sequence[TypeFichier]) -> None:
    """Give a request documents of these types, with the right names; whatever else was drawn for them stays."""
    pieces = _pieces(demande)
    pieces[:] = [deepcopy(pieces[i % len(pieces)]) for i in range(len(types))]
    for piece, type_fichier in zip(pieces, types, strict=True):
        piece["typeFichier"] = type_fichier.value
        piece["nomFichier"] = NOMS_DES_PIECES.nommer(
            type_fichier, str(demande["numeroEditeur"]), str(piece["formatFichier"])
        )


def _fausser_le_rang(draw: DrawFn, demande: ObjetBrut, rang: int) -> str:
    voisins = st.sampled_from([rang - 1, rang + 1, 0, -rang]) | st.integers()
    demande["numLigne"] = draw(voisins.filter(lambda n: n != rang))
    return pointeur("numLigne")


def _fausser_les_bons(draw: DrawFn, demande: ObjetBrut, _: int) -> str:
    bon, preuve = TypeFichier.BON_COMMANDE, TypeFichier.PREUVE_HT
    sans = st.just([preuve])
    trop = st.lists(st.just(bon), min_size=2, max_size=3).map(lambda bons: [*bons, preuve]).flatmap(st.permutations)
    _poser(demande, draw(sans | trop))
    return pointeur("piecesJustificatives")


def _doubler_la_preuve(draw: DrawFn, demande: ObjetBrut, _: int) -> str:
    preuves = [TypeFichier.PREUVE_HT] * draw(st.integers(2, 3))
    _poser(demande, draw(st.permutations([TypeFichier.BON_COMMANDE, *preuves])))
    return pointeur("piecesJustificatives")


def _oter_la_preuve(_draw: DrawFn, demande: ObjetBrut, _: int) -> str:
    objet_de(demande["commande"])["regimeTVA"] = RegimeTVA.HT.value
    _poser(demande, [TypeFichier.BON_COMMANDE])
    return pointeur("piecesJustificatives")


def _renommer_une_piece(draw: DrawFn, demande: ObjetBrut, _: int) -> str:
    pieces = _pieces(demande)
    place = draw(st.integers(0, len(pieces) - 1))
    piece = pieces[place]
    noms = st.builds(
        NOMS_DES_PIECES.nommer,
        st.sampled_from([*TypeFichier]),
        st.just(str(demande["numeroEditeur"])) | st.from_regex(MOTIF_NUMERO_EDITEUR, fullmatch=True),
        st.sampled_from([*FormatFichier]),
    )
    piece["nomFichier"] = draw(noms.filter(lambda nom: nom != piece["nomFichier"]))
    return pointeur("piecesJustificatives", place, "nomFichier")


REGLES: Final = ReglesTirees(
    respecter=_respecter,
    # In the order in which va1.coherences declares the rules; strict, so that a new rule without its entry is an error at once.
    ruptures=dict(
        zip(
            (coherence.respectee for coherence in COHERENCES),
            (_fausser_le_rang, _fausser_les_bons, _doubler_la_preuve, _oter_la_preuve, _renommer_une_piece),
            strict=True,
        )
    ),
)
