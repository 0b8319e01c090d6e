"""Real certificates: the tests make their own, with an authority above them."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from segur_pha.certificats import Parc, SuiviIllisible, lire_x509, premieres_echeances
from segur_pha.cli import principal

if TYPE_CHECKING:
    from collections.abc import Callable

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
        *(("a.pem", 1), ("a.pem", 2), ("c.pem", 1), ("e.pem", 1))
    ]
    assert [avis.fichier for avis in parc.avertissements] == ["b.txt"]
    mots = ["FINESS", "pas un certificat", "1 Mo", "même certificat que d.pem"]
    assert [mot in i.message for i, mot in zip(parc.lignes_illisibles, mots, strict=True)] == [True] * 4


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
    parc = lire(tmp_path, a_txt=b"notes", b_txt=b"{}", c_pem=broken, d_pem=broken, e_txt=b"-----BEGIN", f_pem=pem())
    assert [c.fichier for c in parc.certificats] == ["f.pem"]
    whys = [(i.fichier, i.message.partition(" (")[0]) for i in parc.lignes_illisibles]
    assert whys == [(name, "ce n’est pas un certificat lisible") for name in ("c.pem", "d.pem", "e.txt")]
    assert [(a.fichier, a.message.partition(" (")[0]) for a in parc.avertissements] == [
        (name, "ce fichier n’est pas un certificat") for name in ("a.txt", "b.txt")
    ]


def test_a_folder_of_damaged_certificates_tells_each(tmp_path: Path) -> None:
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
    parc = lire(tmp_path, a_txt=b"notes", b_pem=broken, c_cer=b"")
    assert [i.fichier for i in parc.lignes_illisibles] == ["b.pem", "c.cer"]
    assert [i.fichier for i in parc.avertissements] == ["a.txt"]


STRAY = {
    ".DS_Store": b"\0\0\0\1Bud1",
    "Thumbs.db": b"\xd0\xcf\x11\xe0",
    "desktop.ini": b"[.ShellClassInfo]\r\n",
    "README.md": b"# Certificats\n",
    "LISEZMOI": b"",
    "suivi.csv": b"finess;fin\n",
    "~$suivi.xlsx": b"\x05",
}


@pytest.mark.parametrize("name", STRAY)
def test_what_lies_around_is_told_and_is_nothing_to_correct(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(STRAY[name])
    (tmp_path / "a.pem").write_bytes(pem())
    assert lire_x509(tmp_path).lignes_illisibles == ()
    assert principal(["certificats", str(tmp_path), "--au", "2023-01-10"]) == 0
    screen = capsys.readouterr().out
    assert f"{name} : ce fichier n’est pas un certificat" in screen
    assert "À corriger" not in screen


@pytest.mark.parametrize(
    ("many", "rest"), [(20, None), (21, "et 1 autre fichier qui n’est"), (30, "et 10 autres fichiers")]
)
def test_a_folder_full_of_other_things_names_some_and_counts_the_others(
    many: int, rest: str | None, tmp_path: Path
) -> None:
    for rank in range(many):
        (tmp_path / f"{rank:02}.txt").write_bytes(b"notes")
    (tmp_path / "a.pem").write_bytes(pem())
    *_, last = map(str, lire_x509(tmp_path).avertissements)
    assert (rest or f"{many - 1}.txt :") in last


@pytest.mark.parametrize("magic", [b"PK\3\4", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\0", b"\x1f\x8b\x08"])
def test_an_archive_may_hold_certificates_and_stays_to_be_corrected(magic: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(magic + bytes(50))
    (tmp_path / "b.pem").write_bytes(pem())
    assert [*map(str, lire_x509(tmp_path).lignes_illisibles)] == [
        "a.bin, ligne 1 : archive : sortez-en les certificats, elle n’est pas ouverte"
    ]


def signing_request(name: x509.Name) -> x509.CertificateSigningRequest:
    return x509.CertificateSigningRequestBuilder().subject_name(name).sign(CLE, hashes.SHA256())


def revocation_list() -> x509.CertificateRevocationList:
    day = datetime(2023, 1, 1)  # noqa: DTZ001 - as a CRL tells it
    made = (
        x509.CertificateRevocationListBuilder().issuer_name(sujet()).last_update(day).next_update(day + timedelta(30))
    )
    return made.sign(CLE, hashes.SHA256())


NEIGHBOURS: list[tuple[str, Callable[[Encoding], bytes]]] = [
    ("CSR", lambda form: signing_request(sujet()).public_bytes(form)),
    ("CSR", lambda form: signing_request(x509.Name([])).public_bytes(form)),
    ("CRL", lambda form: revocation_list().public_bytes(form)),
    ("clé publique", lambda _: CLE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)),
]


@pytest.mark.parametrize("form", [Encoding.PEM, Encoding.DER])
@pytest.mark.parametrize(("kind", "made"), NEIGHBOURS)
def test_a_request_and_its_like_are_named_as_what_they_are(
    kind: str, made: Callable[[Encoding], bytes], form: Encoding, tmp_path: Path
) -> None:
    (tmp_path / "a.csr").write_bytes(made(form))
    (tmp_path / "b.pem").write_bytes(pem())
    parc = lire_x509(tmp_path)
    assert (len(parc.certificats), parc.lignes_illisibles) == (1, ())
    [told] = map(str, parc.avertissements)
    assert told.startswith("a.csr : ")
    assert kind in told
    assert told.endswith("et non un certificat")
    (tmp_path / "b.pem").unlink()
    with pytest.raises(SuiviIllisible, match=f"Aucun certificat à suivre ici.*{re.escape(kind)}"):
        lire_x509(tmp_path)


@pytest.mark.parametrize(
    ("units", "told"),
    [
        (("1990001018",), []),
        (("1990001018", "1990001018"), []),
        (("318751275100020", "1990001018"), []),
        (
            ("1990001380", "1990001018"),
            [
                "a.pem, ligne 1 : le sujet donne plusieurs FINESS : compté pour 990001380, et non pour 990001018 ; vérifiez lequel"
            ],
        ),
    ],
)
def test_a_subject_with_two_pharmacies_is_told(units: tuple[str, ...], told: list[str], tmp_path: Path) -> None:
    names = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units]
    (tmp_path / "a.pem").write_bytes(pem(nom=x509.Name(names)))
    assert [*map(str, lire_x509(tmp_path).avertissements)] == told
