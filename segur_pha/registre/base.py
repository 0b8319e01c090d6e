"""The contents of the tables: settings, events that are appended, states that are written and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import attrs
from sqlalchemy import bindparam, delete, func, insert, inspect, select, update

from segur_pha.erreurs import RegistreError
from segur_pha.registre import tables
from segur_pha.registre.evenements import DemandePreparee, DonneesEffacees, NumerosReserves
from segur_pha.registre.histoire import appliquer
from segur_pha.registre.journal import rangee_d_evenement
from segur_pha.registre.memoire import EtatsEnMemoire, inconnue
from segur_pha.registre.rangees import DEMANDES, FICHIERS
from segur_pha.registre.verrou import commencer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Table

    from segur_pha.registre.etats import Changements, Cle, EtatDemande, EtatFichier
    from segur_pha.registre.evenements import Evenement
    from segur_pha.registre.rangees import Codec
    from segur_pha.table.specification import Specification

    _Rangee: TypeAlias = dict[str, object]

__all__ = [
    "charger",
    "charger_pour",
    "creer",
    "demandes",
    "ecrire",
    "ecrire_les_changements",
    "ecrire_reglages",
    "enregistrer",
    "exiger",
    "existe",
    "les_fichiers",
    "lire_reglages",
    "lots",
    "trouver",
]

Etat = TypeVar("Etat", bound=attrs.AttrsInstance)
_CleDEtat = TypeVar("_CleDEtat")

#: The largest number of values that one query names (SQLite once allowed 999).
_LOT: Final = 900

#: Our key among PostgreSQL's advisory locks, so that two programs do not make the tables at the same time.
_VERROU_DE_CREATION: Final = 0x5E6_0_9A


def creer(connexion: Connection, valeurs: Mapping[str, str]) -> None:
    """Make the tables of a ledger and write its settings, unless they are already there."""
    commencer(connexion, "BEGIN IMMEDIATE", lambda: None)  # the caller's Connection may not have begun one yet
    if connexion.dialect.name == "postgresql":
        connexion.execute(select(func.pg_advisory_xact_lock(_VERROU_DE_CREATION)))
    if not existe(connexion):
        _creer_les_tables(connexion)
        connexion.execute(insert(tables.reglages), [{"cle": cle, "valeur": valeur} for cle, valeur in valeurs.items()])


def _creer_les_tables(connexion: Connection) -> None:
    if connexion.dialect.name == "sqlite" and not connexion.get_execution_options().get("schema_translate_map"):
        presentes = set(connexion.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
        if presentes.isdisjoint(tables.METADONNEES.tables):
            for ordre in tables.ordres_de_creation("sqlite"):
                connexion.exec_driver_sql(ordre)
            return
    # A migration tool may have made some of them, in another schema too.
    tables.METADONNEES.create_all(connexion)


def existe(connexion: Connection) -> bool:
    """Tell whether the ledger is there: its tables, which a migration tool may have made, and its settings."""
    schemas = connexion.get_execution_options().get("schema_translate_map") or {}
    if not inspect(connexion).has_table(tables.reglages.name, schema=schemas.get(None)):
        return False
    return connexion.scalar(select(tables.reglages.c.cle).limit(1)) is not None


def lire_reglages(connexion: Connection) -> dict[str, str]:
    """Return the ledger's settings."""
    return {
        str(cle): str(valeur)
        for cle, valeur in connexion.execute(select(tables.reglages.c.cle, tables.reglages.c.valeur))
    }


def ecrire_reglages(connexion: Connection, valeurs: Mapping[str, str]) -> None:
    """Change settings."""
    for cle, valeur in valeurs.items():
        connexion.execute(update(tables.reglages).where(tables.reglages.c.cle == cle).values(valeur=valeur))


def enregistrer(connexion: Connection, evenements: Sequence[Evenement]) -> EtatsEnMemoire:
    """Apply events: append them, and write what they change.  All or nothing, under the ledger's lock.

    Raises :class:`~segur_pha.RegistreError` for an event that may not happen; then nothing is written.
    """
    etats = charger_pour(connexion, evenements)
    ecrire(connexion, etats, evenements)
    return etats


def ecrire(connexion: Connection, etats: EtatsEnMemoire, evenements: Sequence[Evenement]) -> None:
    """Do the same with states that are already loaded (:func:`charger_pour`)."""
    avant = etats.copie()
    ecrire_les_changements(
        connexion, avant, etats, evenements, [appliquer(evenement, etats) for evenement in evenements]
    )


def ecrire_les_changements(
    connexion: Connection,
    avant: EtatsEnMemoire,
    apres: EtatsEnMemoire,
    evenements: Sequence[Evenement],
    changements: Sequence[Changements],
) -> None:
    """Append events that were applied in memory, and write what they changed from ``avant`` to ``apres``."""
    nouveaux = [n for n in dict.fromkeys(n for c in changements for n in c.numeros) if n not in avant.numeros]
    _inserer(connexion, tables.evenements, [rangee_d_evenement(e) for e in evenements])
    _inserer(
        connexion,
        tables.numeros,
        [{"specification": vague, "numero_editeur": n, "pli": n.casefold()} for vague, n in nouveaux],
    )
    _poser_les_retours(connexion, avant.retours, apres.retours, changements)
    touches = dict.fromkeys(f.fichier for c in changements for f in c.fichiers)
    _poser(connexion, tables.fichiers, FICHIERS, avant.fichiers, {cle: apres.fichiers[cle] for cle in touches})
    touchees = dict.fromkeys(d.cle for c in changements for d in c.demandes)
    _liberer_les_references(connexion, avant, apres, touchees)
    _poser(connexion, tables.demandes, DEMANDES, avant.demandes, {cle: apres.demandes[cle] for cle in touchees})


def _inserer(connexion: Connection, table: Table, rangees: list[_Rangee]) -> None:
    if rangees:
        connexion.execute(insert(table), rangees)


def _poser(
    connexion: Connection,
    table: Table,
    codec: Codec[Etat],
    avant: Mapping[_CleDEtat, Etat],
    apres: Mapping[_CleDEtat, Etat],
) -> None:
    """Insert the new states; for the others, write the columns in which at least one of them changed."""
    _inserer(connexion, table, [codec.rangee(etat) for cle, etat in apres.items() if cle not in avant])
    changees = [(avant[cle], etat) for cle, etat in apres.items() if cle in avant]
    # This spares the other columns' indexes.  One ordered statement writes all rows: a numeroASP is released before it is reused.
    places = codec.changees(changees)
    if places:
        cle_primaire = [c.name for c in table.primary_key]
        valeurs: _Rangee = {place.nom: bindparam(f"v_{place.nom}") for place in places}
        connexion.execute(
            update(table).where(*(table.c[nom] == bindparam(f"k_{nom}") for nom in cle_primaire)).values(valeurs),
            [
                {f"v_{place.nom}": place.valeur(etat) for place in places}
                | {f"k_{nom}": getattr(etat, nom) for nom in cle_primaire}
                for _, etat in changees
            ],
        )


def _poser_les_retours(
    connexion: Connection, avant: Collection[str], apres: Collection[str], changements: Sequence[Changements]
) -> None:
    """Write which answers are recorded, from ``avant`` to ``apres``: one may be taken back and recorded again."""
    touches = dict.fromkeys(r for c in changements for r in (*c.retours, *c.retours_annules))
    nouveaux = [{"retour": r} for r in touches if r in apres and r not in avant]
    if nouveaux:
        connexion.execute(insert(tables.retours), nouveaux)
    annules = [r for r in touches if r in avant and r not in apres]
    if annules:
        connexion.execute(delete(tables.retours).where(tables.retours.c.retour.in_(annules)))


def _liberer_les_references(
    connexion: Connection, avant: EtatsEnMemoire, apres: EtatsEnMemoire, touchees: Iterable[Cle]
) -> None:
    """Release the references that requests lose: others may have them by the end of the same events."""
    c = tables.demandes.c
    for cle in touchees:
        ancienne = avant.demandes.get(cle)
        if ancienne is not None and ancienne.numero_asp not in {None, apres.demandes[cle].numero_asp}:
            celle_ci = (c.specification == cle[0]) & (c.numero_editeur == cle[1])
            connexion.execute(update(tables.demandes).where(celle_ci).values(numero_asp=None))


def charger_pour(connexion: Connection, evenements: Sequence[Evenement]) -> EtatsEnMemoire:
    """Read everything that the reducer may need for these events."""
    return charger(
        connexion,
        numeros={
            (str(vague), n)
            for e in evenements
            if (vague := getattr(e, "specification", None))
            for n in (getattr(e, "numero_editeur", None), getattr(e, "remplace", None))
            if n
        },
        fichiers={f for e in evenements if (f := getattr(e, "fichier", None))},
        finess={e.finess_geo for e in evenements if isinstance(e, DonneesEffacees)},
        asp={a for e in evenements for a in (getattr(e, "numero_asp", None), getattr(e, "solde_de", None)) if a},
        reserves={
            (e.specification, n)
            for e in evenements
            if isinstance(e, NumerosReserves | DemandePreparee)
            for n in (e.numeros if isinstance(e, NumerosReserves) else (e.numero_editeur,))
        },
        retours={r for e in evenements if (r := getattr(e, "retour", None))},
    )


def charger(
    connexion: Connection,
    *,
    numeros: Collection[Cle] = (),
    fichiers: Collection[str] = (),
    finess: Collection[str] = (),
    asp: Collection[str] = (),
    portes: Collection[str] = (),
    reserves: Collection[Cle] = (),
    retours: Collection[str] = (),
) -> EtatsEnMemoire:
    """Read the requests with these numbers, files, pharmacies and references; also their files, and what they replace or settle.

    ``portes``: numbers in any wave; ``reserves``: numbers to look up among those used up; ``retours``: answers to look up among
    those recorded.
    """
    t, c = tables, tables.demandes.c
    etats = EtatsEnMemoire()
    # Whole files first: most of the numbers are in them, so that no request is read twice.
    par = ((c.fichier, fichiers), (c.finess_geo, finess), (c.numero_asp, asp), (c.numero_editeur, portes))
    for colonne, voulues in par:
        _retenir(etats, (d for lot in lots(voulues) for d in demandes(connexion, colonne.in_(lot))))
    _charger_les_cles(connexion, etats, numeros)
    remplacees = {(d.specification, d.remplace) for d in etats.demandes.values() if d.remplace is not None}
    _charger_les_cles(connexion, etats, remplacees)
    soldees = {d.solde_de for d in etats.demandes.values() if d.solde_de is not None}
    _retenir(etats, (d for lot in lots(soldees) for d in demandes(connexion, c.numero_asp.in_(lot))))
    concernes = {*fichiers, *(d.fichier for d in etats.demandes.values())}
    for lot in lots(concernes):
        etats.fichiers |= {f.fichier: f for f in les_fichiers(connexion, t.fichiers.c.fichier.in_(lot))}
    for vague, voulus in _par_vague(reserves):
        for lot in lots(voulus):
            n = t.numeros.c
            connus = connexion.scalars(
                select(n.numero_editeur).where(n.specification == vague, n.numero_editeur.in_(lot))
            )
            etats.numeros |= {(vague, numero) for numero in connus}
    for lot in lots(retours):
        etats.retours |= set(connexion.scalars(select(t.retours.c.retour).where(t.retours.c.retour.in_(lot))))
    return etats


def _charger_les_cles(connexion: Connection, etats: EtatsEnMemoire, cles: Collection[Cle]) -> None:
    c = tables.demandes.c
    for vague, numeros in _par_vague({cle for cle in cles if cle not in etats.demandes}):
        for lot in lots(numeros):
            _retenir(etats, demandes(connexion, c.specification == vague, c.numero_editeur.in_(lot)))


def _par_vague(cles: Collection[Cle]) -> Iterator[tuple[str, set[str]]]:
    for vague in sorted({vague for vague, _ in cles}):
        yield vague, {numero for autre, numero in cles if autre == vague}


def _retenir(etats: EtatsEnMemoire, demandes: Iterable[EtatDemande]) -> None:
    for demande in demandes:
        etats.retenir(demande)


def demandes(connexion: Connection, *conditions: ColumnElement[bool]) -> Iterator[EtatDemande]:
    """Read the requests for which all this is true, by wave and number."""
    c = tables.demandes.c
    question = select(tables.demandes).where(*conditions).order_by(c.specification, c.numero_editeur)
    return DEMANDES.etats(connexion.execute(question), c.keys())


def trouver(connexion: Connection, numero: str, specification: Specification | None) -> EtatDemande | None:
    """Find the request with a number; see :meth:`~segur_pha.registre.Registre.demande`."""
    c = tables.demandes.c
    vague = [] if specification is None else [c.specification == specification.nom]
    trouvees = list(demandes(connexion, c.numero_editeur == numero, *vague))
    if len(trouvees) > 1:
        noms = ", ".join(d.specification for d in trouvees)
        raise RegistreError(
            f"Demande {numero} : plusieurs vagues portent ce numéro ({noms}) ; précisez laquelle (--vague ; en Python : "
            "specification=)."
        )
    return trouvees[0] if trouvees else None


def exiger(connexion: Connection, numero: str, specification: Specification | None) -> EtatDemande:
    """Find it as :func:`trouver` does, but raise :class:`~segur_pha.RegistreError` for one that the ledger does not know."""
    demande = trouver(connexion, numero, specification)
    if demande is None:
        colonne = tables.demandes.c.numero_editeur
        memes = select(colonne).where(colonne.iendswith(numero.strip().lstrip("0"), autoescape=True))
        raise inconnue(numero, connexion.scalars(memes))
    return demande


def les_fichiers(connexion: Connection, *conditions: ColumnElement[bool]) -> Iterator[EtatFichier]:
    """Read the files for which all this is true, in the order of preparation."""
    c = tables.fichiers.c
    question = select(tables.fichiers).where(*conditions).order_by(c.jour_preparation, c.nom, c.fichier)
    return FICHIERS.etats(connexion.execute(question), c.keys())


def lots(valeurs: Collection[str]) -> Iterator[list[str]]:
    """Cut values into lots small enough for one query."""
    toutes = sorted(valeurs)
    for debut in range(0, len(toutes), _LOT):
        yield toutes[debut : debut + _LOT]
