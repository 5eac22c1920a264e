"""Addresses to which the company is written."""

from email_validator import EmailNotValidError, validate_email

from policy.emails import split_addresses


def is_address(text: str) -> bool:
    """Whether a letter can be addressed so; that somebody reads it only a letter can tell."""
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def wrong_addresses(text: str) -> list[str]:
    """Whatever in the list is no address."""
    return [address for address in split_addresses(text) if not is_address(address)]
