/* Holds one SMTP conversation: commands out, replies in, verdicts kept. */
#include "digest/sender/smtp_dialogue_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "digest/base/mem.h"
#include "digest/sender/envelope_internal.h"

static const enum sender_stage stages[] = {
    [SMTP_RSET] = STAGE_MAIL,   [SMTP_MAIL] = STAGE_MAIL,
    [SMTP_RCPT] = STAGE_RCPT,   [SMTP_DATA] = STAGE_DATA,
    [SMTP_FINAL] = STAGE_FINAL, [SMTP_QUIT] = STAGE_FINAL,
};

static struct smtp_transaction *current_of(struct smtp_dialogue *d)
{
    return &d->transactions[d->current];
}

static struct smtp_transaction *ahead_of(struct smtp_dialogue *d)
{
    return &d->transactions[!d->current];
}

static void expect(struct smtp_dialogue *d, enum smtp_step step,
                   struct smtp_transaction *of)
{
    assert(d->count < SMTP_EXPECTED_MAX);
    unsigned at = (d->first + d->count++) % SMTP_EXPECTED_MAX;
    d->expected[at].step = step;
    d->expected[at].of = of;
}

static void break_off(struct smtp_dialogue *d, const char *why)
{
    if (d->broken)
        return;
    d->broken = true;
    snprintf(d->why, sizeof d->why, "%s", why);
}

void smtp_dialogue_begin(struct smtp_dialogue *d, const struct smtp_caps *caps)
{
    smtp_dialogue_free(d);
    *d = (struct smtp_dialogue){.caps = *caps};
}

/* ---- what we say ------------------------------------------------------ */

static void say(struct smtp_dialogue *d, const char *line, enum smtp_step step,
                struct smtp_transaction *of)
{
    outflow_add(&d->out, str_of(line));
    expect(d, step, of);
}

enum { ENVELOPE_ID_SIZE = 101 };

/* The envelope's id is its sender in xtext (RFC 3461 §4): where bounces are
 * read, that is one of a kind, and reports name the id even where a relay has
 * put another sender in its place. "" for one that is too long, or that can't
 * be written so. */
static void write_envelope_id(struct str from, char out[ENVELOPE_ID_SIZE])
{
    size_t length = 0;
    for (size_t i = 0; i < from.len; i++) {
        unsigned char c = (unsigned char)from.ptr[i];
        bool plain = c > ' ' && c != '+' && c != '=';
        if (c >= 0x7f || length + 4 > ENVELOPE_ID_SIZE) {
            length = 0;
            break;
        }
        length += (size_t)snprintf(out + length, 4, plain ? "%c" : "+%02X", c);
    }
    out[length] = '\0';
}

static void say_mail(struct smtp_dialogue *d, struct smtp_transaction *t)
{
    const struct sender_job *job = t->job;
    char size[40] = "", id[ENVELOPE_ID_SIZE] = "", line[640];
    if (d->caps.dsn)
        write_envelope_id(strbuf_str(&job->from), id);
    if (d->caps.size)
        snprintf(size, sizeof size, " SIZE=%zu", job->message.len);
    bool eight_bit = job->utf8 && d->caps.eightbitmime &&
                     !envelope_is_ascii(strbuf_str(&job->message));
    snprintf(line, sizeof line, "MAIL FROM:<%s>%s%s%s%s%s\r\n",
             strbuf_text(&job->from), size, eight_bit ? " BODY=8BITMIME" : "",
             job->utf8 ? " SMTPUTF8" : "", *id ? " ENVID=" : "", id);
    say(d, line, SMTP_MAIL, t);
}

static void say_rcpt(struct smtp_dialogue *d, struct smtp_transaction *t)
{
    char line[512];
    snprintf(line, sizeof line, "RCPT TO:<%s>\r\n", strbuf_text(&t->job->to));
    say(d, line, SMTP_RCPT, t);
}

/* Says a command; with PIPELINING also those that follow it. */
static void say_from(struct smtp_dialogue *d, struct smtp_transaction *t,
                     enum smtp_step step)
{
    for (; step <= SMTP_DATA; step++) {
        if (step == SMTP_RSET)
            say(d, "RSET\r\n", SMTP_RSET, t);
        else if (step == SMTP_MAIL)
            say_mail(d, t);
        else if (step == SMTP_RCPT)
            say_rcpt(d, t);
        else
            say(d, "DATA\r\n", SMTP_DATA, t);
        if (!d->caps.pipelining)
            return;
    }
}

static void begin_transaction(struct smtp_dialogue *d,
                              struct smtp_transaction *t)
{
    enum smtp_step step = d->need_rset ? SMTP_RSET : SMTP_MAIL;
    d->need_rset = false;
    t->phase = SMTP_ASKED;
    say_from(d, t, step);
}

struct sender_job *smtp_dialogue_about_to_send(const struct smtp_dialogue *d,
                                               bool later)
{
    const struct smtp_transaction *current = &d->transactions[d->current];
    bool about = current->phase == SMTP_READY;
    if (later)
        about |= current->phase == SMTP_BOUND || current->phase == SMTP_ASKED;
    return about && !d->broken && !d->closing ? current->job : NULL;
}

void smtp_dialogue_go(struct smtp_dialogue *d)
{
    struct smtp_transaction *current = current_of(d), *ahead = ahead_of(d);
    if (d->broken || d->closing)
        return;
    if (current->phase == SMTP_BOUND)
        begin_transaction(d, current);
    if (current->phase != SMTP_READY)
        return;
    outflow_add_message(&d->out, strbuf_str(&current->job->message));
    current->phase = SMTP_GONE;
    expect(d, SMTP_FINAL, current);
    if (ahead->phase == SMTP_BOUND)
        begin_transaction(d, ahead);
}

/* ---- what is given ---------------------------------------------------- */

bool smtp_dialogue_ready(const struct smtp_dialogue *d)
{
    const struct smtp_transaction *current = &d->transactions[d->current];
    const struct smtp_transaction *ahead = &d->transactions[!d->current];
    if (d->broken || d->closing)
        return false;
    if (current->phase == SMTP_FREE)
        return true;
    return d->caps.pipelining && current->phase == SMTP_READY &&
           ahead->phase == SMTP_FREE;
}

static bool refuse(struct smtp_transaction *t, const char *status,
                   const char *text)
{
    verdict_say(&t->verdict, SENDER_FAILED, STAGE_MAIL, status, text);
    t->phase = SMTP_DONE;
    return false;
}

static bool check_addresses(struct smtp_transaction *t)
{
    const struct sender_job *job = t->job;
    const char *why;
    char text[VERDICT_TEXT_MAX];
    if (!envelope_is_safe(strbuf_str(&job->from), &why)) {
        snprintf(text, sizeof text, "the envelope sender's address %s", why);
        return refuse(t, "5.1.7", text);
    }
    if (!envelope_is_safe(strbuf_str(&job->to), &why)) {
        snprintf(text, sizeof text, "the recipient's address %s", why);
        return refuse(t, "5.1.3", text);
    }
    if (!envelope_domain(strbuf_str(&job->to)).len)
        return refuse(t, "5.1.3", "the recipient's address has no domain");
    return true;
}

static void check_limits(const struct smtp_caps *caps,
                         struct smtp_transaction *t)
{
    struct sender_job *job = t->job;
    job->utf8 |= !envelope_is_ascii(strbuf_str(&job->from)) ||
                 !envelope_is_ascii(strbuf_str(&job->to));
    if (job->utf8 && !caps->smtputf8) {
        refuse(t, "5.6.7",
               "not supported by relay: it doesn't offer SMTPUTF8, which this "
               "message needs");
        return;
    }
    if (!caps->size || !caps->size_max || job->message.len <= caps->size_max)
        return;
    char text[VERDICT_TEXT_MAX];
    snprintf(text, sizeof text,
             "the message has %zu bytes, and the relay takes at most %" PRIu64,
             job->message.len, caps->size_max);
    refuse(t, "5.3.4", text);
}

void smtp_dialogue_bind(struct smtp_dialogue *d, struct sender_job *job)
{
    assert(smtp_dialogue_ready(d));
    struct smtp_transaction *t = current_of(d);
    if (t->phase != SMTP_FREE)
        t = ahead_of(d);
    t->job = t->verdict.job = job;
    t->phase = SMTP_BOUND;
    t->heard = t->refused = t->recipient_refused = false;
    if (check_addresses(t))
        check_limits(&d->caps, t);
}

bool smtp_dialogue_verdict(struct smtp_dialogue *d, struct verdict *verdict)
{
    struct smtp_transaction *t = current_of(d);
    if (t->phase != SMTP_DONE)
        return false;
    *verdict = t->verdict;
    t->phase = SMTP_FREE;
    t->job = NULL;
    if (ahead_of(d)->phase != SMTP_FREE)
        d->current = !d->current;
    return true;
}

/* ---- what is heard ---------------------------------------------------- */

/* The first refusal is the verdict; what is said after it follows from it. */
static void hear_refusal(struct smtp_dialogue *d, enum smtp_step step,
                         struct smtp_transaction *t)
{
    if (!t->refused)
        verdict_from_reply(&t->verdict, stages[step], &d->reply);
    t->refused = true;
    if (step == SMTP_RCPT)
        t->recipient_refused = true;
    if (step != SMTP_MAIL)
        d->need_rset = true;
    if (!d->caps.pipelining || step == SMTP_DATA)
        t->phase = SMTP_DONE;
}

/* 354 although nobody is to get it: the empty message that a lone dot makes
 * ends the matter (RFC 2920 §3.1), unless the server has a recipient. */
static void hear_go_ahead(struct smtp_dialogue *d, struct smtp_transaction *t)
{
    if (!t->refused) {
        t->phase = SMTP_READY;
        return;
    }
    if (!t->recipient_refused) {
        break_off(d, "the server went ahead with a sender it had refused");
        return;
    }
    t->phase = SMTP_GONE;
    say(d, ".\r\n", SMTP_FINAL, t);
}

static void hear_final(struct smtp_dialogue *d, struct smtp_transaction *t)
{
    d->need_rset = false;
    if (!t->refused)
        verdict_from_reply(&t->verdict, STAGE_FINAL, &d->reply);
    t->phase = SMTP_DONE;
}

static void hear_step(struct smtp_dialogue *d, enum smtp_step step,
                      struct smtp_transaction *t)
{
    int group = d->reply.code / 100;
    if (step != SMTP_QUIT && step != SMTP_RSET)
        t->heard = true;
    if (step == SMTP_QUIT)
        d->quit = true;
    else if (step == SMTP_FINAL && group != 3)
        hear_final(d, t);
    else if (step == SMTP_DATA && d->reply.code == 354)
        hear_go_ahead(d, t);
    else if (step == SMTP_RSET && group != 2)
        break_off(d, "the server refused RSET");
    else if (group >= 4)
        hear_refusal(d, step, t);
    else if (group != 2 || step == SMTP_DATA)
        break_off(d, "the server's reply doesn't fit the command");
    else if (!d->caps.pipelining)
        say_from(d, t, step + 1);
}

/* 421: the server closes, and answers nothing more (RFC 5321 §3.8). To MAIL
 * it says nothing about the message. */
static void hear_closing(struct smtp_dialogue *d)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    smtp_reply_text(&d->reply, VERDICT_TEXT_MAX - 32, &text);
    snprintf(d->why, sizeof d->why, "%d %s%s%s", d->reply.code, d->reply.status,
             *d->reply.status ? " " : "", strbuf_text(&text));
    d->closing = true;
    d->closing_code = d->reply.code;
    if (d->count == 0)
        return;
    enum smtp_step step = d->expected[d->first].step;
    struct smtp_transaction *t = d->expected[d->first].of;
    if (step <= SMTP_MAIL || step == SMTP_QUIT || t->refused)
        return;
    verdict_from_reply(&t->verdict, stages[step], &d->reply);
    t->refused = true;
}

static bool too_early(const struct smtp_dialogue *d, enum smtp_step step)
{
    if (step == SMTP_FINAL)
        return outflow_message_pending(&d->out) && d->reply.code < 400;
    bool last = step == SMTP_DATA || !d->caps.pipelining;
    return last ? !outflow_empty(&d->out) : outflow_message_pending(&d->out);
}

static void hear(struct smtp_dialogue *d)
{
    d->moves++;
    if (d->reply.code == 421) {
        hear_closing(d);
        return;
    }
    if (d->count == 0) {
        break_off(d, "the server said something unasked");
        return;
    }
    enum smtp_step step = d->expected[d->first].step;
    struct smtp_transaction *of = d->expected[d->first].of;
    if (too_early(d, step)) {
        break_off(d, "the server answered before it was asked");
        return;
    }
    bool cut_short = step == SMTP_FINAL && outflow_message_pending(&d->out);
    d->first = (d->first + 1) % SMTP_EXPECTED_MAX;
    d->count--;
    hear_step(d, step, of);
    if (cut_short)
        break_off(d, "the server refused the message before it was complete");
}

void smtp_dialogue_read(struct smtp_dialogue *d, struct str bytes)
{
    while (bytes.len && !d->broken && !d->closing_code) {
        switch (smtp_reply_read(&d->reply, &bytes)) {
        case SMTP_REPLY_MORE:
            return;
        case SMTP_REPLY_BAD:
            break_off(d, "the server's reply can't be understood");
            return;
        case SMTP_REPLY_WHOLE:
            hear(d);
            break;
        }
    }
}

/* ---- the end ---------------------------------------------------------- */

/* How far it came: to the first command that is still unanswered. */
static enum sender_stage stage_of(const struct smtp_dialogue *d,
                                  const struct smtp_transaction *t)
{
    for (unsigned i = 0; i < d->count; i++) {
        unsigned at = (d->first + i) % SMTP_EXPECTED_MAX;
        if (d->expected[at].of == t)
            return stages[d->expected[at].step];
    }
    return t->phase == SMTP_READY ? STAGE_DATA : STAGE_MAIL;
}

static void end_transaction(struct smtp_dialogue *d, struct smtp_transaction *t,
                            const char *why, enum sender_outcome outcome)
{
    if (t->phase == SMTP_FREE || t->phase == SMTP_DONE)
        return;
    if (!t->heard)
        outcome = SENDER_RETURNED;
    /* Once the dot has left, only the server knows. */
    if (t->phase == SMTP_GONE && !outflow_message_pending(&d->out))
        outcome = SENDER_UNKNOWN;
    if (!t->refused) {
        verdict_say(&t->verdict, outcome, stage_of(d, t), "", why);
        t->verdict.code = outcome == SENDER_RETURNED ? d->closing_code : 0;
    }
    t->phase = SMTP_DONE;
}

static void end_both(struct smtp_dialogue *d, const char *why,
                     enum sender_outcome outcome)
{
    d->closing = true;
    end_transaction(d, current_of(d), why, outcome);
    end_transaction(d, ahead_of(d), why, outcome);
    d->count = 0;
    outflow_clear(&d->out);
}

void smtp_dialogue_end(struct smtp_dialogue *d, const char *why)
{
    end_both(d, why, SENDER_DEFERRED);
}

void smtp_dialogue_withdraw(struct smtp_dialogue *d, const char *why)
{
    end_both(d, why, SENDER_RETURNED);
}

void smtp_dialogue_quit(struct smtp_dialogue *d)
{
    assert(smtp_dialogue_idle(d));
    if (d->broken || d->closing)
        return;
    d->closing = true;
    say(d, "QUIT\r\n", SMTP_QUIT, NULL);
}

bool smtp_dialogue_idle(const struct smtp_dialogue *d)
{
    return d->transactions[0].phase == SMTP_FREE &&
           d->transactions[1].phase == SMTP_FREE;
}

enum smtp_wait smtp_dialogue_waits(const struct smtp_dialogue *d)
{
    if (outflow_message_pending(&d->out))
        return SMTP_WAIT_BLOCK;
    if (d->count == 0)
        return SMTP_WAIT_NOTHING;
    switch (d->expected[d->first].step) {
    case SMTP_DATA:
        return SMTP_WAIT_DATA;
    case SMTP_FINAL:
        return SMTP_WAIT_FINAL;
    default:
        return SMTP_WAIT_COMMAND;
    }
}

void smtp_dialogue_free(struct smtp_dialogue *d)
{
    outflow_free(&d->out);
    smtp_reply_free(&d->reply);
}
