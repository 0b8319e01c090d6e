"""Fleets for the tests: made of plain tuples, so that expectations never pass through the code under test."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from segur_pha.certificats import Certificat, Etat, Parc

if TYPE_CHECKING:
    from collections.abc import Iterable

JOUR = date(2025, 6, 12)
JOURS = st.integers(-400, 900).map(lambda ecart: JOUR + timedelta(days=ecart))
FINESS = st.integers(0, 5).map(lambda rang: f"99000000{rang}")

CERTIFICATS = st.builds(
    Certificat,
    FINESS,
    JOURS,
    offre=st.sampled_from(["", "ORG", "SERV"]),
    usage=st.sampled_from(["", "SIGN", "SSL_SERV"]),
    etat=st.sampled_from(Etat),
    etat_lu=st.just("bizarre"),
    nom=st.sampled_from(["", "a.exemple.fr", "b.exemple.fr"]),
)
PARCS = st.lists(CERTIFICATS, max_size=14).map(lambda certificats: Parc(tuple(certificats)))


def parc_de(*fins: date, etat: Etat = Etat.ACTIF) -> Parc:
    """Return a fleet of one certificate per pharmacy, expiring on these days."""
    return Parc(tuple(Certificat(f"99{rang:07d}", fin, etat=etat) for rang, fin in enumerate(fins)))


def csv_de(*lignes: Iterable[str], separateur: str = ";") -> str:
    """Return rows as CSV without any quoting."""
    return "".join(separateur.join(ligne) + "\n" for ligne in lignes)
