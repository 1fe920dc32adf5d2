/* Judges a mail: a bounce, a complaint, a wish to leave, or none of them. */
#include "subscribers/bounces/classify.h"

#include <string.h>

#include "digest/base/mem.h"
#include "digest/message/phrases.h"
#include "digest/message/plain_words.h"
#include "digest/message/status.h"
#include "subscribers/bounces/autoreply_internal.h"
#include "subscribers/bounces/leave_internal.h"
#include "subscribers/bounces/prose_internal.h"
#include "subscribers/bounces/report_internal.h"

static const char *const kinds[] = {
    [BOUNCE_UNKNOWN] = "unknown",
    [BOUNCE_HARD] = "hard",
    [BOUNCE_SOFT] = "soft",
    [BOUNCE_COMPLAINT] = "complaint",
    [BOUNCE_UNSUBSCRIBE] = "unsubscribe",
    [BOUNCE_AUTOREPLY] = "autoreply",
};

const char *bounce_kind_name(enum bounce_kind kind)
{
    return kinds[kind];
}

/* ---- one refusal ---- */

static void judge(const struct refusal_clue *clue,
                  struct bounce_verdict *verdict)
{
    struct refusal refusal;
    refusal_judge(clue, &refusal);
    verdict->kind = refusal.hard ? BOUNCE_HARD : BOUNCE_SOFT;
    verdict->reason = reason_name(refusal.reason);
    verdict->counts = refusal.counts;
    verdict->said =
        clue->diagnostic.len ? clue->diagnostic : str_trim(clue->context);
    memcpy(verdict->status, refusal.status, sizeof verdict->status);
}

/* ---- the kinds of mail ---- */

struct verdicts {
    struct mail *mail;
    struct bounce_verdict *items;
    size_t count, capacity;
};

static struct bounce_verdict *add(struct verdicts *all, struct str recipient)
{
    struct bounce_verdict verdict = {.recipient = recipient, .reason = ""};
    MEM_PUSH(all->items, all->count, all->capacity, verdict);
    return &all->items[all->count - 1];
}

static void add_plain(struct verdicts *all, struct str recipient,
                      enum bounce_kind kind, const char *reason)
{
    struct bounce_verdict *verdict = add(all, recipient);
    verdict->kind = kind;
    verdict->reason = reason;
}

static struct str original_to(struct mail *mail)
{
    return field_address(&mail->arena, fields_get(&mail->original, "To"));
}

static struct str sender(struct mail *mail)
{
    return field_address(&mail->arena, fields_get(&mail->fields, "From"));
}

/* RFC 5965 §7.3, RFC 6591, RFC 6650. A type that isn't here is "other". */
static const struct {
    const char *type;
    enum bounce_kind kind;
    bool counts; /* the reader doesn't want our mail */
    const char *reason;
} feedback_kinds[] = {
    {"abuse", BOUNCE_COMPLAINT, true, "abuse"},
    {"fraud", BOUNCE_COMPLAINT, true, "fraud"},
    {"opt-out", BOUNCE_COMPLAINT, true, "opt-out"},
    {"opt-out-list", BOUNCE_COMPLAINT, true, "opt-out"},
    {"unsubscribe", BOUNCE_COMPLAINT, true, "opt-out"},
    {"not-spam", BOUNCE_AUTOREPLY, false, "not-spam"},
    {"virus", BOUNCE_COMPLAINT, false, "virus"},
    {"auth-failure", BOUNCE_COMPLAINT, false, "auth-failure"},
    {"dmarc", BOUNCE_COMPLAINT, false, "auth-failure"},
    {"other", BOUNCE_COMPLAINT, false, "other"},
};

static void add_feedback(struct verdicts *all, struct str recipient,
                         struct str type)
{
    size_t row = 0;
    while (row < ARRAY_SIZE(feedback_kinds) - 1 &&
           !str_equal_nocase(type, str_of(feedback_kinds[row].type)))
        row++;
    struct bounce_verdict *verdict = add(all, recipient);
    verdict->kind = feedback_kinds[row].kind;
    verdict->counts = feedback_kinds[row].counts;
    verdict->reason = feedback_kinds[row].reason;
}

static bool take_feedback(struct verdicts *all)
{
    struct feedback feedback;
    if (!feedback_of(all->mail, &feedback))
        return false;
    for (size_t i = 0; i < feedback.count; i++)
        add_feedback(all, feedback.recipients[i], feedback.type);
    if (!feedback.count)
        add_feedback(all, original_to(all->mail), feedback.type);
    return true;
}

static bool take_hotmail(struct verdicts *all)
{
    struct str recipient;
    if (!report_of_hotmail(all->mail, &recipient))
        return false;
    add_feedback(all, recipient, STR("abuse"));
    return true;
}

/* The part of the prose that is about this recipient; all of it when there is
 * but one. */
static struct str context_of(const struct mail *mail,
                             const struct prose_blocks *blocks,
                             const struct report *report, size_t index)
{
    for (size_t i = 0; i < blocks->count; i++)
        if (str_equal_nocase(blocks->items[i].recipient,
                             report->items[index].address))
            return report->count == 1 ? mail->prose : blocks->items[i].text;
    return report->count == 1 ? mail->prose : STR("");
}

static bool is_one_of(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_nocase(word, str_of(words[i])))
            return true;
    return false;
}

/* RFC 3464 §2.3.3: it arrived, or went on to where no reports come from; and
 * a status of class 2 says so whatever stands around it (RFC 3463 §3). */
static bool is_success(const struct report_recipient *r)
{
    static const char *const words[] = {"delivered", "relayed", "expanded",
                                        "deliverable"};
    struct status status;
    return is_one_of(r->action, words, ARRAY_SIZE(words)) ||
           (status_read(r->status, &status) && status.class == 2);
}

static bool take_report(struct verdicts *all)
{
    struct report report;
    struct prose_blocks blocks;
    if (!report_of(all->mail, &report))
        return false;
    prose_blocks(all->mail, &blocks);
    for (size_t i = 0; i < report.count; i++) {
        const struct report_recipient *r = &report.items[i];
        struct refusal_clue clue = {
            .status = r->status,
            .diagnostic = r->diagnostic,
            .context = context_of(all->mail, &blocks, &report, i),
            .delayed = str_equal_nocase(r->action, STR("delayed")),
        };
        struct str who = r->address.len ? r->address : original_to(all->mail);
        if (is_success(r))
            add_plain(all, who, BOUNCE_AUTOREPLY, "delivered");
        else
            judge(&clue, add(all, who));
    }
    return true;
}

/* ---- reports in prose ---- */

static const struct prose_block *block_of(const struct prose_blocks *blocks,
                                          struct str recipient)
{
    for (size_t i = 0; i < blocks->count; i++)
        if (str_equal_nocase(blocks->items[i].recipient, recipient))
            return &blocks->items[i];
    return NULL;
}

static void judge_text(struct verdicts *all, struct str recipient,
                       struct str text)
{
    struct refusal_clue clue = {.context = text,
                                .delayed = phrases_delayed(all->mail->prose)};
    struct str subject = fields_get(&all->mail->fields, "Subject");
    if (str_find_str(subject, STR("(Delay)")) < subject.len ||
        str_find_str(subject, STR("still being retried")) < subject.len)
        clue.delayed = true;
    judge(&clue, add(all, recipient));
}

/* X-Failed-Recipients, of Exim and Google: names them surely. */
static bool take_failed_field(struct verdicts *all,
                              const struct prose_blocks *blocks)
{
    struct str rest = fields_get(&all->mail->fields, "X-Failed-Recipients");
    while (rest.len && all->count < 500) {
        struct str one =
            field_address(&all->mail->arena, str_trim(str_cut(&rest, ',')));
        const struct prose_block *block = block_of(blocks, one);
        if (one.len)
            judge_text(all, one,
                       block && blocks->count > 1 ? block->text
                                                  : all->mail->prose);
    }
    return all->count > 0;
}

static void take_prose(struct verdicts *all)
{
    struct prose_blocks blocks;
    prose_blocks(all->mail, &blocks);
    if (take_failed_field(all, &blocks))
        return;
    for (size_t i = 0; i < blocks.count; i++)
        judge_text(all, blocks.items[i].recipient, blocks.items[i].text);
    if (!blocks.count)
        judge_text(all, original_to(all->mail), all->mail->prose);
}

/* ---- others ---- */

/* Amazon's notifications come as JSON in a mail. */
static bool take_notification(struct verdicts *all)
{
    struct str text = all->mail->prose;
    bool complaint =
        str_find_str(text, STR("notificationType\":\"Complaint")) < text.len ||
        str_find_str(text, STR("notificationType\\\":\\\"Complaint")) <
            text.len;
    bool bounce =
        str_find_str(text, STR("notificationType\":\"Bounce")) < text.len ||
        str_find_str(text, STR("notificationType\\\":\\\"Bounce")) < text.len;
    size_t length, at = plain_next_address(text, 0, &length);
    struct str who =
        at < text.len ? (struct str){text.ptr + at, length} : STR("");
    if (complaint)
        add_feedback(all, who, STR("abuse"));
    else if (bounce)
        judge_text(all, who, text);
    return complaint || bounce;
}

static bool take_unsubscribe(struct verdicts *all,
                             bool (*asks)(const struct mail *mail))
{
    if (!asks(all->mail))
        return false;
    add_plain(all, sender(all->mail), BOUNCE_UNSUBSCRIBE, "mail");
    return true;
}

static bool take_autoreply(struct verdicts *all)
{
    const char *kind = autoreply_kind(all->mail);
    if (kind)
        add_plain(all, sender(all->mail), BOUNCE_AUTOREPLY, kind);
    return kind != NULL;
}

/* Somebody passes on a report that came to them, or a program that we don't
 * know writes its own. */
static bool tells_failure(const struct mail *mail)
{
    struct str subject = fields_get(&mail->fields, "Subject");
    struct str text = mail->prose;
    return str_find_str(subject, STR("Returned mail")) < subject.len ||
           str_find_str(text, STR("MAILER-DAEMON")) < text.len ||
           phrases_failure(text);
}

static void decide(struct verdicts *all)
{
    if (take_feedback(all) || take_report(all) || take_hotmail(all) ||
        take_notification(all) || take_unsubscribe(all, leave_in_subject))
        return;
    bool system = from_mail_system(all->mail);
    if (!system &&
        (take_autoreply(all) || take_unsubscribe(all, leave_in_text)))
        return;
    if (system || tells_failure(all->mail)) {
        take_prose(all);
        return;
    }
    add_plain(all, sender(all->mail), BOUNCE_UNKNOWN, "not-understood");
}

void bounce_classify(struct mail *mail, struct bounce_verdicts *out)
{
    struct verdicts all = {.mail = mail};
    decide(&all);
    out->count = all.count;
    out->items =
        ARENA_NEW_ARRAY(&mail->arena, struct bounce_verdict, all.count);
    if (all.items)
        memcpy(out->items, all.items, all.count * sizeof *all.items);
    free(all.items);
}
