"""What lies beside certificates in a folder and is none: it holds no deadline of a pharmacy, and is named for what it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from segur_pha.certificats.contenu import SEQUENCE
from segur_pha.certificats.der import DerIllisible, elements, premier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segur_pha.certificats.der import Element

__all__ = ["archive", "voisin"]

_DEMANDE: Final = "demande de certificat (CSR), et non un certificat"
_REVOCATIONS: Final = "liste de révocation (CRL), et non un certificat"
#: The first words of a PEM block (RFC 7468, and OpenSSL's older ones).
_EN_TETES: Final = {
    re.compile(rb"-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----"): _DEMANDE,
    re.compile(rb"-----BEGIN X509 CRL-----"): _REVOCATIONS,
    re.compile(rb"-----BEGIN (?:RSA |EC |DSA )?PUBLIC KEY-----"): "clé publique, et non un certificat",
}
_ENTIER, _ENSEMBLE = 0x02, 0x31
_DEBUTS_DE_LISTE: Final = ([SEQUENCE, SEQUENCE, 0x17], [SEQUENCE, SEQUENCE, 0x18])
#: What ZIP, 7z, RAR and gzip files begin with: certificates may be in them.
_ARCHIVES: Final = (b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b")


def archive(octets: bytes) -> bool:
    """Tell whether a file is an archive.

    >>> archive(b"PK" + bytes([3, 4])), archive(b"notes")
    (True, False)
    """
    return octets.startswith(_ARCHIVES)


def voisin(octets: bytes) -> str:
    """Say in French what a file (PEM or DER) is that is no certificate, ``""`` when it is not known.

    >>> voisin(b"-----BEGIN X509 CRL-----")
    'liste de révocation (CRL), et non un certificat'
    >>> voisin(b"notes")
    ''
    """
    for en_tete, dit in _EN_TETES.items():
        if en_tete.search(octets):
            return dit
    try:
        return _en_der(elements(premier(premier(octets, SEQUENCE), SEQUENCE)))
    except (DerIllisible, IndexError):
        return ""


def _en_der(parties: Sequence[Element]) -> str:
    sortes = [partie.tag for partie in parties]
    # RFC 2986: version 0, the subject's name, its key.  A certificate begins with [0], or with a serial and its algorithm.
    if sortes[:3] == [_ENTIER, SEQUENCE, SEQUENCE] and parties[0].contenu == b"\0":
        return _DEMANDE if all(partie.tag == _ENSEMBLE for partie in elements(parties[1].contenu)) else ""
    # RFC 5280, 5.1: a version or none, the algorithm, the issuer, the list's day; a certificate has both of its days in one part.
    sans_version = sortes[1:4] if sortes[:1] == [_ENTIER] else sortes[:3]
    return _REVOCATIONS if sans_version in _DEBUTS_DE_LISTE else ""
