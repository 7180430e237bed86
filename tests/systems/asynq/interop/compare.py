"""One release against queuetrace: its clients and servers fill a database and its Inspector tells, queuetrace is asked the same."""
import time

from answers import EVERYTHING, compare_capture, compare_lookups, listed, notes
from differences import Differences
from queuetrace import Queuetrace

from asynq.interop.job_facts import STATES, job_facts, milliseconds, reference, shown_facts

# What goes on while it is compared.
MOVING = ("age_ms", "due_in_ms", "run_ms", "trace_actions", "position", "position_exact", "held", "waits_for")


def compare(release, url, binary):
    differences = Differences()
    made = {reference(record): record for record in release.run(url, "fill")}
    queuetrace = Queuetrace(binary, url)
    compare_capture(differences, queuetrace)  # before leases are extended meanwhile
    with release.holding(url, "hands"):
        jobs, view = wait_for_hands(release, url)
        differences.same("the library lists what was made", sorted(made), sorted(jobs))
        compare_jobs(differences, queuetrace, made, jobs)
        compare_hands(differences, queuetrace, jobs, view)
        compare_counts(differences, queuetrace, jobs, view)
        traced = {ref: {"id": ref, "trace_id": made[ref].get("trace_id")} for ref in jobs}
        compare_lookups(differences, queuetrace, "--trace-id", "trace_id", traced)
        compare_filters(differences, queuetrace, jobs)
        [check] = queuetrace.document("source", "check")["checks"]
        differences.same("source check: system", "asynq", check["system"])
    compare_order(differences, release, queuetrace, url)
    return differences


def wait_for_hands(release, url):
    """The library's view once its server told what it has in hand, which it does every five seconds."""
    for _ in range(300):
        view = release.run(url, "view")
        if any(record["view"] == "worker" for record in view):
            return {reference(record): record for record in view if record["view"] == "task"}, view
        time.sleep(0.1)
    raise SystemExit("interop: asynq: no server has anything in hand")


def compare_jobs(differences, queuetrace, made, jobs):
    shown = {record["id"]: record for record in queuetrace.document("job", "show", *jobs)["jobs"]}
    differences.same("job show: every job", sorted(jobs), sorted(shown))
    everything = queuetrace.lines(*EVERYTHING)
    differences.same("job list: every job once", sorted(jobs), sorted(record["id"] for record in everything))
    for record in everything:
        for field, value in shown.get(record["id"], {}).items():
            if field not in MOVING:
                differences.same(f"job list: {made[record['id']]['made']}: {field}", value, record.get(field))
    for ref, record in shown.items():
        facts = job_facts(jobs[ref], made[ref])
        said = shown_facts(record, facts)
        for field, value in facts.items():
            differences.same(f"job show: {made[ref]['made']}: {field}", value, said[field])
        differences.same(f"job show: {made[ref]['made']}: notes", [], notes(record))


def compare_hands(differences, queuetrace, jobs, view):
    workers = {record["id"]: record for record in view if record["view"] == "worker"}
    for ref, job in jobs.items():
        if job["state"] != "active":
            continue
        [record] = queuetrace.document("job", "show", ref)["jobs"]
        worker = workers[job["id"]]
        name = f"{worker['host']}:{worker['process']}:{worker['server']}"
        differences.same("in hand: worker", name, record.get("worker"))
        differences.same("in hand: started", milliseconds(worker["started_at"]), milliseconds(record.get("started_at")))


def compare_counts(differences, queuetrace, jobs, view):
    shown = {record["queue"]: record for record in queuetrace.document("stats")["queues"]}
    for queue in (record for record in view if record["view"] == "queue"):
        name, expected = queue["queue"], {}
        for native, state in STATES.items():
            number = sum(job["queue"] == name and job["state"] == native for job in jobs.values())
            if number:
                expected[state] = number
            differences.same(f"the library's count: {name}: {native}", number, queue.get(native, number))
        states = {state["state"]: int(state["count"]) for state in shown[name]["states"] if int(state["count"])}
        differences.same(f"stats: {name}: states", expected, states)
        differences.same(f"stats: {name}: paused", queue["paused"], shown[name]["paused"])


def compare_filters(differences, queuetrace, jobs):
    for native, state in STATES.items():
        expected = sorted(ref for ref, job in jobs.items() if job["state"] == native)
        differences.same(f"job list --state {state}", expected, listed(queuetrace, "--state", state))
    for ref in jobs:
        differences.same(f"job list --id {ref}", [ref], listed(queuetrace, "--id", ref))


def compare_order(differences, release, queuetrace, url):
    """What peek promised against what the library then takes. To be compared last."""
    promised = [record["id"] for record in queuetrace.document("peek", "-n", "1000", "--queue", "order")["jobs"]]
    differences.same("peek order", [reference({**one, "id": one["ran"]}) for one in release.run(url, "work", "order")],
                     promised)
    differences.true("peek order", promised, "nothing waits")
