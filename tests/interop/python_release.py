"""A release of a library for Python: its virtual environment, and its program in it."""
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class PythonRelease:
    system = ""  # the library, as in the names of releases
    folder = ""  # with requirements/NAME.txt and program/main.py
    seconds = 300  # that a phase may take

    def __init__(self, name, version):
        self.name = name
        self.version = version
        target = os.environ.get("QUEUETRACE_INTEROP_TARGET", f"{ROOT}/build/interop")
        self.environment = f"{target}/{self.system}-{name}"

    def build(self):
        """Makes the virtual environment, or brings it to what the requirements say; ends with 2 if it cannot."""
        python = f"{self.environment}/bin/python"
        try:
            if not os.path.exists(python):
                subprocess.run([sys.executable, "-m", "venv", self.environment], check=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement",
                            f"{self.folder}/requirements/{self.name}.txt"], check=True)
        except subprocess.CalledProcessError:
            print(f"interop: {self.system} {self.version} cannot be installed (needs python3-venv and PyPI)", file=sys.stderr)
            raise SystemExit(2) from None

    def variables(self, url):
        """The environment of its programs."""
        return {**os.environ, "DATABASE_URL": url, "PYTHONPATH": f"{self.folder}/program", "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, url, phase, *arguments):
        """Runs one phase of program/main.py; returns the records it prints."""
        command = [f"{self.environment}/bin/python", f"{self.folder}/program/main.py", phase, *arguments]
        finished = subprocess.run(command, text=True, capture_output=True, env=self.variables(url), timeout=self.seconds)
        if finished.returncode != 0:
            raise SystemExit(f"interop: {self.system} {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines() if line.startswith("{")]
