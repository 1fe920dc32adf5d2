/* A message: headers and a multipart/alternative body with slots, composed
 * once per variant and spliced per recipient.
 *
 * libetpan writes the MIME structure; boundary, Date and Message-ID are
 * ours, so that the same input gives the same bytes. Everything is 7-bit
 * and CRLF: parts are quoted-printable, header words RFC 2047.
 */
#ifndef DIGEST_MESSAGE_MESSAGE_H
#define DIGEST_MESSAGE_MESSAGE_H

#include <stdint.h>

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

/* The parts of a message that all recipients share. Borrowed for the call; NULL
 * is "none". Texts are UTF-8; a CR, LF or NUL in any header text is refused
 * (INPUT), which names the header. */
struct message_spec {
    const char *from_name, *from_address; /* address required */
    const char *reply_to;                 /* an address */
    const char *subject;
    int64_t date; /* Unix seconds */
    /* With slot marks, well-formed UTF-8; LF, CRLF and CR each end a line.
     * html NULL: text alone. */
    const char *html, *text;

    /* List mail (RFC 2919, 2369, 8058); list_label NULL: a notice, none of
     * the list headers. */
    const char *list_label;     /* "weekly" */
    const char *list_domain;    /* a domain that we own */
    const char *list_title;     /* the phrase of List-Id */
    bool unsubscribe_https;     /* List-Unsubscribe has slot unsubscribe_url
                                   and List-Unsubscribe-Post stands */
    bool unsubscribe_mailto;    /* … and slot unsubscribe_mailto */
    const char *list_archive;   /* URL */
    const char *feedback_id;    /* "issue:newsletter:digest:SenderId" */
    const char *auto_submitted; /* "auto-generated"; RFC 3834 §5 */
    bool precedence_bulk;
    const char *in_reply_to;
};

/* Per recipient. Borrowed for the call. */
struct message_recipient {
    struct str address;    /* To: ASCII, or UTF-8 where SMTPUTF8 is used */
    struct str name;       /* display name; empty: none */
    struct str message_id; /* without <>: dot-atom@domain */
    /* Values for the slots, by name; in a part each becomes one line. URLs
     * must be ASCII. Those used in a header: unsubscribe_url (https:, or http:
     * for trying out), unsubscribe_mailto ("mailto:…"). */
    const struct message_value {
        const char *slot;
        struct str value;
    } * values;
    size_t value_count;
};

struct message;

/* Composes. Fails: INPUT (an address or header text that can't stand, a slot
 * mark that isn't well-formed). */
FALLIBLE bool message_compose(const struct message_spec *spec,
                              struct message **out, struct err *err);
void message_free(struct message *message);
void message_release(struct message **message); /* for OWNED */

/* Saves a message as bytes for the ledger, and loads it back. Loading refuses
 * bytes that saving could not have written (INPUT). */
void message_save(const struct message *message, struct strbuf *out);
FALLIBLE bool message_load(struct str saved, struct message **out,
                           struct err *err);

/* Appends the message for one recipient: complete, CRLF, 7-bit, ready for
 * signing and SMTP (dots unstuffed). HTML parts escape slot values, text
 * parts and headers clean them. Doesn't allocate once `out` is large enough.
 * Fails: INPUT, for an address, a Message-ID or a URL that can't stand in a
 * header, or a slot without a value. */
FALLIBLE bool message_splice(const struct message *message,
                             const struct message_recipient *recipient,
                             struct strbuf *out, struct err *err);

/* Upper bound of what a splice of this message takes, without its values. */
size_t message_size(const struct message *message);

#endif
