"""The facts of a job as the library and its table of events state them, in the forms that queuetrace promises."""
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
ENDS = ("succeeded", "failed", "cancelled", "aborted")


def milliseconds(text):
    if text is None:
        return None
    return (datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) // timedelta(milliseconds=1)


def last(events, *types):
    """The time of the newest event of these types, the place it has in the history."""
    return next(((event["at"], place) for place, event in reversed(list(enumerate(events))) if event["type"] in types),
                (None, -1))


def job_facts(job, events, made):
    started, start = last(events, "started")
    ended, end = last(events, *ENDS)
    final = job["status"] in ENDS
    return {
        "queue": job["queue"],
        "kind": job["kind"],
        "native_state": job["status"],
        "state": made["state"],
        "priority": job["priority"],
        "attempts": sum(event["type"] == "started" for event in events),
        "created_at": milliseconds(next(event["at"] for event in events if event["type"] == "deferred")),
        "scheduled_at": milliseconds(job["scheduled_at"]),
        "started_at": milliseconds(started),
        "finished_at": milliseconds(ended) if final and end > start else None,
        "worker": None if job["worker"] is None else str(job["worker"]),
        "payload": job["payload"],
        "trace_id": made.get("trace_id"),
        "parent_span_id": made.get("span_id"),
        "trace_status": "w3c" if made.get("trace_id") else "absent",
        "extra.lock": job["lock"],
        "extra.queueing_lock": job["queueing_lock"],
        "extra.stored_attempts": job["attempts"],
        "extra.abort_requested": job["abort_requested"] or None,
        "extra.events": [[event["type"], milliseconds(event["at"])] for event in events],
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
    said["extra.events"] = [[event["type"], milliseconds(event["at"])] for event in said["extra.events"] or []]
    return said
