/* Stores editors' accounts, and checks their passwords. */
#include <ctype.h>

#include "digest/access/editor.h"
#include "digest/access/password.h"
#include "digest/base/mem.h"

enum sql {
    ADD,
    GET,
    FIND,
    PASSWORD,
    SET_PASSWORD,
    SET_ROLE,
    REMOVE,
    END_SESSIONS,
    OTHER_OWNERS,
    OTHERS,
    SQL_COUNT
};

#define COLUMNS                                                                \
    "id, email, name, role, created_at, coalesce((SELECT max(seen_at) "        \
    "FROM session WHERE editor_id = editor.id), 0)"

static const char *const sql[] = {
    [ADD] = "INSERT INTO editor (email, email_key, name, role, password, "
            "    created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [GET] = "SELECT " COLUMNS " FROM editor WHERE email_key = ?1",
    [FIND] = "SELECT " COLUMNS " FROM editor ORDER BY email_key",
    [PASSWORD] = "SELECT password FROM editor WHERE id = ?1",
    [SET_PASSWORD] = "UPDATE editor SET password = ?2 WHERE id = ?1",
    [SET_ROLE] = "UPDATE editor SET role = ?2 WHERE id = ?1",
    [REMOVE] = "DELETE FROM editor WHERE id = ?1",
    [END_SESSIONS] = "DELETE FROM session WHERE editor_id = ?1",
    [OTHER_OWNERS] = "SELECT count(*) FROM editor "
                     "WHERE role = 'owner' AND id <> ?1",
    [OTHERS] = "SELECT count(*) FROM editor WHERE id <> ?1",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

static const char *fold(struct str email, struct arena *arena)
{
    char *key = arena_copy_str(arena, str_trim(email));
    for (char *c = key; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return key;
}

static void read_row(struct stmt *row, struct arena *arena, struct editor *out)
{
    *out = (struct editor){
        .id = stmt_int(row, 0),
        .email = arena_copy(arena, stmt_text(row, 1)),
        .name = arena_copy(arena, stmt_text(row, 2)),
        .created_at = stmt_int(row, 4),
        .seen_at = stmt_int(row, 5),
    };
    editor_role_parse(stmt_text(row, 3), &out->role);
}

static bool check_email(struct str email, struct err *err)
{
    size_t at = str_find(email, '@');
    bool good = at > 0 && at + 1 < email.len && email.len <= 254;
    for (size_t i = 0; i < email.len; i++)
        good &= (unsigned char)email.ptr[i] > ' ';
    return good || err_set(err, ERR_INPUT,
                           "\"%.*s\": has to be an address such as "
                           "ada@example.org",
                           STR_ARG(email));
}

bool editor_add(struct db *db, const struct editor *editor, struct str password,
                int64_t *id, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf hash = STRBUF_INIT;
    struct str email = str_trim(str_of(editor->email));
    if (!check_email(email, err) || !password_hash(password, &hash, err))
        return false;
    struct stmt *add = db_stmt(db, sql[ADD]);
    stmt_bind_str(add, 1, email);
    stmt_bind_text(add, 2, fold(email, &arena));
    stmt_bind_text(add, 3, editor->name ? editor->name : "");
    stmt_bind_text(add, 4, editor_role_name(editor->role));
    stmt_bind_str(add, 5, strbuf_str(&hash));
    stmt_bind_int(add, 6, editor->created_at);
    if (!stmt_run(add, err))
        return err->kind == ERR_CONFLICT
                   ? err_set(err, ERR_CONFLICT, "%.*s has an account already",
                             STR_ARG(email)) ||
                         err_remedy(err, REMEDY_SET_PASSWORD, NULL)
                   : false;
    *id = db_last_id(db);
    return true;
}

static bool find_by_key(struct db *db, const char *key, struct arena *arena,
                        struct editor *out, struct err *err)
{
    struct stmt *row = db_stmt(db, sql[GET]);
    *out = (struct editor){0};
    stmt_bind_text(row, 1, key);
    if (!stmt_step(row, err))
        return stmt_done(row);
    read_row(row, arena, out);
    stmt_reset(row);
    return true;
}

static bool fail_unknown(struct db *db, const char *email, struct arena *arena,
                         struct err *err)
{
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    struct editor_list list;
    if (!editor_find(db, arena, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++)
        strbuf_add_format(&names, "%s%s", i ? ", " : "", list.items[i].email);
    return err_set(err, ERR_NOT_FOUND, "no editor has the address %.100s; %s%s",
                   email, list.count ? "there are " : "there are none",
                   strbuf_text(&names));
}

bool editor_get(struct db *db, const char *email, struct arena *arena,
                struct editor *out, struct err *err)
{
    return find_by_key(db, fold(str_of(email), arena), arena, out, err) &&
           (out->id || fail_unknown(db, email, arena, err));
}

bool editor_find(struct db *db, struct arena *arena, struct editor_list *out,
                 struct err *err)
{
    struct stmt *row = db_stmt(db, sql[FIND]);
    size_t room = 0;
    *out = (struct editor_list){0};
    while (stmt_step(row, err)) {
        if (out->count == room) {
            room = room ? room * 2 : 8;
            struct editor *items = ARENA_NEW_ARRAY(arena, struct editor, room);
            if (out->count)
                memcpy(items, out->items, out->count * sizeof *items);
            out->items = items;
        }
        read_row(row, arena, &out->items[out->count++]);
    }
    return stmt_done(row);
}

static bool get_hash(struct db *db, int64_t id, struct strbuf *out,
                     struct err *err)
{
    struct stmt *row = db_stmt(db, sql[PASSWORD]);
    stmt_bind_int(row, 1, id);
    if (stmt_step(row, err))
        strbuf_add_str(out, stmt_str(row, 0));
    else if (!stmt_done(row))
        return false;
    stmt_reset(row);
    return true;
}

bool editor_check(struct db *db, struct str email, struct str password,
                  struct arena *arena, struct editor *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf hash = STRBUF_INIT;
    if (!find_by_key(db, fold(email, arena), arena, out, err) ||
        !get_hash(db, out->id, &hash, err))
        return false;
    if (password_matches(password, strbuf_str(&hash)))
        return true;
    *out = (struct editor){0};
    return err_set(err, ERR_PERMISSION,
                   "this address and this password don't belong together");
}

bool editor_set_password(struct db *db, int64_t id, struct str password,
                         struct err *err)
{
    OWNED(strbuf_free) struct strbuf hash = STRBUF_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!password_hash(password, &hash, err) ||
        !tx_begin(&tx, db, TX_DURABLE, err))
        return false;
    struct stmt *set = db_stmt(db, sql[SET_PASSWORD]);
    stmt_bind_int(set, 1, id);
    stmt_bind_str(set, 2, strbuf_str(&hash));
    if (!stmt_run(set, err))
        return false;
    struct stmt *sessions = db_stmt(db, sql[END_SESSIONS]);
    stmt_bind_int(sessions, 1, id);
    return stmt_run(sessions, err) && tx_commit(&tx, err);
}

static bool count_others(struct db *db, enum sql which, int64_t id,
                         int64_t *out, struct err *err)
{
    struct stmt *count = db_stmt(db, sql[which]);
    stmt_bind_int(count, 1, id);
    return stmt_one_int(count, out, err);
}

static bool fail_last_owner(struct err *err)
{
    return err_set(err, ERR_CONFLICT,
                   "this is the only owner; make somebody else one first");
}

bool editor_set_role(struct db *db, int64_t id, enum editor_role role,
                     struct err *err)
{
    int64_t owners;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !count_others(db, OTHER_OWNERS, id, &owners, err))
        return false;
    if (role != ROLE_OWNER && !owners)
        return fail_last_owner(err);
    struct stmt *set = db_stmt(db, sql[SET_ROLE]);
    stmt_bind_int(set, 1, id);
    stmt_bind_text(set, 2, editor_role_name(role));
    return stmt_run(set, err) && tx_commit(&tx, err);
}

bool editor_remove(struct db *db, int64_t id, struct err *err)
{
    int64_t owners, others;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, db, TX_DURABLE, err) ||
        !count_others(db, OTHER_OWNERS, id, &owners, err) ||
        !count_others(db, OTHERS, id, &others, err))
        return false;
    if (others && !owners)
        return fail_last_owner(err);
    struct stmt *gone = db_stmt(db, sql[REMOVE]);
    stmt_bind_int(gone, 1, id);
    return stmt_run(gone, err) && tx_commit(&tx, err);
}
