"""The codes of a web page explained at its end: a page is one file, so its links lead to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segur_pha.rapports.html import Html, element, marque

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segur_pha.controle.explications import Explication
    from segur_pha.rapports.tableau import Marque

__all__ = ["code", "glossaire"]


def code(dit: Marque) -> Html:
    """Show a code as a link to its explanation on the same page.

    >>> from segur_pha.rapports.tableau import Marque, Niveau
    >>> print(code(Marque("1204", Niveau.MAUVAIS)))
    <a href="#code-1204"><span class="marque mauvais">1204</span></a>
    """
    return element("a", marque(dit), href=f"#code-{dit.texte}")


def glossaire(codes: Iterable[str], connues: Mapping[str, Explication]) -> list[Html]:
    """Explain the codes that a page shows, each once, in the order of ``connues``; nothing where there is nothing to explain."""
    montres = set(codes)
    dites = [_entree(e) for e in connues.values() if e.code in montres]
    if not dites:
        return []
    titre = element("h2", "Ce que disent les codes", id="codes")
    return [element("section", titre, element("dl", *dites, classe="codes"), aria_labelledby="codes")]


def _entree(explication: Explication) -> Html:
    exemples = [
        element("p", "Faux : ", element("code", exemple.faux), " ; juste : ", element("code", exemple.juste))
        for exemple in explication.exemples
    ]
    textes = [
        element("p", phrase) for phrase in (explication.controle, explication.remede, explication.guide) if phrase
    ]
    nom = element("dt", f"{explication.code} : {explication.libelle}", id=f"code-{explication.code}")
    return Html(nom + element("dd", *textes, *exemples, element("p", explication.origine, classe="discret")))
