/* Editors: who may use the desk, and what each may do there.
 *
 * A writer drafts; an editor schedules and sends as well, and sees to the
 * list; an owner may do everything. Accounts are made on the command line.
 */
#ifndef DIGEST_ACCESS_EDITOR_H
#define DIGEST_ACCESS_EDITOR_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/store/db.h"

/* Roles; each may do what those before it may. */
enum editor_role { ROLE_WRITER, ROLE_EDITOR, ROLE_OWNER };
const char *editor_role_name(enum editor_role role); /* "writer" … */
bool editor_role_parse(const char *name, enum editor_role *out);

/* Texts are never NULL. */
struct editor {
    int64_t id;
    const char *email; /* as it was written; compared without case */
    const char *name;
    enum editor_role role;
    int64_t created_at;
    int64_t seen_at; /* the last time at the desk; 0: none on record */
};

/* The name that a page calls an editor by, or else the address. */
const char *editor_shown(const struct editor *editor);

/* Adds an account. Fails: INPUT (no address, password_check), CONFLICT (the
 * address is taken), STORE. */
FALLIBLE bool editor_add(struct db *db, const struct editor *editor,
                         struct str password, int64_t *id, struct err *err);

/* Fails: NOT_FOUND, naming those there are. Lives in the arena. */
FALLIBLE bool editor_get(struct db *db, const char *email, struct arena *arena,
                         struct editor *out, struct err *err);

struct editor_list {
    struct editor *items; /* in the arena, by address */
    size_t count;
};
FALLIBLE bool editor_find(struct db *db, struct arena *arena,
                          struct editor_list *out, struct err *err);

/* Finds the editor whose address and password these are. Takes as long for an
 * address that nobody has. Fails: PERMISSION (it says no more than that),
 * STORE. */
FALLIBLE bool editor_check(struct db *db, struct str email, struct str password,
                           struct arena *arena, struct editor *out,
                           struct err *err);

/* Sets a password, and ends all sessions of that editor. Fails: INPUT
 * (password_check), STORE. */
FALLIBLE bool editor_set_password(struct db *db, int64_t id,
                                  struct str password, struct err *err);
/* Changes a role. Fails: CONFLICT (the last owner stays one), STORE. */
FALLIBLE bool editor_set_role(struct db *db, int64_t id, enum editor_role role,
                              struct err *err);
/* Removes an account with its sessions; the activity log keeps the name.
 * Fails: CONFLICT (the last owner stays while there are others), STORE. */
FALLIBLE bool editor_remove(struct db *db, int64_t id, struct err *err);

#endif
