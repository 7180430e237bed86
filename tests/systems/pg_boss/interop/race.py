"""Takers of pg-boss' jobs against changes of them (tests/interop/race)."""
import contextlib

from postgres_server import asked

SERVER = "postgres"
QUEUE = "race"
TAKERS = 2

# Some jobs fail until they are retried; one that is not due yet and is retried is taken at once.
CHANGES = [
    ["job", "retry", "--queue", QUEUE, "--state", "failed"],
    ["job", "retry", "--queue", QUEUE, "--state", "scheduled"],
    ["job", "delete", "--queue", QUEUE, "--state", "pending,scheduled", "--where", "act=unwanted"],
    ["purge", "--queue", QUEUE, "--completed"],
]


def fill(release, url, jobs):
    release.run(url, "migrate")
    return [record["id"] for record in release.run(url, "race", QUEUE, str(jobs))]


@contextlib.contextmanager
def workers(release, url):
    with contextlib.ExitStack() as stack:
        release.told = [stack.enter_context(release.serving(url, QUEUE)) for _ in range(TAKERS)]
        yield


def jobs_but_completed(url):
    return asked(url, f"SELECT id || ' is ' || state FROM pgboss.job WHERE name = '{QUEUE}' AND state <> 'completed'")


def waiting(_, url):
    """Whether a job has not ended, or failed and is to be retried."""
    return bool(jobs_but_completed(url))


def ran(release, _):
    return [record["ran"] for told in release.told for record in told]


def intact(_, url):
    """What should not be there in the end."""
    return jobs_but_completed(url)
