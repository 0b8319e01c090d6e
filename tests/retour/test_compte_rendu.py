"""What is shown of answers: what to look at first, the two values that differ, and nobody's name."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reponses import ASP, CODE, LIBELLE, accepted, encode, sent, sent_bytes

from segur_pha import Demande, SegurError, controler, lire_retour, rapprocher
from segur_pha.rapports.csv import en_csv
from segur_pha.rapports.tableau import Marque, Niveau
from segur_pha.retour.comparaison import differences
from segur_pha.retour.compte_rendu import ReponseVue, en_page, en_tableaux
from segur_pha.retour.ecarts import NatureEcart
from segur_pha.retour.provenance import ce_n_est_pas_la_reponse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: Where people stand in a request, and what says nothing of one.
PERSONAL = [
    ("beneficiaire", "nomResponsable"),
    ("beneficiaire", "emailResponsable"),
    ("beneficiaire", "telephoneResponsable"),
    ("certificatsServeur", "nomAdminTechnique"),
    ("certificatsServeur", "telAdminTechnique"),
    ("certificatsServeur", "emailAdminTechnique"),
    ("certificatsServeur", "numeroCarteCPX"),
]
OTHERS = [("commande", "dateCommande"), ("beneficiaire", "FINESSGeo"), ("commande", "regimeTVA")]


FILTER = '<input id="filtre"'


def view(answer: object, count: int = 3, name: str = "r.json") -> ReponseVue:
    octets = answer if isinstance(answer, bytes) else encode(answer)
    retour = lire_retour(octets)
    return ReponseVue(nom=name, retour=retour, rapprochement=rapprocher(sent_bytes(count), retour))


def answered(change: Callable[[list[dict]], object], count: int = 3) -> dict:
    answer = accepted(sent(count))
    change(answer["lignesImport"])
    return answer


def rejected(line: dict) -> None:
    line.update({ASP: None, CODE: "17", LIBELLE: "FINESSGeo inconnu"})


WORDS = st.text(min_size=4, max_size=90).filter(lambda text: len(set(text)) > 3)


@given(st.sampled_from([*PERSONAL, *OTHERS]), WORDS, WORDS)
def test_of_two_values_that_differ_both_are_shown_and_of_a_person_s_neither(
    place: tuple[str, str], gone: str, back: str
) -> None:
    block, tag = place
    envoyee, revenue = sent(1)["lignesImport"][0], sent(1)["lignesImport"][0]
    envoyee[block][tag], revenue[block][tag] = gone, back
    found = [(d.parti, d.venu) for d in differences(Demande, envoyee, revenue, "")]
    shown = tuple(text if len(text) <= 80 else f"{text[:80]}…" for text in (gone, back))
    masked = tuple(f"masquée ({len(text)} caractères)" for text in (gone, back))
    assert found == ([] if gone == back else [masked if place in PERSONAL else shown])


def test_values_of_every_kind() -> None:
    gone, back = sent(1)["lignesImport"][0], sent(1)["lignesImport"][0]
    gone["commande"]["montantSegurHT"] = b"708.33"
    back["commande"]["montantSegurHT"] = 850
    back["scenarioInstallation"]["hasBALMSSantePersonnelle"] = False
    back["beneficiaire"]["nomResponsable"] = None
    del gone["commande"]["regimeTVA"]
    found = {d.chemin: (d.parti, d.venu) for d in differences(Demande, gone, back, "")}
    assert found == {
        "/commande/montantSegurHT": ("708.33", "850"),
        "/commande/regimeTVA": ("absente", "TTC"),
        "/scenarioInstallation/hasBALMSSantePersonnelle": ("true", "false"),
        "/beneficiaire/nomResponsable": ("masquée (6 caractères)", "null"),
    }


class Chemin:
    """A path of somebody else's."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return str(self.path)


def test_a_path_may_be_anybody_s(tmp_path: Path) -> None:
    for name, octets in (("sent.json", sent_bytes(2)), ("answer.json", encode(accepted(sent(2))))):
        (tmp_path / name).write_bytes(octets)
    answer = lire_retour(Chemin(tmp_path / "answer.json"))
    assert rapprocher(Chemin(tmp_path / "sent.json"), answer).sans_ecart
    assert controler(Chemin(tmp_path / "sent.json")).recevable
    with pytest.raises(SegurError, match="Indiquez les octets"):
        lire_retour(3)


def test_what_is_to_be_looked_at_comes_first_and_what_is_accepted_is_counted() -> None:
    def change(lines: list[dict]) -> None:
        rejected(lines[0])
        lines[1]["commande"]["dateCommande"] = "01/01/2020"
        lines[1]["vu"] = True
        lines[2].update({ASP: None, CODE: None, LIBELLE: None})
        lines[3][LIBELLE] = "acceptÃ©e"

    shown = view(answered(change, 5), 5)
    assert [table.titre for table in shown.tableaux()] == [
        "Écarts", "Demandes rejetées", "Lignes ambiguës", "Demandes sans réponse",
    ]  # fmt: skip
    first, rejections, *_ = shown.tableaux()
    assert [row[:4] for row in first.rangees] == [
        ("00002", "contenu modifié", "15/11/2022", "01/01/2020"),
        ("00004", "ligne ambiguë", "", ""),
        ("00002", "balise inconnue", "", ""),
    ]
    assert [row[0] for row in rejections.rangees] == ["00001"]
    assert [table.titre for table in shown.tableaux(complet=True)][-1] == "Demandes acceptées"
    assert shown.resume.texte == "2 acceptées, 1 rejetée, 1 non traitée, 1 ambiguë"
    assert not shown.tout_est_accepte
    assert view(accepted(sent(3))).tout_est_accepte
    assert list(view(accepted(sent(3))).tableaux()) == []


def test_one_table_holds_every_line_of_several_answers() -> None:
    def change(lines: list[dict]) -> None:
        rejected(lines[0])
        lines[0]["numeroEditeur"] = "=1+1"
        del lines[2]

    views = [
        view(answered(change)),
        ReponseVue(nom="vide.json", erreur="Ce fichier ne se lit pas."),
        view(accepted(sent(3))),
    ]
    lines, odd = en_tableaux(views)
    rows = list(csv.reader(io.StringIO(en_csv(lines).decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == [
        *("Réponse", "Ligne", "Demande", "Issue", "numeroASP", "Code", "Libellé de l’ASP", "Que faire", "Écarts")
    ]
    assert [(row[0], row[1], row[2], row[3], row[8]) for row in rows[1:]] == [
        ("r.json", "1", "'=1+1", "rejetée", "réponse étrangère"),
        ("r.json", "2", "00002", "acceptée", ""),
        ("r.json", "", "00001", "", "réponse absente"),
        ("r.json", "", "00003", "", "réponse absente"),
        ("vide.json", "", "", "", ""),
        *(("r.json", str(rank), f"0000{rank}", "acceptée", "") for rank in (1, 2, 3)),
    ]
    assert rows[5][7] == "Ce fichier ne se lit pas."
    assert [line[3] for line in lines.rangees[:2]] == [
        Marque("rejetée", Niveau.MAUVAIS),
        Marque("acceptée", Niveau.BON),
    ]
    assert odd.colonnes == ("Réponse", "Demande", "Écart", "Attendu", "Reçu", "Explication", "Où")
    assert [row[2] for row in odd.rangees] == ["réponse absente", "réponse absente", "réponse étrangère"]
    assert en_tableaux([views[1]])[0].colonnes[4] == "numeroASP"


def test_a_page_shows_each_answer_and_escapes_what_it_repeats() -> None:
    hostile = "<script>alert(1)</script>"

    def change(lines: list[dict]) -> None:
        rejected(lines[0])
        lines[0][LIBELLE] = hostile

    odd = en_page(
        [view(answered(change), name=hostile), ReponseVue(nom="b", erreur=hostile)], jour=date(2022, 11, 16)
    ).decode()
    assert "Réponses du portail au 16/11/2022" in odd
    assert hostile not in odd.replace("<script>(", "")
    assert odd.count("&lt;script&gt;alert(1)") >= 4
    assert '<nav aria-label="Réponses"><ul><li><a href="#reponse-0">' in odd
    assert '<a href="#reponse-1">b</a>' in odd
    assert '<h2 id="reponse-1">b</h2>' in odd
    assert ("DURAND" in odd, "Demandes acceptées" in odd) == (False, False)
    kept = ReponseVue(nom="r", retour=view(accepted(sent(3))).retour, rapprochement=view(accepted(sent(3))).rapprochement,
                      enregistree=True)  # fmt: skip
    page = en_page([kept], complet=True).decode()
    assert "<title>Réponses du portail</title>" in page
    assert "<p></p>" not in odd + page
    # There is a filter where there is a table to filter.
    assert [FILTER in shown for shown in (odd, page, en_page([kept]).decode())] == [True, True, False]
    assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", odd) == [
        *(("Demandes envoyées", "3"), ("Réponses sûres", "3"), ("Acceptées", "2"), ("Rejetées", "1")),
        *(("Non traitées", "0"), ("Ambiguës", "0")),
    ]
    assert '<table class="fiches">' in odd
    assert "est enregistrée au registre" not in odd
    assert ("Demandes acceptées" in page, "est enregistrée au registre" in page, "<nav" in page) == (True, True, False)


def test_an_answer_says_in_a_line_how_many_lines_it_has_of_each_outcome() -> None:
    def change(lines: list[dict]) -> None:
        rejected(lines[0])
        lines[2].update({ASP: None, CODE: None, LIBELLE: None})
        lines[3].update({ASP: None, CODE: None, LIBELLE: None})
        lines[4][LIBELLE] = "acceptÃ©e"

    assert str(view(answered(change, 7), 7).retour) == (
        "Réponse de 7 lignes : 3 acceptées, 1 rejetée, 2 non traitées, 1 ambiguë"
    )


def test_what_must_be_known_of_how_it_was_read_is_said() -> None:
    assert view(accepted(sent(3))).remarques == ()
    spoiled = json.dumps(answered(lambda lines: rejected(lines[0])), ensure_ascii=False).replace("inconnu", "refusé")
    (said,) = view(spoiled.encode("cp1252")).remarques
    assert "lu en Windows-1252" in said
    assert ReponseVue(nom="r", erreur="x").remarques == ()
    assert list(ReponseVue(nom="r", erreur="x").tableaux()) == []
    assert ReponseVue(nom="r", erreur="x").resume.texte == "refusée"


def test_a_file_that_says_nothing_new_is_told() -> None:
    again = json.dumps(sent(3), indent=7).encode()
    (said,) = view(again).remarques
    assert "Aucune ligne n’a de réponse" in said
    for change in ({"impId": "IMP"}, {"lignesImport": []}, {"version": 2}):
        assert not any("Aucune ligne" in said for said in view({**sent(3), **change}).remarques)


@pytest.mark.parametrize(
    ("ans", "siret"), [*product(["ANS0000001", "LGO9999999", None], ["12345678200010", "98765432100011"])]
)
def test_another_publisher_s_answer_is_told_by_both_values_of_its_header(ans: str | None, siret: str) -> None:
    answer = lire_retour(encode({**accepted(sent(1)), "numeroAns": ans, "SIRET": siret}))
    header = {"numeroAns": "ANS0000001", "SIRET": "12345678200010"}
    said = ce_n_est_pas_la_reponse(answer, header, le_meme_fichier=False)
    foreign = (ans, siret) == ("LGO9999999", "98765432100011")
    assert said == (
        "Cette réponse est celle d’un autre éditeur : elle porte numeroAns LGO9999999, SIRET 98765432100011 ; le fichier déposé "
        "porte numeroAns ANS0000001, SIRET 12345678200010."
        if foreign
        else ""
    )
    assert ce_n_est_pas_la_reponse(answer, header, le_meme_fichier=True).startswith(
        "Ce fichier est celui qui a été déposé"
    )


def test_every_kind_that_compares_has_two_values() -> None:
    """The amount that came back is the very one that is shown, whatever its writing."""
    answer = answered(lambda lines: lines[0]["commande"].update(montantSegurHT="850,00"))
    (ecart,) = view(answer).rapprochement.ecarts
    assert (NatureEcart.de(ecart), Decimal(ecart.attendu), ecart.recu) == (
        NatureEcart.CONTENU_MODIFIE,
        Decimal("708.33"),
        "850,00",
    )
    assert "850" not in repr(ecart) + ecart.message
