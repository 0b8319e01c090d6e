"""Real certificates: the tests make their own, with an authority above them."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from segur_pha.certificats import Parc, SuiviIllisible, lire_x509, premieres_echeances

CLE = generate_private_key(SECP256R1())
AUTORITE = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "AC de test")])
FIN = datetime(2028, 2, 29, 12, tzinfo=UTC)
SERVEUR = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
CLE_PEM = CLE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def sujet(structure: str = "1990001018", courriel: str = "") -> x509.Name:
    attributs = [
        (NameOID.COUNTRY_NAME, "FR"),
        (NameOID.STATE_OR_PROVINCE_NAME, "Paris (75)"),
        (NameOID.ORGANIZATION_NAME, "PHARMACIE DU PORT"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "Service"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, structure),
        (NameOID.COMMON_NAME, "INSI-AUTO"),
        *([(NameOID.EMAIL_ADDRESS, courriel)] if courriel else []),
    ]
    return x509.Name([x509.NameAttribute(oid, valeur) for oid, valeur in attributs])


def fabriquer(
    *extensions: x509.ExtensionType, nom: x509.Name | None = None, fin: datetime = FIN, serie: int = 0xBEEF
) -> x509.Certificate:
    constructeur = (
        x509.CertificateBuilder()
        .subject_name(nom or sujet())
        .issuer_name(AUTORITE)
        .public_key(CLE.public_key())
        .serial_number(serie)
        .not_valid_before(fin - timedelta(days=1096))
        .not_valid_after(fin)
    )
    for extension in extensions:
        constructeur = constructeur.add_extension(extension, critical=False)
    return constructeur.sign(CLE, hashes.SHA256())


def pem(
    *extensions: x509.ExtensionType, nom: x509.Name | None = None, fin: datetime = FIN, serie: int = 0xBEEF
) -> bytes:
    return fabriquer(*extensions, nom=nom, fin=fin, serie=serie).public_bytes(Encoding.PEM)


def lire(dossier: Path, **fichiers: bytes) -> Parc:
    for nom, octets in fichiers.items():
        chemin = dossier / nom.replace("__", "/").replace("_", ".")
        chemin.parent.mkdir(exist_ok=True)
        chemin.write_bytes(octets)
    return lire_x509(dossier)


def usage_simple(*oui: str) -> x509.KeyUsage:
    noms = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{nom: nom in oui for nom in noms})


def test_what_a_certificate_says_is_read(tmp_path: Path) -> None:
    autres = x509.SubjectAlternativeName([x509.RFC822Name("a@exemple.fr"), x509.DNSName("exemple.fr")])
    parc = lire(tmp_path, sous__un_pem=pem(SERVEUR, autres, nom=sujet(courriel="b@exemple.fr")))
    (c,) = parc.certificats
    assert (c.finess, c.structure, c.nom) == ("990001018", "1990001018", "INSI-AUTO")
    assert (c.organisation, c.departement) == ("PHARMACIE DU PORT", "Paris (75)")
    assert (c.fin, c.debut) == (date(2028, 2, 29), date(2025, 2, 28))
    assert (c.emetteur, c.serie, c.usage) == ("CN=AC de test", "BEEF", "SSL_SERV")
    assert c.courriels == ("a@exemple.fr", "b@exemple.fr")
    assert (c.fichier, c.ligne) == ("sous/un.pem", 1)
    assert c.serveur
    assert premieres_echeances(parc) == {"990001018": date(2028, 2, 29)}


@pytest.mark.parametrize(
    ("extensions", "usage"),
    [
        ([SERVEUR], "SSL_SERV"),
        ([x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), usage_simple("digital_signature")], "AUTH_CLI"),
        ([x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])], "S/MIME"),
        ([usage_simple("content_commitment")], "SIGN"),
        ([usage_simple("digital_signature")], "SIGN"),
        ([usage_simple("key_encipherment")], "CONF"),
        ([usage_simple("data_encipherment")], "CONF"),
        ([usage_simple("key_agreement"), x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])], ""),
        ([], ""),
    ],
)
def test_the_usage_is_named_as_the_igc_names_it(
    extensions: list[x509.ExtensionType], usage: str, tmp_path: Path
) -> None:
    assert lire(tmp_path, un_pem=pem(*extensions)).certificats[0].usage == usage


@pytest.mark.parametrize(
    ("fin", "jour"),
    [
        (datetime(2026, 7, 1, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 6, 30, 22, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(1969, 12, 31, 12, tzinfo=UTC), date(1969, 12, 31)),
        (datetime(2101, 1, 1, 12, tzinfo=UTC), date(2101, 1, 1)),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), date(9999, 12, 31)),
    ],
)
def test_the_day_is_the_day_in_paris(fin: datetime, jour: date, tmp_path: Path) -> None:
    assert lire(tmp_path, un_pem=pem(fin=fin)).certificats[0].fin == jour


def test_der_and_chains_are_read_and_authorities_put_aside(tmp_path: Path) -> None:
    ac = pem(x509.BasicConstraints(ca=True, path_length=None), nom=AUTORITE, serie=1)
    feuille = pem(x509.BasicConstraints(ca=False, path_length=None), serie=2)
    der = fabriquer(serie=3).public_bytes(Encoding.DER)
    parc = lire(tmp_path, a_pem=b"texte\n" + feuille + ac, b_cer=der)
    assert [(c.fichier, c.ligne, c.serie) for c in parc.certificats] == [("a.pem", 1, "2"), ("b.cer", 1, "3")]
    assert [*map(str, parc.avertissements)] == ["a.pem, ligne 2 : certificat d’autorité, il ne compte pas"]
    assert parc.lignes_illisibles == ()


def test_a_private_key_is_refused_and_said(tmp_path: Path) -> None:
    p12 = pkcs12.serialize_key_and_certificates(b"x", CLE, None, None, BestAvailableEncryption(b"secret"))
    parc = lire(
        tmp_path,
        a_key=b"peu importe",
        b_pem=CLE_PEM,
        c_der=CLE.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
        d_bin=p12,
        e_pem=CLE_PEM + pem(),
        f_p12=p12,
    )
    assert [avis.fichier for avis in parc.avertissements] == [*("a.key", "b.pem", "c.der", "d.bin", "e.pem", "f.p12")]
    assert all("clé privée refusée" in avis.message for avis in parc.avertissements)
    assert [c.fichier for c in parc.certificats] == ["e.pem"]
    assert parc.lignes_illisibles == ()


def test_what_gives_no_pharmacy_is_listed(tmp_path: Path) -> None:
    double = pem()
    parc = lire(
        tmp_path,
        a_pem=pem(nom=sujet("SIEGE"), serie=5) + b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        b_txt=b"notes",
        c_pem=b"0" * 1_000_001,
        d_pem=double,
        e_pem=double,
    )
    assert [(i.fichier, i.ligne) for i in parc.lignes_illisibles] == [
        *(("a.pem", 1), ("a.pem", 2), ("b.txt", 1), ("c.pem", 1), ("e.pem", 1))
    ]
    mots = ["FINESS", "pas un certificat", "pas un certificat", "1 Mo", "même certificat que d.pem"]
    assert [mot in i.message for i, mot in zip(parc.lignes_illisibles, mots, strict=True)] == [True] * 5


def test_a_file_that_cannot_be_opened_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.pem").write_bytes(pem())

    def refuser(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuser)
    assert ["ouvert" in i.message for i in lire_x509(tmp_path).lignes_illisibles] == [True]


def test_one_file_is_a_fleet_too(tmp_path: Path) -> None:
    (tmp_path / "un.crt").write_bytes(pem())
    assert [c.fichier for c in lire_x509(tmp_path / "un.crt").certificats] == ["un.crt"]
    with pytest.raises(SuiviIllisible, match="n’existe pas"):
        lire_x509(tmp_path / "absent")


@pytest.mark.parametrize("left", [{}, {"a_key": b"x", "b_pem": CLE_PEM}])
def test_a_folder_without_a_certificate_is_an_error_and_never_no_alert(left: dict[str, bytes], tmp_path: Path) -> None:
    with pytest.raises(SuiviIllisible, match="Aucun certificat à suivre") as refus:
        lire(tmp_path, **left)
    assert [nom in str(refus.value) for nom in ("a.key", "b.pem")] == [bool(left)] * 2


def test_a_folder_that_cannot_be_looked_into_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "clos").mkdir()
    (tmp_path / "un.pem").write_bytes(pem())
    (tmp_path / "ailleurs").symlink_to(tmp_path / "clos", target_is_directory=True)
    vrai, clos = os.scandir, [tmp_path / "clos"]

    def refuser(lieu: str) -> object:
        if Path(lieu) in clos:
            raise PermissionError(13, "Permission denied", str(lieu))
        return vrai(lieu)

    monkeypatch.setattr("os.scandir", refuser)
    parc = lire_x509(tmp_path)
    assert [(i.fichier, "ne peut pas être lu" in i.message) for i in parc.lignes_illisibles] == [("clos", True)]
    assert [*map(str, parc.avertissements)] == ["ailleurs : lien vers un autre dossier, il n’a pas été suivi"]
    clos.append(tmp_path)
    with pytest.raises(SuiviIllisible, match="droits d’accès"):
        lire_x509(tmp_path)


def test_a_folder_of_other_things_is_an_error_as_an_empty_one_is(tmp_path: Path) -> None:
    other = {"a_csv": b"numero;finess\n", "b_ipynb": b"{}", "c_png": b"\x89PNG", "d_txt": b"00101;x", "e_key": b"x"}
    with pytest.raises(SuiviIllisible, match="Aucun certificat à suivre ici") as refus:
        lire(tmp_path, **other)
    assert "Fichiers lus qui n’en sont pas : 4." in str(refus.value)
    assert "e.key" in str(refus.value)


def test_what_is_no_certificate_is_never_the_same_certificate_as_another(tmp_path: Path) -> None:
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
    parc = lire(tmp_path, a_txt=b"notes", b_txt=b"{}", c_pem=broken, d_pem=broken, e_pem=b"-----BEGIN", f_pem=pem())
    assert [c.fichier for c in parc.certificats] == ["f.pem"]
    whys = [(i.fichier, i.message.partition(" (")[0]) for i in parc.lignes_illisibles]
    assert whys == [
        *(("a.txt", "ce fichier n’est pas un certificat"), ("b.txt", "ce fichier n’est pas un certificat")),
        *((name, "ce n’est pas un certificat lisible") for name in ("c.pem", "d.pem", "e.pem")),
    ]


def test_a_folder_of_damaged_certificates_tells_each(tmp_path: Path) -> None:
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
    parc = lire(tmp_path, a_txt=b"notes", b_pem=broken)
    assert [i.fichier for i in parc.lignes_illisibles] == ["a.txt", "b.pem"]
