"""What was found, held against the bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Bar:
    """A number that the product has to reach: at least so much, or at most."""

    name: str
    words: str
    target: float
    is_floor: bool = True

    def holds(self, value: float) -> bool:
        return value >= self.target if self.is_floor else value <= self.target


@dataclass(frozen=True, slots=True)
class Finding:
    """A measured value of a bar, and in words what it was made of."""

    bar: Bar
    value: float
    detail: str = ""

    @property
    def is_met(self) -> bool:
        return self.bar.holds(self.value)


def ratio(name: str, words: str, target: float, ours: Sequence[float], theirs: Sequence[float]) -> Finding:
    """The median of the rounds' ratios: what disturbs a round disturbs both of its sides."""
    bar = Bar(name, words, target)
    rounds = [own / other for own, other in zip(ours, theirs, strict=True)]
    return Finding(bar, median(rounds), f"{median(ours):,.0f} / {median(theirs):,.0f} a second")


def print_table(findings: Sequence[Finding]) -> None:
    """One line per bar: what was measured, what is asked, and whether it is reached."""
    print(f"\n{'bar':7} {'measured':>10} {'asked':>11}         what")
    for finding in findings:
        sign = "≥" if finding.bar.is_floor else "≤"
        asked = f"{sign} {finding.bar.target:,.10g}"
        verdict = "pass" if finding.is_met else "short"
        detail = f" ({finding.detail})" if finding.detail else ""
        print(
            f"{finding.bar.name:7} {finding.value:>10,.4g} {asked:>11}  {verdict:5}  {finding.bar.words}{detail}"
        )
