"""An answer that is not the UTF-8 it should be: read as Windows-1252 and said, or left to a person (decision 17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reponses import ASP, CODE, LIBELLE, accepted, encode, sent, sent_bytes

from segur_pha import Issue, NatureEcart, RetourIllisible, lire_retour, rapprocher
from segur_pha.cli import principal
from segur_pha.retour.lignes import lire_ligne

if TYPE_CHECKING:
    from pathlib import Path

#: What French texts hold, and the signs of Windows-1252 that Latin-1 has not.
WORDS = st.text("ÀÂÇÈÉÊËÎÏÔÙÛÜŸŒÆàâçèéêëîïôùûüÿœæ’«»–…€ abcXYZ'", min_size=1, max_size=20)


@given(WORDS, WORDS)
def test_a_text_in_windows_1252_is_read_and_said(name: str, libelle: str) -> None:
    parti = sent(1)
    parti["lignesImport"][0]["beneficiaire"]["nomResponsable"] = f"É {name}"
    answer = accepted(parti)
    answer["lignesImport"][0] |= {ASP: None, CODE: "17", LIBELLE: f"x é {libelle}"}
    octets = encode(answer).decode().encode("cp1252")
    retour = lire_retour(octets)
    assert (retour.encodage, retour.octets) == ("Windows-1252", octets)
    assert retour.lignes[0].libelle_traitement == f"x é {libelle}"
    matched = rapprocher(encode(parti), octets)
    assert (matched.ecarts, matched.encodage) == ((), "Windows-1252")


@pytest.mark.cas(6)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\r\n "])
def test_latin_1_says_the_same_and_an_utf_8_answer_says_nothing(mark: bytes) -> None:
    answer = encode(accepted(sent(1)))
    latin = lire_retour(mark + answer.decode().encode("latin-1"))
    plain = lire_retour(mark + answer)
    assert (latin.lignes, latin.entete, latin.encodage) == (plain.lignes, plain.entete, "Windows-1252")
    assert plain.encodage == rapprocher(sent_bytes(1), plain).encodage == "UTF-8"


@given(st.integers(0x80, 0xFF))
def test_no_byte_of_a_libelle_forbids_to_read_the_reference(byte: int) -> None:
    octets = encode(accepted(sent(1))).replace("acceptée".encode(), b"accept" + bytes([byte]) + b"e")
    [line] = lire_retour(octets).lignes
    # Any e of Windows-1252 makes the words of acceptance; whatever else is for a person to look at.
    assert line.numero_asp == "ASP00001"
    assert line.issue is (Issue.ACCEPTEE if chr(byte) in "éèêëÉÈÊË" else Issue.AMBIGUE)


@pytest.mark.parametrize("libelle", ["Demande acceptÃ©e", "Demande accept\ufffde", "Demande accept?e"])
def test_words_that_were_spoiled_are_never_guessed(libelle: str) -> None:
    assert lire_ligne({ASP: "A1", CODE: "0000", LIBELLE: libelle}).issue is Issue.AMBIGUE


def test_what_was_sent_must_be_what_was_sent() -> None:
    parti = encode(sent(1)).replace(b"DURAND", b"DUR\xc9")
    with pytest.raises(RetourIllisible, match=r"Fichier envoyé\. Son texte n’est pas en UTF-8") as refused:
        rapprocher(parti, encode(accepted(sent(1))))
    assert refused.value.code == "9901"


@pytest.mark.parametrize("reference", ["ASP00001", 4512])
def test_a_reference_that_was_sent_is_no_answer(reference: object) -> None:
    parti = sent(2)
    parti["lignesImport"][0][ASP] = reference
    answer = accepted(parti)
    answer["lignesImport"][0][ASP] = reference
    found = rapprocher(encode(parti), encode(answer))
    assert [(NatureEcart.de(e), e.numero) for e in found.ecarts] == [(NatureEcart.LIGNE_AMBIGUE, "00001")]
    assert [line.sure for line in found.lignes] == [False, True]
    answer["lignesImport"][0][ASP] = "another"
    assert rapprocher(encode(parti), encode(answer)).sans_ecart


def test_the_command_says_how_it_read_the_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sent.json").write_bytes(sent_bytes(1))
    answer = encode(accepted(sent(1))).decode()
    for encoding, said in (("utf-8", False), ("cp1252", True)):
        (tmp_path / "answer.json").write_bytes(answer.encode(encoding))
        assert principal(["retour", str(tmp_path / "answer.json"), "--envoye", str(tmp_path / "sent.json")]) == 0
        assert ("il a été lu en Windows-1252. Vérifiez les accents." in capsys.readouterr().out) is said
