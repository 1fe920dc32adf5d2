#!/usr/bin/python3
"""Compares the times of schedules with python3-dateutil's.

usage: recurrences.py PROGRAM [YEARS]

Each rule in each zone, over ten years that have passed (in which zones
changed their rules) and ten that come. A local time that doesn't exist is
dateutil's resolve_imaginary, one that comes twice its first.
"""
import datetime
import subprocess
import sys
import zoneinfo

from dateutil import rrule, tz

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour
    "Asia/Kolkata",  # none, at half an hour
    "Pacific/Chatham",  # at three quarters
    "Europe/Moscow",  # changed in 2011 and 2014
    "Europe/Istanbul",  # changed in 2016
    "America/Sao_Paulo",  # ended in 2019, irregular before
    "Africa/Casablanca",  # by the moon
    "Asia/Gaza",  # otherwise each year
    "Pacific/Apia",  # left out a day in 2011
    "America/Caracas",  # half an hour, and back
    "Europe/Dublin",  # negative summer time in the data
    "UTC",
]

# What people write, and what that means to dateutil.
RULES = [
    ("friday 07:00", "FREQ=WEEKLY;BYDAY=FR;BYHOUR=7;BYMINUTE=0"),
    ("sunday 02:30", "FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=30"),
    ("weekdays 18:30", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=18;BYMINUTE=30"),
    ("daily 02:15", "FREQ=DAILY;BYHOUR=2;BYMINUTE=15"),
    ("daily 00:00", "FREQ=DAILY;BYHOUR=0;BYMINUTE=0"),
    ("daily 01:45", "FREQ=DAILY;BYHOUR=1;BYMINUTE=45"),
    ("monday, thursday 07:00", "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=7;BYMINUTE=0"),
    ("first monday 09:00", "FREQ=MONTHLY;BYDAY=1MO;BYHOUR=9;BYMINUTE=0"),
    ("last sunday 02:30", "FREQ=MONTHLY;BYDAY=-1SU;BYHOUR=2;BYMINUTE=30"),
    ("first and third tuesday 10:00",
     "FREQ=MONTHLY;BYDAY=1TU,3TU;BYHOUR=10;BYMINUTE=0"),
    ("month 1 08:00", "FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=8;BYMINUTE=0"),
    ("month last 23:30", "FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=23;BYMINUTE=30"),
    ("3 months 15 06:00",
     "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15;BYHOUR=6;BYMINUTE=0"),
    ("2 weeks tuesday 12:00",
     "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;BYHOUR=12;BYMINUTE=0"),
    ("10 days 03:00", "FREQ=DAILY;INTERVAL=10;BYHOUR=3;BYMINUTE=0"),
    ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYHOUR=17;BYMINUTE=0",) * 2,
    ("FREQ=YEARLY;BYMONTH=3,11;BYDAY=1SU;BYHOUR=2;BYMINUTE=30",) * 2,
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYHOUR=9;BYMINUTE=0",) * 2,
    ("FREQ=DAILY;BYHOUR=2,14;BYMINUTE=30",) * 2,
    ("FREQ=WEEKLY;BYDAY=FR;BYHOUR=7;BYMINUTE=0;COUNT=100",) * 2,
    ("FREQ=WEEKLY;BYDAY=SA;BYHOUR=7;BYMINUTE=0;WKST=SU;INTERVAL=3",) * 2,
    ("FREQ=YEARLY;BYYEARDAY=1,100,-1;BYHOUR=7;BYMINUTE=0",) * 2,
    ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;BYHOUR=13;BYMINUTE=13",) * 2,
]

UTC = datetime.timezone.utc


def to_utc(local, zone):
    """Unix seconds of a local time, decided as the program documents."""
    at = local.replace(tzinfo=zone, fold=0)
    return int(tz.resolve_imaginary(at).astimezone(UTC).timestamp())


def anchor(text, start, zone, wide):
    """Where an interval is counted from: the first time to come."""
    for local in rrule.rrulestr(without_interval(text), dtstart=wide):
        if to_utc(local, zone) > start:
            return datetime.datetime(local.year, local.month, local.day)
    return wide


def without_interval(text):
    return ";".join(p for p in text.split(";")
                    if not p.startswith(("INTERVAL", "COUNT")))


def expected(text, start, end, zone):
    midnight = datetime.datetime.fromtimestamp(start, zone).replace(
        hour=0, minute=0, second=0, tzinfo=None)
    begins = midnight
    if "INTERVAL" in text:
        begins = anchor(text, start, zone, midnight)
    times = []
    for local in rrule.rrulestr(text + ";BYSECOND=0", dtstart=begins):
        at = to_utc(local, zone)
        if at > end:
            break
        if at > start and (not times or at > times[-1]):
            times.append(at)
    return times


def seconds(year, month=1, day=1, hour=9):
    return int(datetime.datetime(year, month, day, hour,
                                 tzinfo=UTC).timestamp())


def main():
    program = sys.argv[1]
    years = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    cases, lines = [], []
    for first in (2010, 2026):
        start = seconds(first, 1, 6)
        end = seconds(first + years, 1, 6)
        for name in ZONES:
            for words, text in RULES:
                want = expected(text, start, end, zoneinfo.ZoneInfo(name))
                cases.append((name, words, first, want))
                lines.append("%s\t%d\t%d\t%d\t%s" %
                             (name, start, start, len(want), words))
                # Asked again in the middle, it goes on as it began.
                middle = want[len(want) // 2] if want else start
                rest = [at for at in want if at > middle]
                cases.append((name, words + " (later)", first, rest))
                lines.append("%s\t%d\t%d\t%d\t%s" %
                             (name, start, middle, len(rest), words))
    answers = subprocess.run([program], input="\n".join(lines) + "\n",
                             capture_output=True, text=True,
                             check=True).stdout.splitlines()
    assert len(answers) == len(cases), "answers are missing"
    wrong = total = 0
    for (name, words, first, want), answer in zip(cases, answers):
        got = [int(t) for t in answer.split()] if "error" not in answer else answer
        total += len(want)
        if got == want:
            continue
        wrong += 1
        print("%s, \"%s\" from %d: differs" % (name, words, first))
        if isinstance(got, str):
            print("  " + got)
            continue
        for a, b in zip(got, want):
            if a != b:
                zone = zoneinfo.ZoneInfo(name)
                show = lambda t: datetime.datetime.fromtimestamp(t, zone)
                print("  %s here, %s by dateutil" % (show(a), show(b)))
                break
        else:
            print("  %d times here, %d by dateutil" % (len(got), len(want)))
    print("%d rules in %d zones, %d times: %d differ" %
          (len(RULES), len(ZONES), total, wrong))
    return wrong > 0 or total == 0


if __name__ == "__main__":
    sys.exit(main())
