/* A visit: one request at the desk, by somebody who is signed in.
 *
 * Every handler of the desk gets a visit, and answers with it: a page, a way to
 * another page with a word said there, or an error that the editor can do
 * something about.
 */
#ifndef DIGEST_WEB_DESK_VISIT_H
#define DIGEST_WEB_DESK_VISIT_H

#include "digest/access/session.h"
#include "digest/renderer/value.h"
#include "digest/web/form.h"
#include "digest/web/web.h"

enum {
    VISIT_CAPTURES_MAX = 3,
    VISIT_SEARCHED = 5000, /* articles that a search of a page looks at */
};

struct visit {
    struct web *web;
    struct request *request;
    struct response *response;
    struct arena *arena; /* the request's */
    struct db *db;
    int64_t now;
    struct session *session; /* NULL at the door alone */
    struct form *form;       /* of a POST; else empty */
    struct form *query;
    const char *captures[VISIT_CAPTURES_MAX]; /* what the *s stood for */
    /* The version of an issue before and after its texts were saved by this
     * request (issue_texts.c); 0: they were not. */
    int64_t texts_from, texts_to;
};

/* A route's handler. An error that is the editor's (USAGE, INPUT, CONFLICT,
 * NOT_FOUND, PERMISSION, and what a service refused) becomes a page that says
 * it; what a POST changed until then is undone. */
typedef bool visit_handler(struct visit *visit, struct err *err);

/* ---- what was sent ---- */

/* A field of the form, or of the query, without space at its ends and fit for
 * a reader (utf8_clean); "" where there is none. In the arena. */
const char *visit_field(const struct visit *visit, const char *name);
const char *visit_query(const struct visit *visit, const char *name);
/* A whole number, or `otherwise` where it is none. */
int64_t visit_query_number(const struct visit *visit, const char *name,
                           int64_t otherwise);
FALLIBLE bool visit_field_number(const struct visit *visit, const char *name,
                                 int64_t *out, struct err *err);

/* The value that a button says: a field of the form, or, where many buttons
 * share one form, a part of the button's own address. */
const char *visit_said(const struct visit *visit, const char *name);
FALLIBLE bool visit_said_number(const struct visit *visit, const char *name,
                                int64_t *out, struct err *err);

/* Whether whoever is here may do what that role may. */
bool visit_may(const struct visit *visit, enum editor_role role);

/* Counts one try of a password for that account, from this client, as each
 * costs a good part of a second. NULL where it may be tried; else what to
 * say, and the answer has a Retry-After (RFC 9110 §10.2.3). */
const char *visit_try(struct visit *visit, const char *email);

/* ---- answers ---- */

/* An object with what every page needs: root, desk (the way to /desk/),
 * csrf, editor, `here` (the marked word of the navigation, "issues"), mail_is
 * ("written to the folder outbox", where no mail server has it). Takes what
 * was left to be said. */
FALLIBLE bool visit_data(struct visit *visit, const char *here,
                         struct value **out, struct err *err);

/* Applies desk/NAME.mustache with a status. */
FALLIBLE bool visit_show(struct visit *visit, const char *name,
                         const struct value *data, unsigned status,
                         struct err *err);

/* Goes on at desk/PATH (303), where `said` will stand; NULL: nothing. */
FALLIBLE bool visit_go(struct visit *visit, const char *path, const char *said,
                       struct err *err);

/* The same with a number or a name in what is said. */
FALLIBLE bool visit_go_saying(struct visit *visit, const char *path,
                              struct err *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* A page for an error that is the editor's. */
FALLIBLE bool visit_refuse(struct visit *visit, const struct err *why,
                           struct err *err);

/* A page for a form that couldn't be kept, and the fault isn't the editor's (a
 * full disk, a database that is busy): it says why, and shows again what was
 * typed, so that it can be sent once more. Log has the error. (unsaved.c) */
FALLIBLE bool visit_unsaved(struct visit *visit, const struct err *why,
                            struct err *err);

/* The same for a form of another session than the one that its editor has by
 * now; it is sent again to desk/PATH, or, where that is NULL, to where it came
 * to. (unsaved.c) */
FALLIBLE bool visit_send_again(struct visit *visit, const char *path,
                               const char *problem, unsigned status,
                               struct err *err);
/* Whether those pages show a field of a form: passwords and files they don't;
 * and whether somebody typed it. (unsaved.c) */
bool visit_can_show(const struct form_field *field);
bool visit_is_typed(const struct form_field *field);

/* Adds to the activity log, as this editor. */
FALLIBLE bool visit_note(struct visit *visit, const char *action,
                         const char *object, const char *note, struct err *err);

/* ---- two at one form (visit_stamp.c) ----
 *
 * A form goes out with a stamp of the state that it was made from. Where that
 * is another by the time the form comes back, somebody else has saved
 * meanwhile. A state is what the form shows, text after text. */
void visit_state_add(struct strbuf *state, const char *text); /* NULL: "" */
void visit_state_number(struct strbuf *state, int64_t number);
/* For the form's hidden field `stamp`. */
const char *visit_stamp_of(const struct visit *visit, struct str state);
struct value *visit_stamp(struct visit *visit, struct str state);
/* Fails: CONFLICT. */
FALLIBLE bool visit_check_stamp(const struct visit *visit, struct str state,
                                struct err *err);

/* Appends a choice of a form to a list: {value, title, is_chosen}. */
void visit_add_choice(struct visit *visit, struct value *list, const char *name,
                      const char *title, bool is_chosen);

/* ---- texts ---- all live in the arena ---- */

/* A time as an object for the partial `time`: exact ("Fri 20 Nov 2026 07:00
 * Europe/Berlin"), relative ("in 2 days"), machine (RFC 3339). NULL for 0. */
struct value *visit_time(const struct visit *visit, int64_t at,
                         const char *timezone);
/* "in 2 days", "3 minutes ago", "now". */
const char *visit_relative(const struct visit *visit, int64_t at);
/* 12,480 */
const char *visit_number(const struct visit *visit, int64_t number);
/* "1 article", "2 articles". */
const char *visit_count(const struct visit *visit, int64_t count,
                        const char *one, const char *many);

#endif
