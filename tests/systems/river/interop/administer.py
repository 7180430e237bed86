"""What queuetrace does to jobs, and what the library's workers then make of them."""
import time

from administration import Administrator
from differences import Differences
from queuetrace import Queuetrace

from river.interop.compare import compare_made, filled


def compare_administration(release, url, binary):
    differences = Differences()
    release.run(url, "migrate")
    everything = filled(release, url, "prepare")
    queuetrace = Queuetrace(binary, url)
    compare_made(differences, queuetrace, everything, release.run(url, "view"))
    with Administrator(differences, queuetrace) as administrator:
        steps = Administration(release, url, differences, administrator, everything)
        steps.retry()
        steps.cancel()
        steps.move()
        steps.pause()
        steps.purge()
        steps.restore()
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
        """The library's record of each of these jobs that is there, by name."""
        names_of = {self.ids[name]: name for name in names}
        return {names_of[str(record["id"])]: record for record in self.release.run(self.url, "view")
                if record["view"] == "job" and str(record["id"]) in names_of}

    def work(self, *queues):
        """The library's worker, until it finds nothing more in these queues; how often each job ran, by name."""
        names = {job_id: name for name, job_id in self.ids.items()}
        ran = {}
        for record in self.release.run(self.url, "work", *queues):
            if "ran" in record:
                name = names[str(record["ran"])]
                ran[name] = ran.get(name, 0) + 1
        return ran

    def become(self, names, state, native):
        for name in names:
            self.everything[self.ids[name]]["state"] = state
        found = {name: record["state"] for name, record in self.view(*names).items()}
        self.differences.same("the library's states", {name: native for name in names}, found)

    def until(self, name, state):
        for _ in range(600):
            if self.view(name)[name]["state"] == state:
                return
            time.sleep(0.1)
        self.differences.true(f"{name}: {state}", False, "it does not become so")

    def retry(self):
        names = ["mended", "hastened", "runs anew"]
        ids = [self.ids[name] for name in names]
        self.administrator.change(ids, "job", "retry", *ids)
        self.administrator.outcomes({job_id: "already" for job_id in ids}, "job", "retry", *ids)
        self.differences.same("retried: runs", {name: 1 for name in names}, self.work("worked"))
        self.become(names, "completed", "completed")
        self.differences.same("retried: one more attempt", 2, self.view("mended")["mended"]["max_attempts"])

    def cancel(self):
        change, ids = self.administrator, self.ids
        names = ["unwanted", "unwanted later"]
        change.change([ids[name] for name in names], "job", "cancel", "--queue", "idle")
        change.outcomes({ids["unwanted"]: "already"}, "job", "cancel", ids["unwanted"])
        change.skipped([ids["mended"]], "job", "cancel", ids["mended"])
        self.differences.same("cancelled: runs", {}, self.work("idle"))
        self.become(names, "cancelled", "cancelled")
        with self.release.holding(self.url, "hung"):
            self.until("hangs", "running")
            change.skipped([ids["hangs"]], "job", "cancel", ids["hangs"])
            change.change([ids["hangs"]], "job", "cancel", ids["hangs"], "--force")
            self.until("hangs", "cancelled")
        self.become(["hangs"], "cancelled", "cancelled")

    def move(self):
        moved = self.ids["moved"]
        self.administrator.change([moved], "job", "move", moved, "--to", "to", "--new-queue")
        self.administrator.skipped([moved], "job", "move", moved, "--to", "No Such Name", "--new-queue")
        self.differences.same("moved: runs", {"moved": 1}, self.work("to"))
        self.become(["moved"], "completed", "completed")
        self.become(["stays behind"], "pending", "available")

    def pause(self):
        self.administrator.pause("pausing", True)
        self.differences.same("paused: runs", {}, self.work("pausing"))
        self.administrator.pause("pausing", False)
        self.differences.same("resumed: runs", {"waits for the pause": 1}, self.work("pausing"))
        self.become(["waits for the pause"], "completed", "completed")

    def purge(self):
        purged = [f"purged {number}" for number in range(3)]
        self.administrator.deleted([self.ids[name] for name in purged], "purge", "--state", "dead")
        self.differences.same("the library has what was purged", {}, self.view(*purged))
        for name in purged:
            self.everything[self.ids[name]]["state"] = None

    def restore(self):
        kept = ["kept: due", "kept: later"]
        ids = [self.ids[name] for name in kept]
        before = self.view(*kept)
        self.differences.same("the library has what is deleted next", sorted(kept), sorted(before))
        backup = self.administrator.deleted(ids, "job", "delete", *ids)
        self.differences.same("the library has what was deleted", {}, self.view(*kept))
        self.administrator.restored(ids, backup)
        self.differences.same("restored", before, self.view(*kept))
        self.administrator.outcomes({job_id: "already" for job_id in ids}, "job", "restore", backup)
        self.differences.same("restored: runs", {"kept: due": 1}, self.work("kept"))
        self.become(["kept: due"], "completed", "completed")
