"""The facts of a job as the crate states them, in the words and forms that queuetrace promises for them."""
from datetime import datetime, timedelta, timezone

FINISHED = {"Completed": "completed_at", "Failed": "failed_at", "Dead": "failed_at", "TimedOut": "timed_out_at"}
SAME = ("queue", "priority", "attempts", "max_attempts", "error", "payload", "result", "trace_id", "correlation_id",
        "parent_span_id", "batch_id", "workflow_id")
EXTRA = ("span_context", "dependency_status", "workflow_name", "timeout_seconds", "cron_schedule", "timezone",
         "retry_strategy")
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def milliseconds(text):
    if text is None:
        return None
    return (datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) // timedelta(milliseconds=1)


def job_facts(job, release):
    facts = {field: job[field] for field in SAME}
    facts["trace_id"] = job["trace_id"] or None  # an empty text is no id
    if job["encrypted"]:
        del facts["payload"]  # the crate shows a placeholder
    facts["kind"] = job["queue"]
    facts["parents"] = job["depends_on"] or None  # a parent span, be it a job id, is no dependency
    for field in ("created_at", "scheduled_at", "started_at"):
        facts[field] = milliseconds(job[field])
    status = job["status"]
    if status != "Archived":  # then the crate no longer tells what it was
        facts["native_state"] = f'"{status}"' if release.quoted else status
        facts["finished_at"] = milliseconds(job[FINISHED[status]]) if status in FINISHED else None
    for field in EXTRA:
        facts[f"extra.{field}"] = job[field]
    facts["extra.recurring"] = job["recurring"] or None
    facts["extra.next_run_at"] = milliseconds(job["next_run_at"])
    return facts


def shown_facts(record, facts):
    """What queuetrace's record says for each field of `facts`; null for what it leaves out."""
    said = {}
    for field in facts:
        outer, _, inner = field.partition(".")
        value = record.get(outer)
        if inner:
            value = (value or {}).get(inner)
        said[field] = milliseconds(value) if field.endswith("_at") else value
    return said
