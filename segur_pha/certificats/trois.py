"""The three certificates that INS and DMP take: AUTH_CLI for INSi, AUTH_CLI for the DMP, SIGN.

Support pages of two publishers say so, the ANS's documents do not (decision 18): whatever is told here is marked so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.certificats.parc import Etat
from segur_pha.rapports.tableau import Tableau, accorder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from segur_pha.certificats.parc import Certificat, Parc
    from segur_pha.rapports.tableau import Cellule

__all__ = ["NOMS_INSI", "TroisCertificats", "phrase_des_trois", "tableau_des_trois", "trois_certificats"]

NOMS_INSI: Final = ("INSI-AUTO", "INSI-MANU")
"""The names that INSi takes; any other one gives the error DESIR_560."""

_AUTRES_SIGNES: Final = re.compile("[^A-Z0-9]")


@frozen
class TroisCertificats:
    """Which of the three a pharmacy has on one day, the earliest to end where it has several.

    Attributes:
        insi, dmp, signature: ``None`` when it is missing.
        mal_nommes: names that look like one of :data:`NOMS_INSI` and are not.
        sans_nom: AUTH_CLI certificates whose name the source does not tell; they may be either.
    """

    finess: str
    insi: Certificat | None
    dmp: Certificat | None
    signature: Certificat | None
    mal_nommes: tuple[str, ...] = ()
    sans_nom: int = 0

    @property
    def manquants(self) -> tuple[str, ...]:
        """The missing ones, in French."""
        trois = (("INSi", self.insi), ("DMP", self.dmp), ("signature", self.signature))
        return tuple(nom for nom, certificat in trois if certificat is None)

    @property
    def premier(self) -> tuple[str, Certificat] | None:
        """The one of the three that ends first, with its name in French; ``None`` when there is none."""
        trois = (("INSi", self.insi), ("DMP", self.dmp), ("signature", self.signature))
        presents = [(nom, certificat) for nom, certificat in trois if certificat is not None]
        return min(presents, key=lambda present: present[1].fin, default=None)

    @property
    def remarque(self) -> str:
        """What to look at, in French; ``""`` when all three are there."""
        dits = [f"manque : {', '.join(self.manquants)}"] if self.manquants else []
        if self.mal_nommes:
            dits.append(
                f"nommé {', '.join(f'« {nom} »' for nom in self.mal_nommes)} : INSi répondrait DESIR_560, il attend "
                f"{' ou '.join(NOMS_INSI)}"
            )
        elif self.insi is None and not self.sans_nom:
            dits.append(f"INSi attend un AUTH_CLI nommé {' ou '.join(NOMS_INSI)} ; un autre nom donne DESIR_560")
        if self.sans_nom:
            dits.append(
                f"{accorder(self.sans_nom, 'AUTH_CLI sans nom', 'AUTH_CLI sans nom')} dans ce suivi : INSi ou DMP"
            )
        return " ; ".join(dits)


def trois_certificats(parc: Parc, *, jour: date) -> dict[str, TroisCertificats]:
    """Return, by FINESS, which of the three certificates are there on a day: active, not ended, not replaced.

    Empty when the source lists neither AUTH_CLI nor SIGN at all: an export of the offer SERV says nothing of them.

    >>> from datetime import date
    >>> from segur_pha.certificats import Certificat, Parc
    >>> parc = Parc((Certificat("750000002", date(2027, 3, 1), usage="AUTH_CLI", nom="INSI_AUTO"),
    ...              Certificat("750000002", date(2027, 2, 1), usage="SIGN", nom="LGO DMP")))
    >>> print(trois_certificats(parc, jour=date(2026, 1, 1))["750000002"].remarque)
    manque : INSi, DMP ; nommé « INSI_AUTO » : INSi répondrait DESIR_560, il attend INSI-AUTO ou INSI-MANU
    """
    if not any(c.usage.upper() in {"AUTH_CLI", "SIGN"} for c in parc.certificats):
        return {}
    par_officine: dict[str, list[Certificat]] = {finess: [] for finess in sorted(parc.finess)}
    for c in parc.comptes:
        if c.fin >= jour and c.etat in (Etat.ACTIF, Etat.NON_DIT):
            par_officine[c.finess].append(c)
    return {finess: _trois(finess, siens) for finess, siens in par_officine.items()}


def _trois(finess: str, siens: Iterable[Certificat]) -> TroisCertificats:
    clients = [c for c in siens if c.usage.upper() == "AUTH_CLI"]
    proches = [
        c for c in clients if c.nom not in NOMS_INSI and _AUTRES_SIGNES.sub("", c.nom.upper()).startswith("INSI")
    ]
    return TroisCertificats(
        finess,
        _premier(c for c in clients if c.nom in NOMS_INSI),
        _premier(c for c in clients if c.nom and c.nom not in NOMS_INSI and c not in proches),
        _premier(c for c in siens if c.usage.upper() == "SIGN"),
        tuple(dict.fromkeys(c.nom for c in proches)),
        sum(not c.nom for c in clients),
    )


def _premier(certificats: Iterable[Certificat]) -> Certificat | None:
    return min(certificats, key=lambda c: c.fin, default=None)


def phrase_des_trois(trois: dict[str, TroisCertificats]) -> str:
    """Say in French how many pharmacies have the three."""
    if not trois:
        return "Les trois certificats (INSi, DMP, signature) : cette source n’a ni AUTH_CLI ni SIGN, rien n’en est dit."
    incompletes = sum(bool(t.manquants) for t in trois.values())
    return (
        f"Les trois certificats (INSi, DMP, signature) : {accorder(len(trois) - incompletes, 'officine')} sur "
        f"{len(trois)} les ont, {accorder(incompletes, 'officine n’a pas', 'officines n’ont pas')} les trois."
    )


def _ordre(trois: TroisCertificats) -> tuple[bool, int, str]:
    return (not trois.manquants, trois.premier[1].fin.toordinal() if trois.premier else 0, trois.finess)


def tableau_des_trois(parc: Parc, trois: dict[str, TroisCertificats], *, maximum: int | None = None) -> Tableau:
    """Return one row per pharmacy, those that miss one first, then by the first of the three to end; ``maximum`` rows."""
    lignes = sorted(trois.values(), key=_ordre)[:maximum]
    rangees: list[list[Cellule]] = [
        [
            *(t.finess, parc.nom_officine(t.finess), parc.editeur(t.finess)),
            *(c.fin if c else "manque" for c in (t.insi, t.dmp, t.signature)),
            t.premier[0] if t.premier else "",
            t.remarque,
        ]
        for t in lignes
    ]
    entetes = ("FINESS", "officine", "éditeur", "INSi", "DMP", "signature", "premier à finir", "remarque")
    return Tableau(entetes, rangees, titre="Trois certificats par officine")
