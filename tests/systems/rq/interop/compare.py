"""One release against queuetrace: its workers fill a database and it tells its own view, queuetrace is asked the same."""
from answers import EVERYTHING, compare_capture, compare_lookups, listed, notes
from differences import Differences
from queuetrace import Queuetrace

from rq.interop.job_facts import job_facts, shown_facts, state_of


def compare(release, url, binary):
    differences = Differences()
    made = {record["id"]: record for record in release.run(url, "fill")}
    queuetrace = Queuetrace(binary, url)
    jobs = {record["id"]: record for record in release.run(url, "view")}
    differences.same("the library lists what was made", sorted(made), sorted(jobs))
    compare_jobs(differences, queuetrace, made, jobs)
    compare_counts(differences, queuetrace, jobs)
    traced = {job_id: {"id": job_id, "trace_id": made[job_id].get("trace_id")} for job_id in jobs}
    compare_lookups(differences, queuetrace, "--trace-id", "trace_id", traced)
    compare_filters(differences, queuetrace, jobs)
    compare_capture(differences, queuetrace)
    [check] = queuetrace.document("source", "check")["checks"]
    differences.same("source check: system", "rq", check["system"])
    compare_doctor(differences, queuetrace, made)
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


def compare_counts(differences, queuetrace, jobs):
    """The library's lists and registries against `stats`."""
    expected, shown = {}, {}
    for job in jobs.values():
        key = f"{job['queue']} {state_of(job)}"
        expected[key] = expected.get(key, 0) + 1
    for record in queuetrace.document("stats")["queues"]:
        for state in record["states"]:
            if int(state["count"]):
                shown[f"{record['queue']} {state['state']}"] = int(state["count"])
    differences.same("stats", expected, shown)


def compare_filters(differences, queuetrace, jobs):
    for state in sorted({state_of(job) for job in jobs.values()}):
        expected = sorted(job_id for job_id, job in jobs.items() if state_of(job) == state)
        differences.same(f"job list --state {state}", expected, listed(queuetrace, "--state", state))
    for kind in sorted({job["kind"] for job in jobs.values()}):
        expected = sorted(job_id for job_id, job in jobs.items() if job["kind"] == kind)
        differences.same(f"job list --kind {kind}", expected, listed(queuetrace, "--kind", kind))
    for job_id in jobs:
        differences.same("job list --id", [job_id], listed(queuetrace, "--id", job_id))


def compare_doctor(differences, queuetrace, made):
    findings = {finding["code"]: finding for finding in queuetrace.document("doctor")["findings"]}
    differences.same("doctor: stranded jobs", sorted(record["id"] for record in made.values() if record["made"] in (
        "waits for ever", "waits for the scheduled one")), sorted(sample.split("/")[-1] for sample in findings["stranded-job"]["samples"]))
    for code in ("no-live-workers", "no-scheduler", "failed-jobs"):
        differences.true(f"doctor: {code}", code in findings, "it is not found")


def compare_running(differences, release, queuetrace, url):
    """Jobs in live workers' hands."""
    made = {record["id"]: record for record in release.run(url, "hands")}
    with release.workers(url, "hands", len(made)):
        jobs = {record["id"]: record for record in release.run(url, "view") if record["place"] == "started"}
        shown = {record["id"]: record for record in queuetrace.lines("job", "list", "--state", "running")}
        differences.same("job list --state running", sorted(jobs), sorted(shown))
        for job_id in set(jobs) & set(shown):
            record = queuetrace.document("job", "show", job_id)["jobs"][0]
            facts = job_facts(jobs[job_id], made[job_id])
            for field, value in shown_facts(record, facts).items():
                differences.same(f"in hand: {field}", facts[field], value)
            differences.same("in hand: notes", [], notes(record))
        codes = {finding["code"] for finding in queuetrace.document("doctor")["findings"]}
        differences.same("doctor, with live workers", set(), {"no-live-workers", "abandoned-job"} & codes)
        release.run(url, "free")
    differences.same("job list --state running, afterwards", [], listed(queuetrace, "--state", "running"))


def compare_order(differences, release, queuetrace, url):
    """What peek promised against what the library's worker then ran. To be compared last."""
    promised = [record["id"] for record in queuetrace.document("peek", "-n", "1000", "--queue", "order")["jobs"]]
    ran = [record["ran"] for record in release.run(url, "work", "order")]
    differences.same("peek order", ran, promised)
    differences.true("peek order", promised, "nothing waited")
