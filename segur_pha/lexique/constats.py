"""Every id that a finding or a refusal may have, and what it means; a test searches the package for ids missing here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.controle.explications import Explication
from segur_pha.lexique.depot import DES_DEPOTS, DES_PIECES
from segur_pha.lexique.suites import DES_CERTIFICATS, DU_REGISTRE
from segur_pha.lexique.tableaux import DES_CELLULES, DES_TABLEAUX
from segur_pha.retour.ecarts import NatureEcart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segur_pha.table.specification import Specification

__all__ = ["GENRES", "explications_des_constats"]

#: Kind → its findings; the order of the list that ``expliquer`` shows.
GENRES: Final[Mapping[str, Mapping[str, tuple[str, str, str]]]] = {
    "Tableaux": DES_TABLEAUX,
    "Cellules": DES_CELLULES,
    "Pièces": DES_PIECES,
    "Dépôts": DES_DEPOTS,
    "Registre": DU_REGISTRE,
    "Certificats": DES_CERTIFICATS,
}

_ORIGINE: Final = "Constat de segur_pha : le guide ne lui donne pas de nom."
_MUET: Final = "Le guide n’en dit rien."
_CODE_INCONNU: Final = (
    "Code inconnu",
    "Le code demandé à « segur-pha expliquer » est un de ceux que segur_pha connaît.",
    "Choisissez un de ceux que le message propose ; sans code, la commande les donne tous.",
)


def explications_des_constats(specification: Specification) -> Iterator[tuple[str, Explication]]:
    """Explain every finding of a wave: its kind, in French, and its explanation; discrepancies of answers come last."""
    limites = specification.limites
    piece, zip_ = limites.octets_par_piece // 1_000_000, limites.octets_par_zip // 1_000_000
    tailles = f"Section 2.1 : {piece} Mo au plus pour une pièce, {zip_} Mo au plus pour un zip."
    for genre, constats in GENRES.items():
        for identifiant, (libelle, controle, remede) in constats.items():
            dit = controle.format(mo_par_piece=piece, mo_par_zip=zip_)
            yield genre, _constat(identifiant, libelle, dit, remede, tailles if dit != controle else _MUET)
    mots = specification.noms_des_pieces.mots
    for type_piece in specification.noms_des_pieces.codes:
        yield "Pièces", _constat(f"{type_piece.lower().replace('_', '-')}-inutile", *_inutile(mots[type_piece]))
    yield "Tableaux", _constat("code-inconnu", *_CODE_INCONNU)
    for nature in NatureEcart:
        yield "Réponses", _ecart(nature)


def _constat(identifiant: str, libelle: str, controle: str, remede: str, guide: str = _MUET) -> Explication:
    return Explication(identifiant, "", libelle, controle, guide, (), _ORIGINE, remede)


def _inutile(mots: str) -> tuple[str, str, str]:
    return (
        "Pièce indiquée pour rien",
        f"La demande a besoin de la pièce que l’export indique ({mots}).",
        "Rien : cette pièce n’est pas déposée.",
    )


def _ecart(nature: NatureEcart) -> Explication:
    suite = (
        f"La ligne est montrée, et n’est pas enregistrée ; qui a regardé peut l’admettre (--admettre {nature.id})."
        if nature.admissible
        else "La ligne est montrée, et n’est pas enregistrée."
        if nature.bloquant
        else "La ligne est enregistrée malgré cela."
    )
    constat, _, remede = nature.explication.partition(" ; ")
    return Explication(
        nature.id,
        "",
        _phrase(nature.value).removesuffix("."),
        f"Chaque ligne de la réponse du portail est comparée avec ce qui a été envoyé. Ici, {constat}.",
        _MUET,
        (),
        "Écart nommé par segur_pha : le guide ne dit pas en quoi une réponse peut différer de l’envoi.",
        f"{_phrase(remede)} {suite}",
    )


def _phrase(texte: str) -> str:
    return f"{texte[0].upper()}{texte[1:].removesuffix('.')}."
