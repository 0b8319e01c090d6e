"""Files spoilt at random: any JSON value anywhere, tags taken away, added or doubled, bytes changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from segur_pha import VA1
from segur_pha.strategies.arbres import arbres
from segur_pha.strategies.champs import json_quelconque
from segur_pha.strategies.ecritures import Repetee, textes

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

    from segur_pha.table.specification import Specification

#: Values that are wrong for most balises and nearly right for some.
PRESQUE = st.sampled_from(
    [
        *(
            None,
            "",
            " ",
            "null",
            "NULL",
            True,
            False,
            0,
            1,
            2,
            -1,
            b"1.0",
            b"850.00",
            b"1E2",
            "HT",
            "TTC",
            "C",
            "é" * 200,
        ),
        *(
            "15/11/2022",
            "31/02/2022",
            "00001",
            "PHA-LGO-Va1-BDC-00001.pdf",
            "CH_20",
            "a:b",
            "a@b.c",
            [],
            {},
            [[]],
            [{}],
        ),
    ]
)
#: What a slip of the keyboard or of a tool puts into a text.
INTRUS = st.sampled_from(
    [*(b"", b'"', b"\\", b",", b":", b"}", b"[", b"0", b".", b"-", b"e"), *(b"\xe9", b"\x00", b"\\u0041", b"\\ud83d")]
)


def objets_de(valeur: object) -> list[dict[str, object]]:
    """List every object of a tree, the root first."""
    if isinstance(valeur, dict):
        return [valeur, *(objet for v in valeur.values() for objet in objets_de(v))]
    return [objet for v in valeur for objet in objets_de(v)] if isinstance(valeur, list) else []


@st.composite
def arbres_gates(
    draw: DrawFn, specification: Specification = VA1, *, structure: bool = True, maximum: int = 3
) -> dict[str, object]:
    """Draw a tree with a few oddities; without ``structure``, only values of the lines change."""
    arbre = draw(arbres(specification, minimum=1, maximum=maximum, modeles=2))
    for _ in range(draw(st.integers(0, 4))):
        ici = arbre if structure else arbre[specification.liste_des_demandes.nom]
        objets = [objet for objet in objets_de(ici) if objet]
        objet = draw(st.sampled_from(objets))
        cle = draw(st.sampled_from(sorted(objet)))
        geste = (
            draw(st.sampled_from(["gâter", "gâter", "gâter", "ôter", "ajouter", "doubler"])) if structure else "gâter"
        )
        if geste == "ôter":
            del objet[cle]
        elif geste == "ajouter":
            objet[draw(st.sampled_from([cle.lower(), cle + " ", "commande", "nomFichier"]))] = draw(PRESQUE)
        elif geste == "doubler" and not isinstance(objet[cle], Repetee):
            objet[cle] = Repetee(draw(PRESQUE), objet[cle], draw(st.booleans()))
        elif structure or not isinstance(objet[cle], dict | list):
            objet[cle] = draw(PRESQUE | json_quelconque())
    return arbre


def octets_gates(specification: Specification = VA1) -> st.SearchStrategy[bytes]:
    """Draw the text of such a tree, in any spelling."""
    return arbres_gates(specification).flatmap(lambda arbre: textes(arbre, specification))


@st.composite
def octets_alteres(draw: DrawFn) -> bytes:
    """Draw the text of a spoilt tree with a few bytes changed, taken away or put in."""
    octets = bytearray(draw(octets_gates()))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(octets)))
        octets[place : place + draw(st.integers(0, 2))] = draw(INTRUS)
    return bytes(octets)
