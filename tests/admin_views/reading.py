"""What a page of the panel says."""

import re


def error_at(page: str, field: str) -> str:
    """What is said beside a field."""
    found = re.search(rf'id="{field}-error">.*?<span>(.*?)</span>', page, re.DOTALL)
    assert found, f"nothing is said beside {field}"
    return found[1].strip()
