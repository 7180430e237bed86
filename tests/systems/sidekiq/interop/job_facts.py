"""The facts of a job as the library states them, in the forms that queuetrace promises."""
from datetime import datetime, timezone

STATES = {"queue": "pending", "schedule": "scheduled", "retry": "retrying", "dead": "dead", "work": "running"}


def seconds(text):
    if text is None:
        return None
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc).timestamp(), 3)


def attempts_of(job):
    begun = (job["retry_count"] + 1) if job["retry_count"] is not None else 0
    return begun + (job["place"] == "work")


def most_attempts_of(job):
    if job["retry"] is True:
        return 26
    return 1 if job["retry"] is False else job["retry"] + 1


def job_facts(job, made):
    error = job["error_class"] and f"{job['error_class']}: {job['error_message']}"
    score = job.get("score")
    return {
        "queue": job["queue"],
        "kind": job["kind"],
        "native_state": job["place"],
        "state": STATES[job["place"]],
        "attempts": attempts_of(job),
        "max_attempts": most_attempts_of(job),
        "created_at": round(job["created_at"], 3),
        "scheduled_at": round(score, 3) if job["place"] in ("schedule", "retry") else None,
        "started_at": job.get("started_at"),
        "finished_at": round(score, 3) if job["place"] == "dead" else None,
        "worker": job.get("worker"),
        "error": error,
        "payload": job["payload"],
        "trace_id": made.get("trace_id"),
        "trace_status": "w3c" if made.get("trace_id") else "absent",
    }


def shown_facts(record, facts):
    """What queuetrace's record says for each field of `facts`; null for what it leaves out."""
    said = {}
    for field, expected in facts.items():
        value = record.get(field)
        if field.endswith("_at"):
            value = seconds(value)
            # Milliseconds are cut, not rounded.
            if value is not None and expected is not None and abs(value - expected) < 0.002:
                value = expected
        said[field] = value
    return said
