"""The releases of Graphile Worker that are run, and how they are installed and the program is run with each."""
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(HERE))))


class Release:
    system = "graphile-worker"

    def __init__(self, name, version, schema):
        self.name = name
        self.version = version
        self.schema = schema  # as `source check` names it
        target = os.environ.get("QUEUETRACE_INTEROP_TARGET", f"{ROOT}/build/interop")
        self.folder = f"{target}/graphile-worker-{name}"

    def build(self):
        """Installs the packages of the lock file; ends with 2 if it cannot."""
        os.makedirs(self.folder, exist_ok=True)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(f"{HERE}/program/{self.name}/{file}", self.folder)
        try:
            subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], check=True, cwd=self.folder)
        except (OSError, subprocess.CalledProcessError):
            print(f"interop: graphile-worker {self.version} cannot be installed (needs Node.js and npm's registry)",
                  file=sys.stderr)
            raise SystemExit(2) from None

    def run(self, url, phase):
        """Runs one phase of program/main.js; returns the records it prints."""
        database, host, user = re.fullmatch(r"postgresql:///(.*)\?host=(.*)&user=(.*)", url).groups()
        environment = {**os.environ, "PGDATABASE": database, "PGHOST": host, "PGUSER": user}
        finished = subprocess.run(["node", f"{HERE}/program/main.js", self.folder, phase], text=True,
                                  capture_output=True, env=environment, timeout=300)
        if finished.returncode != 0:
            raise SystemExit(f"interop: graphile-worker {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines()]


RELEASES = [
    Release("0.13", "0.13.0", "migration 10"),
    Release("0.16", "0.16.6", "migration 18"),
    Release("0.18", "0.18.0", "migration 20"),
]
