"""The releases of RQ that are run, and how their environments are made and their program is run."""
import contextlib
import os
import subprocess
import time

from python_release import PythonRelease

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDS = 63  # the last database of redis_server.py


class Release(PythonRelease):
    system = "rq"
    folder = HERE

    def __init__(self, name, version, *, executions=True):
        super().__init__(name, version)
        self.executions = executions

    def variables(self, url):
        return {**super().variables(url), "REDIS_URL": url, "RECORDS": str(RECORDS)}

    @contextlib.contextmanager
    def workers(self, url, queue, number):
        """So many of the library's workers, until the block ends; begins when each has a job."""
        command = [f"{self.environment}/bin/rq", "worker", "--url", url, "--burst", "--quiet", queue]
        processes = [subprocess.Popen(command, env=self.variables(url), stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL) for _ in range(number)]
        try:
            for _ in range(300):
                if sum(record["place"] == "started" for record in self.run(url, "view")) == number:
                    break
                time.sleep(0.1)
            else:
                raise SystemExit(f"interop: rq {self.version}: its workers do not have {number} jobs in hand")
            yield
        finally:
            for process in processes:
                process.wait(timeout=120)


RELEASES = [Release("1", "1.16.2", executions=False), Release("2", "2.12.0"), Release("3", "3.0.0")]
