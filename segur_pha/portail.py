"""A stand-in for the agency's portal, for a publisher's tests and for the demo.

**It is not the ASP.**  It applies the controls that section 3.2 describes, with the codes of segur_pha: the documents print none,
so a real answer will have other ones.  Its references all begin with ``SIMULE``, so that none can be mistaken for a real one.
"""

from __future__ import annotations

import zipfile
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import define, field, frozen

from segur_pha.controle.verdict import controler
from segur_pha.erreurs import SegurError
from segur_pha.table.balise import pointeur
from segur_pha.table.codes import CODE_ACCEPTE, LIBELLE_ACCEPTE, code_de
from segur_pha.table.formats import Nature
from segur_pha.table.modele import objet_de, objets_de
from segur_pha.table.roles import Acteur, Role
from segur_pha.texte_json.ecriture import json_du_brut, retoucher
from segur_pha.texte_json.lecture import lire_octets, recevoir
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping

    from segur_pha.controle.lignes import VerdictLigne
    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Specification

__all__ = ["AVERTISSEMENT", "Inconduite", "PortailSimule"]

AVERTISSEMENT: Final = (
    "Portail simulé par segur_pha : ce n’est pas l’ASP. Ses codes et ses libellés de rejet sont ceux de segur_pha."
)

ZipDepose: TypeAlias = "bytes | str | os.PathLike[str]"


class Inconduite(StrEnum):
    """How the simulated portal can be told to misbehave: once in each answer, on a line picked by the seed."""

    ZIP_PERDU = "zip perdu"
    LIGNE_ABSENTE = "ligne absente"
    LIGNE_DOUBLE = "ligne double"
    CODE_INCONNU = "code inconnu"
    VALEUR_MODIFIEE = "valeur modifiée"
    BALISE_INCONNUE = "balise inconnue"
    NUMERO_ASP_DOUBLE = "numeroASP double"
    NUMERO_ASP_OUBLIE = "numeroASP oublié"
    ORDRE_CHANGE = "ordre changé"


@frozen
class _Traitement:
    """What the portal says about one line; three times ``None`` as long as its documents are missing."""

    numero_asp: str | None = None
    code: str | None = None
    libelle: str | None = None


@define(kw_only=True)
class PortailSimule:
    """A portal that answers at once, and always in the same way for the same seed and the same deposits.

    **It is not the ASP.**  ``graine`` determines every reference that it gives, ``inconduites`` how it misbehaves;
    ``specification`` is the wave whose files it takes.  The object remembers the deposited numbers: the guide requires a new one
    for each request.

    >>> from segur_pha import en_json
    >>> from segur_pha.retour.lecture import lire_retour
    >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
    >>> portail = PortailSimule(graine=7)
    >>> lire_retour(portail.deposer(en_json(fichier_du_guide()))).acceptees[0].numero_asp
    'SIMULE-190-000001'
    >>> lire_retour(portail.deposer(en_json(fichier_du_guide()))).rejetees[0].code_traitement     # the number is used up
    '0806'
    """

    graine: int = 0
    inconduites: frozenset[Inconduite] = field(default=frozenset(), converter=frozenset)
    specification: Specification = PAR_DEFAUT
    _numeros: set[str] = field(factory=set, init=False, repr=False)
    _depots: dict[str, dict[int, _Traitement]] = field(factory=dict, init=False, repr=False)
    _attribues: int = field(default=0, init=False)

    def deposer(self, json_bytes: bytes, zips: Iterable[ZipDepose] = ()) -> bytes:
        """Deposit a file of requests and its zips (bytes or paths), and get the file back with the portal's answer.

        Without zips the documents are not checked.  With zips, a request whose document is missing, empty or too large remains
        incomplete: its line comes back without any answer, and :meth:`completer` takes the documents later.

        Raises :class:`~segur_pha.FichierRejete` when the 1st control refuses the file (then nothing is taken), ``OSError``
        when a path cannot be read.
        """
        rapport = controler(json_bytes, specification=self.specification)
        if not rapport.recevable:
            rapport.en_retour()
        lignes = self._lignes(rapport.arbre)
        pieces = {rang: _pieces(ligne, self.specification) for rang, ligne in enumerate(lignes, start=1)}
        recues = self._recevoir(list(zips), pieces)
        self._depots[_empreinte(json_bytes)] = {
            verdict.num_ligne: self._traiter(verdict, pieces[verdict.num_ligne] <= recues) for verdict in rapport.lignes
        }
        self._numeros.update(v.numero_editeur for v in rapport.lignes if v.numero_editeur is not None)
        return self._repondre(json_bytes)

    def completer(self, json_bytes: bytes, zips: Iterable[ZipDepose] = ()) -> bytes:
        """Bring the missing documents of a deposited file, and get its whole answer again.

        Without zips, every incomplete request is taken.  Raises :class:`~segur_pha.SegurError` for a file that was never
        deposited.

        >>> from segur_pha import en_json, lire_retour
        >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
        >>> portail, octets = PortailSimule(inconduites=[Inconduite.ZIP_PERDU]), en_json(fichier_du_guide())
        >>> [ligne.issue.value for ligne in lire_retour(portail.deposer(octets)).lignes]
        ['non traitée']
        >>> [ligne.issue.value for ligne in lire_retour(portail.completer(octets)).lignes]
        ['acceptée']
        """
        traitements = self._depots.get(_empreinte(json_bytes))
        if traitements is None:
            raise SegurError("Ce fichier n’a pas été déposé sur ce portail simulé : déposez-le d’abord.")
        recues = self._membres(zips) if (zips := list(zips)) else None
        arbre = lire_octets(json_bytes, self.specification.limites).arbre
        for rang, ligne in enumerate(self._lignes(arbre), start=1):
            attendues = _pieces(ligne, self.specification)
            if traitements[rang] == _Traitement() and (recues is None or attendues <= recues):
                traitements[rang] = self._accepter()
        return self._repondre(json_bytes)

    def _recevoir(self, zips: list[ZipDepose], pieces: Mapping[int, set[str]]) -> set[str]:
        """Name the documents that were taken: those of the zips, or all that the requests name when there is no zip."""
        perdu = Inconduite.ZIP_PERDU in self.inconduites
        if zips:
            if perdu:
                del zips[self._tirage(len(zips))]
            return self._membres(zips)
        prises = set().union(*pieces.values())
        return prises - pieces[self._tirage(len(pieces)) + 1] if perdu else prises

    def _traiter(self, verdict: VerdictLigne, complete: bool) -> _Traitement:  # noqa: FBT001 - of this room only
        if not verdict.acceptee:
            return _Traitement(code=verdict.code_traitement, libelle=verdict.libelle_traitement)
        if verdict.numero_editeur in self._numeros:
            rangee = self.specification.numero_de_demande
            libelle = f"{rangee.nom} : déjà porté par une demande déposée ; donnez un nouveau numéro à celle-ci"
            return _Traitement(code=code_de(rangee, Nature.DOUBLON), libelle=libelle)
        return self._accepter() if complete else _Traitement()

    def _accepter(self) -> _Traitement:
        self._attribues += 1
        asp = f"SIMULE-{_nombre(self.graine) % 1000:03}-{self._attribues:06}"
        return _Traitement(asp, CODE_ACCEPTE, LIBELLE_ACCEPTE)

    def _repondre(self, json_bytes: bytes) -> bytes:
        imp_id = f"SIMULE-{_nombre(self.graine, _empreinte(json_bytes)) % 10**8:08}"
        valeurs = self._remplies("", {Role.REFERENCE_FICHIER: imp_id})
        for rang, traitement in self._depots[_empreinte(json_bytes)].items():
            dites = {
                Role.REFERENCE_ASP: traitement.numero_asp,
                Role.CODE: traitement.code,
                Role.LIBELLE: traitement.libelle,
            }
            valeurs |= self._remplies(pointeur(self.specification.liste_des_demandes.nom, rang - 1), dites)
        reponse = retoucher(recevoir(json_bytes, self.specification.limites).texte, valeurs)
        if not self.inconduites:
            return reponse
        return self._se_mal_conduire(reponse)

    def _remplies(self, ici: str, dites: Mapping[Role, str | None]) -> dict[str, str]:
        """Return what the portal says, by pointer; it only fills in the agency's balises."""
        rangees = self.specification.roles
        return {
            ici + self.specification.chemin(role): valeur
            for role, valeur in dites.items()
            if valeur is not None and role in rangees and rangees[role].rempli_par is Acteur.ASP
        }

    def _se_mal_conduire(self, reponse: bytes) -> bytes:
        arbre = lire_octets(reponse, self.specification.limites).arbre
        lignes = self._lignes(arbre)
        for inconduite, geste in _GESTES.items():
            if inconduite in self.inconduites and lignes:
                geste(lignes, self._tirage(len(lignes), inconduite.value), self.specification)
        return json_du_brut(arbre)

    def _lignes(self, arbre: Brut) -> list[ObjetBrut]:
        return objets_de(objet_de(arbre)[self.specification.liste_des_demandes.nom])

    def _membres(self, zips: Iterable[ZipDepose]) -> set[str]:
        """Name the documents that a portal could take from these zips; an unreadable zip has none."""
        noms: set[str] = set()
        for source in zips:
            try:
                with zipfile.ZipFile(BytesIO(source) if isinstance(source, bytes) else source) as archive:
                    infos = archive.infolist()
            except zipfile.BadZipFile:
                continue
            noms |= {
                info.filename for info in infos if 0 < info.file_size <= self.specification.limites.octets_par_piece
            }
        return noms

    def _tirage(self, nombre: int, sujet: str = "") -> int:
        return _nombre(self.graine, sujet, self._attribues) % nombre

    def __str__(self) -> str:
        return AVERTISSEMENT


def _nombre(*ingredients: object) -> int:
    """Mix values into a number that looks random and is the same on every machine."""
    return int.from_bytes(sha256(repr(ingredients).encode()).digest()[:8], "big")


def _empreinte(octets: bytes) -> str:
    return sha256(octets).hexdigest()


def _pieces(ligne: Brut, specification: Specification) -> set[str]:
    pieces = specification.valeur_brute(ligne, Role.PIECES)
    assert isinstance(pieces, list)
    return {str(specification.valeur_brute(piece, Role.NOM_PIECE)) for piece in pieces}


def _ecrire(ligne: ObjetBrut, role: Role, valeur: Brut, specification: Specification) -> None:
    """Write the balise of a role into a line, in place."""
    *blocs, nom = specification.chemin(role).split("/")[1:]
    for bloc in blocs:
        ligne = objet_de(ligne[bloc])
    ligne[nom] = valeur


def _changer_une_valeur(lignes: list[ObjetBrut], place: int, specification: Specification) -> None:
    _ecrire(lignes[place], Role.MONTANT, b"0.01", specification)


def _refuser_autrement(lignes: list[ObjetBrut], place: int, specification: Specification) -> None:
    refus = {
        Role.REFERENCE_ASP: None,
        Role.CODE: "SIMULE-X99",
        Role.LIBELLE: "Rejet non documenté (simulé)",
    }
    for role, valeur in refus.items():
        _ecrire(lignes[place], role, valeur, specification)


def _donner_deux_fois(lignes: list[ObjetBrut], place: int, specification: Specification) -> None:
    reference = specification.valeur_brute(lignes[place - 1], Role.REFERENCE_ASP)
    _ecrire(lignes[place], Role.REFERENCE_ASP, reference, specification)


def _oublier_la_reference(lignes: list[ObjetBrut], place: int, specification: Specification) -> None:
    _ecrire(lignes[place], Role.REFERENCE_ASP, None, specification)


_GESTES: Final[Mapping[Inconduite, Callable[[list[ObjetBrut], int, Specification], None]]] = {
    Inconduite.CODE_INCONNU: _refuser_autrement,
    Inconduite.VALEUR_MODIFIEE: _changer_une_valeur,
    Inconduite.BALISE_INCONNUE: lambda lignes, place, _: lignes[place].update({"simuleSuivi": "SIMULE"}),
    Inconduite.NUMERO_ASP_DOUBLE: _donner_deux_fois,
    Inconduite.NUMERO_ASP_OUBLIE: _oublier_la_reference,
    Inconduite.LIGNE_ABSENTE: lambda lignes, place, _: lignes.__delitem__(place),
    Inconduite.LIGNE_DOUBLE: lambda lignes, place, _: lignes.append(dict(lignes[place])),
    Inconduite.ORDRE_CHANGE: lambda lignes, _place, _: lignes.reverse(),
}
