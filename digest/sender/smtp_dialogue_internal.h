/* The conversation on one SMTP connection, after EHLO, STARTTLS and AUTH:
 * bytes in, bytes out, and what became of each message. No sockets, no
 * clock; a test can be the server.
 *
 * A transaction is MAIL, RCPT, DATA and the message. With PIPELINING (RFC
 * 2920) its three commands go out in one write, and the next transaction's
 * follow right behind the final dot, so that a message costs one round trip.
 * A message itself goes out only after smtp_dialogue_go(): the caller makes
 * things durable before it. So at most one message of a connection can be
 * on its way without its outcome on record.
 *
 * After a refusal RSET makes the connection fit for the next message. What
 * can't be understood, or wasn't asked for, breaks the conversation: `broken`
 * is set and the connection has to be closed.
 */
#ifndef DIGEST_SENDER_SMTP_DIALOGUE_INTERNAL_H
#define DIGEST_SENDER_SMTP_DIALOGUE_INTERNAL_H

#include <stdbool.h>

#include "digest/sender/outflow_internal.h"
#include "digest/sender/sender.h"
#include "digest/sender/smtp_caps_internal.h"
#include "digest/sender/smtp_reply_internal.h"
#include "digest/sender/verdict_internal.h"

enum smtp_step {
    SMTP_RSET,
    SMTP_MAIL,
    SMTP_RCPT,
    SMTP_DATA,
    SMTP_FINAL,
    SMTP_QUIT,
};

enum smtp_phase {
    SMTP_FREE,  /* no message */
    SMTP_BOUND, /* given, nothing said yet */
    SMTP_ASKED, /* MAIL is out */
    SMTP_READY, /* 354 came: the message may go */
    SMTP_GONE,  /* the message is out (or a lone dot, when refused) */
    SMTP_DONE,  /* the verdict stands */
};

struct smtp_transaction {
    enum smtp_phase phase;
    struct sender_job *job;
    bool heard;   /* the server answered its MAIL */
    bool refused; /* the verdict stands, what is left are formalities */
    bool recipient_refused;
    struct verdict verdict;
};

/* The thing that a connection is waiting for, to choose a timeout. */
enum smtp_wait {
    SMTP_WAIT_NOTHING,
    SMTP_WAIT_COMMAND,
    SMTP_WAIT_DATA,  /* the reply to DATA */
    SMTP_WAIT_BLOCK, /* the server to take more of the message */
    SMTP_WAIT_FINAL,
};

enum { SMTP_EXPECTED_MAX = 16 };

struct smtp_dialogue {
    struct smtp_caps caps;
    struct outflow out;
    struct smtp_reply reply;
    struct {
        enum smtp_step step;
        struct smtp_transaction *of;
    } expected[SMTP_EXPECTED_MAX];
    unsigned first, count;                   /* of `expected`, a ring */
    struct smtp_transaction transactions[2]; /* current, and the one ahead */
    unsigned current;
    bool need_rset;
    bool closing; /* 421 came, or QUIT went out: nothing more can be bound */
    bool quit;    /* the server said goodbye */
    bool broken;
    int closing_code;           /* 421 when the server closes */
    unsigned moves;             /* grows with each reply */
    char why[VERDICT_TEXT_MAX]; /* of broken or closing */
};

/* Begins a dialogue, which isn't moved in memory afterwards: it points into
 * itself. */
void smtp_dialogue_begin(struct smtp_dialogue *dialogue,
                         const struct smtp_caps *caps);

/* Bytes from the server. */
void smtp_dialogue_read(struct smtp_dialogue *dialogue, struct str bytes);

/* Whether a message can be given now. */
bool smtp_dialogue_ready(const struct smtp_dialogue *dialogue);

/* Gives a message; nothing of it is said before smtp_dialogue_go(). One that
 * this server can't take (SIZE, SMTPUTF8, an address that isn't one) has its
 * verdict at once.
 * Lives until: its verdict was taken. */
void smtp_dialogue_bind(struct smtp_dialogue *dialogue, struct sender_job *job);

/* Goes on; all that was given and said is durable. */
void smtp_dialogue_go(struct smtp_dialogue *dialogue);

/* Takes the next verdict; false when there is none. */
bool smtp_dialogue_verdict(struct smtp_dialogue *dialogue,
                           struct verdict *verdict);

/* The message whose text goes out with the next smtp_dialogue_go(), or NULL:
 * the last moment to think better of it. With `later`, also one whose text
 * waits for the server. */
struct sender_job *smtp_dialogue_about_to_send(const struct smtp_dialogue *d,
                                               bool later);

/* The connection is gone, or must be given up: each message under way gets
 * its verdict; `why` says what happened. */
void smtp_dialogue_end(struct smtp_dialogue *dialogue, const char *why);

/* The same where the server isn't to blame: what it can't have taken is
 * RETURNED, and no attempt. */
void smtp_dialogue_withdraw(struct smtp_dialogue *dialogue, const char *why);

/* Says QUIT. Only when idle. */
void smtp_dialogue_quit(struct smtp_dialogue *dialogue);

bool smtp_dialogue_idle(const struct smtp_dialogue *dialogue);
enum smtp_wait smtp_dialogue_waits(const struct smtp_dialogue *dialogue);

void smtp_dialogue_free(struct smtp_dialogue *dialogue);

#endif
