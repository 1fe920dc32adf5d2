/* Signs editors in and out, against guessing and forged forms. */
#include <ctype.h>

#include "digest/base/encode.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/web/desk/cookie.h"
#include "digest/web/desk/kept.h"
#include "digest/web/desk/pages.h"
#include "digest/web/limits.h"
#include "subscribers/tokens/hmac.h"

/* A path that leads to a page of the desk only: letters, digits, and marks of
 * its paths. */
static const char *safe_path(const char *path)
{
    for (const char *c = path; *c; c++) {
        bool good = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                    (*c >= '0' && *c <= '9') || *c == '-' || *c == '_' ||
                    (*c == '/' && c != path && c[1] != '/');
        if (!good)
            return "";
    }
    return path;
}

static struct str door_token(const struct visit *visit)
{
    return cookie_read(visit->web, visit->request, COOKIE_DOOR);
}

/* A browser that came with a door keeps it: another of its windows may show
 * the form as well. */
static const char *open_door(struct visit *visit)
{
    struct str token = door_token(visit);
    if (!token.len) {
        token = str_of(door_new(visit->arena));
        cookie_set(visit, COOKIE_DOOR, token.ptr);
    }
    return door_form(token, visit->arena);
}

/* The page for signing in, and what goes along with its form. */
struct door {
    const char *wrong;       /* NULL: nothing is */
    const char *email;       /* as it was typed */
    const char *next;        /* below desk/, where it leads on to */
    const struct form *kept; /* a form that waits; may be empty */
    unsigned status;
};

static bool show(struct visit *visit, const struct door *door, struct err *err)
{
    struct value *data;
    if (!visit_data(visit, "", &data, err))
        return false;
    value_set_text(data, "next", safe_path(door->next));
    value_set_text(data, "email", door->email);
    value_set_text(data, "door", open_door(visit));
    value_set_text(data, "wrong", door->wrong);
    value_set_bool(data, "is_changed", *visit_query(visit, "changed"));
    kept_show(visit, door->kept, data);
    return visit_show(visit, "sign_in", data, door->status, err);
}

bool sign_in_page(struct visit *visit, struct err *err)
{
    struct door door = {
        .email = "",
        .next = visit_query(visit, "next"),
        .kept = ARENA_NEW(visit->arena, struct form),
        .status = 200,
    };
    return visit->session ? visit_go(visit, "", NULL, err)
                          : show(visit, &door, err);
}

bool sign_in_keeping(struct visit *visit, const char *path,
                     const struct form *kept, struct err *err)
{
    struct door door = {.email = "", .next = path, .kept = kept, .status = 403};
    return show(visit, &door, err);
}

/* The same page again. */
static bool show_again(struct visit *visit, const char *wrong, unsigned status,
                       const struct form *kept, struct err *err)
{
    struct door door = {
        .wrong = wrong,
        .email = visit_field(visit, "email"),
        .next = visit_field(visit, "next"),
        .kept = kept,
        .status = status,
    };
    return show(visit, &door, err);
}

static const char *fold(const struct visit *visit, const char *email)
{
    char *account = arena_copy(visit->arena, email);
    for (char *c = account; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return account;
}

/* The token that a browser keeps when it has signed in to an account. */
static const char *known_token(const struct visit *visit, const char *account)
{
    enum { TOKEN_BYTES = 24 };
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    unsigned char digest[32];
    const char *text = arena_format(visit->arena, "known %s", account);
    token_digest(visit->web->keys, str_of(text), digest);
    base64url_encode(&out, (struct str){(const char *)digest, TOKEN_BYTES});
    return arena_copy_str(visit->arena, strbuf_str(&out));
}

/* Whether the browser is known. Strangers may try passwords of an account until
 * nobody may: a browser that its editor has used before is counted apart, so
 * that they are not kept out. */
static bool is_known(const struct visit *visit, const char *account)
{
    struct str token = cookie_read(visit->web, visit->request, COOKIE_KNOWN);
    struct str wanted = str_of(known_token(visit, account));
    return (visit->session &&
            strcmp(fold(visit, visit->session->editor.email), account) == 0) ||
           (token.len == wanted.len &&
            hmac_equal(token.ptr, wanted.ptr, token.len));
}

const char *visit_try(struct visit *visit, const char *email)
{
    struct limits *limits = visit->web->limits;
    const char *account = fold(visit, email);
    bool known = is_known(visit, account);
    bool here =
        limits_take(limits, LIMIT_SIGN_IN_CLIENT, visit->request->client);
    if (here && !limits_take(limits, LIMIT_SIGN_IN_ALL, known ? "known" : "")) {
        response_header(visit->response, "Retry-After", "6");
        return "Many passwords are being tried at this moment. Try again in a "
               "few seconds.";
    }
    if (here &&
        limits_take(limits, LIMIT_SIGN_IN_ACCOUNT,
                    known ? arena_format(visit->arena, "known %s", account)
                          : account))
        return NULL;
    response_header(visit->response, "Retry-After", "900");
    return "That was tried too often. Wait a quarter of an hour.";
}

/* A browser that had a session gets a new one: the old token, which others
 * may have set, opens nothing. */
static bool begin(struct visit *visit, const struct editor *editor,
                  struct err *err)
{
    enum { AGENT_MAX = 200 };
    const char *token;
    OWNED(strbuf_free) struct strbuf agent = STRBUF_INIT;
    utf8_clean_line(&agent, visit->request->agent);
    strbuf_cut(&agent, utf8_cut_length(strbuf_str(&agent), AGENT_MAX));
    struct str old = cookie_read(visit->web, visit->request, COOKIE_SESSION);
    if ((old.len && !session_end(visit->db, old, err)) ||
        !session_begin(visit->db, editor->id, visit->request->client,
                       strbuf_text(&agent), visit->now, visit->arena, &token,
                       err))
        return false;
    visit->session = ARENA_NEW(visit->arena, struct session);
    if (!session_get(visit->db, str_of(token), visit->now, visit->arena,
                     visit->session, err))
        return false;
    cookie_set(visit, COOKIE_SESSION, token);
    cookie_set(visit, COOKIE_KNOWN,
               known_token(visit, fold(visit, editor->email)));
    return visit_note(visit, "signed in", "", "", err);
}

/* Goes on after signing in: a form that waits is shown, and done when its
 * editor presses a button again. */
static bool go_on(struct visit *visit, struct form *kept, struct err *err)
{
    const char *next = safe_path(visit_field(visit, "next"));
    if (!kept->count || !*next)
        return visit_go(visit, next, NULL, err);
    visit->form = kept;
    return visit_send_again(visit, next,
                            "you were signed out when you sent it, and are "
                            "signed in again now",
                            200, err);
}

/* Refuses a form without the door's token: another site could have made it, and
 * what is kept in it. */
static bool refuse_door(struct visit *visit, struct form *kept, struct err *err)
{
    if (!str_equal(visit->request->fetch_site, STR("same-origin")))
        kept->count = 0;
    return show_again(visit,
                      "This form was not from this browser’s own page, or had "
                      "been open for too long. Type your password once more; "
                      "if this comes again, let your browser take this site’s "
                      "cookies.",
                      403, kept, err);
}

bool sign_in_post(struct visit *visit, struct err *err)
{
    struct editor editor;
    struct err why = {0};
    const char *email = visit_field(visit, "email");
    struct form *kept = kept_of_door(visit);
    if (!door_owns(door_token(visit), form_get(visit->form, "door"),
                   visit->arena))
        return refuse_door(visit, kept, err);
    const char *too_often = visit_try(visit, email);
    if (too_often)
        return show_again(visit, too_often, 429, kept, err);
    if (!editor_check(visit->db, str_of(email),
                      form_get(visit->form, "password"), visit->arena, &editor,
                      &why)) {
        if (why.kind != ERR_PERMISSION) {
            *err = why;
            return false;
        }
        log_warning("web: %s could not sign in at the desk",
                    visit->request->client);
        return show_again(visit,
                          "This address and this password don’t belong "
                          "together.",
                          403, kept, err);
    }
    return begin(visit, &editor, err) && go_on(visit, kept, err);
}

bool sign_out_post(struct visit *visit, struct err *err)
{
    if (!session_end(visit->db, str_of(visit->session->token), err))
        return false;
    cookie_set(visit, COOKIE_SESSION, NULL);
    visit->session = NULL;
    return visit_go(visit, "sign-in", NULL, err);
}
