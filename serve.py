"""The embedded server: one process with everything inside. Patching is the first thing it does."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402  patched modules only from here on

from dotenv import load_dotenv  # noqa: E402

load_dotenv()

import logs  # noqa: E402
from app import create_app  # noqa: E402
from commands.upgrade import upgrade_embedded  # noqa: E402
from config import BadConfiguration  # noqa: E402
from realtime.serving import serve  # noqa: E402
from web import first_run  # noqa: E402
from web.demo_shop import create_shop  # noqa: E402


def main() -> None:
    """Serve Otvet; with --with-shop also the demo's shop, on a port and so an origin of its own."""
    try:
        app = create_app()
    except BadConfiguration as error:
        sys.exit(f"Otvet cannot start: {error}.")
    logs.configure(app.config["OTVET"].log_level)
    upgrade_embedded(app)
    with app.app_context():
        first_run.announce()
    config = app.config["OTVET"]
    serve(app, create_shop(config) if "--with-shop" in sys.argv[1:] else None)


if __name__ == "__main__":
    main()
