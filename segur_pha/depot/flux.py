"""The streams of a PDF, decoded strictly: whatever a filter cannot read to its end is damaged (ISO 32000-1, 7.4).

pypdf reads whatever can be saved of a damaged stream, which is right when its text is wanted, but wrong for a document to be
deposited.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from pypdf.filters import ASCII85Decode, ASCIIHexDecode
from pypdf.generic import ArrayObject, DictionaryObject, NullObject, StreamObject

from segur_pha.depot.images import verifier_un_jpeg, verifier_un_jpeg_2000
from segur_pha.depot.telecopie import Telecopie, verifier_la_telecopie
from segur_pha.depot.travail import Abime, Demesure, SansLecteur, refuser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf.generic import PdfObject

    from segur_pha.depot.travail import Travail

__all__ = ["contenu_du_flux", "dictionnaire", "est_controle", "objet", "verifier_l_image", "verifier_le_flux"]

#: In bytes; the operators of a page usually take some ten thousand.
_CONTENU_MAXIMUM: Final = 5_000_000
_ENTREE: Final = 16_384
_SORTIE: Final = 1_048_576
_TETE_DE_ZLIB: Final = 2

_FLATE: Final = "/FlateDecode"
_SANS_FILTRE: Final = "/Crypt"
_FILTRES_MAXIMUM: Final = 8
#: Bytes that a careless program may leave after the end of the data.
_OUBLI: Final = 2
_BLANCS: Final = b"\0\t\n\f\r "

_PREDICTION_PNG: Final = 10
#: The cost of adding up a difference, in bytes of the budget: pypdf does it byte by byte.
_PAR_OCTET_PREDIT: Final = 80
#: Samples per pixel.
_ECHANTILLONS: Final = {
    "/DeviceGray": 1,
    "/CalGray": 1,
    "/Indexed": 1,
    "/Separation": 1,
    "/DeviceRGB": 3,
    "/CalRGB": 3,
    "/Lab": 3,
    "/DeviceCMYK": 4,
}


def contenu_du_flux(flux: StreamObject, travail: Travail) -> bytes:
    """Return what a stream of operators says.

    Raises :class:`~segur_pha.depot.travail.Abime`, :class:`~segur_pha.depot.travail.Demesure` or
    :class:`~segur_pha.depot.travail.SansLecteur`.
    """
    octets = flux._data  # noqa: SLF001 - what pypdf gives instead is repaired where it can be
    for filtre, reglages in _filtres(flux):
        octets = b"".join(_bornes(_decoder(filtre, octets, reglages, travail)))
        if _entier(reglages, "/Predictor", 1) != 1:
            travail.octets(_PAR_OCTET_PREDIT * len(octets))
            return flux.get_data()  # sound, as was just checked; pypdf adds up the differences
    travail.octets(len(octets))
    return octets


def est_controle(flux: StreamObject) -> bool:
    """Whether the bytes of a stream have a checksum, so that damage cannot go unnoticed."""
    return any(filtre == _FLATE for filtre, _ in _filtres(flux))


def verifier_le_flux(flux: StreamObject, travail: Travail) -> int:
    """Decode a stream, discard it, and return its length; raises what :func:`contenu_du_flux` raises."""
    octets = flux._data  # noqa: SLF001 - same as above
    filtres = list(_filtres(flux))
    for filtre, reglages in filtres[:-1]:
        octets = b"".join(_bornes(_decoder(filtre, octets, reglages, travail)))
    return sum(
        len(morceau) for filtre, reglages in filtres[-1:] for morceau in _decoder(filtre, octets, reglages, travail)
    )


def verifier_l_image(flux: StreamObject, travail: Travail) -> None:
    """Decode an image and discard it; raises what :func:`contenu_du_flux` raises."""
    octets = flux._data  # noqa: SLF001 - same as above
    filtres = list(_filtres(flux)) or [(_SANS_FILTRE, dictionnaire(None))]
    *premiers, (dernier, reglages) = filtres
    for filtre, propres in premiers:
        octets = b"".join(_bornes(_decoder(filtre, octets, propres, travail)))
    match dernier:
        case "/DCTDecode":
            # Some programs leave out the end mark and rely on the end of the stream.
            verifier_un_jpeg(octets + b"\xff\xd9", travail)
        case "/JPXDecode":
            verifier_un_jpeg_2000(octets, travail)
        case "/CCITTFaxDecode":
            verifier_la_telecopie(octets, _telecopie(flux, reglages), travail)
        case _:
            if sum(map(len, _decoder(dernier, octets, reglages, travail))) < _longueur(flux, reglages):
                refuser("rows are missing")


def _telecopie(flux: StreamObject, reglages: DictionaryObject) -> Telecopie:
    return Telecopie(
        colonnes=_entier(reglages, "/Columns", 1_728),
        rangees=_entier(flux, "/Height", 0) or _entier(reglages, "/Rows", 0),
        k=_entier(reglages, "/K", 0),
        alignee=_vrai(reglages, "/EncodedByteAlign"),
    )


def _longueur(flux: StreamObject, reglages: DictionaryObject) -> int:
    """Work out the least number of bytes that the rows of an image take, as its filter gives them."""
    largeur, hauteur = _entier(flux, "/Width", 0), _entier(flux, "/Height", 0)
    bits = 1 if _vrai(flux, "/ImageMask") else _entier(flux, "/BitsPerComponent", 1)
    rangee = -(-largeur * bits * _echantillons(flux.get("/ColorSpace")) // 8)
    if largeur <= 0 or hauteur <= 0 or bits <= 0:
        refuser("no size")
    return hauteur * (rangee + (_entier(reglages, "/Predictor", 1) >= _PREDICTION_PNG))


def _echantillons(espace: PdfObject | None) -> int:
    """Tell how many samples a pixel has: at least one, where the colours are named elsewhere."""
    resolu = objet(espace)
    if not isinstance(resolu, ArrayObject) or not resolu:
        return _ECHANTILLONS.get(str(resolu), 1)
    famille, *details = (objet(partie) for partie in resolu)
    if str(famille) == "/ICCBased" and details and isinstance(details[0], StreamObject):
        return max(_entier(details[0], "/N", 1), 1)
    if str(famille) == "/DeviceN" and details and isinstance(details[0], ArrayObject):
        return max(len(details[0]), 1)
    return _ECHANTILLONS.get(str(famille), 1)


def _entier(entrees: DictionaryObject, cle: str, defaut: int) -> int:
    valeur = objet(entrees.get(cle))
    if valeur is None:
        return defaut
    return int(valeur) if isinstance(valeur, int | float) else refuser("no number")


def _vrai(entrees: DictionaryObject, cle: str) -> bool:
    return str(objet(entrees.get(cle))) == "True"


def _filtres(flux: StreamObject) -> Iterator[tuple[str, DictionaryObject]]:
    """Give the filters of a stream in the order of decoding, each with its parameters."""
    filtres, reglages = (objet(flux.get(cle)) for cle in ("/Filter", "/DecodeParms"))
    if filtres is None:
        return
    noms = list(filtres) if isinstance(filtres, ArrayObject) else [filtres]
    tous = list(reglages) if isinstance(reglages, ArrayObject) else [reglages]
    if len(noms) > _FILTRES_MAXIMUM:
        raise Demesure
    for rang, nom in enumerate(noms):
        yield str(objet(nom)), dictionnaire(tous[rang] if rang < len(tous) else None)


def dictionnaire(valeur: PdfObject | None) -> DictionaryObject:
    """Follow a reference to a dictionary; anything else is an empty one."""
    resolu = objet(valeur)
    return resolu if isinstance(resolu, DictionaryObject) else DictionaryObject()


def objet(valeur: PdfObject | None) -> PdfObject | None:
    """Follow a reference; null is nothing."""
    resolu = None if valeur is None else valeur.get_object()
    return None if isinstance(resolu, NullObject) else resolu


def _bornes(morceaux: Iterator[bytes]) -> Iterator[bytes]:
    total = 0
    for morceau in morceaux:
        total += len(morceau)
        if total > _CONTENU_MAXIMUM:
            raise Demesure
        yield morceau


def _decoder(filtre: str, octets: bytes, reglages: DictionaryObject, travail: Travail) -> Iterator[bytes]:
    """Decode one filter, piece by piece."""
    morceaux: Iterator[bytes]
    match filtre:
        case "/FlateDecode":
            morceaux = _degonfler(octets)
        case "/LZWDecode":
            morceaux = _lzw(octets, _entier(reglages, "/EarlyChange", 1))
        case "/RunLengthDecode":
            morceaux = _suites(octets)
        case "/ASCIIHexDecode" | "/ASCII85Decode":
            morceaux = iter((_texte(filtre, octets),))
        case "/Crypt":
            morceaux = iter((octets,))
        case "/JBIG2Decode" | "/BrotliDecode":
            raise SansLecteur(filtre)
        case _:
            refuser("no such filter")
    for morceau in morceaux:
        travail.octets(len(morceau))
        yield morceau


def _degonfler(octets: bytes) -> Iterator[bytes]:
    zip_ = zlib.decompressobj()
    try:
        yield from _tirer(zip_, octets)
    except zlib.error as erreur:
        raise Abime("flate") from erreur
    if not zip_.eof:
        # Some old programs leave out the checksum: the data after the two bytes of the header are then complete.
        nu = zlib.decompressobj(-zlib.MAX_WBITS)
        for _ in _tirer(nu, octets[_TETE_DE_ZLIB:]):
            pass
        if not nu.eof:
            refuser("cut off")


def _tirer(zip_: zlib._Decompress, octets: bytes) -> Iterator[bytes]:
    """Inflate; the input comes in small pieces, since the unused rest of each is copied again and again."""
    for debut in range(0, len(octets), _ENTREE):
        reste = octets[debut : debut + _ENTREE]
        while reste and not zip_.eof:
            yield zip_.decompress(reste, _SORTIE)
            reste = zip_.unconsumed_tail
    while not zip_.eof and (morceau := zip_.decompress(b"", _SORTIE)):
        yield morceau


def _texte(filtre: str, octets: bytes) -> bytes:
    decodeur, fin = (ASCIIHexDecode, b">") if filtre == "/ASCIIHexDecode" else (ASCII85Decode, b"~>")
    if not octets.rstrip(_BLANCS).endswith(fin):
        refuser("cut off")
    try:
        return decodeur.decode(octets)
    except Exception as erreur:
        # pypdf lets through what Python's own decoders raise, which is of several kinds.
        raise Abime("text") from erreur


def _suites(octets: bytes) -> Iterator[bytes]:
    """Decode runs of bytes; the last one is marked as such."""
    place = 0
    while place < len(octets):
        longueur = octets[place]
        if longueur == 128:  # noqa: PLR2004 - the end, ISO 32000-1, 7.4.5
            if octets[place + 1 :].strip(_BLANCS):
                refuser("something is left")
            return
        pris = longueur + 1 if longueur < 128 else 1  # noqa: PLR2004 - same
        morceau = octets[place + 1 : place + 1 + pris]
        if len(morceau) < pris:
            refuser("cut off")
        yield morceau if longueur < 128 else morceau * (257 - longueur)  # noqa: PLR2004 - same
        place += 1 + pris
    refuser("cut off")


_EFFACER, _FIN, _CODES_MAXIMUM = 256, 257, 4_096


def _lzw(octets: bytes, avance: int) -> Iterator[bytes]:
    """Decode LZW; ``avance`` is 1 where the length of the codes grows one code early, as it does by default."""
    debut = [bytes((i,)) for i in range(256)] + [b"", b""]
    table, avant = list(debut), b""
    reserve = place = bits = 0
    while True:
        largeur = min((len(table) + avance).bit_length(), 12)
        while bits < largeur:
            if place == len(octets):
                refuser("cut off")
            reserve, place, bits = (reserve & 0xFFF) << 8 | octets[place], place + 1, bits + 8
        bits -= largeur
        code = reserve >> bits & (1 << largeur) - 1
        if code == _FIN:
            if len(octets[place:].strip(_BLANCS)) > _OUBLI:
                refuser("something is left")
            return
        if code == _EFFACER:
            table, avant = list(debut), b""
            continue
        if code >= len(table) + bool(avant):
            refuser("no such code")
        morceau = table[code] if code < len(table) else avant + avant[:1]
        if avant and len(table) < _CODES_MAXIMUM:
            table.append(avant + morceau[:1])
        avant = morceau
        yield morceau
