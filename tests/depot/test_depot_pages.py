"""What a page shows must decode: spoiled on its way, a document is refused and its pages are named; a sound one passes."""

from __future__ import annotations

import io
import random
import zlib

import pytest
from fabrique_pdf import (
    TEXTE,
    Flux,
    Page,
    bande_tiff,
    contenu,
    dessiner,
    image_flate,
    image_jpeg,
    image_telecopie,
    pdf_de,
)
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from segur_pha.constats import ValeurRefusee
from segur_pha.depot import texte_pdf
from segur_pha.depot.documents import examiner

FILTERS = ["", "FlateDecode", "ASCII85Decode", "ASCIIHexDecode", "RunLengthDecode", "LZWDecode"]
MODES = ["L", "RGB", "CMYK"]


def outcome(octets: bytes) -> str:
    """Say "good", or what is told of the document."""
    try:
        found = examiner(octets)
    except ValeurRefusee as refused:
        return refused.constat.message
    return " ".join(["good", *(reserve.code for reserve in found.reserves)])


def picture(seed: int, width: int, height: int, mode: str) -> Image.Image:
    """Draw lines, boxes, words and grain."""
    chance = random.Random(seed)  # noqa: S311 - nothing here is secret
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        x, y = chance.randrange(width), chance.randrange(height)
        draw.rectangle((x, y, x + chance.randrange(width), y + chance.randrange(height)), fill=chance.randrange(256))
        draw.text((x, y), "Bon de commande 708,33", fill=0)
    grain = Image.frombytes("L", (width, height), chance.randbytes(width * height))
    return Image.blend(image, grain, chance.choice([0, 0.2])).convert(mode)


SIZES = st.tuples(st.integers(1, 120), st.integers(1, 120))
JPEGS = st.fixed_dictionaries(
    {"quality": st.integers(5, 100)},
    optional={
        "progressive": st.just(value=True),
        "optimize": st.just(value=True),
        "subsampling": st.integers(0, 2),
        "restart_marker_blocks": st.integers(1, 9),
        "restart_marker_rows": st.integers(1, 3),
    },
)


@st.composite
def images(draw: st.DrawFn) -> Flux:
    """Draw an image of a PDF, as scanners and programs write them."""
    kind = draw(st.sampled_from(["jpeg", "flate", "fax 3", "fax 4"]))
    mode = "1" if kind.startswith("fax") else draw(st.sampled_from(MODES))
    image = picture(draw(st.integers(0, 99)), *draw(SIZES), mode)
    match kind:
        case "jpeg":
            return image_jpeg(image, **draw(JPEGS))
        case "flate":
            return image_flate(image)
        case _:
            return image_telecopie(image, int(kind[-1]))


@st.composite
def pages(draw: st.DrawFn) -> Page:
    shown = draw(st.lists(images(), max_size=2))
    return Page(contenu(dessiner(len(shown)), draw(st.sampled_from(FILTERS))), tuple(shown))


DOCUMENTS = st.lists(pages(), min_size=1, max_size=3)


@pytest.mark.cas(3)
@given(DOCUMENTS)
def test_a_sound_document_passes(document: list[Page]) -> None:
    assert outcome(pdf_de(document)) == "good"


FORM = Flux("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", b"BT /F1 9 Tf (in a form) Tj ET")


@st.composite
def pages_with_forms(draw: st.DrawFn) -> Page:
    shown = draw(st.lists(st.one_of(images(), st.just(FORM)), max_size=3))
    written = draw(st.sampled_from([TEXTE, b"q Q\n"]))
    return Page(contenu(dessiner(len(shown), written), draw(st.sampled_from(FILTERS))), tuple(shown))


@pytest.mark.cas(3)
@given(st.lists(pages_with_forms(), min_size=1, max_size=8))
def test_a_text_is_the_same_whether_the_steps_that_draw_it_are_counted_or_not(document: list[Page]) -> None:
    octets = pdf_de(document)
    plain = examiner(octets, texte=True).texte
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texte_pdf, "_peuvent_durer", lambda _: True)
        assert examiner(octets, texte=True).texte == plain
    assert plain is not None
    assert plain.entier


def zeros(data: bytes, start: int, length: int) -> bytes:
    return data[:start] + bytes(min(length, len(data) - start)) + data[start + length :]


@given(DOCUMENTS, st.data())
def test_a_stream_that_is_cut_short_is_told_with_its_page(document: list[Page], data: st.DataObject) -> None:
    rank = data.draw(st.integers(0, len(document) - 1))
    page = document[rank]
    streams = [page.contenu, *page.images]
    place = data.draw(st.integers(0, len(streams) - 1))
    stream = streams[place]
    # What is left out at the very end may be nothing but a mark of the end or a checksum.
    cut = stream.octets[: data.draw(st.integers(0, max(len(stream.octets) * 3 // 4, 1)))]
    spoiled = [*streams]
    spoiled[place] = stream.abime(cut)
    document = [*document]
    document[rank] = Page(spoiled[0], tuple(spoiled[1:]))
    # Without a filter nobody knows that there were more operators.
    expected = f"ce PDF est abîmé (page {rank + 1}) : numérisez la pièce de nouveau"
    assert outcome(pdf_de(document)) in ([expected] if stream.entrees else [expected, "good"])


@pytest.mark.cas(3)
@given(DOCUMENTS, st.data())
def test_compressed_bytes_that_changed_are_told_with_their_page(document: list[Page], data: st.DataObject) -> None:
    flate = [
        (rank, place)
        for rank, page in enumerate(document)
        for place, stream in enumerate([page.contenu, *page.images])
        if "FlateDecode" in stream.entrees
    ]
    if not flate:
        return
    rank, place = data.draw(st.sampled_from(flate))
    streams = [document[rank].contenu, *document[rank].images]
    sound = streams[place].octets
    changed = bytearray(sound)
    for spot in data.draw(st.lists(st.integers(0, len(sound) - 1), min_size=1, max_size=4)):
        changed[spot] = data.draw(st.integers(0, 255))
    try:
        same = zlib.decompress(changed) == zlib.decompress(sound)
    except zlib.error:
        same = False
    streams[place] = streams[place].abime(bytes(changed))
    document = [*document]
    document[rank] = Page(streams[0], tuple(streams[1:]))
    assert outcome(pdf_de(document)) == (
        "good" if same else f"ce PDF est abîmé (page {rank + 1}) : numérisez la pièce de nouveau"
    )


def as_text(octets: bytes) -> bytes:
    return octets.decode("utf-8", "replace").encode()


DAMAGE = {
    "zeros in the middle": lambda octets: zeros(octets, len(octets) // 2, 400),
    "taken for text": as_text,
    "ends of lines": lambda octets: octets.replace(b"\n", b"\r\n"),
    "seven bits": lambda octets: bytes(octet & 0x7F for octet in octets),
    "nothing but zeros": lambda octets: bytes(len(octets)),
    "half of it": lambda octets: octets[: len(octets) // 2],
    "the second half first": lambda octets: octets[len(octets) // 2 :] + octets[: len(octets) // 2],
}


@pytest.mark.cas(3)
@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize(
    "image",
    [
        image_jpeg(picture(1, 200, 300, "RGB")),
        image_jpeg(picture(1, 200, 300, "RGB"), progressive=True),
        image_jpeg(picture(2, 200, 300, "L"), optimize=True),
        image_jpeg(picture(3, 200, 300, "CMYK"), restart_marker_rows=2),
        image_flate(picture(4, 200, 300, "RGB")),
        image_telecopie(picture(5, 200, 300, "1"), 3),
        image_telecopie(picture(6, 200, 300, "1"), 4),
    ],
    ids=["jpeg", "progressive", "optimized", "restarts", "flate", "fax 3", "fax 4"],
)
def test_a_scan_spoiled_on_its_way_is_refused(image: Flux, damage: str) -> None:
    octets = DAMAGE[damage](image.octets)
    sound = Page(contenu(TEXTE))
    spoiled = Page(contenu(dessiner(1)), (image.abime(octets),))
    assert outcome(pdf_de([sound, Page(contenu(dessiner(1)), (image,))])) == "good"
    assert octets != image.octets
    assert outcome(pdf_de([sound, spoiled])) == "ce PDF est abîmé (page 2) : numérisez la pièce de nouveau"


@given(st.integers(0, 99), SIZES, st.sampled_from(MODES), JPEGS)
def test_a_sound_jpeg_passes(seed: int, size: tuple[int, int], mode: str, settings: dict[str, object]) -> None:
    stream = io.BytesIO()
    picture(seed, *size, mode).save(stream, "JPEG", **settings)
    assert examiner(stream.getvalue()).format == "JPG"


@given(st.data())
def test_a_jpeg_without_some_of_its_data_is_refused(data: st.DataObject) -> None:
    octets = image_jpeg(picture(data.draw(st.integers(0, 99)), 64, 64, "RGB"), **data.draw(JPEGS)).octets
    start = data.draw(st.integers(octets.index(b"\xff\xda") + 14, len(octets) - 3))
    with pytest.raises(ValeurRefusee, match="abîmée"):
        examiner(octets[:start] + b"\xff\xd9")


@given(st.integers(0, 99), SIZES, st.integers(0, 6))
def test_a_fax_of_group_3_may_code_rows_by_the_row_above(seed: int, size: tuple[int, int], options: int) -> None:
    image = picture(seed, *size, "1")
    octets = bande_tiff(image, "group3", t292=options)
    two = options & 1
    entries = f"/Type/XObject/Subtype/Image/Width {image.width}/Height {image.height}/BitsPerComponent 1"
    settings = f"/Filter/CCITTFaxDecode/DecodeParms<</K {two}/Columns {image.width}/EncodedByteAlign false>>"
    assert outcome(pdf_de([Page(contenu(dessiner(1)), (Flux(entries + settings, octets),))])) == "good"
