"""E-mail addresses: likely to work or not, shared or personal."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segur_pha.courriels import AvisCourriel, examiner_courriel, nature_courriel
from segur_pha.erreurs import ExtraManquant

SHARED = [
    "contact@editeur.fr",
    "pharmacieduport@orange.fr",
    "it@lgo.com",
    "dmp.certificats@editeur.fr",
    "CONTACT+igc@editeur.fr",
]
PERSONAL = ["prenom.nom@editeur.fr", "p.nom@editeur.fr", "marie-claire.durand@wanadoo.fr", "j_dupont@free.fr"]
UNSURE = ["durand@wanadoo.fr", "x1234@free.fr"]


@pytest.mark.parametrize("adresse", SHARED)
def test_a_shared_box_is_recognised(adresse: str) -> None:
    assert nature_courriel(adresse)[0] is True
    assert examiner_courriel(adresse) == AvisCourriel(valide=True, generique=True, raison=nature_courriel(adresse)[1])


@pytest.mark.parametrize("adresse", PERSONAL)
def test_a_personal_address_is_recognised(adresse: str) -> None:
    generique, raison = nature_courriel(adresse)
    assert generique is False
    assert "boîte partagée" in raison
    assert examiner_courriel(adresse).generique is False


@pytest.mark.parametrize("adresse", UNSURE)
def test_a_doubt_is_said_and_counts_as_personal_in_advice(adresse: str) -> None:
    assert nature_courriel(adresse)[0] is False
    assert examiner_courriel(adresse).generique is None
    assert examiner_courriel(adresse).valide


@pytest.mark.parametrize(
    ("adresse", "mot"),
    [
        ("", "aucune"),
        ("   ", "aucune"),
        ("contact", "seul @"),
        ("a@b@c.fr", "seul @"),
        ("contact@pharmacie", "incomplet"),
        ("contact@pharmacie.local", "internes"),
        ("contact @pharmacie.fr", "mal formée"),
        ("contact@gmial.com", "mal recopié"),
        ("contact@orange.frr", "mal recopié"),
        ("contact@gmail.co", "mal recopié"),
        ("no-reply@editeur.fr", "personne ne lit"),
        ("No.Reply@editeur.fr", "personne ne lit"),
        ("pharmacie-noreply@editeur.fr", "personne ne lit"),
        ("do_not_reply@editeur.fr", "personne ne lit"),
        ("ne-pas-repondre@editeur.fr", "personne ne lit"),
        ("\ud800@editeur.fr", "mal formée"),
    ],
)
def test_an_address_that_will_not_work_says_why(adresse: str, mot: str) -> None:
    avis = examiner_courriel(adresse)
    assert not avis.valide
    assert mot in avis.raison


@pytest.mark.parametrize(
    ("adresse", "mot"),
    [
        ("no-reply@editeur.fr", "personne ne lit"),
        ("ne-pas-repondre@editeur.fr", "personne ne lit"),
        ("contact@gmial.com", "mal recopié"),
        ("camille.durand@gmial.com", "mal recopié"),
    ],
)
def test_both_looks_say_the_same_of_an_address_that_will_not_be_read(adresse: str, mot: str) -> None:
    """The advice on a request has no extra to lean on, and must not call no-reply@ a person."""
    generique, raison = nature_courriel(adresse)
    assert (generique, raison) == (False, examiner_courriel(adresse).raison)
    assert mot in raison
    assert "prénom.nom" not in raison


def test_a_name_that_ends_like_no_is_no_automatic_sender() -> None:
    assert examiner_courriel("piano.reply@editeur.fr").valide


@given(st.text(max_size=40))
def test_no_text_breaks_it_and_no_reason_repeats_it(texte: str) -> None:
    for raison in (examiner_courriel(f"{texte}zq9@{texte}.fr").raison, nature_courriel(texte + "zq9@")[1]):
        assert raison
        assert "zq9" not in raison


ADRESSES = st.from_regex(r"\A[a-zA-Z0-9._-]{1,12}@(?:[a-z0-9-]{1,8}\.){1,3}(?:fr|com|local|test|a|x1|xn--p1ai)\Z")


@given(ADRESSES | st.from_regex(r"\A[a-z0-9]{1,40}@[a-z0-9]{1,70}\.fr\Z"))
def test_the_short_way_says_what_the_library_says(adresse: str) -> None:
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(adresse, check_deliverability=False, allow_smtputf8=False, strict=True)
        juste = True
    except EmailNotValidError:
        juste = False
    avis = examiner_courriel(adresse)
    assert avis.valide == juste or any(mot in avis.raison for mot in ("mal recopié", "personne ne lit"))


def test_blanks_around_an_address_do_not_count() -> None:
    assert examiner_courriel("  contact@editeur.fr\n").valide


def test_dns_is_asked_only_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from email_validator import EmailUndeliverableError, deliverability

    asked: list[str] = []

    def refuse(domain: str, *_: object, **__: object) -> object:
        asked.append(domain)
        raise EmailUndeliverableError("no MX")

    monkeypatch.setattr(deliverability, "validate_email_deliverability", refuse)
    assert examiner_courriel("contact@editeur.fr").valide
    assert asked == []
    avis = examiner_courriel("contact@editeur.fr", dns=True)
    assert asked == ["editeur.fr"]
    assert (avis.valide, avis.generique, avis.raison) == (False, True, "son domaine ne reçoit pas de courrier")


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "email_validator", None)
    with pytest.raises(ExtraManquant, match="certificats"):
        examiner_courriel("contact@editeur.fr")
    assert nature_courriel("contact@editeur.fr")[0]
