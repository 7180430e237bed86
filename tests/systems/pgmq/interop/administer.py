"""What queuetrace does to messages, and what the client's consumers then get."""
from administration import Administrator
from differences import Differences
from queuetrace import Queuetrace

from pgmq.interop.compare import compare_made, filled


def compare_administration(release, url, binary):
    differences = Differences()
    release.run(url, "create")
    everything = filled(release, url, "prepare")
    queuetrace = Queuetrace(binary, url)
    compare_made(differences, queuetrace, everything, release.run(url, "view"))
    ids = {record["made"]: job_id for job_id, record in everything.items()}

    def rows():
        return {record["id"]: record for record in release.run(url, "view") if "id" in record}

    with Administrator(differences, queuetrace) as administrator:
        before = rows()[ids["kept"]]
        backup = administrator.deleted([ids["kept"]], "job", "delete", ids["kept"])
        differences.true("deleted", ids["kept"] not in rows(), "it is there")
        administrator.restored([ids["kept"]], backup)
        differences.same("restored", before, rows().get(ids["kept"]))
        administrator.deleted([ids["purged 0"], ids["purged 1"]], "purge", "--kind", "purged")
        administrator.change([ids["hastened"]], "job", "retry", ids["hastened"])
        administrator.change([ids["mended"]], "job", "retry", ids["mended"])
        administrator.refused("job", "cancel", ids["kept"])
        administrator.refused("queue", "pause", "orders")
    ran = [record["ran"] for record in release.run(url, "work")]
    differences.same("read once", sorted([ids["kept"], ids["hastened"], ids["mended"]]), sorted(ran))
    differences.same("nothing is left", [], sorted(rows()))
    return differences
