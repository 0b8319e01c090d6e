"""Making a real file fit to be shown: names, addresses, phones and identifiers are replaced by consistent fakes.

The same value always gives the same fake, different values give different ones, and a fake is valid or faulty in the same way as
its original: the controls say the same about both files, and an answer still matches what was sent.  Days, amounts and codes stay
as they are, since a bug report is about them; the agency's words stay too, except for the values that they repeat, in whatever
spelling, and for every address and long number (:mod:`segur_pha.anonymiser.citations`).
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING, Final
from unicodedata import category

from attrs import field, frozen

from segur_pha.anonymiser.citations import Citations, a_nu, mots_a_nu
from segur_pha.identifiants import defaut_finess, defaut_siret
from segur_pha.retour.lecture import Retour, lire_retour
from segur_pha.retour.lignes import dit_acceptee
from segur_pha.table.balise import Liste, Objet, balises
from segur_pha.table.modele import objet_de
from segur_pha.table.motifs import est_blanc
from segur_pha.table.regles import juger_valeur
from segur_pha.table.roles import Acteur, Role
from segur_pha.texte_json.ecriture import json_du_brut
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segur_pha.retour.lecture import SourceRetour
    from segur_pha.table.balise import Balise, ClasseBloc
    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Specification

__all__ = ["anonymiser"]

#: Letters are replaced by neighbouring letters of the same kind in Unicode, so that lengths, capitals and shapes stay.
_VOISINAGE: Final = 64
#: Roles that are not personal, but identify the publisher, a pharmacy, a file or a request → the name by which their fakes are
#: drawn, so that a value has the same fake in the files of every wave.
_IDENTIFIANTS: Final = {
    Role.REFERENCE_FICHIER: Role.REFERENCE_FICHIER.name,
    Role.NUMERO_ANS: Role.NUMERO_ANS.name,
    Role.EDITEUR: Role.EDITEUR.name,
    Role.REFERENCE_ASP: Role.REFERENCE_ASP.name,
    Role.AVANCE_SOLDEE: Role.REFERENCE_ASP.name,
    Role.NUMERO_EDITEUR: Role.NUMERO_EDITEUR.name,
    Role.OFFICINE: Role.OFFICINE.name,
    Role.NOM_PIECE: Role.NOM_PIECE.name,
}
_MOTS_DE_L_ASP: Final = frozenset({Role.CODE, Role.LIBELLE})
_CLES: Final = {Role.EDITEUR: defaut_siret, Role.OFFICINE: defaut_finess}
#: The number of digits of a phone number without its 0.
_NOMBRE_LONG: Final = 9
#: How many fakes are tried for a value before accepting one that is also another value of the file.
_ESSAIS: Final = 32


def anonymiser(
    source: SourceRetour | Retour,
    *,
    graine: str,
    sans_libelles: bool = False,
    specification: Specification = PAR_DEFAUT,
) -> bytes:
    """Return a file of requests, or an answer, with fakes for all that identifies somebody (section 3.2's personal balises).

    ``graine`` is a secret word: with the same one, the same values get the same fakes in every file; without it, nobody can find
    the originals.  Values of unknown tags are replaced too.  The layout is our own; tags and their order stay.  In the agency's
    words, values of the file are replaced whatever their letters, case, accents or grouping, and so is any e-mail address, phone
    number, or number of nine digits or more; ``sans_libelles`` puts null in place of these words.  The copy is in UTF-8; the
    source may also be an answer that was already read (:class:`~segur_pha.Retour`).

    Raises :class:`~segur_pha.RetourIllisible` for a file without a readable list of requests, ``OSError`` when a ``Path`` cannot
    be read.

    >>> from segur_pha import controler, en_json
    >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
    >>> masque = anonymiser(en_json(fichier_du_guide()), graine="secret")
    >>> b"DURAND" in masque, b"777777777" in masque, b"708.33" in masque
    (False, False, True)
    >>> controler(masque).tout_accepte
    True
    """
    lu = source if isinstance(source, Retour) else lire_retour(source, specification=specification)
    liste = specification.liste_des_demandes.nom
    masque = _Masque(sha256(graine.encode(errors="replace")).digest(), specification)
    masque.connaitre(specification.racine, lu.entete)
    for ligne in lu.lignes:
        masque.connaitre(specification.classe_demande, ligne.brut)
    entete = masque.bloc(specification.racine, lu.entete)
    lignes = [masque.bloc(specification.classe_demande, ligne.brut) for ligne in lu.lignes]
    arbre: ObjetBrut = {
        **objet_de(masque.sans_citations(specification.racine, entete, sans_libelles=sans_libelles)),
        liste: [
            masque.sans_citations(specification.classe_demande, ligne, sans_libelles=sans_libelles) for ligne in lignes
        ],
    }
    return json_du_brut(arbre)


@cache
def _alphabet(lettre: str) -> str:
    """Return the letters or digits that may replace a character; none if it is neither."""
    sorte = category(lettre)
    if sorte[0] != "L" and sorte != "Nd":
        return ""
    debut = ord(lettre) // _VOISINAGE * _VOISINAGE
    return "".join(c for c in map(chr, range(debut, debut + _VOISINAGE)) if category(c) == sorte)


@frozen
class _Masque:
    """Replaces values, and remembers those that a libellé might repeat."""

    graine: bytes = field(repr=False)
    specification: Specification
    #: The file's values about people, in bare form: no fake may be one of them.
    originaux: set[str] = field(factory=set, repr=False)
    #: (sort, value) → its fake, and the other way round.
    faux: dict[tuple[str, str], str] = field(factory=dict, repr=False)
    vrais: dict[tuple[str, str], str] = field(factory=dict, repr=False)
    citations: Citations = field(factory=Citations, repr=False)

    def connaitre(self, classe: ClasseBloc, brut: Brut) -> None:
        """Note the values of a block that say something about a person."""
        for rangee, valeur in _valeurs(classe, brut):
            if rangee.personnelle or rangee.role in _IDENTIFIANTS:
                self.originaux.update(a_nu(feuille) for feuille in _feuilles(valeur))

    def bloc(self, classe: ClasseBloc, brut: Brut) -> Brut:
        """Replace what must be in an object of the table."""
        if not isinstance(brut, dict):
            return self._inconnu(brut)
        rangees = {rangee.nom: rangee for rangee in balises(classe)}
        return {nom: self._valeur(rangees.get(nom), v) for nom, v in brut.items()}

    def _valeur(self, rangee: Balise | None, valeur: Brut) -> Brut:
        if rangee is None:
            return self._inconnu(valeur)
        if isinstance(rangee.format, Objet):
            return self.bloc(rangee.format.classe, valeur)
        if isinstance(rangee.format, Liste):
            elements = valeur if isinstance(valeur, list) else None
            classe = rangee.format.classe
            return self._inconnu(valeur) if elements is None else [self.bloc(classe, e) for e in elements]
        if rangee.role in _MOTS_DE_L_ASP:
            return valeur
        if rangee.personnelle or rangee.role in _IDENTIFIANTS or rangee.rempli_par is Acteur.ASP:
            return self._connu(rangee, valeur)
        # A right day or code identifies nobody; a wrong one may be a name in the wrong column.
        return valeur if juger_valeur(rangee, valeur) is None or _est_court(valeur) else self._connu(rangee, valeur)

    def _connu(self, rangee: Balise, valeur: Brut) -> Brut:
        if not isinstance(valeur, str):
            faux = self._inconnu(valeur)
            for vraie, fausse in zip(_feuilles(valeur), _feuilles(faux), strict=True):
                self.citations.retenir(vraie, fausse)
            return faux
        if est_blanc(valeur) or valeur.lower() == "null":
            return valeur
        noms = self.specification.noms_des_pieces
        if rangee.role is Role.NOM_PIECE and (parties := noms.lire(valeur)) is not None:
            type_fichier, numero, format_fichier = parties
            faux_numero = self._faux(self.specification.role(Role.NUMERO_EDITEUR), numero)
            return noms.nommer(type_fichier, faux_numero, format_fichier)
        faux = self._faux(rangee, valeur)
        self.citations.retenir(valeur, faux)
        return faux

    def _faux(self, rangee: Balise, valeur: str) -> str:
        """Make a fake with the same traits: different values get different fakes, and none is a value of the file."""
        sorte = "personne" if rangee.personnelle else rangee.nom
        if rangee.role in _IDENTIFIANTS and not rangee.personnelle:
            sorte = _IDENTIFIANTS[rangee.role]
        if (sorte, valeur) not in self.faux:
            essais = (self._essai(rangee, sorte if n == 0 else f"{sorte}\0{n}", valeur) for n in range(_ESSAIS))
            libres = (f for f in essais if mots_a_nu(f).isdisjoint(self.originaux) and (sorte, f) not in self.vrais)
            faux = next(libres, None) or self._essai(rangee, sorte, valeur)
            self.faux[sorte, valeur] = faux
            self.vrais[sorte, faux] = valeur
        return self.faux[sorte, valeur]

    def _essai(self, rangee: Balise, sorte: str, valeur: str) -> str:
        traits = _traits(rangee, valeur)
        faux = self._texte(sorte, valeur)
        # Going on to the next value with the same traits keeps different values different.
        while _traits(rangee, faux) != traits:
            faux = self._texte(sorte, faux)
        return faux

    def _inconnu(self, valeur: Brut) -> Brut:
        """Replace everything below a value about which nothing is known."""
        if isinstance(valeur, dict):
            return {nom: self._inconnu(v) for nom, v in valeur.items()}
        if isinstance(valeur, list):
            return [self._inconnu(v) for v in valeur]
        if isinstance(valeur, str):
            return self._texte("inconnu", valeur)
        if isinstance(valeur, bytes):
            return self._nombre(valeur.decode()).encode()
        return int(self._nombre(str(valeur))) if type(valeur) is int else valeur

    def _nombre(self, texte: str) -> str:
        """Replace the digits of a number; a JSON number does not begin with a zero unless it is smaller than one."""
        faux = self._texte("nombre", texte)
        while faux.lstrip("-").startswith("0") != texte.lstrip("-").startswith("0"):
            faux = self._texte("nombre", faux)
        return faux

    def _texte(self, sorte: str, texte: str) -> str:
        """Shift each letter within its alphabet by an amount that the seed and the preceding letters determine: one to one."""
        lettres = []
        for place, lettre in enumerate(texte):
            alphabet = "" if sorte == "nombre" and lettre in "eE" else _alphabet(lettre)
            if alphabet:
                debut = f"{sorte}\0{texte[:place]}".encode(errors="replace")
                somme = blake2b(debut, key=self.graine, digest_size=8).digest()
                lettre = alphabet[(alphabet.index(lettre) + int.from_bytes(somme, "big")) % len(alphabet)]  # noqa: PLW2901
            lettres.append(lettre)
        return "".join(lettres)

    def sans_citations(self, classe: ClasseBloc, bloc: Brut, *, sans_libelles: bool) -> Brut:
        """Replace the values that the agency's words repeat, or leave these words out."""
        if not isinstance(bloc, dict):
            return bloc
        roles = {rangee.nom: rangee.role for rangee in balises(classe)}
        return {
            nom: self._mots(v, vides=sans_libelles and roles[nom] is Role.LIBELLE)
            if roles.get(nom) in _MOTS_DE_L_ASP
            else v
            for nom, v in bloc.items()
        }

    def _mots(self, mots: Brut, *, vides: bool) -> Brut:
        if vides:
            return None
        if isinstance(mots, str):
            return mots if dit_acceptee(mots) else self.citations.remplacer(mots, self._du_texte)
        return mots if _est_court(mots) else self._inconnu(mots)

    def _du_texte(self, trouve: str) -> str:
        return self._texte("inconnu", trouve)


def _est_court(valeur: Brut) -> bool:
    """Tell whether a value is a short number: a code, an amount.  A text, a block or a long number may hold anything."""
    return not isinstance(valeur, str | dict | list) and len(str(valeur)) < _NOMBRE_LONG


def _valeurs(classe: ClasseBloc, brut: Brut) -> Iterator[tuple[Balise, Brut]]:
    """Walk the rows of a block and of those below it, each with its value."""
    if not isinstance(brut, dict):
        return
    for rangee in balises(classe):
        valeur = brut.get(rangee.nom)
        yield rangee, valeur
        if isinstance(rangee.format, Objet | Liste):
            for element in valeur if isinstance(valeur, list) else [valeur]:
                yield from _valeurs(rangee.format.classe, element)


def _feuilles(valeur: Brut) -> Iterator[str]:
    """List the texts and the numbers of a value, as texts."""
    if isinstance(valeur, dict | list):
        for element in valeur.values() if isinstance(valeur, dict) else valeur:
            yield from _feuilles(element)
    elif isinstance(valeur, str | bytes) or type(valeur) is int:
        yield valeur.decode() if isinstance(valeur, bytes) else str(valeur)


def _traits(rangee: Balise, valeur: str) -> tuple[object, ...]:
    """What a fake must share with its original: the control's judgement, and the key of an identifier."""
    defaut = juger_valeur(rangee, valeur)
    cle = None if rangee.role is None else _CLES.get(rangee.role)
    return (defaut and defaut.nature, cle is not None and cle(valeur) is None, valeur.lower() == "null")
