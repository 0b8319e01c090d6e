"""What commands write for programs in other languages: its schemas, and that every output follows them.

Every JSON output of the other tests of commands is judged as well: their fixtures ask ``tests/sorties.py``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import attrs
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from segur_pha import NatureEcart, RegimeTVA, controler, en_json, lire_retour
from segur_pha.certificats.plan import Action
from segur_pha.certificats.seuils import Motif
from segur_pha.cli.schema import Sortie, schema_de_sortie
from segur_pha.controle.resultats import EtatDuControle, FichierControle, en_texte_json
from segur_pha.demonstration import fichier_fautif, fichier_invente
from segur_pha.portail import Inconduite, PortailSimule
from segur_pha.registre import Registre
from segur_pha.registre.attentes import Attente
from segur_pha.registre.etats import Phase, PhaseFichier
from segur_pha.registre.mots import EVENEMENTS
from segur_pha.retour.lignes import Issue
from segur_pha.strategies import fautes, fichiers
from segur_pha.vagues.va1.exemples import demande_du_guide
from tests.outils import Nombre, demande, fichier, modifier, octets
from tests.sorties import ferme, juger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Outcome

NOEUD = Path(__file__).parents[1] / "noeud"
SORTIES = get_args(Sortie)
DEPOT, ANSWERED = date(2022, 11, 15), date(2022, 11, 16)


@pytest.mark.parametrize("commande", SORTIES)
def test_each_schema_stands_alone_and_names_its_command_and_version(
    run: Callable[..., Outcome], commande: Sortie
) -> None:
    outcome = run("schema", "--sortie", commande)
    schema = json.loads(outcome.out)
    assert (outcome.code, schema) == (0, schema_de_sortie(commande))
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:segur-pha:schema:sortie:{commande}:1"
    # A second output of one command bears the option that writes it.
    written = {"erreur": "…", "fautes": "…"}.get(commande, commande.removesuffix("-plan").replace("-", " "))
    assert schema["description"].startswith(f"segur-pha {written} ")
    jsonschema_rs.Draft202012Validator(schema)  # every reference leads somewhere
    used = json.dumps(schema)
    assert [name for name in schema.get("$defs", {}) if f'"#/$defs/{name}"' not in used] == []


def definitions(commande: Sortie) -> dict[str, Any]:
    """Give the definitions that a schema rests on, itself among them."""
    schema: Any = schema_de_sortie(commande)
    return {schema["title"]: schema, **schema.get("$defs", {})}


def objects(part: Any) -> Iterator[dict[str, Any]]:
    """Walk every object that a schema describes."""
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield part
        for value in part.values():
            yield from objects(value)
    elif isinstance(part, list):
        for value in part:
            yield from objects(value)


@pytest.mark.parametrize("commande", SORTIES)
def test_a_reader_finds_every_key_that_is_documented(commande: Sortie) -> None:
    # Keys are never left out: null says that there is nothing.
    for described in objects(schema_de_sortie(commande)):
        assert described["required"] == list(described["properties"])


def test_the_words_of_the_schemas_are_those_of_the_library() -> None:
    words = {
        name: [*part["enum"]] for commande in SORTIES for name, part in definitions(commande).items() if "enum" in part
    }
    assert words == {
        "EtatDuControle": [*EtatDuControle],
        "Issue": [*Issue],
        "NatureEcart": [nature.value for nature in NatureEcart],
        "Phase": [*Phase],
        "PhaseFichier": [*PhaseFichier],
        "NatureAttente": [*Attente],
        "NatureEvenement": [*EVENEMENTS.values()],
        "RegimeTva": [*RegimeTVA],
        "Encodage": ["UTF-8", "Windows-1252"],
        "MotifAlerte": [*(motif.value for motif in Motif), "ligne illisible"],
        "Action": [Action.RENOUVELER.value, Action.COMMANDER.value, Action.VERIFIER.value],
        "RegleDeFin": ["fin du certificat", "fin de la clé"],
    }


def test_an_unknown_output_is_a_misuse(run: Callable[..., Outcome]) -> None:
    outcome = run("schema", "--sortie", "demo")
    assert outcome.code == 64
    assert "choisissez parmi controler, preparer," in outcome.err


@settings(max_examples=settings.default.max_examples // 2)  # every other test of a command judges its output too
@given(st.one_of(fautes().map(lambda faute: faute.octets), fichiers(maximum=2).map(en_json), st.binary(max_size=50)))
def test_a_report_follows_its_schema_whatever_the_file_is(octets: bytes) -> None:
    controle = FichierControle("f.json", controler(octets))
    juger("controler", en_texte_json([controle]))


def test_a_sum_keeps_its_cents_however_large_it_is(run: Callable[..., Outcome], tmp_path: Path) -> None:
    # 28 digits, the usual precision, hold each of these advances and not their sum.
    lines = [
        modifier(
            modifier(demande(k, f"{k:05}"), "/commande/montantSegurHT", Nombre("9" * 25 + ".99")),
            "/piecesJustificatives/0/nomFichier",
            f"PHA-LGO-Va1-BDC-{k:05}.pdf",
        )
        for k in range(1, 61)
    ]
    path = tmp_path / "f.json"
    path.write_bytes(octets(fichier(*lines)))
    (told,) = json.loads(run("controler", path, "--format", "json").out)["fichiers"]
    assert len(told["avance"]) > 29
    cents = [int(line["avance"].replace(".", "")) for line in told["lignes"]]
    assert int(told["avance"].replace(".", "")) == sum(cents)


def test_an_unreadable_file_follows_it_too(run: Callable[..., Outcome], tmp_path: Path) -> None:
    report = json.loads(run("controler", tmp_path / "absent.json", "--format", "json").out)
    assert report["fichiers"][0]["etat"] == "illisible"


@pytest.mark.parametrize("inconduites", [(), tuple(Inconduite)])
def test_an_answer_follows_its_schema_however_odd_it_is(
    run: Callable[..., Outcome], tmp_path: Path, inconduites: tuple[Inconduite, ...]
) -> None:
    sent, answer = tmp_path / "envoye.json", tmp_path / "retour.json"
    sent.write_bytes(fichier_fautif())
    answer.write_bytes(PortailSimule(inconduites=inconduites).deposer(fichier_fautif()))
    outcome = run("retour", answer, "--envoye", sent, "--format", "json")
    said = json.loads(outcome.out)
    assert (outcome.code, said["version"], said["enregistree"]) == (1, 1, False)
    if inconduites:
        assert {"nature", "bloquant", "numero_editeur", "chemin", "message", "attendu", "recu"} == set(
            said["ecarts"][0]
        )
    else:
        assert said["ecarts"] == []
        assert [ligne["issue"] for ligne in said["lignes"]] == ["acceptée"] * 2 + ["rejetée"] * 4
        assert said["lignes"][3]["remede"].startswith("Corrigez montantSegurHT")


def test_what_was_recorded_is_said(run: Callable[..., Outcome], tmp_path: Path) -> None:
    octets = en_json(fichier_invente())
    sent, answer, ledger = (tmp_path / name for name in ("JSON-ANS0000001-20221115-001.json", "r.json", "l.sqlite"))
    sent.write_bytes(octets)
    answer.write_bytes(PortailSimule().deposer(octets))
    with Registre(f"sqlite:///{ledger}") as registre:
        registre.preparer({sent.name: octets}, jour=DEPOT)
        registre.deposer(sent.name, jour=DEPOT)
    line = ("retour", answer, "--registre", f"sqlite:///{ledger}", "--format", "json", "--jour", "2022-11-16")
    assert json.loads(run(*line).out)["enregistree"] is False
    outcome = run(*line, "--appliquer")
    assert (outcome.code, json.loads(outcome.out)["enregistree"]) == (0, True)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger after the answer to the file with faults: two requests accepted, one of them paid, four rejected."""
    sent, name, place = fichier_fautif(), "JSON-ANS0000001-20221115-001.json", tmp_path / "registre.sqlite"
    with Registre(f"sqlite:///{place}") as registre:
        registre.preparer({name: sent}, jour=DEPOT)
        registre.deposer(name, jour=DEPOT)
        registre.enregistrer_retour(lire_retour(PortailSimule().deposer(sent)), jour=ANSWERED)
        paid, _ = registre.soldables()
        registre.decider(paid.numero_editeur, favorable=True, jour=ANSWERED)
        registre.payer(paid.numero_editeur, Decimal(255), jour=ANSWERED)
    return place


def test_the_lists_of_the_ledger_as_json(run: Callable[..., Outcome], ledger: Path) -> None:
    def listed(*words: str, code: int = 0) -> Any:
        outcome = run("registre", *words, "--format", "json", "--registre", f"sqlite:///{ledger}")
        assert outcome.code == code
        return json.loads(outcome.out)

    everything = listed("lister")
    assert [d["numero_editeur"] for d in everything["demandes"]] == [f"{n:05}" for n in range(1, 7)]
    assert everything["doublons"] == []
    (paid,) = listed("lister", "--phase", "avance payée")["demandes"]
    assert (paid["jour_phase"], paid["jour_depot"], paid["motif"]) == ("2022-11-16", "2022-11-15", None)
    assert (paid["avance"], paid["montant_paye"]) == ("255.00", "255.00")
    assert len({d["numero_asp"] for d in everything["demandes"]} - {None}) == 2

    totals = listed("lister", "--totaux")["totaux"]
    assert [(t["mois"], t["phase"], t["nombre_demandes"], t["montant_paye"]) for t in totals] == [
        ("2022-11", "acceptée", 1, "0.00"),
        ("2022-11", "avance payée", 1, "255.00"),
        ("2022-11", "rejetée", 4, "0.00"),
    ]

    balance = listed("soldables")["soldables"]
    assert [(s["phase"], s["avance_payee"], s["montant_paye"]) for s in balance] == [
        ("avance payée", True, "255.00"),
        ("acceptée", False, None),
    ]
    assert balance[0]["numero_asp"] == paid["numero_asp"]

    waiting = listed("relancer", code=1)
    assert [(key, len(waiting[key])) for key in waiting if key.startswith("demandes_")] == [
        ("demandes_sans_reponse", 0),
        ("demandes_a_resoumettre", 4),
        ("demandes_a_verifier", 0),
    ]
    rejected = waiting["demandes_a_resoumettre"][0]
    assert (rejected["phase"], rejected["numero_asp"], rejected["remplacee_par"]) == ("rejetée", None, None)
    assert rejected["libelle_traitement"]


def test_two_requests_of_one_pharmacy_are_named_as_json(run: Callable[..., Outcome], tmp_path: Path) -> None:
    one = fichier_invente()
    twice = attrs.evolve(
        one,
        demandes=(one.demandes[0], attrs.evolve(demande_du_guide("00099"), beneficiaire=one.demandes[0].beneficiaire)),
    )
    place = f"sqlite:///{tmp_path / 'registre.sqlite'}"
    with Registre(place) as registre:
        registre.preparer(
            {"JSON-ANS0000001-20221115-001.json": en_json(twice)}, jour=DEPOT, admettre=["officine-deja-demandee"]
        )
    said = json.loads(run("registre", "lister", "--format", "json", "--registre", place).out)
    (pharmacy,) = said["doublons"]
    assert pharmacy["numeros_editeur"] == [one.demandes[0].numero_editeur, "00099"]
    assert [d["jour_depot"] for d in said["demandes"]] == [None, None]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("708.33", {"regime_tva": "TTC", "montant_ttc": "850.00", "avance": "255.00", "depassement": None}),
        ("850 --regime HT", {"montant_segur_ht": "850.00", "avance": "255.00"}),
        ("710 --tranche B", {"montant_segur_ht": "710.00", "depassement": "1.67"}),
    ],
)
def test_an_advance_as_json(run: Callable[..., Outcome], line: str, says: dict[str, object]) -> None:
    outcome = run("avance", *line.split(), "--format", "json")
    told = json.loads(outcome.out)
    assert outcome.code == 0
    assert {key: told[key] for key in says} == says


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.skipif(not (NOEUD / "node_modules").is_dir(), reason="npm ci --prefix tests/noeud was not run")
def test_ajv_compiles_the_report_in_strict_mode(run: Callable[..., Outcome]) -> None:
    examples = Path(__file__).parents[2] / "examples" / "demandes.json"
    report = run("controler", examples, "--format", "json").out
    schema = ferme(schema_de_sortie("controler"))
    done = subprocess.run(
        ["node", "juger.mjs"],
        cwd=NOEUD,
        input=json.dumps({"schema": schema, "documents": [report, report.replace('"etat"', '"état"')]}),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert (json.loads(done.stdout), done.stderr) == ([True, False], "")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["verifier", "absent", "--format", "json"], 2),
        (["retour", "absent.json", "--envoye", "absent.json", "--format", "json"], 2),
        (["etat", "--registre", "absent.sqlite", "--jour", "2022-11-15", "--format", "json"], 2),
        (["avance", "--format", "json"], 64),
        (["operateurs", "--format=json", "--inconnue"], 64),
        (["preparer", "--format", "json"], 64),
        (["preparer", "--modele", "--format", "json"], 64),
        (["anonymiser", "absent.json", "--format", "json"], 64),
        (["schema", "--comparer", "absent.json", "--format", "json"], 64),
    ],
)
def test_a_failure_asked_for_as_json_is_json(
    run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run(*words)
    told = json.loads(outcome.out)
    juger("erreur", outcome.out)
    assert outcome.code == code
    assert told["erreur"]["message"].splitlines()[0] in outcome.err
    assert told["erreur"]["code"] is None
