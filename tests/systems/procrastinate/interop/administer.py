"""What queuetrace does to jobs, and what the library's workers then make of them."""
from administration import Administrator
from differences import Differences
from queuetrace import Queuetrace

from procrastinate.interop.compare import compare_made, filled

# The library's word for a job's end, by queuetrace's.
STATUSES = {"completed": "succeeded", "failed": "failed", "cancelled": "cancelled", "scheduled": "todo",
            "pending": "todo", "retrying": "todo"}


def compare_administration(release, url, binary):
    differences = Differences()
    release.run(url, "migrate")
    everything = filled(differences, release, url, "prepare")
    queuetrace = Queuetrace(binary, url)
    compare_made(differences, queuetrace, everything, release.run(url, "view"))
    with Administrator(differences, queuetrace) as administrator:
        steps = Administration(release, url, differences, administrator, everything)
        steps.retry()
        steps.cancel()
        steps.move()
        steps.purge()
        steps.restore()
        administrator.refused("queue", "pause", "to")
    compare_made(differences, queuetrace, everything, release.run(url, "view"))
    return differences


class Administration:
    def __init__(self, release, url, differences, administrator, everything):
        self.release = release
        self.url = url
        self.differences = differences
        self.administrator = administrator
        self.everything = everything
        self.ids = {record["made"]: job_id for job_id, record in everything.items()}

    def view(self, *names):
        """What the library says of these jobs: its record and its history of each that is there, by name."""
        names_of = {self.ids[name]: name for name in names}
        found = {}
        for record in self.release.run(self.url, "view"):
            if record["view"] == "job" and record["id"] in names_of:
                found[names_of[record["id"]]] = {"job": record, "events": []}
            elif record["view"] == "event" and str(record["job_id"]) in names_of:
                found[names_of[str(record["job_id"])]]["events"].append([record["type"], record["at"]])
        return found

    def become(self, names, state, note=None, runs=None):
        """Compares the ends of these jobs, and how often they ran if it is said, with what the library tells."""
        for name in names:
            self.everything[self.ids[name]].update(state=state, note=note)
        found = self.view(*names)
        self.differences.same("the library still has", sorted(names), sorted(found))
        cancelled_as_failed = state == "cancelled" and "cancel" in self.release.unable
        status = {"aborted": "aborted"}.get(note) or STATUSES["failed" if cancelled_as_failed else state]
        for name, said in found.items():
            self.differences.same(f"{name}: the library's state", status, said["job"]["status"])
            if runs is not None:
                started = sum(event[0] == "started" for event in said["events"])
                self.differences.same(f"{name}: runs", runs, started)

    def work(self, *queues):
        """The library's worker, until it finds nothing more in these queues."""
        self.release.run(self.url, "work", *queues)

    def retry(self):
        once = ["mended", "hastened", "its worker was killed"]
        once += ["failed, asked to abort"] if "failed, asked to abort" in self.ids else []
        change, ids = self.administrator, self.ids
        change.change([ids["mended"], ids["policy goes on"]], "job", "retry", ids["mended"], ids["policy goes on"])
        change.change([ids["policy anew"]], "job", "retry", ids["policy anew"], "--reset-attempts")
        change.change([ids["hastened"]], "job", "retry", "--queue", "hastened")
        if "failed, asked to abort" in ids:
            change.change([ids["failed, asked to abort"]], "job", "retry", ids["failed, asked to abort"])
        change.skipped([ids["its twin waits"]], "job", "retry", ids["its twin waits"])
        change.skipped([ids["its worker was killed"]], "job", "retry", ids["its worker was killed"])
        if "prune workers" not in self.release.unable:  # its last heartbeat is still fresh
            change.skipped([ids["its worker was killed"]], "job", "retry", ids["its worker was killed"], "--force")
        [pruned] = self.release.run(self.url, "prune")
        self.differences.same("can prune workers", "prune workers" not in self.release.unable, pruned["done"])
        change.change([ids["its worker was killed"]], "job", "retry", ids["its worker was killed"], "--force")
        self.become(["its twin waits"], "failed", runs=1)
        self.work("mended", "policy goes on", "policy anew", "hastened", "left", "flagged")
        self.become(once, "completed", runs=2)
        self.become(["policy goes on"], "failed", runs=4)
        self.become(["policy anew"], "failed", runs=6)

    def cancel(self):
        change, ids = self.administrator, self.ids
        change.change([ids["cancelled"]], "job", "cancel", ids["cancelled"])
        later = "cancelled before its time"
        change.change([ids[later]], "job", "cancel", "--queue", "unwanted", "--state", "scheduled")
        change.outcomes({ids["cancelled"]: "already"}, "job", "cancel", ids["cancelled"])
        change.skipped([ids["mended"]], "job", "cancel", ids["mended"])
        self.work("unwanted")
        note = "cancelled-as-finished" if "cancel" in self.release.unable else None
        self.become(["cancelled", later], "cancelled", note, runs=0)
        self.become(["behind a cancelled job"], "completed", runs=1)
        if "aborted" in ids:
            with self.release.worker(self.url, "aborts"):
                self.release.run(self.url, "until", ids["aborted"], "doing")
                change.skipped([ids["aborted"]], "job", "cancel", ids["aborted"])
                change.change([ids["aborted"]], "job", "cancel", ids["aborted"], "--force")
                self.release.run(self.url, "until", ids["aborted"], "aborted")
            self.become(["aborted"], "cancelled", "aborted", runs=1)

    def move(self):
        moved = ["moved", "moved behind it"]
        later = "moved before its time"
        ids = [self.ids[name] for name in [*moved, later]]
        self.administrator.change(ids, "job", "move", "--queue", "from", "--to", "to", "--new-queue")
        self.work("from")
        self.become([later], "scheduled", runs=0)
        self.become(moved[:1], "pending", runs=0)
        self.become(moved[1:], "pending", "lock-held", runs=0)
        self.work("to")
        self.become(moved, "completed", runs=1)
        found = self.view(*moved, later)
        self.differences.same("moved to", ["to"] * 3, [said["job"]["queue"] for said in found.values()])
        first, second = ([at for kind, at in found[name]["events"] if kind == "started"] for name in moved)
        self.differences.true("moved: order within their lock", first < second, f"{second} before {first}")

    def purge(self):
        purged = [f"purged {number}" for number in range(3)]
        ids = [self.ids[name] for name in purged]
        self.administrator.deleted(ids, "purge", "--queue", "purged", "--state", "failed")
        self.work("purged")
        self.become(["not purged"], "completed", runs=1)
        self.differences.same("the library has what was purged", {}, self.view(*purged))
        for name in purged:
            self.everything[self.ids[name]]["state"] = None

    def restore(self):
        kept = [name for name in self.ids if name.startswith("kept: ")]
        ids = [self.ids[name] for name in kept]
        before = self.view(*kept)
        self.differences.same("the library has what is deleted next", sorted(kept), sorted(before))
        backup = self.administrator.deleted(ids, "job", "delete", *ids)
        self.differences.same("the library has what was deleted", {}, self.view(*kept))
        self.administrator.restored(ids, backup)
        after = self.view(*kept)
        for name in kept:
            self.differences.same(f"{name}: restored", before[name], after.get(name))
        self.administrator.outcomes({job_id: "already" for job_id in ids}, "job", "restore", backup)
        self.work("kept")
        self.become(["kept: due"], "completed", runs=1)
