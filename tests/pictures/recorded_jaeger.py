"""A server that has the spans of the demo's order, as Jaeger 1.76 answered (tests/cli/spans), for programs whose clock stands at 2026-01-02T04:30:00Z."""
import http.server
import os
import threading

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "spans")
TRACE = "7c1e9d54b8a24f0f9e3d6a1b52c8704d"


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.path == "/api/traces/" + TRACE
        with open(os.path.join(FOLDER, "jaeger_trace.json" if found else "jaeger_not_found.json"), "rb") as file:
            body = file.read()
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class RecordedJaeger:
    """`with RecordedJaeger(path)`: a configuration file is there that names the server for its spans; links lead to the usual Jaeger."""

    def __init__(self, path):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
            file.write('[viewers.jaeger]\npreset = "jaeger"\nbase = "http://localhost:16686"\n'
                       f'spans_url = "http://127.0.0.1:{self.server.server_port}"\n')

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
