/* Stores subscribers and subscriptions: adds, finds, searches, lists. */
#include "subscribers/roster/roster_store.h"

#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "subscribers/roster/name_words.h"

#define ROWS                                                                   \
    "SELECT s.id, s.key, s.email, s.name, s.language, s.timezone, "            \
    "       s.created_at, n.id, n.slug, x.state, x.categories, x.since "

#define SUBSCRIPTIONS                                                          \
    "LEFT JOIN subscription x ON x.subscriber_id = s.id "                      \
    "LEFT JOIN newsletter n ON n.id = x.newsletter_id "

/* True where one of a subscriber's words is in a range, or no range is
 * given. */
#define HAS_WORD(from, to)                                                     \
    "(" from " = '' OR EXISTS (SELECT 1 FROM name_word x "                     \
    "    WHERE x.subscriber_id = w.subscriber_id "                             \
    "    AND x.word >= " from " AND x.word < " to "))"

enum sql {
    GET,
    GET_BY_KEY,
    GET_BY_ID,
    FIND,
    FIND_INACTIVE,
    SEARCH,
    SEARCH_NAMES,
    ID_OF,
    ADD,
    NAME,
    STATE,
    SET_STATE,
    SET_CATEGORIES,
    SUPPRESSED,
    COUNT_ACTIVE,
    COUNT_ALL_ACTIVE,
    SQL_COUNT
};

static const char *const sql[] = {
    [GET] = ROWS "FROM subscriber s " SUBSCRIPTIONS
                 "WHERE s.email_key = ?1 ORDER BY n.slug",
    [GET_BY_KEY] = ROWS "FROM subscriber s " SUBSCRIPTIONS
                        "WHERE s.key = ?1 ORDER BY n.slug",
    [GET_BY_ID] = ROWS "FROM subscriber s " SUBSCRIPTIONS
                       "WHERE s.id = ?1 ORDER BY n.slug",
    [FIND] = ROWS "FROM (SELECT * FROM subscriber t WHERE t.id > ?1 "
                  "      AND t.email <> '' "
                  "      AND ((?2 IS NULL AND ?3 IS NULL) OR EXISTS ("
                  "          SELECT 1 FROM subscription y "
                  "          JOIN newsletter m ON m.id = y.newsletter_id "
                  "          WHERE y.subscriber_id = t.id "
                  "          AND (?2 IS NULL OR m.slug = ?2) "
                  "          AND (?3 IS NULL OR y.state = ?3))) "
                  "      ORDER BY t.id LIMIT ?4) s " SUBSCRIPTIONS
                  "ORDER BY s.id, n.slug",
    [FIND_INACTIVE] =
        ROWS "FROM (SELECT DISTINCT t.* FROM subscription y "
             "      JOIN subscriber t ON t.id = y.subscriber_id "
             "      JOIN newsletter m ON m.id = y.newsletter_id "
             "      WHERE y.state = ?3 AND y.state <> 'active' "
             "      AND y.subscriber_id > ?1 AND t.email <> '' "
             "      AND (?2 IS NULL OR m.slug = ?2) "
             "      ORDER BY y.subscriber_id LIMIT ?4) s " SUBSCRIPTIONS
             "ORDER BY s.id, n.slug",
    [SEARCH] = ROWS "FROM (SELECT * FROM subscriber t "
                    "      WHERE t.email_key >= ?1 AND t.email_key < ?2 "
                    "      AND t.email_key > ?3 AND t.email <> '' "
                    "      ORDER BY t.email_key LIMIT ?4) s " SUBSCRIPTIONS
                    "ORDER BY s.email_key, n.slug",
    [SEARCH_NAMES] =
        ROWS "FROM (SELECT t.*, w.word AS word FROM ("
             "          SELECT word, subscriber_id FROM name_word "
             "          WHERE word >= ?1 AND word < ?2 "
             "          ORDER BY word, subscriber_id LIMIT ?8) w "
             "      JOIN subscriber t ON t.id = w.subscriber_id "
             "      WHERE t.email <> '' AND NOT EXISTS ("
             "          SELECT 1 FROM name_word v "
             "          WHERE v.subscriber_id = t.id "
             "          AND v.word >= ?1 AND v.word < w.word) "
             "      AND " HAS_WORD("?3", "?4") " AND " HAS_WORD(
                 "?5", "?6") "      ORDER BY w.word, w.subscriber_id LIMIT ?7) "
                             "s " SUBSCRIPTIONS "ORDER BY s.word, s.id, n.slug",
    [ID_OF] = "SELECT id FROM subscriber WHERE email_key = ?1",
    [ADD] = "INSERT INTO subscriber (key, email, email_key, name, created_at) "
            "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (email_key) DO NOTHING",
    [NAME] = "UPDATE subscriber SET name = ?2 WHERE id = ?1 AND name <> ?2",
    [STATE] = "SELECT state, since, asked_at FROM subscription "
              "WHERE newsletter_id = ?1 AND subscriber_id = ?2",
    [SET_STATE] = "INSERT INTO subscription (newsletter_id, subscriber_id, "
                  "    state, since) VALUES (?1, ?2, ?3, ?4) "
                  "ON CONFLICT (newsletter_id, subscriber_id) "
                  "DO UPDATE SET state = excluded.state, "
                  "    since = excluded.since",
    [SET_CATEGORIES] = "UPDATE subscription SET categories = ?3 "
                       "WHERE newsletter_id = ?1 AND subscriber_id = ?2",
    [SUPPRESSED] = "SELECT count(*) FROM suppression WHERE address_key = ?1",
    [COUNT_ACTIVE] = "SELECT count(*) FROM subscription "
                     "WHERE newsletter_id = ?1 AND state = 'active'",
    [COUNT_ALL_ACTIVE] = "SELECT count(*) FROM subscription "
                         "WHERE state = 'active'",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

/* ---- reading ---- */

static void read_subscriber(struct stmt *row, struct arena *arena,
                            struct subscriber *out)
{
    struct str key = stmt_str(row, 1);
    *out = (struct subscriber){
        .id = stmt_int(row, 0),
        .email = arena_copy(arena, stmt_text(row, 2)),
        .name = arena_copy(arena, stmt_text(row, 3)),
        .language = arena_copy(arena, stmt_text(row, 4)),
        .timezone = arena_copy(arena, stmt_text(row, 5)),
        .created_at = stmt_int(row, 6),
    };
    memcpy(out->key, key.ptr,
           key.len < ROSTER_KEY_SIZE ? key.len : ROSTER_KEY_SIZE);
}

static struct subscription read_subscription(struct stmt *row,
                                             struct arena *arena)
{
    struct subscription subscription = {
        .newsletter_id = stmt_int(row, 7),
        .newsletter = arena_copy(arena, stmt_text(row, 8)),
        .categories = arena_copy(arena, stmt_text(row, 10)),
        .since = stmt_int(row, 11),
    };
    subscription_state_find(stmt_text(row, 9), &subscription.state);
    return subscription;
}

/* The rows of one subscriber follow each other; their subscriptions are
 * gathered here and copied into the arena when the next one begins. */
struct gathering {
    struct arena *arena;
    struct subscriber *items;
    size_t count, capacity;
    struct subscription *held;
    size_t held_count, held_capacity;
};

static void gathering_free(struct gathering *gathering)
{
    free(gathering->items);
    free(gathering->held);
}

static void close_subscriber(struct gathering *g)
{
    if (g->held_count == 0)
        return;
    struct subscription *copy =
        ARENA_NEW_ARRAY(g->arena, struct subscription, g->held_count);
    memcpy(copy, g->held, g->held_count * sizeof *copy);
    g->items[g->count - 1].subscriptions = copy;
    g->items[g->count - 1].subscription_count = g->held_count;
    g->held_count = 0;
}

static bool gather(struct gathering *g, struct stmt *rows, struct err *err)
{
    while (stmt_step(rows, err)) {
        int64_t id = stmt_int(rows, 0);
        if (g->count == 0 || g->items[g->count - 1].id != id) {
            if (g->count)
                close_subscriber(g);
            struct subscriber subscriber;
            read_subscriber(rows, g->arena, &subscriber);
            MEM_PUSH(g->items, g->count, g->capacity, subscriber);
        }
        if (!stmt_is_null(rows, 7))
            MEM_PUSH(g->held, g->held_count, g->held_capacity,
                     read_subscription(rows, g->arena));
    }
    if (g->count)
        close_subscriber(g);
    return stmt_done(rows);
}

static bool get_one(struct stmt *rows, struct arena *arena,
                    struct subscriber *out, struct err *err)
{
    OWNED(gathering_free) struct gathering found = {.arena = arena};
    if (!gather(&found, rows, err))
        return false;
    if (found.count == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no such subscriber");
    *out = found.items[0];
    return true;
}

bool roster_get(struct db *db, const char *email_key, struct arena *arena,
                struct subscriber *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[GET]);
    stmt_bind_text(rows, 1, email_key);
    if (get_one(rows, arena, out, err))
        return true;
    if (err && err->kind == ERR_NOT_FOUND)
        return err_set(err, ERR_NOT_FOUND, "%s isn't a subscriber",
                       email_key) ||
               err_remedy(err, REMEDY_LIST_SUBSCRIBERS, NULL);
    return false;
}

bool roster_get_by_key(struct db *db, const unsigned char key[ROSTER_KEY_SIZE],
                       struct arena *arena, struct subscriber *out,
                       struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[GET_BY_KEY]);
    stmt_bind_blob(rows, 1, (struct str){(const char *)key, ROSTER_KEY_SIZE});
    return get_one(rows, arena, out, err);
}

bool roster_get_by_id(struct db *db, int64_t id, struct arena *arena,
                      struct subscriber *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[GET_BY_ID]);
    stmt_bind_int(rows, 1, id);
    return get_one(rows, arena, out, err);
}

static bool list_all(struct stmt *rows, struct arena *arena,
                     struct roster_list *out, struct err *err)
{
    OWNED(gathering_free) struct gathering found = {.arena = arena};
    if (!gather(&found, rows, err))
        return false;
    *out = (struct roster_list){
        .items = ARENA_NEW_ARRAY(arena, struct subscriber, found.count),
        .count = found.count,
    };
    if (found.count)
        memcpy(out->items, found.items, found.count * sizeof *out->items);
    return true;
}

bool roster_find(struct db *db, const struct roster_query *query,
                 struct arena *arena, struct roster_list *out, struct err *err)
{
    bool inactive = query->state && strcmp(query->state, "active") != 0;
    struct stmt *rows = db_stmt(db, sql[inactive ? FIND_INACTIVE : FIND]);
    stmt_bind_int(rows, 1, query->after_id);
    stmt_bind_text(rows, 2, query->newsletter);
    stmt_bind_text(rows, 3, query->state);
    stmt_bind_int(rows, 4, query->limit ? (int64_t)query->limit : -1);
    return list_all(rows, arena, out, err);
}

/* U+10FFFF is behind all that an address can go on with. */
bool roster_search(struct db *db, const char *beginning, const char *after,
                   size_t limit, struct arena *arena, struct roster_list *out,
                   struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[SEARCH]);
    const char *end = arena_format(arena, "%s\xf4\x8f\xbf\xbf", beginning);
    stmt_bind_text(rows, 1, beginning);
    stmt_bind_text(rows, 2, end);
    stmt_bind_text(rows, 3, after ? after : "");
    stmt_bind_int(rows, 4, (int64_t)limit);
    return list_all(rows, arena, out, err);
}

/* The longest word leads: fewest have it. */
static void lead_with_longest(struct str *words, size_t count)
{
    size_t longest = 0;
    for (size_t i = 1; i < count; i++)
        if (words[i].len > words[longest].len)
            longest = i;
    struct str first = words[0];
    words[0] = words[longest];
    words[longest] = first;
}

bool roster_search_names(struct db *db, struct str name, size_t limit,
                         struct arena *arena, struct roster_list *out,
                         struct err *err)
{
    enum { WORDS = 3, LOOKED_AT = 10000, EACH = NAME_WORDS_MAX };
    OWNED(strbuf_free) struct strbuf folded = STRBUF_INIT;
    struct str words[NAME_WORDS_MAX], rest;
    size_t count = 0;
    *out = (struct roster_list){0};
    name_words(name, &folded);
    rest = strbuf_str(&folded);
    while (count < NAME_WORDS_MAX && str_next_line(&rest, &words[count]))
        count++;
    if (!count)
        return true;
    lead_with_longest(words, count);
    struct stmt *rows = db_stmt(db, sql[SEARCH_NAMES]);
    for (size_t i = 0; i < WORDS; i++) {
        const char *word = i < count ? arena_copy_str(arena, words[i]) : "";
        stmt_bind_text(rows, (int)(2 * i + 1), word);
        stmt_bind_text(rows, (int)(2 * i + 2),
                       arena_format(arena, "%s\xf4\x8f\xbf\xbf", word));
    }
    stmt_bind_int(rows, 7, (int64_t)limit);
    stmt_bind_int(rows, 8, count > 1 ? LOOKED_AT : (int64_t)limit * EACH);
    return list_all(rows, arena, out, err);
}

bool roster_suppressed(struct db *db, const char *email_key, bool *out,
                       struct err *err)
{
    struct stmt *find = db_stmt(db, sql[SUPPRESSED]);
    stmt_bind_text(find, 1, email_key);
    int64_t found;
    if (!stmt_one_int(find, &found, err))
        return false;
    *out = found > 0;
    return true;
}

bool roster_count_active(struct db *db, int64_t newsletter_id, int64_t *out,
                         struct err *err)
{
    struct stmt *count =
        db_stmt(db, sql[newsletter_id ? COUNT_ACTIVE : COUNT_ALL_ACTIVE]);
    if (newsletter_id)
        stmt_bind_int(count, 1, newsletter_id);
    return stmt_one_int(count, out, err);
}

/* ---- writing ---- */

static bool add_new(struct db *db, const char *email, const char *email_key,
                    const char *name, int64_t now, bool *added, struct err *err)
{
    unsigned char key[ROSTER_KEY_SIZE];
    random_bytes(key, sizeof key);
    struct stmt *add = db_stmt(db, sql[ADD]);
    stmt_bind_blob(add, 1, (struct str){(const char *)key, sizeof key});
    stmt_bind_text(add, 2, email);
    stmt_bind_text(add, 3, email_key);
    stmt_bind_text(add, 4, name ? name : "");
    stmt_bind_int(add, 5, now);
    if (!stmt_run(add, err))
        return false;
    *added = db_changes(db) > 0;
    return true;
}

static bool rename_subscriber(struct db *db, int64_t id, const char *name,
                              struct err *err)
{
    struct stmt *set = db_stmt(db, sql[NAME]);
    stmt_bind_int(set, 1, id);
    stmt_bind_text(set, 2, name);
    return stmt_run(set, err);
}

bool roster_add(struct db *db, const char *email, const char *email_key,
                const char *name, int64_t now, int64_t *id, bool *added,
                struct err *err)
{
    if (!add_new(db, email, email_key, name, now, added, err))
        return false;
    if (*added) {
        *id = db_last_id(db);
        return true;
    }
    struct stmt *find = db_stmt(db, sql[ID_OF]);
    stmt_bind_text(find, 1, email_key);
    if (!stmt_one_int(find, id, err))
        return false;
    return !name || !*name || rename_subscriber(db, *id, name, err);
}

bool roster_get_state(struct db *db, int64_t newsletter_id,
                      int64_t subscriber_id, struct roster_state *out,
                      struct err *err)
{
    *out = (struct roster_state){0};
    struct stmt *row = db_stmt(db, sql[STATE]);
    stmt_bind_int(row, 1, newsletter_id);
    stmt_bind_int(row, 2, subscriber_id);
    while (stmt_step(row, err)) {
        out->exists = true;
        subscription_state_find(stmt_text(row, 0), &out->state);
        out->since = stmt_int(row, 1);
        out->asked_at = stmt_int(row, 2);
    }
    return stmt_done(row);
}

bool roster_set_state(struct db *db, int64_t newsletter_id,
                      int64_t subscriber_id, enum subscription_state state,
                      int64_t since, struct err *err)
{
    struct stmt *set = db_stmt(db, sql[SET_STATE]);
    stmt_bind_int(set, 1, newsletter_id);
    stmt_bind_int(set, 2, subscriber_id);
    stmt_bind_text(set, 3, subscription_state_name(state));
    stmt_bind_int(set, 4, since);
    return stmt_run(set, err);
}

bool roster_set_categories(struct db *db, int64_t newsletter_id,
                           int64_t subscriber_id, const char *categories,
                           struct err *err)
{
    struct stmt *set = db_stmt(db, sql[SET_CATEGORIES]);
    stmt_bind_int(set, 1, newsletter_id);
    stmt_bind_int(set, 2, subscriber_id);
    stmt_bind_text(set, 3, categories);
    return stmt_run(set, err);
}
