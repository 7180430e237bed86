"""What queuetrace does to jobs, and what the library's workers then make of them."""
from administration import AdministrationSteps, Administrator
from differences import Differences
from queuetrace import Queuetrace

from resque.interop.compare import ids_of
from resque.interop.job_facts import name_of


def compare_administration(release, url, binary):
    differences = Differences()
    release.run(url, "prepare")
    queuetrace = Queuetrace(binary, url)
    with Administrator(differences, queuetrace) as administrator:
        steps = Administration(release, url, differences, administrator, ids_of(queuetrace))
        steps.retry()
        steps.promote()
        steps.delete()
        steps.move()
        steps.restore()
        steps.refuse()
    return differences


class Administration(AdministrationSteps):
    def view(self):
        return {name_of(record): record for record in self.release.run(self.url, "view")}

    def lie(self, name, place, queue=None):
        """Where the library finds the job; a delayed one also by its index."""
        job = self.view().get(name, {})
        self.differences.same(f"{name}: where the library finds it", place, job.get("place"))
        if queue:
            self.differences.same(f"{name}: its queue", queue, job.get("queue"))

    def work(self, *queues):
        return [record["ran"] for record in self.release.run(self.url, "work", *queues)]

    def retry(self):
        change, ids = self.administrator, self.ids
        change.change([ids["mended"]], "job", "retry", ids["mended"])
        self.lie("mended", "queue", "mend")
        change.outcomes({ids["mended"]: "already"}, "job", "retry", ids["mended"])
        change.change([ids["mended by pattern"]], "job", "retry", "--state", "failed", "--where", "0=mended by pattern")
        self.differences.same("retried jobs run once each", ["mended", "mended by pattern"], self.work("mend"))
        self.lie("mended", None)
        change.deleted([ids["given up"]], "purge", "--queue", "mend", "--state", "failed")
        self.lie("given up", None)

    def promote(self):
        self.administrator.change([self.ids["hastened"]], "job", "retry", self.ids["hastened"])
        self.lie("hastened", "queue", "hurry")
        left = self.view()["left"]
        self.differences.same("what waits for the same time stays", ("delayed", 1), (left["place"], len(left["times"])))
        self.differences.same("a hastened job runs once", ["hastened"], self.work("hurry"))

    def delete(self):
        change, ids = self.administrator, self.ids
        change.deleted([ids["unwanted"], ids["unwanted later"]], "job", "delete", ids["unwanted"], ids["unwanted later"])
        change.change([ids["cancelled"]], "job", "cancel", ids["cancelled"])
        for name in ("unwanted", "unwanted later", "cancelled"):
            self.lie(name, None)
        self.differences.same("what is left runs", ["wanted"], self.work("drop", "stop"))

    def move(self):
        change, ids = self.administrator, self.ids
        change.change([ids["moved"]], "job", "move", ids["moved"], "--to", "to", "--new-queue")
        self.lie("moved", "queue", "to")
        self.differences.same("a moved job runs once", ["moved"], self.work("from", "to"))

    def restore(self):
        change, ids = self.administrator, self.ids
        before = self.view()
        both = [ids["kept"], ids["kept later"]]
        backup = change.deleted(both, "job", "delete", *both)
        self.lie("kept", None)
        self.lie("kept later", None)
        change.restored(both, backup)
        after = self.view()
        for name in ("kept", "kept later"):
            self.differences.same(f"{name}: a restored job", before[name], after.get(name))
        change.outcomes({one: "already" for one in both}, "job", "restore", backup)
        self.release.run(self.url, "schedule")
        self.differences.same("restored jobs run once each", ["kept", "kept later"], self.work("keep"))

    def refuse(self):
        change, ids = self.administrator, self.ids
        for action in ("retry", "delete", "cancel"):
            change.skipped([ids["in hand"]], "job", action, ids["in hand"])
        self.lie("in hand", "working")
