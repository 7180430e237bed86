"""One release against queuetrace: its workers fill a database and it tells its own view, queuetrace is asked the same."""
from answers import EVERYTHING, compare_capture, compare_lookups, listed, notes
from differences import Differences

from bullmq.interop.job_facts import job_facts, shown_facts, state_of, trace_of
from bullmq.interop.releases import QUEUES


def compare(release, url, binary):
    differences = Differences()
    made = {release.reference(record): record for record in release.run(url, "fill")}
    view = release.run(url, "view", *release.queues(QUEUES))
    queuetrace = release.queuetrace(binary, url)
    jobs = {release.reference(record): record for record in view if record["view"] == "job"}
    differences.same("the library lists what was made", sorted(made), sorted(jobs))
    compare_jobs(differences, release, queuetrace, made, jobs)
    compare_counts(differences, release, queuetrace, view)
    traced = {ref: {"id": ref, "trace_id": trace_of(job, made[ref])} for ref, job in jobs.items()}
    compare_lookups(differences, queuetrace, "--trace-id", "trace_id", traced)
    compare_filters(differences, queuetrace, jobs)
    compare_capture(differences, queuetrace)
    compare_check(differences, release, queuetrace)
    compare_order(differences, release, queuetrace, url)
    return differences


def compare_jobs(differences, release, queuetrace, made, jobs):
    shown = {record["id"]: record for record in queuetrace.document("job", "show", *jobs)["jobs"]}
    differences.same("job show: every job", sorted(jobs), sorted(shown))
    everything = queuetrace.lines(*EVERYTHING)
    differences.same("job list: every job once", sorted(jobs), sorted(record["id"] for record in everything))
    for ref, record in shown.items():
        where = f"job show: {ref} {jobs[ref]['kind']}"
        facts = job_facts(release, jobs[ref], made[ref])
        for field, value in shown_facts(record, facts).items():
            differences.same(f"{where}: {field}", facts[field], value)
        note = made[ref].get("note")
        if note:
            differences.true(f"{where}: notes", note in notes(record), f"no {note} among {notes(record)}")


def compare_counts(differences, release, queuetrace, view):
    """The library's getJobCounts and isPaused against `stats`."""
    shown = {record["queue"]: record for record in queuetrace.document("stats")["queues"]}
    for record in view:
        if record["view"] != "queue":
            continue
        name, expected = record["queue"], {}
        counts = dict(record["counts"])
        jobs = [job for job in view if job["view"] == "job" and job["queue"] == name]
        for job in jobs:
            expected[state_of(job)] = expected.get(state_of(job), 0) + 1
        states = {state["state"]: int(state["count"]) for state in shown[name]["states"] if int(state["count"])}
        differences.same(f"stats: {name}: states", expected, states)
        differences.same(f"stats: {name}: as getJobCounts has them", sum(counts.values()), int(shown[name]["total"]))
        differences.same(f"stats: {name}: paused", record["paused"], shown[name]["paused"])


def compare_filters(differences, queuetrace, jobs):
    for state in sorted({state_of(job) for job in jobs.values()}):
        expected = sorted(ref for ref, job in jobs.items() if state_of(job) == state)
        differences.same(f"job list --state {state}", expected, listed(queuetrace, "--state", state))
    for ref, job in jobs.items():
        if job["queue"] in ("order", "runs"):
            differences.same(f"job list --id {ref}", [ref], listed(queuetrace, "--id", ref))


def compare_check(differences, release, queuetrace):
    [check] = queuetrace.document("source", "check")["checks"]
    differences.same("source check: system", release.system, check["system"])
    problems = [finding for finding in check["findings"] or [] if finding["severity"] == "problem"]
    differences.same("source check: problems", [], problems)


def compare_order(differences, release, queuetrace, url):
    """What peek promised against what the library then takes. To be compared last."""
    for queue in ("order",):
        peeked = queuetrace.document("peek", "-n", "1000", "--queue", queue)["jobs"]
        [taken] = release.run(url, "drain", queue)
        differences.same(f"peek {queue}", [release.reference({"queue": queue, "id": job}) for job in taken["drained"]],
                         [record["id"] for record in peeked])
