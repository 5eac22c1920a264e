"""What a token may do: the first call that somebody tries."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from policy.times import iso_time
from web.api.access import caller, for_tokens


@for_tokens()
def show_token() -> ResponseReturnValue:
    """The token itself: name, scopes, times."""
    token = caller()
    return jsonify(
        ok=True,
        token={
            "name": token.name,
            "mark": token.mark,
            "scopes": token.scopes,
            "created_at": iso_time(token.created_at),
            "expires_at": iso_time(token.expires_at),
        },
    )
