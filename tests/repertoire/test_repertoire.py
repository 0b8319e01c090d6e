"""Registers of pharmacies in every form people have them, and what they say of a request, an order, a fleet."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segur_pha import controler
from segur_pha.cli import principal
from segur_pha.repertoire import lecture
from segur_pha.repertoire.etablissements import Etablissement
from segur_pha.repertoire.lecture import RepertoireIllisible, lire_repertoire
from tests.outils import demande, fichier, modifier, octets

if TYPE_CHECKING:
    from pathlib import Path

FINESS = "750000002"


def ege(finess: str, categorie: str = "620", etat: str = "A", commune: str = "75101") -> dict[str, object]:
    return {
        "informationsGeneralesEGE": {"numFinessEge": finess, "nomEgeLong": "PHARMACIE « É »", "siret": None},
        "categorieentiteGeographiqueExercice": categorie,
        "etatObjet": etat,
        "adresse": [{"cogCommune": commune, "codePostal": "75001"}],
    }


def journalier(*eges: dict[str, object]) -> dict[str, object]:
    entites = [{"informationsGeneralesPMEJ": {"numFinessPm": f"{k:09}"}, "ege": [e]} for k, e in enumerate(eges)]
    return {"dateGeneration": "2026-11-20", "pmej": [{"ege": None}, {"ege": []}, *entites]}


def classique(*rangees: tuple[str, str, str]) -> bytes:
    lignes = ["finess;etalab;96;2026-07-20"]
    for finess, categorie, departement in rangees:
        cellules = [""] * 32
        cellules[0], cellules[1], cellules[3], cellules[13], cellules[18] = (
            "structureet", finess, 'PHARMACIE "DE L’ÉTÉ', departement, categorie,
        )  # fmt: skip
        lignes.append(";".join(cellules))
    return "\n".join([*lignes, "geolocalisation;750000002;1;2"]).encode("cp1252")


def test_what_has_no_finess_is_nobody(tmp_path: Path) -> None:
    sans = {**ege(FINESS), "informationsGeneralesEGE": {"numFinessEge": None}}
    (tmp_path / "f.json").write_text(json.dumps(journalier(sans, ege(FINESS))), "utf-8")
    assert [*lire_repertoire(tmp_path / "f.json").etablissements] == [FINESS]
    (tmp_path / "t.csv").write_text(f"finess;categorie\n;620\n{FINESS};620\n", "utf-8")
    assert [*lire_repertoire(tmp_path / "t.csv").etablissements] == [FINESS]


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("indent", [None, 2])
def test_the_daily_file_is_read_gzipped_or_not(tmp_path: Path, indent: int | None, *, compressed: bool) -> None:
    objet = journalier(ege(FINESS), ege("010000024", "355", "I", "01053"), ege("2A0000014", commune="2A004"))
    brut = json.dumps(objet, ensure_ascii=indent is None, indent=indent).encode()
    chemin = tmp_path / ("finess.json.gz" if compressed else "finess.json")
    chemin.write_bytes(gzip.compress(brut) if compressed else brut)
    repertoire = lire_repertoire(chemin)
    assert dict(repertoire) == {FINESS: "620", "010000024": "355", "2A0000014": "620"}
    assert repertoire.etablissements["010000024"] == Etablissement("355", ferme=True, departement="01")
    assert not repertoire.remarques
    assert len(repertoire) == 3


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.from_regex("[0-9][0-9A-Z][0-9]{7}", fullmatch=True), st.from_regex("[0-9]{3}", fullmatch=True)),
        min_size=1,
        max_size=20,
        unique_by=lambda p: p[0],
    ),
    st.integers(1, 40),
)
def test_an_entity_cut_anywhere_between_two_reads_is_whole(
    tmp_path_factory: pytest.TempPathFactory, known: list[tuple[str, str]], bit: int
) -> None:
    chemin = tmp_path_factory.mktemp("r") / "finess.json"
    chemin.write_text(json.dumps(journalier(*(ege(f, c) for f, c in known)), ensure_ascii=False), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lecture, "_MORCEAU", bit)
        assert dict(lire_repertoire(chemin)) == dict(known)


def test_the_daily_file_is_read_as_a_stream(tmp_path: Path) -> None:
    chemin = tmp_path / "finess.json.gz"
    with gzip.open(chemin, "wt", compresslevel=1) as flux:
        flux.write('{"pmej":[')
        for k in range(4_000):
            entite = {"ege": [ege(f"{k:09}")], "contact": ["x" * 10_000]}
            flux.write(("," if k else "") + json.dumps(entite))
        flux.write("]}")
    tracemalloc.start()
    try:
        assert len(lire_repertoire(chemin)) == 4_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12_000_000  # of 40 MB of text


def test_the_classic_extract_is_read_and_told_to_have_stopped(tmp_path: Path) -> None:
    (tmp_path / "etalab.csv").write_bytes(classique((FINESS, "620", "75"), ("010000024", "101", "01")))
    repertoire = lire_repertoire(tmp_path / "etalab.csv")
    assert dict(repertoire) == {FINESS: "620", "010000024": "101"}
    assert "20/07/2026" in repertoire.remarques[0].message


@pytest.mark.parametrize("header", ["finess;categorie", "N° FINESS;Catégorie", "Catégorie;FINESS;Ville"])
def test_a_table_of_ones_own(tmp_path: Path, header: str) -> None:
    cells = {"finess": FINESS, "n° finess": FINESS}
    row = ";".join(cells.get(title.lower(), "620" if "at" in title else "x") for title in header.split(";"))
    (tmp_path / "t.csv").write_text(f"{header}\n{row}\n;\n10000024;\n" if header[0] == "f" else f"{header}\n{row}\n")
    repertoire = lire_repertoire(tmp_path / "t.csv")
    assert repertoire[FINESS] == "620"
    assert header[0] != "f" or repertoire["010000024"] == ""


def test_a_table_may_say_what_is_closed_and_where(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"finess;categorie;etat;departement\n{FINESS};620;Fermé;1\n")
    assert lire_repertoire(tmp_path / "t.csv").etablissements[FINESS] == Etablissement(
        "620", ferme=True, departement="01"
    )


WHOLE = json.dumps(journalier(ege(FINESS))).encode()
BROKEN = {
    "cut.json": (WHOLE[:-20], "coupé ou abîmé"),
    "cut.json.gz": (gzip.compress(WHOLE)[:-12], "gzip est abîmé"),
    "spoiled.json.gz": (gzip.compress(WHOLE)[:12] + b"\xff" * 40, "gzip est abîmé"),
    "latin.json": (WHOLE.replace(b"PHARMACIE", b"PHARMACI\xc9"), "UTF-8"),
    "other.json": (b'{"x": []}', "pmej"),
    "empty.json": (b'{"pmej": []}', "aucun établissement"),
    "deep.json": (b'{"pmej": [' + b"[" * 100_000, "imbriqué"),
    "one.csv": (b"finess;ville\n750000002;Paris\n", "deux colonnes"),
    "quote.csv": (b'finess;categorie;etat;departement\n750000002;620;"A', "quote.csv, ligne 2 : guillemet mal placé"),
    "more.csv": (b"finess;categorie\n750000002;620\n750000010;620;A\n", "more.csv, ligne 3 : plus de cellules"),
    "none.csv": (b"a;b\n1;2\n", "aucune colonne reconnue"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_register_is_refused_with_what_to_do(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content, words = BROKEN[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RepertoireIllisible, match=words):
        lire_repertoire(tmp_path / name)
    (tmp_path / "f.json").write_bytes(octets(fichier()))
    assert principal(["controler", str(tmp_path / "f.json"), "--finess", str(tmp_path / name)]) == 2
    assert words in capsys.readouterr().err


def test_an_entity_without_an_end_is_not_read_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lecture, "_MORCEAU", 1_000)
    monkeypatch.setattr(lecture, "_ENTITE_MAXIMALE", 10_000)
    (tmp_path / "f.json").write_text('{"pmej": [{"x": "' + "a" * 100_000)
    with pytest.raises(RepertoireIllisible, match="coupé ou abîmé"):
        lire_repertoire(tmp_path / "f.json")


REGISTER = [
    ({"finess": "010000024"}, {"finess-inconnu"}),
    ({"finess": FINESS}, set()),
    ({"finess": FINESS, "categorie": "355"}, {"finess-categorie"}),
    ({"finess": FINESS, "etat": "I"}, {"finess-ferme"}),
    ({"finess": FINESS, "commune": "01053"}, {"finess-departement"}),
    ({"finess": FINESS, "commune": "01053", "etat": "I", "categorie": "101"},
     {"finess-departement", "finess-ferme", "finess-categorie"}),
]  # fmt: skip


@pytest.mark.parametrize(("known", "expected"), REGISTER)
def test_what_a_register_says_is_advice(tmp_path: Path, known: dict[str, str], expected: set[str]) -> None:
    (tmp_path / "r.json").write_text(json.dumps(journalier(ege(**known))))
    arbre = fichier(modifier(demande(1), "/beneficiaire/FINESSGeo", FINESS))
    rapport = controler(octets(arbre), categories=lire_repertoire(tmp_path / "r.json"), jour=date(2022, 11, 15))
    assert rapport.tout_accepte
    assert {c.id for c in rapport.conseils if c.id.startswith("finess")} == expected


def test_the_commands_look_pharmacies_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "etalab.csv").write_bytes(classique(("990000010", "101", "99")))
    register = ["--finess", str(tmp_path / "etalab.csv")]
    (tmp_path / "f.json").write_bytes(octets(fichier()))
    assert principal(["controler", str(tmp_path / "f.json"), "--complet", *register]) == 0
    said = capsys.readouterr()
    assert "finess-inconnu" in said.out
    assert "20/07/2026" in said.err
    examples = ["--editeur", "examples/editeur.toml", "--pieces", "examples/pieces", "--jour", "2022-11-15"]
    assert principal(["preparer", "examples/commandes.csv", *examples, "--sortie", str(tmp_path / "d"), *register]) == 0
    assert "finess-inconnu" in capsys.readouterr().out
    principal(["certificats", "examples/suivi.csv", "--au", "2025-06-12", "--repertoire", *register[1:]])
    said = capsys.readouterr()
    assert "absent du registre fourni" in said.out


def test_nothing_is_said_of_a_fleet_that_the_register_knows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "suivi.csv").write_text("Structure;Usage;Fin\n1750000002;SSL_SERV;12/06/2026\n")
    (tmp_path / "t.csv").write_text(f"finess;categorie\n{FINESS};620\n")
    principal(
        ["certificats", str(tmp_path / "suivi.csv"), "--au", "2025-06-12", "--repertoire", str(tmp_path / "t.csv")]
    )
    said = capsys.readouterr()
    assert "1 officine" in said.out
    assert "registre fourni" not in said.out


@pytest.mark.parametrize("shape", [b"finess;etalab;96;2026-07-20\n" + b"x" * 100, b'{"pmej": [' + b"{}, " * 40])
def test_a_small_gzip_that_unpacks_to_terabytes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: bytes
) -> None:
    unpacked = 0

    class Endless(io.BytesIO):
        """What a gzip of a few bytes unpacks to, without the wait."""

        def read(self, size: int | None = -1) -> bytes:
            nonlocal unpacked
            octets = super().read(size) or b" " * (size or 0)
            unpacked += len(octets)
            return octets

        def readline(self, size: int | None = -1) -> bytes:
            nonlocal unpacked
            octets = super().readline(size) or b"x" * (size or 0)
            unpacked += len(octets)
            return octets

    monkeypatch.setattr(gzip, "open", lambda _: Endless(shape))
    monkeypatch.setattr(lecture, "_OCTETS_MAXIMUM", 5_000_000)
    path = tmp_path / "finess.gz"
    path.write_bytes(gzip.compress(shape))
    with pytest.raises(RepertoireIllisible, match="une fois décompressé"):
        lire_repertoire(path)
    assert unpacked <= 5_000_000 + 100_001
