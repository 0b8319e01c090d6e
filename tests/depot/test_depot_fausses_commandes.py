"""A wrong table gets a short answer, and a row that is no order one finding that says the real cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fabrique_depot import bons, commande, editeur, pdf
from hypothesis import given
from hypothesis import strategies as st
from test_depot_preparation import DAY, prepare

from segur_pha.depot import CommandesRefusees, Constat, preparer_depot
from segur_pha.depot.commandes import LecteurDeCommandes, entetes_connus
from segur_pha.depot.export import ouvrir_export
from segur_pha.depot.ressemblances import titres_ressemblants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from segur_pha import Editeur


def refused(
    folder: Path, orders: Sequence[Mapping[str, object]] | Path, settings: Editeur | None = None
) -> CommandesRefusees:
    with pytest.raises(CommandesRefusees) as raised:
        preparer_depot(orders, settings or editeur(), folder / "pieces", folder / "depot", jour=DAY)
    return raised.value


def found(folder: Path, *orders: Mapping[str, object]) -> list[tuple[int | None, str]]:
    return [(f.ligne, f.code) for f in refused(folder, orders).fautes]


def read(*orders: Mapping[str, object]) -> list[list[Constat]]:
    """Read orders without their documents: the faults of each."""
    export = ouvrir_export(orders, entetes_connus(editeur()).values())
    reader = LecteurDeCommandes(export, editeur(), numeros_servis=False)
    return [[*reader.lire(row).fautes] for row in export.rangees]


SETTINGS = {
    "numero_editeur": "N° demande",
    "date_commande": "Date de signature",
    "nom_responsable": "Titulaire",
    "finess_geo": "FINESS",
    "montant_segur_ht": "Montant HT",
    "bon_commande": "Bon de commande",
}
EXPORT = ("Réf. commande", "Date signature", "Pharmacie", "Nom titulaire", "N° FINESS", "Montant € HT", "Fichier bon")


@pytest.mark.cas(20)
def test_a_wrong_table_is_told_by_its_titles_and_its_rows_are_not_read(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    rows = "\n".join(f"{k:05};x;y;z;t;u;v;w" for k in range(200))
    (tmp_path / "e.csv").write_text(";".join((*EXPORT, "Tranche")) + "\n" + rows)
    settings = editeur(colonnes=SETTINGS | {"tranche": "Tranche"})
    faults = refused(tmp_path, tmp_path / "e.csv", settings).fautes
    assert all(fault.ligne is None for fault in faults)
    assert [fault.colonne for fault in faults] == [*SETTINGS.values(), ""]
    for keyword, title in (
        ("finess_geo", "N° FINESS"),
        ("montant_segur_ht", "Montant € HT"),
        ("bon_commande", "Fichier bon"),
    ):
        (fault,) = (fault for fault in faults if f'{keyword} = "{title}"' in fault.message)
        assert fault.colonne == SETTINGS[keyword]
    titles = faults[-1]
    assert titles.code == "titres-de-l-export"
    assert "« Pharmacie »," in titles.message
    assert "« Nom titulaire » (ressemble à nom_responsable)" in titles.message
    assert len(refused(tmp_path, tmp_path / "e.csv", settings).args[0].splitlines()) <= 12


def test_a_table_of_many_titles_is_named_in_part(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    order = {"numero_editeur": "00001"} | {f"colonne {k}": "x" for k in range(1000)}
    (*_, titles) = refused(tmp_path, [order]).fautes
    assert titles.message.count("«") == 40
    assert "et 961 autres" in titles.message


def test_what_resembles_nothing_is_proposed_for_nothing() -> None:
    assert not titres_ressemblants(["Ville", "Commercial", "???", ""], {"finess_geo": ["FINESSGeo"], "tranche": []})


@given(
    words=st.sampled_from(["TOTAL", "Total général", "Sous-total", "S/Total", "totaux", "Total :", "TOTAL HT (3)", "Somme"]),
    column=st.sampled_from(["numero_editeur", "date_commande", "nom_responsable", "finess_geo", "bon_commande", "Commentaire"]),
    amount=st.sampled_from(["2 124,99 €", "2124,99", None, 2124.99]),
)  # fmt: skip
def test_a_sum_under_the_orders_is_one_fault_that_says_so(words: str, column: str, amount: object) -> None:
    empty = dict.fromkeys(commande())
    first, last = read(commande() | {"Commentaire": ""}, {**empty, "montant_segur_ht": amount, column: words})
    assert not first
    assert [(fault.ligne, fault.code) for fault in last] == [(2, "ligne-de-total")]


@pytest.mark.parametrize("amount", ["2 124,99 €", 2124.99])
def test_an_amount_alone_is_a_sum_too(amount: object) -> None:
    (faults,) = read(dict.fromkeys(commande()) | {"montant_segur_ht": amount})
    assert [fault.code for fault in faults] == ["ligne-de-total"]


@pytest.mark.parametrize("name", ["TOTAL", "SOMME", "TOTALINI"])
def test_an_order_of_someone_called_so_is_an_order(name: str) -> None:
    assert read(commande(nom_responsable=name)) == [[]]


def test_a_row_twice_is_one_fault_and_not_its_number_its_pharmacy_and_its_document(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 2)
    answer = refused(tmp_path, [commande(1), commande(2), commande(1)])
    assert [(f.ligne, f.code) for f in answer.fautes] == [(3, "ligne-double")]
    assert "ligne 1" in answer.fautes[0].message
    assert "finess-double" not in {c.code for c in answer.conseils}


@given(st.sampled_from(["date_commande", "nom_responsable", "finess_geo", "montant_segur_ht"]))
def test_a_row_that_differs_anywhere_is_not_the_same(column: str) -> None:
    other = {**commande(), column: commande(2)[column] if column == "finess_geo" else "autre"}
    _, faults = read(commande(), other)
    assert "ligne-double" not in {fault.code for fault in faults}


@given(
    word=st.sampled_from(["null", "NULL", "Null", "(null)", "<NULL>", " null "]),
    column=st.sampled_from([k for k in commande() if k != "bon_commande"] + ["email_responsable", "operateur_messagerie"]),
)  # fmt: skip
def test_the_cell_null_is_named_for_what_it_is(word: str, column: str) -> None:
    (faults,) = read({**commande(), column: word})
    assert [(fault.colonne, fault.code) for fault in faults] == [(column, "cellule-null")]
    assert "null" in faults[0].message


@pytest.mark.parametrize(
    "column", ["numero_editeur", "date_commande", "nom_responsable", "finess_geo", "montant_segur_ht"]
)
def test_a_blank_cell_is_called_blank_and_told_what_a_cell_holds(column: str) -> None:
    (faults,) = read({**commande(), column: " "})
    (fault,) = faults
    assert "cellule est vide" in fault.message
    assert "guillemets" not in fault.attendu


@pytest.mark.parametrize("dash", ["-", "–", "- €"])
def test_a_dash_is_no_amount(dash: str) -> None:
    ((fault,),) = read(commande(montant_segur_ht=dash))
    assert fault.code == "montant-vide"


@pytest.mark.parametrize(
    ("column", "spoiled", "name"),
    [
        ("finess_geo", "10000024", "BDC-010000024.pdf"),
        ("finess_geo", 10000024, "BDC-010000024.pdf"),
        ("numero_editeur", 7, "BDC-00007.pdf"),
        ("numero_editeur", '="00007"', "BDC-00007.pdf"),
        ("finess_geo", "10000024", ""),
        ("finess_geo", "1,00E+07", ""),
    ],
)
def test_a_lost_zero_is_one_fault_and_its_document_is_not_lost_with_it(
    column: str, spoiled: object, name: str, tmp_path: Path
) -> None:
    bons(tmp_path / "pieces", 0)
    if name:
        (tmp_path / "pieces" / name).write_bytes(pdf("x"))
    answer = refused(tmp_path, [{**commande(), column: spoiled, "bon_commande": ""}])
    assert [fault.balise for fault in answer.fautes] == ["FINESSGeo" if column == "finess_geo" else "numeroEditeur"]
    assert "document-inutilise" not in {c.code for c in answer.conseils}


def test_a_document_that_the_row_names_is_looked_for_all_the_same(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 0)
    assert found(tmp_path, commande(finess_geo="10000024")) == [(1, "tableur-zeros"), (1, "document-absent")]


def test_what_is_no_order_is_left_aside_and_given_back(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 2)
    total = dict.fromkeys(commande()) | {"nom_responsable": "TOTAL", "montant_segur_ht": "1416,66"}
    made = prepare(tmp_path, [commande(1), commande(2), commande(2), total], partiel=True)
    assert made.demandes == 2
    assert [(f.ligne, f.code) for f in made.fautes] == [(3, "ligne-double"), (4, "ligne-de-total")]
    assert "1416,66" in (made.dossier / "a-corriger.csv").read_text("utf-8-sig")
