"""What queuetrace does to jobs, and what the library's workers then make of them."""
from administration import AdministrationSteps, Administrator
from differences import Differences
from queuetrace import Queuetrace


def compare_administration(release, url, binary):
    differences = Differences()
    ids = {record["made"]: record["id"] for record in release.run(url, "prepare")}
    with Administrator(differences, Queuetrace(binary, url)) as administrator:
        steps = Administration(release, url, differences, administrator, ids)
        steps.retry()
        steps.promote()
        steps.delete()
        steps.cancel()
        steps.move()
        steps.restore()
        steps.pause()
    return differences


class Administration(AdministrationSteps):
    def view(self):
        return {record["id"]: record for record in self.release.run(self.url, "view")}

    def lie(self, name, place, queue=None):
        """Where the library finds the job."""
        job = self.view().get(self.ids[name], {})
        self.differences.same(f"{name}: where the library finds it", place, job.get("place"))
        if place:
            self.differences.same(f"{name}: its status", place, job.get("status", "").split(".")[-1].lower())
        if queue:
            self.differences.same(f"{name}: its queue", queue, job.get("queue"))

    def work(self, *queues):
        """The library's worker, until it has run what waits in these queues; which jobs it ran, in order."""
        return [record["ran"] for record in self.release.run(self.url, "work", *queues)]

    def retry(self):
        change, ids = self.administrator, self.ids
        self.lie("mended", "failed")
        change.change([ids["mended"]], "job", "retry", ids["mended"])
        self.lie("mended", "queued")
        change.outcomes({ids["mended"]: "already"}, "job", "retry", ids["mended"])
        change.change([ids["mended by pattern"]], "job", "retry", "--queue", "mend", "--state", "failed", "--kind",
                      "*at_first")
        self.differences.same("retried jobs run once each", [ids["mended"], ids["mended by pattern"]], self.work("mend"))
        self.lie("mended", "finished")
        self.lie("mended by pattern", "finished")
        change.deleted([ids["given up"]], "purge", "--queue", "mend", "--state", "failed")
        self.lie("given up", None)

    def promote(self):
        self.administrator.change([self.ids["hastened"]], "job", "retry", self.ids["hastened"])
        self.differences.same("a hastened job runs once", [self.ids["hastened"]], self.work("hurry"))

    def delete(self):
        change, ids = self.administrator, self.ids
        change.deleted([ids["unwanted"], ids["unwanted later"]], "job", "delete", ids["unwanted"], ids["unwanted later"])
        self.lie("unwanted", None)
        self.lie("unwanted later", None)
        self.differences.same("what is left runs", [ids["wanted"]], self.work("drop"))

    def cancel(self):
        change, ids = self.administrator, self.ids
        change.change([ids["cancelled"], ids["cancelled later"]], "job", "cancel", ids["cancelled"], ids["cancelled later"])
        self.lie("cancelled", "canceled")
        self.lie("cancelled later", "canceled")
        self.differences.same("a cancelled job does not run", [], self.work("stop"))
        self.lie("depends on the cancelled one", "deferred")
        change.skipped([ids["cancelled"]], "job", "delete", ids["cancelled"])
        change.skipped([ids["cancelled"]], "job", "retry", ids["cancelled"])

    def move(self):
        change, ids = self.administrator, self.ids
        change.change([ids["moved"], ids["moved, later"]], "job", "move", ids["moved"], ids["moved, later"], "--to", "to",
                      "--new-queue")
        self.lie("moved", "queued", "to")
        self.lie("moved, later", "scheduled", "to")
        self.differences.same("a moved job runs once", [ids["moved"]], self.work("from", "to"))

    def restore(self):
        change, ids = self.administrator, self.ids
        change.skipped([ids["kept"]], "job", "delete", ids["kept"])
        before = self.view()[ids["kept, alone"]]
        backup = change.deleted([ids["kept, alone"]], "job", "delete", ids["kept, alone"])
        self.lie("kept, alone", None)
        change.restored([ids["kept, alone"]], backup)
        self.differences.same("a restored job", before, self.view().get(ids["kept, alone"]))
        change.outcomes({ids["kept, alone"]: "already"}, "job", "restore", backup)
        self.differences.same("every job runs once", [ids["kept"], ids["kept, alone"], ids["depends on the kept one"]],
                              self.work("keep"))
        backup = change.deleted([ids["depends on the kept one"]], "job", "delete", ids["depends on the kept one"])
        self.lie("depends on the kept one", None)
        change.restored([ids["depends on the kept one"]], backup)
        self.lie("depends on the kept one", "finished")

    def pause(self):
        change = self.administrator
        change.pause("held", True)
        change.pause("held", False)
        self.differences.same("a resumed queue's jobs run", [self.ids["held back"]], self.work("held"))
