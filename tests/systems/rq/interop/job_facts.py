"""The facts of a job as the library states them, in the forms that queuetrace promises."""
from datetime import datetime, timezone

STATES = {"queued": "pending", "started": "running", "scheduled": "scheduled", "deferred": "blocked", "finished": "completed",
          "failed": "failed", "canceled": "cancelled"}


def moment(text):
    """Whole milliseconds; the library's times before release 3 have no zone, and are in UTC."""
    if text is None:
        return None
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    time = time if time.tzinfo else time.replace(tzinfo=timezone.utc)
    return int(time.timestamp() * 1000 + 1e-6)


def state_of(job):
    return "retrying" if job["place"] == "scheduled" and job["started_at"] else STATES[job["place"]]


def payload_of(job):
    if job["queue"] == "plain":
        return {"args": job["args"], "kwargs": job["kwargs"]}
    return job["description"]


def error_of(job):
    """What follows the last frame of the traceback."""
    if job["error"] is None:
        return None
    lines = job["error"].strip().split("\n")
    last = max(number for number, line in enumerate(lines) if line.startswith("  "))
    return "\n".join(lines[last + 1:])


def job_facts(job, made):
    ended = job["place"] in ("finished", "failed")
    return {
        "queue": job["queue"],
        "kind": job["kind"],
        "state": state_of(job),
        "native_state": job["place"],
        "created_at": moment(job["created_at"]),
        "scheduled_at": int(job["score"] * 1000) if job["score"] else None,
        "started_at": moment(job["started_at"]),
        "finished_at": moment(job["ended_at"]) if ended else None,
        "worker": job["worker"] or None if job["started_at"] else None,
        "error": error_of(job),
        "payload": payload_of(job),
        "result": job["result"] if job["queue"] == "plain" else None,
        "parents": job["parents"] or None,
        "trace_id": made.get("trace_id"),
        "trace_status": "w3c" if made.get("trace_id") else "absent",
    }


def shown_facts(record, facts):
    """What queuetrace's record says for each field of `facts`; null for what it leaves out. A pickled result is bytes."""
    said = {field: moment(record.get(field)) if field.endswith("_at") else record.get(field) for field in facts}
    if facts["payload"] != said["payload"] or facts["queue"] != "plain":
        said["result"] = said["result"] if facts["queue"] == "plain" else None
    return said
