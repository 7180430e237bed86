"""The releases of BullMQ that are run with their queues in PostgreSQL, by the program of its queues in Redis."""
import os
import re

from bullmq.interop import releases

HERE = os.path.dirname(os.path.abspath(__file__))


class Release(releases.Release):
    system = "bullmq-postgresql"
    packages = f"{HERE}/packages"

    def reference(self, record):
        return f"{record['queue']}/{record['id']}"

    def parent(self, key):
        return key.replace(":", "/", 1)

    def store(self, url):
        database, host, user = re.fullmatch(r"postgresql:///(.*)\?host=(.*)&user=(.*)", url).groups()
        return {"PGDATABASE": database, "PGHOST": host, "PGUSER": user}


RELEASES = [
    Release("6", "6.7.0", telemetry=True, pauses_by_list=False),
]
