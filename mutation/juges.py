"""Which tests notice a mutant: they run in a fork of a prepared process, so that a mutant costs little.

There are two ways, depending on what the mutant touches:

- *warm*, the body of a function: the fork gives the function its faulty code, and runs the tests that pass through the faulty
  statement, the cheapest first;
- *cold*, everything else (the table, the formats, patterns), and the body of a function that has already run at import or at
  collection, if no test noticed it warm: the fork imports the library from its faulty source and collects the tests again.

A mutant is noticed when a test fails, when the library can no longer be imported, or when it takes more processor time or memory
than allowed.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pickle
import resource
import signal
import sys
import tempfile
from collections import Counter, defaultdict
from functools import partial
from importlib.machinery import SourceFileLoader
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType, MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import coverage
import pytest
from _pytest.runner import runtestprotocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

RACINE = Path(__file__).parents[1]

OPTIONS = [
    *("-o", "addopts=", "--strict-markers", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--capture=no"),
    # Plain assertions: pytest would import what it is given to collect, including mutated sources, in its own way.
    *("-o", "tmp_path_retention_policy=none", "--assert=plain"),
]
#: What the tests of a mutant may take: bytes; seconds, and a multiple of what they take without it.
MEMOIRE, DELAI, FACTEUR = 4 << 30, 5, 4
#: In seconds of processor time: a test that takes longer judges no mutant.
LENT = 1.0
#: As long as this variable is set, hypothesis calls no entry points.
SANS_GREFFONS = "HYPOTHESIS_NO_PLUGINS"
#: If fewer tests than this pass through a statement, all of them judge it.
PEU = 5


class Mutant(NamedTuple):
    """One fault.

    Attributes:
        fichier: the path from the root of the repository.
        ou: the class and the function that contain it.
        avant: the lines that it touches, with runs of blanks collapsed.
        apres: the same lines with the fault.
        fois: 2 for the second mutant of the function that would have the same name, and so on.
        ligne: the number of the first one.
        lignes: the lines of the innermost statement around it (of its head, if it has a body).
        fonction: qualified name and first line of the outermost function whose body it is in; ``None`` in what runs at import.
        corps: the lines of that body.
        code: the whole faulty source.
    """

    fichier: str
    ou: str
    avant: str
    apres: str
    ligne: int
    lignes: range
    fonction: tuple[str, int] | None
    corps: range | None
    code: str
    fois: int = 1

    def __str__(self) -> str:
        """Name the mutant by what does not change when lines move; the list of explained survivors uses this name."""
        nom = f"{self.fichier} | {self.ou} | {self.avant} | {self.apres}"
        return nom if self.fois == 1 else f"{nom} | {self.fois}"


class Salle(NamedTuple):
    """Sources that are mutated, and the tests that judge them.

    Attributes:
        sources: paths from the root of the repository.
        tests: files and folders of tests.
        decisifs: those tests that notice most of what goes wrong at import.
        noms: source → the classes and functions that are mutated in it; if none are named, all of it.
    """

    sources: Sequence[str]
    tests: Sequence[str]
    decisifs: Sequence[str]
    noms: Mapping[str, Collection[str]] = MappingProxyType({})

    def a(self, mutant: Mutant) -> bool:
        """Tell whether a mutant belongs to this room."""
        noms = self.noms.get(mutant.fichier)
        return mutant.fichier in self.sources and (not noms or not set(noms).isdisjoint(mutant.ou.split(".")))


class Verdict(NamedTuple):
    """What became of a mutant: ``par`` names the test that noticed it, or says how it ended; empty if no test noticed."""

    mutant: Mutant
    par: str
    froid: bool


class Mesure(NamedTuple):
    """What the tests do without a mutant; they are designated by their place among the collected ones.

    Attributes:
        noms: their node ids.
        durees: what they take, in seconds of processor time, including the processes that they start.
        rates: the node ids of those that fail.
        passages: file → line → the tests that run it.
        importees: file → the lines that run at import and at collection.
        modules: what they import that is not ours.
    """

    noms: list[str]
    durees: list[float]
    rates: list[str]
    passages: dict[str, dict[int, set[int]]]
    importees: dict[str, set[int]]
    modules: list[str]

    def passants(self, mutant: Mutant) -> set[int]:
        """Find the tests that pass through the statement that a mutant touches."""
        lignes = self.passages.get(mutant.fichier, {})
        return self.rapides & set().union(*(lignes.get(ligne, ()) for ligne in mutant.lignes))

    def appelants(self, mutant: Mutant) -> set[int]:
        """Of a function that has run already: find the tests among those that call it again, and not only what it has made."""
        deja = self.importees[mutant.fichier].intersection(mutant.corps or ())
        return self.passants(mutant) & self.passages.get(mutant.fichier, {}).get(min(deja), set())

    def tests(self, mutant: Mutant) -> set[int]:
        """Find the tests that judge a mutant: those that pass through its statement; all of them if it runs at import."""
        if self.a_l_import(mutant):
            return self.rapides
        choisis = self.passants(mutant)
        # What `functools.cache` remembers only runs in the first tests, but serves all of them.
        return choisis if len(choisis) not in range(1, PEU) else self.rapides

    @property
    def rapides(self) -> set[int]:
        """The tests that may judge."""
        return {i for i, duree in enumerate(self.durees) if duree <= LENT}

    def a_l_import(self, mutant: Mutant) -> bool:
        """Tell whether the statement runs before the tests do."""
        return not self.importees.get(mutant.fichier, set()).isdisjoint(mutant.lignes)


def dans_un_fils(fonction: Callable[[], object], secondes: float = 3600) -> tuple[object, str]:
    """Call a function in a fork, within limits; return its result, and how the fork ended if it failed."""
    with tempfile.TemporaryDirectory() as dossier:
        reponse = Path(dossier) / "reponse"
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                _se_limiter(secondes)
                reponse.write_bytes(pickle.dumps(fonction()))
                code = 0
            except BaseException as erreur:  # noqa: BLE001 - told to the parent
                reponse.write_bytes(pickle.dumps(repr(erreur)))
            finally:
                os._exit(code)
        _, etat = os.waitpid(pid, 0)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        fin = os.waitstatus_to_exitcode(etat)
        if fin < 0:
            return None, f"<{signal.Signals(-fin).name}>"
        recu = pickle.loads(reponse.read_bytes())  # noqa: S301 - our own fork wrote it
        return (recu, "") if fin == 0 else (None, f"<exception {recu}>")


def _se_limiter(secondes: float) -> None:
    os.setpgid(0, 0)
    limite = int(secondes) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limite, limite + 2))
    resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE, MEMOIRE))
    # A test that waits for ever takes no time of the processor; a busy machine makes any test wait.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(limite * 20)
    rien = os.open(os.devnull, os.O_RDWR)
    for sortie in (0, 1, 2):
        os.dup2(rien, sortie)


def _presser_hypothesis() -> None:
    """Use the examples of the daily tests, without a database and without shrinking."""
    from hypothesis import Phase, given, settings
    from hypothesis import strategies as st

    rapide = settings(settings.default, phases=[Phase.explicit, Phase.generate], derandomize=True, database=None)
    settings.register_profile("mutation", rapide)
    settings.load_profile("mutation")

    # Its random numbers are made ready now: it asks the collector who holds them, and that names nobody who is frozen.
    @given(st.none())
    def premiere(_: None) -> None:
        pass

    premiere()


def _options() -> list[str]:
    # The tests' files are in a folder of our own, which no other pytest session clears.
    return [*OPTIONS, f"--basetemp={sys.pycache_prefix}/tests"]


def _unites(session: pytest.Session) -> dict[str, list[pytest.Item]]:
    """Name the tests of a session: a test by its node id, and the examples of a document, which need one another, by its path."""
    unites = defaultdict(list)
    for test in session.items:
        unites[test.nodeid.partition("::sybil:")[0]].append(test)
    return unites


def _passer(tests: Sequence[pytest.Item]) -> str:
    """Run tests until one fails, and name that one."""
    for test, suivant in zip_longest(tests, tests[1:]):
        rapports = runtestprotocol(test, log=False, nextitem=suivant)
        if any(rapport.failed for rapport in rapports):
            return test.nodeid
    return ""


def _modules(sources: Iterable[str]) -> list[str]:
    return [source.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for source in sources]


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constante in code.co_consts:
        if isinstance(constante, CodeType):
            yield from _codes(constante)


class _Chaud:
    """A session of pytest that stops when the tests are collected, measures them, and judges the warm mutants in forks."""

    def __init__(self, salle: Salle, mutants: Sequence[Mutant], juger: Callable[[Verdict], None]) -> None:
        self.salle, self.mutants, self.juger = salle, mutants, juger
        self.mesure: Mesure | None = None
        self.restent: list[Mutant] = []
        # From here on, since a conftest.py may import what is measured.
        self._suivi = self._suivre()
        self._suivi.start()

    def _suivre(self) -> coverage.Coverage:
        return coverage.Coverage(
            data_file=None, config_file=False, include=[str(RACINE / source) for source in self.salle.sources]
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        _presser_hypothesis()
        for module in _modules(self.salle.sources):
            importlib.import_module(module)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._suivi.stop()
        donnees = self._suivi.get_data()
        importees = {source: set(donnees.lines(str(RACINE / source)) or ()) for source in self.salle.sources}
        session.config._tmp_path_factory.getbasetemp()  # noqa: SLF001 - one for all the forks
        mesure, fin = dans_un_fils(lambda: self._mesurer(session, importees))
        if not isinstance(mesure, Mesure):
            raise RuntimeError(f"the tests end the session: {fin}")  # noqa: TRY004 - not a matter of types
        self.mesure = mesure
        if mesure.rates:
            return True
        gc.collect()
        vivantes = self._vivantes()  # before they are frozen, since the collector no longer lists frozen objects
        gc.freeze()
        cout, unites = _Cout(mesure), list(_unites(session).values())
        sans_mutant = [test for i in cout.dans_l_ordre(mesure.rapides) for test in unites[i]]
        par, fin = dans_un_fils(lambda: _passer(sans_mutant))
        if par or fin:
            raise RuntimeError(f"the tests depend on their order: {par or fin}")
        for mutant in self.mutants:
            if not self._juger_un(mutant, vivantes[mutant.fichier, mutant.fonction], unites, cout):
                self.restent.append(mutant)
        return True

    def _juger_un(
        self, mutant: Mutant, fonctions: Sequence[FunctionType], unites: Sequence[list[pytest.Item]], cout: _Cout
    ) -> bool:
        """Judge a mutant that can be put into live functions; tell whether it could be."""
        if mutant.corps is None or len({fonction.__code__ for fonction in fonctions}) != 1:
            return False
        deja = _a_tourne(mutant, cout.mesure.importees)
        choix = cout.dans_l_ordre(cout.mesure.appelants(mutant) if deja else cout.mesure.tests(mutant))
        tests = [test for i in choix for test in unites[i]]
        par, fin = dans_un_fils(lambda: _essayer(mutant, fonctions, tests), cout.delai(choix)) if tests else ("", "")
        if fin.startswith("<exception") or (deja and not par and not fin):
            return False
        cout.compter(str(par))
        self.juger(Verdict(mutant, str(par or fin), froid=False))
        return True

    def _mesurer(self, session: pytest.Session, importees: dict[str, set[int]]) -> Mesure:
        suivi, durees, rates = self._suivre(), [], []
        suivi.start()
        unites = _unites(session)
        for i, tests in enumerate(unites.values()):
            suivi.switch_context(str(i))
            debut = sum(os.times()[:4])
            if rate := _passer(tests):
                rates.append(rate)
            durees.append(sum(os.times()[:4]) - debut)
        suivi.stop()
        passages: dict[str, dict[int, set[int]]] = defaultdict(dict)
        for source in self.salle.sources:
            for ligne, contextes in suivi.get_data().contexts_by_lineno(str(RACINE / source)).items():
                passages[source][ligne] = {int(contexte) for contexte in contextes if contexte}
        fichiers = {nom: getattr(module, "__file__", None) or "" for nom, module in sys.modules.items()}
        tiers = [nom for nom, fichier in fichiers.items() if "site-packages" in fichier]
        return Mesure([*unites], durees, rates, dict(passages), importees, tiers)

    def _vivantes(self) -> dict[tuple[str, tuple[str, int]], list[FunctionType]]:
        """Find the functions of the sources, by file, qualified name and first line."""
        fichiers = {str(RACINE / source): source for source in self.salle.sources}
        vivantes = defaultdict(list)
        for fonction in gc.get_objects():
            if type(fonction) is FunctionType and fonction.__code__.co_filename in fichiers:
                code = fonction.__code__
                vivantes[fichiers[code.co_filename], (code.co_qualname, code.co_firstlineno)].append(fonction)
        return vivantes


def _a_tourne(mutant: Mutant, importees: dict[str, set[int]]) -> bool:
    """Tell whether any part of a mutant's function has run at import or at collection."""
    return mutant.corps is not None and not importees[mutant.fichier].isdisjoint(mutant.corps)


def _essayer(mutant: Mutant, fonctions: Sequence[FunctionType], tests: Sequence[pytest.Item]) -> str:
    """Give functions their faulty code and run tests."""
    code = compile(mutant.code, fonctions[0].__code__.co_filename, "exec", dont_inherit=True)
    nom = (fonctions[0].__code__.co_qualname, fonctions[0].__code__.co_firstlineno)
    [nouveau] = [dedans for dedans in _codes(code) if (dedans.co_qualname, dedans.co_firstlineno) == nom]
    for fonction in fonctions:
        fonction.__code__ = nouveau
    return _passer(tests)


class _Cout:
    """Which tests to try first: the cheap ones, and those that have noticed much."""

    def __init__(self, mesure: Mesure) -> None:
        self.mesure = mesure
        self._prises: Counter[str] = Counter()

    def dans_l_ordre(self, tests: Iterable[int]) -> list[int]:
        durees, noms = self.mesure.durees, self.mesure.noms
        return sorted(tests, key=lambda i: (durees[i] + 0.001) / (1 + self._prises[noms[i]]))

    def delai(self, tests: Iterable[int]) -> float:
        return DELAI + FACTEUR * sum(self.mesure.durees[i] for i in tests)

    def compter(self, par: str) -> None:
        self._prises[par] += 1


class _Froid:
    """A session of pytest that runs selected tests in the given order, until one fails."""

    def __init__(self, ordre: dict[str, int]) -> None:
        self.ordre = ordre
        self.par = "<import>"

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        # What our entry point would have done, from the faulty source.
        importlib.import_module("segur_pha.strategies").enregistrer()
        _presser_hypothesis()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if not session.testsfailed:
            unites = _unites(session)
            choisies = sorted(self.ordre.keys() & unites.keys(), key=self.ordre.__getitem__)
            self.par = _passer([test for nom in choisies for test in unites[nom]])
        return True


def _importer_faux(mutant: Mutant) -> None:
    """Have the library imported from a mutant's source."""
    place, vrai = str(RACINE / mutant.fichier), SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        if self.path == place:
            return compile(mutant.code, place, "exec", dont_inherit=True)
        return vrai(self, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign]


def _collecter_et_passer(mutant: Mutant | None, fichiers: Sequence[str], ordre: dict[str, int]) -> str:
    if mutant is not None:
        _importer_faux(mutant)
    session = _Froid(ordre)
    pytest.main([*_options(), *fichiers], plugins=[session])
    return session.par


def _juger_a_froid(salle: Salle, mesure: Mesure, mutants: Sequence[Mutant], juger: Callable[[Verdict], None]) -> None:
    # Third-party modules are imported once, here, for all the forks; hypothesis would call our entry point at its import.
    os.environ[SANS_GREFFONS] = "1"
    for nom in mesure.modules:
        with contextlib.suppress(Exception):
            importlib.import_module(nom)
    del os.environ[SANS_GREFFONS]
    if "segur_pha" in sys.modules:
        raise RuntimeError("the library is imported already: no mutant of it would be")
    cout = _Cout(mesure)
    if par := _tuer(salle, None, cout):
        raise RuntimeError(f"the tests fail without a mutant: {par}")
    for mutant in mutants:
        par = _tuer(salle, mutant, cout)
        cout.compter(par)
        juger(Verdict(mutant, par, froid=True))


def _tuer(salle: Salle, mutant: Mutant | None, cout: _Cout) -> str:
    """Say which test notices a mutant, or how the fork ended; the tests that notice most import failures come first."""
    mesure = cout.mesure
    choix = cout.dans_l_ordre(mesure.tests(mutant) if mutant else mesure.rapides)
    for decisif in (True, False):
        tests = [i for i in choix if mesure.noms[i].startswith(tuple(salle.decisifs)) is decisif]
        fichiers = sorted({mesure.noms[i].partition("::")[0] for i in tests})
        ordre = {mesure.noms[i]: rang for rang, i in enumerate(tests)}
        appel = partial(_collecter_et_passer, mutant, fichiers, ordre)
        par, fin = dans_un_fils(appel, cout.delai(tests)) if tests else ("", "")
        if par or fin:
            return str(par or fin)
    return ""


def juger(salle: Salle, mutants: Sequence[Mutant], noter: Callable[[Verdict], None]) -> list[str]:
    """Judge the mutants of a room one by one; return the names of the tests that fail without a mutant (then none is judged)."""
    sys.path.insert(0, str(RACINE))
    os.chdir(RACINE)
    # What coverage.py takes by itself from Python 3.14 on cannot tell which test a line was run by.
    os.environ.setdefault("COVERAGE_CORE", "ctrace")
    with tempfile.TemporaryDirectory() as dossier:
        # Compiled once for all the forks, away from other byte code.
        sys.dont_write_bytecode, sys.pycache_prefix = False, dossier
        suite = Path(dossier) / "suite"
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                session = _Chaud(salle, mutants, noter)
                pytest.main([*_options(), *salle.tests], plugins=[session])
                suite.write_bytes(pickle.dumps((session.mesure, session.restent)))
                code = 0
            finally:
                sys.stdout.flush()
                os._exit(code)
        os.waitpid(pid, 0)
        mesure, restent = pickle.loads(suite.read_bytes())  # noqa: S301 - our own fork wrote it
        if mesure is None:
            return ["<session>"]
        if not mesure.rates:
            _juger_a_froid(salle, mesure, restent, noter)
    return mesure.rates
