"""The release of delayed_job that is run: Debian's, as its packages install it."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


class Release:
    system = "delayed-job"

    def __init__(self, name, version):
        self.name = name
        self.version = version

    def build(self):
        """Looks whether it is there; ends with 2 if it is not."""
        ask = ["ruby", "-e", 'require "active_record"; require "delayed_job_active_record"; require "pg"']
        try:
            subprocess.run(ask, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            print("interop: no delayed_job: install the packages ruby-delayed-job-active-record and ruby-pg", file=sys.stderr)
            raise SystemExit(2) from None

    def run(self, url, phase, *arguments):
        """Runs one phase of program/main.rb; returns the records it prints."""
        variables = {**os.environ, "DATABASE_URL": url, "LC_ALL": "C.UTF-8"}
        finished = subprocess.run(["ruby", f"{HERE}/program/main.rb", phase, *arguments], text=True, capture_output=True, env=variables,
                                  timeout=300)
        if finished.returncode != 0:
            raise SystemExit(f"interop: delayed_job {self.version} {phase}: {finished.stderr}")
        return [json.loads(line) for line in finished.stdout.splitlines()]


RELEASES = [Release("4", "4.1.9")]
