"""One release against queuetrace, in PostgreSQL and in an SQLite file."""
import tempfile

from differences import Differences
from recipe import compare_table

from django.interop.job_facts import job_facts, shown_facts


def compare(release, url, binary):
    differences = Differences()
    with tempfile.TemporaryDirectory() as folder:
        for store in (url, f"sqlite:{folder}/tasks.db"):
            release.run(store, "migrate")
            compare_table(differences, release, store, binary, job_facts, shown_facts)
    return differences
