"""Before files are shown: what the ledger knows about their orders, and the events of their preparation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from segur_pha.controle.verdict import FichierRejete, controler
from segur_pha.depot.antecedents import OFFICINE_DEJA_DEMANDEE, Antecedent
from segur_pha.erreurs import RegistreError
from segur_pha.registre import tables
from segur_pha.registre.base import charger, lots
from segur_pha.registre.etats import VIVANTES, Phase, PhaseFichier
from segur_pha.registre.evenements import DemandePreparee, FichierPrepare, Piece
from segur_pha.table.formats import Format
from segur_pha.table.modele import objet_de, objets_de
from segur_pha.table.roles import Acteur, Role
from segur_pha.texte_json.ecriture import json_du_brut

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sqlalchemy import Connection

    from segur_pha.registre.etats import EtatDemande
    from segur_pha.registre.evenements import Evenement
    from segur_pha.registre.memoire import EtatsEnMemoire
    from segur_pha.table.formats import Brut
    from segur_pha.table.specification import Specification

__all__ = [
    "antecedents",
    "evenements_de_preparation",
    "evenements_des_fichiers",
    "finess_de_ligne",
    "refuser_les_secondes",
]

#: No real amount has more digits; one that does is only kept in the line.
_CHIFFRES: Final = 15
_LONGUEUR_FINESS: Final = 9


def evenements_des_fichiers(
    fichiers: Mapping[str, bytes],
    *,
    jour: date,
    empreintes: Mapping[str, str],
    remplace: Mapping[str, str],
    specification: Specification,
    marque: str = "",
) -> list[Evenement]:
    """Say what there is to record of several files, name → bytes.

    Raises as :func:`evenements_de_preparation`, and :class:`~segur_pha.RegistreError` where a request that replaces another one
    is in none of them.
    """
    evenements: list[Evenement] = []
    for nom, octets in fichiers.items():
        evenements += evenements_de_preparation(
            octets,
            nom=nom,
            jour=jour,
            empreintes=empreintes,
            remplace=remplace,
            specification=specification,
            marque=marque,
        )
    inconnus = set(remplace) - {getattr(e, "numero_editeur", None) for e in evenements}
    if inconnus:
        raise RegistreError(f"Ces demandes ne sont pas dans les fichiers : {', '.join(sorted(inconnus))}.")
    return evenements


def evenements_de_preparation(
    octets: bytes,
    *,
    nom: str,
    jour: date,
    empreintes: Mapping[str, str],
    remplace: Mapping[str, str],
    specification: Specification,
    marque: str = "",
) -> Iterator[Evenement]:
    """Say what there is to record of one file; ``marque`` names the hidden folder that it waits in.

    Raises :class:`~segur_pha.FichierRejete` for a file that the 1st control refuses, :class:`~segur_pha.RegistreError` for a line
    without a number that no other line has.
    """
    rapport = controler(octets, specification=specification)
    if not rapport.recevable:
        raise FichierRejete(f"{nom} : {rapport}", rapport=rapport, code=rapport.anomalies_fichier[0].code)
    arbre = objet_de(rapport.arbre)
    liste = specification.liste_des_demandes.nom
    fichier = sha256(octets).hexdigest()
    yield FichierPrepare(
        jour=jour,
        fichier=fichier,
        nom=nom,
        numero_ans=str(specification.valeur_brute(arbre, Role.NUMERO_ANS)),
        siret=str(specification.valeur_brute(arbre, Role.EDITEUR)),
        specification=specification.nom,
        entete=json_du_brut({cle: v for cle, v in arbre.items() if cle != liste}, compact=True).decode(),
        marque=marque,
    )
    for rang, (brut, plat) in enumerate(zip(objets_de(arbre[liste]), rapport.en_lignes(), strict=True), start=1):
        numero = _numero(brut, rang, nom, specification)
        yield DemandePreparee(
            jour=jour,
            numero_editeur=numero,
            fichier=fichier,
            rang=rang,
            specification=specification.nom,
            ligne=json_du_brut(brut, compact=True).decode(),
            finess_geo=finess_de_ligne(brut, specification),
            date_commande=jour_commande if isinstance(jour_commande := plat["date_commande"], date) else None,
            regime_tva=regime if isinstance(regime := plat["regime_tva"], str) else None,
            montant_segur_ht=_monnaie(plat["montant_segur_ht"]),
            avance=_monnaie(plat["avance"]),
            pieces=tuple(_pieces(brut, empreintes, specification)),
            remplace=remplace.get(numero),
            solde_de=_avance_soldee(brut, specification),
        )


def _numero(ligne: Brut, rang: int, nom: str, specification: Specification) -> str:
    numero = specification.valeur_brute(ligne, Role.NUMERO_EDITEUR)
    rangee = specification.role(Role.NUMERO_EDITEUR)
    assert isinstance(rangee.format, Format)
    if isinstance(numero, str) and rangee.format.juger(numero) is None:
        return numero
    raise RegistreError(
        f"{nom}, ligne {rang} : {rangee.nom} incorrect, la demande ne peut pas être suivie ; indiquez {rangee.format.attendu}.",
        balise=rangee.nom,
    )


def _avance_soldee(ligne: Brut, specification: Specification) -> str | None:
    """Return the agency's reference that the publisher writes in a balance request: that of the advance it settles."""
    remplies = (role for role in (Role.AVANCE_SOLDEE, Role.REFERENCE_ASP) if role in specification.roles)
    role = next((role for role in remplies if specification.role(role).rempli_par is Acteur.EDITEUR), None)
    reference = None if role is None else specification.valeur_brute(ligne, role)
    return reference if isinstance(reference, str) and reference else None


def _monnaie(montant: object) -> Decimal | None:
    return montant if isinstance(montant, Decimal) and montant.adjusted() < _CHIFFRES else None


def _pieces(ligne: Brut, empreintes: Mapping[str, str], specification: Specification) -> Iterator[Piece]:
    pieces = specification.valeur_brute(ligne, Role.PIECES)
    for piece in pieces if isinstance(pieces, list) else []:
        nom = specification.valeur_brute(piece, Role.NOM_PIECE)
        if isinstance(nom, str):
            yield Piece(nom, empreintes.get(nom, ""))


def finess_de_ligne(ligne: Brut, specification: Specification) -> str | None:
    """Return the FINESS of a line in capitals, ``None`` when it has none of nine letters and digits.

    >>> from segur_pha import VA1
    >>> finess_de_ligne({"beneficiaire": {"FINESSGeo": "777777777"}}, VA1), finess_de_ligne({"beneficiaire": None}, VA1)
    ('777777777', None)
    >>> [finess_de_ligne({"beneficiaire": {"FINESSGeo": f}}, VA1) for f in ("7777777777", "777 77777", "77777777é", "2A7777777")]
    [None, None, None, '2A7777777']
    """
    finess = specification.valeur_brute(ligne, Role.OFFICINE)
    if not isinstance(finess, str) or len(finess) != _LONGUEUR_FINESS:
        return None
    return finess.upper() if finess.isascii() and finess.isalnum() else None


#: How many requests a message names.
_NOMMEES: Final = 20


def antecedents(
    connexion: Connection, specification: str, numeros: Collection[str], finess: Collection[str]
) -> list[Antecedent]:
    """Return the requests of a wave with one of these numbers (ignoring case), or for one of these pharmacies."""
    portes = {(specification, numero) for numero in _portes(connexion, specification, numeros)}
    etats = charger(connexion, numeros=portes, finess=finess)
    return [_antecedent(d, etats) for (vague, _), d in sorted(etats.demandes.items()) if vague == specification]


def _portes(connexion: Connection, specification: str, numeros: Collection[str]) -> Iterator[str]:
    t = tables.numeros.c
    for lot in lots({numero.casefold() for numero in numeros}):
        yield from connexion.scalars(select(t.numero_editeur).where(t.specification == specification, t.pli.in_(lot)))


def _antecedent(demande: EtatDemande, etats: EtatsEnMemoire) -> Antecedent:
    preparee = demande.phase is Phase.PREPAREE
    fichier = etats.fichiers[demande.fichier].phase
    return Antecedent(
        numero=demande.numero_editeur,
        phase=demande.phase.value,
        finess=demande.finess_geo,
        vivante=demande.phase in VIVANTES,
        libre=demande.phase is Phase.ABANDONNEE or (preparee and fichier is PhaseFichier.REFUSE),
        attend=preparee and fichier is PhaseFichier.PREPARE,
        a_resoumettre=demande.phase is Phase.REJETEE and demande.remplacee_par is None,
    )


def refuser_les_secondes(connexion: Connection, evenements: Iterable[Evenement]) -> None:
    """Refuse to prepare a second live request for a pharmacy in a wave, counting those of the ledger and of these files together.

    A balance request does not count as a second one with regard to the advance that it settles.

    Raises :class:`~segur_pha.RegistreError` naming all of them.
    """
    preparees = [e for e in evenements if isinstance(e, DemandePreparee) and e.finess_geo is not None]
    etats = charger(connexion, finess={e.finess_geo for e in preparees if e.finess_geo is not None})
    # Requests for the same money: the advance of a pharmacy, or the balance of one advance.
    vivantes: dict[tuple[str, str | None, str | None], dict[str, str]] = {}
    for d in etats.demandes.values():
        if d.phase in VIVANTES:
            memes = vivantes.setdefault((d.specification, d.finess_geo, d.solde_de), {})
            memes[d.numero_editeur] = f"{d.numero_editeur} ({d.phase})"
    secondes = []
    for e in preparees:
        memes = vivantes.setdefault((e.specification, e.finess_geo, e.solde_de), {})
        autres = sorted(dite for numero, dite in memes.items() if numero != e.numero_editeur)
        if autres:
            secondes.append(f"{e.numero_editeur} (après {', '.join(autres)})")
        memes.setdefault(e.numero_editeur, e.numero_editeur)
    if secondes:
        suite = "…" if len(secondes) > _NOMMEES else ""
        raise RegistreError(
            f"Ces demandes seraient la seconde de leur officine : {' ; '.join(secondes[:_NOMMEES])}{suite}. Retirez-les, ou "
            f"admettez-les ({OFFICINE_DEJA_DEMANDEE}).",
            code=OFFICINE_DEJA_DEMANDEE,
        )
