"""Every public callable has an example that the tests execute: in its docstring, or in a block of the documentation."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

import segur_pha
from tests.api.releve import PORTES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(?<!<!-- skip: set-up -->\n)^```(?:python|pycon)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def callables() -> Iterator[tuple[str, str, object]]:
    """Give every public function and method: its full name, how a call of it looks, itself."""
    for door in PORTES:
        module = importlib.import_module(door)
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isclass(value):
                if issubclass(value, BaseException) or getattr(value, "_is_protocol", False):
                    continue
                for method, function in inspect.getmembers(
                    value, lambda f: inspect.isfunction(f) or inspect.ismethod(f)
                ):
                    if not method.startswith("_") and function.__module__.startswith("segur_pha"):
                        yield f"{door}.{name}.{method}", f".{method}", function
            elif callable(value):
                yield f"{door}.{name}", name, value


def executed() -> str:
    """Give all Python that stands in the documents and in docstrings, as the tests execute it."""
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    blocks = [block for document in documents for block in BLOCK.findall(document.read_text("utf-8"))]
    sources = [path.read_text("utf-8") for path in Path(segur_pha.__file__).parent.rglob("*.py")]
    lines = [line for source in sources for line in source.splitlines() if line.lstrip().startswith((">>> ", "... "))]
    return "\n".join([*blocks, *lines])


#: Those that have none yet: the list only gets shorter.
ENCORE = frozenset(
    [
        "segur_pha.Constat.en_ligne",
        "segur_pha.depot.Constat.en_ligne",
        "segur_pha.Specification.pieces_de",
        "segur_pha.certificats.Parc.compte_ecartes",
        "segur_pha.certificats.Parc.editeur",
        "segur_pha.certificats.Parc.finess_douteux",
        "segur_pha.certificats.Parc.nom_officine",
        "segur_pha.certificats.PlanRenouvellement.compte",
        "segur_pha.certificats.PlanRenouvellement.par_administrateur",
        "segur_pha.certificats.adresses_par_officine",
        "segur_pha.certificats.alertes_en_csv",
        "segur_pha.certificats.calendrier_du_travail",
        "segur_pha.certificats.certificats_comptes",
        "segur_pha.certificats.lire_x509",
        "segur_pha.certificats.nouvelles_alertes",
        "segur_pha.certificats.tableau_des_trois",
        "segur_pha.certificats.tableau_mensuel_invalides",
        "segur_pha.certificats.travail_en_json",
        "segur_pha.portail.PortailSimule.completer",
        "segur_pha.registre.Registre.refuser",
        "segur_pha.strategies.beneficiaires",
        "segur_pha.strategies.certificats_serveur",
        "segur_pha.strategies.enregistrer",
        "segur_pha.strategies.scenarios_installation",
        "segur_pha.depot.DossierCache.oublier",
    ]
)


def test_every_public_callable_has_an_executed_example() -> None:
    text = executed()
    without = [full for full, call, _ in callables() if not re.search(rf"(?:\b|(?=\.)){re.escape(call)}\b", text)]
    assert set(without) <= ENCORE
