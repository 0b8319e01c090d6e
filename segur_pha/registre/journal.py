"""The journal: what was sent and what came back, line by line, and under whose name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec
from attrs import evolve
from sqlalchemy import bindparam, exists, or_, select, tuple_, update

from segur_pha.erreurs import RegistreError
from segur_pha.registre import tables
from segur_pha.registre.evenements import (
    NATURES,
    DemandePreparee,
    DonneesEffacees,
    FaitAnnule,
    FichierAbandonne,
    FichierPrepare,
    LigneRecue,
    RetourRecu,
    ServiceFait,
    depuis_json,
    en_json,
)
from segur_pha.registre.refus import TEXTE_PERDU
from segur_pha.table.balise import Liste, Objet, balises
from segur_pha.table.formats import Nul
from segur_pha.table.roles import Role
from segur_pha.texte_json.ecriture import json_du_brut
from segur_pha.textes import plier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import ColumnElement, Connection

    from segur_pha.registre.etats import Cle
    from segur_pha.registre.evenements import Evenement
    from segur_pha.registre.vagues import Vagues
    from segur_pha.table.balise import Balise, ClasseBloc
    from segur_pha.table.formats import Brut

__all__ = [
    "effacer_du_journal",
    "envois_au_nom_de",
    "envois_de",
    "evenements_de",
    "ligne_d_envoi",
    "ligne_lue",
    "lignes_du_fichier",
    "lignes_envoyees",
    "marques",
    "rangee_d_evenement",
    "sans_personne",
    "tout_est_efface",
]


def sans_personne(classe: ClasseBloc, brut: Brut, *, recu: bool = False) -> Brut:
    """Return a block with null in its personal balises, and without the tags that the table does not know.

    ``recu``: it comes from elsewhere, where columns may have moved; then null also stands for what does not have the form of its
    balise, but for those that the agency fills.

    >>> from segur_pha import Beneficiaire
    >>> sans_personne(Beneficiaire, {"nomResponsable": "DURAND", "FINESSGeo": "777777777", "note": "06…"})
    {'nomResponsable': None, 'FINESSGeo': '777777777'}
    >>> sans_personne(Beneficiaire, {"nomResponsable": "777777777", "FINESSGeo": "DURAND"}, recu=True)
    {'nomResponsable': None, 'FINESSGeo': None}
    """
    if not isinstance(brut, dict):
        return None
    return {b.nom: _sans_personne(b, brut[b.nom], recu=recu) for b in balises(classe) if b.nom in brut}


def _sans_personne(rangee: Balise, valeur: Brut, *, recu: bool) -> Brut:
    forme = rangee.format
    if rangee.personnelle:
        return None
    if isinstance(forme, Objet):
        return sans_personne(forme.classe, valeur, recu=recu)
    if isinstance(forme, Liste):
        elements = valeur if isinstance(valeur, list) else None
        return elements and [sans_personne(forme.classe, element, recu=recu) for element in elements]
    # A known balise holds a single value; anything below it is unknown.
    if isinstance(valeur, dict | list):
        return None
    return None if recu and not isinstance(forme, Nul) and forme.defaut(valeur) else valeur


_E = tables.evenements.c
_decodeur: Final[msgspec.json.Decoder[Brut]] = msgspec.json.Decoder(float_hook=str.encode)


class _Envoi(msgspec.Struct):
    """The part of a DemandePreparee that tells which line was sent, and where."""

    rang: int
    ligne: str


class _Marque(msgspec.Struct):
    """Of a FichierPrepare, the hidden folder that it waited in."""

    marque: str = ""


_decodeur_de_marque = msgspec.json.Decoder(_Marque)
_decodeur_d_envoi = msgspec.json.Decoder(_Envoi)


def ligne_lue(texte: str) -> Brut:
    """Read a line of the journal back as raw values, every number to the last digit.

    >>> ligne_lue('{"montantSegurHT":850.00}')
    {'montantSegurHT': b'850.00'}
    """
    return _decodeur.decode(texte)


def ligne_d_envoi(contenu: str) -> Brut:
    """Return the line of a DemandePreparee from its JSON."""
    return ligne_lue(_decodeur_d_envoi.decode(contenu).ligne)


def lignes_du_fichier(connexion: Connection, fichier: str) -> list[Brut]:
    """Return the lines of a file as they were sent, in order."""
    voulues = (_E.fichier == fichier) & (_E.nature == NATURES[DemandePreparee])
    envois = map(_decodeur_d_envoi.decode, connexion.scalars(select(_E.contenu).where(voulues).order_by(_E.id)))
    # A file that was prepared again after being given up is in the journal twice.
    par_rang = {envoi.rang: envoi.ligne for envoi in envois}
    return [ligne_lue(par_rang[rang]) for rang in sorted(par_rang)]


def marques(connexion: Connection, fichier: str) -> set[str]:
    """Give the marks of the hidden folders in which a file was prepared since it was last given up."""
    natures = (NATURES[FichierPrepare], NATURES[FichierAbandonne])
    voulus = (_E.fichier == fichier) & _E.nature.in_(natures)
    trouvees: set[str] = set()
    abandonne = False
    for nature, contenu in connexion.execute(select(_E.nature, _E.contenu).where(voulus).order_by(_E.id)):
        if nature == NATURES[FichierAbandonne]:
            abandonne = True
            continue
        # What was given up comes back when the step is taken back, but not once the file was prepared anew.
        trouvees = (set() if abandonne else trouvees) | {_decodeur_de_marque.decode(contenu).marque}
        abandonne = False
    return trouvees


def lignes_envoyees(connexion: Connection, specification: str, numeros: Collection[str]) -> dict[str, Brut]:
    """Return the last line that was sent under each number of a wave."""
    voulues = _E.numero_editeur.in_(numeros) & (_E.nature == NATURES[DemandePreparee])
    voulues &= _E.specification == specification
    question = select(_E.numero_editeur, _E.contenu).where(voulues).order_by(_E.id)
    return {numero: ligne_d_envoi(contenu) for numero, contenu in connexion.execute(question)}


def envois_de(connexion: Connection, finess: str) -> set[tuple[str, str]]:
    """Return the requests that were once sent with a FINESS, even if a later line has another one: wave and number."""
    question = select(_E.specification, _E.numero_editeur).where(
        _E.finess_geo == finess, _E.numero_editeur.is_not(None), _E.nature == NATURES[DemandePreparee]
    )
    return {(vague, numero) for vague, numero in connexion.execute(question)}


def _de_l_officine(finess: str) -> ColumnElement[bool]:
    d = tables.demandes.c
    cles = select(d.numero_editeur, d.specification).where(d.finess_geo == finess)
    return or_(_E.finess_geo == finess, tuple_(_E.numero_editeur, _E.specification).in_(cles))


def evenements_de(connexion: Connection, finess: str) -> Iterator[tuple[str, str]]:
    """Give the events of one pharmacy's requests, and of the files they are or were in, in order: (nature, JSON)."""
    fichiers = select(_E.fichier).where(_de_l_officine(finess), _E.nature == NATURES[DemandePreparee])
    # A fact of a whole file is taken back under one of its requests.
    du_fichier = _E.numero_editeur.is_(None) & _E.finess_geo.is_(None) & (_E.nature != NATURES[LigneRecue])
    du_fichier |= _E.nature == NATURES[FaitAnnule]
    question = select(_E.nature, _E.contenu).where(
        or_(_de_l_officine(finess), _E.fichier.in_(fichiers.correlate(None)) & du_fichier)
    )
    yield from ((nature, contenu) for nature, contenu in connexion.execute(question.order_by(_E.id)))


def effacer_du_journal(connexion: Connection, finess: str, vagues: Vagues) -> None:
    """Remove the personal values from every line of one pharmacy; nothing else in a journal is ever changed.

    In the answers to its files, lines that cannot be attributed to a request also lose theirs, and the header loses the tags that
    the table does not know.
    """
    question = select(_E.id, _E.nature, _E.contenu).where(
        or_(_de_l_officine(finess), _de_personne_de_sur(finess)), _E.nature != NATURES[DonneesEffacees]
    )
    changes = []
    for identifiant, nature, contenu in connexion.execute(question):
        evenement = depuis_json(nature, contenu)
        if isinstance(evenement, DemandePreparee | LigneRecue):
            classe = vagues.nommee(evenement.specification).classe_demande
            ligne = _texte_sans_personne(classe, evenement.ligne, recu=isinstance(evenement, LigneRecue))
            changes.append({"v_id": identifiant, "v_contenu": en_json(evolve(evenement, ligne=ligne))})
        elif isinstance(evenement, RetourRecu) and evenement.entete:
            racine = vagues.nommee(evenement.specification).racine
            entete = _texte_sans_personne(racine, evenement.entete, recu=True)
            changes.append({"v_id": identifiant, "v_contenu": en_json(evolve(evenement, entete=entete))})
        elif isinstance(evenement, ServiceFait) and evenement.adresse_mssante:
            changes.append({"v_id": identifiant, "v_contenu": en_json(evolve(evenement, adresse_mssante=""))})
    connexion.execute(
        update(tables.evenements).where(_E.id == bindparam("v_id")).values(contenu=bindparam("v_contenu")), changes
    )


def tout_est_efface(connexion: Connection, finess: str) -> bool:
    """Tell whether a pharmacy has requests, and each of them is known to be erased."""
    d = tables.demandes.c
    effacees = list(connexion.scalars(select(d.effacee).where(d.finess_geo == finess)))
    return bool(effacees) and all(effacees)


def _de_personne_de_sur(finess: str) -> ColumnElement[bool]:
    """Find the answers to a pharmacy's files, and the lines in them that match no request by both number and pharmacy."""
    d = tables.demandes.c
    fichiers = select(_E.fichier).where(_de_l_officine(finess), _E.fichier.is_not(None)).correlate(None)
    d_une_demande = exists().where(
        d.specification == _E.specification, d.numero_editeur == _E.numero_editeur, d.finess_geo == _E.finess_geo
    )
    recue = (_E.nature == NATURES[LigneRecue]) & ~d_une_demande
    return _E.fichier.in_(fichiers) & or_(_E.nature == NATURES[RetourRecu], recue)


def _texte_sans_personne(classe: ClasseBloc, texte: str, *, recu: bool) -> str:
    return json_du_brut(sans_personne(classe, ligne_lue(texte), recu=recu), compact=True).decode()


def rangee_d_evenement(evenement: Evenement) -> dict[str, object]:
    """Write an event as a row of the journal; a text with U+0000, which only SQLite would store, is refused."""
    contenu = en_json(evenement)
    if _NUL.search(contenu):
        raise RegistreError(TEXTE_PERDU)
    return {
        "nature": NATURES[type(evenement)],
        "contenu": contenu,
        **{nom: getattr(evenement, nom, None) for nom in _CONCERNES},
    }


#: U+0000 in a text of an event.  In a line that was sent or received, which is JSON within JSON, the backslash is doubled.
_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
#: The fields of events by which the journal can be searched.
_CONCERNES: Final = ("jour", "specification", "numero_editeur", "fichier", "finess_geo")


_MOT: Final = re.compile(r"[^\W_]+")
#: Letters that may have an accent in French names.
_ACCENTUABLES: Final = re.compile("[aceinouy]")
_LIGATURE: Final = re.compile("oe|ae")


def envois_au_nom_de(connexion: Connection, nom: str, vagues: Vagues) -> set[Cle]:
    """Return the requests that were once sent under an owner's name: wave and number.

    Every word of ``nom`` must begin a word of the name; case, accents and order do not matter.  What was erased is not found.
    """
    voulus = _mots(nom)
    if not any(map(str.isalpha, nom)):
        return set()
    # The database looks for the longest word, which leaves few lines to read.  It only knows the accents of French names: if it
    # finds nobody, every line is read.
    motifs = [_E.contenu.ilike(f"%{motif}%") for motif in _motifs(max(voulus, key=len))]
    return _porteurs(connexion, voulus, vagues, or_(*motifs)) or _porteurs(connexion, voulus, vagues)


def _porteurs(connexion: Connection, voulus: list[str], vagues: Vagues, *conditions: ColumnElement[bool]) -> set[Cle]:
    question = select(_E.specification, _E.numero_editeur, _E.contenu).where(
        _E.nature == NATURES[DemandePreparee], *conditions
    )
    return {
        (vague, numero)
        for vague, numero, contenu in connexion.execute(question)
        if _porte(_responsable(contenu, vague, vagues), voulus)
    }


def _mots(texte: str) -> list[str]:
    """Cut a name into words without case or accents.

    >>> _mots("Lefèvre-Cœur d’Aÿ")
    ['lefevre', 'coeur', 'd', 'ay']
    """
    return _MOT.findall(plier(texte))


def _motifs(mot: str) -> set[str]:
    """Return database patterns that match a word however its letters are accented."""
    return {_ACCENTUABLES.sub("_", mot), _ACCENTUABLES.sub("_", _LIGATURE.sub("_", mot))}


def _porte(nom: str, voulus: list[str]) -> bool:
    mots = _mots(nom)
    return all(any(mot.startswith(voulu) for mot in mots) for voulu in voulus)


def _responsable(contenu: str, vague: str, vagues: Vagues) -> str:
    specification = vagues.nommee(vague)
    if Role.NOM_RESPONSABLE not in specification.roles:
        return ""
    nom = specification.valeur_brute(ligne_d_envoi(contenu), Role.NOM_RESPONSABLE)
    return nom if isinstance(nom, str) else ""
