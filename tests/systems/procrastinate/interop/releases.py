"""The releases of procrastinate that are run, and how their environments are made and their program is run."""
import contextlib
import os
import subprocess

from python_release import PythonRelease

HERE = os.path.dirname(os.path.abspath(__file__))


class Release(PythonRelease):
    system = "procrastinate"
    folder = HERE

    def __init__(self, name, version, schema, *, next_migration=None, unable=()):
        super().__init__(name, version)
        self.schema = schema  # as `source check` names it
        self.next_migration = next_migration  # the first of later releases
        self.unable = {"defer a twin", *unable}  # operations that this release does not have or refuses

    @contextlib.contextmanager
    def worker(self, url, queue):
        """The library's worker, in a process of its own until the block ends."""
        command = [f"{self.environment}/bin/python", "-m", "procrastinate", "--app=application.app", "worker",
                   f"--queues={queue}"]
        process = subprocess.Popen(command, env=self.variables(url), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)


RELEASES = [
    Release("2.4", "2.4.0", "schema of 2.4 or earlier", next_migration="02.00.03_01",
            unable=["prioritise", "cancel", "abort", "retry failed", "prune workers"]),
    Release("2.15", "2.15.1", "schema of 2.15", next_migration="03.00.00",
            unable=["retry failed", "prune workers"]),
    Release("3", "3.10.0", "schema of 3.4 to 3.10"),
]
