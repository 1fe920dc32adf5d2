#include "subscribers/consent/import_store_internal.h"

#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "digest/base/timetext.h"
#include "subscribers/consent/consent.h"
#include "subscribers/consent/suppression.h"

enum sql {
    ADD,
    ID_OF,
    SUBSCRIBE,
    EVENT,
    UPDATE,
    BARRIERS,
    NEWSLETTER,
    HOLD_WEEKS,
    FREE_WEEKS,
    ADD_WEEK,
    COUNT
};

static const char *const sql[] = {
    [ADD] = "INSERT INTO subscriber (key, email, email_key, name, language, "
            "    timezone, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
            "ON CONFLICT (email_key) DO NOTHING",
    [ID_OF] = "SELECT id FROM subscriber WHERE email_key = ?1",
    [SUBSCRIBE] = "INSERT INTO subscription (newsletter_id, subscriber_id, "
                  "    state, categories, since) VALUES (?1, ?2, ?3, ?4, ?5)",
    [EVENT] = "INSERT INTO consent_event (subscriber_id, newsletter_id, "
              "    event, means, at, client, note) "
              "VALUES (?1, ?2, ?3, '" MEANS_IMPORT "', ?4, ?5, ?6)",
    [UPDATE] = "UPDATE subscriber SET "
               "    name = CASE ?2 WHEN '' THEN name ELSE ?2 END, "
               "    language = CASE ?3 WHEN '' THEN language ELSE ?3 END, "
               "    timezone = CASE ?4 WHEN '' THEN timezone ELSE ?4 END "
               "WHERE id = ?1 AND ((?2 <> '' AND name <> ?2) "
               "    OR (?3 <> '' AND language <> ?3) "
               "    OR (?4 <> '' AND timezone <> ?4))",
    [BARRIERS] = "SELECT count(*), coalesce(sum(address_key LIKE 'hmac:%'), 0) "
                 "FROM suppression",
    [NEWSLETTER] = "SELECT id FROM newsletter WHERE slug = ?1",
    [HOLD_WEEKS] = "INSERT INTO list_import (id) VALUES (1)",
    [FREE_WEEKS] = "DELETE FROM list_import",
    [ADD_WEEK] = "INSERT INTO list_week (newsletter_id, week, joined) "
                 "VALUES (?1, ?2, ?3) ON CONFLICT (newsletter_id, week) "
                 "DO UPDATE SET joined = joined + excluded.joined",
};
_Static_assert(ARRAY_SIZE(sql) == COUNT, "a statement for each name");

/* ---- figures ---- */

static bool flush_weeks(struct db *db, struct import_weeks *weeks,
                        struct err *err)
{
    for (size_t i = 0; i < weeks->count; i++) {
        struct stmt *add = db_stmt(db, sql[ADD_WEEK]);
        stmt_bind_int(add, 1, weeks->items[i].newsletter_id);
        stmt_bind_int(add, 2, weeks->items[i].week);
        stmt_bind_int(add, 3, weeks->items[i].joined);
        if (!stmt_run(add, err))
            return false;
    }
    weeks->count = 0;
    return true;
}

static bool count_joined(struct db *db, struct import_weeks *weeks,
                         int64_t newsletter_id, int64_t since, struct err *err)
{
    int64_t week = time_week_begin(since);
    for (size_t i = 0; i < weeks->count; i++)
        if (weeks->items[i].newsletter_id == newsletter_id &&
            weeks->items[i].week == week) {
            weeks->items[i].joined++;
            return true;
        }
    if (weeks->count == IMPORT_WEEKS && !flush_weeks(db, weeks, err))
        return false;
    weeks->items[weeks->count].newsletter_id = newsletter_id;
    weeks->items[weeks->count].week = week;
    weeks->items[weeks->count++].joined = 1;
    return true;
}

bool import_weeks_begin(struct db *db, struct import_weeks *weeks,
                        struct err *err)
{
    weeks->count = 0;
    return stmt_run(db_stmt(db, sql[HOLD_WEEKS]), err);
}

bool import_weeks_end(struct db *db, struct import_weeks *weeks,
                      struct err *err)
{
    return flush_weeks(db, weeks, err) &&
           stmt_run(db_stmt(db, sql[FREE_WEEKS]), err);
}

/* ---- people ---- */

void import_keys_begin(struct import_keys *keys)
{
    random_bytes(keys->shared, sizeof keys->shared);
    keys->left = 0;
}

static void make_key(struct import_keys *keys,
                     unsigned char key[ROSTER_KEY_SIZE])
{
    enum { OWN = ROSTER_KEY_SIZE - IMPORT_KEY_SHARED };
    if (keys->left < OWN) {
        random_bytes(keys->bytes, sizeof keys->bytes);
        keys->left = sizeof keys->bytes;
    }
    keys->left -= OWN;
    memcpy(key, keys->shared, IMPORT_KEY_SHARED);
    memcpy(key + IMPORT_KEY_SHARED, keys->bytes + keys->left, OWN);
}

bool import_store_add(struct db *db, struct import_keys *keys,
                      const struct import_row *row, int64_t *id, bool *added,
                      struct err *err)
{
    unsigned char key[ROSTER_KEY_SIZE];
    make_key(keys, key);
    struct stmt *add = db_stmt(db, sql[ADD]);
    stmt_bind_blob(add, 1, (struct str){(const char *)key, sizeof key});
    stmt_bind_text(add, 2, row->email);
    stmt_bind_text(add, 3, row->key);
    stmt_bind_text(add, 4, row->name);
    stmt_bind_text(add, 5, row->language);
    stmt_bind_text(add, 6, row->timezone);
    stmt_bind_int(add, 7, row->created);
    if (!stmt_run(add, err))
        return false;
    *added = db_changes(db) > 0;
    *id = db_last_id(db);
    if (*added)
        return true;
    struct stmt *find = db_stmt(db, sql[ID_OF]);
    stmt_bind_text(find, 1, row->key);
    return stmt_one_int(find, id, err);
}

bool import_store_subscribe(struct db *db, struct import_weeks *weeks,
                            const struct import_row *row, int64_t id,
                            enum subscription_state state, const char *event,
                            int64_t now, struct err *err)
{
    struct stmt *add = db_stmt(db, sql[SUBSCRIBE]);
    stmt_bind_int(add, 1, row->newsletter_id);
    stmt_bind_int(add, 2, id);
    stmt_bind_text(add, 3, subscription_state_name(state));
    stmt_bind_text(add, 4, row->categories);
    stmt_bind_int(add, 5, row->since);
    if (!stmt_run(add, err) ||
        (state == SUBSCRIPTION_ACTIVE &&
         !count_joined(db, weeks, row->newsletter_id, row->since, err)))
        return false;
    struct stmt *record = db_stmt(db, sql[EVENT]);
    stmt_bind_int(record, 1, id);
    stmt_bind_int(record, 2, row->newsletter_id);
    stmt_bind_text(record, 3, event);
    stmt_bind_int(record, 4, now);
    stmt_bind_text(record, 5, row->client);
    stmt_bind_text(record, 6, row->note);
    return stmt_run(record, err);
}

bool import_store_update(struct db *db, const struct import_row *row,
                         int64_t id, struct err *err)
{
    struct stmt *set = db_stmt(db, sql[UPDATE]);
    stmt_bind_int(set, 1, id);
    stmt_bind_text(set, 2, row->name);
    stmt_bind_text(set, 3, row->language);
    stmt_bind_text(set, 4, row->timezone);
    return stmt_run(set, err);
}

bool import_store_barriers(struct db *db, bool *suppressed, bool *forgotten,
                           struct err *err)
{
    struct stmt *count = db_stmt(db, sql[BARRIERS]);
    *suppressed = *forgotten = false;
    while (stmt_step(count, err)) {
        *suppressed = stmt_int(count, 0) > 0;
        *forgotten = stmt_int(count, 1) > 0;
    }
    return stmt_done(count);
}

bool import_store_newsletter(struct db *db, struct str slug, int64_t *id,
                             struct err *err)
{
    struct stmt *find = db_stmt(db, sql[NEWSLETTER]);
    stmt_bind_str(find, 1, slug);
    *id = 0;
    while (stmt_step(find, err))
        *id = stmt_int(find, 0);
    return stmt_done(find);
}
