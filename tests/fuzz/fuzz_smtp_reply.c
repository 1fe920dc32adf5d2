/* Whatever a server says, in whatever pieces: replies are the same as in one
 * piece, no message is lost, and none is taken for sent without a 2xx.
 *
 * The first byte chooses what the server offers and how its bytes are cut;
 * the rest is what it says. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/sender/smtp_dialogue_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { JOBS = 4 };

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

/* A digest of all replies, to compare one cutting with another. */
static void read_replies(struct str bytes, size_t piece, struct strbuf *out)
{
    struct smtp_reply reply = {0};
    enum smtp_reply_state state = SMTP_REPLY_MORE;
    while (bytes.len && state != SMTP_REPLY_BAD) {
        struct str part = {bytes.ptr, piece < bytes.len ? piece : bytes.len};
        bytes = str_from(bytes, part.len);
        while (part.len && state != SMTP_REPLY_BAD) {
            state = smtp_reply_read(&reply, &part);
            if (state != SMTP_REPLY_WHOLE)
                continue;
            must(reply.code >= 200 && reply.code <= 599, "a code is one");
            strbuf_add_format(out, "%d %s ", reply.code, reply.status);
            size_t before = out->len;
            smtp_reply_text(&reply, 100, out);
            must(out->len - before <= 100, "the text is cut");
            must(utf8_invalid_at(strbuf_str(out)) == out->len,
                 "the text is UTF-8");
            strbuf_add_char(out, '\n');
        }
    }
    strbuf_add_text(out, state == SMTP_REPLY_BAD ? "bad" : "");
    smtp_reply_free(&reply);
}

static void flush(struct smtp_dialogue *dialogue)
{
    struct iovec pieces[4];
    int count;
    while ((count = outflow_pieces(&dialogue->out, pieces, 4)) > 0)
        outflow_sent(&dialogue->out, pieces[0].iov_len);
}

static int take_verdicts(struct smtp_dialogue *dialogue)
{
    int count = 0;
    struct verdict v;
    while (smtp_dialogue_verdict(dialogue, &v)) {
        count++;
        must(v.outcome != SENDER_SENT ||
                 (v.code / 100 == 2 && v.stage == STAGE_FINAL),
             "sent means 2xx after the dot");
    }
    return count;
}

static void talk(struct str bytes, size_t piece, bool pipelining)
{
    struct smtp_dialogue dialogue = {0};
    struct smtp_caps caps = {.pipelining = pipelining};
    struct sender_job jobs[JOBS] = {0};
    int given = 0, answered = 0;
    smtp_dialogue_begin(&dialogue, &caps);
    for (int i = 0; i < JOBS; i++) {
        strbuf_add_text(&jobs[i].to, "a@example.org");
        strbuf_add_text(&jobs[i].message, ".\r\n");
    }
    while (bytes.len) {
        answered += take_verdicts(&dialogue);
        while (given < JOBS && smtp_dialogue_ready(&dialogue))
            smtp_dialogue_bind(&dialogue, &jobs[given++]);
        smtp_dialogue_go(&dialogue);
        flush(&dialogue);
        struct str part = {bytes.ptr, piece < bytes.len ? piece : bytes.len};
        bytes = str_from(bytes, part.len);
        smtp_dialogue_read(&dialogue, part);
    }
    smtp_dialogue_end(&dialogue, "over");
    answered += take_verdicts(&dialogue);
    must(answered == given, "each message has its verdict");
    for (int i = 0; i < JOBS; i++) {
        strbuf_free(&jobs[i].to);
        strbuf_free(&jobs[i].message);
    }
    smtp_dialogue_free(&dialogue);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct str bytes = {(const char *)data + 1, size - 1};
    size_t piece = 1 + data[0] / 2;
    OWNED(strbuf_free) struct strbuf whole = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf pieces = STRBUF_INIT;
    read_replies(bytes, size, &whole);
    read_replies(bytes, piece, &pieces);
    must(str_equal(strbuf_str(&whole), strbuf_str(&pieces)),
         "replies don't depend on how they are cut");
    talk(bytes, piece, data[0] & 1);
    return 0;
}
