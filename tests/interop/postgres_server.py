"""A private PostgreSQL server on a Unix socket in its own folder; gone with its data when the block ends."""
import glob
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time


def programs():
    found = glob.glob("/usr/lib/postgresql/*/bin/postgres")
    if not found:
        raise SystemExit("interop: no PostgreSQL server: install the package postgresql")
    return os.path.dirname(max(found, key=lambda path: int(re.search(r"/(\d+)/", path)[1])))


def as_server_user(arguments):
    """The server refuses to run as root."""
    if os.geteuid() != 0:
        return arguments
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *arguments]


def asked(url, statement):
    """The rows of a database that new_database() made, as psql prints them unaligned."""
    return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-d", url, "-c", statement], check=True, capture_output=True,
                          text=True).stdout.splitlines()


def connection_variables(url):
    """What libpq and its likes read from the environment, for a URL of new_database()."""
    database, host, user = re.fullmatch(r"postgresql:///(.*)\?host=(.*)&user=(.*)", url).groups()
    return {"PGDATABASE": database, "PGHOST": host, "PGUSER": user}


class PostgresServer:
    def __enter__(self):
        self.programs = programs()
        self.folder = tempfile.mkdtemp(prefix="queuetrace-interop-")
        if os.geteuid() == 0:
            os.chown(self.folder, pwd.getpwnam("postgres").pw_uid, -1)
        data = f"{self.folder}/data"
        initdb = [f"{self.programs}/initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8",
                  "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(as_server_user(initdb), check=True, stdout=subprocess.DEVNULL, cwd="/")
        server = [f"{self.programs}/postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses=", "-c",
                  "fsync=off"]
        self.process = subprocess.Popen(as_server_user(server), cwd="/", stderr=subprocess.DEVNULL)
        for _ in range(200):
            if self.psql("postgres", "SELECT 1", check=False).returncode == 0:
                return self
            time.sleep(0.05)
        self.__exit__()
        raise SystemExit("interop: the PostgreSQL server did not start")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def psql(self, database, statement, check=True):
        command = [f"{self.programs}/psql", "-X", "-q", "-A", "-t", "-h", self.folder, "-U", "postgres", "-d", database,
                   "-c", statement]
        return subprocess.run(command, check=check, capture_output=True, text=True)

    def new_database(self, name):
        """Returns the URL of an empty database."""
        self.psql("postgres", f'CREATE DATABASE "{name}"')
        return f"postgresql:///{name}?host={self.folder}&user=postgres"
