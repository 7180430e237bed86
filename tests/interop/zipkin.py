"""A real Zipkin on a free port of the loopback, its own jar from Maven Central."""
import os
import subprocess
import time
import urllib.error
import urllib.request

from redis_server import free_port

VERSION = "3.5.1"


def jar(target):
    """The executable jar below `target`; fetched once."""
    folder = os.path.join(target, "zipkin")
    path = os.path.join(folder, f"zipkin-server-{VERSION}-exec.jar")
    if not os.path.exists(path):
        subprocess.run(["mvn", "-q", "-B", "dependency:copy", f"-Dartifact=io.zipkin:zipkin-server:{VERSION}:jar:exec",
                        f"-DoutputDirectory={folder}"], check=True)
    return path


class Zipkin:
    """Keeps spans in memory until it is left."""

    def __init__(self, target):
        self.jar = jar(target)

    def __enter__(self):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(["java", "-Xmx256m", "-jar", self.jar], env={**os.environ, "QUERY_PORT": str(port)},
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(1200):
            if self.ask("/health") is not None:
                return self
            time.sleep(0.1)
        self.__exit__()
        raise RuntimeError("Zipkin did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def ask(self, path):
        """The body of the answer; None: not 200."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:
                return answer.read()
        except (urllib.error.URLError, ConnectionError):
            return None
