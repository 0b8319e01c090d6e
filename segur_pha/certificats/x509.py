"""Reading real certificates: PEM, DER, PKCS#7, a folder of them.  Private keys are refused, never parsed."""

from __future__ import annotations

import binascii
import os
import re
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING

from segur_pha.certificats.contenu import CN, ETAT, NOM, OID, ORGANISATION, PRENOM, SEQUENCE, UNITE, lire_contenu
from segur_pha.certificats.der import DerIllisible, elements, en_oid, premier
from segur_pha.certificats.natures import CertificatEcarte, nature_de
from segur_pha.certificats.parc import Certificat, Parc, SuiviIllisible, ligne_illisible
from segur_pha.certificats.voisins import archive, voisin
from segur_pha.constats import Constat
from segur_pha.fichiers import lire_jusqu_a
from segur_pha.identifiants import finess_de_structure
from segur_pha.rapports.tableau import accorder, en_mots

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segur_pha.certificats.contenu import Contenu

__all__ = ["lire_x509"]

_GENRE = rb"(?:(?:TRUSTED |X509 )?CERTIFICATE|PKCS ?#?7|CMS)-----"
#: A body ends at the next five dashes, so that a file made only of beginnings is read once.
_BLOC = re.compile(rb"-----BEGIN " + _GENRE + rb"([^-]*+(?:-(?!----)[^-]*+)*+)-----END " + _GENRE)
_CLE = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----")
_SUFFIXES_DE_CLE = frozenset([".key", ".p12", ".pfx", ".jks"])
_SUFFIXES_DE_CERTIFICAT = frozenset([".cer", ".crt", ".der", ".pem", ".p7b", ".p7c", ".p7m", ".p7s"])
_TAILLE_MAXIMALE = 1_000_000
_DONNEES_SIGNEES = "1.2.840.113549.1.7.2"
_CERTIFICATS_DU_PAQUET = 0xA0
_ILLISIBLE = "ce n’est pas un certificat lisible (PEM, DER ou PKCS#7)"
#: Of a file in which nothing looks like a certificate, not even a damaged one, and whose name promises none.
_ETRANGER = "ce fichier n’est pas un certificat (PEM, DER ou PKCS#7), il n’a pas été lu"
_ARCHIVE = "archive : sortez-en les certificats, elle n’est pas ouverte"
_AUTRES_ETRANGERS = ("autre fichier qui n’est pas un certificat", "autres fichiers qui ne sont pas des certificats")
#: How many files that are no certificates are named.
_ETRANGERS_DITS = 20


def lire_x509(dossier: str | os.PathLike[str]) -> Parc:
    """Read the certificates (PEM, DER, PKCS#7) of a folder and its subfolders, or of one file, into a fleet.

    The pharmacy comes from the structure id in the subject's OU (1 + FINESS); the day of expiry is the day in
    Europe/Paris of the end of validity, or of the key's own period where that ends earlier.  Certificates of TEST, of a
    publisher, a cabinet or a person stand in ``Parc.ecartes``; what gives no certificate is listed in
    ``Parc.lignes_illisibles``; private keys, authorities, requests (CSR) and files of another kind are told in
    ``Parc.avertissements``, and so is a subject with two FINESS: the first one counts.  Nothing in a certificate says that it was
    revoked.

    Raises :class:`~segur_pha.certificats.SuiviIllisible` when the folder does not exist, cannot be listed, or holds no
    certificate at all.

    >>> lire_x509("certificats-2026")
    Traceback (most recent call last):
    ...
    segur_pha.certificats.parc.SuiviIllisible: Le dossier de certificats n’existe pas : vérifiez son nom.
    """
    racine = Path(dossier)
    if not os.fspath(dossier) or not racine.exists():  # an empty name must not stand for the current folder
        raise SuiviIllisible("Le dossier de certificats n’existe pas : vérifiez son nom.")
    lecture = _Lecture()
    if racine.is_dir():
        for fichier in _fichiers(racine, lecture):
            lecture.lire(fichier, fichier.relative_to(racine).as_posix())
    else:
        lecture.lire(racine, racine.name)
    return lecture.parc()


def _fichiers(dossier: Path, lecture: _Lecture) -> list[Path]:
    """Return every file of a folder, sorted; a folder that cannot be read is reported, never skipped."""
    trouves: list[Path] = []

    def refuser(erreur: OSError) -> None:
        lieu = Path(erreur.filename)
        if lieu == dossier:
            raise SuiviIllisible(
                "Le dossier de certificats ne peut pas être lu : vérifiez vos droits d’accès."
            ) from erreur
        nom = lieu.relative_to(dossier).as_posix()
        lecture.illisibles.append(
            ligne_illisible(nom, 1, "ce dossier ne peut pas être lu : vérifiez vos droits d’accès")
        )

    for ici, sous_dossiers, noms in os.walk(dossier, onerror=refuser):
        lies = [nom for nom in sorted(sous_dossiers) if Path(ici, nom).is_symlink()]
        for nom in lies:
            lieu = Path(ici, nom).relative_to(dossier).as_posix()
            message = "lien vers un autre dossier, il n’a pas été suivi"
            lecture.avertissements.append(Constat(code="lien-non-suivi", message=message, fichier=lieu))
        trouves += [fichier for nom in noms if (fichier := Path(ici, nom)).is_file()]
    return sorted(trouves)


class _Lecture:
    """What is gathered while files are read."""

    def __init__(self) -> None:
        self.certificats: list[Certificat] = []
        self.illisibles: list[Constat] = []
        self.ecartes: list[CertificatEcarte] = []
        self.avertissements: list[Constat] = []
        self.etrangers: list[str] = []
        self._vus: dict[bytes, tuple[str, int]] = {}

    def parc(self) -> Parc:
        """Return the fleet; an error when nothing was read, since « nothing expires » would be a guess."""
        if not (self.certificats or self.ecartes or self.illisibles):
            vus = [f"Fichiers lus qui n’en sont pas : {en_mots(len(self.etrangers))}."] if self.etrangers else []
            suite = " ".join(["", *vus, *(f"{avis}." for avis in self.avertissements)])
            raise SuiviIllisible(f"Aucun certificat à suivre ici : vérifiez que c’est le bon dossier.{suite}")
        return Parc(
            tuple(self.certificats),
            tuple(self.illisibles),
            {},
            (*self.avertissements, *_etrangers(self.etrangers)),
            ecartes=tuple(self.ecartes),
        )

    def lire(self, fichier: Path, nom: str) -> None:
        """Read one file."""
        for rang, lu in enumerate(self._certificats(fichier, nom), 1):
            if isinstance(lu, str):
                self.illisibles.append(ligne_illisible(nom, rang, lu))
                continue
            try:
                contenu = lire_contenu(lu)
            except (DerIllisible, IndexError):
                self._dire(lu, nom, rang)
                continue
            # A line end after a certificate does not make it another one.
            premier_nom, premier_rang = self._vus.setdefault(premier(lu, SEQUENCE), (nom, rang))
            if (premier_nom, premier_rang) != (nom, rang):
                raison = f"même certificat que {premier_nom} (rang {premier_rang}) : il n’est compté qu’une fois"
                self.illisibles.append(ligne_illisible(nom, rang, raison))
            else:
                self._juger(contenu, nom, rang)

    def _dire(self, lu: bytes, nom: str, rang: int) -> None:
        """Say what was no certificate: of another kind, or damaged."""
        autre = voisin(lu)
        if autre:
            self.avertissements.append(Constat(code="autre-objet", message=autre, fichier=nom))
        else:
            self.illisibles.append(ligne_illisible(nom, rang, _ILLISIBLE))

    def _certificats(self, fichier: Path, nom: str) -> Iterator[bytes | str]:
        """Yield, for each certificate of a file, its DER or the reason why there is none."""
        if fichier.suffix.lower() in _SUFFIXES_DE_CLE:
            self.avertissements.append(_cle_trouvee(nom))
            return
        try:
            lus = lire_jusqu_a(fichier, _TAILLE_MAXIMALE)
        except OSError:
            yield "ce fichier ne peut pas être ouvert : vérifiez vos droits d’accès"
            return
        if len(lus) > _TAILLE_MAXIMALE:
            yield "trop gros pour un certificat (plus de 1 Mo)"
            return
        octets = _en_octets(lus)
        blocs = [_sans_base64(bloc) for bloc in _BLOC.findall(octets)]
        if _CLE.search(octets) or _cle_der(octets):
            self.avertissements.append(_cle_trouvee(nom))
            if not blocs:
                return
        if not blocs:
            if archive(octets):
                yield _ARCHIVE
                return
            if voisin(octets):
                yield octets
                return
            blocs = [octets if octets[:1] == b"\x30" else _sans_base64(octets)]
            # No certificate is shorter than 128 bytes, so the second byte distinguishes it from a text that begins with a zero.
            vu = re.match(rb"\x30[\x80-\xff]", blocs[0]) or b"-----BEGIN" in octets
            if not vu and fichier.suffix.lower() not in _SUFFIXES_DE_CERTIFICAT:
                self.etrangers.append(nom)
                return
        for bloc in blocs:
            yield from _du_paquet(bloc)

    def _juger(self, lu: Contenu, nom: str, rang: int) -> None:
        if lu.autorite:
            self.avertissements.append(_autorite(nom, rang))
            return
        unites = lu.sujet.get(UNITE, ())
        nature = nature_de(unites, de_test=lu.de_test, personne=lu.carte or NOM in lu.sujet or PRENOM in lu.sujet)
        fin = lu.fin if lu.fin_de_la_cle is None else min(lu.fin, lu.fin_de_la_cle)
        if nature is not None:
            self.ecartes.append(CertificatEcarte(nom, rang, nature, fin))
            return
        structure = next((unite for unite in unites if finess_de_structure(unite)), "")
        finess = finess_de_structure(structure)
        if finess is None:
            raison = "l’OU du sujet ne donne pas de FINESS (1 suivi des 9 caractères)"
            self.illisibles.append(ligne_illisible(nom, rang, raison))
            return
        autres = sorted({f for unite in unites if (f := finess_de_structure(unite))} - {finess})
        if autres:
            message = f"le sujet donne plusieurs FINESS : compté pour {finess}, et non pour {', '.join(autres)} ; vérifiez lequel"
            self.avertissements.append(Constat(code="plusieurs-finess", message=message, fichier=nom, ligne=rang))
        self.certificats.append(
            Certificat(
                finess,
                fin,
                debut=lu.debut,
                usage=lu.usage,
                nom=next(iter(lu.sujet.get(CN, ())), ""),
                courriels=lu.courriels,
                structure=structure,
                ligne=rang,
                fichier=nom,
                emetteur=lu.emetteur,
                serie=lu.serie,
                organisation=next(iter(lu.sujet.get(ORGANISATION, ())), ""),
                departement=next(iter(lu.sujet.get(ETAT, ())), ""),
                fin_certificat=lu.fin if fin < lu.fin else None,
            )
        )


def _en_octets(octets: bytes) -> bytes:
    """Return a UTF-16 text, as PowerShell writes it, with one byte per character; anything else as it is."""
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return octets.decode("utf-16", "replace").encode("ascii", "replace")
    for zero, codage in ((b"-\x00-\x00", "utf-16-le"), (b"\x00-\x00-", "utf-16-be")):
        if octets.startswith(zero):
            return octets.decode(codage, "replace").encode("ascii", "replace")
    return octets


def _sans_base64(texte: bytes) -> bytes:
    """Return the bytes that a base64 text stands for; none when it is not such a text."""
    try:
        return b64decode(b"".join(texte.split()), validate=True)
    except binascii.Error:
        return b""


def _du_paquet(octets: bytes) -> Iterator[bytes]:
    """Yield the certificates of a PKCS#7 bundle, or the bytes themselves when they are not a bundle."""
    try:
        sorte, donnees, *_ = elements(premier(octets, SEQUENCE))
        if sorte.tag != OID or en_oid(sorte.contenu) != _DONNEES_SIGNEES:
            raise DerIllisible("no bundle")
        parties = elements(premier(donnees.contenu, SEQUENCE))
        blocs = [partie.contenu for partie in parties if partie.tag == _CERTIFICATS_DU_PAQUET]
        trouves = _decoupes(blocs[0])
    except (ValueError, IndexError):
        yield octets
        return
    yield from trouves


def _decoupes(octets: bytes) -> list[bytes]:
    """Return each certificate of a bundle with its own tag and length."""
    decoupes = []
    for lu in elements(octets):
        longueur = len(lu.contenu).to_bytes((len(lu.contenu).bit_length() + 7) // 8 or 1, "big")
        decoupes.append(bytes([lu.tag, 0x80 | len(longueur)]) + longueur + lu.contenu)
    return decoupes


def _etrangers(noms: Sequence[str]) -> Iterator[Constat]:
    for nom in noms[:_ETRANGERS_DITS]:
        yield Constat(code="autre-fichier", message=_ETRANGER, fichier=nom)
    reste = len(noms) - _ETRANGERS_DITS
    if reste > 0:
        yield Constat(code="autre-fichier", message=f"et {accorder(reste, *_AUTRES_ETRANGERS)}")


def _autorite(nom: str, rang: int) -> Constat:
    message = "certificat d’autorité, il ne compte pas"
    return Constat(code="certificat-d-autorite", message=message, fichier=nom, ligne=rang)


def _cle_trouvee(nom: str) -> Constat:
    message = "clé privée refusée, elle n’a pas été lue ; retirez-la de ce dossier : le suivi des échéances n’en a jamais besoin"
    return Constat(code="cle-privee", message=message, fichier=nom)


def _cle_der(octets: bytes) -> bool:
    # A key (PKCS#1, PKCS#8, PKCS#12) is a DER sequence that starts with a small version number; a certificate starts
    # with another sequence.
    entete = re.match(rb"\x30(?:[\x00-\x7f]|\x81.|\x82..|\x83...)\x02\x01", octets, re.DOTALL)
    return entete is not None
