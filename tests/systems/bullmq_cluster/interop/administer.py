"""The same changes as on one server; of the neighbour on another master, whose jobs have the same ids, nothing may change."""
from bullmq.interop import administer as on_one_server
from bullmq.interop.releases import CHANGED


def compare_administration(release, url, binary):
    other = release.other()
    other.run(url, "prepare")
    before = other.run(url, "view", *other.queues(CHANGED))
    differences = on_one_server.compare_administration(release, url, binary)
    differences.same("the neighbour's jobs", before, other.run(url, "view", *other.queues(CHANGED)))
    return differences
