"""The state of a fleet on one day as a self-contained HTML page, and in notebooks."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from attrs import frozen

from segur_pha.certificats.adresses import TOTAL, avis_adresses, mois_invalides, parts_valides, tableau_adresses
from segur_pha.certificats.echeances import mois_entre, tableau_mensuel
from segur_pha.certificats.figures import figure_charge, figure_editeurs, figure_en_png, figure_mois
from segur_pha.certificats.jours import mois_en_lettres
from segur_pha.certificats.lissage import Lissage, lisser
from segur_pha.certificats.plan import (
    A_VENIR,
    HABILITATION_SERVEUR,
    PREREQUIS,
    RAPPEL_ADRESSE,
    plan_renouvellement,
    tableau_du_plan,
)
from segur_pha.certificats.seuils import Alerte, alertes
from segur_pha.rapports.html import Html, element, page, table
from segur_pha.rapports.notebook import en_carnet
from segur_pha.rapports.tableau import Marque, Niveau, Tableau, accorder, en_mots

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from matplotlib.figure import Figure

    from segur_pha.certificats.parc import Parc
    from segur_pha.certificats.plan import PlanRenouvellement

__all__ = ["Bilan", "bilan"]

_ALERTES_AFFICHEES = 1000
_MOIS_VIDES_ADMIS = 3
#: Twelve, and one for the total.
_MOIS_PAR_TABLEAU = 13


@frozen(repr=False)
class Bilan:
    """Everything about a fleet on one day: plan, alerts, levelling when a capacity is given."""

    parc: Parc
    au: date
    plan: PlanRenouvellement
    alertes: tuple[Alerte, ...]
    lissage: Lissage | None

    def __repr__(self) -> str:
        return f"Bilan(au={self.au.isoformat()}, {self.parc!r}, {len(self.alertes)} alertes)"

    def html(self) -> bytes:
        """Return a whole HTML page (UTF-8), pictures included; it loads nothing from elsewhere and runs no script.

        Raises:
            ExtraManquant: matplotlib (extra ``graphiques``) or email-validator (extra ``certificats``) is missing.
        """
        return page(f"Certificats des officines au {en_mots(self.au)}", *self._contenu())

    def _repr_html_(self) -> str:
        return en_carnet(
            Marque(f"{self._comptes()}.", Niveau.FORT),
            tableau_du_plan(self.plan),
            self._tableau_des_alertes(self.alertes),
            *([] if self.lissage is None else [self.lissage.phrase]),
        )

    def _contenu(self) -> list[Html]:
        return [
            self._resume(),
            _image(figure_mois(self.parc), "Histogramme des officines par mois de première échéance"),
            _image(figure_editeurs(self.parc), "Part des officines de chaque éditeur par mois (tableau ci-dessous)"),
            _croise(tableau_mensuel(self.parc), "Part des officines de chaque éditeur, par mois"),
            element("h2", "Adresses de notification"),
            *_adresses(self.parc),
            *self._alertes(),
            *self._plan(),
            *([] if self.lissage is None else self._charge(self.lissage)),
            *self._illisibles(),
        ]

    def _resume(self) -> Html:
        return element("p", f"{self._comptes()}.")

    def _comptes(self) -> str:
        parc = self.parc
        return ", ".join(
            (
                accorder(len(parc.finess), "officine"),
                accorder(len(parc.certificats), "certificat"),
                accorder(len(self.alertes), "alerte"),
                accorder(len(parc.lignes_illisibles), "ligne illisible", "lignes illisibles"),
            )
        )

    def _tableau_des_alertes(self, montrees: Sequence[Alerte]) -> Tableau:
        lignes = [(a.finess, a.nom, a.editeur, a.fin, a.jours, len(a.certificats)) for a in montrees]
        entetes = ("FINESS", "officine", "éditeur", "expiration", "jours", "certificats")
        return Tableau(entetes, lignes, titre="Les plus urgentes d’abord")

    def _alertes(self) -> list[Html]:
        montrees = self.alertes[:_ALERTES_AFFICHEES]
        reste = len(self.alertes) - len(montrees)
        return [
            element("h2", "Alertes"),
            table(self._tableau_des_alertes(montrees)),
            *([element("p", f"… et {reste} autres : la sortie CSV les donne toutes.")] if reste else []),
        ]

    def _plan(self) -> list[Html]:
        groupes = [
            (nom or "administrateur non indiqué", len(lignes), lignes[0].certificat.fin)
            for nom, lignes in self.plan.par_administrateur().items()
        ]
        qui = Tableau(
            ("administrateur", "à traiter", "première échéance"), groupes, titre="Par administrateur technique"
        )
        etapes = [element("li", etape) for etape in (*PREREQUIS, HABILITATION_SERVEUR)]
        return [
            element("h2", "Plan de renouvellement"),
            table(tableau_du_plan(self.plan)),
            table(qui),
            element("h3", "Pour une nouvelle commande"),
            element("ol", *etapes),
            element("p", RAPPEL_ADRESSE),
            element("p", A_VENIR),
        ]

    def _charge(self, lissage: Lissage) -> list[Html]:
        perdues = [[f, self.parc.nom_officine(f), self.parc.editeur(f)] for f in lissage.officines_perdues]
        titre = "Officines qui ne peuvent pas être sauvées à temps"
        return [
            element("h2", "Lissage"),
            element("p", lissage.phrase),
            _image(figure_charge(lissage), "Renouvellements par semaine avant et après lissage"),
            table(Tableau(("FINESS", "officine", "éditeur"), perdues, titre=titre)),
        ]

    def _illisibles(self) -> list[Html]:
        lignes = [(i.tableau, i.ligne, i.raison) for i in self.parc.lignes_illisibles]
        return [
            element("h2", "Ce qui n’a pas été lu"),
            table(Tableau(("tableau", "ligne", "raison"), lignes, titre="Lignes illisibles")),
            element("ul", *(element("li", texte) for texte in self.parc.avertissements)),
        ]


def bilan(
    parc: Parc,
    *,
    au: date,
    capacite: int | None = None,
    fenetre_jours: int = 90,
    horizon_jours: int = 365,
    seuils: Iterable[int] = (90, 60, 30, 7),
) -> Bilan:
    """Return plan, alerts and, when ``capacite`` is given, levelling of a fleet on the day ``au``.

    Raises:
        ReglageInvalide: a setting makes no sense.
        ExtraManquant: ``capacite`` is given without the extra ``certificats``.
    """
    plan = plan_renouvellement(parc, au=au, fenetre_jours=fenetre_jours)
    lissage = None if capacite is None else lisser(plan, capacite=capacite, horizon_jours=horizon_jours)
    return Bilan(parc, au, plan, tuple(alertes(parc, au=au, seuils=seuils)), lissage)


def _adresses(parc: Parc) -> list[Html]:
    avis = avis_adresses(parc)
    premiere = {str(ligne["editeur"]): ligne for ligne in parts_valides(parc, avis)}
    meilleure = {str(ligne["editeur"]): ligne for ligne in tableau_adresses(parc, toutes=True)}
    lignes = [[e, _pourcent(premiere[e]), _pourcent(meilleure[e])] for e in premiere]
    entetes = ("éditeur", "première adresse", "l’une des adresses")
    titre = "Première échéance des officines dont l’adresse paraît invalide"
    return [
        table(Tableau(entetes, lignes, titre="Officines dont l’adresse paraît valide")),
        _croise(mois_invalides(parc, avis), titre),
    ]


def _croise(cellules: Sequence[Mapping[str, object]], titre: str) -> Html:
    """Lay shares out by publisher and month, a year per table: more would go over the edge of the paper."""
    mensuelles = [c for c in cellules if c["mois"] != TOTAL]
    touches = sorted({str(c["mois"]) for c in mensuelles})
    tous = mois_entre(mensuelles)
    # Months without a pharmacy keep the eye on the calendar, unless a stray far date adds centuries of them.
    mois = tous if len(tous) <= _MOIS_VIDES_ADMIS * len(touches) else touches
    totaux = [TOTAL] if len(mensuelles) < len(cellules) else []
    parts = {(str(c["editeur"]), str(c["mois"])): _pourcent(c) for c in cellules}
    editeurs = dict.fromkeys(str(c["editeur"]) for c in cellules)
    colonnes = [*mois, *totaux]
    tranches = [colonnes[i : i + _MOIS_PAR_TABLEAU] for i in range(0, len(colonnes), _MOIS_PAR_TABLEAU)] or [[]]
    tableaux = [
        Tableau(
            ("éditeur", *(m if m == TOTAL else mois_en_lettres(m) for m in tranche)),
            [[editeur, *(parts.get((editeur, m), "") for m in tranche)] for editeur in editeurs],
            titre=titre if len(tranches) == 1 else f"{titre} ({rang} sur {len(tranches)})",
        )
        for rang, tranche in enumerate(tranches, start=1)
    ]
    return Html("".join(map(table, tableaux)))


def _pourcent(cellule: Mapping[str, object]) -> str:
    return f"{100 * float(str(cellule['part'])):.0f} %"


def _image(figure: Figure, texte: str) -> Html:
    donnees = base64.b64encode(figure_en_png(figure)).decode("ascii")
    return element("p", Html(f'<img alt="{escape(texte)}" src="data:image/png;base64,{donnees}">'))
