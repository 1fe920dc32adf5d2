"""Shows that each fault of faulty_smtp.py happens, with Python's own client,
and that the server behaves where it is not told otherwise."""
import json
import os
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
MESSAGE = (b"From: a@example.org\r\nMessage-ID: <1@example.org>\r\n"
           b"Subject: x\r\n\r\n" + b"a line of text\r\n" * 50)


class Faults(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def start(self, *arguments):
        self.count = getattr(self, "count", 0) + 1
        port_file = self.path("port%d" % self.count)
        server = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "faulty_smtp.py"),
             "--port-file", port_file, "--record", self.path("record"),
             "--log", self.path("log")] + list(arguments))
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        deadline = time.monotonic() + 20
        while not os.path.exists(port_file):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        with open(port_file) as file:
            self.port = int(file.read())

    def client(self):
        client = smtplib.SMTP("localhost", self.port, "tests", timeout=10)
        self.addCleanup(client.close)
        return client

    def send(self, client, to="b@example.org"):
        client.sendmail("a@example.org", [to], MESSAGE)

    def record(self):
        if not os.path.exists(self.path("record")):
            return []
        with open(self.path("record")) as file:
            return file.read().split("\n")[:-1]

    def raw(self, *lines):
        """Sends the lines and returns all that comes until the end."""
        with socket.create_connection(("localhost", self.port), 10) as plain:
            plain.sendall("".join(l + "\r\n" for l in lines).encode())
            plain.shutdown(socket.SHUT_WR)
            out = b""
            while True:
                try:
                    data = plain.recv(65536)
                except ConnectionError:
                    return out
                if not data:
                    return out
                out += data

    def test_without_a_fault_it_takes_and_records(self):
        self.start()
        client = self.client()
        self.send(client)
        self.send(client, "c@example.org")
        self.assertEqual(client.quit()[0], 221)
        self.assertEqual(self.record(), ["b@example.org <1@example.org>",
                                         "c@example.org <1@example.org>"])
        with open(self.path("log")) as file:
            verbs = [json.loads(l)["line"].split(":")[0].split()[0].upper()
                     for l in file]
        self.assertEqual(verbs, ["EHLO"] + ["MAIL", "RCPT", "DATA", "."] * 2 +
                         ["QUIT"])

    def test_a_drop_happens_at_its_stage_and_nothing_is_taken(self):
        for stage in ("banner", "ehlo", "mail", "rcpt", "data", "body", "dot"):
            with self.subTest(stage), self.assertRaises(
                    (smtplib.SMTPServerDisconnected, ConnectionError)):
                self.start("--fault", "drop@" + stage)
                self.send(self.client())
        self.assertEqual(self.record(), [])

    def test_a_fault_ends_after_its_times(self):
        self.start("--fault", "defer@rcpt", "--times", "2")
        client = self.client()
        for _ in range(2):
            with self.assertRaises(smtplib.SMTPRecipientsRefused):
                self.send(client)
        self.send(client)
        self.assertEqual(len(self.record()), 1)

    def test_a_fault_keeps_to_its_recipients(self):
        self.start("--fault", "unknown@rcpt", "--only", "^x")
        client = self.client()
        with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
            self.send(client, "x@example.org")
        self.assertEqual(list(refused.exception.recipients.values())[0][0],
                         550)
        self.send(client)
        self.assertEqual(len(self.record()), 1)

    def test_what_is_lost_was_taken(self):
        self.start("--fault", "lost@dot")
        with self.assertRaises(smtplib.SMTPServerDisconnected):
            self.send(self.client())
        self.assertEqual(len(self.record()), 1)

    def test_a_busy_server_says_421_and_goes(self):
        self.start("--fault", "busy@mail")
        out = self.raw("EHLO x", "MAIL FROM:<a@x>", "RCPT TO:<b@x>")
        self.assertTrue(out.endswith(b"421 4.3.2 closing now\r\n"))

    def test_a_silent_server_keeps_the_connection(self):
        self.start("--fault", "silent@rcpt")
        client = self.client()
        client.ehlo()
        client.mail("a@example.org")
        client.sock.settimeout(0.3)
        with self.assertRaises(smtplib.SMTPServerDisconnected):
            client.rcpt("b@example.org")

    def test_replies_come_in_every_wrong_shape(self):
        wanted = {
            "garbage": b"I would rather not say\r\n",
            "nul": b"250 \0\0\0 OK\r\n",
            "lf": b"250 2.1.0 OK\n",
            "twice": b"250 2.1.0 OK\r\n250 2.1.0 OK\r\n",
            "mixed": b"550-first\r\n250 then\r\n",
            "lines": b"250-line 38\r\n250 the last\r\n",
            "long": b"250 " + b"x" * 100000 + b"\r\n",
        }
        for kind, reply in wanted.items():
            with self.subTest(kind):
                self.start("--fault", kind + "@mail")
                self.assertTrue(self.raw("EHLO x", "MAIL FROM:<a@x>")
                                .endswith(reply))

    def test_a_flood_does_not_end(self):
        for kind in ("flood", "endless"):
            with self.subTest(kind):
                self.start("--fault", kind + "@ehlo")
                with socket.create_connection(("localhost", self.port),
                                              10) as plain:
                    plain.sendall(b"EHLO x\r\n")
                    seen = 0
                    while seen < 1 << 20:
                        seen += len(plain.recv(65536))

    def test_slow_and_broken_up_answers_are_still_right(self):
        for kind in ("slow", "pieces"):
            with self.subTest(kind):
                self.start("--fault", kind + "@rcpt", "--pause", "2")
                self.send(self.client())
        self.assertEqual(len(self.record()), 2)

    def test_pipelined_commands_wait_together(self):
        self.start("--delay", "300")
        with socket.create_connection(("localhost", self.port), 10) as plain:
            reader = plain.makefile("rb")
            reader.readline()
            begun = time.monotonic()
            plain.sendall(b"NOOP\r\n" * 20)
            for _ in range(20):
                self.assertTrue(reader.readline().startswith(b"250"))
            took = time.monotonic() - begun
            reader.close()
        self.assertGreaterEqual(took, 0.299)
        self.assertLess(took, 20 * 0.3)  # none waited for another

    def test_starttls_works_and_can_be_tampered_with(self):
        made = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
             "-keyout", self.path("key"), "-out", self.path("cert"), "-days",
             "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost"], capture_output=True, check=False)
        self.assertEqual(made.returncode, 0, made.stderr)
        tls = ("--cert", self.path("cert"), "--key", self.path("key"))
        self.start(*tls)
        client = self.client()
        client.starttls(context=ssl.create_default_context(
            cafile=self.path("cert")))
        self.send(client)
        with open(self.path("log")) as file:
            after = [json.loads(l) for l in file if '"MAIL' in l.upper()
                     or '"line": "mail' in l]
        self.assertTrue(all(entry["tls"] for entry in after) and after)
        self.start("--fault", "injected@starttls", *tls)
        out = self.raw("EHLO x", "STARTTLS")
        self.assertIn(b"220 2.0.0 go ahead\r\n250-localhost\r\n", out)


unittest.main()
