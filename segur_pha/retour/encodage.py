"""An answer whose text is no UTF-8 (decision 17): read as Windows-1252, and said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from segur_pha.table.codes import CodeDeFichier
from segur_pha.texte_json.lecture import lire_octets

if TYPE_CHECKING:
    from segur_pha.table.specification import Limites
    from segur_pha.texte_json.lecture import Lecture

__all__ = ["UTF_8", "WINDOWS_1252", "lire_tolerant"]

UTF_8: Final = "UTF-8"
WINDOWS_1252: Final = "Windows-1252"

#: The five bytes that Python's codec leaves out; the WHATWG's Windows-1252 has a control character at each, as Latin-1 has.
_LAISSES: Final = {octet: chr(octet) for octet in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
#: A byte, read as Latin-1 → its character in Windows-1252.
_TABLE: Final = {o: _LAISSES.get(o) or bytes([o]).decode("cp1252") for o in range(0x80, 0xA0)}
_BOM: Final = b"\xef\xbb\xbf"


def lire_tolerant(octets: bytes, limites: Limites) -> tuple[Lecture, str]:
    """Read a JSON text, and tell in which encoding; what does not begin like JSON keeps the fault that UTF-8 gives it.

    UTF-16 stays refused, and so does UTF-8 with half characters: read as Windows-1252, none of their words would be left.

    >>> from segur_pha import VA1
    >>> lecture, encodage = lire_tolerant('{"libelle": "acceptée"}'.encode("latin-1"), VA1.limites)
    >>> lecture.arbre, encodage
    ({'libelle': 'acceptée'}, 'Windows-1252')
    """
    lecture = lire_octets(octets, limites)
    if not any(faute.code == CodeDeFichier.ENCODAGE for faute in lecture.fautes) or not _est_un_texte_de_8_bits(octets):
        return lecture, UTF_8
    texte = octets.removeprefix(_BOM).decode("latin-1").translate(_TABLE)
    return lire_octets(texte.encode(), limites), WINDOWS_1252


def _est_un_texte_de_8_bits(octets: bytes) -> bool:
    try:
        octets.decode("utf-8", errors="surrogatepass")
    except UnicodeDecodeError:
        return b"\0" not in octets and octets.removeprefix(_BOM).lstrip().startswith((b"{", b"["))
    return False
