"""The two quick looks at a text: how many blocks it opens, and which keys its objects repeat (decisions 3 and 90)."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import TYPE_CHECKING

from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from segur_pha import VA1, controler
from segur_pha.table.codes import CodeDeFichier
from segur_pha.texte_json.analyse import analyser, trop_de_blocs, verifier
from segur_pha.texte_json.grammaire import TexteFautif
from segur_pha.texte_json.lecture import lire_octets, sans_cle_double
from tests.outils import codes, demande, fichier, octets, texte

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LIMITES = VA1.limites

CLES = st.sampled_from(["a", "b", "é", ":", '"', "\\", "{", "]", ",", "", "😀"])
FEUILLES = st.none() | st.booleans() | st.integers() | st.text('a":,[]{}\\é😀', max_size=4)


class Objet(tuple):  # noqa: SLOT001 - a tuple of pairs, told apart from a list
    """The members of an object, in which a key may stand twice."""


VALEURS = st.recursive(
    FEUILLES,
    lambda v: st.lists(v, max_size=4) | st.lists(st.tuples(CLES, v), max_size=5).map(Objet),
    max_leaves=25,
)
BLANCS = st.sampled_from(["", " ", "\n\t", "\r\n  "])


class Ecriture:
    """Write JSON with the keys that an object repeats, which no mapping could hold, and note where each of them stands."""

    def __init__(self, blanc: str, *, ascii_seul: bool) -> None:
        self.blanc, self.ascii_seul = blanc, ascii_seul
        self.texte = ""
        self.doubles: list[tuple[tuple[str | int, ...], str, int]] = []

    def valeur(self, valeur: object, chemin: tuple[str | int, ...] = ()) -> None:
        if isinstance(valeur, list):
            self.bloc("[]", enumerate(valeur), chemin)
        elif isinstance(valeur, Objet):
            self.bloc("{}", valeur, chemin)
        else:
            self.texte += json.dumps(valeur, ensure_ascii=self.ascii_seul)

    def bloc(self, crochets: str, elements: Iterable[tuple[str | int, object]], chemin: tuple[str | int, ...]) -> None:
        vues: set[object] = set()
        self.texte += crochets[0] + self.blanc
        for pas, valeur in elements:
            self.texte += f"{self.blanc},{self.blanc}" if vues else ""
            if isinstance(pas, str):
                if pas in vues:
                    self.doubles.append((chemin, pas, len(self.texte)))
                self.texte += f"{json.dumps(pas, ensure_ascii=self.ascii_seul)}{self.blanc}:{self.blanc}"
            vues.add(pas)
            self.valeur(valeur, (*chemin, pas))
        self.texte += self.blanc + crochets[1]


def ecrire(valeur: object, blanc: str = "", *, ascii_seul: bool = False) -> Ecriture:
    ecriture = Ecriture(blanc, ascii_seul=ascii_seul)
    ecriture.valeur(valeur)
    return ecriture


@given(valeur=VALEURS, blanc=BLANCS, ascii_seul=st.booleans(), gardees=st.integers(0, 3), sans_arbre=st.booleans())
def test_every_key_that_stands_twice_is_found_at_its_place(
    *, valeur: object, blanc: str, ascii_seul: bool, gardees: int, sans_arbre: bool
) -> None:
    ecrit = ecrire(valeur, blanc, ascii_seul=ascii_seul)
    for maximum in (1_000, gardees):
        lue = analyser(ecrit.texte, niveaux=64, gardees=maximum, sans_arbre=sans_arbre)
        assert ([*lue.cles_doubles], lue.nombre_de_doubles) == (ecrit.doubles[:maximum], len(ecrit.doubles))
        assert lue.arbre == (None if sans_arbre else json.loads(ecrit.texte))


def test_keys_are_counted_beyond_those_that_are_kept_and_blocks_from_the_first_of_their_list() -> None:
    source = '[[1], [2], {"a": 1, "a": 2, "a": 3}, {"b": [], "b": {}}]'
    for gardees, attendues in ((1, [((2,), "a", 2)]), (2, [((2,), "a", 2), ((2,), "a", 3)])):
        lue = analyser(source, niveaux=64, gardees=gardees)
        assert [*lue.cles_doubles] == [(chemin, cle, source.index(f'"a": {n}')) for chemin, cle, n in attendues]
        assert lue.nombre_de_doubles == 3


def profondeur(valeur: object) -> int:
    """Count the levels of a value, the keys that are lost included."""
    if isinstance(valeur, Objet):
        return 1 + max((profondeur(v) for _, v in valeur), default=0)
    return 1 + max(map(profondeur, valeur), default=0) if isinstance(valeur, list) else 0


@example(valeur=[0, [[]]], niveaux=2)
@given(VALEURS, st.integers(1, 4))
def test_a_block_too_deep_is_found_where_it_begins(valeur: object, niveaux: int) -> None:
    source = ecrire(valeur).texte
    fautes = [faute_de(lecteur, source, niveaux) for lecteur in (analyser, verifier)]
    if profondeur(valeur) <= niveaux:
        assert fautes == [None, None]
        return
    hors_des_textes = re.sub(r'"(?:[^"\\]|\\.)*"', lambda t: "x" * len(t[0]), source)
    ouverts = [*accumulate((c in "{[") - (c in "}]") for c in hors_des_textes)]
    place = ouverts.index(niveaux + 1)
    assert fautes == [(CodeDeFichier.TAILLE, f"plus de {niveaux} niveaux d’imbrication", place)] * 2


def faute_de(lecteur: Callable[..., object], source: str, niveaux: int) -> tuple[object, ...] | None:
    try:
        lecteur(source, niveaux=niveaux)
    except TexteFautif as faute:
        return faute.args
    return None


@given(VALEURS)
def test_blocks_are_counted_wherever_their_brackets_stand(valeur: object) -> None:
    source = ecrire(valeur).texte
    ouverts = len(re.findall(r"[\[{]", re.sub(r'"(?:[^"\\]|\\.)*"', "", source)))
    assert not trop_de_blocs(source.encode(), ouverts)
    assert ouverts == 0 or trop_de_blocs(source.encode(), ouverts - 1)


@given(st.text('"\\[{a', max_size=12), st.integers(0, 4))
def test_a_text_left_open_holds_all_that_follows(source: str, maximum: int) -> None:
    hors, ici = [], iter(source)
    dedans = False
    for caractere in ici:
        if dedans and caractere == "\\":
            next(ici, "")
        elif caractere == '"':
            dedans = not dedans
        elif not dedans:
            hors.append(caractere)
    assert trop_de_blocs(source.encode(), maximum) == (sum(c in "[{" for c in hors) > maximum)


# --- What it means for a file ---

PLEIN = LIMITES.blocs_du_json


def test_a_file_of_more_blocks_than_any_fleet_has_is_refused_before_it_is_read() -> None:
    (anomalie,) = controler(b'{"a":[' + b"{}," * (PLEIN - 1) + b"{}]}").anomalies_fichier
    assert (anomalie.code, anomalie.position) == ("9909", None)
    assert anomalie.libelle.endswith(" ; plus de 150 000 objets et listes")


def test_as_many_blocks_as_allowed_are_judged() -> None:
    rapport = controler(b'{"lignesImport":[' + b"{}," * (PLEIN - 3) + b"{}]}")
    assert codes(rapport)[:4] == ["9905", "9905", "9905", "9908"]
    # every request lacks its eleven tags that may not be missing
    assert rapport.anomalies_fichier[-1].libelle.endswith(
        f"(et {4 + 11 * (PLEIN - 2) - 1_000} autres anomalies après celle-ci)"
    )


def test_a_file_filled_with_real_requests_has_fewer_blocks_than_the_limit() -> None:
    une = texte(demande(), compact=True)
    par_demande = une.count("{") + une.count("[")
    assert LIMITES.octets_du_json // len(une) * par_demande < PLEIN
    rapport = controler(octets(fichier(*[demande()] * 300), compact=True))
    assert codes(rapport) == ["9908"]


def test_brackets_in_a_text_are_no_blocks() -> None:
    source = octets(fichier()).replace(b"MARTIN", b"[{" * PLEIN)
    assert codes(controler(source)) == ["1603"]


def test_the_encoding_is_told_before_the_number_of_blocks() -> None:
    source = ("{}" * 2 * PLEIN).encode("utf-16")
    assert codes(controler(source)) == ["9901"]


def test_a_thousand_keys_written_twice_are_named_and_the_others_counted() -> None:
    membres = [f'"{n // 2}":0' for n in range(6_000)]
    rapport = controler("{" + ",".join(membres) + "}")
    assert codes(rapport) == ["9903"] * 1_000
    # 3,000 keys twice, 3,000 unknown, 4 tags missing
    derniere = rapport.anomalies_fichier[-1]
    assert derniere.libelle.endswith("(et 5004 autres anomalies après celle-ci)")
    assert str(derniere.position) == f"ligne 1, colonne {len('{' + ','.join(membres[:1_999]) + ',') + 1}"


def test_a_specification_may_allow_fewer_blocks() -> None:
    etroite = evolve(VA1, limites=evolve(LIMITES, blocs_du_json=5))
    assert codes(controler(octets(fichier()), specification=etroite)) == ["9909"]
    # six blocks cannot be written shorter
    assert codes(controler("[[[[[[]]]]]]", specification=etroite)) == ["9909"]
    assert codes(controler("[[[[[]]]]]  ", specification=etroite)) == ["9904"]


def test_a_place_far_down_in_a_long_file_is_counted_right() -> None:
    source = "[" + "\n" * 65_535 + "1,\n\n" + "2," * 40_000 + "x]"
    (anomalie,) = controler(source).anomalies_fichier
    assert str(anomalie.position) == "ligne 65538, colonne 80001"


def test_an_escaped_colon_hides_no_key() -> None:
    assert sans_cle_double(b'{"a":"b:c"}', 1, [["b:c", None]])
    assert not sans_cle_double(rb'{"a":1,"a":"\u003a"}', 1, [[":"]])
    assert sans_cle_double(rb'{"a":"\n:"}', 1, [["\n:"]])


def test_an_ordinary_text_with_colons_and_lists_needs_no_slow_look() -> None:
    lecture = lire_octets(b'{"a:b":["c:d",{"e":[{"f":":"}],"g":null}],"h":[":"],"i":7}', LIMITES)
    assert lecture.sure(LIMITES)
