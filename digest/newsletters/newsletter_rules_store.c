/* Stores a newsletter's rules of selection. */
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/url_shown.h"
#include "digest/store/rows.h"
#include "digest/newsletters/newsletter.h"

enum sql { PUT, GET, ADD_BOOST, REMOVE_BOOSTS, BOOSTS, SQL_COUNT };

static const char *const sql[] = {
    [PUT] = "UPDATE newsletter SET most_articles = ?2, per_source = ?3, "
            "    per_author = ?4, half_life_s = ?5, only_languages = ?6, "
            "    excluded = ?7, story_pages = ?8 "
            "WHERE id = ?1",
    [GET] = "SELECT most_articles, per_source, per_author, half_life_s, "
            "    only_languages, excluded, story_pages = 'all' "
            "FROM newsletter WHERE id = ?1",
    [ADD_BOOST] = "INSERT INTO newsletter_boost (newsletter_id, source_id, "
                  "    boost) VALUES (?1, ?2, ?3) "
                  "ON CONFLICT (newsletter_id, source_id) "
                  "DO UPDATE SET boost = excluded.boost",
    [REMOVE_BOOSTS] = "DELETE FROM newsletter_boost WHERE newsletter_id = ?1",
    [BOOSTS] = "SELECT b.source_id, b.boost, s.address "
               "FROM newsletter_boost b JOIN source s ON s.id = b.source_id "
               "WHERE b.newsletter_id = ?1 "
               "ORDER BY b.boost DESC, b.source_id",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static bool put_boosts(struct db *db, int64_t id,
                       const struct newsletter_rules *rules, struct err *err)
{
    struct stmt *remove = db_stmt(db, sql[REMOVE_BOOSTS]);
    stmt_bind_int(remove, 1, id);
    if (!stmt_run(remove, err))
        return false;
    for (size_t i = 0; i < rules->boost_count; i++) {
        struct stmt *add = db_stmt(db, sql[ADD_BOOST]);
        stmt_bind_int(add, 1, id);
        stmt_bind_int(add, 2, rules->boosts[i].source_id);
        stmt_bind_int(add, 3, rules->boosts[i].boost);
        if (!stmt_run(add, err))
            return false;
    }
    return true;
}

bool newsletter_put_rules(struct db *db, int64_t id,
                          const struct newsletter_rules *rules, struct err *err)
{
    struct stmt *put = db_stmt(db, sql[PUT]);
    stmt_bind_int(put, 1, id);
    stmt_bind_int(put, 2, rules->most);
    stmt_bind_int(put, 3, rules->per_source);
    stmt_bind_int(put, 4, rules->per_author);
    stmt_bind_int(
        put, 5, rules->half_life_s ? rules->half_life_s : SELECTOR_HALF_LIFE_S);
    stmt_bind_text(put, 6, rules->languages ? rules->languages : "");
    stmt_bind_text(put, 7, rules->excluded ? rules->excluded : "");
    stmt_bind_text(put, 8, rules->all_story_pages ? "all" : "unlinked");
    return stmt_run(put, err) && put_boosts(db, id, rules, err);
}

static struct newsletter_boost read_boost(struct stmt *row, struct arena *arena)
{
    return (struct newsletter_boost){stmt_int(row, 0), stmt_int(row, 1),
                                     url_shown(arena, stmt_text(row, 2))};
}

static bool get_boosts(struct db *db, int64_t id, struct arena *arena,
                       struct newsletter_rules *out, struct err *err)
{
    struct stmt *rows = db_stmt(db, sql[BOOSTS]);
    stmt_bind_int(rows, 1, id);
    return STMT_LIST(rows, arena, out->boosts, out->boost_count,
                     read_boost(rows, arena), err);
}

bool newsletter_get_rules(struct db *db, int64_t id, struct arena *arena,
                          struct newsletter_rules *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[GET]);
    stmt_bind_int(row, 1, id);
    if (!stmt_step(row, err))
        return stmt_done(row) &&
               err_set(err, ERR_NOT_FOUND, "no such newsletter");
    *out = (struct newsletter_rules){
        .most = stmt_int(row, 0),
        .per_source = stmt_int(row, 1),
        .per_author = stmt_int(row, 2),
        .half_life_s = stmt_int(row, 3),
        .languages = arena_copy(arena, stmt_text(row, 4)),
        .excluded = arena_copy(arena, stmt_text(row, 5)),
        .all_story_pages = stmt_int(row, 6) != 0,
    };
    stmt_reset(row);
    return get_boosts(db, id, arena, out, err);
}
