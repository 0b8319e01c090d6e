"""What may differ between an answer and what was sent: a closed set of kinds, each reported as a :class:`~segur_pha.Constat`."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from attrs import frozen

from segur_pha.constats import Constat

__all__ = ["Admission", "NatureEcart", "ecart"]


class NatureEcart(StrEnum):
    """Every way in which an answer may differ from what was expected; a closed set.

    >>> NatureEcart.REPONSE_ABSENTE.bloquant, NatureEcart.BALISE_INCONNUE.bloquant
    (True, False)
    """

    REPONSE_ABSENTE = "réponse absente"
    REPONSE_ETRANGERE = "réponse étrangère"
    REPONSE_DOUBLE = "réponse double"
    CONTENU_MODIFIE = "contenu modifié"
    NUMERO_ASP_DOUBLE = "numeroASP double"
    NUMERO_ASP_CONNU = "numeroASP connu"
    REFERENCE_EQUIVOQUE = "référence équivoque"
    LIGNE_AMBIGUE = "ligne ambiguë"
    REPONSE_CONTRADICTOIRE = "réponse contradictoire"
    REPONSE_CONTRAIRE = "réponse contraire"
    BALISE_INCONNUE = "balise inconnue"
    BALISE_DOUBLE = "balise double"

    @property
    def id(self) -> str:
        """The code of a finding of this kind, which is also the word of ``--admettre``.

        >>> NatureEcart.LIGNE_AMBIGUE.id
        'ligne-ambigue'
        """
        return self.name.lower().replace("_", "-")

    @classmethod
    def de(cls, constat: Constat) -> NatureEcart:
        """Tell what kind a finding of ``Rapprochement.ecarts`` is.

        Raises :class:`KeyError` for any other finding.

        >>> NatureEcart.de(Constat(code="reponse-absente", message="…")).value
        'réponse absente'
        """
        return cls[constat.code.upper().replace("-", "_")]

    @property
    def bloquant(self) -> bool:
        """Whether a line with such a discrepancy is shown but not acted on; an unknown tag alone does not prevent acting."""
        return self is not NatureEcart.BALISE_INCONNUE

    @property
    def admissible(self) -> bool:
        """Whether a person who has looked may say that the answer holds nevertheless.

        An ambiguous line can only hold as an acceptance, and only if it has a numeroASP.

        >>> [nature.value for nature in NatureEcart if nature.admissible]
        ['contenu modifié', 'référence équivoque', 'ligne ambiguë', 'réponse contradictoire', 'réponse contraire', 'balise double']
        """
        return self in _ADMISSIBLES

    @property
    def explication(self) -> str:
        """What was found and what to do, as one French sentence."""
        return _EXPLICATIONS[self]


_ADMISSIBLES: Final = frozenset(
    {
        NatureEcart.CONTENU_MODIFIE,
        NatureEcart.REFERENCE_EQUIVOQUE,
        NatureEcart.LIGNE_AMBIGUE,
        NatureEcart.REPONSE_CONTRADICTOIRE,
        NatureEcart.REPONSE_CONTRAIRE,
        NatureEcart.BALISE_DOUBLE,
    }
)
_EXPLICATIONS: Final = {
    NatureEcart.REPONSE_ABSENTE: "cette demande a été envoyée et la réponse n’en parle pas ; réclamez sa réponse à l’ASP",
    NatureEcart.REPONSE_ETRANGERE: "cette ligne de la réponse ne correspond à aucune demande envoyée ; vérifiez que la réponse "
    "est bien celle de ce fichier",
    NatureEcart.REPONSE_DOUBLE: "plusieurs lignes de la réponse parlent de cette demande ; demandez à l’ASP laquelle compte",
    NatureEcart.CONTENU_MODIFIE: "la valeur renvoyée n’est pas celle qui a été envoyée ; comparez les deux",
    NatureEcart.NUMERO_ASP_DOUBLE: "la même référence de l’ASP est donnée à plusieurs demandes ; demandez à l’ASP à laquelle elle est",
    NatureEcart.NUMERO_ASP_CONNU: "cette référence de l’ASP est déjà celle d’une autre demande ; demandez à l’ASP à laquelle elle est",
    NatureEcart.REFERENCE_EQUIVOQUE: "cette référence de l’ASP est aussi le numéro éditeur d’une demande, et l’une se prendrait pour "
    "l’autre ; demandez à l’ASP si c’est bien elle",
    NatureEcart.LIGNE_AMBIGUE: "ni acceptée ni rejetée de façon sûre ; lisez la ligne et demandez à l’ASP ce qu’elle dit",
    NatureEcart.REPONSE_CONTRADICTOIRE: "le code et le libellé se contredisent ; demandez à l’ASP ce qui vaut",
    NatureEcart.REPONSE_CONTRAIRE: "une réponse déjà enregistrée dit le contraire ; demandez à l’ASP laquelle vaut",
    NatureEcart.BALISE_INCONNUE: "balise que le guide ne connaît pas ; elle est conservée telle quelle",
    NatureEcart.BALISE_DOUBLE: "la balise figure deux fois au même endroit ; lisez les deux valeurs dans le fichier",
}


@frozen
class Admission:
    """A person's decision on one line of an answer: a kind of discrepancy, and the number of the request it is admitted for.

    >>> Admission(NatureEcart.LIGNE_AMBIGUE, "00007").numero_editeur
    '00007'
    """

    nature: NatureEcart
    numero_editeur: str


def ecart(
    nature: NatureEcart, numero: str | None, chemin: str, message: str = "", *, attendu: str = "", recu: str = ""
) -> Constat:
    """Make a finding of a discrepancy: ``chemin`` is the pointer in the returned file, or in the sent one for an absent answer.

    ``attendu``: what was sent, or said by an earlier answer; ``recu``: what came back instead.
    """
    return Constat(
        code=nature.id,
        message=message or nature.explication,
        numero=numero or "",
        chemin=chemin,
        attendu=attendu,
        recu=recu,
    )
