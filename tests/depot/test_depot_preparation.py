"""From orders to a folder: everything right is there, everything wrong is said, nothing in between."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import zipfile
from datetime import date, datetime, time
from decimal import Decimal, localcontext
from html import escape
from typing import TYPE_CHECKING

import pytest
from fabrique_depot import bons, commande, editeur, image, pdf
from fabrique_pdf import Flux, Page, contenu, dessiner, pdf_de
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.errors import DependencyError

from segur_pha import Editeur, RapportControle, controler, lire
from segur_pha.depot import (
    CommandesRefusees,
    Constat,
    DepotPrepare,
    NumerosDepuis,
    SourceDeNumeros,
    json_controle,
    preparer_depot,
    redaction,
    verifier_depot,
)
from segur_pha.depot.numeros import reserver_sans_doublon
from segur_pha.depot.zips import repartir
from segur_pha.erreurs import DemandeInvalide, DepotRefuse, ExtraManquant, NomInvalide
from segur_pha.vagues.va1.enumerations import LIMITES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DAY = date(2022, 11, 15)
FIRST = "JSON-ANS0000001-20221115-001.json"


def prepare(
    folder: Path,
    orders: Sequence[dict[str, object]] | Path,
    settings: Editeur | None = None,
    **options: object,
) -> DepotPrepare:
    return preparer_depot(orders, settings or editeur(), folder / "pieces", folder / "depot", jour=DAY, **options)  # type: ignore[arg-type]


def faults(
    folder: Path, orders: Sequence[dict[str, object]] | Path, *, settings: Editeur | None = None
) -> tuple[Constat, ...]:
    before = sorted(folder.rglob("*"))
    with pytest.raises(CommandesRefusees) as raised:
        prepare(folder, orders, settings)
    assert sorted(folder.rglob("*")) == before
    return raised.value.fautes


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@given(st.lists(st.tuples(st.sampled_from(["HT", "TTC"]), st.sampled_from(["pdf", "png", "jpeg"]), st.integers(1, 99_999_999)),
                min_size=1, max_size=4))  # fmt: skip
def test_every_order_is_in_the_files_with_its_documents(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[tuple[str, str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("depot")
    pieces = folder / "pieces"
    pieces.mkdir()
    (pieces / "PREUVE_HT.pdf").write_bytes(pdf("preuve"))
    orders = []
    for rank, (regime, kind, cents) in enumerate(wanted, start=1):
        content = pdf(f"{rank}") if kind == "pdf" else image("PNG" if kind == "png" else "JPEG", (rank, 1))
        (pieces / f"bon-{rank}.{kind}").write_bytes(content)
        orders.append(
            commande(rank, regime_tva=regime, montant_segur_ht=Decimal(cents) / 100, bon_commande=f"bon-{rank}.{kind}")
        )
    made = prepare(folder, orders)
    file = lire(folder / "depot" / FIRST)
    assert [d.numero_editeur for d in file.demandes] == [order["numero_editeur"] for order in orders]
    assert [d.commande.montant_segur_ht for d in file.demandes] == [order["montant_segur_ht"] for order in orders]
    expected = {}
    for rank, (regime, kind, _) in enumerate(wanted, start=1):
        extension = "jpg" if kind == "jpeg" else kind
        expected[f"PHA-LGO-Va1-BDC-{rank:05}.{extension}"] = (pieces / f"bon-{rank}.{kind}").read_bytes()
        if regime == "HT":
            expected[f"PHA-LGO-Va1-HT-{rank:05}.pdf"] = pdf("preuve")
    assert members(folder / "depot" / "PJ-ANS0000001-20221115-001.zip") == expected
    assert [p.nom_fichier for d in file.demandes for p in d.pieces_justificatives] == list(expected)
    assert made.montant_ht == sum(Decimal(cents) for _, _, cents in wanted) / 100


@pytest.mark.usefixtures("alone")
def test_two_hundred_per_file_and_never_an_empty_last_one(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 201)
    for count, sizes in ((200, [200]), (201, [200, 1])):
        made = preparer_depot(
            [{}, *(commande(k) for k in range(1, count + 1))],
            editeur(siret="12345678200011"),
            tmp_path / "pieces",
            tmp_path / f"depot-{count}",
            jour=DAY,
            premier_fichier=7,
            concordance=False,
        )
        names = [f"JSON-ANS0000001-20221115-{7 + k:03}.json" for k in range(len(sizes))]
        assert [len(lire(made.dossier / name).demandes) for name in names] == sizes
        assert [name for name in made.fichiers if name.startswith("JSON")] == names
        assert made.avance == 255 * count
        assert summary(made.dossier)[-2][:4] == [names[-1], f"{sizes[-1]}", f"{count + 1}", f"{count:05}"]
        assert [said.code for said in made.conseils if said.balise == "SIRET"] == ["siret-cle"]


def summary(folder: Path) -> list[list[str]]:
    text = (folder / "recapitulatif.csv").read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_the_summary_has_every_request_and_a_total_in_plain_euros(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 3)
    (tmp_path / "pieces" / "PREUVE_HT.pdf").write_bytes(pdf("x"))
    made = prepare(tmp_path, [commande(k, regime_tva="HT", montant_segur_ht="127 500") for k in (1, 2, 3)])
    assert str(made.avance) == "114750.00"
    assert summary(made.dossier) == [
        [
            "Fichier",
            "Ligne",
            "Ligne de l’export",
            "Numéro éditeur",
            "FINESS",
            "Régime",
            "Montant HT",
            "Avance attendue",
        ],
        *([FIRST, f"{k}", f"{k}", f"0000{k}", f"75000000{k}", "HT", "127500,00", "38250,00"] for k in (1, 2, 3)),
        ["TOTAL", "", "", "", "", "", "382500,00", "114750,00"],
    ]
    page = (made.dossier / "recapitulatif.html").read_text(encoding="utf-8")
    assert page.count("114\xa0750,00") == 2  # among the figures and under its column
    assert page.count("<tr>") == 5 + len(made.conseils) + 1
    assert "<caption>Demandes à déposer</caption>" in page
    assert "DURAND" not in page


def test_the_summary_page_holds_all_the_advice_that_the_command_gives(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 2)
    bons(tmp_path / "pieces" / "reste", 1)
    orders = [commande(1, montant_segur_ht="90000"), commande(2, date_commande="15/11/2012", finess_geo="750000001")]
    made = prepare(tmp_path, orders)
    page = (made.dossier / "recapitulatif.html").read_text(encoding="utf-8")
    table = page.partition("<caption>Conseils</caption>")[2].partition("</table>")[0]
    assert {"montant-invraisemblable", "date-ancienne", "finess-double"} <= {c.code for c in made.conseils}
    for advice in made.conseils:
        assert advice.code in table
        assert escape(advice.message) in table
    assert table.count("<tr>") == 1 + len(made.conseils)


def test_the_caller_s_decimal_context_does_not_round_money(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 2)
    with localcontext(prec=3):
        made = prepare(tmp_path, [commande(1, montant_segur_ht=Decimal("123456.78")), commande(2)])
    assert (str(made.montant_ht), str(made.avance)) == ("124165.11", "44699.44")


def test_the_manifest_lists_every_file_and_what_to_enter_on_the_portal(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    made = prepare(tmp_path, [commande()])
    manifest = json.loads((made.dossier / "manifeste.json").read_bytes())
    assert {f["nom"] for f in manifest["fichiers"]} | {"manifeste.json"} == {p.name for p in made.dossier.iterdir()}
    for file in manifest["fichiers"]:
        content = (made.dossier / file["nom"]).read_bytes()
        assert (file["octets"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert manifest["fichiers"][0]["a_saisir"] == {"type_de_demande": "avance", "numero_ans": "ANS0000001"}
    document = manifest["fichiers"][1]["pieces"][0]
    assert document["sha256"] == hashlib.sha256((tmp_path / "pieces" / "bon-1.pdf").read_bytes()).hexdigest()


def test_the_same_orders_give_the_same_bytes(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 3)
    contents = []
    for name in ("a", "b"):
        made = preparer_depot(
            [commande(k) for k in (1, 2, 3)], editeur(), tmp_path / "pieces", tmp_path / name, jour=DAY
        )
        contents.append({path.name: path.read_bytes() for path in made.dossier.iterdir()})
    assert contents[0] == contents[1]


def test_documents_are_spread_over_numbered_zips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bons(tmp_path / "pieces", 4)
    monkeypatch.setattr(redaction, "repartir", lambda groups, _: repartir(groups, 2_500))
    made = prepare(tmp_path, [commande(k) for k in range(1, 5)])
    zips = [name for name in made.fichiers if name.endswith(".zip")]
    assert zips == ["PJ-ANS0000001-20221115-001-1.zip", "PJ-ANS0000001-20221115-001-2.zip"]
    assert (made.zips, made.zips_au_moins) == (2, 1)
    assert verifier_depot(made.dossier).bon


def test_every_fault_of_every_row_at_once(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 4)
    (tmp_path / "export.csv").write_text(
        "Numéro;Date;Titulaire;FINESS;HT;Bon;Téléphone\n"
        "00001;31/02/2022;Durand;75000001;1.234,5;bon-1.pdf;102030405\n"
        "\n"
        "00002;15/11/2022;DURAND;750000002;708,33;bon-2.pdf;0102030405\n"
        "00002;15/11/2022;;750000003;708,333;../x.pdf;\n",
        encoding="utf-8",
    )
    settings = editeur(
        colonnes={
            "numero_editeur": "Numéro",
            "date_commande": "Date",
            "nom_responsable": "Titulaire",
            "finess_geo": "FINESS",
            "montant_segur_ht": "HT",
            "bon_commande": "Bon",
            "telephone_responsable": "Téléphone",
        }
    )
    found = faults(tmp_path, tmp_path / "export.csv", settings=settings)
    assert {(f.ligne, f.colonne, f.balise, f.code) for f in found} == {
        (2, "Date", "dateCommande", "jour-illisible"),
        (2, "Titulaire", "nomResponsable", "2004"),
        (2, "FINESS", "FINESSGeo", "tableur-zeros"),
        (2, "HT", "montantSegurHT", "montant-illisible"),
        (2, "Téléphone", "telephoneResponsable", "tableur-zeros"),
        (5, "Numéro", "numeroEditeur", "0806"),
        (5, "Titulaire", "nomResponsable", "2001"),
        (5, "HT", "montantSegurHT", "montant-illisible"),
        (5, "Bon", "piecesJustificatives", "document-dehors"),
    }
    assert all(f.attendu for f in found if f.code != "0806")
    everything = " ".join(map(str, found))
    assert "Durand" not in everything
    assert "102030405" not in everything


def test_the_refusal_says_how_much_is_wrong_and_where_to_begin(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    with pytest.raises(CommandesRefusees, match="12 fautes sur 12 lignes") as raised:
        prepare(tmp_path, [commande(k, bon_commande="x.pdf") for k in range(1, 13)])
    assert len(str(raised.value).splitlines()) == 11
    assert raised.value.fautes[0].en_ligne()["ligne"] == 1
    assert (raised.value.code, raised.value.balise) == ("document-absent", "piecesJustificatives")


@pytest.mark.parametrize(
    "title",
    ["Pharmacie", "OFFICINE", "Raison sociale", "Enseigne", "Nom pharmacie", "Nom officine", "Nom de la pharmacie",
     "Nom de l’officine", "Client", "Nom du client"],
)  # fmt: skip
def test_a_fault_bears_the_name_that_the_export_gives_the_pharmacy(title: str, tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    (fault,) = faults(tmp_path, [commande(date_commande="x", **{title: " Pharmacie du Port "})])
    assert fault.officine == "Pharmacie du Port"


def test_of_many_titles_the_first_forty_are_told(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    # None of them means anything to us; forty of them fit into a message.
    orders = [{f"c{rank:02}": "x" for rank in range(43)}]
    *_, told = faults(tmp_path, orders)
    assert told.message.count("« c") == 40
    assert "« c39 » et 3 autres ; ses lignes n’ont pas été lues" in told.message


def test_a_shifted_row_is_one_fault_and_its_cells_say_nothing(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    path = tmp_path / "export.csv"
    path.write_text("numero_editeur;date_commande;nom_responsable;finess_geo;montant_segur_ht;bon_commande\n1;2;3\n")
    assert [(f.ligne, f.code) for f in faults(tmp_path, path) if f.ligne] == [(2, "ligne-decalee")]


def test_what_the_settings_announce_and_the_export_lacks_is_said_once(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 2)
    settings = editeur(colonnes={"finess_geo": "FINESS", "tranche": "Tranche"})
    orders = [{k: v for k, v in commande(rank).items() if k not in {"finess_geo", "date_commande"}} for rank in (1, 2)]
    found = faults(tmp_path, orders, settings=settings)
    assert [(f.ligne, f.colonne, f.balise, f.code) for f in found] == [
        (None, "FINESS", "FINESSGeo", "colonne-absente"),
        (None, "Tranche", "", "colonne-absente"),
        (None, "date_commande", "dateCommande", "colonne-absente"),
        (None, "", "", "titres-de-l-export"),
    ]


def test_a_wrong_default_is_said_once_and_not_per_row(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 2)
    found = faults(tmp_path, [commande(1), commande(2)], settings=editeur(numero_carte_cpx="12"))
    assert [(f.ligne, f.colonne, f.code) for f in found] == [(None, "[defauts] numero_carte_cpx", "1503")]


def test_a_cell_wins_over_the_default_and_an_empty_one_does_not(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 2)
    (tmp_path / "pieces" / "PREUVE_HT.pdf").write_bytes(pdf("x"))
    prepare(tmp_path, [commande(1, regime_tva="HT"), commande(2, regime_tva="")])
    assert [d.commande.regime_tva for d in lire(tmp_path / "depot" / FIRST).demandes] == ["HT", "TTC"]


def test_upper_case_is_put_on_demand(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    (fault,) = faults(tmp_path, [commande(nom_responsable="Lefèvre")])
    assert "--majuscules" in fault.message
    prepare(tmp_path, [commande(nom_responsable="Lefèvre")], majuscules=True)
    assert lire(tmp_path / "depot" / FIRST).demandes[0].beneficiaire.nom_responsable == "LEFÈVRE"


def test_a_partial_deposit_gives_the_other_rows_back_as_they_were(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 4)
    orders = [
        commande(1),
        commande(2, finess_geo="=SOMME(A1)", date_commande=datetime.combine(DAY, time()), montant_segur_ht=708.333),
        commande(3, nom_responsable=None, date_commande=datetime.combine(DAY, time(8))),
    ]
    made = prepare(tmp_path, orders, partiel=True)
    assert made.demandes == 1
    assert {f.ligne for f in made.fautes} == {2, 3}
    text = (made.dossier / "a-corriger.csv").read_bytes().decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (first["finess_geo"], first["montant_segur_ht"], first["date_commande"]) == (
        "'=SOMME(A1)",
        "708.333",
        "2022-11-15",
    )
    assert (second["nom_responsable"], second["date_commande"]) == ("", "2022-11-15T08:00:00")
    assert (first["Ligne de l’export"], second["Ligne de l’export"]) == ("2", "3")
    assert "deux décimales" in first["À corriger"]
    assert verifier_depot(made.dossier).bon


def test_the_rows_given_back_can_be_corrected_and_prepared(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 2)
    made = prepare(
        tmp_path, [commande(1), commande(2, telephone_responsable="+33102030405", finess_geo="75000002")], partiel=True
    )
    corrected = tmp_path / "corrige.csv"
    corrected.write_bytes((made.dossier / "a-corriger.csv").read_bytes().replace(b";75000002;", b";750000002;"))
    again = preparer_depot(corrected, editeur(), tmp_path / "pieces", tmp_path / "suite", jour=DAY, premier_fichier=2)
    (demand,) = lire(again.dossier / "JSON-ANS0000001-20221115-002.json").demandes
    assert demand.beneficiaire.telephone_responsable == "+33102030405"


def test_nothing_right_gives_no_deposit_even_a_partial_one(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    with pytest.raises(CommandesRefusees):
        prepare(tmp_path, [commande(finess_geo="1")], partiel=True)
    with pytest.raises(DepotRefuse, match="aucune commande"):
        prepare(tmp_path, [])
    assert not (tmp_path / "depot").exists()


@given(st.lists(st.booleans(), min_size=1, max_size=5), st.integers(0, 99_000))
def test_numbers_are_allotted_in_order_and_never_twice(
    tmp_path_factory: pytest.TempPathFactory, has_number: list[bool], first: int
) -> None:
    folder = tmp_path_factory.mktemp("depot")
    bons(folder / "pieces", len(has_number))
    # The numbers that orders bear lie where the allotted ones would.
    orders = [
        commande(k, numero_editeur=f"{first + 2 * k:05}" if given_ else None)
        for k, given_ in enumerate(has_number, start=1)
    ]
    prepare(folder, orders, numeros=NumerosDepuis(f"{first:05}"), concordance=False)
    numbers = [d.numero_editeur for d in lire(folder / "depot" / FIRST).demandes]
    borne = [str(order["numero_editeur"]) for order in orders if order["numero_editeur"]]
    allotted = [n for n, given_ in zip(numbers, has_number, strict=True) if not given_]
    assert [n for n, given_ in zip(numbers, has_number, strict=True) if given_] == borne
    assert len(set(numbers)) == len(numbers)
    free = (f"{first + k:05}" for k in range(100))
    assert allotted == [n for n in free if n not in borne][: len(allotted)]


def test_no_number_and_no_source_is_a_fault(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 2)
    (fault,) = faults(tmp_path, [commande(1), commande(2, numero_editeur="")])
    assert (fault.ligne, fault.balise, fault.code) == (2, "numeroEditeur", "0801")
    orders = [{k: v for k, v in commande().items() if k != "numero_editeur"}]
    fault, _ = faults(tmp_path, orders)
    assert (fault.ligne, fault.code) == (None, "colonne-absente")
    assert "--premier-numero" in fault.message


def test_numbers_that_differ_by_case_only_are_twice_the_same(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 2)
    (fault,) = faults(tmp_path, [commande(1, numero_editeur="A000b"), commande(2, numero_editeur="a000B")])
    assert (fault.ligne, fault.code) == (2, "0806")


def test_an_unreadable_number_is_one_fault(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    assert [f.code for f in faults(tmp_path, [commande(numero_editeur=1)])] == ["tableur-zeros"]


class Stubborn:
    """A source of numbers that breaks its promise."""

    def __init__(self, *numbers: str) -> None:
        self.numbers = numbers

    def reserver(self, nombre: int) -> Sequence[str]:
        return self.numbers[:nombre]


@pytest.mark.parametrize("source", [Stubborn("00001"), Stubborn()])
def test_a_source_that_breaks_its_promise_is_refused(source: SourceDeNumeros) -> None:
    with pytest.raises(DepotRefuse, match="deux fois"):
        reserver_sans_doublon(source, 2, {})


@pytest.mark.parametrize("first", ["0001", "ABCDE", "0000é", "00 01", "000001"])
def test_a_first_number_that_cannot_count_is_refused(first: str) -> None:
    with pytest.raises(DepotRefuse, match="Premier numéro"):
        NumerosDepuis(first)


def test_a_malformed_number_from_a_source_never_reaches_a_file(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    with pytest.raises(DemandeInvalide):
        prepare(tmp_path, [commande(numero_editeur=None)], numeros=Stubborn("0001"))
    assert not (tmp_path / "depot").exists()


@pytest.mark.usefixtures("alone")
def test_a_day_has_999_files(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 201)
    orders = [commande(k) for k in range(1, 202)]
    with pytest.raises(DepotRefuse, match="plusieurs jours"):
        prepare(tmp_path, orders, premier_fichier=999, concordance=False)
    with pytest.raises(NomInvalide):
        prepare(tmp_path, orders, premier_fichier=0)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["pieces"]


def advice(made: DepotPrepare) -> set[tuple[str, int | None, str]]:
    return {(said.code, said.ligne, said.colonne) for said in made.conseils}


def test_advice_is_placed_in_the_source(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 3)
    (tmp_path / "pieces" / "bon-3.pdf").write_bytes(image("PNG"))
    (tmp_path / "pieces" / "oubli.pdf").write_bytes(pdf("x"))
    (tmp_path / ".depot.0a1b2c3d-1-0.partiel").mkdir()
    orders = [
        commande(1, date_commande="16/11/2022", Agence="Sud"),
        commande(2, finess_geo="750000001", montant_segur_ht="710", tranche="B"),
        commande(3, tranche="C"),
    ]
    made = prepare(tmp_path, orders, editeur(siret="12345678200011", plafonds={"C": "708.33"}))
    said = advice(made)
    assert said >= {
        ("colonnes-ignorees", None, ""),
        ("document-inutilise", None, ""),
        ("reste", None, ""),
        ("date-future", 1, "date_commande"),
        ("concordance-absence", 1, "date_commande"),
        ("finess-double", 2, "finess_geo"),
        ("plafond-depasse", 2, "montant_segur_ht"),
        ("concordance-absence", 2, "montant_segur_ht"),
        ("concordance-absence", 2, "finess_geo"),
        ("concordance-image", 3, ""),
        ("siret-cle", None, ""),
    }
    assert {c.document for c in made.conseils if c.code == "document-inutilise"} == {"oubli.pdf"}
    assert not {code for code, line, _ in said if line == 3} - {"concordance-image", "finess-cle"}


def test_what_a_register_says_of_the_pharmacies_is_advice(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 3)
    # 620 is the category of pharmacies, 355 that of hospitals.
    orders = [*(commande(k) for k in (1, 2, 3)), commande(4, finess_geo="")]
    made = prepare(tmp_path, orders, categories={"750000001": "620", "750000002": "355"}, partiel=True)
    assert {line for line in advice(made) if line[0] in {"finess-inconnu", "finess-categorie"}} == {
        ("finess-categorie", 2, "finess_geo"),
        ("finess-inconnu", 3, "finess_geo"),
    }


def test_what_to_know_of_a_document_is_advice_of_its_order_and_of_the_deposit(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 3)
    jbig2 = Flux("/Type/XObject/Subtype/Image/Width 8/Height 8/BitsPerComponent 1/Filter/JBIG2Decode", b"\0" * 9)
    seen = Page(contenu(dessiner(1)), (jbig2,))
    (tmp_path / "pieces" / "bon-1.pdf").write_bytes(pdf_de([Page(), seen, seen]))
    # A text that says the day, and then so many things that nobody reads them all.
    words = b"BT /F1 12 Tf 40 780 Td (15/11/2022) Tj ET\n" + b"BT ET\n" * 30_000
    (tmp_path / "pieces" / "bon-2.pdf").write_bytes(pdf_de([Page(contenu(words))]))
    (tmp_path / "pieces" / "bon-3.pdf").write_bytes(encrypted(tmp_path / "pieces" / "bon-3.pdf"))
    made = prepare(tmp_path, [commande(rank) for rank in (1, 2, 3)])
    said = {(c.ligne, c.code, c.document): c.message for c in made.conseils if c.document}
    assert said.keys() >= {
        (1, "page-non-verifiee", "bon-1.pdf"),
        (2, "concordance-illisible", "bon-2.pdf"),
        (3, "pdf-restreint", "bon-3.pdf"),
    }
    assert said[1, "page-non-verifiee", "bon-1.pdf"].startswith("pages 2 et 3 :")
    assert not {code for line, code, _ in said if line != 1} & {"concordance-image", "concordance-absence"}
    checked = {(c.code, c.document or c.fichier) for c in verifier_depot(tmp_path / "depot").conseils}
    assert checked >= {
        ("page-non-verifiee", "PHA-LGO-Va1-BDC-00001.pdf"),
        ("pdf-restreint", "PHA-LGO-Va1-BDC-00003.pdf"),
    }


def encrypted(path: Path) -> bytes:
    writer = PdfWriter(clone_from=path)
    writer.encrypt("", owner_password="o", algorithm="AES-256")  # noqa: S106 - what it is does not matter
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def test_a_pdf_that_nothing_here_decrypts_is_an_error_and_not_a_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bons(tmp_path / "pieces", 1)
    (tmp_path / "pieces" / "bon-1.pdf").write_bytes(encrypted(tmp_path / "pieces" / "bon-1.pdf"))

    def missing(*_: object) -> None:
        raise DependencyError

    monkeypatch.setattr("pypdf.PdfReader.decrypt", missing)
    with pytest.raises(ExtraManquant) as raised:
        prepare(tmp_path, [commande()])
    assert raised.value.extra == "pieces"


def test_concordance_can_be_left_out(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1, pdf("rien"))
    assert not [
        c for c in prepare(tmp_path, [commande()], concordance=False).conseils if c.code.startswith("concordance")
    ]


def test_an_unknown_tranche_is_a_fault_since_its_ceiling_was_not_checked(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 2)
    found = faults(tmp_path, [commande(1, tranche="Z"), commande(2, tranche="Z", finess_geo="")])
    assert [(f.ligne, f.colonne, f.code) for f in found if f.code != "2301"] == [
        (1, "tranche", "tranche-inconnue"),
        (2, "tranche", "tranche-inconnue"),
    ]


def test_what_a_ceiling_is_passed_by_is_told_in_euros(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 2)
    # To the cent: at the ceiling there is nothing to tell.
    orders = [
        commande(1, tranche="C", montant_segur_ht="700,10"),
        commande(2, tranche="C", montant_segur_ht="1 912,34"),
    ]
    made = prepare(tmp_path, orders, editeur(plafonds={"C": "700.10"}))
    (said,) = [said for said in made.conseils if said.code == "plafond-depasse"]
    assert (said.ligne, said.balise) == (2, "montantSegurHT")
    assert (said.message, said.attendu) == (
        "le montant dépasse de 1\N{NO-BREAK SPACE}212,24\N{NO-BREAK SPACE}€ le plafond de la tranche",
        "700,10\N{NO-BREAK SPACE}€ hors taxe au plus",
    )


def test_a_value_that_neither_a_column_nor_the_settings_give_has_no_column(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    (fault,) = faults(tmp_path, [commande()], settings=editeur(numero_carte_cpx=None))
    assert (fault.ligne, fault.colonne, fault.balise, fault.code) == (1, "", "numeroCarteCPX", "1501")


def test_an_empty_cell_is_told_what_it_should_hold(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    empty = dict.fromkeys(("date_commande", "montant_segur_ht", "has_bal_ms_sante_personnelle"), "")
    settings = editeur(has_bal_ms_sante_personnelle=None)
    assert {f.colonne: f.attendu for f in faults(tmp_path, [commande(**empty)], settings=settings)} == {
        "date_commande": "un jour comme 15/11/2022 ou 2022-11-15",
        "montant_segur_ht": "des euros hors taxe comme 708,33 ou 708.33, deux décimales au plus",
        "has_bal_ms_sante_personnelle": "oui ou non",
    }


def test_a_file_name_that_is_no_text_is_a_fault(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    found = faults(tmp_path, [commande(bon_commande=12)])
    assert [(f.colonne, f.code) for f in found] == [("bon_commande", "nom-illisible")]


def test_the_name_of_a_document_which_may_be_a_person_s_is_in_no_repr(tmp_path: Path) -> None:
    (bons(tmp_path / "pieces", 1) / "bon-1.pdf").rename(tmp_path / "pieces" / "Bon DURAND.pdf")
    made = prepare(tmp_path, [commande(bon_commande="Bon DURAND.pdf")])
    ((document,),) = (line.documents for line in made.lignes)
    assert document.source == "Bon DURAND.pdf"
    assert "DURAND" not in repr(document) + repr(made.lignes) + repr(made)


def test_progress_is_told(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 2)
    told: list[tuple[str, int, int]] = []
    prepare(tmp_path, [commande(1), commande(2)], suivi=lambda *news: told.append(news))
    # While rows are read nobody knows how many there are; once they are, the documents still to be opened are counted down.
    assert [news[1:] for news in told if news[0].startswith("Examen")] == [(0, 0), (1, 0), (0, 2), (1, 2)]
    assert [news[1:] for news in told if news[0].startswith("Écriture")] == [(0, 2)]
    assert list(dict.fromkeys(step for step, _, _ in told)) == [
        "Examen des commandes et des pièces",
        "Écriture du dépôt",
        "Contrôle des fichiers JSON",
        "Contrôle des zips",
    ]


def test_the_sources_are_never_changed(tmp_path: Path) -> None:
    pieces = bons(tmp_path / "pieces", 2)
    orders = [commande(1), commande(2)]
    before = ([dict(order) for order in orders], {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in pieces.iterdir()})
    prepare(tmp_path, orders)
    assert before == (orders, {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in pieces.iterdir()})


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_is_there_already_is_never_touched(kind: str, tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)
    target = tmp_path / "depot"
    if kind == "folder":
        target.mkdir()
    elif kind == "file":
        target.write_bytes(b"x")
    else:
        target.symlink_to("absent")
    before = sorted((p, p.lstat().st_mtime_ns) for p in tmp_path.rglob("*"))
    with pytest.raises(DepotRefuse, match="existe déjà") as raised:
        prepare(tmp_path, [commande()])
    assert isinstance(raised.value, FileExistsError)
    assert sorted((p, p.lstat().st_mtime_ns) for p in tmp_path.rglob("*")) == before


def test_the_deposit_does_not_go_among_the_documents_nor_nowhere(tmp_path: Path) -> None:
    pieces = bons(tmp_path / "pieces", 1)
    with pytest.raises(DepotRefuse, match="rien ne doit changer"):
        preparer_depot([commande()], editeur(), pieces, pieces / "depot", jour=DAY)
    with pytest.raises(DepotRefuse, match="créez-le"):
        preparer_depot([commande()], editeur(), pieces, tmp_path / "absent" / "depot", jour=DAY)


def test_a_document_that_changes_meanwhile_stops_everything(tmp_path: Path) -> None:
    pieces = bons(tmp_path / "pieces", 2)

    def change(step: str, done: int, total: int) -> None:
        del done, total
        if step == "Écriture du dépôt":
            (pieces / "bon-1.pdf").write_bytes(pdf("autre"))

    def change_a_word(step: str, done: int, total: int) -> None:
        del done, total
        if step == "Écriture du dépôt":
            path = pieces / "bon-2.pdf"
            path.write_bytes(path.read_bytes().replace(b"DURAND", b"DUPOND"))

    def vanish(step: str, done: int, total: int) -> None:
        del done, total
        if step == "Écriture du dépôt":
            (pieces / "bon-2.pdf").unlink()

    for trick, name in ((change, "bon-1.pdf"), (change_a_word, "bon-2.pdf"), (vanish, "bon-2.pdf")):
        bons(pieces, 2)
        with pytest.raises(DepotRefuse, match=f"^La pièce {name} a changé ou disparu pendant"):
            prepare(tmp_path, [commande(1), commande(2)], suivi=trick)
        assert sorted(p.name for p in tmp_path.iterdir()) == ["pieces"]


def test_a_document_that_cannot_be_read_again_is_not_said_to_have_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_many(*_: object) -> bytes:
        raise OSError(errno.EMFILE, "Too many open files")

    def refuse(step: str, _done: int, _total: int) -> None:
        if step == "Écriture du dépôt":
            monkeypatch.setattr("segur_pha.depot.documents.lire_jusqu_a", too_many)

    bons(tmp_path / "pieces", 1)
    with pytest.raises(
        DepotRefuse, match=r"^La pièce bon-1\.pdf n’a pas pu être relue : trop de fichiers sont ouverts"
    ):
        prepare(tmp_path, [commande(1)], suivi=refuse)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["pieces"]


def test_a_deposit_that_fails_its_own_check_is_not_shown(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)

    def spoil(step: str, done: int, total: int) -> None:
        del done, total
        if step == "Contrôle des fichiers JSON":
            (archive,) = tmp_path.glob(".depot.*/*.zip")
            archive.write_bytes(archive.read_bytes().replace(b"DURAND", b"DUPOND"))

    with pytest.raises(DepotRefuse, match=r"sa propre vérification, .* : 3 fautes, dont « PJ-"):
        prepare(tmp_path, [commande()], suivi=spoil)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["pieces"]


def test_a_json_file_that_changed_after_it_was_controlled_is_controlled_anew(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)

    def spoil(step: str, done: int, total: int) -> None:
        del done, total
        if step == "Contrôle des fichiers JSON":
            (written,) = tmp_path.glob(f".depot.*/{FIRST}")
            written.write_bytes(written.read_bytes().replace(b'"TTC"', b'"HTT"'))

    with pytest.raises(DepotRefuse, match="regimeTVA : valeur non autorisée"):
        prepare(tmp_path, [commande()], suivi=spoil)


def test_advice_on_the_folder_itself_is_told_with_that_on_the_files(tmp_path: Path) -> None:
    bons(tmp_path / "pieces", 1)

    def drop(step: str, done: int, total: int) -> None:
        del done, total
        if step == "Écriture du dépôt":
            (hidden,) = tmp_path.glob(".depot.*")
            (hidden / ".DS_Store").touch()

    order = commande(date_commande="15/12/2022")
    made = prepare(tmp_path, [order], suivi=drop)
    assert {(said.code, said.ligne) for said in made.conseils} >= {("fichier-systeme", None), ("date-future", 1)}


def test_each_json_file_is_controlled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bons(tmp_path / "pieces", 201)
    controlled: list[bytes] = []

    def control(source: bytes, **options: object) -> RapportControle:
        controlled.append(source)
        return controler(source, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(json_controle, "controler", control)
    made = prepare(tmp_path, [commande(rank) for rank in range(1, 202)])
    written = sorted(made.dossier.glob("JSON-*.json"))
    assert controlled == [path.read_bytes() for path in written]
    assert verifier_depot(made.dossier, jour=DAY).bon
    assert len(controlled) == 2 * len(written)


def test_what_is_written_respects_the_limits_of_the_documents() -> None:
    assert (LIMITES.demandes_par_fichier, LIMITES.octets_par_piece, LIMITES.octets_par_zip) == (
        200,
        3_000_000,
        200_000_000,
    )
