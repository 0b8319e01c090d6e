"""The ledger as a file of lines, and its migration from one version to the next."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
from sqlalchemy import func, select, text

from segur_pha.erreurs import RegistreError
from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.tableau import Tableau
from segur_pha.registre import tables
from segur_pha.registre.base import creer, ecrire_reglages, enregistrer, lire_reglages
from segur_pha.registre.copies import copier_avant_de_migrer
from segur_pha.registre.evenements import depuis_json
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Table

    from segur_pha.registre.evenements import Evenement

__all__ = [
    "MARCHES",
    "a_migrer",
    "elever",
    "exporter",
    "exporter_csv",
    "exporter_tableaux",
    "importer",
    "journal",
    "lire_export",
    "migrer",
]

_TITRE: Final = "registre segur_pha"
_LOT: Final = 500


def exporter(connexion: Connection) -> list[str]:
    """Return the ledger as JSON Lines: its settings, then every event in order.

    The first line also says how many events follow, and the SHA-256 of the whole (:func:`_empreinte`).
    """
    reglages = lire_reglages(connexion)
    lignes = [
        _ligne({"nature": nature, "evenement": msgspec.Raw(contenu.encode())}) for nature, contenu in journal(connexion)
    ]
    entete = {
        "titre": _TITRE,
        "reglages": {cle: reglages[cle] for cle in sorted(reglages)},
        "evenements": len(lignes),
    }
    return [_ligne({**entete, "sha256": _empreinte(entete, lignes)}), *lignes]


def _empreinte(entete: Mapping[str, object], lignes: Iterable[str]) -> str:
    """Return the SHA-256 of an export: of its first line without ``sha256`` and of the other lines, each ended by a line feed."""
    somme = sha256()
    for ligne in (_ligne({cle: valeur for cle, valeur in entete.items() if cle != "sha256"}), *lignes):
        somme.update(f"{ligne}\n".encode("utf-8", "surrogatepass"))
    return somme.hexdigest()


def exporter_csv(connexion: Connection) -> dict[str, bytes]:
    """Return every table as a CSV file: name → bytes."""
    return {f"{tableau.titre}.csv": en_csv(tableau) for tableau in exporter_tableaux(connexion)}


def exporter_tableaux(connexion: Connection) -> list[Tableau]:
    """Return every table, with its name as the title."""
    return [_tableau(connexion, table) for table in tables.METADONNEES.sorted_tables]


def _tableau(connexion: Connection, table: Table) -> Tableau:
    rangees = connexion.execute(select(table).order_by(*table.primary_key))
    return Tableau([colonne.name for colonne in table.c], [tuple(rangee) for rangee in rangees], titre=table.name)


def _ligne(objet: Mapping[str, object]) -> str:
    return msgspec.json.encode(objet).decode()


def journal(connexion: Connection) -> Iterator[tuple[str, str]]:
    """Yield every event, in order: (nature, JSON)."""
    t = tables.evenements.c
    yield from ((nature, contenu) for nature, contenu in connexion.execute(select(t.nature, t.contenu).order_by(t.id)))


def importer(connexion: Connection, lignes: Iterable[str], *, sans_empreinte: bool = False) -> None:
    """Fill an empty ledger from what :func:`exporter` returned, in this version or an older one.

    ``sans_empreinte``: a person says that an export that cannot be checked is complete.
    """
    if connexion.scalar(select(func.count()).select_from(tables.evenements)):
        raise RegistreError("Le registre n’est pas vide : importez dans un registre neuf.")
    reglages, suite = lire_export(lignes, sans_empreinte=sans_empreinte)
    lues = (_lire(ligne) for ligne in suite)
    _rejouer(connexion, ((str(lue.get("nature")), lue.get("evenement")) for lue in lues), _version(reglages))
    ecrire_reglages(
        connexion, {cle: str(valeur) for cle, valeur in reglages.items()} | {"version": str(tables.VERSION)}
    )


def lire_export(lignes: Iterable[str], *, sans_empreinte: bool) -> tuple[dict[str, object], list[str]]:
    """Return the settings and the lines of the events of an export, after checking that it is complete; nothing is written.

    Raises :class:`~segur_pha.RegistreError` for anything but an export of ours, and for one that lost a line or was changed since
    it was made.
    """
    premiere, *suite = [ligne.rstrip("\r\n") for ligne in lignes] or [""]
    entete = _lire(premiere)
    reglages = entete.get("reglages")
    if entete.get("titre") != _TITRE or not isinstance(reglages, dict):
        raise RegistreError("Ce fichier n’est pas l’export d’un registre : la première ligne doit en être le titre.")
    _version(reglages)
    if entete.keys() & {"evenements", "sha256"}:
        _verifier(entete, suite)
    elif not sans_empreinte:
        raise RegistreError(
            "Cet export ne dit ni combien d’événements il contient ni leur empreinte : rien n’y prouve qu’il est entier, et "
            "rien n’a été importé. S’il vient d’une version antérieure de segur_pha et que vous le savez entier, recommencez "
            "avec --sans-empreinte."
        )
    return reglages, suite


def _verifier(entete: Mapping[str, object], suite: Sequence[str]) -> None:
    annonces = entete.get("evenements")
    if isinstance(annonces, int) and annonces != len(suite):
        raise RegistreError(
            f"Cet export est incomplet ou a été changé : événements annoncés : {annonces}, présents : {len(suite)}. Rien n’a "
            "été importé : reprenez-en une copie entière, ou exportez de nouveau le registre d’origine."
        )
    if entete.get("sha256") != _empreinte(entete, suite):
        raise RegistreError(
            "Cet export a été changé depuis qu’il a été fait : son empreinte SHA-256 n’est pas celle qu’il annonce. Rien n’a "
            "été importé : reprenez-en une copie intacte, ou exportez de nouveau le registre d’origine."
        )


def _lire(ligne: str) -> dict[str, object]:
    try:
        return msgspec.json.decode(ligne, type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeEncodeError):
        raise RegistreError(
            "Ce fichier n’est pas l’export d’un registre : une ligne n’est pas un objet JSON."
        ) from None


def _version(reglages: Mapping[str, object]) -> int:
    try:
        version = int(str(reglages.get("version")))
    except ValueError:
        version = 0
    if version > tables.VERSION:
        raise RegistreError("Ce registre vient d’une version plus récente de segur_pha : mettez segur_pha à jour.")
    if version < 1:
        raise RegistreError(
            "Ce registre ne dit pas sa version : rien n’a été lu. Vérifiez que c’est bien un registre de segur_pha."
        )
    return version


def _rejouer(connexion: Connection, journal: Iterable[tuple[str, object]], version: int) -> None:
    """Write a history again, lot by lot, with each event converted to this version."""
    ecrits = ((nature, contenu if isinstance(contenu, dict) else {}) for nature, contenu in journal)
    lot: list[Evenement] = []
    for nature, champs in elever(ecrits, version):
        lot.append(depuis_json(nature, msgspec.json.encode(champs).decode()))
        if len(lot) == _LOT:
            enregistrer(connexion, lot)
            lot = []
    if lot:
        enregistrer(connexion, lot)


def a_migrer(connexion: Connection) -> bool:
    """Tell whether the ledger is of an older version; a newer one raises :class:`~segur_pha.RegistreError`."""
    return _version(lire_reglages(connexion)) < tables.VERSION


def migrer(connexion: Connection, fichier: Path | None) -> None:
    """Bring an older ledger to this version: a copy first, then every table made again from the journal.

    ``fichier`` is the SQLite file, copied beside itself; elsewhere the journal and the settings are copied into tables with the
    old version in their names.
    """
    reglages = lire_reglages(connexion)
    version = _version(reglages)
    if fichier is not None:
        copier_avant_de_migrer(fichier, fichier.with_name(f"{fichier.name}.v{version}.copie"))
    evenements = [(nature, msgspec.json.decode(contenu)) for nature, contenu in journal(connexion)]
    for table in tables.METADONNEES.sorted_tables:
        if fichier is None and table.name in {tables.evenements.name, tables.reglages.name}:
            gardee = f"CREATE TABLE {table.name}_v{version} AS SELECT * FROM {table.name}"  # noqa: S608 - our own names
            connexion.execute(text(gardee))
        connexion.execute(text(f"DROP TABLE IF EXISTS {table.name}"))
    creer(connexion, {**reglages, "version": str(tables.VERSION)})
    _rejouer(connexion, evenements, version)


#: An event as the journal keeps it: its nature, and the fields of its JSON.
Ecrit: TypeAlias = "tuple[str, dict[str, object]]"


def _vers_la_2(histoire: Iterable[Ecrit]) -> Iterator[Ecrit]:
    """Name the wave in every event about requests: version 1 held a single wave, and only named it in preparations."""
    ecrits = list(histoire)
    prepares = [champs for nature, champs in ecrits if nature == "fichier-prepare"]
    vagues = {str(champs.get("fichier")): champs.get("specification") for champs in prepares}
    defaut = prepares[0].get("specification") if prepares else PAR_DEFAUT.nom
    demandes = {
        str(champs.get("numero_editeur")): champs.get("specification")
        for nature, champs in ecrits
        if nature == "demande-preparee"
    }
    for nature, champs in ecrits:
        if nature in {"retour-recu", "ligne-recue"}:
            yield nature, champs | {"specification": vagues.get(str(champs.get("fichier")), defaut)}
        elif nature in {"decision-rendue", "avance-payee"}:
            yield nature, champs | {"specification": demandes.get(str(champs.get("numero_editeur")), defaut)}
        elif nature == "numeros-reserves":
            yield nature, champs | {"specification": defaut}
        else:
            yield nature, champs


#: Version → the function that turns its events into those of the next version.
MARCHES: Final[dict[int, Callable[[Iterable[Ecrit]], Iterator[Ecrit]]]] = {1: _vers_la_2}


def elever(histoire: Iterable[Ecrit], version: int) -> Iterable[Ecrit]:
    """Convert a history of an older version to this one.

    >>> list(elever([("numeros-reserves", {"numeros": ["00001"]})], 1))
    [('numeros-reserves', {'numeros': ['00001'], 'specification': 'PHA-LGO-Va1'})]
    """
    for marche in range(version, tables.VERSION):
        histoire = MARCHES[marche](histoire)
    return histoire
