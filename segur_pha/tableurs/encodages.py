"""From bytes to a text: UTF-8, UTF-16 with a BOM, Windows-1252; what fits another encoding better is refused, never guessed."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

from segur_pha.tableurs.lettres import invraisemblance

if TYPE_CHECKING:
    from segur_pha.erreurs import SegurError

__all__ = ["ENCODAGES", "decoder"]

#: Python's name → the one that people know.
ENCODAGES: Final = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "mac-roman": "MacRoman",
    "cp850": "CP850",
    "iso8859-15": "ISO-8859-15",
}
_HUIT_BITS: Final = ("cp1252", "mac-roman", "cp850", "iso8859-15")
_MARQUES_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Where a word ends in any of these encodings; blanks that only some of them have stay inside words.
_MOT: Final = re.compile(rb'[^\x00-\x20;,"|/()]+')
#: Enough words to judge by, few enough for a file of fifty million bytes.
_MOTS_JUGES: Final = 5_000
_LONGUEUR_D_UN_MOT: Final = 60
#: How much better than Windows-1252, the most common encoding, another one must fit: more than two rare letters.
_AVANCE: Final = 10


def decoder(octets: bytes, *, nom: str, encodage: str | None, refus: type[SegurError]) -> tuple[str, str]:
    """Decode the bytes of a CSV, and return the name of the encoding as well.

    ``encodage`` imposes one.  Raises ``refus`` saying what to do.

    >>> from segur_pha.erreurs import DepotRefuse
    >>> decoder("LEFÈVRE".encode("cp1252"), nom="a.csv", encodage=None, refus=DepotRefuse)
    ('LEFÈVRE', 'Windows-1252')
    >>> decoder("LEFÈVRE".encode("cp850"), nom="a.csv", encodage=None, refus=DepotRefuse)
    Traceback (most recent call last):
    ...
    segur_pha.erreurs.DepotRefuse: a.csv : l’encodage de ce fichier est douteux : ses noms se lisent mieux en CP850...
    """
    if encodage is not None:
        return _impose(octets, nom, encodage, refus)
    if octets.startswith(_MARQUES_UTF_16):
        return _lire(octets, "utf-16", nom, refus)
    if b"\0" in octets:
        raise refus(
            f"{nom} : ce fichier n’est pas un CSV, ou il est en UTF-16 sans marque. Enregistrez-le en « CSV UTF-8 » ou en .xlsx.",
            code="csv-illisible",
        )
    try:
        return octets.decode("utf-8-sig"), ENCODAGES["utf-8"]
    except UnicodeDecodeError as erreur:
        if _est_de_l_utf8_abime(octets):
            raise _illisible(octets, erreur.start, nom, refus) from None
    return _huit_bits(octets, nom, refus)


def _impose(octets: bytes, nom: str, encodage: str, refus: type[SegurError]) -> tuple[str, str]:
    try:
        connu = codecs.lookup(encodage.strip().replace(" ", "-")).name
    except (LookupError, ValueError):
        connu = ""
    if connu not in ENCODAGES:
        raise refus(
            f"Encodage inconnu. Encodages possibles : {', '.join(ENCODAGES.values())}.", code="encodage-inconnu"
        )
    return _lire(octets, connu, nom, refus)


def _lire(octets: bytes, encodage: str, nom: str, refus: type[SegurError]) -> tuple[str, str]:
    try:
        return octets.decode("utf-8-sig" if encodage == "utf-8" else encodage), ENCODAGES[encodage]
    except UnicodeDecodeError as erreur:
        raise _illisible(octets, erreur.start, nom, refus) from None


def _illisible(octets: bytes, place: int, nom: str, refus: type[SegurError]) -> SegurError:
    ligne = octets.count(b"\n", 0, place) + 1
    return refus(
        f"{nom} : caractère illisible à la ligne {ligne}. Enregistrez le fichier en « CSV UTF-8 », ou indiquez son encodage "
        f"(--encodage : {', '.join(ENCODAGES.values())}).",
        code="encodage-illisible",
    )


def _est_de_l_utf8_abime(octets: bytes) -> bool:
    """Tell UTF-8 with a broken character from 8-bit encodings, in which an accent hardly ever looks like UTF-8 by chance."""
    accents = [c for c in octets.decode("utf-8", errors="replace") if not c.isascii()]
    return len(accents) > 2 * accents.count("\ufffd")


def _mots(octets: bytes) -> set[bytes]:
    """Return the distinct words that are not ASCII; of a large file, only the first ones."""
    mots: set[bytes] = set()
    for trouve in _MOT.finditer(octets):
        if not trouve[0].isascii():
            mots.add(trouve[0][:_LONGUEUR_D_UN_MOT])
            if len(mots) == _MOTS_JUGES:
                break
    return mots


def _huit_bits(octets: bytes, nom: str, refus: type[SegurError]) -> tuple[str, str]:
    """Read Windows-1252, unless the words of the file fit another encoding better."""
    mots = _mots(octets)
    notes = {
        encodage: sum(invraisemblance(mot.decode(encodage, errors="replace")) for mot in mots)
        for encodage in _HUIT_BITS
    }
    meilleure = min(notes.values())
    if notes["cp1252"] > meilleure + _AVANCE:
        proches = [ENCODAGES[e] for e in sorted(notes, key=lambda e: notes[e]) if notes[e] <= meilleure + _AVANCE]
        raise refus(
            f"{nom} : l’encodage de ce fichier est douteux : ses noms se lisent mieux en {' ou en '.join(proches)} qu’en "
            "Windows-1252. Enregistrez-le en « CSV UTF-8 », ou indiquez son encodage "
            f"(--encodage {proches[0]}) et vérifiez les noms.",
            code="encodage-douteux",
        )
    return _lire(octets, "cp1252", nom, refus)
