"""A release of a library for Node.js: the packages of its lock file, and its program with them."""
import filecmp
import json
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class NodeRelease:
    system = ""  # the library, as in the names of releases
    folder = ""  # with packages/NAME/package.json and its lock file
    program = ""  # the file that is run
    seconds = 600  # that a phase may take

    def __init__(self, name, version):
        self.name = name
        self.version = version
        target = os.environ.get("QUEUETRACE_INTEROP_TARGET", f"{ROOT}/build/interop")
        self.installed = f"{target}/{self.system}-{name}"

    def build(self):
        """Installs what the lock file says, once; ends with 2 if it cannot."""
        packages = f"{self.folder}/packages/{self.name}"
        locked, installed = f"{packages}/package-lock.json", f"{self.installed}/package-lock.json"
        if os.path.exists(f"{self.installed}/node_modules") and filecmp.cmp(locked, installed, shallow=False):
            return
        os.makedirs(self.installed, exist_ok=True)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(f"{packages}/{file}", self.installed)
        try:
            subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--engine-strict=false"], check=True,
                           cwd=self.installed)
        except (OSError, subprocess.CalledProcessError):
            print(f"interop: {self.system} {self.version} cannot be installed (needs Node.js, npm and its registry)", file=sys.stderr)
            raise SystemExit(2) from None

    def variables(self, url):
        """The environment of the program."""
        return {**os.environ, "NODE_PATH": f"{self.installed}/node_modules"}

    def command(self, phase, *arguments):
        return ["node", self.program, phase, *arguments]

    def run(self, url, phase, *arguments):
        """Runs one phase of the program; returns the records it prints."""
        finished = subprocess.run(self.command(phase, *arguments), text=True, capture_output=True, env=self.variables(url),
                                  timeout=self.seconds)
        if finished.returncode != 0:
            raise SystemExit(f"interop: {self.system} {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.split("\n") if line]

    def start(self, url, phase):
        """Starts a phase of the program that ends when it is told to."""
        return subprocess.Popen(self.command(phase), env=self.variables(url), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
