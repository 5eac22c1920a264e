"""A website of somebody else, on an origin of its own: whatever pages and headers the test gives it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

SNIPPET = """<!-- webim button generation date: 2015-02-12 version: 8.12.42 -->
<a class="webim_button" href="#" rel="webim"></a>
<script type="text/javascript"{nonce}>

webim = {{
  accountName: "company",
  domain: "company.example"{more}
}};
(function () {{
  var s = document.createElement("script");
  s.type = "text/javascript";
  s.src = "{server}/js/button.js";
  document.getElementsByTagName("head")[0].appendChild(s);
}})();
</script>"""


def snippet(server: str, *, nonce: str = "", **options: str) -> str:
    """The manual's snippet with only the host changed."""
    more = "".join(f',\n  {name}: "{value}"' for name, value in options.items())
    return SNIPPET.format(server=server, more=more, nonce=f' nonce="{nonce}"' if nonce else "")


class Site:
    """Serves `pages` (path → HTML) with `headers` on a free port until the end of the block."""

    def __init__(self, pages: dict[str, str], headers: dict[str, str] | None = None) -> None:
        site = self
        self.pages, self.headers = pages, headers or {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                html = site.pages.get(self.path.partition("?")[0])
                body = (html or "").encode()
                self.send_response(200 if html is not None else 404)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **site.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
