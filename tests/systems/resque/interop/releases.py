"""The releases of node-resque that are run, and how its program is run. Of Resque's own no registry of packages is at hand; the port
writes the same keys."""
import os

from node_release import NodeRelease

HERE = os.path.dirname(os.path.abspath(__file__))


class Release(NodeRelease):
    system = "resque"
    folder = HERE
    program = f"{HERE}/program/main.js"

    def variables(self, url):
        return {**super().variables(url), "REDIS_URL": url}


RELEASES = [
    Release("node-8", "node-resque 8.2.9"),
    Release("node-9", "node-resque 9.7.1"),
]
