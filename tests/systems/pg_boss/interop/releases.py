"""The releases of pg-boss that are run, and how the program is run with each."""
import os

from node_release import NodeRelease
from postgres_server import connection_variables
from serving import serving

HERE = os.path.dirname(os.path.abspath(__file__))


class Release(NodeRelease):
    system = "pg-boss"
    folder = HERE
    program = f"{HERE}/program/main.mjs"
    seconds = 300

    def __init__(self, name, version, schema):
        super().__init__(name, version)
        self.schema = schema  # as `source check` names it

    def variables(self, url):
        return {**super().variables(url), **connection_variables(url)}

    def command(self, phase, *arguments):
        return ["node", self.program, self.installed, phase, *arguments]

    def serving(self, url, *queues):
        """The library's worker, told to end with the block; gives the list that then holds what it told."""
        return serving(self.command("serve", *queues), self.variables(url))


RELEASES = [
    Release("9", "9.0.3", "schema 20"),
    Release("10", "10.4.2", "schema 24"),
    Release("11", "11.1.2", "schema 26"),
    Release("12", "12.27.0", "schema 37"),
    Release("12.38", "12.38.0", "schema 46"),
]
