/* The configuration: digest.yaml, read once.
 *
 * It holds infrastructure; what editors change is in the database. Unknown
 * keys are errors that name the line and the key that was probably meant.
 * Secrets come from files or the environment, never from the command line.
 */
#ifndef DIGEST_BASE_CONF_H
#define DIGEST_BASE_CONF_H

#include <stdint.h>

#include "digest/base/arena.h"
#include "digest/base/err.h"

/* Texts that aren't set are NULL; paths are resolved against the folder of
 * digest.yaml; durations are seconds. */
struct conf_relay {
    const char *url;           /* smtp://user@host:587, smtps://…,
                                  maildir:PATH, null: */
    bool tls_none;             /* tls: none */
    const char *ca_file;       /* NULL: the system's trust store */
    const char *password_file; /* its first line; or DIGEST_SMTP_PASSWORD */
    const char *password;      /* read from there; NULL: none */
    int64_t weight;
    int64_t connections;
    int64_t messages_per_connection;
    int64_t connections_per_domain;
    double rate, rate_per_domain; /* messages a second; 0: no limit */
    int64_t give_up_after;
    int64_t timeout;     /* the longest for one answer; 0: RFC 5321's */
    int64_t pause_after; /* refusals in a row that pause an issue */
};

struct conf_dkim {
    const char *domain, *selector, *key;
};

struct conf_list {
    const char **items;
    size_t count;
};

/* Which articles' lead pictures are fetched and kept. */
enum conf_media {
    CONF_MEDIA_PASTED, /* of articles without an address of their own */
    CONF_MEDIA_ALL,
    CONF_MEDIA_NONE,
};

struct conf {
    struct arena arena;
    const char *folder; /* of digest.yaml */
    const char *path;   /* digest.yaml itself, as it was named */

    const char *site_name;
    const char
        *base_url; /* where `serve` answers; without a slash at the end */
    const char *site_url; /* the publication's own site; NULL: base_url's */
    const char *postal_address;
    const char *operator_address;

    const char *database_path;
    const char *keys_file;

    struct conf_relay *relays;
    size_t relay_count;
    struct conf_dkim *dkim;
    size_t dkim_count;

    double pace_rate; /* messages a second over all relays; 0: no limit */
    int64_t pace_connections; /* over all relays; 0: no limit */

    const char *bounce_address, *bounce_mailbox, *bounce_password_file,
        *bounce_ca_file;
    const char *bounce_authserv_id; /* RFC 8601 §2.5; of the server that
                                       receives bounce_address's mail */
    int64_t bounce_soft_limit;

    const char *listen; /* address:port */
    struct conf_list trusted_proxies;
    const char *client_header;

    int64_t keep_logs, keep_proofs;
    bool fetch_private; /* feeds may be on private addresses */
    enum conf_media media_fetch;
};

/* Reads FOLDER/digest.yaml, or `path` where it isn't NULL. Fails: CONFIG
 * "digest.yaml:LINE: …", and how to make one where there is none; IO,
 * PERMISSION. */
FALLIBLE bool conf_load(const char *folder, const char *path, struct conf *out,
                        struct err *err);
/* Parses digest.yaml from text, for tests; `name` stands in errors. */
FALLIBLE bool conf_parse(struct str text, const char *folder, const char *name,
                         struct conf *out, struct err *err);
/* The address of the publication itself; NULL when digest.yaml doesn't say. */
const char *conf_site(const struct conf *conf);
/* Whether a transport is a mail server; with a folder or none no mail leaves
 * this machine. */
bool conf_sends_mail(const struct conf *conf);
void conf_free(struct conf *conf);

#endif
