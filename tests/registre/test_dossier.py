"""``registre dossier`` and the export as a workbook: what others ask for, in one command."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from atelier import ACCEPTED, DAY, REJECTED, answer_to, file_of, lived, name

from segur_pha import RegistreError
from segur_pha.cli import principal
from segur_pha.registre import Registre
from segur_pha.registre.evenements import NATURES, Fait
from tests.sorties import juger

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = b"%PDF-1.4 made up"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    sent = file_of("00001", "00002", finess={"00002": "750000001"})
    hashes = {
        "PHA-LGO-Va1-BDC-00001.pdf": sha256(DOCUMENT).hexdigest(),
        "PHA-LGO-Va1-BDC-00002.pdf": sha256(b"lost").hexdigest(),
    }
    with Registre("registre.sqlite") as registre:
        registre.preparer({name(1): sent}, jour=DAY, empreintes=hashes, admettre=["officine-deja-demandee"])
        registre.enregistrer_retour(answer_to(sent, [ACCEPTED, REJECTED]), jour=DAY)
        registre.noter_service("00001", jour=DAY, adresse_mssante="officine@pharma.mssante.example")
        registre.decider("00001", favorable=True, jour=DAY, motif="<b>")
        assert len(registre.dossier("750000001").demandes) == 2
        with pytest.raises(RegistreError, match="aucune demande de cette officine"):
            registre.dossier("750000999")
    (tmp_path / "pieces").mkdir()
    (tmp_path / "pieces" / "scan.pdf").write_bytes(DOCUMENT)
    (tmp_path / "pieces" / "autre.pdf").write_bytes(b"%PDF-1.4 of somebody else")
    return tmp_path


def test_a_page_a_json_and_the_documents(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert principal(["registre", "dossier", "750000001", "--sortie", "controle", "--pieces", "pieces"]) == 1
    assert "pièces introuvables : PHA-LGO-Va1-BDC-00002.pdf" in " ".join(capsys.readouterr().out.split())
    assert (office / "controle" / "PHA-LGO-Va1-BDC-00001.pdf").read_bytes() == DOCUMENT
    assert sorted(path.name for path in (office / "controle").iterdir()) == [
        *("PHA-LGO-Va1-BDC-00001.pdf", "dossier.html", "dossier.json"),
    ]
    page = (office / "controle" / "dossier.html").read_text(encoding="utf-8")
    for words in ("ASP-00001", "&lt;b&gt;", "officine@pharma.mssante.example", "Ligne envoyée le", "Ligne reçue le"):
        assert words in page
    told = json.loads((office / "controle" / "dossier.json").read_text(encoding="utf-8"))
    assert [request["numero_editeur"] for request in told["demandes"]] == ["00001", "00002"]
    for request in told["demandes"]:
        # As `registre montrer` gives it.
        juger("registre-annuler", json.dumps({"version": 1, "demandes": [request]}))
    assert told["evenements"][0]["nature"] == "fichier-prepare"
    assert principal(["registre", "dossier", "750000001", "--sortie", "controle"]) == 2


def test_the_page_tells_what_happened_in_words(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Registre("registre.sqlite") as registre:
        registre.payer("00001", Decimal("1255.50"), jour=DAY, reference="AV-1")
        registre.demander_solde("00001", jour=DAY)
        registre.payer_solde("00001", Decimal(595), jour=DAY)
        registre.annuler("00001", Fait.SOLDE_PAYE, jour=DAY, motif="erreur")
    assert principal(["registre", "dossier", "750000001", "--sortie", "controle"]) == 0
    page = (office / "controle" / "dossier.html").read_text(encoding="utf-8")
    history = " ".join(page[page.index("Historique") :].replace("\xa0", " ").split())
    natures = [nature for nature in NATURES.values() if "-" in nature]
    assert not [nature for nature in natures if nature in history]
    assert "1255.50" not in history
    told = (
        "fichier préparé",
        "décision",
        "attribuée, &lt;b&gt;",
        "avance payée",
        "1 255,50 €, ",
        "solde payé, erreur",
    )
    assert [words for words in told if words not in history] == []
    assert principal(["registre", "montrer", "00001"]) == 0
    assert "solde payé, erreur" in " ".join(capsys.readouterr().out.split())


def test_a_deposit_taken_back_is_shown_under_each_request_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with Registre("registre.sqlite") as registre:
        registre.preparer({name(1): file_of("00001", "00002")}, jour=DAY)
        registre.deposer(name(1), jour=DAY)
        registre.annuler("00001", Fait.DEPOT, jour=DAY, motif="un autre dossier")
    assert principal(["registre", "montrer", "00002"]) == 0
    shown = capsys.readouterr().out
    assert "dépôt de tout le fichier, un autre dossier" in " ".join(shown.split())
    assert " 00001" not in shown


def test_without_documents(office: Path) -> None:
    assert principal(["registre", "dossier", "750000001", "--sortie", "controle"]) == 0
    assert len(list((office / "controle").iterdir())) == 2


def test_the_ledger_as_a_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    monkeypatch.chdir(tmp_path)
    with Registre("registre.sqlite") as registre:
        lived(registre)
    assert principal(["registre", "exporter", "suivi.xlsx"]) == 0
    book = openpyxl.load_workbook(tmp_path / "suivi.xlsx")
    assert book["segur_demandes"].max_row == 1 + 6
    assert principal(["registre", "exporter", "suivi.xlsx"]) == 2
