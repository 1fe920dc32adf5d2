/* Judges refusals by their codes and by what was said. */
#include "digest/message/refusal.h"

#include <stdio.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/message/phrases.h"
#include "digest/message/status.h"

/* The status that says most: a server's reply knows better than the relay
 * that wraps it. */
static struct status best_status(const struct refusal_clue *clue)
{
    struct status said = status_in(clue->diagnostic), reported = {0};
    if (!status_is_generic(said))
        return said;
    if (!status_read(clue->status, &reported))
        reported = (struct status){0};
    if (!status_is_generic(reported))
        return reported;
    struct status around =
        clue->diagnostic.len ? (struct status){0} : status_in(clue->context);
    if (!status_is_generic(around))
        return around;
    if (said.class)
        return said;
    return reported.class ? reported : around;
}

/* Words that mean something else beside a certain status. */
static const struct {
    struct status status;
    const char *words;
    enum refusal_reason reason;
} pairs[] = {
    {{5, 5, 0}, "mailbox unavailable", REASON_UNKNOWN_USER},
};

static enum refusal_reason by_pair(struct status s, struct str text)
{
    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
        if (pairs[i].status.class == s.class &&
            pairs[i].status.subject == s.subject &&
            pairs[i].status.detail == s.detail &&
            str_find_str(text, str_of(pairs[i].words)) < text.len)
            return pairs[i].reason;
    return REASON_NONE;
}

static enum refusal_reason by_words(const struct refusal_clue *clue,
                                    enum refusal_reason from_status)
{
    enum refusal_reason reason = phrases_reason(clue->diagnostic);
    if (reason == REASON_NONE &&
        (from_status == REASON_NONE || !clue->diagnostic.len))
        reason = phrases_reason(clue->context);
    return reason;
}

static bool speaks_of_account(struct str text)
{
    return str_find_str(text, STR("account")) < text.len;
}

/* Where a server had taken the recipient and turns the message away as if
 * there were none, a filter speaks: docomo, au and others do so. */
static bool is_filter(enum refusal_reason words, struct status status,
                      const struct refusal_clue *clue)
{
    return words == REASON_UNKNOWN_USER &&
           !speaks_of_account(clue->diagnostic) &&
           !(status.subject == 1 && status.detail > 0) &&
           (phrases_stage(clue->context) == STAGE_DATA ||
            phrases_stage(clue->diagnostic) == STAGE_DATA);
}

static enum refusal_reason find_reason(const struct refusal_clue *clue,
                                       struct status status, unsigned code)
{
    enum refusal_reason pair = by_pair(status, clue->diagnostic);
    if (pair != REASON_NONE)
        return pair;
    struct status_meaning meaning = status_meaning(status);
    enum refusal_reason words = by_words(clue, meaning.reason);
    bool words_win = meaning.reason == REASON_NONE ||
                     (words != REASON_NONE && (meaning.yields >> words & 1));
    if (words_win && is_filter(words, status, clue))
        return REASON_FILTERED;
    if (!words_win)
        return meaning.reason;
    if (words != REASON_NONE)
        return words;
    enum refusal_reason by_code = reply_code_meaning(code);
    return by_code != REASON_NONE ? by_code : REASON_UNDETERMINED;
}

static void write_status(struct status status, unsigned code, char *out)
{
    if (status.class)
        snprintf(out, STATUS_TEXT_SIZE, "%u.%u.%u", status.class,
                 status.subject, status.detail);
    else if (code)
        snprintf(out, STATUS_TEXT_SIZE, "%u.0.0", code / 100);
}

/* A temporary refusal is never for good, whatever words come with it. */
static bool is_temporary(struct status status, unsigned code)
{
    return status.class ? status.class == 4 : code / 100 == 4;
}

/* Postfix's own words, once its look-up has succeeded: then 450 is but a
 * setting of the postmaster's (unknown_local_recipient_reject_code). And
 * Google's for a domain that the DNS says isn't there (RFC 8020), which it
 * returns as 4.0.0. */
static bool looked_up(const struct refusal_clue *clue)
{
    struct str text = clue->diagnostic;
    return (str_find_str(text, STR("User unknown in ")) < text.len &&
            str_find_str(text, STR(" table")) < text.len) ||
           str_find_str(text, STR("responded with code NXDOMAIN")) < text.len;
}

void refusal_judge(const struct refusal_clue *clue, struct refusal *out)
{
    struct status status = best_status(clue);
    struct str text = clue->diagnostic.len ? clue->diagnostic : clue->context;
    unsigned code = reply_code_in(text);
    *out = (struct refusal){.reason = find_reason(clue, status, code)};
    if (clue->delayed)
        out->reason = REASON_DELAYED;
    out->hard = reason_is_hard(out->reason) &&
                (!is_temporary(status, code) || looked_up(clue));
    out->counts = !out->hard && reason_counts(out->reason);
    write_status(status, code, out->status);
}
