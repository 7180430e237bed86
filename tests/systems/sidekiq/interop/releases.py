"""The release of Sidekiq that is run: Debian's, as its packages install it."""
import contextlib
import json
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDS = 63  # the last database of redis_server.py


class Release:
    system = "sidekiq"

    def __init__(self, name, version):
        self.name = name
        self.version = version

    def build(self):
        """Looks whether it is there; ends with 2 if it is not."""
        ask = ["ruby", "-e", 'require "sidekiq"; print Sidekiq::VERSION']
        try:
            found = subprocess.run(ask, check=True, capture_output=True, text=True).stdout
        except (OSError, subprocess.CalledProcessError):
            print("interop: no Sidekiq: install the package ruby-sidekiq", file=sys.stderr)
            raise SystemExit(2) from None
        if not found.startswith(f"{self.name}."):
            print(f"interop: Sidekiq {found} is another release than {self.version}: compared all the same")

    def variables(self, url):
        return {**os.environ, "REDIS_URL": url, "RECORDS": str(RECORDS), "LC_ALL": "C.UTF-8"}

    def run(self, url, phase, *arguments):
        """Runs one phase of program/main.rb; returns the records it prints."""
        command = ["ruby", f"{HERE}/program/main.rb", phase, *arguments]
        finished = subprocess.run(command, text=True, capture_output=True, env=self.variables(url), timeout=300)
        if finished.returncode != 0:
            raise SystemExit(f"interop: sidekiq {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines()]

    @contextlib.contextmanager
    def worker(self, url, queue, jobs):
        """The library's worker, until the block ends; begins when it says that so many jobs run."""
        command = ["sidekiq", "-c", str(jobs), "-t", "2", "-r", f"{HERE}/program/jobs.rb", "-q", queue]
        process = subprocess.Popen(command, env=self.variables(url), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            for _ in range(300):
                if sum(record.get("place") == "work" for record in self.run(url, "view")) == jobs:
                    break
                time.sleep(0.1)
            else:
                raise SystemExit(f"interop: sidekiq {self.version}: its worker does not have {jobs} jobs in hand")
            yield
        finally:
            process.terminate()
            process.wait(timeout=120)


RELEASES = [Release("6", "6.4.1")]
