#!/usr/bin/env python3
"""CPU seconds by thread of one run of a load of bench.py: who works, and how much of it in the kernel.

  threads.py LOAD[,LOAD..] [--events N] [--engine NAME=COMMAND]...

Threads of one kind are summed (virtual threads run on ForkJoinPool-1-w..). What threads that have ended used is "(ended)".
"""
import argparse, os, re, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bench

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
found = {}
plain = bench.cpu

def stat(path):
    s = open(path).read().rsplit(") ", 1)[1].split()
    return int(s[11]) / bench.HZ, int(s[12]) / bench.HZ

def by_thread(pgid):
    """Notes the threads beside what bench.py asks for; its last question is at the end of the load."""
    found.clear()
    total = [0.0, 0.0]
    for pid, s in bench.group(pgid):
        for i in (0, 1): total[i] += (int(s[11 + i]) + int(s[13 + i])) / bench.HZ
        for tid in os.listdir("/proc/%d/task" % pid):
            try:
                name = open("/proc/%d/task/%s/comm" % (pid, tid)).read().strip()
                user, system = stat("/proc/%d/task/%s/stat" % (pid, tid))
            except OSError: continue
            name = re.sub(r"[-# ]?\d+(-w\.*)?$", "", name)
            u, k = found.get(name, (0, 0)); found[name] = (u + user, k + system)
    found["(ended)"] = tuple(max(0, total[i] - sum(v[i] for v in found.values())) for i in (0, 1))
    return plain(pgid)

def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("loads"); ap.add_argument("--events", type=int, default=1000000); ap.add_argument("--data", default="/tmp/bench-data")
    ap.add_argument("--engine", action="append"); a = ap.parse_args()
    os.makedirs(a.data, exist_ok=True); bench.cpu = by_thread
    for load in a.loads.split(","):
        for engine in a.engine or ["runnel=" + HOME + "/build/image/bin/runneld"]:
            name, cmd = engine.split("=", 1)
            r = bench.run(name, bench.absolute(cmd), load, a.events, a.data)
            print("%s %s: %.2f CPU s per million, lost %s, peak %.0f MB" % (load, name, r["cpu_per_m"], r["lost"], r["peak_mb"]))
            for thread, (u, k) in sorted(found.items(), key=lambda e: -sum(e[1])):
                if u + k >= 0.02: print("  %-18s %6.2f  user %6.2f  kernel %6.2f" % (thread, u + k, u, k))

if __name__ == "__main__": main()
