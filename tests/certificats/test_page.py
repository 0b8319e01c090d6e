"""Pictures and the page: they hold what the tables hold, load nothing and stay well-formed."""

from __future__ import annotations

import io
import re
import sys
from datetime import date, timedelta
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from flottes import JOUR, PARCS, parc_de
from hypothesis import given, settings
from PIL import Image

from segur_pha.certificats import (
    Certificat,
    CertificatEcarte,
    NatureDeCertificat,
    Officine,
    Parc,
    bilan,
    figure_charge,
    figure_editeurs,
    figure_en_png,
    figure_mois,
    lisser,
    plan_renouvellement,
)
from segur_pha.certificats.parc import ligne_illisible
from segur_pha.erreurs import ExtraManquant

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NOM = '<script>alert("$x$")</script> & <b>漢字 du Port</b>'
PARC = Parc(
    (
        *(
            Certificat("990000001", JOUR + timedelta(days=1), numero=str(n), administrateur="<i>Zoé</i>")
            for n in range(3)
        ),
        Certificat("990000002", JOUR + timedelta(days=200)),
        Certificat("990000003", JOUR - timedelta(days=1)),
    ),
    (ligne_illisible("suivi", 7, "fin de validité vide"),),
    {"990000001": Officine("990000001", NOM, NOM), "990000002": Officine("990000002", "Alpha")},
    ("cle.pem : clé privée refusée",),
)


class Lecteur(HTMLParser):
    """Checks that every tag is closed in order, and gathers text and attributes."""

    def __init__(self, texte: str) -> None:
        super().__init__()
        self.ouvertes: list[str] = []
        self.textes: list[str] = []
        self.attributs: dict[str, list[str]] = {}
        self.coupable = False
        self.feed(texte)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for nom, valeur in attrs:
            self.attributs.setdefault(nom, []).append(str(valeur))
        self.coupable = ("class", "long") in attrs
        if self.coupable:
            self.textes.append("")
        if tag not in {"meta", "input"}:
            self.ouvertes.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.ouvertes.pop() == tag
        self.coupable = tag == "span" and self.ouvertes[-1] in {"th", "td"}

    def handle_data(self, data: str) -> None:
        # A long word, which may be broken, is an element of its own: a cell is read as one text all the same.
        if self.coupable and self.ouvertes[-1:] in (["span"], ["th"], ["td"]):
            self.textes[-1] += data
        else:
            self.textes.append(data)
        self.coupable = False


@cache
def page_de_parc(capacite: int | None) -> str:
    """Give the page of PARC."""
    return bilan(PARC, jour=JOUR, capacite=capacite).html().decode()


def test_the_page_holds_everything_and_loads_nothing() -> None:
    page = page_de_parc(1)
    lu = Lecteur(page)
    assert lu.ouvertes == []
    assert not {"src", "href", "onclick", "srcset", "style"} & lu.attributs.keys()
    assert NOM in lu.textes
    assert page.count("<script") == 1  # the filter's, let through by its hash
    for texte in (
        "990000001",
        "12/06/2025",
        "100\xa0%",
        "fin de validité vide",
        "<i>Zoé</i>",
        "administrateur non indiqué",
    ):
        assert any(texte in t for t in lu.textes), texte
    assert any("clé privée refusée" in t for t in lu.textes)
    assert any("captcha" in t for t in lu.textes)
    assert bilan(PARC, jour=JOUR, capacite=1).html().decode() == page


def rangees_de(titre: str, textes: list[str]) -> list[str]:
    """Give what stands after the caption of a table."""
    return textes[textes.index(titre) + 1 :]


def test_who_cannot_be_saved_is_on_the_page() -> None:
    textes = Lecteur(page_de_parc(1)).textes
    assert rangees_de("Impossibles", textes)[5:9] == ["990000001", NOM, NOM, "13/06/2025"]
    sans = Lecteur(bilan(PARC, jour=JOUR).html().decode())
    assert "Capacité" not in sans.textes
    assert "Impossibles" not in Lecteur(page_de_parc(3)).textes


def test_the_work_of_each_day_is_on_the_page() -> None:
    lignes = rangees_de("Qui fait quoi, et quel jour", Lecteur(page_de_parc(3)).textes)
    assert lignes[9:16] == ["12/06/2025", "renouveler", "990000001", NOM, "<i>Zoé</i>", "0", "13/06/2025"]
    assert "commander de nouveau" in lignes


def test_the_wall_and_the_shares_are_those_of_the_tables() -> None:
    textes = Lecteur(page_de_parc(None)).textes
    mur = rangees_de("Officines par mois de première échéance", textes)
    assert mur[3:7] == ["juin\xa02025", "2", "déc.\xa02025", "1"]
    page = page_de_parc(None)
    assert '<rect width="1000" height="10"/>' in page
    assert re.search('<td class="nombre part-10" data-nom="[^"]+">100\xa0%</td>', page)


def test_our_figure_stands_beside_the_webinar_s() -> None:
    (phrase,) = [t for t in Lecteur(page_de_parc(None)).textes if "webinaire du 12/06/2025 comptait" in t]
    assert "0 officine sur 3" in phrase
    assert "61 %" in phrase
    assert "notre mesure" in phrase
    textes = Lecteur(page_de_parc(None)).textes
    assert any("noreply@pfc.eservices.esante.gouv.fr" in t for t in textes)
    assert rangees_de("Adresses à revoir, l’échéance la plus proche d’abord", textes)[5:10] == [
        *("990000003", "Autres", "11/06/2025", "aucune adresse", "990000001")
    ]


def test_the_three_certificates_and_what_does_not_count_are_on_the_page() -> None:
    parc = Parc(
        (Certificat("990000001", JOUR, usage="SIGN"), Certificat("990000002", JOUR)),
        ecartes=(CertificatEcarte("a.pem", 1, NatureDeCertificat.TEST, JOUR),),
        lectures=("Colonnes lues : « Fin ».",),
    )
    textes = Lecteur(bilan(parc, jour=JOUR).html().decode()).textes
    assert any(t.startswith("manque : INSi, DMP") for t in textes)
    assert rangees_de("Certificats lus, hors du compte", textes)[4:7] == ["a.pem", "1", "12/06/2025"]
    assert "Hors du compte : de TEST" in textes
    assert "Colonnes lues : « Fin »." in textes
    assert any("carte CPS seulement" in t for t in textes)
    assert any("90 jours avant est notre choix" in t for t in textes)


def test_an_empty_fleet_has_a_page_too() -> None:
    lu = Lecteur(bilan(Parc(()), jour=JOUR, capacite=1).html().decode())
    assert lu.ouvertes == []
    assert not any("webinaire du 12/06/2025 comptait" in t for t in lu.textes)


def test_a_notebook_shows_what_matters() -> None:
    b = bilan(PARC, jour=JOUR, capacite=1)
    shown = b._repr_html_()
    assert "3 officines, 5 certificats, 2 alertes, 1 ligne illisible." in shown
    assert b.lissage is not None
    assert b.lissage.phrase in shown
    assert "<script>" not in shown
    b = bilan(PARC, jour=JOUR)
    assert len(b._repr_html_()) < len(shown)
    assert repr(b) == "Bilan(jour=2025-06-12, Parc(3 officines, 5 certificats, 1 lignes illisibles), 2 alertes)"


def test_a_thousand_alerts_are_shown_and_the_rest_counted() -> None:
    parc = parc_de(*[JOUR] * 1002)
    assert "… et 2 autres : la sortie CSV les donne toutes." in Lecteur(bilan(parc, jour=JOUR).html().decode()).textes


def pixels(figure: Figure) -> Image.Image:
    return Image.open(io.BytesIO(figure_en_png(figure)))


@settings(max_examples=2)
@given(PARCS)
def test_every_fleet_can_be_drawn(parc: Parc) -> None:
    lissage = lisser(plan_renouvellement(parc, jour=JOUR), capacite=1)
    for figure in (figure_mois(parc), figure_editeurs(parc), figure_charge(lissage)):
        assert pixels(figure).width > 400


def test_the_bars_and_cells_are_those_of_the_table() -> None:
    parc = parc_de(date(2025, 11, 3), date(2025, 11, 9), *[date(2026, 1, 31)] * 1200)
    (axes,) = figure_mois(parc).axes
    assert [barre.get_height() for barre in axes.patches] == [2, 0, 1200]  # type: ignore[attr-defined]
    assert [etiquette.get_text() for etiquette in axes.get_xticklabels()] == ["nov. 2025", "déc. 2025", "janv. 2026"]
    assert [texte.get_text() for texte in axes.texts] == ["2", "1\u202f200"]
    (axes,) = figure_editeurs(PARC).axes
    assert sorted(texte.get_text() for texte in axes.texts) == ["100", "100", "100"]
    assert [etiquette.get_text() for etiquette in axes.get_yticklabels()] == [
        *("Autres", '<script>alert("$x$")</script>…', "Alpha")
    ]


def test_dark_and_light_cells_differ_in_grey() -> None:
    """The colour scale only gets darker: printed in grey, more is always darker."""
    (axes,) = figure_editeurs(PARC).axes
    (image,) = axes.images
    gris = [0.299 * r + 0.587 * v + 0.114 * b for r, v, b, _ in image.cmap([n / 20 for n in range(21)])]
    assert gris == sorted(gris, reverse=True)
    assert gris[0] - gris[-1] > 0.8


def test_a_stray_far_date_does_not_stretch_the_picture() -> None:
    (axes,) = figure_mois(parc_de(date(1969, 1, 1), JOUR, date(9999, 12, 31))).axes
    assert [etiquette.get_text() for etiquette in axes.get_xticklabels()] == ["janv. 1969", "juin 2025", "déc. 9999"]
    page = bilan(parc_de(date(1969, 1, 1), JOUR, date(9999, 12, 31)), jour=JOUR).html().decode()
    assert page.count("févr.") == 0


def test_a_long_series_of_months_is_cut_at_sixty() -> None:
    parc = parc_de(*(JOUR + timedelta(days=31 * rang) for rang in range(70)))
    (axes,) = figure_editeurs(parc).axes
    assert len(axes.texts) == len(axes.get_xticklabels()) == 60


def test_pictures_need_their_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ExtraManquant, match="graphiques"):
        figure_mois(PARC)
