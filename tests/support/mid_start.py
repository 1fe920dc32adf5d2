"""Starts an issue, halts it in the middle, runs another command, and then
kills it or lets it go on.

usage: mid_start.py [--kill] [--then COMMAND] DATABASE COMMAND...
The middle is when recipients are in the ledger of an issue that isn't
started, and nobody has the lock for writing. Exits as the command does (137
when it was killed); 99 when there was no middle, or the other command failed.
"""
import argparse
import signal
import sqlite3
import subprocess
import sys
import time


def is_in_the_middle(database):
    db = sqlite3.connect(database, timeout=0, isolation_level=None)
    try:
        db.execute("BEGIN IMMEDIATE")
        found, = db.execute(
            "SELECT EXISTS (SELECT 1 FROM delivery d JOIN issue i "
            "ON i.id = d.issue_id WHERE i.started_at IS NULL)").fetchone()
        db.execute("ROLLBACK")
        return bool(found)
    except sqlite3.OperationalError:
        return False
    finally:
        db.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kill", action="store_true")
    parser.add_argument("--then", default="true")
    parser.add_argument("database")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    process = subprocess.Popen(options.command)
    middle = False
    while not middle and process.poll() is None:
        process.send_signal(signal.SIGSTOP)
        middle = is_in_the_middle(options.database)
        if not middle:
            process.send_signal(signal.SIGCONT)
            time.sleep(0.002)
    if not middle:
        return 99
    then = subprocess.run(options.then, shell=True).returncode
    process.send_signal(signal.SIGKILL if options.kill else signal.SIGCONT)
    code = process.wait()
    return 99 if then else 128 - code if code < 0 else code


sys.exit(main())
