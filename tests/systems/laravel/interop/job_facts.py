"""The facts of a job as Laravel's tables state them, in the forms that queuetrace promises."""
import json
import time
from datetime import datetime, timezone


def moment(text):
    """Whole milliseconds; times without a zone are in UTC."""
    if text is None:
        return None
    given = datetime.fromisoformat(text.replace("Z", "+00:00"))
    given = given if given.tzinfo else given.replace(tzinfo=timezone.utc)
    return int(given.timestamp() * 1000 + 1e-6)


def milliseconds(seconds):
    return None if seconds is None else seconds * 1000


def job_facts(job):
    payload = json.loads(job["payload"])
    facts = {"queue": job["queue"], "kind": payload["displayName"], "max_attempts": payload["maxTries"], "payload": payload}
    if job["view"] == "failed":
        return {**facts, "state": "dead", "native_state": "failed", "finished_at": moment(job["failed_at"]), "error": job["exception"]}
    waits = "scheduled" if job["available_at"] > time.time() else "pending"
    return {
        **facts,
        "state": "running" if job["reserved_at"] else waits,
        "native_state": "reserved" if job["reserved_at"] else "available",
        "attempts": job["attempts"],
        "created_at": milliseconds(job["created_at"]),
        "scheduled_at": milliseconds(job["available_at"]),
        "started_at": milliseconds(job["reserved_at"]),
    }


def shown_facts(record, facts):
    """What queuetrace's record says for each field of `facts`; null for what it leaves out."""
    return {field: moment(record.get(field)) if field.endswith("_at") else record.get(field) for field in facts}
