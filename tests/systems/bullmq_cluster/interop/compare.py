"""The same comparison as on one server, beside the queues of another prefix on another master."""
from answers import EVERYTHING
from bullmq.interop import compare as on_one_server
from queuetrace import Queuetrace


def compare(release, url, binary):
    other = release.other()
    neighbours = [other.reference(record) for record in other.run(url, "fill")]
    differences = on_one_server.compare(release, url, binary)
    compare_both(differences, release, other, neighbours, Queuetrace(binary, url))
    return differences


def compare_both(differences, release, other, neighbours, queuetrace):
    """Asked about the whole cluster, both installations are told, each with all of its jobs."""
    found = {}
    for record in queuetrace.lines(*EVERYTHING):
        found.setdefault(record["source"].rpartition("/")[2], []).append(record["id"])
    differences.same("installations of the cluster", sorted(f"bullmq@{one.prefix}" for one in (release, other)), sorted(found))
    differences.same("the neighbour's jobs", sorted(neighbours), sorted(found.get(f"bullmq@{other.prefix}", [])))
