"""The releases of Django's task framework that are run, and how their environments are made and their program is run."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(HERE))))


class Release:
    system = "django"

    def __init__(self, name, version):
        self.name = name
        self.version = version
        target = os.environ.get("QUEUETRACE_INTEROP_TARGET", f"{ROOT}/build/interop")
        self.environment = f"{target}/django-{name}"

    def build(self):
        """Makes the virtual environment, or brings it to what the requirements say; ends with 2 if it cannot."""
        python = f"{self.environment}/bin/python"
        try:
            if not os.path.exists(python):
                subprocess.run([sys.executable, "-m", "venv", self.environment], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement",
                            f"{HERE}/requirements/{self.name}.txt"], check=True)
        except subprocess.CalledProcessError:
            print(f"interop: {self.version} cannot be installed (needs python3-venv and PyPI)", file=sys.stderr)
            raise SystemExit(2) from None

    def run(self, url, phase, *arguments):
        """Runs one phase of program/main.py; returns the records it prints."""
        command = [f"{self.environment}/bin/python", f"{HERE}/program/main.py", phase, *arguments]
        variables = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": f"{HERE}/program", "PYTHONDONTWRITEBYTECODE": "1"}
        finished = subprocess.run(command, text=True, capture_output=True, env=variables, timeout=300)
        if finished.returncode != 0:
            raise SystemExit(f"interop: django {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines() if line.startswith("{")]


RELEASES = [Release("0.8", "django-tasks 0.8.1"), Release("0.13", "django-tasks-db 0.13.0")]
