"""The facts of a task as the library's Inspector states them, in the forms that queuetrace promises."""
import base64
import json
import re
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
STATES = {"pending": "pending", "active": "running", "scheduled": "scheduled", "retry": "retrying", "archived": "dead",
          "completed": "completed", "aggregating": "blocked"}
# Tasks whose last failure archived them: the library does not count it.
ARCHIVED_BY_FAILURE = ("given up", "not tried again")


def milliseconds(text):
    """Of RFC 3339; Go writes up to nine digits of a second."""
    if text is None:
        return None
    text = re.sub(r"\.(\d+)", lambda digits: "." + digits[1][:6].ljust(6, "0"), text.replace("Z", "+00:00"))
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1)


def reference(record):
    """How queuetrace names a task: ids are unique only within a queue."""
    queue = record["queue"].replace("%", "%25").replace(":", "%3A")
    return f"{queue}:{record['id']}"


def value_of(text):
    """Bytes as queuetrace shows them."""
    data = base64.b64decode(text)
    if not data:
        return None
    try:
        return json.loads(data)
    except ValueError:
        return {"form": "binary", "size": len(data), "base64": text}


def job_facts(task, made):
    state = STATES[task["state"]]
    one_more = state in ("running", "completed") or made["made"] in ARCHIVED_BY_FAILURE
    return {
        "queue": task["queue"],
        "kind": task["kind"],
        "state": state,
        "native_state": task["state"],
        "attempts": task["retried"] + (1 if one_more else 0),
        "max_attempts": task["retries"] + 1,
        "scheduled_at": milliseconds(task["due_at"]) if state in ("scheduled", "retrying") else None,
        "finished_at": milliseconds(task["finished_at"]) if state == "completed" else None,
        "error": (task["error"] or None) if state in ("retrying", "dead") else None,
        "payload": value_of(task["payload"]),
        "result": value_of(task["result"]),
        "batch_id": task["group"] or None,
        "trace_id": made.get("trace_id"),
    }


def shown_facts(record, facts):
    """What queuetrace's record says for each field of `facts`; null for what it leaves out."""
    said = {}
    for field in facts:
        value = record.get(field)
        said[field] = milliseconds(value) if field.endswith("_at") else value
    if facts["state"] == "pending":
        said["scheduled_at"] = None  # since when it waits, which the Inspector does not tell
    if facts["state"] == "dead":
        said["finished_at"] = None  # when it was archived, neither
    return said
