"""Portraits of the demo's people, drawn flat: nobody real has to lend a face."""

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

SCALE = 4
"""Drawn larger and made smaller, so that edges are smooth."""
SIDE = 256


@dataclass(frozen=True, slots=True)
class Face:
    ground: str
    skin: str
    hair: str
    cloth: str
    has_long_hair: bool = False
    has_beard: bool = False
    has_bun: bool = False


FACES = {
    "admin": Face("#cfe3f5", "#f2c9a5", "#5b3a24", "#1f4f7a", has_long_hair=True),
    "ivan": Face("#d6ecd9", "#efc19b", "#3a2a1e", "#2f6b46", has_beard=True),
    "irina": Face("#f6dfc6", "#f4d0b0", "#2b1d16", "#8c2f39", has_long_hair=True),
    "luda": Face("#e2daf3", "#f3cdaa", "#c98d3c", "#5a4691", has_bun=True),
    "svetlana": Face("#fbdde0", "#f5d3b6", "#9a3f2c", "#b5485d", has_long_hair=True),
}


def draw(face: Face) -> bytes:
    """A square PNG: ground, hair behind, shoulders, neck, head, hair in front."""
    picture = Image.new("RGB", (SIDE * SCALE, SIDE * SCALE), face.ground)
    pen = _Pen(ImageDraw.Draw(picture))
    if face.has_long_hair:
        pen.rounded(66, 62, 190, 214, 58, face.hair)
    if face.has_bun:
        pen.ellipse(104, 18, 152, 66, face.hair)
    pen.ellipse(34, 190, 222, 330, face.cloth)
    pen.rounded(108, 158, 148, 214, 18, _darker(face.skin))
    pen.ellipse(80, 62, 176, 184, face.skin)
    if face.has_beard:
        pen.pie(80, 62, 176, 184, 12, 168, face.hair)
    pen.pie(76, 54, 180, 156, 186, 354, face.hair)
    for eye in (110, 146):
        pen.ellipse(eye - 5, 116, eye + 5, 127, "#33251c")
    pen.arc(112, 130, 144, 154, 25, 155, "#f4e3da" if face.has_beard else "#a2493f")
    target = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(target, "PNG")
    return target.getvalue()


class _Pen:
    """Draws in the coordinates of the small picture."""

    def __init__(self, canvas: ImageDraw.ImageDraw) -> None:
        self._canvas = canvas

    def ellipse(self, x0: int, y0: int, x1: int, y1: int, colour: str) -> None:
        self._canvas.ellipse(_box(x0, y0, x1, y1), fill=colour)

    def rounded(self, x0: int, y0: int, x1: int, y1: int, radius: int, colour: str) -> None:
        self._canvas.rounded_rectangle(_box(x0, y0, x1, y1), radius * SCALE, fill=colour)

    def pie(self, x0: int, y0: int, x1: int, y1: int, begin: int, end: int, colour: str) -> None:
        self._canvas.chord(_box(x0, y0, x1, y1), begin, end, fill=colour)

    def arc(self, x0: int, y0: int, x1: int, y1: int, begin: int, end: int, colour: str) -> None:
        self._canvas.arc(_box(x0, y0, x1, y1), begin, end, fill=colour, width=4 * SCALE)


def _box(x0: int, y0: int, x1: int, y1: int) -> tuple[int, int, int, int]:
    return (x0 * SCALE, y0 * SCALE, x1 * SCALE, y1 * SCALE)


def _darker(colour: str) -> str:
    channels = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{channel * 9 // 10:02x}" for channel in channels)
