"""What a terminal shows, with its colours, as an SVG that needs no font of its own."""
import html
import re

CELL, LINE, MARGIN = 8.0, 18, 14
COLORS = {30: "k", 31: "r", 32: "g", 33: "y", 34: "b", 35: "m", 36: "c", 37: "w", 90: "d", 91: "r", 92: "g", 93: "y", 94: "b", 95: "m",
          96: "c", 97: "w"}
STYLE = ("text{font:13.3px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#e6edf3;white-space:pre}"
         ".B{font-weight:700}.d,.D{fill:#9198a1}.r{fill:#ff7b72}.g{fill:#56d364}.y{fill:#e3b341}.b{fill:#79c0ff}.m{fill:#d2a8ff}.c{fill:#76e3ea}"
         ".w{fill:#ffffff}.k{fill:#0d1117}.R{fill:#30363d}")
ESCAPE = re.compile(r"\x1b\[([0-9;]*)m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|[\x0e\x0f]")


def runs(line, state):
    """Pieces of a line with the classes they are drawn in; `state` goes on from line to line."""
    at, column = 0, 0
    for match in [*ESCAPE.finditer(line), None]:
        text = line[at:match.start() if match else len(line)]
        if text:
            yield column, text, dict(state)
            column += len(text)
        if match is None:
            return
        at = match.end()
        codes = [int(code or 0) for code in match[1].split(";")] if match[1] is not None else []
        while codes:
            code = codes.pop(0)
            if code == 0:
                state.clear()
            elif code in (1, 2):
                state["weight"] = "B" if code == 1 else "D"
            elif code == 22:
                state.pop("weight", None)
            elif code == 7:
                state["reverse"] = True
            elif code == 27:
                state.pop("reverse", None)
            elif code == 39:
                state.pop("color", None)
            elif code in COLORS:
                state["color"] = COLORS[code]
            elif code in (38, 48):
                del codes[:2 if codes[:1] == [5] else 4]


def picture(lines, columns):
    """The SVG of these lines (with escape sequences), as wide as `columns` cells."""
    width, height = columns * CELL + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" viewBox="0 0 {width:.0f} {height}" role="img">',
           f"<style>{STYLE}</style>", '<rect width="100%" height="100%" rx="8" fill="#0d1117"/>']
    state = {}
    for number, line in enumerate(lines):
        top = MARGIN + number * LINE
        for column, text, look in runs(line, state):
            x = MARGIN + column * CELL
            if look.get("reverse"):
                out.append(f'<rect class="R" x="{x:.0f}" y="{top}" width="{len(text) * CELL:.0f}" height="{LINE}"/>')
            if not text.strip():
                continue
            blanks = len(text) - len(text.lstrip(" "))
            words = text.strip(" ")
            classes = " ".join(filter(None, (look.get("weight"), look.get("color"))))
            out.append(f'<text x="{x + blanks * CELL:.0f}" y="{top + 13}" textLength="{len(words) * CELL:.0f}"'
                       + (f' class="{classes}"' if classes else "") + f">{html.escape(words)}</text>")
    return "\n".join(out) + "\n</svg>\n"
