"""What is about to expire, as alerts: thresholds, what is new since the last run, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from attrs import frozen

from segur_pha.certificats.echeances import certificats_comptes
from segur_pha.certificats.jours import en_lettres
from segur_pha.certificats.parc import Certificat, Parc, ReglageInvalide, SuiviIllisible
from segur_pha.certificats.tableaux import Source, octets_de
from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.tableau import Tableau

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

__all__ = ["Alerte", "alertes", "alertes_en_csv", "alertes_en_json", "nouvelles_alertes"]

EXPIRE = 0
"""The threshold of what has expired: below every number of days."""


@frozen
class Alerte:
    """The certificates of one pharmacy that expire on one day.

    Attributes:
        fin: the day of expiry, in Europe/Paris.
        au: the day the alert was worked out for.
        seuil: the smallest threshold reached, in days; 0 once expired.
        seuils: every threshold, decreasing.
        certificats: at least one, in the fleet's order.
    """

    finess: str
    editeur: str
    nom: str
    fin: date
    au: date
    seuil: int
    seuils: tuple[int, ...]
    certificats: tuple[Certificat, ...]

    @property
    def uid(self) -> str:
        """A name that stays the same from run to run, so that a calendar updates its event instead of doubling it."""
        return f"certificats-{self.finess}-{self.fin.isoformat()}@segur-pha"

    @property
    def jours(self) -> int:
        """Days left; 0 on the day of expiry, below 0 afterwards."""
        return (self.fin - self.au).days

    @property
    def phrase(self) -> str:
        """The alert in French, without a personal value.

        >>> from datetime import date
        >>> c = Certificat("750000002", date(2026, 6, 30))
        >>> Alerte("750000002", "", "", c.fin, date(2026, 6, 20), 30, (90, 60, 30, 7), (c,)).phrase
        '750000002 : 1 certificat expire le 30/06/2026 (dans 10 jours).'
        """
        nombre = len(self.certificats)
        quoi = f"{self.nom + ' ' if self.nom else ''}{self.finess} : {nombre} certificat{'s' if nombre > 1 else ''}"
        if self.jours < 0:
            return f"{quoi} expiré{'s' if nombre > 1 else ''} le {en_lettres(self.fin)} : nouvelle commande."
        reste = f"dans {self.jours} jour{'s' if self.jours > 1 else ''}" if self.jours else "aujourd’hui"
        return f"{quoi} expire{'nt' if nombre > 1 else ''} le {en_lettres(self.fin)} ({reste})."


def alertes(parc: Parc, *, au: date, seuils: Iterable[int] = (90, 60, 30, 7)) -> list[Alerte]:
    """Return an alert for each pharmacy and day on which certificates that count expire, the most urgent first.

    What expires within the largest threshold is there, and what has already expired too (threshold 0) until it is
    replaced or revoked.  The ANS's own notice goes out 60 days before (decision 18).

    Raises:
        ReglageInvalide: no threshold, or one that is not a number of days.

    >>> from datetime import date
    >>> parc = Parc((Certificat("750000002", date(2026, 6, 30)), Certificat("010000024", date(2027, 1, 1))))
    >>> [(a.finess, a.jours, a.seuil) for a in alertes(parc, au=date(2026, 6, 20))]
    [('750000002', 10, 30)]
    """
    paliers = tuple(sorted(set(seuils), reverse=True))
    if not paliers or any(isinstance(s, bool) or not isinstance(s, int) or s < 0 for s in paliers):
        raise ReglageInvalide("Les seuils sont des nombres de jours, au moins un : 90, 60, 30, 7 par exemple.")
    groupes: dict[tuple[date, str], list[Certificat]] = {}
    for c in certificats_comptes(parc):
        if (c.fin - au).days <= paliers[0]:
            groupes.setdefault((c.fin, c.finess), []).append(c)
    return [
        Alerte(
            finess,
            parc.editeur(finess),
            parc.nom_officine(finess),
            fin,
            au,
            EXPIRE if fin < au else min(s for s in paliers if (fin - au).days <= s),
            paliers,
            tuple(groupes[fin, finess]),
        )
        for fin, finess in sorted(groupes)
    ]


def nouvelles_alertes(courantes: Iterable[Alerte], precedentes: Source) -> list[Alerte]:
    """Return the alerts that the previous output (JSON or CSV, as written here) did not hold, or not so near.

    Raises:
        SuiviIllisible: the previous output cannot be read; nothing is then taken for known.
    """
    connues = _connues(octets_de(precedentes, "fichier des alertes précédentes"))
    return [alerte for alerte in courantes if alerte.seuil < connues.get(alerte.uid, alerte.seuil + 1)]


_COLONNES = ("uid", "finess", "nom", "editeur", "expiration", "jours", "seuil", "certificats", "produits", "phrase")


def _valeurs(alerte: Alerte) -> tuple[str, str, str, str, date, int, int, int, str, str]:
    produits = " ".join(c.numero for c in alerte.certificats if c.numero)
    qui = (alerte.uid, alerte.finess, alerte.nom, alerte.editeur)
    return (*qui, alerte.fin, alerte.jours, alerte.seuil, len(alerte.certificats), produits, alerte.phrase)


def alertes_en_json(a_ecrire: Iterable[Alerte]) -> bytes:
    """Return alerts as a JSON list of objects, one per alert, the same bytes for the same alerts."""
    lignes = [
        dict(zip(_COLONNES, _valeurs(alerte), strict=True)) | {"expiration": alerte.fin.isoformat()}
        for alerte in a_ecrire
    ]
    return (json.dumps(lignes, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def alertes_en_csv(a_ecrire: Iterable[Alerte]) -> bytes:
    """Return alerts as CSV (semicolons, UTF-8 with its mark, cells safe from formulas), one row per alert."""
    return en_csv(Tableau(_COLONNES, [_valeurs(alerte) for alerte in a_ecrire]))


def _connues(octets: bytes) -> dict[str, int]:
    try:
        texte = octets.decode("utf-8-sig")
        lignes = json.loads(texte) if texte.lstrip().startswith("[") else _rangees(texte)
        return {str(ligne["uid"]): int(ligne["seuil"]) for ligne in lignes}
    except (ValueError, KeyError, TypeError, RecursionError, csv.Error) as erreur:
        raise SuiviIllisible(
            "Le fichier des alertes précédentes n’a pas été écrit par segur-pha certificats (CSV ou JSON) : "
            "indiquez le bon, ou aucun pour tout revoir."
        ) from erreur


def _rangees(texte: str) -> csv.DictReader[str]:
    rangees = csv.DictReader(io.StringIO(texte), delimiter=";")
    # Without a row, nothing but the titles tells that there was no alert from a file that is something else.
    if "uid" not in (rangees.fieldnames or ()):
        raise ValueError("no column uid")
    return rangees
