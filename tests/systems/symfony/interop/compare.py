"""The release against queuetrace."""
from differences import Differences
from recipe import compare_table

from symfony.interop.job_facts import job_facts, shown_facts


def compare(release, url, binary):
    differences = Differences()
    release.run(url, "migrate")
    compare_table(differences, release, url, binary, job_facts, shown_facts)
    return differences
