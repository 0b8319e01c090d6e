"""Checked files in the XML form of JUnit, which build servers show request by request.

A suite is a file and a test is a request; the 1st control of a file is a separate test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from segur_pha.controle.resultats import chemin_montrable
from segur_pha.rapports.tableau import sans_controle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segur_pha.anomalies import Anomalie
    from segur_pha.controle.resultats import FichierControle

__all__ = ["en_junit"]


def en_junit(fichiers: Sequence[FichierControle]) -> bytes:
    """Write checked files as the bytes of a JUnit report; a file that could not be read is an error, a rejection a failure.

    >>> from segur_pha.controle.resultats import FichierControle
    >>> b'errors="1"' in en_junit([FichierControle("absent.json", None, "absent.json : introuvable.")])
    True
    """
    racine = ET.Element("testsuites", name="segur-pha controler")
    for fichier in fichiers:
        nom = _texte(fichier.nom)
        suite = ET.SubElement(racine, "testsuite", name=nom)
        premier = ET.SubElement(suite, "testcase", classname=nom, name="premier contrôle")
        if fichier.erreur:
            ET.SubElement(premier, "error", type="illisible", message=_texte(fichier.erreur))
        _echec(premier, fichier.anomalies_fichier, fichier)
        for ligne in fichier.lignes:
            numero = fichier.numero(ligne) or "incorrect"
            nom_du_test = f"demande {ligne.num_ligne}, {fichier.specification.numero_de_demande.nom} {numero}"
            _echec(ET.SubElement(suite, "testcase", classname=nom, name=nom_du_test), ligne.anomalies, fichier)
    for element in (*racine, racine):
        for attribut, cas in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            element.set(attribut, str(len(element.findall(f".//{cas}"))))
    ET.indent(racine)
    texte = ET.tostring(racine, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{texte}\n'.encode()


def _echec(cas: ET.Element, anomalies: Sequence[Anomalie], fichier: FichierControle) -> None:
    if anomalies:
        premiere = anomalies[0]
        echec = ET.SubElement(cas, "failure", type=premiere.code, message=_texte(premiere.libelle))
        echec.text = "\n".join(_ligne(anomalie, fichier) for anomalie in anomalies)


def _ligne(anomalie: Anomalie, fichier: FichierControle) -> str:
    lieux = [str(anomalie.position)] if anomalie.position else []
    lieux += [chemin] if (chemin := chemin_montrable(anomalie.chemin, fichier.specification)) else []
    return _texte(f"{anomalie.code}  {anomalie.libelle}" + (f" ({', '.join(lieux)})" if lieux else ""))


def _texte(texte: str) -> str:
    """Leave out what XML cannot hold, escaped or not."""
    return sans_controle(texte)
