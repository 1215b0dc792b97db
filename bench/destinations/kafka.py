"""in_tail (parse json), out_kafka2 to one broker in KRaft mode; without compression and with lz4."""
import json
import os
import subprocess
import time
import urllib.request

from .shared import Bench, TAIL, cpu, free_port, java, listens, memory, say, wait

BROKER = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:%(controller)d
controller.listener.names=CONTROLLER
inter.broker.listener.name=OPEN
listeners=OPEN://localhost:%(port)d,CONTROLLER://localhost:%(controller)d
listener.security.protocol.map=OPEN:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=%(dir)s/data
num.partitions=3
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
"""

CONFIG = """<source>
  @type monitor_agent
  bind 127.0.0.1
  port %(monitor)d
</source>
""" + TAIL + """<match app.**>
  @type kafka2
  @id out
  brokers localhost:%(port)d
  default_topic bench
  compression_codec %(codec)s
  <buffer topic>
    @type file
    path %(dir)s/buffer
    flush_interval 1s
    overflow_action block
  </buffer>
</match>
"""


def server(bench, port):
    path = bench.classpath("connectors/kafka/src/test/servers/kafka/pom.xml")
    with open(bench.path("server.properties"), "w") as f:
        f.write(BROKER % {"dir": bench.folder, "port": port, "controller": free_port()})
    subprocess.run([java(), "-Xmx256m", "-cp", path, "kafka.tools.StorageTool", "format", "--cluster-id", "MkU3OEVBNTcwNTJENDM2Qg",
                    "--config", bench.path("server.properties")], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    broker = bench.start([java(), "-Xmx512m", "-cp", path, "kafka.Kafka", bench.path("server.properties")], "server.log")
    wait("the broker listens", lambda: listens(port), 180)
    return broker


def output(monitor):
    try:
        with urllib.request.urlopen("http://127.0.0.1:%d/api/plugins.json" % monitor, timeout=5) as answer:
            return next(p for p in json.load(answer)["plugins"] if p["plugin_id"] == "out")
    except (OSError, StopIteration, ValueError):
        return {}


def run(image, events, _rounds):
    with Bench(image) as bench:
        port = free_port()
        broker = server(bench, port)
        for codec in ("none", "lz4"):
            bench.input("in.log", events)
            monitor, before, begin = free_port(), cpu(broker), time.time()
            daemon = bench.daemon(CONFIG % {"dir": bench.folder, "port": port, "monitor": monitor, "codec": codec})

            def done():
                figures = output(monitor)
                return figures.get("emit_records", 0) >= events and figures.get("buffer_total_queued_size", 1) == 0

            wait("all events are sent", done, 1800)
            say("kafka " + codec, events, time.time() - begin, cpu(daemon), memory(daemon, "VmHWM"),
                "; the broker itself %.1f CPU s per million" % ((cpu(broker) - before) * 1e6 / events))
            bench.end(daemon)
            os.remove(bench.path("in.pos"))
