"""The releases of hammerwork that are run, what their migrations reach, and how their programs are built and run."""
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(HERE))))


class Release:
    def __init__(self, name, version, schema, *, quoted=False, unable=(), archived=5, claims_paused=False,
                 strands_dependents=False):
        self.name = name
        self.version = version
        self.schema = schema  # the last migration on PostgreSQL
        self.quoted = quoted  # states are stored with quotes
        self.unable = set(unable)  # operations that this release refuses
        self.archived = archived  # how many jobs of fill.rs its archive takes
        self.notes = {"timed-out", "disabled-cron"}
        if "pause" not in self.unable:
            self.notes |= {"queue-paused", "dependency-failed"}
        if not claims_paused:  # 2.0 and later: leases, and what fails together
            self.notes |= {"stale", "fail-fast"}
        self.strands_dependents = strands_dependents  # they wait for ever once their parents have completed
        self.claims_paused = claims_paused  # a bare dequeue ignores pauses
        self.ended_workflow = "Running" if claims_paused else "Completed"  # 1.x never updates a workflow that goes on
        self.target = os.environ.get("QUEUETRACE_INTEROP_TARGET", f"{ROOT}/build/interop")

    def build(self):
        manifest = f"{HERE}/{self.name}/Cargo.toml"
        command = ["cargo", "build", "--quiet", "--locked", "--manifest-path", manifest, "--target-dir", self.target]
        try:
            subprocess.run(command, check=True)
        except FileNotFoundError:
            raise SystemExit("interop: no cargo: install Rust 1.94 or later, see https://rustup.rs") from None
        except subprocess.CalledProcessError:
            raise SystemExit(f"interop: hammerwork {self.version} does not build") from None

    def run(self, url, phase, lines=()):
        """Runs one phase of the program with `lines` on stdin; returns the records it prints."""
        program = f"{self.target}/debug/interop-hammerwork-{self.name.replace('.', '-')}"
        environment = {**os.environ, "DATABASE_URL": url, "RUST_BACKTRACE": "0"}
        finished = subprocess.run([program, phase], input="".join(f"{line}\n" for line in lines), text=True,
                                  capture_output=True, env=environment)
        if finished.returncode != 0:
            raise SystemExit(f"interop: hammerwork {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines()]


RELEASES = [
    # Its workflows and restore are not written yet, and its archive looks for states without quotes: it finds nothing.
    Release("1.7", "1.7.3", "011", quoted=True, unable=["workflow", "restore", "pause", "encrypt"], archived=0,
            claims_paused=True),
    # Its restore inserts a job that is still there.
    Release("1.15", "1.15.5", "014", unable=["restore", "encrypt"], claims_paused=True, strands_dependents=True),
    Release("2", "2.5.0", "020"),
    Release("3", "3.0.0", "021"),
]
