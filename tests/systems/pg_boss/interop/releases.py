"""The releases of pg-boss that are run, and how they are installed and the program is run with each."""
import json
import os
import re
import shutil
import subprocess
import sys

from serving import serving

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(HERE))))


class Release:
    system = "pg-boss"

    def __init__(self, name, version, schema):
        self.name = name
        self.version = version
        self.schema = schema  # as `source check` names it
        target = os.environ.get("QUEUETRACE_INTEROP_TARGET", f"{ROOT}/build/interop")
        self.folder = f"{target}/pg-boss-{name}"

    def build(self):
        """Installs the packages of the lock file; ends with 2 if it cannot."""
        os.makedirs(self.folder, exist_ok=True)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(f"{HERE}/program/{self.name}/{file}", self.folder)
        try:
            subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund", "--engine-strict=false"], check=True, cwd=self.folder)
        except (OSError, subprocess.CalledProcessError):
            print(f"interop: pg-boss {self.version} cannot be installed (needs Node.js and npm's registry)",
                  file=sys.stderr)
            raise SystemExit(2) from None

    @staticmethod
    def variables(url):
        database, host, user = re.fullmatch(r"postgresql:///(.*)\?host=(.*)&user=(.*)", url).groups()
        return {**os.environ, "PGDATABASE": database, "PGHOST": host, "PGUSER": user}

    def command(self, phase, *arguments):
        return ["node", f"{HERE}/program/main.mjs", self.folder, phase, *arguments]

    def serving(self, url, *queues):
        """The library's worker, told to end with the block; gives the list that then holds what it told."""
        return serving(self.command("serve", *queues), self.variables(url))

    def run(self, url, phase, *arguments):
        """Runs one phase of program/main.mjs; returns the records it prints."""
        finished = subprocess.run(self.command(phase, *arguments), text=True, capture_output=True, env=self.variables(url),
                                  timeout=300)
        if finished.returncode != 0:
            raise SystemExit(f"interop: pg-boss {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines()]


RELEASES = [
    Release("9", "9.0.3", "schema 20"),
    Release("10", "10.4.2", "schema 24"),
    Release("11", "11.1.2", "schema 26"),
    Release("12", "12.27.0", "schema 37"),
    Release("12.38", "12.38.0", "schema 46"),
]
