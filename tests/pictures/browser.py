"""A headless Chromium that is spoken to through two pipes (its DevTools protocol): no port, no network, one page."""
import base64
import json
import os
import select
import subprocess
import tempfile
import time

PROGRAMS = ("/usr/bin/chromium", "/usr/bin/chromium-browser")


class Browser:
    """Starts in the constructor and ends with `close` or the `with` block. Every wait ends after `patience` seconds."""

    def __init__(self, patience=120):
        self.patience = patience
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        program = next(path for path in PROGRAMS if os.path.exists(path))
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        def places():  # Chromium reads from 3 and writes to 4
            first, second = os.dup(to_browser), os.dup(from_browser)
            os.dup2(first, 3)
            os.dup2(second, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
             "--force-color-profile=srgb", "--remote-debugging-pipe", "--user-data-dir=" + self.folder.name],
            preexec_fn=places, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "HOME": self.folder.name, "LC_ALL": "C.UTF-8"})
        os.close(to_browser)
        os.close(from_browser)
        self.received = b""
        self.number = 0
        self.events = []
        self.session = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(domain + ".enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.write_end)
        os.close(self.read_end)
        self.folder.cleanup()

    def message(self):
        """The next message of the browser."""
        end = time.monotonic() + self.patience
        while b"\0" not in self.received:
            ready, _, _ = select.select([self.read_end], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise TimeoutError("the browser does not answer")
            part = os.read(self.read_end, 1 << 20)
            if not part:
                raise EOFError("the browser ended")
            self.received += part
        text, self.received = self.received.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, **parameters):
        """Sends a command and returns its result; events that come meanwhile are kept in `events`."""
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        data = json.dumps(request).encode() + b"\0"
        while data:
            data = data[os.write(self.write_end, data):]
        while True:
            answer = self.message()
            if answer.get("id") != self.number:
                self.events.append(answer)
            elif "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            else:
                return answer["result"]

    def wait_for(self, event):
        """The next event of this name, kept or to come."""
        while True:
            for index, message in enumerate(self.events):
                if message.get("method") == event:
                    return self.events.pop(index)["params"]
            self.events.append(self.message())

    def look(self, path, width, height=900, dark=False, scripts=True):
        """Opens a file at a size of the window, light or dark."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        self.ask("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.events = []
        self.ask("Page.navigate", url="file://" + os.path.abspath(path))
        self.wait_for("Page.loadEventFired")

    def work(self, action):
        """What the engine does while `action` runs and until two pictures were drawn, counted: elements styled, objects laid
        out, and how often each was begun."""
        self.ask("Tracing.start", categories="devtools.timeline,disabled-by-default-devtools.timeline", transferMode="ReportEvents")
        action()
        self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))")
        self.ask("Tracing.end")
        self.wait_for("Tracing.tracingComplete")
        work = {"styled": 0, "laid_out": 0, "stylings": 0, "layouts": 0}
        for message in self.events:
            for event in message["params"]["value"] if message.get("method") == "Tracing.dataCollected" else []:
                arguments = event.get("args", {})
                if event["name"] == "UpdateLayoutTree" and "elementCount" in arguments:
                    work["styled"] += arguments["elementCount"]
                    work["stylings"] += 1
                if event["name"] == "Layout" and "dirtyObjects" in arguments.get("beginData", {}):
                    work["laid_out"] += arguments["beginData"]["dirtyObjects"]
                    work["layouts"] += 1
        self.events = [message for message in self.events if message.get("method") != "Tracing.dataCollected"]
        return work

    def value(self, expression):
        """What a JavaScript expression gives inside the page."""
        result = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def key(self, key):
        """Presses a key that may stand for a character."""
        text = {"text": key} if len(key) == 1 else {}
        self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self.ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    def drag(self, begin, end):
        """Presses the left button at `begin`, moves to `end` and lets go; points in CSS pixels of the window."""
        for kind, (x, y), held in (("mousePressed", begin, 1), ("mouseMoved", end, 1), ("mouseReleased", end, 0)):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=held, clickCount=1)

    def wheel(self, x, y, delta, control=False):
        self.ask("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=delta,
                 modifiers=2 if control else 0)

    def picture(self):
        """The window as PNG."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])

    def paper(self):
        """The page as PDF, on the paper that the page asks for."""
        return base64.b64decode(self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"])
