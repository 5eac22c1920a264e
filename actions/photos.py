"""Photos of operators: checked by content, turned upright, drawn anew without anything that was hidden in the file."""

import io
import re
import secrets
import warnings
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from models.database import off_the_hub
from policy.errors import DomainError

MAXIMUM_BYTES = 10 * 1024 * 1024
MAXIMUM_PIXELS = 25_000_000
SIDE = 256
FORMATS = ("JPEG", "GIF", "PNG", "TIFF", "BMP")
DRAWN = ("WEBP",)
"""What we draw ourselves: a form that was refused sends the drawn photo again."""
PHOTO_NAME = re.compile(r"[A-Za-z0-9_-]{22}\.webp")


class PhotoRefused(DomainError):
    """`photo_too_large` (bytes), `photo_too_many_pixels` or `photo_not_an_image`."""


def draw_photo(content: bytes, *, formats: tuple[str, ...] = FORMATS) -> bytes:
    """The square WebP of an uploaded picture; slow, so never inside a transaction. Only pixels survive, no metadata."""
    if len(content) > MAXIMUM_BYTES:
        raise PhotoRefused("photo_too_large")
    drawn = off_the_hub(lambda: _drawn_or_refused(content, formats))
    # A refusal that was raised in the pool of threads would be printed there as if something had broken.
    if isinstance(drawn, PhotoRefused):
        raise drawn
    return drawn


def store_photo(directory: Path, photo: bytes) -> str:
    """Keep a drawn photo under a name that nobody can guess; give the name."""
    directory.mkdir(parents=True, exist_ok=True)
    name = f"{secrets.token_urlsafe(16)}.webp"
    (directory / name).write_bytes(photo)
    return name


def remove_photo(directory: Path, name: str | None) -> None:
    """Forget a photo; one that is not there is no trouble."""
    if name is not None and PHOTO_NAME.fullmatch(name):
        (directory / name).unlink(missing_ok=True)


def _drawn_or_refused(content: bytes, formats: tuple[str, ...]) -> bytes | PhotoRefused:
    try:
        return _draw(content, formats)
    except PhotoRefused as refused:
        return refused


def _draw(content: bytes, formats: tuple[str, ...]) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=formats) as picture:
                # The header alone is read so far: a small file can hold gigabytes of pixels.
                if picture.width * picture.height > MAXIMUM_PIXELS:
                    raise PhotoRefused("photo_too_many_pixels")
                return _square(picture)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PhotoRefused("photo_too_many_pixels") from None
    except (OSError, UnidentifiedImageError, Warning, ValueError, SyntaxError):
        raise PhotoRefused("photo_not_an_image") from None


def _square(picture: Image.Image) -> bytes:
    # JPEG can be decoded smaller at once; other formats ignore it.
    picture.draft("RGB", (SIDE * 2, SIDE * 2))
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    cut = ImageOps.fit(upright, (SIDE, SIDE), method=Image.Resampling.LANCZOS)
    fresh = Image.new("RGB", (SIDE, SIDE), "white")
    fresh.paste(cut, mask=cut.getchannel("A"))
    out = io.BytesIO()
    fresh.save(out, "WEBP", quality=86, method=4)
    return out.getvalue()
