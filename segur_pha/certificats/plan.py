"""What to do about each certificate on a given day: renew it, order a new one, wait, or look at it.

Renewal is possible only while a certificate is active; after that, it takes a new order with all its prerequisites (webinar of
12/06/2025, parts 1 and 3; decision 18).
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from operator import attrgetter
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
    "Nommer un administrateur technique, ou plusieurs, dans l’officine ou chez un tiers éditeur.",
    "Le représentant légal de l’officine dispose de sa carte CPS.",
    "Habiliter l’administrateur technique : formulaire 413, ou directement sur le portail mesHabilitations.",
    "Si besoin, l’éditeur commande la carte CPx de l’administrateur technique : formulaire 301, ou web service TOM.",
    "L’administrateur technique se connecte à la plateforme de l’IGC-Santé et demande le certificat.",
    "Il retire le certificat.",
    "Il installe le certificat.",
)
"""The prerequisites of a new order, in the order of the webinar's first part."""

HABILITATION_SERVEUR = (
    "Certificat serveur : la désignation ne vaut que pour l’offre choisie alors, elle est à refaire quand il en faut un ; "
    "une délégation vaudra pour toute l’offre."
)
A_VENIR = (
    "Annoncé le 12/06/2025, à venir sur mesHabilitations : une personne morale pourra être administrateur technique ; et "
    "une structure pourra déléguer à une personne ou à une autre structure le choix des administrateurs techniques, pour "
    "toute l’offre de certificats."
)
COMMANDE_DE_TEST = "Pour commander un certificat de TEST, la connexion à l’IGC-Santé se fait par carte CPS seulement."
RAPPEL_ADRESSE = (
    "Au 12/06/2025, l’adresse d’un certificat ne pouvait plus être modifiée (évolution à l’étude) : donnez à la commande "
    "une ou plusieurs adresses partagées ou génériques, sans captcha."
)
EXPEDITEUR = "noreply@pfc.eservices.esante.gouv.fr"
"""Who sends the notice of expiry (FAQ des industriels of the ANS)."""
RAPPEL_EXPEDITEUR = (
    f"L’avis d’expiration est envoyé 60 jours avant par {EXPEDITEUR} : autorisez cet expéditeur dans votre "
    "messagerie (FAQ des industriels, ANS)."
)


class Action(enum.Enum):
    """What to do about a certificate."""

    RENOUVELER = "renouveler"
    COMMANDER = "commander de nouveau"
    ATTENDRE = "rien pour l’instant"
    REVOQUE = "révoqué"
    VERIFIER = "à vérifier"


_PAR_ETAT = {Etat.REVOQUE: Action.REVOQUE, Etat.INCONNU: Action.VERIFIER, Etat.EXPIRE: Action.COMMANDER}


_RIEN_A_FAIRE = frozenset([Action.ATTENDRE, Action.REVOQUE])


class LignePlan(msgspec.Struct, frozen=True, gc=False):
    """One certificate and what to do about it on the day ``jour``."""

    certificat: Certificat
    action: Action
    jour: date
    remplace: bool = False

    @property
    def finess(self) -> str:
        """The pharmacy."""
        return self.certificat.finess

    @property
    def a_faire(self) -> bool:
        """Whether somebody has to renew, to order a new one, or to look."""
        return self.action not in _RIEN_A_FAIRE

    @property
    def urgence(self) -> tuple[bool, int, str, str]:
        """The sort key, which puts first what can still be saved, by nearest end, then what is lost, by latest end."""
        perdue, fin = self.action is Action.COMMANDER, self.certificat.fin.toordinal()
        return (perdue, -fin if perdue else fin, self.finess, self.certificat.numero)

    @property
    def dernier_jour(self) -> date | None:
        """The last day on which renewing certainly works, the day before the expiry, since the table does not tell its hour.

        On the day of the expiry itself, it is that day; it is ``None`` for a revoked certificate, and past for an expired one.
        """
        fin = self.certificat.fin
        if self.certificat.etat is Etat.REVOQUE:
            return None
        return fin if fin == self.jour else fin - timedelta(days=1)

    @property
    def raison(self) -> str:
        """Why, in French."""
        c, fin = self.certificat, en_lettres(self.certificat.fin)
        reste = (c.fin - self.jour).days
        match self.action:
            case Action.RENOUVELER if reste == 0:
                return "Expire aujourd’hui : renouvelez-le s’il est encore actif, sinon passez une nouvelle commande."
            case Action.RENOUVELER:
                return f"Actif, expire le {fin} (dans {reste} jour{'s' if reste > 1 else ''}) : à renouveler avant."
            case Action.COMMANDER if c.etat is Etat.REVOQUE:
                return "Révoqué, et rien ne le remplace : il faut une nouvelle commande."
            case Action.COMMANDER if reste < 0 and c.fin_certificat and c.fin_certificat >= self.jour:
                suite = f"le certificat, lui, court jusqu’au {en_lettres(c.fin_certificat)}"
                return f"La clé ne sert plus depuis le {fin} ({suite}) : renouvelez-le s’il est encore actif, sinon commandez."
            case Action.COMMANDER if reste < 0:
                return f"Expiré le {fin} : il ne se renouvelle plus, il faut une nouvelle commande."
            case Action.COMMANDER:
                return "Donné pour expiré par le suivi : il ne se renouvelle plus, il faut une nouvelle commande."
            case Action.ATTENDRE if self.remplace:
                return f"Remplacé par un certificat plus récent de mêmes offre, usage et nom (celui-ci finit le {fin})."
            case Action.ATTENDRE:
                return f"Actif jusqu’au {fin}, hors de la fenêtre de renouvellement."
            case Action.REVOQUE:
                return "Révoqué et remplacé : il ne compte plus."
            case _:
                return f"État inconnu (« {c.etat_lu} ») : regardez-le sur la page de suivi de l’IGC-Santé."

    @property
    def etapes(self) -> tuple[str, ...]:
        """The prerequisites of a new order, in sequence; empty for any other action."""
        if self.action is not Action.COMMANDER:
            return ()
        serveur = (HABILITATION_SERVEUR,) if self.certificat.serveur else ()
        return (*PREREQUIS, *serveur, RAPPEL_ADRESSE)

    @property
    def regle(self) -> str:
        """Which end decides, in French (decision 18)."""
        return self.certificat.regle


@frozen
class PlanRenouvellement(Sequence[LignePlan]):
    """The plan of a fleet on one day: a sequence of lines, in the fleet's order."""

    jour: date
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
        return f"PlanRenouvellement(jour={self.jour.isoformat()}, {dits or 'vide'})"

    def _repr_html_(self) -> str:
        return en_carnet(tableau_du_plan(self))

    def compte(self) -> dict[Action, int]:
        """Return the number of certificates by action, including actions without any.

        >>> from datetime import date
        >>> from segur_pha.certificats import Certificat, Parc
        >>> plan = plan_renouvellement(Parc((Certificat("750000002", date(2026, 6, 30)),)), jour=date(2026, 6, 1))
        >>> plan.compte()[Action.RENOUVELER]
        1
        """
        vus = Counter([ligne.action for ligne in self.lignes])
        return {action: vus[action] for action in Action}

    def pour(self, *actions: Action) -> tuple[LignePlan, ...]:
        """Return the lines with these actions, the most urgent first: what can still be saved, then what is lost."""
        return tuple(sorted((li for li in self.lignes if li.action in actions), key=attrgetter("urgence")))

    def par_administrateur(self) -> dict[str, tuple[LignePlan, ...]]:
        """Return what there is to do (renew, order a new one, look) by technical administrator, the most urgent first.

        Certificates whose administrator is not named in the table come under ``""``.

        >>> from datetime import date
        >>> from segur_pha.certificats import Certificat, Parc
        >>> parc = Parc((Certificat("750000002", date(2026, 6, 30), administrateur="Zoé"),))
        >>> plan = plan_renouvellement(parc, jour=date(2026, 6, 1))
        >>> [(nom, len(lignes)) for nom, lignes in plan.par_administrateur().items()]
        [('Zoé', 1)]
        """
        groupes: dict[str, list[LignePlan]] = {}
        for ligne in self.pour(Action.RENOUVELER, Action.COMMANDER, Action.VERIFIER):
            groupes.setdefault(ligne.certificat.administrateur, []).append(ligne)
        return {nom: tuple(groupes[nom]) for nom in sorted(groupes)}


def tableau_du_plan(plan: PlanRenouvellement) -> Tableau:
    """Return the number of certificates by action, as a table to show."""
    lignes = [[action.value, nombre] for action, nombre in plan.compte().items()]
    return Tableau(("action", "certificats"), lignes, titre=f"Plan au {en_lettres(plan.jour)}")


def plan_renouvellement(parc: Parc, *, jour: date, fenetre_jours: int = 90) -> PlanRenouvellement:
    """Return what to do about each certificate of a fleet on the day ``jour``.

    A certificate is to be renewed when it is active and expires within ``fenetre_jours`` days (90 is our choice, the webinar only
    says "while active"), replaced by a new order when it has expired or is revoked and not replaced, and left alone when it
    expires later or is superseded.

    Raises :class:`~segur_pha.certificats.ReglageInvalide` when ``fenetre_jours`` is not a number of days from 0 up.

    >>> parc = Parc((Certificat("750000002", date(2026, 6, 30)), Certificat("750000002", date(2026, 3, 1))))
    >>> plan_renouvellement(parc, jour=date(2026, 3, 10))
    PlanRenouvellement(jour=2026-03-10, 1 commander de nouveau, 1 rien pour l’instant)
    """
    if isinstance(fenetre_jours, bool) or not isinstance(fenetre_jours, int) or fenetre_jours < 0:
        raise ReglageInvalide("La fenêtre de renouvellement est un nombre de jours, 0 ou plus.")
    limite = date.fromordinal(min(jour.toordinal() + fenetre_jours, date.max.toordinal()))
    ecartes, sans_suite = parc.remplaces, parc.revoques_sans_suite
    lignes = []
    for place, c in enumerate(parc.certificats):
        if place in sans_suite:
            action = Action.COMMANDER
        elif c.etat is not Etat.ACTIF and c.etat is not Etat.NON_DIT:
            action = _PAR_ETAT[c.etat]
        elif c.fin < jour:
            action = Action.COMMANDER
        else:
            action = Action.RENOUVELER if c.fin <= limite else Action.ATTENDRE
        if place in ecartes and c.etat is not Etat.REVOQUE:
            lignes.append(LignePlan(c, Action.ATTENDRE, jour, remplace=True))
        else:
            lignes.append(LignePlan(c, action, jour))
    return PlanRenouvellement(jour, fenetre_jours, tuple(lignes))
