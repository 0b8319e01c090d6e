"""A made-up balance from an export to the portal's answer: the rooms of the deposit and the commands serve any wave."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from sqlalchemy import create_engine

import segur_pha.vagues
from segur_pha import (
    VA1,
    DemandeInvalide,
    DepotRefuse,
    Editeur,
    NomInvalide,
    RegistreError,
    SegurError,
    ecrire,
    en_json,
    lire,
)
from segur_pha.cli import principal
from segur_pha.depot import CommandesRefusees, DepotPrepare, NumerosDepuis, preparer_depot, verifier_depot
from segur_pha.portail import Inconduite, PortailSimule
from segur_pha.registre import Registre
from segur_pha.registre.etats import Phase
from segur_pha.registre.resoumission import preparer_au_registre, resoumettre
from segur_pha.retour.lecture import lire_retour
from segur_pha.retour.rapprochement import rapprocher
from segur_pha.vagues import vague
from segur_pha.vagues.va1.exemples import fichier_du_guide
from tests.depot.fabrique_depot import pdf
from tests.vagues.inventee import INVENTEE
from tests.vagues.test_vague_inventee import file_of, names_no_balise_of_the_first_wave, solde

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = date(2024, 1, 20)
COLUMNS = ("Numéro", "Avance", "Jour", "Solde", "FINESS", "Signataire", "Nom")
KEYWORDS = ("numero_solde", "numero_asp", "jour_du_service", "solde_ht", "finess", "signataire", "nom_signataire")
ORDERS = (
    ("S0001", "ASP-0001", "15/01/2024", "100,50", "990000010", "T", "DURAND"),
    ("S0002", "ASP-0002", "16/01/2024", "200,00", "990000028", "M", "LEFÈVRE"),
    ("S0003", "ASP-0003", "16/01/2024", "1 000,00", "990000036", "T", "NGUYEN"),
    ("S0004", "ASP-0004", "17/01/2024", "10,00", "990000044", "T", "BENALI"),
)
SETTINGS = f"""\
numero_ans = "ANS0000001"
siret = "12345678200010"

[colonnes]
{"".join(f'{keyword} = "{column}"' + chr(10) for keyword, column in zip(KEYWORDS, COLUMNS, strict=True))}
"""


def table(*rows: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([COLUMNS, *rows])
    return text.getvalue().encode("cp1252")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "soldes.csv").write_bytes(table(*ORDERS))
    (tmp_path / "editeur.toml").write_text(SETTINGS, encoding="utf-8")
    pieces = tmp_path / "pieces"
    pieces.mkdir()
    for number, *_, finess, _signatory, name in ORDERS:
        (pieces / f"SF-{number}.pdf").write_bytes(pdf(f"Service fait pour {name}, FINESS {finess}", number))
    (pieces / "SF-S0001.pdf").write_bytes(pdf("Service fait pour DURAND : 100,50 euros, FINESS 990000010"))
    (pieces / "MDT-990000028.pdf").write_bytes(pdf("Mandat"))
    return tmp_path


def settings(folder: Path) -> Editeur:
    return Editeur.lire(folder / "editeur.toml", specification=INVENTEE)


def prepare(folder: Path, **options: Any) -> DepotPrepare:
    return preparer_depot(
        folder / "soldes.csv", settings(folder), folder / "pieces", folder / "depot", jour=DAY, **options
    )


def test_an_export_becomes_a_folder_of_the_wave(folder: Path) -> None:
    made = prepare(folder)
    # Three requests a file, says the wave.
    assert made.fichiers[:4] == (
        "SOLDES-ANS0000001-2024-01-20-01.json",
        "PJ-ANS0000001-2024-01-20-01.zip",
        "SOLDES-ANS0000001-2024-01-20-02.json",
        "PJ-ANS0000001-2024-01-20-02.zip",
    )
    assert (made.demandes, made.fichiers_json, made.montant_ht) == (4, 2, Decimal("1310.50"))
    assert made.avance == Decimal("1572.60")
    first = lire(folder / "depot" / made.fichiers[0], specification=INVENTEE)
    assert [request.numero_asp for request in first.soldes] == ["ASP-0001", "ASP-0002", "ASP-0003"]  # type: ignore[attr-defined]
    with zipfile.ZipFile(folder / "depot" / made.fichiers[1]) as archive:
        assert sorted(archive.namelist()) == [
            "PHA-LGO-Inv2-MDT-S0002.pdf",
            "PHA-LGO-Inv2-SF-S0001.pdf",
            "PHA-LGO-Inv2-SF-S0002.pdf",
            "PHA-LGO-Inv2-SF-S0003.pdf",
        ]
    manifest = json.loads((folder / "depot" / "manifeste.json").read_bytes())
    assert (manifest["specification"], manifest["fichiers"][0]["a_saisir"]["type_de_demande"]) == (
        "PHA-LGO-Inv2",
        "solde",
    )
    summary = (folder / "depot" / "recapitulatif.csv").read_text(encoding="utf-8-sig")
    assert summary.splitlines()[0].endswith("Solde attendu")
    assert "Solde attendu" in (folder / "depot" / "recapitulatif.html").read_text(encoding="utf-8")
    assert "solde attendu : 1" in made._repr_html_()
    assert verifier_depot(folder / "depot", specification=INVENTEE).bon
    assert not verifier_depot(folder / "depot").bon


def test_documents_are_compared_with_what_the_wave_says(folder: Path) -> None:
    advice = [(c.code, c.ligne, c.balise) for c in prepare(folder).conseils]
    # The amount, the name and the FINESS are looked for; a day of the order is no row of this wave.
    assert [a for a in advice if a[0] == "concordance-absence"] == [
        ("concordance-absence", line, "soldeHT") for line in (3, 4, 5)
    ]


def test_every_fault_is_told_in_the_words_of_the_wave(folder: Path) -> None:
    wrong = [
        ("S0001", "ASP-0001", "hier", "100,5", "990000010", "T", "DURAND"),
        ("s0001", "", "16/01/2024", "200,00", "990000010", "M", "Lefèvre"),
        ("S0003", "ASP-0003", "16/01/2024", "1,00", "99000003", "X", "NGUYEN"),
    ]
    (folder / "soldes.csv").write_bytes(table(*wrong))
    with pytest.raises(CommandesRefusees) as refused:
        prepare(folder)
    found = refused.value.fautes
    assert {(f.ligne, f.colonne, f.balise) for f in found} >= {
        (2, "Jour", "jourDuService"),
        (3, "Avance", "numeroASP"),
        (3, "Nom", "nomSignataire"),
        (3, "Numéro", "numeroSolde"),
        (4, "FINESS", "idOfficine"),
        (4, "Signataire", "signataire"),
    }
    assert any(f.code == "0806" and f.balise == "numeroSolde" for f in found)
    assert [c.balise for c in refused.value.conseils if c.code == "finess-double"] == ["idOfficine"]
    told = [*(str(f) for f in found), *map(str, refused.value.conseils)]
    assert all(map(names_no_balise_of_the_first_wave, told))


def test_numbers_are_served_and_documents_that_nobody_needs_are_left(folder: Path) -> None:
    rows: list[dict[str, object]] = [dict(zip(COLUMNS[1:], row[1:], strict=True)) for row in ORDERS[:1]]
    rows[0] |= {"service_fait": "SF-S0001.pdf", "mandat": "MDT-990000028.pdf"}
    columns = dict(zip(KEYWORDS[1:], COLUMNS[1:], strict=True))
    made = preparer_depot(
        rows,
        Editeur("ANS0000001", "12345678200010", colonnes=columns, specification=INVENTEE),
        folder / "pieces",
        folder / "depot",
        jour=DAY,
        premier_fichier=7,
        numeros=NumerosDepuis("A00001", specification=INVENTEE),
    )
    (request,) = lire(folder / "depot" / made.fichiers[0], specification=INVENTEE).soldes  # type: ignore[attr-defined]
    assert made.fichiers[0] == "SOLDES-ANS0000001-2024-01-20-07.json"
    assert request.numero_solde == "A00001"
    assert [document.nom for document in request.documents] == ["PHA-LGO-Inv2-SF-A00001.pdf"]
    (useless,) = (c for c in made.conseils if c.code == "mandat-inutile")
    assert (useless.balise, useless.document) == ("documents", "MDT-990000028.pdf")


def test_the_bounds_are_those_of_the_wave(folder: Path) -> None:
    (folder / "pieces" / "SF-S0003.pdf").write_bytes(pdf("gros").ljust(INVENTEE.limites.octets_par_piece + 1))
    with pytest.raises(CommandesRefusees) as refused:
        prepare(folder)
    assert [(f.code, f.balise) for f in refused.value.fautes] == [("document-lourd", "documents")]
    assert "1 Mo" in refused.value.fautes[0].message
    with pytest.raises(NomInvalide):
        prepare(folder, premier_fichier=100)
    (folder / "pieces" / "SF-S0003.pdf").write_bytes(pdf("léger"))
    with pytest.raises(DepotRefuse, match="Il faut 2 fichiers et il ne reste que 1 numéros"):
        prepare(folder, premier_fichier=99)


def test_the_settings_know_the_keywords_of_their_wave() -> None:
    publisher = Editeur("ANS0000001", "12345678200010", signataire="T", specification=INVENTEE)
    made = publisher.demande(
        numero_solde="00001",
        numero_asp="ASP-0001",
        jour_du_service=date(2024, 1, 15),
        solde_ht=Decimal(10),
        finess="990000010",
        nom_signataire="DURAND",
    )
    assert [len(INVENTEE.demandes_de(f)) for f in publisher.fichiers(solde(f"{k:05}") for k in range(7))] == [3, 3, 1]
    assert type(made) is INVENTEE.classe_demande
    with pytest.raises(SegurError, match="Noms possibles : numero_solde, numero_asp"):
        Editeur("ANS0000001", "12345678200010", regime_tva="TTC", specification=INVENTEE)
    with pytest.raises(DemandeInvalide) as refused:
        Editeur("ANS", "1", specification=INVENTEE)
    assert [a.balise for a in refused.value.anomalies] == ["referenceANS", "siretEditeur"]


def test_a_file_is_written_under_the_name_of_its_wave(tmp_path: Path) -> None:
    path = ecrire(file_of(), tmp_path, jour=DAY, numero=2, specification=INVENTEE)
    assert path.name == "SOLDES-ANS0000001-2024-01-20-02.json"


def test_the_portal_takes_the_folder_and_waits_for_a_document_that_is_missing(folder: Path) -> None:
    made = prepare(folder)
    sent = (folder / "depot" / made.fichiers[0]).read_bytes()
    whole = folder / "depot" / made.fichiers[1]
    without = folder / "part.zip"
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(without, "w") as part:
        for name in archive.namelist():
            if "MDT" not in name:
                part.writestr(name, archive.read(name))
    portail = PortailSimule(graine=1, specification=INVENTEE)
    first = lire_retour(portail.deposer(sent, [without]), specification=INVENTEE)
    assert [line.numero_editeur for line in first.non_traitees] == ["S0002"]
    answer = portail.completer(sent, [whole])
    assert len(lire_retour(answer, specification=INVENTEE).acceptees) == 3
    assert rapprocher(sent, answer, specification=INVENTEE).sans_ecart


# --- The commands --------------------------------------------------------------------------------------------------------


@pytest.fixture
def _beside_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    ici = str(Path(__file__).parent)
    monkeypatch.setattr(segur_pha.vagues, "__path__", [*segur_pha.vagues.__path__, ici])


@pytest.mark.usefixtures("_beside_the_first")
def test_the_commands_take_a_wave_by_its_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    wave = ["--vague", "PHA-LGO-Inv2"]

    def run(*words: str) -> str:
        assert principal([*words, *wave]) == 0
        return capsys.readouterr().out

    shown = run("preparer", "soldes.csv", "--pieces", "pieces", "--sortie", "depot", "--jour", "2024-01-20")
    assert "type de demande : solde" in shown
    assert "solde attendu : 1" in shown
    assert "2 fichiers JSON" in shown
    assert "bon à déposer" in run("verifier", "depot")
    sent = "depot/SOLDES-ANS0000001-2024-01-20-01.json"
    assert "numeroSolde" in run("controler", sent, "--complet")
    assert json.loads(run("schema"))["$id"] == "urn:segur-pha:schema:PHA-LGO-Inv2:solde"
    Path("reponse.json").write_bytes(PortailSimule(specification=INVENTEE).deposer(Path(sent).read_bytes()))
    assert "referenceSolde" in run("retour", "reponse.json", "--envoye", sent, "--complet")
    masked = run("anonymiser", "reponse.json")
    assert "DURAND" not in masked
    assert '"soldes"' in masked


@pytest.mark.usefixtures("_beside_the_first")
def test_the_commands_of_a_ledger_take_a_wave_by_its_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    wave = ["--vague", "inventee"]
    common = ["--pieces", "pieces", "--jour", "2024-01-20", "--registre", "r.sqlite"]
    assert principal(["preparer", "soldes.csv", "--sortie", "depot", "--creer", *common, *wave]) == 0
    sent = Path("depot/SOLDES-ANS0000001-2024-01-20-01.json")
    assert principal(["registre", "deposer", sent.name, "--registre", "r.sqlite"]) == 0
    portail = PortailSimule(inconduites=[Inconduite.CODE_INCONNU], specification=vague("inventee"))
    Path("reponse.json").write_bytes(portail.deposer(sent.read_bytes()))
    assert principal(["retour", "reponse.json", "--registre", "r.sqlite", "--appliquer", *wave]) == 1
    shown = " ".join(capsys.readouterr().out.split())
    (rejected,) = re.findall(r"(S000[0-9]) rejetée", shown)
    Path("corrections.csv").write_text(f"Numéro;Solde\n{rejected};55,00\n", encoding="utf-8")
    words = ["resoumettre", "corrections.csv", "--sortie", "depot-2", "--registre", "r.sqlite", "--jour", "2024-01-21"]
    assert principal([*words, "--pieces", "depot", *wave]) == 0
    (file,) = Path("depot-2").glob("SOLDES-*.json")
    assert [r["service"]["soldeHT"] for r in json.loads(file.read_bytes())["soldes"]] == [55]
    # The other commands know every wave of the package without being told.
    assert principal(["registre", "montrer", rejected, "--registre", "r.sqlite"]) == 0
    assert "SOLDES-ANS0000001-2024-01-21-01.json" in capsys.readouterr().out


@pytest.mark.usefixtures("_beside_the_first")
def test_a_deposit_is_compared_with_the_ledger_inside_the_bounds_of_its_wave(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Registre(folder / "r.sqlite", specification=INVENTEE) as registre:
        recorded(registre, folder)
    words = ["registre", "verifier", "--depot", str(folder / "depot"), "--registre", str(folder / "r.sqlite")]
    assert principal(words) == 0
    archive = next((folder / "depot").glob("*.zip"))
    with zipfile.ZipFile(archive) as whole:
        names = whole.namelist()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as heavier:
        for name in names:
            heavier.writestr(name, pdf("gros").ljust(INVENTEE.limites.octets_par_piece + 1))
    capsys.readouterr()
    assert principal(words) == 1
    assert "dépasse 1 Mo" in " ".join(capsys.readouterr().out.replace("│", " ").split())


@pytest.mark.usefixtures("_beside_the_first")
def test_advice_is_switched_off_by_the_ids_of_the_wave(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "soldes.json"
    path.write_bytes(en_json(file_of(solde(solde_ht="0.00"))))
    assert principal(["controler", str(path), "--complet", "--vague", "inventee"]) == 0
    assert "solde-nul" in capsys.readouterr().out
    assert principal(["controler", str(path), "--complet", "--vague", "inventee", "--sans", "solde-nul"]) == 0
    assert "solde-nul" not in capsys.readouterr().out
    assert principal(["controler", str(path), "--sans", "solde-nul"]) == 64


@pytest.mark.parametrize(
    "words",
    [["controler", "f.json"], ["verifier", "d"], ["schema"], ["anonymiser", "f.json"], ["retour", "f.json"]],
)
def test_a_wave_that_does_not_exist_is_misuse(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert principal([*words, "--vague", "va9"]) == 64
    assert "Vagues connues : PHA-LGO-Va1" in capsys.readouterr().err


# --- The ledger ----------------------------------------------------------------------------------------------------------


def recorded(registre: Registre, folder: Path) -> DepotPrepare:
    """Prepare the folder with the ledger's knowledge, and deposit its files."""
    made = preparer_au_registre(
        registre, folder / "soldes.csv", settings(folder), folder / "pieces", folder / "depot", jour=DAY
    ).depot
    registre.deposer(*(nom for nom in made.fichiers if nom.startswith("SOLDES")), jour=DAY)
    return made


def answered(registre: Registre, folder: Path, made: DepotPrepare, portail: PortailSimule) -> None:
    for nom in made.fichiers:
        if nom.startswith("SOLDES"):
            answer = portail.deposer((folder / "depot" / nom).read_bytes())
            registre.enregistrer_retour(answer, jour=DAY, specification=INVENTEE)


def test_a_ledger_of_balances_follows_them_to_the_answer_and_lets_a_pharmacy_go(folder: Path) -> None:
    with Registre(folder / "soldes.sqlite", specification=INVENTEE) as registre:
        made = recorded(registre, folder)
        assert made.fichiers[0] == "SOLDES-ANS0000001-2024-01-20-01.json"
        assert registre.prochain_fichier("ANS0000001", DAY) == 3
        answered(registre, folder, made, PortailSimule(graine=1, specification=INVENTEE))
        states = registre.demandes()
        assert {s.phase for s in states} == {Phase.ACCEPTEE}
        assert [(s.solde_de, s.finess_geo, s.montant_segur_ht) for s in states][:2] == [
            ("ASP-0001", "990000010", Decimal("100.50")),
            ("ASP-0002", "990000028", Decimal("200.00")),
        ]
        assert all(s.numero_asp.startswith("SIMULE") for s in states)  # type: ignore[union-attr]
        # The same orders again are known, in the words of the wave.
        with pytest.raises(CommandesRefusees) as refused:
            preparer_depot(
                folder / "soldes.csv",
                settings(folder),
                folder / "pieces",
                folder / "encore",
                jour=DAY,
                antecedents=registre,
            )
        assert {f.balise for f in refused.value.fautes} <= {"numeroSolde", "idOfficine"}
        registre.effacer("990000010", jour=DAY)
        assert "DURAND" not in "".join(registre.exporter())


def test_a_rejected_balance_goes_again_under_a_new_number(folder: Path) -> None:
    with Registre(folder / "soldes.sqlite", specification=INVENTEE) as registre:
        made = recorded(registre, folder)
        portail = PortailSimule(graine=1, inconduites=[Inconduite.CODE_INCONNU], specification=INVENTEE)
        answered(registre, folder, made, portail)
        rejected = [s.numero_editeur for s in registre.a_resoumettre()]
        assert rejected
        with pytest.raises(DepotRefuse, match="Connues : courriel, finess"):
            resoumettre(
                registre,
                {rejected[0]: {"regime_tva": "HT"}},
                settings(folder),
                folder / "depot",
                folder / "depot-3",
                jour=DAY,
            )
        again = resoumettre(
            registre,
            {numero: {"solde_ht": "55.00"} for numero in rejected},
            settings(folder),
            folder / "depot",
            folder / "depot-2",
            jour=DAY,
        )
        assert sorted(again.remplace.values()) == sorted(rejected)
        file = lire(folder / "depot-2" / again.depot.fichiers[0], specification=INVENTEE)
        assert {request.service.solde_ht for request in file.soldes} == {Decimal("55.00")}  # type: ignore[attr-defined]
        assert {request.numero_solde for request in file.soldes} == again.remplace.keys()  # type: ignore[attr-defined]


def test_a_balance_stands_beside_the_advance_that_it_settles(folder: Path) -> None:
    advance = en_json(fichier_du_guide())
    with Registre(folder / "registre.sqlite", specifications=[INVENTEE]) as registre:
        registre.preparer({"JSON-ANS0000001-20221115-001.json": advance}, jour=DAY)
        registre.deposer("JSON-ANS0000001-20221115-001.json", jour=DAY)
        registre.enregistrer_retour(PortailSimule(graine=1).deposer(advance), jour=DAY)
        (paid,) = registre.soldables()
        (folder / "soldes.csv").write_bytes(
            table(("00001", paid.numero_asp, "15/01/2024", "297,50", paid.finess_geo or "", "T", "DURAND"))
        )
        (folder / "pieces" / "SF-00001.pdf").write_bytes(pdf("Service fait"))
        made = recorded(registre, folder)
        answered(registre, folder, made, PortailSimule(graine=2, specification=INVENTEE))
        settled, balance = (
            registre.demande("00001", specification=VA1),
            registre.demande("00001", specification=INVENTEE),
        )
        assert settled is not None
        assert balance is not None
        assert (balance.phase, balance.solde_de) == (Phase.ACCEPTEE, settled.numero_asp)
        assert settled.phase is Phase.SOLDE_DEMANDE
        # What is paid of a balance request is compared with what that request asked for, and told once.
        registre.decider("00001", favorable=True, jour=DAY, specification=INVENTEE)
        registre.payer("00001", Decimal("1.00"), jour=DAY, specification=INVENTEE)
        settled = registre.demande("00001", specification=VA1)
        assert settled is not None
        assert settled.montant_solde == Decimal("1.00")
        assert [d.specification for d in registre.ecarts_de_paiement()] == [INVENTEE.nom]
        assert registre.ecarts_de_solde() == ()


@pytest.mark.usefixtures("_beside_the_first")
def test_a_decision_and_a_payment_are_those_of_the_wave_that_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    advance = en_json(fichier_du_guide())
    (folder / "soldes.csv").write_bytes(
        table(("00001", "ASP-0001", "15/01/2024", "297,50", "990000010", "T", "DURAND"))
    )
    (folder / "pieces" / "SF-00001.pdf").write_bytes(pdf("Service fait"))
    with Registre(folder / "r.sqlite", specifications=[INVENTEE]) as registre:
        registre.preparer({"JSON-ANS0000001-20221115-001.json": advance}, jour=DAY)
        registre.deposer("JSON-ANS0000001-20221115-001.json", jour=DAY)
        registre.enregistrer_retour(PortailSimule(graine=1).deposer(advance), jour=DAY)
        made = preparer_au_registre(
            registre, folder / "soldes.csv", settings(folder), folder / "pieces", folder / "depot", jour=DAY
        ).depot
        registre.deposer(made.fichiers[0], jour=DAY)
        answered(registre, folder, made, PortailSimule(graine=2, specification=INVENTEE))
    common = ["--registre", "r.sqlite", "--jour", "2024-02-01"]
    for words in (["decider", "00001", "attribuée"], ["payer", "00001", "255,00"]):
        assert principal(["registre", *words, *common]) == 2
        said = " ".join(capsys.readouterr().err.split())
        assert "plusieurs vagues portent ce numéro (PHA-LGO-Inv2, PHA-LGO-Va1)" in said
        assert "précisez laquelle (--vague ;" in said
        assert principal(["registre", *words, *common, "--vague", "PHA-LGO-Va1"]) == 0
        assert principal(["registre", *words, *common, "--vague", "va9"]) == 64
    with Registre(folder / "r.sqlite", specifications=[INVENTEE]) as registre:
        assert {d.specification: d.phase for d in registre.demandes()} == {
            "PHA-LGO-Va1": Phase.AVANCE_PAYEE,
            "PHA-LGO-Inv2": Phase.ACCEPTEE,
        }


def test_numbers_are_as_long_as_the_table_of_the_wave_says(folder: Path) -> None:
    assert NumerosDepuis("A00009", specification=INVENTEE).reserver(2) == ("A00009", "A00010")
    with pytest.raises(DepotRefuse, match=r"6 lettres .* \(comme 000001\)") as refused:
        NumerosDepuis("A0009", specification=INVENTEE)
    assert refused.value.balise == "numeroSolde"
    with Registre(folder / "soldes.sqlite", specification=INVENTEE) as registre:
        assert registre.reserver(2) == ["000001", "000002"]
        assert registre.numeros_restants() == 999_997
        with pytest.raises(RegistreError, match="6 caractères"):
            Registre(folder / "soldes.sqlite", specification=INVENTEE, premier="00001")


# --- A ledger that means another wave by default ------------------------------------------------------------------------


@pytest.mark.parametrize("borrowed", [False, True], ids=["a file", "a transaction of the caller's"])
def test_numbers_are_reserved_for_the_wave_of_the_settings(folder: Path, borrowed: bool) -> None:  # noqa: FBT001 - two ways
    (folder / "soldes.csv").write_bytes(table(*(("", *order[1:]) for order in ORDERS[2:])))
    for number, *_, finess, _signatory, _name in ORDERS[2:]:
        (folder / "pieces" / f"SF-{number}.pdf").rename(folder / "pieces" / f"SF-{finess}.pdf")
    engine = create_engine(f"sqlite:///{folder / 'r.sqlite'}")
    with (
        engine.begin() as connection,
        Registre(connection if borrowed else engine, specifications=[INVENTEE]) as registre,
    ):
        preparer_au_registre(
            registre, folder / "soldes.csv", settings(folder), folder / "pieces", folder / "depot", jour=DAY
        )
        events = [json.loads(line) for line in registre.exporter()]
        served = [event["evenement"] for event in events if event.get("nature") == "numeros-reserves"]
        assert [(one["specification"], len(one["numeros"])) for one in served] == [("PHA-LGO-Inv2", 2)]
        assert {d.cle for d in registre.demandes()} == {("PHA-LGO-Inv2", number) for number in served[0]["numeros"]}
    engine.dispose()


def test_a_folder_says_itself_of_which_wave_it_is(folder: Path) -> None:
    prepare(folder)
    with Registre(folder / "r.sqlite", specifications=[INVENTEE]) as registre:
        registre.inscrire_depot(folder / "depot", jour=DAY)
        assert {d.specification for d in registre.demandes()} == {"PHA-LGO-Inv2"}


@pytest.mark.usefixtures("_beside_the_first")
def test_folders_are_recorded_as_of_their_wave(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    prepare(folder)
    record = ["registre", "inscrire", "--dossier", "depot", "--registre", "r.sqlite", "--creer", "--jour", "2024-01-20"]
    assert principal(record) == 0
    with Registre(folder / "r.sqlite", specifications=[INVENTEE]) as registre:
        assert {d.specification for d in registre.demandes()} == {"PHA-LGO-Inv2"}
    examples = Path(__file__).parents[2] / "examples"
    preparer_depot(
        examples / "commandes.csv", Editeur.lire(examples / "editeur.toml"), examples / "pieces", "autre", jour=DAY
    )
    capsys.readouterr()
    assert principal([*record, "--dossier", "autre"]) == 64
    assert "plusieurs vagues (PHA-LGO-Inv2, PHA-LGO-Va1)" in capsys.readouterr().err
    assert principal([*record[:2], "--dossier", "autre", *record[4:]]) == 0
    with Registre(folder / "r.sqlite", specifications=[INVENTEE]) as registre:
        assert {d.specification for d in registre.demandes()} == {"PHA-LGO-Inv2", "PHA-LGO-Va1"}


def test_an_answer_is_taken_back_whichever_wave_allows_its_size(tmp_path: Path) -> None:
    small = evolve(VA1, nom="petite", limites=evolve(VA1.limites, octets_du_json=10))
    sent, answer = en_json(fichier_du_guide()), tmp_path / "retour.json"
    answer.write_bytes(PortailSimule(graine=1).deposer(sent))
    with Registre("sqlite://", specification=small, specifications=[VA1]) as registre:
        registre.preparer({"JSON-ANS0000001-20221115-001.json": sent}, jour=DAY, specification=VA1)
        registre.enregistrer_retour(answer, jour=DAY)
        assert registre.annuler_retour(answer, jour=DAY, motif="essai") == ("00001",)
