"""What is said after a deposit: about the ledger, corrections and certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DES_CERTIFICATS", "DU_REGISTRE"]

_COPIE: Final = "Reprenez la dernière copie entière du registre (segur-pha registre copier en fait)."

#: id → its name, what is looked at, what to do.
DU_REGISTRE: Final[Mapping[str, tuple[str, str, str]]] = {
    "a-montrer": (
        "Dossier préparé qui n’a pas été montré",
        "Aucun dossier préparé par un programme n’attend, caché, la fin de sa transaction.",
        "Suivez le message : montrez le dossier, ou supprimez-le si personne n’est en train de le préparer.",
    ),
    "deja-prepare": (
        "Fichier déjà inscrit au registre",
        "Le registre ne connaît pas encore ce fichier JSON.",
        "Si un autre dossier contient le même fichier, n’en déposez qu’un.",
    ),
    "demande-inconnue": (
        "Demande inconnue du registre",
        "La demande à corriger est au registre.",
        "Vérifiez le numéro.",
    ),
    "demande-non-rejetee": (
        "Demande qui n’est pas rejetée",
        "Seule une demande rejetée par le portail se resoumet.",
        "Retirez cette ligne du tableau des corrections.",
    ),
    "demande-remplacee": (
        "Demande déjà remplacée",
        "Une demande rejetée n’est remplacée qu’une fois.",
        "Retirez cette ligne ; si le fichier de la remplaçante n’existe plus, abandonnez-le d’abord.",
    ),
    "ecart-de-paiement": (
        "Paiement différent du montant attendu",
        "Le montant payé est l’avance attendue, à un centime près.",
        "Vérifiez le montant sur le relevé ; s’il est juste, demandez à l’ASP la raison de l’écart.",
    ),
    "ecart-de-solde": (
        "Solde payé différent du montant attendu",
        "Le solde payé est tout ce qui est financé moins l’avance payée, à un centime près.",
        "Vérifiez le montant sur le relevé ; s’il est juste, demandez à l’ASP la raison de l’écart.",
    ),
    "fichier-abime": (
        "Fichier du registre abîmé",
        "SQLite relit son fichier en entier et le trouve sain.",
        _COPIE,
    ),
    "fichier-inconnu": (
        "Fichier que le registre n’a pas inscrit",
        "Chaque fichier JSON du dossier est, octet pour octet, un de ceux que le registre a inscrits.",
        "Ne le déposez pas ; reprenez le dossier tel qu’il a été préparé.",
    ),
    "journal-impossible": (
        "Journal qui ne se rejoue pas",
        "Les faits du journal, repris depuis le premier, s’enchaînent comme la vie d’une demande le permet.",
        _COPIE,
    ),
    "note-illisible": (
        "Cellule à corriger dans le tableau des faits",
        "Chaque cellule du tableau donné à « registre noter » se lit : un jour, un montant, une décision connue.",
        "Corrigez la cellule que le message nomme, puis donnez le tableau entier de nouveau.",
    ),
    "note-refusee": (
        "Fait que le registre refuse",
        "La demande est au registre, et le fait vient à son heure dans la vie de la demande.",
        "Corrigez le numéro ou le fait ; ce que le registre sait déjà se lit avec « segur-pha registre montrer ».",
    ),
    "numero-absent": (
        "Numéro absent",
        "Chaque ligne du tableau des corrections dit quelle demande elle corrige.",
        "Indiquez le numéro d’une demande rejetée.",
    ),
    "numero-double": (
        "Demande corrigée deux fois",
        "Une seule ligne du tableau corrige une demande.",
        "Gardez une des deux lignes.",
    ),
    "rangee-illisible": (
        "Ligne décalée dans le tableau des faits",
        "Une ligne n’a pas plus de cellules remplies qu’il n’y a de titres.",
        "Remettez chaque valeur sous son titre.",
    ),
    "rien-de-corrige": (
        "Demande renvoyée sans rien changer",
        "Une valeur ou une pièce au moins diffère de ce qui a été rejeté.",
        "Lisez le motif du rejet, et corrigez ce qu’il nomme ; sinon, la demande sera sans doute rejetée de nouveau.",
    ),
    "table-differente": (
        "Table différente du journal",
        "Les tables du registre disent ce que dit son journal, qui seul fait foi.",
        "Exportez le registre, puis importez-le dans un registre neuf : ses tables seront refaites.",
    ),
}

DES_CERTIFICATS: Final[Mapping[str, tuple[str, str, str]]] = {
    "certificat-d-autorite": (
        "Certificat d’autorité",
        "Seuls les certificats des officines comptent ; celui de l’autorité qui les signe n’a pas à être renouvelé ici.",
        "Rien.",
    ),
    "autre-fichier": (
        "Fichier qui n’est pas un certificat",
        "Rien dans ce fichier ne ressemble à un certificat ; il est laissé de côté.",
        "Rien, ou retirez-le du dossier.",
    ),
    "autre-objet": (
        "Autre chose qu’un certificat",
        "Une demande de certificat, une clé publique ou une liste de révocation n’a pas d’échéance à suivre.",
        "Mettez-y le certificat lui-même, si c’est lui que vous vouliez suivre.",
    ),
    "plusieurs-finess": (
        "Plusieurs FINESS dans un certificat",
        "Le sujet d’un certificat ne nomme qu’une officine ; le premier FINESS est retenu.",
        "Vérifiez de quelle officine est ce certificat.",
    ),
    "cle-privee": (
        "Clé privée refusée",
        "Le dossier ne contient que des certificats : une clé privée est un secret, et elle n’est pas lue.",
        "Retirez-la de ce dossier et conservez-la à l’abri.",
    ),
    "lien-non-suivi": (
        "Lien qui n’a pas été suivi",
        "Les sous-dossiers sont de vrais dossiers, et non des liens vers ailleurs.",
        "Donnez à la commande le dossier vers lequel le lien mène, s’il doit compter.",
    ),
    "ordre-des-jours": (
        "Jour ou mois d’abord",
        "La colonne contient une date dont un nombre dépasse 12, qui dit si le jour ou le mois est écrit d’abord.",
        "Tranchez avec --ordre-des-jours jj/mm/aaaa ou mm/jj/aaaa.",
    ),
}
