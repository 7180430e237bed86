"""A real Zipkin, its own jar from Maven Central."""
import json
import os
import subprocess

from redis_server import free_port
from span_server import CannotBeHad, SpanServer, StoredSpan

VERSION = "3.5.1"


def jar(target):
    """The executable jar below `target`; fetched once."""
    folder = os.path.join(target, "zipkin")
    path = os.path.join(folder, f"zipkin-server-{VERSION}-exec.jar")
    if not os.path.exists(path):
        try:
            subprocess.run(["mvn", "-q", "-B", "dependency:copy", f"-Dartifact=io.zipkin:zipkin-server:{VERSION}:jar:exec",
                            f"-DoutputDirectory={folder}"], check=True, timeout=600)
        except (OSError, subprocess.SubprocessError) as problem:
            raise CannotBeHad(f"Zipkin cannot be fetched (needs Maven and Maven Central): {problem}") from None
    return path


class Zipkin(SpanServer):
    name = f"Zipkin {VERSION}"
    ready = "/health"

    def __init__(self, target):
        self.jar = jar(target)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.port = port
        self.configuration = f'default_trace_viewer = "zipkin"\nzipkin_base_url = "{self.url}"\n'
        self.endpoint = ["--endpoint", self.url + "/api/v2/spans"]

    def command(self):
        words = ["java", "-Xmx256m", "-jar", self.jar, f"--armeria.ports[0].port={self.port}",
                 "--armeria.ports[0].ip=127.0.0.1", "--armeria.ports[0].protocols[0]=http"]
        return words, dict(os.environ)

    def write(self, spans):
        self.ask("/api/v2/spans", json.dumps(spans).encode())

    def spans_of(self, trace):
        spans = json.loads(self.ask(f"/api/v2/trace/{trace}") or "[]")
        return {span["id"]: StoredSpan(span["name"], span.get("parentId"), span.get("kind", "INTERNAL").lower(),
                                       "error" in span.get("tags", {}), span.get("tags", {})) for span in spans}
