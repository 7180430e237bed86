"""The facts of a task as Django's model states them, in the forms that queuetrace promises."""
from datetime import datetime, timezone

NOT_ASKED_FOR = 9999  # the year of tasks without a time of their own
STATES = {"RUNNING": "running", "SUCCESSFUL": "completed", "SUCCEEDED": "completed", "FAILED": "dead"}


def moment(text):
    """Whole milliseconds."""
    return text and int(datetime.fromisoformat(text).timestamp() * 1000 + 1e-6)


def due_of(job):
    time = job["run_after"] and datetime.fromisoformat(job["run_after"])
    return None if time is None or time.year == NOT_ASKED_FOR else time


def state_of(job):
    due = due_of(job)
    if job["status"] not in STATES:
        return "scheduled" if due and due > datetime.now(timezone.utc) else "pending"
    return STATES[job["status"]]


def job_facts(job):
    due = due_of(job)
    return {
        "queue": job["queue"],
        "kind": job["kind"],
        "state": state_of(job),
        "native_state": job["status"],
        "priority": job["priority"],
        "attempts": len(job["workers"]),
        "worker": job["workers"][-1] if job["workers"] else None,
        "created_at": moment(job["enqueued_at"]),
        "scheduled_at": due and moment(due.isoformat()),
        "started_at": moment(job["started_at"]),
        "finished_at": moment(job["finished_at"]),
        "payload": job["payload"],
        "result": job["result"],
        "error": job["traceback"] or None,
    }


def shown_facts(record, facts):
    """What queuetrace's record says for each field of `facts`; null for what it leaves out."""
    return {field: moment(record.get(field)) if field.endswith("_at") else record.get(field) for field in facts}
