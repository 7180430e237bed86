"""The releases of Django's task framework that are run, and how their environments are made and their program is run."""
import os

from python_release import PythonRelease

HERE = os.path.dirname(os.path.abspath(__file__))


class Release(PythonRelease):
    system = "django"
    folder = HERE


RELEASES = [Release("0.8", "django-tasks 0.8.1"), Release("0.13", "django-tasks-db 0.13.0")]
