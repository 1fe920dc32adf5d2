"""Serves a few addresses on loopback for a journey to link to, and records
what was asked for.

usage: links_server.py RECORD      (prints its port, and runs until stopped)
"""
import http.server
import sys

record = open(sys.argv[1], "a", buffering=1)


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, location=None):
        record.write("%s %s\n" % (self.command, self.path))
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_HEAD(self):
        path = self.path
        if path == "/moved":
            self.answer(301, "/good")
        elif path == "/no-head":
            self.answer(405)
        else:
            self.answer({"/good": 200, "/shy": 403}.get(path, 404))

    def do_GET(self):
        self.answer({"/good": 200, "/no-head": 200,
                     "/shy": 403}.get(self.path, 404))

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
