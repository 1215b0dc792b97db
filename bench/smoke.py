#!/usr/bin/env python3
"""Runs each load once with few events and looks only whether nothing is lost: the benches themselves are tested.

  bench/smoke.py [--image DIR] [--events N]

Prints a line per load and ends with 1 where one failed. Nothing is said about speed. The parts that `bench/run jmh`
measures are built too, and each is run for an instant.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import bench  # noqa: E402  (found beside this file)

LOADS = ["tail_json", "tail_nginx", "tail_raw", "forward_file", "forward_relay", "syslog_tcp", "http_json", "startup"]


def fault(load, result):
    """What is wrong with a run; None where nothing is."""
    if load == "startup":
        return None if result["start_s"] is not None else "the ports did not open"
    if result["lost"] > 0:
        return "%d events are missing; %s" % (result["lost"], result.get("log", ""))
    if result.get("bad"):
        return "%d requests were refused" % result["bad"]
    return None if result["eps"] > 0 else "nothing arrived"


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--image", default=os.path.join(HERE, "..", "build", "image"))
    ap.add_argument("--events", type=int, default=20000)
    a = ap.parse_args()
    command = os.path.join(os.path.abspath(a.image), "bin/runneld")
    data = tempfile.mkdtemp(prefix="bench-smoke-")
    failed = skipped = 0
    try:
        for load in LOADS:
            if load == "http_json" and not shutil.which("wrk"):
                skipped += 1
                print("skipped %s: wrk is not installed (apt-get install wrk)" % load, flush=True)
                continue
            wrong = fault(load, bench.run("runnel", command, load, a.events, data))
            failed += wrong is not None
            print("%s %s" % ("ok     " if wrong is None else "FAILED ", load + (": " + wrong if wrong else "")), flush=True)
    finally:
        shutil.rmtree(data, ignore_errors=True)
    done = subprocess.run([os.path.join(HERE, "run"), "jmh", "-f", "0", "-wi", "0", "-i", "1", "-r", "1ms", "-foe", "true"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    failed += done.returncode != 0
    print("%s jmh" % ("ok     " if done.returncode == 0 else "FAILED ") + ("" if done.returncode == 0 else "\n" + done.stdout[-2000:]), flush=True)
    print("%d passed, %d failed, %d skipped" % (len(LOADS) + 1 - failed - skipped, failed, skipped))
    sys.exit(1 if failed else 0)


main()
