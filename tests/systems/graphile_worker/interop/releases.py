"""The releases of Graphile Worker that are run, and how the program is run with each."""
import os

from node_release import NodeRelease
from postgres_server import connection_variables

HERE = os.path.dirname(os.path.abspath(__file__))


class Release(NodeRelease):
    system = "graphile-worker"
    folder = HERE
    program = f"{HERE}/program/main.js"
    seconds = 300

    def __init__(self, name, version, schema):
        super().__init__(name, version)
        self.schema = schema  # as `source check` names it

    def variables(self, url):
        return {**super().variables(url), **connection_variables(url)}

    def command(self, phase, *arguments):
        return ["node", self.program, self.installed, phase, *arguments]


RELEASES = [
    Release("0.13", "0.13.0", "migration 10"),
    Release("0.16", "0.16.6", "migration 18"),
    Release("0.18", "0.18.0", "migration 20"),
]
