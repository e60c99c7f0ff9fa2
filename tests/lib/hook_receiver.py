"""A partner's program that takes webhooks, for tests: HTTPS at 127.0.0.1.

    hook_receiver.py PORT CERTIFICATE KEY FOLDER

Each path /NAME has a file FOLDER/NAME.mode: ok (which is preset), NUMBER (that status), slow SECONDS, redirect URL,
big (an endless answer), cut (hangs up in the middle), echo (sends back what it got). What comes is a line of JSON in
FOLDER/NAME.got, written before it is answered; FOLDER/connects counts connections that were accepted.
"""
import json
import os
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, certificate, key, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
lock = threading.Lock()
flying = {}


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def mode(self, name):
        try:
            with open(os.path.join(folder, name + ".mode")) as f:
                return f.read().split()
        except FileNotFoundError:
            return ["ok"]

    def say(self, status, body=b"", **more):
        self.send_response(status)
        for header, value in more.items():
            self.send_header(header, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        name = self.path.strip("/").split("/")[0]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        mode = self.mode(name)
        with lock:
            flying[name] = flying.get(name, 0) + 1
            with open(os.path.join(folder, name + ".got"), "a") as f:
                f.write(json.dumps({"at": time.time(), "mode": mode[0], "together": flying[name],
                    "headers": {k.lower(): v for k, v in self.headers.items()},
                    "body": body.decode("utf-8")}) + "\n")
        try:
            self.answer(mode, body)
        finally:
            with lock:
                flying[name] -= 1

    def answer(self, mode, body):
        if mode[0] == "slow":
            time.sleep(float(mode[1]))
        if mode[0] == "redirect":
            self.say(301, Location=mode[1])
        elif mode[0] == "big":
            self.send_response(200)
            self.send_header("Content-Length", str(1 << 30))
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                self.close_connection = True
        elif mode[0] == "cut":
            self.wfile.write(b"HTTP/1.1 200 O")
            self.close_connection = True
        elif mode[0] == "echo":
            self.say(200, body)
        elif mode[0].isdigit():
            self.say(int(mode[0]), b"no\x07 <b>not</b> now")
        else:
            try:
                told = json.loads(body)
            except ValueError:
                told = {}
            if told.get("type") == "challenge":
                self.say(200, told["challenge"].encode())
            else:
                self.say(200, b"thank you")

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def get_request(self):
        sock, where = super().get_request()
        with lock, open(os.path.join(folder, "connects"), "a") as f:
            f.write("%s\n" % (where,))
        return sock, where

    def finish_request(self, request, where):
        try:
            request.settimeout(30)
            super().finish_request(context.wrap_socket(request, server_side=True), where)
        except OSError:
            pass

    def handle_error(self, *args):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server = Server(("127.0.0.1", port), Receiver)
with open(os.path.join(folder, "ready"), "w") as f:
    f.write(str(os.getpid()))
server.serve_forever()
