"""A private Redis server on a free port of the loopback; gone with its data when the block ends."""
import shutil
import socket
import subprocess
import tempfile
import time

DATABASES = 64
LAST_PORT = 65535 - 10000  # the servers of a cluster talk to each other at a port 10000 above their own
TRIES = 10  # another one may take the port first


def free_port():
    """A port that is free, as the one 10000 above it is."""
    while True:
        with socket.socket() as listener, socket.socket() as bus:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
            if port > LAST_PORT:
                continue
            try:
                bus.bind(("127.0.0.1", port + 10000))
            except OSError:
                continue
            return port


class RedisServer:
    def __init__(self, *options):
        self.options = options  # beside those that every server has

    def __enter__(self):
        if not shutil.which("redis-server"):
            raise SystemExit("interop: no Redis server: install the package redis-server")
        self.folder = tempfile.mkdtemp(prefix="queuetrace-interop-")
        self.used = 0
        for _ in range(TRIES):
            self.port = free_port()
            server = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder, "--save", "",
                      "--databases", str(DATABASES), *self.options]
            self.process = subprocess.Popen(server, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if self.answers():
                return self
            self.process.terminate()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        raise SystemExit("interop: the Redis server did not start")

    def answers(self):
        """Whether it does within ten seconds; false at once when it has ended."""
        for _ in range(200):
            if self.process.poll() is not None:
                return False
            if self.ask(0, "PING") == "PONG":
                return True
            time.sleep(0.05)
        return False

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, database, *arguments):
        command = ["redis-cli", "-p", str(self.port), "-n", str(database), *arguments]
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()

    def new_database(self, _name):
        """Returns the URL of an empty database."""
        self.used += 1
        return f"redis://127.0.0.1:{self.port}/{self.used - 1}"
