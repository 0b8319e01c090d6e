"""Checked files for people: on a terminal or in a pipe, and as a web page."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from segur_pha.controle.resultats import Etat, numero_montrable
from segur_pha.rapports.page_html import Html, element, page, table
from segur_pha.rapports.tableau import Marque, Niveau, Phrase, Tableau, accorder, euros

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segur_pha.controle.conseils import Conseil
    from segur_pha.controle.resultats import FichierControle
    from segur_pha.controle.verdict import VerdictLigne
    from segur_pha.erreurs import Anomalie
    from segur_pha.rapports.tableau import Cellule
    from segur_pha.rapports.texte import Morceau

__all__ = ["en_morceaux", "en_page"]

#: How many faults of a refused file are shown where everything was not asked for.
_PREMIERES: Final = 10

_NIVEAUX: Final = {
    Etat.ACCEPTE: Niveau.BON,
    Etat.REJETS: Niveau.MAUVAIS,
    Etat.REFUSE: Niveau.MAUVAIS,
    Etat.ILLISIBLE: Niveau.MAUVAIS,
}


def resume(fichier: FichierControle) -> Marque:
    """Say in a few words what became of a file.

    >>> from segur_pha.controle.resultats import FichierControle
    >>> resume(FichierControle("absent.json", None, "absent.json : introuvable.")).texte
    'illisible'
    """
    acceptees = len(fichier.lignes) - len(fichier.rejetees)
    mots = {
        Etat.ACCEPTE: f"{accorder(acceptees, 'demande acceptée', 'demandes acceptées')}, aucune rejetée",
        Etat.REJETS: f"{accorder(len(fichier.rejetees), 'demande rejetée', 'demandes rejetées')} sur {len(fichier.lignes)}",
        Etat.REFUSE: "fichier refusé au premier contrôle, aucune demande n’est examinée",
        Etat.ILLISIBLE: "illisible",
    }
    return Marque(mots[fichier.etat], _NIVEAUX[fichier.etat])


# --- As text ------------------------------------------------------------------------------------------------------------


def en_morceaux(fichier: FichierControle, *, complet: bool) -> Iterator[Morceau]:
    """Give a file's report piece by piece: what is rejected and why; everything else too where ``complet``."""
    yield Phrase(Marque(fichier.nom, Niveau.FORT), " : ", resume(fichier))
    yield from _anomalies_du_fichier(fichier, complet=complet)
    for verdict in fichier.rejetees:
        yield from _ligne_rejetee(verdict, complet=complet)
    if complet and len(fichier.rejetees) < len(fichier.lignes):
        yield ""
        yield _acceptees(fichier)
    if fichier.avance:
        yield ""
        yield Phrase("Avance attendue pour les demandes acceptées : ", Marque(euros(fichier.avance), Niveau.FORT))
    yield from _conseils(fichier, complet=complet)


def _anomalies_du_fichier(fichier: FichierControle, *, complet: bool) -> Iterator[Morceau]:
    montrees = fichier.anomalies_fichier if complet else fichier.anomalies_fichier[:_PREMIERES]
    for anomalie in montrees:
        yield from _faute(anomalie, retrait=2)
    reste = len(fichier.anomalies_fichier) - len(montrees)
    if reste:
        yield Phrase(
            Marque(f"et {accorder(reste, 'autre anomalie', 'autres anomalies')} : --complet", Niveau.DISCRET), retrait=2
        )


def _ligne_rejetee(verdict: VerdictLigne, *, complet: bool) -> Iterator[Morceau]:
    yield ""
    yield Phrase(Marque(f"Demande {verdict.num_ligne}", Niveau.FORT), f", {_numero(verdict)}", retrait=2)
    montrees = verdict.anomalies if complet else verdict.anomalies[:1]
    for anomalie in montrees:
        yield from _faute(anomalie, retrait=4)
    reste = len(verdict.anomalies) - len(montrees)
    if reste:
        yield Phrase(
            Marque(f"et {accorder(reste, 'autre anomalie', 'autres anomalies')} : --complet", Niveau.DISCRET), retrait=4
        )


def _numero(verdict: VerdictLigne) -> str:
    return f"numeroEditeur {numero_montrable(verdict) or 'incorrect'}"


def _faute(anomalie: Anomalie, *, retrait: int) -> Iterator[Morceau]:
    yield Phrase(anomalie.libelle, retrait=retrait, tete=Marque(anomalie.code, Niveau.MAUVAIS))
    if anomalie.position:
        yield Phrase(Marque(f"{anomalie.position} du fichier", Niveau.DISCRET), retrait=retrait + 6)


def _acceptees(fichier: FichierControle) -> Tableau:
    colonnes = {
        "num_ligne": "Demande",
        "numero_editeur": "numeroEditeur",
        "finess_geo": "FINESSGeo",
        "date_commande": "Commande",
        "regime_tva": "TVA",
        "montant_segur_ht": "HT (€)",
        "avance": "Avance (€)",
    }
    rangees = [[plate[cle] for cle in colonnes] for plate in fichier.plates if plate["acceptee"]]
    return Tableau(tuple(colonnes.values()), rangees, titre="Demandes acceptées")  # type: ignore[arg-type]


def _conseils(fichier: FichierControle, *, complet: bool) -> Iterator[Morceau]:
    if not fichier.conseils:
        return
    yield ""
    if not complet:
        nombre = accorder(len(fichier.conseils), "conseil")
        yield Phrase(Marque(f"{nombre} sur des valeurs que le portail accepterait : --complet", Niveau.ATTENTION))
        return
    yield Phrase(Marque("Conseils", Niveau.FORT))
    for conseil in fichier.conseils:
        yield Phrase(conseil.libelle, retrait=2, tete=Marque(conseil.id, Niveau.ATTENTION))
        if conseil.position:
            yield Phrase(Marque(f"{conseil.position} du fichier", Niveau.DISCRET), retrait=4)


# --- As a web page ------------------------------------------------------------------------------------------------------


def en_page(fichiers: Sequence[FichierControle], *, complet: bool) -> bytes:
    """Build one self-contained page for several files.

    >>> from segur_pha.controle.resultats import FichierControle
    >>> b"<script" in en_page([FichierControle("<script>", None, "introuvable")], complet=False)
    False
    """
    sections = chain.from_iterable(_section(fichier, complet=complet) for fichier in fichiers)
    mention = element("p", "Codes et libellés de segur_pha : ceux du portail ne sont pas publiés.", classe="discret")
    return page("Contrôle des demandes de financement", *sections, mention)


def _section(fichier: FichierControle, *, complet: bool) -> Iterator[Html]:
    dit = resume(fichier)
    yield element("h2", fichier.nom)
    yield element("p", element("span", dit.texte, classe=f"marque {dit.niveau.value}"))
    if fichier.erreur:
        yield element("p", fichier.erreur)
    if fichier.anomalies_fichier:
        yield table(
            Tableau(
                _TITRES, [_rangee_html(a) for a in fichier.anomalies_fichier], titre="Pourquoi le fichier est refusé"
            )
        )
    if fichier.rejetees:
        rangees: list[list[Cellule]] = [
            [f"{verdict.num_ligne}", numero_montrable(verdict), *_rangee_html(anomalie)]
            for verdict in fichier.rejetees
            for anomalie in (verdict.anomalies if complet else verdict.anomalies[:1])
        ]
        yield table(Tableau(("Demande", "numeroEditeur", *_TITRES), rangees, titre="Demandes rejetées"))
    if complet and len(fichier.rejetees) < len(fichier.lignes):
        yield table(_acceptees(fichier))
    if fichier.avance:
        yield element("p", f"Avance attendue pour les demandes acceptées : {euros(fichier.avance)}")
    if complet and fichier.conseils:
        conseils: list[list[Cellule]] = [[Marque(c.id, Niveau.ATTENTION), c.libelle, _ou(c)] for c in fichier.conseils]
        yield table(Tableau(("Conseil", "Que faire", "Place dans le fichier"), conseils, titre="Conseils"))


_TITRES: Final = ("Code", "Pourquoi", "Place dans le fichier")


def _rangee_html(anomalie: Anomalie) -> list[Cellule]:
    return [Marque(anomalie.code, Niveau.MAUVAIS), anomalie.libelle, _ou(anomalie)]


def _ou(objet: Anomalie | Conseil) -> str:
    return str(objet.position) if objet.position else ""
