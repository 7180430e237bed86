"""Changes that queuetrace is told to make, and what it must report of each job."""
import json
import os
import tempfile


class Administrator:
    """Runs changes on one source and compares their reports; keeps the backups until the block ends."""

    def __init__(self, differences, queuetrace):
        self.differences = differences
        self.queuetrace = queuetrace

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def change(self, ids, *arguments):
        """A change that must do exactly the jobs of `ids`, each of them."""
        self.outcomes({job_id: "done" for job_id in ids}, *arguments)

    def skipped(self, ids, *arguments):
        """A change that must leave each of these jobs alone, with a reason."""
        self.outcomes({job_id: "skipped" for job_id in ids}, *arguments, code=6)

    def outcomes(self, expected, *arguments, code=0):
        """A change whose report must say exactly this of each job. Code 7: what the plan promised was not all done."""
        where = " ".join(arguments)
        finished = self.queuetrace.run(*arguments, "--yes", "--output", "json")
        self.differences.same(f"{where}: exit code", code, finished.returncode)
        self.compare_errors(where, finished)
        if not finished.stdout:
            return
        report = json.loads(finished.stdout)
        self.differences.same(f"{where}: result", "partial" if code == 7 else "done", report["result"])
        self.differences.same(f"{where}: outcomes", expected, {job["id"]: job["outcome"] for job in report["jobs"]})
        unexplained = [job["id"] for job in report["jobs"] if job["outcome"] != "done" and not job.get("reason")]
        self.differences.same(f"{where}: not done without a reason", [], unexplained)

    def compare_errors(self, where, finished):
        notices = [json.loads(line) for line in finished.stderr.splitlines()]
        self.differences.same(f"{where}: errors", [], [notice["error"] for notice in notices if "error" in notice])

    def refused(self, *arguments):
        """A change that must be refused, with the reason."""
        finished = self.queuetrace.run(*arguments, "--yes", "--output", "json")
        where = " ".join(arguments)
        self.differences.same(f"{where}: exit code", 6, finished.returncode)
        said = [json.loads(line).get("error", {}) for line in finished.stderr.splitlines()]
        self.differences.same(f"{where}: code", ["refused"], [error.get("code") for error in said])
        self.differences.true(f"{where}: reason", all(error.get("hint") for error in said), "nothing else is offered")

    def deleted(self, ids, *arguments):
        """A change that must remove exactly these jobs; returns the backup, for `restored`."""
        backup = os.path.join(self.folder.name, f"{len(os.listdir(self.folder.name))}.jsonl")
        self.change(ids, *arguments, "--backup", backup)
        return backup

    def restored(self, ids, backup):
        self.change(ids, "job", "restore", backup)

    def pause(self, queue, paused):
        """A queue that must be paused, or resumed, by this."""
        verb = "pause" if paused else "resume"
        finished = self.queuetrace.run("queue", verb, queue, "--yes", "--output", "json")
        self.differences.same(f"queue {verb} {queue}: exit code", 0, finished.returncode)
        self.compare_errors(f"queue {verb} {queue}", finished)
        said = [(one["queue"], one["paused"], one["outcome"]) for one in json.loads(finished.stdout)["queues"]]
        self.differences.same(f"queue {verb} {queue}", [(queue, paused, "done")], said)


class AdministrationSteps:
    """What is done to the jobs of one release, step by step; `ids`: how queuetrace names each of them, by what they were made for."""

    def __init__(self, release, url, differences, administrator, ids):
        self.release = release
        self.url = url
        self.differences = differences
        self.administrator = administrator
        self.ids = ids
