"""Wherever a path is meant, a text, a ``Path`` and any other ``os.PathLike`` do; where a text is the content, the last two do."""

from __future__ import annotations

import os
import re
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import segur_pha
from segur_pha import Editeur, RegistreError, controler, en_json, lire, lire_retour
from segur_pha.certificats import SuiviIllisible, lire_suivi, lire_x509
from segur_pha.depot import preparer_depot, verifier_depot
from segur_pha.portail import PortailSimule
from segur_pha.registre import Registre
from segur_pha.vagues.va1.exemples import fichier_du_guide
from tests.api.releve import relever

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[1] / "examples"
DAY = date(2022, 11, 15)
#: What we hand over is a Path: to a function of the caller's, and in values that we make.
OURS = ("segur_pha.depot.DepotPrepare(", "segur_pha.depot.DossierCache(", "segur_pha.depot.preparer_depot(avant)")


class Elsewhere:
    """A path of somebody else's library."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return os.fspath(self.path)


def test_no_public_parameter_asks_for_a_path_of_one_kind() -> None:
    takes = [line for line in relever() if " takes " in line and not line.startswith(OURS)]
    assert [line for line in takes if re.search(r"\bPath\b", line.partition(" takes ")[2])] == []
    paths = [line for line in takes if "PathLike" in line]
    assert len(paths) >= 10
    assert [line for line in paths if "str | os.PathLike[str]" not in line] == []


def test_neither_does_a_name_that_stands_for_several_types() -> None:
    sources = {
        path: re.findall(r'^[A-Z]\w*: TypeAlias = "(.*)"$', path.read_text("utf-8"), re.MULTILINE)
        for path in Path(segur_pha.__file__).parent.rglob("*.py")
        if path.name != "ouvriers.py"  # what a worker of ours is handed
    }
    assert sum(map(len, sources.values())) > 5
    found = [
        (path.name, alias) for path, aliases in sources.items() for alias in aliases if re.search(r"\bPath\b", alias)
    ]
    assert found == []


@pytest.mark.parametrize("kind", [str, Path, Elsewhere])
def test_each_kind_of_path_is_taken(tmp_path: Path, kind: Callable[[Path], str | os.PathLike[str]]) -> None:
    editeur = Editeur.lire(kind(EXAMPLES / "editeur.toml"))
    made = preparer_depot(
        kind(EXAMPLES / "commandes.csv"), editeur, kind(EXAMPLES / "pieces"), kind(tmp_path / "depot"), jour=DAY
    )
    assert verifier_depot(kind(tmp_path / "depot")).bon
    with Registre(kind(tmp_path / "registre.sqlite")) as registre:
        registre.inscrire_depot(kind(made.dossier), jour=DAY)
        assert registre.copier(kind(tmp_path / "copie.sqlite")) == tmp_path / "copie.sqlite"
    (archive,) = made.dossier.glob("*.zip")
    sent = (made.dossier / made.fichiers[0]).read_bytes()
    assert PortailSimule(graine=1).deposer(sent, [kind(archive)]) == PortailSimule(graine=1).deposer(sent, [archive])
    certificates = tmp_path / "certificats"
    certificates.mkdir()
    with pytest.raises(SuiviIllisible, match="Aucun certificat"):
        lire_x509(kind(certificates))
    assert segur_pha.ecrire(lire(sent), kind(tmp_path), jour=DAY, numero=7).parent == tmp_path


@pytest.mark.parametrize("kind", [Path, Elsewhere])
def test_each_kind_of_path_is_read_where_a_text_would_be_the_content(
    tmp_path: Path, kind: Callable[[Path], os.PathLike[str]]
) -> None:
    # Named as a file of another publisher: a path of whatever kind is compared with the header.
    path = tmp_path / "JSON-ANS0000009-20221115-001.json"
    path.write_bytes(en_json(fichier_du_guide()))
    assert lire(kind(path)) == fichier_du_guide()
    assert "nom-json" in {advice.id for advice in controler(kind(path)).conseils}
    answer = tmp_path / "retour.json"
    answer.write_bytes(PortailSimule(graine=1).deposer(path.read_bytes()))
    assert lire_retour(kind(answer)) == lire_retour(answer)
    suivi, officines = EXAMPLES / "suivi.csv", EXAMPLES / "officines.csv"
    assert lire_suivi(kind(suivi), officines=kind(officines)) == lire_suivi(suivi, officines=officines)
    with pytest.raises(SuiviIllisible, match=r"absent\.csv"):
        lire_suivi(kind(tmp_path / "absent.csv"))


def test_an_empty_name_is_not_the_folder_that_one_happens_to_be_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(Path(__file__).parent / "certificats", tmp_path / "ici")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SuiviIllisible, match="n’existe pas"):
        lire_x509("")


class Bytes:
    def __fspath__(self) -> bytes:
        return b"registre.sqlite"


def test_a_path_of_bytes_is_no_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RegistreError, match="et non Bytes"):
        Registre(Bytes())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
