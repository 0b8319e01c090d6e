"""Of a resubmission: which of its requests go again just as they were rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segur_pha.constats import Constat
from segur_pha.depot.vocabulaire import vocabulaire
from segur_pha.registre.corrections import valeurs_envoyees
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segur_pha.registre.registre import Registre
    from segur_pha.table.specification import Specification

__all__ = ["rien_de_corrige"]


def rien_de_corrige(
    registre: Registre, remplace: Mapping[str, str], lignes: Mapping[str, int], vague: Specification
) -> Iterator[Constat]:
    """Advise of each rejected request whose successor bears the same values and documents; by row, as the table has them.

    What was sent is compared, not what was typed: a row of the publisher's own export may be written in other words.  A document
    whose hash nobody recorded may be another one: nothing is said of its request.
    """
    for nouvelle, ancienne in remplace.items():
        if _envoi(registre, nouvelle, vague) == _envoi(registre, ancienne, vague):
            yield Constat(
                code="rien-de-corrige",
                message="rien n’a changé depuis le rejet, ni valeur ni pièce ; si la faute est chez vous, corrigez-la avant de "
                "déposer ce dossier",
                ligne=lignes[ancienne],
                numero=ancienne,
            )


def _envoi(registre: Registre, numero: str, vague: Specification) -> tuple[dict[str, object], list[str]]:
    """Give what was sent under a number, but for what the number itself changes; the documents by their hashes."""
    ligne = registre.ligne_envoyee(numero, specification=vague)
    mots = vocabulaire(vague)
    gardes = {*mots.mots_cles} - {mots.mot(Role.NUMERO_EDITEUR)}
    valeurs = {mot: valeur for mot, valeur in valeurs_envoyees(vague.classe_demande, ligne) if mot in gardes}
    demande = registre.demande(numero, specification=vague)
    assert demande is not None
    return valeurs, sorted(piece.sha256 for piece in demande.pieces)
