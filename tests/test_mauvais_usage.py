"""What a caller gets wrong is said in French, at once, and never judged as if it were something else."""

import sys

import pytest

from segur_pha import VA1, SegurError, controler, decouper
from segur_pha.certificats import lire_suivi
from segur_pha.cli import principal
from segur_pha.fichiers import ecrire_sans_ecraser
from segur_pha.vagues.va1.exemples import demande_du_guide


def test_a_request_is_not_a_file():
    with pytest.raises(SegurError, match="Fichier"):
        controler(demande_du_guide())


def test_one_id_of_advice_is_not_a_list_of_letters():
    with pytest.raises(SegurError, match=r'\["siret-cle"\]'):
        controler(b"{}", sans="siret-cle")


@pytest.mark.parametrize("taille", ["2", True, 2.0, None])
def test_the_size_of_a_lot_is_a_whole_number(taille):
    with pytest.raises(SegurError, match="200"):
        decouper([1, 2], taille)


def test_a_folder_that_is_not_there_is_named_and_no_file_of_ours(tmp_path):
    with pytest.raises(FileNotFoundError) as erreur:
        ecrire_sans_ecraser(tmp_path / "absent" / "a.json", b"{}")

    assert erreur.value.filename == str(tmp_path / "absent")


def test_a_closed_standard_input_is_unreadable(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", None)

    assert principal(["controler", "-"]) == 2
    assert "entrée standard" in capsys.readouterr().err


def test_a_specification_is_short_where_signatures_show_it():
    assert repr(VA1) == "<Specification PHA-LGO-Va1>"


def test_a_follow_up_export_is_a_path_bytes_or_a_text():
    with pytest.raises(SegurError, match="Path"):
        lire_suivi([{"FINESS": "750000002"}])
