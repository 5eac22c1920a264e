"""Addresses that came from outside and to which we are asked to send somebody."""

from urllib.parse import urlsplit


def own_path(text: str | None) -> str | None:
    """The address when it is a path of this site, else None: nobody is sent away from here."""
    if not text or not text.startswith("/") or text.startswith("//"):
        return None
    # Browsers read a backslash as a slash and drop tabs and line ends, so `/\evil` would leave the site.
    if "\\" in text or any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in text):
        return None
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else None
