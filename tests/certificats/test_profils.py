"""The profiles of the IGC-Santé, and certificates with a part that nobody can read: each part is judged by itself."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segur_pha.certificats import NatureDeCertificat, lire_x509
from segur_pha.certificats.der import DerIllisible, Element, elements, en_instant, en_oid, en_texte, premier
from segur_pha.cli import principal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from segur_pha.certificats import Parc

CLE = generate_private_key(SECP256R1())
DEBUT, FIN = datetime(2024, 3, 1, 9, tzinfo=UTC), datetime(2027, 3, 1, 9, tzinfo=UTC)
SERVEUR, CLIENT, MESSAGERIE = (
    *(ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH),
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
)
PRODUIT = x509.ObjectIdentifier("1.2.250.1.71.1.2.5")
PERIODE = x509.ObjectIdentifier("2.5.29.16")
# The certificates of folder 18 and of public repositories: usage, extended uses, simple uses.
PROFILS = {
    "AUTH_CLI": ((CLIENT,), ("digital_signature",)),
    "SIGN": ((MESSAGERIE,), ("digital_signature", "content_commitment")),
    "CONF": ((MESSAGERIE,), ("key_encipherment", "data_encipherment")),
    "SSL_SERV": ((SERVEUR, CLIENT), ("digital_signature", "key_encipherment")),
    "S/MIME": ((MESSAGERIE,), ("digital_signature", "key_encipherment")),
}


def simples(*oui: str) -> x509.KeyUsage:
    noms = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{nom: nom in oui for nom in noms})


def nom(*attributs: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, valeur) for oid, valeur in attributs])


def emetteur(essai: str = "") -> x509.Name:
    return nom(
        (NameOID.COUNTRY_NAME, "FR"),
        (NameOID.ORGANIZATION_NAME, "ASIP-SANTE"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "0002 187512751"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, f"IGC-SANTE{essai and ' TEST'}"),
        (NameOID.COMMON_NAME, f"{essai and 'TEST '}AC IGC-SANTE ELEMENTAIRE ORGANISATIONS"),
    )


def profil(usage: str) -> list[x509.ExtensionType]:
    etendus, simple = PROFILS[usage]
    return [x509.ExtendedKeyUsage(etendus), simples(*simple)]


def produit(octet: int) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(PRODUIT, bytes([4, 1, octet]))


def periode(fin: datetime) -> x509.UnrecognizedExtension:
    texte = fin.strftime("%Y%m%d%H%M%SZ").encode()
    return x509.UnrecognizedExtension(PERIODE, bytes([0x30, len(texte) + 2, 0x81, len(texte)]) + texte)


def certificat(
    *extensions: x509.ExtensionType,
    structure: str = "1750000002",
    cn: str = "INSI-AUTO",
    par: x509.Name | None = None,
    fin: datetime = FIN,
    de_plus: Sequence[tuple[x509.ObjectIdentifier, str]] = (),
) -> bytes:
    sujet = nom(
        (NameOID.COUNTRY_NAME, "FR"),
        (NameOID.STATE_OR_PROVINCE_NAME, "Paris (75)"),
        (NameOID.ORGANIZATION_NAME, "PHARMACIE ESSAI"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, structure),
        (NameOID.COMMON_NAME, cn),
        *de_plus,
    )
    fait = (
        x509.CertificateBuilder()
        .subject_name(sujet)
        .issuer_name(par or emetteur())
        .public_key(CLE.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(DEBUT)
        .not_valid_after(fin)
    )
    for extension in extensions:
        fait = fait.add_extension(extension, critical=False)
    return fait.sign(CLE, hashes.SHA256()).public_bytes(Encoding.DER)


def lire(dossier: Path, *octets: bytes) -> Parc:
    for rang, un in enumerate(octets):
        (dossier / f"{rang:03}.cer").write_bytes(un)
    return lire_x509(dossier)


@pytest.mark.cas(18)
@pytest.mark.parametrize("usage", PROFILS)
def test_each_profile_has_its_usage(usage: str, tmp_path: Path) -> None:
    """SIGN carries emailProtection as S/MIME does: non-repudiation tells them apart."""
    (lu,) = lire(tmp_path, certificat(*profil(usage), produit(3))).certificats
    assert (lu.usage, lu.finess, lu.fin, lu.debut) == (usage, "750000002", date(2027, 3, 1), date(2024, 3, 1))
    assert lu.emetteur == ("CN=AC IGC-SANTE ELEMENTAIRE ORGANISATIONS,OU=IGC-SANTE,OU=0002 187512751,O=ASIP-SANTE,C=FR")


@pytest.mark.cas(18)
@pytest.mark.parametrize(
    ("octets", "nature", "mot"),
    [
        (certificat(*profil("AUTH_CLI"), par=emetteur("TEST")), NatureDeCertificat.TEST, "de TEST"),
        (certificat(*profil("AUTH_CLI"), produit(0x83)), NatureDeCertificat.TEST, "de TEST"),
        (certificat(*profil("AUTH_CLI"), produit(0x80)), NatureDeCertificat.TEST, "de TEST"),
        (certificat(par=emetteur("TEST"), structure="10B0152872"), NatureDeCertificat.TEST, "de TEST"),
        (certificat(par=emetteur("TEST"), structure="373282932000074"), NatureDeCertificat.TEST, "de TEST"),
        (certificat(produit(3), structure="373282932000074"), NatureDeCertificat.ENTREPRISE, "éditeur"),
        (certificat(structure="2732829320"), NatureDeCertificat.ENTREPRISE, "éditeur"),
        (certificat(structure="0" + "12345678901"), NatureDeCertificat.CABINET, "ADELI"),
        (certificat(structure="4" + "12345678901234"), NatureDeCertificat.CABINET, "RPPS"),
        (certificat(de_plus=[(NameOID.SURNAME, "DURAND")]), NatureDeCertificat.PERSONNE, "personne"),
        (certificat(de_plus=[(NameOID.GIVEN_NAME, "ALIX")]), NatureDeCertificat.PERSONNE, "personne"),
        (certificat(produit(0)), NatureDeCertificat.PERSONNE, "carte"),
    ],
    ids=range(12),  # its bytes would be another name in each process
)
def test_what_counts_for_no_pharmacy_has_its_own_sentence(
    octets: bytes, nature: NatureDeCertificat, mot: str, tmp_path: Path
) -> None:
    parc = lire(tmp_path, octets, certificat(produit(3)))
    assert len(parc.certificats) == 1
    assert (parc.lignes_illisibles, parc.compte_ecartes()) == ((), {nature: 1})
    (ecarte,) = parc.ecartes
    assert mot in ecarte.raison
    assert (ecarte.fin, str(ecarte)) == (date(2027, 3, 1), f"000.cer, ligne 1, fin le 01/03/2027 : {ecarte.raison}")


@pytest.mark.cas(18)
def test_certificates_of_test_never_count_even_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lire(tmp_path, *(certificat(par=emetteur("TEST"), fin=DEBUT + timedelta(days=9)) for _ in range(2)))
    assert principal(["certificats", str(tmp_path), "--au", "2024-06-12"]) == 0
    lu = capsys.readouterr().out
    assert "0 officine, 0 certificat" in lu
    assert "2 de TEST" in lu
    assert lu.count("certificat de TEST : aucun service réel ne s’en sert, il ne compte jamais") == 2  # each is named


def test_a_finess_with_a_letter_is_a_pharmacy_s(tmp_path: Path) -> None:
    parc = lire(tmp_path, certificat(structure="12A0000014"), certificat(structure="10B0152872"))
    assert [c.finess for c in parc.certificats] == ["2A0000014", "0B0152872"]


@pytest.mark.parametrize(
    ("fin_de_la_cle", "fin", "regle", "du_certificat"),
    [
        (datetime(2027, 2, 1, 9, tzinfo=UTC), date(2027, 2, 1), "fin de la clé", date(2027, 3, 1)),
        (FIN, date(2027, 3, 1), "fin du certificat", None),
        (datetime(2027, 4, 1, 9, tzinfo=UTC), date(2027, 3, 1), "fin du certificat", None),
    ],
)
def test_the_earlier_of_both_ends_rules(
    fin_de_la_cle: datetime, fin: date, regle: str, du_certificat: date | None, tmp_path: Path
) -> None:
    (lu,) = lire(tmp_path, certificat(*profil("SIGN"), periode(fin_de_la_cle))).certificats
    assert (lu.fin, lu.regle, lu.fin_certificat) == (fin, regle, du_certificat)


def test_a_key_s_period_without_an_end_rules_nothing(tmp_path: Path) -> None:
    ouverte = x509.UnrecognizedExtension(PERIODE, b"\x30\x02\x80\x00")
    (lu,) = lire(tmp_path, certificat(*profil("SIGN"), ouverte)).certificats
    assert (lu.fin, lu.regle) == (date(2027, 3, 1), "fin du certificat")


TOUT = (
    *profil("SIGN"),
    produit(3),
    periode(datetime(2027, 2, 1, 9, tzinfo=UTC)),
    x509.SubjectAlternativeName([x509.RFC822Name("a@exemple.fr"), x509.DNSName("exemple.fr")]),
    x509.BasicConstraints(ca=False, path_length=None),
    x509.SubjectKeyIdentifier(b"12345678"),
    x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("1.2.3.4"), ["http://exemple.fr"])]),
)
COMPLET = certificat(*TOUT)


def der(tag: int, contenu: bytes) -> bytes:
    longueur = len(contenu).to_bytes(3, "big")
    return bytes([tag, 0x83]) + longueur + contenu


def avec_extension(octets: bytes, rang: int, valeur: bytes) -> bytes:
    """Give the certificate with another value of its extension number ``rang``: what OpenSSL still reads."""
    corps, *signature = elements(premier(octets, 0x30))
    parties = elements(corps.contenu)
    extensions = elements(premier(parties[-1].contenu, 0x30))
    touchee = elements(extensions[rang].contenu)[:-1]
    extensions[rang] = Element(0x30, b"".join(der(*p) for p in touchee) + der(4, valeur))
    parties[-1] = Element(0xA3, der(0x30, b"".join(der(*e) for e in extensions)))
    return der(0x30, b"".join(der(*e) for e in [Element(0x30, b"".join(der(*p) for p in parties)), *signature]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(TOUT) - 1), st.binary(max_size=30), st.sampled_from(["same tag", "no tag"]))
def test_junk_in_an_extension_loses_neither_the_end_nor_the_structure(
    tmp_path: Path, rang: int, junk: bytes, tag: str
) -> None:
    """The sweep of the issue: each extension in turn holds junk, under its own tag or under none."""
    anciennes = elements(premier(elements(elements(premier(COMPLET, 0x30))[0].contenu)[-1].contenu, 0x30))
    ancienne = elements(anciennes[rang].contenu)[-1].contenu
    valeur = der(ancienne[0], junk) if tag == "same tag" else junk
    parc = lire(tmp_path, avec_extension(COMPLET, rang, valeur))
    # Junk may still be a period or a product; what is read is then counted or set aside, with its end.
    fins = [c.fin for c in parc.certificats] + [e.fin for e in parc.ecartes]
    assert len(fins) == 1 or any("autorité" in avis.message for avis in parc.avertissements)
    assert all(fin is not None and fin <= date(2027, 3, 1) for fin in fins)
    assert all(c.finess == "750000002" and c.structure == "1750000002" for c in parc.certificats)
    assert parc.lignes_illisibles == ()
    if rang == 0:
        assert [(c.fin, c.courriels) for c in parc.certificats] == [(date(2027, 2, 1), ("a@exemple.fr",))]


def avec_parties(octets: bytes, changer: Callable[[list[Element]], list[Element]]) -> bytes:
    """Give the certificate with other parts: version, serial number, algorithm, issuer, validity, subject, key, extensions."""
    corps, *signature = elements(premier(octets, 0x30))
    nouveau = Element(0x30, b"".join(der(*p) for p in changer(elements(corps.contenu))))
    return der(0x30, b"".join(der(*e) for e in [nouveau, *signature]))


def test_a_certificate_of_the_first_version_has_no_extension_and_no_version(tmp_path: Path) -> None:
    (lu,) = lire(tmp_path, avec_parties(COMPLET, lambda parties: parties[1:-1])).certificats
    assert (lu.finess, lu.fin, lu.usage, lu.nom) == ("750000002", date(2027, 3, 1), "", "INSI-AUTO")


@pytest.mark.parametrize(
    "changer",
    [
        lambda parties: parties[:4],
        lambda parties: [*parties[:4], Element(0x31, parties[4].contenu), *parties[5:]],
        lambda parties: [*parties[:4], Element(0x30, b"\x17\x01Z"), *parties[5:]],
        lambda parties: [*parties[:4], Element(0x30, b"\x17\x01Z\x17\x01Z"), *parties[5:]],
    ],
)
def test_without_days_or_subject_it_is_no_certificate(
    changer: Callable[[list[Element]], list[Element]], tmp_path: Path
) -> None:
    parc = lire(tmp_path, avec_parties(COMPLET, changer))
    assert ["pas un certificat" in i.message for i in parc.lignes_illisibles] == [True]


def test_a_subject_that_cannot_be_read_gives_no_pharmacy(tmp_path: Path) -> None:
    illisible = avec_parties(COMPLET, lambda p: [*p[:5], Element(0x30, b"\x31\x7f"), *p[6:]])
    assert ["FINESS" in i.message for i in lire(tmp_path, illisible).lignes_illisibles] == [True]


def test_a_first_day_that_cannot_be_read_loses_nothing_else(tmp_path: Path) -> None:
    def sans_debut(parties: list[Element]) -> list[Element]:
        fin = elements(parties[4].contenu)[1]
        return [*parties[:4], Element(0x30, b"\x17\x01Z" + der(*fin)), *parties[5:]]

    (lu,) = lire(tmp_path, avec_parties(COMPLET, sans_debut)).certificats
    assert (lu.debut, lu.fin_certificat) == (None, date(2027, 3, 1))


def remplace(octets: bytes, avant: bytes, apres: bytes) -> bytes:
    assert octets.count(avant) == 1
    assert len(avant) == len(apres)
    return octets.replace(avant, apres)


UTF8_ESSAI = b"\x0c\x0fPHARMACIE ESSAI"
BIZARRES = {
    "T61": remplace(COMPLET, UTF8_ESSAI, b"\x14\x0fPHARMACI\xc9 ESSAI"),
    "UTF-8 that is none": remplace(COMPLET, UTF8_ESSAI, b"\x0c\x0fPHARMACI\xc9 ESSAI"),
    "bits for a name": remplace(COMPLET, UTF8_ESSAI, b"\x03\x0fPHARMACIE ESSAI"),
    "an attribute without value": remplace(COMPLET, b"\x55\x04\x0a" + UTF8_ESSAI, b"\x55\x04\x0a\x0c\x13" + b"x" * 15),
    "negative serial number": remplace(
        COMPLET, bytes(elements(elements(premier(COMPLET, 0x30))[0].contenu)[1].contenu),
        b"\x91" + bytes(elements(elements(premier(COMPLET, 0x30))[0].contenu)[1].contenu)[1:],
    ),
}  # fmt: skip


@pytest.mark.cas(12)
@pytest.mark.parametrize("octets", BIZARRES.values(), ids=BIZARRES)
def test_an_odd_part_loses_nothing_else_and_nothing_foreign_is_shown(
    octets: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with warnings.catch_warnings(record=True) as avis:
        warnings.simplefilter("always")
        parc = lire(tmp_path, octets)
    (lu,) = parc.certificats
    assert (lu.finess, lu.fin, lu.nom, lu.usage) == ("750000002", date(2027, 2, 1), "INSI-AUTO", "SIGN")
    assert (avis, capsys.readouterr().err) == ([], "")


@pytest.mark.cas(12)
def test_a_text_in_t61_is_read_as_its_writers_mean_it(tmp_path: Path) -> None:
    assert lire(tmp_path, BIZARRES["T61"]).certificats[0].organisation == "PHARMACIÉ ESSAI"


def en_pem(octets: bytes, genre: str = "CERTIFICATE") -> bytes:
    import base64

    return f"-----BEGIN {genre}-----\n".encode() + base64.encodebytes(octets) + f"-----END {genre}-----\n".encode()


def paquet(codage: Encoding) -> bytes:
    certificats = [
        x509.load_der_x509_certificate(certificat(structure=s)) for s in ("1750000002", "1690000013", "1010000024")
    ]
    return pkcs7.serialize_certificates(certificats, codage)


SANS_LONGUEUR = b"\x30\x80" + premier(paquet(Encoding.DER), 0x30) + b"\x00\x00"
FORMES = {
    "PEM": (en_pem(COMPLET), 1),
    "PEM with text around": (b"Bag Attributes\r\n  friendlyName: x\r\n" + en_pem(COMPLET) + b"fin - de -- texte\n", 1),
    "PEM in UTF-16": ("\ufeff" + en_pem(COMPLET).decode()).encode("utf-16-le"),
    "PEM in UTF-16, the other end first": ("\ufeff" + en_pem(COMPLET).decode()).encode("utf-16-be"),
    "PEM in UTF-16 without a mark": en_pem(COMPLET).decode().encode("utf-16-le"),
    "PEM in UTF-16 without a mark, the other end first": en_pem(COMPLET).decode().encode("utf-16-be"),
    "PEM with a mark": b"\xef\xbb\xbf" + en_pem(COMPLET),
    "base 64 alone": en_pem(COMPLET).split(b"-----")[2],
    "DER and a line end": COMPLET + b"\n",
    "PKCS#7": (paquet(Encoding.DER), 3),
    "PKCS#7 in PEM": (paquet(Encoding.PEM), 3),
    "PKCS#7 of another writer": (en_pem(paquet(Encoding.DER), "CMS"), 3),
    "PKCS#7 without lengths": (SANS_LONGUEUR, 3),
}


@pytest.mark.cas(12)
@pytest.mark.parametrize("forme", FORMES)
def test_every_form_of_a_file_gives_its_certificates(forme: str, tmp_path: Path) -> None:
    donnee = FORMES[forme]
    octets, nombre = donnee if isinstance(donnee, tuple) else (donnee, 1)
    parc = lire(tmp_path, octets)
    assert parc.lignes_illisibles == ()
    assert [c.ligne for c in parc.certificats] == list(range(1, nombre + 1))
    # A bundle is a set, and its writer sorts it.
    assert {c.finess for c in parc.certificats} == {"750000002", "690000013", "010000024"} or nombre == 1


def test_a_private_key_in_utf_16_is_refused_as_well(tmp_path: Path) -> None:
    cle = en_pem(b"peu importe", "PRIVATE KEY").decode()
    parc = lire(tmp_path, ("\ufeff" + cle).encode("utf-16-le"), COMPLET)
    assert [avis.fichier for avis in parc.avertissements] == ["000.cer"]
    assert len(parc.certificats) == 1


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize("octets", [COMPLET, BIZARRES["T61"], BIZARRES["negative serial number"]], ids=range(3))
def test_the_end_is_the_one_that_openssl_reads(octets: bytes, tmp_path: Path) -> None:
    chemin = tmp_path / "a.cer"
    chemin.write_bytes(octets)
    commande = ["openssl", "x509", "-inform", "DER", "-in", str(chemin), "-noout", "-enddate"]
    dit = subprocess.run(commande, check=True, capture_output=True, text=True).stdout
    assert dit.strip() == "notAfter=Mar  1 09:00:00 2027 GMT"
    (lu,) = lire_x509(chemin).certificats
    assert lu.fin_certificat == date(2027, 3, 1)


@given(st.binary(max_size=80), st.integers(0, len(COMPLET)))
def test_no_bytes_break_the_reading(tmp_path_factory: pytest.TempPathFactory, junk: bytes, coupe: int) -> None:
    dossier = tmp_path_factory.mktemp("junk")
    (dossier / "000.cer").write_bytes(junk + b".")
    (dossier / "001.cer").write_bytes(COMPLET[:coupe] + junk)
    parc = lire_x509(dossier)
    assert len(parc.certificats) + len(parc.lignes_illisibles) + len(parc.ecartes) + len(parc.avertissements) >= 2


@pytest.mark.parametrize(
    ("tag", "texte", "instant"),
    [
        (0x17, b"491231235959Z", datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (0x17, b"500101000000Z", datetime(1950, 1, 1, tzinfo=UTC)),
        (0x17, b"2603201200Z", datetime(2026, 3, 20, 12, tzinfo=UTC)),
        (0x17, b"260320120000+0200", datetime(2026, 3, 20, 10, tzinfo=UTC)),
        (0x18, b"20500101003000-0130", datetime(2050, 1, 1, 2, tzinfo=UTC)),
        (0x18, b"20260320120000.5Z", datetime(2026, 3, 20, 12, tzinfo=UTC)),
    ],
)
def test_instants_of_both_kinds(tag: int, texte: bytes, instant: datetime) -> None:
    assert en_instant(Element(tag, texte)) == instant


@pytest.mark.parametrize(
    ("tag", "texte"),
    [(0x17, b"260230120000Z"), (0x18, b"260320120000Z"), (0x13, b"260320120000Z"), (0x18, b"99991231235959-2359")],
)
def test_what_is_no_instant(tag: int, texte: bytes) -> None:
    with pytest.raises(DerIllisible):
        en_instant(Element(tag, texte))


def test_der_is_walked_within_bounds() -> None:
    with pytest.raises(DerIllisible, match="deep"):
        elements(b"\x30\x80" * 100)
    for coupe in (b"\x30", b"\x30\x05a", b"\x30\x84\x01"):
        with pytest.raises(DerIllisible, match="short"):
            elements(coupe)
    with pytest.raises(DerIllisible, match="tag"):
        premier(b"\x05\x00", 0x30)
    with pytest.raises(DerIllisible, match="identifier"):
        en_oid(b"")
    assert en_oid(b"\x88\x37\x03") == "2.999.3"
    assert [en_texte(Element(*e)) for e in ((0x1E, "é".encode("utf-16-be")), (0x1C, b"\x00\x00\x00\xe9"))] == ["é", "é"]
