"""The releases of Celery that are run, and how their environments are made and their program is run."""
import contextlib
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(HERE))))
RECORDS = 63  # the last database of redis_server.py


class Release:
    system = "celery"

    def __init__(self, name, version):
        self.name = name
        self.version = version
        target = os.environ.get("QUEUETRACE_INTEROP_TARGET", f"{ROOT}/build/interop")
        self.environment = f"{target}/celery-{name}"

    def build(self):
        """Makes the virtual environment, or brings it to what the requirements say; ends with 2 if it cannot."""
        python = f"{self.environment}/bin/python"
        try:
            if not os.path.exists(python):
                subprocess.run([sys.executable, "-m", "venv", self.environment], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement",
                            f"{HERE}/requirements/{self.name}.txt"], check=True)
        except subprocess.CalledProcessError:
            print(f"interop: celery {self.version} cannot be installed (needs python3-venv and PyPI)", file=sys.stderr)
            raise SystemExit(2) from None

    def variables(self, url):
        return {**os.environ, "REDIS_URL": url, "RECORDS": str(RECORDS), "PYTHONPATH": f"{HERE}/program",
                "PYTHONDONTWRITEBYTECODE": "1", "C_FORCE_ROOT": "1"}

    def run(self, url, phase, *arguments):
        """Runs one phase of program/main.py; returns the records it prints."""
        command = [f"{self.environment}/bin/python", f"{HERE}/program/main.py", phase, *arguments]
        finished = subprocess.run(command, text=True, capture_output=True, env=self.variables(url), timeout=900)
        if finished.returncode != 0:
            raise SystemExit(f"interop: celery {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines() if line.startswith("{")]

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
