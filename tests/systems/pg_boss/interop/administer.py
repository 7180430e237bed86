"""What queuetrace does to jobs, and what the library's workers then make of them."""
from administration import Administrator
from differences import Differences
from queuetrace import Queuetrace

from pg_boss.interop.compare import compare_made, filled


def compare_administration(release, url, binary):
    differences = Differences()
    release.run(url, "migrate")
    everything = filled(release, url, "prepare")
    queuetrace = Queuetrace(binary, url)
    compare_made(differences, queuetrace, everything, release.run(url, "view"))
    ids = {record["made"]: job_id for job_id, record in everything.items()}

    def view():
        return {record["id"]: record for record in release.run(url, "view")}

    with Administrator(differences, queuetrace) as administrator:
        before = view()[ids["kept"]]
        backup = administrator.deleted([ids["kept"]], "job", "delete", ids["kept"])
        differences.same("deleted", False, ids["kept"] in view())
        administrator.restored([ids["kept"]], backup)
        differences.same("restored", before, view().get(ids["kept"]))
        purged = [f"purged {number}" for number in range(3)]
        administrator.deleted([ids[name] for name in purged], "purge", "--queue", "purged", "--state", "failed")
        administrator.change([ids["mended"], ids["hastened"]], "job", "retry", ids["mended"], ids["hastened"])
        administrator.change([ids["unwanted"]], "job", "cancel", ids["unwanted"])
        administrator.refused("queue", "pause", "kept")
        ran = [record["ran"] for record in release.run(url, "work", "mending", "idle", "kept") if "ran" in record]
        differences.same("runs", sorted(ids[name] for name in ("mended", "hastened", "kept")), sorted(ran))
    for name, state in (("mended", "completed"), ("hastened", "completed"), ("kept", "completed"),
                        ("unwanted", "cancelled"), *((name, None) for name in purged)):
        everything[ids[name]]["state"] = state
    compare_made(differences, queuetrace, everything, release.run(url, "view"))
    return differences
