"""The releases of node-resque that are run, and how its package is installed and its program is run. Of Resque's own no registry
of packages is at hand; the port writes the same keys."""
import filecmp
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(HERE))))


class Release:
    system = "resque"

    def __init__(self, name, version):
        self.name = name
        self.version = version
        target = os.environ.get("QUEUETRACE_INTEROP_TARGET", f"{ROOT}/build/interop")
        self.folder = f"{target}/resque-{name}"

    def build(self):
        """Installs what the lock file says, once; ends with 2 if it cannot."""
        locked = f"{HERE}/packages/{self.name}/package-lock.json"
        installed = f"{self.folder}/package-lock.json"
        if os.path.exists(f"{self.folder}/node_modules") and filecmp.cmp(locked, installed, shallow=False):
            return
        os.makedirs(self.folder, exist_ok=True)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(f"{HERE}/packages/{self.name}/{file}", self.folder)
        try:
            subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], check=True,
                           cwd=self.folder)
        except (OSError, subprocess.CalledProcessError):
            print(f"interop: {self.version} cannot be installed (needs node, npm and its registry)", file=sys.stderr)
            raise SystemExit(2) from None

    def run(self, url, phase, *arguments):
        """Runs one phase of program/main.js; returns the records it prints."""
        variables = {**os.environ, "REDIS_URL": url, "NODE_PATH": f"{self.folder}/node_modules"}
        command = ["node", f"{HERE}/program/main.js", phase, *arguments]
        finished = subprocess.run(command, text=True, capture_output=True, env=variables, timeout=600)
        if finished.returncode != 0:
            raise SystemExit(f"interop: {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.split("\n") if line]


RELEASES = [
    Release("node-8", "node-resque 8.2.9"),
    Release("node-9", "node-resque 9.7.1"),
]
