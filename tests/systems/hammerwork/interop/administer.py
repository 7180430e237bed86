"""What queuetrace does to jobs, and what the crate's workers then make of them."""
from administration import Administrator
from answers import compare_gone
from differences import Differences
from queuetrace import Queuetrace

from hammerwork.interop.compare import compare_filters, compare_jobs, compare_statistics, paused_queues


def compare_administration(release, url, binary):
    differences = Differences()
    release.run(url, "migrate")
    prepared = release.run(url, "prepare")
    everything = {record["id"]: record for record in prepared if "made" in record}
    for record in prepared:
        if "operation" in record:
            able = record["operation"] not in release.unable
            differences.same(f"{release.version} can {record['operation']}", able, record["done"])
    queuetrace = Queuetrace(binary, url)
    compare_made(differences, release, queuetrace, everything)
    with Administrator(differences, queuetrace) as administrator:
        steps = Administration(release, url, differences, administrator, everything)
        steps.retry()
        steps.cancel()
        steps.move()
        steps.pause()
        steps.purge()
        steps.restore()
    compare_made(differences, release, queuetrace, everything)
    return differences


def compare_made(differences, release, queuetrace, everything):
    """Every job as it must have become."""
    made = {job_id: record for job_id, record in everything.items() if record["state"]}
    view = release.run(queuetrace.url, "view", everything)
    jobs = {record["id"]: record for record in view if record["view"] == "job"}
    differences.same("the crate reads what was made", sorted(made), sorted(jobs))
    compare_jobs(differences, release, queuetrace, made, jobs)
    compare_filters(differences, queuetrace, made, jobs)
    compare_gone(differences, queuetrace, [job_id for job_id in everything if job_id not in made])
    compare_statistics(differences, queuetrace, made, view)


class Administration:
    def __init__(self, release, url, differences, administrator, everything):
        self.release = release
        self.url = url
        self.differences = differences
        self.administrator = administrator
        self.everything = everything
        self.ids = {record["made"]: job_id for job_id, record in everything.items()}

    def of(self, *names):
        return [self.ids[name] for name in names]

    def view(self, *names):
        """What the crate says of these jobs: each that is there by name, then their workflows, batches and archive."""
        names_of = {self.ids[name]: name for name in names}
        view = self.release.run(self.url, "view", names_of)
        jobs = {names_of[record["id"]]: record for record in view if record["view"] == "job"}
        archived = [record for record in view if record["view"] == "archived" and record["id"] in names_of]
        groups = [record for record in view if record["view"] in ("workflow", "batch")]
        return jobs, archived, groups

    def become(self, names, state, status, attempts=None):
        """Compares what the crate tells of these jobs with what they must be, and remembers it."""
        jobs, _, _ = self.view(*names)
        self.differences.same("the crate still has", sorted(names), sorted(jobs))
        for name in names:
            self.everything[self.ids[name]]["state"] = state
            said = jobs.get(name, {})
            self.differences.same(f"{name}: the crate's state", status, said.get("status"))
            if attempts is not None:
                self.differences.same(f"{name}: attempts", attempts, said.get("attempts"))

    def work(self, queue, *names):
        """The crate's worker, until these jobs have ended; for a second without any."""
        self.release.run(self.url, "work", [f"{queue}: {' '.join(self.of(*names))}"])

    def retry(self):
        mended = [name for name in self.ids if name.startswith("mended: ")]
        self.administrator.change(self.of(*mended), "job", "retry", "--queue", "mended")
        self.become(mended, "pending", "Pending", attempts=0)
        already = {job_id: "already" for job_id in self.of(*mended)}
        self.administrator.outcomes(already, "job", "retry", *self.of(*mended))
        self.work("mended", *mended)
        self.become(mended, "completed", "Completed", attempts=1)
        steps = ["step: failed", "step: after a failure"]
        if "workflow" in self.release.unable:
            return
        self.administrator.change(self.of(*steps), "job", "retry", *self.of(*steps))
        self.become(steps[:1], "pending", "Pending", attempts=0)
        self.become(steps[1:], "blocked", "Pending", attempts=0)
        self.work("second step")
        self.become(steps[1:], "blocked", "Pending", attempts=0)
        self.work("first step", steps[0])
        self.work("second step", steps[1])
        self.become(steps, "completed", "Completed", attempts=1)
        [workflow] = self.view(*steps)[2]
        self.differences.same("workflow of retried jobs", self.release.ended_workflow, workflow["status"])

    def cancel(self):
        change = self.administrator
        later = "cancelled before its time"
        change.change(self.of("cancelled"), "job", "cancel", *self.of("cancelled"))
        change.change(self.of(later), "job", "cancel", "--queue", "unwanted", "--state", "scheduled")
        change.outcomes({self.ids["cancelled"]: "already"}, "job", "cancel", *self.of("cancelled"))
        change.skipped(self.of("mended: dead"), "job", "cancel", *self.of("mended: dead"))
        self.work("unwanted", "not cancelled")
        self.become(["cancelled", later], "cancelled", "Failed", attempts=0)
        self.become(["waits for a cancelled job"], "failed", "Failed", attempts=0)
        self.become(["not cancelled"], "completed", "Completed", attempts=1)

    def move(self):
        moved = ["moved: high", "moved: normal"]
        later = "moved before its time"
        self.administrator.change(self.of(*moved, later), "job", "move", "--queue", "from", "--to", "to", "--new-queue")
        for job_id in self.of(*moved, later):
            self.everything[job_id]["queue"] = "to"
        self.work("from")
        self.become(moved, "pending", "Pending", attempts=0)
        self.work("to", *moved)
        self.become(moved, "completed", "Completed", attempts=1)
        self.become([later], "scheduled", "Pending", attempts=0)
        jobs, _, _ = self.view(*moved, later)
        self.differences.same("moved to", ["to"] * 3, [said["queue"] for said in jobs.values()])
        first, second = (jobs[name]["started_at"] for name in moved)
        self.differences.true("moved: order", first < second, f"{moved[1]} began first")

    def pause(self):
        if "pause" in self.release.unable:
            self.administrator.refused("queue", "pause", "paused")
        else:
            self.administrator.pause("paused", True)
            self.compare_paused(["paused"])
            self.work("paused")
            self.become(["paused"], "pending", "Pending", attempts=0)
            self.administrator.pause("paused", False)
        self.compare_paused([])
        self.work("paused", "paused")
        self.become(["paused"], "completed", "Completed", attempts=1)

    def compare_paused(self, queues):
        self.differences.same("the crate's paused queues", queues, paused_queues(self.release.run(self.url, "view")))

    def purge(self):
        purged = [f"purged {number}" for number in range(3)]
        self.administrator.deleted(self.of(*purged), "purge", "--queue", "purged", "--state", "dead")
        self.differences.same("the crate has what was purged", ({}, [], []), self.view(*purged))
        for job_id in self.of(*purged):
            self.everything[job_id]["state"] = None
        self.work("purged", "not purged")
        self.become(["not purged"], "completed", "Completed", attempts=1)

    def restore(self):
        kept = [name for name in self.ids if name.startswith("kept: ")]
        recurring = ["kept: recurring"]
        others = [name for name in kept if name not in recurring]
        before = self.view(*kept)
        self.differences.same("the crate has what is deleted next", sorted(kept), sorted(before[0]))
        change = self.administrator
        change.skipped(self.of(*recurring), "job", "delete", *self.of(*recurring))
        backups = {tuple(self.of(*others)): change.deleted(self.of(*others), "job", "delete", *self.of(*others)),
                   tuple(self.of(*recurring)): change.deleted(self.of(*recurring), "job", "delete", "--force",
                                                              *self.of(*recurring))}
        self.differences.same("the crate has what was deleted", ({}, [], []), self.view(*kept))
        for ids, backup in backups.items():
            change.restored(ids, backup)
        after = self.view(*kept)
        for name in kept:
            self.differences.same(f"{name}: restored", before[0].get(name), after[0].get(name))
        self.differences.same("restored: archive, batch and workflow", before[1:], after[1:])
        for ids, backup in backups.items():
            change.outcomes({job_id: "already" for job_id in ids}, "job", "restore", backup)
        self.work("kept", "kept: due")
        self.become(["kept: due"], "completed", "Completed", attempts=1)
