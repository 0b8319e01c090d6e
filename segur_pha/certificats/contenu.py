"""What a certificate says, each part read by itself, so that an odd name, policy or serial number does not affect the rest.

Only the days and the subject are required.  Profiles: guides of the IGC-Santé and certificates in public repositories (decision
18).
"""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import field, frozen

from segur_pha.certificats.der import DerIllisible, Element, elements, en_instant, en_oid, en_texte, premier
from segur_pha.certificats.jours import jour_de_paris

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

__all__ = ["Contenu", "lire_contenu"]

SEQUENCE, OID, OCTETS, BITS, BOOLEEN = 0x30, 0x06, 0x04, 0x03, 0x01

CN, NOM, ETAT, ORGANISATION, UNITE, PRENOM, COURRIEL = (
    *("2.5.4.3", "2.5.4.4", "2.5.4.8", "2.5.4.10", "2.5.4.11", "2.5.4.42"),
    "1.2.840.113549.1.9.1",
)
_SIGLES: Final = dict(
    zip(
        (CN, NOM, "2.5.4.6", "2.5.4.7", ETAT, ORGANISATION, UNITE, PRENOM, COURRIEL),
        ("CN", "SN", "C", "L", "ST", "O", "OU", "GN", "emailAddress"),
        strict=True,
    )
)
_USAGE, _USAGE_ETENDU, _PERIODE_DE_LA_CLE = "2.5.29.15", "2.5.29.37", "2.5.29.16"
_AUTRES_NOMS, _CONTRAINTES, _PRODUIT = "2.5.29.17", "2.5.29.19", "1.2.250.1.71.1.2.5"
_SERVEUR, _CLIENT, _MESSAGERIE = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4"
_SIGNATURE, _NON_REPUDIATION, _CHIFFREMENT = 0x80, 0x40, 0x30
_VERSION, _EXTENSIONS = 0xA0, 0xA3
_ADRESSE, _FIN_DE_LA_CLE = 0x81, 0x81
# TRE_G01 (categories of products): 00 a card, 03 a software certificate; 80 to 83 are their TEST counterparts.
_CARTE, _DE_TEST = 0x00, 0x80
_AUCUNE: Final[tuple[str, ...]] = ()
_PAS_AUTORITE: Final = (b"", b"\x00")

_T = TypeVar("_T")


@frozen
class Contenu:
    """What was read of a certificate.

    Attributes:
        fin: the day, in Europe/Paris, of notAfter; ``fin_de_la_cle``: that of the key's own period, if it has one.
        sujet: object identifier → its values, in order.
        emetteur: the issuer, the most specific name first; ``serie``: the serial number in hexadecimal.
        usage: the usage in the IGC-Santé's terms; ``""`` when the extensions do not tell.
        autorite: whether it signs other certificates.
        de_test: whether its issuer or its product is one for tests.
        carte: whether it was read from a professional's card.
    """

    fin: date
    debut: date | None
    fin_de_la_cle: date | None
    sujet: Mapping[str, tuple[str, ...]] = field(repr=False)
    emetteur: str
    serie: str
    usage: str
    courriels: tuple[str, ...] = field(repr=False)
    autorite: bool
    de_test: bool
    carte: bool


def lire_contenu(octets: bytes) -> Contenu:
    """Read a certificate (DER).

    Raises :class:`DerIllisible` when this is not a certificate, or its days cannot be read.
    """
    parties = elements(premier(premier(octets, SEQUENCE), SEQUENCE))
    if parties and parties[0].tag == _VERSION:
        del parties[0]
    # serial number, algorithm, issuer, validity, subject, key
    if len(parties) < 5 or any(partie.tag != SEQUENCE for partie in parties[2:5]):  # noqa: PLR2004
        raise DerIllisible("no certificate")
    serie, _, emetteur, validite, sujet, *suite = parties
    jours = elements(validite.contenu)
    if len(jours) != 2:  # noqa: PLR2004
        raise DerIllisible("no validity")
    noms = _nom(sujet.contenu)
    signataires = _nom(emetteur.contenu)
    extensions = _extensions(suite)
    produit = _partie(extensions, _PRODUIT, -1, lambda valeur: premier(valeur, OCTETS)[-1])
    return Contenu(
        fin=jour_de_paris(en_instant(jours[1])),
        debut=_sinon(None, lambda: jour_de_paris(en_instant(jours[0]))),
        fin_de_la_cle=_partie(extensions, _PERIODE_DE_LA_CLE, None, _fin_de_la_cle),
        sujet=_par_sigle(noms),
        emetteur=",".join(f"{_SIGLES.get(oid, oid)}={texte}" for oid, texte in reversed(signataires)),
        serie=_serie(serie.contenu),
        usage=_mot_de_l_usage(
            _partie(extensions, _USAGE_ETENDU, frozenset(), _oids), _partie(extensions, _USAGE, 0, _bits)
        ),
        courriels=tuple(
            dict.fromkeys([*_partie(extensions, _AUTRES_NOMS, _AUCUNE, _adresses), *_par_sigle(noms).get(COURRIEL, ())])
        ),
        autorite=_partie(extensions, _CONTRAINTES, b"", _contraintes) not in _PAS_AUTORITE,
        de_test=produit >= _DE_TEST or _emetteur_de_test(_par_sigle(signataires)),
        carte=produit == _CARTE,
    )


def _sinon(defaut: _T, lire: Callable[[], _T]) -> _T:
    try:
        return lire()
    except (ValueError, IndexError):
        return defaut


def _lisibles(contenu: bytes, lire: Callable[[bytes], _T]) -> list[_T]:
    """Return what each element holds, except those that cannot be read."""
    lus: list[_T] = []
    for element in elements(contenu):
        with suppress(ValueError, IndexError):
            lus.append(lire(element.contenu))
    return lus


def _partie(extensions: Mapping[str, bytes], oid: str, defaut: _T, lire: Callable[[bytes], _T]) -> _T:
    valeur = extensions.get(oid)
    return defaut if valeur is None else _sinon(defaut, lambda: lire(valeur))


def _extensions(suite: Sequence[Element]) -> dict[str, bytes]:
    """Return what each extension holds, by its object identifier."""
    with suppress(ValueError):
        for partie in suite:
            if partie.tag == _EXTENSIONS:
                return dict(_lisibles(premier(partie.contenu, SEQUENCE), _extension))
    return {}


def _extension(contenu: bytes) -> tuple[str, bytes]:
    parties = elements(contenu)
    return en_oid(parties[0].contenu), parties[-1].contenu


def _nom(contenu: bytes) -> list[tuple[str, str]]:
    """Return the attributes of a name in order, except those that cannot be read."""
    with suppress(ValueError):
        return [*chain(*_lisibles(contenu, lambda ensemble: _lisibles(ensemble, _attribut)))]
    return []


def _attribut(contenu: bytes) -> tuple[str, str]:
    oid, valeur, *_ = elements(contenu)
    return en_oid(oid.contenu), en_texte(valeur)


def _par_sigle(noms: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    groupes: dict[str, tuple[str, ...]] = {}
    for oid, texte in noms:
        groupes[oid] = (*groupes.get(oid, ()), texte)
    return groupes


def _emetteur_de_test(emetteur: Mapping[str, tuple[str, ...]]) -> bool:
    # « TEST AC IGC-SANTE … », in the unit « IGC-SANTE TEST ».
    noms, unites = emetteur.get(CN, ()), emetteur.get(UNITE, ())
    return any(n.upper().startswith("TEST ") for n in noms) or any(u.upper().endswith("SANTE TEST") for u in unites)


def _serie(contenu: bytes) -> str:
    return f"{int.from_bytes(contenu, 'big', signed=True):X}"


def _oids(valeur: bytes) -> frozenset[str]:
    return frozenset(en_oid(lu.contenu) for lu in elements(premier(valeur, SEQUENCE)))


def _bits(valeur: bytes) -> int:
    return premier(valeur, BITS)[1]


def _contraintes(valeur: bytes) -> bytes:
    """Return the boolean that says whether it signs others, empty when there is none."""
    parties = elements(premier(valeur, SEQUENCE))
    return parties[0].contenu if parties and parties[0].tag == BOOLEEN else b""


def _adresses(valeur: bytes) -> tuple[str, ...]:
    return tuple(en_texte(lu) for lu in elements(premier(valeur, SEQUENCE)) if lu.tag == _ADRESSE)


def _fin_de_la_cle(valeur: bytes) -> date | None:
    fins = [lu for lu in elements(premier(valeur, SEQUENCE)) if lu.tag == _FIN_DE_LA_CLE]
    return jour_de_paris(en_instant(Element(0x18, fins[0].contenu))) if fins else None


def _mot_de_l_usage(etendus: frozenset[str], simples: int) -> str:
    if _SERVEUR in etendus:
        return "SSL_SERV"
    if _CLIENT in etendus:
        return "AUTH_CLI"
    # The SIGN profile also has emailProtection: non-repudiation tells it from S/MIME.
    if simples & _NON_REPUDIATION:
        return "SIGN"
    if _MESSAGERIE in etendus and (simples & _SIGNATURE or not simples & _CHIFFREMENT):
        return "S/MIME"
    if simples & _CHIFFREMENT:
        return "CONF"
    return "SIGN" if simples & _SIGNATURE else ""
