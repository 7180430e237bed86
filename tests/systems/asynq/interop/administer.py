"""What queuetrace does to tasks, and what the library's servers then make of them."""
import time

from administration import AdministrationSteps, Administrator
from differences import Differences
from queuetrace import Queuetrace

from asynq.interop.job_facts import reference


def compare_administration(release, url, binary):
    differences = Differences()
    ids = {record["made"]: reference(record) for record in release.run(url, "prepare")}
    with Administrator(differences, Queuetrace(binary, url)) as administrator:
        steps = Administration(release, url, differences, administrator, ids)
        steps.retry()
        steps.hasten()
        steps.cancel()
        steps.pause()
        steps.delete()
        steps.refuse()
        if release.groups:
            steps.take_out_of_group()
    return differences


class Administration(AdministrationSteps):
    def view(self):
        """What the library says of every task, by reference, and of every queue."""
        tasks, queues = {}, {}
        for record in self.release.run(self.url, "view"):
            if record["view"] == "task":
                tasks[reference(record)] = record
            elif record["view"] == "queue":
                queues[record["queue"]] = record
        return tasks, queues

    def become(self, names, state):
        tasks, _ = self.view()
        for name in names:
            self.differences.same(f"{name}: the library's state", state, tasks.get(self.ids[name], {}).get("state"))

    def work(self, *queues):
        """The library's server, until it finds nothing more in these queues; which tasks it ran, in order."""
        return [reference({**one, "id": one["ran"]}) for one in self.release.run(self.url, "work", *queues)]

    def lock_is_free(self):
        [answer] = self.release.run(self.url, "lock")
        return answer["free"]

    def retry(self):
        change, ids = self.administrator, self.ids
        names = ["mended", "mended anew"]
        change.change([ids["mended"]], "job", "retry", ids["mended"])
        change.outcomes({ids["mended"]: "already"}, "job", "retry", ids["mended"])
        change.change([ids["mended anew"]], "job", "retry", ids["mended anew"], "--reset-attempts")
        before, _ = self.view()
        self.differences.same("counted anew", 0, before[ids["mended anew"]]["retried"])
        self.differences.same("retried tasks run once each", [ids[name] for name in names], self.work("mend"))
        self.become(names, "completed")
        self.become(["left alone"], "archived")
        change.deleted([ids["left alone"]], "purge", "--queue", "mend", "--state", "dead")
        self.become(["left alone"], None)

    def hasten(self):
        self.administrator.change([self.ids["hastened"]], "job", "retry", self.ids["hastened"])
        self.differences.same("a hastened task runs", [self.ids["hastened"]], self.work("hurry"))
        self.become(["hastened"], "completed")

    def cancel(self):
        names = ["unwanted", "unwanted later"]
        ids = [self.ids[name] for name in names]
        self.administrator.change(ids, "job", "cancel", *ids)
        self.administrator.outcomes({job_id: "already" for job_id in ids}, "job", "cancel", *ids)
        self.become(names, "archived")
        self.differences.same("what is left runs", [self.ids["wanted"]], self.work("drop"))
        self.become(names, "archived")

    def pause(self):
        self.administrator.pause("stop", True)
        _, queues = self.view()
        self.differences.same("the library has the queue paused", True, queues["stop"]["paused"])
        self.differences.same("a paused queue's tasks wait", [], self.work("stop"))
        self.administrator.pause("stop", False)
        _, queues = self.view()
        self.differences.same("the library has the queue resumed", False, queues["stop"]["paused"])
        self.differences.same("a resumed queue's tasks run", [self.ids["waits for the pause"]], self.work("stop"))

    def delete(self):
        change, kept = self.administrator, self.ids["kept"]
        before, _ = self.view()
        self.differences.same("its lock is held", False, self.lock_is_free())
        backup = change.deleted([kept], "job", "delete", kept)
        self.become(["kept"], None)
        self.differences.same("its lock is free", True, self.lock_is_free())
        change.restored([kept], backup)
        after, _ = self.view()
        for record in (before[kept], after[kept]):
            record.pop("due_at")  # of a pending task always the present
        self.differences.same("a restored task", before[kept], after[kept])
        self.differences.same("its lock is held again", False, self.lock_is_free())
        change.outcomes({kept: "already"}, "job", "restore", backup)
        self.differences.same("a restored task runs once", [kept], self.work("keep"))
        self.differences.same("then its lock is free", True, self.lock_is_free())

    def refuse(self):
        change, in_hand = self.administrator, self.ids["in hand"]
        with self.release.holding(self.url, "hands"):
            for _ in range(300):
                if self.view()[0][in_hand]["state"] == "active":
                    break
                time.sleep(0.1)
            for verb in ("delete", "retry", "cancel"):
                change.skipped([in_hand], "job", verb, in_hand)
        change.refused("job", "move", in_hand, "--to", "elsewhere")
        self.become(["in hand"], "active")

    def take_out_of_group(self):
        task = self.ids["out of its group"]
        self.become(["out of its group"], "aggregating")
        self.administrator.change([task], "job", "retry", task)
        self.become(["out of its group"], "pending")
        self.differences.same("a task out of its group runs", [task], self.work("grouped"))
