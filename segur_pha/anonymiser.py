"""A real file made fit to be shown: names, addresses, phones and identifiers replaced by consistent fakes.

The same value always gives the same fake, different values give different ones, and a fake is valid or faulty in the way its
original was: the controls say the same of both files, and an answer still matches what was sent.  Days, amounts and codes
stay as they are, for they are what a bug report is about; the agency's words stay too, but for the values they repeat.
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING, Final
from unicodedata import category

from attrs import field, frozen

from segur_pha.identifiants import defaut_finess, defaut_siret
from segur_pha.retour.lecture import lire_retour
from segur_pha.table.balise import Liste, Objet, balises
from segur_pha.table.motifs import est_blanc
from segur_pha.table.regles import juger_valeur
from segur_pha.texte_json.ecriture import json_du_brut
from segur_pha.vagues import PAR_DEFAUT
from segur_pha.vagues.va1.noms import NOMS_DES_PIECES

if TYPE_CHECKING:
    from segur_pha.retour.lecture import SourceRetour
    from segur_pha.table.balise import Balise, ClasseBloc
    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Specification

__all__ = ["anonymiser"]

#: Letters are replaced by letters of the same kind among their neighbours in Unicode: lengths, capitals and shapes stay.
_VOISINAGE: Final = 64
#: Not personal, but they name the publisher, a pharmacy, a file or a request.
_IDENTIFIANTS: Final = frozenset(
    {"impId", "numeroAns", "SIRET", "numeroASP", "numeroEditeur", "FINESSGeo", "nomFichier", "numeroCarteCPX"}
)
_DU_PORTAIL: Final = frozenset({"codeTraitement", "libelleTraitement"})
_CLES: Final = {"SIRET": defaut_siret, "FINESSGeo": defaut_finess}
_NOM_DE_PIECE: Final = re.compile(NOMS_DES_PIECES.motif)
_NUMERO_DE_PIECE: Final = re.compile(r"[0-9A-Za-z]{5}(?=\.[a-z]+$)")
#: A shorter value may stand in a libellé by chance.
_ASSEZ_LONG: Final = 4


def anonymiser(source: SourceRetour, *, graine: str, specification: Specification = PAR_DEFAUT) -> bytes:
    """Give a file of requests, or an answer, with fakes for all that names somebody (section 3.2's personal balises).

    ``graine`` is a secret word: with the same one the same values get the same fakes, in every file; whoever does not know it
    cannot find the originals.  Values of unknown tags are replaced too.  The layout is our own; tags and their order stay.

    Raises :class:`~segur_pha.RetourIllisible` for what has no readable list of requests, ``OSError`` when a ``Path`` cannot be
    read.

    >>> from segur_pha import controler, en_json
    >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
    >>> masque = anonymiser(en_json(fichier_du_guide()), graine="secret")
    >>> b"DURAND" in masque, b"777777777" in masque, b"708.33" in masque
    (False, False, True)
    >>> controler(masque).tout_accepte
    True
    """
    lu = lire_retour(source, specification=specification)
    liste = specification.liste_des_demandes.nom
    masque = _Masque(sha256(graine.encode(errors="replace")).digest())
    entete = masque.bloc(specification.racine, lu.entete)
    lignes = [masque.bloc(specification.classe_demande, ligne.brut) for ligne in lu.lignes]
    arbre: ObjetBrut = {**entete, liste: [masque.sans_citations(ligne) for ligne in lignes]}  # type: ignore[dict-item]
    return json_du_brut(arbre)


@cache
def _alphabet(lettre: str) -> str:
    """Give the letters, or the digits, that may stand for one; none for what is neither."""
    sorte = category(lettre)
    if sorte[0] != "L" and sorte != "Nd":
        return ""
    debut = ord(lettre) // _VOISINAGE * _VOISINAGE
    return "".join(c for c in map(chr, range(debut, debut + _VOISINAGE)) if category(c) == sorte)


@frozen
class _Masque:
    """Replaces values, and remembers those that a libellé might repeat."""

    graine: bytes = field(repr=False)
    connus: dict[str, str] = field(factory=dict, repr=False)

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
        if rangee.nom in _DU_PORTAIL:
            return valeur
        if rangee.personnelle or rangee.nom in _IDENTIFIANTS:
            return self._connu(rangee, valeur)
        # A right day or code names nobody; a wrong one may be a name in the wrong column.
        return self._connu(rangee, valeur) if juger_valeur(rangee, valeur) and isinstance(valeur, str) else valeur

    def _connu(self, rangee: Balise, valeur: Brut) -> Brut:
        if not isinstance(valeur, str):
            return self._inconnu(valeur)
        if est_blanc(valeur) or valeur.lower() == "null":
            return valeur
        if rangee.nom == "nomFichier" and _NOM_DE_PIECE.fullmatch(valeur):
            return _NUMERO_DE_PIECE.sub(lambda numero: self._texte("numeroEditeur", numero[0]), valeur)
        sorte = "personne" if rangee.personnelle else rangee.nom
        traits = _traits(rangee, valeur)
        faux = self._texte(sorte, valeur)
        # Walking on to the next value of the same traits keeps different values different.
        while _traits(rangee, faux) != traits:
            faux = self._texte(sorte, faux)
        self.connus[valeur] = faux
        return faux

    def _inconnu(self, valeur: Brut) -> Brut:
        """Replace everything below a value of which nothing is known."""
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
        """Shift each letter within its alphabet by an amount that the seed and the letters before it decide: one to one."""
        lettres = []
        for place, lettre in enumerate(texte):
            alphabet = "" if sorte == "nombre" and lettre in "eE" else _alphabet(lettre)
            if alphabet:
                debut = f"{sorte}\0{texte[:place]}".encode(errors="replace")
                somme = blake2b(debut, key=self.graine, digest_size=8).digest()
                lettre = alphabet[(alphabet.index(lettre) + int.from_bytes(somme, "big")) % len(alphabet)]  # noqa: PLW2901
            lettres.append(lettre)
        return "".join(lettres)

    def sans_citations(self, ligne: Brut) -> Brut:
        """Replace the values that the agency's words repeat."""
        if not isinstance(ligne, dict):
            return ligne
        return {
            nom: self._sans_citation(v) if nom in _DU_PORTAIL and isinstance(v, str) else v for nom, v in ligne.items()
        }

    def _sans_citation(self, texte: str) -> str:
        cites = sorted(
            (vrai for vrai in self.connus if len(vrai) >= _ASSEZ_LONG and vrai in texte), key=len, reverse=True
        )
        if not cites:
            return texte
        return re.sub("|".join(map(re.escape, cites)), lambda trouve: self.connus[trouve[0]], texte)


def _traits(rangee: Balise, valeur: str) -> tuple[object, ...]:
    """What a fake must share with its original: the control's judgement, and the key of an identifier."""
    defaut = juger_valeur(rangee, valeur)
    cle = _CLES.get(rangee.nom)
    return (defaut and defaut.nature, cle is not None and cle(valeur) is None, valeur.lower() == "null")
