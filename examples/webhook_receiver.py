"""Receive alerts by webhook: `TILLWATCH_WEBHOOK_SECRET=... python webhook_receiver.py 9000`.

Needs no library. Whoever knows the address can post to it, so every delivery is checked: its signature proves
that the sender knows the secret, its time that nobody sends an old one again. One that was handled already is
known by the hash of its body, of which the header Tillwatch-Delivery is the start.
"""

import hashlib
import hmac
import json
import os
import sys
import time
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, HTTPServer

REPLAY_WINDOW_SECONDS = 300
MOST_BYTES = 1_048_576
MOST_HANDLED = 10_000


def is_genuine(secret, headers, body, now):
    """Whether a delivery was signed with our secret, over this body, within the last five minutes."""
    timestamp = headers.get("Tillwatch-Timestamp", "")
    signature = headers.get("Tillwatch-Signature", "")
    expected = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    # compare_digest takes the same time wherever they differ, so the signature cannot be guessed bit by bit
    if not hmac.compare_digest(f"v1={expected}".encode(), signature.encode()):
        return False
    return abs(now - int(timestamp)) <= REPLAY_WINDOW_SECONDS


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 as soon as an alert is in safe hands; here that is a line on the screen."""

    def do_POST(self):
        """Check one delivery; what was handled before is answered with 204 again."""
        length = int(self.headers.get("Content-Length", 0))
        if length > MOST_BYTES:
            self.answer(413)
            return
        body = self.rfile.read(length)
        if not is_genuine(self.server.secret, self.headers, body, time.time()):
            self.answer(401)
            return
        delivery = hashlib.sha256(body).digest()  # the header says the same, but is not signed itself
        if delivery not in self.server.handled:
            record = json.loads(body)
            if "explanation" in record:  # where the total comes from that an alert sent before is about
                print("why", record["alert_id"], record["explanation"]["sentence"], flush=True)
            elif "severity" in record:
                print(record["severity"], record["kind"], record["sentence"], flush=True)
            self.server.handled[delivery] = None
            if len(self.server.handled) > MOST_HANDLED:
                self.server.handled.popitem(last=False)
        self.answer(204)

    def answer(self, status):
        """Answer without a body."""
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing about requests."""


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
    server.secret = os.environ["TILLWATCH_WEBHOOK_SECRET"].encode()
    server.handled = OrderedDict()
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
