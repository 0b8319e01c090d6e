"""An answer of the portal that was recorded by mistake → the events that take it back."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final, TypeVar

from attrs import evolve
from sqlalchemy import select

from segur_pha.erreurs import RegistreError
from segur_pha.registre import tables
from segur_pha.registre.base import charger, enregistrer, exiger, lots
from segur_pha.registre.evenements import (
    NATURES,
    FichierDepose,
    LigneRecue,
    ReponseAnnulee,
    RetourAnnule,
    RetourRecu,
    depuis_json,
)
from segur_pha.registre.histoire import appliquer
from segur_pha.registre.memoire import EtatsEnMemoire
from segur_pha.retour.lecture import Retour, octets_du_retour

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from sqlalchemy import Connection

    from segur_pha.registre.etats import Cle, EtatDemande
    from segur_pha.registre.evenements import Evenement
    from segur_pha.registre.stockage import Stockage
    from segur_pha.registre.vagues import Vagues
    from segur_pha.retour.lecture import SourceRetour
    from segur_pha.table.specification import Specification

__all__ = ["Annulations"]

Recu = TypeVar("Recu", RetourRecu, LigneRecue)

_E = tables.evenements.c
_DES_DEMANDES: Final = (NATURES[LigneRecue], NATURES[ReponseAnnulee])
_DU_FICHIER: Final = (NATURES[FichierDepose], NATURES[RetourRecu], NATURES[RetourAnnule])


class Annulations:
    """How a :class:`~segur_pha.registre.Registre` takes back an answer that was recorded by mistake.

    An answer is taken back as a whole: the ledger is then as if it had never been recorded, while the journal keeps both.  Commit
    point: the end.
    """

    _stockage: Stockage
    _vagues: Vagues

    def annuler_retour(self, retour: Retour | SourceRetour, *, jour: date, motif: str) -> tuple[str, ...]:
        """Take back the answer of this file (a :class:`~segur_pha.Retour` or its source); return the numbers that it mentioned.

        A deposit proved by this answer alone is taken back with it.  The same file may be recorded again afterwards.

        Raises :class:`~segur_pha.RegistreError` when no reason is given, for an answer that the ledger does not hold, and when a
        fact (a decision, a resubmission) rests on it and must be taken back first.

        >>> from datetime import date
        >>> from segur_pha import en_json
        >>> from segur_pha.portail import PortailSimule
        >>> from segur_pha.registre import Registre
        >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
        >>> octets, jour = en_json(fichier_du_guide()), date(2022, 11, 16)
        >>> essai = PortailSimule(graine=1).deposer(octets)
        >>> with Registre("sqlite://") as registre:
        ...     _ = registre.preparer({"JSON-ANS0000001-20221115-001.json": octets}, jour=jour)
        ...     _ = registre.enregistrer_retour(essai, jour=jour)
        ...     print(registre.demande("00001").phase)
        ...     print(registre.annuler_retour(essai, jour=jour, motif="réponse d’un essai"))
        ...     print(registre.demande("00001").phase)
        acceptée
        ('00001',)
        préparée
        """
        # The bytes are only compared, so the answer may be of any wave.
        large = max(self._vagues.connues, key=lambda vague: vague.limites.octets_du_json)
        octets = retour.octets if isinstance(retour, Retour) else octets_du_retour(retour, large)
        empreinte = sha256(octets).hexdigest()
        with self._stockage.ecriture() as connexion:
            ecrits = select(_E.contenu).where(
                _E.nature == NATURES[RetourRecu], _E.contenu.contains(f'"retour":"{empreinte}"')
            )
            ecrits = ecrits.order_by(_E.id)
            recus = list(_lus(RetourRecu, connexion.scalars(ecrits)))
            if not recus:
                raise RegistreError(
                    "Cette réponse n’est pas au registre : vérifiez le fichier, et que c’est bien ce registre."
                )
            return _annuler(connexion, recus[-1], jour=jour, motif=motif)

    def annuler_reponse(
        self, numero_editeur: str, *, jour: date, motif: str, specification: Specification | None = None
    ) -> tuple[str, ...]:
        """Take back, as a whole, the last answer that mentions a request; return the numbers of all the requests it mentions.

        Raises what :meth:`annuler_retour` raises, and for a request that the ledger does not know or that no answer mentions.

        >>> from datetime import date
        >>> from segur_pha import en_json
        >>> from segur_pha.portail import PortailSimule
        >>> from segur_pha.registre import Registre
        >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
        >>> octets, jour = en_json(fichier_du_guide()), date(2022, 11, 16)
        >>> with Registre("sqlite://") as registre:
        ...     _ = registre.preparer({"JSON-ANS0000001-20221115-001.json": octets}, jour=jour)
        ...     _ = registre.enregistrer_retour(PortailSimule(graine=1).deposer(octets), jour=jour)
        ...     registre.annuler_reponse("00001", jour=jour, motif="réponse d’un essai")
        ('00001',)
        """
        with self._stockage.ecriture() as connexion:
            demande = exiger(connexion, numero_editeur, specification)
            lignes = _lignes(connexion, [demande.cle]).get(demande.cle)
            if not lignes:
                raise RegistreError(
                    f"Demande {numero_editeur} ({demande.phase}) : aucune réponse n’en parle au registre."
                )
            return _annuler(connexion, lignes[-1], jour=jour, motif=motif)


def _annuler(connexion: Connection, recue: RetourRecu | LigneRecue, *, jour: date, motif: str) -> tuple[str, ...]:
    """Take back the answer to which this event belongs."""
    if not motif.strip():
        raise RegistreError("Dites pourquoi cette réponse s’annule (motif).")
    question = select(_E.contenu).where(_E.fichier == recue.fichier, _E.nature == NATURES[LigneRecue])
    question = question.order_by(_E.id)
    siennes = [ligne for ligne in _lus(LigneRecue, connexion.scalars(question)) if ligne.retour == recue.retour]
    cles = dict.fromkeys((ligne.specification, ligne.numero_editeur) for ligne in siennes if ligne.numero_editeur)
    etats = charger(connexion, numeros=cles, fichiers=[recue.fichier])
    lignes = _lignes(connexion, cles)
    restes = [
        _reste(etats.demandes[cle], [ligne for ligne in lignes.get(cle, ()) if ligne.retour != recue.retour])
        for cle in cles
    ]
    # A reference must be released before another request takes it.
    evenements: list[Evenement] = [
        _reponse_annulee(reste, recue.retour, jour) for reste in sorted(restes, key=lambda r: r.numero_asp is not None)
    ]
    repondu, deduit = _suites_du_fichier(connexion, recue)
    evenements.append(
        RetourAnnule(
            jour=jour,
            specification=recue.specification,
            retour=recue.retour,
            fichier=recue.fichier,
            motif=motif,
            depot=deduit and not repondu,
            repondu=repondu,
        )
    )
    enregistrer(connexion, evenements)
    return tuple(numero for _, numero in cles)


def _lus(genre: type[Recu], contenus: Iterable[str]) -> Iterator[Recu]:
    for contenu in contenus:
        evenement = depuis_json(NATURES[genre], contenu)
        assert isinstance(evenement, genre)
        yield evenement


def _lignes(connexion: Connection, cles: Collection[Cle]) -> dict[Cle, list[LigneRecue]]:
    """Return the lines of answers that mention these requests and were not taken back, in order."""
    lignes: dict[Cle, list[LigneRecue]] = {}
    for lot in lots({numero for _, numero in cles}):
        question = select(_E.nature, _E.contenu).where(_E.numero_editeur.in_(lot), _E.nature.in_(_DES_DEMANDES))
        for ecrit in connexion.execute(question.order_by(_E.id)):
            evenement = depuis_json(*ecrit)
            assert isinstance(evenement, LigneRecue | ReponseAnnulee)
            cle = evenement.specification, evenement.numero_editeur or ""
            if isinstance(evenement, LigneRecue):
                lignes.setdefault(cle, []).append(evenement)
            else:
                lignes[cle] = [ligne for ligne in lignes.get(cle, ()) if ligne.retour != evenement.retour]
    return lignes


def _reste(demande: EtatDemande, lignes: Iterable[LigneRecue]) -> EtatDemande:
    """Return a request as these lines alone would have answered it."""
    sans = evolve(
        demande,
        issue=None,
        jour_reponse=None,
        numero_asp=None,
        code_traitement=None,
        libelle_traitement=None,
        reserves=(),
        # These came after the answer, and were no obstacle to it when it was recorded.
        attribuee=None,
        remplacee_par=None,
        jour_depot=demande.jour_depot or demande.jour_preparation,
    )
    etats = EtatsEnMemoire()
    etats.retenir(sans)
    for ligne in lignes:
        etats.retenir(evolve(etats.demandes[demande.cle], fichier=ligne.fichier))
        appliquer(ligne, etats)
    return etats.demandes[demande.cle]


def _reponse_annulee(reste: EtatDemande, retour: str, jour: date) -> ReponseAnnulee:
    return ReponseAnnulee(
        jour=jour,
        specification=reste.specification,
        numero_editeur=reste.numero_editeur,
        retour=retour,
        issue=reste.issue,
        jour_reponse=reste.jour_reponse,
        numero_asp=reste.numero_asp,
        code_traitement=reste.code_traitement,
        libelle_traitement=reste.libelle_traitement,
        reserves=tuple((reserve.issue, reserve.numero_asp) for reserve in reste.reserves),
    )


def _suites_du_fichier(connexion: Connection, recue: RetourRecu | LigneRecue) -> tuple[bool, bool]:
    """Tell whether another answer to the file remains, and whether the deposit is only known from an answer."""
    question = select(_E.nature, _E.contenu).where(_E.fichier == recue.fichier, _E.nature.in_(_DU_FICHIER))
    deduit = False
    autres: set[str] = set()
    for ecrit in connexion.execute(question.order_by(_E.id)):
        evenement = depuis_json(*ecrit)
        if isinstance(evenement, FichierDepose):
            deduit = evenement.deduit
        elif isinstance(evenement, RetourRecu):
            autres.add(evenement.retour)
        else:
            assert isinstance(evenement, RetourAnnule)
            autres.discard(evenement.retour)
    return bool(autres - {recue.retour}), deduit
