"""The releases of BullMQ and Bull that are run, and how their program is run."""
import os

from node_release import NodeRelease
from queuetrace import Queuetrace

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDS = 63  # the last database of redis_server.py
QUEUES = ("runs", "order", "later", "held", "hands", "traces")
FLOWS = ("families", "children")
CHANGED = ("mend", "hurry", "drop", "keep", "stop", "hands")


class Release(NodeRelease):
    system = "bullmq"
    folder = HERE
    program = f"{HERE}/program/main.js"

    def __init__(self, name, version, *, bull=False, telemetry=False, pauses_by_list=True, orders_by_score=True):
        super().__init__(name, version)
        self.bull = bull
        self.telemetry = telemetry
        self.pauses_by_list = pauses_by_list  # what waits is moved to another list
        self.orders_by_score = orders_by_score  # jobs with a priority, in a set of their own

    def reference(self, record):
        """How queuetrace names a job: ids are unique only within a queue."""
        return f"{record['queue']}:{record['id']}"

    def parent(self, key):
        """How queuetrace names the job that a parent's key, `bull:QUEUE:ID`, is of."""
        return key.split(":", 1)[1]

    def queues(self, names):
        return names if self.bull else (*names, *FLOWS)

    def store(self, url):
        """What tells the program where its queues are."""
        return {"REDIS_URL": url}

    def queuetrace(self, binary, url):
        """The program, asked about this release's queues."""
        return Queuetrace(binary, url)

    def variables(self, url):
        return {**super().variables(url), **self.store(url), "RECORDS": str(RECORDS), "LIBRARY": "bull" if self.bull else "bullmq",
                "TELEMETRY": "yes" if self.telemetry else "no"}


RELEASES = [
    Release("bull-4", "Bull 4.16.5", bull=True, orders_by_score=False),
    Release("3", "3.16.2", orders_by_score=False),
    Release("4", "4.18.3"),
    Release("5", "5.81.5", telemetry=True),
    Release("6", "6.7.0", telemetry=True, pauses_by_list=False),
]
