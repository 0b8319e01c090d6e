"""What JSON looks like, in patterns that never backtrack; and what is wrong with a text, in words and with its place."""

from __future__ import annotations

import re
from typing import Final

from segur_pha.table.codes import CodeDeFichier

__all__ = [
    "BLANC",
    "BLANCS",
    "BLANCS_MOTIF",
    "CHAINE",
    "CLE",
    "CROCHET",
    "FERMETURES",
    "FIN_PRECOCE",
    "OUVERTURE",
    "SCALAIRE",
    "UNE_CHAINE",
    "UN_SCALAIRE",
    "TexteFautif",
    "faute_de_valeur",
    "malforme",
]

BLANCS: Final = " \t\n\r"
BLANCS_MOTIF: Final = r"[ \t\n\r]*+"
_NOMBRE: Final = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+(?![^\W_])"
#: The inside of a text, up to its closing quotation mark or its first fault; half a character (a lone surrogate) is no fault
#: here.
_INTERIEUR: Final = r'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+'
_SIMPLES: Final = r'[^"\\\x00-\x1f\ud800-\udfff]*+'
_PAIRE: Final = r"u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
#: A text without half a character, written out or in an escape.
CHAINE: Final = rf'"{_SIMPLES}(?:\\(?:["\\/bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{{4}}|{_PAIRE}){_SIMPLES})*+"'
SCALAIRE: Final = rf"(?:{CHAINE}|{_NOMBRE}|(?:true|false|null)(?![A-Za-z_]))"
UN_SCALAIRE: Final = re.compile(SCALAIRE)
BLANC: Final = re.compile(BLANCS_MOTIF)
UNE_CHAINE: Final = re.compile(CHAINE)
_DEBUT_DE_CHAINE: Final = re.compile(f'"{_INTERIEUR}')
_MOT: Final = re.compile(r"[A-Za-z_]+")

#: A text within well-formed JSON; an unclosed one goes to the end, or it would be tried again at each of its quotation marks.
_TEXTE: Final = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+'
#: Everything up to the next bracket, or to the end.
CROCHET: Final = re.compile(rf'[^"\[\]{{}}]*+(?:{_TEXTE}[^"\[\]{{}}]*+)*+([\[\]{{}}]?)', re.DOTALL)
#: The same up to the next block that opens, in bytes of any origin.
OUVERTURE: Final = re.compile(rf'[^"\[{{]*+(?:{_TEXTE}[^"\[{{]*+)*+([\[{{]?)'.encode(), re.DOTALL)
#: In a well-formed stretch of members: values, then the key that follows, or nothing at the end.
CLE: Final = re.compile(rf'[^"]*+(?:{_TEXTE}(?!{BLANCS_MOTIF}:)[^"]*+)*+({_TEXTE})?+', re.DOTALL)

FERMETURES: Final = {"{": "}", "[": "]"}


class TexteFautif(Exception):
    """The one fault of a text that cannot be read: its code, a French precision and its offset in characters.

    It stops the reading, and becomes the file's :class:`~segur_pha.Anomalie` once lines have been counted.
    """

    def __init__(self, code: CodeDeFichier, precision: str, place: int) -> None:
        super().__init__(code, precision, place)
        self.code = code
        self.precision = precision
        self.place = place


def malforme(precision: str, place: int) -> TexteFautif:
    """Say that a text is not JSON, why, and where."""
    return TexteFautif(CodeDeFichier.MALFORME, precision, place)


FIN_PRECOCE: Final = "le texte s’arrête avant la fin"
_MOTS_D_AILLEURS: Final = {"NaN", "Infinity", "None", "True", "False", "undefined"}


def faute_de_valeur(texte: str, ici: int) -> TexteFautif:
    """Say why no value begins at that place."""
    caractere = texte[ici : ici + 1]
    if caractere == '"':
        return _faute_de_chaine(texte, ici)
    mot = _MOT.match(texte, ici + 1 if caractere == "-" else ici)
    if not caractere:
        precision = FIN_PRECOCE
    elif mot is not None and mot.group() in _MOTS_D_AILLEURS:
        precision = f"{mot.group()} n’est pas du JSON"
    elif caractere.isdigit() or caractere in "-+.":
        precision = "nombre mal écrit"
    elif caractere == "'":
        precision = "guillemets doubles attendus"
    elif caractere in ",]}":
        precision = "valeur manquante"
    else:
        precision = "valeur attendue : un texte entre guillemets, un nombre, true, false ou null"
    return malforme(precision, ici)


def _faute_de_chaine(texte: str, debut: int) -> TexteFautif:
    """Say what is wrong with the text that begins at that place, and where."""
    trouve = _DEBUT_DE_CHAINE.match(texte, debut)
    assert trouve is not None
    ici = trouve.end()
    match texte[ici : ici + 1]:
        case '"':
            return TexteFautif(CodeDeFichier.ENCODAGE, "demi-caractère (surrogate) isolé", debut)
        case "":
            return malforme("guillemet fermant manquant", debut)
        case "\\":
            return malforme("séquence d’échappement inconnue après « \\ »", ici)
        case _:
            return malforme("caractère de contrôle dans un texte : il manque sans doute un guillemet fermant", ici)
