"""The state of a fleet on one day as a self-contained HTML page, and in notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from segur_pha.certificats.lissage import Lissage, lisser
from segur_pha.certificats.plan import plan_renouvellement, tableau_du_plan
from segur_pha.certificats.sections import sections
from segur_pha.certificats.seuils import Alerte, alertes
from segur_pha.rapports.html import page
from segur_pha.rapports.notebook import en_carnet
from segur_pha.rapports.tableau import Marque, Niveau, accorder, en_mots

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from segur_pha.certificats.parc import Parc
    from segur_pha.certificats.plan import PlanRenouvellement

__all__ = ["Bilan", "bilan"]


@frozen(repr=False)
class Bilan:
    """Everything about a fleet on one day: plan, alerts, levelling when a capacity is given."""

    parc: Parc
    jour: date
    plan: PlanRenouvellement
    alertes: tuple[Alerte, ...]
    lissage: Lissage | None

    def __repr__(self) -> str:
        return f"Bilan(jour={self.jour.isoformat()}, {self.parc!r}, {len(self.alertes)} alertes)"

    def html(self) -> bytes:
        """Return a whole HTML page (UTF-8); it loads nothing from elsewhere and is readable without its script.

        Raises:
            ExtraManquant: email-validator (extra ``certificats``) is missing.
        """
        return page(f"Certificats des officines au {en_mots(self.jour)}", *sections(self), filtrable=True)

    def _repr_html_(self) -> str:
        from segur_pha.certificats.sections import tableau_montre

        parc = self.parc
        dits = (
            accorder(len(parc.finess), "officine"),
            accorder(len(parc.certificats), "certificat"),
            accorder(len(self.alertes), "alerte"),
            accorder(len(parc.lignes_illisibles), "ligne illisible", "lignes illisibles"),
        )
        return en_carnet(
            Marque(f"{', '.join(dits)}.", Niveau.FORT),
            tableau_du_plan(self.plan),
            tableau_montre(self, self.alertes),
            *([] if self.lissage is None else [self.lissage.phrase]),
        )


def bilan(
    parc: Parc,
    *,
    jour: date,
    capacite: int | None = None,
    fenetre_jours: int = 90,
    horizon_jours: int = 365,
    seuils: Iterable[int] = (90, 60, 30, 7),
) -> Bilan:
    """Return plan, alerts and, when ``capacite`` is given, levelling of a fleet on the day ``jour``.

    Raises:
        ReglageInvalide: a setting makes no sense.
        ExtraManquant: ``capacite`` is given without the extra ``certificats``.
    """
    plan = plan_renouvellement(parc, jour=jour, fenetre_jours=fenetre_jours)
    lissage = None if capacite is None else lisser(plan, capacite=capacite, horizon_jours=horizon_jours)
    return Bilan(parc, jour, plan, tuple(alertes(parc, jour=jour, seuils=seuils)), lissage)
