"""Faces without a photo look alike wherever they stand: the panel's rule and the scripts' are one."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from web.faces import hue_of, initials

SCRIPT = Path(__file__).resolve().parents[2] / "static" / "src" / "shared" / "faces.js"
NAMES = [
    "Мария Ковалёва",
    "Irina",
    "נועה לוי",
    "🙂",
    "Jean-Luc Picard",
    "",
    "снег_под ногами",
    "Şule Öz",
    "İpek",
    "5 лет",
    "x",
]


@pytest.fixture(scope="module")
def by_script() -> dict[str, tuple[str, int]]:
    ask = (
        f"import {{ hueOf, initials }} from {json.dumps(SCRIPT.as_uri())};"
        f"console.log(JSON.stringify({json.dumps(NAMES)}.map((name) => [name, initials(name), hueOf(name)])));"
    )
    node = shutil.which("node")
    assert node, "the pages' scripts need Node to run here"
    answer = subprocess.run(
        [node, "--input-type=module", "-e", ask], check=True, capture_output=True, text=True
    )
    return {name: (letters, hue) for name, letters, hue in json.loads(answer.stdout)}


@pytest.mark.parametrize("name", NAMES)
def test_panel_and_scripts_say_the_same(by_script: dict[str, tuple[str, int]], name: str) -> None:
    assert (initials(name), hue_of(name)) == by_script[name]
