"""Refuses what must not be in the tree: sides named left and right in styles, paths and addresses of one machine."""

import re
import subprocess  # asks git for the list of files
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GENERATED = ("static/dist/", "static/vendor/", "translations/")
BINARY_SUFFIXES = (".woff2", ".png", ".jpg", ".webp", ".ico", ".gz", ".mmdb", ".ttf", ".pdf", ".zip")

# Start and end turn with the direction of the writing; left and right do not.
PHYSICAL_SIDE = re.compile(
    r"(?:margin|padding|border)-(?:left|right)\b|border-(?:top|bottom)-(?:left|right)-radius"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)\b|(?:^|[;{\s])(?:left|right)\s*:"
)
# Positions that are physical for a reason say so on their line.
REASON = "physical:"
STYLES = (".css", ".html")

# Put together here, so that this file does not hold what it looks for.
REGISTRIES = tuple(
    ".".join(parts) for parts in (("registry", "npmjs"), ("files", "pythonhosted"), ("pypi", "org/simple"))
)
HOMES = tuple(f"/{name}/" for name in ("root", "home"))


def machine_traces() -> tuple[str, ...]:
    """Texts that only this machine or a package registry would put into a file."""
    places = {
        f"{place}/"
        for place in (ROOT, ROOT.parent, Path.home())
        if len(place.parts) > 1 and place.name != "tmp"
    }
    return (*sorted(places), *HOMES, *REGISTRIES)


def tracked() -> Iterator[str]:
    """The text files that git knows or would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in sorted(set(listed.splitlines())):
        if not name.endswith(BINARY_SUFFIXES) and (ROOT / name).is_file():
            yield name


def faults_of(name: str, text: str, traces: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with one file, with the line."""
    sides_matter = name.endswith(STYLES) and not name.startswith(GENERATED)
    for number, line in enumerate(text.splitlines(), start=1):
        if sides_matter and PHYSICAL_SIDE.search(line) and REASON not in line:
            yield f"{name}:{number}: a physical side in a style, use inline-start and inline-end"
        for trace in traces:
            if trace in line:
                yield f"{name}:{number}: a path of this machine or a registry's address: {trace}"


def main() -> int:
    """Print every fault; 1 when there is one."""
    traces = machine_traces()
    found = [
        fault
        for name in tracked()
        for fault in faults_of(name, (ROOT / name).read_text(encoding="utf-8"), traces)
    ]
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
