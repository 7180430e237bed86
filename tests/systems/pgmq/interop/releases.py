"""The releases of PGMQ that are run: its SQL, as its client for Python carries and installs it."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(HERE))))


class Release:
    system = "pgmq"

    def __init__(self, name, version):
        self.name = name
        self.version = version
        target = os.environ.get("QUEUETRACE_INTEROP_TARGET", f"{ROOT}/build/interop")
        self.environment = f"{target}/pgmq-{name}"

    def build(self):
        """Makes the virtual environment, or brings it to what the requirements say; ends with 2 if it cannot."""
        python = f"{self.environment}/bin/python"
        try:
            if not os.path.exists(python):
                subprocess.run([sys.executable, "-m", "venv", self.environment], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement",
                            f"{HERE}/requirements/{self.name}.txt"], check=True)
        except subprocess.CalledProcessError:
            print(f"interop: pgmq {self.version} cannot be installed (needs python3-venv and PyPI)", file=sys.stderr)
            raise SystemExit(2) from None

    def run(self, url, phase):
        """Runs one phase of program/main.py; returns the records it prints."""
        finished = subprocess.run([f"{self.environment}/bin/python", f"{HERE}/program/main.py", phase], text=True,
                                  capture_output=True, timeout=300,
                                  env={**os.environ, "DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"})
        if finished.returncode != 0:
            raise SystemExit(f"interop: pgmq {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines()]


RELEASES = [Release("1.13", "1.13.0")]
