"""Requests from flat values, as a billing system holds them, for the table of any wave."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import attrs

from segur_pha.erreurs import DemandeInvalide
from segur_pha.table.balise import balises, blocs
from segur_pha.table.en_python import anomalie_en_python, sans_mots_de_fichier
from segur_pha.table.formats import Brut, Doute, Format, Montant
from segur_pha.table.modele import ObjetBrut, depuis_brut, en_brut, etapes
from segur_pha.table.motifs import est_blanc
from segur_pha.table.regles import anomalies_d_encodage, anomalies_de_la_demande, juger_valeur
from segur_pha.table.remplissage import batir, planifier, poseur
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segur_pha.anomalies import Anomalie
    from segur_pha.table.balise import ClasseBloc
    from segur_pha.table.modele import Coherence
    from segur_pha.table.noms import NomsDePieces
    from segur_pha.table.remplissage import Plan, Poseur

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
    chantier: _Chantier[B] = _chantier(classe, tuple(deduites), tuple(coherences))
    try:
        return _batir(chantier, valeurs, deduites)
    except Doute:
        try:
            return _juger(classe, _assembler(classe, valeurs, deduites), coherences, chantier.tues)
        except DemandeInvalide as refus:
            raise DemandeInvalide([_en_python(classe, a, valeurs) for a in refus.anomalies]) from None


class _Chantier(NamedTuple, Generic[B]):
    """How the requests of a class are built, sorted out once.

    Attributes:
        plan: how a request is made of flat values.
        listes: for each row that holds blocks, which the wave lays out: its tag, its slot, how one of them is made.
        regles: the rules that values can break, which read more than what the codec writes.
        tues: the balises whose faults are not reported: what the wave works out, and the names of documents.
    """

    plan: Plan[B]
    listes: list[tuple[str, Poseur, Plan[attrs.AttrsInstance]]]
    regles: list[Coherence]
    tues: frozenset[str]


@cache
def _chantier(classe: type[B], deduites: tuple[str, ...], coherences: tuple[Coherence, ...]) -> _Chantier[B]:
    tues = frozenset([*deduites, *(rangee.nom for _, rangee in blocs(classe) if rangee.role is Role.NOM_PIECE)])
    ecrites = {e.rangee.nom for e in etapes(classe) if e.ecrit is not None}
    return _Chantier(
        planifier(classe),
        [
            (e.rangee.nom, poseur(classe, e.rangee.attribut), planifier(e.liste, par_balise=True))
            for e in etapes(classe)
            if e.liste
        ],
        [c for c in coherences if c.balise not in tues and not ecrites.issuperset(c.lit)],
        tues,
    )


def _batir(chantier: _Chantier[B], valeurs: Mapping[str, object], deduites: Mapping[str, Brut]) -> B:
    """Build a request the quick way; raises :class:`~segur_pha.table.formats.Doute` unless it is surely right."""
    demande = batir(chantier.plan, valeurs)
    for nom, poser, plan in chantier.listes:
        poser(demande, tuple([batir(plan, un) for un in deduites[nom]]))  # type: ignore[union-attr, arg-type]
    if chantier.regles and not all(regle.tenue(en_brut(demande), 1) for regle in chantier.regles):
        raise Doute
    return demande


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
            format_donne: format_fichier if type(format_fichier) is str else _texte(format_fichier),
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
