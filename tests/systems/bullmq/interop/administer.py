"""What queuetrace does to jobs, and what the library's workers then make of them."""
from administration import AdministrationSteps, Administrator
from differences import Differences

from bullmq.interop.job_facts import state_of
from bullmq.interop.releases import CHANGED


def compare_administration(release, url, binary):
    differences = Differences()
    ids = {record["made"]: release.reference(record) for record in release.run(url, "prepare")}
    with Administrator(differences, release.queuetrace(binary, url)) as administrator:
        steps = Administration(release, url, differences, administrator, ids)
        steps.retry()
        steps.promote()
        steps.pause()
        steps.delete()
        steps.refuse()
        if not release.bull:
            steps.mend_flow()
    return differences


class Administration(AdministrationSteps):
    def view(self):
        """What the library says of every job, by reference, and of every queue."""
        jobs, queues = {}, {}
        for record in self.release.run(self.url, "view", *self.release.queues(CHANGED)):
            if record["view"] == "job":
                jobs[self.release.reference(record)] = record
            else:
                queues[record["queue"]] = record
        return jobs, queues

    def become(self, names, state):
        jobs, _ = self.view()
        for name in names:
            job = jobs.get(self.ids[name])
            self.differences.same(f"{name}: the library's state", state, state_of(job) if job else None)

    def work(self, *queues):
        """The library's worker, until it finds nothing more in these queues; which jobs it ran, in order."""
        return [self.release.reference(record) for record in self.release.run(self.url, "work", *queues)]

    def retry(self):
        change, ids = self.administrator, self.ids
        change.change([ids["mended"]], "job", "retry", ids["mended"], "--reset-attempts")
        change.outcomes({ids["mended"]: "already"}, "job", "retry", ids["mended"])
        change.change([ids["mended by pattern"]], "job", "retry", "--queue", "mend", "--state", "failed", "--kind",
                      "*pattern")
        self.differences.same("retried jobs run once each", [ids["mended"], ids["mended by pattern"]], self.work("mend"))
        self.become(["mended", "mended by pattern"], "completed")
        self.become(["given up"], "failed")
        change.deleted([ids["given up"]], "purge", "--queue", "mend", "--state", "failed")
        self.become(["given up"], None)

    def promote(self):
        change, ids = self.administrator, self.ids
        change.change([ids["hastened"]], "job", "retry", ids["hastened"])
        jobs = [ids["hastened"]]
        if not self.release.orders_by_score:
            change.skipped([ids["hastened with a priority"]], "job", "retry", ids["hastened with a priority"])
        else:
            change.change([ids["hastened with a priority"]], "job", "retry", ids["hastened with a priority"])
            jobs.append(ids["hastened with a priority"])
        self.differences.same("hastened jobs run once each", jobs, self.work("hurry"))

    def pause(self):
        self.administrator.pause("stop", True)
        _, queues = self.view()
        self.differences.same("the library has the queue paused", True, queues["stop"]["paused"])
        self.differences.same("a paused queue's jobs wait", 0, len(self.release.run(self.url, "drain", "stop")[0]["drained"]))
        self.administrator.pause("stop", False)
        _, queues = self.view()
        self.differences.same("the library has the queue resumed", False, queues["stop"]["paused"])
        self.differences.same("a resumed queue's jobs run", [self.ids["held back"]], self.work("stop"))

    def delete(self):
        change, ids = self.administrator, self.ids
        before, _ = self.view()
        change.deleted([ids["unwanted"], ids["unwanted later"]], "job", "delete", ids["unwanted"], ids["unwanted later"])
        self.become(["unwanted", "unwanted later"], None)
        self.differences.same("what is left runs", [ids["wanted"]], self.work("drop"))
        backup = change.deleted([ids["kept"]], "job", "delete", ids["kept"])
        self.become(["kept"], None)
        change.restored([ids["kept"]], backup)
        after, _ = self.view()
        self.differences.same("a restored job", before[ids["kept"]], after.get(ids["kept"]))
        change.outcomes({ids["kept"]: "already"}, "job", "restore", backup)
        self.differences.same("a restored job runs once", [ids["kept"]], self.work("keep"))

    def refuse(self):
        change, ids = self.administrator, self.ids
        change.skipped([ids["in hand"]], "job", "delete", ids["in hand"])
        change.skipped([ids["in hand"]], "job", "retry", ids["in hand"])
        change.skipped([ids["of a scheduler"]], "job", "delete", ids["of a scheduler"])
        self.become(["of a scheduler"], "scheduled")
        change.refused("job", "cancel", ids["in hand"])
        change.refused("job", "move", ids["in hand"], "--to", "elsewhere")

    def mend_flow(self):
        """A failed child that is retried lets its parent go on."""
        change, ids = self.administrator, self.ids
        change.skipped([ids["parent of a mended child"]], "job", "delete", ids["parent of a mended child"])
        change.change([ids["child, mended"]], "job", "retry", ids["child, mended"])
        self.differences.same("the child runs", [ids["child, mended"]], self.work("children"))
        self.differences.same("then its parent", [ids["parent of a mended child"]], self.work("families"))
        self.become(["child, mended", "parent of a mended child"], "completed")
