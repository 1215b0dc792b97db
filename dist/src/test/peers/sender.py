# Sends two events with Python's fluent-logger: python3 sender.py PORT NANOSECONDS(0|1)
import sys

from fluent import sender

nanoseconds = sys.argv[2] == "1"
logger = sender.FluentSender("peer", host="127.0.0.1", port=int(sys.argv[1]), nanosecond_precision=nanoseconds)
for n in (1, 2):
    time = 1700000000 + n / 1000 if nanoseconds else 1700000000
    if not logger.emit_with_time("py", time, {"n": n, "text": 'é "x"', "deep": {"list": [True, None, 1.5]}}):
        sys.exit(logger.last_error)
logger.close()
