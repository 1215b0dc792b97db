#!/usr/bin/env python3
"""Runnel -> Kafka: CPU per event, and what the connector costs at rest.

  bench/kafka.py [--events N] [--image DIR]

Needs the built image (scripts/build-image) and a run of KafkaOutputIT, which leaves the broker's class path in
connectors/kafka/target/servers. Broker, file and daemon are on this machine; the CPU is the daemon's alone (user and system,
by the kernel's accounting), from its start until the last message is acknowledged.
"""
import argparse, json, os, shutil, signal, socket, subprocess, sys, tempfile, time, urllib.request
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "bench"))
sys.path.insert(0, os.path.join(ROOT, "conformance"))
from bench import json_line  # noqa: E402
HZ = os.sysconf("SC_CLK_TCK")

BROKER = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@localhost:{controller}
controller.listener.names=CONTROLLER
inter.broker.listener.name=OPEN
listeners=OPEN://localhost:{port},CONTROLLER://localhost:{controller}
listener.security.protocol.map=OPEN:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={dir}/data
num.partitions=3
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
"""

SOURCE = """<source>
  @type monitor_agent
  bind 127.0.0.1
  port {monitor}
</source>
"""

TO_KAFKA = """<source>
  @type tail
  path {dir}/in.log
  pos_file {dir}/pos
  read_from_head true
  tag app
  <parse>
    @type json
  </parse>
</source>
<match app>
  @type kafka2
  @id out
  brokers localhost:{port}
  default_topic bench
  compression_codec {codec}
  <buffer topic>
    @type file
    path {dir}/buffer
    flush_interval 1s
    overflow_action block
  </buffer>
</match>
"""

IDLE = """<source>
  @type forward
  bind 127.0.0.1
  port {free}
</source>
<match **>
  @type {type}
  {more}
</match>
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def cpu(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / HZ


def memory(pid, name):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) / 1024 for line in f if line.startswith(name))


def await_true(what, condition, seconds=600):
    end = time.time() + seconds
    while time.time() < end:
        if condition():
            return
        time.sleep(0.1)
    raise SystemExit("does not happen: " + what)


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def start_broker(folder, port):
    with open(os.path.join(ROOT, "connectors/kafka/target/servers/kafka.classpath")) as f:
        path = f.read().strip()
    properties = os.path.join(folder, "server.properties")
    with open(properties, "w") as f:
        f.write(BROKER.format(dir=folder, port=port, controller=free_port()))
    java = os.path.join(os.environ["JAVA_HOME"], "bin/java")
    subprocess.run([java, "-Xmx256m", "-cp", path, "kafka.tools.StorageTool", "format", "--cluster-id", "MkU3OEVBNTcwNTJENDM2Qg",
                    "--config", properties], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    log = open(os.path.join(folder, "broker.log"), "w")
    broker = subprocess.Popen([java, "-Xmx512m", "-cp", path, "kafka.Kafka", properties], stdout=log, stderr=log)
    await_true("the broker listens", lambda: listens(port), 180)
    return broker


def start_daemon(image, folder, name, config):
    file = os.path.join(folder, name + ".conf")
    with open(file, "w") as f:
        f.write(config)
    log = open(os.path.join(folder, name + ".log"), "w")
    began = time.time()
    return subprocess.Popen([os.path.join(image, "bin/runneld"), "-c", file], stdout=log, stderr=log), began


def end(process):
    process.send_signal(signal.SIGTERM)
    process.wait(120)


def output(monitor):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{monitor}/api/plugins.json", timeout=5) as answer:
            return next(p for p in json.load(answer)["plugins"] if p["plugin_id"] == "out")
    except (OSError, StopIteration, ValueError):
        return {}


def to_kafka(image, folder, port, events, codec):
    run = os.path.join(folder, codec)
    os.makedirs(run)
    os.link(os.path.join(folder, "in.log"), os.path.join(run, "in.log"))
    monitor = free_port()
    text = SOURCE.format(monitor=monitor) + TO_KAFKA.format(dir=run, port=port, codec=codec)
    daemon, began = start_daemon(image, run, "to-kafka", text)

    def done():
        figures = output(monitor)
        return figures.get("emit_records", 0) >= events and figures.get("buffer_total_queued_size", 1) == 0

    await_true("all events are sent", done)
    wall, used, peak = time.time() - began, cpu(daemon.pid), memory(daemon.pid, "VmHWM")
    end(daemon)
    print(f"tail_json -> kafka2 ({codec}): {events / wall:.0f} events/s, {used / events * 1e6:.1f} CPU s per million, peak {peak:.0f} MB")


def idle(image, folder, name, kind, more):
    free = free_port()
    daemon, began = start_daemon(image, folder, name, IDLE.format(free=free, type=kind, more=more))
    await_true("the port listens", lambda: listens(free), 60)
    ready = time.time() - began
    time.sleep(8)
    print(f"idle, {name}: port open after {ready:.2f} s, {cpu(daemon.pid):.2f} CPU s, {memory(daemon.pid, 'VmRSS'):.0f} MB")
    end(daemon)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--events", type=int, default=1_000_000)
    options.add_argument("--image", default=os.path.join(ROOT, "build/image"))
    arguments = options.parse_args()
    folder = tempfile.mkdtemp(prefix="bench-kafka-")
    port = free_port()
    broker = start_broker(folder, port)
    try:
        for name, kind, more in (("without", "null", ""), ("with kafka2", "kafka2", f"brokers localhost:{port}\n  default_topic bench"),
                                 ("without", "null", ""), ("with kafka2", "kafka2", f"brokers localhost:{port}\n  default_topic bench")):
            idle(arguments.image, folder, name, kind, more)
        with open(os.path.join(folder, "in.log"), "w") as f:
            for i in range(arguments.events):
                f.write(json_line(i) + "\n")
        for codec in ("none", "lz4"):
            to_kafka(arguments.image, folder, port, arguments.events, codec)
    finally:
        broker.kill()
        broker.wait()
        shutil.rmtree(folder)


main()
