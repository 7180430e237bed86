"""The facts of messages and results as the library states them, in the forms that queuetrace promises."""
from datetime import datetime, timezone

STATES = {"SUCCESS": "completed", "FAILURE": "failed", "REVOKED": "cancelled", "RETRY": "retrying", "STARTED": "running"}


def moment(text):
    """Whole milliseconds; times without a zone are in UTC."""
    if text is None:
        return None
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    time = time if time.tzinfo else time.replace(tzinfo=timezone.utc)
    return int(time.timestamp() * 1000 + 1e-6)


def message_state(job):
    waits = job["eta"] is not None and moment(job["eta"]) > datetime.now(timezone.utc).timestamp() * 1000
    if job["place"] == "unacked" and not waits:
        return "running"
    return "retrying" if job["retries"] else "scheduled" if waits else "pending"


def message_facts(job, made):
    state = message_state(job)
    return {
        "queue": job["queue"],
        "kind": job["kind"],
        "state": state,
        "native_state": job["place"],
        "attempts": job["retries"] + (state == "running"),
        "priority": job["priority"],
        "scheduled_at": moment(job["eta"]) if state != "running" else None,
        "payload": {"args": job["args"], "kwargs": job["kwargs"]},
        "workflow_id": job["root"],
        "causation_id": job["parent"] if job["parent"] != job["id"] else None,
        "trace_id": made.get("trace_id"),
    }


def result_facts(job):
    state = STATES[job["status"]]
    ended = state in ("completed", "failed", "cancelled")
    return {
        "kind": job["kind"],
        "state": state,
        "native_state": job["status"],
        "queue": job["queue"],
        "worker": job["worker"],
        "attempts": job["retries"] + 1,
        "finished_at": moment(job["done"]) if ended else None,
        "payload": {"args": job["args"], "kwargs": job["kwargs"]},
        "result": job["result"],
        "error": job["error"],
    }


def shown_facts(record, facts):
    """What queuetrace's record says for each field of `facts`; null for what it leaves out."""
    return {field: moment(record.get(field)) if field.endswith("_at") else record.get(field) for field in facts}
