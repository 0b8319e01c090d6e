"""Bytes → raw tree, strictly: the text part of the 1st control (decision 3).

The fast parser reads what is well formed; whatever it refuses goes to :mod:`segur_pha.texte_json.analyse`, which says where and
why, and is loaded only then (so that commands start faster).  Numbers keep their text, since an amount is judged on it.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from functools import cached_property
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import msgspec
from attrs import evolve, field, frozen

from segur_pha.anomalies import Anomalie, Position
from segur_pha.erreurs import ArgumentInvalide
from segur_pha.table.balise import pointeur
from segur_pha.table.codes import CodeDeFichier
from segur_pha.table.regles import message_de_fichier
from segur_pha.texte_json.structures import REFUS, decodeur, pile_en_danger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from segur_pha.table.formats import Brut
    from segur_pha.table.specification import Limites
    from segur_pha.texte_json.analyse import CleDouble

__all__ = [
    "Lecture",
    "Source",
    "TexteJSON",
    "lire_octets",
    "nom_de_la_source",
    "octets_de",
    "recevoir",
    "sans_cle_double",
]

Source: TypeAlias = "bytes | str | os.PathLike[str]"

_BOM: Final = b"\xef\xbb\xbf"
_DEMI_CARACTERE: Final = rb"\xed[\xa0-\xbf]"
#: How many characters are counted at once to find the line of a place.
_TRANCHE: Final = 1 << 16


@frozen(slots=False, eq=False, repr=False)
class TexteJSON:
    """A JSON text that can say where a value is, and works it out when asked (see :class:`~segur_pha.anomalies.Localisable`)."""

    octets: bytes
    cles_uniques: bool = True
    _voulus: set[str] = field(factory=set, init=False, repr=False)

    @cached_property
    def caracteres(self) -> str:
        """The text; offsets and columns count its Unicode code points."""
        return self.octets.decode("utf-8", errors="replace")

    @cached_property
    def _places(self) -> dict[str, tuple[int, int] | None]:
        return {}

    def annoncer(self, chemin: str) -> None:
        """Note that somebody may ask for that place, so that one walk finds all of them."""
        self._voulus.add(chemin)

    def etendues(self, chemins: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Return the offsets at which the values of some JSON Pointers begin and end; a pointer that leads nowhere has none."""
        from segur_pha.texte_json.places import reperer

        return reperer(self.caracteres, chemins)

    def position(self, chemin: str) -> Position | None:
        """Return the line and column of the value of a JSON Pointer, ``None`` when it leads nowhere."""
        from segur_pha.texte_json.places import reperer

        if chemin not in self._places:
            self._voulus.add(chemin)
            places = reperer(self.caracteres, self._voulus, debuts_seuls=self.cles_uniques)
            self._places.update({voulu: places.get(voulu) for voulu in self._voulus})
            self._voulus.clear()
        etendue = self._places[chemin]
        return None if etendue is None else self.position_de(etendue[0])

    def position_de(self, place: int) -> Position:
        """Turn an offset into a line and a column."""
        debut_de_ligne = self.caracteres.rfind("\n", 0, place) + 1
        tranche = place // _TRANCHE
        dans_la_tranche = self.caracteres.count("\n", tranche * _TRANCHE, place)
        return Position(self._fins_de_ligne[tranche] + dans_la_tranche + 1, place - debut_de_ligne + 1)

    @cached_property
    def _fins_de_ligne(self) -> list[int]:
        """How many lines end before each stretch, so that placing a fault needs no counting from the start of a long text."""
        debuts = range(0, len(self.caracteres), _TRANCHE)
        return [0, *accumulate(self.caracteres.count("\n", debut, debut + _TRANCHE) for debut in debuts)]


@frozen(kw_only=True, eq=False, repr=False)
class Lecture:
    """What reading gave: a raw tree, or the faults that prevent one.

    Attributes:
        texte: the text, for places.
        arbre: the raw values; ``None`` when ``fautes`` is not empty, before :meth:`lue` (and for the text ``null``).
        fautes: why there is no tree: one fault, with its place.
        doubles: the first keys written twice, known once :meth:`exacte` has looked.
        autres_doubles: how many more there are.
        marque_d_ordre: the file begins with a byte order mark.
    """

    texte: TexteJSON
    arbre: Brut = None
    fautes: tuple[Anomalie, ...] = ()
    doubles: tuple[CleDouble, ...] = ()
    autres_doubles: int = 0
    marque_d_ordre: bool

    def sure(self, limites: Limites) -> bool:
        """Tell whether the tree certainly comes from a text without duplicate keys, and is not too deep.

        A key written twice leaves in the text a colon that nothing in the tree accounts for.
        """
        octets = self.texte.octets
        # A colon written \\u003a would count in a value but not in the text, and could hide a key.
        if b"\\u003" in octets or not _au_plus(limites.niveaux_du_json, self.arbre):
            return False
        # Written out again, the tree has a colon for each key, and those of its texts; a number, kept as bytes, has none.
        return msgspec.json.encode(self.arbre).count(b":") == octets.count(b":")

    def lue(self, limites: Limites) -> Lecture:
        """Read, the fast way where the text is well formed."""
        if self.fautes:
            return self
        if not pile_en_danger(self.texte.octets):
            with suppress(*REFUS):
                return evolve(self, arbre=decodeur.decode(self.texte.octets))
        faute = _faute_d_encodage(self.texte)
        return self.exacte(limites) if faute is None else evolve(self, fautes=(faute,))

    def exacte(self, limites: Limites) -> Lecture:
        """Look at depth and duplicate keys too, and read the slow way what the fast parser could not."""
        from segur_pha.texte_json.analyse import analyser
        from segur_pha.texte_json.grammaire import TexteFautif

        texte, niveaux = self.texte.caracteres, limites.niveaux_du_json
        inconnu = self.arbre is None
        try:
            lue = analyser(texte, niveaux=niveaux, gardees=limites.anomalies_detaillees, sans_arbre=not inconnu)
        except TexteFautif as faute:
            position = self.texte.position_de(faute.place)
            return evolve(self, arbre=None, fautes=(_anomalie(faute.code, faute.precision, position),))
        return evolve(
            self,
            texte=evolve(self.texte, cles_uniques=not lue.cles_doubles),
            arbre=lue.arbre if inconnu else self.arbre,
            doubles=lue.cles_doubles,
            autres_doubles=lue.nombre_de_doubles - len(lue.cles_doubles),
        )

    def cles_doubles(self) -> Iterator[Anomalie]:
        """Name each key written twice, at its second occurrence; the sentence is left to whoever knows the tags of the table."""
        for chemin, cle, place in self.doubles:
            ici = pointeur(*chemin, cle)
            yield Anomalie(CodeDeFichier.CLE_DOUBLE.value, "", cle, ici, _Endroit(self.texte, place))


def sans_cle_double(octets: bytes, cles: int, contenu: Iterable[Sequence[object]]) -> bool:
    """Tell whether a text certainly has no duplicate key: it has as many colons as its tree has keys and its values have colons.

    ``contenu``: the values, in any number of columns, including those that are not texts; ``cles`` counts the colons within keys
    too.

    >>> sans_cle_double(b'{"a":"b:c"}', 1, [["b:c", None]]), sans_cle_double(b'{"a":1,"a":"b"}', 1, [["b"]])
    (True, False)
    """
    reste = octets.count(b":") - cles
    if not reste:
        return True
    # A colon written \u003a would count in a value but not in the text, and could hide a key (searching for one byte is faster).
    if b"\\" in octets and b"\\u003" in octets:
        return False
    # The values cannot hold more colons than are left: as soon as all of these are found, no key can have one.
    return any(trouves == reste for trouves in accumulate(map(_deux_points, contenu)))


def _deux_points(valeurs: Iterable[object]) -> int:
    try:
        return "".join(valeurs).count(":")  # type: ignore[arg-type]
    except TypeError:  # not only texts
        return "".join([valeur for valeur in valeurs if type(valeur) is str]).count(":")


def _au_plus(niveaux: int, arbre: Brut) -> bool:
    """Tell whether a tree has no more levels of blocks than that, going one level at a time."""
    etage: list[Brut] = [arbre]
    for _ in range(niveaux + 1):
        # A hostile list may hold millions of values of one type.
        types = {*map(type, etage)}
        if types.isdisjoint({dict, list}):
            return True
        objets: list[Any] = etage if types == {dict} else [valeur for valeur in etage if type(valeur) is dict]
        listes: list[Any] = [valeur for valeur in etage if type(valeur) is list] if list in types else []
        etage = [*chain.from_iterable(map(dict.values, objets)), *chain.from_iterable(listes)]
    return False


class _Endroit(NamedTuple):
    """The place of something that no pointer designates: the second occurrence of a key."""

    texte: TexteJSON
    place: int

    def position(self, chemin: str) -> Position | None:
        """Return the line and column, whatever the pointer."""
        del chemin
        return self.texte.position_de(self.place)


def _anomalie(code: CodeDeFichier, precision: str, position: Position | None = None) -> Anomalie:
    return Anomalie(code.value, message_de_fichier(code, "", precision), "", "", position)


def nom_de_la_source(source: object) -> str:
    """Return the name of a source that is a path, otherwise nothing.

    >>> from pathlib import Path
    >>> nom_de_la_source(Path("envois/a.json")), nom_de_la_source(b"{}")
    ('a.json', '')
    """
    # Here and below, pathlib is not loaded: a caller who gives a Path has done so already, and one who gives bytes need not.
    if not isinstance(source, os.PathLike):
        return ""
    from pathlib import Path

    return Path(source).name


def octets_de(source: Source, limites: Limites) -> bytes:
    """Return the bytes of a source; for a file over the limit, only enough of them to know that it is.

    Raises ``OSError`` when a path cannot be read, :class:`~segur_pha.SegurError` (also a ``TypeError``) for another source.
    """
    if isinstance(source, bytes):
        return source
    if isinstance(source, str):
        # Lone surrogates come out as bytes that are not UTF-8, and are reported as such.
        return source.encode("utf-8", errors="surrogatepass")
    if not isinstance(source, os.PathLike):
        raise ArgumentInvalide(
            "Indiquez les octets d’un fichier JSON (bytes), son texte (str), son Path, ou un Fichier."
        )
    from pathlib import Path

    from segur_pha.fichiers import lire_jusqu_a

    return lire_jusqu_a(Path(source), limites.octets_du_json)


def recevoir(octets: bytes, limites: Limites) -> Lecture:
    """Accept a text without reading it: only its size, its number of blocks and its byte order mark are looked at."""
    marque = octets.startswith(_BOM)
    texte = TexteJSON(octets.removeprefix(_BOM))
    lecture = Lecture(texte=texte, marque_d_ordre=marque)
    if len(octets) > limites.octets_du_json:
        precision = f"plus de {_milliers(limites.octets_du_json)} octets"
        return evolve(lecture, fautes=(_anomalie(CodeDeFichier.TAILLE, precision),))
    # A block takes at least two characters, so the size alone settles most files.
    if len(octets) > 2 * limites.blocs_du_json:
        from segur_pha.texte_json.analyse import trop_de_blocs

        if trop_de_blocs(texte.octets, limites.blocs_du_json):
            precision = f"plus de {_milliers(limites.blocs_du_json)} objets et listes"
            return evolve(lecture, fautes=(_faute_d_encodage(texte) or _anomalie(CodeDeFichier.TAILLE, precision),))
    return lecture


def lire_octets(octets: bytes, limites: Limites) -> Lecture:
    """Read a JSON text; never raises.

    >>> from segur_pha import VA1
    >>> lire_octets(b'{"montant": 850.00}', VA1.limites).arbre
    {'montant': b'850.00'}
    >>> str(lire_octets(b'{"a": NaN}', VA1.limites).fautes[0].position)
    'ligne 1, colonne 7'
    """
    return recevoir(octets, limites).lue(limites)


def _milliers(nombre: int) -> str:
    return f"{nombre:,}".replace(",", " ")


def _faute_d_encodage(texte: TexteJSON) -> Anomalie | None:
    octets = texte.octets
    if not octets.strip():
        return _anomalie(CodeDeFichier.MALFORME, "le fichier est vide", Position(1, 1))
    if octets.isascii() and b"\x00" not in octets:
        return None
    if octets[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in octets[:4]:
        return _anomalie(CodeDeFichier.ENCODAGE, "le fichier est en UTF-16 ou UTF-32", Position(1, 1))
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError as erreur:
        debut = octets[: erreur.start].decode("utf-8")
        # ED is an í in Windows-1252; only ED followed by A0 to BF is half a character.
        demi = re.match(_DEMI_CARACTERE, octets[erreur.start : erreur.start + 2])
        precision = "demi-caractère (surrogate) isolé" if demi else "il semble enregistré en Windows-1252 (ANSI)"
        if not octets.lstrip().startswith((b"{", b"[", _BOM)):
            precision = "est-ce le bon fichier ? il ne commence pas comme un fichier JSON"
        return _anomalie(CodeDeFichier.ENCODAGE, precision, texte.position_de(len(debut)))
    return None
