"""The releases of BullMQ that are run with their queues in PostgreSQL, by the program of its queues in Redis."""
import os

from bullmq.interop import releases
from postgres_server import connection_variables

HERE = os.path.dirname(os.path.abspath(__file__))


class Release(releases.Release):
    system = "bullmq-postgresql"
    folder = HERE

    def reference(self, record):
        return f"{record['queue']}/{record['id']}"

    def parent(self, key):
        return key.replace(":", "/", 1)

    def store(self, url):
        return connection_variables(url)


RELEASES = [
    Release("6", "6.7.0", telemetry=True, pauses_by_list=False),
]
