"""What a row is for, and who fills it: how the code that serves any wave finds a balise without knowing its tag."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Acteur", "Role"]


class Acteur(StrEnum):
    """Who decides the value of a row."""

    EDITEUR = "éditeur"
    BIBLIOTHEQUE = "bibliothèque"
    ASP = "ASP"


class Role(StrEnum):
    """What a row is for; a table has at most one row for each role.

    The value is a few French words, which complete « la balise qui porte… ».

    >>> from segur_pha import VA1
    >>> VA1.role(Role.REFERENCE_ASP).nom, VA1.role(Role.OFFICINE).nom
    ('numeroASP', 'FINESSGeo')

    A request for a balance carries the reference that the agency gave to the advance: that reference has a role of its own
    (``AVANCE_SOLDEE``), while ``REFERENCE_ASP`` is the one that the agency's answer gives.
    """

    # As a key of mappings it is looked up for each line of an answer, and an enumeration's own hash is a call in Python.
    __hash__ = str.__hash__

    REFERENCE_FICHIER = "la référence de l’ASP pour le fichier"
    NUMERO_ANS = "le numéro de référencement du logiciel"
    EDITEUR = "le SIRET de l’éditeur"
    RANG = "le rang de la demande dans le fichier"
    ACTION = "l’action demandée"
    REFERENCE_ASP = "la référence de l’ASP pour la demande"
    AVANCE_SOLDEE = "la référence de l’ASP pour l’avance à solder"
    NUMERO_EDITEUR = "le numéro de l’éditeur pour la demande"
    DATE_COMMANDE = "le jour de la commande"
    REGIME = "le régime de TVA"
    MONTANT = "le montant hors taxe"
    STATUT_ADMINISTRATEUR = "le statut de l’administrateur technique"
    CARTE = "le numéro de carte de l’administrateur technique"
    NOM_ADMINISTRATEUR = "le nom de l’administrateur technique"
    TELEPHONE_ADMINISTRATEUR = "le téléphone de l’administrateur technique"
    COURRIEL_ADMINISTRATEUR = "le courriel de l’administrateur technique"
    NOM_RESPONSABLE = "le nom du responsable de l’officine"
    COURRIEL_RESPONSABLE = "le courriel du responsable de l’officine"
    TELEPHONE_RESPONSABLE = "le téléphone du responsable de l’officine"
    OFFICINE = "le FINESS de l’officine"
    PIECES = "les pièces justificatives"
    NOM_PIECE = "le nom d’une pièce"
    FORMAT_PIECE = "le format d’une pièce"
    TYPE_PIECE = "le type d’une pièce"
    OPERATEUR = "l’opérateur de messagerie"
    CODE = "le code par lequel l’ASP répond"
    LIBELLE = "la phrase par laquelle l’ASP répond"
