"""Is a folder ready to upload?  The same look for our own work, before it is shown, and for anybody's."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import frozen

from segur_pha.controle.verdict import controler
from segur_pha.depot.constats import Constat, ValeurRefusee, nom_lisible
from segur_pha.depot.documents import exiger_les_bibliotheques
from segur_pha.depot.manifeste import (
    A_CORRIGER,
    MANIFESTE,
    RECAPITULATIF_CSV,
    RECAPITULATIF_HTML,
    empreinte,
    lire_manifeste,
)
from segur_pha.depot.ouvriers import Ouvriers
from segur_pha.depot.zips import defaut_du_membre, lire_le_membre, ouvrir_le_zip
from segur_pha.erreurs import DepotRefuse, NomInvalide
from segur_pha.vagues.va1.noms import NomFichierJSON

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from segur_pha.depot.documents import Examen
    from segur_pha.depot.manifeste import Manifeste
    from segur_pha.depot.ouvriers import Ouvert
    from segur_pha.table.formats import Brut

__all__ = ["Suivi", "Verification", "verifier_depot"]

#: Told what is being done, how far it is and how far it goes.
Suivi: TypeAlias = "Callable[[str, int, int], None]"

_DE_SUIVI: Final = frozenset({MANIFESTE, RECAPITULATIF_CSV, RECAPITULATIF_HTML, A_CORRIGER})


@frozen(kw_only=True)
class Verification:
    """What was found in a folder.

    Attributes:
        fautes: what must be mended before the upload; each ``document`` is a file of the folder or a member of a zip.
        conseils: what a careful publisher would look at.
        demandes: how many there are, like ``fichiers_json``, ``zips`` and ``pieces``.
    """

    fautes: tuple[Constat, ...]
    conseils: tuple[Constat, ...]
    demandes: int
    fichiers_json: int
    zips: int
    pieces: int

    @property
    def bon(self) -> bool:
        """Whether nothing must be mended."""
        return not self.fautes

    def _repr_html_(self) -> str:
        from segur_pha.depot.affichage import apercu_de_verification

        return apercu_de_verification(self)


def verifier_depot(
    dossier: str | os.PathLike[str],
    *,
    jour: date | None = None,
    sources: Mapping[str, str] | None = None,
    suivi: Suivi | None = None,
) -> Verification:
    """Check a folder that is to be uploaded, made by :func:`~segur_pha.depot.preparer_depot` or elsewhere.

    The JSON files pass both controls and bear their name of section 3.3; every ``nomFichier`` is exactly one member of one
    zip, of the format announced, and opens; zips respect the sizes and hold nothing else, no path, no link; what the
    manifest says, when there is one, is so.  ``jour`` is the day for advice on dates; ``sources`` maps each ``nomFichier``
    to the SHA-256 of the document it must be a copy of: the documents are then compared instead of opened.

    Raises :class:`~segur_pha.DepotRefuse` when the folder cannot be listed, :class:`~segur_pha.ExtraManquant` without the
    extra ``pieces``.  Nothing is written.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as vide:
    ...     [faute.code for faute in verifier_depot(vide).fautes]
    ['json-absent']
    """
    exiger_les_bibliotheques()
    verificateur = _Verificateur(Path(dossier), jour, sources, suivi)
    verificateur.tout()
    return Verification(
        fautes=tuple(verificateur.fautes),
        conseils=tuple(verificateur.conseils),
        demandes=verificateur.demandes,
        fichiers_json=len(verificateur.jsons),
        zips=verificateur.zips,
        pieces=len(verificateur.vues),
    )


@frozen
class _Attendue:
    """A document that a JSON file announces."""

    fichier: str
    numero: str
    format: str


class _Verificateur:
    """The state of one look at a folder."""

    def __init__(
        self, dossier: Path, jour: date | None, sources: Mapping[str, str] | None, suivi: Suivi | None
    ) -> None:
        self.dossier = dossier
        self.jour = jour
        self.sources = sources
        self.suivi = suivi or (lambda _etape, _fait, _total: None)
        self.fautes: list[Constat] = []
        self.conseils: list[Constat] = []
        self.jsons: list[str] = []
        self.zips = 0
        self.demandes = 0
        self.numeros: dict[str, str] = {}
        self.attendues: dict[str, _Attendue] = {}
        self.vues: dict[str, tuple[str, str]] = {}
        self.ouvriers = Ouvriers(0)
        self.ouvertes: deque[tuple[str, _Attendue, Callable[[], Ouvert]]] = deque()

    def faute(self, code: str, document: str, message: str, *, ligne: int | None = None, balise: str = "") -> None:
        self.fautes.append(
            Constat(code=code, message=message, document=nom_lisible(document), ligne=ligne, balise=balise)
        )

    def conseil(self, code: str, document: str, message: str, *, ligne: int | None = None, balise: str = "") -> None:
        self.conseils.append(
            Constat(code=code, message=message, document=nom_lisible(document), ligne=ligne, balise=balise)
        )

    def tout(self) -> None:
        noms = self._lister()
        self.jsons = [nom for nom in noms if nom.lower().endswith(".json") and nom not in _DE_SUIVI]
        zips = [nom for nom in noms if nom.lower().endswith(".zip")]
        self.zips = len(zips)
        if not self.jsons:
            self.faute(
                "json-absent", "", "ce dossier ne contient aucun fichier JSON à déposer : vérifiez que c’est le bon"
            )
        for fait, nom in enumerate(self.jsons):
            self.suivi("Contrôle des fichiers JSON", fait, len(self.jsons))
            self._json(nom)
        with Ouvriers(len(self.attendues)) as self.ouvriers:
            for fait, nom in enumerate(zips):
                self.suivi("Contrôle des zips", fait, len(zips))
                self._zip(nom)
            self._conclure(0)
        for nom, attendue in self.attendues.items():
            if nom not in self.vues:
                self.faute(
                    "piece-absente",
                    nom,
                    f"annoncée par {attendue.fichier}, cette pièce n’est dans aucun zip : ajoutez-la",
                )
        self._pieces_dispersees()
        self._manifeste(noms)

    def _lister(self) -> list[str]:
        noms = []
        try:
            with os.scandir(self.dossier) as entrees:
                for entree in sorted(entrees, key=lambda e: e.name):
                    if entree.is_file(follow_symlinks=False):
                        noms.append(entree.name)
                    else:
                        self.faute(
                            "entree-etrangere",
                            entree.name,
                            "un dépôt ne contient que des fichiers : retirez cette entrée",
                        )
        except OSError as erreur:
            raise DepotRefuse(
                f"Le dossier {nom_lisible(self.dossier.name)} ne se lit pas : vérifiez son nom et vos droits d’accès."
            ) from erreur
        return noms

    def _json(self, nom: str) -> None:
        try:
            rapport = controler(self.dossier / nom, jour=self.jour)
        except OSError:
            self.faute("fichier-illisible", nom, "ce fichier ne se lit pas : vérifiez vos droits d’accès")
            return
        for anomalie in rapport.anomalies_fichier:
            self.faute(anomalie.code, nom, anomalie.libelle, balise=anomalie.balise)
        for verdict in rapport.lignes:
            for anomalie in verdict.anomalies:
                self.faute(anomalie.code, nom, anomalie.libelle, ligne=verdict.num_ligne, balise=anomalie.balise)
        for conseil in rapport.conseils:
            self.conseil(conseil.id, nom, conseil.libelle, ligne=_ligne(conseil.chemin), balise=conseil.balise)
        entete = rapport.arbre if isinstance(rapport.arbre, dict) else {}
        self._nom_du_json(nom, entete.get("numeroAns"))
        lignes = entete.get("lignesImport")
        for rang, ligne in enumerate(lignes if isinstance(lignes, list) else [], start=1):
            self._annonces(nom, rang, ligne)

    def _nom_du_json(self, nom: str, numero_ans: object) -> None:
        try:
            lu = NomFichierJSON.lire(nom)
        except NomInvalide as erreur:
            self.faute("nom-json", nom, str(erreur))
            return
        if numero_ans != lu.numero_ans:
            self.faute(
                "nom-json",
                nom,
                "le numeroAns du nom n’est pas celui du fichier : corrigez l’un ou l’autre",
                balise="numeroAns",
            )

    def _annonces(self, nom: str, rang: int, ligne: Brut) -> None:
        """Note the number and the documents of a request, refused ones too: their documents are no strangers."""
        match ligne:
            case {"numeroEditeur": str(numero), "piecesJustificatives": [*pieces]}:
                if self.numeros.setdefault(numero, nom) != nom:
                    message = f"{self.numeros[numero]} porte déjà ce numéro éditeur : donnez-en un nouveau"
                    self.faute("0806", nom, message, ligne=rang, balise="numeroEditeur")
                for piece in pieces:
                    match piece:
                        case {"nomFichier": str(nom_fichier), "formatFichier": str(format_fichier)}:
                            self.attendues[nom_fichier] = _Attendue(nom, numero, format_fichier)
                self.demandes += 1

    def _zip(self, nom: str) -> None:
        try:
            with ouvrir_le_zip(self.dossier / nom) as archive:
                for membre in archive.infolist():
                    self._membre(nom, archive, membre)
        except ValeurRefusee as refus:
            self.faute(refus.code, nom, refus.message)

    def _membre(self, nom: str, archive: zipfile.ZipFile, membre: zipfile.ZipInfo) -> None:
        attendue = self.attendues.get(membre.filename)
        defaut = _defaut_du_nom(membre, annoncee=attendue is not None) or defaut_du_membre(membre)
        if defaut or attendue is None:
            self.faute("zip-contenu", membre.filename, f"{nom} : {defaut}")
        elif membre.filename in self.vues:
            message = f"{nom} : cette pièce est déjà dans {self.vues[membre.filename][0]}, n’en gardez qu’une"
            self.faute("piece-double", membre.filename, message)
        else:
            try:
                octets = lire_le_membre(archive, membre)
            except ValeurRefusee as refus:
                self.faute(refus.code, membre.filename, f"{nom} : {refus.message}")
                octets = b""
            somme = hashlib.sha256(octets).hexdigest()
            self.vues[membre.filename] = (nom, somme)
            if octets:
                self._contenu(membre.filename, octets, somme, attendue)
            self._conclure(self.ouvriers.avance)

    def _contenu(self, nom: str, octets: bytes, somme: str, attendue: _Attendue) -> None:
        if self.sources is not None:
            if self.sources.get(nom) != somme:
                self.faute(
                    "piece-differente",
                    nom,
                    "cette pièce n’est pas la copie du document d’origine : préparez le dépôt de nouveau",
                )
            return
        self.ouvertes.append((nom, attendue, self.ouvriers.demander(octets)))

    def _conclure(self, en_attente: int) -> None:
        """Say what came of the documents that were given to be opened, but for the last ones."""
        while len(self.ouvertes) > en_attente:
            nom, attendue, ouvrir = self.ouvertes.popleft()
            ouvert = ouvrir()
            if isinstance(ouvert, ValeurRefusee):
                self.faute(ouvert.code, nom, ouvert.message)
            else:
                self._examinee(nom, attendue, ouvert[1])

    def _examinee(self, nom: str, attendue: _Attendue, examen: Examen) -> None:
        for reserve in examen.reserves:
            self.conseil(reserve.code, nom, reserve.message)
        if examen.format.value != attendue.format:
            message = (
                f"le fichier JSON annonce {attendue.format}, le document est un {examen.format.value} : corrigez "
                "formatFichier, ou remplacez la pièce"
            )
            self.faute("document-format", nom, message, balise="formatFichier")

    def _pieces_dispersees(self) -> None:
        """The portal does not ask for it, but a request whose documents are apart is easily deposited in halves."""
        zips: dict[str, set[str]] = {}
        for nom, (archive, _) in self.vues.items():
            zips.setdefault(self.attendues[nom].numero, set()).add(archive)
        for numero, archives in zips.items():
            if len(archives) > 1:
                self.conseil(
                    "pieces-dispersees",
                    " ".join(sorted(archives)),
                    f"les pièces de la demande {numero} sont dans deux zips : réunissez-les",
                )

    def _manifeste(self, noms: Iterable[str]) -> None:
        autres = {nom for nom in noms if nom != MANIFESTE}
        if MANIFESTE not in noms:
            connus = {*self.jsons, *_DE_SUIVI}
            for nom in sorted(nom for nom in autres if nom not in connus and not nom.lower().endswith(".zip")):
                self.conseil("fichier-etranger", nom, "ce fichier n’est pas à déposer : ne le téléversez pas")
            return
        try:
            manifeste = lire_manifeste((self.dossier / MANIFESTE).read_bytes())
        except DepotRefuse as erreur:
            self.faute("manifeste", MANIFESTE, str(erreur))
            return
        self._comparer_au_manifeste(manifeste, autres)

    def _comparer_au_manifeste(self, manifeste: Manifeste, presents: set[str]) -> None:
        annonces = {fichier.nom: fichier for fichier in manifeste.fichiers}
        for nom in sorted(annonces.keys() | presents):
            if nom not in presents:
                self.faute(
                    "manifeste",
                    nom,
                    "annoncé par le manifeste, ce fichier manque : remettez-le, ou préparez le dépôt de nouveau",
                )
            elif nom not in annonces:
                self.faute("manifeste", nom, "ce fichier n’est pas dans le manifeste : retirez-le")
            elif empreinte(self.dossier / nom) != (annonces[nom].octets, annonces[nom].sha256):
                self.faute("manifeste", nom, "ce fichier a changé depuis la préparation : préparez le dépôt de nouveau")
        pieces = {p.nom: p.sha256 for fichier in manifeste.fichiers for p in fichier.pieces}
        if {nom: somme for nom, (_, somme) in self.vues.items()} != pieces:
            self.faute(
                "manifeste",
                MANIFESTE,
                "les pièces des zips ne sont pas celles que le manifeste annonce : préparez le dépôt de nouveau",
            )


def _ligne(chemin: str) -> int | None:
    """Give the line (from 1) that a JSON Pointer speaks of."""
    jetons = chemin.split("/")
    return int(jetons[2]) + 1 if len(jetons) > 2 and jetons[2].isdigit() else None  # noqa: PLR2004 - /lignesImport/0


def _defaut_du_nom(membre: zipfile.ZipInfo, *, annoncee: bool) -> str:
    """Say what a member's place in its zip, or in the deposit, has wrong."""
    if membre.is_dir() or "/" in membre.filename or "\\" in membre.filename:
        return "un zip de pièces n’a ni dossier ni chemin : placez les pièces à sa racine"
    if not annoncee:
        return "aucun fichier JSON n’annonce cette pièce : retirez-la, ou corrigez le nom annoncé"
    return ""
