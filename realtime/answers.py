"""Answers to commands: what was asked, or a typed refusal in the person's language."""

from typing import Any

from flask_babel import gettext as _

from actions.errors import AlreadyTaken, Invalid, TooFast
from policy.errors import DomainError

HTTP_STATUS = {
    "malformed": 400,
    "unauthorised": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "already_taken": 409,
    "closed": 409,
    "not_now": 409,
    "too_large": 413,
    "invalid": 422,
    "too_fast": 429,
    "internal": 500,
}


def refusal(error: DomainError) -> dict[str, Any]:
    """The answer to a command that was refused."""
    code = error.code if error.code in HTTP_STATUS else "not_now"
    answer: dict[str, Any] = {"ok": False, "error": code, "message": _words(code)}
    if isinstance(error, TooFast):
        answer["retry_after"] = round(error.retry_after, 1)
    if isinstance(error, AlreadyTaken) and error.operator:
        answer["operator"] = error.operator
        answer["message"] = _("%(name)s has already taken this chat.", name=error.operator)
    if isinstance(error, Invalid):
        answer["fields"] = {name: _field_words(name, wrong) for name, wrong in error.fields.items()}
    return answer


def failure() -> dict[str, Any]:
    """The answer when it was our fault: nothing was stored, so the same command may come again."""
    return {"ok": False, "error": "internal", "message": _words("internal")}


def status_of(answer: dict[str, Any]) -> int:
    return 200 if answer["ok"] else HTTP_STATUS[answer["error"]]


def _words(code: str) -> str:
    words: dict[str, str] = {
        "malformed": _("The request is not understood."),
        "unauthorised": _("Please sign in again."),
        "forbidden": _("You may not do this."),
        "not_found": _("There is no such chat."),
        "conflict": _("Another message was already sent under this name."),
        "already_taken": _("Somebody else has already taken this chat."),
        "closed": _("This chat has ended."),
        "not_now": _("This is not possible now."),
        "too_large": _("This is too long."),
        "invalid": _("Please correct what is marked."),
        "too_fast": _("Too fast. Please wait a moment."),
        "internal": _("Something went wrong on our side. Please try again."),
    }
    return words[code]


def _field_words(name: str, wrong: str) -> str:
    known: dict[tuple[str, str], str] = {
        ("operator", "not_found"): _("There is no such operator."),
        ("operator", "same"): _("This operator already has the chat."),
        ("operator", "offline"): _("This operator is offline."),
        ("operator", "not_online"): _("Only an operator who is online can be disconnected."),
        ("department", "not_found"): _("There is no such department."),
        ("email", "invalid"): _("This does not look like an e-mail address."),
        ("phone", "invalid"): _("This does not look like a phone number."),
    }
    otherwise: str = _("Please fill in this field.") if wrong == "required" else _("This value does not fit.")
    return known.get((name, wrong), otherwise)
