"""What queuetrace does to jobs, and what the library's workers then make of them."""
from administration import Administrator
from differences import Differences
from queuetrace import Queuetrace

from graphile_worker.interop.compare import compare_made, filled


def compare_administration(release, url, binary):
    differences = Differences()
    release.run(url, "migrate")
    everything = filled(release, url, "prepare")
    queuetrace = Queuetrace(binary, url)
    compare_made(differences, queuetrace, everything, release.run(url, "view"))
    ids = {record["made"]: job_id for job_id, record in everything.items()}
    names = {job_id: name for name, job_id in ids.items()}

    def gone(*made):
        for name in made:
            everything[ids[name]]["state"] = None

    def work():
        ran = {}
        for record in release.run(url, "work"):
            if "ran" in record:
                ran[names[record["ran"]]] = ran.get(names[record["ran"]], 0) + 1
        return ran

    def view():
        return {record["id"]: record for record in release.run(url, "view")}

    with Administrator(differences, queuetrace) as administrator:
        kept = [ids["kept: due"], ids["kept: later"]]
        before = {job_id: view()[job_id] for job_id in kept}
        backup = administrator.deleted(kept, "job", "delete", *kept)
        differences.same("deleted", [], sorted(set(kept) & set(view())))
        administrator.restored(kept, backup)
        differences.same("restored", before, {job_id: view().get(job_id) for job_id in kept})
        purged = [f"purged {number}" for number in range(3)]
        administrator.deleted([ids[name] for name in purged], "purge", "--kind", "fail", "--state", "failed")
        gone(*purged)
        administrator.change([ids["mended"], ids["hastened"]], "job", "retry", ids["mended"], ids["hastened"])
        administrator.refused("job", "cancel", ids["kept: due"])
        administrator.refused("queue", "pause", "kept")
        differences.same("runs", {"mended": 1, "hastened": 1, "kept: due": 1}, work())
        gone("mended", "hastened", "kept: due")  # completed jobs are deleted
    compare_made(differences, queuetrace, everything, release.run(url, "view"))
    return differences
