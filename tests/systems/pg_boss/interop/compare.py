"""One release against queuetrace: its workers fill a database and it tells its own view, queuetrace is asked the same."""
from datetime import datetime, timedelta, timezone

from answers import EVERYTHING, compare_capture, compare_lookups, listed
from differences import Differences
from queuetrace import Queuetrace

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def compare(release, url, binary):
    differences = Differences()
    release.run(url, "migrate")
    made = filled(release, url, "fill")
    queuetrace = Queuetrace(binary, url)
    [check] = queuetrace.document("source", "check")["checks"]
    differences.same("source check: system", "pg-boss", check["system"])
    differences.same("source check: version", release.schema, check["version"])
    compare_made(differences, queuetrace, made, release.run(url, "view"))
    traced = {job_id: {"id": job_id, "trace_id": record.get("trace_id")} for job_id, record in made.items()}
    compare_lookups(differences, queuetrace, "--trace-id", "trace_id", traced)
    compare_capture(differences, queuetrace)
    promised = [record["id"] for record in queuetrace.document("peek", "-n", "1000", "--queue", "order")["jobs"]]
    ran = [record["ran"] for record in release.run(url, "work", "order") if "ran" in record]
    differences.same("peek --queue order", ran, promised)
    differences.true("peek --queue order", promised, "nothing was due")
    return differences


def filled(release, url, phase):
    """Has the release make the jobs of this phase; returns what it said of each, by id."""
    return {record["id"]: record for record in release.run(url, phase) if "made" in record}


def compare_made(differences, queuetrace, everything, view):
    made = {job_id: record for job_id, record in everything.items() if record["state"]}
    jobs = {record["id"]: record for record in view}
    differences.same("the library has what was made", sorted(made), sorted(jobs))
    shown = {record["id"]: record for record in queuetrace.lines(*EVERYTHING) if not record["queue"].startswith("__")}
    differences.same("job list: every job once", sorted(jobs), sorted(shown))
    for job_id, record in shown.items():
        for field, value in job_facts(jobs[job_id], made[job_id]).items():
            said = record.get(field)
            differences.same(f"{made[job_id]['made']}: {field}", value,
                             milliseconds(said) if field.endswith("_at") else said)
    for state in sorted({record["state"] for record in made.values()}):
        expected = sorted(job_id for job_id, record in made.items() if record["state"] == state)
        found = [job_id for job_id in listed(queuetrace, "--state", state) if job_id in made]
        differences.same(f"job list --state {state}", expected, found)


def job_facts(job, made):
    started = job["startedon"] is not None
    output = job["output"] or {}
    return {
        "queue": job["name"],
        "native_state": job["state"],
        "state": made["state"],
        "priority": job["priority"],
        "attempts": job["retrycount"] + (1 if started else 0),
        "max_attempts": job["retrylimit"] + 1,
        "created_at": milliseconds(job["createdon"]),
        "scheduled_at": milliseconds(job["startafter"]),
        "started_at": milliseconds(job["startedon"]),
        "finished_at": milliseconds(job["completedon"]),
        "payload": job["data"],
        "result": job["output"] if job["state"] == "completed" else None,
        "error": output.get("message", '{"code": 7}') if job["state"] in ("failed", "retry") else None,
        "correlation_id": job["singletonkey"],
        "trace_id": made.get("trace_id"),
    }


def milliseconds(text):
    if text is None:
        return None
    whole, dot, rest = text.replace("Z", "+00:00").partition(".")
    digits, plus, zone = rest.partition("+")
    text = f"{whole}.{digits.ljust(6, '0')}{plus}{zone}" if dot else whole
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1)
