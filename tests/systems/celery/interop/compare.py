"""One release against queuetrace: tasks are sent and run, the library tells its own view, queuetrace is asked the same."""
from answers import compare_lookups, listed
from differences import Differences
from queuetrace import Queuetrace

from celery.interop.job_facts import message_facts, message_state, result_facts, shown_facts


def compare(release, url, binary):
    differences = Differences()
    made = {record["id"]: record for record in release.run(url, "fill")}
    queuetrace = Queuetrace(binary, url)
    with release.worker(url, "runs", traced=True):
        release.until(url, lambda view: {record["status"] for record in view if record["view"] == "result"} ==
                      {"SUCCESS", "FAILURE", "RETRY"})
    view = release.until(url, lambda view: not any(record.get("place") == "unacked" for record in view))
    messages = {record["id"]: record for record in view if record["view"] == "job"}
    results = {record["id"]: record for record in view if record["view"] == "result"}
    ended = {record["id"] for record in made.values() if record["made"] in ("succeeds", "fails")}
    differences.same("the library lists what was sent", sorted(set(made) - ended), sorted(messages))
    compare_records(differences, queuetrace, messages, results, made)
    compare_counts(differences, queuetrace, messages)
    traced = {job_id: {"id": job_id, "trace_id": made[job_id].get("trace_id")} for job_id in messages}
    compare_lookups(differences, queuetrace, "--trace-id", "trace_id", traced)
    compare_running(differences, release, queuetrace, url)
    compare_order(differences, release, queuetrace, url, messages)
    return differences


def compare_records(differences, queuetrace, messages, results, made):
    shown = {"celery": {}, "celery-results": {}}
    for record in queuetrace.lines("job", "list", "--limit", "0", "--payload"):
        shown[record["system"]][record["id"]] = record
    differences.same("job list: every message once", sorted(messages), sorted(shown["celery"]))
    differences.same("job list: every result once", sorted(results), sorted(shown["celery-results"]))
    for job_id in set(messages) & set(shown["celery"]):
        facts = message_facts(messages[job_id], made[job_id])
        for field, value in shown_facts(shown["celery"][job_id], facts).items():
            differences.same(f"{made[job_id]['made']}: {field}", facts[field], value)
        chain = (shown["celery"][job_id].get("extra") or {}).get("chain")
        differences.same(f"{made[job_id]['made']}: chain", made[job_id].get("chain"), chain)
    for job_id in set(results) & set(shown["celery-results"]):
        facts = result_facts(results[job_id])
        for field, value in shown_facts(shown["celery-results"][job_id], facts).items():
            differences.same(f"result of {made[job_id]['made']}: {field}", facts[field], value)


def compare_counts(differences, queuetrace, messages):
    expected, shown = {}, {}
    for job in messages.values():
        expected[job["queue"]] = expected.get(job["queue"], 0) + 1
    for record in queuetrace.document("stats")["queues"]:
        if record["system"] == "celery":
            shown[record["queue"]] = int(record["total"])
    differences.same("stats", expected, shown)


def compare_running(differences, release, queuetrace, url):
    """Tasks in a live worker's hands, acknowledged late."""
    made = {record["id"]: record for record in release.run(url, "hands")}
    with release.worker(url, "hands", number=2):
        view = release.until(url, lambda view: sum(record.get("status") == "STARTED" for record in view) == 2)
        messages = {record["id"]: record for record in view if record.get("place") == "unacked"}
        records = [record for record in queuetrace.lines("job", "list", "--state", "running") if record["system"] == "celery"]
        differences.same("job list --state running", sorted(made), sorted(record["id"] for record in records))
        for record in records:
            differences.same("in hand: state", message_state(messages[record["id"]]), record["state"])
            differences.same("in hand: queue", "hands", record.get("queue"))
            differences.true("in hand: worker", str(record.get("worker", "")).startswith("celery@"), "nobody has it")
        codes = {finding["code"] for finding in queuetrace.document("doctor")["findings"]}
        differences.same("doctor, with a live worker", set(), {"no-workers", "past-visibility", "unindexed-message"} & codes)
        release.run(url, "free")
        release.until(url, lambda view: not any(record.get("place") == "unacked" for record in view))
    differences.same("job list --state running, afterwards", [], listed(queuetrace, "--state", "running"))


def compare_order(differences, release, queuetrace, url, messages):
    """What peek promised against what the library's worker then ran. To be compared last."""
    release.run(url, "ran")
    promised = [record["id"] for record in queuetrace.document("peek", "-n", "1000", "--queue", "order")["jobs"]]
    with release.worker(url, "order"):
        release.until(url, lambda view: not any(record.get("queue") == "order" and record["view"] == "job" for record in view))
    ran = [record["ran"] for record in release.run(url, "ran")]
    # The one with a header as its argument cannot be added up, and is run all the same.
    differences.same("peek order", ran, promised)
    differences.true("peek order", promised, "nothing waited")
