/* Stores the subscribers of an import in bulk. */
#include "subscribers/consent/import_store_internal.h"

#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "digest/base/timetext.h"
#include "subscribers/consent/consent.h"
#include "subscribers/consent/suppression.h"
#include "subscribers/roster/roster_write.h"

enum sql {
    EVENT,
    BARRIERS,
    NEWSLETTER,
    HOLD_WEEKS,
    FREE_WEEKS,
    ADD_WEEK,
    COUNT
};

static const char *const sql[] = {
    [EVENT] = "INSERT INTO consent_event (subscriber_id, newsletter_id, "
              "    event, means, at, client, note) "
              "VALUES (?1, ?2, ?3, '" MEANS_IMPORT "', ?4, ?5, ?6)",
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

static struct roster_entry entry_of(const struct import_row *row)
{
    return (struct roster_entry){
        .email = row->email,
        .email_key = row->key,
        .name = row->name,
        .language = row->language,
        .timezone = row->timezone,
        .created_at = row->created,
    };
}

bool import_store_add(struct db *db, struct import_keys *keys,
                      const struct import_row *row, int64_t *id, bool *added,
                      struct err *err)
{
    unsigned char key[ROSTER_KEY_SIZE];
    make_key(keys, key);
    struct roster_entry entry = entry_of(row);
    entry.key = key;
    return roster_enter(db, &entry, id, added, err);
}

bool import_store_subscribe(struct db *db, struct import_weeks *weeks,
                            const struct import_row *row, int64_t id,
                            enum subscription_state state, const char *event,
                            int64_t now, struct err *err)
{
    if (!roster_subscribe(db, row->newsletter_id, id, state, row->categories,
                          row->since, err) ||
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
    struct roster_entry entry = entry_of(row);
    return roster_fill(db, id, &entry, err);
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
