/* Examines this machine: settings, files, database, clock, scheduler. */
#include <inttypes.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/delivery/relays.h"
#include "digest/doctor/doctor.h"
#include "digest/ledger/counter.h"
#include "digest/message/dkim.h"
#include "digest/scheduler/job.h"
#include "digest/store/backup.h"
#include "digest/store/upkeep.h"

enum {
    HOUR_S = 60 * 60,
    DAY_S = 24 * HOUR_S,
    BACKUP_OLD_S = 2 * DAY_S,
    SCHEDULER_LATE_S = 5 * 60,
    CLOCK_SLACK_S = 2 * 60,
    ROOM_LEAST = 8 << 20, /* bytes: a WAL before it is folded in, twice */
};

/* ---- digest.yaml ---- */

static void look_at_transport(struct doctor *d)
{
    struct err wrong = {0}; /* the relays' part says it */
    if (!d->conf->relay_count)
        doctor_say(d, FINDING_ERROR, "settings",
                   "add transport: { url: \"smtp://user@mail.example.org:587\","
                   " password_file: smtp.password }",
                   "there is no transport: nothing can be sent");
    else if (!conf_sends_mail(d->conf) && relays_check(d->conf, &wrong))
        doctor_say(d, FINDING_WARNING, "settings",
                   "name a relay as transport.url when you want to deliver",
                   "no mail leaves this machine (transport.url is %s)",
                   d->conf->relays[0].url);
}

static void look_at_bounces(struct doctor *d)
{
    const struct conf *c = d->conf;
    if (!c->bounce_address)
        doctor_say(d, FINDING_WARNING, "settings",
                   "set bounces.address and bounces.mailbox",
                   "bounces go to the newsletters' own addresses, and nobody "
                   "who can't be reached is taken off the list");
    else if (!c->bounce_mailbox)
        doctor_say(d, FINDING_WARNING, "settings",
                   "set bounces.mailbox to the mailbox of bounces.address",
                   "nobody reads what comes back to %s", c->bounce_address);
}

/* Advises to set the server's name; none is no fault, since many mail servers
 * write no Authentication-Results. */
static void advise_authserv_id(struct doctor *d)
{
    const struct conf *c = d->conf;
    if (c->bounce_mailbox && !c->bounce_authserv_id)
        doctor_say(d, FINDING_UNSURE, "settings",
                   "set bounces.authserv_id to the name at the head of your "
                   "mail server's Authentication-Results, if it removes those "
                   "that senders write themselves (RFC 8601)",
                   "mails that say only \"unsubscribe\" wait for review: "
                   "nothing tells whether their senders are genuine");
}

void doctor_settings(struct doctor *d)
{
    const struct conf *c = d->conf;
    size_t before = d->count;
    look_at_transport(d);
    if (!c->postal_address)
        doctor_say(d, FINDING_WARNING, "settings", "set site.postal_address",
                   "no postal address: the law in many countries wants one in "
                   "each message");
    if (!c->operator_address)
        doctor_say(d, FINDING_WARNING, "settings",
                   "set site.operator to your own address",
                   "nobody is told when something keeps failing");
    look_at_bounces(d);
    if (d->count == before)
        doctor_say(d, FINDING_FINE, "settings", "", "%s is complete", c->path);
    advise_authserv_id(d);
}

/* ---- who may read what ---- */

/* True when it is there and only its owner may do anything with it. */
static bool look_at_mode(struct doctor *d, const char *path, mode_t forbidden,
                         const char *whose, const char *mode)
{
    struct stat status;
    if (!path || stat(path, &status) != 0 || !(status.st_mode & forbidden))
        return true;
    doctor_say(d, FINDING_WARNING, "files",
               arena_format(&d->arena, "chmod %s %s", mode, path),
               "%s: others can %s it, and it holds %s", path,
               forbidden & 044 ? "read" : "change", whose);
    return false;
}

static bool look_at_dkim(struct doctor *d, const struct conf_dkim *dkim)
{
    OWNED(dkim_key_release) struct dkim_key *key = NULL;
    struct err err = {0};
    if (!dkim_key_load(dkim->key, dkim->domain, dkim->selector, &key, &err)) {
        doctor_fail(d, "files", &err);
        return false;
    }
    if (dkim_key_algorithm(key) == DKIM_RSA && dkim_key_bits(key) < 2048)
        doctor_say(d, FINDING_WARNING, "files",
                   "make a new one with `digest dkim keygen`",
                   "%s: an RSA key of %d bits; receivers want 2048", dkim->key,
                   dkim_key_bits(key));
    return true;
}

static bool look_at_password(struct doctor *d, const char *path)
{
    struct stat status;
    if (path && stat(path, &status) != 0) {
        struct err err;
        file_fail(&err, path, "read the password");
        doctor_fail(d, "files", &err);
        return false;
    }
    return look_at_mode(d, path, 077, "a password", "600");
}

void doctor_files(struct doctor *d)
{
    const struct conf *c = d->conf;
    bool good = look_at_mode(d, c->path, 022, "where everything is", "go-w");
    good &= look_at_mode(d, c->folder, 002, "all of it", "o-w");
    good &= look_at_mode(d, c->database_path, 077, "people's addresses", "600");
    good &= look_at_password(d, c->bounce_password_file);
    for (size_t i = 0; i < c->relay_count; i++)
        good &= look_at_password(d, c->relays[i].password_file);
    for (size_t i = 0; i < c->dkim_count; i++)
        good &= look_at_dkim(d, &c->dkim[i]);
    good &= doctor_owners(d);
    if (good)
        doctor_say(d, FINDING_FINE, "files", "",
                   "only their owner can read the database, the keys and the "
                   "passwords");
}

/* ---- room ---- */

static bool is_full(const struct statvfs *disk)
{
    return (uint64_t)disk->f_bavail * disk->f_frsize < ROOM_LEAST ||
           (disk->f_files && !disk->f_favail);
}

/* An error that every command would meet with sooner or later. */
static void look_at_disk(struct doctor *d, const char *path)
{
    struct statvfs disk;
    if (statvfs(path, &disk) != 0)
        return;
    if (disk.f_flag & ST_RDONLY)
        doctor_say(d, FINDING_ERROR, "disk",
                   "mount it to be written (a disk that failed may be the "
                   "reason: see the system's log)",
                   "%s: its file system is mounted read-only", path);
    else if (is_full(&disk))
        doctor_say(d, FINDING_ERROR, "disk",
                   "make room: nothing can be kept, and nothing goes out",
                   "%s: its disk is full (%" PRIu64 " MB are left%s)", path,
                   (uint64_t)disk.f_bavail * disk.f_frsize >> 20,
                   disk.f_files && !disk.f_favail ? ", for no further file"
                                                  : "");
    else
        return;
    d->findings[d->count - 1].kind = ERR_IO;
}

static void look_at_room(struct doctor *d)
{
    struct statvfs disk;
    struct stat status;
    const char *path = d->conf->database_path;
    if (statvfs(path, &disk) != 0 || stat(path, &status) != 0 || is_full(&disk))
        return;
    uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (left > 2 * (uint64_t)status.st_size && left > 200U << 20)
        return;
    doctor_say(d, FINDING_WARNING, "disk",
               "make room: a backup and a migration each take a copy of it",
               "%s: %" PRIu64 " MB are left on its disk, and it has %" PRIu64
               " MB itself",
               path, left >> 20, (uint64_t)status.st_size >> 20);
}

/* Examines the room on the disks of the database, and of each folder that
 * messages go to. */
void doctor_room(struct doctor *d)
{
    static const char scheme[] = "maildir:";
    OWNED(mem_free) char *copy = mem_copy(d->conf->database_path);
    struct stat main, other;
    const char *folder = dirname(copy);
    look_at_disk(d, folder);
    look_at_room(d);
    for (size_t i = 0; i < d->conf->relay_count; i++) {
        const char *url = d->conf->relays[i].url;
        if (strncmp(url, scheme, sizeof scheme - 1) != 0)
            continue;
        OWNED(mem_free)
        char *path = file_join(d->conf->folder, url + sizeof scheme - 1);
        if (stat(folder, &main) == 0 && stat(path, &other) == 0 &&
            main.st_dev != other.st_dev)
            look_at_disk(d, path);
    }
}

/* ---- the database ---- */

/* "3 hours" */
static const char *span(struct doctor *d, int64_t seconds)
{
    static const struct {
        int64_t size;
        const char *name;
    } units[] = {{DAY_S, "day"}, {HOUR_S, "hour"}, {60, "minute"}};
    for (size_t i = 0; i < ARRAY_SIZE(units); i++)
        if (seconds >= units[i].size) {
            int64_t n = seconds / units[i].size;
            return arena_format(&d->arena, "%" PRId64 " %s%s", n, units[i].name,
                                n == 1 ? "" : "s");
        }
    return "less than a minute";
}

static void look_at_backup(struct doctor *d)
{
    static const char remedy[] =
        "let `cron/setup --install` make one each night, or call cron/backup";
    struct upkeep last;
    struct err err = {0};
    if (!upkeep_last(d->db, UPKEEP_BACKUP, &d->arena, &last, &err)) {
        doctor_fail(d, "backup", &err);
        return;
    }
    int64_t age = d->now - last.at;
    if (!last.at)
        doctor_say(d, FINDING_WARNING, "backup", remedy,
                   "there never was a backup");
    else if (age > BACKUP_OLD_S)
        doctor_say(d, FINDING_WARNING, "backup", remedy,
                   "the last backup is %s old", span(d, age));
    else if (last.note[0] == '/' && !file_exists(last.note))
        doctor_say(d, FINDING_WARNING, "backup", remedy,
                   "the last backup, %s, is gone", last.note);
    else
        doctor_say(d, FINDING_FINE, "backup", "", "the last one is %s old (%s)",
                   span(d, age), last.note);
}

void doctor_database(struct doctor *d)
{
    struct err err = {0};
    if (db_check(d->db, &err)) {
        doctor_say(d, FINDING_FINE, "database", "", "%s is whole (version %d)",
                   d->conf->database_path, db_version(d->db));
    } else if (err.kind != ERR_STORE) { /* it couldn't be looked at */
        doctor_fail(d, "database", &err);
    } else {
        doctor_say(d, FINDING_ERROR, "database",
                   "put a backup in its place: `digest restore FILE --replace`",
                   "%s", err.text);
        d->findings[d->count - 1].kind = err.kind;
    }
    look_at_backup(d);
}

/* ---- clock and scheduler ---- */

static void look_at_clock(struct doctor *d)
{
    char now[TIME_TEXT_SIZE], then[TIME_TEXT_SIZE];
    int64_t latest;
    struct err err = {0};
    if (!doctor_latest(d->db, &latest, &err)) {
        doctor_fail(d, "clock", &err);
        return;
    }
    time_rfc3339(d->now, now);
    if (d->now + CLOCK_SLACK_S < latest)
        doctor_say(d, FINDING_ERROR, "clock",
                   "set the clock; systemd-timesyncd or chrony keeps it right",
                   "this machine's clock says %s, and %s is on record already",
                   now, time_rfc3339(latest, then));
    else
        doctor_say(d, FINDING_FINE, "clock", "",
                   "%s, after all that is on record", now);
}

static void look_at_scheduler(struct doctor *d)
{
    static const char remedy[] =
        "let it run each minute: `cron/setup --install`, or a line in a "
        "crontab; with systemd see `systemctl list-timers 'digest-*'`";
    struct upkeep last;
    struct err err = {0};
    if (!upkeep_last(d->db, UPKEEP_RUN, &d->arena, &last, &err)) {
        doctor_fail(d, "cron", &err);
        return;
    }
    int64_t age = d->now - last.at;
    if (!last.at)
        doctor_say(d, FINDING_WARNING, "cron", remedy,
                   "`digest run` never ran: nothing goes out by itself");
    else if (age > SCHEDULER_LATE_S)
        doctor_say(d, FINDING_WARNING, "cron", remedy,
                   "`digest run` last began %s ago", span(d, age));
    else
        doctor_say(d, FINDING_FINE, "cron", "",
                   "`digest run` last began %s ago", span(d, age));
}

static void look_at_jobs(struct doctor *d)
{
    struct job_list jobs;
    struct err err = {0};
    char since[TIME_TEXT_SIZE];
    if (!job_find(d->db, &d->arena, &jobs, &err)) {
        doctor_fail(d, "cron", &err);
        return;
    }
    for (size_t i = 0; i < jobs.count; i++) {
        const struct job *job = &jobs.items[i];
        if (job->failures)
            doctor_say(d, FINDING_WARNING, "cron", "", "%s fails since %s: %s",
                       job->name, time_rfc3339(job->failing_since, since),
                       job->error);
    }
}

/* A backup that was put in place holds the sending back. */
static void look_at_counter(struct doctor *d)
{
    struct err err = {0};
    if (!counter_check(d->db, &err))
        doctor_fail(d, "database", &err);
}

void doctor_upkeep(struct doctor *d)
{
    look_at_counter(d);
    look_at_clock(d);
    look_at_scheduler(d);
    look_at_jobs(d);
}
