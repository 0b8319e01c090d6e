"""Source text → its mutants: copies of the text with one small fault each.

Most faults are those of mutmut's operators; what they leave out (conditions, calls whose value is not used) is below. Not
mutated: sentences, annotations, docstrings, imports, the arguments of `isinstance` (its result is), assertions (they tell the
type checker what the preceding lines have established), and what only exists for type checkers.
"""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

import libcst as cst
import libcst.matchers as m
from juges import RACINE, Mutant
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_arg_removal, operator_match, operator_string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def _phrase(noeud: cst.CSTNode) -> bool:
    """Tell whether a text is a sentence: it has a blank between words, or something interpolated."""
    if isinstance(noeud, cst.SimpleString):
        return " " in str(noeud.evaluated_value) or "\u00a0" in str(noeud.evaluated_value)
    return isinstance(noeud, cst.FormattedString | cst.ConcatenatedString)


def _chaines(noeud: cst.BaseString) -> Iterable[cst.CSTNode]:
    """Mutate a word (a tag, a code, a key), once."""
    return () if _phrase(noeud) else list(operator_string(noeud))[:1]


def _arguments(noeud: cst.Call) -> Iterator[cst.CSTNode]:
    """Leave out a keyword argument; give ``None`` instead of a positional one.

    Hardly any call would succeed without a positional argument: such a mutant would only improve the score.
    """
    for i, argument in enumerate(noeud.args):
        if argument.keyword is not None:
            yield noeud.with_changes(args=[*noeud.args[:i], *noeud.args[i + 1 :]])
        elif not argument.star and not _phrase(argument.value) and not m.matches(argument.value, m.Name("None")):
            vide = argument.with_changes(value=cst.Name("None"))
            yield noeud.with_changes(args=[*noeud.args[:i], vide, *noeud.args[i + 1 :]])


def _conditions(noeud: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Negate a condition, unless another operator does: comparisons, ``not``, ``and`` and ``or`` are changed elsewhere."""
    if isinstance(noeud, cst.Comparison | cst.UnaryOperation | cst.BooleanOperation):
        return
    yield cst.UnaryOperation(cst.Not(), noeud.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()]))  # type: ignore[arg-type]


def _appels_perdus(noeud: cst.Expr) -> Iterator[cst.CSTNode]:
    """Leave out a call, a ``yield`` or an ``await`` whose value is not used."""
    if not isinstance(noeud.value, cst.BaseString | cst.Ellipsis):
        yield cst.Pass()


_REMPLACES: dict[object, Callable[..., Iterable[cst.CSTNode]]] = {
    operator_string: _chaines,
    operator_arg_removal: _arguments,
    operator_match: lambda _: (),  # a case that never matches, below, has the same effect and leaves the block as it is
}
_OPERATEURS = [
    *((genre, _REMPLACES.get(operateur, operateur)) for genre, operateur in mutation_operators),
    (cst.Expr, _appels_perdus),
]
_LAISSES = (
    m.Annotation()
    | m.Assert()
    | m.Import()
    | m.ImportFrom()
    | m.If(test=m.Name("TYPE_CHECKING"))
    | m.AnnAssign(annotation=m.Annotation(m.Name("TypeAlias")))
    | m.Assign(targets=[m.AssignTarget(m.Name("__all__"))])
    | m.Assign(value=m.Call(func=m.Name("TypeVar")))
    | m.Call(func=m.Name("cast") | m.Name("isinstance"))
    | m.ClassDef(decorators=[m.ZeroOrMore(), m.Decorator(m.Name("overload")), m.ZeroOrMore()])
    | m.FunctionDef(decorators=[m.ZeroOrMore(), m.Decorator(m.Name("overload")), m.ZeroOrMore()])
)


class _Visiteur(cst.CSTVisitor):
    """Note each node that has mutants: where it is, and the texts to put there."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, module: cst.Module) -> None:
        super().__init__()
        self._module = module
        self.trouves: list[tuple[tuple[int, int], tuple[int, int], str]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if m.matches(node, _LAISSES):
            # The value of a cast counts; its type does not.
            if m.matches(node, m.Call(func=m.Name("cast"))):
                node.args[1].value.visit(self)  # type: ignore[attr-defined]
            return False
        for genre, operateur in _OPERATEURS:
            if isinstance(node, genre):
                self._noter(node, operateur(node))
        if isinstance(node, cst.If | cst.While | cst.CompIf):
            self._noter(node.test, _conditions(node.test))
        if isinstance(node, cst.MatchCase):
            if node.guard is None:
                self._noter(node.pattern, [node.pattern], suite=" if False")
            else:
                self._noter(node.guard, [cst.Name("False"), cst.Name("True")])
        return True

    def _noter(self, noeud: cst.CSTNode, mutes: Iterable[cst.CSTNode], suite: str = "") -> None:
        place = self.get_metadata(PositionProvider, noeud)
        debut, fin = (place.start.line, place.start.column), (place.end.line, place.end.column)
        self.trouves += [(debut, fin, self._module.code_for_node(mute) + suite) for mute in mutes]


class _Plan:
    """The statement and the function to which a place of a source belongs."""

    def __init__(self, source: str) -> None:
        self._etages: list[tuple[range, range]] = []
        self._fonctions: list[tuple[tuple[int, int], tuple[int, int], str, int]] = []
        self._portees: list[tuple[int, int, str]] = []
        self._parcourir(ast.parse(source), (), dans_une_fonction=False)

    def _parcourir(self, noeud: ast.AST, noms: tuple[str, ...], *, dans_une_fonction: bool) -> None:
        for fils in ast.iter_child_nodes(noeud):
            noms_du_fils, dedans = noms, dans_une_fonction
            if isinstance(fils, ast.stmt | ast.ExceptHandler | ast.match_case):
                self._noter_instruction(fils)
            if isinstance(fils, ast.ClassDef | ast.FunctionDef):
                noms_du_fils = (*noms, fils.name)
                premiere = min([fils.lineno, *(decorateur.lineno for decorateur in fils.decorator_list)])
                self._portees.append((premiere, fils.end_lineno or 0, ".".join(noms_du_fils)))
                if isinstance(fils, ast.FunctionDef) and not dedans:
                    self._noter_fonction(fils.body[0], fils.body[-1], ".".join(noms_du_fils), premiere)
                dedans = dedans or isinstance(fils, ast.FunctionDef)
            elif isinstance(fils, ast.Lambda) and not dedans:
                self._noter_fonction(fils.body, fils.body, ".".join((*noms, "<lambda>")), fils.lineno)
                dedans = True
            self._parcourir(fils, noms_du_fils, dans_une_fonction=dedans)

    def _noter_instruction(self, noeud: ast.stmt | ast.ExceptHandler | ast.match_case) -> None:
        tete = noeud.pattern if isinstance(noeud, ast.match_case) else noeud
        corps: list[ast.stmt] = getattr(noeud, "body", [])
        fin = (corps[-1].end_lineno if corps else tete.end_lineno) or 0
        fin_de_tete = max(tete.lineno, corps[0].lineno - 1) if corps else fin
        self._etages.append((range(tete.lineno, fin + 1), range(tete.lineno, fin_de_tete + 1)))

    def _noter_fonction(self, premier: ast.expr | ast.stmt, dernier: ast.expr | ast.stmt, nom: str, ligne: int) -> None:
        fin = (dernier.end_lineno or 0, dernier.end_col_offset or 0)
        self._fonctions.append(((premier.lineno, premier.col_offset), fin, nom, ligne))

    def instruction(self, ligne: int) -> range:
        """Return the lines of the innermost statement, or of its head."""
        autour = [tete for tout, tete in self._etages if ligne in tout]
        # A decorator precedes the statement that it belongs to.
        return min(autour, key=lambda tete: (ligne not in tete, len(tete)), default=range(ligne, ligne + 1))

    def fonction(self, place: tuple[int, int]) -> dict[str, object]:
        """Name the outermost function whose body contains a place."""
        for debut, fin, nom, ligne in self._fonctions:
            if debut <= place < fin:
                return {"fonction": (nom, ligne), "corps": range(debut[0], fin[0] + 1)}
        return {"fonction": None, "corps": None}

    def portee(self, ligne: int) -> str:
        """Name the innermost class or function around a line."""
        autour = [(fin - debut, nom) for debut, fin, nom in self._portees if debut <= ligne <= fin]
        return min(autour)[1] if autour else "<module>"


def mutants(fichier: str) -> list[Mutant]:
    """Make every mutant of a file, in the order of its lines."""
    source = (RACINE / fichier).read_text(encoding="utf-8")
    enveloppe = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    visiteur = _Visiteur(enveloppe.module)
    enveloppe.visit(visiteur)
    plan, lignes = _Plan(source), source.splitlines(keepends=True)
    faits: dict[str, Mutant] = {}
    for debut, fin, texte in visiteur.trouves:
        avant = "".join(lignes[debut[0] - 1 : fin[0]])
        apres = lignes[debut[0] - 1][: debut[1]] + texte + lignes[fin[0] - 1][fin[1] :]
        code = "".join(lignes[: debut[0] - 1]) + apres + "".join(lignes[fin[0] :])
        faits.setdefault(
            code,
            Mutant(
                fichier=fichier,
                ou=plan.portee(debut[0]),
                avant=" ".join(avant.split()),
                apres=" ".join(apres.split()),
                ligne=debut[0],
                lignes=plan.instruction(debut[0]),
                # Columns count characters for libcst and bytes for ast, so only lines are compared where possible.
                **plan.fonction(debut),
                code=code,
            ),
        )
    faits.pop(source, None)
    homonymes: Counter[str] = Counter()
    numerotes = []
    for mutant in sorted(faits.values(), key=lambda mutant: mutant.ligne):
        homonymes[str(mutant)] += 1
        numerotes.append(mutant._replace(fois=homonymes[str(mutant)]))
    return numerotes
