"""The command: what a clerk reads, the files it writes and the exit codes a nightly job lives on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar
from test_x509 import CLE_PEM, pem

from segur_pha.cli import principal
from tests.sorties import juger

if TYPE_CHECKING:
    from collections.abc import Callable

EXEMPLES = Path(__file__).parents[2] / "examples"
ENTETES = "FINESS;Fin de validité;N° produit;Etat\n"


@pytest.fixture
def lancer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Run the command in an empty folder that holds ``suivi.csv``; give the exit code and everything printed."""
    monkeypatch.chdir(tmp_path)

    def lance(suivi: str, *options: str) -> tuple[int, str]:
        Path("suivi.csv").write_text(ENTETES + suivi, encoding="utf-8")
        code = principal(["certificats", "suivi.csv", "--au", "2025-06-12", *options])
        lu = capsys.readouterr()
        return code, lu.out + lu.err

    return lance


@pytest.mark.parametrize(
    ("suivi", "options", "code"),
    [
        ("990001018;11/09/2025;1\n", [], 0),
        ("990001018;10/09/2025;1\n", [], 1),
        ("990001018;10/09/2025;1\n", ["--seuils", "30"], 0),
        ("990001018;01/06/2025;1\n", [], 1),
        ("990001018;01/06/2028;1;Révoqué\n", [], 1),
        ("990001018;01/06/2028;1;Expiré\n", [], 1),
        ("990001018;11/09/2028;1\n;;2\n", [], 1),
        ("990001018;11/09/2028;1\n", ["--officines", "absent.csv"], 2),
        ("990001018;11/09/2028;1\n", ["--capacite", "0"], 64),
        ("990001018;11/09/2028;1\n", ["--seuils", "30,bientôt"], 64),
        ("990001018;11/09/2028;1\n", ["--seuils", "-3"], 64),
        ("990001018;11/09/2028;1\n", ["--colonnes", "fin"], 64),
        ("990001018;11/09/2028;1\n", ["--colonnes", "fin=Terme"], 2),
        ("990001018;11/09/2028;1\n", ["--colonnes", "fin=Fin de validité"], 0),
        ("990001018;11/09/2028;1\n", ["--html", "a", "--csv", "a"], 64),
        ("990001018;11/09/2028;1\n", ["--html", "a", "--journal", "."], 2),
    ],
)
def test_exit_codes(suivi: str, options: list[str], code: int, lancer: Callable[..., tuple[int, str]]) -> None:
    assert lancer(suivi, *options)[0] == code
    assert [chemin.name for chemin in Path().iterdir()] == ["suivi.csv"]


def test_every_output_is_written_once_and_never_over_another(lancer: Callable[..., tuple[int, str]]) -> None:
    sorties = ["--html", "b.html", "--ics", "b.ics", "--csv", "b.csv", "--json", "b.json"]
    code, texte = lancer("990001018;10/07/2025;7\n", "--capacite", "3", *sorties)
    assert code == 1
    assert "Écrit : b.html, b.ics, b.csv, b.json" in texte
    assert "1 renouvellement placé" in texte
    assert Path("b.html").read_bytes().startswith(b"<!doctype html>")
    assert len(Calendar.from_ical(Path("b.ics").read_bytes()).walk("VEVENT")) == 1
    juger("certificats", Path("b.json").read_bytes())
    assert [ligne["produits"] for ligne in json.loads(Path("b.json").read_bytes())] == [["7"]]
    avant = Path("b.csv").read_bytes()
    code, texte = lancer("990001018;10/07/2026;7\n", "--json", "autre.json", "--csv", "b.csv")
    assert (code, Path("b.csv").read_bytes()) == (2, avant)
    assert "b.csv existe déjà" in texte
    assert not Path("autre.json").exists()


def test_only_what_is_new_is_shown_since_a_previous_run(lancer: Callable[..., tuple[int, str]]) -> None:
    lancer("990001018;10/07/2025;7\n", "--json", "hier.json")
    code, texte = lancer("990001018;10/07/2025;7\n990001380;01/07/2025;8\n", "--depuis", "hier.json", "--csv", "b.csv")
    assert code == 1
    assert "1 alerte nouvelle\n" in texte
    assert "990001380" in texte
    assert "990001018" not in texte
    assert b"990001018" in Path("b.csv").read_bytes()
    assert lancer("990001018;10/07/2025;7\n", "--depuis", "suivi.csv")[0] == 2


def test_long_lists_are_cut_and_counted(lancer: Callable[..., tuple[int, str]]) -> None:
    lignes = [f"99000{rang:04d};14/06/2025;{rang}\n" for rang in range(25)] + [";;x\n"] * 23
    texte = lancer("".join(lignes), "--capacite", "1")[1]
    assert "… et 5 autres : --csv les donne toutes." in texte
    assert "… et 3 autres : --html les donne toutes." in texte
    perdues = texte.split("Ne peuvent pas être renouvelées à temps : ")[1].splitlines()[0].split(", ")
    assert len(perdues) == 23


def test_a_folder_of_certificates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "parc").mkdir()
    (tmp_path / "parc" / "un.pem").write_bytes(pem())
    (tmp_path / "parc" / "cle.pem").write_bytes(CLE_PEM)
    (tmp_path / "o.csv").write_text("finess;editeur;nom\n990001018;Alpha;Pharmacie du Port\n1;;\n", encoding="utf-8")
    commande = ["certificats", str(tmp_path / "parc"), "--au", "2028-02-01"]
    assert principal(commande) == 1
    assert principal([*commande, "--officines", str(tmp_path / "o.csv")]) == 1
    assert principal(["certificats", str(tmp_path / "parc" / "un.pem"), "--au", "2028-02-01"]) == 1
    texte = capsys.readouterr().out
    assert texte.count("29/02/2028") == 3
    assert texte.count("Pharmacie du Port") == 1
    assert texte.count("cle.pem : clé privée refusée") == 2
    assert "officines, ligne 3 :" in texte


def test_the_examples_are_read_whole(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--officines", str(EXEMPLES / "officines.csv")]
    assert principal(["certificats", str(EXEMPLES / "suivi.csv"), "--au", "2025-06-12", *options]) == 1
    texte = capsys.readouterr().out
    assert "24 officines, 72 certificats" in texte
    assert "suivi, ligne 35 : fin de validité vide" in texte


@pytest.mark.parametrize("combien", [1, 20, 23])
def test_what_counts_for_no_pharmacy_is_told_one_by_one(
    combien: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rangees = [f"{n};3{n:014};01/03/2027\n" for n in range(combien)]
    (tmp_path / "s.csv").write_text("N° produit;Structure;Fin de validité\n" + "".join(rangees), encoding="utf-8")
    assert principal(["certificats", str(tmp_path / "s.csv"), "--au", "2026-01-10"]) == 0
    lu = " ".join(capsys.readouterr().out.split())
    assert f"Hors du compte : {combien} d’une entreprise." in lu
    assert "suivi, ligne 2, fin le 01/03/2027 : certificat d’une entreprise" in lu
    assert lu.count("suivez son échéance à part") == min(combien, 20)
    assert ("… et 3 autres : --html les donne tous." in lu) is (combien > 20)


def test_an_alert_says_why_there_is_one(lancer: Callable[..., tuple[int, str]]) -> None:
    texte = lancer("990001018;01/06/2028;1;Révoqué\n990001018;01/07/2025;2;Actif\n")[1]
    motifs = {ligne.split()[0]: ligne.split()[-1] for ligne in texte.splitlines() if "990001018" in ligne}
    assert motifs == {"01/07/2025": "échéance", "01/06/2028": "révocation"}


@pytest.mark.parametrize(
    ("suivi", "titre"),
    [
        ("990001018;15/06/2028;1\n", ""),
        ("990001018;06/30/2028;1\n", "À vérifier :"),
        ("990001018;06/30/2028;1\n990001018;;2\n", "À corriger :"),
    ],
)
def test_only_what_could_not_be_read_is_to_be_corrected(
    suivi: str, titre: str, lancer: Callable[..., tuple[int, str]]
) -> None:
    lignes = lancer(suivi)[1].splitlines()
    assert [ligne for ligne in lignes if ligne in {"À vérifier :", "À corriger :"}] == [titre] * bool(titre)


@pytest.mark.parametrize(
    ("courriel", "dit"),
    [
        ("contact@pharmacie-du-port.fr", "Adresses : toutes les premières adresses paraissent valides."),
        ("no-reply@pharmacie-du-port.fr", "personne ne lit une adresse d’envoi automatique"),
        ("contact@gmial.com", "le domaine semble mal recopié"),
        ("", "aucune adresse"),
    ],
)
def test_the_addresses_to_look_at_are_listed_on_demand(
    courriel: str, dit: str, lancer: Callable[..., tuple[int, str]]
) -> None:
    Path("o.csv").write_text(f"finess;courriel\n990001018;{courriel}\n", encoding="utf-8")
    options = ["--officines", "o.csv"]
    assert dit in lancer("990001018;01/06/2028;1\n", *options, "--adresses")[1]
    assert dit not in lancer("990001018;01/06/2028;1\n", *options)[1]


@pytest.mark.parametrize("option", ["--feuille", "--encodage", "--structure"])
def test_an_option_of_tables_is_refused_for_a_folder(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert principal(["certificats", str(tmp_path), option, "1"]) == 64
    assert option in capsys.readouterr().err


@pytest.mark.parametrize(
    "etat", ["Suspendu", "Inactif", "Annulé", "Revoked", "En attente", "Actif (à renouveler)", "?"]
)
def test_a_state_that_nobody_knows_is_told_and_is_never_nothing_to_do(
    etat: str, lancer: Callable[..., tuple[int, str]]
) -> None:
    suivi = f"990001018;30/06/2028;374606;{etat}\n990001380;30/06/2028;374607;Actif\n"
    code, lu = lancer(
        suivi, "--suivi", "garde", "--ics", "a.ics", "--html", "a.html", "--csv", "a.csv", "--json", "a.json"
    )
    assert code == 1
    [ligne] = [ligne for ligne in lu.splitlines() if "30/06/2028" in ligne]
    assert ligne.split()[:5] == ["30/06/2028", "1", "114", "à", "vérifier"]
    assert "990001018" in ligne
    assert f"état inconnu : 374606 « {etat} »" in ligne
    for sortie in ("a.html", "a.csv", "a.json"):
        assert f"374606 « {etat} »" in Path(sortie).read_text(encoding="utf-8")
    [event] = Calendar.from_ical(Path("a.ics").read_bytes()).walk("VEVENT")
    assert event["SUMMARY"] == "Vérification de certificats : 990001018"
    assert [alarm["DESCRIPTION"] for alarm in event.walk("VALARM")] == ["Certificats à vérifier : 990001018"]
    # The next day it is known already, like any alert.
    assert principal(["certificats", "suivi.csv", "--suivi", "garde", "--au", "2025-06-13"]) == 0


@pytest.mark.parametrize("spoiled", [b"", b"\0\1", b"{}", b"<html>", b'[{"uid": "a"', b'[{"uid": "a"}]'])
@pytest.mark.parametrize("option", ["--suivi", "--depuis"])
def test_a_spoiled_file_of_the_day_before_is_named(
    option: str, spoiled: bytes, lancer: Callable[..., tuple[int, str]]
) -> None:
    """A folder of many days says which of them to take away; without it the day before counts."""
    suivi = "990001018;30/06/2025;374606;Actif\n"
    for jour in ("2025-06-10", "2025-06-11"):
        lancer(suivi)
        assert principal(["certificats", "suivi.csv", "--suivi", "garde", "--au", jour]) == (jour == "2025-06-10")
    veille = Path("garde/alertes-2025-06-11.json")
    veille.write_bytes(spoiled)
    code, lu = lancer(suivi, option, "garde" if option == "--suivi" else str(veille))
    assert code == 2
    assert "(alertes-2025-06-11.json) n’a pas été écrit par segur-pha" in lu
    assert "retirez-le" in lu
    veille.unlink()
    assert lancer(suivi, "--suivi", "garde")[0] == 0


def test_a_file_is_no_folder_that_keeps_the_alerts(lancer: Callable[..., tuple[int, str]]) -> None:
    Path("garde").write_text("x", encoding="utf-8")
    code, lu = lancer("990001018;30/06/2025;374606;Actif\n", "--suivi", "garde")
    assert (code, "garde est un fichier : --suivi demande un dossier" in lu) == (2, True)
    assert Path("garde").read_text(encoding="utf-8") == "x"
