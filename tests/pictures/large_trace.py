"""Adds a trace of any number of jobs to a capture file: an order that fans out, with chains, failures and open jobs."""
import json
import sqlite3

TRACE = "5e1f0000000000000000000000000b16"
ERROR = "warehouse eu-west: 503 Service Unavailable after 30s (reservation of PROD-%d x 2), try again in a quarter of an hour"


def add(path, jobs):
    """Makes `jobs` jobs of the trace TRACE out of a row that the capture has."""
    capture = sqlite3.connect(path)
    capture.row_factory = sqlite3.Row
    row = dict(capture.execute("SELECT * FROM jobs WHERE state = 'completed' AND queue = 'orders' LIMIT 1").fetchone())
    position = capture.execute("SELECT max(position) FROM jobs").fetchone()[0]
    began = row["created_at"]
    for number in range(jobs):
        created = began + number * 350_000
        started = created + 40_000 + number % 13 * 90_000
        state = {5: "dead", 11: "failed", 17: "running", 23: "pending"}.get(number % 60, "completed")
        parent = None if number == 0 else (number - 1) // 3 if number % 10 else number - 1
        row.update(position=position + 1 + number, id=name(number), queue="queue-%d" % (number % 9), kind="step_%d" % (number % 31),
                   state=state, created_at=created, created_order=created, scheduled_at=None,
                   started_at=None if state == "pending" else started,
                   finished_at=None if state in ("pending", "running") else started + 200_000 + number % 7 * 400_000,
                   error=ERROR % number if state in ("dead", "failed") else None, trace_id=TRACE, trace_canonical=TRACE,
                   span_id=None, parent_span_id=None, correlation_id=None, causation_id=None, workflow_id=None, batch_id=None,
                   parents=None if parent is None else json.dumps([name(parent)]), peek_position=None, wait_ms=None, run_ms=None)
        capture.execute("INSERT INTO jobs (%s) VALUES (%s)" % (", ".join(row), ", ".join(":" + key for key in row)), row)
        if parent is not None:
            capture.execute("INSERT INTO ties VALUES (?, ?)", (name(parent), row["position"]))
    capture.commit()
    capture.close()


def name(number):
    """A UUID whose first digits differ."""
    return "%08x-0000-4000-8000-%012x" % (number * 2654435761 % (1 << 32), number)
