"""What is not an answer to a file at all, in one sentence: the deposited file itself, or another publisher's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segur_pha.retour.lignes import Issue
from segur_pha.table.roles import Role

if TYPE_CHECKING:
    from segur_pha.retour.lecture import Retour
    from segur_pha.retour.rapprochement import Rapprochement
    from segur_pha.table.modele import ObjetBrut

__all__ = ["ce_n_est_pas_la_reponse", "rien_n_y_est_repondu"]


def ce_n_est_pas_la_reponse(retour: Retour, entete: ObjetBrut, *, le_meme_fichier: bool) -> str:
    """Say in French why a file is certainly not the answer to one that was sent, ``""`` where it may be.

    ``entete`` is the header that was sent; ``le_meme_fichier``: byte for byte what was sent.  One changed value in the header is
    a discrepancy; if both values that identify the publisher have changed, the file is somebody else's.

    >>> from segur_pha.retour.lecture import lire_retour
    >>> texte = '{"numeroAns": "LGO9999999", "SIRET": "98765432100011", "lignesImport": []}'
    >>> entete = {"numeroAns": "ANS0000001", "SIRET": "12345678200010"}
    >>> print(ce_n_est_pas_la_reponse(lire_retour(texte), entete, le_meme_fichier=False)[:47])
    Cette réponse est celle d’un autre éditeur : el
    """
    if le_meme_fichier:
        return "Ce fichier est celui qui a été déposé, et non la réponse du portail : téléchargez la réponse, puis recommencez."
    specification = retour.specification
    noms = [specification.role(role).nom for role in (Role.NUMERO_ANS, Role.EDITEUR)]
    autres = {
        nom: valeur for nom in noms if isinstance(valeur := retour.entete.get(nom), str) and valeur != entete.get(nom)
    }
    if len(autres) < len(noms):
        return ""
    la, ici = (", ".join(f"{nom} {valeurs.get(nom)!s}" for nom in noms) for valeurs in (autres, entete))
    return f"Cette réponse est celle d’un autre éditeur : elle porte {la} ; le fichier déposé porte {ici}."


def rien_n_y_est_repondu(retour: Retour, rapprochement: Rapprochement) -> bool:
    """Tell whether a file only says what was sent: it is the deposited file, saved again, or a portal that has not answered."""
    return (
        bool(retour.lignes)
        and retour.imp_id is None
        and all(ligne.issue is Issue.NON_TRAITEE for ligne in retour.lignes)
        and rapprochement.sans_ecart
    )
