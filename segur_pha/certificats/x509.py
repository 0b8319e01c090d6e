"""Reading real certificates: PEM, DER, a folder of them.  Private keys are refused, never parsed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segur_pha.certificats.jours import jour_de_paris
from segur_pha.certificats.parc import Certificat, LigneIllisible, Parc, SuiviIllisible
from segur_pha.erreurs import ExtraManquant
from segur_pha.identifiants import finess_de_structure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cryptography.x509 import Certificate, Name, ObjectIdentifier

__all__ = ["lire_x509"]

_FRONTIERE = rb"(?:TRUSTED |X509 )?CERTIFICATE-----"
#: A body ends at the next five dashes, so that a file of nothing but beginnings is read once.
_BLOC = re.compile(rb"-----BEGIN " + _FRONTIERE + rb"[^-]*+(?:-(?!----)[^-]*+)*+-----END " + _FRONTIERE)
_CLE = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----")
_SUFFIXES_DE_CLE = frozenset([".key", ".p12", ".pfx", ".jks"])
_TAILLE_MAXIMALE = 1_000_000


def lire_x509(dossier: Path) -> Parc:
    """Read the certificates (PEM, DER) of a folder and of its subfolders, or of one file, into a fleet.

    The pharmacy comes from the structure id in the subject's OU (1 + FINESS); the day of expiry is the day in
    Europe/Paris of the end of validity.  What gives no certificate of a pharmacy is listed in
    ``Parc.lignes_illisibles``; private keys and authorities are told in ``Parc.avertissements``.  Nothing in a
    certificate says that it was revoked.

    Raises:
        SuiviIllisible: the folder does not exist or cannot be listed.
        ExtraManquant: ``cryptography`` (extra ``certificats``) is not installed.
    """
    try:
        import cryptography.x509  # noqa: F401
    except ImportError as erreur:
        raise ExtraManquant("certificats") from erreur
    if not dossier.exists():
        raise SuiviIllisible("Le dossier de certificats n’existe pas : vérifiez son nom.")
    certificats: list[Certificat] = []
    illisibles: list[LigneIllisible] = []
    avertissements: list[str] = []
    fichiers = sorted(f for f in dossier.rglob("*") if f.is_file()) if dossier.is_dir() else [dossier]
    for fichier in fichiers:
        nom = fichier.relative_to(dossier).as_posix() if dossier.is_dir() else fichier.name
        for rang, lu in enumerate(_fichier(fichier, nom, avertissements), 1):
            if isinstance(lu, str):
                illisibles.append(LigneIllisible(nom, rang, lu))
            elif lu is not None:
                certificats.append(lu)
    return Parc(_uniques(certificats, illisibles), tuple(illisibles), {}, tuple(avertissements))


def _uniques(certificats: list[Certificat], illisibles: list[LigneIllisible]) -> tuple[Certificat, ...]:
    vus: dict[tuple[str, str], Certificat] = {}
    for c in certificats:
        premier = vus.setdefault((c.emetteur, c.serie), c)
        if premier is not c:
            raison = f"même certificat que {premier.fichier} (rang {premier.ligne}) : il n’est compté qu’une fois"
            illisibles.append(LigneIllisible(c.fichier, c.ligne, raison))
    return tuple(vus.values())


def _fichier(fichier: Path, nom: str, avertissements: list[str]) -> Iterator[Certificat | str | None]:
    """Yield, for each certificate of a file: what it is, why it is not, or ``None`` for an authority."""
    from cryptography.x509 import DuplicateExtension, InvalidVersion, UnsupportedGeneralNameType

    if fichier.suffix.lower() in _SUFFIXES_DE_CLE:
        avertissements.append(_cle_trouvee(nom))
        return
    try:
        if fichier.stat().st_size > _TAILLE_MAXIMALE:
            yield "trop gros pour un certificat (plus de 1 Mo)"
            return
        octets = fichier.read_bytes()
    except OSError:
        yield "ce fichier ne peut pas être ouvert : vérifiez vos droits d’accès"
        return
    if _CLE.search(octets) or _cle_der(octets):
        avertissements.append(_cle_trouvee(nom))
        if not _BLOC.search(octets):
            return
    for rang, bloc in enumerate(_BLOC.findall(octets) or [octets], 1):
        try:
            lu = _certificat(bloc, nom, rang)
        except (ValueError, TypeError, DuplicateExtension, InvalidVersion, UnsupportedGeneralNameType):
            # A TypeError is cryptography's word for a name that holds bits where it wants a text.
            yield "ce n’est pas un certificat lisible (PEM ou DER)"
            continue
        if lu is None:
            avertissements.append(f"{nom} (rang {rang}) : certificat d’autorité, il ne compte pas.")
        yield lu


def _cle_trouvee(nom: str) -> str:
    return (
        f"{nom} : clé privée refusée, elle n’a pas été lue. Retirez-la de ce dossier : "
        "le suivi des échéances n’en a jamais besoin."
    )


def _cle_der(octets: bytes) -> bool:
    # A key (PKCS#1, PKCS#8, PKCS#12) is a DER sequence that starts with a small version number; a certificate starts
    # with another sequence.
    entete = re.match(rb"\x30(?:[\x00-\x7f]|\x81.|\x82..|\x83...)\x02\x01", octets, re.DOTALL)
    return entete is not None


def _certificat(bloc: bytes, nom: str, rang: int) -> Certificat | str | None:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    pem = bloc.startswith(b"-----")
    certificat = x509.load_pem_x509_certificate(bloc) if pem else x509.load_der_x509_certificate(bloc)
    if _autorite(certificat):
        return None
    sujet = certificat.subject
    structure = next((ou for ou in _attributs(sujet, NameOID.ORGANIZATIONAL_UNIT_NAME) if finess_de_structure(ou)), "")
    finess = finess_de_structure(structure)
    if finess is None:
        return "l’OU du sujet ne donne pas de FINESS (1 suivi des 9 caractères)"
    return Certificat(
        finess,
        jour_de_paris(certificat.not_valid_after_utc),
        debut=jour_de_paris(certificat.not_valid_before_utc),
        usage=_usage(certificat),
        nom=next(iter(_attributs(sujet, NameOID.COMMON_NAME)), ""),
        courriels=_courriels(certificat),
        structure=structure,
        ligne=rang,
        fichier=nom,
        emetteur=certificat.issuer.rfc4514_string(),
        serie=f"{certificat.serial_number:X}",
        organisation=next(iter(_attributs(sujet, NameOID.ORGANIZATION_NAME)), ""),
        departement=next(iter(_attributs(sujet, NameOID.STATE_OR_PROVINCE_NAME)), ""),
    )


def _attributs(nom: Name, oid: ObjectIdentifier) -> list[str]:
    return [str(attribut.value).strip() for attribut in nom.get_attributes_for_oid(oid)]


def _autorite(certificat: Certificate) -> bool:
    from cryptography import x509

    try:
        return certificat.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _usage(certificat: Certificate) -> str:
    """Return the IGC-Santé's word for what a certificate may do; ``""`` when its extensions do not tell."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    try:
        etendus = set(certificat.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        etendus = set()
    for oid, usage in (
        (ExtendedKeyUsageOID.SERVER_AUTH, "SSL_SERV"),
        (ExtendedKeyUsageOID.CLIENT_AUTH, "AUTH_CLI"),
        (ExtendedKeyUsageOID.EMAIL_PROTECTION, "S/MIME"),
    ):
        if oid in etendus:
            return usage
    try:
        simples = certificat.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return ""
    if simples.content_commitment or (simples.digital_signature and not simples.key_encipherment):
        return "SIGN"
    return "CONF" if simples.key_encipherment or simples.data_encipherment else ""


def _courriels(certificat: Certificate) -> tuple[str, ...]:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        autres = certificat.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        adresses = autres.get_values_for_type(x509.RFC822Name)
    except x509.ExtensionNotFound:
        adresses = []
    return tuple(dict.fromkeys([*adresses, *_attributs(certificat.subject, NameOID.EMAIL_ADDRESS)]))
