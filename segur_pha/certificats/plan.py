"""What to do about each certificate on a given day: renew, order anew, wait, look.

Renewal is possible only while a certificate is active; after it, a new order with all its prerequisites (webinar of
12/06/2025, parts 1 and 3; decision 18).
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, overload

import msgspec
from attrs import frozen

from segur_pha.certificats.jours import en_lettres
from segur_pha.certificats.parc import Certificat, Etat, Parc, ReglageInvalide
from segur_pha.rapports.notebook import en_carnet
from segur_pha.rapports.tableau import Tableau

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "PREREQUIS",
    "RAPPEL_ADRESSE",
    "Action",
    "LignePlan",
    "PlanRenouvellement",
    "plan_renouvellement",
    "tableau_du_plan",
]

PREREQUIS = (
    "Le représentant légal de l’officine dispose de sa carte CPS.",
    "L’administrateur technique est désigné : formulaire 413, ou portail mesHabilitations.",
    "L’administrateur technique dispose de sa carte CPx : formulaire 301, ou web service TOM.",
    "Il se connecte à la plateforme de l’IGC-Santé et demande le certificat.",
    "Il retire le certificat.",
    "Il installe le certificat.",
)
"""The prerequisites of a new order, in the order of the webinar's first part."""

HABILITATION_SERVEUR = (
    "Certificat serveur : l’habilitation ne vaut que pour l’offre choisie à la désignation, elle est à refaire."
)
A_VENIR = (
    "Annoncé le 12/06/2025, à venir sur mesHabilitations : une personne morale comme administrateur technique, et la "
    "délégation de sa désignation."
)
RAPPEL_ADRESSE = (
    "L’adresse de notification d’un certificat ne peut plus être changée après la commande : choisissez une adresse "
    "partagée, sans captcha, et donnez-en plusieurs."
)


class Action(enum.Enum):
    """What to do about a certificate."""

    RENOUVELER = "renouveler"
    COMMANDER = "commander de nouveau"
    ATTENDRE = "rien pour l’instant"
    REVOQUE = "révoqué"
    VERIFIER = "à vérifier"


_PAR_ETAT = {Etat.REVOQUE: Action.REVOQUE, Etat.INCONNU: Action.VERIFIER, Etat.EXPIRE: Action.COMMANDER}


class LignePlan(msgspec.Struct, frozen=True, gc=False):
    """One certificate and what to do about it on the day ``au``."""

    certificat: Certificat
    action: Action
    au: date
    remplace: bool = False

    @property
    def finess(self) -> str:
        """The pharmacy."""
        return self.certificat.finess

    @property
    def dernier_jour(self) -> date | None:
        """The last day on which renewing surely works, the eve of the expiry, as the table does not tell its hour.

        On the day of the expiry itself, that day; ``None`` for a revoked certificate.  Past for an expired one.
        """
        fin = self.certificat.fin
        if self.action is Action.REVOQUE:
            return None
        return fin if fin == self.au else fin - timedelta(days=1)

    @property
    def raison(self) -> str:
        """Why, in French."""
        c, fin = self.certificat, en_lettres(self.certificat.fin)
        reste = (c.fin - self.au).days
        match self.action:
            case Action.RENOUVELER if reste == 0:
                return "Expire aujourd’hui : renouvelez-le s’il est encore actif, sinon passez une nouvelle commande."
            case Action.RENOUVELER:
                return f"Actif, expire le {fin} (dans {reste} jour{'s' if reste > 1 else ''}) : à renouveler avant."
            case Action.COMMANDER if reste < 0:
                return f"Expiré le {fin} : il ne se renouvelle plus, il faut une nouvelle commande."
            case Action.COMMANDER:
                return "Donné pour expiré par le suivi : il ne se renouvelle plus, il faut une nouvelle commande."
            case Action.ATTENDRE if self.remplace:
                return f"Remplacé par un certificat plus récent de mêmes offre, usage et nom (celui-ci finit le {fin})."
            case Action.ATTENDRE:
                return f"Actif jusqu’au {fin}, hors de la fenêtre de renouvellement."
            case Action.REVOQUE:
                return "Révoqué : il ne compte plus."
            case _:
                return f"État inconnu (« {c.etat_lu} ») : regardez-le sur la page de suivi de l’IGC-Santé."

    @property
    def etapes(self) -> tuple[str, ...]:
        """The prerequisites of a new order, in order; empty for anything else."""
        if self.action is not Action.COMMANDER:
            return ()
        serveur = (HABILITATION_SERVEUR,) if self.certificat.serveur else ()
        return (*PREREQUIS, *serveur, RAPPEL_ADRESSE)


@frozen
class PlanRenouvellement(Sequence[LignePlan]):
    """The plan of a fleet on one day: a sequence of lines, in the fleet's order."""

    au: date
    fenetre_jours: int
    lignes: tuple[LignePlan, ...]

    @overload
    def __getitem__(self, rang: int) -> LignePlan: ...
    @overload
    def __getitem__(self, rang: slice) -> tuple[LignePlan, ...]: ...
    def __getitem__(self, rang: int | slice) -> LignePlan | tuple[LignePlan, ...]:
        return self.lignes[rang]

    def __len__(self) -> int:
        return len(self.lignes)

    def __iter__(self) -> Iterator[LignePlan]:
        return iter(self.lignes)

    def __repr__(self) -> str:
        dits = ", ".join(f"{nombre} {action.value}" for action, nombre in self.compte().items() if nombre)
        return f"PlanRenouvellement(au={self.au.isoformat()}, {dits or 'vide'})"

    def _repr_html_(self) -> str:
        return en_carnet(tableau_du_plan(self))

    def compte(self) -> dict[Action, int]:
        """Return the number of certificates by action, every action named."""
        vus = Counter([ligne.action for ligne in self.lignes])
        return {action: vus[action] for action in Action}

    def pour(self, *actions: Action) -> tuple[LignePlan, ...]:
        """Return the lines of these actions, the most urgent first."""
        gardees = (ligne for ligne in self.lignes if ligne.action in actions)
        return tuple(sorted(gardees, key=lambda li: (li.certificat.fin, li.finess, li.certificat.numero)))

    def par_administrateur(self) -> dict[str, tuple[LignePlan, ...]]:
        """Return what is to do (renew, order anew, look) by technical administrator, the most urgent first.

        Certificates whose administrator the table does not name stand under ``""``.
        """
        groupes: dict[str, list[LignePlan]] = {}
        for ligne in self.pour(Action.RENOUVELER, Action.COMMANDER, Action.VERIFIER):
            groupes.setdefault(ligne.certificat.administrateur, []).append(ligne)
        return {nom: tuple(groupes[nom]) for nom in sorted(groupes)}


def tableau_du_plan(plan: PlanRenouvellement) -> Tableau:
    """Return the number of certificates by action, as a table to show."""
    lignes = [[action.value, nombre] for action, nombre in plan.compte().items()]
    return Tableau(("action", "certificats"), lignes, titre=f"Plan au {en_lettres(plan.au)}")


def plan_renouvellement(parc: Parc, *, au: date, fenetre_jours: int = 90) -> PlanRenouvellement:
    """Return what to do about each certificate of a fleet on the day ``au``.

    A certificate is renewed when it is active and expires within ``fenetre_jours`` days (90 is ours, the webinar says
    only « while active »), ordered anew when it has expired, left alone when it expires later or is superseded.

    Raises:
        ReglageInvalide: ``fenetre_jours`` is not a number of days from 0 up.

    >>> parc = Parc((Certificat("750000002", date(2026, 6, 30)), Certificat("750000002", date(2026, 3, 1))))
    >>> plan_renouvellement(parc, au=date(2026, 3, 10))
    PlanRenouvellement(au=2026-03-10, 1 commander de nouveau, 1 rien pour l’instant)
    """
    if isinstance(fenetre_jours, bool) or not isinstance(fenetre_jours, int) or fenetre_jours < 0:
        raise ReglageInvalide("La fenêtre de renouvellement est un nombre de jours, 0 ou plus.")
    limite = date.fromordinal(min(au.toordinal() + fenetre_jours, date.max.toordinal()))
    ecartes = parc.remplaces
    lignes = []
    for place, c in enumerate(parc.certificats):
        if c.etat is not Etat.ACTIF and c.etat is not Etat.NON_DIT:
            action = _PAR_ETAT[c.etat]
        elif c.fin < au:
            action = Action.COMMANDER
        else:
            action = Action.RENOUVELER if c.fin <= limite else Action.ATTENDRE
        if place in ecartes and action is not Action.REVOQUE:
            lignes.append(LignePlan(c, Action.ATTENDRE, au, remplace=True))
        else:
            lignes.append(LignePlan(c, action, au))
    return PlanRenouvellement(au, fenetre_jours, tuple(lignes))
