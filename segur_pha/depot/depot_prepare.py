"""A deposit that was prepared: where it lies, what it holds, what to look at before the upload."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from segur_pha.depot.affichage import tableaux_des_constats
from segur_pha.rapports.notebook import en_carnet
from segur_pha.rapports.tableau import Marque, Niveau, accorder, euros

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from segur_pha.depot.constats import Constat
    from segur_pha.depot.dossier import DossierCache
    from segur_pha.table.specification import Specification

__all__ = ["DepotPrepare"]


@frozen(kw_only=True)
class DepotPrepare:
    """A deposit that lies in its folder, checked.

    Attributes:
        dossier: the folder; with ``montrer=False`` it is not there before :meth:`montrer`.
        description: how the orders were read, in French (separator and encoding of a CSV, sheet of a workbook, row of titles).
        demandes: how many requests it holds.
        fichiers: the names of its files, in the order to upload them: each JSON file before its zips, then what is not uploaded.
        fichiers_json: how many of them are files of requests.
        zips: how many zips.
        zips_au_moins: the number of zips below which no distribution could go.
        montant_ht: the total in euros before tax.
        avance: the total in euros of the advances expected, or of what else the agency should pay.
        fautes: with ``partiel``, why the orders of ``a-corriger.csv`` were left aside; else empty.
        conseils: what a careful publisher would look at before the upload.
        specification: the wave of its requests.
        cache: where it lies until it is shown; ``None`` for one that was shown at once.
    """

    dossier: Path
    description: str
    demandes: int
    fichiers: tuple[str, ...]
    fichiers_json: int
    zips: int
    zips_au_moins: int
    montant_ht: Decimal
    avance: Decimal
    fautes: tuple[Constat, ...]
    conseils: tuple[Constat, ...]
    specification: Specification = field(repr=False)
    cache: DossierCache | None = field(default=None, repr=False, eq=False)

    def montrer(self) -> Path:
        """Show a folder that was prepared out of sight (``montrer=False``), and give it; one that is shown stays as it is.

        Raises :class:`~segur_pha.DepotRefuse` when it is gone or its name was taken meanwhile;
        :class:`~segur_pha.RegistreError` before the commit of the transaction that it was recorded in, and after its
        rollback.
        """
        return self.dossier if self.cache is None else self.cache.montrer()

    def oublier(self) -> None:
        """Remove a folder that was prepared out of sight; one that is shown stays."""
        if self.cache is not None:
            self.cache.oublier()

    def _repr_html_(self) -> str:
        contenu = Marque(f"{accorder(self.demandes, 'demande')}, {accorder(self.zips, 'zip')}", Niveau.FORT)
        nom = self.specification.nom_du_montant
        montants = f"Montant HT : {euros(self.montant_ht)} ; {nom[0].lower()}{nom[1:]} : {euros(self.avance)}"
        return en_carnet(contenu, montants, *tableaux_des_constats(self.fautes, self.conseils))
