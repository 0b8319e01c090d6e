"""Settings to begin with: from questions, from the titles of an export; and the sample values that stay in them."""

from __future__ import annotations

import re
import shutil
import tomllib
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha import VA1, Editeur
from segur_pha.cli import principal
from segur_pha.depot.export import TitresLus, titres_d_export
from segur_pha.depot.reglages import proposer_les_colonnes, texte_des_reglages
from segur_pha.depot.vocabulaire import vocabulaire

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    return lambda *lines: monkeypatch.setattr("sys.stdin", StringIO("".join(f"{line}\n" for line in lines)))


def test_questions_make_settings_that_are_read(
    tmp_path: Path, answers: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    answers("LGO12345", "LGO1234567", "73282932000074", "X", "E", "", "MARTIN", "0102030406", "c@editeur.example")
    path = tmp_path / "editeur.toml"
    assert principal(["editeur", str(path)]) == 0
    said = capsys.readouterr().out
    assert "longueur incorrecte" in said
    settings = Editeur.lire(path)
    assert (settings.numero_ans, settings.siret) == ("LGO1234567", "73282932000074")
    assert dict(settings.defauts) == {
        "statut_admin_technique": "E",
        "nom_admin_technique": "MARTIN",
        "tel_admin_technique": "0102030406",
        "email_admin_technique": "c@editeur.example",
    }
    assert principal(["editeur", str(path)]) == 2


def test_answers_that_stop_write_nothing(
    tmp_path: Path, answers: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    answers("LGO1234567")
    assert principal(["editeur", str(tmp_path / "e.toml")]) == 2
    assert "rien n’a été écrit" in capsys.readouterr().err
    assert not (tmp_path / "e.toml").exists()


class SansFin(StringIO):
    """A standard input of one line that never ends; what is asked for is counted."""

    lus = 0

    def readline(self, size: int | None = -1, /) -> str:
        assert size is not None
        assert size > 0, "the whole line would be read"
        self.lus += size
        return "1" * size


def test_a_line_without_end_is_read_no_further_than_any_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    endless = SansFin()
    monkeypatch.setattr("sys.stdin", endless)
    assert principal(["editeur", str(tmp_path / "e.toml")]) == 2
    assert (
        "Cette réponse est démesurée, de plus de 1\xa0000 caractères : rien n’a été écrit." in capsys.readouterr().err
    )
    assert (endless.lus, list(tmp_path.iterdir())) == (1_001, [])


@given(st.integers(0, 40))
def test_a_question_is_not_asked_for_ever(wrong: int) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder, redirect_stdout(StringIO()):
        patch.setattr("sys.stdin", StringIO("non\n" * wrong + "LGO1234567\n73282932000074\n\n\n\n\n\n"))
        path, errors = Path(folder, "e.toml"), StringIO()
        with redirect_stderr(errors):
            code = principal(["editeur", str(path)])
        assert (code, path.exists()) == ((0, True) if wrong < 20 else (2, False))
        assert ("20 réponses incorrectes à la même question : rien n’a été écrit." in errors.getvalue()) == (
            wrong >= 20
        )


def test_an_answer_that_is_no_text_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b"LGO\xff\n"), "utf-8"))
    assert principal(["editeur", str(tmp_path / "e.toml")]) == 2
    assert "Cette réponse n’est pas un texte lisible (encodage) : rien n’a été écrit." in capsys.readouterr().err


def test_titles_of_an_export_become_columns_to_be_checked(tmp_path: Path) -> None:
    path = tmp_path / "editeur.toml"
    assert principal(["editeur", str(path), "--depuis", str(EXAMPLES / "commandes.csv")]) == 0
    text = path.read_text(encoding="utf-8")
    columns = tomllib.loads(text)["colonnes"]
    assert columns == {
        "numero_editeur": "N° demande",
        "date_commande": "Date de signature",
        "nom_responsable": "Titulaire",
        "finess_geo": "FINESS",
        "regime_tva": "Régime",
        "montant_segur_ht": "Montant HT",
        "tranche": "Tranche",
        "bon_commande": "Bon de commande",
    }
    assert "Commercial" in text


def test_what_was_matched_and_what_was_not_is_told_on_the_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert principal(["editeur", str(tmp_path / "e.toml"), "--depuis", str(EXAMPLES / "commandes.csv")]) == 0
    out = capsys.readouterr().out
    assert re.search(r"(?m)^montant_segur_ht +Montant HT$", out)
    due, optional, unused = (line for line in out.splitlines() if " ; " in line)
    assert "Obligatoires" in due
    assert "statut_admin_technique, numero_carte_cpx, nom_admin_technique" in due
    assert "Facultatives" in optional
    assert "preuve_ht" in optional
    assert unused.startswith("Titres de l’export qui ne ressemblent à rien d’attendu : « Commercial » ;")


def test_an_export_without_a_known_title_is_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "e.csv").write_text("Zzz;Yyy\n1;2\n", encoding="utf-8")
    assert principal(["editeur", str(tmp_path / "e.toml"), "--depuis", str(tmp_path / "e.csv")]) == 0
    out = capsys.readouterr().out
    assert "à vérifier" not in out
    assert "ligne 1 de l’export, prise pour celle des titres (2 cellules remplies)" in " ".join(out.split())
    assert "Zzz" not in out + (tmp_path / "e.toml").read_text("utf-8")


def test_where_every_title_means_something_nothing_is_said_of_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "e.csv").write_text("FINESS;Titulaire\n1;2\n", encoding="utf-8")
    assert principal(["editeur", str(tmp_path / "e.toml"), "--depuis", str(tmp_path / "e.csv")]) == 0
    assert "ne ressemblent à rien" not in capsys.readouterr().out


@given(
    st.lists(
        st.sampled_from(["N° demande", "FINESS", "Titulaire", "Commercial", "Zone", "", "HT", "Date"]), unique=True
    )
)
def test_each_title_and_each_column_is_told_once(titles: list[str]) -> None:
    proposed = proposer_les_colonnes(titles)
    assert sorted([*proposed.titres.values(), *proposed.inutiles]) == sorted(filter(None, titles))
    told = [*proposed.titres, *proposed.dues, *proposed.facultatives]
    assert sorted(told) == sorted(vocabulaire(VA1).colonnes)
    assert set(proposed.dues) <= set(vocabulaire(VA1).obligatoires)


#: What people call the columns of their exports.
CALLED = {
    "numero_editeur": ["N° demande", "N° commande", "Réf. commande", "Référence"],
    "date_commande": ["Date", "Date de signature", "Date du bon", "Signé le"],
    "regime_tva": ["TVA", "Régime"],
    "montant_segur_ht": ["Montant HT", "Prix HT", "Total HT", "HT"],
    "nom_responsable": ["Titulaire", "Nom du titulaire", "Pharmacien titulaire", "Nom"],
    "email_responsable": ["Courriel", "E-mail", "Mail", "Adresse mail"],
    "telephone_responsable": ["Tél.", "Téléphone", "Portable"],
    "finess_geo": ["FINESS", "N° FINESS", "FINESS géographique", "Code FINESS"],
    "operateur_messagerie": ["Messagerie", "Messagerie sécurisée", "Opérateur", "Opérateur MSSanté"],
    "has_bal_ms_sante_personnelle": ["BAL perso", "BAL personnelle", "Boîte MSSanté"],
    "bon_commande": ["Bon de commande", "Fichier bon", "Fichier", "Document", "BDC"],
    "preuve_ht": ["Attestation HT", "Attestation TVA", "Preuve de régime"],
    "tranche": ["Tranche de CA", "Tranche de chiffre d’affaires"],
    "format_bon_commande": ["Format du bon"],
    "format_preuve_ht": ["Format de l’attestation"],
}


def test_a_column_is_recognised_by_what_people_call_it() -> None:
    found = {
        word: [title for title in titles if proposer_les_colonnes([title]).titres == {word: title}]
        for word, titles in CALLED.items()
    }
    assert found == CALLED


def test_titles_are_found_below_a_heading(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("Commandes de mai\n\nA;B;C;D;FINESS\n1;2;3;4;5\n")
    assert titres_d_export(tmp_path / "e.csv") == TitresLus(3, 5, ("A", "B", "C", "D", "FINESS"))


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=8),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
def test_whatever_is_written_is_toml_that_says_it(titles: list[str], value: str) -> None:
    text = texte_des_reglages(numero_ans=value, defauts={"nom_admin_technique": value}, titres=titles)
    read = tomllib.loads(text)
    assert read["numero_ans"] == value
    assert read["defauts"] == {"nom_admin_technique": value}
    assert set(read["colonnes"].values()) <= set(titles)
    assert all(f"{word} = " in text for word in vocabulaire(VA1).colonnes)


@pytest.mark.parametrize("titles", [(), ("BAL perso ?",)])
def test_every_value_that_is_left_out_stands_there_as_a_comment(titles: tuple[str, ...]) -> None:
    text = texte_des_reglages(defauts={"has_bal_ms_sante_personnelle": "true"}, titres=titles)
    assert "\nhas_bal_ms_sante_personnelle = true\n" in text
    assert '\n# regime_tva = "…"\n' in text


def test_values_of_our_example_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "e")
    order = ["preparer", str(tmp_path / "e/commandes.csv"), "--editeur", str(tmp_path / "e/editeur.toml")]
    order += ["--pieces", str(tmp_path / "e/pieces"), "--jour", "2022-11-15", "--sortie"]
    assert principal([*order, str(tmp_path / "d")]) == 0
    assert "numero_ans, siret, numero_carte_cpx" in capsys.readouterr().out
    settings = (tmp_path / "e/editeur.toml").read_text(encoding="utf-8")
    for sample, own in (
        ("ANS0000001", "LGO1234567"), ("12345678200010", "73282932000074"), ("1234567890", "2234567890"),
        ("0102030405", "0102030406"), ("certificats@", "contact@"),
    ):  # fmt: skip
        settings = settings.replace(sample, own)
    (tmp_path / "e/editeur.toml").write_text(settings, encoding="utf-8")
    assert principal([*order, str(tmp_path / "d2")]) == 0
    assert "valeur-d-exemple" not in capsys.readouterr().out


def test_they_are_told_beside_faults_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.csv").write_text((EXAMPLES / "commandes.csv").read_text("utf-8").replace("15/11/2022", "x"), "utf-8")
    order = ["preparer", str(tmp_path / "x.csv"), "--editeur", str(EXAMPLES / "editeur.toml"), "--pieces"]
    order += [str(EXAMPLES / "pieces"), "--jour", "2022-11-15", "--sortie", str(tmp_path / "d")]
    assert principal(order) == 1
    assert "valeur-d-exemple" in capsys.readouterr().out
