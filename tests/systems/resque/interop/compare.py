"""One release against queuetrace: its workers fill a database and it tells its own view, queuetrace is asked the same."""
from answers import EVERYTHING, compare_capture, compare_lookups, listed, notes
from differences import Differences
from queuetrace import Queuetrace

from resque.interop.job_facts import job_facts, name_of, shown_facts, state_of, trace_of


def ids_of(queuetrace):
    """The id that queuetrace makes for each job, by the job's name."""
    return {record["payload"][0]: record["id"] for record in queuetrace.lines(*EVERYTHING)}


def compare(release, url, binary):
    differences = Differences()
    made = [record["made"] for record in release.run(url, "fill")]
    jobs = {name_of(record): record for record in release.run(url, "view")}
    differences.same("the library lists what was made and has not ended well", sorted(set(made) - {"succeeds"}), sorted(jobs))
    queuetrace = Queuetrace(binary, url)
    ids = ids_of(queuetrace)
    differences.same("job list: every job once", sorted(jobs), sorted(ids))
    compare_jobs(differences, queuetrace, jobs, ids)
    compare_counts(differences, queuetrace, jobs)
    traced = {name: {"id": ids[name], "trace_id": trace_of(job)} for name, job in jobs.items()}
    compare_lookups(differences, queuetrace, "--trace-id", "trace_id", traced)
    compare_filters(differences, queuetrace, jobs, ids)
    compare_capture(differences, queuetrace)
    [check] = queuetrace.document("source", "check")["checks"]
    differences.same("source check: system", "resque", check["system"])
    compare_doctor(differences, queuetrace)
    compare_order(differences, release, queuetrace, url)
    return differences


def compare_jobs(differences, queuetrace, jobs, ids):
    shown = {record["payload"][0]: record for record in queuetrace.document("job", "show", *ids.values())["jobs"]}
    differences.same("job show: every job", sorted(jobs), sorted(shown))
    expected = {"of a lost worker": ["lost-worker"], "of a silent worker": ["silent-worker"]}
    for name in set(jobs) & set(shown):
        facts = job_facts(jobs[name])
        for field, value in shown_facts(shown[name], facts).items():
            differences.same(f"job show: {name}: {field}", facts[field], value)
        if state_of(jobs[name]) == "running":
            differences.same(f"job show: {name}: notes", expected.get(name, []), notes(shown[name]))


def compare_counts(differences, queuetrace, jobs):
    expected, shown = {}, {}
    for job in jobs.values():
        key = f"{job['queue']} {state_of(job)}"
        expected[key] = expected.get(key, 0) + 1
    for record in queuetrace.document("stats")["queues"]:
        for state in record["states"]:
            if int(state["count"]):
                shown[f"{record['queue']} {state['state']}"] = int(state["count"])
    differences.same("stats", expected, shown)


def compare_filters(differences, queuetrace, jobs, ids):
    for state in sorted({state_of(job) for job in jobs.values()}):
        expected = sorted(ids[name] for name, job in jobs.items() if state_of(job) == state)
        differences.same(f"job list --state {state}", expected, listed(queuetrace, "--state", state))
    for queue in sorted({job["queue"] for job in jobs.values()}):
        expected = sorted(ids[name] for name, job in jobs.items() if job["queue"] == queue)
        differences.same(f"job list --queue {queue}", expected, listed(queuetrace, "--queue", queue))
    for job_id in ids.values():
        differences.same("job list --id", [job_id], listed(queuetrace, "--id", job_id))


def compare_doctor(differences, queuetrace):
    codes = {finding["code"] for finding in queuetrace.document("doctor")["findings"]}
    for code in ("lost-worker", "silent-worker", "dead-worker", "queue-without-worker", "failed-jobs"):
        differences.true(f"doctor: {code}", code in codes, "it is not found")
    differences.same("doctor: a live worker is seen", False, "no-live-workers" in codes)


def compare_order(differences, release, queuetrace, url):
    """What peek promised against what the library's worker then ran. To be compared last."""
    promised = [record["payload"][0] for record in queuetrace.document("peek", "-n", "1000", "--queue", "order", "--payload")["jobs"]]
    ran = [record["ran"] for record in release.run(url, "work", "order")]
    differences.same("peek order", ran, promised)
    differences.true("peek order", promised, "nothing waited")
