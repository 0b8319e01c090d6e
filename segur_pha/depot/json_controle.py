"""What a folder must know of one of its JSON files: what the controls say of it, and the documents that it announces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from segur_pha.constats import Constat
from segur_pha.controle.verdict import controler
from segur_pha.depot.constats import ligne_du_chemin
from segur_pha.rapports.tableau import nom_lisible
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from segur_pha.controle.verdict import RapportControle
    from segur_pha.table.formats import Brut
    from segur_pha.table.specification import Specification

__all__ = ["Annonce", "JSONControle", "controler_le_json"]


@frozen
class Annonce:
    """What a request announces, a refused one too, since its documents belong to the deposit.

    Attributes:
        rang: its place in the file, from 1.
        numero: its own number.
        pieces: the name and the format of each of its documents.
    """

    rang: int
    numero: str
    pieces: tuple[tuple[str, str], ...]


@frozen
class JSONControle:
    """A JSON file that passed under both controls.

    Attributes:
        fautes: what they refuse, of the file and of its requests.
        conseils: what they advise, with the number of the request concerned.
        numero_ans: the publisher's number in its header, as it stands there.
        annonces: its requests as far as they can be read.
    """

    fautes: tuple[Constat, ...]
    conseils: tuple[Constat, ...]
    numero_ans: Brut
    annonces: tuple[Annonce, ...]


def controler_le_json(octets: bytes, nom: str, jour: date | None, specification: Specification) -> JSONControle:
    """Control a JSON file of a deposit; ``jour`` is the day for advice on dates.

    What its name says is not judged here: it is a fault of a deposit, and is told with the day of the deposit.
    """
    rapport = controler(octets, jour=jour, specification=specification)
    arbre = rapport.arbre
    entete = arbre if isinstance(arbre, dict) else {}
    lignes = entete.get(specification.liste_des_demandes.nom)
    numeros = [nom_lisible(verdict.numero_editeur or "") for verdict in rapport.lignes]
    return JSONControle(
        fautes=tuple(_fautes(rapport, nom_lisible(nom), numeros)),
        conseils=tuple(_conseils(rapport, nom_lisible(nom), numeros)),
        numero_ans=specification.valeur_brute(entete, Role.NUMERO_ANS),
        annonces=tuple(_annonces(lignes if isinstance(lignes, list) else [], specification)),
    )


def _fautes(rapport: RapportControle, fichier: str, numeros: list[str]) -> Iterator[Constat]:
    for a in rapport.anomalies_fichier:
        yield Constat(code=a.code, message=a.libelle, balise=a.balise, fichier=fichier)
    for verdict, numero in zip(rapport.lignes, numeros, strict=True):
        for a in verdict.anomalies:
            yield Constat(
                code=a.code, message=a.libelle, balise=a.balise, chemin=a.chemin, numero=numero, fichier=fichier,
                ligne=verdict.num_ligne,
            )  # fmt: skip


def _conseils(rapport: RapportControle, fichier: str, numeros: list[str]) -> Iterator[Constat]:
    for c in rapport.conseils:
        rang = ligne_du_chemin(c.chemin)
        numero = numeros[rang - 1] if rang is not None else ""
        yield Constat(
            code=c.id, message=c.libelle, balise=c.balise, chemin=c.chemin, numero=numero, fichier=fichier, ligne=rang
        )


def _annonces(lignes: list[Brut], specification: Specification) -> Iterator[Annonce]:
    for rang, ligne in enumerate(lignes, start=1):
        numero, pieces = (specification.valeur_brute(ligne, role) for role in (Role.NUMERO_EDITEUR, Role.PIECES))
        if isinstance(numero, str) and isinstance(pieces, list):
            dites = [[specification.valeur_brute(p, r) for r in (Role.NOM_PIECE, Role.FORMAT_PIECE)] for p in pieces]
            yield Annonce(rang, numero, tuple((n, f) for n, f in dites if isinstance(n, str) and isinstance(f, str)))
