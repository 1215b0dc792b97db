"""in_tail (parse json), out_opensearch to one node of OpenSearch with a heap of 512 MB."""
import json
import os
import time
import urllib.request

from .shared import Bench, ROOT, TAIL, cpu, free_port, java, memory, say, wait

HOME = "connectors/elasticsearch/src/test/servers/opensearch"
CONFIG = TAIL + """<match app.**>
  @type opensearch
  host 127.0.0.1
  port %(port)d
  logstash_format true
  logstash_prefix bench
  include_tag_key true
  request_timeout 120s
  <buffer tag>
    @type file
    path %(dir)s/buffer
    flush_mode interval
    flush_interval 1s
    flush_thread_count 2
    chunk_limit_size 4m
  </buffer>
</match>
"""


def ask(port, method, path, body=None):
    request = urllib.request.Request("http://127.0.0.1:%d%s" % (port, path), method=method,
                                     data=body and body.encode(), headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def server(bench, port):
    """The node that the tests use."""
    node = bench.start([java(), "-Xmx512m", "--enable-native-access=ALL-UNNAMED", "-cp", bench.classpath(HOME),
                        os.path.join(ROOT, HOME, "OpenSearchNode.java"), bench.path("data"), str(port), str(free_port())],
                       "server.log")
    wait("OpenSearch is up", lambda: ask(port, "GET", "/_cluster/health?wait_for_status=yellow"), 600)
    return node


def run(image, events, _rounds):
    with Bench(image) as bench:
        port = free_port()
        node = server(bench, port)
        ask(port, "PUT", "/_template/bench", json.dumps({
            "index_patterns": ["bench-*"],
            "settings": {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"}}))
        bench.input("in.log", events)
        before, begin = cpu(node), time.time()
        daemon = bench.daemon(CONFIG % {"dir": bench.folder, "port": port})

        def count():
            ask(port, "POST", "/bench-*/_refresh")
            return ask(port, "GET", "/bench-*/_count")["count"] >= events

        wait("all documents are there", count, 1800)
        wall, used = time.time() - begin, cpu(daemon)
        total = ask(port, "GET", "/bench-*/_count")["count"]
        say("opensearch", events, wall, used, memory(daemon, "VmHWM"), "; OpenSearch itself %.0f CPU s per million, %d duplicates"
            % ((cpu(node) - before) * 1e6 / events, total - events))
