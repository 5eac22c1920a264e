"""Colours that an administrator chooses: which text can be read on them."""

INK = "#171b22"
PAPER = "#ffffff"


def readable_on(color: str) -> str:
    """Dark or light text, whichever stands out more on the colour (WCAG's contrast)."""
    back = _luminance(color)
    against_paper = (_luminance(PAPER) + 0.05) / (back + 0.05)
    against_ink = (back + 0.05) / (_luminance(INK) + 0.05)
    return PAPER if against_paper >= against_ink else INK


def _luminance(color: str) -> float:
    channels = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
