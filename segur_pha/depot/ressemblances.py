"""Which column of an export is probably which keyword: proposed to a person, never taken for granted (decision 22)."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from segur_pha.constats import Constat
from segur_pha.depot.valeurs import attendu_en_cellule
from segur_pha.depot.vocabulaire import TRANCHE
from segur_pha.rapports.tableau import nom_lisible
from segur_pha.table.formats import Format
from segur_pha.table.roles import Role
from segur_pha.tableurs import cle_de_titre
from segur_pha.tableurs.rangees import semble_une_valeur
from segur_pha.textes import sans_accents

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from segur_pha.depot.vocabulaire import Vocabulaire
    from segur_pha.table.balise import Balise

__all__ = [
    "TITRES_D_OFFICINE",
    "attendu_de",
    "colonnes_absentes",
    "mots_plies",
    "noms_de",
    "sont_des_titres",
    "titres_ressemblants",
]

#: What people call these columns, besides the keyword, the tag and its title.
_USAGES: Final[Mapping[Role, Sequence[str]]] = {
    Role.NUMERO_EDITEUR: ("n° demande", "n° commande", "réf commande", "référence"),
    Role.DATE_COMMANDE: ("date", "date de signature", "date du bon", "signé le"),
    Role.REGIME: ("tva", "régime"),
    Role.MONTANT: ("montant ht", "prix ht", "total ht", "ht"),
    Role.NOM_RESPONSABLE: ("titulaire", "nom du titulaire", "nom titulaire", "pharmacien titulaire", "nom"),
    Role.COURRIEL_RESPONSABLE: ("courriel", "e-mail", "mail", "adresse mail", "courriel titulaire"),
    Role.TELEPHONE_RESPONSABLE: ("tél", "téléphone", "tél titulaire", "portable"),
    Role.OFFICINE: ("finess", "n° finess", "finess géographique", "code finess"),
    Role.OPERATEUR: ("messagerie", "messagerie sécurisée", "opérateur", "opérateur mssanté"),
}
#: The same for columns whose row has no role, or that fill no row: documents, their formats, the tranche.
_USAGES_SANS_ROLE: Final[Mapping[str, Sequence[str]]] = {
    "has_bal_ms_sante_personnelle": ("bal perso", "bal personnelle", "boîte mssanté"),
    "format_bon_commande": ("format du bon",),
    "format_preuve_ht": ("format de l’attestation",),
    "bon_commande": ("bon de commande", "fichier bon", "fichier", "document", "bdc"),
    "preuve_ht": ("attestation ht", "attestation tva", "preuve de régime"),
    TRANCHE: ("tranche de ca", "tranche de chiffre d’affaires"),
}

_MOT: Final = re.compile("[0-9a-z]+")
_BOSSE: Final = re.compile("(?<=[a-z])(?=[A-Z])")
#: What a column with the pharmacy's name is called, folded; it fills no balise.
TITRES_D_OFFICINE: Final = frozenset(
    {
        *("pharmacie", "officine", "raison sociale", "enseigne", "nom pharmacie", "nom officine"),
        *("nom de la pharmacie", "nom de l officine", "client", "nom du client"),
    }
)
#: How alike (0 to 1) a title and a name must be.
_ASSEZ: Final = 0.72
#: No export has more titles than that, and each one costs some work.
_TITRES_REGARDES: Final = 100
_LETTRES_D_UN_TITRE: Final = 80
#: A shorter name, like HT, may also be the value of a cell.
_LETTRES_D_UN_NOM: Final = 3
#: So many titles that only resemble names of ours make a row of titles: a name of a person may resemble one.
_ASSEZ_DE_RESSEMBLANCES: Final = 3


def mots_plies(texte: str) -> str:
    """Fold a text into its words: no accents, no case, only letters and digits.

    >>> mots_plies("Réf. commande"), mots_plies("FINESSGeo"), mots_plies("N° FINESS")
    ('ref commande', 'finessgeo', 'n finess')
    """
    return " ".join(_MOT.findall(sans_accents(cle_de_titre(texte).replace("°", " "))))


def noms_de(mot: str, mots: Vocabulaire) -> list[str]:
    """Name a keyword as the table does, and as people do.

    >>> from segur_pha import VA1
    >>> from segur_pha.depot.vocabulaire import vocabulaire
    >>> noms_de("finess_geo", vocabulaire(VA1))[:3], noms_de("tranche", vocabulaire(VA1))[0]
    (['FINESSGeo', 'FINESS géographique', 'finess'], 'tranche de ca')
    """
    balise = mots.balises.get(mot)
    if balise is None:
        return [*_USAGES_SANS_ROLE.get(mot, ())]
    du_role = _USAGES.get(balise.role, ()) if balise.role else ()
    return [balise.nom, balise.titre, *(du_role or _USAGES_SANS_ROLE.get(mot, ()))]


def titres_ressemblants(titres: Iterable[str], noms: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Propose for each keyword the title that resembles it most: keyword → title, each title once.

    ``noms``: keyword → its other names.

    >>> titres_ressemblants(["Réf. commande", "N° FINESS", "Ville"], {"finess_geo": ["FINESSGeo"], "numero_editeur": ["réf commande"]})
    {'finess_geo': 'N° FINESS', 'numero_editeur': 'Réf. commande'}
    """
    vus = [titre for titre in dict.fromkeys(titres) if titre][:_TITRES_REGARDES]
    notes = [
        (-_note(mots_plies(titre[:_LETTRES_D_UN_TITRE]), _replies(mot, siens)), rang, mot, titre)
        for mot, siens in noms.items()
        for rang, titre in enumerate(vus)
    ]
    trouves: dict[str, str] = {}
    for note, _, mot, titre in sorted(notes):
        if -note >= _ASSEZ and mot not in trouves and titre not in trouves.values():
            trouves[mot] = titre
    return {mot: trouves[mot] for mot in noms if mot in trouves}


def sont_des_titres(titres: Sequence[str], noms: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a row of an unknown export holds titles, and not the values of an order.

    None of its cells may look like a value, and one must be one of our names, or several resemble some.

    >>> noms = {"nom_responsable": ["titulaire"], "montant_segur_ht": ["ht"]}
    >>> [sont_des_titres(row, noms) for row in (["Titulaire", "Ville"], ["DURAND", "HT"], ["Titulaire", "a@b.fr"])]
    [True, False, False]
    """
    if any(map(semble_une_valeur, titres)):
        return False
    connus = {nom for mot, siens in noms.items() for nom in _replies(mot, siens) if len(nom) >= _LETTRES_D_UN_NOM}
    return (
        any(mots_plies(titre[:_LETTRES_D_UN_TITRE]) in connus for titre in titres[:_TITRES_REGARDES])
        or len(titres_ressemblants(titres, noms)) >= _ASSEZ_DE_RESSEMBLANCES
    )


def _replies(mot: str, siens: Sequence[str]) -> set[str]:
    ecrits = (mot, *(_BOSSE.sub(" ", nom) for nom in siens))
    return {mots_plies(nom.replace("_", " ")) for nom in ecrits}


def _note(titre: str, noms: Iterable[str]) -> float:
    return max((_ressemblance(titre, nom) for nom in noms if nom), default=0) if titre else 0


def _ressemblance(titre: str, nom: str) -> float:
    """Compare letter by letter, and also word by word, for titles that say more than the name or say it in another order."""
    colles = titre.replace(" ", ""), nom.replace(" ", "")
    lettres = 1.0 if colles[0] == colles[1] else 0.98 * SequenceMatcher(None, *colles, autojunk=False).ratio()
    du_titre, du_nom = set(titre.split()), set(nom.split())
    communs = len(du_titre & du_nom)
    mots = 0.95 * (2 * communs / (len(du_titre) + len(du_nom)))
    return max(lettres, mots)


#: How many titles of an export a message names.
_TITRES_NOMMES: Final = 40


def colonnes_absentes(
    absentes: Mapping[str, str], titres: Sequence[str], libres: Sequence[str], mots: Vocabulaire
) -> list[Constat]:
    """Say which columns are missing, what the export has instead, and which of its titles resembles which of ours.

    ``absentes``: keyword → the title that the settings announce, ``""`` for none; ``libres``: the titles that have no meaning
    yet.
    """
    proches = titres_ressemblants(libres, {mot: [entete, *noms_de(mot, mots)] for mot, entete in absentes.items()})
    constats = [_colonne_absente(mot, entete, proches.get(mot, ""), mots) for mot, entete in absentes.items()]
    return [*constats, _titres_lus(titres, {titre: mot for mot, titre in proches.items()})]


def attendu_de(balise: Balise | None) -> str:
    """Say what a cell that fills a row should hold, ``""`` where there is nothing to say."""
    return attendu_en_cellule(balise.format) if balise and isinstance(balise.format, Format) else ""


def _colonne_absente(mot: str, entete: str, proche: str, mots: Vocabulaire) -> Constat:
    rangee = mots.balises.get(mot)
    if entete:
        message = "cette colonne, annoncée dans [colonnes], n’est pas dans l’export : ajoutez-la, ou corrigez son titre"
    else:
        remede = ", ou donnez un premier numéro (--premier-numero)" if mot == mots.mot(Role.NUMERO_EDITEUR) else ""
        message = (
            f"aucune colonne ne donne {mot} : ajoutez-la, nommez-la dans [colonnes] ou fixez-la dans [defauts]{remede}"
        )
    if proche:
        message += f' ; si c’est « {nom_lisible(proche)} », écrivez {mot} = "{nom_lisible(proche)}" dans [colonnes]'
    return Constat(
        code="colonne-absente",
        message=message,
        colonne=entete or mot,
        balise=rangee.nom if rangee else "",
        attendu="" if entete else attendu_de(rangee),
    )


def _titres_lus(titres: Sequence[str], proches: Mapping[str, str]) -> Constat:
    noms = [
        f"« {nom_lisible(titre)} »" + (f" (ressemble à {proches[titre]})" if titre in proches else "")
        for titre in titres[:_TITRES_NOMMES]
    ]
    reste = len(titres) - len(noms)
    suite = f" et {reste} autres" if reste else ""
    message = f"l’export a ces titres : {', '.join(noms)}{suite} ; ses lignes n’ont pas été lues"
    return Constat(code="titres-de-l-export", message=message)
