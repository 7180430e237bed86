"""The releases of RQ that are run, and how their environments are made and their program is run."""
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
    system = "rq"

    def __init__(self, name, version, *, executions=True):
        self.name = name
        self.version = version
        self.executions = executions
        target = os.environ.get("QUEUETRACE_INTEROP_TARGET", f"{ROOT}/build/interop")
        self.environment = f"{target}/rq-{name}"

    def build(self):
        """Makes the virtual environment, or brings it to what the requirements say; ends with 2 if it cannot."""
        python = f"{self.environment}/bin/python"
        try:
            if not os.path.exists(python):
                subprocess.run([sys.executable, "-m", "venv", self.environment], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement",
                            f"{HERE}/requirements/{self.name}.txt"], check=True)
        except subprocess.CalledProcessError:
            print(f"interop: rq {self.version} cannot be installed (needs python3-venv and PyPI)", file=sys.stderr)
            raise SystemExit(2) from None

    def variables(self, url):
        return {**os.environ, "REDIS_URL": url, "RECORDS": str(RECORDS), "PYTHONPATH": f"{HERE}/program",
                "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, url, phase, *arguments):
        """Runs one phase of program/main.py; returns the records it prints."""
        command = [f"{self.environment}/bin/python", f"{HERE}/program/main.py", phase, *arguments]
        finished = subprocess.run(command, text=True, capture_output=True, env=self.variables(url), timeout=300)
        if finished.returncode != 0:
            raise SystemExit(f"interop: rq {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines() if line.startswith("{")]

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


RELEASES = [Release("1", "1.16.2", executions=False), Release("2", "2.10.0"), Release("3", "3.0.0")]
