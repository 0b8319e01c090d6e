"""Pictures of a fleet (extra ``graphiques``): a single hue from light to dark, and hatches, still legible in grey."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from segur_pha.certificats.echeances import mois_entre, tableau_mensuel, total_par_editeur
from segur_pha.certificats.jours import en_lettres, mois_en_lettres
from segur_pha.erreurs import ExtraManquant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from segur_pha.certificats.lissage import Lissage
    from segur_pha.certificats.parc import Parc

__all__ = ["figure_charge", "figure_editeurs", "figure_en_png", "figure_mois"]

_BLEU = "#2c5f8a"
_CLAIR = "#dfe9f2"
_MOIS_AFFICHES = 60
_NOM_AFFICHE = 30
_FONCE_A_PARTIR_DE = 0.55


def figure_mois(parc: Parc) -> Figure:
    """Draw the number of pharmacies by month of their first expiry.

    Raises :class:`~segur_pha.ExtraManquant` when matplotlib (extra ``graphiques``) is not installed.
    """
    cellules = tableau_mensuel(parc)
    nombres = Counter[str]()
    for cellule in cellules:
        nombres[str(cellule["mois"])] += int(str(cellule["nombre"]))
    mois = _mois(cellules)
    figure, axes = _figure(max(6.0, 0.36 * len(mois) + 1.5), 3.4)
    hauteurs = [nombres[m] for m in mois]
    axes.bar(range(len(mois)), hauteurs, color=_BLEU, width=0.8)
    for rang, hauteur in enumerate(hauteurs):
        if hauteur:
            axes.annotate(
                _nombre(hauteur), (rang, hauteur), (0, 2), textcoords="offset points", ha="center", fontsize=7
            )
    _axe_des_mois(axes, mois)
    axes.set_ylabel("officines")
    axes.set_title("Officines par mois de première échéance", loc="left", fontsize=11)
    axes.margins(y=0.12)
    return figure


def figure_editeurs(parc: Parc) -> Figure:
    """Draw the share of each publisher's pharmacies by month of their first expiry, in percent.

    Raises :class:`~segur_pha.ExtraManquant` when matplotlib (extra ``graphiques``) is not installed.
    """
    cellules = tableau_mensuel(parc)
    mois, editeurs = _mois(cellules), list(total_par_editeur(parc))
    parts = {(str(c["editeur"]), str(c["mois"])): float(str(c["part"])) for c in cellules}
    figure, axes = _figure(max(6.0, 0.36 * len(mois) + 3.2), 0.34 * len(editeurs) + 1.5)
    if mois and editeurs:
        from matplotlib.colors import LinearSegmentedColormap

        teinte = LinearSegmentedColormap.from_list("echeances", ["white", _CLAIR, _BLEU, "#0b2239"])
        axes.imshow([[parts.get((e, m), 0.0) for m in mois] for e in editeurs], teinte, aspect="auto", vmin=0, vmax=1)
    for (editeur, un_mois), part in parts.items():
        if un_mois in mois:
            axes.text(
                mois.index(un_mois),
                editeurs.index(editeur),
                f"{100 * part:.0f}",
                ha="center",
                va="center",
                fontsize=7,
                color="white" if part > _FONCE_A_PARTIR_DE else "black",
            )
    _axe_des_mois(axes, mois)
    axes.set_yticks(range(len(editeurs)), [_affichable(e) for e in editeurs], fontsize=8, parse_math=False)
    axes.set_title("Part des officines de chaque éditeur par mois de première échéance (%)", loc="left", fontsize=11)
    axes.hlines([rang + 0.5 for rang in range(len(editeurs) - 1)], -0.5, len(mois) - 0.5, "#dddddd", linewidth=0.6)
    for bord in axes.spines.values():
        bord.set_visible(False)
    return figure


def figure_charge(lissage: Lissage) -> Figure:
    """Draw the renewals of each week: when all wait for their last useful day, and when spread.

    Raises :class:`~segur_pha.ExtraManquant` when matplotlib (extra ``graphiques``) is not installed.
    """
    avant, apres = _par_semaine(lissage.charge_avant), _par_semaine(lissage.charge_apres)
    bornes = sorted([*avant, *apres])
    semaines = [bornes[0] + timedelta(weeks=n) for n in range((bornes[-1] - bornes[0]).days // 7 + 1)] if bornes else []
    figure, axes = _figure(8.0, 3.4)
    rangs = range(len(semaines))
    axes.bar(
        rangs,
        [avant.get(s, 0) for s in semaines],
        width=0.9,
        facecolor=_CLAIR,
        edgecolor="#555555",
        hatch="////",
        linewidth=0.6,
        label="avant (au dernier jour utile)",
    )
    axes.bar(rangs, [apres.get(s, 0) for s in semaines], width=0.45, color=_BLEU, label="après lissage")
    pas = max(1, len(semaines) // 12)
    axes.set_xticks(list(rangs)[::pas], [en_lettres(s) for s in semaines[::pas]], rotation=45, ha="right", fontsize=8)
    axes.set_ylabel("renouvellements par semaine")
    axes.set_title(f"Charge avant et après lissage ({lissage.rythme} par jour ouvré)", loc="left", fontsize=11)
    axes.legend(frameon=False, fontsize=8)
    return figure


def figure_en_png(figure: Figure) -> bytes:
    """Return a figure as a PNG; the same figure gives the same bytes with the same matplotlib."""
    sortie = io.BytesIO()
    figure.savefig(sortie, format="png", dpi=110, metadata={"Software": None})
    return sortie.getvalue()


def _figure(largeur: float, hauteur: float) -> tuple[Figure, Axes]:
    try:
        from matplotlib.figure import Figure
    except ImportError as erreur:
        raise ExtraManquant("graphiques") from erreur
    # Figure, not pyplot: no global state, and nothing to close.
    figure = Figure(figsize=(largeur, hauteur), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _mois(cellules: Sequence[Mapping[str, object]]) -> list[str]:
    mois = mois_entre(cellules)
    # A stray date far away must not stretch the picture over a century of empty months.
    return mois if len(mois) <= _MOIS_AFFICHES else sorted({str(c["mois"]) for c in cellules})[:_MOIS_AFFICHES]


def _axe_des_mois(axes: Axes, mois: Sequence[str]) -> None:
    axes.set_xticks(range(len(mois)), [mois_en_lettres(m) for m in mois], rotation=60, ha="right", fontsize=8)
    axes.tick_params(length=0)


def _par_semaine(charge: Mapping[date, int]) -> dict[date, int]:
    semaines = Counter[date]()
    for jour, nombre in charge.items():
        semaines[jour - timedelta(days=jour.weekday())] += nombre
    return dict(semaines)


def _nombre(nombre: int) -> str:
    return f"{nombre:,}".replace(",", "\u202f")


def _affichable(nom: str) -> str:
    # The font bundled with matplotlib draws Latin; anything else would be an empty box and a warning.
    latin = "".join(c if (c.isprintable() and ord(c) < 0x250) or c in "’…–—€" else "?" for c in nom)  # noqa: PLR2004
    return latin if len(latin) <= _NOM_AFFICHE else latin[: _NOM_AFFICHE - 1].rstrip() + "…"
