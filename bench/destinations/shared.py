"""What the benches of connectors have in common: servers, input, and the figures of a process."""
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TICKS = os.sysconf("SC_CLK_TCK")
GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath"
TAIL = """<source>
  @type tail
  path %(dir)s/in.log
  pos_file %(dir)s/in.pos
  tag app.web
  read_from_head true
  refresh_interval 1s
  <parse>
    @type json
    time_key time
    time_type string
    time_format %%iso8601
  </parse>
</source>
"""


class Bench:
    """A scratch folder, and the processes that end with it."""

    def __init__(self, image):
        self.image = os.path.abspath(image)

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="runnel-bench-")
        self.processes = []
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, command, log):
        """Starts a process in the scratch folder; what it says goes to a file there."""
        with open(self.path(log), "w") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=self.folder)
        self.processes.append(process)
        return process

    def daemon(self, config, image=None):
        with open(self.path("runnel.conf"), "w") as f:
            f.write(config)
        command = [os.path.join(image or self.image, "bin/runneld"), "-c", "runnel.conf"]
        return self.start(command, "runnel.log")

    def end(self, process):
        process.terminate()
        process.wait(120)
        self.processes.remove(process)

    def input(self, name, events):
        """JSON lines of about 200 bytes."""
        with open(self.path(name), "w") as f:
            for n in range(events):
                f.write('{"time":"2026-01-02T03:%02d:%02d.%03dZ","level":"info","n":%d,"host":"web-%d","path":"/api/v1/items/%d",'
                        '"status":200,"ms":%d.%d,"agent":"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101"}\n'
                        % (n // 60000 % 60, n // 1000 % 60, n % 1000, n, n % 20, n % 5000, n % 300, n % 10))

    def classpath(self, pom):
        """Jars of a test's server, from Maven."""
        path = self.path("classpath")
        command = ["mvn", "-q", "-B", "-f", os.path.join(ROOT, pom), GOAL, "-Dmdep.outputFile=" + path]
        if subprocess.run(command + ["-o"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        with open(path) as f:
            return f.read().strip()


def java():
    return subprocess.run(["sh", "-c", ". scripts/find-java.sh; runnel_find_java; echo $JAVA_HOME/bin/java"], cwd=ROOT,
                          stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def cpu(process):
    """User and system seconds until now."""
    with open("/proc/%d/stat" % process.pid) as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(process, key):
    """MB: VmRSS now, or VmHWM, the most so far."""
    with open("/proc/%d/status" % process.pid) as f:
        return int(re.search(key + r":\s+(\d+)", f.read())[1]) / 1024


def wait(what, condition, seconds):
    end = time.time() + seconds
    while True:
        try:
            if condition():
                return
        except OSError:
            pass
        if time.time() > end:
            sys.exit("still not: " + what)
        time.sleep(0.1)


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def say(name, events, seconds, used, peak, rest):
    print("%s: %d events, %.0f events/s, %.2f CPU s per million, peak RSS %.0f MB%s"
          % (name, events, events / seconds, used * 1e6 / events, peak, rest), flush=True)
