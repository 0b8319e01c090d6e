"""One wave of one corridor: its table, and what surrounds the table."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from segur_pha.table.codes import Catalogue, catalogue_de
from segur_pha.table.modele import Balise, ClasseBloc, Coherence, Liste, balises, blocs

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

__all__ = ["Limites", "Specification"]


@frozen(kw_only=True)
class Limites:
    """What the documents and decisions 3 and 15 bound: numbers of things, bytes (1 Mo = 1,000,000 bytes), levels."""

    demandes_par_fichier: int
    octets_du_json: int
    niveaux_du_json: int
    blocs_du_json: int
    octets_par_piece: int
    octets_par_zip: int
    anomalies_detaillees: int


@frozen(kw_only=True, slots=False, repr=False)
class Specification:
    """One wave of one corridor: the table and what surrounds it.

    Attributes:
        nom: short name that a ledger may store (``"PHA-LGO-Va1"``).
        couloir: with ``logiciel`` and ``vague``, the three parts of a PJ's name (section 3.3).
        racine: the class of the file, from which every row is reached.
        coherences: the declared rules between balises.
        nommer_fichier: (numeroAns, day of the deposit, number of the day) → the name of a JSON file.
        schema_id: the ``$id`` of the JSON Schema.
        source: the document, its version and date.
    """

    nom: str
    couloir: str
    logiciel: str
    vague: str
    racine: ClasseBloc
    coherences: tuple[Coherence, ...]
    limites: Limites
    nommer_fichier: Callable[[str, date, int], str]
    schema_id: str
    source: str

    def __repr__(self) -> str:
        # Short, since it stands in the signature of every function that takes a specification.
        return f"<Specification {self.nom}>"

    @cached_property
    def liste_des_demandes(self) -> Balise:
        """The row of the root that holds the requests."""
        return next(b for b in balises(self.racine) if isinstance(b.format, Liste))

    @cached_property
    def classe_demande(self) -> ClasseBloc:
        """The class of one request."""
        format_liste = self.liste_des_demandes.format
        assert isinstance(format_liste, Liste)
        return format_liste.classe

    @cached_property
    def numero_de_demande(self) -> Balise:
        """The row that names a request, the unique one."""
        return next(b for b in balises(self.classe_demande) if b.unique)

    @cached_property
    def balises(self) -> tuple[Balise, ...]:
        """Every row of the table, in the table's order."""
        return tuple(rangee for _, rangee in blocs(self.racine))

    @cached_property
    def catalogue(self) -> Catalogue:
        """Every code that a control can give, derived from the table and the coherences."""
        return catalogue_de(self.balises, self.coherences)
