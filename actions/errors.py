"""What an action refuses, each with the code of the wire protocol."""

from collections.abc import Mapping

from policy.errors import DomainError


class NotFound(DomainError):
    """Does not exist, or not for this person: one and the same answer. `what` is missing: a chat or an operator."""

    def __init__(self, what: str = "chat") -> None:
        super().__init__("not_found")
        self.what = what


class Forbidden(DomainError):
    """A thing outside one's role."""

    def __init__(self) -> None:
        super().__init__("forbidden")


class Unauthorised(DomainError):
    """No identity, or one that has ended."""

    def __init__(self) -> None:
        super().__init__("unauthorised")


class Conflict(DomainError):
    """The same client_id was used for another body."""

    def __init__(self) -> None:
        super().__init__("conflict")


class ChatClosed(DomainError):
    def __init__(self) -> None:
        super().__init__("closed")


class NotNow(DomainError):
    """The chat's state or the person's status does not allow this step."""

    def __init__(self) -> None:
        super().__init__("not_now")


class AlreadyTaken(DomainError):
    """Somebody else was first; `operator` is their name, when the asker may know it."""

    def __init__(self, operator: str | None) -> None:
        super().__init__("already_taken")
        self.operator = operator


class Invalid(DomainError):
    """Fields that say something impossible: name → code of what is wrong."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("invalid")
        self.fields = dict(fields)


class TooFast(DomainError):
    """Above the rate; may be tried again in `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("too_fast")
        self.retry_after = retry_after
