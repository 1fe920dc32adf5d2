/* Stores sessions by their tokens' hashes, and what is said in them. */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "digest/access/session.h"
#include "digest/base/clock.h"
#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "digest/base/random.h"

enum { TOKEN_BYTES = 32, HASH_BYTES = 32, ID_CHARS = 16, SEEN_EACH_S = 60 };

enum sql {
    BEGIN,
    GET,
    SEEN,
    SAY,
    SAID,
    FIND,
    END,
    END_ONE,
    END_ALL,
    SET_RIGHT,
    EXPIRE,
    SAID_ALL,
    UNSAY,
    SQL_COUNT
};

static const char *const sql[] = {
    [BEGIN] = "INSERT INTO session (token_hash, editor_id, created_at, "
              "    seen_at, expires_at, client, agent) "
              "VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6)",
    [GET] = "SELECT editor.id, email, name, role, editor.created_at, seen_at "
            "FROM session JOIN editor ON editor.id = editor_id "
            "WHERE token_hash = ?1 AND expires_at > ?2 AND seen_at > ?3",
    [SEEN] = "UPDATE session SET seen_at = ?2, "
             "    expires_at = min(expires_at, ?3) WHERE token_hash = ?1",
    [SAY] = "UPDATE session SET said = ?2 WHERE token_hash = ?1",
    [SAID] = "SELECT said FROM session WHERE token_hash = ?1",
    [FIND] = "SELECT token_hash, created_at, seen_at, client, agent "
             "FROM session WHERE editor_id = ?1 AND expires_at > ?2 "
             "AND seen_at > ?3 ORDER BY seen_at DESC, token_hash",
    [END] = "DELETE FROM session WHERE token_hash = ?1",
    [END_ONE] = "DELETE FROM session "
                "WHERE editor_id = ?1 "
                "AND substr(lower(hex(token_hash)), 1, 16) = ?2",
    [END_ALL] = "DELETE FROM session WHERE editor_id = ?1",
    [SET_RIGHT] = "UPDATE session SET seen_at = min(seen_at, ?1), "
                  "    expires_at = min(expires_at, ?2) "
                  "WHERE seen_at > ?1 OR expires_at > ?2",
    [EXPIRE] = "DELETE FROM session WHERE expires_at <= ?1 OR seen_at <= ?2",
    [SAID_ALL] = "SELECT editor_id, said FROM session WHERE said <> ''",
    [UNSAY] = "UPDATE session SET said = ?2 WHERE editor_id = ?1 "
              "AND said <> ''",
};
_Static_assert(ARRAY_SIZE(sql) == SQL_COUNT, "a statement for each name");

/* SHA-256 of a label and the token: one secret, two uses that say nothing
 * of each other. */
static void digest(struct str label, struct str token,
                   unsigned char out[HASH_BYTES])
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    strbuf_add_str(&text, label);
    strbuf_add_str(&text, token);
    EVP_Digest(text.ptr, text.len, out, NULL, EVP_sha256(), NULL);
    OPENSSL_cleanse(text.ptr, text.len);
}

static void hash_token(struct str token, unsigned char out[HASH_BYTES])
{
    digest(STR("session "), token, out);
}

static struct str view(const unsigned char hash[HASH_BYTES])
{
    return (struct str){(const char *)hash, HASH_BYTES};
}

static const char *follow(struct str label, struct str token,
                          struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    unsigned char hash[HASH_BYTES];
    digest(label, token, hash);
    base64url_encode(&text, view(hash));
    return arena_copy_str(arena, strbuf_str(&text));
}

static const char *make_csrf(struct str token, struct arena *arena)
{
    return follow(STR("form "), token, arena);
}

static bool is_same(struct str a, struct str b)
{
    return a.len == b.len && CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0;
}

static const char *make_token(struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    unsigned char bytes[TOKEN_BYTES];
    random_bytes(bytes, sizeof bytes);
    base64url_encode(&text, (struct str){(const char *)bytes, sizeof bytes});
    return arena_copy_str(arena, strbuf_str(&text));
}

/* ---- the door ---- */

const char *door_new(struct arena *arena)
{
    return make_token(arena);
}

const char *door_form(struct str token, struct arena *arena)
{
    return follow(STR("door "), token, arena);
}

bool door_owns(struct str token, struct str form, struct arena *arena)
{
    return token.len && is_same(form, str_of(door_form(token, arena)));
}

/* ---- sessions ---- */

bool session_begin(struct db *db, int64_t editor_id, const char *client,
                   const char *agent, int64_t now, struct arena *arena,
                   const char **token, struct err *err)
{
    unsigned char hash[HASH_BYTES];
    *token = make_token(arena);
    hash_token(str_of(*token), hash);
    struct stmt *begin = db_stmt(db, sql[BEGIN]);
    stmt_bind_blob(begin, 1, view(hash));
    stmt_bind_int(begin, 2, editor_id);
    stmt_bind_int(begin, 3, now);
    stmt_bind_int(begin, 4, now + SESSION_LONGEST_S);
    stmt_bind_text(begin, 5, client);
    stmt_bind_text(begin, 6, agent);
    return stmt_run(begin, err);
}

/* Moves the end of the session; where the database is busy, or can't be
 * written, that waits for the next visit. */
static void note_seen(struct db *db, const unsigned char hash[HASH_BYTES],
                      int64_t now)
{
    struct err ignored = {0};
    int64_t timeout = db_set_busy_timeout(db, 0);
    struct stmt *seen = db_stmt(db, sql[SEEN]);
    stmt_bind_blob(seen, 1, view(hash));
    stmt_bind_int(seen, 2, now);
    stmt_bind_int(seen, 3, now + SESSION_LONGEST_S);
    (void)!stmt_run(seen, &ignored);
    db_set_busy_timeout(db, timeout);
}

bool session_get(struct db *db, struct str token, int64_t now,
                 struct arena *arena, struct session *out, struct err *err)
{
    unsigned char hash[HASH_BYTES];
    *out = (struct session){0};
    hash_token(token, hash);
    struct stmt *row = db_stmt(db, sql[GET]);
    stmt_bind_blob(row, 1, view(hash));
    stmt_bind_int(row, 2, now);
    stmt_bind_int(row, 3, now - SESSION_IDLE_S);
    if (!stmt_step(row, err))
        return stmt_done(row) &&
               err_set(err, ERR_NOT_FOUND, "nobody is signed in");
    out->editor = (struct editor){
        .id = stmt_int(row, 0),
        .email = arena_copy(arena, stmt_text(row, 1)),
        .name = arena_copy(arena, stmt_text(row, 2)),
        .created_at = stmt_int(row, 4),
        .seen_at = stmt_int(row, 5),
    };
    editor_role_parse(stmt_text(row, 3), &out->editor.role);
    stmt_reset(row);
    out->token = arena_copy_str(arena, token);
    out->csrf = make_csrf(token, arena);
    if (clock_is_due(out->editor.seen_at + SEEN_EACH_S, SEEN_EACH_S, now))
        note_seen(db, hash, now);
    return true;
}

bool session_owns(const struct session *session, struct str csrf)
{
    return is_same(csrf, str_of(session->csrf));
}

bool session_owned(struct str token, struct str csrf, struct arena *arena)
{
    return token.len && is_same(csrf, str_of(make_csrf(token, arena)));
}

bool session_say(struct db *db, const struct session *session, const char *text,
                 struct err *err)
{
    unsigned char hash[HASH_BYTES];
    hash_token(str_of(session->token), hash);
    struct stmt *say = db_stmt(db, sql[SAY]);
    stmt_bind_blob(say, 1, view(hash));
    stmt_bind_text(say, 2, text);
    return stmt_run(say, err);
}

bool session_take_said(struct db *db, const struct session *session,
                       struct arena *arena, const char **text, struct err *err)
{
    unsigned char hash[HASH_BYTES];
    *text = "";
    hash_token(str_of(session->token), hash);
    struct stmt *row = db_stmt(db, sql[SAID]);
    stmt_bind_blob(row, 1, view(hash));
    if (!stmt_step(row, err))
        return stmt_done(row);
    *text = arena_copy(arena, stmt_text(row, 0));
    stmt_reset(row);
    if (!**text)
        return true;
    /* A word that can't be taken away now is said once more. */
    struct err ignored = {0};
    int64_t timeout = db_set_busy_timeout(db, 0);
    (void)!session_say(db, session, "", &ignored);
    db_set_busy_timeout(db, timeout);
    return true;
}

static const char *name_session(struct str hash, struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf hex = STRBUF_INIT;
    hex_encode(&hex, hash);
    strbuf_cut(&hex, ID_CHARS);
    return arena_copy_str(arena, strbuf_str(&hex));
}

bool session_find(struct db *db, const struct session *current, int64_t now,
                  struct arena *arena, struct session_rows *out,
                  struct err *err)
{
    unsigned char own[HASH_BYTES];
    enum { MOST = 100 };
    hash_token(str_of(current->token), own);
    struct stmt *row = db_stmt(db, sql[FIND]);
    stmt_bind_int(row, 1, current->editor.id);
    stmt_bind_int(row, 2, now);
    stmt_bind_int(row, 3, now - SESSION_IDLE_S);
    *out = (struct session_rows){
        .items = ARENA_NEW_ARRAY(arena, struct session_row, MOST)};
    while (out->count < MOST && stmt_step(row, err)) {
        struct str hash = stmt_str(row, 0);
        out->items[out->count++] = (struct session_row){
            .id = name_session(hash, arena),
            .is_current = str_equal(hash, view(own)),
            .created_at = stmt_int(row, 1),
            .seen_at = stmt_int(row, 2),
            .client = arena_copy(arena, stmt_text(row, 3)),
            .agent = arena_copy(arena, stmt_text(row, 4)),
        };
    }
    if (out->count < MOST)
        return stmt_done(row);
    stmt_reset(row);
    return true;
}

bool session_end(struct db *db, struct str token, struct err *err)
{
    unsigned char hash[HASH_BYTES];
    hash_token(token, hash);
    struct stmt *end = db_stmt(db, sql[END]);
    stmt_bind_blob(end, 1, view(hash));
    return stmt_run(end, err);
}

bool session_end_one(struct db *db, int64_t editor_id, struct str id,
                     struct err *err)
{
    struct stmt *end = db_stmt(db, sql[END_ONE]);
    stmt_bind_int(end, 1, editor_id);
    stmt_bind_str(end, 2, id);
    return stmt_run(end, err);
}

bool session_end_all(struct db *db, int64_t editor_id, struct err *err)
{
    struct stmt *end = db_stmt(db, sql[END_ALL]);
    stmt_bind_int(end, 1, editor_id);
    return stmt_run(end, err);
}

bool session_expire(struct db *db, int64_t now, struct err *err)
{
    struct stmt *right = db_stmt(db, sql[SET_RIGHT]);
    stmt_bind_int(right, 1, now);
    stmt_bind_int(right, 2, now + SESSION_LONGEST_S);
    if (!stmt_run(right, err))
        return false;
    struct stmt *expire = db_stmt(db, sql[EXPIRE]);
    stmt_bind_int(expire, 1, now);
    stmt_bind_int(expire, 2, now - SESSION_IDLE_S);
    return stmt_run(expire, err);
}

bool session_erase(struct db *db, const struct redaction *words,
                   struct err *err)
{
    return erasing_redact(db, sql[SAID_ALL], sql[UNSAY], words, err);
}
