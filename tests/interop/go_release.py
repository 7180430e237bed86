"""A release of a library for Go: the program of its folder, built with the modules of its lock file."""
import contextlib
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class GoRelease:
    system = ""  # the library, as in the names of releases
    folder = ""  # with program/NAME.mod and the program's sources
    variable = ""  # of the environment, that tells the program where its queues are
    tags = ""  # separated by commas; files of the program that this release needs

    def __init__(self, name, version):
        self.name = name
        self.version = version
        target = os.environ.get("QUEUETRACE_INTEROP_TARGET", f"{ROOT}/build/interop")
        self.program = f"{target}/{self.system}-{name}/program"

    def build(self):
        """Builds the program; ends with 2 if it cannot."""
        command = ["go", "build", f"-modfile={self.name}.mod", "-tags", self.tags, "-o", self.program, "."]
        environment = {**os.environ, "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local"}
        try:
            subprocess.run(command, check=True, cwd=f"{self.folder}/program", env=environment)
        except (OSError, subprocess.CalledProcessError):
            print(f"interop: the program with {self.system} {self.version} cannot be built (needs Go and its modules)", file=sys.stderr)
            raise SystemExit(2) from None

    def variables(self, url):
        """The environment of the program."""
        return {**os.environ, self.variable: url}

    def run(self, url, phase, *arguments):
        """Runs one phase of the program; returns the records it prints."""
        finished = subprocess.run([self.program, phase, *arguments], text=True, capture_output=True, env=self.variables(url),
                                  timeout=300)
        if finished.returncode != 0:
            raise SystemExit(f"interop: {self.system} {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines()]

    @contextlib.contextmanager
    def holding(self, url, queue):
        """The library's worker, in a process of its own that is killed when the block ends."""
        process = subprocess.Popen([self.program, "hold", queue], env=self.variables(url), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.kill()
            process.wait(timeout=60)
