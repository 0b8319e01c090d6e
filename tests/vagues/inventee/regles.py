"""Invented: the rules between balises of the made-up wave, and its advice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from segur_pha.table.modele import Coherence

from .noms import NOMS_DES_PIECES, Signataire, TypeDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    import attrs

    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Brouillon

__all__ = ["COHERENCES", "CONSEILS", "conseiller", "types_dus"]


def types_dus(signataire: object) -> tuple[str, ...]:
    mandat = (TypeDocument.MANDAT.value,) if signataire == Signataire.MANDATAIRE else ()
    return (TypeDocument.SERVICE_FAIT.value, *mandat)


def _a_son_rang(demande: Mapping[str, Brut], _: Mapping[str, Brut], rang: int) -> bool:
    return demande["place"] == rang


def _documents_dus(demande: Mapping[str, Any], _: Mapping[str, Brut], __: int) -> bool:
    joints = [document["genre"] for document in demande["documents"]]
    return sorted(joints) == sorted(types_dus(demande["officine"]["signataire"]))


def _bien_nomme(document: Mapping[str, Brut], demande: Mapping[str, Brut], _: int) -> bool:
    return document["nom"] == NOMS_DES_PIECES.nommer(
        str(document["genre"]), str(demande["numeroSolde"]), str(document["extension"])
    )


COHERENCES: Final = (
    Coherence(balise="place", lit=("place",), libelle="rang incorrect", respectee=_a_son_rang),
    Coherence(
        balise="documents",
        lit=("documents", "genre", "signataire"),
        libelle="joignez la preuve du service fait, et le mandat d’un mandataire",
        respectee=_documents_dus,
    ),
    Coherence(
        balise="nom",
        portee="documents",
        lit=("numeroSolde", "nom", "genre", "extension"),
        libelle="nom d’un autre document",
        respectee=_bien_nomme,
    ),
)

CONSEILS: Final = {"solde-nul": "soldeHT nul : rien ne sera versé"}


def conseiller(
    entete: ObjetBrut,  # noqa: ARG001 - what every wave is told
    demandes: Iterable[tuple[str, attrs.AttrsInstance]],
    *,
    jour: date | None,  # noqa: ARG001 - same
    categories: Mapping[str, str] | None,  # noqa: ARG001 - same
) -> Iterator[Brouillon]:
    for chemin, demande in demandes:
        if cast("Any", demande).service.solde_ht == 0:
            yield "solde-nul", "", "soldeHT", f"{chemin}/service/soldeHT"
