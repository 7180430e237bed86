"""Spans in a span store and jobs in a real Redis: queuetrace must join them as they belong together, and find the trace again."""
import json
import time

from differences import Differences
from queuetrace import Queuetrace
from redis_server import RedisServer

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def jobs_and_spans(now):
    """Three jobs of one request: one ran in a span that names it, one in the span that it stores, one was not sampled."""
    def job(number, span):
        created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now - 60))
        return {"id": f"job-{number:04}-of-the-interop", "filepath": f"/data/{number}", "filesize": 1, "priority": "high", "retries": 0,
                "creation_time": created, "trace_id": TRACE, "span_id": span}

    def span(number, parent, kind, name, begin, length, **tags):
        made = {"traceId": TRACE, "id": f"{number:016x}", "kind": kind, "name": name, "timestamp": int((now - 60 + begin) * 1e6),
                "duration": int(length * 1e6), "localEndpoint": {"serviceName": "interop"}, "tags": tags}
        return {**made, "parentId": f"{parent:016x}"} if parent else made

    jobs = [job(1, f"{0x02:016x}"), job(2, f"{0x05:016x}"), job(3, f"{0x99:016x}")]
    spans = [span(1, 0, "SERVER", "post /upload", 0, 2, **{"order.id": "4711"}),
             span(2, 1, "PRODUCER", "send", 0.1, 0.01, **{"messaging.message.id": jobs[0]["id"]}),
             span(3, 2, "CONSUMER", "process", 5, 3, **{"messaging.message.id": jobs[0]["id"]}),
             span(4, 3, "CLIENT", "put", 6, 1, error="disk full"),
             span(5, 1, "CONSUMER", "process", 7, 1)]
    return jobs, spans


def compare(store, binary):
    """Writes jobs and spans, and holds what `trace show --spans` and `trace search` say against what was written."""
    jobs, spans = jobs_and_spans(time.time())
    with RedisServer() as redis:
        for job in jobs:
            redis.ask(0, "RPUSH", "jobqueue:completed", json.dumps(job))
        store.write(spans)
        store.wait_for(TRACE, len(spans))
        queuetrace = Queuetrace(binary, f"redis://127.0.0.1:{redis.port}/0", store.configuration)
        differences = Differences()
        compare_tree(differences, queuetrace, jobs, spans)
        compare_search(differences, queuetrace, spans)
    return differences


def compare_tree(differences, queuetrace, jobs, spans):
    shown = queuetrace.document("trace", "show", TRACE, "--spans")
    nodes = {node["ref"].rsplit("/")[-1]: node for node in shown["nodes"]}
    first, second, third = (nodes[job["id"]] for job in jobs)
    same = differences.same
    same("spans", len(spans), shown["trace"]["spans"])
    same("errors", 1, shown["trace"]["failed_spans"])
    same("the first job's span", (f"{3:016x}", "attribute"), (first["span"]["span_id"], first["span_tie"]))
    same("what made it", f"span:{2:016x}", first["made_in"])
    same("how long after that it ran", 4900, round(first["after_maker_ms"]))
    same("the second job's span", (f"{5:016x}", "span-id"), (second["span"]["span_id"], second["span_tie"]))
    same("the third job's span", False, third.get("span_found"))
    same("below the first job", first["ref"], nodes[f"span:{4:016x}"]["parent_ref"])
    same("the store", "ok", shown["span_stores"][0]["status"])


def compare_search(differences, queuetrace, spans):
    def found(*words):
        traces = queuetrace.document("trace", "search", *words, "--since", "1h")["traces"]
        return [(one["trace_id"], one["name"], one["spans"], one["errors"]) for one in traces]

    whole = [(TRACE, "post /upload", len(spans), 1)]
    differences.same("traces with the tag", whole, found("--tag", "order.id=4711"))
    differences.same("traces with the tag, of the service", whole, found("--tag", "order.id=4711", "--service", "interop"))
    differences.same("traces with another value", [], found("--tag", "order.id=471"))
