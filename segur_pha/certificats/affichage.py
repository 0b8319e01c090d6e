"""The state of a fleet on one day, for people: a self-contained HTML page, a notebook view, pieces for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.certificats.lissage import Lissage, lisser
from segur_pha.certificats.plan import RAPPEL_EXPEDITEUR, plan_renouvellement, tableau_du_plan
from segur_pha.certificats.sections import sections
from segur_pha.certificats.seuils import Alerte, alertes, motif_montre
from segur_pha.certificats.trois import phrase_des_trois, trois_certificats
from segur_pha.rapports.html import page
from segur_pha.rapports.notebook import en_carnet
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, accorder, en_mots

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from segur_pha.certificats.parc import Parc
    from segur_pha.certificats.plan import PlanRenouvellement
    from segur_pha.certificats.sorties import Evolution
    from segur_pha.rapports.console import Morceau
    from segur_pha.rapports.tableau import Cellule

__all__ = ["Bilan", "bilan", "morceaux_du_bilan"]


@frozen(repr=False)
class Bilan:
    """Everything about a fleet on one day: the plan, the alerts, and the levelling if a capacity is given."""

    parc: Parc
    jour: date
    plan: PlanRenouvellement
    alertes: tuple[Alerte, ...]
    lissage: Lissage | None

    def __repr__(self) -> str:
        return f"Bilan(jour={self.jour.isoformat()}, {self.parc!r}, {len(self.alertes)} alertes)"

    def html(self) -> bytes:
        """Return a whole HTML page (UTF-8); it loads no external resource, and is readable without its script.

        Raises :class:`~segur_pha.ExtraManquant` when email-validator (extra ``certificats``) is missing.
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
    """Return the plan, the alerts and, if ``capacite`` is given, the levelling of a fleet on the day ``jour``.

    Raises :class:`~segur_pha.certificats.ReglageInvalide` when a setting makes no sense; :class:`~segur_pha.ExtraManquant` when
    ``capacite`` is given without the extra ``certificats``.
    """
    plan = plan_renouvellement(parc, jour=jour, fenetre_jours=fenetre_jours)
    lissage = None if capacite is None else lisser(plan, capacite=capacite, horizon_jours=horizon_jours)
    return Bilan(parc, jour, plan, tuple(alertes(parc, jour=jour, seuils=seuils)), lissage)


_MONTREES: Final = 20


def morceaux_du_bilan(etat: Bilan, change: Evolution | None, *, premier_jour: bool) -> list[Morceau]:
    """Return what to show; with ``change``, only what has changed since a previous day."""
    parc = etat.parc
    return [
        f"{accorder(len(parc.finess), 'officine')}, {accorder(len(parc.certificats), 'certificat')}",
        *parc.lectures,
        *_ecartes(parc),
        "",
        tableau_du_plan(etat.plan),
        "",
        *_alertes(etat, change, premier_jour=premier_jour),
        *_charge(etat),
        "",
        phrase_des_trois(trois_certificats(parc, jour=etat.jour), len(parc.lignes_illisibles)),
        RAPPEL_EXPEDITEUR,
        *_a_corriger(parc, change),
    ]


def _ecartes(parc: Parc) -> Iterator[Morceau]:
    if parc.ecartes:
        dits = ", ".join(f"{nombre} {nature.value}" for nature, nombre in parc.compte_ecartes().items())
        yield f"Hors du compte : {dits}."
        yield from (Phrase(str(ecarte), retrait=2) for ecarte in parc.ecartes[:_MONTREES])
        if len(parc.ecartes) > _MONTREES:
            yield f"  … et {accorder(len(parc.ecartes) - _MONTREES, 'autre')} : --html les donne tous."


def _alertes(etat: Bilan, change: Evolution | None, *, premier_jour: bool) -> Iterator[Morceau]:
    alertes = etat.alertes if change is None else change.nouvelles
    if change is None:
        quoi = accorder(len(alertes), "alerte")
    else:
        quoi = accorder(len(alertes), "alerte nouvelle", "alertes nouvelles")
        if premier_jour:
            yield "Premier passage : rien n’est encore connu, tout est nouveau."
    yield Phrase(Marque(quoi, Niveau.MAUVAIS if alertes else Niveau.BON))
    if alertes:
        yield _tableau(etat, alertes[:_MONTREES])
    if len(alertes) > _MONTREES:
        yield f"… et {accorder(len(alertes) - _MONTREES, 'autre')} : --csv les donne toutes."
    if change is not None and change.terminees:
        yield accorder(len(change.terminees), "alerte terminée", "alertes terminées")


def _tableau(etat: Bilan, alertes: Sequence[Alerte]) -> Tableau:
    prevus = etat.lissage.jours_par_certificat if etat.lissage else {}
    rangees: list[list[Cellule]] = []
    for a in alertes:
        jours = [prevus[id(c)] for c in a.certificats if id(c) in prevus]
        prevu = [min(jours, default=None)] if etat.lissage else []
        rangees.append(
            [a.fin, a.jours, a.action.value, *prevu, a.finess, a.nom, a.editeur, len(a.certificats), motif_montre(a)]
        )
    prevu_le = ["prévu le"] if etat.lissage else []
    return Tableau(
        ("expiration", "jours", "à faire", *prevu_le, "FINESS", "officine", "éditeur", "certificats", "motif"), rangees
    )


def _charge(etat: Bilan) -> Iterator[Morceau]:
    if etat.lissage is not None:
        yield ""
        yield etat.lissage.phrase
        if etat.lissage.perdues:
            noms = ", ".join(etat.lissage.officines_perdues)
            yield Phrase(Marque("Ne peuvent pas être renouvelées à temps : ", Niveau.MAUVAIS), noms)


def _a_corriger(parc: Parc, change: Evolution | None) -> Iterator[Morceau]:
    illisibles = parc.lignes_illisibles if change is None else change.illisibles
    if illisibles or parc.avertissements:
        yield ""
        yield Phrase(Marque("À corriger :" if illisibles else "À vérifier :", Niveau.ATTENTION))
        yield from (Phrase(str(ligne), retrait=2) for ligne in illisibles[:_MONTREES])
        yield from (Phrase(f"{avis}.", retrait=2) for avis in parc.avertissements)
    if len(illisibles) > _MONTREES:
        yield f"  … et {accorder(len(illisibles) - _MONTREES, 'autre')} : --html les donne toutes."
