"""A real Jaeger whose first query API is hidden, as the releases after 2.20 no longer have it: only /api/v3 answers."""
import http.server
import threading
import urllib.error
import urllib.request

from jaeger import Jaeger


class OnlyThird(http.server.BaseHTTPRequestHandler):
    """Hands on what is asked below /api/v3; anything else gets what these releases say of it: 404."""

    def do_GET(self):
        status, body = 404, b"404 page not found\n"
        if self.path.startswith("/api/v3/"):
            try:
                with urllib.request.urlopen(self.server.behind + self.path, timeout=20) as answer:
                    status, body = answer.status, answer.read()
            except urllib.error.HTTPError as answer:
                status, body = answer.code, answer.read()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class JaegerThirdApi(Jaeger):
    name = Jaeger.name + " with API v3 only"

    def __init__(self, target):
        super().__init__(target)
        self.front = http.server.ThreadingHTTPServer(("127.0.0.1", 0), OnlyThird)
        self.front.behind = self.url
        address = f"http://127.0.0.1:{self.front.server_port}"
        self.configuration = f'default_trace_viewer = "jaeger"\njaeger_base_url = "{address}"\n'

    def __enter__(self):
        threading.Thread(target=self.front.serve_forever, daemon=True).start()
        return super().__enter__()

    def __exit__(self, *words):
        super().__exit__(*words)
        self.front.shutdown()
        self.front.server_close()
