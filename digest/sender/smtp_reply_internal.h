/* An SMTP reply, read from bytes that arrive in any pieces (RFC 5321 §4.2).
 *
 * One code, one or more lines, perhaps an enhanced status code (RFC 3463).
 * A reply that isn't one (no code, lines with differing codes, a line or a
 * reply without end) makes the conversation unusable: who can't tell where
 * a reply ends can't tell which command it answers.
 */
#ifndef DIGEST_SENDER_SMTP_REPLY_INTERNAL_H
#define DIGEST_SENDER_SMTP_REPLY_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "digest/base/strbuf.h"

/* RFC 5321 §4.5.3.1.5 allows 512 octets a line; real servers exceed it. */
enum { SMTP_LINE_MAX = 4096, SMTP_REPLY_MAX = 32768 };

struct smtp_reply {
    int code;           /* 200..599; 0 while it is incomplete */
    char status[16];    /* "5.1.1" of the first line that has one, or "" */
    struct strbuf text; /* the lines' texts, without code and status, joined
                           by spaces; bytes as the server sent them */
    struct strbuf line; /* an incomplete line, kept between pieces */
    size_t size;        /* octets of the reply so far */
};

enum smtp_reply_state {
    SMTP_REPLY_MORE, /* all bytes are used up and the reply goes on */
    SMTP_REPLY_WHOLE,
    SMTP_REPLY_BAD,
};

/* Reads one reply, moving *bytes behind what was used. After WHOLE the next
 * call begins a new reply. */
enum smtp_reply_state smtp_reply_read(struct smtp_reply *reply,
                                      struct str *bytes);

/* Appends the text as one clean line of at most `max` bytes of UTF-8. */
void smtp_reply_text(const struct smtp_reply *reply, size_t max,
                     struct strbuf *out);

void smtp_reply_free(struct smtp_reply *reply);

/* The length of the enhanced status code of this class ('2', '4', '5') at
 * the start of a text, or 0: X.Y.Z with one to three digits each (RFC 3463
 * §2), ending at a space or at the end. */
size_t smtp_status_length(struct str text, char class_digit);

#endif
