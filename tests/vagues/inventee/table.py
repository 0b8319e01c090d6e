"""Invented: the table of the made-up wave, a balance for an advance that the agency has paid."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - attrs classes keep their annotations resolvable
from decimal import Decimal  # noqa: TC003 - same
from typing import ClassVar, Final

from attrs import field, frozen

from segur_pha.table.balise import Balise, Liste, Objet, balise, ecrite
from segur_pha.table.bloc import Bloc
from segur_pha.table.formats import Code, Constante, DateJJMMAAAA, Forme, Montant, Nul, Rang, Texte
from segur_pha.table.modele import Coherence  # noqa: TC001 - cattrs resolves the annotations of the class
from segur_pha.table.roles import Acteur, Role

from .noms import LIMITES, NOMS_DES_PIECES, FormatDocument, Signataire, TypeDocument
from .regles import COHERENCES

__all__ = ["DemandeDeSolde", "Document", "FichierDeSoldes", "Officine", "Service"]

_BLOC: Final = "Bloc inventé"
_ALPHANUMERIQUE: Final = Forme("[0-9A-Za-z]*", "{texte}, lettres sans accent et chiffres seulement")
_NOM: Final = Forme(NOMS_DES_PIECES.motif, "un nom comme PHA-LGO-Inv2-SF-00001.pdf")


@frozen(kw_only=True, repr=False)
class Service(Bloc):
    jour_du_service: date = field(
        metadata=balise(
            9, "jourDuService", DateJJMMAAAA(), bloc=_BLOC, titre="Jour du service", description="Jour du service fait."
        )
    )
    solde_ht: Decimal = field(
        metadata=balise(
            10, "soldeHT", Montant(decimales=2), bloc=_BLOC, titre="Solde", description="Solde.", role=Role.MONTANT
        )
    )


@frozen(kw_only=True, repr=False)
class Officine(Bloc):
    finess: str = field(
        metadata=balise(
            12, "idOfficine", Texte(exact=9), bloc=_BLOC, titre="FINESS", description="FINESS.", role=Role.OFFICINE
        )
    )
    signataire: Signataire = field(
        metadata=balise(13, "signataire", Code(Signataire), bloc=_BLOC, titre="Signataire", description="T ou M.")
    )
    nom_signataire: str = field(
        metadata=balise(
            14,
            "nomSignataire",
            Texte(moins_de=40, majuscules=True),
            bloc=_BLOC,
            titre="Nom du signataire",
            description="Nom de qui a signé.",
            role=Role.NOM_RESPONSABLE,
            personnelle=True,
        )
    )
    courriel: str | None = field(
        default=None,
        metadata=balise(
            15,
            "courrielSignataire",
            Texte(moins_de=60),
            bloc=_BLOC,
            titre="Courriel",
            description="Courriel, ou null.",
            role=Role.COURRIEL_RESPONSABLE,
            obligatoire=False,
            personnelle=True,
        ),
    )


@frozen(kw_only=True, repr=False)
class Document(Bloc):
    nom: str = field(
        metadata=balise(
            17, "nom", Texte(moins_de=50, forme=_NOM), bloc=_BLOC, titre="Nom", description="Nom.", role=Role.NOM_PIECE
        )
    )
    genre: TypeDocument = field(
        metadata=balise(
            18, "genre", Code(TypeDocument), bloc=_BLOC, titre="Genre", description="Genre.", role=Role.TYPE_PIECE
        )
    )
    extension: FormatDocument = field(
        metadata=balise(
            19,
            "extension",
            Code(FormatDocument),
            bloc=_BLOC,
            titre="Format",
            description="Format.",
            role=Role.FORMAT_PIECE,
        )
    )


@frozen(kw_only=True, repr=False)
class DemandeDeSolde(Bloc):
    coherences: ClassVar[tuple[Coherence, ...]] = COHERENCES

    _place: ClassVar[Balise] = ecrite(
        5,
        "place",
        Rang(maximum=LIMITES.demandes_par_fichier),
        bloc=_BLOC,
        titre="Rang",
        description="Rang.",
        rempli_par=Acteur.BIBLIOTHEQUE,
        role=Role.RANG,
    )
    _type_action: ClassVar[Balise] = ecrite(
        6,
        "typeAction",
        Constante("S"),
        bloc=_BLOC,
        titre="Action",
        description="S, pour un solde.",
        rempli_par=Acteur.BIBLIOTHEQUE,
        role=Role.ACTION,
    )
    numero_asp: str = field(
        metadata=balise(
            7,
            "numeroASP",
            Texte(moins_de=30),
            bloc=_BLOC,
            titre="Avance à solder",
            description="Référence que l’ASP a donnée à l’avance.",
            role=Role.AVANCE_SOLDEE,
        )
    )
    _reference: ClassVar[Balise] = ecrite(
        20,
        "referenceSolde",
        Nul(),
        bloc=_BLOC,
        titre="Référence",
        description="Référence de l’ASP pour le solde.",
        rempli_par=Acteur.ASP,
        role=Role.REFERENCE_ASP,
    )
    numero_solde: str = field(
        metadata=balise(
            8,
            "numeroSolde",
            Texte(moins_de=7, forme=_ALPHANUMERIQUE),
            bloc=_BLOC,
            titre="Numéro",
            description="Numéro de l’éditeur.",
            role=Role.NUMERO_EDITEUR,
            unique=True,
        )
    )
    service: Service = field(
        metadata=balise(21, "service", Objet(Service), bloc=_BLOC, titre="Service", description="Le service fait.")
    )
    officine: Officine = field(
        metadata=balise(11, "officine", Objet(Officine), bloc=_BLOC, titre="Officine", description="L’officine.")
    )
    documents: tuple[Document, ...] = field(
        converter=tuple,
        metadata=balise(
            16, "documents", Liste(Document), bloc=_BLOC, titre="Documents", description="Joints.", role=Role.PIECES
        ),
    )
    _code: ClassVar[Balise] = ecrite(
        22,
        "codeReponse",
        Nul(),
        bloc=_BLOC,
        titre="Code",
        description="Code de l’ASP.",
        rempli_par=Acteur.ASP,
        role=Role.CODE,
    )
    _libelle: ClassVar[Balise] = ecrite(
        23,
        "motReponse",
        Nul(),
        bloc=_BLOC,
        titre="Libellé",
        description="Phrase de l’ASP.",
        rempli_par=Acteur.ASP,
        role=Role.LIBELLE,
    )


@frozen(kw_only=True, repr=False)
class FichierDeSoldes(Bloc):
    _reference: ClassVar[Balise] = ecrite(
        1,
        "referenceFichier",
        Nul(),
        bloc=_BLOC,
        titre="Référence",
        description="Référence de l’ASP pour le fichier.",
        rempli_par=Acteur.ASP,
        role=Role.REFERENCE_FICHIER,
    )
    reference_ans: str = field(
        metadata=balise(
            2,
            "referenceANS",
            Texte(exact=10, forme=_ALPHANUMERIQUE),
            bloc=_BLOC,
            titre="Référence ANS",
            description="Référence du logiciel.",
            role=Role.NUMERO_ANS,
        )
    )
    siret_editeur: str = field(
        metadata=balise(
            3, "siretEditeur", Texte(exact=14), bloc=_BLOC, titre="SIRET", description="SIRET.", role=Role.EDITEUR
        )
    )
    soldes: tuple[DemandeDeSolde, ...] = field(
        converter=tuple,
        metadata=balise(
            4,
            "soldes",
            Liste(DemandeDeSolde, maximum=LIMITES.demandes_par_fichier),
            bloc=_BLOC,
            titre="Soldes",
            description="Les demandes de solde.",
        ),
    )
