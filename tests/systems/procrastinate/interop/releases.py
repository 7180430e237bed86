"""The releases of procrastinate that are run, and how their environments are made and their program is run."""
import contextlib
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(HERE))))


def variables(url):
    return {**os.environ, "DATABASE_URL": url, "PYTHONPATH": f"{HERE}/program", "PYTHONDONTWRITEBYTECODE": "1"}


class Release:
    system = "procrastinate"

    def __init__(self, name, version, schema, *, next_migration=None, unable=()):
        self.name = name
        self.version = version
        self.schema = schema  # as `source check` names it
        self.next_migration = next_migration  # the first of later releases
        self.unable = {"defer a twin", *unable}  # operations that this release does not have or refuses
        target = os.environ.get("QUEUETRACE_INTEROP_TARGET", f"{ROOT}/build/interop")
        self.environment = f"{target}/procrastinate-{name}"

    def build(self):
        """Makes the virtual environment, or brings it to what the requirements say; ends with 2 if it cannot."""
        python = f"{self.environment}/bin/python"
        try:
            if not os.path.exists(python):
                subprocess.run([sys.executable, "-m", "venv", self.environment], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement",
                            f"{HERE}/requirements/{self.name}.txt"], check=True)
        except subprocess.CalledProcessError:
            print(f"interop: procrastinate {self.version} cannot be installed (needs python3-venv and PyPI)",
                  file=sys.stderr)
            raise SystemExit(2) from None

    def run(self, url, phase, *arguments):
        """Runs one phase of program/main.py; returns the records it prints."""
        command = [f"{self.environment}/bin/python", f"{HERE}/program/main.py", phase, *arguments]
        finished = subprocess.run(command, text=True, capture_output=True, env=variables(url), timeout=300)
        if finished.returncode != 0:
            raise SystemExit(f"interop: procrastinate {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines()]

    @contextlib.contextmanager
    def worker(self, url, queue):
        """The library's worker, in a process of its own until the block ends."""
        command = [f"{self.environment}/bin/python", "-m", "procrastinate", "--app=application.app", "worker",
                   f"--queues={queue}"]
        process = subprocess.Popen(command, env=variables(url), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
