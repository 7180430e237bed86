"""A real Jaeger, built from its Go module (jaeger/go.mod), without its pages."""
import json
import os
import subprocess

from redis_server import free_port
from span_server import CannotBeHad, SpanServer, StoredSpan

HERE = os.path.dirname(os.path.abspath(__file__))
VERSION = "1.76.0"
OTLP_KINDS = {"SERVER": 2, "CLIENT": 3, "PRODUCER": 4, "CONSUMER": 5}


def program(target):
    """The all-in-one server below `target`; built once, in some minutes."""
    path = os.path.join(target, "jaeger", f"all-in-one-{VERSION}")
    if not os.path.exists(path):
        environment = {**os.environ, "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local"}
        try:
            subprocess.run(["go", "build", "-ldflags=-s -w", "-o", path, "github.com/jaegertracing/jaeger/cmd/all-in-one"],
                           check=True, cwd=os.path.join(HERE, "jaeger"), env=environment, timeout=3600)
        except (OSError, subprocess.SubprocessError) as problem:
            raise CannotBeHad(f"Jaeger cannot be built (needs Go and its modules): {problem}") from None
    return path


class Jaeger(SpanServer):
    name = f"Jaeger {VERSION}"
    ready = "/api/services"

    def __init__(self, target):
        self.program = program(target)
        self.query, self.otlp = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.query}"
        self.collector = f"http://127.0.0.1:{self.otlp}"
        self.configuration = f'default_trace_viewer = "jaeger"\njaeger_base_url = "{self.url}"\n'
        self.endpoint = ["--endpoint", self.collector]

    def command(self):
        listeners = {"query.http-server.host-port": self.query, "collector.otlp.http.host-port": self.otlp}
        for unused in ("admin.http.host-port", "query.grpc-server.host-port", "collector.http-server.host-port",
                       "collector.grpc-server.host-port", "collector.otlp.grpc.host-port"):
            listeners[unused] = free_port()
        return ([self.program, "--log-level=error", *(f"--{name}=127.0.0.1:{port}" for name, port in listeners.items())],
                {"PATH": os.environ["PATH"], "SPAN_STORAGE_TYPE": "memory", "JAEGER_DISABLED": "true", "GOMAXPROCS": "2"})

    def write(self, spans):
        self.ask(self.collector + "/v1/traces", json.dumps(as_otlp(spans)).encode())

    def spans_of(self, trace):
        answer = json.loads(self.ask(f"/api/traces/{trace}") or '{"data": []}')
        return {span["spanID"]: stored(span) for one in answer["data"] for span in one["spans"]}


def stored(span):
    """A span of the query API."""
    tags = {tag["key"]: tag["value"] for tag in span["tags"]}
    parents = [one["spanID"] for one in span["references"] if one["refType"] == "CHILD_OF" and one["traceID"] == span["traceID"]]
    return StoredSpan(span["operationName"], parents[0] if parents else None, tags.get("span.kind", "internal"),
                      tags.get("error") is True, tags)


def as_otlp(spans):
    """Spans in Zipkin's JSON as a request of OTLP."""
    def attribute(name, value):
        return {"key": name, "value": {"stringValue": value}}

    def nanoseconds(microseconds):
        return str(microseconds * 1000)

    made = [{"traceId": span["traceId"], "spanId": span["id"], "parentSpanId": span.get("parentId", ""), "name": span["name"],
             "kind": OTLP_KINDS[span["kind"]], "startTimeUnixNano": nanoseconds(span["timestamp"]),
             "endTimeUnixNano": nanoseconds(span["timestamp"] + span["duration"]),
             "attributes": [attribute(name, value) for name, value in span["tags"].items() if name != "error"],
             "status": {"code": 2, "message": span["tags"]["error"]} if "error" in span["tags"] else {}} for span in spans]
    service = spans[0]["localEndpoint"]["serviceName"]
    return {"resourceSpans": [{"resource": {"attributes": [attribute("service.name", service)]}, "scopeSpans": [{"spans": made}]}]}
