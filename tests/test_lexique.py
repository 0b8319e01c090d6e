"""Every id that segur_pha shows is explained, whatever a person types of it."""

from __future__ import annotations

import ast
import html
import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import segur_pha
from segur_pha import VA1, Constat, NatureEcart, SegurError
from segur_pha.cli.schema import Sortie
from segur_pha.controle.conseils import CONSEILS
from segur_pha.depot.affichage import page_des_fautes
from segur_pha.lexique import lexique, par_genre, trouver
from segur_pha.registre.evenements import NATURES
from segur_pha.tableurs.encodages import ENCODAGES
from tests.vagues.inventee import INVENTEE

PACKAGE = Path(segur_pha.__file__).parent
ID = re.compile("[a-z]+(?:-[a-z0-9]+)+")
#: Words with a hyphen that are no id of a finding: encodings, and names that only programs read.
OTHERS = {
    "latin-1", "mac-roman", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-32-be",
    "e-mail", "point-virgule", "preuve-ht", "segur-pha", "x-wr-calname",
}  # fmt: skip


def ids_in(source: str) -> set[str]:
    """Gather what a module may give as an id: ``code="…"``, and every other text that looks like one."""
    tree = ast.parse(source)
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    named = {
        part.value
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "code"
        for part in ([node.value] if isinstance(node.value, ast.Constant) else [])
        if isinstance(part.value, str)
    }
    return named | {text for text in texts if ID.fullmatch(text)}


def test_every_id_in_the_package_is_explained() -> None:
    rooms = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] != "lexique"]
    found = {name for path in rooms for name in ids_in(path.read_text(encoding="utf-8"))}
    others = OTHERS | {*NATURES.values(), *get_args(Sortie), *ENCODAGES}
    assert found - others - lexique().keys() == set()
    assert {"piece-differente", "fichier-abime", "reste", "document-absent", "1204"} <= found


def test_what_is_explained_is_said_somewhere() -> None:
    text = "".join(
        p.read_text(encoding="utf-8")
        for p in PACKAGE.rglob("*.py")
        if p.parent.name != "lexique" or p.stem == "__init__"
    )
    derived = {nature.id for nature in NatureEcart} | {"bon-commande-inutile"}
    unsaid = {name for name in lexique() if ID.fullmatch(name) and f'"{name}"' not in text}
    assert unsaid <= derived


def test_an_id_stands_under_one_kind_alone_and_everything_is_told_in_whole_sentences() -> None:
    names = [name for kind in par_genre().values() for name in kind]
    assert len(names) == len(set(names)) == len(lexique())
    assert set(names) >= {*CONSEILS, *(entry.code for entry in VA1.catalogue), *(row.nom for row in VA1.balises)}
    for kind, explained in par_genre().items():
        for name, e in explained.items():
            assert e.code == name
            assert re.fullmatch(r"[A-ZÀÉÊ«].*[^.]", e.libelle) or e.libelle.startswith(f"{e.balise} : "), e
            for words in filter(None, (e.controle, e.guide, e.origine, e.remede)):
                assert re.fullmatch(r"[«A-ZÀÉÔ][^{}]*[.]", words) or kind == "Codes des contrôles", words


def test_a_finding_says_what_to_do() -> None:
    of_findings = [
        e for kind, found in par_genre().items() if kind[:3] not in {"Cod", "Con", "Bal"} for e in found.values()
    ]
    assert len(of_findings) > 100
    assert all(e.remede for e in of_findings)


def test_sizes_are_those_of_the_wave() -> None:
    assert "3 Mo" in trouver("document-lourd").controle
    assert "200 Mo" in trouver("zip-lourd").guide


def test_a_tag_is_explained_with_its_codes() -> None:
    tag = trouver("FINESSGeo")
    assert "9 caractères" in tag.controle
    assert "2303" in tag.remede
    assert trouver("beneficiaire").controle.startswith("Un objet")
    assert trouver("lignesImport").controle.startswith("Une liste")
    assert trouver("operateurMessagerie").controle.endswith("ou null.")


def test_another_wave_is_explained_too() -> None:
    assert {row.nom for row in INVENTEE.balises} <= lexique(INVENTEE).keys()


@given(st.data())
def test_a_name_is_known_however_it_is_written(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(lexique())))
    typed = data.draw(st.sampled_from([str.upper, str.lower, str.title]))(name)
    typed = typed.replace("-", data.draw(st.sampled_from(["-", "_", " ", "’", "'"])))
    assert trouver(f" {typed} ") is lexique()[name]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1205", "1204"),
        ("finess-clef", "finess-cle"),
        ("codeFINESS", "FINESSGeo"),
        ("piece-diferente", "piece-differente"),
        ("abime", "fichier-abime"),
        ("montantHT", "montantSegurHT"),
    ],
)
def test_an_unknown_name_is_refused_with_what_was_probably_meant(typed: str, meant: str) -> None:
    with pytest.raises(SegurError, match=rf"Vouliez-vous .*\b{meant}\b.* \?") as refusal:
        trouver(typed)
    assert refusal.value.code == "code-inconnu"


def test_a_text_that_resembles_nothing_is_not_repeated() -> None:
    with pytest.raises(SegurError) as refusal:
        trouver("jean.dupont@free.fr")
    assert "dupont" not in str(refusal.value)
    assert "Vouliez-vous" not in str(refusal.value)


def test_the_words_of_an_answer_are_known_as_the_report_writes_them() -> None:
    for nature in NatureEcart:
        assert trouver(nature.value).code == nature.id
        assert (f"--admettre {nature.id}" in trouver(nature.value).remede) is nature.admissible


@given(st.lists(st.sampled_from(sorted(set(lexique()) - {row.nom for row in VA1.balises})), max_size=5))
def test_each_id_on_a_page_leads_to_what_it_means_and_what_to_do(codes: list[str]) -> None:
    page = page_des_fautes([Constat(code=code, message="À revoir.", ligne=2) for code in codes]).decode()
    links, places = (re.findall(rf'{mark}code-([^"]+)"', page) for mark in ('href="#', 'id="'))
    assert set(links) == set(places) == set(codes)
    assert len(places) == len(set(places))
    text = html.unescape(page)
    assert all(lexique()[code].remede in text for code in codes)
