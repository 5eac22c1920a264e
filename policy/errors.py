"""The one root of everything that the product refuses to do."""


class DomainError(Exception):
    """A refusal with a stable `code`; the edges turn the code into words and a status."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
