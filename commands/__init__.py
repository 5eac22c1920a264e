"""The command line: `flask --app app <command>`. The fourth face of the product, as thin as the others."""

from flask import Flask

from commands import administrator, audit_log, demo, geography, operator


def init_app(app: Flask) -> None:
    """Every command of the product."""
    app.cli.add_command(administrator.create_admin)
    app.cli.add_command(audit_log.audit_log)
    app.cli.add_command(demo.demo)
    app.cli.add_command(geography.geography)
    app.cli.add_command(operator.operator)
