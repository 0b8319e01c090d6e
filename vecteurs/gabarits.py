"""The building blocks of the table of vectors: the right file that every vector changes, and one function per kind of row."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

Json: TypeAlias = Any

REFUSE, ACCEPTE, MUET, SANS_OBJET = "refuse", "accepte", "muet", "sans-objet"
ABSENT: Final = object()

LIGNE = "/lignesImport/0"
CO = f"{LIGNE}/commande"
CE = f"{LIGNE}/certificatsServeur"
BE = f"{LIGNE}/beneficiaire"
PJ = f"{LIGNE}/piecesJustificatives"
SC = f"{LIGNE}/scenarioInstallation"


class Brut(str):
    """The text of a JSON value, to be written as it is."""

    __slots__ = ()


class Vecteur(NamedTuple):
    """An input (changes to the right file, a number of requests, or bytes) and what is expected for it."""

    id: str
    entree: dict[str, Json] | bytes | int
    attendu: dict[str, Json]
    decisions: tuple[int, ...]
    pourquoi: str
    schema: str = ""
    sections: tuple[str, ...] = ("3.2",)
    genre: str = "demandes"


def demande(rang: int = 1, numero: str = "") -> dict[str, Json]:
    """Return a right request: the order of section 3.1, for a pharmacy that does not exist but has a right key."""
    numero = numero or f"{rang:05}"
    return {
        "numLigne": rang,
        "typeAction": "C",
        "numeroASP": None,
        "numeroEditeur": numero,
        "commande": {"dateCommande": "15/11/2022", "regimeTVA": "TTC", "montantSegurHT": Brut("708.33")},
        "certificatsServeur": {
            "statutAdminTechnique": "E",
            "numeroCarteCPX": "1234567890",
            "nomAdminTechnique": "MARTIN",
            "telAdminTechnique": "0102030405",
            "emailAdminTechnique": "certificats@editeur.example",
        },
        "beneficiaire": {
            "nomResponsable": "DURAND",
            "emailResponsable": None,
            "telephoneResponsable": None,
            "FINESSGeo": "990000010",
        },
        "piecesJustificatives": [bon(numero)],
        "scenarioInstallation": {"hasBALMSSantePersonnelle": True, "operateurMessagerie": None},
        "codeTraitement": None,
        "libelleTraitement": None,
    }


def bon(numero: str = "00001", forme: str = "PDF") -> dict[str, Json]:
    """Return an order form, named as section 3.3 says."""
    nom = f"PHA-LGO-Va1-BDC-{numero}.{forme.lower()}"
    return {"nomFichier": nom, "formatFichier": forme, "typeFichier": "BON_COMMANDE"}


def preuve(numero: str = "00001", forme: str = "PDF") -> dict[str, Json]:
    """Return an attestation of non-assujettissement, named as section 3.3 says."""
    nom = f"PHA-LGO-Va1-HT-{numero}.{forme.lower()}"
    return {"nomFichier": nom, "formatFichier": forme, "typeFichier": "PREUVE_HT"}


def fichier(*lignes: Json) -> dict[str, Json]:
    """Return a right file."""
    return {
        "impId": None,
        "numeroAns": "ANS0000001",
        "SIRET": "12345678200010",
        "lignesImport": list(lignes) or [demande()],
    }


# --- How a row is written ------------------------------------------------------------------------------------------------


def _attendu(lignes: list[str], fautes: list[tuple[str, str]], plus: dict[str, Json]) -> dict[str, Json]:
    anomalies = [{"code": code, "chemin": chemin} for code, chemin in fautes]
    return {"recevable": bool(lignes), "lignes": lignes, "anomalies": anomalies, **plus}


def faute(nom: str, chemin: str, valeur: Json, decisions: tuple[int, ...], pourquoi: str, **plus: Any) -> Vecteur:
    """Put one wrong value at a place: its code begins the name; a wrong header value rejects the file, any other its line."""
    code = nom[:4]
    lignes = [code] if chemin.startswith(LIGNE) else []
    return Vecteur(
        nom, {chemin: valeur}, _attendu(lignes, [(code, chemin)], {}), decisions, pourquoi, plus.pop("schema", REFUSE), **plus
    )  # fmt: skip


def ligne(
    nom: str,
    entree: dict[str, Json],
    lignes: list[str],
    fautes: list[tuple[str, str]],
    decisions: tuple[int, ...],
    pourquoi: str,
    schema: str = REFUSE,
    **plus: Any,
) -> Vecteur:
    """Change several things; one code per line, then every fault in order."""
    return Vecteur(nom, entree, _attendu(lignes, fautes, {}), decisions, pourquoi, schema, **plus)


def juste(
    nom: str,
    entree: dict[str, Json] | bytes | int,
    decisions: tuple[int, ...],
    pourquoi: str,
    sections: tuple[str, ...] = ("3.2",),
    **attendu: Any,
) -> Vecteur:
    """Change something that both controls accept; the advice, and the advances, when they are the point."""
    lignes = ["0000"] * (entree if isinstance(entree, int) else len(_lignes(entree)))
    return Vecteur(nom, entree, _attendu(lignes, [], attendu), decisions, pourquoi, ACCEPTE, sections)


def _lignes(entree: dict[str, Json] | bytes) -> list[Json]:
    lignes = entree.get("/lignesImport", [None]) if isinstance(entree, dict) else [None]
    return list(lignes)


def refus(
    nom: str,
    entree: dict[str, Json] | bytes | int,
    fautes: list[tuple[str, str]],
    pourquoi: str,
    schema: str = REFUSE,
    decisions: tuple[int, ...] = (3, 5),
    sections: tuple[str, ...] = ("1.2", "2.2"),
) -> Vecteur:
    """Have the whole file refused by the 1st control."""
    return Vecteur(nom, entree, _attendu([], fautes, {}), decisions, pourquoi, schema, sections)


def texte(nom: str, octets: bytes, pourquoi: str, schema: str = SANS_OBJET) -> Vecteur:
    """Have a text refused before there is a tree: one fault, without a pointer."""
    return refus(nom, octets, [(nom[:4], "")], pourquoi, schema)


def conseil(identifiant: str, chemin: str) -> list[dict[str, str]]:
    return [{"id": identifiant, "chemin": chemin}]
