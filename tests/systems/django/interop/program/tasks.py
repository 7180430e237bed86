"""The one task: what it does is in its arguments."""
import json
import time

from django_tasks import task


@task()
def perform(name, act="return", **_context):
    print(json.dumps({"ran": name}), flush=True)
    if act == "fail":
        raise ValueError("no such\naddress: \x1b[31mred")
    if act == "hold":
        time.sleep(3600)
    return {"done": name}
