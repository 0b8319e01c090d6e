"""The vectors, by hand: what changes in a right file, and what a control must answer, as the documents say.

The names begin with the expected code, or with `valide`.  « muet » (silent) marks a fault that no JSON Schema can express; « sans
objet » a text that a JSON parser cannot read, so that no schema is asked.
"""

from __future__ import annotations

from vecteurs.gabarits import (
    ABSENT,
    BE,
    CE,
    CO,
    LIGNE,
    MUET,
    PJ,
    SC,
    Brut,
    Json,
    Vecteur,
    bon,
    conseil,
    demande,
    faute,
    juste,
    ligne,
    preuve,
    refus,
    texte,
)  # fmt: skip

HT = {f"{CO}/regimeTVA": "HT"}
LONG = "PHA-LGO-Va1-BDC-00001" + "x" * 25 + ".pdf"
assert len(LONG) == 50
COURRIEL_124 = "c" * 108 + "@editeur.example"
assert len(COURRIEL_124) == 124

# --- What is right ---------------------------------------------------------------------------------------------------------

VALIDES = [
    juste("valide-une-demande", {}, (16,), "the use case of the guide: 708.33 HT is 850.00 TTC, and 30 % of that is 255.00",
          ("3.1", "3.2"), conseils=[], avances=["255.00"]),
    juste("valide-exemple-du-guide", {f"{BE}/FINESSGeo": "777777777"}, (11,), "the guide's own FINESS has a wrong key: advice, never a fault",
          ("3.1",), conseils=conseil("finess-cle", f"{BE}/FINESSGeo")),
    juste("valide-deux-demandes", {"/lignesImport": [demande(1), {**demande(2), "beneficiaire": {**demande()["beneficiaire"], "FINESSGeo": "990000028"}}]},
          (6,), "lines numbered 1, 2, each with its own numeroEditeur", conseils=[], avances=["255.00", "255.00"]),
    juste("valide-200-demandes", 200, (3, 6), "200 requests are the most that a file may hold", ("2.1",)),
    juste("valide-regime-ht", {**HT, PJ: [bon(), preuve()]}, (12, 16), "HT with its attestation; 708.33 × 0.30 = 212.499, half up", ("3.2", "3.3"), conseils=[], avances=["212.50"]),
    juste("valide-preuve-avant-bon", {**HT, PJ: [preuve(forme="JPG"), bon(forme="PNG")]}, (12,), "the documents may come in any order, as jpg and png too", ("3.2", "3.3"), conseils=[]),
    juste("valide-preuve-sous-ttc", {PJ: [bon(), preuve()]}, (12,), "an attestation under TTC is of no use: advice",
          conseils=conseil("preuve-ht-inutile", PJ)),
    juste("valide-avance-arrondie-deux-fois", {f"{CO}/montantSegurHT": Brut("0.04")}, (16,),
          "0.048 is rounded to 0.05 before the share is taken: 0.015, half up 0.02; without that 0.01", ("3.1",), avances=["0.02"]),
    juste("valide-montant-entier", {f"{CO}/montantSegurHT": Brut("850.00")}, (7, 16), "« .00 » for a whole amount", avances=["306.00"]),
    juste("valide-montant-nul", {f"{CO}/montantSegurHT": Brut("0.00")}, (7,), "0.00 is an amount: advice", conseils=conseil("montant-nul", f"{CO}/montantSegurHT")),
    juste("valide-montant-un-centime", {f"{CO}/montantSegurHT": Brut("0.01")}, (7, 16), "one cent; its advance is 0.003, so 0.00", avances=["0.00"]),
    juste("valide-montant-grand", {f"{CO}/montantSegurHT": Brut("1234567890.01")}, (7,), "no ceiling in the table"),
    juste("valide-date-bissextile", {f"{CO}/dateCommande": "29/02/2024"}, (8,), "2024 is a leap year"),
    juste("valide-date-an-2000", {f"{CO}/dateCommande": "29/02/2000"}, (8,), "2000 is one too, as a multiple of 400"),
    juste("valide-finess-lettres", {f"{BE}/FINESSGeo": "ABCDEFGHI"}, (11,), "the table gives a length only: nine letters are advice", conseils=conseil("finess-cle", f"{BE}/FINESSGeo")),
    juste("valide-finess-double", {"/lignesImport": [demande(1), demande(2)]}, (11,), "one pharmacy twice: advice on the second line",
          conseils=conseil("finess-double", "/lignesImport/1/beneficiaire/FINESSGeo")),
    juste("valide-siret-cle-fausse", {"/SIRET": "12345678200011"}, (11,), "a wrong key (Luhn): advice", conseils=conseil("siret-cle", "/SIRET")),
    juste("valide-siret-la-poste", {"/SIRET": "35600000000001"}, (11,), "La Poste's exception: the digits add up to a multiple of 5", conseils=[]),
    juste("valide-siret-lettres", {"/SIRET": "ABCDEFGHIJKLMN"}, (11,), "the table gives a length only", conseils=conseil("siret-cle", "/SIRET")),
    juste("valide-carte-lettres", {f"{CE}/numeroCarteCPX": "ABCDEFGHIJ"}, (11,), "the table gives a length only", conseils=conseil("carte-cpx", f"{CE}/numeroCarteCPX")),
    juste("valide-nom-24", {f"{CE}/nomAdminTechnique": "M" * 24}, (1,), "<25: 24 characters at most"),
    juste("valide-nom-24-points-de-code", {f"{CE}/nomAdminTechnique": "😀" * 24}, (1,), "a character is a code point, not a UTF-16 unit"),
    juste("valide-blanc-cadratin", {f"{CE}/nomAdminTechnique": "\u2003"}, (1,), "an em space is none of the five blanks"),
    juste("valide-nom-null", {f"{CE}/nomAdminTechnique": "null"}, (14,), "« null » is a name where null is never meant"),
    juste("valide-tel-49", {f"{CE}/telAdminTechnique": "0" * 49}, (1,), "<50: 49 characters at most"),
    juste("valide-courriel-124", {f"{CE}/emailAdminTechnique": COURRIEL_124}, (1, 10), "<125: 124 characters at most"),
    juste("valide-courriel-etiquette-63", {f"{CE}/emailAdminTechnique": "a@" + "b" * 63 + ".fr"}, (10,), "a label of a domain has at most 63 characters"),
    juste("valide-responsable-49", {f"{BE}/nomResponsable": "D" * 49}, (1,), "<50: 49 characters at most"),
    juste("valide-responsable-accents", {f"{BE}/nomResponsable": "D'ALMÉIDA-LE GOFF ẞ"}, (9,), "accents, an apostrophe, a hyphen, a blank"),
    juste("valide-responsable-sans-casse", {f"{BE}/nomResponsable": "李 ª ǅ"}, (9,), "only category Ll is refused: these are Lo and Lt"),
    juste("valide-email-absent", {f"{BE}/emailResponsable": ABSENT}, (2,), "a facultative tag may be missing: advice, at its container", conseils=conseil("balise-absente", BE)),
    juste("valide-telephone-absent", {f"{BE}/telephoneResponsable": ABSENT}, (2,), "the same", conseils=conseil("balise-absente", BE)),
    juste("valide-operateur-absent", {f"{SC}/operateurMessagerie": ABSENT}, (2,), "the same", conseils=conseil("balise-absente", SC)),
    juste("valide-email-responsable", {f"{BE}/emailResponsable": "durand@officine.example"}, (2, 10), "a facultative value of its format"),
    juste("valide-telephone-nullx", {f"{BE}/telephoneResponsable": "nullx"}, (14,), "longer than « null »: a text"),
    juste("valide-operateur-blanc", {f"{SC}/operateurMessagerie": "CH _20"}, (13,), "a code as printed, its blank included", ("4",)),
    juste("valide-operateur-accent", {f"{SC}/operateurMessagerie": "HÔP_302"}, (13,), "a code as printed, its accent included", ("4",)),
    juste("valide-operateur-dernier", {f"{SC}/operateurMessagerie": "SOI_355"}, (13,), "the last of the 355", ("4",)),
    juste("valide-bal-false", {f"{SC}/hasBALMSSantePersonnelle": False}, (14,), "false is filled in"),
    juste("valide-statut-p", {f"{CE}/statutAdminTechnique": "P"}, (), "the pharmacist administers"),
    juste("valide-numero-lettres", {"/lignesImport": [demande(1, "aB3z9")]}, (6,), "letters without accent and digits"),
]  # fmt: skip

# --- The header -----------------------------------------------------------------------------------------------------------

ENTETE = [
    faute("0102-imp-id-rempli", "/impId", "IMP-1", (3, 14), "null is due: the agency fills it in"),
    faute("0102-imp-id-null-en-texte", "/impId", "null", (3, 14), "the text « null » is not null"),
    faute("0201-numero-ans-null", "/numeroAns", None, (1,), "obligatory"),
    faute("0201-numero-ans-blanc", "/numeroAns", "          ", (1,), "ten blanks fill nothing in"),
    faute("0202-numero-ans-nombre", "/numeroAns", 1234567890, (5,), "a number where a text is due"),
    faute("0203-numero-ans-8", "/numeroAns", "99999999", (6,), "the example of section 3.3 has 8 characters; the table wants 10", sections=("3.2", "3.3")),
    faute("0203-numero-ans-11", "/numeroAns", "ANS00000001", (1,), "=10: not 11"),
    faute("0204-numero-ans-barre", "/numeroAns", "ANS/000001", (6,), "it names files: no slash"),
    faute("0204-numero-ans-insecable", "/numeroAns", "ANS0000 01".replace(" ", "\u00a0"), (1, 6), "a no-break space is blank"),
    juste("valide-numero-ans-accent", {"/numeroAns": "ANS000000É"}, (6,), "the table says VARCHAR: any other character is advice",
          conseils=[*conseil("longueur-en-octets", "/numeroAns"), *conseil("numero-inhabituel", "/numeroAns")]),
    faute("0301-siret-null", "/SIRET", None, (1,), "obligatory"),
    faute("0301-siret-insecable", "/SIRET", "\u00a0", (1,), "a no-break space is blank"),
    faute("0302-siret-nombre", "/SIRET", 12345678200010, (5,), "a number where a text is due"),
    faute("0303-siret-13", "/SIRET", "1234567820001", (1, 11), "=14: not 13"),
    faute("0303-siret-avec-blancs", "/SIRET", "123 456 782 00010", (1, 11), "blanks count, nothing is trimmed"),
]  # fmt: skip

# --- A line: its head -------------------------------------------------------------------------------------------------------

TETE = [
    faute("0501-num-ligne-null", f"{LIGNE}/numLigne", None, (1,), "obligatory"),
    faute("0501-num-ligne-vide", f"{LIGNE}/numLigne", "", (1,), "an empty text is « not filled in », before its type is looked at"),
    faute("0502-num-ligne-texte", f"{LIGNE}/numLigne", "1", (6,), "an integer without quotes"),
    faute("0502-num-ligne-virgule", f"{LIGNE}/numLigne", Brut("1.0"), (6,), "1.0 is not the text of an integer", schema=MUET),
    faute("0502-num-ligne-exposant", f"{LIGNE}/numLigne", Brut("1e0"), (6,), "1e0 neither", schema=MUET),
    faute("0502-num-ligne-true", f"{LIGNE}/numLigne", True, (14,), "true is not 1"),
    faute("0507-num-ligne-2", f"{LIGNE}/numLigne", 2, (6,), "line 1 bears 1", schema=MUET),
    faute("0507-num-ligne-0", f"{LIGNE}/numLigne", 0, (6,), "counted from 1"),
    faute("0507-num-ligne-201", f"{LIGNE}/numLigne", 201, (6,), "an integer, but not the place"),
    ligne("0507-lignes-echangees", {"/lignesImport": [demande(2, "00001"), demande(1, "00002")]}, ["0507", "0507"],
          [("0507", "/lignesImport/0/numLigne"), ("0507", "/lignesImport/1/numLigne")], (6,), "two lines exchanged: each is at fault", MUET),
    faute("0601-type-action-null", f"{LIGNE}/typeAction", None, (1,), "obligatory"),
    faute("0601-type-action-vide", f"{LIGNE}/typeAction", "", (1,), "empty"),
    faute("0602-type-action-true", f"{LIGNE}/typeAction", True, (5,), "a text is due"),
    faute("0605-type-action-m", f"{LIGNE}/typeAction", "M", (5,), "« C » is the only value"),
    faute("0605-type-action-minuscule", f"{LIGNE}/typeAction", "c", (5,), "as printed, capital"),
    faute("0702-numero-asp-null-en-texte", f"{LIGNE}/numeroASP", "null", (14,), "drop the quotes"),
    faute("0702-numero-asp-rempli", f"{LIGNE}/numeroASP", "ASP000001", (14,), "the agency fills it in"),
    faute("0702-numero-asp-vide", f"{LIGNE}/numeroASP", "", (14,), "an empty text is not null either"),
    faute("0801-numero-null", f"{LIGNE}/numeroEditeur", None, (1,), "obligatory"),
    faute("0801-numero-tabulation", f"{LIGNE}/numeroEditeur", "\t", (1,), "a tab is blank"),
    faute("0802-numero-nombre", f"{LIGNE}/numeroEditeur", 12345, (5,), "five digits, but a number"),
    faute("0803-numero-4", f"{LIGNE}/numeroEditeur", "0001", (1,), "=5: not 4"),
    faute("0803-numero-6", f"{LIGNE}/numeroEditeur", "000001", (1,), "=5: not 6"),
    faute("0803-numero-accent-court", f"{LIGNE}/numeroEditeur", "é", (4, 6), "length comes before format"),
    faute("0804-numero-deux-points", f"{LIGNE}/numeroEditeur", "00:01", (6,), "no disk takes it in a name"),
    faute("0804-numero-chemin", f"{LIGNE}/numeroEditeur", "../01", (6,), "it names files"),
    faute("0804-numero-commande", f"{LIGNE}/numeroEditeur", "00\x7f01", (6,), "category Cc"),
    faute("0804-numero-saut-de-ligne", f"{LIGNE}/numeroEditeur", "0001\n", (6,), "« $ » of a pattern must not let a newline pass"),
    ligne("0806-doublon", {"/lignesImport": [demande(1), demande(2, "00002"), demande(3, "00001")]}, ["0000", "0000", "0806"],
          [("0806", "/lignesImport/2/numeroEditeur")], (6,), "the later bearer is at fault, not the first", MUET),
    ligne("0806-triple", {"/lignesImport": [demande(1), demande(2, "00001"), demande(3, "00001")]}, ["0000", "0806", "0806"],
          [("0806", "/lignesImport/1/numeroEditeur"), ("0806", "/lignesImport/2/numeroEditeur")], (6,), "each later bearer", MUET),
    ligne("0804-doublon-fautif", {"/lignesImport": [{**demande(1, "00?01"), "piecesJustificatives": [bon()]}, {**demande(2, "00?01"), "piecesJustificatives": [bon()]}]},
          ["0804", "0804"], [("0804", "/lignesImport/0/numeroEditeur"), ("0804", "/lignesImport/1/numeroEditeur")], (4, 6),
          "faulty numbers are compared with nothing: neither 0806 nor 2507"),
]  # fmt: skip

# --- A line: order and certificates -----------------------------------------------------------------------------------------

COMMANDE = [
    faute("1001-date-null", f"{CO}/dateCommande", None, (1,), "obligatory"),
    faute("1002-date-nombre", f"{CO}/dateCommande", 15112022, (5,), "a text is due"),
    faute("1004-date-31-fevrier", f"{CO}/dateCommande", "31/02/2022", (8,), "well shaped, no such day", schema=MUET),
    faute("1004-date-29-fevrier-2023", f"{CO}/dateCommande", "29/02/2023", (8,), "not a leap year", schema=MUET),
    faute("1004-date-29-fevrier-1900", f"{CO}/dateCommande", "29/02/1900", (8,), "a multiple of 100, not of 400", schema=MUET),
    faute("1004-date-31-avril", f"{CO}/dateCommande", "31/04/2022", (8,), "April has 30 days", schema=MUET),
    faute("1004-date-32", f"{CO}/dateCommande", "32/01/2022", (8,), "no month has 32 days"),
    faute("1004-date-mois-13", f"{CO}/dateCommande", "01/13/2022", (8,), "the American order"),
    faute("1004-date-an-0", f"{CO}/dateCommande", "01/01/0000", (8,), "there is no year 0"),
    faute("1004-date-iso", f"{CO}/dateCommande", "2022-11-15", (8,), "not the guide's format"),
    faute("1004-date-courte", f"{CO}/dateCommande", "5/1/2022", (8,), "two digits each"),
    faute("1004-date-an-court", f"{CO}/dateCommande", "15/11/22", (8,), "four digits for the year"),
    faute("1004-date-chiffres-arabes", f"{CO}/dateCommande", "٠١/01/2022", (8,), "ASCII digits only"),
    faute("1004-date-blanc", f"{CO}/dateCommande", " 15/11/2022", (1, 8), "nothing is trimmed"),
    faute("1004-date-saut-de-ligne", f"{CO}/dateCommande", "15/11/2022\n", (8,), "a newline is not nothing"),
    faute("1101-regime-null", f"{CO}/regimeTVA", None, (1,), "obligatory"),
    faute("1102-regime-liste", f"{CO}/regimeTVA", ["TTC"], (5,), "a list where a text is due"),
    faute("1105-regime-tva", f"{CO}/regimeTVA", "TVA", (5,), "« TTC » or « HT »"),
    faute("1105-regime-minuscules", f"{CO}/regimeTVA", "ttc", (5,), "as printed, capitals"),
    faute("1201-montant-null", f"{CO}/montantSegurHT", None, (1,), "obligatory"),
    faute("1201-montant-vide", f"{CO}/montantSegurHT", "", (1,), "empty is « not filled in », before its type is looked at"),
    faute("1202-montant-texte", f"{CO}/montantSegurHT", "708.33", (7,), "a number, without quotes"),
    faute("1202-montant-virgule", f"{CO}/montantSegurHT", "708,33", (7,), "a text again"),
    faute("1202-montant-true", f"{CO}/montantSegurHT", True, (7,), "true is no amount"),
    faute("1204-montant-entier", f"{CO}/montantSegurHT", Brut("850"), (7,), "« .00 » is missing", schema=MUET),
    faute("1204-montant-une-decimale", f"{CO}/montantSegurHT", Brut("850.0"), (7,), "what most JSON libraries write", schema=MUET),
    faute("1204-montant-trois-decimales", f"{CO}/montantSegurHT", Brut("708.333"), (7,), "to the cent", schema=MUET),
    faute("1204-montant-exposant", f"{CO}/montantSegurHT", Brut("8.5e2"), (7,), "an exponent", schema=MUET),
    faute("1204-montant-exposant-negatif", f"{CO}/montantSegurHT", Brut("85000E-2"), (7,), "an exponent", schema=MUET),
    faute("1204-montant-negatif", f"{CO}/montantSegurHT", Brut("-1.00"), (7,), "digits first, no sign"),
    faute("1204-montant-moins-zero", f"{CO}/montantSegurHT", Brut("-0.00"), (7,), "a sign; to a schema −0 is 0", schema=MUET),
    faute("1401-statut-vide", f"{CE}/statutAdminTechnique", "", (1,), "empty"),
    faute("1402-statut-false", f"{CE}/statutAdminTechnique", False, (5,), "a text is due"),
    faute("1405-statut-mot", f"{CE}/statutAdminTechnique", "EDITEUR", (5,), "« E » or « P »"),
    faute("1405-statut-minuscule", f"{CE}/statutAdminTechnique", "e", (5,), "as printed, capital"),
    faute("1501-carte-null", f"{CE}/numeroCarteCPX", None, (1,), "obligatory"),
    faute("1502-carte-nombre", f"{CE}/numeroCarteCPX", 1234567890, (5,), "ten digits, but a number"),
    faute("1503-carte-9", f"{CE}/numeroCarteCPX", "123456789", (1, 11), "=10: not 9"),
    faute("1503-carte-11", f"{CE}/numeroCarteCPX", "12345678901", (1, 11), "=10: not 11"),
    faute("1601-nom-null", f"{CE}/nomAdminTechnique", None, (1,), "obligatory"),
    faute("1601-nom-cinq-blancs", f"{CE}/nomAdminTechnique", " \u00a0\t\r\n", (1,), "the five blanks"),
    faute("1602-nom-objet", f"{CE}/nomAdminTechnique", {}, (5,), "an object where a text is due"),
    faute("1603-nom-25", f"{CE}/nomAdminTechnique", "M" * 25, (1,), "<25: 25 is too many"),
    faute("1603-nom-accents-combinants", f"{CE}/nomAdminTechnique", "E\u0301" * 13, (1,), "13 letters seen, 26 code points"),
    faute("1701-tel-fin-de-ligne", f"{CE}/telAdminTechnique", "\r\n", (1,), "carriage return and line feed are blank"),
    faute("1702-tel-nombre", f"{CE}/telAdminTechnique", 102030405, (5,), "a number, which loses its first zero"),
    faute("1703-tel-50", f"{CE}/telAdminTechnique", "0" * 50, (1,), "<50: 50 is too many"),
    faute("1801-courriel-null", f"{CE}/emailAdminTechnique", None, (1,), "obligatory"),
    faute("1802-courriel-liste", f"{CE}/emailAdminTechnique", ["certificats@editeur.example"], (5,), "a list where a text is due"),
    faute("1803-courriel-125", f"{CE}/emailAdminTechnique", "c" + COURRIEL_124, (1, 10), "<125: 125 is too many"),
    faute("1803-courriel-long-et-faux", f"{CE}/emailAdminTechnique", "c" * 125, (4, 10), "length comes before format"),
    faute("1804-courriel-at", f"{CE}/emailAdminTechnique", "certificats(at)editeur.example", (10,), "no @"),
    faute("1804-courriel-sans-point", f"{CE}/emailAdminTechnique", "certificats@localhost", (10,), "a domain has a dot"),
    faute("1804-courriel-deux-points", f"{CE}/emailAdminTechnique", "certificats@editeur..example", (10,), "an empty label"),
    faute("1804-courriel-tiret", f"{CE}/emailAdminTechnique", "certificats@-editeur.example", (10,), "a label does not begin with a hyphen"),
    faute("1804-courriel-etiquette-64", f"{CE}/emailAdminTechnique", "a@" + "b" * 64 + ".fr", (10,), "a label has at most 63 characters"),
    faute("1804-courriel-accent", f"{CE}/emailAdminTechnique", "équipe@editeur.example", (10,), "no accent before the @"),
    faute("1804-courriel-blanc", f"{CE}/emailAdminTechnique", "certificats @editeur.example", (10,), "no blank"),
    faute("1804-courriel-deux", f"{CE}/emailAdminTechnique", "a@editeur.example;b@editeur.example", (10,), "one address"),
    faute("1804-courriel-saut-de-ligne", f"{CE}/emailAdminTechnique", "certificats@editeur.example\n", (10,), "a newline is not nothing"),
    faute("1804-courriel-null-en-texte", f"{CE}/emailAdminTechnique", "null", (10, 14), "obligatory: « null » is just no address"),
]  # fmt: skip

# --- A line: beneficiary, documents, scenario, answer ------------------------------------------------------------------------

BENEFICIAIRE = [
    faute("2001-responsable-null", f"{BE}/nomResponsable", None, (1,), "obligatory"),
    faute("2002-responsable-nombre", f"{BE}/nomResponsable", 7, (5,), "a text is due"),
    faute("2003-responsable-50", f"{BE}/nomResponsable", "D" * 50, (1,), "<50: 50 is too many"),
    faute("2004-responsable-minuscules", f"{BE}/nomResponsable", "Durand", (9,), "in capitals"),
    faute("2004-responsable-accent", f"{BE}/nomResponsable", "LEFèVRE", (9,), "one lower-case letter is enough"),
    faute("2004-responsable-eszett", f"{BE}/nomResponsable", "WEIß", (9,), "ß is a lower-case letter"),
    faute("2004-responsable-micro", f"{BE}/nomResponsable", "µ", (9,), "the micro sign is of category Ll"),
    faute("2004-responsable-grec", f"{BE}/nomResponsable", "α", (9,), "Ll of another script", schema=MUET),
    faute("2004-responsable-mathematique", f"{BE}/nomResponsable", "𝐚", (9,), "Ll beyond the 16-bit plane", schema=MUET),
    faute("2101-email-vide", f"{BE}/emailResponsable", "", (2,), "write null"),
    faute("2101-email-insecable", f"{BE}/emailResponsable", "\u00a0", (1, 2), "blank"),
    faute("2102-email-null-en-texte", f"{BE}/emailResponsable", "null", (14,), "drop the quotes"),
    faute("2102-email-nombre", f"{BE}/emailResponsable", 7, (5,), "a text or null"),
    faute("2103-email-125", f"{BE}/emailResponsable", "c" + COURRIEL_124, (1, 10), "<125"),
    faute("2104-email-sans-point", f"{BE}/emailResponsable", "durand@officine", (10,), "a domain has a dot"),
    faute("2201-telephone-blanc", f"{BE}/telephoneResponsable", " ", (2,), "write null"),
    faute("2202-telephone-null-majuscules", f"{BE}/telephoneResponsable", "NULL", (14,), "in any case"),
    faute("2202-telephone-nombre", f"{BE}/telephoneResponsable", 102030405, (5,), "a text or null"),
    faute("2203-telephone-50", f"{BE}/telephoneResponsable", "0" * 50, (1,), "<50"),
    faute("2301-finess-null", f"{BE}/FINESSGeo", None, (1,), "obligatory"),
    faute("2302-finess-nombre", f"{BE}/FINESSGeo", 990000010, (5,), "nine digits, but a number"),
    faute("2303-finess-8", f"{BE}/FINESSGeo", "99000001", (1, 11), "=9: not 8"),
    faute("2303-finess-10", f"{BE}/FINESSGeo", "0990000010", (1, 11), "=9: not 10"),
]  # fmt: skip

PIECES = [
    faute("2401-pieces-vides", PJ, [], (12,), "at least the order form"),
    faute("2407-sans-bon", PJ, [preuve()], (12,), "no BON_COMMANDE"),
    faute("2407-deux-bons", PJ, [bon(), bon(forme="PNG")], (12,), "one order form only", sections=("3.1", "3.2")),
    ligne("2407-deux-preuves", {**HT, PJ: [bon(), preuve(), preuve(forme="JPG")]}, ["2407"], [("2407", PJ)], (12,), "one attestation only"),
    ligne("2407-ht-sans-preuve", HT, ["2407"], [("2407", PJ)], (12,), "HT asks for the attestation"),
    ligne("1105-regime-faux-sans-preuve", {f"{CO}/regimeTVA": "ht"}, ["1105"], [("1105", f"{CO}/regimeTVA")], (4, 12), "the rule reads a faulty balise: it is not tried"),
    ligne("2705-type-faux-sans-bon", {f"{PJ}/0/typeFichier": "BON"}, ["2705"], [("2705", f"{PJ}/0/typeFichier")], (4, 12), "without a right type neither 2407 nor 2507 is tried"),
    faute("2501-nom-fichier-vide", f"{PJ}/0/nomFichier", "", (1,), "obligatory"),
    faute("2502-nom-fichier-nombre", f"{PJ}/0/nomFichier", Brut("1.0"), (5,), "a text is due"),
    faute("2503-nom-fichier-50", f"{PJ}/0/nomFichier", LONG, (1, 4), "<50: 50 is too many, before its shape is looked at"),
    faute("2504-nom-fichier-49", f"{PJ}/0/nomFichier", LONG.replace("x", "", 1), (1, 12), "49 fit, the shape does not", sections=("3.2", "3.3")),
    faute("2504-nom-fichier-libre", f"{PJ}/0/nomFichier", "Bon de commande.pdf", (12,), "not the guide's name", sections=("3.3",)),
    faute("2504-nom-fichier-extension-majuscules", f"{PJ}/0/nomFichier", "PHA-LGO-Va1-BDC-00001.PDF", (12,), "« pdf » in lower case", sections=("3.3",)),
    faute("2504-nom-fichier-jpeg", f"{PJ}/0/nomFichier", "PHA-LGO-Va1-BDC-00001.jpeg", (12,), "« jpg »", sections=("3.3",)),
    faute("2504-nom-fichier-type-long", f"{PJ}/0/nomFichier", "PHA-LGO-Va1-BON_COMMANDE-00001.pdf", (12,), "the short code of the type, BDC", sections=("3.3",)),
    faute("2504-nom-fichier-vague", f"{PJ}/0/nomFichier", "PHA-LGO-VA1-BDC-00001.pdf", (12,), "« Va1 » as printed", sections=("3.3",)),
    faute("2504-nom-fichier-chemin", f"{PJ}/0/nomFichier", "../PHA-LGO-Va1-BDC-00001.pdf", (12,), "a name, not a path", sections=("3.3",)),
    faute("2507-nom-autre-numero", f"{PJ}/0/nomFichier", "PHA-LGO-Va1-BDC-00002.pdf", (12,), "well shaped, of another request", schema=MUET, sections=("3.3",)),
    faute("2507-nom-autre-type", f"{PJ}/0/nomFichier", "PHA-LGO-Va1-HT-00001.pdf", (12,), "well shaped, of another type", schema=MUET, sections=("3.3",)),
    faute("2507-nom-autre-format", f"{PJ}/0/nomFichier", "PHA-LGO-Va1-BDC-00001.png", (12,), "well shaped, of another format", schema=MUET, sections=("3.3",)),
    ligne("2507-seconde-piece", {**HT, PJ: [bon(), preuve("00002")]}, ["2507"], [("2507", f"{PJ}/1/nomFichier")], (12,), "each document is compared, the second too", MUET, sections=("3.3",)),
    faute("2601-format-null", f"{PJ}/0/formatFichier", None, (1, 4), "obligatory; 2507 reads it, so is not tried"),
    faute("2602-format-nombre", f"{PJ}/0/formatFichier", 1, (5,), "a text is due"),
    faute("2605-format-minuscules", f"{PJ}/0/formatFichier", "pdf", (5,), "as printed, capitals"),
    faute("2605-format-jpeg", f"{PJ}/0/formatFichier", "JPEG", (5,), "« JPG »"),
    faute("2701-type-null", f"{PJ}/0/typeFichier", None, (1, 4), "obligatory"),
    faute("2702-type-objet", f"{PJ}/0/typeFichier", {"code": "BDC"}, (5,), "a text is due"),
    faute("2705-type-court", f"{PJ}/0/typeFichier", "BDC", (5,), "BDC is for names, BON_COMMANDE is the value", sections=("3.2", "3.3")),
]  # fmt: skip

SCENARIO = [
    faute("2901-bal-null", f"{SC}/hasBALMSSantePersonnelle", None, (1,), "obligatory"),
    faute("2901-bal-vide", f"{SC}/hasBALMSSantePersonnelle", "", (1,), "empty is « not filled in », before its type is looked at"),
    faute("2902-bal-texte", f"{SC}/hasBALMSSantePersonnelle", "true", (14,), "« true » in quotes is a text"),
    faute("2902-bal-un", f"{SC}/hasBALMSSantePersonnelle", 1, (14,), "1 is not true"),
    faute("2902-bal-zero", f"{SC}/hasBALMSSantePersonnelle", 0, (14,), "0 is not false"),
    faute("3001-operateur-vide", f"{SC}/operateurMessagerie", "", (2,), "write null"),
    faute("3002-operateur-null-en-texte", f"{SC}/operateurMessagerie", "null", (14,), "drop the quotes"),
    faute("3002-operateur-nombre", f"{SC}/operateurMessagerie", 20, (5,), "a text or null"),
    faute("3003-operateur-25", f"{SC}/operateurMessagerie", "M" * 25, (1, 4), "<25, before the list is looked at"),
    faute("3005-operateur-24", f"{SC}/operateurMessagerie", "M" * 24, (1, 13), "24 fit, but it is not in the list", sections=("4",)),
    faute("3005-operateur-sans-blanc", f"{SC}/operateurMessagerie", "CH_20", (13,), "the printed blank counts", sections=("4",)),
    faute("3005-operateur-minuscules", f"{SC}/operateurMessagerie", "gip_1", (13,), "as printed", sections=("4",)),
    faute("3005-operateur-libelle", f"{SC}/operateurMessagerie", "MAILIZ", (13,), "the code, not the name", sections=("4",)),
    faute("3005-operateur-accent-decompose", f"{SC}/operateurMessagerie", "HO\u0302P_302", (1, 13), "other code points, other code", sections=("4",)),
    faute("3005-operateur-saut-de-ligne", f"{SC}/operateurMessagerie", "CH _20\n", (13,), "a newline is not nothing", sections=("4",)),
    faute("3102-code-rempli", f"{LIGNE}/codeTraitement", "0000", (14,), "the agency fills it in"),
    faute("3202-libelle-rempli", f"{LIGNE}/libelleTraitement", "Demande acceptée", (14,), "the agency fills it in"),
]  # fmt: skip

PLUSIEURS = [
    ligne("0605-premiere-de-trois", {f"{BE}/FINESSGeo": "", f"{CO}/montantSegurHT": Brut("850"), f"{LIGNE}/typeAction": "M"}, ["0605"],
          [("0605", f"{LIGNE}/typeAction"), ("1204", f"{CO}/montantSegurHT"), ("2301", f"{BE}/FINESSGeo")], (4,),
          "the portal stops at the first fault in the table's order; all are told", sections=("1.2", "3.2")),
    ligne("2303-une-ligne-sur-trois", {"/lignesImport": [demande(1), {**demande(2), "beneficiaire": {**demande()["beneficiaire"], "FINESSGeo": "9"}}, demande(3)]},
          ["0000", "2303", "0000"], [("2303", "/lignesImport/1/beneficiaire/FINESSGeo")], (4,), "a wrong request does not stop the others", sections=("1.2", "3.2")),
    ligne("2501-pieces-une-par-une", {PJ: [{"nomFichier": "", "formatFichier": "", "typeFichier": ""}] * 2}, ["2501"],
          [(f"{b}01", f"{PJ}/{k}/{tag}") for k in (0, 1) for b, tag in ((25, "nomFichier"), (26, "formatFichier"), (27, "typeFichier"))],
          (4,), "the documents are judged one after the other"),
]  # fmt: skip

# --- The whole file -----------------------------------------------------------------------------------------------------------

_JUSTE = b'{"impId": null, "numeroAns": "ANS0000001", "SIRET": "12345678200010", "lignesImport": [%s]}'
_DEMANDE = (
    b'{"numLigne": 1, "typeAction": "C", "numeroASP": null, "numeroEditeur": "00001", '
    b'"commande": {"dateCommande": "15/11/2022", "regimeTVA": "TTC", "montantSegurHT": 708.33}, '
    b'"certificatsServeur": {"statutAdminTechnique": "E", "numeroCarteCPX": "1234567890", "nomAdminTechnique": "MARTIN", '
    b'"telAdminTechnique": "0102030405", "emailAdminTechnique": "certificats@editeur.example"}, '
    b'"beneficiaire": {"nomResponsable": "DURAND", "emailResponsable": null, "telephoneResponsable": null, "FINESSGeo": "990000010"}, '
    b'"piecesJustificatives": [{"nomFichier": "PHA-LGO-Va1-BDC-00001.pdf", "formatFichier": "PDF", "typeFichier": "BON_COMMANDE"}], '
    b'"scenarioInstallation": {"hasBALMSSantePersonnelle": true, "operateurMessagerie": null}, '
    b'"codeTraitement": null, "libelleTraitement": null}'
)
_UN = _JUSTE % _DEMANDE

TEXTE = [
    juste("valide-compact", _UN.replace(b" ", b"").replace(b'"CH_', b'"CH _'), (3,), "blanks between values do not matter"),
    juste("valide-marque-d-ordre", b"\xef\xbb\xbf" + _UN, (3,), "a byte order mark as the only oddity: advice", conseils=conseil("marque-d-ordre", "")),
    juste("valide-cle-echappee", _UN.replace(b'"SIRET"', b'"\\u0053IRET"'), (3,), "an escape in a key is the same key", conseils=[]),
    texte("9901-cp1252", _UN.replace(b"DURAND", b"LEF\xc8VRE"), "saved in the Windows encoding"),
    texte("9901-utf-16", _UN.decode().encode("utf-16"), "saved as UTF-16"),
    texte("9901-surrogat", _UN.replace(b"DURAND", b"\\ud800"), "half a surrogate pair, as an escape", MUET),
    texte("9902-vide", b"", "nothing at all"),
    texte("9902-virgule-finale", _UN.replace(b"}]}", b"},]}"), "a comma before the bracket"),
    texte("9902-tronque", _UN[:-1], "the last brace is missing"),
    texte("9902-suite", _UN + b"{}", "something after the end"),
    texte("9902-nan", _UN.replace(b"708.33", b"NaN"), "NaN is not JSON"),
    texte("9902-zero-en-tete", _UN.replace(b"708.33", b"0708.33"), "a number does not begin with 0"),
    texte("9902-virgule-decimale", _UN.replace(b"708.33", b"708,33"), "a decimal comma"),
    texte("9902-apostrophes", _UN.replace(b'"C"', b"'C'"), "single quotes"),
    texte("9902-commentaire", b"// demandes\n" + _UN, "no comments in JSON"),
    texte("9902-saut-de-ligne-brut", _UN.replace(b"DURAND", b"DURAND\n"), "a bare newline in a text"),
    refus("9903-cle-double", _UN.replace(b'"SIRET"', b'"SIRET": "12345678200010", "SIRET"'), [("9903", "/SIRET")], "two readers may see two values; parsers keep the last", MUET),
    refus("9903-cle-double-echappee", _UN.replace(b'"SIRET"', b'"\\u0053IRET": "12345678200010", "SIRET"'), [("9903", "/SIRET")], "the same key, written with an escape", MUET),
    refus("9903-derniere-valeur-fausse", _UN.replace(b'"SIRET": "12345678200010"', b'"SIRET": "12345678200010", "SIRET": "1"'),
          [("9903", "/SIRET"), ("0303", "/SIRET")], "the last value is judged as well"),
    refus("9903-dans-une-demande", _UN.replace(b'"typeAction": "C"', b'"typeAction": "C", "typeAction": "C"'), [("9903", f"{LIGNE}/typeAction")], "in a line, it refuses the file too", MUET),
    refus("9904-liste", b"[" + _DEMANDE + b"]", [("9904", "")], "a list of requests without its header"),
    refus("9904-null", b"null", [("9904", "")], "JSON, but no object"),
    refus("9909-profondeur-65", b"[" * 65 + b"]" * 65, [("9909", "")], "65 levels"),
    refus("9904-profondeur-64", b"[" * 64 + b"]" * 64, [("9904", "")], "64 levels are allowed; a list is no object"),
]  # fmt: skip

STRUCTURE = [
    *(refus(f"9905-{nom}", {f"{contenant}/{balise}": ABSENT}, [("9905", contenant)], pourquoi) for nom, contenant, balise, pourquoi in (
        ("sans-imp-id", "", "impId", "null must be written"),
        ("sans-lignes", "", "lignesImport", "the list itself"),
        ("sans-numero-asp", LIGNE, "numeroASP", "null must be written"),
        ("sans-commande", LIGNE, "commande", "a whole block"),
        ("sans-montant", CO, "montantSegurHT", "the fault is at the block that lacks it"),
        ("sans-format", f"{PJ}/0", "formatFichier", "in a document"),
        ("sans-bal", SC, "hasBALMSSantePersonnelle", "obligatory, so its tag is required"),
    )),
    *(refus(f"9906-{nom}", {chemin: "x"}, [("9906", chemin)], pourquoi) for nom, chemin, pourquoi in (
        ("entete", "/remarque", "the guide does not know it"),
        ("demande", f"{LIGNE}/remarque", "in a line"),
        ("commande", f"{CO}/remarque", "in a block"),
        ("piece", f"{PJ}/0/remarque", "in a document"),
        ("barre-oblique", f"{CO}/montant~1HT", "a slash is ~1 in a JSON Pointer"),
    )),
    refus("9906-casse", {f"{BE}/FINESSGeo": ABSENT, f"{BE}/finessGeo": "990000010"}, [("9905", BE), ("9906", f"{BE}/finessGeo")], "capitals count: one tag is missing, another unknown"),
    refus("9907-bloc-null", {BE: None}, [("9907", BE)], "null is the wrong kind"),
    refus("9907-bloc-liste", {CO: [demande()["commande"]]}, [("9907", CO)], "a list where an object is due"),
    refus("9907-pieces-objet", {PJ: bon()}, [("9907", PJ)], "one document is a list of one"),
    refus("9907-piece-texte", {PJ: ["PHA-LGO-Va1-BDC-00001.pdf"]}, [("9907", f"{PJ}/0")], "a document is an object"),
    refus("9907-demande-null", {"/lignesImport": [None]}, [("9907", LIGNE)], "a request is an object"),
    refus("9907-lignes-objet", {"/lignesImport": demande()}, [("9907", "/lignesImport")], "one request is a list of one"),
    refus("9908-aucune", {"/lignesImport": []}, [("9908", "/lignesImport")], "at least one request", sections=("2.1",)),
    refus("9908-201-demandes", 201, [("9908", "/lignesImport")], "at most 200", sections=("2.1",)),
    refus("9909-balise-profonde", {"/x": Brut("[" * 64 + "]" * 64)}, [("9909", "")], "a root and 64 levels below it make 65"),
    refus("9906-balise-profonde", {"/x": Brut("[" * 63 + "]" * 63)}, [("9906", "/x")], "64 levels in all: only unknown"),
    refus("0303-deux-fautes-d-entete", {"/SIRET": "1", "/impId": "x"}, [("0102", "/impId"), ("0303", "/SIRET")], "every fault of the header is told", decisions=(3,), sections=("3.2",)),
]  # fmt: skip

DEMANDES = (
    *VALIDES, *ENTETE, *TETE, *COMMANDE, *BENEFICIAIRE, *PIECES, *SCENARIO, *PLUSIEURS, *TEXTE, *STRUCTURE,
)  # fmt: skip

# --- Answers (decision 17): the outcome of each line -------------------------------------------------------------------------


def retour(nom: str, issue: str, pourquoi: str, asp: Json, code: Json, libelle: Json) -> Vecteur:
    """Fill in the three balises of the answer."""
    changements = {"/impId": "IMP-1"} | {
        f"{LIGNE}/{balise}": valeur
        for balise, valeur in (("numeroASP", asp), ("codeTraitement", code), ("libelleTraitement", libelle))
    }
    return Vecteur(f"retour-{nom}", changements, {"issues": [issue]}, (17,), pourquoi, "", ("1.2",), "retour")


ACCEPTEE = "Demande acceptée"
RETOURS = (
    retour("accepte", "acceptée", "a numeroASP and the label that the guide prints", "ASP000001", "0000", ACCEPTEE),
    retour("accepte-numero-entier", "acceptée", "a numeroASP may be a number", 123456, 0, ACCEPTEE),
    retour("accepte-sans-libelle", "acceptée", "a numeroASP, no label", "ASP000001", None, None),
    retour("accepte-code-inconnu", "acceptée", "real codes are unknown and never decide", "ASP000001", "X42", ACCEPTEE),
    retour("rejete", "rejetée", "no numeroASP, a label", None, "X42", "FINESS inconnu"),
    retour("rejete-code-seul", "rejetée", "no numeroASP, a code that is not 0", None, 42, None),
    retour("rejete-et-accepte", "rejetée", "rejected by its code alone: it contradicts itself", None, "X42", ACCEPTEE),
    retour("non-traite", "non traitée", "none of the three", None, None, None),
    retour("ambigu-sans-numero", "ambiguë", "accepted without a numeroASP", None, "0000", ACCEPTEE),
    retour("ambigu-code-zero", "ambiguë", "0 alone says nothing", None, 0, None),
    retour("ambigu-deux-reponses", "ambiguë", "a numeroASP and another label", "ASP000001", None, "FINESS inconnu"),
    retour("ambigu-numero-zero", "ambiguë", "0 is no numeroASP", 0, "0000", ACCEPTEE),
    retour("ambigu-numero-null-en-texte", "ambiguë", "« null » is no numeroASP", "null", "0000", ACCEPTEE),
)

# --- Certificates (decision 18): on the day `au`, each pharmacy's first deadline and what to do about each certificate -------

_COLONNES = "N° produit;Fin de validité;Offre;Usage;Etat;CN;Adresse mail;Structure"


def certificats(
    nom: str, lignes: list[str], echeances: dict[str, str], actions: list[str], pourquoi: str, au: str = "2025-06-12"
) -> Vecteur:
    """Write an extract of the follow-up page."""
    texte = "".join(f"{rangee}\n" for rangee in (_COLONNES, *lignes)).encode()
    attendu = {"au": au, "echeances": echeances, "actions": actions}
    return Vecteur(f"certificats-{nom}", texte, attendu, (18,), pourquoi, "", ("webinaire",), "certificats")


def _certificat(numero: int, fin: str, usage: str, etat: str = "Actif", finess: str = "990000010") -> str:
    return f"{numero};{fin};ORG;{usage};{etat};PHARMACIE;contact@officine.example;1{finess}"


CERTIFICATS = (
    certificats("premier-echu", [_certificat(1, "30/06/2026", "AUTH_CLI"), _certificat(2, "15/07/2025", "SIGN")],
                {"990000010": "2025-07-15"}, ["attendre", "renouveler"], "a pharmacy is hit by the first to expire; renew while active"),
    certificats("revoque", [_certificat(1, "15/07/2025", "AUTH_CLI", "Révoqué"), _certificat(2, "30/06/2026", "SIGN")],
                {"990000010": "2026-06-30"}, ["commander", "attendre"], "a revoked certificate has no deadline; nothing replaces it"),
    certificats("expire", [_certificat(1, "11/06/2025", "AUTH_CLI", "Expiré")],
                {"990000010": "2025-06-11"}, ["commander"], "an expired one is not renewed: a new order"),
    certificats("deux-officines", [_certificat(1, "30/06/2026", "SIGN"), _certificat(2, "15/07/2025", "SIGN", finess="990000028")],
                {"990000010": "2026-06-30", "990000028": "2025-07-15"}, ["attendre", "renouveler"], "prefix 1, then the FINESS"),
)  # fmt: skip
