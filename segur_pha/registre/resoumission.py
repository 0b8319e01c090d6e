"""Rejected requests, corrected, under new numbers: a new deposit through the same door as any other."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field

from segur_pha.constats import ValeurRefusee
from segur_pha.depot.constats import CommandesRefusees, nom_lisible
from segur_pha.depot.editeur import Editeur
from segur_pha.depot.fonds import EXTENSIONS, Emplacement, FondsDeDocuments
from segur_pha.depot.preparation import preparer_depot
from segur_pha.depot.vocabulaire import vocabulaire
from segur_pha.erreurs import DepotRefuse, RegistreError
from segur_pha.fichiers import marque_du_processus, retirer_les_restes
from segur_pha.registre.dans_la_transaction import preparer_sans_montrer
from segur_pha.registre.deposee import Resoumission
from segur_pha.registre.etats import Phase
from segur_pha.registre.inscription import inscription, reprendre
from segur_pha.table.balise import ClasseBloc, Liste, Objet, balises
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from segur_pha.constats import Constat
    from segur_pha.depot.antecedents import Admissible
    from segur_pha.depot.depot_prepare import DepotPrepare
    from segur_pha.depot.export import SourceDeCommandes
    from segur_pha.depot.verification import Suivi
    from segur_pha.registre.etats import EtatDemande
    from segur_pha.registre.registre import Registre
    from segur_pha.table.formats import Brut
    from segur_pha.table.specification import Specification

__all__ = ["preparer_au_registre", "resoumettre"]

#: What the name of a folder of unpacked documents begins with.
_PROVISOIRE: Final = "segur-pha-pieces-"
_HORS_D_UN_NOM: Final = re.compile("[^0-9A-Za-z_-]")
#: How many files a message names that could not be read while documents were looked for.
_ECARTES_DITS: Final = 5


@define
class _Numeros:
    """The ledger as a source of numbers, which remembers what it served."""

    registre: Registre
    servis: list[str] = field(factory=list)

    def reserver(self, nombre: int) -> list[str]:
        """See :class:`~segur_pha.depot.numeros.SourceDeNumeros`."""
        servis = self.registre.reserver(nombre)
        self.servis += servis
        return servis


def _premier(registre: Registre, editeur: Editeur, jour: date, donne: int | None) -> int:
    """Give the number of the day's next file, unless one was given."""
    if donne is not None:
        return donne
    return registre.prochain_fichier(editeur.numero_ans, jour, specification=editeur.specification)


def _relier(remplace: dict[str, str], anciennes: tuple[str, ...], servis: list[str]) -> Mapping[str, str]:
    """Say which rejected request each number that was served replaces."""
    remplace.clear()
    remplace.update(zip(servis, anciennes, strict=False))
    return remplace


def preparer_au_registre(
    registre: Registre,
    commandes: SourceDeCommandes,
    editeur: Editeur,
    pieces: str | os.PathLike[str],
    sortie: str | os.PathLike[str],
    *,
    jour: date,
    premier_fichier: int | None = None,
    anciennes: tuple[str, ...] = (),
    majuscules: bool = False,
    zeros: bool = False,
    partiel: bool = False,
    concordance: bool = True,
    feuille: str | None = None,
    encodage: str | None = None,
    suivi: Suivi | None = None,
    admettre: Collection[Admissible] = (),
    nouvelles: bool = False,
) -> Resoumission:
    """Prepare a deposit with numbers from the ledger, and record it there just before the folder is shown.

    As :func:`~segur_pha.depot.preparer_depot`; ``premier_fichier`` follows the day's files of the ledger unless given, and
    ``anciennes`` names the rejected requests that the orders replace, in the same order.  When the folder cannot be shown after
    it was recorded, it is recorded as given up; when the program was killed in between, the next preparation of the same
    folder does so.  Then the same call goes through.

    With a ledger in a transaction of the caller's (a Connection) the folder stays out of sight: call ``.montrer()`` of the value
    returned after your commit (:meth:`Resoumission.montrer`).  A rollback removes it, and its numbers are served again.  The
    ledger's lock is taken when all documents have been opened, and is yours until your commit.

    >>> from datetime import date
    >>> from sqlalchemy import create_engine
    >>> from segur_pha.registre import Registre
    >>> moteur = create_engine("sqlite:///exemple-registre.sqlite")
    >>> editeur = Editeur.lire("examples/editeur.toml")
    >>> with moteur.begin() as connexion:
    ...     faite = preparer_au_registre(Registre(connexion), "examples/commandes.csv", editeur, "examples/pieces",
    ...                                  "depot-exemple", jour=date(2022, 11, 15))
    ...     faite.depot.dossier.exists()
    False
    >>> faite.montrer().name, faite.depot.dossier.exists()
    ('depot-exemple', True)
    >>> moteur.dispose()
    """
    vague = editeur.specification
    if not isinstance(commandes, str | PathLike):
        commandes = tuple(commandes)  # may be gone through twice
    remplace: dict[str, str] = {}
    relier = partial(_relier, remplace, anciennes)
    premier = partial(_premier, registre, editeur, jour, premier_fichier)
    preparer = partial(
        preparer_depot,
        commandes,
        editeur,
        pieces,
        sortie,
        jour=jour,
        majuscules=majuscules,
        zeros=zeros,
        partiel=partiel,
        concordance=concordance,
        feuille=feuille,
        encodage=encodage,
        suivi=suivi,
        antecedents=registre,
        admettre=admettre,
        nouvelles=nouvelles,
    )
    faire = _preparer_et_montrer if registre.connexion is None else preparer_sans_montrer
    depot = faire(registre, preparer, sortie, vague, jour, premier=premier, relier=relier, admettre=admettre)
    return Resoumission(depot, remplace)


def _preparer_et_montrer(
    registre: Registre,
    preparer: Callable[..., DepotPrepare],
    sortie: str | os.PathLike[str],
    vague: Specification,
    jour: date,
    *,
    premier: Callable[[], int],
    relier: Callable[[list[str]], Mapping[str, str]],
    admettre: Collection[Admissible],
) -> DepotPrepare:
    """Do as :func:`preparer_sans_montrer` where each command commits by itself: the folder is shown once it is recorded."""
    numeros = _Numeros(registre)
    with inscription(
        registre, sortie, jour=jour, remplace=partial(relier, numeros.servis), specification=vague, admettre=admettre
    ) as inscrire:
        depot = preparer(premier_fichier=premier(), numeros=numeros, avant=inscrire)
    return evolve(depot, conseils=(*inscrire.conseils, *depot.conseils))


def resoumettre(
    registre: Registre,
    corrections: Mapping[str, Mapping[str, object]],
    editeur: Editeur,
    pieces: str | os.PathLike[str],
    sortie: str | os.PathLike[str],
    *,
    jour: date,
    premier_fichier: int | None = None,
    majuscules: bool = False,
    zeros: bool = False,
    concordance: bool = True,
    suivi: Suivi | None = None,
    admettre: Collection[Admissible] = (),
) -> Resoumission:
    """Send rejected requests again: what was sent, corrected, under new numbers, its documents renamed.

    ``corrections`` maps the number of a rejected request to what is right: keyword of :func:`~segur_pha.construire_demande`
    → value (``None`` for null), also ``bon_commande`` and ``preuve_ht``, names of other documents in ``pieces``.  ``pieces`` is
    a folder that holds the documents under any name, or the zips of an earlier deposit: the ledger's hashes tell which is
    which.  Of ``editeur`` only numeroAns, SIRET and the wave count.  The rest is as for :func:`preparer_au_registre`.

    The ledger links each new request with the one it replaces, before the folder is shown.  In a transaction of the caller's it
    stays out of sight until ``.montrer()``, as for :func:`preparer_au_registre`.  Faults and advice bear the number of the
    rejected request (``numero``) and its rank among the corrections (``ligne``).

    Raises :class:`~segur_pha.RegistreError` for a number that is not a rejected request waiting to be sent again,
    :class:`~segur_pha.DepotRefuse` for a keyword that does not exist or a document that is not found, and all that
    :func:`~segur_pha.depot.preparer_depot` raises; nothing is written or recorded then.
    """
    if not corrections:
        raise DepotRefuse("Aucune demande à resoumettre.")
    reprendre(registre, sortie, jour=jour)
    vague = editeur.specification
    demandes = [_a_resoumettre(registre, numero, vague) for numero in corrections]
    _verifier_les_mots(corrections, vague)
    retirer_les_restes(Path(tempfile.gettempdir()), debut=_PROVISOIRE, fin="")
    with tempfile.TemporaryDirectory(prefix=f"{_PROVISOIRE}{marque_du_processus()}") as provisoire:
        documents = _Documents(Path(pieces), Path(provisoire), vague)
        commandes = [
            _commande(
                demande,
                registre.ligne_envoyee(demande.numero_editeur, specification=vague),
                corrections[demande.numero_editeur],
                documents,
            )
            for demande in demandes
        ]
        if documents.absents:
            raise DepotRefuse(documents.refus())
        anciennes = tuple(corrections)
        with _sous_les_anciens_numeros(anciennes):
            faite = preparer_au_registre(
                registre,
                commandes,
                Editeur(editeur.numero_ans, editeur.siret, specification=vague),
                Path(provisoire),
                sortie,
                jour=jour,
                premier_fichier=premier_fichier,
                anciennes=anciennes,
                majuscules=majuscules,
                zeros=zeros,
                concordance=concordance,
                suivi=suivi,
                admettre=admettre,
            )
    depot = evolve(faite.depot, conseils=_des_anciennes(faite.depot.conseils, anciennes))
    return evolve(faite, depot=depot)


def _verifier_les_mots(corrections: Mapping[str, Mapping[str, object]], vague: Specification) -> None:
    mots = vocabulaire(vague)
    permis = {*mots.mots_cles, *mots.pieces.values()} - {mots.mot(Role.NUMERO_EDITEUR)}
    inconnus = sorted({mot for valeurs in corrections.values() for mot in valeurs} - permis)
    if inconnus:
        raise DepotRefuse(f"Corrections inconnues : {', '.join(inconnus)}. Connues : {', '.join(sorted(permis))}.")


@contextmanager
def _sous_les_anciens_numeros(anciennes: Sequence[str]) -> Iterator[None]:
    try:
        yield
    except CommandesRefusees as refus:
        refus.fautes = _des_anciennes(refus.fautes, anciennes)
        refus.conseils = _des_anciennes(refus.conseils, anciennes)
        raise


def _des_anciennes(constats: Iterable[Constat], anciennes: Sequence[str]) -> tuple[Constat, ...]:
    """Say which rejected request each finding is about: nobody knows the new numbers yet."""
    return tuple(c if c.ligne is None else evolve(c, numero=anciennes[c.ligne - 1]) for c in constats)


def _a_resoumettre(registre: Registre, numero: str, vague: Specification) -> EtatDemande:
    demande = registre.demande(numero, specification=vague)
    if demande is None:
        balise = vague.numero_de_demande.nom
        raise RegistreError(f"Demande inconnue du registre : {numero}.", balise=balise)
    if demande.phase is not Phase.REJETEE:
        raise RegistreError(f"Demande {numero} ({demande.phase}) : seule une demande rejetée se resoumet.")
    if demande.remplacee_par is not None:
        raise RegistreError(
            f"Demande {numero} : elle est déjà remplacée par la demande {demande.remplacee_par}. Si personne n’a le fichier de "
            "celle-ci, abandonnez-le (segur-pha registre abandonner), puis recommencez."
        )
    return demande


def _commande(
    demande: EtatDemande, ligne: Brut, corrections: Mapping[str, object], documents: _Documents
) -> dict[str, object]:
    """Make an order of what was sent and of its corrections."""
    vague = documents.vague
    mots = vocabulaire(vague)
    envoyee = dict(_mots_cles(vague.classe_demande, ligne))
    gardes = (mot for mot in mots.mots_cles if mot != mots.mot(Role.NUMERO_EDITEUR))
    commande = {mot: envoyee.get(mot) for mot in gardes} | dict(corrections)
    for besoin in map(str, vague.pieces_dues(commande)):
        nom = corrections.get(mots.pieces[besoin])
        commande[mots.pieces[besoin]] = documents.prendre(demande, ligne, besoin, nom if isinstance(nom, str) else None)
    return commande


def _mots_cles(classe: ClasseBloc, brut: Brut) -> Iterator[tuple[str, object]]:
    """Give the values of a line by the keywords of the wave's builder; a number is given as its text."""
    objet = brut if isinstance(brut, dict) else {}
    for rangee in balises(classe):
        valeur = objet.get(rangee.nom)
        if isinstance(rangee.format, Objet):
            yield from _mots_cles(rangee.format.classe, valeur)
        elif rangee.attribut and not isinstance(rangee.format, Liste):
            yield rangee.attribut, valeur.decode() if isinstance(valeur, bytes) else valeur


class _Documents:
    """The documents of a folder and of the zips in it, found by hash or name, and copied aside one by one."""

    def __init__(self, source: Path, copies: Path, vague: Specification) -> None:
        self.vague = vague
        self._copies = copies
        self._fonds = FondsDeDocuments(source, vague.limites)
        self._par_empreinte: dict[str, Emplacement] = {}
        self._par_nom: dict[str, dict[str, Emplacement]] = {}
        self._ecartes: dict[str, str] = {}
        self.absents: list[str] = []
        for emplacement, octets in self._fonds.tout_lire(self._ecartes):
            empreinte = sha256(octets).hexdigest()
            self._par_empreinte.setdefault(empreinte, emplacement)
            self._par_nom.setdefault(emplacement.nom, {}).setdefault(empreinte, emplacement)

    def refus(self) -> str:
        """Say which documents are missing, and what was left aside while they were looked for."""
        ecartes = [f"{nom_lisible(nom)} : {pourquoi}" for nom, pourquoi in self._ecartes.items()]
        dits = ecartes[:_ECARTES_DITS] + ["…"] * (len(ecartes) > _ECARTES_DITS)
        return (
            f"Documents introuvables dans le dossier des pièces : {', '.join(self.absents)}. Ajoutez-les, sous n’importe quel "
            f"nom, ou nommez leurs remplaçants ({', '.join(vocabulaire(self.vague).pieces.values())})."
        ) + (f" Laissés de côté : {' ; '.join(dits)}." if dits else "")

    def prendre(self, demande: EtatDemande, ligne: Brut, besoin: str, nom: str | None) -> str:
        """Copy a document aside, and give the copy's name."""
        ou = self._nommee(nom) if nom else self._envoyee(demande, ligne, besoin)
        if ou is None:
            self.absents.append(nom_lisible(nom) if nom else f"{besoin} de la demande {demande.numero_editeur}")
            return ""
        copie = f"{_HORS_D_UN_NOM.sub('_', demande.numero_editeur)}-{besoin}{_extension(ou.nom)}"
        try:
            octets = ou.lire()
        except ValeurRefusee as refus:
            raise DepotRefuse(f"{nom_lisible(ou.nom)} : {refus.constat.message}.") from refus
        (self._copies / copie).write_bytes(octets)
        return copie

    def _nommee(self, nom: str) -> Emplacement | None:
        """Find a document by the name that a person gives it: in the folder, else in one of its zips."""
        try:
            chemin = self._fonds.localiser(nom)
        except ValeurRefusee as refus:
            if refus.constat.code != "document-absent":
                raise DepotRefuse(f"{nom_lisible(nom)} : {refus.constat.message}.") from refus
            return self._de_ce_nom(nom)
        return Emplacement(nom, chemin)

    def _de_ce_nom(self, nom: str) -> Emplacement | None:
        trouves = list(self._par_nom.get(nom, {}).values())
        if len(trouves) > 1:
            raise DepotRefuse(
                f"Plusieurs documents s’appellent {nom_lisible(nom)} : gardez-en un dans le dossier des pièces."
            )
        return trouves[0] if trouves else None

    def _envoyee(self, demande: EtatDemande, ligne: Brut, besoin: str) -> Emplacement | None:
        """Find the document that was sent: by its hash, by its name only where nobody recorded one."""
        empreintes = {piece.nom: piece.sha256 for piece in demande.pieces}
        pieces = self.vague.valeur_brute(ligne, Role.PIECES)
        for piece in pieces if isinstance(pieces, list) else []:
            if self.vague.valeur_brute(piece, Role.TYPE_PIECE) == besoin:
                nom = str(self.vague.valeur_brute(piece, Role.NOM_PIECE))
                empreinte = empreintes.get(nom)
                if empreinte:
                    return self._par_empreinte.get(empreinte)
                return self._de_ce_nom(nom)
        return None


def _extension(nom: str) -> str:
    """Give a document's extension, when it is one; its content will tell what it is."""
    extension = PurePosixPath(nom).suffix.lower()
    return extension if extension in EXTENSIONS else ""
