"""The releases of PGMQ that are run: its SQL, as its client for Python carries and installs it."""
import os

from python_release import PythonRelease

HERE = os.path.dirname(os.path.abspath(__file__))


class Release(PythonRelease):
    system = "pgmq"
    folder = HERE


RELEASES = [Release("1.13", "1.13.0")]
