"""Runs queuetrace on one source, away from the configuration and the variables of whoever runs the tests."""
import json
import os
import subprocess
import tempfile


class Queuetrace:
    def __init__(self, binary, url):
        self.binary = os.path.abspath(binary)
        self.url = url

    def at(self, url):
        """The same program on another source."""
        return Queuetrace(self.binary, url)

    def run(self, *arguments):
        with tempfile.TemporaryDirectory() as home:
            environment = {"HOME": home, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
            command = [self.binary, *arguments, "--source", self.url]
            return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=home)

    def lines(self, *arguments):
        """The records of an answer in JSON lines."""
        return [json.loads(line) for line in self.checked(*arguments, "--output", "jsonl").splitlines()]

    def document(self, *arguments):
        return json.loads(self.checked(*arguments, "--output", "json"))

    def checked(self, *arguments):
        finished = self.run(*arguments)
        if finished.returncode != 0:
            raise RuntimeError(f"queuetrace {' '.join(arguments)}: exit {finished.returncode}: {finished.stderr}")
        return finished.stdout
