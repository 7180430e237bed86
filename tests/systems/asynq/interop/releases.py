"""The releases of Asynq that are run, and how the program with each is built and run."""
import contextlib
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(HERE))))


class Release:
    system = "asynq"

    def __init__(self, name, version, *, groups=True, headers=False):
        self.name = name
        self.version = version
        self.groups = groups
        self.tags = ",".join(tag for tag, has in (("groups", groups), ("headers", headers)) if has)
        target = os.environ.get("QUEUETRACE_INTEROP_TARGET", f"{ROOT}/build/interop")
        self.program = f"{target}/asynq-{name}/program"

    def build(self):
        """Builds the program; ends with 2 if it cannot."""
        command = ["go", "build", f"-modfile={self.name}.mod", "-tags", self.tags, "-o", self.program, "."]
        environment = {**os.environ, "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local"}
        try:
            subprocess.run(command, check=True, cwd=f"{HERE}/program", env=environment)
        except (OSError, subprocess.CalledProcessError):
            print(f"interop: the program with asynq {self.version} cannot be built (needs Go and its modules)",
                  file=sys.stderr)
            raise SystemExit(2) from None

    def run(self, url, phase, *queues):
        """Runs one phase of the program; returns the records it prints."""
        finished = subprocess.run([self.program, phase, *queues], text=True, capture_output=True,
                                  env={**os.environ, "REDIS_URL": url}, timeout=300)
        if finished.returncode != 0:
            raise SystemExit(f"interop: asynq {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines()]

    @contextlib.contextmanager
    def server(self, url, queue):
        """The library's server, in a process of its own that is killed when the block ends."""
        process = subprocess.Popen([self.program, "hold", queue], env={**os.environ, "REDIS_URL": url},
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.kill()
            process.wait(timeout=60)


RELEASES = [
    Release("0.19", "0.19.0", groups=False),
    Release("0.24", "0.24.1"),
    Release("0.26", "0.26.0", headers=True),
]
