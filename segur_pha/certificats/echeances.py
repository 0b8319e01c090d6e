"""When each pharmacy is affected, and how many are, by month and by publisher.

A pharmacy stops feeding the DMP on the day on which the first of its certificates that count expires (webinar of
12/06/2025, « règles de calcul »; decision 18).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from segur_pha.certificats.parc import Certificat, Parc

__all__ = [
    "certificats_comptes",
    "mois_entre",
    "par_mois_et_editeur",
    "premieres_echeances",
    "tableau_mensuel",
    "total_par_editeur",
]


def certificats_comptes(parc: Parc) -> list[Certificat]:
    """Return the certificates that count: every unrevoked one that no later one replaces, in the fleet's order.

    >>> from datetime import date
    >>> from segur_pha.certificats import Certificat, Etat, Parc
    >>> actif = Certificat("750000002", date(2026, 6, 30))
    >>> certificats_comptes(Parc((actif, Certificat("750000002", date(2027, 1, 31), etat=Etat.REVOQUE)))) == [actif]
    True
    """
    return list(parc.comptes)


def premieres_echeances(parc: Parc) -> dict[str, date]:
    """Return, by FINESS, the day (Europe/Paris) on which the first certificate that counts expires.

    A pharmacy whose certificates are all revoked has none.  ``parc.filtrer(…)`` narrows what counts.

    >>> from datetime import date
    >>> from segur_pha.certificats import Certificat, Parc
    >>> parc = Parc((Certificat("750000002", date(2026, 6, 30)), Certificat("750000002", date(2026, 3, 1))))
    >>> premieres_echeances(parc)
    {'750000002': datetime.date(2026, 3, 1)}
    """
    premieres: dict[str, date] = {}
    for c in parc.comptes:
        premieres[c.finess] = min(c.fin, premieres.get(c.finess, c.fin))
    return premieres


def total_par_editeur(parc: Parc) -> dict[str, int]:
    """Return the number of pharmacies of the fleet by publisher, ``Autres`` first, then by name."""
    return dict(parc.par_editeur)


def tableau_mensuel(parc: Parc) -> list[dict[str, object]]:
    """Return the month × publisher table of the webinar, with one row per non-empty cell.

    ``editeur``; ``mois`` as ``"2026-06"``; ``nombre``, the number of pharmacies whose first certificate expires in that month;
    ``part``, that number as a fraction (0 to 1) of the publisher's pharmacies in the fleet.

    >>> from datetime import date
    >>> from segur_pha.certificats import Certificat, Parc
    >>> tableau_mensuel(Parc((Certificat("750000002", date(2026, 6, 30)),)))
    [{'editeur': 'Autres', 'mois': '2026-06', 'nombre': 1, 'part': 1.0}]
    """
    return par_mois_et_editeur(parc, premieres_echeances(parc))


def par_mois_et_editeur(parc: Parc, echeances: Mapping[str, date]) -> list[dict[str, object]]:
    """Return the same table for some of the pharmacies; shares remain those of all the publisher's pharmacies."""
    cellules = Counter((parc.editeur(finess), fin.year, fin.month) for finess, fin in echeances.items())
    mois = sorted({(an, mois) for _, an, mois in cellules})
    return [
        {"editeur": editeur, "mois": f"{an:04}-{rang:02}", "nombre": nombre, "part": nombre / total}
        for editeur, total in total_par_editeur(parc).items()
        for an, rang in mois
        if (nombre := cellules[editeur, an, rang])
    ]


def mois_entre(cellules: Iterable[Mapping[str, object]]) -> list[str]:
    """Return every month from the first to the last of a table, including those without a pharmacy.

    >>> mois_entre([{"mois": "2026-02"}, {"mois": "2025-11"}])
    ['2025-11', '2025-12', '2026-01', '2026-02']
    """
    vus = sorted({str(cellule["mois"]) for cellule in cellules})
    if not vus:
        return []
    premier, dernier = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (vus[0], vus[-1]))
    return [f"{rang // 12:04}-{rang % 12 + 1:02}" for rang in range(premier, dernier + 1)]
