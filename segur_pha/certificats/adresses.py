"""Will the notice of expiry be read?  As in the webinar, this counts the pharmacies whose address looks invalid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segur_pha.certificats.echeances import (
    par_mois_et_editeur,
    premieres_echeances,
    total_par_editeur,
)
from segur_pha.courriels import AvisCourriel, examiner_courriel
from segur_pha.rapports.tableau import Tableau

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segur_pha.certificats.parc import Parc
    from segur_pha.rapports.tableau import Cellule

__all__ = [
    "TOTAL",
    "adresses_par_officine",
    "avis_adresses",
    "meilleurs_avis",
    "mois_invalides",
    "parts_valides",
    "tableau_adresses",
    "tableau_des_adresses",
    "tableau_mensuel_invalides",
]

TOTAL = "total"
"""The month of the total column, and the publisher of the total row."""


def adresses_par_officine(parc: Parc) -> dict[str, tuple[str, ...]]:
    """Return every known notification address by FINESS: those of the certificates that count, then the pharmacy's.

    >>> from datetime import date
    >>> from segur_pha.certificats import Certificat, Officine, Parc
    >>> un = Certificat("750000002", date(2026, 6, 30), courriels=("contact@port.example",))
    >>> adresses_par_officine(Parc((un,), officines={"750000002": Officine("750000002", courriel="direction@port.example")}))
    {'750000002': ('contact@port.example', 'direction@port.example')}
    """
    adresses: dict[str, dict[str, None]] = {finess: {} for finess in sorted(parc.finess)}
    for c in parc.comptes:
        adresses[c.finess].update(dict.fromkeys(c.courriels))
    for finess, connues in adresses.items():
        officine = parc.officines.get(finess)
        if officine and officine.courriel:
            connues[officine.courriel] = None
    return {finess: tuple(connues) for finess, connues in adresses.items()}


def avis_adresses(parc: Parc, *, toutes: bool = False, dns: bool = False) -> dict[str, AvisCourriel]:
    """Return what can be said about each pharmacy's address, by FINESS.

    Only the first address counts, as in the webinar's worst case; with ``toutes``, the best of all of them does.  ``dns`` looks
    up the domains on the network.

    Raises :class:`~segur_pha.ExtraManquant` when ``email-validator`` (extra ``certificats``) is not installed.

    >>> from datetime import date
    >>> from segur_pha.certificats import Certificat, Parc
    >>> adresses = ("contact@pharmacie", "contact@pharmacie-du-port.fr")
    >>> parc = Parc((Certificat("750000002", date(2026, 6, 30), courriels=adresses),))
    >>> avis_adresses(parc)["750000002"].valide, avis_adresses(parc, toutes=True)["750000002"].valide
    (False, True)
    """
    connus: dict[str, AvisCourriel] = {}

    def avis(adresse: str) -> AvisCourriel:
        if adresse not in connus:
            connus[adresse] = examiner_courriel(adresse, dns=dns)
        return connus[adresse]

    return {
        finess: max(map(avis, (adresses or ("",))[: None if toutes else 1]), key=_merite)
        for finess, adresses in adresses_par_officine(parc).items()
    }


def meilleurs_avis(parc: Parc, premiers: Mapping[str, AvisCourriel]) -> dict[str, AvisCourriel]:
    """Return the best advice for each pharmacy, given that on its first address, so that only the others are looked at."""
    par_officine = adresses_par_officine(parc)
    connus = {a: examiner_courriel(a) for adresses in par_officine.values() for a in adresses[1:]}
    return {
        finess: max([premiers[finess], *(connus[a] for a in adresses[1:])], key=_merite)
        for finess, adresses in par_officine.items()
    }


def _merite(avis: AvisCourriel) -> tuple[bool, bool]:
    return avis.valide, bool(avis.generique)


def tableau_adresses(parc: Parc, *, toutes: bool = False, dns: bool = False) -> list[dict[str, object]]:
    """Return the share of pharmacies with a working address: one row per publisher, then the row ``total``.

    ``nombre`` counts the pharmacies whose address looks valid, ``part`` is their share of the publisher's pharmacies (0 to 1).
    """
    return parts_valides(parc, avis_adresses(parc, toutes=toutes, dns=dns))


def parts_valides(parc: Parc, avis: Mapping[str, AvisCourriel]) -> list[dict[str, object]]:
    """Return the table of :func:`tableau_adresses` from advice already asked for."""
    valides = [finess for finess, un_avis in avis.items() if un_avis.valide]
    totaux = total_par_editeur(parc)
    nombres = dict.fromkeys(totaux, 0)
    for finess in valides:
        nombres[parc.editeur(finess)] += 1
    lignes: list[dict[str, object]] = [
        {"editeur": editeur, "nombre": nombres[editeur], "part": nombres[editeur] / total}
        for editeur, total in totaux.items()
    ]
    if valides or totaux:
        lignes.append({"editeur": TOTAL, "nombre": len(valides), "part": len(valides) / len(parc.finess)})
    return lignes


def tableau_mensuel_invalides(parc: Parc, *, toutes: bool = False, dns: bool = False) -> list[dict[str, object]]:
    """Return the monthly table of the pharmacies whose address looks invalid, with its total column.

    It has the rows of :func:`tableau_mensuel`; shares remain those of all the publisher's pharmacies.  Each publisher has one
    more row whose ``mois`` is ``"total"``.

    >>> from datetime import date
    >>> from segur_pha.certificats import Certificat, Parc
    >>> parc = Parc((Certificat("750000002", date(2026, 6, 30), courriels=("sans-arobase",)),))
    >>> [(ligne["mois"], ligne["nombre"]) for ligne in tableau_mensuel_invalides(parc)]
    [('2026-06', 1), ('total', 1)]
    """
    return mois_invalides(parc, avis_adresses(parc, toutes=toutes, dns=dns))


def tableau_des_adresses(
    parc: Parc, avis: Mapping[str, AvisCourriel] | None = None, *, maximum: int | None = None
) -> Tableau:
    """Return the pharmacies whose first address looks invalid and why, by their first deadline; at most ``maximum`` rows.

    ``avis`` is the result of :func:`avis_adresses`, if already at hand.  Pharmacies without a deadline to come, because all their
    certificates are revoked, are left out.

    Raises :class:`~segur_pha.ExtraManquant` when ``email-validator`` (extra ``certificats``) is not installed.

    >>> from datetime import date
    >>> from segur_pha.certificats import Certificat, Parc
    >>> parc = Parc((Certificat("750000002", date(2026, 6, 30), courriels=("no-reply@pharmacie-du-port.fr",)),))
    >>> tableau_des_adresses(parc).rangees[0][-1]
    'personne ne lit une adresse d’envoi automatique'
    """
    premieres = premieres_echeances(parc)
    avis = avis_adresses(parc) if avis is None else avis
    fautives = sorted((premieres[f], f) for f, un_avis in avis.items() if not un_avis.valide and f in premieres)
    rangees: list[list[Cellule]] = [
        [finess, parc.nom_officine(finess), parc.editeur(finess), fin, avis[finess].raison]
        for fin, finess in fautives[:maximum]
    ]
    entetes = ("FINESS", "officine", "éditeur", "première échéance", "ce qui ne va pas")
    return Tableau(entetes, rangees, titre="Adresses à revoir, l’échéance la plus proche d’abord")


def mois_invalides(parc: Parc, avis: Mapping[str, AvisCourriel]) -> list[dict[str, object]]:
    """Return the table of :func:`tableau_mensuel_invalides` from advice already asked for."""
    invalides = {finess: fin for finess, fin in premieres_echeances(parc).items() if not avis[finess].valide}
    cellules = par_mois_et_editeur(parc, invalides)
    lignes: list[dict[str, object]] = []
    for editeur, total in total_par_editeur(parc).items():
        siennes = [cellule for cellule in cellules if cellule["editeur"] == editeur]
        nombre = sum(1 for finess in invalides if parc.editeur(finess) == editeur)
        lignes += [*siennes, {"editeur": editeur, "mois": TOTAL, "nombre": nombre, "part": nombre / total}]
    return lignes
