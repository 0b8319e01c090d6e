"""The state of a fleet on one day as a self-contained HTML page, and in notebooks."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from attrs import frozen

from segur_pha.certificats.adresses import TOTAL, tableau_adresses, tableau_mensuel_invalides
from segur_pha.certificats.echeances import mois_entre, tableau_mensuel
from segur_pha.certificats.figures import figure_charge, figure_editeurs, figure_en_png, figure_mois
from segur_pha.certificats.jours import en_lettres, mois_en_lettres
from segur_pha.certificats.lissage import Lissage, lisser
from segur_pha.certificats.plan import A_VENIR, HABILITATION_SERVEUR, PREREQUIS, RAPPEL_ADRESSE, plan_renouvellement
from segur_pha.certificats.seuils import Alerte, alertes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from matplotlib.figure import Figure

    from segur_pha.certificats.parc import Parc
    from segur_pha.certificats.plan import PlanRenouvellement

__all__ = ["Bilan", "bilan"]

_ALERTES_AFFICHEES = 1000
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
table{border-collapse:collapse;margin:1rem 0;font-size:13px}caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{border:1px solid #ccc;padding:.15rem .45rem;text-align:left}td.n{text-align:right}img{max-width:100%}
.defile{overflow-x:auto}.grave{font-weight:700}
"""


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

    def html(self) -> str:
        """Return a whole HTML page, pictures included; it loads nothing from elsewhere and runs no script.

        Raises:
            ExtraManquant: matplotlib (extra ``graphiques``) or email-validator (extra ``certificats``) is missing.
        """
        titre = f"Certificats des officines au {en_lettres(self.au)}"
        return (
            f'<!DOCTYPE html>\n<html lang="fr"><head><meta charset="utf-8"><title>{titre}</title>'
            f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
            f"<body><h1>{titre}</h1>{self._repr_html_()}</body></html>\n"
        )

    def _repr_html_(self) -> str:
        return "\n".join(
            [
                self._resume(),
                _image(figure_mois(self.parc), "Histogramme des officines par mois de première échéance"),
                _image(
                    figure_editeurs(self.parc), "Part des officines de chaque éditeur par mois (tableau ci-dessous)"
                ),
                _croise(tableau_mensuel(self.parc), "Part des officines de chaque éditeur, par mois"),
                "<h2>Adresses de notification</h2>",
                _adresses(self.parc),
                self._alertes(),
                self._plan(),
                "" if self.lissage is None else self._charge(self.lissage),
                self._illisibles(),
            ]
        )

    def _resume(self) -> str:
        return (
            f"<p>{len(self.parc.finess)} officines, {len(self.parc.certificats)} certificats, "
            f'<span class="grave">{len(self.alertes)} alertes</span>, '
            f"{len(self.parc.lignes_illisibles)} lignes illisibles.</p>"
        )

    def _alertes(self) -> str:
        lignes = [
            [a.finess, a.nom, a.editeur, en_lettres(a.fin), a.jours, len(a.certificats)]
            for a in self.alertes[:_ALERTES_AFFICHEES]
        ]
        reste = len(self.alertes) - len(lignes)
        suite = f"<p>… et {reste} autres : la sortie CSV les donne toutes.</p>" if reste else ""
        entetes = ("FINESS", "officine", "éditeur", "expiration", "jours", "certificats")
        return "<h2>Alertes</h2>" + _tableau("Les plus urgentes d’abord", entetes, lignes) + suite

    def _plan(self) -> str:
        compte = _tableau("Certificats", ("action", "nombre"), [[a.value, n] for a, n in self.plan.compte().items()])
        groupes = [
            [nom or "administrateur non indiqué", len(lignes), en_lettres(lignes[0].certificat.fin)]
            for nom, lignes in self.plan.par_administrateur().items()
        ]
        qui = _tableau("Par administrateur technique", ("administrateur", "à traiter", "première échéance"), groupes)
        etapes = "".join(f"<li>{escape(etape)}</li>" for etape in (*PREREQUIS, HABILITATION_SERVEUR))
        return (
            f"<h2>Plan de renouvellement</h2>{compte}{qui}<h3>Pour une nouvelle commande</h3><ol>{etapes}</ol>"
            f"<p>{escape(RAPPEL_ADRESSE)}</p><p>{escape(A_VENIR)}</p>"
        )

    def _charge(self, lissage: Lissage) -> str:
        perdues = [[f, self.parc.nom_officine(f), self.parc.editeur(f)] for f in lissage.officines_perdues]
        return (
            f"<h2>Lissage</h2>{lissage._repr_html_()}"
            + _image(figure_charge(lissage), "Renouvellements par semaine avant et après lissage")
            + _tableau("Officines qui ne peuvent pas être sauvées à temps", ("FINESS", "officine", "éditeur"), perdues)
        )

    def _illisibles(self) -> str:
        lignes = [[i.tableau, i.ligne, i.raison] for i in self.parc.lignes_illisibles]
        avertis = "".join(f"<li>{escape(texte)}</li>" for texte in self.parc.avertissements)
        return (
            "<h2>Ce qui n’a pas été lu</h2>"
            + _tableau("Lignes illisibles", ("tableau", "ligne", "raison"), lignes)
            + (f"<ul>{avertis}</ul>" if avertis else "")
        )


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


def _adresses(parc: Parc) -> str:
    premiere = {str(ligne["editeur"]): ligne for ligne in tableau_adresses(parc)}
    meilleure = {str(ligne["editeur"]): ligne for ligne in tableau_adresses(parc, toutes=True)}
    lignes = [[e, _pourcent(premiere[e]), _pourcent(meilleure[e])] for e in premiere]
    entetes = ("éditeur", "première adresse", "l’une des adresses")
    return _tableau("Officines dont l’adresse paraît valide", entetes, lignes) + _croise(
        tableau_mensuel_invalides(parc), "Première échéance des officines dont l’adresse paraît invalide"
    )


def _croise(cellules: Sequence[Mapping[str, object]], legende: str) -> str:
    mensuelles = [c for c in cellules if c["mois"] != TOTAL]
    mois = sorted({str(c["mois"]) for c in mensuelles})
    mois = complets if len(complets := mois_entre(mensuelles)) <= 2 * len(mois) else mois
    totaux = [TOTAL] if len(mensuelles) < len(cellules) else []
    parts = {(str(c["editeur"]), str(c["mois"])): _pourcent(c) for c in cellules}
    entetes = ["éditeur", *(mois_en_lettres(m) for m in mois), *totaux]
    lignes = [
        [editeur, *(parts.get((editeur, m), "") for m in (*mois, *totaux))]
        for editeur in dict.fromkeys(str(c["editeur"]) for c in cellules)
    ]
    return _tableau(legende, entetes, lignes)


def _pourcent(cellule: Mapping[str, object]) -> str:
    return f"{100 * float(str(cellule['part'])):.0f} %"


def _image(figure: Figure, texte: str) -> str:
    donnees = base64.b64encode(figure_en_png(figure)).decode("ascii")
    return f'<p><img alt="{escape(texte)}" src="data:image/png;base64,{donnees}"></p>'


def _tableau(legende: str, entetes: Sequence[str], lignes: Sequence[Sequence[object]]) -> str:
    tete = "".join(f"<th>{escape(entete)}</th>" for entete in entetes)
    corps = "".join(
        "<tr>"
        + "".join(f'<td class="n">{v}</td>' if isinstance(v, int) else f"<td>{escape(str(v))}</td>" for v in ligne)
        + "</tr>"
        for ligne in lignes
    )
    return (
        f'<div class="defile"><table><caption>{escape(legende)}</caption><thead><tr>{tete}</tr></thead>'
        f"<tbody>{corps}</tbody></table></div>"
    )
