"""What is known about a fleet: its certificates, its pharmacies, and what could not be read.

A national fleet holds 128,698 certificates, so :class:`Certificat` is a msgspec Struct and not an attrs class (decision
26); it behaves in the same way: frozen, and compared by value.
"""

from __future__ import annotations

import enum
from collections import Counter
from datetime import date  # noqa: TC003 - Certificat resolves its annotations when asked for its signature
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec
from attrs import evolve, field, frozen

from segur_pha.certificats.natures import CertificatEcarte, NatureDeCertificat
from segur_pha.constats import Constat
from segur_pha.erreurs import SegurError
from segur_pha.identifiants import defaut_finess
from segur_pha.rapports.notebook import en_carnet
from segur_pha.rapports.tableau import accorder

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["AUTRES", "Certificat", "Etat", "Officine", "Parc", "ReglageInvalide", "SuiviIllisible", "ligne_illisible"]

AUTRES = "Autres"
"""The publisher of pharmacies without one, as named in the webinar."""


class SuiviIllisible(SegurError, ValueError):
    """A table or a folder cannot be read at all; the text says what to do."""


class ReglageInvalide(SegurError, ValueError):
    """A setting makes no sense (a capacity of 0, a threshold that is not a number of days, …)."""


class Etat(enum.Enum):
    """The state of a certificate, as given on the follow-up page."""

    ACTIF = "actif"
    EXPIRE = "expiré"
    REVOQUE = "révoqué"
    INCONNU = "inconnu"
    NON_DIT = "non dit"


class Certificat(msgspec.Struct, frozen=True, gc=False):
    """One certificate of one pharmacy.

    Attributes:
        finess: 9 characters, the pharmacy it feeds.
        fin: the day, in Europe/Paris, on which it stops working: the earlier of its own end and of its key's (decision 18).
        numero: product number of the IGC-Santé.
        nom: FQDN or CN; ``""`` when unknown, in which case there is no telling whether another one replaces it.
        etat: as far as the table gives it; ``etat_lu`` is the text itself.
        courriels: every notification address found, in the order of the table.
        ligne: the line (CSV), row (XLSX) or rank in the file (PEM) from which it was read; ``fichier``: the file, in a folder.
        fin_certificat: the day on which the certificate itself ends, if its key's own period ends earlier and so decides;
            otherwise ``None``.

    >>> from datetime import date
    >>> Certificat("750000002", date(2026, 2, 20), usage="SSL_SERV", nom="pharmacie.exemple.fr")
    Certificat(finess='750000002', fin=2026-02-20, usage='SSL_SERV', nom='pharmacie.exemple.fr')
    """

    finess: str
    fin: date
    numero: str = ""
    canal: str = ""
    debut: date | None = None
    offre: str = ""
    usage: str = ""
    etat: Etat = Etat.NON_DIT
    etat_lu: str = ""
    nom: str = ""
    courriels: tuple[str, ...] = ()
    administrateur: str = ""
    structure: str = ""
    ligne: int = 0
    fichier: str = ""
    emetteur: str = ""
    serie: str = ""
    organisation: str = ""
    departement: str = ""
    fin_certificat: date | None = None

    def __repr__(self) -> str:
        dits = ("numero", "offre", "usage", "nom")
        suite = "".join(f", {n}={v!r}" for n in dits if (v := getattr(self, n)))
        return f"Certificat(finess={self.finess!r}, fin={self.fin.isoformat()}{suite})"

    @property
    def regle(self) -> str:
        """Which end decides, in French, ``"fin de la clé"`` or, nearly always, ``"fin du certificat"``."""
        return "fin du certificat" if self.fin_certificat is None else "fin de la clé"

    @property
    def serveur(self) -> bool:
        """Whether it is a server certificate, for which the habilitation must be redone."""
        return self.usage.upper() == "SSL_SERV" or self.offre.upper() == "SERV"


@frozen
class Officine:
    """A pharmacy as the second table names it; ``courriel`` does not show in its repr."""

    finess: str
    editeur: str = ""
    nom: str = ""
    courriel: str = field(default="", repr=False)


def ligne_illisible(fichier: str, ligne: int, raison: str, numero: str = "") -> Constat:
    """Say why a row, or a certificate of a file, was not taken, without any personal value."""
    return Constat(code="ligne-illisible", message=raison, fichier=fichier, ligne=ligne, numero=numero)


def _copie(officines: Mapping[str, Officine]) -> Mapping[str, Officine]:
    return dict(officines)


@frozen(repr=False)
class Parc:
    """A fleet: every certificate that was read, and every row that could not be.

    Attributes:
        certificats: in the order of the source.
        lignes_illisibles: rows that could not be taken (none is ever dropped silently); ``fichier`` is ``"suivi"``,
            ``"officines"`` or the name of a certificate's file, ``numero`` the N° produit of the row, if it has one.
        officines: what is known about the pharmacies, by FINESS; may name pharmacies without certificates.
        avertissements: what to look at in the source besides its rows (a private key left in a folder, hidden rows, …).
        lectures: French sentences about what was read of the source: its columns, those left aside, whose certificates it lists.
        ecartes: certificates that were read and count for no pharmacy: a test certificate, or one of a publisher, a cabinet or a
            person.
        finess: the pharmacies of the fleet, those with at least one certificate read; filtering keeps them.
    """

    certificats: tuple[Certificat, ...]
    lignes_illisibles: tuple[Constat, ...] = ()
    officines: Mapping[str, Officine] = field(factory=dict, converter=_copie, hash=False)
    avertissements: tuple[Constat, ...] = ()
    ecartes: tuple[CertificatEcarte, ...] = ()
    lectures: tuple[str, ...] = ()
    finess: frozenset[str] = field()

    @finess.default
    def _finess(self) -> frozenset[str]:
        return frozenset([c.finess for c in self.certificats])

    def __repr__(self) -> str:
        return (
            f"Parc({len(self.finess)} officines, {len(self.certificats)} certificats, "
            f"{len(self.lignes_illisibles)} lignes illisibles)"
        )

    def _repr_html_(self) -> str:
        return en_carnet(
            f"{accorder(len(self.finess), 'officine')}, {accorder(len(self.certificats), 'certificat')}, "
            f"{accorder(len(self.lignes_illisibles), 'ligne illisible', 'lignes illisibles')}",
        )

    @cached_property
    def remplaces(self) -> frozenset[int]:
        """The places (in ``certificats``) of those superseded by a later one with the same offer, usage and name.

        Without a name, there is no telling that two certificates serve the same purpose.  A certificate that is revoked, or in an
        unknown state, replaces nothing.
        """
        fois = Counter(map(attrgetter("nom"), self.certificats))
        derniers: dict[tuple[str, str, str, str], date] = {}
        suivis: list[tuple[int, tuple[str, str, str, str], date]] = []
        for place, c in enumerate(self.certificats):
            # Most names occur once, and then nothing else in the certificate needs a look.
            if fois[c.nom] == 1 or not c.nom:
                continue
            cle = (c.finess, c.offre, c.usage, c.nom)
            suivis.append((place, cle, c.fin))
            if c.etat is not Etat.REVOQUE and c.etat is not Etat.INCONNU:
                connu = derniers.get(cle)
                if connu is None or connu < c.fin:
                    derniers[cle] = c.fin
        return frozenset([place for place, cle, fin in suivis if fin < derniers.get(cle, fin)])

    @cached_property
    def comptes(self) -> tuple[Certificat, ...]:
        """The certificates that count, which are the unrevoked ones that no later one replaces, in the fleet's order."""
        ecartes = self.remplaces
        return tuple(
            [c for place, c in enumerate(self.certificats) if c.etat is not Etat.REVOQUE and place not in ecartes]
        )

    @cached_property
    def par_editeur(self) -> dict[str, int]:
        """The number of pharmacies by publisher, ``Autres`` first, then by name."""
        totaux = Counter(map(self.editeur, self.finess))
        return {nom: totaux[nom] for nom in sorted(totaux, key=lambda nom: (nom != AUTRES, nom.casefold(), nom))}

    @cached_property
    def revoques_sans_suite(self) -> frozenset[int]:
        """The places of the revoked certificates that nothing replaces, since no other one has the same offer, usage and name.

        Such a certificate is as bad as one that has ended (decision 18).
        """
        revoques = [place for place, c in enumerate(self.certificats) if c.etat is Etat.REVOQUE]
        noms = {self.certificats[place].nom for place in revoques} - {""}
        vivants = {
            (c.finess, c.offre, c.usage, c.nom)
            for c in self.certificats
            if c.nom in noms and c.etat is not Etat.REVOQUE and c.etat is not Etat.INCONNU
        }
        return frozenset(
            place
            for place in revoques
            if (c := self.certificats[place]) and (c.finess, c.offre, c.usage, c.nom) not in vivants
        )

    def filtrer(
        self,
        *,
        offres: Collection[str] | None = None,
        usages: Collection[str] | None = None,
        noms: Collection[str] | None = None,
    ) -> Parc:
        """Return the same fleet with only the certificates of these offers, usages and names (ignoring case).

        The pharmacies remain those of the whole fleet, so that shares keep their meaning.

        >>> from datetime import date
        >>> parc = Parc((Certificat("750000002", date(2026, 2, 20), usage="SIGN"),
        ...              Certificat("750000002", date(2026, 5, 1), usage="SSL_SERV")))
        >>> parc.filtrer(usages=["ssl_serv"]).certificats
        (Certificat(finess='750000002', fin=2026-05-01, usage='SSL_SERV'),)
        """
        voulus = [
            (attribut, frozenset(v.casefold() for v in valeurs))
            for attribut, valeurs in (("offre", offres), ("usage", usages), ("nom", noms))
            if valeurs is not None
        ]
        gardes = tuple(c for c in self.certificats if all(getattr(c, a).casefold() in v for a, v in voulus))
        return evolve(self, certificats=gardes)

    def editeur(self, finess: str) -> str:
        """Return the publisher of a pharmacy, ``Autres`` when none is known.

        >>> parc = Parc((), officines={"990000010": Officine("990000010", "Officina", "Pharmacie du Port")})
        >>> parc.editeur("990000010"), parc.editeur("990000028")
        ('Officina', 'Autres')
        """
        officine = self.officines.get(finess)
        return (officine and officine.editeur) or AUTRES

    def nom_officine(self, finess: str) -> str:
        """Return the name of a pharmacy, ``""`` when it is not known.

        >>> parc = Parc((), officines={"990000010": Officine("990000010", "Officina", "Pharmacie du Port")})
        >>> parc.nom_officine("990000010"), parc.nom_officine("990000028")
        ('Pharmacie du Port', '')
        """
        officine = self.officines.get(finess)
        return officine.nom if officine else ""

    def compte_ecartes(self) -> dict[NatureDeCertificat, int]:
        """Return how many certificates count for no pharmacy, by nature, leaving out natures without any.

        >>> from segur_pha.certificats import CertificatEcarte, NatureDeCertificat
        >>> parc = Parc((), ecartes=(CertificatEcarte("essai.pem", 1, NatureDeCertificat.TEST),))
        >>> parc.compte_ecartes()
        {<NatureDeCertificat.TEST: 'de TEST'>: 1}
        """
        vus = Counter(ecarte.nature for ecarte in self.ecartes)
        return {nature: vus[nature] for nature in NatureDeCertificat if vus[nature]}

    def finess_douteux(self) -> tuple[str, ...]:
        """Return the pharmacies whose FINESS has a wrong key, sorted: most likely a slip in the table (advice).

        >>> from datetime import date
        >>> Parc((Certificat("750000002", date(2026, 6, 30)), Certificat("750000001", date(2026, 6, 30)))).finess_douteux()
        ('750000001',)
        """
        return tuple(sorted(f for f in self.finess if defaut_finess(f) is not None))
