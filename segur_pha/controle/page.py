"""Checked files as a web page."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from segur_pha.controle.affichage import acceptees, resume
from segur_pha.controle.explications import code, explications, glossaire
from segur_pha.controle.resultats import FichierControle, chemin_montrable
from segur_pha.rapports.html import Html, chiffres, element, marque, page, table
from segur_pha.rapports.tableau import Marque, Niveau, Tableau, accorder, en_mots, euros
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from segur_pha.anomalies import Anomalie, Conseil, VerdictDeLigne
    from segur_pha.rapports.tableau import Cellule

__all__ = ["en_page"]


def en_page(fichiers: Sequence[FichierControle], *, complet: bool, jour: date | None = None) -> bytes:
    """Build one self-contained page for several files; ``jour`` is the day of the control, for the title.

    >>> from segur_pha.controle.resultats import FichierControle
    >>> b"<script" in en_page([FichierControle("<script>", None, "introuvable")], complet=False)
    False
    """
    tables = [list(_tables(fichier, complet=complet)) for fichier in fichiers]
    return page(
        "Contrôle des demandes de financement" + (f" du {en_mots(jour)}" if jour else ""),
        *([_sommaire(fichiers)] if len(fichiers) > 1 else []),
        *(_section(rang, fichier, tables[rang]) for rang, fichier in enumerate(fichiers)),
        *glossaire(
            _codes(fichiers, complet=complet), explications(fichiers[0].specification if fichiers else PAR_DEFAUT)
        ),
        element(
            "p",
            "Codes et libellés de segur_pha : le guide n’imprime ni les codes du portail ni ses libellés d’erreur.",
            classe="discret",
        ),
        filtrable=any(tables),
    )


def _codes(fichiers: Sequence[FichierControle], *, complet: bool) -> Iterator[str]:
    """List the codes that the page shows, with repetitions."""
    for fichier in fichiers:
        yield from (anomalie.code for anomalie in fichier.anomalies_fichier)
        for verdict in fichier.rejetees:
            yield from (a.code for a in (verdict.anomalies if complet else verdict.anomalies[:1]))
        if complet:
            yield from (conseil.id for conseil in fichier.conseils)


def _sommaire(fichiers: Sequence[FichierControle]) -> Html:
    liens = [
        element("li", element("a", fichier.nom, href=f"#fichier-{rang}"), " ", marque(resume(fichier)))
        for rang, fichier in enumerate(fichiers)
    ]
    return element("nav", element("ul", *liens), aria_label="Fichiers")


def _section(rang: int, fichier: FichierControle, tables: Sequence[Html]) -> Html:
    contenus = [element("h2", fichier.nom, id=f"fichier-{rang}"), element("p", marque(resume(fichier)))]
    if fichier.erreur:
        contenus.append(element("p", fichier.erreur))
    if fichier.lignes:
        rejetees = len(fichier.rejetees)
        comptes = (len(fichier.lignes), len(fichier.lignes) - rejetees, rejetees)
        dits = [(nom, en_mots(n)) for nom, n in zip(("Demandes", "Acceptées", "Rejetées"), comptes, strict=True)]
        contenus.append(
            chiffres([*dits, (f"{fichier.specification.nom_du_montant} pour les acceptées", euros(fichier.avance))])
        )
    return element("section", *contenus, *tables, aria_labelledby=f"fichier-{rang}")


def _tables(fichier: FichierControle, *, complet: bool) -> Iterator[Html]:
    if fichier.anomalies_fichier:
        fautes = [_rangee_html(a, fichier) for a in fichier.anomalies_fichier]
        yield table(Tableau(_TITRES, fautes, titre="Pourquoi le fichier est refusé"), fiches=True)
    if fichier.rejetees:
        rejets = list(chain.from_iterable(_rejets(verdict, fichier, complet=complet) for verdict in fichier.rejetees))
        titres = ("Demande", fichier.specification.numero_de_demande.nom, *_TITRES)
        yield table(Tableau(titres, rejets, titre="Demandes rejetées"), fiches=True)
    if complet and len(fichier.rejetees) < len(fichier.lignes):
        yield table(acceptees(fichier))
    if complet and fichier.conseils:
        conseils: list[list[Cellule]] = [
            [code(Marque(c.id, Niveau.ATTENTION)), c.libelle, _ou(c, fichier)] for c in fichier.conseils
        ]
        yield table(Tableau(("Conseil", "Que faire", "Place dans le fichier"), conseils, titre="Conseils"), fiches=True)


_TITRES: Final = ("Code", "À corriger", "Place dans le fichier")


def _rejets(verdict: VerdictDeLigne, fichier: FichierControle, *, complet: bool) -> Iterator[list[Cellule]]:
    debut: list[Cellule] = [f"{verdict.num_ligne}", fichier.numero(verdict) or "incorrect"]
    montrees = verdict.anomalies if complet else verdict.anomalies[:1]
    for anomalie in montrees:
        yield [*debut, *_rangee_html(anomalie, fichier)]
    reste = len(verdict.anomalies) - len(montrees)
    if reste:
        autres = accorder(reste, "autre anomalie", "autres anomalies")
        yield [*debut, "", f"et {autres} de cette demande : un contrôle avec --complet les montre", ""]


def _rangee_html(anomalie: Anomalie, fichier: FichierControle) -> list[Cellule]:
    return [code(Marque(anomalie.code, Niveau.MAUVAIS)), anomalie.libelle, _ou(anomalie, fichier)]


def _ou(objet: Anomalie | Conseil, fichier: FichierControle) -> Html:
    """Show line and column, and the JSON Pointer, which the browser may break after any of its keys."""
    place = [element("span", str(objet.position), classe="lieu")] if objet.position else []
    cles = chemin_montrable(objet.chemin, fichier.specification).split("/")[1:]
    coupures = chain.from_iterable((Html("<wbr>"), f"/{cle}") for cle in cles)
    return Html("".join([*place, element("code", *coupures)] if cles else place))
