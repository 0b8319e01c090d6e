"""``Registre``: the ledger as a publisher uses it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from attrs import evolve

from segur_pha.depot.antecedents import OFFICINE_DEJA_DEMANDEE
from segur_pha.depot.dossier import marque_du_dossier
from segur_pha.depot.manifeste import json_du_dossier, manifeste_du_dossier
from segur_pha.erreurs import RegistreError, RetourIllisible, SegurError
from segur_pha.fichiers import ouvrir_neuf
from segur_pha.registre import export, numeros
from segur_pha.registre.adresse import introuvable
from segur_pha.registre.annuler_reponses import Annulations
from segur_pha.registre.arguments import arguments_verifies
from segur_pha.registre.base import creer as creer_les_tables
from segur_pha.registre.base import ecrire, enregistrer, existe
from segur_pha.registre.entretien import Entretien
from segur_pha.registre.evenements import (
    DonneesEffacees,
    Evenement,
    FichierAbandonne,
    FichierDepose,
    FichierPrepare,
    FichierRefuse,
)
from segur_pha.registre.journal import effacer_du_journal, tout_est_efface
from segur_pha.registre.notes import Notes
from segur_pha.registre.numeros import empreinte_de, refuser_les_noms_pris, refuser_les_numeros_semblables
from segur_pha.registre.preparation import evenements_des_fichiers, refuser_les_secondes
from segur_pha.registre.questions import Questions
from segur_pha.registre.reponses import examiner_retour
from segur_pha.registre.reprise import Reponse, Reprise, reprendre_des_fichiers
from segur_pha.registre.stockage import Stockage
from segur_pha.registre.transaction import Transaction
from segur_pha.registre.vagues import Vagues
from segur_pha.retour.ecarts import Admission
from segur_pha.retour.lecture import Retour, lire_retour
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date
    from types import TracebackType

    from sqlalchemy import URL, Connection, Engine

    from segur_pha.depot.antecedents import Admissible
    from segur_pha.registre.memoire import EtatsEnMemoire
    from segur_pha.retour.ecarts import NatureEcart
    from segur_pha.retour.lecture import SourceRetour
    from segur_pha.retour.rapprochement import Rapprochement
    from segur_pha.table.specification import Specification

__all__ = ["Registre"]


@arguments_verifies
class Registre(Questions, Notes, Annulations, Entretien, Transaction):
    """The ledger of a publisher: what was sent, what came back, which numbers are used up, what is still due.

    ``url_or_connection`` is a file (SQLite, of exactly that name, made when it is missing), a SQLAlchemy URL (a text with ``://``
    in it), or the caller's own Engine or Connection; ``sqlite://`` alone asks for a ledger in memory, for trying things out.
    With a Connection, every command joins the caller's transaction, and is committed by the caller; otherwise each command is one
    transaction, committed before it returns.

    ``alphabet`` and ``premier`` are the letters and the first of the numbers to serve; by default digits from ``00001``,
    which makes 99,999 numbers.  They are remembered; when given again, they replace the remembered ones.

    One ledger may hold the requests of several waves: ``specification`` is the default one, and ``specifications`` names the
    others.  A request is identified by its wave and its number.

    Readers never wait for writers.  A writer waits for another program that is writing, on SQLite for at most a minute;
    ``si_occupe`` is called once before that.

    With ``creer=False`` the ledger must already exist, tables and all, so that a mistyped name creates nothing.

    Raises :class:`~segur_pha.RegistreError` for anything else (a Session, an empty name), and for what would keep nothing
    (``:memory:``).  Every command that may not happen raises it too, and changes nothing.

    >>> from datetime import date
    >>> from segur_pha import en_json
    >>> from segur_pha.portail import PortailSimule
    >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
    >>> octets = en_json(fichier_du_guide())
    >>> with Registre("sqlite://") as registre:
    ...     _ = registre.preparer({"JSON-ANS0000001-20221115-001.json": octets}, jour=date(2022, 11, 15))
    ...     registre.deposer("JSON-ANS0000001-20221115-001.json", jour=date(2022, 11, 15))
    ...     rapprochement = registre.enregistrer_retour(PortailSimule(graine=1).deposer(octets), jour=date(2022, 11, 16))
    ...     [(s.numero_editeur, s.numero_asp, s.avance_payee) for s in registre.soldables()]
    [('00001', 'SIMULE-288-000001', False)]
    """

    def __init__(
        self,
        url_or_connection: str | os.PathLike[str] | URL | Engine | Connection,
        *,
        alphabet: str | None = None,
        premier: str | None = None,
        specification: Specification = PAR_DEFAUT,
        specifications: Sequence[Specification] = (),
        creer: bool = True,
        si_occupe: Callable[[], object] | None = None,
    ) -> None:
        self._vagues = Vagues((specification, *(s for s in specifications if s.nom != specification.nom)))
        self._stockage = Stockage(url_or_connection, si_occupe=si_occupe)
        try:
            self._ouvrir(alphabet, premier, creer=creer)
        except BaseException:
            self.fermer()
            raise

    def _ouvrir(self, alphabet: str | None, premier: str | None, *, creer: bool) -> None:
        initiaux = numeros.reglages_initiaux(alphabet, premier, self._vagues.defaut.longueur_des_numeros)
        fichier = self._stockage.fichier_sqlite
        if not creer and fichier is not None and not fichier.is_file():
            # Before any connection, since SQLite would make the file.
            raise introuvable(fichier.name, fichier)
        if creer and fichier is not None and not fichier.exists():
            with suppress(OSError):  # SQLite will say what is amiss
                ouvrir_neuf(fichier).close()
        with self._stockage.lecture() as connexion:
            neuf = not existe(connexion)
        if neuf and not creer:
            raise introuvable(self._stockage.nom, fichier)
        if neuf:
            with self._stockage.creation() as connexion:
                creer_les_tables(connexion, initiaux)
        with self._stockage.lecture() as connexion:
            ancien = export.a_migrer(connexion)
        if ancien:
            with self._stockage.ecriture() as connexion:
                # Another program may have been quicker.
                if export.a_migrer(connexion):
                    export.migrer(connexion, self._stockage.fichier_sqlite)
        self._stockage.choisir_le_journal()
        if not neuf and (alphabet or premier):
            with self._stockage.ecriture() as connexion:
                numeros.regler_les_numeros(connexion, initiaux["alphabet"], initiaux["premier"])

    def fermer(self) -> None:
        """Close the database; an Engine or a Connection of the caller's stays open."""
        self._stockage.fermer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.fermer()

    # Numbers

    def reserver(self, nombre: int, *, specification: Specification | None = None) -> list[str]:
        """Serve ``nombre`` request numbers that were never served and that no request of any wave has.

        Commit point: before they are returned; if the program dies then, they are lost and never served again.  Warns with
        ``AvertissementNumeros`` once nine out of ten are used up.

        Raises :class:`~segur_pha.RegistreError` when fewer than that are left; then none is served.

        >>> with Registre("sqlite://", alphabet="0123456789ABCDEF", premier="000FE") as registre:
        ...     registre.reserver(3)
        ['000FE', '000FF', '00100']
        """
        if nombre < 0:
            raise RegistreError("Indiquez combien de numéros réserver.")
        with self._stockage.ecriture() as connexion:
            return numeros.reserver(connexion, nombre, (specification or self._vagues.defaut).nom)

    def prochains_numeros(self, nombre: int) -> list[str]:
        """Return the numbers that :meth:`reserver` would serve now; nothing is reserved, and no lock is taken.

        Raises :class:`~segur_pha.RegistreError` when fewer than that are left.

        >>> with Registre("sqlite://") as registre:
        ...     registre.prochains_numeros(2), registre.reserver(1), registre.prochains_numeros(1)
        (['00001', '00002'], ['00001'], ['00002'])
        """
        with self._stockage.lecture() as connexion:
            return numeros.prochains(connexion, nombre)[0]

    # The life of a file and of its requests

    def preparer(
        self,
        fichiers: Mapping[str, bytes],
        *,
        jour: date,
        empreintes: Mapping[str, str] | None = None,
        remplace: Mapping[str, str] | None = None,
        specification: Specification | None = None,
        admettre: Collection[Admissible] = (),
    ) -> tuple[str, ...]:
        """Record that JSON files are about to be shown: their hash, their requests, their documents' hashes.

        ``fichiers``: name → bytes; ``empreintes``: name of a document → SHA-256 (hexadecimal); ``remplace``: new number → the
        rejected request that it replaces.  Returns the SHA-256 of each file.  All the files or none.  A balance request names the
        advance that it settles by the numeroASP in its line.  A second live request for a pharmacy in a wave is refused, unless a
        person says that it is to be sent: ``admettre=["officine-deja-demandee"]`` (decision 110).

        Commit point: the end.  Call it *before* the files are shown: a program that dies in between leaves prepared requests, to
        be abandoned, but never an unknown file on the portal.

        Raises :class:`~segur_pha.RegistreError` for a number that was borne, or differs by case only from one that was, a file
        that is known, the name of another file that is prepared or deposited, a second request of a pharmacy, or one that may
        not be replaced; :class:`~segur_pha.FichierRejete` for a file that the 1st control would refuse.
        """
        evenements = evenements_des_fichiers(
            fichiers,
            jour=jour,
            empreintes=empreintes or {},
            remplace=remplace or {},
            specification=specification or self._vagues.defaut,
        )
        return self._preparer(evenements, admettre)

    def _preparer(self, evenements: Sequence[Evenement], admettre: Collection[Admissible]) -> tuple[str, ...]:
        with self._stockage.ecriture() as connexion:
            refuser_les_noms_pris(connexion, evenements)
            refuser_les_numeros_semblables(connexion, evenements)
            if OFFICINE_DEJA_DEMANDEE not in admettre:
                refuser_les_secondes(connexion, evenements)
            enregistrer(connexion, evenements)
        return tuple(e.fichier for e in evenements if isinstance(e, FichierPrepare))

    def inscrire_depot(
        self,
        dossier: str | os.PathLike[str],
        *,
        jour: date,
        remplace: Mapping[str, str] | None = None,
        specification: Specification | None = None,
        admettre: Collection[Admissible] = (),
        cache: bool = False,
    ) -> tuple[str, ...]:
        """Record that a prepared deposit is about to be shown: its JSON files, and its documents' hashes, from its manifest.

        It is made for the argument ``avant`` of :func:`~segur_pha.depot.preparer_depot`, and otherwise does what :meth:`preparer`
        does.  ``cache`` promises that the folder stays out of sight until after the commit (``montrer=False`` there).  Without
        ``specification``, its requests belong to the wave named in the manifest.

        Raises :class:`~segur_pha.DepotRefuse` for a folder without a readable manifest; :class:`~segur_pha.RegistreError` in a
        transaction of the caller's (a Connection), where the folder would be shown before the outcome is known:
        :func:`~segur_pha.registre.preparer_au_registre` waits for the commit.
        """
        if self.connexion is not None and not cache:
            raise RegistreError(
                "Un dossier se montre une fois inscrit pour de bon, et votre transaction peut encore être annulée : avec une "
                "Connection, préparez-le par preparer_au_registre(…) et appelez .montrer() après votre « commit »."
            )
        manifeste = manifeste_du_dossier(Path(dossier))
        specification = specification or self._vagues.nommee(manifeste.specification)
        evenements = evenements_des_fichiers(
            json_du_dossier(Path(dossier), manifeste, specification.limites),
            jour=jour,
            empreintes={piece.nom: piece.sha256 for f in manifeste.fichiers for piece in f.pieces},
            remplace=remplace or {},
            specification=specification,
            marque=marque_du_dossier(Path(dossier)) if cache else "",
        )
        return self._preparer(evenements, admettre)

    def deposer(self, *fichiers: str, jour: date) -> None:
        """Record that files were deposited on the portal, each by its name or its SHA-256.  Commit point: the end.

        The same file cannot be recorded as deposited twice, except after a refusal by the 1st control.
        """
        with self._stockage.ecriture() as connexion:
            evenements = [FichierDepose(jour=jour, fichier=empreinte_de(connexion, fichier)) for fichier in fichiers]
            enregistrer(connexion, evenements)

    def refuser(self, fichier: str, *autres: str, jour: date, motif: str = "") -> None:
        """Record that the 1st control refused one or more files: nothing was taken, and their numbers may be sent again.

        >>> from datetime import date
        >>> from segur_pha import en_json
        >>> from segur_pha.vagues.va1.exemples import fichier_du_guide
        >>> nom, jour = "JSON-ANS0000001-20221115-001.json", date(2022, 11, 15)
        >>> with Registre("sqlite://") as registre:
        ...     _ = registre.preparer({nom: en_json(fichier_du_guide())}, jour=jour)
        ...     registre.deposer(nom, jour=jour)
        ...     registre.refuser(nom, jour=jour, motif="structure")
        ...     print(registre.fichiers()[0].phase, registre.demande("00001").phase)
        refusé préparée

        Commit point: the end.
        """
        with self._stockage.ecriture() as connexion:
            empreintes = [empreinte_de(connexion, cle) for cle in (fichier, *autres)]
            enregistrer(connexion, [FichierRefuse(jour=jour, fichier=e, motif=motif) for e in empreintes])

    def abandonner(self, fichier: str, *autres: str, jour: date, motif: str = "") -> None:
        """Record that files will never be deposited: what their requests replaced waits again, and their numbers may be reused.

        Commit point: the end.
        """
        with self._stockage.ecriture() as connexion:
            empreintes = [empreinte_de(connexion, cle) for cle in (fichier, *autres)]
            enregistrer(connexion, [FichierAbandonne(jour=jour, fichier=e, motif=motif) for e in empreintes])

    def inscrire(
        self,
        fichiers: Mapping[str, bytes],
        reponses: Iterable[Reponse] = (),
        *,
        jour: date | None = None,
        empreintes: Mapping[str, str] | None = None,
        specification: Specification | None = None,
    ) -> Reprise:
        """Record files that were deposited before there was a ledger, and their answers: name → bytes, in any order.

        A file's day is the one in its name (section 3.3), otherwise ``jour``; ``empreintes`` as for :meth:`preparer`.  What the
        ledger already knows changes nothing, so the same files may be given again.  A request of a pharmacy that has exactly one
        rejected request which nothing replaces is taken as its replacement; the returned value names these.  All or nothing;
        commit point: the end.

        Raises :class:`~segur_pha.RegistreError` for a file without a day and for an answer to none of these files,
        :class:`~segur_pha.FichierRejete` for a file that the 1st control would refuse, and
        :class:`~segur_pha.RetourIllisible`.
        """
        with self._stockage.ecriture() as connexion:
            return reprendre_des_fichiers(
                connexion,
                fichiers,
                reponses,
                jour=jour,
                empreintes=empreintes or {},
                specification=specification or self._vagues.defaut,
            )

    def rapprocher(
        self, retour: Retour | SourceRetour, *, jour: date, specification: Specification | None = None
    ) -> Rapprochement:
        """Match an answer with what the ledger knows, without recording anything; see :meth:`enregistrer_retour`."""
        with self._stockage.lecture() as connexion:
            return self._examiner(connexion, retour, jour=jour, admettre=(), specification=specification)[0]

    def enregistrer_retour(
        self,
        retour: Retour | SourceRetour,
        *,
        jour: date,
        admettre: Collection[NatureEcart | Admission] = (),
        specification: Specification | None = None,
    ) -> Rapprochement:
        """Record an answer of the portal, and act on the lines that raise no doubt.

        Every line goes to the journal.  A line with a blocking discrepancy (:class:`~segur_pha.retour.ecarts.NatureEcart`)
        changes no state, and a person must look at its request (``a_verifier()``); ``admettre`` names the kinds that a person has
        looked at and found harmless: for the whole answer, or for one of its requests (:class:`~segur_pha.Admission`).  Recording
        the same answer again only acts on lines that may now be acted on.  An answer to a file that was not recorded as deposited
        proves its deposit.  Without ``specification``, a ledger of several waves reads the answer by the wave under which most of
        its lines are certain.

        Commit point: the end; the whole answer or nothing of it.

        Raises :class:`~segur_pha.RetourIllisible`, or :class:`~segur_pha.RegistreError` when no line has a known number.
        """
        natures = (mot.nature if isinstance(mot, Admission) else mot for mot in admettre)
        interdites = {nature.value for nature in natures if not nature.admissible}
        if interdites:
            raise RegistreError(f"Ces écarts ne s’admettent pas : {', '.join(sorted(interdites))}.")
        with self._stockage.ecriture() as connexion:
            rapprochement, etats, evenements = self._examiner(
                connexion, retour, jour=jour, admettre=admettre, specification=specification
            )
            ecrire(connexion, etats, evenements)
        return evolve(rapprochement, deja_enregistree=not evenements)

    def _examiner(
        self,
        connexion: Connection,
        retour: Retour | SourceRetour,
        *,
        jour: date,
        admettre: Collection[NatureEcart | Admission],
        specification: Specification | None,
    ) -> tuple[Rapprochement, EtatsEnMemoire, list[Evenement]]:
        """Read an answer by each wave that it may belong to, and keep the reading under which most lines are certain."""
        lectures: list[tuple[Rapprochement, EtatsEnMemoire, list[Evenement]]] = []
        refus: SegurError | None = None
        vagues = (retour.specification,) if isinstance(retour, Retour) else self._vagues.connues
        for vague in vagues if specification is None else (specification,):
            try:
                lu = retour if isinstance(retour, Retour) else lire_retour(retour, specification=vague)
                lectures.append(examiner_retour(connexion, lu, jour=jour, admettre=admettre, specification=vague))
            except (RegistreError, RetourIllisible) as erreur:
                refus = refus or erreur
        if not lectures:
            assert refus is not None
            raise refus
        sures = [sum(ligne.sure_par_elle_meme for ligne in rapprochement.lignes) for rapprochement, _, _ in lectures]
        if sures.count(max(sures)) > 1:
            raise RegistreError(
                "Cette réponse peut être celle de plusieurs vagues : précisez laquelle (--vague ; en Python : specification=)."
            )
        return lectures[sures.index(max(sures))]

    def effacer(self, finess_geo: str, *, jour: date) -> None:
        """Erase the personal values of one pharmacy's requests, in every line that was sent or received.

        Names, e-mails, phone and card numbers become null in the journal, and tags that the table does not know are removed;
        numbers, amounts, days and the agency's words stay.  Lines that come later lose them too.  Commit point: the end.

        Given again, it is not recorded a second time, but erases what is there.

        A SQLite file is rewritten without them as soon as nobody reads what it held before.  Raises
        :class:`~segur_pha.RegistreError` if another program goes on reading it, or the disk refuses: the erasure is recorded then,
        and has to be given again for the file.
        """
        finess = finess_geo.upper()
        with self._stockage.ecriture() as connexion:
            if not tout_est_efface(connexion, finess):
                enregistrer(connexion, [DonneesEffacees(jour=jour, finess_geo=finess)])
            effacer_du_journal(connexion, finess, self._vagues)
        self._stockage.nettoyer()

    # The ledger as a file

    def importer(self, lignes: Iterable[str], *, sans_empreinte: bool = False) -> None:
        """Fill this ledger, which must be empty, from an export.  Commit point: the end.

        ``sans_empreinte``: accept an export of a version that wrote neither count nor hash, which a person knows to be complete.

        Raises :class:`~segur_pha.RegistreError` for anything but an export, and for one that lost a line or was changed; then
        nothing is written.
        """
        with self._stockage.ecriture() as connexion:
            export.importer(connexion, lignes, sans_empreinte=sans_empreinte)
