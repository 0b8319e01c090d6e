"""What makes an e-mail address likely to be read on the day a certificate is about to expire.

The webinar of 12/06/2025 counts 61 % of working addresses and asks for shared or generic ones.
:func:`nature_courriel` tells a shared mailbox from a personal one by its text alone; :func:`examiner_courriel` also looks
at syntax and domain (``email-validator``, extra ``certificats``).  No reason ever repeats the address.
"""

from __future__ import annotations

import re

from attrs import frozen

from segur_pha.erreurs import ExtraManquant

__all__ = ["AvisCourriel", "examiner_courriel", "nature_courriel"]


@frozen
class AvisCourriel:
    """What can be said about an address, good or bad: a judgement of a value, not yet a finding at a place.

    Attributes:
        valide: its syntax and its domain are plausible (with DNS: the domain receives mail).
        generique: ``True`` for a shared mailbox, ``False`` for a person's, ``None`` when nothing tells.
        raison: a French sentence, without the address.
    """

    valide: bool
    generique: bool | None
    raison: str


# Words that name a function or a place, never a person.  The first are looked for anywhere in the local part, because they are so
# often joined to a name (pharmaciedupont@); the second only as separate words.
_MOT_INCLUS = re.compile(
    "pharma|officine|contact|accueil|secretariat|comptabil|certificat|informatique|technique|direction|administrat"
    "|support|assistance"
)
_MOT_ENTIER = re.compile(
    "infos?|admins?|dmp|equipe|it|si|dsi|igc|segur|ssi|mail|bal|mssante|sante|services?|sav|tech|exploitation"
    "|commandes?|facturation|achats?|gestion|bureau|compta|hotline|helpdesk|ops|infra|production|bonjour|hello|lgo"
    "|groupement|reception|team|office|pharm|ph|securite|webmaster|postmaster|hostmaster|security|abuse|noc"
)
_SANS_LECTEUR = re.compile(
    r"(?:^|[^a-z])(?:no|not|ne|do[-_.]?not|ne[-_.]?pas)[-_.]?(?:reply|repondre|response|repondez)|mailer-?daemon"
)
# Misspellings of well-known mail hosts, and top-level domains that do not exist: never guessed by resemblance, which would accuse
# right addresses.
_DOMAINE_FAUTIF = re.compile(
    r"(?:gmial|gmai|gmal|gamil|gmaill|gmali|gnail)\.com|gmail\.fr|(?:hotmial|hotmai|hotmal|homail)\.(?:com|fr)"
    r"|(?:orage|ornage|orang)\.fr|(?:wandoo|wanado)\.fr|wanadoo\.com|(?:yaho|yahooo)\.fr|laposte\.fr"
    r"|(?:outlok|outloook)\.(?:com|fr)|(?:gmail|hotmail|outlook|yahoo)\.(?:co|cm|om)|.*\.(?:con|cmo|ocm|cim|vom|xom|comm|coom|frr|ffr|rf|fre|frc|ft)"
)


#: Letters and digits, between single points and hyphens; the library judges whatever else an address may be.
_SIMPLE = re.compile(
    r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*@((?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+(?!xn)[A-Za-z]{2,})", re.ASCII
)
_LONGUEUR_ORDINAIRE = 60


def nature_courriel(adresse: str) -> tuple[bool, str]:
    """Tell whether an address looks like a shared mailbox (``True``) and why, from its text alone (no extra, no network).

    A doubtful address counts as personal: the resulting advice only asks to look again.  So does an address that nobody reads, or
    whose domain is probably misspelt.  The reason, in French, never repeats the address.

    >>> nature_courriel("contact@pharmacie-du-port.fr")[0], nature_courriel("camille.durand@editeur.fr")[0]
    (True, False)
    >>> nature_courriel("camille.durand@editeur.fr")[1]
    'elle a la forme prénom.nom : préférez une boîte partagée, lue même en cas d’absence ou de départ'
    """
    generique, raison = _nature(adresse)
    locale, _, domaine = adresse.strip().lower().rpartition("@")
    defaut = _defaut(locale, domaine)
    return (False, defaut) if defaut else (bool(generique), raison)


def examiner_courriel(adresse: str, *, dns: bool = False) -> AvisCourriel:
    """Say whether an address is likely to work, and whether it is shared or personal.

    ``dns=True`` also asks the network whether the domain receives mail; otherwise nothing leaves the machine.

    Raises :class:`~segur_pha.ExtraManquant` when ``email-validator`` (extra ``certificats``) is not installed.

    >>> examiner_courriel("contact@pharmacie-du-port.fr")
    AvisCourriel(valide=True, generique=True, raison='elle nomme une fonction ou un lieu, pas une personne')
    >>> print(examiner_courriel("contact@gmial.com").raison)
    le domaine semble mal recopié (une lettre de trop, de moins ou déplacée)
    """
    try:
        from email_validator import EmailNotValidError, EmailUndeliverableError, validate_email
    except ImportError as erreur:
        raise ExtraManquant("certificats") from erreur
    texte = adresse.strip()
    if not texte:
        return AvisCourriel(valide=False, generique=None, raison="aucune adresse")
    if not dns and _ordinaire(texte):
        return _avis(texte, *texte.lower().split("@"))
    try:
        # strict: a local part of more than 64 octets is refused by real servers.
        vue = validate_email(texte, check_deliverability=dns, allow_smtputf8=False, strict=True)
    except EmailUndeliverableError:
        return AvisCourriel(valide=False, generique=_nature(texte)[0], raison="son domaine ne reçoit pas de courrier")
    except (EmailNotValidError, UnicodeError):
        return AvisCourriel(valide=False, generique=None, raison=_raison_de_forme(texte))
    return _avis(texte, vue.local_part.lower(), vue.ascii_domain.lower())


def _ordinaire(adresse: str) -> bool:
    """Tell whether an address is so plain that the library has nothing to say about it; a fleet has tens of thousands of them."""
    from email_validator import SPECIAL_USE_DOMAIN_NAMES

    vue = _SIMPLE.fullmatch(adresse) if len(adresse) <= _LONGUEUR_ORDINAIRE else None
    return vue is not None and not f".{vue[1].lower()}".endswith(tuple(f".{nom}" for nom in SPECIAL_USE_DOMAIN_NAMES))


def _avis(adresse: str, locale: str, domaine: str) -> AvisCourriel:
    generique, raison = _nature(adresse)
    defaut = _defaut(locale, domaine)
    return AvisCourriel(valide=not defaut, generique=generique, raison=defaut or raison)


def _defaut(locale: str, domaine: str) -> str:
    """Return why a well-formed address will not be read, ``""`` when there is no sign of that."""
    if _DOMAINE_FAUTIF.fullmatch(domaine):
        return "le domaine semble mal recopié (une lettre de trop, de moins ou déplacée)"
    if _SANS_LECTEUR.search(locale):
        return "personne ne lit une adresse d’envoi automatique"
    return ""


def _nature(adresse: str) -> tuple[bool | None, str]:
    locale = adresse.strip().rpartition("@")[0].partition("+")[0].lower()
    mots = [mot for mot in re.split(r"[^a-zà-ÿ]+", locale) if mot]
    if _SANS_LECTEUR.search(locale) or _MOT_INCLUS.search(locale) or any(map(_MOT_ENTIER.fullmatch, mots)):
        return True, "elle nomme une fonction ou un lieu, pas une personne"
    if len(mots) > 1:
        return False, "elle a la forme prénom.nom : préférez une boîte partagée, lue même en cas d’absence ou de départ"
    return None, "rien n’y annonce une boîte partagée : vérifiez qu’elle est lue même en cas d’absence ou de départ"


def _raison_de_forme(adresse: str) -> str:
    if adresse.count("@") != 1:
        return "une adresse a la forme nom@domaine.fr, avec un seul @"
    if "." not in adresse.rpartition("@")[2]:
        return "le domaine est incomplet : il lui manque sa fin (.fr, .com…)"
    return "l’adresse est mal formée, ou son domaine n’existe que dans les exemples et les réseaux internes"
