/* Sessions: an editor who has signed in at the desk.
 *
 * The browser keeps 32 random bytes; the database keeps their hash, so that
 * a stolen copy of it opens nothing. A session ends after two weeks, or
 * three days without a visit, or when somebody ends it. One of a clock that
 * was ahead goes on, and these times count from when that was found out.
 */
#ifndef DIGEST_ACCESS_SESSION_H
#define DIGEST_ACCESS_SESSION_H

#include "digest/access/editor.h"
#include "digest/store/erasing.h"

enum {
    SESSION_LONGEST_S = 14 * 24 * 60 * 60,
    SESSION_IDLE_S = 3 * 24 * 60 * 60,
};

/* A session: the editor at the desk. Texts live in the arena of session_get. */
struct session {
    struct editor editor;
    const char *token; /* the cookie's value */
    const char *csrf;  /* what every form of this session carries */
};

/* Begins one; *token (in the arena) is for the browser alone. */
FALLIBLE bool session_begin(struct db *db, int64_t editor_id,
                            const char *client, const char *agent, int64_t now,
                            struct arena *arena, const char **token,
                            struct err *err);

/* Finds the session of a token; notes at most once a minute that its editor was
 * here, unless another program writes at the moment.
 * Fails: NOT_FOUND (none, or it has ended), STORE. */
FALLIBLE bool session_get(struct db *db, struct str token, int64_t now,
                          struct arena *arena, struct session *out,
                          struct err *err);

/* Whether a form's token is this session's. */
bool session_owns(const struct session *session, struct str csrf);
/* Whether a form's token is that of the session of a token, which may have
 * ended. Allocates in the arena. */
bool session_owned(struct str token, struct str csrf, struct arena *arena);

/* The door: before there is a session, a browser keeps 32 random bytes in a
 * cookie, and the form for signing in carries what follows from them. Without
 * it another site could sign a browser in to an account of its own choice.
 * Both in the arena. */
const char *door_new(struct arena *arena);
const char *door_form(struct str token, struct arena *arena);
bool door_owns(struct str token, struct str form, struct arena *arena);

/* Leaves a word for the next page this session sees, and takes it: "" where
 * there is none. In the arena. */
FALLIBLE bool session_say(struct db *db, const struct session *session,
                          const char *text, struct err *err);
FALLIBLE bool session_take_said(struct db *db, const struct session *session,
                                struct arena *arena, const char **text,
                                struct err *err);

/* One session as an editor sees it; `id` names it without opening it. */
struct session_row {
    const char *id;
    bool is_current;
    int64_t created_at, seen_at;
    const char *client, *agent;
};
struct session_rows {
    struct session_row *items; /* in the arena, the latest seen first */
    size_t count;
};
FALLIBLE bool session_find(struct db *db, const struct session *current,
                           int64_t now, struct arena *arena,
                           struct session_rows *out, struct err *err);

/* Ends the session of a token, one by its id (of that editor), or all of an
 * editor's. */
FALLIBLE bool session_end(struct db *db, struct str token, struct err *err);
FALLIBLE bool session_end_one(struct db *db, int64_t editor_id, struct str id,
                              struct err *err);
FALLIBLE bool session_end_all(struct db *db, int64_t editor_id,
                              struct err *err);

/* Removes those that have ended, and sets right those of a clock ahead. */
FALLIBLE bool session_expire(struct db *db, int64_t now, struct err *err);

/* Takes what names a subscriber out of what the next page has to say. Part of
 * the caller's transaction. */
FALLIBLE bool session_erase(struct db *db, const struct redaction *words,
                            struct err *err);

#endif
