"""The controls once more, the slow and plain way: what :func:`segur_pha.controler` must answer, whatever short cuts it takes."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from segur_pha import VA1
from segur_pha.controle.structure import anomalies_de_structure
from segur_pha.table.regles import anomalies_de_la_demande
from segur_pha.texte_json.analyse import analyser
from segur_pha.texte_json.grammaire import TexteFautif
from segur_pha.texte_json.lecture import Lecture, TexteJSON

if TYPE_CHECKING:
    from segur_pha import Anomalie, RapportControle
    from segur_pha.table.specification import Specification

#: The faults of the file, then those of each line: (code, libellé, pointer).
Constat = tuple[list[tuple[str, str, str]], list[list[tuple[str, str, str]]]]


def constat_lent(octets: bytes, specification: Specification = VA1) -> Constat:
    """Judge a file with no fast parser and no fast look."""
    texte = TexteJSON(octets.removeprefix(codecs.BOM_UTF8))
    if b"\x00" in texte.octets[:4]:
        return [("9901", "", "")], []  # UTF-16 or UTF-32 without a mark: no JSON text in UTF-8 has a zero byte
    try:
        analyse = analyser(texte.octets.decode("utf-8"), niveaux=specification.limites.niveaux_du_json)
    except UnicodeDecodeError:
        return [("9901", "", "")], []
    except TexteFautif as faute:
        return [(faute.code.value, "", "")], []
    lecture = Lecture(texte=texte, arbre=analyse.arbre, doubles=analyse.cles_doubles, marque_d_ordre=False)
    fautes = anomalies_de_structure(lecture, specification)
    return ([_a_plat(a) for a in fautes], []) if fautes else ([], _lignes(analyse.arbre, specification))


def _lignes(arbre: object, specification: Specification) -> list[list[tuple[str, str, str]]]:
    nom, numero = specification.liste_des_demandes.nom, specification.numero_de_demande.nom
    constats, vus = [], []
    for place, ligne in enumerate(arbre[nom]):
        anomalies = anomalies_de_la_demande(
            specification.classe_demande,
            ligne,
            rang=place + 1,
            coherences=specification.coherences,
            chemin=f"/{nom}/{place}",
            deja_vues=[numero] if isinstance(ligne[numero], str) and ligne[numero] in vus else [],
        )
        vus.append(ligne[numero])
        constats.append([_a_plat(a) for a in anomalies])
    return constats


def constat(rapport: RapportControle) -> Constat:
    """Put a report into the same shape; the precision of a text that could not be read is left out."""
    fichier = [_a_plat(a) for a in rapport.anomalies_fichier]
    if len(fichier) == 1 and fichier[0][0] in {"9901", "9902", "9909"}:
        fichier = [(fichier[0][0], "", fichier[0][2])]
    return fichier, [[_a_plat(a) for a in ligne.anomalies] for ligne in rapport.lignes]


def _a_plat(anomalie: Anomalie) -> tuple[str, str, str]:
    return anomalie.code, anomalie.libelle, anomalie.chemin
