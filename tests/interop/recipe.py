"""A framework's own table, read by its description in share/systems, against what the framework itself says."""
import os

from administration import Administrator
from answers import EVERYTHING, compare_capture, compare_lookups, listed
from queuetrace import Queuetrace

DESCRIPTIONS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "share", "systems")


def reader_of(release, url, binary):
    """Queuetrace with the description of the release's framework as its configuration."""
    with open(os.path.join(DESCRIPTIONS, f"{release.system}.toml"), encoding="utf-8") as file:
        return Queuetrace(binary, url, configuration=file.read())


def compare_table(differences, release, url, binary, job_facts, shown_facts):
    """Fills the table and compares it; `job_facts` and `shown_facts` say a job of the framework's view, and a record, in the same form."""
    made = {record["id"]: record for record in release.run(url, "fill") if "made" in record}
    jobs = {record["id"]: record for record in release.run(url, "view")}
    queuetrace = reader_of(release, url, binary)
    differences.same("the framework lists what was made", sorted(made), sorted(jobs))
    [check] = queuetrace.document("source", "check")["checks"]
    differences.same("source check: system", release.system, check["system"])
    shown = {record["id"]: record for record in queuetrace.lines(*EVERYTHING)}
    differences.same("job list: every job once", sorted(jobs), sorted(shown))
    by_state = {}
    for job_id in set(jobs) & set(shown):
        name = made[job_id]["made"]
        facts = {**job_facts(jobs[job_id]), "trace_id": made[job_id].get("trace_id")}
        by_state.setdefault(facts["state"], []).append(job_id)
        for field, value in shown_facts(shown[job_id], facts).items():
            differences.same(f"{name}: {field}", facts[field], value)
    for state, ids in by_state.items():
        differences.same(f"job list --state {state}", sorted(ids), listed(queuetrace, "--state", state))
    traced = {job_id: {"id": job_id, "trace_id": record.get("trace_id")} for job_id, record in made.items()}
    compare_lookups(differences, queuetrace, "--trace-id", "trace_id", traced)
    compare_capture(differences, queuetrace)
    names = {job_id: record["made"] for job_id, record in made.items()}
    promised = [names[record["id"]] for record in queuetrace.document("peek", "-n", "1000", "--queue", "order")["jobs"]]
    ran = [record["ran"] for record in release.run(url, "work", "order") if "ran" in record]
    differences.same("peek --queue order", ran, promised)
    differences.true("peek --queue order", promised, "nothing waited")


def compare_refusals(differences, release, url, binary):
    """Every change is refused, and the framework finds its rows as they were."""
    made = [record["id"] for record in release.run(url, "fill") if "made" in record]
    before = release.run(url, "view")
    with Administrator(differences, reader_of(release, url, binary)) as administrator:
        for verb in ("retry", "cancel", "delete"):
            administrator.refused("job", verb, made[0])
        administrator.refused("purge", "--queue", "order")
    differences.same("the framework's rows", before, release.run(url, "view"))
