/* The doctor: looks at everything that delivery hangs on, and says of each
 * thing how it is, and the remedy where something is to be done.
 *
 * Nothing is changed and nobody is mailed. What can't be looked at (the
 * database doesn't open, there is no network) is said so, and the rest is
 * looked at all the same.
 */
#ifndef DIGEST_DOCTOR_DOCTOR_H
#define DIGEST_DOCTOR_DOCTOR_H

#include "digest/base/arena.h"
#include "digest/base/conf.h"
#include "digest/doctor/dns_internal.h"
#include "digest/store/db.h"
#include "subscribers/tokens/tokens.h"

enum finding_level {
    FINDING_FINE,
    FINDING_UNSURE, /* it could not be known */
    FINDING_WARNING,
    FINDING_ERROR, /* issues don't go out, or nobody can leave */
};
const char *finding_level_name(enum finding_level level);

struct finding {
    enum finding_level level;
    const char *check; /* "database", "relay", … */
    const char *says;
    const char *remedy; /* "" for none */
    enum err_kind kind; /* of an error */
};

struct doctor {
    const struct conf *conf;
    struct db *db; /* NULL: it didn't open */
    const struct token_keys *keys;
    struct dns dns;
    int64_t now;
    /* Hears of each finding as it is made; may be NULL. */
    void (*tell)(const struct finding *finding);

    struct arena arena; /* what is found lives here */
    struct finding *findings;
    size_t count, capacity;
};

/* Looks at everything, in this order. */
void doctor_examine(struct doctor *doctor);
void doctor_free(struct doctor *doctor); /* for OWNED */

/* The parts of it. */
void doctor_settings(struct doctor *doctor); /* digest.yaml */
void doctor_files(struct doctor *doctor);    /* who may read what */
void doctor_room(struct doctor *doctor);     /* on its disks */
void doctor_database(struct doctor *doctor); /* and the last backup */
void doctor_upkeep(struct doctor *doctor);   /* the clock, the scheduler */
void doctor_pictures(struct doctor *doctor); /* that they can be kept */
void doctor_relays(struct doctor *doctor);
void doctor_names(struct doctor *doctor); /* the DNS of the senders */
void doctor_site(struct doctor *doctor);  /* base_url */

/* ---- for its parts ---- */

void doctor_say(struct doctor *doctor, enum finding_level level,
                const char *check, const char *remedy, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* An error of this kind; the text may hold its own remedy after "; ". */
void doctor_fail(struct doctor *doctor, const char *check,
                 const struct err *err);

/* The domains of the newsletters' senders, each once; in the arena. */
struct doctor_domains {
    const char **items;
    size_t count;
};
FALLIBLE bool doctor_domains(struct doctor *doctor, struct doctor_domains *out,
                             struct err *err);
/* Whether whoever owns the database's folder, and so runs the service, can use
 * all that is in it; an error says what they can't. */
bool doctor_owners(struct doctor *doctor);

/* The latest time on record: no clock that is right is before it. */
FALLIBLE bool doctor_latest(struct db *db, int64_t *out, struct err *err);

#endif
