"""The embedded server: one process with everything inside. Patching is the first thing it does."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402  patched modules only from here on

from dotenv import load_dotenv  # noqa: E402

load_dotenv()

from app import create_app  # noqa: E402
from realtime.serving import serve  # noqa: E402

if __name__ == "__main__":
    serve(create_app(), with_shop="--with-shop" in sys.argv[1:])
