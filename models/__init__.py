"""What is stored, and read queries over it."""

from models.api_tokens import ApiToken, TokenState
from models.audit import ActorKind, AuditEntry, AuditKind
from models.base import Base, db
from models.categories import Category
from models.chats import AuthorKind, Chat, ChatStep, Message
from models.departments import Department
from models.operators import Operator, OperatorPresence, OperatorSession, SignInAttempt, StatusChange
from models.outbox import OutboxItem, OutboxKind, OutboxState
from models.password_links import LinkKind, PasswordLink
from models.placements import Placement
from models.second_factors import RecoveryCode, SecondFactor
from models.settings import Settings
from models.visitors import PageView, Visitor, VisitorPresence
from models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "ActorKind",
    "ApiToken",
    "AuditEntry",
    "AuditKind",
    "AuthorKind",
    "Base",
    "Category",
    "Chat",
    "ChatStep",
    "Department",
    "LinkKind",
    "Message",
    "Operator",
    "OperatorPresence",
    "OperatorSession",
    "OutboxItem",
    "OutboxKind",
    "OutboxState",
    "PageView",
    "PasswordLink",
    "Placement",
    "RecoveryCode",
    "SecondFactor",
    "Settings",
    "SignInAttempt",
    "StatusChange",
    "TokenState",
    "Visitor",
    "VisitorPresence",
    "Webhook",
    "WebhookDelivery",
    "db",
]
