"""What stories in a real browser need: pictures to look at, and the rules of accessibility."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "var" / "screenshots"
_SERIOUS = ("serious", "critical")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def keep(page: Page, name: str, *, full_page: bool = False) -> Path:
    """Keep a picture of the page as var/screenshots/<name>.png, with running animations finished."""
    path = PICTURES / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, animations="disabled", full_page=full_page)
    return path


def assert_accessible(page: Page, *, within: str | None = None) -> None:
    """Axe finds nothing serious or critical on the page (or within the elements of a selector)."""
    page.evaluate(_axe())
    found: list[dict[str, Any]] = page.evaluate(
        """async ([within, tags]) =>
            (await axe.run(within ?? document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }))
                .violations.map(({ id, impact, help, nodes }) =>
                    ({ id, impact, help, nodes: nodes.slice(0, 5).map((node) => node.html) }))""",
        [within, _RULES],
    )
    faults = [fault for fault in found if fault["impact"] in _SERIOUS]
    assert not faults, f"{page.url}:\n{json.dumps(faults, ensure_ascii=False, indent=2)}"
