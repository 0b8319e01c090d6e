"""What stands in a PDF, in each way that the format knows: sound, it passes; a little wrong, its page is named."""

from __future__ import annotations

import io
import random
import zlib

import pytest
from fabrique_pdf import (
    TEXTE,
    Flux,
    Page,
    assembler,
    bande_tiff,
    contenu,
    dessiner,
    image_jpeg,
    image_telecopie,
    pdf_de,
)
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfWriter, apply_configuration, get_configuration

from segur_pha.constats import ValeurRefusee
from segur_pha.depot import flux, travail
from segur_pha.depot.documents import examiner

SPOILED = "abîmé"
UNSEEN = "page-non-verifiee"
GOOD = "good"


def outcome(octets: bytes) -> str:
    try:
        found = examiner(octets)
    except ValeurRefusee as refused:
        return SPOILED if "abîmé (page" in refused.constat.message else refused.constat.message
    return " ".join(reserve.code for reserve in found.reserves) or GOOD


def shown(*images: Flux) -> bytes:
    return pdf_de([Page(contenu(dessiner(len(images))), images)])


def said(content: Flux, resources: str = "", *others: Flux | str) -> bytes:
    return pdf_de([Page(content, ressources=resources)], *others)


def image(entries: str, octets: bytes) -> Flux:
    return Flux(f"/Type/XObject/Subtype/Image{entries}", octets)


def square(entries: str, octets: bytes) -> Flux:
    """Give an image of eight by eight pixels of eight bits."""
    return image(f"/Width 8/Height 8/BitsPerComponent 8{entries}", octets)


ROWS = bytes(range(64))
RGB = ROWS * 3
DEFLATED = zlib.compress(ROWS)
#: Each row behind the number of its prediction, as PNG has it.
PREDICTED = zlib.compress(b"".join(b"\0" + ROWS[row : row + 8] for row in range(0, 64, 8)))
PNG = "/DecodeParms<</Predictor 15/Columns 8>>"


def jpeg_2000() -> bytes:
    stream = io.BytesIO()
    Image.linear_gradient("L").save(stream, "JPEG2000")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (square("/ColorSpace/DeviceGray", ROWS), GOOD),
        (square("/ColorSpace/DeviceGray", ROWS[:-1]), SPOILED),
        (square("/ColorSpace/DeviceRGB", RGB), GOOD),
        (square("/ColorSpace/DeviceRGB", ROWS), SPOILED),
        (square("/ColorSpace/DeviceCMYK", ROWS * 4), GOOD),
        (square("/ColorSpace[/Indexed/DeviceRGB 255(x)]", ROWS), GOOD),
        (square("/ColorSpace[/ICCBased 3 0 R]", RGB), GOOD),
        (square("/ColorSpace[/ICCBased 3 0 R]", ROWS), SPOILED),
        (square("/ColorSpace[/ICCBased null]", ROWS), GOOD),
        (square("/ColorSpace[/DeviceN[/A/B/C]/DeviceRGB 3 0 R]", RGB), GOOD),
        (square("/ColorSpace[/DeviceN[/A/B/C]/DeviceRGB 3 0 R]", ROWS), SPOILED),
        (square("/ColorSpace[/DeviceN]", ROWS), GOOD),
        (square("/ColorSpace/Named", ROWS), GOOD),
        (square("/ColorSpace[]", ROWS), GOOD),
        (image("/Width 8/Height 8/ImageMask true", ROWS[:8]), GOOD),
        (image("/Width 8/Height 8/ImageMask true", ROWS[:7]), SPOILED),
        (image("/Width 8/Height 0/BitsPerComponent 8", ROWS), SPOILED),
        (image("/Width/x/Height 8/BitsPerComponent 8", ROWS), SPOILED),
        # Filters
        (square("/Filter/FlateDecode", DEFLATED), GOOD),
        (square("/Filter/FlateDecode", DEFLATED + b"\r\n"), GOOD),
        (square("/Filter/FlateDecode", DEFLATED[:-4]), GOOD),
        (square("/Filter/FlateDecode", DEFLATED[:-6]), SPOILED),
        (square("/Filter/FlateDecode", b"x" + DEFLATED[:-9]), SPOILED),
        (square("/Filter/FlateDecode", b"\x78\x9c\xff"), SPOILED),
        (square("/Filter/FlateDecode", b"\x78\x9c"), SPOILED),
        (square(f"/Filter/FlateDecode{PNG}", PREDICTED), GOOD),
        (square(f"/Filter/FlateDecode{PNG}", DEFLATED), SPOILED),
        (square("/Filter[/FlateDecode]/DecodeParms[null]", DEFLATED), GOOD),
        (square("/Filter null", ROWS), GOOD),
        (square("/Filter[]", ROWS), GOOD),
        (square("/Filter[/ASCIIHexDecode/FlateDecode]", DEFLATED.hex().encode() + b">"), GOOD),
        (square("/Filter[/ASCIIHexDecode/FlateDecode]", DEFLATED.hex().encode()), SPOILED),
        (square("/Filter/ASCIIHexDecode", b"xy>"), SPOILED),
        (square("/Filter/Crypt", ROWS), GOOD),
        (square("/Filter/Unknown", ROWS), SPOILED),
        (square("/Filter[" + "/Crypt" * 8 + "]", ROWS), GOOD),
        (square("/Filter[" + "/Crypt" * 9 + "]", ROWS), UNSEEN),
        (square("/Filter/BrotliDecode", ROWS), UNSEEN),
        (square("/Filter/RunLengthDecode", b"\xc1\x01\x80"), GOOD),
        (square("/Filter/RunLengthDecode", b"\xc1\x01\x80\n"), GOOD),
        (square("/Filter/RunLengthDecode", b"\xc1\x01"), SPOILED),
        (square("/Filter/RunLengthDecode", b"\xc1\x01\x80\x80x"), SPOILED),
        (square("/Filter/RunLengthDecode", b"\x3f\x01"), SPOILED),
        (square("/Filter/LZWDecode", contenu(ROWS, "LZWDecode").octets), GOOD),
        (square("/Filter/LZWDecode", contenu(ROWS, "LZWDecode").octets + b"\r\n??"), GOOD),
        (square("/Filter/LZWDecode", contenu(ROWS, "LZWDecode").octets + b"and more"), SPOILED),
        (square("/Filter/LZWDecode", b"\x80\x60\x50"), SPOILED),
        (square("/Filter/LZWDecode", b"\xff\xff\xff"), SPOILED),
        # Pictures
        (image("/Width 256/Height 256/Filter/JPXDecode", jpeg_2000()), GOOD),
        (image("/Width 256/Height 256/Filter/JPXDecode", jpeg_2000()[:200]), SPOILED),
        (image_jpeg(Image.new("L", (9, 9))).abime(image_jpeg(Image.new("L", (9, 9))).octets[:-2]), GOOD),
        (square("/SMask 4 0 R", ROWS), GOOD),
        (square("/SMask 5 0 R", ROWS), SPOILED),
        (square("/Mask[0 1]", ROWS), GOOD),
        (Flux("", b""), SPOILED),
    ],
)
def test_an_image_passes_when_its_rows_are_there(drawn: Flux, expected: str) -> None:
    sound, spoiled = square("/ColorSpace/DeviceGray", ROWS), square("/ColorSpace/DeviceGray", b"x")
    octets = pdf_de([Page(contenu(dessiner(1)), (drawn,))], Flux("/N 3", b""), sound, spoiled)
    assert outcome(octets) == expected


FORM = "/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
FONT = "/Font<</F2<</Type/Font/Subtype/TrueType/FontDescriptor<</FontFile2 3 0 R>>>>>>"
COMPOSITE = "/Font<</F2<</Type/Font/DescendantFonts[<</FontDescriptor<</FontFile3 3 0 R>>>>]>>>>"
TYPE_3 = "/Font<</F2<</Type/Font/Subtype/Type3/CharProcs<</a 3 0 R>>>>>>"


@pytest.mark.parametrize("resources", [FONT, COMPOSITE, TYPE_3, "/Pattern<</P 3 0 R/Q<<>>>>"])
def test_a_spoiled_font_or_pattern_spoils_its_page(resources: str) -> None:
    program = contenu(b"a program of letters")
    assert outcome(said(contenu(TEXTE), resources, program)) == GOOD
    assert outcome(said(contenu(TEXTE), resources, program.abime(program.octets[:-6]))) == SPOILED
    # What is spoiled stays so, whatever sound one comes behind it.
    both = resources.replace("3 0 R", "4 0 R", 1) + "/Pattern<</Z 3 0 R>>" * ("Pattern" not in resources)
    assert outcome(said(contenu(TEXTE), both, program, program.abime(program.octets[:-6]))) == SPOILED
    nested = Flux("/Filter[/ASCIIHexDecode/FlateDecode]", program.octets.hex().encode() + b">")
    assert outcome(said(contenu(TEXTE), resources, nested)) == GOOD


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (Flux(FORM, TEXTE), GOOD),
        (Flux(FORM, b"/Im0 Do"), UNSEEN),
        (Flux(FORM + "/Resources<</XObject<</Im0 3 0 R>>>>", b"/Im0 Do"), GOOD),
        (Flux(FORM + "/Resources<</XObject<</Im0 4 0 R>>>>", b"/Im0 Do"), SPOILED),
        (Flux(FORM, b"/Im9 Do"), SPOILED),
        (Flux(FORM, b"(one /Im9 Do)Tj"), GOOD),
    ],
)
def test_a_form_is_looked_into(form: Flux, expected: str) -> None:
    # Without resources of its own the form draws what its page calls so: itself, once more, and that is left out.
    expected = GOOD if expected == UNSEEN else expected
    sound, spoiled = square("/ColorSpace/DeviceGray", ROWS), square("/ColorSpace/DeviceGray", b"x")
    assert outcome(pdf_de([Page(contenu(dessiner(1)), (form,))], sound, spoiled)) == expected


def test_forms_in_forms_are_followed_so_far() -> None:
    def nested(depth: int) -> bytes:
        forms = [Flux(f"{FORM}/Resources<</XObject<</X {4 + rank} 0 R>>>>", b"/X Do") for rank in range(depth)]
        return said(contenu(b"/X Do"), "/Extra<<>>", *forms, Flux(FORM, TEXTE)).replace(
            b"/XObject<<>>", b"/XObject<</X 3 0 R>>"
        )

    assert outcome(nested(3)) == GOOD
    assert outcome(nested(20)) == UNSEEN


@pytest.mark.parametrize(
    ("appearance", "expected"),
    [
        ("3 0 R", GOOD),
        ("4 0 R", SPOILED),
        ("<</On 3 0 R/Off 4 0 R>>", SPOILED),
        ("<</On 3 0 R>>", GOOD),
        ("null", GOOD),
    ],
)
def test_how_a_stamp_appears_is_looked_at(appearance: str, expected: str) -> None:
    page = Page(contenu(TEXTE), entrees=f"/Annots[<</Subtype/Stamp/AP<</N {appearance}>>>>]")
    assert outcome(pdf_de([page], Flux(FORM, TEXTE), contenu(TEXTE).abime(b"\x78\x9c"))) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", GOOD),
        (b"q 1 0 0 1 0 0 cm BT /F1 9 Tf 1 Tr (x)' 0 0(x)\" [(x)1]TJ ET Q", GOOD),
        (b"BX quelconque EX", GOOD),
        (b"BX q EX quelconque", SPOILED),
        (b"quelconque", SPOILED),
        (b"1 0 0 1 cm", SPOILED),
        (b"BT (x" + bytes(8) + b") Tj ET", SPOILED),
        (b"BT (x" + bytes(7) + b") Tj ET", GOOD),
        (b"BT (non fini", SPOILED),
        (b"BI/W 8/H 8/BPC 8/CS/G ID " + bytes(64) + b"\nEI", GOOD),
        (b"/Im9 Do", SPOILED),
        (b"/#49m9 Do", SPOILED),
        (b"BT ET " * 40_000, UNSEEN),
    ],
)
def test_operators_without_a_checksum_must_make_sense(content: bytes, expected: str) -> None:
    assert outcome(said(Flux("", content))) == expected


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        ("[4 0 R 5 0 R]", GOOD),
        ("[4 0 R 6 0 R]", SPOILED),
        ("[]", GOOD),
        ("null", SPOILED),
        ("99 0 R", SPOILED),
        ("[99 0 R]", SPOILED),
        ("3 0 R", SPOILED),
    ],
)
def test_contents_may_stand_in_several_streams_and_must_be_there(contents: str, expected: str) -> None:
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents {contents}>>",
        contenu(b"q"),
        contenu(b"Q"),
        contenu(b"Q").abime(b"\x78\x9c"),
    ]
    octets = assembler(o.en_objet() if isinstance(o, Flux) else o.encode() for o in objects)
    assert outcome(octets) == expected
    blank = [objects[0], objects[1], "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"]
    assert outcome(assembler(str(o).encode() for o in blank)) == GOOD


def test_operators_may_be_predicted() -> None:
    content = dessiner(0).ljust(64)
    rows = b"".join(b"\0" + content[row : row + 8] for row in range(0, len(content), 8))
    entries = f"/Filter/FlateDecode{PNG}"
    assert outcome(said(Flux(entries, zlib.compress(rows)))) == GOOD
    assert outcome(said(Flux(entries, zlib.compress(rows)[:-9]))) == SPOILED


def test_operators_that_repeat_are_those_that_were_coded() -> None:
    # Where a text repeats, a code stands for an entry that is only being made.
    assert outcome(said(contenu(b"q n Q " * 500, "LZWDecode"))) == GOOD
    assert outcome(said(contenu(b"n " * 500 + b"m " * 2, "LZWDecode"))) == SPOILED


@given(st.binary(min_size=1, max_size=3_000), st.integers(0, 4), st.booleans())
def test_what_lzw_coded_is_read_whole(octets: bytes, repeat: int, cut: bool) -> None:  # noqa: FBT001 - drawn
    octets *= 4**repeat
    code = bande_tiff(Image.frombytes("L", (len(octets), 1), octets), "tiff_lzw")
    drawn = image(f"/Width {len(octets)}/Height 1/BitsPerComponent 8/Filter/LZWDecode", code[:-3] if cut else code)
    assert outcome(shown(drawn)) == (SPOILED if cut else GOOD)


def test_a_large_stream_is_decoded_piece_by_piece() -> None:
    grain = random.Random(1).randbytes(50_000) + bytes(3_000_000)  # noqa: S311 - nothing here is secret
    drawn = image(f"/Width {len(grain)}/Height 1/BitsPerComponent 8/Filter/FlateDecode", zlib.compress(grain))
    assert outcome(shown(drawn)) == GOOD
    assert outcome(shown(drawn.abime(drawn.octets[:-4]))) == GOOD
    assert outcome(shown(drawn.abime(drawn.octets[:-20]))) == SPOILED


def test_a_stream_may_be_decoded_byte_by_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flux, "_SORTIE", 1)
    for width in range(250, 550, 3):
        drawn = image(f"/Width {width}/Height 1/BitsPerComponent 8/Filter/FlateDecode", zlib.compress(bytes(width)))
        assert outcome(shown(drawn)) == GOOD
        assert outcome(shown(drawn.abime(drawn.octets[:-4]))) == GOOD


def test_a_document_is_decoded_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = image("/Width 1000/Height 1000/BitsPerComponent 8/Filter/FlateDecode", zlib.compress(bytes(1_000_000)))
    pages = [Page(contenu(dessiner(1)), (drawn,)) for _ in range(4)]
    assert outcome(pdf_de(pages)) == GOOD
    monkeypatch.setattr(travail.Travail.__init__, "__kwdefaults__", {"octets": 2_500_000, "blocs": 100})
    (reserve,) = examiner(pdf_de(pages)).reserves
    assert reserve.message.startswith("pages 3 et 4 :")
    assert outcome(shown(image_jpeg(Image.new("L", (400, 400))))) == UNSEEN
    assert outcome(shown(image_telecopie(Image.new("1", (8, 4_000))))) == UNSEEN


@pytest.mark.parametrize("columns", [0, 70_000])
def test_a_fax_that_no_paper_has_is_not_looked_at(columns: int) -> None:
    drawn = image(f"/Width 8/Height 8/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns {columns}>>", b"x")
    assert outcome(shown(drawn)) == UNSEEN


def fax(bits: str, rows: int = 1, k: int = -1, more: str = "", columns: str = "/Columns 8") -> bytes:
    full = bits + "0" * (-len(bits) % 8)
    code = bytes(int(full[i : i + 8], 2) for i in range(0, len(full), 8))
    settings = f"<</K {k}{columns}{more}>>"
    return shown(image(f"/Width 8/Height {rows}/Filter/CCITTFaxDecode/DecodeParms{settings}", code))


EOL = "000000000001"


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (fax("1"), GOOD),
        (fax("1" + EOL * 2), GOOD),
        (fax("1" + EOL, 2), SPOILED),
        (fax("", 1), SPOILED),
        (fax("1" * 8, 9), SPOILED),
        (fax("1" * 8 + EOL * 2, 0), GOOD),
        (fax("1" * 8, 0), GOOD),
        (fax("1" + "0" * 7 + "1"), SPOILED),
        (fax("0000001"), SPOILED),
        # Two black pixels after three white ones; below them the same, one further to the right, and nothing.
        (fax("001" + "1000" + "11" + "1"), GOOD),
        (fax("001" + "1000" + "11" + "1" + "011" + "011" + "1" + "0001" + "1", 3), GOOD),
        # The second row goes back before its own change, and then on to its end.
        (fax("001" + "1000" + "11" + "1" + "1" + "0000010" + "1" * 3, 2), SPOILED),
        (fax("001" + "1000" + "10" + "010"), SPOILED),
        (fax("001" + "00110101" + "11" + "0000010"), SPOILED),
        (fax("001" + "10011" + "11"), SPOILED),
        (fax("001" + "11011" + "11011" + "11011"), SPOILED),
        (fax("001" + "0000000"), SPOILED),
        (fax("0001"), GOOD),
        # Group 3: rows by themselves, between ends of lines or not, on whole bytes or not.
        (fax("10011", k=0), GOOD),
        (fax(EOL + "10011" + EOL + "10011" + EOL * 6, 2, k=0), GOOD),
        (fax("0000" + EOL + "10011" + "000" + "10011", 2, k=0, more="/EncodedByteAlign true"), GOOD),
        (fax(EOL + "1" + "10011" + EOL + "0" + "1" + (EOL + "1") * 6, 2, k=1), GOOD),
        (fax("0" * 64, k=0), SPOILED),
        # A row of white, of as many columns as a fax has where nothing is said of them: 1,728.
        (fax("010011011" + "00110101", k=0, columns=""), GOOD),
        (fax("010011011" + "00110101", k=0, columns="/Columns 1729"), SPOILED),
    ],
)
def test_a_fax_is_read_code_by_code(octets: bytes, expected: str) -> None:
    assert outcome(octets) == expected


def test_the_objects_of_a_pdf_may_stand_in_a_stream_which_must_be_sound() -> None:
    writer = PdfWriter()
    for _ in range(3):
        writer.add_blank_page(9, 9)
    stream = io.BytesIO()
    writer.write(stream)
    assert outcome(stream.getvalue()) == GOOD
    pages = zlib.compress(
        b"2 0 3 43 <</Type/Pages/Kids[3 0 R]/Count 1>>        <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    )

    def packed(octets: bytes) -> bytes:
        parts = [
            b"%PDF-1.7\n",
            b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
            b"4 0 obj\n<</Type/ObjStm/N 2/First 9/Filter/FlateDecode/Length %d>>stream\n%s\nendstream\nendobj\n"
            % (len(octets), octets),
        ]
        table = len(b"".join(parts))
        places = [len(parts[0]), len(parts[0]) + len(parts[1]), table]
        rows = bytes(4) + bytes([1, 0, places[0], 0]) + bytes([2, 0, 4, 0, 2, 0, 4, 1])
        rows += bytes([1]) + places[1].to_bytes(2) + b"\0" + bytes([1]) + places[2].to_bytes(2) + b"\0"
        parts.append(
            b"5 0 obj\n<</Type/XRef/Size 6/W[1 2 1]/Root 1 0 R/Length %d>>stream\n%s\nendstream\nendobj\n"
            % (len(rows), rows)
        )
        return b"".join(parts) + b"startxref\n%d\n%%%%EOF" % table

    assert outcome(packed(pages)) == GOOD
    assert outcome(packed(pages[:-4] + b"XXXX")).startswith("ce PDF est abîmé et ne s’ouvre pas")


def test_pypdf_keeps_to_our_bounds_while_it_reads_for_us_and_not_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    before = get_configuration()
    written = said(Flux("", b"[(x)] TJ ET"))
    with apply_configuration(stream_parsing_work_maximum_count=1) as theirs:
        # What a program sets of pypdf, in the old way too, is for its own documents.
        monkeypatch.setattr("pypdf.filters.ZLIB_MAX_OUTPUT_LENGTH", 10)
        assert outcome(written) == GOOD
        assert get_configuration() is theirs
    assert get_configuration() is before


def test_a_page_that_stumbles_is_spoiled_and_one_too_deep_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise errors.pop()

    errors: list[Exception] = [RecursionError(), ZeroDivisionError()]
    monkeypatch.setattr(flux, "verifier_un_jpeg", fail)
    octets = pdf_de([Page(contenu(dessiner(1)), (image_jpeg(Image.new("L", (9, 9))),)) for _ in range(2)])
    assert outcome(octets) == SPOILED
    assert errors == []
