"""The releases of Celery that are run, and how their environments are made and their program is run."""
import contextlib
import os
import subprocess
import time

from python_release import PythonRelease

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDS = 63  # the last database of redis_server.py


class Release(PythonRelease):
    system = "celery"
    folder = HERE
    seconds = 900

    def variables(self, url):
        return {**super().variables(url), "REDIS_URL": url, "RECORDS": str(RECORDS), "C_FORCE_ROOT": "1"}

    @contextlib.contextmanager
    def worker(self, url, *queues, number=1, traced=False):
        """The library's worker on these queues, until the block ends; with or without OpenTelemetry's instrumentation."""
        command = [f"{self.environment}/bin/celery", "-A", "application", "worker", "-Q", ",".join(queues), "-c", str(number), "-P", "threads",
                   "--without-gossip", "--without-mingle", "--loglevel", "ERROR"]
        variables = {**self.variables(url), **({"TRACED": "yes"} if traced else {})}
        process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=120)

    def until(self, url, holds):
        """The view, once `holds` of it, a minute at most."""
        for _ in range(120):
            view = self.run(url, "view")
            if holds(view):
                return view
            time.sleep(0.3)
        raise SystemExit(f"interop: celery {self.version}: the worker did not get there: {view}")


RELEASES = [Release("5.2", "5.2.7"), Release("5.7", "5.7.0")]
