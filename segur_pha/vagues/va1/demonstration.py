"""Made-up requests, and the mistakes that people make in them.

The publisher, the pharmacies and the people do not exist: no French department has the number 99, and ``.example`` is not a real
domain.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from attrs import evolve

from segur_pha.table.modele import en_brut, objet_de, objets_de
from segur_pha.vagues.va1.construire import construire_demande
from segur_pha.vagues.va1.enumerations import RegimeTVA, TypeFichier
from segur_pha.vagues.va1.noms import NOMS_DES_PIECES
from segur_pha.vagues.va1.table import Demande, Fichier

if TYPE_CHECKING:
    from segur_pha.table.modele import ObjetBrut

__all__ = ["ERREURS", "brut_fautif", "demandes_inventees", "fichier_corrige", "fichier_invente"]

#: FINESS, name of the pharmacist, amount before tax, VAT regime, operator.
_OFFICINES: Final = (
    ("990000010", "DURAND", "708.33", RegimeTVA.TTC, None),
    ("990000028", "LEFÈVRE", "680.00", RegimeTVA.HT, "MAI_15"),
    ("990000036", "NGUYEN", "708.33", RegimeTVA.TTC, None),
    ("990000044", "BENALI", "850.00", RegimeTVA.TTC, None),
    ("990000051", "LE GALL", "650.00", RegimeTVA.TTC, "MAI_15"),
    ("990000069", "ROUSSEAU", "708.33", RegimeTVA.HT, None),
)

#: Place of the request (from 1) → the mistake, as somebody would describe it.
ERREURS: Final = {
    3: "le mot null entre guillemets",
    4: "un montant sans ses deux décimales, et un nom en minuscules",
    5: "un bon de commande qui a gardé le nom qu’on lui avait donné",
    6: "le régime HT sans son attestation (PREUVE_HT)",
}


def demandes_inventees() -> tuple[Demande, ...]:
    """Build six requests that the controls accept.

    >>> [demande.numero_editeur for demande in demandes_inventees()]
    ['00001', '00002', '00003', '00004', '00005', '00006']
    """
    return tuple(
        construire_demande(
            numero_editeur=f"{rang:05}",
            date_commande=date(2022, 11, 7) + timedelta(days=rang),
            regime_tva=regime,
            montant_segur_ht=Decimal(montant),
            statut_admin_technique="E",
            numero_carte_cpx="1234567890",
            nom_admin_technique="MARTIN",
            tel_admin_technique="0102030405",
            email_admin_technique="certificats@editeur.example",
            nom_responsable=nom,
            finess_geo=finess,
            has_bal_ms_sante_personnelle=operateur is not None,
            operateur_messagerie=operateur,
        )
        for rang, (finess, nom, montant, regime, operateur) in enumerate(_OFFICINES, start=1)
    )


def fichier_invente() -> Fichier:
    """Build the file that holds them.

    >>> from segur_pha import controler
    >>> controler(fichier_invente()).tout_accepte
    True
    """
    return Fichier(numero_ans="ANS0000001", siret="12345678200010", demandes=demandes_inventees())


def brut_fautif() -> ObjetBrut:
    """Return the raw values of the same file as somebody would write it by hand; :data:`ERREURS` tells what went wrong.

    >>> len(brut_fautif()["lignesImport"])
    6
    """
    fichier = en_brut(fichier_invente())
    demandes = objets_de(fichier["lignesImport"])
    objet_de(demandes[2]["scenarioInstallation"])["operateurMessagerie"] = "null"
    objet_de(demandes[3]["commande"])["montantSegurHT"] = 850
    objet_de(demandes[3]["beneficiaire"])["nomResponsable"] = "Benali"
    objets_de(demandes[4]["piecesJustificatives"])[0]["nomFichier"] = "Bon de commande signé.pdf"
    demandes[5]["piecesJustificatives"] = [
        piece
        for piece in objets_de(demandes[5]["piecesJustificatives"])
        if piece["typeFichier"] != TypeFichier.PREUVE_HT.value
    ]
    return fichier


def fichier_corrige() -> Fichier:
    """Build the file that sends the faulty requests again: corrected, under new numbers, with their documents renamed.

    >>> [demande.numero_editeur for demande in fichier_corrige().demandes]
    ['00007', '00008', '00009', '00010']
    """
    fichier = fichier_invente()
    rejetees = [demande for rang, demande in enumerate(fichier.demandes, start=1) if rang in ERREURS]
    premier = len(fichier.demandes) + 1
    corrigees = tuple(_sous_le_numero(demande, f"{k:05}") for k, demande in enumerate(rejetees, start=premier))
    return evolve(fichier, demandes=corrigees)


def _sous_le_numero(demande: Demande, numero: str) -> Demande:
    pieces = tuple(
        evolve(piece, nom_fichier=NOMS_DES_PIECES.nommer(piece.type_fichier, numero, piece.format_fichier))
        for piece in demande.pieces_justificatives
    )
    return evolve(demande, numero_editeur=numero, pieces_justificatives=pieces)
