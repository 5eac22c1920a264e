"""Takes the pictures of the administrator's guide from the story that walks its chapters.

Run after `pytest tests/journeys/test_cabinet.py`, whose screenshots lie in var/screenshots.
"""

from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
SHOTS = ROOT / "var" / "screenshots" / "cabinet"
PICTURES = ROOT / "docs" / "pictures"
SHOWN = {
    "main": "1-main-page-in-use",
    "settings": "2-company",
    "templates": "2-templates",
    "department": "3-department",
    "operators": "4-operators",
    "operator": "4-operator",
}
WIDTH, COLORS = 1200, 256


def main() -> None:
    """Six pictures in each of the guide's languages, small enough for a repository."""
    for language in ("ru", "en"):
        for name, shot in SHOWN.items():
            picture = Image.open(SHOTS / language / f"{shot}.png").convert("RGB")
            picture = picture.resize(
                (WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS
            )
            # The rare colours are those that say something: a status, who waits.
            small = picture.quantize(COLORS, Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE)
            small.save(PICTURES / f"guide-{language}-{name}.png", optimize=True)


if __name__ == "__main__":
    main()
