"""The facts of a job as the library's client states them, in the forms that queuetrace promises."""
import re
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def milliseconds(text):
    """Of RFC 3339 in any zone; Go writes up to nine digits of a second."""
    if text is None:
        return None
    text = re.sub(r"(\.\d{6})\d+", r"\1", text.replace("Z", "+00:00"))
    text = re.sub(r"\.(\d{1,5})(?=[+-])", lambda digits: "." + digits[1].ljust(6, "0"), text)
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1)


def job_facts(job, made):
    errors = job["errors"] or []
    metadata = job["metadata"]
    return {
        "queue": job["queue"],
        "kind": job["kind"],
        "native_state": job["state"],
        "state": made["state"],
        "priority": job["priority"],
        "attempts": job["attempt"],
        "max_attempts": job["max_attempts"],
        "created_at": milliseconds(job["created_at"]),
        "scheduled_at": milliseconds(job["scheduled_at"]),
        "started_at": milliseconds(job["attempted_at"]),
        "finished_at": milliseconds(job["finalized_at"]),
        "worker": (job["attempted_by"] or [None])[-1],
        "payload": job["args"],
        "result": metadata.get("output"),
        "error": errors[-1]["error"] if errors else None,
        "trace_id": made.get("trace_id"),
        "trace_status": "w3c" if made.get("trace_id") else "absent",
        "extra.tags": job["tags"] or None,
        "extra.clients": job["attempted_by"] or None,
        "extra.errors": [[error["attempt"], error["error"]] for error in errors],
    }


def shown_facts(record, facts):
    """What queuetrace's record says for each field of `facts`; null for what it leaves out."""
    said = {}
    for field in facts:
        outer, _, inner = field.partition(".")
        value = record.get(outer)
        if inner:
            value = (value or {}).get(inner)
        said[field] = milliseconds(value) if field.endswith("_at") else value
    said["extra.errors"] = [[error["attempt"], error["error"]] for error in said["extra.errors"] or []]
    return said
