"""BullMQ's workers against changes of their jobs (tests/interop/race)."""
import contextlib
import subprocess

SERVER = "redis"
WORKERS = 2

# Some jobs fail until they are retried; a delayed one that is retried is taken at once.
CHANGES = [
    ["job", "retry", "--queue", "race", "--state", "failed"],
    ["job", "retry", "--queue", "race", "--state", "scheduled"],
    ["job", "delete", "--kind", "unwanted", "--state", "pending,scheduled"],
    ["purge", "--queue", "race", "--completed"],
    ["queue", "pause", "race"],
    ["queue", "resume", "race"],
]


def fill(release, url, jobs):
    return [release.reference(record) for record in release.run(url, "race", str(jobs))]


@contextlib.contextmanager
def workers(release, url):
    processes = [release.start(url, "serve") for _ in range(WORKERS)]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=60)
            process.kill()


def waiting(release, url):
    """Whether a job has not ended, or failed and is to be retried."""
    return release.run(url, "waiting")[0]["waiting"] > 0


def ran(release, url):
    return [release.reference(record) for record in release.run(url, "ran")]


def intact(release, url):
    """What the library finds wrong with its keys."""
    return [record["problem"] for record in release.run(url, "intact")]
