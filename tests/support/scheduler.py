#!/usr/bin/python3
"""Turns `digest run` through days and months with the clock held.

usage: scheduler.py kill PROGRAM DAYS SEED   two runs at once, killed at random
       scheduler.py year PROGRAM DAYS SEED   the machine off at random

Works in the current folder, which has to be empty. Prints what it saw; exits
with 1 where something was sent twice, not at all, or doesn't add up.
"""
import collections
import datetime
import email
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import zoneinfo

UTC = datetime.timezone.utc
MINUTE, HOUR, DAY = 60, 3600, 86400
START = int(datetime.datetime(2027, 1, 7, tzinfo=UTC).timestamp())  # Thursday
BEFORE = START - HOUR
READERS = 30
LEAD, GRACE = 2 * HOUR, 6 * HOUR
CONNECTIONS = 2

YAML = """transport: { url: "%s", connections: %d }
site: { name: Test Post, base_url: "https://news.example.org",
        postal_address: "1 Quay Street" }
"""


def call(program, now, *args):
    environment = {"DIGEST_NOW": str(now)}
    if "ASAN_OPTIONS" in os.environ:
        environment["ASAN_OPTIONS"] = os.environ["ASAN_OPTIONS"]
    return subprocess.Popen([program, *args], env=environment,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)


def do(program, now, *args):
    child = call(program, now, *args)
    said, _ = child.communicate()
    assert child.returncode == 0, "%s: exit %d: %s" % (
        " ".join(args), child.returncode, said)
    return said


def make_folder(program, transport, zone, days, lead):
    """A weekly and a daily newsletter, and an article at 01:00 each day."""
    do(program, BEFORE, "init", ".")
    with open("digest.yaml", "w", encoding="utf-8") as file:
        file.write(YAML % (transport, CONNECTIONS))
    for slug, every in (("weekly", "friday 07:00"), ("daily", "daily 07:00")):
        do(program, BEFORE, "newsletter", "create", slug, "--title", slug,
           "--from", "%s@example.org" % slug, "--timezone", zone, "--section",
           "*:5", "--every", every, "--editors", "eda@example.org")
        do(program, BEFORE, "newsletter", "schedule", slug, "--lead",
           "%dm" % (lead // MINUTE))
    with open("list.csv", "w", encoding="utf-8") as file:
        file.write("email\n")
        for i in range(READERS):
            file.write("reader%d@example.org\n" % i)
    for slug in ("weekly", "daily"):
        do(program, BEFORE, "subscriber", "import", "list.csv",
           "--newsletter", slug)
    db = sqlite3.connect("digest.db")
    for day in range(-2, days + 1):
        at = START + day * DAY + HOUR
        db.execute(
            "INSERT INTO article (source_id, guid, url, title, published_at,"
            " known_at, fresh_at, summary_html, changed_at) VALUES"
            " (1, ?1, 'https://example.org/' || ?1, 'Story of day ' || ?1,"
            " ?2, ?2, ?2, '<p>What it is about.</p>', ?2)", (str(day), at))
    db.commit()
    db.close()


def occurrences(zone, days, weekday=None):
    times = []
    first = datetime.datetime.fromtimestamp(START, UTC).date()
    for day in range(-1, days + 1):
        date = first + datetime.timedelta(days=day)
        if weekday is not None and date.weekday() != weekday:
            continue
        times.append(int(datetime.datetime.combine(
            date, datetime.time(7), zoneinfo.ZoneInfo(zone)).timestamp()))
    return times


def expect(holds, what):
    if not holds:
        print("FAILED: " + what)
        sys.exit(1)


# ---- two at once, killed -----------------------------------------------------


def one_step(program, now, rng, span):
    """Two runs side by side; each is killed with even odds. Returns kills."""
    children = [call(program, now, "run") for _ in range(2)]
    begun = time.monotonic()
    victims = sorted((rng.uniform(0, span), i) for i in range(2)
                     if rng.random() < 0.5)
    kills = 0
    for after, index in victims:
        # The instant is what the test is about; there is nothing to wait for.
        time.sleep(max(0, after - (time.monotonic() - begun)))
        if children[index].poll() is None:
            children[index].send_signal(signal.SIGKILL)
            kills += 1
    for child in children:
        said, _ = child.communicate()
        expect(child.returncode in (0, -signal.SIGKILL),
               "exit %d at %d: %s" % (child.returncode, now, said))
    return kills


def read_outbox():
    readers, editors = collections.Counter(), collections.Counter()
    folder = os.path.join("outbox", "new")
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            message = email.message_from_binary_file(file)
        to = message["To"]
        if "reader" in to:
            readers[(message["Message-ID"], to)] += 1
        else:
            editors[(message["Message-ID"], to)] += 1
    return readers, editors


def kill(program, days, seed):
    rng = random.Random(seed)
    make_folder(program, "maildir:outbox", "UTC", days, LEAD)
    begun = time.monotonic()
    do(program, START, "run")
    span = 0.9 * (time.monotonic() - begun)
    kills = steps = 0
    for day in range(days):
        for hour in (5, 7):
            for minute in range(0, 24, 3):
                now = START + day * DAY + hour * HOUR + minute * MINUTE
                kills += one_step(program, now, rng, span)
                steps += 1
    end = START + days * DAY - 12 * HOUR
    for turn in range(20):
        do(program, end + turn * 3 * MINUTE, "run")

    db = sqlite3.connect("digest.db")
    due = [t for t in occurrences("UTC", days) if START <= t < end]
    weeks = [t for t in occurrences("UTC", days, 4) if START <= t < end]
    for slug, times in (("daily", due), ("weekly", weeks)):
        rows = db.execute(
            "SELECT o.due_at, o.state, i.state, i.started_at FROM occurrence o"
            " JOIN newsletter n ON n.id = o.newsletter_id"
            " LEFT JOIN issue i ON i.id = o.issue_id"
            " WHERE n.slug = ? ORDER BY o.due_at", (slug,)).fetchall()
        expect([r[0] for r in rows] == times, "%s: other issues: %s" %
               (slug, rows))
        expect(all(r[1:3] == ("made", "sent") for r in rows),
               "%s: %s" % (slug, rows))
    total = len(due) + len(weeks)
    count = lambda sql: db.execute(sql).fetchone()[0]
    expect(count("SELECT count(*) FROM issue") == total, "issues made twice")
    expect(count("SELECT count(*) FROM delivery WHERE state = 'sent'") ==
           total * READERS, "somebody was missed")
    expect(count("SELECT count(*) FROM delivery") == total * READERS,
           "other deliveries")
    expect(count("SELECT count(*) FROM notice WHERE state = 'sent'"
                 " AND kind = 'preview'") == total, "previews")
    expect(count("SELECT count(*) FROM job WHERE failures > 0") == 0,
           "a job failed")
    readers, editors = read_outbox()
    expect(len(readers) == total * READERS, "mails to readers: %d of %d" %
           (len(readers), total * READERS))
    expect(len(editors) == total, "previews: %d of %d" % (len(editors), total))
    again = sum(readers.values()) - len(readers)
    seen = sum(editors.values()) - len(editors)
    expect(again <= kills * CONNECTIONS, "%d repeats" % again)
    expect(seen <= kills, "%d repeated previews" % seen)
    print("%d steps, %d kills, %d issues to %d readers each: %d repeats, "
          "%d repeated previews" %
          (steps, kills, total, READERS, again, seen))
    expect(kills > 0, "no kill ever struck")


# ---- a year, with the machine off at random -----------------------------------


def hours_on(days, rng):
    """When cron ran: on most days the machine wakes around the time that
    something is due, or hours later; some days it stays off."""
    for day in range(days):
        fate = rng.random()
        if fate < 0.12:
            continue
        wakes = 4 if fate < 0.5 else rng.randrange(5, 15)
        sleeps = rng.choice([6, 8, 14, 14, 14])
        for hour in range(wakes, max(wakes, sleeps) + 1):
            yield START + day * DAY + hour * HOUR + rng.choice([0, 1, 20, 40]) * MINUTE
        if rng.random() < 0.5:
            yield START + day * DAY + 20 * HOUR


def model(times, runs, lead):
    """What has to become of each time of a schedule."""
    fate, waiting, index = {}, None, 0

    def start(now):
        if waiting is None or now < waiting[1]:
            return waiting
        fate[waiting[0]] = "missed" if now > waiting[1] + GRACE else now
        return None

    for now in runs:
        waiting = start(now)
        while index < len(times):
            due = times[index]
            if now > due + GRACE:
                fate[due] = "missed"
            elif (waiting and waiting[1] <= due) or now < due - lead:
                break
            else:
                waiting = (due, max(due, now))
            index += 1
        waiting = start(now)
    return fate


def year(program, days, seed):
    rng = random.Random(seed)
    zone, lead = "Europe/Berlin", 24 * HOUR
    make_folder(program, "null:", zone, days, lead)
    runs = list(hours_on(days, rng))
    said = "".join(do(program, now, "run") for now in runs)
    db = sqlite3.connect("digest.db")
    failed, adventures = False, collections.Counter()
    for slug, weekday in (("daily", None), ("weekly", 4)):
        times = [t for t in occurrences(zone, days, weekday) if t > BEFORE]
        want = model(times, runs, lead)
        rows = db.execute(
            "SELECT o.due_at, o.state, i.state, i.started_at,"
            " (SELECT count(*) FROM delivery d WHERE d.issue_id = i.id"
            "  AND d.state = 'sent') FROM occurrence o"
            " JOIN newsletter n ON n.id = o.newsletter_id"
            " LEFT JOIN issue i ON i.id = o.issue_id WHERE n.slug = ?",
            (slug,)).fetchall()
        got, open_ones = {}, 0
        for due, state, issue, started, sent in rows:
            if "missed" in (state, issue):
                got[due] = "missed"
            elif issue == "sent" and sent == READERS:
                got[due] = started
            elif state == "short" or issue == "scheduled":
                open_ones += 1
            else:
                print("odd: ", due, state, issue, started, sent)
                failed = True
        for due in sorted(set(want) | set(got)):
            if want.get(due) != got.get(due):
                print("%s due %s: %s, and has to be %s" %
                      (slug, due, got.get(due), want.get(due)))
                failed = True
        on_time = sum(1 for d, f in got.items() if f != "missed" and
                      f - d < HOUR)
        missed = sum(1 for f in got.values() if f == "missed")
        late = len(got) - on_time - missed
        expect(on_time + late + missed + open_ones == len(rows), "don't add up")
        past = [t for t in times if t + GRACE < runs[-1]]
        expect(set(past) <= set(got), "%s: some were never decided" % slug)
        print("%s: %d due, %d on time, %d late, %d missed" %
              (slug, len(got), on_time, late, missed))
        adventures.update(on_time=on_time, late=late, missed=missed)
    expect(days < 30 or min(adventures.values()) > 2, "a quiet year")
    made = db.execute("SELECT count(*) FROM issue").fetchone()[0]
    expect(said.count(": started, to") ==
           db.execute("SELECT count(*) FROM issue"
                      " WHERE state = 'sent'").fetchone()[0],
           "said and sent differ")
    print("%d runs in %d days, %d issues" % (len(runs), days, made))
    expect(not failed, "the calendar and the database differ")


if __name__ == "__main__":
    mode, program, days, seed = sys.argv[1:5]
    {"kill": kill, "year": year}[mode](program, int(days), seed)
