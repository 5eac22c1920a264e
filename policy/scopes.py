"""What a program may be allowed to do over the API: each token has some of these scopes."""

import enum


class TokenScope(enum.Enum):
    """One part of the API, to be read or to be changed."""

    CHATS_READ = "chats:read"
    MESSAGES_READ = "messages:read"
    MESSAGES_WRITE = "messages:write"
    OFFLINE_READ = "offline:read"
    VISITORS_READ = "visitors:read"
    OPERATORS_READ = "operators:read"
    OPERATORS_WRITE = "operators:write"
    DEPARTMENTS_READ = "departments:read"
    STATISTICS_READ = "statistics:read"
    LEADS_READ = "leads:read"
