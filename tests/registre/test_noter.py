"""``registre noter TABLE`` and ``registre annuler``: facts from a table as people keep it, and facts taken back."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

import attrs
import pytest
from atelier import DAY, phases
from hypothesis import given
from hypothesis import strategies as st
from test_suites import answered, granted, questions

from segur_pha import VA1, RegistreError
from segur_pha.cli import principal
from segur_pha.registre import Registre
from segur_pha.registre.compte_rendu_des_notes import NotesRefusees
from segur_pha.registre.evenements import Fait
from segur_pha.registre.notes import Note
from segur_pha.registre.tableau_de_notes import lire_les_notes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def type_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Type commands in a folder with a ledger of three answered requests."""
    monkeypatch.chdir(tmp_path)
    with Registre("registre.sqlite") as registre:
        answered(registre)
    return lambda *words: principal(["registre", *words])


def test_a_table_of_decisions_and_payments(
    type_in: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = (
        "Suivi du 9 janvier;;;;;;\r\n"
        "N° ASP;Décision;Montant payé;Payée le;Référence;Date de la VA;Adresse MSSanté;Remarque\r\n"
        "ASP-00001;Attribuée;1 255,00 €;09/01/2023;AV-1;2023-02-01;officine@pharma.mssante.example;x\r\n"
        "ASP-00002;refusée;;;;;;\r\n"
    )
    (tmp_path / "t.csv").write_bytes(table.encode("cp1252"))
    assert type_in("noter", "t.csv", "--jour", "2023-01-15") == 1
    shown = capsys.readouterr().out.replace("\xa0", " ")
    assert "titres à la ligne 2" in shown
    assert "Colonnes laissées de côté : Remarque." in shown
    assert "1 000,00 € de plus que l’avance attendue, 255,00 €" in shown
    assert "4 faits notés, 0 déjà connu, 0 à revoir." in shown
    with Registre("registre.sqlite") as registre:
        first = registre.demande("00001")
        assert (first.phase.value, first.jour_decision, first.jour_paiement, first.jour_service) == (
            *("service fait", date(2023, 1, 15)),
            *(date(2023, 1, 9), date(2023, 2, 1)),
        )
        assert registre.demande("00002").phase.value == "refusée"
        before = questions(registre)
    # A cumulative export comes again: nothing changes.
    assert type_in("noter", "t.csv", "--jour", "2023-01-15") == 0
    assert "0 fait noté, 4 déjà connus" in capsys.readouterr().out
    with Registre("registre.sqlite") as registre:
        assert questions(registre) == before


def test_all_or_nothing_unless_the_clerk_says_so(
    type_in: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.csv").write_text(
        "numéro éditeur;décision;montant payé\n00001;oui;255\n1;oui;\n00003;non;\n00099;oui;\n00002;peut-être;\n00002;oui;x\n;oui;\n",
        encoding="utf-8",
    )
    assert type_in("noter", "t.csv") == 1
    shown = " ".join(capsys.readouterr().out.split())
    for words in ("écrivez 00001", "décision inconnue", "indiquez de quelle demande"):
        assert words in shown
    with Registre("registre.sqlite") as registre:
        assert phases(registre)["00001"] == "acceptée"
    assert type_in("noter", "t.csv", "--partiel") == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert "la décision porte sur une demande acceptée" in shown
    assert "Demande inconnue du registre : 00099" in shown
    assert "2 faits notés, 0 déjà connu, 6 à revoir." in shown
    with Registre("registre.sqlite") as registre:
        assert phases(registre) == {"00001": "avance payée", "00002": "acceptée", "00003": "rejetée"}
    (tmp_path / "faux.csv").write_text("n° demande;montant payé\n00001;25,50\n", encoding="utf-8")
    assert type_in("noter", "faux.csv") == 1
    captured = capsys.readouterr()
    assert "annuler 00001 paiement" in " ".join(captured.out.split())
    assert "Rien n’a été noté : 1 ligne à revoir." in captured.err


def test_a_slip_is_taken_back(type_in: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert type_in("decider", "00001", "attribuée") == 0
    assert type_in("payer", "00001", "25,50") == 0
    assert "229,50" in capsys.readouterr().out
    assert type_in("annuler", "00001", "decision", "--motif", "erreur") == 2
    assert "annulez d’abord le fait « paiement »" in capsys.readouterr().err
    assert type_in("annuler", "00001", "paiement", "--motif", "une autre officine") == 0
    assert "paiement annulé, elle est maintenant attribuée" in capsys.readouterr().out
    assert type_in("payer", "00001", "255,00") == 0
    with Registre("registre.sqlite") as registre:
        assert str(registre.demande("00001").montant_paye) == "255.00"
        assert [type(event).__name__ for _, event in registre.journal()][-3:] == [
            *("AvancePayee", "FaitAnnule", "AvancePayee"),
        ]
    assert type_in("annuler", "00001", "paiement", "--motif", "x", "--vague", "PHA-LGO-Va1") == 0


def test_a_workbook_with_typed_cells(type_in: Callable[..., int], tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["numéro ASP", "statut", "date", "contrôle", "solde demandé le", "solde payé", "facture"])
    book.active.append(["ASP-00001", "Décidée et payée", date(2023, 1, 9), None, date(2023, 5, 1), 594.99, 20230007])
    book.active.append(["ASP-00002", "À modifier", None, None, None, None, None])
    content = BytesIO()
    book.save(content)
    (tmp_path / "t.xlsx").write_bytes(content.getvalue())
    assert type_in("noter", "t.xlsx", "--jour", "2023-06-01") == 0
    with Registre("registre.sqlite") as registre:
        one = registre.demande("00001")
        assert (one.jour_decision, one.jour_solde, str(one.montant_solde), one.reference_facture) == (
            *(date(2023, 1, 9), date(2023, 5, 1)),
            *("594.99", "20230007"),
        )
        assert phases(registre)["00002"] == "à modifier"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("décision;motif\nattribuée;x\n", "aucune colonne ne dit de quelle demande"),
        ("numéro;motif\n00001;x\n", "aucune colonne ne dit ce qui est arrivé"),
        ("n° ASP;numéro;date;motif;référence\nASP-1;00001;15/11/2022;x;y\n", "aucune colonne ne dit ce qui est arrivé"),
        ("numéro;décision;statut\n00001;oui;oui\n", "disent la même chose"),
    ],
)
def test_a_table_that_cannot_be_meant(table: str, words: str) -> None:
    with pytest.raises(RegistreError, match=words):
        lire_les_notes(table, nom="t.csv", jour=DAY)


@pytest.mark.parametrize(("cell", "said"), [('="A1"', " : écrivez A1"), ("1,75E+09", "")])
def test_a_reference_that_a_spreadsheet_spoiled_is_named(cell: str, said: str) -> None:
    (fault,) = lire_les_notes(f"numéro ASP;décision\n{cell};oui\n", nom="t.csv", jour=DAY).constats
    assert (fault.ligne, fault.colonne, fault.code) == (2, "numéro ASP", "note-illisible")
    assert fault.message.endswith(said)


@pytest.mark.parametrize("row", ["00001;oui;x;y", '00001;"oui'])
def test_a_row_whose_cells_cannot_be_told_apart_is_named(row: str) -> None:
    (fault,) = lire_les_notes(f"numéro;décision\n{row}\n", nom="t.csv", jour=DAY).constats
    assert (fault.ligne, fault.code) == (2, "rangee-illisible")


def test_a_cell_of_another_kind_is_named() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["numéro ASP", "décision", "motif"])
    book.active.append(["ASP-00001", "oui", date(2023, 1, 9)])
    content = BytesIO()
    book.save(content)
    (fault,) = lire_les_notes(content.getvalue(), nom="t.xlsx", jour=DAY).constats
    assert (fault.ligne, fault.colonne) == (2, "motif")


def test_a_refusal_goes_to_another_process_and_a_wave_is_meant(registre: Registre) -> None:
    answered(registre)
    unknown = Note(cle="00099", fait=Fait.SERVICE, jour=DAY, ligne=7)
    with pytest.raises(NotesRefusees) as refusal:
        registre.noter([unknown], specification=VA1)
    first, told = str(refusal.value).splitlines()
    assert (first, "Demande inconnue du registre : 00099." in told) == ("Rien n’a été noté, 1 à revoir :", True)
    again = pickle.loads(pickle.dumps(refusal.value))  # noqa: S301 - our own bytes
    assert (str(again), again.constats) == (str(refusal.value), refusal.value.constats)
    other = attrs.evolve(VA1, nom="PHA-LGO-Va9")
    with pytest.raises(NotesRefusees, match="inconnue"):
        registre.noter([attrs.evolve(unknown, cle="00001")], specification=other)


def test_noting_a_few_facts_by_hand_equals_the_table(registre: Registre) -> None:
    granted(registre)
    read = lire_les_notes("numéro;contrôle;facture\n00001;;F-1\n", nom="t.csv", jour=DAY)
    assert registre.noter(read.notes).notees == 1
    assert registre.demande("00001").jour_facture == DAY


def test_a_check_after_the_fact_is_noted_from_a_table(type_in: Callable[..., int], tmp_path: Path) -> None:
    lignes = [
        "N° ASP;Décision;Payée le;Montant payé;Contrôlée le;Contrôle",
        "ASP-00001;attribuée;09/01/2023;255,00;02/03/2023;conforme",
    ]
    (tmp_path / "t.csv").write_text("\n".join(lignes), "utf-8")
    assert type_in("noter", "t.csv", "--jour", "2023-03-10") == 0
    with Registre("registre.sqlite") as registre:
        demande = registre.demande("00001")
        assert demande is not None
        assert demande.jour_controle == date(2023, 3, 2)


def test_facts_that_cannot_be_noted_are_told_by_kind_and_listed(
    type_in: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"0009{k};attribuée\r\n" for k in range(5))
    (tmp_path / "t.csv").write_text(f"N° demande;Décision\r\n{rows}00001;bof\r\n;oui\r\n", "utf-8")
    assert type_in("noter", "t.csv", "--fautes", "f.csv") == 1
    shown = capsys.readouterr().out
    assert "Ligne 7, demande 00001, colonne « Décision »\n    décision inconnue" in shown
    assert "Ligne 8, colonne « N° demande »\n    indiquez de quelle demande il s’agit" in shown
    assert type_in("noter", "t.csv", "--fautes", "f.csv", "--partiel") == 1
    shown = capsys.readouterr().out
    assert (
        "5 demandes\n    Demande inconnue du registre : ….  [note-refusee]\n      Ligne 2, demande 00090 : 00090\n"
        in shown
    )
    assert "En résumé\n      5  Demande inconnue du registre" in shown
    listed = (tmp_path / "f-2.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(";")[1:3] for line in listed[6:]] == [["7", "00001"], ["8", ""]]
    assert len(listed) == 8


def test_the_pharmacy_of_a_row_is_named_where_the_table_names_it(
    type_in: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = "N° demande;Officine;Décision;Montant payé\r\n00001;Lilas;bof;\r\n00009;Port;oui;\r\n00002;;oui;9,00\r\n"
    (tmp_path / "t.csv").write_text(table, "utf-8")
    assert type_in("noter", "t.csv", "--partiel") == 1
    shown = capsys.readouterr().out
    assert "Ligne 2, demande 00001, Lilas, colonne « Décision »\n" in shown
    assert "Ligne 3, demande 00009, Port\n    Demande inconnue" in shown
    assert "Ligne 4, demande 00002\n    Demande 00002 :" in shown
    assert "laissées de côté" not in shown


def test_a_row_is_named_as_its_table_names_it() -> None:
    table = "N° ASP;N° demande;Décision\n ASP-1 ;;x\n;00002;x\nASP-3;00003;x\n;;x\n"
    lues = lire_les_notes(table, nom="t.csv", jour=DAY)
    # The last row says neither of which request it is, nor a decision that is known.
    assert [said.numero for said in lues.constats] == ["ASP-1", "00002", "00003", "", ""]


CELLS = {
    "N° demande": ("00001", "1"),
    "Décision": ("oui", "bof"),
    "Montant payé": ("255,00", "x"),
    "VA signée le": ("02/01/2023", "y"),
}


@given(st.lists(st.fixed_dictionaries({title: st.booleans() for title in CELLS}), min_size=1, max_size=4))
def test_every_cell_that_cannot_be_read_is_told_at_once(rows: list[dict[str, bool]]) -> None:
    table = "\n".join([";".join(CELLS), *(";".join(cell[row[t]] for t, cell in CELLS.items()) for row in rows)])
    read = lire_les_notes(table, nom="t.csv", jour=DAY)
    told = sorted((said.ligne or 0, said.colonne) for said in read.constats)
    assert told == sorted((k, t) for k, row in enumerate(rows, start=2) for t, wrong in row.items() if wrong)
    assert {note.ligne for note in read.notes} == {k for k, row in enumerate(rows, start=2) if not any(row.values())}


def test_unreadable_rows_and_refusals_are_told_together_in_the_order_of_the_rows(
    type_in: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = "N° demande;Décision;Montant payé\n00099;oui;\n00001;bof;x\n00002;;12\n00001;;255,00\n"
    (tmp_path / "t.csv").write_text(table, "utf-8")
    with Registre("registre.sqlite") as registre:
        before = list(registre.journal())
    assert type_in("noter", "t.csv") == 1
    shown = capsys.readouterr()
    places = [line for line in shown.out.splitlines() if line.startswith("Ligne ")]
    # Row 5 is only refused because the decision of row 3 cannot be read.
    assert [line[:7] for line in places] == ["Ligne 2", "Ligne 3", "Ligne 3", "Ligne 4"]
    assert "Rien n’a été noté : 3 lignes à revoir." in shown.err
    with Registre("registre.sqlite") as registre:
        assert list(registre.journal()) == before


def test_with_partiel_every_fact_that_was_not_noted_is_told(
    type_in: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.csv").write_text(
        "N° demande;Décision;Montant payé\n00001;bof;\n00001;;255,00\n00002;oui;\n", "utf-8"
    )
    assert type_in("noter", "t.csv", "--partiel") == 1
    shown = capsys.readouterr().out
    assert "Ligne 2, demande 00001" in shown
    assert "Ligne 3, demande 00001" in shown
    assert "1 fait noté, 0 déjà connu, 2 à revoir." in shown


DAYS_ALONE = [
    ("date de paiement", "montant payé", "255,00"),
    ("Date versement", "avance versée", "255,00"),
    ("date de décision", "décision", "oui"),
    ("date de paiement du solde", "solde payé", "595,00"),
]


@pytest.mark.parametrize(("day", "value", "told"), DAYS_ALONE)
@pytest.mark.parametrize("column", [False, True])
def test_a_day_without_its_fact_is_a_fault_and_never_passed_over(
    day: str, value: str, told: str, *, column: bool
) -> None:
    more = (f";{value}", ";") if column else ("", "")
    table = f"numéro éditeur;VA;{day}{more[0]}\n00001;01/12/2022;05/12/2022{more[1]}\n"
    read = lire_les_notes(table, nom="t.csv", jour=DAY)
    (fault,) = read.constats
    assert (fault.ligne, fault.colonne, read.notes) == (2, day, ())
    assert "ne note rien" in fault.message
    full = lire_les_notes(f"numéro éditeur;{day};{value}\n00001;05/12/2022;{told}\n", nom="t.csv", jour=DAY)
    assert [note.jour for note in full.notes] == [date(2022, 12, 5)]


def test_a_payment_day_alone_is_told_and_nothing_noted(
    type_in: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.csv").write_text("numéro éditeur;date de paiement\n00001;05/12/2022\n", "utf-8")
    assert type_in("noter", "p.csv") == 1
    captured = capsys.readouterr()
    assert "une date de paiement sans montant ne note rien : indiquez aussi le montant payé" in captured.out
    assert "Rien n’a été noté" in captured.err


@pytest.mark.parametrize(
    ("titles", "expected", "ignored"),
    [
        ("payé le;montant", [(Fait.PAIEMENT, "212.50")], ()),
        ("payé le;Montant;solde payé", [(Fait.PAIEMENT, "212.50"), (Fait.SOLDE_PAYE, "9.00")], ()),
        ("solde payé le;montant", [(Fait.SOLDE_PAYE, "212.50")], ()),
        ("solde payé le;montant;solde payé", [(Fait.SOLDE_PAYE, "9.00")], ("montant",)),
        ("payé le;montant;montant payé", [(Fait.PAIEMENT, "9.00")], ("montant",)),
    ],
)
def test_an_amount_beside_the_day_of_a_payment_is_what_was_paid(
    titles: str, expected: list[tuple[Fait, str]], ignored: tuple[str, ...]
) -> None:
    cells = ";".join(["05/12/2022", "212,50", "9,00"][: titles.count(";") + 1])
    read = lire_les_notes(f"n° demande;{titles}\n00002;{cells}\n", nom="t.csv", jour=DAY)
    assert ([(note.fait, str(note.montant)) for note in read.notes], read.ignorees) == (expected, ignored)
    assert not read.constats


def test_an_amount_without_a_day_of_payment_may_be_any_amount() -> None:
    read = lire_les_notes("n° demande;statut;montant\n00002;accordée;212,50\n", nom="t.csv", jour=DAY)
    assert ([note.fait for note in read.notes], read.ignorees) == ([Fait.DECISION], ("montant",))
    read = lire_les_notes("n° demande;statut;payé le\n00002;accordée;\n", nom="t.csv", jour=DAY)
    assert [note.fait for note in read.notes] == [Fait.DECISION]


def test_a_row_is_counted_once_and_its_reason_told_once(
    type_in: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = "n° demande;décision;montant payé;VA\n00098;oui;255,00;01/12/2022\n00001;oui;;\n00003;oui;12,00;\n00099;oui;3,00;\n"
    (tmp_path / "t.csv").write_text(table, "utf-8")
    assert type_in("noter", "t.csv") == 1
    captured = capsys.readouterr()
    assert "Rien n’a été noté : 3 lignes à revoir." in captured.err
    assert captured.out.count("00098") == captured.out.count("demande 00098") + 1
    assert type_in("noter", "t.csv", "--partiel", "--fautes", "f.csv") == 1
    listed = [line.split(";")[1] for line in (tmp_path / "f.csv").read_text("utf-8-sig").splitlines()[1:]]
    assert (listed.count("2"), listed.count("5")) == (1, 1)


def test_a_fact_is_named_in_words(registre: Registre) -> None:
    answered(registre)
    registre.decider("00001", favorable=True, jour=DAY)
    with pytest.raises(NotesRefusees, match="le fait « décision » est déjà noté, avec d’autres valeurs"):
        registre.noter([Note(cle="00001", fait=Fait.DECISION, jour=DAY, favorable=False)])
    with pytest.raises(NotesRefusees, match="« dépôt » est le fait d’un fichier entier"):
        registre.noter([Note(cle="00001", fait=Fait.DEPOT, jour=DAY)])
    registre.payer("00001", Decimal(255), jour=DAY)
    with pytest.raises(RegistreError, match="« paiement », qui repose sur « décision »"):
        registre.annuler("00001", Fait.DECISION, jour=DAY, motif="x")
    with pytest.raises(RegistreError, match="pas de fait « solde payé » à annuler"):
        registre.annuler("00001", Fait.SOLDE_PAYE, jour=DAY, motif="x")


LATER = (date.today() + timedelta(days=2)).strftime("%d/%m/%Y")  # noqa: DTZ011 - midnight may pass meanwhile

OF_FACTS = [
    *("decider 00001 attribuée", "payer 00001 255", "deposer f.json", "refuser f.json", "abandonner f.json"),
    *("annuler 00001 decision --motif x", "regulariser 00001", "effacer 990000010", "noter t.csv"),
    "inscrire t.csv",
]


@pytest.mark.parametrize("command", OF_FACTS)
def test_what_has_happened_is_of_no_day_to_come(
    command: str, type_in: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.csv").write_text("numéro éditeur;décision\n00001;oui\n", "utf-8")
    with Registre("registre.sqlite") as registre:
        before = list(registre.journal())
    assert type_in(*command.split(), "--jour", LATER) == 64
    said = " ".join(capsys.readouterr().err.split())
    assert f"le {LATER} n’est pas encore venu ; indiquez le jour où cela s’est passé" in said
    with Registre("registre.sqlite") as registre:
        assert list(registre.journal()) == before


def test_an_answer_is_of_no_day_to_come(type_in: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    del type_in
    assert principal(["retour", "r.json", "--jour", LATER]) == 64
    assert "n’est pas encore venu" in capsys.readouterr().err


def test_a_table_has_no_day_to_come(
    type_in: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.csv").write_text(f"numéro éditeur;décision;date de décision\n00001;oui;{LATER}\n", "utf-8")
    assert type_in("noter", "t.csv") == 1
    shown = capsys.readouterr().out
    assert "Ligne 2, demande 00001, colonne « date de décision »" in shown
    assert f"le {LATER} n’est pas encore venu : vérifiez cette date" in shown
    # A ledger's own questions may be asked of any day.
    assert type_in("relancer", "--jour", LATER) == 1


def test_the_last_day_that_a_table_may_tell_is_the_one_that_is_given() -> None:
    table = "n° demande;décision;date\n00001;oui;05/12/2022\n"
    for limit, faults in ((date(2022, 12, 5), 0), (date(2022, 12, 4), 1), (None, 0)):
        assert len(lire_les_notes(table, nom="t.csv", jour=DAY, au_plus_tard=limit).constats) == faults
