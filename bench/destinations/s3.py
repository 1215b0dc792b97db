"""in_tail (parse json), out_s3 to S3Proxy over a folder; the idle figures are before the first event."""
import gzip
import os
import time

from .shared import Bench, TAIL, cpu, free_port, java, listens, memory, say, wait

PROXY = """s3proxy.authorization=aws-v2-or-v4
s3proxy.endpoint=http://127.0.0.1:%(port)d
s3proxy.identity=identity
s3proxy.credential=credential
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir=%(dir)s/data
jclouds.identity=x
jclouds.credential=x
"""
LOGBACK = '<configuration><root level="off"/></configuration>'
CONFIG = TAIL + """<match app.**>
  @type s3
  aws_key_id identity
  aws_sec_key credential
  s3_bucket bench
  s3_endpoint http://127.0.0.1:%(port)d
  force_path_style true
  s3_object_key_format %%{hex_random}/${chunk_id}.%%{file_extension}
  store_as %(form)s
  <format>
    @type json
  </format>
  <buffer tag>
    @type file
    path %(dir)s/buffer
    flush_mode interval
    flush_interval 1s
    chunk_limit_size 16m
  </buffer>
</match>
"""


def server(bench, port):
    """S3Proxy, as in the tests."""
    os.mkdir(bench.path("data"))
    with open(bench.path("s3proxy.conf"), "w") as f:
        f.write(PROXY % {"port": port, "dir": bench.folder})
    with open(bench.path("logback.xml"), "w") as f:
        f.write(LOGBACK)
    proxy = bench.start([java(), "-Xmx512m", "-Dlogback.configurationFile=" + bench.path("logback.xml"), "-cp",
                         bench.classpath("connectors/s3/src/test/servers/s3proxy/pom.xml"), "org.gaul.s3proxy.Main",
                         "--properties", "s3proxy.conf"], "server.log")
    wait("S3Proxy is up", lambda: listens(port), 600)
    return proxy


def lines(data, known):
    """Events in the objects; those of a file are counted once."""
    for folder, _, files in os.walk(os.path.join(data, "bench")):
        for name in files:
            path = os.path.join(folder, name)
            if path not in known and name.endswith((".gz", ".txt")):
                with (gzip.open if name.endswith(".gz") else open)(path, "rb") as f:
                    known[path] = sum(1 for _ in f)
    return sum(known.values())


def load(image, events, form):
    with Bench(image) as bench:
        port = free_port()
        proxy = server(bench, port)
        daemon = bench.daemon(CONFIG % {"dir": bench.folder, "port": port, "form": form})
        wait("the bucket is made", lambda: os.path.isdir(bench.path("data/bench")), 600)
        time.sleep(20)
        idle = (memory(daemon, "VmRSS"), cpu(daemon))
        bench.input("whole.log", events)
        before, begin = cpu(proxy), time.time()
        os.rename(bench.path("whole.log"), bench.path("in.log"))
        known, stored = {}, bench.path("data")
        wait("all events are there", lambda: lines(stored, known) >= events, 1800)
        wall, used = time.time() - begin, cpu(daemon) - idle[1]
        say("s3 " + form, events, wall, used, memory(daemon, "VmHWM"),
            "; S3Proxy itself %.1f CPU s per million, %d duplicates, %d objects; idle before: RSS %.0f MB after %.2f CPU s"
            % ((cpu(proxy) - before) * 1e6 / events, lines(stored, known) - events, len(known), *idle))


def run(image, events, _rounds):
    for form in ("gzip", "text"):
        load(image, events, form)
