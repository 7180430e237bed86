"""The releases of BullMQ and Bull that are run, and how their packages are installed and their program is run."""
import filecmp
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(HERE))))
RECORDS = 63  # the last database of redis_server.py
QUEUES = ("runs", "order", "later", "held", "hands", "traces")
FLOWS = ("families", "children")
CHANGED = ("mend", "hurry", "drop", "keep", "stop", "hands")


class Release:
    system = "bullmq"
    packages = f"{HERE}/packages"

    def __init__(self, name, version, *, bull=False, telemetry=False, pauses_by_list=True):
        self.name = name
        self.version = version
        self.bull = bull
        self.telemetry = telemetry
        self.pauses_by_list = pauses_by_list  # what waits is moved to another list
        target = os.environ.get("QUEUETRACE_INTEROP_TARGET", f"{ROOT}/build/interop")
        self.folder = f"{target}/{self.system}-{name}"

    def reference(self, record):
        """How queuetrace names a job: ids are unique only within a queue."""
        return f"{record['queue']}:{record['id']}"

    def parent(self, key):
        """How queuetrace names the job that a parent's key, `bull:QUEUE:ID`, is of."""
        return key.split(":", 1)[1]

    def queues(self, names):
        return names if self.bull else (*names, *FLOWS)

    def build(self):
        """Installs what the lock file says, once; ends with 2 if it cannot."""
        locked = f"{self.packages}/{self.name}/package-lock.json"
        installed = f"{self.folder}/package-lock.json"
        if os.path.exists(f"{self.folder}/node_modules") and filecmp.cmp(locked, installed, shallow=False):
            return
        os.makedirs(self.folder, exist_ok=True)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(f"{self.packages}/{self.name}/{file}", self.folder)
        try:
            subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], check=True,
                           cwd=self.folder)
        except (OSError, subprocess.CalledProcessError):
            print(f"interop: {self.system} {self.version} cannot be installed (needs node, npm and its registry)",
                  file=sys.stderr)
            raise SystemExit(2) from None

    def store(self, url):
        """What tells the program where its queues are."""
        return {"REDIS_URL": url}

    def variables(self, url):
        return {**os.environ, **self.store(url), "RECORDS": str(RECORDS), "NODE_PATH": f"{self.folder}/node_modules",
                "LIBRARY": "bull" if self.bull else "bullmq", "TELEMETRY": "yes" if self.telemetry else "no"}

    def run(self, url, phase, *arguments):
        """Runs one phase of program/main.js; returns the records it prints."""
        command = ["node", f"{HERE}/program/main.js", phase, *arguments]
        finished = subprocess.run(command, text=True, capture_output=True, env=self.variables(url), timeout=600)
        if finished.returncode != 0:
            raise SystemExit(f"interop: {self.system} {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines()]

    def start(self, url, phase):
        """Starts a phase of program/main.js that ends when it is told to."""
        return subprocess.Popen(["node", f"{HERE}/program/main.js", phase], env=self.variables(url), stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)


RELEASES = [
    Release("bull-4", "Bull 4.16.5", bull=True),
    Release("4", "4.18.3"),
    Release("5", "5.81.5", telemetry=True),
    Release("6", "6.7.0", telemetry=True, pauses_by_list=False),
]
