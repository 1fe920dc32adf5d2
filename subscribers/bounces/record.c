/* Records a mail's verdict: ends, suppresses, unsubscribes or counts. */
#include "digest/message/encoded_word.h"
#include "subscribers/bounces/record.h"

#include <inttypes.h>

#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/base/utf8.h"
#include "subscribers/bounces/bounce_store.h"
#include "subscribers/bounces/who_internal.h"
#include "subscribers/consent/consent.h"
#include "subscribers/consent/suppression.h"
#include "subscribers/roster/address.h"

/* A mail on its way into the record. */
struct record_entry {
    const struct bounce_recorder *recorder;
    struct mail mail;
    struct bounce_verdicts verdicts;
    struct bounce_verdict verdict; /* the one that counts */
    bool proven;
    struct token token; /* when it is */
    size_t *column;     /* of the tally */
    struct bounce_tally *tally;
};

static void entry_free(struct record_entry *entry)
{
    mail_free(&entry->mail);
}

/* ---- what is said, fit for the record ---- */

enum { NOTE_MAX_BYTES = 300, SOURCE_MAX_BYTES = 256 << 10 };

static const char *clean(struct record_entry *entry, struct str text)
{
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
    utf8_clean_line(&line, text);
    struct str all = strbuf_str(&line);
    all.len = utf8_cut_length(all, NOTE_MAX_BYTES);
    return arena_copy_str(&entry->mail.arena, all);
}

static const char *said(struct record_entry *entry)
{
    const struct bounce_verdict *v = &entry->verdict;
    const char *words = clean(entry, v->said);
    if (*words)
        return words;
    return arena_format(&entry->mail.arena, "%s%s%s", v->reason,
                        *v->status ? " " : "", v->status);
}

/* ---- who, and which verdict ---- */

static bool find_who(struct record_entry *entry, struct err *err)
{
    const struct bounce_recorder *r = entry->recorder;
    struct mail *mail = &entry->mail;
    if (entry->verdicts.items[0].kind == BOUNCE_UNSUBSCRIBE) {
        entry->proven = who_unsubscribes(r->keys, mail, &entry->token);
        return entry->proven || who_wrote(r->db, mail, r->authserv_id,
                                          &entry->token, &entry->proven, err);
    }
    entry->proven = who_by_token(r->keys, mail, &entry->token);
    return entry->proven ||
           who_by_message_id(r->db, r->keys, r->stop, mail, &entry->verdicts,
                             &entry->token, &entry->proven, err);
}

static int gravity(const struct bounce_verdict *v)
{
    return v->kind == BOUNCE_HARD ? 2 : v->kind == BOUNCE_SOFT;
}

/* The token says for whom it was sent; a report about several is one of an
 * address that passes mail on. Theirs counts; otherwise the mildest, for one
 * dead member doesn't make a list dead. */
static void choose_verdict(struct record_entry *entry, const char *email)
{
    const struct bounce_verdicts *all = &entry->verdicts;
    entry->verdict = all->items[0];
    for (size_t i = 0; i < all->count; i++) {
        if (str_equal_nocase(all->items[i].recipient, str_of(email))) {
            entry->verdict = all->items[i];
            return;
        }
        if (gravity(&all->items[i]) < gravity(&entry->verdict))
            entry->verdict = all->items[i];
    }
}

/* ---- kept aside ---- */

static bool set_aside(struct record_entry *entry, const char *why,
                      struct err *err)
{
    const struct bounce_verdict *v = &entry->verdict;
    OWNED(strbuf_free) struct strbuf subject = STRBUF_INIT, from = STRBUF_INIT;
    encoded_words_decode(fields_get(&entry->mail.fields, "Subject"), &subject);
    encoded_words_decode(fields_get(&entry->mail.fields, "From"), &from);
    struct str source = entry->mail.source;
    if (source.len > SOURCE_MAX_BYTES)
        source.len = SOURCE_MAX_BYTES;
    struct bounce_unmatched mail = {
        .at = entry->recorder->now,
        .why = str_of(why),
        .sender = str_of(clean(entry, strbuf_str(&from))),
        .subject = str_of(clean(entry, strbuf_str(&subject))),
        .recipient = str_of(clean(entry, v->recipient)),
        .kind = str_of(bounce_kind_name(v->kind)),
        .status = str_of(v->status),
        .reason = str_of(v->reason),
        .source = source,
    };
    entry->column = &entry->tally->aside;
    return bounce_store_add_unmatched(entry->recorder->db, &mail, err);
}

/* ---- what follows ---- */

static struct consent_origin origin_of(const struct record_entry *entry)
{
    return (struct consent_origin){
        .means = MEANS_MAIL,
        .issue_id = entry->token.issue_id,
        .now = entry->recorder->now,
        .keys = entry->recorder->keys,
    };
}

static bool do_hard(struct record_entry *entry, int64_t subscriber,
                    struct err *err)
{
    struct consent_origin origin = origin_of(entry);
    entry->column = &entry->tally->hard;
    return consent_bounce(entry->recorder->db, subscriber, said(entry), &origin,
                          err);
}

static bool do_complaint(struct record_entry *entry, int64_t subscriber,
                         struct err *err)
{
    struct consent_origin origin = origin_of(entry);
    entry->column = &entry->tally->complained;
    return consent_complain(entry->recorder->db, subscriber,
                            entry->verdict.reason, &origin, err);
}

static bool do_unsubscribe(struct record_entry *entry, int64_t subscriber,
                           struct err *err)
{
    struct consent_origin origin = origin_of(entry);
    enum consent_result result;
    entry->column = &entry->tally->unsubscribed;
    return consent_unsubscribe(entry->recorder->db, subscriber,
                               entry->token.newsletter_id, &origin, &result,
                               err);
}

enum { SOFT_LIMIT = 4 };

/* Soft ones, again and again, over weeks: nobody is there. */
static bool give_up(struct db *db, const struct bounce_soft *soft,
                    const struct consent_origin *origin, bool *given_up,
                    struct err *err)
{
    struct bounce_run run;
    int64_t limit = soft->limit > 0 ? soft->limit : SOFT_LIMIT;
    if (!bounce_store_run(db, soft->subscriber_id, &run, err))
        return false;
    *given_up =
        run.count >= limit && run.last_at - run.first_at >= BOUNCE_SOFT_SPAN_S;
    if (!*given_up)
        return true;
    OWNED(mem_free)
    char *note =
        mem_format("%" PRId64 " issues in a row: %s", run.count, soft->said);
    return consent_bounce(db, soft->subscriber_id, note, origin, err);
}

bool bounce_count_soft(struct db *db, const struct bounce_soft *soft,
                       const struct consent_origin *origin, bool *given_up,
                       struct err *err)
{
    return bounce_store_soft(db, soft->subscriber_id, origin->issue_id,
                             origin->now, soft->status, soft->reason, err) &&
           give_up(db, soft, origin, given_up, err);
}

static bool do_counted(struct record_entry *entry, int64_t subscriber,
                       struct err *err)
{
    const struct bounce_recorder *r = entry->recorder;
    struct consent_origin origin = origin_of(entry);
    bool given_up = false;
    struct bounce_soft soft = {
        .subscriber_id = subscriber,
        .status = entry->verdict.status,
        .reason = entry->verdict.reason,
        .said = said(entry),
        .limit = r->soft_limit,
    };
    if (!bounce_count_soft(r->db, &soft, &origin, &given_up, err))
        return false;
    entry->column = given_up ? &entry->tally->given_up : &entry->tally->soft;
    return true;
}

static bool do_refusal(struct record_entry *entry, const char *email,
                       struct err *err)
{
    struct bounce_refusal refusal = {
        .domain = address_domain(str_of(email)),
        .reason = str_of(entry->verdict.reason),
        .status = str_of(entry->verdict.status),
        .said = str_of(said(entry)),
    };
    if (!refusal.domain.ptr)
        refusal.domain = STR("");
    entry->column = &entry->tally->policy;
    return bounce_store_refuse(entry->recorder->db, &refusal,
                               entry->recorder->now, err);
}

static bool do_soft(struct record_entry *entry,
                    const struct subscriber *subscriber, struct err *err)
{
    if (entry->verdict.counts)
        return do_counted(entry, subscriber->id, err);
    if (reason_find(entry->verdict.reason) == REASON_DELAYED) {
        entry->column = &entry->tally->delayed;
        return true;
    }
    return do_refusal(entry, subscriber->email, err);
}

/* Whether a bounce is of an address that its subscriber gave up: it says
 * nothing of the present one. A complaint, or a leaving, is theirs from
 * either. */
static bool is_of_former(const struct record_entry *entry,
                         const struct subscriber *subscriber, bool *out,
                         struct err *err)
{
    const struct bounce_verdict *v = &entry->verdict;
    *out = false;
    return (v->kind != BOUNCE_HARD && v->kind != BOUNCE_SOFT) ||
           str_equal_nocase(v->recipient, str_of(subscriber->email)) ||
           bounce_store_was_former(entry->recorder->db, subscriber->id,
                                   entry->token.issue_id, out, err);
}

static bool act(struct record_entry *entry, const struct subscriber *subscriber,
                struct err *err)
{
    switch (entry->verdict.kind) {
    case BOUNCE_HARD:
        return do_hard(entry, subscriber->id, err);
    case BOUNCE_COMPLAINT:
        return entry->verdict.counts
                   ? do_complaint(entry, subscriber->id, err)
                   : do_refusal(entry, subscriber->email, err);
    case BOUNCE_UNSUBSCRIBE:
        return do_unsubscribe(entry, subscriber->id, err);
    case BOUNCE_SOFT:
        return do_soft(entry, subscriber, err);
    case BOUNCE_AUTOREPLY:
        entry->column = &entry->tally->ignored;
        return true;
    case BOUNCE_UNKNOWN:
        break;
    }
    return set_aside(entry, "not understood", err);
}

/* ---- one mail ---- */

/* The key of a mail: its Message-ID, or a hash of it all but the line ends that
 * mailboxes put behind it. */
static struct str message_key(struct record_entry *entry)
{
    struct str id = fields_get(&entry->mail.fields, "Message-ID");
    if (id.len && id.len < 1000)
        return str_of(clean(entry, id));
    unsigned char digest[32];
    OWNED(strbuf_free) struct strbuf hex = STRBUF_INIT;
    token_digest(entry->recorder->keys, str_trim(entry->mail.source), digest);
    hex_encode(&hex, (struct str){(const char *)digest, sizeof digest});
    return str_of(arena_copy_str(&entry->mail.arena, strbuf_str(&hex)));
}

static bool see(struct record_entry *entry, struct str recipient, bool *fresh,
                struct err *err)
{
    if (!bounce_store_see(entry->recorder->db, message_key(entry), recipient,
                          entry->recorder->now, fresh, err))
        return false;
    if (!*fresh)
        entry->column = &entry->tally->again;
    return true;
}

/* Whether a mail is of somebody who was erased: nothing of theirs is kept, not
 * even what comes later. */
static bool was_erased(struct record_entry *entry, bool *out, struct err *err)
{
    const struct bounce_recorder *r = entry->recorder;
    OWNED(address_free) struct address address = {0};
    struct err ignored = {0};
    enum suppression_kind kind;
    *out = false;
    if (!address_parse(entry->verdict.recipient, &address, &ignored))
        return true;
    if (!suppression_of(r->db, strbuf_text(&address.key), r->keys, &kind, err))
        return false;
    *out = kind == SUPPRESSION_FORGOTTEN || kind == SUPPRESSION_SEALED;
    return true;
}

static bool record_unproven(struct record_entry *entry, struct err *err)
{
    bool fresh, erased;
    entry->verdict = entry->verdicts.items[0];
    if (!was_erased(entry, &erased, err))
        return false;
    if (erased) {
        entry->column = &entry->tally->ignored;
        return true;
    }
    if (!see(entry, str_of(clean(entry, entry->verdict.recipient)), &fresh,
             err))
        return false;
    if (!fresh)
        return true;
    if (entry->verdict.kind == BOUNCE_AUTOREPLY) {
        entry->column = &entry->tally->ignored;
        return true;
    }
    return set_aside(entry,
                     entry->verdict.kind == BOUNCE_UNKNOWN
                         ? "not understood"
                         : "nothing in it is signed by us",
                     err);
}

static bool record_proven(struct record_entry *entry, struct err *err)
{
    struct mail *mail = &entry->mail;
    struct subscriber subscriber;
    struct err missing = {0};
    bool fresh;
    if (!roster_get_by_key(entry->recorder->db, entry->token.subscriber_key,
                           &mail->arena, &subscriber, &missing)) {
        if (missing.kind != ERR_NOT_FOUND) {
            *err = missing;
            return false;
        }
        entry->column = &entry->tally->ignored; /* they were forgotten */
        return true;
    }
    choose_verdict(entry, subscriber.email);
    const char *who = arena_format(&mail->arena, "%" PRId64, subscriber.id);
    bool former;
    if (!see(entry, str_of(who), &fresh, err))
        return false;
    if (!fresh)
        return true;
    if (!is_of_former(entry, &subscriber, &former, err))
        return false;
    entry->column = &entry->tally->ignored;
    return former || act(entry, &subscriber, err);
}

bool bounce_record(const struct bounce_recorder *recorder, struct str source,
                   struct bounce_tally *tally, struct err *err)
{
    OWNED(entry_free)
    struct record_entry entry = {.recorder = recorder, .tally = tally};
    mail_parse(source, &entry.mail);
    bounce_classify(&entry.mail, &entry.verdicts);
    OWNED(tx_end) struct tx tx = TX_INIT;
    /* To find who may take long: nobody waits for it. */
    if (!find_who(&entry, err) ||
        !tx_begin(&tx, recorder->db, TX_DURABLE, err) ||
        !(entry.proven ? record_proven(&entry, err)
                       : record_unproven(&entry, err)) ||
        !tx_commit(&tx, err))
        return false;
    tally->read++;
    ++*entry.column;
    return true;
}
