"""What queuetrace does to messages and results, and what the library's workers then make of them."""
from administration import AdministrationSteps, Administrator
from differences import Differences
from queuetrace import Queuetrace


MESSAGES = ("--system", "celery")  # once a task has run, the database holds results as well


def compare_administration(release, url, binary):
    differences = Differences()
    ids = {record["made"]: record["id"] for record in release.run(url, "prepare")}
    with Administrator(differences, Queuetrace(binary, url)) as administrator:
        steps = Administration(release, url, differences, administrator, ids)
        steps.hasten()
        steps.remove()
        steps.move()
        steps.restore()
        steps.forget(Queuetrace(binary, url))
    return differences


class Administration(AdministrationSteps):
    def work(self, *queues):
        """The library's worker, until nothing waits in these queues; which tasks it ran, in order."""
        with self.release.worker(self.url, *queues):
            self.release.until(self.url, lambda view: not any(
                record["view"] == "job" and record["queue"] in queues for record in view))
        return [record["ran"] for record in self.release.run(self.url, "ran")]

    def hasten(self):
        change, ids = self.administrator, self.ids
        change.change([ids["hastened"]], "job", "retry", ids["hastened"], *MESSAGES)
        change.outcomes({ids["hastened"]: "already"}, "job", "retry", ids["hastened"], *MESSAGES)
        self.differences.same("a task without its eta runs once", [ids["hastened"]], self.work("hurry"))

    def remove(self):
        change, ids = self.administrator, self.ids
        change.deleted([ids["unwanted"]], "job", "delete", ids["unwanted"], *MESSAGES)
        change.change([ids["cancelled"]], "job", "cancel", ids["cancelled"], *MESSAGES)
        self.differences.same("what is left runs", [ids["wanted"]], self.work("drop"))

    def move(self):
        change, ids = self.administrator, self.ids
        change.change([ids["moved"]], "job", "move", ids["moved"], "--to", "to", "--new-queue", *MESSAGES)
        self.differences.same("nothing is left where it was", [], self.work("from"))
        self.differences.same("a moved task runs once", [ids["moved"]], self.work("to"))

    def restore(self):
        change, ids = self.administrator, self.ids
        backup = change.deleted([ids["kept"]], "job", "delete", ids["kept"], *MESSAGES)
        change.change([ids["kept"]], "job", "restore", backup, *MESSAGES)
        change.outcomes({ids["kept"]: "already"}, "job", "restore", backup, *MESSAGES)
        self.differences.same("a restored task runs once", [ids["kept"]], self.work("keep"))

    def forget(self, queuetrace):
        failed = self.ids["failed"]
        self.work("mend")
        [record] = [one for one in queuetrace.document("job", "show", failed)["jobs"] if one["system"] == "celery-results"]
        self.differences.same("a failed task's result", "failed", record["state"])
        results = {record["id"] for record in self.release.run(self.url, "view") if record["view"] == "result"}
        self.differences.true("a failed task's result", failed in results, "the library has none")
        self.administrator.change([failed], "job", "delete", record["ref"])
        results = {record["id"] for record in self.release.run(self.url, "view") if record["view"] == "result"}
        self.differences.true("a forgotten result", failed not in results, "the library has it")
