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
        steps.move()
        steps.restore()
        steps.pause()
    return differences


class Administration(AdministrationSteps):
    def view(self):
        return {record["id"]: record for record in self.release.run(self.url, "view") if record["view"] == "job"}

    def lie(self, name, place, queue=None):
        """Where the library finds the job."""
        job = self.view().get(self.ids[name], {})
        self.differences.same(f"{name}: where the library finds it", place, job.get("place"))
        if queue:
            self.differences.same(f"{name}: its queue", queue, job.get("queue"))

    def work(self, *queues):
        """The library's worker, until it has run what waits in these queues; which jobs it ran, in order."""
        return [record["ran"] for record in self.release.run(self.url, "work", *queues)]

    def retry(self):
        change, ids = self.administrator, self.ids
        self.lie("mended", "retry")
        self.lie("raised", "dead")
        change.change([ids["mended"]], "job", "retry", ids["mended"])
        change.change([ids["raised"]], "job", "retry", "--state", "dead", "--id", ids["raised"])
        change.outcomes({ids["mended"]: "already"}, "job", "retry", ids["mended"])
        self.differences.same("retried jobs run once each", [ids["mended"], ids["raised"]], self.work("mend"))
        self.lie("mended", None)
        self.lie("raised", None)
        change.deleted([ids["given up"]], "purge", "--state", "dead")
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

    def move(self):
        change, ids = self.administrator, self.ids
        change.change([ids["moved"], ids["moved, later"]], "job", "move", ids["moved"], ids["moved, later"], "--to", "to", "--new-queue")
        self.lie("moved", "queue", "to")
        self.lie("moved, later", "schedule", "to")
        self.differences.same("a moved job runs once", [ids["moved"]], self.work("from", "to"))

    def restore(self):
        change, ids = self.administrator, self.ids
        before = self.view()[ids["kept"]]
        backup = change.deleted([ids["kept"]], "job", "delete", ids["kept"])
        self.lie("kept", None)
        change.restored([ids["kept"]], backup)
        self.differences.same("a restored job", before, self.view().get(ids["kept"]))
        change.outcomes({ids["kept"]: "already"}, "job", "restore", backup)
        self.differences.same("a restored job runs once", [ids["kept"]], self.work("keep"))

    def pause(self):
        self.administrator.pause("keep", True)
        self.administrator.pause("keep", False)
