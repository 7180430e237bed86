"""What was compared and what differs."""
import json


class Differences:
    def __init__(self):
        self.compared = 0
        self.found = []

    def same(self, where, expected, shown):
        self.compared += 1
        if expected != shown:
            self.found.append(f"{where}: expected {json.dumps(expected)}, found {json.dumps(shown)}")

    def true(self, where, holds, said):
        self.compared += 1
        if not holds:
            self.found.append(f"{where}: {said}")
