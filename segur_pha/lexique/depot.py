"""What is said about documents and deposits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DES_DEPOTS", "DES_PIECES"]

_NUMERISER: Final = "Numérisez la pièce de nouveau, ou demandez-en une autre copie."
_PREPARER: Final = "Préparez le dépôt de nouveau."
_COMPARER: Final = "Ouvrez la pièce, et comparez vous-même la date, le montant et le nom avec la commande."

#: id → its name, what is looked at, what to do.
DES_PIECES: Final[Mapping[str, tuple[str, str, str]]] = {
    "document-absent": (
        "Pièce introuvable",
        "Chaque pièce due est dans le dossier des pièces, sous le nom indiqué ou sous son nom convenu.",
        "Ajoutez la pièce au dossier, ou corrigez son nom dans l’export.",
    ),
    "document-ambigu": (
        "Plusieurs pièces du même nom",
        "Un seul fichier du dossier des pièces porte ce nom.",
        "Gardez-en un, renommez l’autre, ou indiquez le nom complet dans l’export.",
    ),
    "document-chiffre": (
        "PDF à mot de passe",
        "Le PDF s’ouvre sans mot de passe.",
        "Enregistrez-le sans mot de passe.",
    ),
    "document-dehors": (
        "Nom qui mène hors du dossier des pièces",
        "Le nom de la pièce désigne un fichier du dossier des pièces.",
        "Copiez la pièce dans ce dossier, et indiquez son seul nom.",
    ),
    "document-double": (
        "Pièce déjà utilisée par une autre ligne",
        "Un bon de commande ne sert qu’à une commande.",
        "Indiquez la pièce de cette commande.",
    ),
    "document-format": (
        "Format de la pièce différent de celui annoncé",
        "La pièce est bien du format (PDF, PNG, JPG) que l’export ou le fichier JSON annonce.",
        "Corrigez le format annoncé, ou remplacez la pièce.",
    ),
    "document-identique": (
        "Deux pièces au même contenu",
        "Les bons de commande de deux lignes n’ont pas le même contenu.",
        "Vérifiez que chaque commande a le sien.",
    ),
    "document-illisible": (
        "Pièce qui ne s’ouvre pas",
        "La pièce se lit, et ce que ses pages montrent peut être affiché.",
        _NUMERISER,
    ),
    "document-inutilise": (
        "Pièce qu’aucune commande n’utilise",
        "Chaque fichier du dossier des pièces sert à une commande.",
        "Rien, si cette pièce n’est pas à déposer ; sinon, corrigez son nom ou l’export.",
    ),
    "document-lourd": (
        "Pièce trop lourde",
        "La pièce ne dépasse pas {mo_par_piece} Mo.",
        "Réduisez la définition de la numérisation.",
    ),
    "document-type": (
        "Pièce qui n’est ni un PDF ni une image",
        "Le contenu de la pièce est un PDF, un PNG ou un JPG, quel que soit son nom.",
        "Enregistrez-la en PDF, PNG ou JPG.",
    ),
    "document-vide": (
        "Pièce vide",
        "Le fichier n’est pas vide, et le PDF a au moins une page.",
        _NUMERISER,
    ),
    "image-demesuree": (
        "Image démesurée",
        "L’image a une définition ordinaire.",
        "Numérisez à 300 points par pouce.",
    ),
    "page-non-verifiee": (
        "Page qui n’a pas pu être vérifiée",
        "Ce que chaque page montre est d’une sorte que segur_pha sait décoder.",
        "Ouvrez ce PDF et regardez les pages que le message nomme.",
    ),
    "pdf-restreint": (
        "PDF qui interdit l’impression ou la modification",
        "Le PDF s’ouvre ; un mot de passe du propriétaire en limite l’usage.",
        "Rien : il peut être déposé tel quel. L’imprimer dans un autre PDF effacerait sa signature.",
    ),
    "concordance-absence": (
        "Valeur absente du bon de commande",
        "La date, le montant, le nom et le FINESS de la commande se trouvent dans le texte de son bon de commande.",
        "Ouvrez la pièce, et vérifiez-la ainsi que la commande.",
    ),
    "concordance-illisible": (
        "Texte du PDF illisible",
        "Le texte du bon de commande se lit en entier.",
        _COMPARER,
    ),
    "concordance-image": (
        "Bon de commande sans texte",
        "Le bon de commande contient du texte, et non la seule image d’une page.",
        _COMPARER,
    ),
}

#: The same for folders, zips and the files in them.
DES_DEPOTS: Final[Mapping[str, tuple[str, str, str]]] = {
    "entree-etrangere": (
        "Autre chose qu’un fichier dans le dépôt",
        "Un dossier de dépôt ne contient que des fichiers : ni sous-dossier, ni lien.",
        "Retirez cette entrée du dossier.",
    ),
    "fichier-etranger": (
        "Fichier qui n’est pas à déposer",
        "Le dossier ne contient que des fichiers JSON et des zips.",
        "Ne téléversez pas ce fichier.",
    ),
    "fichier-illisible": (
        "Fichier qui ne se lit pas",
        "Chaque fichier JSON du dossier s’ouvre.",
        "Vérifiez vos droits d’accès à ce fichier.",
    ),
    "fichier-systeme": (
        "Fichier laissé par le système",
        "Windows et macOS laissent des fichiers à eux dans les dossiers ; ils ne gênent pas.",
        "Ne le téléversez pas.",
    ),
    "json-absent": (
        "Aucun fichier JSON",
        "Le dossier contient au moins un fichier JSON à déposer.",
        "Vérifiez que c’est le bon dossier.",
    ),
    "manifeste": (
        "Dossier différent de son manifeste",
        "Le dossier contient exactement les fichiers que manifeste.json annonce, inchangés depuis la préparation.",
        "Remettez ce qui manque et retirez ce qui est en trop ; si un fichier a changé, préparez le dépôt de nouveau.",
    ),
    "piece-absente": (
        "Pièce annoncée, absente des zips",
        "Chaque pièce qu’un fichier JSON annonce est dans un zip du dossier.",
        "Ajoutez la pièce au zip, ou préparez le dépôt de nouveau.",
    ),
    "piece-differente": (
        "Pièce qui n’est pas celle d’origine",
        "La pièce du dépôt a le contenu de la pièce d’origine, que le registre a noté en l’inscrivant.",
        "Reprenez le dossier du dépôt tel qu’il a été préparé, ou préparez-le de nouveau.",
    ),
    "piece-double": (
        "Pièce présente deux fois",
        "Une pièce n’est que dans un zip, et une seule fois.",
        "N’en gardez qu’une.",
    ),
    "piece-illisible": (
        "Zip ou pièce du dépôt illisible",
        "Les zips du dossier et leurs pièces s’ouvrent, pour être comparés avec le registre.",
        "Reprenez une copie de ce fichier, ou préparez le dépôt de nouveau.",
    ),
    "pieces-dispersees": (
        "Pièces d’une demande dans plusieurs zips",
        "Les pièces d’une même demande sont dans le même zip ; le guide ne le demande pas, mais on en oublierait une.",
        "Réunissez-les dans un zip.",
    ),
    "zip-absent": (
        "Zip absent",
        "Chaque fichier JSON dont des pièces sont dues a son zip dans le dossier.",
        "Ajoutez le zip au dossier, ou préparez le dépôt de nouveau.",
    ),
    "zip-contenu": (
        "Contenu du zip à corriger",
        "Un zip ne contient que des pièces annoncées, à sa racine, sans mot de passe, entières et de {mo_par_piece} Mo au plus.",
        "Retirez ou remplacez ce que le message nomme, ou préparez le dépôt de nouveau.",
    ),
    "zip-demesure": (
        "Zip démesuré",
        "Le zip, une fois décompressé, reste de la taille d’un zip de pièces.",
        "Répartissez les pièces sur plusieurs zips, ou préparez le dépôt de nouveau.",
    ),
    "zip-illisible": ("Zip abîmé", "Le zip s’ouvre.", _PREPARER),
    "zip-lourd": (
        "Zip trop lourd",
        "Le zip ne dépasse pas {mo_par_zip} Mo.",
        "Répartissez les pièces sur plusieurs zips.",
    ),
    "zip-systeme": (
        "Fichiers du système dans le zip",
        "Le zip ne contient que des pièces : macOS et Windows y ajoutent des fichiers à eux.",
        "Refaites le zip avec les pièces seules, ou préparez le dépôt de nouveau.",
    ),
    "numero-connu": (
        "Numéro déjà au registre",
        "Le numéro éditeur n’est celui d’aucune demande que le registre connaît : un numéro arrivé au portail ne resert pas.",
        "Retirez cette ligne si la commande est déjà partie ; sinon, donnez-lui un autre numéro.",
    ),
    "numero-en-attente": (
        "Numéros en attente dans un autre fichier",
        "Des commandes déjà préparées ne se préparent de nouveau que toutes ensemble, pour refaire le même fichier.",
        "Retirez les lignes déjà parties (ou ajoutez --nouvelles), ou abandonnez le fichier qui attend.",
    ),
    "numero-repris": (
        "Demande qui repart sous le même numéro",
        "Le fichier de cette demande a été refusé, ou elle a été abandonnée : le portail ne l’a pas prise.",
        "Rien, si la commande est bien la même.",
    ),
    "officine-deja-demandee": (
        "Officine qui a déjà une demande",
        "Aucune autre demande en cours n’est pour cette officine : une avance payée deux fois se rembourse.",
        "Retirez cette ligne, ou admettez une seconde demande (--admettre officine-deja-demandee).",
    ),
    "reste": (
        "Dossier d’une commande interrompue",
        "Aucune commande ne s’est arrêtée avant sa fin en laissant un dossier provisoire.",
        "Préparez de nouveau le dossier de ce nom si le registre le connaît ; sinon, supprimez-le.",
    ),
}
