"""The facts of a message as the transport's table states them, in the forms that queuetrace promises."""
import json
from datetime import datetime, timezone


def moment(text):
    """Whole milliseconds; times without a zone are in UTC."""
    if text is None:
        return None
    given = datetime.fromisoformat(text.replace("Z", "+00:00"))
    given = given if given.tzinfo else given.replace(tzinfo=timezone.utc)
    return int(given.timestamp() * 1000 + 1e-6)


def state_of(job):
    if job["delivered_at"]:
        return "running"
    if moment(job["available_at"]) > datetime.now(timezone.utc).timestamp() * 1000:
        return "scheduled"
    return "dead" if job["queue_name"] == "failed" else "pending"


def body_of(job):
    """JSON, or what PHP serialised, as text."""
    try:
        return json.loads(job["body"])
    except ValueError:
        return job["body"]


def job_facts(job):
    headers = json.loads(job["headers"])
    return {
        "queue": job["queue_name"],
        "kind": headers["type"] if headers else None,
        "state": state_of(job),
        "native_state": "delivered" if job["delivered_at"] else "available",
        "created_at": moment(job["created_at"]),
        "scheduled_at": moment(job["available_at"]),
        "started_at": moment(job["delivered_at"]),
        "payload": body_of(job),
    }


def shown_facts(record, facts):
    """What queuetrace's record says for each field of `facts`; null for what it leaves out."""
    return {field: moment(record.get(field)) if field.endswith("_at") else record.get(field) for field in facts}
