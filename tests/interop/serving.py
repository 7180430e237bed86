"""A worker that serves until it is told to end, and what it told meanwhile."""
import contextlib
import json
import subprocess
import tempfile


@contextlib.contextmanager
def serving(command, environment):
    """Runs the command until the block ends; gives the list that then holds the records that it printed."""
    told = []
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.DEVNULL)
        try:
            yield told
        finally:
            process.terminate()
            process.wait(timeout=120)
            output.seek(0)
            told += [json.loads(line) for line in output]
