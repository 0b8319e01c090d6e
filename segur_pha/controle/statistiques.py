"""Many checked files at a glance: how many of each kind of fault and advice, and in how many files."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from segur_pha.controle.conseils import conseils_de
from segur_pha.controle.resultats import EtatDuControle
from segur_pha.rapports.tableau import Phrase, Tableau, accorder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segur_pha.controle.resultats import FichierControle

__all__ = ["bilan", "par_nature"]

_ETATS = {
    EtatDuControle.ACCEPTE: ("accepté", "acceptés"),
    EtatDuControle.REJETS: ("avec des demandes rejetées", "avec des demandes rejetées"),
    EtatDuControle.REFUSE: ("refusé", "refusés"),
    EtatDuControle.ILLISIBLE: ("illisible", "illisibles"),
}


def par_nature(fichiers: Sequence[FichierControle]) -> Tableau:
    """Count every fault and every piece of advice by its code, the most frequent first: how many, and in how many files.

    >>> par_nature([]).colonnes
    ('Code', 'Nature', 'Nombre', 'Fichiers')
    """
    nombre: Counter[str] = Counter()
    presence: Counter[str] = Counter()
    libelles: dict[str, str] = {}
    for fichier in fichiers:
        codes = [code for code, _ in _de(fichier, libelles)]
        nombre.update(codes)
        presence.update(set(codes))
    rangees = [
        (code, libelles[code], n, presence[code]) for code, n in sorted(nombre.items(), key=lambda c: (-c[1], c[0]))
    ]
    return Tableau(("Code", "Nature", "Nombre", "Fichiers"), rangees, titre="Par nature")


def _de(fichier: FichierControle, libelles: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the code of everything said about a file; ``libelles`` is filled with the general libellé of each."""
    catalogue, avis = fichier.specification.catalogue, conseils_de(fichier.specification)
    for anomalie in (*fichier.anomalies_fichier, *(a for ligne in fichier.rejetees for a in ligne.anomalies)):
        entree = catalogue.get(anomalie.code)
        assert entree is not None
        yield anomalie.code, libelles.setdefault(anomalie.code, entree.constat)
    for conseil in fichier.conseils:
        yield conseil.id, libelles.setdefault(conseil.id, avis[conseil.id])
    if fichier.erreur:
        yield "illisible", libelles.setdefault("illisible", "Fichier introuvable ou illisible")


def bilan(fichiers: Sequence[FichierControle]) -> Phrase:
    """Say in one sentence what became of all the files and of their requests.

    >>> from segur_pha.controle.resultats import FichierControle
    >>> from segur_pha.rapports.console import en_texte
    >>> en_texte(bilan([FichierControle("absent.json", None, "introuvable")]))
    '1 fichier : 1 illisible ; 0 demande, 0 rejetée.'
    """
    etats = Counter(fichier.etat for fichier in fichiers)
    dits = ", ".join(accorder(etats[etat], *mots) for etat, mots in _ETATS.items() if etats[etat])
    demandes = sum(len(fichier.lignes) for fichier in fichiers)
    rejetees = sum(len(fichier.rejetees) for fichier in fichiers)
    return Phrase(
        f"{accorder(len(fichiers), 'fichier')} : {dits} ; {accorder(demandes, 'demande')}, {accorder(rejetees, 'rejetée')}."
    )
