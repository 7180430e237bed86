"""One release against queuetrace: its program fills a database and tells its own view, queuetrace is asked the same."""
from answers import EVERYTHING, compare_capture, compare_gone, compare_lookups, listed, notes
from differences import Differences
from queuetrace import Queuetrace

from hammerwork.interop.job_facts import job_facts, shown_facts

# What a stored trace id is good for, by the name under which `fill` made the job.
TRACE_STATUS = {
    "trace hex": "w3c",
    "trace uuid": "opaque",
    "trace new": "opaque",
    "trace business key": "opaque",
    "trace empty": "absent",
    "trace zero": "placeholder",
    "W3C context": "w3c",
    "OpenTelemetry first": "w3c",
    "OpenTelemetry second": "w3c",
    "completed": "absent",
}
# What the note of a job says that `fill` made under this name.
NOTES = {
    "timed out": "timed-out",
    "disabled recurring": "disabled-cron",
    "step after a failure": "dependency-failed",
    "rest of a strict workflow": "fail-fast",
    "batch broken": "fail-fast",
    "in a paused queue": "queue-paused",
    "its worker was killed": "stale",
}

# Ages and the time of a running job go on.
MOVING = ("age_ms", "due_in_ms", "run_ms", "trace_actions")
# What a list does not ask about each job.
ONLY_SHOWN = ("position", "position_exact", "held", "waits_for")


def compare(release, url, binary):
    differences = Differences()
    for record in release.run(url, "migrate"):
        differences.same(record["operation"], True, record["done"])
    filled = release.run(url, "fill")
    made = {record["id"]: record for record in filled if "made" in record}
    view = release.run(url, "view", made)
    jobs = {record["id"]: record for record in view if record["view"] == "job"}
    for record in filled:
        if "operation" in record:
            differences.same(f"{release.version} can {record['operation']}",
                             record["operation"] not in release.unable, record["done"])
    differences.same("jobs that the crate cannot read", [], [r for r in view if r["view"] in ("none", "unreadable")])

    queuetrace = Queuetrace(binary, url)
    compare_source(differences, release, queuetrace, release)
    compare_jobs(differences, release, queuetrace, made, jobs)
    compare_filters(differences, queuetrace, made, jobs)
    compare_archive(differences, release, queuetrace, view)
    compare_capture(differences, queuetrace)
    compare_related(differences, queuetrace, made)
    compare_gone(differences, queuetrace, [record["gone"] for record in filled if "gone" in record])
    for option, field in (("--trace-id", "trace_id"), ("--correlation-id", "correlation_id")):
        compare_lookups(differences, queuetrace, option, field, jobs)
    compare_statistics(differences, queuetrace, made, view)
    compare_order(differences, release, queuetrace, url, made, view)
    return differences


def compare_upgrade(old, new, url, binary):
    """A database that `old` filled and the migrations of `new` then took over, as `new` sees it."""
    differences = Differences()
    old.run(url, "migrate")
    made = {record["id"]: record for record in old.run(url, "fill") if "made" in record}
    for record in new.run(url, "migrate"):
        differences.same(record["operation"], True, record["done"])
    view = new.run(url, "view", made)
    jobs = {record["id"]: record for record in view if record["view"] == "job"}
    differences.same("jobs that the crate cannot read", len(made), len(jobs))
    queuetrace = Queuetrace(binary, url)
    compare_source(differences, new, queuetrace, old)
    compare_jobs(differences, old, queuetrace, made, jobs)
    compare_filters(differences, queuetrace, made, jobs)
    compare_statistics(differences, queuetrace, made, view)
    for record in queuetrace.document("job", "show", *made)["jobs"]:
        never_taken = old.quoted and jobs[record["id"]]["status"] == "Pending"
        differences.same(f"{made[record['id']]['made']}: quoted-state", never_taken, "quoted-state" in notes(record))
    compare_order(differences, new, queuetrace, url, made, view)
    return differences


def compare_source(differences, release, queuetrace, filled_by):
    [check] = queuetrace.document("source", "check")["checks"]
    differences.same("source check: system", "hammerwork", check["system"])
    differences.same("source check: version", f"schema {release.schema}", check["version"].split(",")[0])
    for lookup in ("lookup_trace", "lookup_correlation", "lookup_id"):
        differences.same(f"source check: {lookup}", "indexed", check[lookup])
    expected = ["quoted states"] if filled_by.quoted and not release.quoted else []
    expected += ["dependents"] if filled_by.strands_dependents else []
    problems = [finding["subject"] for finding in check["findings"] or [] if finding["severity"] == "problem"]
    differences.same("source check: problems", expected, problems)


def compare_jobs(differences, release, queuetrace, made, jobs):
    listed = queuetrace.lines(*EVERYTHING)
    differences.same("job list: every job once", sorted(made), sorted(record["id"] for record in listed))
    shown = {record["id"]: record for record in queuetrace.document("job", "show", *made)["jobs"]}
    differences.same("job show: every job", sorted(made), sorted(shown))
    for record in listed:
        where = f"job list: {made[record['id']]['made']}"
        for field, value in shown.get(record["id"], {}).items():
            if field not in MOVING and field not in ONLY_SHOWN:
                differences.same(f"{where}: {field}", value, record.get(field))
    for job_id, job in jobs.items():
        if job_id not in shown:
            continue
        where = f"job show: {made[job_id]['made']}"
        record = shown[job_id]
        differences.same(f"{where}: state", made[job_id]["state"], record["state"])
        facts = job_facts(job, release)
        said = shown_facts(record, facts)
        for field, value in facts.items():
            differences.same(f"{where}: {field}", value, said[field])
        if job["encrypted"]:
            payload, extra = record["payload"], record["extra"]
            hidden = payload.get("form") == "encrypted" and payload.get("size", 0) > 0 and len(payload) == 2
            differences.true(f"{where}: payload", hidden, payload)
            said = [extra.get("encryption_key_id"), extra.get("encryption_algorithm")]
            differences.same(f"{where}: key", ["interop-1", "AES256GCM"], said)
        status = TRACE_STATUS.get(made[job_id]["made"], record["trace_status"])
        differences.same(f"{where}: trace_status", status, record["trace_status"])
        note = NOTES.get(made[job_id]["made"])
        if note in release.notes:
            differences.true(f"{where}: notes", note in notes(record), f"no {note} among {notes(record)}")


def compare_filters(differences, queuetrace, made, jobs):
    """By state and by workflow, as `fill` and the crate have them."""
    for state in sorted({record["state"] for record in made.values()}):
        expected = sorted(job_id for job_id, record in made.items() if record["state"] == state)
        differences.same(f"job list --state {state}", expected, listed(queuetrace, "--state", state))
    for workflow in sorted({job["workflow_id"] for job in jobs.values() if job["workflow_id"]}):
        expected = sorted(job_id for job_id, job in jobs.items() if job["workflow_id"] == workflow)
        differences.same(f"job list --workflow {workflow}", expected, listed(queuetrace, "--workflow", workflow))


def compare_archive(differences, release, queuetrace, view):
    archived = {record["id"]: record for record in view if record["view"] == "archived"}
    differences.same("archived jobs", release.archived, len(archived))
    for job_id, expected in archived.items():
        [record] = queuetrace.document("job", "show", job_id)["jobs"]
        extra = record.get("extra") or {}
        differences.same(f"archived {job_id}: by", expected["archived_by"], extra.get("archived_by"))
        differences.true(f"archived {job_id}", "archived" in notes(record), "no note says that it is archived")


def compare_related(differences, queuetrace, made):
    """job show --include-tracing names the other jobs of the trace."""
    for name, others in (("OpenTelemetry first", ["OpenTelemetry second"]), ("tracing id", ["child of a job"])):
        [job_id] = [job_id for job_id, record in made.items() if record["made"] == name]
        [record] = queuetrace.document("job", "show", job_id, "--include-tracing")["jobs"]
        related = [one["ref"].rpartition("/")[2] for one in record["tracing"]["related"] if one["related_by"] == "trace"]
        differences.same(f"job show --include-tracing: {name}", others, sorted(made[other]["made"] for other in related))


def compare_statistics(differences, queuetrace, made, view):
    shown = {record["queue"]: record for record in queuetrace.document("stats")["queues"]}
    queues = {record["queue"] for record in made.values()}
    differences.same("stats: queues", sorted(queues), sorted(shown))
    for name in queues & set(shown):
        expected = {}
        for job in made.values():
            if job["queue"] == name:
                expected[job["state"]] = expected.get(job["state"], 0) + 1
        states = {state["state"]: int(state["count"]) for state in shown[name]["states"]}
        differences.same(f"stats: {name}: states", expected, {k: v for k, v in states.items() if v})
    differences.same("stats: paused", paused_queues(view), sorted(name for name, record in shown.items() if record.get("paused")))


def paused_queues(view):
    return next(record["queues"] for record in view if record["view"] == "paused")


def compare_order(differences, release, queuetrace, url, made, view):
    """What peek promised against what the crate then takes, job by job. Takes everything: to be compared last."""
    queues = sorted({record["queue"] for record in made.values()})
    peeked = queuetrace.document("peek", "-n", "1000")
    promised = {name: [] for name in queues}
    for record in peeked["jobs"]:
        promised[record["queue"]].append(record["id"])
    paused = [queue["queue"] for queue in peeked["queues"] if any("paused" in note for note in queue["notes"])]
    differences.same("peek: queues said to be paused", paused_queues(view), paused)
    for taken in release.run(url, "drain", queues):
        name = taken["drained"]
        if name in paused and not release.claims_paused:  # shown as what resuming would release
            differences.same(f"the crate takes from {name}", [], taken["order"])
        else:
            differences.same(f"peek: {name}", taken["order"], promised[name])
