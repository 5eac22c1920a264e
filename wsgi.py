"""Entry point for gunicorn (`gunicorn -c gunicorn.conf.py wsgi:app`). Patching is the first thing it does."""

from gevent import monkey

monkey.patch_all()

from dotenv import load_dotenv  # noqa: E402  patched modules only from here on

load_dotenv()

from app import create_app  # noqa: E402
from realtime.serving import prepare_process  # noqa: E402

app = create_app()
prepare_process(app)
