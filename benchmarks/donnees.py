"""A realistic, varied file of 200 requests, made from a seed: facultative values filled in half of the lines."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from segur_pha import Fichier, construire_demande, en_json, operateurs

NOMS = ("DURAND", "LEFÈVRE", "DE LA TOUR D’AUVERGNE", "O'BRIEN", "NGUYÊN", "MÜLLER", "GARCIA-LÓPEZ", "ÉTIENNE")


def fichier(taille: int = 200, graine: int = 2022) -> Fichier:
    tirage = random.Random(graine)
    codes = [o.code for o in operateurs()]

    def parfois(valeur: str) -> str | None:
        return valeur if tirage.random() < 0.5 else None

    demandes = tuple(
        construire_demande(
            numero_editeur=f"{n:05}",
            date_commande=date(2022, 9, 1) + timedelta(days=tirage.randrange(120)),
            regime_tva=tirage.choice(("TTC", "TTC", "HT")),
            montant_segur_ht=Decimal(tirage.randrange(30_000, 70_834)) / 100,
            statut_admin_technique=tirage.choice("EP"),
            numero_carte_cpx=f"{tirage.randrange(10**10):010}",
            nom_admin_technique=tirage.choice(NOMS),
            tel_admin_technique=f"0{tirage.randrange(10**9):09}",
            email_admin_technique=f"certificats.{n % 7}@editeur-officine.example",
            nom_responsable=tirage.choice(NOMS),
            finess_geo=f"{tirage.randrange(10**9):09}",
            has_bal_ms_sante_personnelle=tirage.random() < 0.5,
            email_responsable=parfois(f"pharmacie.{n}@officine.example"),
            telephone_responsable=parfois(f"0{tirage.randrange(10**9):09}"),
            operateur_messagerie=parfois(tirage.choice(codes)),
        )
        for n in range(1, taille + 1)
    )
    return Fichier(numero_ans="ANS0000001", siret="12345678200010", demandes=demandes)


FAUTES = (
    (b'"regimeTVA": "TTC"', b'"regimeTVA": "ttc"'),
    (b'"typeAction": "C"', b'"typeAction": "M"'),
    (b'"statutAdminTechnique": "E"', b'"statutAdminTechnique": null'),
    (b'"montantSegurHT": ', b'"montantSegurHT": 1'),
    (b'"operateurMessagerie": null', b'"operateurMessagerie": "null"'),
    (b'"nomResponsable": "DURAND"', b'"nomResponsable": "Durand"'),
    (b'"FINESSGeo": "', b'"FINESSGeo": "0'),
    (b".pdf", b".PDF"),
)


def fautif(octets: bytes, graine: int = 2022) -> bytes:
    """Spoil one line in ten, each in one of the usual ways."""
    tirage = random.Random(graine)
    debut, *lignes = octets.split(b'"numLigne"')
    for i in range(4, len(lignes), 10):
        possibles = [faute for faute in FAUTES if faute[0] in lignes[i]]
        lignes[i] = lignes[i].replace(*tirage.choice(possibles), 1)
    return b'"numLigne"'.join([debut, *lignes])


def formes(taille: int = 200) -> dict[str, bytes]:
    indente = en_json(fichier(taille))
    return {"valid": en_json(fichier(taille), compact=True), "indented": indente, "10 % faulty": fautif(indente)}
