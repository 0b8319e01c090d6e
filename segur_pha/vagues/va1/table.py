"""The table of section 3.2 (guide of 04/11/2022): 32 balises, in order.  Everything else is derived from these classes."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - attrs classes keep their annotations resolvable (cattrs, editors)
from decimal import Decimal  # noqa: TC003 - same
from typing import ClassVar, Final

from attrs import field, frozen

from segur_pha.table.balise import Balise, Liste, Objet, balise, ecrite
from segur_pha.table.bloc import Bloc
from segur_pha.table.formats import (
    Booleen,
    Code,
    CodeDeListe,
    Constante,
    Courriel,
    DateJJMMAAAA,
    Forme,
    Montant,
    Nul,
    Rang,
    Texte,
)
from segur_pha.table.modele import Coherence  # noqa: TC001 - cattrs resolves the annotations of the class
from segur_pha.table.motifs import HORS_DES_NOMS
from segur_pha.table.roles import Acteur, Role
from segur_pha.vagues.va1.coherences import COHERENCES
from segur_pha.vagues.va1.enumerations import LIMITES, FormatFichier, RegimeTVA, StatutAdminTechnique, TypeFichier
from segur_pha.vagues.va1.noms import NOMS_DES_PIECES

__all__ = [
    "Beneficiaire",
    "CertificatsServeur",
    "Commande",
    "Demande",
    "Fichier",
    "PieceJustificative",
    "ScenarioInstallation",
]

_ENTETE_FICHIER: Final = "Entête fichier JSON"
_ENTETE_DEMANDE: Final = "Entête demande"
_COMMANDE: Final = "Infos commande"
_CERTIFICATS: Final = "Infos certificats serveur"
_BENEFICIAIRES: Final = "Infos bénéficiaires"
_PIECES: Final = "Pièces justificatives"
_SCENARIO: Final = "Scénario d’installation"
_TRAITEMENT: Final = "Informations traitement de la demande"

_NOMME_DES_FICHIERS: Final = Forme(f"[^{HORS_DES_NOMS}]*", '{texte}, sans espace ni / \\ : * ? " < > |')
_LIGNE_DE_LA_CARTE: Final = Forme(
    "[0-9]{12}", "ces 12 chiffres sont ceux de la première ligne de la carte (8 et le numéro RPPS), pas son numéro"
)
_NOM_DE_PIECE: Final = Forme(NOMS_DES_PIECES.motif, "un nom comme PHA-LGO-Va1-BDC-00001.pdf (section 3.3)")


# Any list of blocks is accepted; for anything else, the block's own check names the fault.
def _en_pieces(pieces: list[PieceJustificative] | tuple[PieceJustificative, ...]) -> tuple[PieceJustificative, ...]:
    return tuple(pieces) if isinstance(pieces, list) else pieces


def _en_demandes(demandes: list[Demande] | tuple[Demande, ...]) -> tuple[Demande, ...]:
    return tuple(demandes) if isinstance(demandes, list) else demandes


# The list of operators is loaded with the first one that is met: importing the library must stay cheap.


def _codes_operateurs() -> tuple[str, ...]:
    from segur_pha.vagues.va1.operateurs import codes_operateurs

    return codes_operateurs()


def _code_le_plus_proche(texte: str) -> str | None:
    from segur_pha.vagues.va1.operateurs import code_le_plus_proche

    return code_le_plus_proche(texte)


@frozen(kw_only=True, repr=False)
class Commande(Bloc):
    """The order signed by the pharmacy (section 3.2, « Infos commande »).

    ``montant_segur_ht`` is in euros before tax, to the cent.

    >>> from datetime import date; from decimal import Decimal
    >>> Commande(date_commande=date(2022, 11, 15), regime_tva=RegimeTVA.TTC, montant_segur_ht=Decimal("708.33"))
    ... # doctest: +ELLIPSIS
    Commande(date_commande=datetime.date(2022, 11, 15), regime_tva=<RegimeTVA.TTC: 'TTC'>, montant_segur_ht=Decimal('708.33'))
    """

    date_commande: date = field(
        metadata=balise(
            10,
            "dateCommande",
            DateJJMMAAAA(),
            imprime="VARCHAR (format « JJ/MM/AAAA »)",
            bloc=_COMMANDE,
            titre="Date de la commande",
            description="Jour où le client final a signé le bon de commande.",
            role=Role.DATE_COMMANDE,
        )
    )
    regime_tva: RegimeTVA = field(
        metadata=balise(
            11,
            "regimeTVA",
            Code(RegimeTVA),
            imprime="« TTC », « HT »",
            bloc=_COMMANDE,
            titre="Régime de TVA",
            description="Régime sous lequel l’éditeur facture la prestation Ségur.",
            role=Role.REGIME,
        )
    )
    montant_segur_ht: Decimal = field(
        metadata=balise(
            12,
            "montantSegurHT",
            Montant(decimales=2),
            imprime="FLOAT (2 chiffres après le point)",
            bloc=_COMMANDE,
            titre="Montant hors taxe",
            description="Total hors taxe de la prestation Ségur, en euros et au centime près, tel que le bon de commande l’indique.",
            role=Role.MONTANT,
        )
    )


@frozen(kw_only=True, repr=False)
class CertificatsServeur(Bloc):
    """Who installs the server certificates (section 3.2, « Infos certificats serveur »).

    >>> CertificatsServeur(
    ...     statut_admin_technique=StatutAdminTechnique.EDITEUR, numero_carte_cpx="1234567890", nom_admin_technique="Martin",
    ...     tel_admin_technique="0102030405", email_admin_technique="certificats@editeur.example").statut_admin_technique
    <StatutAdminTechnique.EDITEUR: 'E'>
    """

    statut_admin_technique: StatutAdminTechnique = field(
        metadata=balise(
            14,
            "statutAdminTechnique",
            Code(StatutAdminTechnique),
            imprime="« E » pour éditeur ou « P » pour pharmacien",
            bloc=_CERTIFICATS,
            titre="Statut de l’administrateur technique",
            description="E quand l’administrateur technique est chez l’éditeur, P quand c’est le pharmacien.",
            role=Role.STATUT_ADMINISTRATEUR,
        )
    )
    numero_carte_cpx: str = field(
        metadata=balise(
            15,
            "numeroCarteCPX",
            Texte(exact=10, meprise=_LIGNE_DE_LA_CARTE),
            imprime="VARCHAR=10",
            bloc=_CERTIFICATS,
            titre="Numéro de carte CPx",
            description="Numéro de la carte CPA ou CPS de l’administrateur technique.",
            role=Role.CARTE,
            personnelle=True,
        )
    )
    nom_admin_technique: str = field(
        metadata=balise(
            16,
            "nomAdminTechnique",
            Texte(moins_de=25),
            imprime="VARCHAR<25",
            bloc=_CERTIFICATS,
            titre="Nom de l’administrateur technique",
            description="Nom de famille de l’administrateur technique.",
            role=Role.NOM_ADMINISTRATEUR,
            personnelle=True,
        )
    )
    tel_admin_technique: str = field(
        metadata=balise(
            17,
            "telAdminTechnique",
            Texte(moins_de=50),
            imprime="VARCHAR (<50)",
            bloc=_CERTIFICATS,
            titre="Téléphone de l’administrateur technique",
            description="Numéro auquel joindre l’administrateur technique.",
            role=Role.TELEPHONE_ADMINISTRATEUR,
            personnelle=True,
        )
    )
    email_admin_technique: str = field(
        metadata=balise(
            18,
            "emailAdminTechnique",
            Courriel(moins_de=125),
            imprime="VARCHAR (<125) de type email",
            bloc=_CERTIFICATS,
            titre="Courriel de l’administrateur technique",
            description="Adresse de l’administrateur technique ; une adresse générique, qui survit aux départs, est préférable.",
            role=Role.COURRIEL_ADMINISTRATEUR,
            personnelle=True,
        )
    )


@frozen(kw_only=True, repr=False)
class Beneficiaire(Bloc):
    """The pharmacy and the person in charge of it (section 3.2, « Infos bénéficiaires »).

    >>> Beneficiaire(nom_responsable="DURAND", finess_geo="777777777")
    Beneficiaire(nom_responsable=…, email_responsable=None, telephone_responsable=None, finess_geo='777777777')
    """

    nom_responsable: str = field(
        metadata=balise(
            20,
            "nomResponsable",
            Texte(moins_de=50, majuscules=True),
            imprime="VARCHAR (<50) en MAJUSCULES",
            bloc=_BENEFICIAIRES,
            titre="Nom du responsable",
            description="Nom de famille, en majuscules, du représentant de l’officine que nomme le bon de commande.",
            role=Role.NOM_RESPONSABLE,
            personnelle=True,
        )
    )
    email_responsable: str | None = field(
        default=None,
        metadata=balise(
            21,
            "emailResponsable",
            Courriel(moins_de=125),
            imprime="VARCHAR (<125) de type email",
            bloc=_BENEFICIAIRES,
            titre="Courriel du responsable",
            description="Adresse du responsable de l’officine, ou null.",
            role=Role.COURRIEL_RESPONSABLE,
            obligatoire=False,
            personnelle=True,
        ),
    )
    telephone_responsable: str | None = field(
        default=None,
        metadata=balise(
            22,
            "telephoneResponsable",
            Texte(moins_de=50),
            imprime="VARCHAR (<50)",
            bloc=_BENEFICIAIRES,
            titre="Téléphone du responsable",
            description="Numéro auquel joindre le responsable de l’officine, ou null.",
            role=Role.TELEPHONE_RESPONSABLE,
            obligatoire=False,
            personnelle=True,
        ),
    )
    finess_geo: str = field(
        metadata=balise(
            23,
            "FINESSGeo",
            Texte(exact=9),
            imprime="VARCHAR (=9)",
            bloc=_BENEFICIAIRES,
            titre="FINESS géographique",
            description="Numéro FINESS géographique de l’officine équipée (catégories 620, 627, 628 ou 629).",
            role=Role.OFFICINE,
        )
    )


@frozen(kw_only=True, repr=False)
class PieceJustificative(Bloc):
    """A supporting document announced in the request (section 3.2, « Pièces justificatives »; its name: section 3.3).

    >>> PieceJustificative(nom_fichier="PHA-LGO-Va1-BDC-00001.pdf", format_fichier=FormatFichier.PDF,
    ...                    type_fichier=TypeFichier.BON_COMMANDE).nom_fichier
    'PHA-LGO-Va1-BDC-00001.pdf'
    """

    nom_fichier: str = field(
        metadata=balise(
            25,
            "nomFichier",
            Texte(moins_de=50, forme=_NOM_DE_PIECE),
            imprime="VARCHAR (<50)",
            bloc=_PIECES,
            titre="Nom du fichier",
            description="Nom de la pièce dans le zip : code du type, numéro éditeur de la demande et extension en minuscules.",
            role=Role.NOM_PIECE,
            section="3.2 et 3.3",
        )
    )
    format_fichier: FormatFichier = field(
        metadata=balise(
            26,
            "formatFichier",
            Code(FormatFichier),
            imprime="« PDF » « PNG » « JPG »",
            bloc=_PIECES,
            titre="Format du fichier",
            description="Format de la pièce téléversée.",
            role=Role.FORMAT_PIECE,
        )
    )
    type_fichier: TypeFichier = field(
        metadata=balise(
            27,
            "typeFichier",
            Code(TypeFichier),
            imprime="« BON_COMMANDE », « PREUVE_HT »",
            bloc=_PIECES,
            titre="Type de pièce",
            description="Bon de commande, ou attestation de non-assujettissement à la TVA des Finances publiques.",
            role=Role.TYPE_PIECE,
        )
    )


@frozen(kw_only=True, repr=False)
class ScenarioInstallation(Bloc):
    """The messaging scenario of the pharmacy (section 3.2, « Scénario d’installation »; operators: section 4).

    >>> ScenarioInstallation(has_bal_ms_sante_personnelle=True, operateur_messagerie="MAI_15")
    ScenarioInstallation(has_bal_ms_sante_personnelle=True, operateur_messagerie='MAI_15')
    """

    has_bal_ms_sante_personnelle: bool = field(
        metadata=balise(
            29,
            "hasBALMSSantePersonnelle",
            Booleen(),
            imprime="BOOLEAN",
            bloc=_SCENARIO,
            titre="Boîte MSSanté personnelle",
            description="true si le responsable dispose d’une boîte aux lettres MSSanté personnelle, false sinon.",
        )
    )
    operateur_messagerie: str | None = field(
        default=None,
        metadata=balise(
            30,
            "operateurMessagerie",
            CodeDeListe(
                liste=_codes_operateurs,
                moins_de=25,
                nom="un code de la liste des opérateurs (section 4)",
                rapprocher=_code_le_plus_proche,
            ),
            imprime="VARCHAR<25 (Code parmi la liste des valeurs possibles en section 4)",
            bloc=_SCENARIO,
            titre="Opérateur de messagerie",
            description="Code de l’opérateur de messagerie sécurisée de santé, ou null pour ne pas le renseigner.",
            role=Role.OPERATEUR,
            obligatoire=False,
            section="3.2 et 4",
        ),
    )


@frozen(kw_only=True, repr=False)
class Demande(Bloc):
    """One request for an advance, for one pharmacy (section 3.2).

    Building one checks the rules between balises (numbers and names of the documents, decision 12).

    Raises :class:`~segur_pha.DemandeInvalide` with every fault of the block.
    """

    coherences: ClassVar[tuple[Coherence, ...]] = COHERENCES

    _num_ligne: ClassVar[Balise] = ecrite(
        5,
        "numLigne",
        Rang(maximum=LIMITES.demandes_par_fichier),
        imprime="INTEGER (max 200)",
        bloc=_ENTETE_DEMANDE,
        titre="Numéro de ligne",
        description="Rang de la demande dans le fichier, à partir de 1.",
        rempli_par=Acteur.BIBLIOTHEQUE,
        role=Role.RANG,
    )
    _type_action: ClassVar[Balise] = ecrite(
        6,
        "typeAction",
        Constante("C"),
        imprime="« C »",
        bloc=_ENTETE_DEMANDE,
        titre="Type d’action",
        description="C, pour la création d’une demande d’avance : la seule valeur possible le 04/11/2022.",
        rempli_par=Acteur.BIBLIOTHEQUE,
        role=Role.ACTION,
    )
    _numero_asp: ClassVar[Balise] = ecrite(
        7,
        "numeroASP",
        Nul(),
        imprime="null",
        bloc=_ENTETE_DEMANDE,
        titre="Numéro ASP",
        description="Référence que l’ASP donne à une demande acceptée ; indispensable pour demander le solde.",
        rempli_par=Acteur.ASP,
        role=Role.REFERENCE_ASP,
    )
    numero_editeur: str = field(
        metadata=balise(
            8,
            "numeroEditeur",
            Texte(exact=5, forme=_NOMME_DES_FICHIERS),
            imprime="VARCHAR (=5)",
            bloc=_ENTETE_DEMANDE,
            titre="Numéro éditeur",
            description="Numéro que l’éditeur donne à la demande, une seule fois ; il la relie à ses pièces justificatives.",
            role=Role.NUMERO_EDITEUR,
            unique=True,
        )
    )
    commande: Commande = field(
        metadata=balise(
            9,
            "commande",
            Objet(Commande),
            imprime="N/A",
            bloc=_COMMANDE,
            titre="Commande",
            description="Le bon de commande de la prestation Ségur.",
        )
    )
    certificats_serveur: CertificatsServeur = field(
        metadata=balise(
            13,
            "certificatsServeur",
            Objet(CertificatsServeur),
            imprime="N/A",
            bloc=_CERTIFICATS,
            titre="Certificats serveur",
            description="La personne qui installe les certificats serveur de l’officine.",
        )
    )
    beneficiaire: Beneficiaire = field(
        metadata=balise(
            19,
            "beneficiaire",
            Objet(Beneficiaire),
            imprime="N/A",
            bloc=_BENEFICIAIRES,
            titre="Bénéficiaire",
            description="L’officine équipée et son responsable.",
        )
    )
    pieces_justificatives: tuple[PieceJustificative, ...] = field(
        converter=_en_pieces,
        metadata=balise(
            24,
            "piecesJustificatives",
            Liste(PieceJustificative),
            imprime="N/A",
            bloc=_PIECES,
            titre="Pièces justificatives",
            description="Les pièces jointes à la demande : le bon de commande et, au régime HT, la preuve de ce régime.",
            role=Role.PIECES,
        ),
    )
    scenario_installation: ScenarioInstallation = field(
        metadata=balise(
            28,
            "scenarioInstallation",
            Objet(ScenarioInstallation),
            imprime="N/A",
            bloc=_SCENARIO,
            titre="Scénario d’installation",
            description="La messagerie sécurisée de santé de l’officine.",
        )
    )
    _code_traitement: ClassVar[Balise] = ecrite(
        31,
        "codeTraitement",
        Nul(),
        imprime="null",
        bloc=_TRAITEMENT,
        titre="Code de traitement",
        description="Code par lequel l’ASP dit si la demande est acceptée ; null au dépôt.",
        rempli_par=Acteur.ASP,
        role=Role.CODE,
    )
    _libelle_traitement: ClassVar[Balise] = ecrite(
        32,
        "libelleTraitement",
        Nul(),
        imprime="null",
        bloc=_TRAITEMENT,
        titre="Libellé de traitement",
        description="Phrase par laquelle l’ASP dit si la demande est acceptée, ou pourquoi elle ne l’est pas ; null au dépôt.",
        rempli_par=Acteur.ASP,
        role=Role.LIBELLE,
    )


@frozen(kw_only=True, repr=False)
class Fichier(Bloc):
    """A file of 1 to 200 requests (section 2.1); the requests are numbered by their place.

    Raises :class:`~segur_pha.DemandeInvalide` for a wrong header, a wrong number of requests, or a numeroEditeur used by two of
    them.
    """

    _imp_id: ClassVar[Balise] = ecrite(
        1,
        "impId",
        Nul(),
        imprime="null",
        bloc=_ENTETE_FICHIER,
        titre="Référence ASP du fichier",
        description="Référence que l’ASP donne au fichier ; null au dépôt.",
        rempli_par=Acteur.ASP,
        role=Role.REFERENCE_FICHIER,
    )
    numero_ans: str = field(
        metadata=balise(
            2,
            "numeroAns",
            Texte(exact=10, forme=_NOMME_DES_FICHIERS),
            imprime="VARCHAR (=10)",
            bloc=_ENTETE_FICHIER,
            titre="Numéro de référencement ANS",
            description="Numéro sous lequel l’ANS a référencé le logiciel ; un seul par fichier.",
            role=Role.NUMERO_ANS,
        )
    )
    siret: str = field(
        metadata=balise(
            3,
            "SIRET",
            Texte(exact=14),
            imprime="VARCHAR (=14)",
            bloc=_ENTETE_FICHIER,
            titre="SIRET de l’éditeur",
            description="Numéro SIRET sous lequel l’éditeur s’est enrôlé sur le portail de l’ASP.",
            role=Role.EDITEUR,
        )
    )
    demandes: tuple[Demande, ...] = field(
        converter=_en_demandes,
        metadata=balise(
            4,
            "lignesImport",
            Liste(Demande, maximum=LIMITES.demandes_par_fichier),
            imprime="N/A",
            bloc=_ENTETE_FICHIER,
            titre="Demandes",
            description="Les demandes d’avance du fichier, de 1 à 200.",
        ),
    )
