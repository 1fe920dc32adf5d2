/* The sender: carries messages from a feed to the relays.
 *
 * It owns connections, dialogue, pace and the reading of replies. It knows
 * nothing of issues, subscribers or the database: a feed gives it one
 * message at a time and is told what became of each. The feed decides who
 * gets what; the sender decides when and over which connection.
 *
 * One thread, one poll loop. In each turn it reads what has arrived, hands
 * results to the feed, asks the feed for messages for idle connections,
 * lets the feed commit, and only then puts anything newly bound on the
 * wire. So whatever is on the wire is on record, and one commit serves all
 * connections of a turn.
 */
#ifndef DIGEST_SENDER_SENDER_H
#define DIGEST_SENDER_SENDER_H

#include <stdint.h>

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

/* One way out. Texts are borrowed for the sender's life; 0 and NULL take
 * the default. */
struct relay_settings {
    const char *url;           /* smtp://[user@]host[:port], smtps://…,
                                  maildir:PATH, null: */
    const char *password;      /* NULL: no AUTH */
    const char *password_file; /* only named in errors; NULL: not known */
    bool tls_none;             /* permit plaintext (loopback and tests) */
    const char *ca_file;       /* NULL: the system's trust store */
    const char *helo;          /* our FQDN; NULL: the host name */
    unsigned weight;           /* 0: 1 */
    unsigned connections;      /* 0: 4; 16 for maildir, 64 for null */
    unsigned messages_per_connection; /* 0: 100 */
    double rate;                      /* messages a second; 0: no limit */
    double rate_per_domain;           /* per recipient domain; 0: no limit */
    unsigned connections_per_domain;  /* 0: no limit */
    unsigned refusals_max; /* a run of refused messages after which the relay
                              itself is taken to be at fault; 0: 20 */
    int retry_ms;   /* how long a relay that worked and then fails is tried
                          again before sender_run gives up; 0: 60 s */
    int timeout_ms; /* the longest that a server may take for one answer; no
                       longer than RFC 5321 §4.5.3.2 has it for each stage,
                       which 0 is */
};

enum sender_outcome {
    SENDER_SENT,     /* 2xx after the final dot */
    SENDER_DEFERRED, /* 4xx, or broken off before the final dot: again later */
    SENDER_FAILED,   /* 5xx about this message or recipient */
    SENDER_UNKNOWN,  /* the final dot went out and no reply came */
    SENDER_RETURNED, /* never offered to a server; it wasn't an attempt */
};

enum sender_stage {
    STAGE_CONNECT,
    STAGE_MAIL,
    STAGE_RCPT,
    STAGE_DATA,
    STAGE_FINAL
};

/* A message on its way. The struct belongs to a connection of the sender,
 * the feed fills it anew each time; buffers keep their memory. */
struct sender_job {
    int64_t id;             /* the feed's own */
    struct strbuf from, to; /* envelope addresses, without <>; from may be
                               empty; checked by the sender */
    struct strbuf message;  /* complete, CRLF; dots not stuffed */
    bool utf8;              /* headers or addresses need SMTPUTF8 */
};

/* The outcome of a message. Texts live until the callback returns. */
struct sender_result {
    int64_t id;
    enum sender_outcome outcome;
    enum sender_stage stage;
    int code;          /* 250, 550 …; 0: no reply */
    char status[16];   /* "5.1.1"; "" when there was none */
    const char *reply; /* its lines' texts in one, or what happened */
    const char *relay; /* host:port, or the URL of the others */
};

/* The feed's wish about the run, asked each turn. */
enum sender_wish {
    SENDER_GO_ON,
    SENDER_FINISH,    /* nothing new; what is on the wire is finished */
    SENDER_HURRY,     /* the same, and what takes longer than hurry_ms is
                         broken off */
    SENDER_BREAK_OFF, /* nothing new, and all is broken off now */
};

enum sender_next {
    SENDER_JOB,  /* `job` is filled and claimed */
    SENDER_WAIT, /* nothing now; ask again on wake_fd or in wait_ms */
    SENDER_END,  /* nothing more: finish what is on the wire */
};

struct sender_feed {
    void *context;
    /* The next message. Called when a connection is ready for one, and for
     * one message ahead, to know whether another connection is worth it. */
    enum sender_next (*next)(void *context, struct sender_job *job,
                             int *wait_ms, struct err *err);
    /* Tells the outcome of a message that next() gave. */
    void (*result)(void *context, const struct sender_result *result);
    /* Makes all claims and results so far durable. False stops the sender:
     * nothing newly bound goes out, and the error is sender_run's. */
    bool (*commit)(void *context, struct err *err);
    /* Called each turn, at least five times a second. NULL: none */
    enum sender_wish (*turn)(void *context);
    int hurry_ms; /* 0: 45 s, well below the 90 s after which systemd kills
                     what it stops */
    int wake_fd;  /* readable when next() has something again; -1: none */
    /* Asked of a message that was given over a second ago, before it is
     * offered (it waited for its domain's pace, or another connection) and
     * again before its text goes out (the server was slow): false answers it
     * with SENDER_RETURNED. For whoever left meanwhile, and for a run that is
     * to stop: then it isn't waited for what the server says before that.
     * NULL: none */
    bool (*is_wanted)(void *context, int64_t id);
};

struct sender;

/* Checks the settings and prepares; connects to nothing yet. Fails: CONFIG
 * (a URL that isn't one, with what is allowed), IO. */
FALLIBLE bool sender_new(const struct relay_settings *relays, size_t count,
                         struct sender **out, struct err *err);

/* Runs until the feed ends.
 *
 * A relay that fails rests, with growing, jittered delays, and the others
 * take over. Messages that a server refuses are told of only once the same
 * relay accepts another one (or the feed ends): when it refuses message after
 * message, the fault is the relay's, and they come back as SENDER_RETURNED: at
 * once while another relay can have them (then the feed is asked again, also
 * after its SENDER_END), or when the run ends.
 *
 * Every job given is answered by exactly one
 * result() before it returns, also when it fails. Fails: what commit()
 * failed with; TEMPORARY or PERMANENT when no relay takes anything: the
 * relay, what it said, and the remedy. */
FALLIBLE bool sender_run(struct sender *sender, const struct sender_feed *feed,
                         struct err *err);

/* Bounds over all relays together; 0: none. Before a run. */
void sender_limit(struct sender *sender, double rate, unsigned connections);

/* The pace, as plain numbers that can be kept over a restart: a bucket that
 * isn't full, with what it held at `at` (Unix seconds). `relay` is the
 * relay's name ("" for all together), `domain` a recipient domain or "". */
struct sender_pace {
    char relay[256], domain[256];
    double tokens;
    int64_t at;
};

/* Owns: the array; free() it. */
size_t sender_pace_save(struct sender *sender, struct sender_pace **out);
/* Paces of relays that aren't known any more are passed over. */
void sender_pace_load(struct sender *sender, const struct sender_pace *paces,
                      size_t count);

void sender_free(struct sender *sender);
void sender_release(struct sender **sender); /* for OWNED */

#endif
