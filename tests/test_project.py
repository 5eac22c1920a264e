"""What the project promises about itself: its commands exist, its settings are described, no machine left a trace."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config import Config
from scripts import check_tree

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = {
    "demo",
    "run",
    "test",
    "check",
    "format",
    "bench",
    "fault",
    "translations",
    "frontend",
    "lock",
    "venv",
    "help",
}
SETTINGS_TABLE = ROOT / "docs" / "configuration.md"


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def described_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_promised_command_exists_and_is_described() -> None:
    assert described_targets() == COMMANDS


@pytest.mark.parametrize(
    "document", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda path: path.name
)
def test_pages_name_only_commands_that_exist(document: Path) -> None:
    named = set(re.findall(r"(?:`|^\s*(?:\$ )?|&& )make ([a-z][a-z-]*)", document.read_text(), re.MULTILINE))
    assert named <= make_targets()


def test_pages_link_only_to_files_that_exist() -> None:
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
        if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists()
    ]
    assert not dead


class ReadNames(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.names = set[str]()

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return super().__getitem__(name)


def test_every_setting_of_the_environment_is_described(tmp_path: Path) -> None:
    environment = ReadNames({"DATA_DIR": str(tmp_path)})
    Config.from_environment(environment)
    described = set(re.findall(r"^\| `([A-Z_]+)` \|", SETTINGS_TABLE.read_text(), re.MULTILINE))
    assert len(environment.names) > 5
    assert described == environment.names


def test_the_locks_hold_what_the_requirements_name_with_hashes_only() -> None:
    for source, lock in (
        ("requirements.txt", "requirements.lock"),
        ("requirements-dev.txt", "requirements-dev.lock"),
    ):
        locked = (ROOT / lock).read_text()
        wanted = re.findall(
            r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==([^\s#]+)", (ROOT / source).read_text(), re.MULTILINE
        )
        missing = [name for name, version in wanted if f"\n{name.lower()}=={version} " not in f"\n{locked}"]
        assert not missing
        assert "://" not in locked


def test_nothing_of_a_machine_is_in_the_tree() -> None:
    assert check_tree.main() == 0


SKIPPING = {
    "a test": "import pytest\n\n@pytest.mark.skip(reason='not today')\ndef test_one(): pass\n",
    "a module": "import pytest\n\npytest.skip('not here', allow_module_level=True)\n",
}


@pytest.mark.parametrize("source", SKIPPING.values(), ids=SKIPPING)
@pytest.mark.parametrize(("ci", "passes"), [("true", False), ("", True)])
def test_ci_takes_a_skip_for_a_failure(tmp_path: Path, source: str, ci: str, passes: bool) -> None:
    (tmp_path / "test_skipping.py").write_text(f"{source}\n\ndef test_two(): pass\n")
    (tmp_path / "test_passing.py").write_text("def test_three(): pass\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CI": ci}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.conftest",
        "-p",
        "no:cacheprovider",
        str(tmp_path),
    ]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (run.returncode == 0) is passes, run.stdout
    assert ("CI skips nothing" in run.stdout) is not passes
