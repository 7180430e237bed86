"""One release against queuetrace: its workers fill a database and it tells its own view, queuetrace is asked the same."""
import time
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
    compare_source(differences, release, queuetrace)
    compare_made(differences, queuetrace, made, release.run(url, "view"))
    traced = {job_id: {"id": job_id, "trace_id": record.get("trace_id")} for job_id, record in made.items()}
    compare_lookups(differences, queuetrace, "--trace-id", "trace_id", traced)
    compare_capture(differences, queuetrace)
    compare_order(differences, release, queuetrace, url)
    return differences


def compare_upgrade(old, new, url, binary):
    """A database that `old` filled and the migrations of `new` then took over, as `new` sees it."""
    differences = Differences()
    old.run(url, "migrate")
    made = filled(old, url, "prepare")
    before = old.run(url, "view")
    new.run(url, "migrate")
    made = moved(made, before, new.run(url, "view"))
    queuetrace = Queuetrace(binary, url)
    compare_source(differences, new, queuetrace)
    compare_made(differences, queuetrace, made, new.run(url, "view"))
    compare_order(differences, new, queuetrace, url)
    return differences


def moved(made, before, after):
    """What was made by the ids that it has now: a migration may copy the jobs in any order, which numbers them anew."""
    old_ids = {record["created_at"]: record["id"] for record in before if record["view"] == "job"}
    return {record["id"]: made[old_ids[record["created_at"]]] for record in after if record["view"] == "job"}


def filled(release, url, phase):
    """Has the release make the jobs of this phase; returns what it said of each, by id."""
    return {record["id"]: record for record in release.run(url, phase) if "made" in record}


def compare_source(differences, release, queuetrace):
    [check] = queuetrace.document("source", "check")["checks"]
    differences.same("source check: system", "graphile-worker", check["system"])
    differences.same("source check: version", release.schema, check["version"])


def compare_made(differences, queuetrace, everything, view):
    made = {job_id: record for job_id, record in everything.items() if record["state"]}
    jobs = {record["id"]: record for record in view if record["view"] == "job"}
    differences.same("the library has what was made", sorted(made), sorted(jobs))
    shown = {record["id"]: record for record in queuetrace.lines(*EVERYTHING)}
    differences.same("job list: every job once", sorted(jobs), sorted(shown))
    for job_id, record in shown.items():
        facts = job_facts(jobs[job_id], made[job_id])
        for field, value in facts.items():
            said = record.get(field)
            differences.same(f"{made[job_id]['made']}: {field}", value,
                             milliseconds(said) if field.endswith("_at") else said)
    for state in sorted({record["state"] for record in made.values()}):
        expected = sorted(job_id for job_id, record in made.items() if record["state"] == state)
        differences.same(f"job list --state {state}", expected, listed(queuetrace, "--state", state))


def job_facts(job, made):
    return {
        "queue": job["queue_name"] or "(none)",
        "kind": job["task_identifier"],
        "state": made["state"],
        "priority": job["priority"],
        "attempts": job["attempts"],
        "max_attempts": job["max_attempts"],
        "created_at": milliseconds(job["created_at"]),
        "scheduled_at": milliseconds(job["run_at"]),
        "started_at": milliseconds(job["locked_at"]),
        "worker": job["locked_by"],
        "error": job["last_error"],
        "correlation_id": job["key"],
        "trace_id": made.get("trace_id"),
    }


def milliseconds(text):
    if text is None:
        return None
    return (datetime.fromisoformat(padded(text.replace("Z", "+00:00"))) - EPOCH) // timedelta(milliseconds=1)


def padded(text):
    """Fractions of a second as six digits, which is what can be read."""
    whole, dot, rest = text.partition(".")
    digits, plus, zone = rest.partition("+")
    return f"{whole}.{digits.ljust(6, '0')}{plus}{zone}" if dot else text


def wait_for_retries(release, url):
    """Until the back-off of every job that failed is over: otherwise one may become due after the peek."""
    for job in release.run(url, "view"):
        if job["last_error"] and job["attempts"] < job["max_attempts"]:
            left = datetime.fromisoformat(job["run_at"]) - datetime.now(timezone.utc)
            time.sleep(max(left.total_seconds(), 0))


def compare_order(differences, release, queuetrace, url):
    """What peek promised against what the library's worker then runs, one job at a time."""
    wait_for_retries(release, url)
    promised = [record["id"] for record in queuetrace.document("peek", "-n", "1000")["jobs"]]
    ran = [record["ran"] for record in release.run(url, "work") if "ran" in record]
    differences.same("peek", ran, promised)
    differences.true("peek", promised, "nothing was due")
