from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segur_pha import Issue, SegurError, controler, en_json, lire_retour, rapprocher
from segur_pha.demonstration import fichier_fautif, fichier_invente

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterable, Iterator

    from conftest import Outcome

EXAMPLE = Path(__file__).parents[2] / "examples" / "demandes.json"
TEXT = EXAMPLE.read_text(encoding="utf-8").splitlines()
FORMS = ["texte", "json", "html", "csv"]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "bon.json"
    path.write_bytes(en_json(fichier_invente()))
    return path


@pytest.fixture
def refused(tmp_path: Path) -> Path:
    path = tmp_path / "refusé.json"
    path.write_bytes(b'{"impId": null,\n "jean.dupont@free.fr": 1}')
    return path


def place_of(extract: str, value: str, nth: int = 0) -> tuple[int, int]:
    """Look a value's line and column up in the example's text."""
    lines = [number for number, line in enumerate(TEXT, start=1) if extract in line]
    return lines[nth], TEXT[lines[nth] - 1].index(value) + 1


EXPECTED = {
    3: [("3002", "operateurMessagerie", *place_of('"null"', '"null"'))],
    4: [
        ("1204", "montantSegurHT", *place_of('HT": 850', "850")),
        ("2004", "nomResponsable", *place_of('"Benali"', '"Benali"')),
    ],
    5: [("2504", "nomFichier", *place_of("signé.pdf", '"Bon'))],
    6: [("2407", "piecesJustificatives", *place_of('"piecesJustificatives"', "[", 5))],
}


def test_the_example_is_what_the_demonstration_writes() -> None:
    assert EXAMPLE.read_bytes() == fichier_fautif()


def test_each_rejected_request_is_shown_with_its_code_and_its_place(run: Callable[..., Outcome]) -> None:
    outcome = run("controler", EXAMPLE)
    assert (outcome.code, outcome.err) == (1, "")
    assert outcome.out.startswith(f"{EXAMPLE} : 4 demandes rejetées sur 6\n")
    for number, [(code, balise, line, column), *others] in EXPECTED.items():
        block = (
            outcome.out.split(f"\n  Demande {number}, numeroEditeur 0000{number}\n")[1].split("\n\n")[0].splitlines()
        )
        assert block[0].startswith(f"    {code}  {balise} : ")
        assert block[1].strip() == f"ligne {line}, colonne {column} du fichier"
        assert block[2:] == (["    et 1 autre anomalie : --complet"] if others else [])
    assert "Demande 1" not in outcome.out
    assert outcome.out.endswith("Avance attendue pour les demandes acceptées : 459,00\xa0€\n")


def test_complet_shows_every_anomaly_and_what_is_accepted(run: Callable[..., Outcome]) -> None:
    out = run("controler", EXAMPLE, "--complet").out
    for anomalies in EXPECTED.values():
        for code, balise, line, column in anomalies:
            assert f"    {code}  {balise} : " in out
            assert f"\n          ligne {line}, colonne {column} du fichier\n" in out
    assert "--complet" not in out
    # 30 % of 708.33 with 20 % VAT, and 30 % of 680 without.
    assert "      1  00001          990000010  08/11/2022  TTC  708,33      255,00\n" in out
    assert "      2  00002          990000028  09/11/2022  HT   680,00      204,00\n" in out


def test_a_good_file_is_a_0(run: Callable[..., Outcome], good: Path) -> None:
    outcome = run("controler", good)
    assert outcome.code == 0
    assert outcome.out.startswith(f"{good} : 6 demandes acceptées, aucune rejetée\n")


def test_a_refused_file_is_a_2_and_says_where(run: Callable[..., Outcome], refused: Path) -> None:
    outcome = run("controler", refused)
    assert outcome.code == 2
    assert "fichier refusé au premier contrôle" in outcome.out
    assert "  9906  Balise inconnue" in outcome.out
    assert "ligne 2, colonne 25 du fichier" in outcome.out


def test_the_first_faults_of_a_hopeless_file_are_enough(run: Callable[..., Outcome], tmp_path: Path) -> None:
    path = tmp_path / "vide.json"
    path.write_bytes(b'{"impId": null, "numeroAns": "ANS0000001", "SIRET": "12345678200010", "lignesImport": [{}, {}]}')
    brief, whole = run("controler", path).out, run("controler", path, "--complet").out
    assert brief.count("  9905  ") == 10
    assert whole.count("  9905  ") == 22  # eleven tags are obligatory in each request
    assert brief.endswith("  et 12 autres anomalies : --complet\n")


def test_faults_without_a_place_are_told_too(run: Callable[..., Outcome], tmp_path: Path) -> None:
    path = tmp_path / "énorme.json"
    with path.open("wb") as stream:
        stream.truncate(5_000_000_000)
    outcome = run("controler", path, "--complet")
    assert outcome.code == 2
    assert outcome.out.splitlines()[1:] == ["  9909  Fichier trop gros ou trop imbriqué ; plus de 10 000 000 octets"]


def test_advice_on_a_text_that_is_no_json(run: Callable[..., Outcome], tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"\xef\xbb\xbf{")
    outcome = run("controler", path, "--complet")
    assert outcome.code == 2
    assert "\nConseils\n  marque-d-ordre  " in outcome.out


def test_advice_that_has_no_place_is_shown_without_one(run: Callable[..., Outcome], tmp_path: Path) -> None:
    chemin = tmp_path / "F.json"
    chemin.write_bytes(b"\xef\xbb\xbftru")

    resultat = run("controler", str(chemin), "--complet")

    assert resultat.code == 2
    assert resultat.out.rstrip().endswith("enregistrez-le en UTF-8 sans BOM")


def test_several_files_give_the_highest_code(
    run: Callable[..., Outcome], good: Path, refused: Path, tmp_path: Path
) -> None:
    outcome = run("controler", good, EXAMPLE, refused, tmp_path / "absent.json")
    assert outcome.code == 2
    assert f"\n\n{EXAMPLE} : 4 demandes" in outcome.out
    assert outcome.err == f"Erreur : {tmp_path / 'absent.json'} : introuvable ; vérifiez le nom et le dossier.\n"
    assert run("controler", good, EXAMPLE).code == 1
    assert run("controler", good, good).code == 0


def test_what_cannot_be_read_is_said_and_the_others_are_checked(
    run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = tmp_path / "fermé.json"
    opening = Path.open

    def refuse(path: Path, mode: str, buffering: int = -1) -> IO[bytes]:
        if path == locked:
            raise PermissionError(13, "Permission denied", str(path))
        return cast("IO[bytes]", opening(path, mode, buffering))

    monkeypatch.setattr(Path, "open", refuse)
    outcome = run("controler", tmp_path, locked, EXAMPLE)
    assert outcome.code == 2
    assert f"{tmp_path} : est un dossier ; indiquez un fichier." in outcome.err
    assert f"{locked} : accès refusé ; vérifiez les droits." in outcome.err
    assert "4 demandes rejetées sur 6" in outcome.out


def test_the_standard_input_is_a_hyphen(spawn: Callable[..., subprocess.CompletedProcess[bytes]]) -> None:
    done = spawn("controler", "-", stdin=EXAMPLE.read_bytes())
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.decode().startswith("entrée standard : 4 demandes rejetées sur 6\n")


def test_a_file_may_begin_with_a_hyphen_and_an_option_is_still_not_a_file(
    run: Callable[..., Outcome], good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-x.json").write_bytes(good.read_bytes())
    assert run("controler", "--", "-x.json").code == 0
    missing = run("controler", "--", "-y.json")
    assert (missing.code, "Option inconnue : -y.json." in missing.err) == (64, True)


def test_a_hidden_fault_of_the_number_is_not_shown_as_a_number(run: Callable[..., Outcome], tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(EXAMPLE.read_bytes().replace(b'"numeroEditeur": "00003"', b'"numeroEditeur": "Dupont"'))
    assert "  Demande 3, numeroEditeur incorrect\n    0803  numeroEditeur : " in run("controler", path).out


# --- Advice -------------------------------------------------------------------------------------------------------------


def test_advice_is_counted_shown_on_demand_and_can_be_silenced(run: Callable[..., Outcome], tmp_path: Path) -> None:
    path = tmp_path / "conseils.json"
    path.write_bytes(
        b"\xef\xbb\xbf"
        + en_json(fichier_invente()).replace(b"990000010", b"990000011").replace(b"1234567890", b"ABCDEFGHIJ")
    )
    said = run("controler", path, "--sans", "carte-cpx")
    assert said.code == 0
    assert said.out.endswith("\n\n2 conseils sur des valeurs à vérifier : --complet\n")
    whole = run("controler", path, "--complet", "--sans", "carte-cpx").out
    assert "\nConseils\n  marque-d-ordre  le fichier commence par une marque" in whole
    assert "\n  finess-cle  FINESSGeo à vérifier" in whole
    silent = run("controler", path, "--sans", "carte-cpx,finess-cle", "--sans", "marque-d-ordre")
    assert " conseil" not in silent.out


def test_the_day_of_the_check_may_be_given(run: Callable[..., Outcome], good: Path) -> None:
    assert "6 conseils" in run("controler", good, "--jour", "2022-11-01").out
    assert "conseil" not in run("controler", good, "--jour", "2022-11-30").out


# --- The answer ---------------------------------------------------------------------------------------------------------


def test_the_answer_is_the_deposited_file_with_codes_filled_in(run: Callable[..., Outcome], tmp_path: Path) -> None:
    answer = tmp_path / "retour.json"
    outcome = run("controler", EXAMPLE, "--retour", answer)
    assert (outcome.code, outcome.err) == (
        1,
        (
            f"Verdict écrit dans {answer} : ce n’est pas la réponse du portail, les demandes acceptées n’y ont pas de numéro "
            "ASP.\n"
        ),
    )
    lines = answer.read_text(encoding="utf-8").splitlines()
    changed = [(before, after) for before, after in zip(TEXT, lines, strict=True) if before != after]
    assert [before.strip() for before, _ in changed] == ['"codeTraitement": null,', '"libelleTraitement": null'] * 6
    assert [json.loads(after.strip(" ,").split(": ")[1]) for _, after in changed[::2]] == [
        "0000", "0000", "3002", "1204", "2504", "2407",
    ]  # fmt: skip


def test_the_answer_never_overwrites(run: Callable[..., Outcome], tmp_path: Path) -> None:
    answer = tmp_path / "retour.json"
    answer.write_bytes(b"precieux")
    outcome = run("controler", EXAMPLE, "--retour", answer)
    assert outcome.code == 2
    assert "existe déjà" in outcome.err
    assert "4 demandes rejetées sur 6" in outcome.out
    assert answer.read_bytes() == b"precieux"


def test_there_is_no_answer_to_a_refused_file(run: Callable[..., Outcome], refused: Path, tmp_path: Path) -> None:
    outcome = run("controler", refused, "--retour", tmp_path / "retour.json")
    assert outcome.code == 2
    assert "retour.json n’est pas écrit" in outcome.err
    assert not (tmp_path / "retour.json").exists()


def test_a_folder_that_does_not_exist_is_said(run: Callable[..., Outcome], tmp_path: Path) -> None:
    outcome = run("controler", EXAMPLE, "--retour", tmp_path / "rien" / "retour.json")
    assert outcome.code == 2
    assert "introuvable" in outcome.err
    assert "Traceback" not in outcome.err


# --- JSON ---------------------------------------------------------------------------------------------------------------


def test_json_holds_everything_in_a_documented_shape(
    run: Callable[..., Outcome], refused: Path, tmp_path: Path
) -> None:
    absent = tmp_path / "absent.json"
    outcome = run("controler", EXAMPLE, refused, absent, "--format", "json")
    report = json.loads(outcome.out)
    assert (outcome.code, report["version"], report["code_de_sortie"]) == (2, 1, 2)
    first, second, third = report["fichiers"]
    assert set(first) == set(second) == set(third) == {
        "fichier", "etat", "erreur", "nombre_demandes", "nombre_acceptees", "nombre_rejetees", "avance", "anomalies_fichier",
        "lignes", "conseils",
    }  # fmt: skip
    counts = [first[f"nombre_{what}"] for what in ("demandes", "acceptees", "rejetees")]
    assert (first["etat"], counts) == ("rejets", [6, 2, 4])
    assert first["avance"] == "459.00"
    assert first["lignes"][0] == {
        "num_ligne": 1,
        "numero_editeur": "00001",
        "acceptee": True,
        "code_traitement": "0000",
        "libelle_traitement": "Demande acceptée",
        "finess_geo": "990000010",
        "date_commande": "2022-11-08",
        "regime_tva": "TTC",
        "montant_segur_ht": "708.33",
        "avance": "255.00",
        "anomalies": [],
    }
    told = {
        line["num_ligne"]: [(a["code"], a["balise"], a["ligne"], a["colonne"]) for a in line["anomalies"]]
        for line in first["lignes"]
        if not line["acceptee"]
    }
    assert told == EXPECTED
    assert first["lignes"][3]["anomalies"][0]["chemin"] == "/lignesImport/3/commande/montantSegurHT"
    assert (second["etat"], second["anomalies_fichier"][-1]["chemin"], second["lignes"]) == ("refusé", "", [])
    assert (third["etat"], third["erreur"]["code"]) == ("illisible", None)
    assert third["erreur"]["message"] == f"{absent} : introuvable ; vérifiez le nom et le dossier."


def test_json_tells_advice_by_its_id(run: Callable[..., Outcome], good: Path) -> None:
    report = json.loads(run("controler", good, "--format", "json", "--jour", "2022-11-12").out)
    lines = good.read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if "13/11/2022" in text)
    assert report["fichiers"][0]["conseils"] == [
        {
            "id": "date-future",
            "libelle": "dateCommande postérieure au jour du contrôle",
            "balise": "dateCommande",
            "chemin": "/lignesImport/5/commande/dateCommande",
            "ligne": line,
            "colonne": lines[line - 1].index('"13/') + 1,
        }
    ]


# --- CSV ----------------------------------------------------------------------------------------------------------------


def rows(outcome: Outcome) -> list[dict[str, str]]:
    assert outcome.out.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(outcome.out[1:], newline=""), delimiter=";"))


def test_csv_has_a_row_per_request(run: Callable[..., Outcome], refused: Path, tmp_path: Path) -> None:
    table = rows(run("controler", EXAMPLE, refused, tmp_path / "absent.json", "--format", "csv"))
    assert [row["etat"] for row in table] == [
        *["acceptée"] * 2, *["rejetée"] * 4, *["fichier refusé"] * 4, "illisible",
    ]  # fmt: skip
    assert (table[0]["numero_editeur"], table[0]["montant_segur_ht"], table[0]["avance"]) == (
        "00001",
        "708,33",
        "255,00",
    )
    assert (table[3]["code"], table[3]["autres_anomalies"], table[3]["ligne"]) == ("1204", "1", "130")
    assert "introuvable" in table[-1]["libelle"]


def test_complete_csv_has_a_row_per_anomaly_and_per_piece_of_advice(
    run: Callable[..., Outcome], tmp_path: Path
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"\xef\xbb\xbf" + EXAMPLE.read_bytes())
    table = rows(run("controler", path, "--format", "csv", "--complet"))
    rejected = [(int(row["num_ligne"]), row["code"]) for row in table if row["etat"] == "rejetée"]
    assert rejected == [(number, anomaly[0]) for number, anomalies in EXPECTED.items() for anomaly in anomalies]
    assert [row["code"] for row in table if row["etat"] == "conseil"] == ["marque-d-ordre"]


def test_a_file_name_cannot_become_a_formula(
    run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("=1+1.json").write_bytes(EXAMPLE.read_bytes())
    assert {row["fichier"] for row in rows(run("controler", "=1+1.json", "--format", "csv"))} == {"'=1+1.json"}


# --- HTML ---------------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += f"{data}\n"

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_the_page_stands_alone_and_escapes_what_it_shows(run: Callable[..., Outcome], tmp_path: Path) -> None:
    hostile = tmp_path / "<img src=x onerror=alert(1)>&amp;.json"
    hostile.write_bytes(EXAMPLE.read_bytes())
    outcome = run("controler", hostile, "--format", "html")
    page = Page(outcome.out)
    assert outcome.code == 1
    assert page.named("html") == [{"lang": "fr"}]
    assert not {"img", "link", "iframe"} & {name for name, _ in page.elements}
    assert page.named("script") == [{}]  # the filter's own
    assert hostile.name in page.text
    assert "http:" not in outcome.out
    assert {attributes["scope"] for attributes in page.named("th")} == {"col", "row"}
    for anomalies in EXPECTED.values():
        assert f"ligne {anomalies[0][2]}, colonne {anomalies[0][3]}" in page.text


def test_the_page_tells_of_every_file(run: Callable[..., Outcome], good: Path, refused: Path, tmp_path: Path) -> None:
    brief = Page(run("controler", EXAMPLE, refused, tmp_path / "absent.json", good, "--format", "html").out)
    assert len(brief.named("h2")) == 4 + 1  # the files, and what the codes mean
    assert "Pourquoi le fichier est refusé" in brief.text
    assert "introuvable" in brief.text
    assert "2004" not in brief.text
    whole = Page(run("controler", EXAMPLE, good, "--format", "html", "--complet", "--jour", "2022-11-01").out)
    for words in ("2004", "Demandes acceptées", "990000069", "date-future"):
        assert words in whole.text


# --- What is nobody's business ------------------------------------------------------------------------------------------


Leaf: TypeAlias = "str | int | float | bool | None"
Tree: TypeAlias = "dict[str, Tree | Leaf] | list[Tree | Leaf]"


def leaves(tree: Tree, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items: Iterable[tuple[str | int, Tree | Leaf]] = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in items:
        if isinstance(value, dict | list):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key)


LEAVES = sorted(leaves(json.loads(en_json(fichier_invente()))), key=str)
SECRETS = ["Xavierette", "XAVIERETT", "xavierette.secret@free.fr", "0699999999", '"><b>Xavierette', "X" * 60]


@given(st.sampled_from(LEAVES), st.sampled_from(SECRETS), st.sampled_from(["value", "key"]), st.sampled_from(FORMS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_form_of_the_report_repeats_a_value_or_an_unknown_key(
    run: Callable[..., Outcome],
    tmp_path: Path,
    path: tuple[str | int, ...],
    secret: str,
    where: str,
    form: str,
) -> None:
    tree = json.loads(en_json(fichier_invente()))
    block = tree
    for key in path[:-1]:
        block = block[key]
    block[path[-1] if where == "value" else secret] = secret
    source = tmp_path / "a.json"
    source.write_text(json.dumps(tree), encoding="utf-8")
    outcome = run("controler", source, "--complet", "--format", form)
    for shown in (secret, secret.lower(), "Xavierette"):
        assert shown not in outcome.out + outcome.err


def test_nothing_personal_of_accepted_requests_is_shown(run: Callable[..., Outcome], good: Path) -> None:
    for form in FORMS:
        out = run("controler", good, "--complet", "--format", form).out
        for personal in ("MARTIN", "0102030405", "certificats@", "1234567890", "DURAND", "LEFÈVRE", "NGUYEN"):
            assert personal not in out


def test_the_same_words_as_the_library(run: Callable[..., Outcome]) -> None:
    told = json.loads(run("controler", EXAMPLE, "--format", "json").out)["fichiers"][0]["lignes"]
    assert [line["libelle_traitement"] for line in told] == [v.libelle_traitement for v in controler(EXAMPLE).lignes]


def test_only_a_day_that_was_given_is_compared_with_the_name(tmp_path: Path, run: Callable[..., Outcome]) -> None:
    name = tmp_path / "JSON-ANS0000001-20221115-001.json"
    name.write_bytes(en_json(fichier_invente()))
    assert "nom-json" not in run("controler", str(name), "--complet").out
    assert "nom-json" in run("controler", str(name), "--complet", "--jour", "2022-11-16").out
    assert "nom-json" not in run("controler", str(name), "--complet", "--jour", "2022-11-15").out


def test_made_up_references_let_a_test_of_the_whole_path_go_on(tmp_path: Path, run: Callable[..., Outcome]) -> None:
    sent, answer = tmp_path / "d.json", tmp_path / "retour.json"
    sent.write_bytes(en_json(fichier_invente()))
    outcome = run("controler", str(sent), "--retour", str(answer), "--asp", "ESSAI-")
    assert "les numéros ASP y sont inventés" in outcome.err
    lines = lire_retour(answer).lignes
    accepted = [ligne.numero_asp for ligne in lines]
    assert accepted == [f"ESSAI-{d.numero_editeur}" for d in fichier_invente().demandes]
    assert {ligne.issue for ligne in lines} == {Issue.ACCEPTEE}
    assert not rapprocher(sent, answer).ecarts


def test_an_answer_without_references_accepts_nothing() -> None:
    answer = lire_retour(controler(fichier_invente()).en_retour())
    assert Issue.ACCEPTEE not in {ligne.issue for ligne in answer.lignes}


@pytest.mark.parametrize("prefix", ["É", "A B", "x" * 21, "a\n", '"'])
def test_a_made_up_reference_is_plain(prefix: str) -> None:
    with pytest.raises(SegurError, match="--asp"):
        controler(fichier_invente()).en_retour(asp=prefix)


def test_made_up_references_need_an_answer_to_stand_in(tmp_path: Path, run: Callable[..., Outcome]) -> None:
    assert run("controler", str(tmp_path / "x.json"), "--asp", "ESSAI-").code == 64
