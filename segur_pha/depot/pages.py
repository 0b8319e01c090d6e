"""What the pages of a PDF show, decoded: their operators, images, forms, fonts, and how their fields and stamps appear."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import frozen
from pypdf.errors import LimitReachedError
from pypdf.generic import ArrayObject, ContentStream, DecodedStreamObject, StreamObject

from segur_pha.depot.flux import contenu_du_flux, dictionnaire, est_controle, objet, verifier_l_image, verifier_le_flux
from segur_pha.depot.travail import Abime, Demesure, SansLecteur, refuser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pypdf import PdfReader
    from pypdf.generic import DictionaryObject, PdfObject

    from segur_pha.depot.travail import Travail

__all__ = ["Regard", "exiger_des_operateurs", "formes_dessinees", "regarder_les_pages", "sont_ordinaires"]

_DESSINE: Final = re.compile(rb"/([^\0\t\n\f\r ()<>\[\]{}/%]{1,127})[\0\t\n\f\r ]{1,9}Do\b")
_DIESE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
#: How deep forms may nest.
_PROFONDEUR: Final = 12
#: The cost of looking up one object, in bytes of the budget: it takes longer than decoding as many bytes.
_PAR_OBJET: Final = 1_000
_PROGRAMMES: Final = ("/FontFile", "/FontFile2", "/FontFile3")

_Etats: TypeAlias = "frozenset[type[Exception]]"
_RIEN: Final[_Etats] = frozenset()


@frozen
class Regard:
    """What was found: the pages (from 1) that are damaged, and those that could not be fully looked at."""

    abimees: tuple[int, ...]
    non_regardees: tuple[int, ...]


def regarder_les_pages(lecteur: PdfReader, pages: Iterable[DictionaryObject], travail: Travail) -> Regard:
    """Decode what every page of a document shows; raises whatever pypdf stumbles upon where the pages themselves cannot be reached."""
    regardeur = _Regardeur(travail)
    for numero in sorted({numero for numero, _ in lecteur.xref_objStm.values()}):
        # The objects of a PDF may themselves be in streams: a damaged stream hides its objects.
        verifier_le_flux(_un_flux(lecteur.get_object(numero)), travail)
    abimees, non_regardees = [], []
    for rang, page in enumerate(pages, start=1):
        etats = regardeur.page(page)
        if Abime in etats:
            abimees.append(rang)
        elif etats:
            non_regardees.append(rang)
    return Regard(tuple(abimees), tuple(non_regardees))


def _un_flux(valeur: PdfObject | None) -> StreamObject:
    resolu = objet(valeur)
    return resolu if isinstance(resolu, StreamObject) else refuser("no stream")


def _liste(valeur: PdfObject | None) -> list[PdfObject]:
    resolu = objet(valeur)
    return list(resolu) if isinstance(resolu, ArrayObject) else [] if resolu is None else [resolu]


class _Regardeur:
    """The streams seen so far: one that several pages show is decoded once, and its outcome counts for each of them."""

    def __init__(self, travail: Travail) -> None:
        self._travail = travail
        self._etats: dict[object, _Etats] = {}
        self._noms: dict[object, tuple[str, ...]] = {}

    def page(self, page: DictionaryObject) -> _Etats:
        """Look at a page: how its streams failed, if any did."""
        return self._essayer(partial(self._tout, page))

    def _tout(self, page: DictionaryObject) -> _Etats:
        ressources = dictionnaire(page.get("/Resources"))
        contenus = _liste(page.get("/Contents")) if "/Contents" in page else []
        if "/Contents" in page and objet(page["/Contents"]) is None:
            refuser("its contents are not there")
        etats = self._ressources(ressources)
        for contenu in contenus:
            etats |= self._essayer(partial(self._dessiner, contenu, ressources, 0))
        for annotation in _liste(page.get("/Annots")):
            for apparence in _apparences(dictionnaire(annotation)):
                etats |= self._forme(apparence, ressources, 0)
        return etats

    def _essayer(self, regarder: Callable[[], _Etats]) -> _Etats:
        try:
            return regarder()
        except (Demesure, SansLecteur, LimitReachedError, RecursionError, MemoryError):
            return frozenset({Demesure})
        except Exception:  # noqa: BLE001 - what pypdf cannot make sense of is spoiled, whatever it calls it
            return frozenset({Abime})

    def _une_fois(self, flux: StreamObject, regarder: Callable[[], _Etats]) -> _Etats:
        self._travail.octets(_PAR_OBJET)
        return self._retenir(_cle(flux), regarder)

    def _retenir(self, cle: object, regarder: Callable[[], _Etats]) -> _Etats:
        if cle not in self._etats:
            self._etats[cle] = _RIEN  # a stream that contains itself adds nothing
            self._etats[cle] = self._essayer(regarder)
        return self._etats[cle]

    def _dessiner(self, valeur: PdfObject, ressources: DictionaryObject, profondeur: int) -> _Etats:
        """Look at a stream of operators, and at what they draw."""
        flux = _un_flux(valeur)
        etats = self._une_fois(flux, partial(self._operateurs, flux))
        objets = dictionnaire(ressources.get("/XObject"))
        for nom in self._noms.get(_cle(flux), ()):
            self._travail.octets(_PAR_OBJET)
            dessine = objet(objets.get(nom))
            if dessine is not None:
                etats |= self._essayer(partial(self._objet, dessine, ressources, profondeur))
            elif nom in formes_dessinees(contenu_du_flux(flux, self._travail)):
                etats |= {Abime}
        return etats

    def _operateurs(self, flux: StreamObject) -> _Etats:
        contenu = contenu_du_flux(flux, self._travail)
        if not est_controle(flux) and not sont_ordinaires(contenu):
            exiger_des_operateurs(contenu)
        self._noms[_cle(flux)] = tuple(dict.fromkeys(_nom(trouve[1]) for trouve in _DESSINE.finditer(contenu)))
        return _RIEN

    def _objet(self, valeur: PdfObject, ressources: DictionaryObject, profondeur: int) -> _Etats:
        flux = _un_flux(valeur)
        if str(flux.get("/Subtype")) == "/Form":
            return self._forme(flux, ressources, profondeur)
        return self._une_fois(flux, partial(self._image, flux))

    def _image(self, flux: StreamObject) -> _Etats:
        etats = _RIEN
        for masque in (objet(flux.get("/SMask")), objet(flux.get("/Mask"))):
            if isinstance(masque, StreamObject):
                etats |= self._une_fois(masque, partial(self._image, masque))
        verifier_l_image(flux, self._travail)
        return etats

    def _forme(self, flux: StreamObject, ressources: DictionaryObject, profondeur: int) -> _Etats:
        """Look at a form, which may have its own resources."""
        if profondeur >= _PROFONDEUR:
            raise Demesure
        propres = dictionnaire(flux.get("/Resources")) if "/Resources" in flux else ressources

        def regarder() -> _Etats:
            return self._ressources(propres) | self._dessiner(flux, propres, profondeur + 1)

        return self._retenir(("forme", _cle(flux)), regarder)

    def _ressources(self, ressources: DictionaryObject) -> _Etats:
        """Look at the fonts and patterns that operators may use."""
        etats = _RIEN
        for flux in (*_programmes(ressources), *_motifs(ressources)):
            etats |= self._une_fois(flux, partial(self._simple, flux))
        return etats

    def _simple(self, flux: StreamObject) -> _Etats:
        verifier_le_flux(flux, self._travail)
        return _RIEN


def _cle(flux: StreamObject) -> object:
    reference = flux.indirect_reference
    return id(flux) if reference is None else (reference.idnum, reference.generation)


def _nom(ecrit: bytes) -> str:
    return "/" + _DIESE.sub(lambda m: bytes((int(m[1], 16),)), ecrit).decode("utf-8", "replace")


def _programmes(ressources: DictionaryObject) -> Iterator[StreamObject]:
    """Yield the font programs and the drawn characters of fonts."""
    for valeur in dictionnaire(ressources.get("/Font")).values():
        police = dictionnaire(valeur)
        for descendante in (police, *map(dictionnaire, _liste(police.get("/DescendantFonts")))):
            descripteur = dictionnaire(descendante.get("/FontDescriptor"))
            yield from (_un_flux(descripteur[cle]) for cle in _PROGRAMMES if cle in descripteur)
        yield from map(_un_flux, dictionnaire(police.get("/CharProcs")).values())


def _motifs(ressources: DictionaryObject) -> Iterator[StreamObject]:
    for valeur in dictionnaire(ressources.get("/Pattern")).values():
        motif = objet(valeur)
        if isinstance(motif, StreamObject):
            yield motif


def _apparences(annotation: DictionaryObject) -> Iterator[StreamObject]:
    """Give how a field or a stamp looks: one form, or one for each of its states."""
    normale = objet(dictionnaire(annotation.get("/AP")).get("/N"))
    if isinstance(normale, StreamObject):
        yield normale
    else:
        yield from map(_un_flux, dictionnaire(normale).values())


#: Operator → the least number of operands before it.
_OPERANDES: Final = {
    mot.encode(): nombre
    for nombre, mots in {
        0: "b B b* B* BT BX EMC ET EX f F f* h n q Q s S T* W W*",
        1: "BMC CS cs Do G g gs i j J M MP ri SC sc SCN scn sh Tc Tj TJ TL Tr Ts Tw Tz w '",
        2: "BDC d d0 DP l m Td TD Tf",
        3: 'RG rg "',
        4: "K k re v y",
        6: "c cm d1 Tm",
    }.items()
    for mot in mots.split()
}
#: A plain number, name or text, or the letters of an operator, with what separates it from the next one; or anything else.
_ORDINAIRE: Final = re.compile(
    rb"(?:([+-]?(?:[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})|/[A-Za-z0-9_.+-]{1,60}|\([ -'*-\[\]-~]*\))"
    rb"|([A-Za-z]{1,3}\*?|['\"]))(?:[\t\n\r ]+|\Z)|([\0-\xFF])"
)
#: No operator has so many operands.
_DOUTE: Final = 100_000
#: Beyond that, only the plain way counts what pypdf may spend.
_ORDINAIRE_AU_PLUS: Final = 50_000
_IMAGE: Final = b"INLINE IMAGE"
#: No program writes that many of them in a row, though a single one is as good as a blank.
_NULS: Final = bytes(8)


def sont_ordinaires(contenu: bytes) -> bool:
    """Tell whether a text holds known operators and plain operands only, enough of them; a quick way, which only errs by doubting.

    Whatever it doubts is for :func:`exiger_des_operateurs`, which lets pass all that this one does.

    >>> sont_ordinaires(b"BT /F1 12 Tf (Bon de commande) Tj ET"), sont_ordinaires(b"BT /F1 12 Tf [(Bon)] TJ ET")
    (True, False)
    """
    if len(contenu) > _ORDINAIRE_AU_PLUS:
        return False
    operandes = 0
    for operande, operateur, _ in _ORDINAIRE.findall(contenu.lstrip(b"\t\n\r ")):
        if operande:
            operandes += 1
        elif operandes < _OPERANDES.get(operateur, _DOUTE):
            return False
        else:
            operandes = 0
    return True


def exiger_des_operateurs(contenu: bytes) -> None:
    """Make sure that a text of operators makes sense.

    Raises :class:`~segur_pha.depot.travail.Abime`, and whatever pypdf raises for a text that it cannot read.

    >>> exiger_des_operateurs(b"BT /F1 12 Tf (Bon de commande) Tj ET")
    >>> exiger_des_operateurs(b"BT /F1 12 Tf (Bon de c" + bytes(20) + b"e) Tj ET")
    Traceback (most recent call last):
    ...
    segur_pha.depot.travail.Abime: zeros
    """
    inconnus = 0
    image = False
    for operandes, operateur in _operations(contenu):
        if operateur == _IMAGE:
            image = True
            continue
        inconnus += {b"BX": 1, b"EX": -1}.get(operateur, 0)
        if operateur not in _OPERANDES and not inconnus:
            refuser("no such operator")
        if operandes < _OPERANDES.get(operateur, 0):
            refuser("an operand is missing")
    if not image and _NULS in contenu:
        refuser("zeros")


def formes_dessinees(contenu: bytes) -> frozenset[str]:
    """Return the names of what a text of operators draws.

    >>> formes_dessinees(b"q /Im0 Do Q (no /Im1 Do)Tj")
    frozenset({'/Im0'})
    """
    return frozenset(str(operandes[-1]) for operandes, operateur in _lire(contenu) if operateur == b"Do" and operandes)


def _operations(contenu: bytes) -> Iterator[tuple[int, bytes]]:
    return ((len(operandes), operateur) for operandes, operateur in _lire(contenu))


def _lire(contenu: bytes) -> list[tuple[list[object], bytes]]:
    flux = DecodedStreamObject()
    flux.set_data(contenu)
    return ContentStream(flux, None).operations
