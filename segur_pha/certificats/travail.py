"""The plan as work: who does what and on which day, in working order, as a table or JSON; and what no capacity saves."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from segur_pha.certificats.jours import en_lettres
from segur_pha.certificats.plan import Action
from segur_pha.certificats.sorties import en_valeur, octets_json
from segur_pha.rapports.tableau import Tableau

if TYPE_CHECKING:
    from segur_pha.certificats.lissage import Lissage
    from segur_pha.certificats.parc import Parc
    from segur_pha.certificats.plan import LignePlan, PlanRenouvellement
    from segur_pha.rapports.tableau import Cellule

__all__ = [
    "lignes_du_travail",
    "reserves",
    "tableau_des_impossibles",
    "tableau_du_travail",
    "travail_en_json",
    "verbe",
]

_COLONNES: Final = (
    *("jour_prevu", "action", "dernier_jour", "expiration", "regle", "finess", "officine", "editeur", "administrateur"),
    *("produit", "offre", "usage", "nom", "reserve", "raison"),
)
SANS_JOUR: Final = "aucun jour à cette capacité"
SANS_ESPOIR: Final = "trop tard, à n’importe quelle capacité : plus de jour ouvré avant la fin"


def lignes_du_travail(plan: PlanRenouvellement, lissage: Lissage | None = None) -> list[LignePlan]:
    """Return the lines on which somebody has to act, in working order.

    With ``lissage``, what was given a day comes day by day, the renewals of a day before its orders; what can still be saved but
    got no day comes first of all, and what is lost and got none comes last.
    """
    prevus = lissage.jours_prevus if lissage else {}
    # The levelling renews it early, although the window of the plan has not opened yet.
    lignes = [ligne for ligne in plan if ligne.a_faire or id(ligne) in prevus]

    def ordre(ligne: LignePlan) -> tuple[int, date, tuple[bool, int, str, str]]:
        jour = prevus.get(id(ligne))
        groupe = 1 if jour else (2 if ligne.action is Action.COMMANDER else 0)
        return (groupe, jour or date.min, ligne.urgence)

    return sorted(lignes, key=ordre)


def tableau_du_travail(parc: Parc, plan: PlanRenouvellement, lissage: Lissage | None = None) -> Tableau:
    """Return the work as a table: one row per certificate, its planned day first.

    ``reserve`` says that a renewal got no day, and whether a larger capacity would give it one.
    """
    return Tableau(
        _COLONNES, _rangees(parc, plan, lissage), titre=f"Travail au {en_lettres(plan.jour)}".replace("/", "-")
    )


def travail_en_json(parc: Parc, plan: PlanRenouvellement, lissage: Lissage | None = None) -> bytes:
    """Return the work as a JSON list of objects, with days as AAAA-MM-JJ and null where there is none.

    >>> import json
    >>> from segur_pha.certificats import Certificat, Parc, plan_renouvellement
    >>> parc = Parc((Certificat("750000002", date(2026, 6, 30)),))
    >>> (un,) = json.loads(travail_en_json(parc, plan_renouvellement(parc, jour=date(2026, 6, 1))))
    >>> un["action"], un["expiration"], un["jour_prevu"]
    ('renouveler', '2026-06-30', None)
    """
    rangees = _rangees(parc, plan, lissage)
    return octets_json({nom: en_valeur(v) for nom, v in zip(_COLONNES, rangee, strict=True)} for rangee in rangees)


def _rangees(parc: Parc, plan: PlanRenouvellement, lissage: Lissage | None) -> list[list[Cellule]]:
    prevus = lissage.jours_prevus if lissage else {}
    dites = reserves(lissage)
    return [
        [
            *(prevus.get(id(ligne)), verbe(ligne), ligne.dernier_jour, ligne.certificat.fin, ligne.regle),
            *(ligne.finess, parc.nom_officine(ligne.finess), parc.editeur(ligne.finess)),
            *(ligne.certificat.administrateur, ligne.certificat.numero),
            *(ligne.certificat.offre, ligne.certificat.usage, ligne.certificat.nom),
            *(dites.get(id(ligne), ""), ligne.raison),
        ]
        for ligne in lignes_du_travail(plan, lissage)
    ]


def verbe(ligne: LignePlan) -> str:
    """Return what to do about a line of the work, in French."""
    # A certificate outside the window only gets a day in order to be renewed.
    return Action.RENOUVELER.value if ligne.action is Action.ATTENDRE else ligne.action.value


def reserves(lissage: Lissage | None) -> dict[int, str]:
    """Return why lines got no day, by ``id(line)``."""
    if lissage is None:
        return {}
    return {id(ligne): SANS_JOUR for ligne in (*lissage.perdues, *lissage.commandes_sans_jour)} | {
        id(ligne): SANS_ESPOIR for ligne in lissage.insauvables
    }


def tableau_des_impossibles(parc: Parc, lissage: Lissage) -> Tableau:
    """Return the renewals that got no day: first those that no capacity saves, then those that a larger one would save.

    >>> from segur_pha.certificats import Certificat, Parc, lisser, plan_renouvellement
    >>> fins = [Certificat(f"99000000{n}", date(2025, 6, 13)) for n in range(3)]
    >>> parc = Parc(tuple(fins))
    >>> lissage = lisser(plan_renouvellement(parc, jour=date(2025, 6, 12)), capacite=1)
    >>> [rangee[4] for rangee in tableau_des_impossibles(parc, lissage).rangees]
    ['3 par jour ouvré suffiraient', '3 par jour ouvré suffiraient']
    """
    dites = reserves(lissage)
    suffit = f"{lissage.capacite_suffisante} par jour ouvré suffiraient"
    rangees: list[list[Cellule]] = [
        [
            *(ligne.finess, parc.nom_officine(ligne.finess), parc.editeur(ligne.finess), ligne.certificat.fin),
            SANS_ESPOIR if dites[id(ligne)] == SANS_ESPOIR else suffit,
        ]
        for ligne in sorted(lissage.perdues, key=lambda li: (dites[id(li)] != SANS_ESPOIR, li.urgence))
    ]
    return Tableau(("FINESS", "officine", "éditeur", "expiration", "ce qu’il faudrait"), rangees, titre="Impossibles")
