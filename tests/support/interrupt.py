"""Runs a command, and sends it a signal once a sink has taken so many more
messages, and a random moment after that.

Exits as the command does (128 + signal when that ended it). With --stay the
command is left as the signal made it, and its process id is printed.
"""
import argparse
import os
import random
import signal
import subprocess
import sys
import time


def lines(path):
    try:
        with open(path, "rb") as file:
            return file.read().count(b"\n")
    except FileNotFoundError:
        return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", required=True)
    parser.add_argument("--after", type=int, required=True)
    parser.add_argument("--signal", default="KILL")
    parser.add_argument("--seed", default="")
    parser.add_argument("--stay", action="store_true")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    number = getattr(signal, "SIG" + options.signal)
    wanted = lines(options.record) + options.after
    process = subprocess.Popen(options.command)
    while process.poll() is None and lines(options.record) < wanted:
        time.sleep(0.0005)
    # The instant is the point here: anywhere in the turn of the loop.
    time.sleep(chance.random() * 0.02)
    if process.poll() is None:
        process.send_signal(number)
    if options.stay:
        print(process.pid, flush=True)
        os._exit(0 if process.poll() is None else 1)
    code = process.wait()
    sys.exit(128 - code if code < 0 else code)


main()
