"""``segur-pha expliquer``: what a code or a piece of advice means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from attrs import asdict
from cyclopts import Parameter

from segur_pha.cli.console import montrer, sortir_json
from segur_pha.cli.messages import UsageErrone
from segur_pha.cli.options import TexteOuJson, Vague, specification_de
from segur_pha.controle.explications import explications
from segur_pha.controle.explications import expliquer as chercher
from segur_pha.erreurs import SegurError
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha.controle.explications import Explication
    from segur_pha.rapports.console import Morceau
    from segur_pha.table.specification import Specification

__all__ = ["expliquer"]


def expliquer(
    *codes: Annotated[str, Parameter(help="Un code, comme 1204, ou un conseil, comme finess-cle.")],
    format: TexteOuJson = "texte",  # noqa: A002 - the option's name
    vague: Vague = None,
) -> int:
    """Explique un code ou un conseil : ce qui est contrôlé, ce que dit le guide, un exemple faux et un exemple juste.

    Sans code : la liste de tous.

    Exemples :

        segur-pha expliquer 1204
        segur-pha expliquer finess-cle 2407
    """
    specification = specification_de(vague)
    try:
        demandees = [chercher(code, specification) for code in codes]
    except SegurError as inconnu:
        raise UsageErrone(str(inconnu)) from None
    if format == "json":
        montrees = demandees or explications(specification).values()
        sortir_json({"version": 1, "codes": [{**asdict(une), "balise": une.balise or None} for une in montrees]})
    elif demandees:
        for rang, explication in enumerate(demandees):
            montrer(*([""] if rang else []), *_morceaux(explication, specification))
    else:
        montrer(Tableau(("Code", "Libellé"), [(e.code, e.libelle) for e in explications(specification).values()]))
    return 0


def _morceaux(explication: Explication, specification: Specification) -> Iterator[Morceau]:
    yield Phrase(explication.libelle, tete=Marque(explication.code, Niveau.FORT))
    for titre, phrase in (
        ("Ce qui est contrôlé", explication.controle),
        (f"Ce que dit le guide ({specification.source})", explication.guide),
        *(("Exemple faux", exemple.faux) for exemple in explication.exemples[:1]),
        *(("Exemple juste", exemple.juste) for exemple in explication.exemples[:1]),
        *(("Autre exemple", f"{e.faux}, au lieu de {e.juste}") for e in explication.exemples[1:]),
        ("Origine", explication.origine),
    ):
        yield ""
        yield Phrase(Marque(titre, Niveau.FORT))
        yield Phrase(phrase, retrait=2)
