/* A form that came when its editor was signed out: its fields go along, unseen,
 * with the form for signing in, and are shown to be sent once more behind it.
 *
 * Nothing is kept on the server, and nothing is done without another press of
 * a button: only then the form has the token of the new session.
 */
#ifndef DIGEST_WEB_DESK_KEPT_H
#define DIGEST_WEB_DESK_KEPT_H

#include "digest/web/desk/visit.h"

/* Bytes that the form for signing in may need beside a form that is kept. */
enum { KEPT_ROOM = 4096 };

/* The request's fields, those of its address too, but for the token. Empty
 * where nobody typed any of them, or a file or a password is among them:
 * those don't go along. In the arena. */
struct form *kept_of_request(const struct visit *visit);

/* The fields that came back with the form for signing in; empty where it
 * carried none. In the arena. */
struct form *kept_of_door(const struct visit *visit);

/* The page for signing in, with a form that waits and leads on to desk/PATH.
 * (sign_in.c) */
FALLIBLE bool sign_in_keeping(struct visit *visit, const char *path,
                              const struct form *kept, struct err *err);

/* Sets data.kept for the form for signing in: {name, value} of each. */
void kept_show(const struct visit *visit, const struct form *kept,
               struct value *data);

/* The name of a field as it was before it was kept. */
struct str kept_name(struct str name);

#endif
