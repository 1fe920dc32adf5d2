/* Runs `digest editor`: the accounts of those who use the desk. */
#include <jansson.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "digest/access/audit.h"
#include "digest/access/editor.h"
#include "digest/access/password.h"
#include "digest/access/session.h"
#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/cli/app.h"
#include "digest/cli/json.h"
#include "digest/cli/table.h"

/* ---- reading a password: never from the command line ---- */

static void read_line(struct strbuf *out)
{
    int c;
    while ((c = getchar()) != EOF && c != '\n')
        if (out->len <= PASSWORD_MAX)
            strbuf_add_char(out, (char)c);
    if (out->len && out->ptr[out->len - 1] == '\r')
        strbuf_cut(out, out->len - 1);
}

static void ask(const char *question, struct strbuf *out)
{
    struct termios shown, hidden;
    fputs(question, stderr);
    bool can_hide = tcgetattr(STDIN_FILENO, &shown) == 0;
    if (can_hide) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    read_line(out);
    if (can_hide)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
}

static bool read_password(struct strbuf *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf again = STRBUF_INIT;
    if (!isatty(STDIN_FILENO)) {
        read_line(out);
        return password_check(strbuf_str(out), err);
    }
    ask("Password: ", out);
    if (!password_check(strbuf_str(out), err))
        return false;
    ask("Once more: ", &again);
    return str_equal(strbuf_str(out), strbuf_str(&again)) ||
           err_set(err, ERR_INPUT, "the two aren't the same; nothing changed");
}

/* ---- the commands ---- */

static bool read_role(const struct invocation *call, enum editor_role *out,
                      struct err *err)
{
    const char *role = option_get(call, "--role");
    return !role || editor_role_parse(role, out) ||
           err_set(err, ERR_USAGE,
                   "--role \"%.40s\": has to be writer, editor or owner", role);
}

static bool note(struct app *app, const char *action, const char *email,
                 const char *text, struct err *err)
{
    return audit_add(app->db,
                     &(struct audit_line){.at = clock_now(),
                                          .who = "command line",
                                          .action = action,
                                          .object = email,
                                          .note = text},
                     err);
}

static bool run_add(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(strbuf_free) struct strbuf password = STRBUF_INIT;
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct editor_list list;
    struct editor editor = {.name = option_get(call, "--name"),
                            .created_at = clock_now()};
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err) ||
        !editor_find(app.db, &call->arena, &list, err))
        return false;
    editor.email = call->args[0];
    editor.role = list.count ? ROLE_EDITOR : ROLE_OWNER;
    if (!read_role(call, &editor.role, err) || !read_password(&password, err) ||
        !tx_begin(&tx, app.db, TX_DURABLE, err) ||
        !editor_add(app.db, &editor, strbuf_str(&password), &editor.id, err) ||
        !note(&app, "added", editor.email, editor_role_name(editor.role),
              err) ||
        !tx_commit(&tx, err))
        return false;
    printf("Added %s as %s. They sign in at %s/desk.\n", editor.email,
           editor_role_name(editor.role),
           app.conf.base_url ? app.conf.base_url : "the server's address, ");
    return true;
}

static bool run_passwd(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(strbuf_free) struct strbuf password = STRBUF_INIT;
    struct editor editor;
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err) ||
        !editor_get(app.db, call->args[0], &call->arena, &editor, err) ||
        !read_password(&password, err) ||
        !editor_set_password(app.db, editor.id, strbuf_str(&password), err) ||
        !note(&app, "changed the password of", editor.email, "", err))
        return false;
    printf("Changed the password of %s, and ended their sessions.\n",
           editor.email);
    return true;
}

static bool run_role(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct editor editor;
    enum editor_role role;
    if (!invocation_count(call, 2, 2, err) || !app_open(&app, call, err))
        return false;
    if (!editor_role_parse(call->args[1], &role))
        return err_set(err, ERR_USAGE,
                       "\"%.40s\": has to be writer, editor or owner",
                       call->args[1]);
    if (!editor_get(app.db, call->args[0], &call->arena, &editor, err) ||
        !editor_set_role(app.db, editor.id, role, err) ||
        !note(&app, "changed the role of", editor.email, editor_role_name(role),
              err))
        return false;
    printf("%s is %s now.\n", editor.email, editor_role_name(role));
    return true;
}

static bool run_remove(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct editor editor;
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err) ||
        !editor_get(app.db, call->args[0], &call->arena, &editor, err) ||
        !editor_remove(app.db, editor.id, err) ||
        !note(&app, "removed", editor.email, "", err))
        return false;
    printf("Removed %s, and ended their sessions.\n", editor.email);
    return true;
}

static json_t *to_json(const struct editor *e)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o}", "email", e->email, "name",
                     e->name, "role", editor_role_name(e->role), "since",
                     json_time(e->created_at), "seen",
                     e->seen_at ? json_time(e->seen_at) : json_null());
}

static void print_table(const struct editor_list *list)
{
    OWNED(table_free) struct table table;
    table_begin(&table, 4,
                (const char *const[]){"EDITOR", "NAME", "ROLE", "LAST SEEN"});
    for (size_t i = 0; i < list->count; i++) {
        const struct editor *e = &list->items[i];
        char at[TIME_TEXT_SIZE];
        table_add(&table, "%s", e->email);
        table_add(&table, "%s", e->name);
        table_add(&table, "%s", editor_role_name(e->role));
        table_add(&table, "%s",
                  e->seen_at ? time_rfc3339(e->seen_at, at) : "never");
    }
    table_print(&table);
}

static bool run_list(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct editor_list list;
    if (!invocation_count(call, 0, 0, err) || !app_open(&app, call, err) ||
        !editor_find(app.db, &call->arena, &list, err))
        return false;
    if (call->json) {
        json_t *array = json_array();
        for (size_t i = 0; i < list.count; i++)
            json_array_append_new(array, to_json(&list.items[i]));
        json_print(array);
    } else if (list.count) {
        print_table(&list);
    } else {
        puts("Nobody can use the desk yet. Add yourself: "
             "digest editor add you@example.org");
    }
    return true;
}

const struct command editor_commands[] = {
    {"editor",
     "add",
     "EMAIL",
     "let somebody use the desk; asks for a password",
     {{"--name", "N", "what they are called there"},
      {"--role", "R", "writer (drafts), editor (sends too) or owner"},
      {0}},
     run_add},
    {"editor",
     "passwd",
     "EMAIL",
     "set a password, and end their sessions",
     {{0}},
     run_passwd},
    {"editor",
     "role",
     "EMAIL ROLE",
     "change what they may do: writer, editor or owner",
     {{0}},
     run_role},
    {"editor", "list", "", "list who can use the desk", {{0}}, run_list},
    {"editor",
     "remove",
     "EMAIL",
     "take somebody's account away",
     {{0}},
     run_remove},
    {0},
};
