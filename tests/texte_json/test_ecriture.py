"""The deterministic writer, and values put back into a text that is otherwise left as it was."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from segur_pha import VA1, RegimeTVA, en_json, lire
from segur_pha.texte_json.ecriture import json_du_brut, retoucher
from segur_pha.texte_json.lecture import TexteJSON, lire_octets
from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide
from tests.outils import demande, fichier, octets


def test_the_guides_file_is_written_to_the_letter() -> None:
    assert en_json(fichier_du_guide()) == octets(fichier()) + b"\n"
    assert en_json(fichier_du_guide(), compact=True) == octets(fichier(), compact=True)


def test_the_text_is_utf_8_without_a_mark_and_without_needless_escapes() -> None:
    nom = 'D’ANGÉLY 😀 " \\ / \u2028\u007f\u0001'
    guide = demande_du_guide()
    fichier_ecrit = evolve(
        fichier_du_guide(), demandes=(evolve(guide, beneficiaire=evolve(guide.beneficiaire, nom_responsable=nom)),)
    )
    written = en_json(fichier_ecrit)
    assert written.startswith(b"{")
    assert "D’ANGÉLY 😀".encode() in written
    assert json.loads(written)["lignesImport"][0]["beneficiaire"]["nomResponsable"] == nom
    assert lire(written) == fichier_ecrit
    assert lire(en_json(fichier_ecrit, compact=True)) == fichier_ecrit


def test_amounts_keep_two_decimals_and_tags_the_order_of_the_table() -> None:
    guide = demande_du_guide()
    cher = evolve(guide, commande=evolve(guide.commande, montant_segur_ht=Decimal(850)))
    written = en_json(evolve(fichier_du_guide(), demandes=(cher,)), compact=True)
    assert b'"montantSegurHT":850.00}' in written
    tree = json.loads(written)
    assert list(tree) == list(fichier())
    assert list(tree["lignesImport"][0]) == list(demande())


WRITE = (
    "import sys; from segur_pha import en_json; from segur_pha.vagues.va1.exemples import fichier_du_guide;"
    "sys.stdout.buffer.write(en_json(fichier_du_guide()))"
)


@pytest.mark.parametrize("seed", ["0", "1"])
def test_writing_is_the_same_from_run_to_run(seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITE], capture_output=True, check=True, timeout=60, env={"PYTHONHASHSEED": seed}
    )
    assert done.stdout == en_json(fichier_du_guide())


NUMBERS = ["1E400", "-0.0", "0.10", "1e-7", "1.0", "850.00", "123456789.123456789123456789"]
RAW = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.text()
    | st.sampled_from([n.encode() for n in NUMBERS]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(RAW, st.booleans())
def test_raw_values_come_back_to_the_last_digit(brut: object, compact: bool) -> None:  # noqa: FBT001 - hypothesis
    written = json_du_brut(brut, compact=compact)  # type: ignore[arg-type]
    assert lire_octets(written, VA1.limites).arbre == brut
    assert json_du_brut(lire_octets(written, VA1.limites).arbre, compact=compact) == written


# --- Values put back ---


def test_only_the_places_asked_for_change() -> None:
    source = '\n{ "b":[1E400 ,{"c" : null}],\r\n\t"a\\u0041" : null ,"é😀":"\\u00e9" }\n\n'
    changed = retoucher(TexteJSON(source.encode()), {"/b/1/c": 'x"\\é', "/aA": "0000"})
    assert changed.decode() == '\n{ "b":[1E400 ,{"c" : "x\\"\\\\é"}],\r\n\t"a\\u0041" : "0000" ,"é😀":"\\u00e9" }\n\n'


def test_a_whole_block_can_be_replaced_and_a_pointer_that_leads_nowhere_changes_nothing() -> None:
    source = b'{"a": {"b": [1, 2]}, "c": 1}'
    assert retoucher(TexteJSON(source), {"/a": "x", "/z": "y"}) == b'{"a": "x", "c": 1}'
    assert retoucher(TexteJSON(source), {}) == source


def test_reading_back_what_the_regime_says() -> None:
    assert lire(en_json(fichier_du_guide())).demandes[0].commande.regime_tva is RegimeTVA.TTC
