"""The folder of supporting documents: which file each request means, and that it is one that may be deposited."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.depot.constats import Constat, ValeurRefusee, nom_lisible
from segur_pha.depot.documents import Document, Examen, exiger_les_bibliotheques, lire_document
from segur_pha.erreurs import DepotRefuse
from segur_pha.vagues.va1.enumerations import RegimeTVA, TypeFichier
from segur_pha.vagues.va1.noms import NOMS_DES_PIECES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segur_pha.depot.commandes import CommandeLue

__all__ = ["DossierDePieces", "PieceTrouvee"]

_COLONNES: Final = {TypeFichier.BON_COMMANDE: "bon_commande", TypeFichier.PREUVE_HT: "preuve_ht"}
_MOTS: Final = {TypeFichier.BON_COMMANDE: "le bon de commande", TypeFichier.PREUVE_HT: "la preuve de régime HT"}
_EXTENSIONS: Final = (".pdf", ".png", ".jpg", ".jpeg")
#: The document that serves every request, when no request has its own.
_COMMUNE: Final = {TypeFichier.BON_COMMANDE: (), TypeFichier.PREUVE_HT: ("preuve_ht", "preuve-ht", "preuve ht")}


@frozen
class PieceTrouvee:
    """A document of a request.

    Attributes:
        type_fichier: what it is to the request.
        nom: its name as a clerk knows it: relative to the folder, fit for a message.
        document: the document itself.
        examen: what its examination left, for those who look further.
    """

    type_fichier: TypeFichier
    nom: str
    document: Document
    examen: Examen


class DossierDePieces:
    """Finds and examines the documents of one folder; remembers which order used which.

    Raises :class:`~segur_pha.DepotRefuse` when the folder cannot be listed, :class:`~segur_pha.ExtraManquant` when documents
    cannot be examined.
    """

    def __init__(self, racine: Path) -> None:
        exiger_les_bibliotheques()
        self._racine = racine
        self._noms: dict[str, list[str]] = {}
        self._radicaux: dict[str, list[str]] = {}
        self._examines: dict[Path, Document | ValeurRefusee] = {}
        self._emplois: dict[Path, tuple[TypeFichier, int]] = {}
        self._contenus: dict[str, int] = {}
        try:
            self._reelle = racine.resolve(strict=True)
            for nom in _lister(racine):
                self._noms.setdefault(_cle(nom), []).append(nom)
                plie = PurePosixPath(_cle(nom))
                if plie.suffix in _EXTENSIONS:
                    self._radicaux.setdefault(plie.stem, []).append(nom)
        except (OSError, RuntimeError) as erreur:
            raise DepotRefuse(
                f"Le dossier des pièces {nom_lisible(racine.name)} ne se lit pas : vérifiez son nom et vos droits d’accès."
            ) from erreur

    def chercher(
        self, commande: CommandeLue, colonnes: Mapping[str, str]
    ) -> tuple[list[PieceTrouvee], list[Constat], list[Constat]]:
        """Find and examine the documents that a request needs: the documents, the faults, the advice.

        ``colonnes``: ``bon_commande`` or ``preuve_ht`` → the header in the source.
        """
        conseils: list[Constat] = []
        if commande.rangee.defaut:
            return [], [], conseils
        besoins = [TypeFichier.BON_COMMANDE]
        if commande.regime == RegimeTVA.HT.value:
            besoins.append(TypeFichier.PREUVE_HT)
        elif commande.regime == RegimeTVA.TTC.value and "preuve_ht" in commande.documents:
            conseils.append(_preuve_inutile(commande, colonnes["preuve_ht"]))
        trouvees: list[PieceTrouvee] = []
        fautes: list[Constat] = []
        for besoin in besoins:
            colonne = colonnes.get(_COLONNES[besoin])
            if any(faute.colonne == colonne for faute in commande.fautes):
                continue  # what the cell says could not be read, which has been said
            try:
                trouvee = self._trouver(commande, besoin)
            except ValeurRefusee as refus:
                fautes.append(_introuvable(commande, besoin, refus, colonne or ""))
            else:
                trouvees.append(trouvee)
                conseils += self._conseiller(commande, trouvee)
        return trouvees, fautes, conseils

    def inutilises(self) -> list[str]:
        """List the documents that no order used, fit for a message."""
        utilises = set(self._emplois)
        return [
            nom_lisible(nom)
            for nom in sorted(nom for noms in self._noms.values() for nom in noms)
            if (self._reelle / nom) not in utilises
        ]

    def _trouver(self, commande: CommandeLue, besoin: TypeFichier) -> PieceTrouvee:
        donne = commande.documents.get(_COLONNES[besoin])
        nom = donne or self._par_convention(commande, besoin)
        chemin = self._localiser(nom)
        partageable = besoin is TypeFichier.PREUVE_HT
        avant = self._emplois.get(chemin)
        if avant is not None and (avant[0] is not besoin or not partageable):
            raise ValeurRefusee(
                "document-double", f"la ligne {avant[1]} utilise déjà ce document : indiquez celui de cette commande"
            )
        self._emplois.setdefault(chemin, (besoin, commande.ligne))
        document, examen = self._examiner(chemin)
        dit = commande.formats.get("format_preuve_ht" if partageable else "format_bon_commande")
        if dit is not None and dit != document.format.value:
            raise ValeurRefusee(
                "document-format",
                f"ce document est un {document.format.value}, ce que l’export ne dit pas : corrigez le format",
            )
        return PieceTrouvee(besoin, nom_lisible(nom), document, examen)

    def _examiner(self, chemin: Path) -> tuple[Document, Examen]:
        """Examine a document once, however many requests share it."""
        connu = self._examines.get(chemin)
        if isinstance(connu, Document):
            return connu, Examen(connu.format)
        if isinstance(connu, ValeurRefusee):
            raise connu
        try:
            document, examen = lire_document(chemin)
        except ValeurRefusee as refus:
            self._examines[chemin] = refus
            raise
        self._examines[chemin] = document
        return document, examen

    def _conseiller(self, commande: CommandeLue, trouvee: PieceTrouvee) -> Iterator[Constat]:
        for reserve in trouvee.examen.reserves:
            yield Constat(
                code=reserve.code,
                message=reserve.message,
                ligne=commande.ligne,
                balise="piecesJustificatives",
                document=trouvee.nom,
            )
        if trouvee.type_fichier is not TypeFichier.BON_COMMANDE:
            return
        avant = self._contenus.setdefault(trouvee.document.sha256, commande.ligne)
        if avant != commande.ligne:
            yield Constat(
                code="document-identique",
                message=f"ce bon de commande a le même contenu que celui de la ligne {avant}",
                ligne=commande.ligne,
                balise="piecesJustificatives",
                document=trouvee.nom,
            )

    def _par_convention(self, commande: CommandeLue, besoin: TypeFichier) -> str:
        """Find a document by its name: that of section 3.3, BDC-00001, BDC-FINESS (HT-… for the proof), or the shared proof."""
        code = NOMS_DES_PIECES.codes[besoin]
        reperes = [repere for repere in (commande.numero, commande.finess) if repere]
        prefixes = [f"{NOMS_DES_PIECES.prefixe}-{code}-", f"{code}-"]
        radicaux = [f"{prefixe}{repere}" for prefixe in prefixes for repere in reperes]
        for radical in (*radicaux, *_COMMUNE[besoin]):
            noms = self._radicaux.get(_cle(radical), [])
            if len(noms) > 1:
                raise ValeurRefusee(
                    "document-ambigu",
                    f"plusieurs documents s’appellent {nom_lisible(radical)} : gardez-en un, ou nommez-le",
                )
            if noms:
                return noms[0]
        exemple = f"{radicaux[-1]}.pdf" if radicaux else f"{code}-….pdf"
        raise ValeurRefusee(
            "document-absent",
            "aucun document n’est indiqué ni trouvé par son nom : ajoutez-le au dossier des pièces",
            f"un nom dans la colonne {_COLONNES[besoin]}, ou un fichier {nom_lisible(exemple)}",
        )

    def _localiser(self, nom: str) -> Path:
        """Give the real path of a document, which must be inside the folder."""
        if _mene_dehors(nom):
            raise _dehors()
        propre = nom.replace("\\", "/")
        noms = self._noms.get(_cle(propre), [])
        if propre not in noms and len(noms) > 1:
            raise ValeurRefusee("document-ambigu", "plusieurs documents portent ce nom, à la casse près : renommez-les")
        choisi = propre if propre in noms or not noms else noms[0]
        try:
            reel = (self._racine / choisi).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            raise ValeurRefusee(
                "document-absent",
                "ce document n’est pas dans le dossier des pièces : vérifiez son nom",
                self._proche(propre),
            ) from None
        if not reel.is_relative_to(self._reelle):
            raise _dehors()
        return reel

    def _proche(self, nom: str) -> str:
        """Propose the document of the same name under another extension."""
        noms = self._radicaux.get(PurePosixPath(_cle(nom)).stem, [])
        return f"peut-être {nom_lisible(noms[0])}" if noms else "le nom exact d’un fichier du dossier des pièces"


def _preuve_inutile(commande: CommandeLue, colonne: str) -> Constat:
    return Constat(
        code="preuve-ht-inutile",
        message="le régime est TTC : cette preuve de régime HT n’est pas déposée",
        ligne=commande.ligne,
        colonne=colonne,
        balise="piecesJustificatives",
        document=nom_lisible(commande.documents["preuve_ht"]),
    )


def _introuvable(commande: CommandeLue, besoin: TypeFichier, refus: ValeurRefusee, colonne: str) -> Constat:
    donne = commande.documents.get(_COLONNES[besoin], "")
    return Constat(
        code=refus.code,
        message=f"{_MOTS[besoin]} : {refus.message}",
        ligne=commande.ligne,
        colonne=colonne if donne else "",
        balise="piecesJustificatives",
        document=nom_lisible(donne),
        attendu=refus.attendu,
    )


def _lister(racine: Path) -> Iterator[str]:
    """List the files below a folder, relative, with plain slashes; links to folders are not followed."""

    def signaler(erreur: OSError) -> None:
        raise erreur

    for dossier, sous_dossiers, fichiers in os.walk(racine, onerror=signaler):
        sous_dossiers.sort()
        for fichier in sorted(fichiers):
            yield Path(dossier, fichier).relative_to(racine).as_posix()


def _cle(nom: str) -> str:
    """Fold a name as disks do: no case, and accents in one piece (macOS takes them apart)."""
    return unicodedata.normalize("NFC", nom).casefold()


def _mene_dehors(nom: str) -> bool:
    windows = PureWindowsPath(nom)
    return bool(windows.anchor or PurePosixPath(nom).is_absolute() or ".." in windows.parts or ":" in nom)


def _dehors() -> ValeurRefusee:
    return ValeurRefusee(
        "document-dehors",
        "ce nom mène hors du dossier des pièces : copiez le document dans ce dossier",
        "un nom de fichier",
    )
