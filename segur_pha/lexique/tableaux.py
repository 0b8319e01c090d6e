"""What is said about tables that people send: exports of orders, corrections, follow-ups, notes for the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DES_CELLULES", "DES_TABLEAUX"]

_CSV_OU_CLASSEUR: Final = "Enregistrez le tableau en « CSV UTF-8 », ou en « Classeur Excel (.xlsx) »."
_RETAPER: Final = "Mettez la cellule au format Texte, puis saisissez la valeur de nouveau."

#: id → its name, what is looked at, what to do.
DES_TABLEAUX: Final[Mapping[str, tuple[str, str, str]]] = {
    "classeur-demesure": (
        "Classeur démesuré",
        "Un classeur contient un tableau de taille ordinaire, sans cellule remplie à l’autre bout de la feuille.",
        "Recopiez le tableau seul dans un classeur neuf.",
    ),
    "classeur-illisible": (
        "Classeur qui ne s’ouvre pas",
        "Le classeur est entier, d’un format d’après 2007 et sans mot de passe.",
        "Enregistrez-le de nouveau en « Classeur Excel (.xlsx) » sans mot de passe, ou en CSV.",
    ),
    "csv-illisible": (
        "Fichier qui n’est pas un CSV",
        "Un CSV est un texte ; ce fichier contient des octets qu’aucun texte n’a, ou il est en UTF-16 sans marque.",
        _CSV_OU_CLASSEUR,
    ),
    "json-au-lieu-d-un-tableau": (
        "Fichier JSON à la place d’un tableau",
        "La commande lit un tableau, CSV ou classeur, et ce fichier commence comme du JSON.",
        "Donnez un fichier de demandes à « segur-pha controler », une réponse du portail à « segur-pha retour ».",
    ),
    "encodage-douteux": (
        "Encodage douteux",
        "Les noms du fichier se lisent mieux dans un autre encodage que celui qu’on suppose d’ordinaire.",
        "Enregistrez le fichier en « CSV UTF-8 », ou indiquez son encodage (--encodage) et vérifiez les noms.",
    ),
    "encodage-illisible": (
        "Caractère illisible",
        "Chaque caractère du fichier se lit dans l’encodage du fichier, ou dans celui que vous indiquez.",
        "Enregistrez le fichier en « CSV UTF-8 », ou indiquez son encodage (--encodage).",
    ),
    "encodage-inconnu": (
        "Encodage inconnu",
        "Le nom donné à --encodage est un de ceux que la commande connaît.",
        "Choisissez un des encodages que le message énumère.",
    ),
    "encodage-inutile": (
        "Encodage donné pour un classeur",
        "L’option --encodage ne sert que pour un CSV : un classeur dit lui-même le sien.",
        "Ôtez --encodage.",
    ),
    "feuille-inconnue": (
        "Feuille introuvable",
        "Le classeur a une feuille de ce nom, ou de ce rang.",
        "Choisissez une des feuilles que le message énumère.",
    ),
    "feuille-inutile": (
        "Feuille donnée pour un CSV",
        "L’option --feuille ne sert que pour un classeur : un CSV n’a pas de feuilles.",
        "Ôtez --feuille.",
    ),
    "feuilles-laissees": (
        "Feuilles laissées de côté",
        "Une seule feuille du classeur est lue ; celles qui contiennent aussi quelque chose sont nommées.",
        "Vérifiez que la bonne feuille a été lue ; sinon, choisissez-la par --feuille.",
    ),
    "colonnes-masquees": (
        "Colonnes masquées",
        "Les colonnes que le tableur masque sont lues comme les autres.",
        "Affichez-les et vérifiez ce qu’elles contiennent.",
    ),
    "lignes-masquees": (
        "Lignes masquées",
        "Les lignes qu’un filtre ou un groupe masque sont lues comme les autres.",
        "Affichez-les ; supprimez du fichier celles qui ne doivent pas servir.",
    ),
    "tableau-demesure": (
        "Tableau trop grand",
        "Le fichier et le nombre de ses lignes restent dans les limites d’un tableau ordinaire.",
        "Vérifiez que c’est le bon fichier.",
    ),
    "titres-introuvables": (
        "Ligne de titres introuvable",
        "Une des premières lignes du tableau porte des titres de colonnes que la commande connaît.",
        "Vérifiez le fichier et la feuille ; donnez aux colonnes les titres attendus, que le message énumère.",
    ),
    "titres-de-l-export": (
        "Titres de l’export",
        "Quand il manque des colonnes, les titres qui ont été lus sont énumérés ; les lignes ne sont pas lues.",
        "Reliez vos titres aux colonnes attendues dans la partie [colonnes] d’editeur.toml.",
    ),
    "colonne-absente": (
        "Colonne absente",
        "L’export a chaque colonne annoncée dans [colonnes], et une colonne pour chaque valeur obligatoire.",
        "Ajoutez la colonne, nommez-la dans [colonnes], ou fixez la valeur dans [defauts] (editeur.toml).",
    ),
    "colonne-double": (
        "Deux colonnes du même titre",
        "Un titre ne désigne qu’une colonne.",
        "Renommez les colonnes qui ne doivent pas servir.",
    ),
    "colonnes-ignorees": (
        "Colonnes qui ne servent à rien ici",
        "Les colonnes que rien ne relie à une balise sont nommées, et leurs valeurs ne sont pas lues.",
        "Si l’une d’elles devait servir, nommez-la dans [colonnes] (editeur.toml).",
    ),
    "jour-lointain": (
        "Jour de dépôt lointain",
        "Le jour du dépôt n’est pas à plus d’un an d’aujourd’hui.",
        "Vérifiez l’année donnée à --jour ; si elle est fausse, préparez le dépôt de nouveau.",
    ),
    "ligne-decalee": (
        "Ligne décalée",
        "Une ligne n’a pas plus de cellules remplies qu’il n’y a de titres.",
        "Remettez chaque valeur sous son titre ; une valeur de CSV qui contient le séparateur se met entre guillemets.",
    ),
    "ligne-de-total": (
        "Ligne de total",
        "Une ligne de l’export est une commande, et non la somme des autres.",
        "Ôtez cette ligne de l’export.",
    ),
    "ligne-double": (
        "Ligne répétée",
        "Aucune ligne ne répète mot pour mot une ligne précédente.",
        "Ôtez une des deux lignes de l’export.",
    ),
    "ligne-illisible": (
        "Ligne ou certificat illisible",
        "Chaque ligne d’un suivi, chaque certificat d’un fichier et chaque dictionnaire donné en Python se lit en entier.",
        "Corrigez ce que le message dit de cette ligne : elle n’a pas été prise en compte.",
    ),
    "trop-de-fautes": (
        "Trop de fautes",
        "La lecture s’arrête après 10 000 fautes : le fichier ou ses titres sont sans doute faux.",
        "Vérifiez que c’est le bon fichier, puis les titres dans [colonnes] (editeur.toml).",
    ),
    "valeur-d-exemple": (
        "Valeur de notre exemple",
        "Les réglages ne contiennent plus les valeurs des exemples de segur_pha.",
        "Mettez vos propres valeurs dans editeur.toml avant le dépôt.",
    ),
    "repertoire-arrete": (
        "Extraction FINESS arrêtée",
        "Le répertoire donné est du format qui est encore publié.",
        "Prenez le fichier quotidien « finess-structures » de data.gouv.fr.",
    ),
}

#: The same for a single cell.
DES_CELLULES: Final[Mapping[str, tuple[str, str, str]]] = {
    "booleen-illisible": (
        "Réponse qui n’est ni oui ni non",
        "La cellule contient oui ou non, vrai ou faux, 1 ou 0.",
        "Écrivez oui ou non.",
    ),
    "caractere-perdu": (
        "Caractère perdu",
        "Le texte n’a pas perdu de lettre en passant d’un logiciel à l’autre : le signe � tient lieu de ce qui manque.",
        "Saisissez la valeur de nouveau.",
    ),
    "cellule-null": (
        "« null » écrit dans une cellule",
        "Une cellule sans valeur est vide : le mot « null » y a été mis par un logiciel.",
        "Videz la cellule, ou écrivez la valeur.",
    ),
    "encodage-double": (
        "Texte encodé deux fois",
        "Les accents se lisent : « LEFÃˆVRE » est « LEFÈVRE », encodé deux fois.",
        "Saisissez la valeur de nouveau.",
    ),
    "jour-illisible": (
        "Jour illisible",
        "Le jour existe, et s’écrit comme 15/11/2022 ou 2022-11-15, sans heure.",
        "Écrivez le jour de nouveau.",
    ),
    "montant-illisible": (
        "Montant illisible",
        "Le montant s’écrit comme 708,33 ou 708.33, en euros, sans signe moins.",
        "Écrivez le montant de nouveau.",
    ),
    "montant-fraction": (
        "Montant à plus de deux décimales",
        "Le montant s’arrête au centime.",
        "Arrondissez-le au centime, dans votre logiciel comme sur le bon de commande.",
    ),
    "montant-vide": (
        "Tiret à la place du montant",
        "La cellule contient un montant : un tiret est ce qu’un tableur affiche pour zéro ou pour rien.",
        "Écrivez le montant.",
    ),
    "nom-illisible": (
        "Nom qui n’est pas un texte",
        "La cellule du nom contient un texte, et non un nombre ou une date.",
        _RETAPER,
    ),
    "tableur-date": (
        "Valeur prise pour une date",
        "Le tableur a gardé la valeur telle qu’elle a été saisie.",
        _RETAPER,
    ),
    "tableur-echappement": (
        "Code laissé dans le texte",
        "Le texte ne contient pas « _x000D_ » ni un code du même genre, qu’un programme y a laissé.",
        "Ôtez ce code.",
    ),
    "tableur-erreur": (
        "Erreur du tableur",
        "La cellule contient une valeur, et non #N/A, #REF! ou une autre erreur.",
        "Corrigez la formule, ou écrivez la valeur.",
    ),
    "tableur-formule": (
        "Formule à la place du texte",
        'La cellule contient la valeur elle-même, et non une formule comme ="00001".',
        "Écrivez le texte seul.",
    ),
    "tableur-formule-sans-valeur": (
        "Formule sans résultat",
        "Le classeur contient le résultat de chaque formule, ce que le tableur écrit en l’enregistrant.",
        "Ouvrez le classeur dans votre tableur, enregistrez-le, puis recommencez ; ou écrivez la valeur.",
    ),
    "tableur-nombre": (
        "Valeur changée en nombre",
        "Un code, comme un numéro ou un FINESS, est resté un texte : un nombre perd ses zéros et ses derniers chiffres.",
        _RETAPER,
    ),
    "tableur-notation": (
        "Chiffres remplacés par « E+ »",
        "Tous les chiffres sont là : 1,75E+09 n’en garde que trois.",
        _RETAPER,
    ),
    "tableur-valeur": (
        "Valeur changée par le tableur",
        "Un texte ou une référence est resté tel qu’il a été saisi.",
        _RETAPER,
    ),
    "tableur-zeros": (
        "Zéros de tête effacés",
        "Un code de longueur fixe et un numéro de téléphone ont leurs zéros de tête, que le tableur efface d’un nombre.",
        "Écrivez la valeur que le message propose, si c’est bien elle ; pour un FINESS à la clé juste, --zeros le fait.",
    ),
    "majuscules-mises": (
        "Nom mis en majuscules",
        "Vous avez demandé --majuscules, et ce nom n’était pas en majuscules.",
        "Rien, si le nom est le bon.",
    ),
    "zero-rendu": (
        "Zéro de tête rendu",
        "Vous avez demandé --zeros, et la clé de ce FINESS est juste avec un zéro devant.",
        "Rien, si le FINESS est le bon.",
    ),
    "tranche-inconnue": (
        "Tranche sans plafond connu",
        "La tranche de chiffre d’affaires est une de celles dont le plafond est connu ; le guide n’en imprime qu’un.",
        "Corrigez la tranche, ou ajoutez son plafond dans la partie [plafonds] d’editeur.toml.",
    ),
    "plafond-depasse": (
        "Montant au-dessus du plafond",
        "Le montant hors taxe ne dépasse pas le plafond de la tranche de chiffre d’affaires.",
        "Vérifiez le montant et la tranche sur le bon de commande.",
    ),
}
