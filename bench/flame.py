#!/usr/bin/env python3
"""Where the time of a load goes: samples the daemon with the flight recorder while bench.py drives it, and draws a flame graph.

  flame.py LOAD [--events N] [--engine NAME=COMMAND] [--svg FILE] [--thread PART] [--skip SECONDS]

Prints the methods with the most samples, alone and with what they call. A sample is 10 ms of a thread that runs Java code or a system call;
compiler and collector threads are not sampled (threads.py shows their share). --skip leaves out the warm-up.
"""
import argparse, collections, html, json, os, re, subprocess, sys, tempfile
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bench

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WIDTH, ROW = 1200, 16

def record(load, events, engine, data, file):
    name, cmd = engine.split("=", 1)
    options = "-XX:+UnlockDiagnosticVMOptions -XX:+DebugNonSafepoints -XX:StartFlightRecording:filename=%s,settings=profile,dumponexit=true" % file
    os.environ["JAVA_OPTS"] = (os.environ.get("JAVA_OPTS", "") + " " + options).strip()
    r = bench.run(name, bench.absolute(cmd), load, events, data)
    print("%s: %.2f CPU s per million (the recorder's own share included)" % (load, r["cpu_per_m"]))

def java_home():
    r = subprocess.run(["sh", "-c", '. "%s/scripts/find-java.sh"; runnel_find_java; echo "$JAVA_HOME"' % HOME], capture_output=True, text=True)
    return r.stdout.strip()

def stacks(file, thread, skip):
    """Folded stacks, outermost first, with their number of samples."""
    out = subprocess.run([java_home() + "/bin/jfr", "print", "--json", "--stack-depth", "64", "--events", "jdk.ExecutionSample,jdk.NativeMethodSample", file],
                         capture_output=True, text=True, check=True).stdout
    events = [e["values"] for e in json.loads(out)["recording"]["events"]]
    def seconds(v):
        h, m, s = re.search(r"T(\d+):(\d+):([\d.]+)", v["startTime"]).groups(); return int(h) * 3600 + int(m) * 60 + float(s)
    first = min(map(seconds, events)) if events else 0
    folded = collections.Counter()
    for v in events:
        name = (v["sampledThread"] or {}).get("javaName") or "?"
        if thread not in name or seconds(v) - first < skip or not v["stackTrace"]: continue
        frames = []
        for f in v["stackTrace"]["frames"]:
            m = f["method"]; frames.append(m["type"]["name"].replace("/", ".").split(".")[-1] + "." + m["name"])
        if frames[0].startswith(("EPoll.wait", "Net.accept", "LinuxWatchService", "Unsafe.park")): continue  # waits, does not work
        folded[tuple([re.sub(r"object:\w+ |[-#]?\d+$", "", name)] + frames[::-1])] += 1
    return folded

def table(folded, most=25):
    total = sum(folded.values()); alone, whole = collections.Counter(), collections.Counter()
    for stack, n in folded.items():
        alone[stack[-1]] += n
        for frame in set(stack): whole[frame] += n
    print("%d samples\n%-58s %7s %7s" % (total, "method", "alone", "whole"))
    for frame, n in alone.most_common(most):
        print("%-58s %6.1f%% %6.1f%%" % (frame[:58], 100 * n / total, 100 * whole[frame] / total))

def tree(folded):
    root = [0, {}]
    for stack, n in folded.items():
        node = root; node[0] += n
        for frame in stack:
            node = node[1].setdefault(frame, [0, {}]); node[0] += n
    return root

def svg(folded, title, file):
    root = tree(folded); total = root[0]; boxes = []; deepest = 0
    def place(node, x, depth):
        nonlocal deepest
        deepest = max(deepest, depth)
        for frame, child in sorted(node[1].items()):
            w = WIDTH * child[0] / total
            if w >= 0.6: boxes.append((x, depth, w, frame, child[0])); place(child, x, depth + 1)
            x += w
    place(root, 0, 0); height = (deepest + 3) * ROW
    with open(file, "w") as f:
        f.write('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="monospace" font-size="11">\n<text x="4" y="14" font-size="13">%s</text>\n' % (WIDTH, height, html.escape(title)))
        for x, depth, w, frame, n in boxes:
            y = height - (depth + 1) * ROW; hue = sum(map(ord, frame.split(".")[0])) % 60
            label = frame[:int(w / 6.7)] if w > 20 else ""
            f.write('<g><title>%s: %d samples, %.1f%%</title><rect x="%.1f" y="%d" width="%.1f" height="%d" fill="hsl(%d,80%%,70%%)" stroke="#fff" stroke-width="0.5"/><text x="%.1f" y="%d">%s</text></g>\n'
                    % (html.escape(frame), n, 100 * n / total, x, y, w, ROW - 1, hue, x + 2, y + 11, html.escape(label)))
        f.write("</svg>\n")

def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("load"); ap.add_argument("--events", type=int, default=3000000); ap.add_argument("--data", default="/tmp/bench-data"); ap.add_argument("--svg")
    ap.add_argument("--engine", default="runnel=" + HOME + "/build/image/bin/runneld"); ap.add_argument("--thread", default=""); ap.add_argument("--skip", type=float, default=0); a = ap.parse_args()
    os.makedirs(a.data, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "run.jfr")
        record(a.load, a.events, a.engine, a.data, file)
        folded = stacks(file, a.thread, a.skip)
    if not folded: raise SystemExit("no samples")
    table(folded)
    if a.svg: svg(folded, "%s, %d events, %d samples of 10 ms" % (a.load, a.events, sum(folded.values())), a.svg)

if __name__ == "__main__": main()
