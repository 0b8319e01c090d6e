"""``lire_retour``: the file that the portal returns, read tolerantly, but never beyond what it says (decision 17).

No real answer has been published, so nothing here decides by a code: a line is accepted because it has a numeroASP, and rejected
because it has none and says something other than « Demande acceptée ».  What cannot be read that way is kept and shown, but never
acted on.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from attrs import evolve, field, frozen

from segur_pha.erreurs import RetourIllisible
from segur_pha.rapports.tableau import accorder, en_ligne
from segur_pha.retour.affichage import apercu_du_retour
from segur_pha.retour.lignes import Issue, LigneRetour, de_l_asp, lire_lignes, reference
from segur_pha.table.codes import CodeDeFichier
from segur_pha.table.roles import Role
from segur_pha.table.specification import exiger_une_vague
from segur_pha.texte_json.lecture import Lecture, lire_octets, octets_de
from segur_pha.vagues import PAR_DEFAUT

if TYPE_CHECKING:
    import os

    from segur_pha.table.formats import Brut
    from segur_pha.table.modele import ObjetBrut
    from segur_pha.table.specification import Limites, Specification

__all__ = [
    "UTF_8",
    "WINDOWS_1252",
    "Retour",
    "RetourBrut",
    "SourceRetour",
    "lire_brut",
    "lire_retour",
    "lire_tolerant",
    "octets_du_retour",
]

SourceRetour: TypeAlias = "bytes | str | os.PathLike[str]"

#: The agency adds a label to each line: a returned file may be larger than the one that was sent.
_AMPLEUR: Final = 2
#: The portal returns what it was given; a list a hundred times too long is not an answer.
_LIGNES_PAR_DEMANDE: Final = 100
#: Fifty for each of two hundred lines: a file with that many duplicate keys is not an answer of the portal.
_CLES_DOUBLES_MAXIMUM: Final = 10_000

UTF_8: Final = "UTF-8"
WINDOWS_1252: Final = "Windows-1252"

#: The five bytes that Python's codec leaves out; in the WHATWG's Windows-1252 each is a control character, as in Latin-1.
_LAISSES: Final = {octet: chr(octet) for octet in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
#: A byte, read as Latin-1 → its character in Windows-1252.
_TABLE: Final = {o: _LAISSES.get(o) or bytes([o]).decode("cp1252") for o in range(0x80, 0xA0)}
_BOM: Final = b"\xef\xbb\xbf"


@frozen(kw_only=True, slots=False)
class Retour:
    """An answer of the portal; made by :func:`lire_retour`.

    Attributes:
        lignes: every line, in the file's order.
        imp_id: the agency's reference of the file as a text, ``None`` when there is none.
        entete: the raw values beside the list of lines, unknown tags included.
        cles_doubles: JSON Pointers of the tags that occur twice in their object; the last value is the one that is read.
        octets: the file as it was read.
        encodage: the encoding in which its text was read, ``"UTF-8"`` or ``"Windows-1252"``.
        specification: the wave it was read by.
    """

    lignes: tuple[LigneRetour, ...]
    imp_id: str | None
    entete: ObjetBrut = field(repr=False, hash=False)
    cles_doubles: tuple[str, ...] = ()
    octets: bytes = field(repr=False)
    encodage: str = UTF_8
    specification: Specification = field(default=PAR_DEFAUT, repr=False, eq=False)

    @property
    def acceptees(self) -> tuple[LigneRetour, ...]:
        """Lines that have a numeroASP, and say nothing other than « Demande acceptée »."""
        return self._d_issue(Issue.ACCEPTEE)

    @property
    def rejetees(self) -> tuple[LigneRetour, ...]:
        """Lines without numeroASP whose code or libellé says that they were refused."""
        return self._d_issue(Issue.REJETEE)

    @property
    def non_traitees(self) -> tuple[LigneRetour, ...]:
        """Lines with neither numeroASP, code nor libellé, which the portal has not answered yet."""
        return self._d_issue(Issue.NON_TRAITEE)

    @property
    def ambigues(self) -> tuple[LigneRetour, ...]:
        """Lines that contradict themselves or cannot be read, for a person to look at."""
        return self._d_issue(Issue.AMBIGUE)

    def en_lignes(self) -> list[dict[str, object]]:
        """Return one flat mapping per line, for a table of data: what was read, the outcome in French, no raw value.

        >>> lire_retour(b'{"lignesImport": [{"numeroEditeur": "00001", "numeroASP": 4512}]}').en_lignes()[0]["issue"]
        'acceptée'
        """
        return [en_ligne(ligne, sans=["brut"]) for ligne in self.lignes]

    def __str__(self) -> str:
        comptes = [
            accorder(len(self.acceptees), "acceptée"),
            accorder(len(self.rejetees), "rejetée"),
            accorder(len(self.non_traitees), "non traitée", "non traitées"),
            accorder(len(self.ambigues), "ambiguë"),
        ]
        return f"Réponse de {accorder(len(self.lignes), 'ligne')} : {', '.join(comptes)}"

    def _repr_html_(self) -> str:
        return apercu_du_retour(self.lignes, self.specification)

    def _d_issue(self, issue: Issue) -> tuple[LigneRetour, ...]:
        return self._par_issue[issue]

    @cached_property
    def _par_issue(self) -> dict[Issue, tuple[LigneRetour, ...]]:
        return {issue: tuple(ligne for ligne in self.lignes if ligne.issue is issue) for issue in Issue}


def lire_retour(source: SourceRetour, *, specification: Specification = PAR_DEFAUT) -> Retour:
    """Read the file that the portal returned (section 1.2, step 5).

    ``source`` is the bytes of the file, its text (a ``str``), or its path (a ``Path``, or any other ``os.PathLike``).  Unknown
    tags, unknown codes and another order of lines are fine; ``impId``, ``numeroASP``, codes and libellés may be numbers or
    texts.  A line in which a tag occurs twice is ambiguous, whatever it says.  Only what the agency fills in counts as its
    answer. A text that is not UTF-8 is read as Windows-1252, and ``encodage`` says so (decision 17).

    Raises :class:`~segur_pha.RetourIllisible` for a file without a readable list ``lignesImport``, ``OSError`` when a path
    cannot be read.

    >>> retour = lire_retour(b'{"impId": 7, "lignesImport": [{"numLigne": 1, "numeroEditeur": "00001", "numeroASP": 4512}]}')
    >>> retour.acceptees[0].numero_asp, retour.imp_id
    ('4512', '7')
    >>> lire_retour("[]")
    Traceback (most recent call last):
    ...
    segur_pha.erreurs.RetourIllisible: Ce fichier n’est pas une réponse du portail : il n’a pas de liste lignesImport.
    """
    lu = lire_brut(source, specification)
    debut = f"/{specification.liste_des_demandes.nom}/"
    douteuses = {int(chemin.split("/")[2]) + 1 for chemin in lu.cles_doubles if chemin.startswith(debut)}
    [imp_id] = de_l_asp([lu.entete], Role.REFERENCE_FICHIER, specification)
    return Retour(
        lignes=lire_lignes(lu.lignes, specification, douteuses=douteuses),
        imp_id=reference(imp_id)[0],
        entete=lu.entete,
        cles_doubles=lu.cles_doubles,
        octets=lu.octets,
        encodage=lu.encodage,
        specification=specification,
    )


def octets_du_retour(source: SourceRetour, specification: Specification) -> bytes:
    """Return the bytes of a file that came back; for one that is too large to be read, only enough of them to know that it is."""
    return octets_de(source, _limites(specification))


def _limites(specification: Specification) -> Limites:
    exiger_une_vague(specification)
    return evolve(
        specification.limites,
        octets_du_json=specification.limites.octets_du_json * _AMPLEUR,
        anomalies_detaillees=_CLES_DOUBLES_MAXIMUM,
    )


class RetourBrut(NamedTuple):
    """A file with a list of lines that have not been interpreted yet; see :class:`Retour`."""

    entete: ObjetBrut
    lignes: list[Brut]
    cles_doubles: tuple[str, ...]
    octets: bytes
    encodage: str


def lire_brut(source: SourceRetour, specification: Specification) -> RetourBrut:
    """Split a file that was sent or came back into header and lines; raises what :func:`lire_retour` raises."""
    limites = _limites(specification)
    octets = octets_de(source, limites)
    lecture, encodage = lire_tolerant(octets, limites)
    if not lecture.fautes and not lecture.sure(limites):
        lecture = lecture.exacte(limites)
    if lecture.fautes:
        raise _illisible(lecture)
    nom = specification.liste_des_demandes.nom
    entete, lignes = _entete_et_lignes(lecture, nom, limites.demandes_par_fichier)
    doubles = {anomalie.chemin for anomalie in lecture.cles_doubles()}
    if f"/{nom}" in doubles:
        raise RetourIllisible(
            f"Deux listes {nom} dans le fichier : téléchargez-le à nouveau depuis le portail.", balise=nom
        )
    return RetourBrut(entete, lignes, tuple(sorted(doubles)), octets, encodage)


def _entete_et_lignes(lecture: Lecture, nom: str, demandes: int) -> tuple[ObjetBrut, list[Brut]]:
    """Separate the header from the list ``nom``; what is not an answer raises :class:`~segur_pha.RetourIllisible`."""
    arbre = lecture.arbre
    if not isinstance(arbre, dict) or not isinstance(lignes := arbre.get(nom), list):
        raise RetourIllisible(f"Ce fichier n’est pas une réponse du portail : il n’a pas de liste {nom}.", balise=nom)
    if len(lignes) > demandes * _LIGNES_PAR_DEMANDE:
        raise RetourIllisible(
            f"Ce fichier n’est pas une réponse du portail : {len(lignes)} lignes, pour {demandes} demandes au plus.",
            balise=nom,
        )
    if lecture.autres_doubles:
        raise RetourIllisible(
            f"Ce fichier n’est pas une réponse du portail : plus de {_CLES_DOUBLES_MAXIMUM} clés y sont écrites deux fois."
        )
    return {cle: valeur for cle, valeur in arbre.items() if cle != nom}, lignes


def _illisible(lecture: Lecture) -> RetourIllisible:
    faute = lecture.fautes[0]
    ou = f"{faute.position} : " if faute.position else ""
    return RetourIllisible(
        f"Ce fichier ne se lit pas : {ou}{faute.libelle}. S’il vient du portail, téléchargez-le à nouveau, sans l’ouvrir dans "
        "un tableur ni un traitement de texte.",
        code=faute.code,
    )


def lire_tolerant(octets: bytes, limites: Limites) -> tuple[Lecture, str]:
    """Read a JSON text, and say in which encoding; what does not begin like JSON keeps the fault that reading it as UTF-8 gave.

    UTF-16 stays refused, and so does UTF-8 with half characters: none of their words would survive being read as Windows-1252.

    >>> from segur_pha import VA1
    >>> lecture, encodage = lire_tolerant('{"libelle": "acceptée"}'.encode("latin-1"), VA1.limites)
    >>> lecture.arbre, encodage
    ({'libelle': 'acceptée'}, 'Windows-1252')
    """
    lecture = lire_octets(octets, limites)
    if not any(faute.code == CodeDeFichier.ENCODAGE for faute in lecture.fautes) or not _est_un_texte_de_8_bits(octets):
        return lecture, UTF_8
    texte = octets.removeprefix(_BOM).decode("latin-1").translate(_TABLE)
    return lire_octets(texte.encode(), limites), WINDOWS_1252


def _est_un_texte_de_8_bits(octets: bytes) -> bool:
    try:
        octets.decode("utf-8", errors="surrogatepass")
    except UnicodeDecodeError:
        return b"\0" not in octets and octets.removeprefix(_BOM).lstrip().startswith((b"{", b"["))
    return False
