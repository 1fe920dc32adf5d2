/* Taking somebody out of what came back. */
#include <inttypes.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/message/encoded_word.h"
#include "subscribers/bounces/bounce_store.h"
#include "subscribers/bounces/mail_internal.h"

enum sql {
    DROP_SOFT,
    DROP_SEEN,
    FIND_SEEN,
    DROP_SEEN_ROW,
    FIND_ASIDE,
    SOURCE,
    DROP_ASIDE,
    FIND_SAID,
    PUT_SAID,
    SQL_COUNT
};

static const char *const sql[] = {
    [DROP_SOFT] = "DELETE FROM bounce_soft WHERE subscriber_id = ?1",
    [DROP_SEEN] = "DELETE FROM bounce_seen WHERE recipient = ?1",
    [FIND_SEEN] = "SELECT message, recipient FROM bounce_seen",
    [DROP_SEEN_ROW] =
        "DELETE FROM bounce_seen WHERE message = ?1 AND recipient = ?2",
    [FIND_ASIDE] = "SELECT id, sender, subject, recipient, reason, why "
                   "FROM bounce_aside",
    [SOURCE] = "SELECT source FROM bounce_aside WHERE id = ?1",
    [DROP_ASIDE] = "DELETE FROM bounce_aside WHERE id = ?1",
    [FIND_SAID] = "SELECT domain, reason, status, said FROM bounce_refusal",
    [PUT_SAID] = "UPDATE bounce_refusal SET said = ?4 "
                 "WHERE domain = ?1 AND reason = ?2 AND status = ?3",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static bool drop_of(struct db *db, enum sql which, int64_t subscriber_id,
                    struct err *err)
{
    struct stmt *drop = db_stmt(db, sql[which]);
    OWNED(mem_free) char *text = mem_format("%" PRId64, subscriber_id);
    if (which == DROP_SEEN)
        stmt_bind_text(drop, 1, text);
    else
        stmt_bind_int(drop, 1, subscriber_id);
    return stmt_run(drop, err);
}

/* Rows that are known by texts are kept aside, and changed after the reading.
 */
struct texts {
    const char *at[4];
};
struct texts_list {
    struct texts *items;
    size_t count, capacity;
};

static bool read_texts(struct db *db, enum sql find, size_t columns,
                       size_t first, const struct redaction *words,
                       struct arena *arena, struct texts_list *out,
                       struct err *err)
{
    struct stmt *row = db_stmt(db, sql[find]);
    while (stmt_step(row, err)) {
        struct texts one = {{0}};
        bool found = false;
        for (size_t i = 0; i < columns; i++) {
            one.at[i] = arena_copy(arena, stmt_text(row, (int)i));
            found |= i >= first && redaction_finds(words, str_of(one.at[i]));
        }
        if (found)
            MEM_PUSH(out->items, out->count, out->capacity, one);
    }
    return stmt_done(row);
}

static bool drop_seen(struct db *db, const struct redaction *words,
                      struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct texts_list rows = {0};
    bool good = read_texts(db, FIND_SEEN, 2, 0, words, &arena, &rows, err);
    for (size_t i = 0; i < rows.count && good; i++) {
        struct stmt *drop = db_stmt(db, sql[DROP_SEEN_ROW]);
        stmt_bind_text(drop, 1, rows.items[i].at[0]);
        stmt_bind_text(drop, 2, rows.items[i].at[1]);
        good = stmt_run(drop, err);
    }
    free(rows.items);
    return good;
}

static bool redact_refusals(struct db *db, const struct redaction *words,
                            struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct texts_list rows = {0};
    bool good = read_texts(db, FIND_SAID, 4, 3, words, &arena, &rows, err);
    for (size_t i = 0; i < rows.count && good; i++) {
        OWNED(strbuf_free) struct strbuf said = STRBUF_INIT;
        struct stmt *put = db_stmt(db, sql[PUT_SAID]);
        redaction_write(words, str_of(rows.items[i].at[3]), &said);
        for (int j = 0; j < 3; j++)
            stmt_bind_text(put, j + 1, rows.items[i].at[j]);
        stmt_bind_str(put, 4, strbuf_str(&said));
        good = stmt_run(put, err);
    }
    free(rows.items);
    return good;
}

static bool fields_name(const struct fields *fields,
                        const struct redaction *words)
{
    for (size_t i = 0; i < fields->count; i++) {
        OWNED(strbuf_free) struct strbuf value = STRBUF_INIT;
        encoded_words_decode(fields->items[i].value, &value);
        if (redaction_finds(words, strbuf_str(&value)))
            return true;
    }
    return false;
}

/* Whether a mail names somebody, as it stands there, or as it is read in
 * whatever encoding. */
static bool mail_names(struct str source, const struct redaction *words)
{
    OWNED(mail_free) struct mail mail = {0};
    if (redaction_finds(words, source))
        return true;
    mail_parse(source, &mail);
    if (fields_name(&mail.fields, words) || fields_name(&mail.original, words))
        return true;
    for (size_t i = 0; i < mail.count; i++)
        if (redaction_finds(words, mail.parts[i].text))
            return true;
    return false;
}

static bool find_asides(struct db *db, const struct redaction *words,
                        int64_t **ids, size_t *count, struct err *err)
{
    size_t capacity = 0;
    struct stmt *row = db_stmt(db, sql[FIND_ASIDE]);
    while (stmt_step(row, err)) {
        int64_t id = stmt_int(row, 0);
        bool found = false;
        for (int i = 1; i <= 5; i++)
            found |= redaction_finds(words, stmt_str(row, i));
        struct stmt *mail = found ? NULL : db_stmt(db, sql[SOURCE]);
        if (mail)
            stmt_bind_int(mail, 1, id);
        while (mail && stmt_step(mail, err))
            found = mail_names(stmt_str(mail, 0), words);
        if (mail && !stmt_done(mail)) {
            stmt_reset(row);
            return false;
        }
        if (found)
            MEM_PUSH(*ids, *count, capacity, id);
    }
    return stmt_done(row);
}

static bool drop_asides(struct db *db, const struct redaction *words,
                        struct err *err)
{
    int64_t *ids = NULL;
    size_t count = 0;
    bool good = find_asides(db, words, &ids, &count, err);
    for (size_t i = 0; i < count && good; i++)
        good = drop_of(db, DROP_ASIDE, ids[i], err);
    free(ids);
    return good;
}

bool bounce_store_erase(struct db *db, const struct erased *who,
                        struct err *err)
{
    return drop_of(db, DROP_SOFT, who->subscriber_id, err) &&
           drop_of(db, DROP_SEEN, who->subscriber_id, err) &&
           drop_seen(db, who->words, err) && drop_asides(db, who->words, err) &&
           redact_refusals(db, who->words, err);
}
