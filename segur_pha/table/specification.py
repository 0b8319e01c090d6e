"""One wave of one corridor: its table, what surrounds the table, and the way from a role to a row."""

from __future__ import annotations

from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol, TypeAlias

from attrs import evolve, field, frozen

from segur_pha.erreurs import ArgumentInvalide, SegurError
from segur_pha.table.balise import Balise, ClasseBloc, Liste, Objet, balises, blocs, pointeur
from segur_pha.table.formats import Format, Texte
from segur_pha.table.formats.contrat import ParValeur
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    import attrs

    from segur_pha.table.catalogue import Catalogue
    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import Coherence, ObjetBrut
    from segur_pha.table.noms import NomDeFichier, NomsDePieces

__all__ = ["Brouillon", "Conseiller", "Limites", "Specification", "exiger_une_vague"]

#: A piece of advice before its sentence is known: id, precision, tag, JSON Pointer.
Brouillon: TypeAlias = "tuple[str, str, str, str]"


class Conseiller(Protocol):
    """Gives a wave's advice on the values of the accepted lines of a file."""

    def __call__(
        self,
        entete: ObjetBrut,
        demandes: Iterable[tuple[str, attrs.AttrsInstance]],
        *,
        jour: date | None,
        categories: Mapping[str, str] | None,
    ) -> Iterator[Brouillon]:
        """Walk the requests with their pointers: ``jour`` is the day of the control, ``categories`` FINESS → category."""
        ...


@frozen(kw_only=True, eq=False)
class Limites(ParValeur):
    """What the documents and decisions 3 and 15 bound: numbers of things, bytes (1 Mo = 1,000,000 bytes), levels."""

    fichiers_par_jour: int
    demandes_par_fichier: int
    octets_du_json: int
    niveaux_du_json: int
    blocs_du_json: int
    octets_par_piece: int
    octets_par_zip: int
    anomalies_detaillees: int


@frozen(kw_only=True, slots=False, repr=False, eq=False)
class Specification(ParValeur):
    """One wave of one corridor: the table and what surrounds it.

    Attributes:
        nom: short name that a ledger stores (``"PHA-LGO-Va1"``).
        couloir: with ``logiciel`` and ``vague``, the three parts of a document's name (section 3.3).
        type_de_demande: what the portal asks for each JSON file: ``"avance"``, ``"solde"``…
        racine: the class of the file, from which every row is reached.
        coherences: the declared rules between balises.
        nom_de_fichier: the class of the names of JSON files.
        noms_des_pieces: how documents are named.
        construire: builds a request from the flat values of its keywords.
        pieces_dues: flat values → the types of the documents that a request needs, of which every request has the first.
        montant_attendu: a request → the euros that the agency should pay for it, ``None`` when that cannot be worked out.
        nom_du_montant: what that amount is called for people, as a title: « Avance attendue ».
        total_finance: the amount before tax and the VAT regime → all that the State pays, in euros: the advance and the balance
            together; ``None`` in a wave whose documents do not say it.
        plafonds: turnover tranche → ceiling in euros before tax, as far as the documents give them.
        conseils: the ids of the pieces of advice on values, and what each says.
        explications_des_conseils: id of a piece of advice → an excerpt of the example file that earns it, the right excerpt to
            replace it, and what the document says about it in French; each may be empty.
        conseiller: gives that advice (see :data:`Conseiller`).
        avis_du_registre: a FINESS and a register (FINESS → category) → the ids of the advice on the pharmacy; ``None`` where the
            wave has none.
        schema_id: the ``$id`` of the JSON Schema.
        source: the document, its version and date.
        exemple: makes a file of two made-up requests with every value filled in, from which the explanations of codes quote.
        paquet: the package of the wave, where its schema and its strategies are.
    """

    nom: str
    couloir: str
    logiciel: str
    vague: str
    type_de_demande: str
    racine: ClasseBloc
    coherences: tuple[Coherence, ...]
    limites: Limites
    nom_de_fichier: type[NomDeFichier]
    noms_des_pieces: NomsDePieces
    construire: Callable[..., attrs.AttrsInstance]
    pieces_dues: Callable[[Mapping[str, object]], tuple[str, ...]]
    montant_attendu: Callable[[attrs.AttrsInstance], Decimal | None]
    nom_du_montant: str
    plafonds: Mapping[str, Decimal]
    conseils: Mapping[str, str]
    conseiller: Conseiller
    avis_du_registre: Callable[[str, Mapping[str, str]], Iterator[str]] | None = None
    schema_id: str
    source: str
    paquet: str
    total_finance: Callable[[Decimal, str], Decimal] | None = None
    explications_des_conseils: Mapping[str, tuple[str, str, str]] = field(factory=dict)
    exemple: Callable[[], attrs.AttrsInstance] | None = None

    def __repr__(self) -> str:
        # Short, since it appears in the signature of every function that takes a specification.
        return f"<Specification {self.nom}>"

    def __hash__(self) -> int:
        return hash(self.nom)

    def nommer_fichier(self, numero_ans: str, jour: date, numero: int) -> str:
        """Name a JSON file after section 3.3: ``numero`` is its number on the day of its deposit.

        Raises :class:`~segur_pha.NomInvalide`.
        """
        return str(self.nom_de_fichier(numero_ans=numero_ans, jour=jour, numero=numero))

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

    def demandes_de(self, fichier: attrs.AttrsInstance) -> tuple[attrs.AttrsInstance, ...]:
        """List the requests of a file of the model.

        >>> from segur_pha import VA1
        >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
        >>> len(VA1.demandes_de(fichier_du_guide()))
        1
        """
        demandes: tuple[attrs.AttrsInstance, ...] = getattr(fichier, self.liste_des_demandes.attribut)
        return demandes

    def pieces_de(self, demande: attrs.AttrsInstance) -> tuple[attrs.AttrsInstance, ...]:
        """List the documents of a request of the model.

        >>> from segur_pha import VA1
        >>> from segur_pha.vagues.va1.exemples import demande_du_guide
        >>> [piece.nom_fichier for piece in VA1.pieces_de(demande_du_guide())]
        ['PHA-LGO-Va1-BDC-00001.pdf']
        """
        pieces: tuple[attrs.AttrsInstance, ...] = getattr(demande, self.role(Role.PIECES).attribut)
        return pieces

    def fichier(self, numero_ans: str, siret: str, demandes: Iterable[attrs.AttrsInstance]) -> attrs.AttrsInstance:
        """Put requests into a file of the model.

        Raises :class:`~segur_pha.DemandeInvalide` for a wrong header, a wrong number of requests, or a number used twice.

        >>> from segur_pha import VA1
        >>> from segur_pha.vagues.va1.exemples import demande_du_guide, fichier_du_guide
        >>> VA1.fichier("ANS0000001", "12345678200010", [demande_du_guide()]) == fichier_du_guide()
        True
        """
        return self.racine(
            **{
                self.role(Role.NUMERO_ANS).attribut: numero_ans,
                self.role(Role.EDITEUR).attribut: siret,
                self.liste_des_demandes.attribut: tuple(demandes),
            }
        )

    @cached_property
    def numero_de_demande(self) -> Balise:
        """The row that identifies a request, which is the unique one."""
        return next(b for b in balises(self.classe_demande) if b.unique)

    @cached_property
    def longueur_des_numeros(self) -> int:
        """How many characters a number served by the library has, which is as many as its row takes.

        >>> from segur_pha import VA1
        >>> VA1.longueur_des_numeros
        5
        """
        champ = self.numero_de_demande.format
        assert isinstance(champ, Texte)
        return champ.longueurs[1]

    @cached_property
    def balises(self) -> tuple[Balise, ...]:
        """Every row of the table, in the table's order."""
        return tuple(rangee for _, rangee in blocs(self.racine))

    @cached_property
    def roles(self) -> Mapping[Role, Balise]:
        """The row of each role that the table has.

        Raises :class:`~segur_pha.SegurError` when two rows have one role.
        """
        return {role: chemin[-1] for role, chemin in self._chemins.items()}

    def role(self, role: Role) -> Balise:
        """Return the row that has a role.

        Raises :class:`~segur_pha.SegurError` when the table has none.

        >>> from segur_pha import VA1
        >>> from segur_pha.table.roles import Role
        >>> VA1.role(Role.LIBELLE).nom
        'libelleTraitement'
        """
        return self._chemin(role)[-1]

    def nom_de(self, role: Role) -> str:
        """Name the row that has a role, for people: its tag, or what the role is where the table has no such row.

        >>> from segur_pha import VA1
        >>> from segur_pha.table.roles import Role
        >>> VA1.nom_de(Role.OFFICINE), VA1.nom_de(Role.AVANCE_SOLDEE)
        ('FINESSGeo', 'la référence de l’ASP pour l’avance à solder')
        """
        rangee = self.roles.get(role)
        return role.value if rangee is None else rangee.nom

    def avis_sur_l_officine(self, finess: str, categories: Mapping[str, str] | None) -> list[tuple[str, str]]:
        """Return the ids and sentences of the advice on a pharmacy found in a register; none without FINESS, register or advice.

        >>> from segur_pha import VA1
        >>> VA1.avis_sur_l_officine("750000002", {})
        [('finess-inconnu', 'FINESSGeo absent du registre fourni')]
        """
        if not finess or categories is None or self.avis_du_registre is None:
            return []
        return [(identifiant, self.conseils[identifiant]) for identifiant in self.avis_du_registre(finess, categories)]

    def numeroter(
        self, demande: attrs.AttrsInstance, numero: str, formats: Mapping[str, str] | None = None
    ) -> attrs.AttrsInstance:
        """Give a request a number, and its documents the names that follow; ``formats``: type of a document → its format.

        >>> from segur_pha import VA1
        >>> from segur_pha.vagues.va1.exemples import demande_du_guide
        >>> demande = VA1.numeroter(demande_du_guide(), "0000A", {"BON_COMMANDE": "PNG"})
        >>> [piece.nom_fichier for piece in demande.pieces_justificatives]
        ['PHA-LGO-Va1-BDC-0000A.png']
        """
        nom, format_, type_ = (self.role(role) for role in (Role.NOM_PIECE, Role.FORMAT_PIECE, Role.TYPE_PIECE))
        assert isinstance(format_.format, Format)
        liste = self.role(Role.PIECES).attribut
        nommees = []
        for piece in getattr(demande, liste):
            type_fichier = str(getattr(piece, type_.attribut))
            format_fichier = format_.format.lire((formats or {}).get(type_fichier) or getattr(piece, format_.attribut))
            nomme = self.noms_des_pieces.nommer(type_fichier, numero, str(format_fichier))
            change = {nom.attribut: nomme, format_.attribut: format_fichier}
            nommees.append(piece if all(getattr(piece, a) == v for a, v in change.items()) else evolve(piece, **change))
        voulu = {self.role(Role.NUMERO_EDITEUR).attribut: numero, liste: tuple(nommees)}
        if all(getattr(demande, a) == v for a, v in voulu.items()):
            return demande
        return evolve(demande, **voulu)  # type: ignore[misc]  # every class of a model is an attrs class

    def chemin(self, role: Role) -> str:
        """Return the JSON Pointer of the row that has a role, from its request, its document or the file.

        Raises :class:`~segur_pha.SegurError` when the table has none.

        >>> from segur_pha import VA1
        >>> from segur_pha.table.roles import Role
        >>> VA1.chemin(Role.OFFICINE), VA1.chemin(Role.NOM_PIECE), VA1.chemin(Role.EDITEUR)
        ('/beneficiaire/FINESSGeo', '/nomFichier', '/SIRET')
        """
        return pointeur(*(rangee.nom for rangee in self._chemin(role)))

    def valeur_brute(self, brut: Brut, role: Role) -> Brut:
        """Return the raw value of a role in a request, a document or a header, whatever its shape; ``None`` when there is none.

        >>> from segur_pha import VA1
        >>> from segur_pha.table.roles import Role
        >>> VA1.valeur_brute({"beneficiaire": {"FINESSGeo": "777777777"}}, Role.OFFICINE)
        '777777777'
        >>> VA1.valeur_brute({"beneficiaire": []}, Role.OFFICINE) is None
        True
        """
        noms = self._tags.get(role)
        if noms is None:
            return None
        for nom in noms:
            if not isinstance(brut, dict):
                return None
            brut = brut.get(nom)
        return brut

    def colonne_brute(self, bruts: Sequence[Brut], role: Role) -> Sequence[Brut]:
        """Do the same for many requests, documents or headers.

        >>> from segur_pha import VA1
        >>> from segur_pha.table.roles import Role
        >>> VA1.colonne_brute([{"beneficiaire": {"FINESSGeo": "777777777"}}, 7], Role.OFFICINE)
        ['777777777', None]
        """
        noms = self._tags.get(role)
        if noms is None:
            return [None] * len(bruts)
        for nom in noms:
            bruts = [brut.get(nom) if isinstance(brut, dict) else None for brut in bruts]
        return bruts

    def valeur(self, bloc: attrs.AttrsInstance, role: Role) -> object:
        """Return the value of a role in a request, a document or a file of the model.

        Raises :class:`~segur_pha.SegurError` when the table has no such row, or when the publisher does not decide its value.

        >>> from segur_pha import VA1
        >>> from segur_pha.table.roles import Role
        >>> from segur_pha.vagues.va1.exemples import demande_du_guide
        >>> VA1.valeur(demande_du_guide(), Role.OFFICINE)
        '777777777'
        """
        lire = self._lecteurs.get(role)
        if lire is None:
            rangee = next(rangee for rangee in self._chemin(role) if not rangee.attribut)
            raise SegurError(f"{rangee.nom} : l’éditeur ne décide pas de cette balise.", balise=rangee.nom)
        return lire(bloc)

    def _chemin(self, role: Role) -> tuple[Balise, ...]:
        chemin = self._chemins.get(role)
        if chemin is None:
            raise SegurError(f"La table {self.nom} n’a pas de balise qui porte {role.value}.")
        return chemin

    @cached_property
    def _chemins(self) -> dict[Role, tuple[Balise, ...]]:
        """The rows on the way to each role, from the nearest item of a list or from the file."""
        chemins: dict[Role, tuple[Balise, ...]] = {}
        for role, chemin in _chemins_des_roles(self.racine):
            if role in chemins:
                noms = f"{chemins[role][-1].nom} et {chemin[-1].nom}"
                raise SegurError(f"La table {self.nom} a deux balises qui portent {role.value} : {noms}.")
            chemins[role] = chemin
        return chemins

    @cached_property
    def _lecteurs(self) -> dict[Role, attrgetter[object]]:
        """What reads the value of each role that the publisher decides."""
        return {
            role: attrgetter(".".join(rangee.attribut for rangee in chemin))
            for role, chemin in self._chemins.items()
            if all(rangee.attribut for rangee in chemin)
        }

    @cached_property
    def _tags(self) -> dict[Role, tuple[str, ...]]:
        return {role: tuple([rangee.nom for rangee in chemin]) for role, chemin in self._chemins.items()}

    @cached_property
    def catalogue(self) -> Catalogue:
        """Every code that a control can give, derived from the table and the coherences."""
        from segur_pha.table.catalogue import catalogue_de

        return catalogue_de(self.balises, self.coherences)


def _chemins_des_roles(classe: ClasseBloc, avant: tuple[Balise, ...] = ()) -> Iterator[tuple[Role, tuple[Balise, ...]]]:
    for rangee in balises(classe):
        chemin = (*avant, rangee)
        if rangee.role is not None:
            yield rangee.role, chemin
        if isinstance(rangee.format, Objet | Liste):
            yield from _chemins_des_roles(rangee.format.classe, chemin if isinstance(rangee.format, Objet) else ())


def exiger_une_vague(specification: object) -> None:
    """Raise :class:`~segur_pha.SegurError` (also a ``TypeError``) for what is no wave, such as its name."""
    if not isinstance(specification, Specification):
        raise ArgumentInvalide(
            f"specification : donnez la vague elle-même (segur_pha.VA1), et non {type(specification).__name__}."
        )
