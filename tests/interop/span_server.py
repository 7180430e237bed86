"""A server that keeps spans, in memory, on free ports of the loopback; gone with its spans when the block ends."""
import subprocess
import time
import urllib.error
import urllib.request


class CannotBeHad(Exception):
    """The server cannot be installed or built, or does not start."""


class SpanServer:
    """What is common to them. Each has `name`, `configuration` (of the viewer), `endpoint` (the words of `trace export` that
    send spans to it), `write(spans)` of spans in Zipkin's JSON, and `spans_of(trace)`, as StoredSpans by id; `ready` is a path."""
    longest_start = 180  # seconds; Java beside other work is slow to start

    def command(self):
        """The words that start it, and further variables for it."""
        raise NotImplementedError

    def __enter__(self):
        words, variables = self.command()
        self.process = subprocess.Popen(words, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def wait_until_ready(self):
        end = time.monotonic() + self.longest_start
        while self.ask(self.ready) is None:
            if time.monotonic() > end or self.process.poll() is not None:
                raise CannotBeHad(f"{self.name} did not start")
            time.sleep(0.1)

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask(self, path, body=None):
        """The body of the answer; None: not one of success. `path` may be a whole address."""
        url = path if path.startswith("http://") else self.url + path
        request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.read()
        except (urllib.error.URLError, OSError):
            return None

    def wait_for(self, trace, count):
        """Until that many spans of the trace are there; servers file what they took a little later. Returns them."""
        for _ in range(200):
            spans = self.spans_of(trace)
            if len(spans) >= count:
                break
            time.sleep(0.05)
        return spans


class StoredSpan:
    """A span as the server tells it."""

    def __init__(self, name, parent, kind, error, attributes):
        self.name = name
        self.parent = parent  # None: it has none
        self.kind = kind      # in lower case
        self.error = error    # whether it failed
        self.attributes = attributes
