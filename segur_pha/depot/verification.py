"""Whether a folder is ready to upload: one check for the folders made here, before they are shown, and for any other."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import evolve, frozen

from segur_pha.constats import Constat, ValeurRefusee
from segur_pha.depot.documents import exiger_les_bibliotheques
from segur_pha.depot.json_controle import controler_le_json
from segur_pha.depot.manifeste import (
    A_CORRIGER,
    MANIFESTE,
    RECAPITULATIF_CSV,
    RECAPITULATIF_HTML,
    ecarts,
    manifeste_du_dossier,
    pieces_des_zips_manquants,
    zip_manquant,
)
from segur_pha.depot.ouvriers import Ouvriers
from segur_pha.depot.resultats import Verification
from segur_pha.depot.systeme import laisse_par
from segur_pha.depot.zips import defaut_du_membre, defaut_du_nom, lire_le_membre, nom_de_zip, ouvrir_le_zip
from segur_pha.erreurs import DepotRefuse, NomInvalide
from segur_pha.rapports.tableau import accorder, nom_lisible
from segur_pha.table.codes import code_de
from segur_pha.table.formats import Nature
from segur_pha.table.roles import Role
from segur_pha.texte_json.lecture import octets_de
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import date

    from segur_pha.depot.documents import ExamenDeDocument
    from segur_pha.depot.json_controle import Annonce, JSONControle
    from segur_pha.depot.manifeste import Manifeste
    from segur_pha.depot.ouvriers import Ouvert
    from segur_pha.table.specification import Specification

__all__ = ["AUTRE_PIECE", "Suivi", "verifier_depot", "verifier_l_ecrit"]

#: Called with what is being done, how far it has got, and its total.
Suivi: TypeAlias = "Callable[[str, int, int], None]"

#: The code for a document that is not a copy of its source.
AUTRE_PIECE: Final = "piece-differente"
_DE_SUIVI: Final = frozenset({MANIFESTE, RECAPITULATIF_CSV, RECAPITULATIF_HTML, A_CORRIGER})


def verifier_depot(
    dossier: str | os.PathLike[str],
    *,
    jour: date | None = None,
    aujourd_hui: date | None = None,
    sources: Mapping[str, str] | None = None,
    suivi: Suivi | None = None,
    specification: Specification = PAR_DEFAUT,
) -> Verification:
    """Check a folder to be uploaded, made by :func:`~segur_pha.depot.preparer_depot` or elsewhere.

    The JSON files must pass both controls and be named after section 3.3; every ``nomFichier`` must be exactly one member of one
    zip, have the announced format, and open; zips must respect the sizes and hold nothing else, no path and no link; what the
    manifest says, if there is one, must be true.  ``jour`` is the day of the deposit, for advice on dates and names; when it is
    not known, only dates are judged, by ``aujourd_hui``; ``sources`` maps each ``nomFichier`` to the SHA-256 of the document of
    which it must be a copy: the documents are then compared, not opened; ``specification`` is the wave of the folder.

    Raises :class:`~segur_pha.DepotRefuse` when the folder cannot be listed, :class:`~segur_pha.ExtraManquant` without the
    extra ``pieces``.  Nothing is written.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as vide:
    ...     [faute.code for faute in verifier_depot(vide).fautes]
    ['json-absent']
    """
    exiger_les_bibliotheques()
    return _verifier(_Verificateur(Path(dossier), jour, jour or aujourd_hui, sources, suivi, specification))


def verifier_l_ecrit(
    dossier: Path,
    *,
    jour: date,
    sources: Mapping[str, str],
    controles: Mapping[tuple[str, str], JSONControle],
    suivi: Suivi,
    specification: Specification,
) -> Verification:
    """Do as :func:`verifier_depot` does, where the controls have passed over some JSON files already.

    ``controles``: the name and the SHA-256 of such a file → what they said, for the same ``jour``.
    """
    verificateur = _Verificateur(dossier, jour, jour, sources, suivi, specification)
    verificateur.controles = controles
    return _verifier(verificateur)


def _verifier(verificateur: _Verificateur) -> Verification:
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
    """The state of one check of a folder."""

    def __init__(
        self,
        dossier: Path,
        jour: date | None,
        jour_des_dates: date | None,
        sources: Mapping[str, str] | None,
        suivi: Suivi | None,
        specification: Specification,
    ) -> None:
        self.specification = specification
        self.dossier = dossier
        self.jour = jour
        self.jour_des_dates = jour_des_dates
        self.sources = sources
        self.suivi = suivi or (lambda _etape, _fait, _total: None)
        self.controles: Mapping[tuple[str, str], JSONControle] = {}
        self.fautes: list[Constat] = []
        self.conseils: list[Constat] = []
        self.jsons: list[str] = []
        self.zips = 0
        self.demandes = 0
        self.numeros: dict[str, str] = {}
        self.attendues: dict[str, _Attendue] = {}
        self.vues: dict[str, tuple[str, str]] = {}
        self.rencontres: set[str] = set()
        self.illisibles = False
        self.ouvriers = Ouvriers(0)
        self.ouvertes: deque[tuple[str, _Attendue, Callable[[], Ouvert]]] = deque()

    def faute(self, code: str, fichier: str, message: str, *, balise: str = "") -> None:
        """Note what is wrong with a file of the folder as a whole."""
        self.fautes.append(Constat(code=code, message=message, fichier=nom_lisible(fichier), balise=balise))

    def conseil(self, code: str, fichier: str, message: str) -> None:
        self.conseils.append(Constat(code=code, message=message, fichier=nom_lisible(fichier)))

    def faute_de_piece(self, constat: Constat, nom: str, archive: str = "", balise: str = "") -> None:
        """Note what is wrong with a document, in its zip where it is in one."""
        self.fautes.append(self._de_la_piece(constat, nom, archive, balise))

    def _de_la_piece(self, constat: Constat, nom: str, archive: str = "", balise: str = "") -> Constat:
        attendue = self.attendues.get(nom)
        return evolve(
            constat,
            fichier=nom_lisible(archive),
            document=nom_lisible(nom),
            numero="" if attendue is None else nom_lisible(attendue.numero),
            balise=balise,
        )

    def tout(self) -> None:
        noms = self._lister()
        manifeste = self._lire_le_manifeste(noms)
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
        with Ouvriers(len(self.attendues), self.specification.limites) as self.ouvriers:
            for fait, nom in enumerate(zips):
                self.suivi("Contrôle des zips", fait, len(zips))
                self._zip(nom)
            self._conclure(0)
        self._pieces_absentes(zips, pieces_des_zips_manquants(manifeste, set(noms)) if manifeste else frozenset())
        self._pieces_dispersees()
        if manifeste is not None:
            presents, vues = {*noms} - {MANIFESTE}, {nom: somme for nom, (_, somme) in self.vues.items()}
            self.fautes += ecarts(self.dossier, manifeste, presents, vues, self.specification.limites)

    def _lister(self) -> list[str]:
        noms = []
        try:
            with os.scandir(self.dossier) as entrees:
                for entree in sorted(entrees, key=lambda e: e.name):
                    if qui := laisse_par(entree.name):
                        message = f"{qui} a laissé ce fichier ici : il ne gêne pas, ne le téléversez pas"
                        self.conseil("fichier-systeme", entree.name, message)
                    elif entree.is_file(follow_symlinks=False):
                        noms.append(entree.name)
                    else:
                        self.faute(
                            "entree-etrangere",
                            entree.name,
                            "un dépôt ne contient que des fichiers : retirez cette entrée",
                        )
        except OSError as erreur:
            raise _pas_de_dossier(self.dossier, erreur) from erreur
        return noms

    def _json(self, nom: str) -> None:
        try:
            octets = octets_de(self.dossier / nom, self.specification.limites)
        except OSError:
            self.faute("fichier-illisible", nom, "ce fichier ne se lit pas : vérifiez vos droits d’accès")
            return
        connu = self.controles.get((nom, hashlib.sha256(octets).hexdigest()))
        vu = connu or controler_le_json(octets, nom, self.jour_des_dates, self.specification)
        self.fautes += vu.fautes
        self.conseils += vu.conseils
        self._nom_du_json(nom, vu.numero_ans)
        for annonce in vu.annonces:
            self._annoncee(nom, annonce)

    def _nom_du_json(self, nom: str, numero_ans: object) -> None:
        try:
            lu = self.specification.nom_de_fichier.lire(nom)
        except NomInvalide as erreur:
            self.faute("nom-json", nom, str(erreur))
            return
        if numero_ans != lu.numero_ans:
            balise = self.specification.role(Role.NUMERO_ANS).nom
            message = f"le {balise} du nom n’est pas celui du fichier : corrigez l’un ou l’autre"
            self.faute("nom-json", nom, message, balise=balise)
        if self.jour is not None and lu.jour != self.jour:
            message = (
                f"ce nom dit le {lu.jour:%d/%m/%Y}, et non le jour du dépôt : préparez le dépôt de nouveau ce jour-là"
            )
            self.conseil("nom-json", nom, message)

    def _annoncee(self, nom: str, annonce: Annonce) -> None:
        """Note the number and the documents of a request."""
        if self.numeros.setdefault(annonce.numero, nom) != nom:
            rangee = self.specification.numero_de_demande
            message = f"{self.numeros[annonce.numero]} porte déjà ce numéro éditeur : donnez-en un nouveau"
            ici = Constat(code=code_de(rangee, Nature.DOUBLON), message=message, balise=rangee.nom)
            self.fautes.append(
                evolve(ici, fichier=nom_lisible(nom), ligne=annonce.rang, numero=nom_lisible(annonce.numero))
            )
        for nom_fichier, format_fichier in annonce.pieces:
            self.attendues[nom_fichier] = _Attendue(nom, annonce.numero, format_fichier)
        self.demandes += 1

    def _zip(self, nom: str) -> None:
        try:
            with ouvrir_le_zip(self.dossier / nom, self.specification.limites) as archive:
                ajoutes: list[str] = []
                for membre in archive.infolist():
                    if qui := laisse_par(membre.filename):
                        ajoutes.append(qui)
                    else:
                        self._membre(nom, archive, membre)
        except ValeurRefusee as refus:
            self.fautes.append(evolve(refus.constat, fichier=nom_lisible(nom)))
            self.illisibles = True
            return
        if ajoutes:
            qui = " et ".join(sorted(set(ajoutes)))
            message = (
                f"ce zip contient, en plus des pièces, {accorder(len(ajoutes), 'fichier')} du système ({qui}) : mettez-y les "
                "pièces seules, ou préparez le dépôt de nouveau"
            )
            self.faute("zip-systeme", nom, message)

    def _membre(self, nom: str, archive: zipfile.ZipFile, membre: zipfile.ZipInfo) -> None:
        attendue = self.attendues.get(membre.filename)
        if attendue is not None:
            self.rencontres.add(attendue.fichier)
        defaut = defaut_du_nom(membre, annoncee=attendue is not None) or defaut_du_membre(
            membre, self.specification.limites
        )
        if defaut or attendue is None:
            self.faute_de_piece(Constat(code="zip-contenu", message=defaut), membre.filename, nom)
        elif membre.filename in self.vues:
            message = f"cette pièce est déjà dans {self.vues[membre.filename][0]}, n’en gardez qu’une"
            self.faute_de_piece(Constat(code="piece-double", message=message), membre.filename, nom)
        else:
            try:
                octets = lire_le_membre(archive, membre, self.specification.limites)
            except ValeurRefusee as refus:
                self.faute_de_piece(refus.constat, membre.filename, nom)
                octets = b""
            somme = hashlib.sha256(octets).hexdigest()
            self.vues[membre.filename] = (nom, somme)
            if octets:
                self._contenu(membre.filename, octets, somme, attendue)
            self._conclure(self.ouvriers.avance)

    def _contenu(self, nom: str, octets: bytes, somme: str, attendue: _Attendue) -> None:
        if self.sources is not None:
            if self.sources.get(nom) != somme:
                message = "cette pièce n’est pas la copie de la pièce d’origine : préparez le dépôt de nouveau"
                self.faute_de_piece(Constat(code=AUTRE_PIECE, message=message), nom, self.vues[nom][0])
            return
        self.ouvertes.append((nom, attendue, self.ouvriers.demander(octets)))

    def _conclure(self, en_attente: int) -> None:
        """Report the outcome for the documents given to be opened, except the last ones."""
        while len(self.ouvertes) > en_attente:
            nom, attendue, ouvrir = self.ouvertes.popleft()
            ouvert = ouvrir()
            if isinstance(ouvert, ValeurRefusee):
                self.faute_de_piece(ouvert.constat, nom, self.vues[nom][0])
            else:
                self._examinee(nom, attendue, ouvert[1])

    def _examinee(self, nom: str, attendue: _Attendue, examen: ExamenDeDocument) -> None:
        archive = self.vues[nom][0]
        self.conseils += [self._de_la_piece(reserve, nom, archive) for reserve in examen.reserves]
        if examen.format != attendue.format:
            balise = self.specification.role(Role.FORMAT_PIECE).nom
            message = (
                f"le fichier JSON annonce {attendue.format}, la pièce est un {examen.format} : corrigez {balise}, ou "
                "remplacez la pièce"
            )
            self.faute_de_piece(Constat(code="document-format", message=message), nom, archive, balise)

    def _pieces_absentes(self, zips: Iterable[str], perdues: AbstractSet[str]) -> None:
        """Say which documents are in no zip; for those in ``perdues``, whose zip itself is missing, only that is said."""
        manquantes: dict[str, list[str]] = {}
        for nom, attendue in self.attendues.items():
            if nom not in self.vues and nom not in perdues:
                manquantes.setdefault(attendue.fichier, []).append(nom)
        for fichier, noms in manquantes.items():
            zip_du_fichier = nom_de_zip(fichier, 1, 1)
            tronc = zip_du_fichier.removesuffix(".zip")
            if self.illisibles or fichier in self.rencontres or any(nom.startswith(tronc) for nom in zips):
                message = f"annoncée par {fichier}, cette pièce n’est dans aucun zip : ajoutez-la"
                for nom in noms:
                    self.faute_de_piece(Constat(code="piece-absente", message=message), nom)
            else:
                self.faute("zip-absent", zip_du_fichier, zip_manquant(len(noms)))

    def _pieces_dispersees(self) -> None:
        """Advise on requests split over zips: the portal allows it, but they are easily deposited only in part."""
        zips: dict[str, set[str]] = {}
        for nom, (archive, _) in self.vues.items():
            zips.setdefault(self.attendues[nom].numero, set()).add(archive)
        for numero, archives in zips.items():
            if len(archives) > 1:
                message = f"les pièces de la demande {numero} sont dans deux zips : réunissez-les"
                ici = Constat(code="pieces-dispersees", message=message, numero=nom_lisible(numero))
                self.conseils.append(evolve(ici, fichier=" ".join(sorted(archives))))

    def _lire_le_manifeste(self, noms: Iterable[str]) -> Manifeste | None:
        if MANIFESTE not in noms:
            for nom in noms:
                if nom not in _DE_SUIVI and not nom.lower().endswith((".json", ".zip")):
                    self.conseil("fichier-etranger", nom, "ce fichier n’est pas à déposer : ne le téléversez pas")
            return None
        try:
            return manifeste_du_dossier(self.dossier)
        except DepotRefuse as erreur:
            self.faute("manifeste", MANIFESTE, str(erreur))
            return None


def _pas_de_dossier(dossier: Path, erreur: OSError) -> DepotRefuse:
    nom = nom_lisible(dossier.name)
    if isinstance(erreur, NotADirectoryError):
        return DepotRefuse(
            f"{nom} est un fichier, pas un dossier : indiquez le dossier de dépôt qui le contient. Un fichier JSON seul se contrôle "
            "avec « segur-pha controler »."
        )
    if isinstance(erreur, FileNotFoundError):
        return DepotRefuse(f"Le dossier {nom} est introuvable : vérifiez son nom.")
    return DepotRefuse(f"Le dossier {nom} ne se lit pas : vérifiez son nom et vos droits d’accès.")
