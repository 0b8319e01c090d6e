"""A JSON text read character by character, as RFC 8259 is written: what is wrong first, and where, in the words of the 1st control."""

from __future__ import annotations

import json

from segur_pha.table.codes import CodeDeFichier
from segur_pha.texte_json.grammaire import TexteFautif

END = "le texte s’arrête avant la fin"


class PasAPas:
    def __init__(self, texte: str, niveaux: int) -> None:
        self.texte, self.niveaux, self.ici = texte, niveaux, 0

    @property
    def caractere(self) -> str:
        return self.texte[self.ici : self.ici + 1]

    def faute(self, mots: str, place: int | None = None, code: CodeDeFichier = CodeDeFichier.MALFORME) -> TexteFautif:
        return TexteFautif(code, mots, self.ici if place is None else place)

    def blancs(self) -> str:
        while self.caractere and self.caractere in " \t\r\n":
            self.ici += 1
        return self.caractere

    def lire(self) -> None:
        self.blancs()
        self.valeur(0)
        if self.blancs():
            raise self.faute("texte après la fin du JSON")

    def valeur(self, niveau: int) -> None:
        if self.caractere in {"{", "["}:
            if niveau == self.niveaux:
                raise self.faute(f"plus de {niveau} niveaux d’imbrication", code=CodeDeFichier.TAILLE)
            self.bloc(niveau + 1)
        elif self.caractere == '"':
            self.chaine()
        else:
            self.mot_ou_nombre()

    def bloc(self, niveau: int) -> None:
        fermeture = {"{": "}", "[": "]"}[self.caractere]
        self.ici += 1
        if self.blancs() == fermeture:
            self.ici += 1
            return
        while True:
            if fermeture == "}":
                self.cle()
            self.valeur(niveau)
            if self.blancs() == fermeture:
                self.ici += 1
                return
            if self.caractere != ",":
                raise self.faute(f"« , » ou « {fermeture} » attendu" if self.caractere else END)
            self.ici += 1
            if self.blancs() == fermeture:
                raise self.faute("virgule en trop avant la fermeture du bloc")

    def cle(self) -> None:
        if self.caractere != '"':
            raise self.faute("nom de balise entre guillemets attendu" if self.caractere else END)
        self.chaine()
        if self.blancs() != ":":
            raise self.faute("« : » attendu après le nom de la balise")
        self.ici += 1
        self.blancs()

    def chaine(self) -> None:
        debut = self.ici
        self.ici += 1
        while self.caractere != '"':
            if not self.caractere:
                raise self.faute("guillemet fermant manquant", debut)
            if self.caractere < " ":
                raise self.faute("caractère de contrôle dans un texte : il manque sans doute un guillemet fermant")
            self.ici += self.echappement() if self.caractere == "\\" else 1
        self.ici += 1
        try:
            json.loads(self.texte[debut : self.ici]).encode()
        except UnicodeEncodeError:
            raise self.faute("demi-caractère (surrogate) isolé", debut, CodeDeFichier.ENCODAGE) from None

    def echappement(self) -> int:
        suite = self.texte[self.ici + 1 : self.ici + 6]
        if suite[:1] in set('"\\/bfnrt'):
            return 2
        if suite[:1] == "u" and len(suite) == 5 and all(c in "0123456789abcdefABCDEF" for c in suite[1:]):
            return 6
        raise self.faute("séquence d’échappement inconnue après « \\ »")

    def mot_ou_nombre(self) -> None:
        """Take the longest beginning that is a value; a letter or a digit that sticks to it spoils it."""
        for fin in range(len(self.texte), self.ici, -1):
            mot = self.texte[self.ici : fin]
            suivant = self.texte[fin : fin + 1]
            if mot in {"true", "false", "null"} and not (suivant == "_" or (suivant.isascii() and suivant.isalpha())):
                break
            if mot[0] in "-0123456789" and mot[-1] in "0123456789" and self.est_un_nombre(mot):
                if suivant.isalnum():
                    raise self.faute(self.defaut())
                break
        else:
            raise self.faute(self.defaut())
        self.ici = fin

    @staticmethod
    def est_un_nombre(mot: str) -> bool:
        try:
            json.loads(mot, parse_int=str)
        except ValueError:
            return False
        return not mot.startswith("-I")

    def defaut(self) -> str:
        if not self.caractere:
            return END
        mot = ""
        for lettre in self.texte[self.ici + (self.caractere == "-") :]:
            if not (lettre == "_" or (lettre.isascii() and lettre.isalpha())):
                break
            mot += lettre
        if mot in {"NaN", "Infinity", "None", "True", "False", "undefined"}:
            return f"{mot} n’est pas du JSON"
        if self.caractere.isdigit() or self.caractere in "-+.":
            return "nombre mal écrit"
        if self.caractere == "'":
            return "guillemets doubles attendus"
        return (
            "valeur manquante"
            if self.caractere in ",]}"
            else "valeur attendue : un texte entre guillemets, un nombre, true, false ou null"
        )


def pas_a_pas(texte: str, *, niveaux: int) -> None:
    """Raise the first fault of a text, or return."""
    PasAPas(texte, niveaux).lire()
