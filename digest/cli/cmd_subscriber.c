/* Runs `digest subscriber`: adds, lists, unsubscribes and forgets. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/cli/cmd_subscriber.h"
#include "digest/cli/cmd_subscriber_ask.h"
#include "digest/cli/json.h"
#include "digest/cli/table.h"
#include "digest/newsletters/newsletter.h"
#include "digest/scheduler/erase.h"
#include "digest/store/erasing.h"
#include "subscribers/consent/consent.h"
#include "subscribers/consent/suppression.h"
#include "subscribers/roster/address.h"
#include "subscribers/roster/address_list.h"

bool subscriber_command_newsletter(struct invocation *call, struct app *app,
                                   struct newsletter *out, struct err *err)
{
    const char *slug = option_get(call, "--newsletter");
    return slug ? newsletter_get(app->db, slug, &call->arena, out, err)
                : err_set(err, ERR_USAGE,
                          "which newsletter? give --newsletter SLUG");
}

const char *subscriber_command_categories(struct invocation *call)
{
    const char *text = option_get(call, "--categories");
    if (!text)
        return NULL;
    OWNED(strbuf_free) struct strbuf lines = STRBUF_INIT;
    struct str rest = str_of(text);
    while (rest.len) {
        struct str name = str_trim(str_cut(&rest, ','));
        if (!name.len)
            continue;
        if (lines.len)
            strbuf_add_char(&lines, '\n');
        strbuf_add_str(&lines, name);
    }
    return arena_copy_str(&call->arena, strbuf_str(&lines));
}

/* Warns of a doubtful address, which is added all the same. */
static bool warn_of_address(const struct app *app,
                            const struct address *address, struct err *err)
{
    OWNED(address_list_release) struct address_list *roles = NULL;
    OWNED(address_list_release) struct address_list *disposables = NULL;
    struct str key = strbuf_str(&address->key);
    struct str domain = address_domain(key);
    const char *email = strbuf_text(&address->email);
    const char *typo = address_typo(address);
    if (!address_list_load(app->conf.folder, ADDRESS_LIST_ROLE, &roles, err) ||
        !address_list_load(app->conf.folder, ADDRESS_LIST_DISPOSABLE,
                           &disposables, err))
        return false;
    if (typo)
        log_warning("%s: is %s meant? It is added as written.", email, typo);
    if (address_list_has(roles,
                         (struct str){key.ptr, key.len - domain.len - 1}))
        log_warning("%s: the address of a role, not of a person", email);
    if (address_list_has_domain(disposables, domain))
        log_warning("%s: a disposable address", email);
    return true;
}

/* Somebody erased is back only where whoever adds them says so. */
static bool add_now(struct invocation *call, struct app *app,
                    const struct address *address, int64_t newsletter_id,
                    const struct consent_origin *origin,
                    enum consent_result *result, struct err *err)
{
    const char *key = strbuf_text(&address->key);
    enum suppression_kind kind;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!tx_begin(&tx, app->db, TX_DURABLE, err) ||
        !suppression_of(app->db, key, app->keys, &kind, err))
        return false;
    if (kind == SUPPRESSION_FORGOTTEN && !option_get(call, "--again"))
        return err_set(err, ERR_CONFLICT,
                       "%s was erased here; if they asked to be back, add them "
                       "with --again, or with --pending so that they confirm "
                       "it themselves",
                       strbuf_text(&address->email));
    if (!suppression_readmit(app->db, key, app->keys, err) ||
        !consent_subscribe(app->db, str_of(call->args[0]),
                           option_get(call, "--name"), newsletter_id,
                           subscriber_command_categories(call), false, origin,
                           result, err))
        return false;
    if (*result == CONSENT_REFUSED) {
        err->kind = ERR_CONFLICT;
        return false;
    }
    return tx_commit(&tx, err);
}

static bool run_add(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(address_free) struct address address = {0};
    struct newsletter n = {0};
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err) ||
        !subscriber_command_newsletter(call, &app, &n, err) ||
        !address_parse(str_of(call->args[0]), &address, err))
        return false;
    if (!warn_of_address(&app, &address, err))
        return false;
    struct consent_origin origin = {
        .means = MEANS_COMMAND, .now = clock_now(), .keys = app.keys};
    enum consent_result result = CONSENT_DONE;
    bool pending = option_get(call, "--pending") != NULL;
    if (pending)
        return subscriber_command_ask(call, &app, &n,
                                      subscriber_command_categories(call), err);
    if (!add_now(call, &app, &address, n.id, &origin, &result, err))
        return false;
    printf(result == CONSENT_DONE ? "Added %s to %s.\n"
                                  : "%s is on %s already.\n",
           strbuf_text(&address.email), n.slug);
    return true;
}

static void print_list(struct invocation *call, const struct roster_list *list)
{
    OWNED(table_free) struct table table;
    table_begin(
        &table, 4,
        (const char *const[]){"EMAIL", "NAME", "NEWSLETTERS", "CATEGORIES"});
    for (size_t i = 0; i < list->count; i++) {
        const struct subscriber *s = &list->items[i];
        OWNED(strbuf_free) struct strbuf states = STRBUF_INIT;
        OWNED(strbuf_free) struct strbuf chosen = STRBUF_INIT;
        for (size_t j = 0; j < s->subscription_count; j++) {
            const struct subscription *u = &s->subscriptions[j];
            strbuf_add_format(&states, "%s%s %s", j ? ", " : "", u->newsletter,
                              subscription_state_name(u->state));
            for (const char *c = u->categories; *c; c++)
                if (*c == '\n')
                    strbuf_add_text(&chosen, ", ");
                else
                    strbuf_add_char(&chosen, *c);
        }
        table_add(&table, "%s", s->email);
        table_add(&table, "%s", s->name);
        table_add(&table, "%s", strbuf_text(&states));
        table_add(&table, "%s", chosen.len ? strbuf_text(&chosen) : "all");
    }
    if (list->count)
        table_print(&table);
    else
        printf("Nobody %s. Add somebody: digest subscriber add EMAIL "
               "--newsletter SLUG\n",
               option_get(call, "--state") ? "in this state" : "yet");
}

static bool run_list(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct roster_list list;
    struct roster_query query = {
        .newsletter = option_get(call, "--newsletter"),
        .state = option_get(call, "--state"),
    };
    struct newsletter n = {0};
    enum subscription_state state;
    if (query.state && !subscription_state_find(query.state, &state))
        return err_set(err, ERR_USAGE,
                       "--state \"%.40s\": has to be pending, active, "
                       "unsubscribed, bounced or complained",
                       query.state);
    if (!invocation_count(call, 0, 0, err) || !app_open(&app, call, err) ||
        (query.newsletter &&
         !newsletter_get(app.db, query.newsletter, &call->arena, &n, err)) ||
        !roster_find(app.db, &query, &call->arena, &list, err))
        return false;
    if (!call->json) {
        print_list(call, &list);
        return true;
    }
    json_t *array = json_array();
    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(array, json_subscriber(&list.items[i]));
    json_print(array);
    return true;
}

bool subscriber_command_find(struct invocation *call, struct app *app,
                             const char *email, struct subscriber *out,
                             struct err *err)
{
    OWNED(address_free) struct address address = {0};
    if (!address_parse(str_of(email), &address, err))
        return false;
    return roster_get(app->db, strbuf_text(&address.key), &call->arena, out,
                      err) ||
           (err->kind == ERR_NOT_FOUND &&
            err_set(err, ERR_NOT_FOUND,
                    "%s: nobody with this address is on the list", email));
}

/* The token of a whole link, of a List-Unsubscribe address, or by itself. */
static struct str token_part(const char *text)
{
    struct str token = str_trim(str_of(text));
    for (size_t i = token.len; i-- > 0;)
        if (strchr("/ +=:%", token.ptr[i]))
            return str_from(token, i + (token.ptr[i] == '%' ? 3 : 1));
    return token;
}

/* Finds a subscriber by address, or by the token of a message: then its issue
 * is on record. */
static bool resolve(struct invocation *call, struct app *app,
                    struct subscriber *s, int64_t *newsletter_id,
                    struct consent_origin *origin, struct err *err)
{
    const char *who = call->args[0];
    struct token token;
    struct str part = token_part(who);
    bool signed_one = token_read(app->keys, part, &token) ||
                      token_read_local(app->keys, part, &token);
    if (signed_one) {
        origin->means = MEANS_TOKEN;
        origin->issue_id = token.issue_id;
        *newsletter_id = token.newsletter_id;
        return roster_get_by_key(app->db, token.subscriber_key, &call->arena, s,
                                 err);
    }
    if (!strchr(who, '@') || str_starts(str_of(who), STR("http")))
        return err_set(err, ERR_INPUT,
                       "\"%.80s\": neither an address nor a token that this "
                       "program signed; copy the whole link",
                       who);
    origin->means = MEANS_COMMAND;
    return subscriber_command_find(call, app, who, s, err);
}

static bool run_unsubscribe(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct subscriber s = {0};
    struct newsletter n = {0};
    struct consent_origin origin = {.now = clock_now()};
    enum consent_result result;
    int64_t newsletter_id = 0;
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err) ||
        !resolve(call, &app, &s, &newsletter_id, &origin, err))
        return false;
    if (option_get(call, "--newsletter")) {
        if (!subscriber_command_newsletter(call, &app, &n, err))
            return false;
        newsletter_id = n.id;
    }
    if (newsletter_id && !n.id &&
        !newsletter_get_by_id(app.db, newsletter_id, &call->arena, &n, err))
        return false;
    if (!consent_unsubscribe(app.db, s.id, newsletter_id, &origin, &result,
                             err))
        return false;
    printf(result == CONSENT_DONE ? "Unsubscribed %s from %s.\n"
                                  : "%s was not on %s; nothing changed.\n",
           s.email, newsletter_id ? n.slug : "every newsletter");
    return true;
}

static bool run_forget(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct subscriber s = {0};
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err) ||
        !subscriber_command_find(call, &app, call->args[0], &s, err))
        return false;
    struct consent_origin origin = {
        .means = MEANS_COMMAND, .now = clock_now(), .keys = app.keys};
    if (!erase_subscriber(app.db, s.id, &origin, err))
        return false;
    printf("Erased %s: the address, name and history are gone. A keyed hash "
           "keeps an import from bringing them back. Backups made before still "
           "hold them.\n",
           call->args[0]);
    bool waits;
    if (!erasing_waits(app.db, &waits, err))
        return false;
    if (waits)
        log_note("Another program is reading the database: `digest run` "
                 "clears what is left in its log as soon as that is done.");
    return true;
}

const struct command subscriber_commands[] = {
    {"subscriber",
     "add",
     "EMAIL",
     "put a person on a newsletter's list",
     {{"--newsletter", "SLUG", "which newsletter"},
      {"--name", "N", "their name"},
      {"--categories", "A,B", "only articles of these categories"},
      {"--pending", NULL, "not before they confirm"},
      {"--again", NULL, "also who was erased here, and asked to be back"},
      {0}},
     run_add},
    {"subscriber",
     "import",
     "FILE|-",
     "add people from CSV, as Mailchimp, Substack, Ghost, listmonk, "
     "MailPoet, Buttondown and Keila export it, or with columns email, name, …",
     {{"--newsletter", "SLUG", "which newsletter; else a column says it"},
      {"--map", "'COLUMN=FIELD'",
       "what a column (or #3, the third) is: email, name, first_name, "
       "last_name, state, categories, language; nothing: it isn't read"},
      {"--dry-run", NULL, "say what would happen, and do nothing"},
      {"--rejects", "FILE", "where rejected rows go: FILE.rejects.csv"},
      {0}},
     subscriber_command_import},
    {"subscriber",
     "export",
     "[FILE|-]",
     "write people as CSV that import takes back",
     {{"--newsletter", "SLUG", "of this newsletter alone"}, {0}},
     subscriber_command_export},
    {"subscriber",
     "edit",
     "EMAIL",
     "change what is known of a person",
     {{"--name", "N", "their name"},
      {"--email", "NEW", "their new address"},
      {"--categories", "A,B", "only articles of these; '' for all"},
      {"--newsletter", "SLUG", "whose categories"},
      {"--language", "LANG", "such as en or pt-BR"},
      {"--timezone", "TZ", "such as Europe/Berlin"},
      {0}},
     subscriber_command_edit},
    {"subscriber",
     "list",
     "",
     "list people",
     {{"--newsletter", "SLUG", "of this newsletter alone"},
      {"--state", "S", "pending, active, unsubscribed, bounced, complained"},
      {0}},
     run_list},
    {"subscriber",
     "show",
     "EMAIL",
     "all that is known of one person",
     {{0}},
     subscriber_command_show},
    {"subscriber",
     "unsubscribe",
     "EMAIL|TOKEN",
     "take a person off, by address or by the link in a message",
     {{"--newsletter", "SLUG", "this newsletter alone"}, {0}},
     run_unsubscribe},
    {"subscriber",
     "forget",
     "EMAIL",
     "erase all that is known of a person (GDPR)",
     {{0}},
     run_forget},
    {0},
};
