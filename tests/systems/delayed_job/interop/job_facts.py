"""The facts of a job as the library's model states them, in the forms that queuetrace promises."""
from datetime import datetime, timezone


def moment(text):
    """Whole milliseconds; times without a zone are in UTC."""
    if text is None:
        return None
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    time = time if time.tzinfo else time.replace(tzinfo=timezone.utc)
    return int(time.timestamp() * 1000 + 1e-6)


def native_and_state(job):
    if job["failed_at"]:
        return "failed", "dead"
    if job["locked_at"]:
        return "locked", "running"
    if job["attempts"] > 0:
        return "ready", "retrying"
    return "ready", "scheduled" if moment(job["run_at"]) > datetime.now(timezone.utc).timestamp() * 1000 else "pending"


def job_facts(job):
    native, state = native_and_state(job)
    return {
        "queue": job["queue"] or "(none)",
        "state": state,
        "native_state": native,
        "priority": job["priority"],
        "attempts": job["attempts"],
        "worker": job["locked_by"],
        "created_at": moment(job["created_at"]),
        "scheduled_at": moment(job["run_at"]),
        "started_at": moment(job["locked_at"]),
        "finished_at": moment(job["failed_at"]),
        "payload": job["handler"],
        "error": job["last_error"],
    }


def shown_facts(record, facts):
    """What queuetrace's record says for each field of `facts`; null for what it leaves out."""
    return {field: moment(record.get(field)) if field.endswith("_at") else record.get(field) for field in facts}
