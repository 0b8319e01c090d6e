"""Hostile texts: shapes that would cost a careless reader dearly, each filled up to a number of bytes.

``FORMES`` maps a name to a function; called without an argument it returns ten million bytes or a little less, the most that the
1st control looks at.  The tests use the same shapes in small.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Final

from segur_pha import VA1, en_json
from segur_pha.vagues.va1.exemples import fichier_du_guide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TAILLE: Final = 10_000_000
_BLOCS: Final = VA1.limites.blocs_du_json


def _fichier() -> dict[str, object]:
    """Return the guide's file as plain values."""
    return json.loads(en_json(fichier_du_guide()))


def _ecrire(arbre: object) -> bytes:
    return json.dumps(arbre, ensure_ascii=False, separators=(",", ":")).encode()


def _remplir(
    avant: bytes, motif: bytes | Callable[[int], bytes], apres: bytes, taille: int, entre: bytes = b","
) -> bytes:
    """Put as many patterns as fit between two ends."""
    place = taille - len(avant) - len(apres)
    if isinstance(motif, bytes):
        return avant + entre.join([motif] * (place // len(motif + entre))) + apres
    morceaux: list[bytes] = []
    for rang in range(place):
        morceaux.append(motif(rang))
        place -= len(morceaux[-1]) + len(entre)
        if place < len(morceaux[-1]) + len(entre):
            break
    return avant + entre.join(morceaux) + apres


_MARQUE: Final = "@ICI@"


def _dans(
    chemin: str,
    motif: bytes | Callable[[int], bytes],
    taille: int,
    *,
    ouvre: bytes = b"",
    ferme: bytes = b"",
    entre: bytes = b",",
) -> bytes:
    """Fill the place in the guide's file to which a pointer leads."""
    arbre = _fichier()
    *parents, dernier = chemin.split("/")[1:]
    ici: object = arbre
    for jeton in parents:
        ici = ici[int(jeton)] if isinstance(ici, list) else ici[jeton]  # type: ignore[index]
    ici[int(dernier) if isinstance(ici, list) else dernier] = _MARQUE  # type: ignore[index]
    avant, apres = _ecrire(arbre).split(f'"{_MARQUE}"'.encode())
    return _remplir(avant + ouvre, motif, ferme + apres, taille, entre)


def _entiere(motif: Callable[[int], bytes], lignes: int, taille: int) -> bytes:
    """Return a file whose lines share the bytes: each is the guide's, with members that ``motif`` makes."""
    fichier = _fichier()
    (ligne,) = fichier["lignesImport"]  # type: ignore[misc]
    lignes = max(1, min(lignes, taille // 2_000))
    part = (taille - 200) // lignes - 1
    corps = []
    for rang in range(1, lignes + 1):
        texte = _ecrire({**ligne, "numLigne": rang, "numeroEditeur": f"{rang:05}"}).replace(
            b"-00001.", f"-{rang:05}.".encode()
        )
        corps.append(_remplir(texte[:-1] + b",", motif, b"}", part))
    fichier["lignesImport"] = [_MARQUE]
    return _ecrire(fichier).replace(f'"{_MARQUE}"'.encode(), b",".join(corps))


def _numerotees(gabarit: str) -> Callable[[int], bytes]:
    return lambda rang: gabarit.format(rang).encode()


def _creuser(taille: int, ouvre: bytes = b"[", ferme: bytes = b"]", fond: bytes = b"") -> bytes:
    fois = (taille - len(fond)) // len(ouvre + ferme)
    return ouvre * fois + fond + ferme * fois


def _arbres(taille: int) -> bytes:
    """Nest sixty lists, again and again: each as deep as allowed, none a run of plain elements."""
    return _remplir(b"[", b"[" * 60 + b"]" * 60, b"]", taille)


def _melange(taille: int) -> bytes:
    """Alternate short lists and texts, so that no run of one shape is long."""
    return _remplir(b"[", b'[[0],{"a":[1]}],"x",{"b":{"c":[{}]}}', b"]", taille)


def _comble(motif: bytes, chemin: str, taille: int) -> bytes:
    """Fill a list with as many patterns as the limit on blocks allows, each with a text that takes up the remaining bytes."""
    ouvertures = motif.count(b"{") + motif.count(b"[")
    fois = min((_BLOCS - 20) // ouvertures, taille // (len(motif) + 1))
    reste = max(0, (taille - 2000) // fois - len(motif) - 2) if b"@" in motif else 0
    return _dans(
        chemin,
        motif.replace(b"@", b"A" * reste),
        min(taille, fois * (len(motif) + reste) + 1500),
        ouvre=b"[",
        ferme=b"]",
    )


def _documents(valeurs: list[str], taille: int) -> bytes:
    """Fill a request with documents; each holds one value three times, the next document the next one, and so on."""
    motifs = [f'{{"nomFichier":{v},"formatFichier":{v},"typeFichier":{v}}}'.encode() for v in valeurs]
    chemin = "/lignesImport/0/piecesJustificatives"
    return _dans(chemin, lambda rang: motifs[rang % len(motifs)], taille, ouvre=b"[", ferme=b"]")


def _formes() -> Iterator[tuple[str, Callable[[int], bytes]]]:
    texte_long = partial(_dans, "/lignesImport/0/beneficiaire/nomResponsable", ouvre=b'"', ferme=b'"')
    yield "valid file, then blanks", lambda t: en_json(fichier_du_guide()).ljust(t)
    yield "blanks only", lambda t: b" " * t
    yield "lines only", lambda t: b"\n" * t
    yield "null bytes", lambda t: b"\0" * t
    yield "no UTF-8", lambda t: b'["' + b"\xe9" * (t - 4) + b'"]'
    yield "byte order marks", lambda t: b"\xef\xbb\xbf" * (t // 3)
    yield "one long text", partial(texte_long, b"A", entre=b"")
    yield "one long text, four bytes a character", lambda t: b'["' + "𝟘".encode() * (t // 4 - 2) + b'"]'
    yield "escapes", lambda t: b'["' + b"\\u0041" * (t // 6 - 1) + b'"]'
    yield "escaped half characters", lambda t: _remplir(b"[", b'"\\ud800"', b"]", t)
    yield "escaped whole characters of two halves", lambda t: _remplir(b"[", b'"\\ud83d\\ude00"', b"]", t)
    yield "colons in texts", lambda t: b'["' + b":" * (t - 4) + b'"]'
    yield "one number of ten million digits", lambda t: b"[" + b"9" * (t - 2) + b"]"
    yield "one amount of ten million digits", partial(_dans, "/lignesImport/0/commande/montantSegurHT", b"9", entre=b"")
    yield "numbers of 5,000 digits", lambda t: _remplir(b"[", b"9" * 5000, b"]", t)
    yield "numbers of 600 digits", lambda t: _remplir(b"[", b"9" * 600, b"]", t)
    yield "huge exponents", lambda t: _remplir(b"[", b"1e999999999", b"]", t)
    yield "small numbers", lambda t: _remplir(b"[", b"0", b"]", t)
    yield "decimal numbers", lambda t: _remplir(b"[", b"1.5", b"]", t)
    yield "empty texts", lambda t: _remplir(b"[", b'""', b"]", t)
    yield "empty objects", lambda t: _remplir(b"[", b"{}", b"]", t)
    yield "empty lists", lambda t: _remplir(b"[", b"[]", b"]", t)
    yield "lists of one list", lambda t: _remplir(b"[", b"[[]]", b"]", t)
    yield "objects of one object", lambda t: _remplir(b"[", b'{"a":{}}', b"]", t)
    yield "sixty levels, again and again", _arbres
    yield "short blocks of many shapes", _melange
    yield "five million levels of lists", _creuser
    yield "levels of objects", lambda t: _creuser(t, b'{"a":', b"}", b"1")
    yield "many keys", lambda t: _remplir(b"{", _numerotees('"{}":0'), b"}", t)
    yield "one key, again and again", lambda t: _remplir(b"{", b'"a":0', b"}", t)
    yield "two keys, again and again", lambda t: _remplir(b"{", b'"a":0,"b":0', b"}", t)
    yield "a key twice, then blanks", b'{"a":0,"a":0}'.ljust
    yield "one text as the root, with an escaped colon", lambda t: b'"\\u003a' + b"a" * (t - 8) + b'"'
    yield "each key twice", lambda t: _remplir(b"{", lambda r: f'"{r // 2}":0'.encode(), b"}", t)
    yield "one escaped key, again and again", lambda t: _remplir(b"{", b'"\\u0061":0', b"}", t)
    yield "duplicate keys in small objects", lambda t: _remplir(b"[", b'{"a":0,"a":0}', b"]", t)
    yield (
        "duplicate keys in nested objects",
        lambda t: _remplir(b"[", b'{"a":{"b":0,"b":{"c":1,"c":2}},"a":0}', b"]", t),
    )
    yield "duplicate keys under sixty levels", lambda t: b"[" * 60 + _remplir(b"{", b'"a":0', b"}", t - 120) + b"]" * 60
    yield "duplicate tag of the header", lambda t: _remplir(b"{", b'"impId":null', b"," + _ecrire(_fichier())[1:], t)
    yield (
        "duplicate list of requests",
        lambda t: _remplir(_ecrire(_fichier())[:-1] + b",", b'"lignesImport":[]', b"}", t),
    )
    yield "duplicate tag in each line", lambda t: _entiere(lambda _: b'"typeAction":"C"', 200, t)
    yield "empty requests", partial(_dans, "/lignesImport", b"{}", ouvre=b"[", ferme=b"]")
    yield "requests that are null", partial(_dans, "/lignesImport", b"null", ouvre=b"[", ferme=b"]")
    yield (
        "copies of the request",
        lambda t: _dans("/lignesImport", _ecrire(_fichier()["lignesImport"][0]), t, ouvre=b"[", ferme=b"]"),
    )  # type: ignore[index]
    yield (
        "empty documents in one request",
        partial(_dans, "/lignesImport/0/piecesJustificatives", b"{}", ouvre=b"[", ferme=b"]"),
    )
    yield (
        "documents in one request",
        lambda t: _dans(
            "/lignesImport/0/piecesJustificatives",
            b'{"nomFichier":"PHA-LGO-Va1-BDC-00001.pdf","formatFichier":"PDF","typeFichier":"BON_COMMANDE"}',
            t,
            ouvre=b"[",
            ferme=b"]",
        ),
    )
    yield (
        "wrong documents in one request",
        lambda t: _dans(
            "/lignesImport/0/piecesJustificatives",
            b'{"nomFichier":"","formatFichier":0,"typeFichier":[]}',
            t,
            ouvre=b"[",
            ferme=b"]",
        ),
    )
    for nom, valeurs in (
        ("numbers", ["0"]),
        ("decimal numbers", ["1.5"]),
        ("null", ["null"]),
        ("true", ["true"]),
        ("long texts", [f'"{"A" * 60}"']),
        ("unknown codes", ['"A"']),
        ("every other one a number", ["0", '"PDF"']),
        ("one number in a hundred", ["0", *['"PDF"'] * 99]),
    ):
        yield f"documents of wrong values: {nom}", partial(_documents, valeurs)
    yield "unknown keys in 200 lines", lambda t: _entiere(_numerotees('"x{}":0'), 200, t)
    yield "unknown keys in one line", lambda t: _entiere(_numerotees('"x{}":0'), 1, t)
    yield "unknown keys with long names", lambda t: _entiere(lambda r: b'"' + f"{r:05}".encode() * 1000 + b'":0', 1, t)
    yield "unknown keys that need escaping", lambda t: _entiere(_numerotees('"~/{}":0'), 1, t)
    yield "deep value in a balise", lambda t: _dans("/impId", b"[" * 40 + b"]" * 40, t, ouvre=b"[", ferme=b"]")
    yield "objects where a text is due", lambda t: _dans("/impId", b'{"a":[0]}', t, ouvre=b"[", ferme=b"]")
    documents, asp = "/lignesImport/0/piecesJustificatives", "/lignesImport/0/numeroASP"
    for nom, motif, chemin in (
        ("empty documents", b"{}", documents),
        ("wrong documents", b'{"nomFichier":"@","formatFichier":0,"typeFichier":[]}', documents),
        ("documents with an unknown key", b'{"nomFichier":0,"formatFichier":0,"typeFichier":0,"@":0}', documents),
        ("documents with a key twice", b'{"nomFichier":"@","nomFichier":0}', documents),
        ("empty requests", b"{}", "/lignesImport"),
        (
            "requests of wrong blocks",
            b'{"numLigne":{},"commande":[],"beneficiaire":{"@":0},"codeTraitement":{}}',
            "/lignesImport",
        ),
        ("lists of one list", b"[[]]", asp),
        ("sixty levels", b"[" * 60 + b'"@"' + b"]" * 60, asp),
        ("sixty levels of keys", b'{"a":' * 60 + b'"@"' + b"}" * 60, asp),
        ("keys twice in small objects", b'{"a":0,"a":"@"}', asp),
        ("keys twice under sixty levels", b"[" * 50 + b'{"a":0,"a":0,"@":0}' + b"]" * 50, asp),
        ("short blocks of many shapes", b'[[0],{"a":[1]}],"@",{"b":{"c":[{}]}}', asp),
    ):
        yield f"at the limit: {nom}", partial(_comble, motif, chemin)
        yield f"at the limit, cut: {nom}", lambda t, motif=motif, chemin=chemin: _comble(motif, chemin, t)[:-900]
    yield "cut in the middle of a text", lambda t: _remplir(b"[", b'"abc"', b',"', t)
    yield "cut after many blocks", lambda t: _remplir(b"[", b'{"a":[{}]}', b",", t)
    yield "comma too many at the end", lambda t: _remplir(b"[", b"[[]]", b",]", t)
    yield "duplicate keys, then a fault", lambda t: _remplir(b"{", b'"a":0', b"]", t)
    yield "backslashes", lambda t: b'["' + b"\\\\" * (t // 2 - 2) + b'"]'
    yield "open texts", lambda t: b'["' + b'\\"' * (t // 2 - 1)
    yield "quotation marks", lambda t: b'"' * t
    yield "minus signs", lambda t: b"[" + b"-" * (t - 1)
    yield "commas", lambda t: b"[" + b"," * (t - 1)
    yield "lines of one object", lambda t: _remplir(b"[", b'{"a"\n:\n0}', b"]", t, entre=b"\n,\n")
    yield "one byte too many", lambda t: b" " * (t + 1)
    yield "ten times the size", lambda t: b'{"a":[{}]}' * t


FORMES: Final[dict[str, Callable[..., bytes]]] = {
    nom: (lambda taille=TAILLE, forme=forme: forme(taille)) for nom, forme in _formes()
}
