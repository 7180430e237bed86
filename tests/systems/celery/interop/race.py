"""Celery's workers against changes of their messages (tests/interop/race)."""
import contextlib

SERVER = "redis"
QUEUES = ("from", "to")

# A message that is hastened is written anew; one that is moved goes from one list to another.
CHANGES = [
    ["job", "move", "--queue", "from", "--to", "to", "--new-queue", "--system", "celery"],
    ["job", "move", "--queue", "to", "--to", "from", "--new-queue", "--system", "celery"],
    ["job", "retry", "--queue", "from", "--system", "celery"],
    ["job", "retry", "--queue", "to", "--system", "celery"],
    ["job", "delete", "--kind", "tasks.unwanted", "--system", "celery"],
]


def fill(release, url, jobs):
    return [record["id"] for record in release.run(url, "race", str(jobs))]


@contextlib.contextmanager
def workers(release, url):
    with release.worker(url, *QUEUES, number=4), release.worker(url, *reversed(QUEUES), number=4):
        yield


def waiting(release, url):
    """Whether a message waits or is held."""
    return release.run(url, "waiting")[0]["waiting"] > 0


def ran(release, url):
    return [record["ran"] for record in release.run(url, "ran")]
