"""Photos: the manual's formats, nothing hidden in them, nothing that would eat the memory."""

import io
from pathlib import Path

import pytest
from PIL import Image

from actions.photos import (
    DRAWN,
    MAXIMUM_BYTES,
    PHOTO_NAME,
    SIDE,
    PhotoRefused,
    draw_photo,
    remove_photo,
    store_photo,
)


def picture(kind: str, size: tuple[int, int] = (700, 400), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, options.pop("color", 0)).save(out, kind, **options)
    return out.getvalue()


def drawn(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(draw_photo(content)))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "PNG", "TIFF", "BMP"])
def test_every_format_of_the_manual_becomes_one_small_square(kind: str) -> None:
    image = drawn(picture(kind))
    assert (image.format, image.size) == ("WEBP", (SIDE, SIDE))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_every_kind_of_pixels_can_be_drawn(mode: str) -> None:
    assert drawn(picture("TIFF", (40, 90), mode)).size == (SIDE, SIDE)


def test_a_photo_is_turned_as_its_camera_says() -> None:
    wide = Image.new("RGB", (400, 400), "white")
    wide.paste("black", (0, 0, 400, 200))  # the camera's upper half
    exif = Image.Exif()
    exif[0x0112] = 6  # shown after a quarter turn clockwise
    out = io.BytesIO()
    wide.save(out, "JPEG", exif=exif, quality=95)
    upright = drawn(out.getvalue()).convert("L")
    assert upright.getpixel((SIDE - 20, SIDE // 2)) < 60
    assert upright.getpixel((20, SIDE // 2)) > 200


def test_nothing_but_pixels_survives() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    made = draw_photo(picture("JPEG", comment=b"<script>alert(1)</script>", exif=exif))
    assert b"script" not in made and b"home" not in made
    assert not Image.open(io.BytesIO(made)).getexif()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "photo_not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_not_an_image"),
        (b"GIF89a<script>", "photo_not_an_image"),
        (picture("JPEG")[:500], "photo_not_an_image"),
        (picture("PPM"), "photo_not_an_image"),
        (b"\x89PNG" + b"x" * MAXIMUM_BYTES, "photo_too_large"),
        (picture("PNG", (6000, 5000), "1"), "photo_too_many_pixels"),
        (picture("PNG", (13_000, 13_000), "1"), "photo_too_many_pixels"),
    ],
    ids=["empty", "svg", "magic bytes only", "cut off", "another format", "bytes", "30 Mpx", "169 Mpx"],
)
def test_what_is_no_photo_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(PhotoRefused) as refused:
        draw_photo(content)
    assert refused.value.code == code


def test_a_stored_photo_has_a_name_that_nobody_guesses(tmp_path: Path) -> None:
    first, second = store_photo(tmp_path, b"one"), store_photo(tmp_path, b"two")
    assert first != second and PHOTO_NAME.fullmatch(first)
    remove_photo(tmp_path, first)
    remove_photo(tmp_path, first)
    remove_photo(tmp_path, f"../{tmp_path.name}/{second}")
    assert [path.name for path in tmp_path.iterdir()] == [second]


def test_our_own_format_is_not_taken_from_people() -> None:
    ours = draw_photo(picture("PNG"))
    with pytest.raises(PhotoRefused) as refused:
        draw_photo(ours)
    assert refused.value.code == "photo_not_an_image"
    assert Image.open(io.BytesIO(draw_photo(ours, formats=DRAWN))).format == "WEBP"
