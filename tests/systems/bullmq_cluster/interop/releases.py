"""The releases of BullMQ that are run in a Redis Cluster, by the program of its queues on one server, under prefixes that are hash tags."""
import json

from bullmq.interop import releases
from queuetrace import Queuetrace

IN_CLUSTER = True
SOURCE = "cluster"


class Release(releases.Release):
    """Queues under one of two prefixes, whose slots are of different masters."""

    prefix = "{eu}"
    other_prefix = "{us}"

    def other(self):
        """The same release with the queues of the other prefix."""
        other = Release(self.name, self.version, telemetry=self.telemetry, pauses_by_list=self.pauses_by_list)
        other.prefix, other.other_prefix = self.other_prefix, self.prefix
        return other

    def parent(self, key):
        return key.removeprefix(f"{self.prefix}:")

    def store(self, url):
        return {"REDIS_URL": url, "PREFIX": self.prefix}

    def queuetrace(self, binary, url):
        configuration = f'[sources.{SOURCE}]\nurl = {json.dumps(url)}\nsystem = "bullmq"\nkeys = {{ prefix = "{self.prefix}" }}\n'
        return Queuetrace(binary, SOURCE, configuration)


RELEASES = [
    Release("4", "4.18.3"),
    Release("5", "5.81.5", telemetry=True),
    Release("6", "6.7.0", telemetry=True, pauses_by_list=False),
]
