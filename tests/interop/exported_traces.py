"""A trace of the demo's incident, rebuilt from its jobs and sent to a span store: it must be found there, once."""
import os
import subprocess
import tempfile

from differences import Differences
from queuetrace import Queuetrace

ORDER = "order-12345"


def compare(store, binary):
    """Exports to the store, asks it for the spans, exports again."""
    differences = Differences()
    with tempfile.TemporaryDirectory() as folder:
        demo = os.path.join(folder, "demo.db")
        subprocess.run([binary, "demo", demo], env={"HOME": folder, "PATH": os.environ["PATH"]}, check=True, capture_output=True)
        queuetrace = Queuetrace(binary, "sqlite:" + demo, store.configuration)
        jobs = [node for node in queuetrace.document("trace", "show", ORDER)["nodes"] if node.get("found", True)]
        export = ["trace", "export", ORDER, *store.endpoint]
        sent = queuetrace.document(*export)["traces"]
        compare_stored(differences, store, sent, jobs)
        compare_read_back(differences, queuetrace, sent, jobs)

        differences.same("a second time", 6, queuetrace.run(*export).returncode)
        copies = queuetrace.document(*export, "--fresh-id")["traces"]
        differences.same("copies", len(sent), len(copies))
        for old, new in zip(sent, copies):
            differences.same("the trace a copy is of", old["trace_id"], new["original_trace_id"])
            for trace in (old, new):
                differences.same(f"spans of {trace['trace_id']} in the end", old["spans"],
                                 len(store.wait_for(trace["trace_id"], old["spans"])))
    return differences


def compare_stored(differences, store, sent, jobs):
    """What the store has of the traces."""
    differences.same("jobs", len(jobs), sum(trace["jobs"] for trace in sent))
    stored = {}
    for trace in sent:
        spans = store.wait_for(trace["trace_id"], trace["spans"])
        differences.same(f"spans of {trace['trace_id']}", trace["spans"], len(spans))
        stored.update(spans)
    of_jobs = {span.attributes.get("messaging.message.id"): span for span in stored.values() if span.kind == "consumer"}
    differences.same("a consumer span for each job", sorted(job["id"] for job in jobs), sorted(of_jobs))
    differences.same("parents that are not there", [], [one for one, span in stored.items() if span.parent and span.parent not in stored])
    differences.same("spans not marked", [], [one for one, span in stored.items()
                                              if str(span.attributes.get("queuetrace.rebuilt")).lower() != "true"])
    failed = [job["id"] for job in jobs if job["state"] in ("failed", "dead")]
    differences.same("errors", sorted(failed), sorted(job for job, span in of_jobs.items() if span.error))


def compare_read_back(differences, queuetrace, sent, jobs):
    """`trace show --spans` reads the spans, and does not take them for measurements of the jobs that they were made of."""
    shown = queuetrace.document("trace", "show", ORDER, "--spans")
    differences.same("the store", [("ok", trace["trace_id"], trace["spans"], trace["spans"]) for trace in sent],
                     [(one["status"], one["trace_id"], one["spans"], one["rebuilt"]) for one in shown["span_stores"]])
    differences.same("nodes", sorted(job["ref"] for job in jobs), sorted(node["ref"] for node in shown["nodes"]))
    differences.same("clocks that differ", [], [node["ref"] for node in shown["nodes"] if "span_lag_ms" in node])
