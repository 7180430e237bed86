"""One release against queuetrace: its clients fill a database and tell their own view, queuetrace is asked the same."""
import tempfile

from answers import EVERYTHING, compare_capture, compare_lookups, listed, notes
from differences import Differences
from queuetrace import Queuetrace

from river.interop.job_facts import job_facts, shown_facts

# What the worker puts its run into when it is stopped by force is not compared: its time goes on.
MOVING = ("age_ms", "due_in_ms", "run_ms", "trace_actions", "position", "position_exact", "held", "waits_for")


def compare(release, url, binary):
    differences = Differences()
    compare_filled(differences, release, url, binary)
    with tempfile.TemporaryDirectory() as folder:
        compare_filled(differences, release, f"sqlite:{folder}/river.db", binary)
    return differences


def compare_upgrade(old, new, url, binary):
    """A database that `old` filled and the migrations of `new` then took over, as `new` sees it."""
    differences = Differences()
    old.run(url, "migrate")
    made = filled(old, url)
    new.run(url, "migrate")
    compare_view(differences, new, Queuetrace(binary, url), made, new.run(url, "view"))
    return differences


def compare_filled(differences, release, url, binary):
    release.run(url, "migrate")
    made = filled(release, url)
    queuetrace = Queuetrace(binary, url)
    compare_view(differences, release, queuetrace, made, release.run(url, "view"))
    compare_capture(differences, queuetrace)
    compare_order(differences, release, queuetrace, url)


def filled(release, url, phase="fill"):
    """Has the release make the jobs of this phase; returns what it said of each, by id."""
    return {str(record["id"]): record for record in release.run(url, phase) if "made" in record}


def compare_view(differences, release, queuetrace, made, view):
    compare_made(differences, queuetrace, made, view)
    [check] = queuetrace.document("source", "check")["checks"]
    differences.same("source check: system", "river", check["system"])
    differences.same("source check: version", release.schema, check["version"])
    traced = {job_id: {"id": job_id, "trace_id": record.get("trace_id")} for job_id, record in made.items()}
    compare_lookups(differences, queuetrace, "--trace-id", "trace_id", traced)


def compare_made(differences, queuetrace, made, view):
    jobs = {str(record["id"]): record for record in view if record["view"] == "job"}
    there = {job_id: record for job_id, record in made.items() if record["state"]}
    differences.same("the library lists what was made", sorted(there), sorted(jobs))
    compare_jobs(differences, queuetrace, there, jobs)
    compare_filters(differences, queuetrace, there, jobs)
    compare_queues(differences, queuetrace, there, jobs, view)


def compare_jobs(differences, queuetrace, made, jobs):
    shown = {record["id"]: record for record in queuetrace.document("job", "show", *jobs)["jobs"]}
    differences.same("job show: every job", sorted(jobs), sorted(shown))
    everything = queuetrace.lines(*EVERYTHING)
    differences.same("job list: every job once", sorted(jobs), sorted(record["id"] for record in everything))
    for record in everything:
        for field, value in shown.get(record["id"], {}).items():
            if field not in MOVING:
                differences.same(f"job list: {made[record['id']]['made']}: {field}", value, record.get(field))
    for job_id, record in shown.items():
        where = f"job show: {made[job_id]['made']}"
        facts = job_facts(jobs[job_id], made[job_id])
        said = shown_facts(record, facts)
        for field, value in facts.items():
            differences.same(f"{where}: {field}", value, said[field])
        note = made[job_id].get("note")
        if note:
            differences.true(f"{where}: notes", note in notes(record), f"no {note} among {notes(record)}")


def compare_filters(differences, queuetrace, made, jobs):
    for state in sorted({record["state"] for record in made.values()}):
        expected = sorted(job_id for job_id, record in made.items() if record["state"] == state)
        differences.same(f"job list --state {state}", expected, listed(queuetrace, "--state", state))
    for queue in sorted({job["queue"] for job in jobs.values()}):
        expected = sorted(job_id for job_id, job in jobs.items() if job["queue"] == queue)
        differences.same(f"job list --queue {queue}", expected, listed(queuetrace, "--queue", queue))


def compare_queues(differences, queuetrace, made, jobs, view):
    shown = {record["queue"]: record for record in queuetrace.document("stats")["queues"]}
    for name in sorted({job["queue"] for job in jobs.values()}):
        expected = {}
        for job_id, job in jobs.items():
            if job["queue"] == name:
                state = made[job_id]["state"]
                expected[state] = expected.get(state, 0) + 1
        states = {state["state"]: int(state["count"]) for state in shown[name]["states"] if int(state["count"])}
        differences.same(f"stats: {name}: states", expected, states)
    paused = sorted(record["name"] for record in view if record["view"] == "queue" and record["paused"])
    queues = queuetrace.document("queue", "list")["queues"]
    differences.same("queue list: paused", paused, sorted(queue["queue"] for queue in queues if queue.get("paused")))


def compare_order(differences, release, queuetrace, url):
    """What peek promised against what the library's worker then runs, one job at a time."""
    for queue in ("order", "traced"):
        promised = [record["id"] for record in queuetrace.document("peek", "-n", "1000", "--queue", queue)["jobs"]]
        ran = [str(record["ran"]) for record in release.run(url, "work", queue) if "ran" in record]
        differences.same(f"peek --queue {queue}", ran, promised)
        differences.true(f"peek --queue {queue}", promised, "nothing was due")
