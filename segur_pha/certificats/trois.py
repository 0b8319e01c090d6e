"""The three certificates that INS and DMP require: AUTH_CLI for INSi, AUTH_CLI for the DMP, SIGN.

Support pages of two publishers say so, but the ANS's documents do not (decision 18): all that is shown here is marked as such.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.certificats.parc import Etat
from segur_pha.rapports.tableau import Tableau, accorder, en_mots

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from segur_pha.certificats.parc import Certificat, Parc
    from segur_pha.rapports.tableau import Cellule

__all__ = ["NOMS_INSI", "TroisCertificats", "phrase_des_trois", "tableau_des_trois", "trois_certificats"]

NOMS_INSI: Final = ("INSI-AUTO", "INSI-MANU")
"""The names that INSi accepts; any other one gives the error DESIR_560."""

_AUTRES_SIGNES: Final = re.compile("[^A-Z0-9]")


@frozen
class TroisCertificats:
    """Which of the three a pharmacy has on one day; if it has several of one kind, the earliest to end.

    Attributes:
        insi, dmp, signature: ``None`` when no certificate has that name; see ``manquants`` and ``incertains``.
        mal_nommes: names that resemble one of :data:`NOMS_INSI` but differ.
        sans_nom: AUTH_CLI certificates whose name is not in the source; they may serve INSi or the DMP.
    """

    finess: str
    insi: Certificat | None
    dmp: Certificat | None
    signature: Certificat | None
    mal_nommes: tuple[str, ...] = ()
    sans_nom: tuple[Certificat, ...] = ()

    @property
    def manquants(self) -> tuple[str, ...]:
        """Those that are certainly missing, in French."""
        trois = (("INSi", self.insi), ("DMP", self.dmp), ("signature", self.signature))
        return tuple(nom for nom, certificat in trois if certificat is None and nom not in self.incertains)

    @property
    def incertains(self) -> tuple[str, ...]:
        """Those that a certificate without a name may be, in French, ``"INSi"``, ``"DMP"``, both or none."""
        clients = (("INSi", self.insi), ("DMP", self.dmp))
        return tuple(nom for nom, certificat in clients if certificat is None and self.sans_nom)

    @property
    def complet(self) -> bool | None:
        """Whether all three are there; ``None`` when names missing from the source leave it open."""
        if self.manquants or len(self.incertains) > len(self.sans_nom):
            return False
        return None if self.incertains else True

    @property
    def premier(self) -> tuple[str, Certificat] | None:
        """Whichever of the three ends first, with its name in French; ``None`` when there is none."""
        trois = (("INSi", self.insi), ("DMP", self.dmp), ("signature", self.signature))
        presents = [(nom, certificat) for nom, certificat in trois if certificat is not None]
        if self.incertains:
            presents += [(" ou ".join(self.incertains), certificat) for certificat in self.sans_nom]
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
        if self.incertains:
            nombre = accorder(len(self.sans_nom), "AUTH_CLI sans nom", "AUTH_CLI sans nom")
            autre = ", l’autre manque" if len(self.incertains) > len(self.sans_nom) else ""
            dits.append(f"{nombre} dans ce suivi, à vérifier : {' ou '.join(self.incertains)}{autre}")
        return " ; ".join(dits)


def trois_certificats(parc: Parc, *, jour: date) -> dict[str, TroisCertificats]:
    """Return, by FINESS, which of the three certificates are there on a day: active, not ended, not replaced.

    Empty when the source lists neither AUTH_CLI nor SIGN at all: an export of the offer SERV says nothing about them.

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
        tuple(c for c in clients if not c.nom),
    )


def _premier(certificats: Iterable[Certificat]) -> Certificat | None:
    return min(certificats, key=lambda c: c.fin, default=None)


def phrase_des_trois(trois: dict[str, TroisCertificats], illisibles: int = 0) -> str:
    """Say in French how many pharmacies have all three; ``illisibles``: the rows whose content is not known."""
    if not trois and illisibles:
        lignes = accorder(illisibles, "ligne illisible", "lignes illisibles")
        return (
            "Les trois certificats (INSi, DMP, signature) : aucun AUTH_CLI ni SIGN parmi les lignes lues, rien n’en est dit ; "
            f"{lignes} à corriger d’abord."
        )
    if not trois:
        return "Les trois certificats (INSi, DMP, signature) : cette source n’a ni AUTH_CLI ni SIGN, rien n’en est dit."
    completes = Counter(t.complet for t in trois.values())
    doute = f", {en_mots(completes[None])} à vérifier (AUTH_CLI sans nom)" if completes[None] else ""
    return (
        f"Les trois certificats (INSi, DMP, signature) : sur {accorder(len(trois), 'officine')}, "
        f"{accorder(completes[True], 'complète')}, {accorder(completes[False], 'incomplète')}{doute}."
    )


def _ordre(trois: TroisCertificats) -> tuple[int, int, str]:
    return (
        (False, None, True).index(trois.complet),
        trois.premier[1].fin.toordinal() if trois.premier else 0,
        trois.finess,
    )


def _case(certificat: Certificat | None, incertain: bool) -> Cellule:  # noqa: FBT001
    return certificat.fin if certificat else "à vérifier" if incertain else "manque"


def tableau_des_trois(parc: Parc, trois: dict[str, TroisCertificats], *, maximum: int | None = None) -> Tableau:
    """Return one row per pharmacy, first those that lack one, then by the first of the three to end; at most ``maximum`` rows.

    If names missing from the source leave it open whether one is there, its cell says « à vérifier ».

    >>> from datetime import date
    >>> from segur_pha.certificats import Certificat, Parc
    >>> parc = Parc((Certificat("750000002", date(2026, 6, 30), usage="SIGN"),))
    >>> tableau_des_trois(parc, trois_certificats(parc, jour=date(2026, 6, 1))).rangees[0][0]
    '750000002'
    """
    lignes = sorted(trois.values(), key=_ordre)[:maximum]
    rangees: list[list[Cellule]] = [
        [
            *(t.finess, parc.nom_officine(t.finess), parc.editeur(t.finess)),
            *(_case(c, nom in t.incertains) for nom, c in (("INSi", t.insi), ("DMP", t.dmp), ("", t.signature))),
            t.premier[0] if t.premier else "",
            t.remarque,
        ]
        for t in lignes
    ]
    entetes = ("FINESS", "officine", "éditeur", "INSi", "DMP", "signature", "premier à finir", "remarque")
    return Tableau(entetes, rangees, titre="Trois certificats par officine")
