"""The facts of a job as the library states them, in the forms that queuetrace promises."""
import json
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
STATES = {"waiting": "pending", "prioritized": "pending", "paused": "pending", "active": "running",
          "completed": "completed", "failed": "failed", "waiting-children": "blocked"}


def milliseconds(text):
    if text is None:
        return None
    return (datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) // timedelta(milliseconds=1)


def state_of(job):
    if job["state"] == "delayed":
        return "retrying" if job.get("started_at") else "scheduled"
    return STATES[job["state"]]


def attempts_of(release, job):
    """Executions begun: from 5 on the library counts them, before it counts what was taken, Bull what failed."""
    if "attempts_started" in job:
        return job["attempts_started"]
    if not release.bull:
        return job["attempts_made"]
    return max(job["attempts_made"], 1 if job["state"] in ("active", "completed") else 0)


def trace_of(job, made):
    """What was told when it was made, or the context that the library's telemetry gave it."""
    context = json.loads(job.get("context") or "{}").get("traceparent")
    return made.get("trace_id") or (context and context.split("-")[1])


def job_facts(release, job, made):
    state = state_of(job)
    ended = state in ("completed", "failed")
    error = job.get("error") if state in ("failed", "retrying") else None
    parent = job.get("parent")
    return {
        "queue": job["queue"],
        "kind": job["kind"],
        "state": state,
        "attempts": attempts_of(release, job),
        "max_attempts": max(job.get("max_attempts") or 1, 1),
        "priority": job.get("priority") or None,
        "created_at": job["created_at"],
        "scheduled_at": job["due_at"] if state == "scheduled" else None,
        "started_at": job.get("started_at"),
        "finished_at": job.get("finished_at") if ended else None,
        "error": None if error in (None, "null") else error,
        "payload": job["payload"],
        "result": job["result"] if state == "completed" else None,
        "trace_id": trace_of(job, made),
        "causation_id": None if parent is None else release.parent(parent),
    }


def shown_facts(record, facts):
    """What queuetrace's record says for each field of `facts`; null for what it leaves out."""
    said = {}
    for field in facts:
        value = record.get(field)
        said[field] = milliseconds(value) if field.endswith("_at") else value
    if facts["state"] == "retrying":
        del said["scheduled_at"]  # the end of the back-off, which the library does not tell
    return said
