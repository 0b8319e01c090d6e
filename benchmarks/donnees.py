"""A realistic, varied file of 200 requests, made from a seed: facultative values are filled in on half of the lines."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from segur_pha import Fichier, RegimeTVA, StatutAdminTechnique, construire_demande, en_json, operateurs
from segur_pha.texte_json.ecriture import json_du_brut
from segur_pha.texte_json.structures import decodeur

if TYPE_CHECKING:
    from segur_pha.table.formats import Brut

NOMS = ("DURAND", "LEFÈVRE", "DE LA TOUR D’AUVERGNE", "O'BRIEN", "NGUYÊN", "MÜLLER", "GARCIA-LÓPEZ", "ÉTIENNE")
ENTETE = {"numero_ans": "ANS0000001", "siret": "12345678200010"}


def commandes(taille: int = 200, graine: int = 2022) -> list[dict[str, Any]]:
    """Return the arguments of `construire_demande`, typed, as a billing system holds them."""
    tirage = random.Random(graine)
    codes = [o.code for o in operateurs()]

    def parfois(valeur: str) -> str | None:
        return valeur if tirage.random() < 0.5 else None

    return [
        {
            "numero_editeur": f"{n:05}",
            "date_commande": date(2022, 9, 1) + timedelta(days=tirage.randrange(120)),
            "regime_tva": RegimeTVA(tirage.choice(("TTC", "TTC", "HT"))),
            "montant_segur_ht": Decimal(tirage.randrange(30_000, 70_834)).scaleb(-2),
            "statut_admin_technique": StatutAdminTechnique(tirage.choice("EP")),
            "numero_carte_cpx": f"{tirage.randrange(10**10):010}",
            "nom_admin_technique": tirage.choice(NOMS),
            "tel_admin_technique": f"0{tirage.randrange(10**9):09}",
            "email_admin_technique": f"certificats.{n % 7}@editeur-officine.example",
            "nom_responsable": tirage.choice(NOMS),
            "finess_geo": f"{tirage.randrange(10**9):09}",
            "has_bal_ms_sante_personnelle": tirage.random() < 0.5,
            "email_responsable": parfois(f"pharmacie.{n}@officine.example"),
            "telephone_responsable": parfois(f"0{tirage.randrange(10**9):09}"),
            "operateur_messagerie": parfois(tirage.choice(codes)),
        }
        for n in range(1, taille + 1)
    ]


def fichier(taille: int = 200, graine: int = 2022) -> Fichier:
    return Fichier(**ENTETE, demandes=tuple(construire_demande(**c) for c in commandes(taille, graine)))


FAUTES = (
    (b'"regimeTVA":"TTC"', b'"regimeTVA":"ttc"'),
    (b'"typeAction":"C"', b'"typeAction":"M"'),
    (b'"statutAdminTechnique":"E"', b'"statutAdminTechnique":null'),
    (b'"montantSegurHT":', b'"montantSegurHT":-'),
    (b'"operateurMessagerie":null', b'"operateurMessagerie":"null"'),
    (b'"nomResponsable":"DURAND"', b'"nomResponsable":"Durand"'),
    (b'"FINESSGeo":"', b'"FINESSGeo":"0'),
    (b".pdf", b".PDF"),
)


def fautif(octets: bytes, graine: int = 2022) -> bytes:
    """Break one line in ten of a compact text, each in one of the usual ways."""
    tirage = random.Random(graine)
    debut, *lignes = octets.split(b'"numLigne"')
    for i in range(4, len(lignes), 10):
        possibles = [faute for faute in FAUTES if faute[0] in lignes[i]]
        lignes[i] = lignes[i].replace(*tirage.choice(possibles), 1)
    return b'"numLigne"'.join([debut, *lignes])


def _trie(brut: Brut) -> Brut:
    if isinstance(brut, dict):
        return {cle: _trie(brut[cle]) for cle in sorted(brut)}
    return [_trie(valeur) for valeur in brut] if isinstance(brut, list) else brut


def formes(taille: int = 200) -> dict[str, bytes]:
    """Return the same file in the forms that a check may meet; `indented` is what `ecrire` writes, the others have no blanks."""
    compact, indente = en_json(fichier(taille), compact=True), en_json(fichier(taille))
    trie = json_du_brut(_trie(decodeur.decode(compact)), compact=True)
    return {"valid": compact, "indented": indente, "sorted keys": trie, "10 % faulty": fautif(compact)}
