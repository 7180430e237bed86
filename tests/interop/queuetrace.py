"""Runs queuetrace on one source, away from the configuration and the variables of whoever runs the tests."""
import json
import os
import subprocess
import tempfile


class Queuetrace:
    def __init__(self, binary, url, configuration=None):
        self.binary = os.path.abspath(binary)
        self.url = url
        self.configuration = configuration  # the text of a configuration file

    def at(self, url):
        """The same program on another source."""
        return Queuetrace(self.binary, url)

    def run(self, *arguments):
        with tempfile.TemporaryDirectory() as home:
            environment = {"HOME": home, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
            command = [self.binary, *arguments, "--source", self.url]
            if self.configuration:
                command += ["--config", self.private_file(home)]
            return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=home, timeout=300)

    def private_file(self, folder):
        path = os.path.join(folder, "config.toml")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(self.configuration)
        return path

    def lines(self, *arguments):
        """The records of an answer in JSON lines."""
        return [json.loads(line) for line in self.checked(*arguments, "-o", "jsonl").splitlines()]

    def document(self, *arguments):
        return json.loads(self.checked(*arguments, "-o", "json"))

    def checked(self, *arguments):
        finished = self.run(*arguments)
        if finished.returncode != 0:
            raise RuntimeError(f"queuetrace {' '.join(arguments)}: exit {finished.returncode}: {finished.stderr}")
        return finished.stdout
