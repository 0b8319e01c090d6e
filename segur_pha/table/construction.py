"""Requests from flat values, as a billing system holds them, for the table of any wave."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar

import attrs

from segur_pha.erreurs import DemandeInvalide
from segur_pha.table.balise import balises, blocs
from segur_pha.table.en_python import anomalie_en_python, sans_mots_de_fichier
from segur_pha.table.formats import Brut, Doute, Format, Montant
from segur_pha.table.modele import ObjetBrut, depuis_brut, en_brut, etapes
from segur_pha.table.motifs import est_blanc
from segur_pha.table.regles import anomalies_d_encodage, anomalies_de_la_demande, juger_valeur
from segur_pha.table.remplissage import batir
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segur_pha.anomalies import Anomalie
    from segur_pha.table.balise import ClasseBloc
    from segur_pha.table.modele import Coherence
    from segur_pha.table.noms import NomsDePieces

__all__ = ["annoncer_les_pieces", "construire"]

B = TypeVar("B", bound=attrs.AttrsInstance)


def construire(
    classe: type[B],
    valeurs: Mapping[str, object],
    *,
    deduites: Mapping[str, Brut],
    coherences: Sequence[Coherence],
) -> B:
    """Build a request from flat values: attribute of the model → its value, as Python or as text.

    ``deduites`` holds raw values by their tag, for what the wave works out itself: its documents.  What is wrong with those, and
    with the names that they were given, follows from faults that are reported, and is not.

    Raises :class:`~segur_pha.DemandeInvalide` with every fault of the request at once.
    """
    tues = _tues(classe, tuple(deduites))
    try:
        return _batir(classe, valeurs, deduites, [c for c in coherences if c.balise not in tues])
    except Doute:
        try:
            return _juger(classe, _assembler(classe, valeurs, deduites), coherences, tues)
        except DemandeInvalide as refus:
            raise DemandeInvalide([_en_python(classe, a, valeurs) for a in refus.anomalies]) from None


@cache
def _tues(classe: ClasseBloc, deduites: tuple[str, ...]) -> frozenset[str]:
    """Name the balises whose faults are not reported: what the wave works out, and the names of documents."""
    return frozenset([*deduites, *(rangee.nom for _, rangee in blocs(classe) if rangee.role is Role.NOM_PIECE)])


def _batir(
    classe: type[B], valeurs: Mapping[str, object], deduites: Mapping[str, Brut], regles: Sequence[Coherence]
) -> B:
    """Build a request the quick way; raises :class:`~segur_pha.table.formats.Doute` unless it is surely right."""
    plat = {**valeurs}
    for nom, attribut, liste in _listes(classe):
        plat[attribut] = tuple([batir(liste, un, par_balise=True) for un in deduites[nom]])  # type: ignore[union-attr, arg-type]
    demande = batir(classe, plat)
    ecrites = _ecrites(classe)
    for regle in regles:
        if not ecrites.issuperset(regle.lit) and not regle.tenue(en_brut(demande), 1):
            raise Doute
    return demande


@cache
def _listes(classe: ClasseBloc) -> list[tuple[str, str, ClasseBloc]]:
    """List the rows of a request that hold blocks, which the wave lays out: tag, attribute, class."""
    return [(e.rangee.nom, e.rangee.attribut, e.liste) for e in etapes(classe) if e.liste is not None]


@cache
def _ecrites(classe: ClasseBloc) -> frozenset[str]:
    """Name the balises that the codec writes."""
    return frozenset(e.rangee.nom for e in etapes(classe) if e.ecrit is not None)


def _juger(classe: type[B], brut: ObjetBrut, coherences: Sequence[Coherence], tues: frozenset[str]) -> B:
    """Build a request with the plain rules, or say all that is wrong with it."""
    regles = [coherence for coherence in coherences if coherence.balise not in tues]
    anomalies = [
        *anomalies_d_encodage(classe, brut),
        *(a for a in anomalies_de_la_demande(classe, brut, rang=1, coherences=regles) if a.balise not in tues),
    ]
    if anomalies:
        raise DemandeInvalide(anomalies)
    return depuis_brut(classe, brut)


def _en_python(classe: ClasseBloc, anomalie: Anomalie, valeurs: Mapping[str, object]) -> Anomalie:
    """Say a fault of a flat value in the words of Python."""
    for _, rangee in blocs(classe):
        if rangee.nom == anomalie.balise and rangee.attribut in valeurs and isinstance(rangee.format, Format):
            valeur = valeurs[rangee.attribut]
            defaut = juger_valeur(rangee, _brut(rangee.format, valeur))
            if defaut is not None:
                return anomalie_en_python(rangee, defaut, anomalie.chemin, valeur)
    return attrs.evolve(anomalie, libelle=sans_mots_de_fichier(anomalie.libelle))


def annoncer_les_pieces(
    classe: ClasseBloc, noms: NomsDePieces, numero_editeur: object, formats: Mapping[str, object]
) -> list[Brut]:
    """Lay out the documents of a request: a raw object of ``classe`` for each type of ``formats``, named for the request."""
    nom, format_donne, type_donne = _tags(classe)
    numero = str(numero_editeur)
    return [
        {
            nom: noms.nommer(type_fichier, numero, str(format_fichier)),
            format_donne: _texte(format_fichier),
            type_donne: str(type_fichier),
        }
        for type_fichier, format_fichier in formats.items()
    ]


@cache
def _tags(classe: ClasseBloc) -> tuple[str, str, str]:
    tags = {rangee.role: rangee.nom for rangee in balises(classe)}
    return tags[Role.NOM_PIECE], tags[Role.FORMAT_PIECE], tags[Role.TYPE_PIECE]


def _assembler(classe: ClasseBloc, valeurs: Mapping[str, object], deduites: Mapping[str, Brut]) -> ObjetBrut:
    """Lay flat values out as the raw values of a block, in the table's order."""
    brut: ObjetBrut = {}
    for etape in etapes(classe):
        nom = etape.rangee.nom
        if nom in deduites:
            brut[nom] = deduites[nom]
        elif etape.objet is not None:
            brut[nom] = _assembler(etape.objet, valeurs, deduites)
        elif etape.ecrit is not None:
            brut[nom] = etape.ecrit(1)
        else:
            assert etape.champ is not None
            brut[nom] = _brut(etape.champ, valeurs[etape.rangee.attribut])
    return brut


def _brut(champ: Format, valeur: object) -> Brut:
    if champ.est_du_type(valeur):
        return champ.ecrire(valeur)
    if isinstance(valeur, str) and isinstance(champ, Montant) and not est_blanc(valeur):
        return valeur.encode(errors="surrogatepass")
    return _texte(valeur)


def _texte(valeur: object) -> Brut:
    # A float, a datetime…: an empty object is of the wrong type for every format, which is the fault to report.
    return None if valeur is None else str(valeur) if isinstance(valeur, str) else {}
