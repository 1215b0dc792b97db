#!/usr/bin/env python3
"""Many instances on one host: creates, starts, measures, checks and stops N of them below a folder of its own.

  bench/instances.py [N] [--image DIR]

Prints for each start the seconds until `runnel-service start` returned, then resident and proportional memory
(PSS: shared pages divided among those who share them) of all together, idle for some seconds.
"""
import argparse, glob, os, re, shutil, socket, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
CONF = """<source>
  @type forward
  bind 127.0.0.1
  port %d
</source>
<source>
  @type http
  bind 127.0.0.1
  port %d
</source>
<match **>
  @type file
  path %s/out/%s
  append true
  <buffer>
    @type file
    path %s/buffer/%s
  </buffer>
</match>
"""


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def memory(pid):
    text = open("/proc/%d/smaps_rollup" % pid).read()
    return [int(re.search(key + r":\s+(\d+)", text)[1]) / 1024 for key in ("Rss", "Pss")]


def lives(pid):
    try:
        return open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("n", nargs="?", type=int, default=20)
    ap.add_argument("--image", default=os.path.join(HERE, "..", "build", "image"))
    a = ap.parse_args()
    image = os.path.abspath(a.image)
    root = tempfile.mkdtemp(prefix="runnel-instances-")
    names = ["i%02d" % i for i in range(a.n)]
    ports = free_ports(2 * a.n)
    runnel = [os.path.join(image, "bin/runnel"), "--root", root]
    service = [os.path.join(image, "bin/runnel-service"), "--root", root]
    try:
        for i, name in enumerate(names):
            conf = os.path.join(root, name + ".conf")
            open(conf, "w").write(CONF % (ports[2 * i], ports[2 * i + 1], root, name, root, name))
            subprocess.run(runnel + ["instance", "create", name, "--config", conf], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(runnel + ["check"], check=True)
        starts = []
        for name in names:
            t = time.time()
            subprocess.run(service + ["start", name], check=True, stdout=subprocess.DEVNULL)
            starts.append(time.time() - t)
        time.sleep(8)
        pids = [int(open(os.path.join(root, "run/runnel", name + ".pid")).read()) for name in names]
        rss, pss = zip(*map(memory, pids))
        print("instances %d  start s median %.2f max %.2f  rss MB median %.1f max %.1f  pss MB sum %.0f each %.1f"
              % (a.n, statistics.median(starts), max(starts), statistics.median(rss), max(rss), sum(pss), sum(pss) / a.n))
        subprocess.run(service + ["stop", names[0]], check=True, stdout=subprocess.DEVNULL)
        alive = [p for p in pids if lives(p)]
        print("after stopping %s: %d of the others are alive" % (names[0], len(alive)))
        t = time.time()
        for name in names[1:]:
            subprocess.run(service + ["stop", name], check=True, stdout=subprocess.DEVNULL)
        print("stopping the others took %.1f s" % (time.time() - t))
    finally:
        for name in names:
            if os.path.exists(os.path.join(root, "run/runnel", name + ".pid")):
                subprocess.run(service + ["stop", name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(root, ignore_errors=True)


main()
