"""The releases of River that are run, and what the program needs with each."""
import os

from go_release import GoRelease
from serving import serving


class Release(GoRelease):
    system = "river"
    folder = os.path.dirname(os.path.abspath(__file__))
    variable = "DATABASE_URL"

    def __init__(self, name, version, schema, *, traces=False):
        super().__init__(name, version)
        self.schema = schema  # as `source check` names it
        self.traces = traces  # the library's tracing writes the context of each insert
        self.tags = "traced" if traces else ""

    def serving(self, url, *queues):
        """The library's worker, told to end with the block; gives the list that then holds what it told."""
        return serving([self.program, "serve", *queues], self.variables(url))


RELEASES = [
    Release("0.25", "0.25.0", "schema version 6"),
    Release("0.51", "0.51.2", "schema version 8", traces=True),
]
