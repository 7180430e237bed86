"""One release against queuetrace: its workers fill a database and it tells its own view, queuetrace is asked the same."""
from answers import EVERYTHING, compare_capture, compare_lookups, listed
from differences import Differences
from queuetrace import Queuetrace

from sidekiq.interop.job_facts import STATES, job_facts, shown_facts


def compare(release, url, binary):
    differences = Differences()
    made = {}
    for record in release.run(url, "fill"):
        made.setdefault(record.get("id") or record["became"], {}).update(record)
    queuetrace = Queuetrace(binary, url)
    view = release.run(url, "view")
    jobs = {record["id"]: record for record in view if record["view"] == "job"}
    gone = [job_id for job_id, record in made.items() if record["made"] == "succeeds"]
    differences.same("the library lists what was made", sorted(set(made) - set(gone)), sorted(jobs))
    compare_jobs(differences, queuetrace, made, jobs)
    compare_counts(differences, queuetrace, view)
    traced = {job_id: {"id": job_id, "trace_id": made[job_id].get("trace_id")} for job_id in jobs}
    compare_lookups(differences, queuetrace, "--trace-id", "trace_id", traced)
    for state in STATES.values():
        expected = sorted(job_id for job_id, job in jobs.items() if STATES[job["place"]] == state)
        differences.same(f"job list --state {state}", expected, listed(queuetrace, "--state", state))
    compare_capture(differences, queuetrace)
    [check] = queuetrace.document("source", "check")["checks"]
    differences.same("source check: system", "sidekiq", check["system"])
    compare_running(differences, release, queuetrace, url)
    compare_order(differences, release, queuetrace, url)
    return differences


def compare_jobs(differences, queuetrace, made, jobs):
    shown = {record["id"]: record for record in queuetrace.document("job", "show", *jobs)["jobs"]}
    differences.same("job show: every job", sorted(jobs), sorted(shown))
    everything = queuetrace.lines(*EVERYTHING)
    differences.same("job list: every job once", sorted(jobs), sorted(record["id"] for record in everything))
    for job_id, record in shown.items():
        facts = job_facts(jobs[job_id], made[job_id])
        for field, value in shown_facts(record, facts).items():
            differences.same(f"job show: {made[job_id]['made']}: {field}", facts[field], value)


def compare_counts(differences, queuetrace, view):
    """The library's sizes of queues and sets against `stats`."""
    expected = {}
    for record in view:
        if record["view"] == "job":
            key = (record["queue"], STATES[record["place"]])
            expected[key] = expected.get(key, 0) + 1
        elif record["size"] == 0:
            expected.setdefault((record["queue"], "pending"), 0)
    shown = {record["queue"]: record for record in queuetrace.document("stats")["queues"]}
    for (queue, state), count in expected.items():
        states = {one["state"]: int(one["count"]) for one in shown.get(queue, {}).get("states", [])}
        if state == "pending":
            differences.same(f"stats: {queue}: pending", count, states.get("pending", 0))
    totals = {}
    for record in shown.values():
        for one in record["states"]:
            totals[one["state"]] = totals.get(one["state"], 0) + int(one["count"])
    for state in set(STATES.values()):
        count = sum(number for (_, other), number in expected.items() if other == state)
        differences.same(f"stats: {state}", count, totals.get(state, 0))


def compare_running(differences, release, queuetrace, url):
    """Jobs in a live worker's hands."""
    made = {record["id"]: record for record in release.run(url, "hands")}
    with release.worker(url, "hands", len(made)):
        jobs = {record["id"]: record for record in release.run(url, "view")
                if record["view"] == "job" and record["place"] == "work"}
        shown = {record["id"]: record for record in queuetrace.lines("job", "list", "--state", "running")}
        differences.same("job list --state running", sorted(jobs), sorted(shown))
        for job_id in set(jobs) & set(shown):
            record = queuetrace.document("job", "show", job_id)["jobs"][0]
            for field, value in shown_facts(record, job_facts(jobs[job_id], made[job_id])).items():
                differences.same(f"in hand: {field}", job_facts(jobs[job_id], made[job_id])[field], value)
        rules = {finding["code"] for finding in queuetrace.document("doctor")["findings"]}
        differences.same("doctor, with a live worker", set(), {"no-live-workers", "orphaned-job"} & rules)
        release.run(url, "free")
    differences.same("job list --state running, afterwards", [], listed(queuetrace, "--state", "running"))


def compare_order(differences, release, queuetrace, url):
    """What peek promised against what the library then fetches. To be compared last."""
    promised = [record["id"] for record in queuetrace.document("peek", "-n", "1000", "--queue", "order")["jobs"]]
    [fetched] = release.run(url, "drain", "order")
    differences.same("peek order", fetched["drained"], promised)
    differences.true("peek order", promised, "nothing was due")
