"""The facts of a job as the library states them, in the forms that queuetrace promises."""
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
STATES = {"queue": "pending", "delayed": "scheduled", "working": "running", "failed": "failed"}
FIRST_TRY_FAILED = ("goes on later",)


def milliseconds(text):
    if text is None:
        return None
    return (datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) // timedelta(milliseconds=1)


def name_of(job):
    """Jobs have no ids; the first argument of each is a name of its own."""
    return job["args"][0]


def state_of(job):
    return "retrying" if name_of(job) in FIRST_TRY_FAILED else STATES[job["place"]]


def error_of(job):
    if state_of(job) == "retrying":
        return "Error: not this time"
    words = [job[member] for member in ("exception", "error") if job.get(member)]
    return ": ".join(words) or None


def trace_of(job):
    for argument in job["args"]:
        if isinstance(argument, dict) and "traceparent" in argument:
            return argument["traceparent"].split("-")[1]
    return None


def job_facts(job):
    return {
        "queue": job["queue"],
        "kind": job["kind"],
        "state": state_of(job),
        "native_state": job["place"],
        "attempts": 1 if state_of(job) == "retrying" else None,
        "payload": job["args"],
        "error": error_of(job),
        "scheduled_at": job.get("due_at"),
        "started_at": job.get("started_at"),
        "finished_at": job.get("failed_at"),
        "trace_id": trace_of(job),
    }


def shown_facts(record, facts):
    """What queuetrace's record says for each field of `facts`; null for what it leaves out."""
    return {field: milliseconds(record.get(field)) if field.endswith("_at") else record.get(field) for field in facts}
