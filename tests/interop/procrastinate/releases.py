"""The releases of procrastinate that are run, and how their environments are made and their program is run."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))


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
        """Makes the virtual environment, or brings it to what the requirements say."""
        python = f"{self.environment}/bin/python"
        try:
            if not os.path.exists(python):
                subprocess.run([sys.executable, "-m", "venv", self.environment], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement",
                            f"{HERE}/requirements/{self.name}.txt"], check=True)
        except subprocess.CalledProcessError:
            raise SystemExit(f"interop: procrastinate {self.version} cannot be installed (needs python3-venv and "
                             "PyPI)") from None

    def run(self, url, phase, *arguments):
        """Runs one phase of program/main.py; returns the records it prints."""
        environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": f"{HERE}/program", "PYTHONDONTWRITEBYTECODE": "1"}
        command = [f"{self.environment}/bin/python", f"{HERE}/program/main.py", phase, *arguments]
        finished = subprocess.run(command, text=True, capture_output=True, env=environment, timeout=300)
        if finished.returncode != 0:
            raise SystemExit(f"interop: procrastinate {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines()]


RELEASES = [
    Release("2.4", "2.4.0", "schema of 2.4 or earlier", next_migration="02.00.03_01",
            unable=["prioritise", "cancel", "abort", "retry failed"]),
    Release("2.15", "2.15.1", "schema of 2.15", next_migration="03.00.00", unable=["retry failed"]),
    Release("3", "3.10.0", "schema of 3.4 to 3.10"),
]
