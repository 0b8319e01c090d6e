"""Alerts as CSV and JSON, what has changed since an earlier day, and the folder that keeps the alerts of each day."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
import stat
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.certificats.parc import SuiviIllisible
from segur_pha.certificats.tableaux import Source, octets_de
from segur_pha.fichiers import creer_le_dossier, ecrire_sans_ecraser, lire_jusqu_a, nom_pris, ouvrir_neuf
from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.tableau import Tableau, nom_lisible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from segur_pha.certificats.lissage import Lissage
    from segur_pha.certificats.seuils import Alerte
    from segur_pha.constats import Constat
    from segur_pha.rapports.tableau import Cellule

__all__ = [
    "JOURNAL",
    "AlerteTerminee",
    "Evolution",
    "alertes_en_csv",
    "alertes_en_json",
    "en_valeur",
    "evolution",
    "exiger_un_dossier",
    "exiger_un_journal",
    "garder",
    "noter",
    "nouvelles_alertes",
    "octets_json",
    "tableau_des_alertes",
    "veille",
]

_COLONNES: Final = (
    *("uid", "finess", "nom", "editeur", "expiration", "jours", "seuil", "certificats", "produits", "phrase"),
    *("motif", "action", "jour_prevu", "administrateurs"),
)
_ILLISIBLE: Final = "ligne illisible"


@frozen
class AlerteTerminee:
    """An alert of the previous day that has ended: replaced, or no longer in the follow-up.

    Attributes:
        jour: the day on which it was found missing.
    """

    uid: str
    finess: str
    nom: str
    fin: date
    jour: date


@frozen
class Evolution:
    """What has changed since the alerts of a previous day.

    Attributes:
        nouvelles: alerts that were not there before, or not so near.
        terminees: alerts that have ended.
        illisibles: unreadable rows that were not there before.
    """

    nouvelles: tuple[Alerte, ...]
    terminees: tuple[AlerteTerminee, ...]
    illisibles: tuple[Constat, ...]

    @property
    def due(self) -> bool:
        """Whether somebody has to look, because something is new, has come nearer or can no longer be read."""
        return bool(self.nouvelles or self.illisibles)


def evolution(
    courantes: Iterable[Alerte],
    precedentes: Source | None,
    *,
    jour: date,
    illisibles: Iterable[Constat] = (),
) -> Evolution:
    """Return what has changed since the previous output (JSON or CSV, as written here); without one, everything is new.

    Raises :class:`~segur_pha.certificats.SuiviIllisible` when the previous output cannot be read; nothing is then considered as
    known.
    """
    avant = {} if precedentes is None else _connues(precedentes)
    courantes = tuple(courantes)
    presentes = {alerte.uid for alerte in courantes}
    terminees = [
        AlerteTerminee(uid, ligne["finess"], ligne["nom"], date.fromisoformat(ligne["expiration"]), jour)
        for uid, ligne in avant.items()
        if uid not in presentes and ligne["motif"] != _ILLISIBLE and ligne["expiration"]
    ]
    return Evolution(
        tuple(a for a in courantes if a.uid not in avant or a.seuil < int(avant[a.uid]["seuil"])),
        tuple(terminees),
        tuple(ligne for ligne in illisibles if _uid(ligne) not in avant),
    )


def _uid(ligne: Constat) -> str:
    """Name an unreadable row consistently from run to run, as far as it can be told from others: rows move, products do not."""
    return f"illisible-{ligne.fichier}-{ligne.numero or f'ligne-{ligne.ligne}'}@segur-pha"


def nouvelles_alertes(courantes: Iterable[Alerte], precedentes: Source) -> list[Alerte]:
    """Return the alerts that the previous output (JSON or CSV, as written here) did not hold, or not so near.

    Raises :class:`~segur_pha.certificats.SuiviIllisible` when the previous output cannot be read; nothing is then considered as
    known.

    >>> from segur_pha.certificats import Certificat, Parc, alertes
    >>> parc = Parc((Certificat("750000002", date(2026, 6, 30)),))
    >>> hier, aujourd_hui = (alertes(parc, jour=date(2026, 6, jour)) for jour in (22, 23))
    >>> len(nouvelles_alertes(hier, alertes_en_json(hier))), len(nouvelles_alertes(aujourd_hui, alertes_en_json(hier)))
    (0, 1)
    """
    return list(evolution(courantes, precedentes, jour=date.min).nouvelles)


def tableau_des_alertes(
    alertes: Iterable[Alerte], *, illisibles: Iterable[Constat] = (), lissage: Lissage | None = None
) -> Tableau:
    """Return one row per alert, then one per unreadable row, since it may hide a deadline.

    ``jour_prevu`` is the first day that ``lissage`` gives to one of the alert's certificates.
    """
    prevus = lissage.jours_par_certificat if lissage else {}
    rangees: list[list[Cellule]] = [_rangee(alerte, prevus) for alerte in alertes]
    rangees += [
        [_uid(ligne), "", "", "", None, None, 0, 0, ligne.numero, str(ligne), _ILLISIBLE, "", None, ""]
        for ligne in illisibles
    ]
    return Tableau(_COLONNES, rangees, titre="Alertes")


def _rangee(alerte: Alerte, prevus: Mapping[int, date]) -> list[Cellule]:
    certificats = alerte.certificats
    jours = [prevus[id(c)] for c in certificats if id(c) in prevus]
    return [
        *(alerte.uid, alerte.finess, alerte.nom, alerte.editeur, alerte.fin, alerte.jours, alerte.seuil),
        *(len(certificats), " ".join(_produits(alerte)), alerte.phrase, alerte.motif.value),
        alerte.action.value,
        min(jours, default=None),
        " ; ".join(_administrateurs(alerte)),
    ]


def alertes_en_json(
    a_ecrire: Iterable[Alerte], *, illisibles: Iterable[Constat] = (), lissage: Lissage | None = None
) -> bytes:
    """Return alerts as a JSON list of objects, the rows of ``tableau_des_alertes``; equal alerts give equal output.

    Days are AAAA-MM-JJ, lists are lists, and null means that there is nothing.
    """
    alertes, lignes = tuple(a_ecrire), tuple(illisibles)
    rangees = tableau_des_alertes(alertes, illisibles=lignes, lissage=lissage).rangees
    listes = [
        *({"produits": _produits(alerte), "administrateurs": _administrateurs(alerte)} for alerte in alertes),
        *({"produits": [ligne.numero] if ligne.numero else [], "administrateurs": []} for ligne in lignes),
    ]
    noms = {"nom": "officine", "certificats": "nombre_certificats"}
    return octets_json(
        {
            noms.get(cle, cle): siennes.get(cle, en_valeur(cellule))
            for cle, cellule in zip(_COLONNES, rangee, strict=True)
        }
        for rangee, siennes in zip(rangees, listes, strict=True)
    )


def _produits(alerte: Alerte) -> list[str]:
    return [c.numero for c in alerte.certificats if c.numero]


def _administrateurs(alerte: Alerte) -> list[str]:
    return list(dict.fromkeys(c.administrateur for c in alerte.certificats if c.administrateur))


def en_valeur(cellule: Cellule) -> object:
    """Return a cell for a program.

    >>> en_valeur(date(2026, 6, 30)), en_valeur(""), en_valeur(0)
    ('2026-06-30', None, 0)
    """
    return cellule.isoformat() if isinstance(cellule, date) else None if cellule == "" else cellule


def octets_json(lignes: Iterable[Mapping[str, object]]) -> bytes:
    """Write rows as a JSON list; what UTF-8 cannot write becomes ``?``."""
    return (json.dumps(list(lignes), ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def alertes_en_csv(
    a_ecrire: Iterable[Alerte], *, illisibles: Iterable[Constat] = (), lissage: Lissage | None = None
) -> bytes:
    """Return alerts as CSV (semicolons, UTF-8 with a byte order mark, cells safe from formulas).

    >>> from segur_pha.certificats import Certificat, Parc, alertes
    >>> parc = Parc((Certificat("750000002", date(2026, 6, 30)),))
    >>> alertes_en_csv(alertes(parc, jour=date(2026, 6, 22))).decode("utf-8-sig").splitlines()[0][:24]
    'uid;finess;nom;editeur;e'
    """
    return en_csv(tableau_des_alertes(a_ecrire, illisibles=illisibles, lissage=lissage))


def _connues(source: Source) -> dict[str, dict[str, str]]:
    """Return the rows of a previous output by uid; those of an older version have neither motif nor planned day."""
    octets = octets_de(source, "fichier des alertes précédentes")
    try:
        texte = octets.decode("utf-8-sig")
        lignes = json.loads(texte) if texte.lstrip().startswith("[") else _rangees(texte)
        connues = {}
        for ligne in lignes:
            int(ligne["seuil"])
            lue = {nom: str(ligne.get(nom) or "") for nom in ("finess", "expiration", "motif")}
            # The pharmacy's name is « officine » in the JSON, « nom » in the CSV.
            lue["nom"] = str(ligne.get("officine") or ligne.get("nom") or "")
            connues[str(ligne["uid"])] = {**lue, "seuil": str(ligne["seuil"])}
            date.fromisoformat(lue["expiration"] or "2000-01-01")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, csv.Error) as erreur:
        raise SuiviIllisible(
            f"Le fichier des alertes précédentes{_nom(source)} n’a pas été écrit par segur-pha certificats (CSV ou JSON), ou il est "
            "abîmé : retirez-le, ou indiquez-en un autre."
        ) from erreur
    return connues


def _nom(source: Source) -> str:
    return f" ({nom_lisible(Path(source).name)})" if isinstance(source, str | os.PathLike) else ""


def _rangees(texte: str) -> csv.DictReader[str]:
    rangees = csv.DictReader(io.StringIO(texte), delimiter=";")
    # If there are no rows, only the titles distinguish a day without alerts from a file of another kind.
    if "uid" not in (rangees.fieldnames or ()):
        raise ValueError("no column uid")
    return rangees


JOURNAL: Final = "journal.txt"
_DU_JOUR: Final = re.compile(r"alertes-([0-9]{4}-[0-9]{2}-[0-9]{2})(?:-([0-9]+))?\.json")


def _gardees(dossier: Path) -> list[tuple[date, int, Path]]:
    gardees = []
    for fichier in dossier.iterdir():
        if lu := _DU_JOUR.fullmatch(fichier.name):
            try:
                gardees.append((date.fromisoformat(lu[1]), int(lu[2] or 1), fichier))
            except ValueError as erreur:
                raise SuiviIllisible(
                    f"{fichier.name} : ce jour n’existe pas, renommez ou retirez ce fichier."
                ) from erreur
    return sorted(gardees)


def exiger_un_dossier(dossier: Path) -> None:
    """Raise :class:`~segur_pha.certificats.SuiviIllisible` where a file bears the name of the folder that keeps alerts."""
    if nom_pris(dossier) and not dossier.is_dir():
        raise SuiviIllisible(
            f"{dossier.name} est un fichier : --suivi demande un dossier, qui sera créé s’il n’existe pas."
        )


def veille(dossier: Path, jour: date) -> Path | None:
    """Return the last alerts kept before ``jour``; ``None`` on a first day.

    A second run on one day is again compared with the day before, so that it says the same.

    Raises :class:`~segur_pha.certificats.SuiviIllisible` when the folder is a file, or a name in it has a day that does not
    exist.
    """
    exiger_un_dossier(dossier)
    if not nom_pris(dossier):
        return None
    avant = [fichier for du, _, fichier in _gardees(dossier) if du < jour]
    return avant[-1] if avant else None


def garder(dossier: Path, jour: date, octets: bytes) -> Path | None:
    """Keep the alerts of a day with the others; ``None`` when identical ones are already kept.

    A second run that finds something else is kept in addition, under the next number.
    """
    creer_le_dossier(dossier)
    du_jour = [(rang, fichier) for du, rang, fichier in _gardees(dossier) if du == jour]
    if du_jour and lire_jusqu_a(du_jour[-1][1], len(octets)) == octets:
        return None
    suite = f"-{du_jour[-1][0] + 1}" if du_jour else ""
    return ecrire_sans_ecraser(dossier / f"alertes-{jour.isoformat()}{suite}.json", octets)


#: How a line of a log begins; an editor may have put a byte order mark before the first one.
_NOTEE: Final = re.compile(rb"^(?:\xef\xbb\xbf)?[0-9]{4}-[0-9]{2}-[0-9]{2} code=", re.MULTILINE)
#: What is read of a log, at its beginning and at its end: many lines.
_BOUT: Final = 4096


def exiger_un_journal(journal: Path) -> None:
    """Refuse to add a line to anything but a new or empty file, or one in which there is such a line already.

    Raises :class:`~segur_pha.certificats.SuiviIllisible`; ``IsADirectoryError`` for a folder.
    """
    if _DU_JOUR.fullmatch(journal.name):
        raise SuiviIllisible(f"{journal.name} est un nom d’alertes gardées : donnez un autre nom au journal.")
    if nom_pris(journal):
        _fin_du_journal(journal)


def _fin_du_journal(journal: Path) -> bytes:
    etat = journal.stat()
    if stat.S_ISDIR(etat.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(journal))
    if stat.S_ISREG(etat.st_mode):
        with journal.open("rb") as flux:
            debut = flux.read(_BOUT)
            flux.seek(max(0, etat.st_size - _BOUT))
            fin = flux.read(_BOUT)
        if not debut or _NOTEE.search(debut) or _NOTEE.search(fin):
            return fin
    raise SuiviIllisible(
        f"{nom_lisible(journal.name)} n’est pas un journal de segur-pha certificats, rien n’y a été ajouté : donnez avec --journal "
        "un fichier neuf ou le journal d’un passage précédent ; dans le dossier de --suivi, renommez ce fichier."
    )


def noter(journal: Path, ligne: str) -> None:
    """Add a line to a log, unless it is already the last one; raises what :func:`exiger_un_journal` raises.

    Other lines are left as they are, whatever their encoding.  A new log is its owner's alone.
    """
    creer_le_dossier(journal.parent)
    fin = _fin_du_journal(journal) if nom_pris(journal) else b""
    if fin.splitlines()[-1:] == [ligne.encode()]:
        return
    avant = os.linesep if fin and not fin.endswith(b"\n") else ""
    try:
        flux = ouvrir_neuf(journal)
    except FileExistsError:
        flux = journal.open("ab")
    with flux:
        flux.write(f"{avant}{ligne}{os.linesep}".encode())
