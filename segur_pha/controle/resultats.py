"""Verdicts and checked files as rows: what a report shows of them, and what it never shows.

Those who read a report are not always allowed to see the file: no value that may be personal is shown, and a text that does not
look like the number of a request is not shown as one.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cache, cached_property
from itertools import chain
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from attrs import frozen

from segur_pha.anomalies import RapportDeControle
from segur_pha.erreurs import SegurError
from segur_pha.table.balise import Liste
from segur_pha.table.roles import Role
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from segur_pha.anomalies import Anomalie, Conseil, VerdictDeLigne
    from segur_pha.controle.lignes import VerdictLigne
    from segur_pha.rapports.tableau import Cellule, Tableau
    from segur_pha.table.specification import Specification
    from segur_pha.vagues import Demande

__all__ = [
    "VERSION_JSON",
    "EtatDuControle",
    "FichierControle",
    "RapportDeVague",
    "a_plat",
    "chemin_montrable",
    "en_objet",
    "en_tableau",
    "en_texte_json",
    "references_inventees",
]

#: Raised whenever readers of the JSON report have to change; a new key does not count.
VERSION_JSON: Final = 1

JSON: TypeAlias = "bool | int | str | list[JSON] | dict[str, JSON] | None"

#: The controls only ask for nine characters.
_FINESS: Final = re.compile("[0-9][0-9AB][0-9]{7}")

_CHIFFRES_D_UNE_PLACE: Final = 6


class EtatDuControle(StrEnum):
    """What became of a file.

    >>> [etat.code_de_sortie for etat in EtatDuControle]
    [0, 1, 2, 2]
    """

    ACCEPTE = "accepté"
    REJETS = "rejets"
    REFUSE = "refusé"
    ILLISIBLE = "illisible"

    @property
    def code_de_sortie(self) -> int:
        """The exit code of a command that checked such a file; for several files, the highest."""
        return {EtatDuControle.ACCEPTE: 0, EtatDuControle.REJETS: 1}.get(self, 2)


class RapportDeVague(RapportDeControle, Protocol):
    """A report that knows which wave it was judged by."""

    @property
    def specification(self) -> Specification:
        """The wave."""
        ...


@frozen(slots=False)
class FichierControle:
    """A file and its report, or why there is none.

    Attributes:
        nom: as the caller named it.
        rapport: ``None`` when the file could not be read.
        erreur: a French sentence in that case.

    >>> FichierControle("absent.json", None, "absent.json : introuvable.").etat
    <EtatDuControle.ILLISIBLE: 'illisible'>
    """

    nom: str
    rapport: RapportDeVague | None
    erreur: str = ""

    @property
    def etat(self) -> EtatDuControle:
        """Whether all is accepted, something is rejected, the whole file is refused, or it was not read at all."""
        if self.rapport is None:
            return EtatDuControle.ILLISIBLE
        if not self.rapport.recevable:
            return EtatDuControle.REFUSE
        return EtatDuControle.REJETS if self.rejetees else EtatDuControle.ACCEPTE

    @property
    def rejetees(self) -> Sequence[VerdictDeLigne]:
        """The rejected requests."""
        return self.rapport.rejetees if self.rapport else ()

    @property
    def lignes(self) -> Sequence[VerdictDeLigne]:
        """Every request; none when the file was refused or not read."""
        return self.rapport.lignes if self.rapport else ()

    @property
    def anomalies_fichier(self) -> tuple[Anomalie, ...]:
        """Why the file is refused as a whole."""
        return self.rapport.anomalies_fichier if self.rapport else ()

    @property
    def conseils(self) -> tuple[Conseil, ...]:
        """The advice."""
        return self.rapport.conseils if self.rapport else ()

    @cached_property
    def plates(self) -> tuple[dict[str, object], ...]:
        """The flat rows of the report, one per request (see ``RapportControle.en_lignes``), without what is not a FINESS."""
        rangees = self.rapport.en_lignes() if self.rapport else []
        return tuple(r if _FINESS.fullmatch(str(r["finess_geo"])) else {**r, "finess_geo": None} for r in rangees)

    @property
    def avance(self) -> Decimal:
        """The sum of the advances of the accepted requests, in euros."""
        return self.rapport.avance if self.rapport else Decimal("0.00")

    @property
    def specification(self) -> Specification:
        """The wave it was judged by; the default one when it was not read."""
        return self.rapport.specification if self.rapport else PAR_DEFAUT

    def numero(self, verdict: VerdictDeLigne) -> str | None:
        """Return the number of a request if it has the shape of one; anything else could be a name typed in the wrong place."""
        numero = verdict.numero_editeur
        motif = self.specification.noms_des_pieces.numero
        return numero if numero is not None and re.fullmatch(motif, numero) else None


@cache
def _tags(specification: Specification) -> frozenset[str]:
    return frozenset(b.nom for b in specification.balises)


@cache
def _listes(specification: Specification) -> frozenset[str]:
    return frozenset(b.nom for b in specification.balises if isinstance(b.format, Liste))


def chemin_montrable(chemin: str, specification: Specification = PAR_DEFAUT) -> str:
    """Cut a pointer before a key that the table does not know: such a key may be anything.

    >>> chemin_montrable("/lignesImport/0/jean.dupont@free.fr")
    '/lignesImport/0'
    """
    gardes: list[str] = []
    for jeton in chemin.split("/")[1:]:
        # A key made only of digits may be a telephone number: a place is short, and follows a list.
        dans_une_liste = bool(_listes(specification).intersection(gardes[-1:]))
        est_une_place = jeton.isdecimal() and len(jeton) <= _CHIFFRES_D_UNE_PLACE and dans_une_liste
        if jeton not in _tags(specification) and not est_une_place:
            break
        gardes.append(jeton)
    return "".join(f"/{jeton}" for jeton in gardes)


# --- One object for programs --------------------------------------------------------------------------------------------


def en_objet(fichiers: Sequence[FichierControle]) -> dict[str, JSON]:
    """Lay checked files out as one JSON-shaped object (``docs/reference/cli.md`` documents it).

    >>> en_objet([])
    {'version': 1, 'code_de_sortie': 0, 'fichiers': []}
    """
    return {
        "version": VERSION_JSON,
        "code_de_sortie": max((fichier.etat.code_de_sortie for fichier in fichiers), default=0),
        "fichiers": [_fichier_en_objet(fichier) for fichier in fichiers],
    }


def en_texte_json(fichiers: Sequence[FichierControle]) -> str:
    """Write that object as JSON: two blanks of indentation, a final newline."""
    import json

    return f"{json.dumps(en_objet(fichiers), ensure_ascii=False, indent=2)}\n"


def _fichier_en_objet(fichier: FichierControle) -> dict[str, JSON]:
    return {
        "fichier": fichier.nom,
        "etat": fichier.etat.value,
        "erreur": {"message": fichier.erreur, "code": None, "balise": None, "chemin": None} if fichier.erreur else None,
        "nombre_demandes": len(fichier.lignes),
        "nombre_acceptees": len(fichier.lignes) - len(fichier.rejetees),
        "nombre_rejetees": len(fichier.rejetees),
        "avance": str(fichier.avance),
        "anomalies_fichier": [_anomalie_en_objet(a, fichier) for a in fichier.anomalies_fichier],
        "lignes": [
            {
                "num_ligne": verdict.num_ligne,
                "numero_editeur": fichier.numero(verdict),
                "acceptee": verdict.acceptee,
                "code_traitement": verdict.code_traitement,
                "libelle_traitement": verdict.libelle_traitement,
                **{cle: _en_json(plate[cle]) for cle in _DES_ACCEPTEES},
                "anomalies": [_anomalie_en_objet(a, fichier) for a in verdict.anomalies],
            }
            for verdict, plate in zip(fichier.lignes, fichier.plates, strict=True)
        ],
        "conseils": [{"id": c.id, "libelle": c.libelle, **_lieu(c, fichier)} for c in fichier.conseils],
    }


#: What the flat rows tell about accepted requests.
_DES_ACCEPTEES: Final = ("finess_geo", "date_commande", "regime_tva", "montant_segur_ht", "avance")


def _anomalie_en_objet(anomalie: Anomalie, fichier: FichierControle) -> JSON:
    return {"code": anomalie.code, "libelle": anomalie.libelle, **_lieu(anomalie, fichier)}


def _lieu(objet: Anomalie | Conseil, fichier: FichierControle) -> Mapping[str, str | int | None]:
    position = objet.position
    return {
        "balise": objet.balise if objet.balise in _tags(fichier.specification) else None,
        "chemin": chemin_montrable(objet.chemin, fichier.specification),
        "ligne": position.ligne if position else None,
        "colonne": position.colonne if position else None,
    }


def _en_json(valeur: object) -> str | None:
    # Amounts are texts, so that no reader turns money into binary floats.  Days are AAAA-MM-JJ.
    return None if valeur is None else str(valeur)


# --- Rows for a spreadsheet ---------------------------------------------------------------------------------------------

_COLONNES: Final = (
    "fichier", "etat", "num_ligne", "numero_editeur", "code", "libelle", "balise", "chemin", "ligne", "colonne",
    "autres_anomalies", *_DES_ACCEPTEES,
)  # fmt: skip


def en_tableau(fichiers: Sequence[FichierControle], *, complet: bool) -> Tableau:
    """Lay checked files out as one table: a row per request; with ``complet``, all anomalies and the advice.

    >>> en_tableau([FichierControle("a.json", None, "a.json : introuvable.")], complet=False).rangees[0][:2]
    ('a.json', 'illisible')
    """
    from segur_pha.rapports.tableau import Tableau

    rangees = chain.from_iterable(_rangees(fichier, complet=complet) for fichier in fichiers)
    return Tableau(_COLONNES, [tuple(rangee.get(colonne) for colonne in _COLONNES) for rangee in rangees])


def _rangees(fichier: FichierControle, *, complet: bool) -> Iterator[dict[str, Cellule]]:
    debut: dict[str, Cellule] = {"fichier": fichier.nom}
    if fichier.erreur:
        yield {**debut, "etat": "illisible", "libelle": fichier.erreur}
    for anomalie in fichier.anomalies_fichier:
        yield {
            **debut,
            "etat": "fichier refusé",
            "code": anomalie.code,
            "libelle": anomalie.libelle,
            **_lieu(anomalie, fichier),
        }
    for verdict, plate in zip(fichier.lignes, fichier.plates, strict=True):
        yield from _rangees_de(fichier, verdict, plate, complet=complet)
    if complet:
        for conseil in fichier.conseils:
            yield {
                **debut,
                "etat": "conseil",
                "code": conseil.id,
                "libelle": conseil.libelle,
                **_lieu(conseil, fichier),
            }


def _rangees_de(
    fichier: FichierControle, verdict: VerdictDeLigne, plate: dict[str, object], *, complet: bool
) -> Iterator[dict[str, Cellule]]:
    numero = fichier.numero(verdict)
    tete: dict[str, Cellule] = {"fichier": fichier.nom, "num_ligne": verdict.num_ligne, "numero_editeur": numero}
    if verdict.acceptee:
        from segur_pha.rapports.tableau import en_cellule

        valeurs: dict[str, Cellule] = {cle: en_cellule(plate[cle]) for cle in _DES_ACCEPTEES}
        code, libelle = verdict.code_traitement, verdict.libelle_traitement
        yield {**tete, "etat": "acceptée", "code": code, "libelle": libelle, **valeurs}
        return
    montrees = verdict.anomalies if complet else verdict.anomalies[:1]
    autres = len(verdict.anomalies) - len(montrees)
    for anomalie in montrees:
        dites: dict[str, Cellule] = {"code": anomalie.code, "libelle": anomalie.libelle, **_lieu(anomalie, fichier)}
        yield {**tete, "etat": "rejetée", **dites, "autres_anomalies": autres}


_PREFIXE: Final = re.compile("[0-9A-Za-z-]{1,20}")


def references_inventees(prefixe: str, lignes: Iterable[VerdictLigne]) -> dict[int, str]:
    """Make up references for accepted lines, for tests: place of the line → ``prefixe`` and its number; none without a prefix."""
    if not prefixe:
        return {}
    if not _PREFIXE.fullmatch(prefixe):
        raise SegurError("--asp : indiquez 20 lettres, chiffres ou tirets au plus, comme ESSAI-.")
    return {ligne.num_ligne: f"{prefixe}{ligne.numero_editeur}" for ligne in lignes if ligne.acceptee}


def a_plat(verdict: VerdictLigne, demande: Demande | None, specification: Specification) -> dict[str, object]:
    """Return a line's flat mapping: see :meth:`~segur_pha.RapportControle.en_lignes`."""
    premiere = verdict.anomalies[0] if verdict.anomalies else None

    def valeur(role: Role) -> object:
        return specification.valeur(demande, role) if demande and role in specification.roles else None

    regime = valeur(Role.REGIME)
    return {
        "num_ligne": verdict.num_ligne,
        "numero_editeur": verdict.numero_editeur,
        "acceptee": verdict.acceptee,
        "code_traitement": verdict.code_traitement,
        "libelle_traitement": verdict.libelle_traitement,
        "balise": premiere.balise if premiere else None,
        "chemin": premiere.chemin if premiere else None,
        "anomalies": len(verdict.anomalies),
        "finess_geo": valeur(Role.OFFICINE),
        "date_commande": valeur(Role.DATE_COMMANDE),
        "regime_tva": regime.value if isinstance(regime, Enum) else regime,
        "montant_segur_ht": valeur(Role.MONTANT),
        "avance": specification.montant_attendu(demande) if demande else None,
    }
