"""Serves a folder of pictures on loopback, and records what was asked for.

/huge.jpg is 20 MB that begin as a JPEG does; /never.jpg doesn't answer, until
whoever asked goes away; what the folder hasn't is 404.

usage: picture_site.py FOLDER RECORD    (prints its port, runs until stopped)
"""
import http.server
import os
import sys

folder, record = sys.argv[1], open(sys.argv[2], "a", buffering=1)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        record.write(self.path + "\n")
        name = os.path.join(folder, os.path.basename(self.path))
        if self.path == "/never.jpg":
            self.rfile.read(1)
            return
        if self.path == "/huge.jpg":
            body = b"\xff\xd8\xff" + bytes(20 << 20)
        elif os.path.isfile(name):
            body = open(name, "rb").read()
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except ConnectionError:
            pass

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
