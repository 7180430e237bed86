"""The releases of Asynq that are run, and what the program needs with each."""
import os

from go_release import GoRelease


class Release(GoRelease):
    system = "asynq"
    folder = os.path.dirname(os.path.abspath(__file__))
    variable = "REDIS_URL"

    def __init__(self, name, version, *, groups=True, headers=False):
        super().__init__(name, version)
        self.groups = groups
        self.tags = ",".join(tag for tag, has in (("groups", groups), ("headers", headers)) if has)


RELEASES = [
    Release("0.19", "0.19.0", groups=False),
    Release("0.24", "0.24.1"),
    Release("0.26", "0.26.0", headers=True),
]
