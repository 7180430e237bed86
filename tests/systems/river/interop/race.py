"""River's workers against changes of their jobs (tests/interop/race)."""
import contextlib

from postgres_server import asked

SERVER = "postgres"
QUEUES = ("race_from", "race_to")
CLIENTS = 2

# Some jobs fail at first, and wait for the next attempt until the library's own time for it or ours.
CHANGES = [
    ["job", "move", "--queue", "race_from", "--to", "race_to", "--new-queue"],
    ["job", "move", "--queue", "race_to", "--to", "race_from", "--new-queue"],
    ["job", "retry", "--queue", "race_*", "--state", "scheduled,retrying"],
    ["job", "delete", "--queue", "race_*", "--state", "pending,scheduled", "--where", "does=unwanted"],
    ["purge", "--queue", "race_*", "--completed"],
    ["queue", "pause", "race_from"],
    ["queue", "resume", "race_from"],
]


def fill(release, url, jobs):
    release.run(url, "migrate")
    release.fails = set()
    made = []
    for record in release.run(url, "race", str(jobs)):
        made.append(str(record["id"]))
        if record["fails"]:
            release.fails.add(str(record["id"]))
    return made


@contextlib.contextmanager
def workers(release, url):
    with contextlib.ExitStack() as stack:
        release.told = [stack.enter_context(release.serving(url, *QUEUES)) for _ in range(CLIENTS)]
        yield


def waiting(_, url):
    """Whether a job has not ended."""
    return asked(url, "SELECT EXISTS (SELECT FROM river_job WHERE finalized_at IS NULL)") == ["t"]


def ran(release, _):
    """Which jobs ran; the first attempt of those that fail at first left out."""
    runs = [run for told in release.told for run in told]
    return [str(run["ran"]) for run in runs if run["attempt"] > 1 or str(run["ran"]) not in release.fails]


def intact(_, url):
    """What should not be there in the end."""
    return [f"{job} is {state} in the end" for job, state in
            (line.split("|") for line in asked(url, "SELECT id, state FROM river_job WHERE state <> 'completed'"))]
