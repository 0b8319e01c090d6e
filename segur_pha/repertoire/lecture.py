"""Reading a register of pharmacies: the FINESS directory in its old and its new form, or any other table.

The classic extract stopped on 20/07/2026; a daily JSON file (about 50 MB gzipped, 540 MB raw) took its place on data.gouv.fr
(« finess-structures », schema in ansforge/finess).  It is read as a stream, one legal entity at a time.
"""

from __future__ import annotations

import codecs
import gzip
import json
import re
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

from attrs import evolve

from segur_pha.constats import Constat
from segur_pha.erreurs import SegurError
from segur_pha.repertoire.etablissements import Etablissement, Repertoire
from segur_pha.tableurs import lire_tableau, octets_du_fichier, titres_connus

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

__all__ = ["RepertoireIllisible", "lire_repertoire"]


class RepertoireIllisible(SegurError, ValueError):
    """A register of pharmacies cannot be read; the text says what to do."""


_CLASSIQUE_ARRETE: Final = Constat(
    code="repertoire-arrete",
    message="l’extraction FINESS de cet ancien format s’est arrêtée le 20/07/2026 : prenez le fichier quotidien "
    "« finess-structures » de data.gouv.fr (JSON)",
)
_GZIP: Final = b"\x1f\x8b"
_DEBUT_CLASSIQUE: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:finess;etalab|structureet;)", re.IGNORECASE)
_DEBUT_JSON: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*[{\[]")
_OCTETS_D_UNE_TABLE: Final = 50_000_000
_LIGNES_D_UNE_TABLE: Final = 1_000_000
#: Four times the daily file of 2026, unpacked.
_OCTETS_MAXIMUM: Final = 2_000_000_000
_LIGNE_MAXIMALE: Final = 100_000


def lire_repertoire(source: str | os.PathLike[str]) -> Repertoire:
    r"""Read a register: the daily JSON, gzipped or not; the classic extract; or a table ``finess;categorie`` (CSV, XLSX).

    A table may also have a column ``etat`` (A or I) and a column ``departement``.

    Raises :class:`RepertoireIllisible` when it is none of these or is cut short, ``OSError`` when the file cannot be read.

    >>> chemin = Path("officines-connues.csv")
    >>> _ = chemin.write_text("finess;categorie\n750000002;620\n")
    >>> dict(lire_repertoire(chemin))
    {'750000002': '620'}
    """
    chemin = Path(source)
    with chemin.open("rb") as flux:
        debut = flux.read(64)
        flux.seek(0)
        if debut.startswith(_GZIP):
            with gzip.open(flux) as ouvert:
                return _du_flux(_Borne(cast("IO[bytes]", ouvert), chemin.name), chemin)
        return _du_flux(_Borne(flux, chemin.name), chemin)


class _Borne:
    """An unpacked stream, cut at a length that no register reaches: a gzip of a few bytes may hold terabytes."""

    def __init__(self, flux: IO[bytes], nom: str) -> None:
        self._flux = flux
        self._nom = nom
        self._reste = _OCTETS_MAXIMUM

    def read(self, taille: int) -> bytes:
        return self._compter(self._flux.read(min(taille, self._reste + 1)))

    def lignes(self) -> Iterator[bytes]:
        """Yield the lines one by one; an abnormally long line comes in pieces."""
        while octets := self._compter(self._flux.readline(_LIGNE_MAXIMALE)):
            yield octets

    def revenir(self) -> None:
        self._flux.seek(0)

    def _compter(self, octets: bytes) -> bytes:
        self._reste -= len(octets)
        if self._reste < 0:
            raise RepertoireIllisible(
                f"{self._nom} dépasse {_OCTETS_MAXIMUM // 1_000_000_000} Go une fois décompressé : est-ce le bon fichier ?"
            )
        return octets


def _du_flux(flux: _Borne, chemin: Path) -> Repertoire:
    remarques: tuple[Constat, ...] = ()
    try:
        debut = flux.read(64)
        flux.revenir()
        if _DEBUT_JSON.match(debut):
            etablissements = dict(_du_json(flux, chemin.name))
        elif _DEBUT_CLASSIQUE.match(debut):
            etablissements, remarques = dict(_du_classique(flux)), (evolve(_CLASSIQUE_ARRETE, fichier=chemin.name),)
        else:
            etablissements = dict(_de_la_table(chemin))
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise RepertoireIllisible(f"{chemin.name} : ce fichier gzip est abîmé, téléchargez-le de nouveau.") from None
    if not etablissements:
        raise RepertoireIllisible(f"{chemin.name} : aucun établissement trouvé ; est-ce le bon fichier ?")
    return Repertoire(etablissements, remarques)


# --- The daily JSON ------------------------------------------------------------------------------------------------------

_LISTE: Final = re.compile(r'"pmej"\s*:\s*\[')
_ENTRE: Final = re.compile(r"[\s,]*")
_MORCEAU: Final = 1 << 20
#: No legal entity takes that much text; if it goes on without end, the file is cut short or is not such a file.
_ENTITE_MAXIMALE: Final = 32 << 20


class _Texte:
    """A text that is read bit by bit; the part already dealt with is dropped."""

    def __init__(self, flux: _Borne) -> None:
        self._flux = flux
        self._decodeur = codecs.getincrementaldecoder("utf-8-sig")()
        self.texte = ""
        self.fini = False

    def allonger(self, depuis: int) -> None:
        """Drop what precedes ``depuis``, and read as much again as is left, so that a long entity is not parsed too often."""
        self.texte = self.texte[depuis:]
        octets = self._flux.read(max(_MORCEAU, len(self.texte)))
        self.fini = not octets
        self.texte += self._decodeur.decode(octets, final=self.fini)


def _du_json(flux: _Borne, nom: str) -> Iterator[tuple[str, Etablissement]]:
    texte = _Texte(flux)
    try:
        place = _debut_de_la_liste(texte, nom)
        while (entite := _entite_suivante(texte, place, nom)) is not None:
            valeur, place = entite
            yield from _de_l_entite(valeur)
    except UnicodeDecodeError:
        raise RepertoireIllisible(f"{nom} : ce JSON n’est pas en UTF-8, téléchargez-le de nouveau.") from None


def _debut_de_la_liste(texte: _Texte, nom: str) -> int:
    while (trouve := _LISTE.search(texte.texte)) is None:
        if texte.fini:
            raise RepertoireIllisible(
                f"{nom} : ce JSON n’a pas de liste « pmej » ; prenez le fichier « finess-structures »."
            )
        texte.allonger(max(0, len(texte.texte) - 64))
    return trouve.end()


def _entite_suivante(texte: _Texte, place: int, nom: str) -> tuple[object, int] | None:
    """Return the next legal entity and where it ends; ``None`` at the end of the list."""
    while True:
        ecart = _ENTRE.match(texte.texte, place)
        assert ecart is not None
        place = ecart.end()
        if texte.texte.startswith("]", place):
            return None
        try:
            return _DECODEUR.raw_decode(texte.texte, place)
        except json.JSONDecodeError:
            if texte.fini or len(texte.texte) - place > _ENTITE_MAXIMALE:
                raise RepertoireIllisible(f"{nom} : ce JSON est coupé ou abîmé, téléchargez-le de nouveau.") from None
        except RecursionError:
            raise RepertoireIllisible(f"{nom} : ce JSON est trop imbriqué ; est-ce le bon fichier ?") from None
        texte.allonger(place)
        place = 0


_DECODEUR: Final = json.JSONDecoder()


def _de_l_entite(entite: object) -> Iterator[tuple[str, Etablissement]]:
    for ege in _liste(_dans(entite, "ege")):
        finess = _dans(_dans(ege, "informationsGeneralesEGE"), "numFinessEge")
        if isinstance(finess, str):
            adresse = next(iter(_liste(_dans(ege, "adresse"))), None)
            commune = _dans(adresse, "cogCommune") or _dans(adresse, "codePostal")
            yield (
                finess,
                Etablissement(
                    str(_dans(ege, "categorieentiteGeographiqueExercice") or ""),
                    ferme=_dans(ege, "etatObjet") == "I",
                    departement=commune[:2] if isinstance(commune, str) else "",
                ),
            )


def _dans(objet: object, cle: str) -> object:
    return objet.get(cle) if isinstance(objet, dict) else None


def _liste(valeur: object) -> list[object]:
    return valeur if isinstance(valeur, list) else []


# --- The classic extract -------------------------------------------------------------------------------------------------

_FINESS, _DEPARTEMENT, _CATEGORIE = 1, 13, 18


def _du_classique(flux: _Borne) -> Iterator[tuple[str, Etablissement]]:
    """Read the rows ``structureet``; older files are in Windows-1252, but what is needed from them is ASCII in any encoding."""
    for octets in flux.lignes():
        ligne = octets.decode("latin-1").rstrip("\r\n").split(";")
        if ligne[:1] == ["structureet"] and len(ligne) > _CATEGORIE:
            yield ligne[_FINESS], Etablissement(ligne[_CATEGORIE], departement=ligne[_DEPARTEMENT][:2])


# --- Any other table ------------------------------------------------------------------------------------------------


def _de_la_table(chemin: Path) -> Iterator[tuple[str, Etablissement]]:
    octets = octets_du_fichier(chemin, maximum=_OCTETS_D_UNE_TABLE, refus=RepertoireIllisible)
    tableau = lire_tableau(
        octets, titres_connus(["finess", "categorie", "catégorie"]), nom=chemin.name, lignes_maximum=_LIGNES_D_UNE_TABLE,
        refus=RepertoireIllisible,
    )  # fmt: skip
    places = {nom: next(iter(tableau.places(nom) or tableau.places(autre)), None) for nom, autre in _COLONNES.items()}
    if places["finess"] is None or places["categorie"] is None:
        raise RepertoireIllisible(f"{chemin.name} : deux colonnes sont attendues, « finess » et « categorie ».")
    for rangee in tableau.rangees:
        if rangee.defaut:
            # A pharmacy missing from the register is reported as unknown: leaving out a row would wrongly report one.
            raise RepertoireIllisible(f"{chemin.name}, ligne {rangee.numero} : {rangee.defaut}.")
        lues = {nom: "" if p is None else _texte(rangee.cellules[p]) for nom, p in places.items()}
        if lues["finess"]:
            ferme = lues["etat"].upper().startswith(("I", "F"))
            yield (
                lues["finess"].zfill(9),
                Etablissement(lues["categorie"], ferme, lues["departement"] and lues["departement"].zfill(2)[:2]),
            )


_COLONNES: Final = {"finess": "n° finess", "categorie": "catégorie", "etat": "état", "departement": "département"}


def _texte(cellule: object) -> str:
    return "" if cellule is None else str(cellule).strip().removesuffix(".0")
