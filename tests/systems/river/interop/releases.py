"""The releases of River that are run, and how the program with each is built and run."""
import contextlib
import json
import os
import subprocess
import sys

from serving import serving

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(HERE))))


class Release:
    system = "river"

    def __init__(self, name, version, schema, *, traces=False):
        self.name = name
        self.version = version
        self.schema = schema  # as `source check` names it
        self.traces = traces  # the library's tracing writes the context of each insert
        target = os.environ.get("QUEUETRACE_INTEROP_TARGET", f"{ROOT}/build/interop")
        self.program = f"{target}/river-{name}/program"

    def build(self):
        """Builds the program; ends with 2 if it cannot."""
        command = ["go", "build", f"-modfile={self.name}.mod", "-o", self.program]
        if self.traces:
            command += ["-tags", "traced"]
        environment = {**os.environ, "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local"}
        try:
            subprocess.run([*command, "."], check=True, cwd=f"{HERE}/program", env=environment)
        except (OSError, subprocess.CalledProcessError):
            print(f"interop: the program with river {self.version} cannot be built (needs Go and its modules)",
                  file=sys.stderr)
            raise SystemExit(2) from None

    def run(self, url, phase, *arguments):
        """Runs one phase of the program; returns the records it prints."""
        finished = subprocess.run([self.program, phase, *arguments], text=True, capture_output=True,
                                  env={**os.environ, "DATABASE_URL": url}, timeout=300)
        if finished.returncode != 0:
            raise SystemExit(f"interop: river {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines()]

    @contextlib.contextmanager
    def worker(self, url, queue):
        """The library's worker, in a process of its own until the block ends."""
        process = subprocess.Popen([self.program, "hold", queue], env={**os.environ, "DATABASE_URL": url},
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.kill()
            process.wait(timeout=60)

    def serving(self, url, *queues):
        """The library's worker, told to end with the block; gives the list that then holds what it told."""
        return serving([self.program, "serve", *queues], {**os.environ, "DATABASE_URL": url})


RELEASES = [
    Release("0.25", "0.25.0", "schema version 6"),
    Release("0.51", "0.51.2", "schema version 8", traces=True),
]
