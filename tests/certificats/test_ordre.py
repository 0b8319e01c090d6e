"""Day first or month first: the column decides, and says so where nothing decides."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from flottes import csv_de
from hypothesis import assume, given
from hypothesis import strategies as st

from segur_pha.certificats import ReglageInvalide, lire_suivi
from segur_pha.cli import principal

if TYPE_CHECKING:
    from pathlib import Path

JOURS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def suivi(fins: list[str], debuts: list[str] | None = None) -> str:
    colonnes = zip(range(len(fins)), fins, debuts or [""] * len(fins), strict=True)
    return csv_de(
        ["N° produit", "Fin de validité", "Début de validité", "FINESS"],
        *([str(rang), fin, debut, f"9900000{rang:02}"] for rang, fin, debut in colonnes),
    )


@pytest.mark.cas(16)
@given(st.lists(JOURS, min_size=1, max_size=20), st.sampled_from("/-."), st.sampled_from(["jj", "mm"]))
def test_a_column_with_a_day_above_12_is_read_in_its_order(jours: list[date], signe: str, premier: str) -> None:
    assume(any(jour.day > 12 for jour in jours))
    ordre = (lambda j: (j.day, j.month, j.year)) if premier == "jj" else (lambda j: (j.month, j.day, j.year))
    parc = lire_suivi(suivi([signe.join(f"{n:02}" for n in ordre(jour)) for jour in jours]))
    assert [c.fin for c in parc.certificats] == jours
    assert [("mm/jj" in avis.message) for avis in parc.avertissements] == [True] * (premier == "mm")


@pytest.mark.cas(16)
def test_case_16_the_fifth_of_march_is_no_third_of_may(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "suivi.csv").write_text(suivi(["03/05/2026", "03/25/2026", "04/17/2026"]), encoding="utf-8")
    assert principal(["certificats", str(tmp_path / "suivi.csv"), "--au", "2026-03-01"]) == 1
    lu = capsys.readouterr().out
    assert "05/03/2026      4  renouveler  990000000" in lu
    assert "le mois y est écrit avant le jour" in lu


def test_where_nothing_decides_it_is_said_and_can_be_settled() -> None:
    texte = suivi(["03/05/2026", "04/04/2026"])
    parc = lire_suivi(texte)
    assert [c.fin for c in parc.certificats] == [date(2026, 5, 3), date(2026, 4, 4)]
    (avis,) = parc.avertissements
    assert "« 03/05/2026 »" in avis.message
    assert "--ordre-des-jours" in avis.message
    for forme, fin in (("jj/mm/aaaa", date(2026, 5, 3)), ("mm/jj/aaaa", date(2026, 3, 5))):
        regle = lire_suivi(texte, ordre_des_jours=forme)  # type: ignore[arg-type]
        assert (regle.certificats[0].fin, regle.avertissements) == (fin, ())
    with pytest.raises(ReglageInvalide, match="ordre des jours"):
        lire_suivi(texte, ordre_des_jours="aaaa/mm/jj")  # type: ignore[arg-type]


def test_without_a_doubtful_day_nothing_is_said() -> None:
    assert lire_suivi(suivi(["04/04/2026", "2026-05-03", "3 mai 2026"])).avertissements == ()


def test_the_other_column_of_days_decides_where_one_cannot() -> None:
    parc = lire_suivi(suivi(["03/05/2026", "04/06/2026"], ["03/05/2023", "04/25/2023"]))
    assert [(c.debut, c.fin) for c in parc.certificats] == [
        (date(2023, 3, 5), date(2026, 3, 5)),
        (date(2023, 4, 25), date(2026, 4, 6)),
    ]


def test_a_column_in_both_orders_gives_only_what_reads_one_way() -> None:
    fins = ["03/05/2026", "25/05/2026", "05/26/2026", "20 févr. 2026"]
    parc = lire_suivi(suivi(fins))
    assert [c.fin for c in parc.certificats] == [date(2026, 5, 25), date(2026, 5, 26), date(2026, 2, 20)]
    assert [(i.ligne, "changent de place" in i.message) for i in parc.lignes_illisibles] == [(2, True)]
    debuts = lire_suivi(suivi(["2030-01-01"] * 3, ["03/05/2026", "25/05/2026", "05/26/2026"]))
    assert [(i.ligne, "début de validité" in i.message) for i in debuts.lignes_illisibles] == [(2, True)]
