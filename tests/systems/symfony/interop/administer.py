"""What may be done to messages: nothing, as with every table that is only described."""
from differences import Differences
from recipe import compare_refusals


def compare_administration(release, url, binary):
    differences = Differences()
    release.run(url, "migrate")
    compare_refusals(differences, release, url, binary)
    return differences
