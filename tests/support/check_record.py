"""Holds a sink's record to the ledger and to the list of recipients.

usage: check_record.py RECORD DATABASE ISSUE-ID DUPLICATES
Everybody in the ledger is `sent` and in the record, nobody else is; at most
so many messages came twice, and those with the same Message-ID.
"""
import collections
import sqlite3
import sys


def main():
    record, database, issue, allowed = sys.argv[1:]
    taken = collections.defaultdict(list)
    with open(record) as file:
        for line in file:
            _, to, name, _ = line.rstrip("\n").split("\t")
            taken[to].append(name)
    db = sqlite3.connect(database)
    ledger = dict(db.execute(
        "SELECT s.email, d.state FROM delivery d "
        "JOIN subscriber s ON s.id = d.subscriber_id WHERE d.issue_id = ?",
        (issue,)))
    problems = []
    missed = set(ledger) - set(taken)
    if missed:
        problems.append("%d never got it, such as %s"
                        % (len(missed), sorted(missed)[0]))
    strangers = set(taken) - set(ledger)
    if strangers:
        problems.append("%d got it who aren't recipients" % len(strangers))
    others = [e for e, state in ledger.items() if state != "sent"]
    if others:
        problems.append("%d aren't sent, such as %s (%s)"
                        % (len(others), others[0], ledger[others[0]]))
    twice = sum(len(names) - 1 for names in taken.values())
    if twice > int(allowed):
        problems.append("%d duplicates, where %s may be" % (twice, allowed))
    for to, names in taken.items():
        if len(set(names)) > 1:
            problems.append("%s got it with different Message-IDs" % to)
    ids = [names[0] for names in taken.values()]
    if len(set(ids)) != len(ids):
        problems.append("two readers share a Message-ID")
    for problem in problems:
        print(problem)
    print("%d recipients, %d duplicates" % (len(ledger), twice))
    sys.exit(1 if problems else 0)


main()
