"""Answers to commands: what was asked, or a typed refusal in the person's language."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from actions.errors import AlreadyTaken, Invalid, NotFound, TooFast
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
# Lazy: only the words that are said are looked up, in the language of who hears them.
_WORDS = {
    "malformed": _l("The request is not understood."),
    "unauthorised": _l("Please sign in again."),
    "forbidden": _l("You may not do this."),
    "not_found": _l("There is no such chat."),
    "conflict": _l("Another message was already sent under this name."),
    "already_taken": _l("Somebody else has already taken this chat."),
    "closed": _l("This chat has ended."),
    "not_now": _l("This is not possible now."),
    "too_large": _l("This is too long."),
    "invalid": _l("Please correct what is marked."),
    "too_fast": _l("Too fast. Please wait a moment."),
    "internal": _l("Something went wrong on our side. Please try again."),
}
_FIELD_WORDS = {
    ("operator", "not_found"): _l("There is no such operator."),
    ("operator", "same"): _l("This operator already has the chat."),
    ("operator", "offline"): _l("This operator is offline."),
    ("operator", "not_online"): _l("Only an operator who is online can be disconnected."),
    ("department", "not_found"): _l("There is no such department."),
    ("email", "invalid"): _l("This does not look like an e-mail address."),
    ("phone", "invalid"): _l("This does not look like a phone number."),
}


def refusal(error: DomainError) -> dict[str, Any]:
    """The answer to a command that was refused."""
    code = error.code if error.code in HTTP_STATUS else "not_now"
    answer: dict[str, Any] = {"ok": False, "error": code, "message": _words(code)}
    if isinstance(error, NotFound) and error.what != "chat":
        answer["message"] = _field_words(error.what, code)
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
    return str(_WORDS[code])


def _field_words(name: str, wrong: str) -> str:
    otherwise = _l("Please fill in this field.") if wrong == "required" else _l("This value does not fit.")
    return str(_FIELD_WORDS.get((name, wrong), otherwise))
