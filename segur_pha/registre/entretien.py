"""Looking after a ledger: copying it, comparing it with its journal, and comparing what it knows with the files on the disk."""

from __future__ import annotations

from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from segur_pha.constats import Constat
from segur_pha.erreurs import RegistreError, SegurError
from segur_pha.rapports.tableau import accorder
from segur_pha.registre import tables
from segur_pha.registre.base import demandes, les_fichiers
from segur_pha.registre.copies import copier_le_fichier
from segur_pha.registre.evenements import depuis_json
from segur_pha.registre.export import journal
from segur_pha.registre.histoire import appliquer
from segur_pha.registre.memoire import EtatsEnMemoire

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection

    from segur_pha.registre.stockage import Stockage

__all__ = ["Entretien", "verifier_le_registre", "verifier_les_depots"]


class Entretien:
    """The upkeep of a :class:`~segur_pha.registre.Registre`; nothing in it is changed."""

    _stockage: Stockage

    def copier(self, sortie: str | os.PathLike[str]) -> Path:
        """Copy this ledger to a new SQLite file, as it was last committed, even while others write; the copy is a ledger.

        Raises :class:`~segur_pha.RegistreError` for a ledger that is not a SQLite file opened here (a server copies its databases
        itself; an export works everywhere), :class:`~segur_pha.DepotRefuse` for a name that is taken, ``OSError`` when the disk
        refuses.
        """
        fichier = self._stockage.fichier_sqlite
        if fichier is None:
            raise RegistreError(
                "Seul un registre SQLite, ouvert par son fichier, se copie ainsi : sur un serveur, servez-vous de ses sauvegardes, ou "
                "de segur-pha registre exporter."
            )
        copie = Path(sortie)
        copier_le_fichier(fichier, copie)
        return copie

    def verifier(self) -> tuple[Constat, ...]:
        """Check that the file is whole and that the tables agree with the journal; return what is amiss."""
        with self._stockage.lecture() as connexion:
            return tuple(verifier_le_registre(connexion))

    def verifier_un_depot(self, fichiers: Mapping[str, bytes], pieces: Mapping[str, str]) -> tuple[Constat, ...]:
        """Compare a deposit with what was recorded: its JSON files (name → bytes), its documents (name → SHA-256)."""
        with self._stockage.lecture() as connexion:
            return tuple(verifier_les_depots(connexion, fichiers, pieces))


#: How many findings of each kind are reported.
_DITS: Final = 100


def verifier_le_registre(connexion: Connection) -> Iterator[Constat]:
    """Check a ledger's file, and compare its tables with what its journal leads to.

    If the file itself is damaged, or the journal cannot be followed, the rest is not checked: the finding says so.
    """
    abimes = list(_integrite(connexion))
    yield from abimes
    if abimes:
        return
    etats = EtatsEnMemoire()
    for rang, (nature, contenu) in enumerate(journal(connexion), start=1):
        try:
            appliquer(depuis_json(nature, contenu), etats)
        except SegurError as refus:
            yield Constat(
                code="journal-impossible",
                message=f"Le journal ne se rejoue pas : {refus} La suite n’a pas été regardée ; reprenez la dernière copie entière",
                ligne=rang,
            )
            return
    yield from _differences(connexion, etats)


def _integrite(connexion: Connection) -> Iterator[Constat]:
    if connexion.dialect.name != "sqlite":
        return  # a server looks after its own files
    for (dit,) in islice(connexion.exec_driver_sql("PRAGMA integrity_check"), _DITS):
        if dit != "ok":
            yield Constat(
                code="fichier-abime",
                message=f"Le fichier du registre est abîmé ({dit}) ; reprenez la dernière copie entière",
            )


def _differences(connexion: Connection, etats: EtatsEnMemoire) -> Iterator[Constat]:
    n, r = tables.numeros.c, tables.retours.c
    cles = [tuple(cle) for cle in connexion.execute(select(n.specification, n.numero_editeur))]
    paires: tuple[tuple[str, Mapping[Any, object], Mapping[Any, object]], ...] = (
        ("la demande", {d.cle: d for d in demandes(connexion)}, etats.demandes),
        ("le fichier", {f.fichier: f for f in les_fichiers(connexion)}, etats.fichiers),
        ("le numéro", dict.fromkeys(cles, True), dict.fromkeys(etats.numeros, True)),
        ("la réponse", dict.fromkeys(connexion.scalars(select(r.retour)), True), dict.fromkeys(etats.retours, True)),
    )
    for quoi, ecrits, rejoues in paires:
        autres = sorted({c for c in {*ecrits, *rejoues} if ecrits.get(c) != rejoues.get(c)})
        for cle in autres[:_DITS]:
            nom = cle[1] if isinstance(cle, tuple) else cle
            yield Constat(
                code="table-differente",
                message=f"Pour {quoi} {nom}, la table ne dit pas ce que dit le journal ; exportez le registre, puis importez-le dans "
                "un registre neuf : ses tables seront refaites",
            )
        if len(autres) > _DITS:
            reste = accorder(len(autres) - _DITS, "autre différence", "autres différences")
            yield Constat(code="table-differente", message=f"Et {reste} de même sorte")


def verifier_les_depots(
    connexion: Connection, fichiers: Mapping[str, bytes], pieces: Mapping[str, str]
) -> Iterator[Constat]:
    """Compare deposits on the disk with the ledger: JSON files, name → bytes, and documents, name → SHA-256.

    A file with an unknown hash is reported, and so is each document of a file that is missing or has another hash.
    """
    connus = {f.fichier: f.nom for f in les_fichiers(connexion)}
    presents = {sha256(octets).hexdigest(): nom for nom, octets in fichiers.items()}
    for empreinte, nom in presents.items():
        if empreinte not in connus:
            suite = " : le registre en connaît un autre de ce nom" if nom in connus.values() else ""
            yield Constat(
                code="fichier-inconnu",
                message=f"Ce fichier n’est pas celui que le registre a inscrit{suite} ; ne le déposez pas",
                document=nom,
            )
    d = tables.demandes.c
    for demande in demandes(connexion, d.fichier.in_([e for e in presents if e in connus])):
        for piece in demande.pieces:
            if piece.sha256 and pieces.get(piece.nom) != piece.sha256:
                quoi = (
                    "n’est pas celle que le registre a inscrite"
                    if piece.nom in pieces
                    else "n’est plus dans le dossier"
                )
                yield Constat(
                    code="piece-differente",
                    message=f"Cette pièce de la demande {demande.numero_editeur} {quoi} ; reprenez le dossier du dépôt",
                    document=piece.nom,
                )
