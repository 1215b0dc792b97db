"""What installed connectors cost an instance whose configuration names none, and what one costs that is named."""
import os
import shutil
import statistics
import subprocess
import time

from .shared import Bench, cpu, free_port, java, listens, memory, wait

IDLE = "<source>\n  @type forward\n  bind 127.0.0.1\n  port %d\n</source>\n<match **>\n  @type %s\n</match>\n"
NAMED = {
    "opensearch": "opensearch\n  port 9",
    "kafka": "kafka2\n  brokers 127.0.0.1:9\n  default_topic x",
    "http-services": "loggly\n  loggly_url http://127.0.0.1:9/inputs/x",
}


def one_start(bench, image, output):
    port = free_port()
    begin = time.time()
    daemon = bench.daemon(IDLE % (port, output), image)
    wait("the port listens", lambda: listens(port), 60)
    started, used = time.time() - begin, cpu(daemon)
    time.sleep(20)
    figures = started, used, memory(daemon, "VmRSS")
    bench.end(daemon)
    return figures


def run(image, _events, rounds):
    with Bench(image) as bench:
        bare = bench.path("bare")
        shutil.copytree(bench.image, bare, symlinks=True)
        shutil.rmtree(os.path.join(bare, "connectors"))
        for each in (bench.image, bare):  # each with a class cache of its own
            subprocess.run([os.path.join(each, "bin/runnel-train"), java()], stderr=subprocess.DEVNULL)
        cases = {"connectors installed": (bench.image, "stdout"), "none installed": (bare, "stdout")}
        cases.update((name + " named", (bench.image, output)) for name, output in NAMED.items())
        figures = {name: [] for name in cases}
        for _ in range(rounds):
            for name, case in cases.items():
                figures[name].append(one_start(bench, *case))
        for name, found in figures.items():
            print("%-21s start %.3f s, CPU %.2f s, idle RSS %.1f MB (medians of %d)"
                  % (name, *(statistics.median(column) for column in zip(*found)), rounds), flush=True)
