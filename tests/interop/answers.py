"""Questions that every system is asked in the same words, and the forms of their answers."""
import re
import tempfile

EVERYTHING = ("job", "list", "--limit", "0", "--payload")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def listed(queuetrace, *filters):
    return sorted(record["id"] for record in queuetrace.lines("job", "list", "--limit", "0", *filters))


def notes(record):
    return [note["code"] for note in record.get("notes") or []]


def compare_capture(differences, queuetrace):
    """A capture of the database holds what the database says."""
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/capture.db"
        queuetrace.checked("capture", "--output", file)
        captured = {record["id"]: record for record in queuetrace.at(f"sqlite:{file}").lines(*EVERYTHING)}
    live = {record["id"]: record for record in queuetrace.lines(*EVERYTHING)}
    differences.same("capture: every job", sorted(live), sorted(captured))
    for job_id in set(live) & set(captured):
        captured[job_id]["extra"].pop("captured_source")
        for field, value in live[job_id].items():
            if field in ("ref", "source", "age_ms", "due_in_ms", "run_ms", "trace_actions"):
                continue
            found = captured[job_id].get(field)
            if field == "waits_for":  # other jobs, which are of the capture there
                value, found = ([one["ref"].split("/", 1)[1] for one in jobs or []] for jobs in (value, found))
            differences.same(f"capture: {job_id}: {field}", value, found)


def compare_gone(differences, queuetrace, gone):
    for job_id in gone:
        differences.same("job show of a deleted job: exit code", 3, queuetrace.run("job", "show", job_id).returncode)


def meaning(text):
    """Equal for texts that are spellings of one trace: an id with or without dashes, prefix, in either case."""
    bare = re.sub(r"^(trace|corr)-", "", text)
    if UUID.fullmatch(bare) or re.fullmatch(r"[0-9a-fA-F]{32}", bare):
        return bare.replace("-", "").lower()
    return text


def spellings(text):
    digits = meaning(text)
    if not re.fullmatch(r"[0-9a-f]{32}", digits):
        return {text}
    dashed = "-".join(digits[a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))
    return {text, digits, digits.upper(), dashed, f"trace-{dashed}", f"00-{digits}-00f067aa0ba902b7-01"}


def compare_lookups(differences, queuetrace, option, field, jobs):
    for text in sorted({job[field] for job in jobs.values() if job[field]}):
        expected = sorted(job["id"] for job in jobs.values() if job[field] and meaning(job[field]) == meaning(text))
        if set(text) == {"0"}:
            continue  # no trace: refused, as tests/unit/tracing has it
        for typed in sorted(spellings(text)) if field == "trace_id" else [text]:
            found = listed(queuetrace, f"{option}={typed}")
            differences.same(f"job list {option} {typed!r}, stored {text!r}", expected, found)
