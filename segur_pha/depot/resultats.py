"""What the functions of a deposit return: a prepared deposit, and what was found in a folder to be uploaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from segur_pha.constats import lignes_par_genre
from segur_pha.depot.affichage import apercu_de_verification, tableaux_des_constats
from segur_pha.rapports.notebook import en_carnet
from segur_pha.rapports.tableau import Marque, Niveau, accorder, en_ligne, euros
from segur_pha.textes import a_minuscule

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from segur_pha.constats import Constat
    from segur_pha.depot.antecedents import DejaPartie
    from segur_pha.depot.dossier import DossierCache
    from segur_pha.table.specification import Specification

__all__ = ["DemandeDeposee", "DepotPrepare", "DocumentDepose", "Verification"]


@frozen(kw_only=True)
class DocumentDepose:
    """A document of a deposit: its name there, its type, its original name, and the zip that holds it."""

    nom: str
    type: str
    source: str = field(repr=False)
    zip: str


@frozen(kw_only=True)
class DemandeDeposee:
    """What became of an order.

    Attributes:
        ligne: its row in the export, as a spreadsheet numbers it (from 1 for mappings).
        numero_editeur: the number of its request.
        finess_geo: its pharmacy.
        fichier: the JSON file that holds the request, and ``num_ligne`` its place there, from 1.
        documents: its documents.
    """

    ligne: int
    numero_editeur: str
    finess_geo: str
    fichier: str
    num_ligne: int
    documents: tuple[DocumentDepose, ...]


@frozen(kw_only=True)
class DepotPrepare:
    """A checked deposit in its folder.

    Attributes:
        dossier: the folder; with ``montrer=False`` it does not exist before :meth:`montrer`.
        description: how the orders were read, in French (separator and encoding of a CSV, sheet of a workbook, row of titles).
        demandes: how many requests it holds.
        fichiers: the names of its files, in the order to upload them: each JSON file before its zips, then what is not uploaded.
        fichiers_json: how many of these are files of requests.
        zips: how many zips.
        zips_au_moins: the least number of zips that any distribution could need.
        montant_ht: the total in euros before tax.
        avance: the total in euros of the expected advances, or of whatever the agency should pay instead.
        lignes: each order that is sent: its row, the number of its request, its file, its documents.
        fautes: with ``partiel``, why the orders of ``a-corriger.csv`` were left aside; otherwise empty.
        conseils: what a careful publisher would look at before the upload.
        laissees: with ``nouvelles``, the orders left aside because the ledger knows them; otherwise empty.
        specification: the wave of its requests.
        cache: where it lies until it is shown; ``None`` if it was shown at once.
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
    lignes: tuple[DemandeDeposee, ...] = field(repr=False)
    fautes: tuple[Constat, ...]
    conseils: tuple[Constat, ...]
    laissees: tuple[DejaPartie, ...] = ()
    specification: Specification = field(repr=False)
    cache: DossierCache | None = field(default=None, repr=False, eq=False)

    def montrer(self) -> Path:
        """Show a folder that was prepared out of sight (``montrer=False``), and return it; if already shown, it stays as it is.

        Raises :class:`~segur_pha.DepotRefuse` when it is gone or its name was taken meanwhile;
        :class:`~segur_pha.RegistreError` before the commit of the transaction in which it was recorded, and after its rollback.
        """
        return self.dossier if self.cache is None else self.cache.montrer()

    def oublier(self) -> None:
        """Remove a folder that was prepared out of sight; one that has been shown stays."""
        if self.cache is not None:
            self.cache.oublier()

    def en_lignes(self) -> list[dict[str, object]]:
        """Return one flat mapping per document, for a table of data: the order, its request, its file, and the document.

        >>> from datetime import date
        >>> from segur_pha import Editeur
        >>> from segur_pha.depot import preparer_depot
        >>> depot = preparer_depot("examples/commandes.csv", Editeur.lire("examples/editeur.toml"), "examples/pieces",
        ...                        "depot-en-lignes", jour=date(2022, 11, 15))
        >>> [(ligne["numero_editeur"], ligne["num_ligne"], ligne["nom"]) for ligne in depot.en_lignes()][:2]
        [('00001', 1, 'PHA-LGO-Va1-BDC-00001.pdf'), ('00002', 2, 'PHA-LGO-Va1-BDC-00002.pdf')]
        """
        return [
            en_ligne(ligne, sans=["documents"]) | en_ligne(document)
            for ligne in self.lignes
            for document in ligne.documents
        ]

    def __str__(self) -> str:
        nom = self.specification.nom_du_montant
        return (
            f"Dépôt de {accorder(self.demandes, 'demande')} en {accorder(self.fichiers_json, 'fichier JSON', 'fichiers JSON')} et "
            f"{accorder(self.zips, 'zip')} : {euros(self.montant_ht)} hors taxe, {a_minuscule(nom)} : {euros(self.avance)}"
        )

    def _repr_html_(self) -> str:
        contenu = Marque(f"{accorder(self.demandes, 'demande')}, {accorder(self.zips, 'zip')}", Niveau.FORT)
        nom = self.specification.nom_du_montant
        montants = f"Montant HT : {euros(self.montant_ht)} ; {a_minuscule(nom)} : {euros(self.avance)}"
        return en_carnet(contenu, montants, *tableaux_des_constats(self.fautes, self.conseils))


#: How many faults ``str(verification)`` shows.
_DANS_LE_RESUME: Final = 10


@frozen(kw_only=True)
class Verification:
    """What was found in a folder.

    Attributes:
        fautes: what must be corrected before the upload; each ``fichier`` is a file of the folder, ``document`` a member of a
            zip.
        conseils: what a careful publisher would look at.
        demandes: how many there are; likewise for ``fichiers_json``, ``zips`` and ``pieces``.
    """

    fautes: tuple[Constat, ...]
    conseils: tuple[Constat, ...]
    demandes: int
    fichiers_json: int
    zips: int
    pieces: int

    @property
    def bon(self) -> bool:
        """Whether there is nothing to correct."""
        return not self.fautes

    def en_lignes(self) -> list[dict[str, object]]:
        """Return one flat mapping per fault, then per piece of advice, for a table of data; ``genre`` tells which.

        >>> from tempfile import TemporaryDirectory
        >>> from segur_pha.depot import verifier_depot
        >>> with TemporaryDirectory() as vide:
        ...     [(ligne["genre"], ligne["code"]) for ligne in verifier_depot(vide).en_lignes()]
        [('faute', 'json-absent')]
        """
        return lignes_par_genre({"faute": self.fautes, "conseil": self.conseils})

    def __str__(self) -> str:
        etat = "Dossier prêt" if self.bon else f"Dossier à corriger, {accorder(len(self.fautes), 'faute')}"
        contenu = (
            f"{accorder(self.demandes, 'demande')}, {accorder(self.zips, 'zip')}, {accorder(self.pieces, 'pièce')}"
        )
        return "\n".join([f"{etat} : {contenu}", *(f"  {faute}" for faute in self.fautes[:_DANS_LE_RESUME])])

    def _repr_html_(self) -> str:
        return apercu_de_verification(self)
