#!/usr/bin/env python3
"""Runs all tests and adds up their counts. See ../verify.

A stage that cannot count its tests counts as one. Output of a stage that fails is shown whole.
"""
import glob
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FAST = "--fast" in sys.argv[1:]
CONNECTORS = sorted(os.path.dirname(os.path.relpath(pom, ROOT))
                    for pom in glob.glob(os.path.join(ROOT, "connectors/*/pom.xml")))
UNITS = ["core", "testkit", "plugins", "app"] + CONNECTORS
passed = failed = skipped = 0


def say(text):
    print(text, flush=True)


def run(title, command, env=None, timeout=2400):
    """Runs a command; returns (ok, output)."""
    say("== %s" % title)
    start = time.time()
    try:
        done = subprocess.run(command, cwd=ROOT, env=dict(os.environ, **(env or {})), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, check=False)
        code, text = done.returncode, done.stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired as e:
        code, text = -1, (e.stdout or b"").decode("utf-8", "replace") + "\ntimed out after %d s" % timeout
    say("   %s in %.0f s" % ("ok" if code == 0 else "FAILED", time.time() - start))
    return code == 0, text


def count(p, f, s=0):
    global passed, failed, skipped
    passed, failed, skipped = passed + p, failed + f, skipped + s


def tail(text, lines=120):
    say("\n".join("   | " + line for line in text.splitlines()[-lines:]))


def stage(title, command, env=None):
    """A stage that is one test."""
    ok, text = run(title, command, env)
    count(int(ok), int(not ok))
    if not ok:
        tail(text)
    return ok


def maven(title, arguments, modules):
    """A Maven run; counts what Surefire reports for the modules."""
    for module in modules:
        for old in glob.glob(os.path.join(ROOT, module, "target/surefire-reports/TEST-*.xml")):
            os.remove(old)
    ok, text = run(title, ["mvn", "-B", "-q", "-Dmaven.test.failure.ignore=true"] + arguments)
    tests = failures = skips = 0
    for module in modules:
        for report in glob.glob(os.path.join(ROOT, module, "target/surefire-reports/TEST-*.xml")):
            suite = ElementTree.parse(report).getroot()
            tests += int(suite.get("tests"))
            failures += int(suite.get("failures")) + int(suite.get("errors"))
            skips += int(suite.get("skipped"))
            for case in suite.iter("testcase"):
                reason = case.find("skipped")
                if reason is not None:
                    why = reason.get("message") or (reason.text or "").strip().split("\n")[0]
                    say("   SKIPPED %s.%s: %s" % (case.get("classname"), case.get("name"), why))
    if not ok and failures == 0:
        failures = 1  # it did not compile, or the run itself broke
        tests += 1
    count(tests - failures - skips, failures, skips)
    say("   %d tests, %d failed, %d skipped" % (tests, failures, skips))
    if not ok or failures:
        tail("\n".join(line for line in text.splitlines() if "WARNING" not in line))


def conformance():
    """The recorded cases; those on the list are not expected to pass yet, and must not be on it if they do."""
    with open(os.path.join(ROOT, "conformance/not-yet.txt"), encoding="utf-8") as f:
        not_yet = {line.split("#")[0].strip() for line in f} - {""}
    ok, text = run("conformance: cases recorded from Fluentd",
                   [sys.executable, "conformance/conform.py", "run", "--cmd", os.path.join(ROOT, "bin/runneld"),
                    "--jobs", "3", "conformance/cases"])
    bad = set(re.findall(r"^FAIL (\S+):", text, re.M))
    good = set(os.listdir(os.path.join(ROOT, "conformance/cases"))) - bad
    if not re.search(r"^\d+ passed, \d+ failed", text, re.M):
        count(0, 1)
        tail(text)
        return
    # A case may fail once because the machine is busy: it gets a second chance, alone.
    for name in sorted(bad - not_yet):
        again, more = run("   again: " + name, [sys.executable, "conformance/conform.py", "run", "--cmd",
                                               os.path.join(ROOT, "bin/runneld"), "conformance/cases/" + name])
        if again:
            bad.discard(name)
            good.add(name)
        else:
            tail(more, 40)
    stale = sorted(good & not_yet)
    for name in stale:
        say("   %s passes: take it off conformance/not-yet.txt" % name)
    known = bad & not_yet
    for name in sorted(known):
        say("   SKIPPED %s: on conformance/not-yet.txt" % name)
    count(len(good) - len(stale), len(bad - not_yet) + len(stale), len(known))
    say("   %d of %d cases pass" % (len(good), len(good) + len(bad)))


def benches():
    """A short run of each load: the benches work, and nothing is lost in them. Nothing is said about speed."""
    ok, text = run("benches: each load once, few events", [sys.executable, "bench/smoke.py"])
    found = re.search(r"^(\d+) passed, (\d+) failed, (\d+) skipped", text, re.M)
    if not found:
        count(0, 1)
    else:
        count(*map(int, found.groups()))
    if not ok:
        tail(text)
    for line in re.findall(r"^skipped .*", text, re.M):
        say("   " + line)


def scripts():
    files = ["quickstart", "verify", ".ci/run"] + [
        f for pattern in ("bin/*", "scripts/*", "packaging/bin/*", "packaging/init.d/*")
        for f in glob.glob(os.path.join(ROOT, pattern)) if open(f, "rb").read(64).startswith((b"#!/bin/sh", b"# Sourced"))]
    stage("scripts: syntax", ["sh", "-c", "for f; do sh -n \"$f\" || exit 1; done", "sh"] + files)


def main():
    if FAST:
        maven("unit tests", ["-Dfast", "test"], UNITS)
    else:
        stage("format", ["mvn", "-B", "-q", "com.diffplug.spotless:spotless-maven-plugin:check"])
        scripts()
        maven("static checks and unit tests", ["-pl", ",".join(UNITS), "test"], UNITS)
        if stage("image", ["scripts/build-image"]):
            conformance()
            benches()
            stage("kill loop, 10 kills", ["torture/kill-loop", "--cmd", os.path.join(ROOT, "bin/runneld"), "--kills", "10"])
            stage("package", ["scripts/build-package"])
            maven("architecture, end to end, connectors with real servers",
                  ["-Dfast", "-pl", ",".join(["dist"] + CONNECTORS), "-am", "test", "-Dtest=io.runnel.dist.**,*IT",
                   "-Dsurefire.failIfNoSpecifiedTests=false",
                   "-Drunnel.image=" + os.path.join(ROOT, "build/image")], ["dist"] + CONNECTORS)
    say("")
    summary = "%d passed, %d failed" % (passed, failed)
    say(summary + (", %d skipped" % skipped if skipped else ""))
    sys.exit(1 if failed else 0)


main()
