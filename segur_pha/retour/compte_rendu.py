"""Answers and what was sent, for whoever has to act on them: what to look at first, one table for all, one page."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from attrs import frozen

from segur_pha.rapports.html import chiffres, element, marque, page, table
from segur_pha.rapports.tableau import Marque, Niveau, Tableau, en_mots
from segur_pha.retour.affichage import NIVEAUX, comptes, tableau_des_ecarts, tableau_des_reponses
from segur_pha.retour.ecarts import NatureEcart
from segur_pha.retour.lecture import UTF_8
from segur_pha.retour.lignes import Issue
from segur_pha.retour.provenance import rien_n_y_est_repondu
from segur_pha.retour.remedes import remede
from segur_pha.table.roles import Role
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from segur_pha.rapports.html import Html
    from segur_pha.rapports.tableau import Cellule
    from segur_pha.retour.lecture import Retour
    from segur_pha.retour.lignes import LigneRetour
    from segur_pha.retour.rapprochement import Rapprochement
    from segur_pha.table.specification import Specification

__all__ = ["ReponseVue", "en_page", "en_tableaux"]

#: The order in which lines are to be looked at.
_A_REGARDER: Final = (Issue.REJETEE, Issue.AMBIGUE, Issue.NON_TRAITEE)


@frozen(kw_only=True)
class ReponseVue:
    """An answer as it is shown: what was read and matched, or why neither could be.

    Attributes:
        nom: the name of its file.
        retour: the answer, ``None`` when it could not be read or matched; ``rapprochement``: its match with what was sent.
        erreur: why not, as a French sentence; ``""`` when it was.
        enregistree: whether it is now in a ledger.
    """

    nom: str
    retour: Retour | None = None
    rapprochement: Rapprochement | None = None
    erreur: str = ""
    enregistree: bool = False

    @property
    def tout_est_accepte(self) -> bool:
        """Whether every request that was sent is accepted, and nothing is odd."""
        return (
            self.retour is not None
            and self.rapprochement is not None
            and self.rapprochement.sans_ecart
            and len(self.retour.acceptees) == len(self.rapprochement.lignes)
        )

    @property
    def resume(self) -> Marque:
        """Where it stands, in a few words."""
        if self.erreur or self.retour is None or self.rapprochement is None:
            return Marque("refusée", Niveau.MAUVAIS)
        dits = comptes(ligne.issue for ligne in self.retour.lignes)
        return Marque(dits, Niveau.BON if self.tout_est_accepte else Niveau.ATTENTION)

    @property
    def remarques(self) -> tuple[str, ...]:
        """What must be known about how it was read, as French sentences."""
        if self.retour is None or self.rapprochement is None:
            return ()
        encodage = self.retour.encodage
        lue = f"Le texte n’est pas en UTF-8 ; il a été lu en {encodage}. Vérifiez les accents."
        rien = (
            "Aucune ligne n’a de réponse : vérifiez que c’est bien le fichier que le portail a rendu, et non celui qui a été "
            "déposé."
        )
        return (
            *([lue] if encodage != UTF_8 else []),
            *([rien] if rien_n_y_est_repondu(self.retour, self.rapprochement) else []),
        )

    def tableaux(self, *, complet: bool = False) -> Iterator[Tableau]:
        """Lay out what a person must look at, then rejections and what has no sure answer; with ``complet``, the rest too."""
        if self.retour is None or self.rapprochement is None:
            return
        if self.rapprochement.ecarts:
            yield tableau_des_ecarts(
                sorted(self.rapprochement.ecarts, key=lambda ecart: not NatureEcart.de(ecart).bloquant)
            )
        titres = dict(zip(_A_REGARDER, ("Demandes rejetées", "Lignes ambiguës", "Demandes sans réponse"), strict=True))
        if complet:
            titres[Issue.ACCEPTEE] = "Demandes acceptées"
        for issue, titre in titres.items():
            lignes = [ligne for ligne in self.retour.lignes if ligne.issue is issue]
            if lignes:
                yield tableau_des_reponses(lignes, titre, specification=self.retour.specification)


def en_tableaux(reponses: Sequence[ReponseVue]) -> tuple[Tableau, Tableau]:
    """Lay out every line of several answers as one table, and what is odd about them as another.

    What was sent but not answered also has a row, and so does an answer that could not be read.
    """
    specification = next((r.retour.specification for r in reponses if r.retour is not None), PAR_DEFAUT)
    reference = specification.nom_de(Role.REFERENCE_ASP)
    titres = ("Réponse", "Ligne", "Demande", "Issue", reference, "Code", "Libellé de l’ASP", "Que faire", "Écarts")
    rangees = list(chain.from_iterable(map(_rangees, reponses)))
    ecarts = [
        (r.nom, e.numero, NatureEcart.de(e).value, e.attendu, e.recu, e.message, e.chemin)
        for r in reponses
        if r.rapprochement is not None
        for e in r.rapprochement.ecarts
    ]
    titres_des_ecarts = ("Réponse", "Demande", "Écart", "Attendu", "Reçu", "Explication", "Où")
    return Tableau(titres, rangees, titre="Réponses"), Tableau(titres_des_ecarts, ecarts, titre="Écarts")


def _rangees(vue: ReponseVue) -> Iterator[tuple[Cellule, ...]]:
    if vue.retour is None or vue.rapprochement is None:
        yield (vue.nom, *[None] * 6, vue.erreur, None)
        return
    specification = vue.retour.specification
    appariees = {ligne.reponse.place: ligne for ligne in vue.rapprochement.lignes if ligne.reponse is not None}
    for ligne in vue.retour.lignes:
        appariee = appariees.get(ligne.place)
        dits = ["réponse étrangère"] if appariee is None else [NatureEcart.de(e).value for e in appariee.ecarts]
        yield (vue.nom, *_rangee(ligne, specification), ", ".join(dict.fromkeys(dits)))
    for absente in vue.rapprochement.lignes:
        if absente.reponse is None:
            dits = [NatureEcart.de(ecart).value for ecart in absente.ecarts]
            yield (vue.nom, None, absente.numero_editeur, *[None] * 5, ", ".join(dict.fromkeys(dits)))


def _rangee(ligne: LigneRetour, specification: Specification) -> tuple[Cellule, ...]:
    return (
        ligne.place,
        ligne.numero_editeur,
        Marque(ligne.issue.value, NIVEAUX[ligne.issue]),
        ligne.numero_asp,
        ligne.code_traitement,
        ligne.libelle_traitement,
        remede(ligne, specification=specification),
    )


def en_page(reponses: Sequence[ReponseVue], *, complet: bool = False, jour: date | None = None) -> bytes:
    """Build one self-contained page on several answers; ``jour`` is the day on which it is made, for the title.

    >>> "réponse illisible" in en_page([ReponseVue(nom="r.json", erreur="réponse illisible")]).decode()
    True
    """
    sections = [_section(rang, vue, complet=complet) for rang, vue in enumerate(reponses)]
    return page(
        "Réponses du portail" + (f" au {en_mots(jour)}" if jour else ""),
        *([_sommaire(reponses)] if len(reponses) > 1 else []),
        *sections,
        filtrable=any(True for vue in reponses for _ in vue.tableaux(complet=complet)),
    )


def _sommaire(reponses: Sequence[ReponseVue]) -> Html:
    liens = [
        element("li", element("a", vue.nom, href=f"#reponse-{rang}"), " ", marque(vue.resume))
        for rang, vue in enumerate(reponses)
    ]
    return element("nav", element("ul", *liens), aria_label="Réponses")


def _section(rang: int, vue: ReponseVue, *, complet: bool) -> Html:
    contenus = [element("h2", vue.nom, id=f"reponse-{rang}"), element("p", marque(vue.resume))]
    contenus += [element("p", texte) for texte in (*([vue.erreur] if vue.erreur else []), *vue.remarques)]
    if vue.retour is not None and vue.rapprochement is not None:
        surs = sum(ligne.sure for ligne in vue.rapprochement.lignes)
        envoyees = len(vue.rapprochement.lignes)
        issues = [ligne.issue for ligne in vue.retour.lignes]
        dits = [(f"{issue.value.capitalize()}s", en_mots(issues.count(issue))) for issue in Issue]
        contenus.append(chiffres([("Demandes envoyées", en_mots(envoyees)), ("Réponses sûres", en_mots(surs)), *dits]))
        contenus += [element("p", "Cette réponse est enregistrée au registre.")] if vue.enregistree else []
    tables = [table(tableau, fiches=True) for tableau in vue.tableaux(complet=complet)]
    return element("section", *contenus, *tables, aria_labelledby=f"reponse-{rang}")
