"""One release against queuetrace: its workers fill a database and it tells its own view, queuetrace is asked the same."""
from answers import EVERYTHING, compare_capture, compare_gone, compare_lookups, listed, notes
from differences import Differences
from queuetrace import Queuetrace

from procrastinate.interop.job_facts import job_facts, shown_facts

# States of the library by state of queuetrace, where one word of the library is several of queuetrace's.
OWN_STATES = {"todo": {"pending", "scheduled", "retrying"}, "doing": {"running"}, "aborting": {"running"}}

# Ages and the time of a running job go on.
MOVING = ("age_ms", "due_in_ms", "run_ms", "trace_actions")
# What a list does not ask about each job.
ONLY_SHOWN = ("position", "position_exact", "held", "waits_for")


def compare(release, url, binary):
    differences = Differences()
    release.run(url, "migrate")
    made = filled(differences, release, url)
    view = release.run(url, "view")
    queuetrace = Queuetrace(binary, url)
    compare_view(differences, release, queuetrace, made, view)
    compare_capture(differences, queuetrace)
    compare_order(differences, release, queuetrace, url)
    return differences


def compare_upgrade(old, new, url, binary):
    """A database that `old` filled and the migrations of `new` then took over, as `new` sees it."""
    differences = Differences()
    old.run(url, "migrate")
    made = filled(differences, old, url)
    new.run(url, "upgrade", old.next_migration)
    queuetrace = Queuetrace(binary, url)
    compare_view(differences, new, queuetrace, made, new.run(url, "view"))
    compare_order(differences, new, queuetrace, url)
    return differences


def filled(differences, release, url, phase="fill"):
    """Has the release make the jobs of this phase; returns what it said of each, by id."""
    made = {}
    for record in release.run(url, phase):
        if "made" in record:
            made[record["id"]] = record
        elif "became" in record:
            made[record["id"]]["state"] = record["became"]
        elif "operation" in record:
            able = record["operation"] not in release.unable
            differences.same(f"{release.version} can {record['operation']}", able, record["done"])
        elif "gone" in record:
            made[record["gone"]] = {"made": "deleted", "state": None}
    return made


def compare_view(differences, release, queuetrace, everything, view):
    made = compare_made(differences, queuetrace, everything, view)
    compare_source(differences, release, queuetrace)
    traced = {job_id: {"id": job_id, "trace_id": record.get("trace_id")} for job_id, record in made.items()}
    compare_lookups(differences, queuetrace, "--trace-id", "trace_id", traced)
    compare_related(differences, queuetrace, made)


def compare_made(differences, queuetrace, everything, view):
    """Every job as it must have become; returns those that must be there."""
    made = {job_id: record for job_id, record in everything.items() if record["state"]}
    jobs = {record["id"]: record for record in view if record["view"] == "job"}
    differences.same("the library lists what was made", sorted(made), sorted(jobs))
    history = {job_id: [] for job_id in jobs}
    for record in view:
        if record["view"] == "event":
            history[str(record["job_id"])].append(record)
    compare_jobs(differences, queuetrace, made, jobs, history)
    compare_filters(differences, queuetrace, made, jobs)
    compare_gone(differences, queuetrace, [job_id for job_id in everything if job_id not in made])
    compare_statistics(differences, queuetrace, made, view)
    return made


def compare_source(differences, release, queuetrace):
    [check] = queuetrace.document("source", "check")["checks"]
    differences.same("source check: system", "procrastinate", check["system"])
    differences.same("source check: version", release.schema, check["version"].split(",")[0])
    problems = [finding for finding in check["findings"] or [] if finding["severity"] == "problem"]
    differences.same("source check: problems", [], problems)
    [paths] = [finding["text"] for finding in check["findings"] if finding["subject"].startswith("trace paths")]
    expected = ["meta.traceparent", "trace_context.traceparent", "traceparent"]
    differences.same("source check: trace paths", expected, sorted(paths.split(", ")))


def compare_jobs(differences, queuetrace, made, jobs, history):
    shown = {record["id"]: record for record in queuetrace.document("job", "show", *jobs)["jobs"]}
    differences.same("job show: every job", sorted(jobs), sorted(shown))
    everything = queuetrace.lines(*EVERYTHING)
    differences.same("job list: every job once", sorted(jobs), sorted(record["id"] for record in everything))
    for record in everything:
        for field, value in shown.get(record["id"], {}).items():
            if field not in MOVING and field not in ONLY_SHOWN:
                differences.same(f"job list: {made[record['id']]['made']}: {field}", value, record.get(field))
    for job_id, record in shown.items():
        where = f"job show: {made[job_id]['made']}"
        facts = job_facts(jobs[job_id], history[job_id], made[job_id])
        said = shown_facts(record, facts)
        for field, value in facts.items():
            differences.same(f"{where}: {field}", value, said[field])
        note = made[job_id]["note"]
        if note:
            differences.true(f"{where}: notes", note in notes(record), f"no {note} among {notes(record)}")


def compare_filters(differences, queuetrace, made, jobs):
    for state in sorted({record["state"] for record in made.values()}):
        expected = sorted(job_id for job_id, record in made.items() if record["state"] == state)
        differences.same(f"job list --state {state}", expected, listed(queuetrace, "--state", state))
    for queue in sorted({job["queue"] for job in jobs.values()}):
        expected = sorted(job_id for job_id, job in jobs.items() if job["queue"] == queue)
        differences.same(f"job list --queue {queue}", expected, listed(queuetrace, "--queue", queue))


def compare_related(differences, queuetrace, made):
    """job show --include-tracing names the other jobs of the trace."""
    for name in ("parent", "trace: outer span"):
        [job_id] = [job_id for job_id, record in made.items() if record["made"] == name]
        [record] = queuetrace.document("job", "show", job_id, "--include-tracing")["jobs"]
        related = [one["ref"].rpartition("/")[2] for one in record["tracing"]["related"] if one["related_by"] == "trace"]
        others = [other for other, one in made.items()
                  if one.get("trace_id") == made[job_id]["trace_id"] and other != job_id]
        differences.same(f"job show --include-tracing: {name}", sorted(others), sorted(related))


def compare_statistics(differences, queuetrace, made, view):
    """The library counts its own words for each queue, as stored; `made` has queuetrace's."""
    shown = {record["queue"]: record for record in queuetrace.document("stats")["queues"]}
    queues = {record["name"]: record for record in view if record["view"] == "queue"}
    queue_of = {record["id"]: record["queue"] for record in view if record["view"] == "job"}
    differences.same("stats: queues", sorted(queues), sorted(shown))
    for name in sorted(set(queues) & set(shown)):
        differences.same(f"stats: {name}: jobs", queues[name]["jobs_count"], int(shown[name]["total"]))
        expected = {}
        for job_id, record in made.items():
            if queue_of[job_id] == name:
                expected[record["state"]] = expected.get(record["state"], 0) + 1
        states = {state["state"]: int(state["count"]) for state in shown[name]["states"] if int(state["count"])}
        differences.same(f"stats: {name}: states", expected, states)
        for own, words in OWN_STATES.items():
            if own == "doing" and "aborting" in queues[name]:
                counted = queues[name]["doing"] + queues[name]["aborting"]
            elif own == "aborting":
                continue
            else:
                counted = queues[name][own]
            differences.same(f"stats: {name}: {own}", counted, sum(states.get(word, 0) for word in words))


def compare_order(differences, release, queuetrace, url):
    """What peek promised against what the library then fetches. Takes everything that is due: to be compared last."""
    for queues in (["order"], ["locks"], []):
        filters = [text for queue in queues for text in ("--queue", queue)]
        promised = [record["id"] for record in queuetrace.document("peek", "-n", "1000", *filters)["jobs"]]
        [fetched] = release.run(url, "drain", *queues)
        differences.same(f"peek {' '.join(filters)}", fetched["drained"], promised)
        differences.true(f"peek {' '.join(filters)}", promised, "nothing was due")
