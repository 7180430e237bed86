"""One release against queuetrace: its client fills queues and tells its own view, queuetrace is asked the same."""
from answers import EVERYTHING, compare_capture, compare_gone, compare_lookups, listed
from differences import Differences
from queuetrace import Queuetrace


def compare(release, url, binary):
    differences = Differences()
    release.run(url, "create")
    made = filled(release, url, "fill")
    queuetrace = Queuetrace(binary, url)
    [check] = queuetrace.document("source", "check")["checks"]
    differences.same("source check: system", "pgmq", check["system"])
    differences.same("source check: version", "SQL alone", check["version"])
    compare_made(differences, queuetrace, made, release.run(url, "view"))
    traced = {job_id: {"id": job_id, "trace_id": record.get("trace_id")} for job_id, record in made.items()}
    compare_lookups(differences, queuetrace, "--trace-id", "trace_id", traced)
    compare_gone(differences, queuetrace, ["My Mail/2"])
    compare_capture(differences, queuetrace)
    promised = [record["id"] for record in queuetrace.document("peek", "-n", "1000")["jobs"]]
    differences.true("peek", promised, "nothing was due")
    ran = [record["ran"] for record in release.run(url, "work")]
    for queue in sorted({job_id.rsplit("/", 1)[0] for job_id in promised + ran}):
        own = [[job_id for job_id in ids if job_id.startswith(f"{queue}/")] for ids in (ran, promised)]
        differences.same(f"peek: {queue}", *own)
    return differences


def filled(release, url, phase):
    """Has the client send the messages of this phase; returns what it said of each, by id."""
    return {record["id"]: record for record in release.run(url, phase)}


def compare_made(differences, queuetrace, made, view):
    rows = {record["id"]: record for record in view if "id" in record}
    differences.same("the queues have what was sent", sorted(made), sorted(rows))
    shown = {record["id"]: record for record in queuetrace.lines(*EVERYTHING)}
    differences.same("job list: every message once", sorted(rows), sorted(shown))
    for job_id, record in shown.items():
        for field in ("state", "trace_id", "attempts", "kind"):
            if field in made[job_id]:
                differences.same(f"{made[job_id]['made']}: {field}", made[job_id][field], record.get(field))
        differences.same(f"{made[job_id]['made']}: payload", rows[job_id]["row"]["message"], record["payload"])
    for state in sorted({record["state"] for record in made.values()}):
        expected = sorted(job_id for job_id, record in made.items() if record["state"] == state)
        differences.same(f"job list --state {state}", expected, listed(queuetrace, "--state", state))
    for metrics in (record for record in view if "queue" in record):
        waiting = ("--queue", metrics["queue"], "--state")
        visible = listed(queuetrace, *waiting, "pending,retrying")
        differences.same(f"{metrics['queue']}: visible", metrics["visible"], len(visible))
        hidden = listed(queuetrace, *waiting, "running,scheduled")
        differences.same(f"{metrics['queue']}: length", metrics["length"], len(visible) + len(hidden))
