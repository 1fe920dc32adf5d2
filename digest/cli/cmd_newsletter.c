/* Runs `digest newsletter`: creates, edits, shows and deletes. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/zone.h"
#include "digest/cli/app.h"
#include "digest/cli/cmd_newsletter_rules.h"
#include "digest/cli/cmd_schedule.h"
#include "digest/cli/json.h"
#include "digest/cli/table.h"
#include "digest/delivery/trial.h"
#include "digest/issues/issue.h"
#include "digest/newsletters/newsletter.h"
#include "digest/renderer/theme.h"
#include "subscribers/roster/roster_store.h"

static bool set_sections(struct invocation *call, struct newsletter *n,
                         struct err *err)
{
    struct newsletter_section *sections = ARENA_NEW_ARRAY(
        &call->arena, struct newsletter_section, call->option_count + 1);
    size_t index = 0, count = 0;
    const char *text;
    while ((text = option_next(call, "--section", &index))) {
        if (!newsletter_parse_section(text, &call->arena, &sections[count++],
                                      err))
            return false;
    }
    if (count) {
        n->sections = sections;
        n->section_count = count;
    }
    return true;
}

static bool find_section(const struct newsletter *n, struct str heading,
                         size_t *index, struct err *err)
{
    OWNED(strbuf_free) struct strbuf all = STRBUF_INIT;
    for (size_t i = 0; i < n->section_count; i++) {
        OWNED(strbuf_free) struct strbuf title = STRBUF_INIT;
        newsletter_section_title(&n->sections[i], &title);
        strbuf_add_format(&all, "%s%s", i ? "; " : "", strbuf_text(&title));
        if (!str_equal(strbuf_str(&title), heading))
            continue;
        *index = i;
        return true;
    }
    return err_set(err, ERR_NOT_FOUND,
                   "--show: \"%.*s\" is no section of %s; there is %.400s",
                   STR_ARG(heading), n->slug, strbuf_text(&all));
}

/* "full" for the section before it, or for all where none stands before it;
 * "World=full" for the one with that heading. */
static bool set_show(struct newsletter *n, struct newsletter_section *sections,
                     size_t before, const char *text, struct err *err)
{
    const char *mark = strrchr(text, '=');
    enum story_show show;
    size_t first = before ? before - 1 : 0;
    size_t last = before ? before : n->section_count;
    if (!story_show_parse(mark ? mark + 1 : text, &show))
        return err_set(err, ERR_USAGE,
                       "--show \"%.80s\": has to be headline, summary or full, "
                       "or World=full for one section",
                       text);
    if (mark && !find_section(n, (struct str){text, (size_t)(mark - text)},
                              &first, err))
        return false;
    for (size_t i = first; i < (mark ? first + 1 : last); i++)
        sections[i].show = show;
    return true;
}

/* Sets how much sections show, after the sections, in the order of the
 * options. */
static bool set_shows(struct invocation *call, struct newsletter *n,
                      struct err *err)
{
    struct newsletter_section *sections = ARENA_NEW_ARRAY(
        &call->arena, struct newsletter_section, n->section_count);
    size_t before = 0;
    memcpy(sections, n->sections, n->section_count * sizeof *sections);
    n->sections = sections;
    for (size_t i = 0; i < call->option_count; i++) {
        const char *name = call->options[i].name;
        before += strcmp(name, "--section") == 0;
        if (strcmp(name, "--show") == 0 &&
            !set_show(n, sections, before, call->options[i].value, err))
            return false;
    }
    return true;
}

static void set_text(const struct invocation *call, const char *option,
                     const char **field)
{
    const char *value = option_get(call, option);
    if (value)
        *field = value;
}

static bool set_numbers(const struct invocation *call, struct newsletter *n,
                        struct err *err)
{
    const char *window = option_get(call, "--window");
    if (window && strcmp(window, "issue") == 0)
        n->window_s = 0;
    else if (window && !time_parse_duration(str_of(window), &n->window_s))
        return err_set(err, ERR_USAGE,
                       "--window \"%.40s\": has to be a time such as 7d, or "
                       "\"issue\" for all since the last one",
                       window);
    const char *age = option_get(call, "--max-age");
    if (age &&
        (!time_parse_duration(str_of(age), &n->max_age_s) || n->max_age_s < 1))
        return err_set(err, ERR_USAGE,
                       "--max-age \"%.40s\": has to be a time such as 30d",
                       age);
    const char *min = option_get(call, "--min");
    unsigned long long least = 0;
    if (min && (!str_to_u64(str_of(min), &least) || least > 1000))
        return err_set(err, ERR_USAGE,
                       "--min \"%.40s\": has to be a whole number up to 1000",
                       min);
    if (min)
        n->min_articles = (int64_t)least;
    return true;
}

static bool set_greeting(const struct invocation *call, struct newsletter *n,
                         struct err *err)
{
    const char *which = option_get(call, "--greeting");
    if (!which)
        return true;
    n->omits_greeting = strcmp(which, "off") == 0;
    return n->omits_greeting || strcmp(which, "on") == 0 ||
           err_set(err, ERR_USAGE, "--greeting \"%.40s\": has to be on or off",
                   which);
}

static bool set_theme(struct invocation *call, struct newsletter *n,
                      struct err *err)
{
    size_t index = 0;
    const char *setting;
    while ((setting = option_next(call, "--theme", &index))) {
        OWNED(strbuf_free) struct strbuf changed = STRBUF_INIT;
        if (!theme_change(str_of(n->theme), setting, &changed, err))
            return false;
        n->theme = arena_copy_str(&call->arena, strbuf_str(&changed));
    }
    return true;
}

/* Colours that can't be read are the publisher's to choose, but knowingly. */
static bool warn_contrast(struct invocation *call, const struct newsletter *n,
                          struct err *err)
{
    OWNED(strbuf_free) struct strbuf lines = STRBUF_INIT;
    struct render_setting *theme;
    size_t count;
    if (!option_get(call, "--theme"))
        return true;
    if (!theme_parse(str_of(n->theme), &call->arena, &theme, &count, err))
        return false;
    theme_write_contrast(theme, count, &lines);
    struct str rest = strbuf_str(&lines), line;
    while (str_next_line(&rest, &line))
        log_warning("%s: %.*s", n->slug, STR_ARG(line));
    return true;
}

static bool apply_options(struct invocation *call, struct app *app,
                          struct newsletter *n, struct err *err)
{
    set_text(call, "--title", &n->title);
    set_text(call, "--reply-to", &n->reply_to);
    set_text(call, "--template", &n->template_name);
    set_text(call, "--language", &n->language);
    set_text(call, "--timezone", &n->timezone);
    const char *from = option_get(call, "--from");
    const char *rank = option_get(call, "--rank");
    if (from && !newsletter_parse_from(from, &call->arena, &n->from_name,
                                       &n->from_address, err))
        return false;
    newsletter_clean_names(n, &call->arena);
    if (rank && !selector_ranking_parse(rank, &n->ranking))
        return err_set(err, ERR_USAGE,
                       "--rank \"%.40s\": has to be recent, views or score",
                       rank);
    return zone_check(n->timezone, err) && set_numbers(call, n, err) &&
           set_sections(call, n, err) && set_shows(call, n, err) &&
           newsletter_rules_apply(call, app, &n->rules, err) &&
           set_greeting(call, n, err) && set_theme(call, n, err);
}

/* A design that can't be rendered is better said now than on Friday; one that
 * broke later keeps nobody from changing something else. */
static bool try_looks(const struct invocation *call, const struct app *app,
                      const struct newsletter *n, bool is_new, struct err *err)
{
    if (!is_new && !option_get(call, "--template") &&
        !option_get(call, "--theme") && !option_get(call, "--language"))
        return true;
    return trial_design(&app->conf, app->templates, n, err);
}

/* Sections that say how many they take make an issue as long as they like. */
static bool says_limits(const struct newsletter *n)
{
    for (size_t i = 0; i < n->section_count; i++)
        if (n->sections[i].is_limited)
            return true;
    return false;
}

/* Checks a newsletter, and says which option gives what it lacks. */
static bool check(const struct newsletter *n, struct err *err)
{
    if (newsletter_check(n, err))
        return true;
    if (!*n->title)
        err_advise(err, "add --title 'Weekly Review'");
    else if (!*n->from_address)
        err_advise(err, "add --from 'Name <news@example.org>'");
    else if (!n->section_count)
        err_advise(err, "add --section World or --section '*'");
    else if (strchr(n->template_name, '/'))
        err_advise(err, "`digest template list` shows those there are");
    return false;
}

static bool add(struct app *app, struct newsletter *n, struct err *err)
{
    return newsletter_create(app->db, n, &n->id, err) ||
           (err->kind == ERR_CONFLICT &&
            err_advise(err, "change it with `digest newsletter edit %s`",
                       n->slug));
}

static bool run_create(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err))
        return false;
    struct newsletter n = newsletter_defaults(clock_now());
    n.slug = call->args[0];
    if (!apply_options(call, &app, &n, err))
        return false;
    if (says_limits(&n) && !option_get(call, "--max"))
        n.rules.most = 0;
    OWNED(tx_end) struct tx tx = TX_INIT;
    if (!check(&n, err) || !try_looks(call, &app, &n, true, err) ||
        !tx_begin(&tx, app.db, TX_DURABLE, err) || !add(&app, &n, err) ||
        !schedule_command_apply(call, app.db, n.id, err) ||
        !tx_commit(&tx, err) || !warn_contrast(call, &n, err))
        return false;
    if (option_get(call, "--language"))
        app_warn_language(&app, &n);
    if (call->json) {
        json_print(json_newsletter(&n));
        return true;
    }
    printf("Created %s, \"%s\", with %zu %s.\n", n.slug, n.title,
           n.section_count,
           plural((int64_t)n.section_count, "section", "sections"));
    if (option_get(call, "--every") &&
        !schedule_command_print(call, app.db, n.id, 2, err))
        return false;
    printf("Next: digest subscriber add EMAIL --newsletter %s\n"
           "      digest issue draft %s --explain\n",
           n.slug, n.slug);
    return true;
}

/* Whether options change how articles are chosen, which is done when an issue
 * is drafted; its looks and sender are taken when it goes out. */
static bool chooses_otherwise(const struct invocation *call)
{
    static const char *const options[] = {"--section", "--window", "--max-age",
                                          "--rank", "--min"};
    for (size_t i = 0; i < ARRAY_SIZE(options); i++)
        if (option_get(call, options[i]))
            return true;
    return false;
}

/* Sections that were just given more than an issue takes. */
static bool is_cut_short(const struct invocation *call,
                         const struct newsletter *n)
{
    int64_t taken = 0;
    for (size_t i = 0; i < n->section_count; i++)
        taken += n->sections[i].at_most;
    return option_get(call, "--section") && says_limits(n) &&
           !option_get(call, "--max") && n->rules.most && taken > n->rules.most;
}

static bool run_edit(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct newsletter n;
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err) ||
        !newsletter_get(app.db, call->args[0], &call->arena, &n, err) ||
        !apply_options(call, &app, &n, err) || !check(&n, err) ||
        !try_looks(call, &app, &n, false, err) ||
        !tx_begin(&tx, app.db, TX_DURABLE, err) ||
        !newsletter_update(app.db, &n, err) ||
        !schedule_command_apply(call, app.db, n.id, err) ||
        !tx_commit(&tx, err) || !warn_contrast(call, &n, err))
        return false;
    if (option_get(call, "--language"))
        app_warn_language(&app, &n);
    if (call->json) {
        json_print(json_newsletter(&n));
        return true;
    }
    if (chooses_otherwise(call))
        printf("Changed %s. An open draft takes it up when it is drafted "
               "again: digest issue draft %s\n",
               n.slug, n.slug);
    else
        printf("Changed %s.\n", n.slug);
    if (is_cut_short(call, &n))
        printf("An issue has at most %" PRId64
               " articles in all; --max changes that.\n",
               n.rules.most);
    return true;
}

static bool run_list(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct newsletter_list list;
    if (!invocation_count(call, 0, 0, err) || !app_open(&app, call, err) ||
        !newsletter_find(app.db, &call->arena, &list, err))
        return false;
    if (call->json) {
        json_t *array = json_array();
        for (size_t i = 0; i < list.count; i++)
            json_array_append_new(array, json_newsletter(&list.items[i]));
        json_print(array);
        return true;
    }
    OWNED(table_free) struct table table;
    table_begin(&table, 4,
                (const char *const[]){"NEWSLETTER", "TITLE", "SECTIONS",
                                      "SUBSCRIBERS"});
    table.right = 12;
    for (size_t i = 0; i < list.count; i++) {
        int64_t active;
        if (!roster_count_active(app.db, list.items[i].id, &active, err))
            return false;
        table_add(&table, "%s", list.items[i].slug);
        table_add(&table, "%s", list.items[i].title);
        table_add(&table, "%zu", list.items[i].section_count);
        table_add(&table, "%s", grouped(&call->arena, active));
    }
    if (list.count)
        table_print(&table);
    else
        puts("No newsletter yet. Make one: digest newsletter create weekly "
             "--title 'Weekly Review' --from 'Review <news@example.org>'");
    return true;
}

static void print_theme(const struct newsletter *n)
{
    struct str rest = str_of(n->theme), line;
    for (bool first = true; str_next_line(&rest, &line); first = false)
        printf("%s%.*s\n", first ? "theme      " : "           ",
               STR_ARG(line));
}

static bool run_show(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct newsletter n;
    int64_t active;
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err) ||
        !newsletter_get(app.db, call->args[0], &call->arena, &n, err) ||
        !roster_count_active(app.db, n.id, &active, err))
        return false;
    if (call->json) {
        json_print(json_newsletter(&n));
        return true;
    }
    printf("%s, \"%s\"\nfrom       %s <%s>\n", n.slug, n.title, n.from_name,
           n.from_address);
    if (*n.reply_to)
        printf("reply to   %s\n", n.reply_to);
    printf("language   %s, times in %s\ntemplate   %s\n", n.language,
           n.timezone, n.template_name);
    print_theme(&n);
    if (n.omits_greeting)
        puts("greeting   off");
    newsletter_rules_print(&n, &call->arena);
    printf("readers    %s active\n", grouped(&call->arena, active));
    return schedule_command_show(call, app.db, n.id, err);
}

static bool run_delete(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct newsletter n;
    if (!invocation_count(call, 1, 1, err) || !app_open(&app, call, err) ||
        !newsletter_get(app.db, call->args[0], &call->arena, &n, err))
        return false;
    if (!issue_delete_newsletter(app.db, n.id, err))
        return err_context(err, "%s", n.slug);
    printf("Deleted %s.\n", n.slug);
    return true;
}

#define SETTINGS                                                               \
    {"--title", "T", "what readers know it by"},                               \
        {"--from", "'NAME <A@B>'", "the sender"},                              \
        {"--reply-to", "A@B", "where answers go"},                             \
        {"--section", "[TITLE=]CATEGORY[:[MIN-]N]",                            \
         "a section, up to N articles; again "                                 \
         "for more"},                                                          \
        {"--show", "[SECTION=]HOW",                                            \
         "headline, summary or full text: of the section before it, of all, "  \
         "or of one by its heading"},                                          \
        {"--window", "7d", "a fixed span in place of since the last issue"},   \
        {"--max-age", "30d", "never older than this"},                         \
        {"--rank", "R", "recent, views or score"},                             \
        {"--min", "N", "fewer articles make no issue"},                        \
        NEWSLETTER_RULE_OPTIONS, {"--template", "NAME", "the design"},         \
        {"--theme", "NAME=VALUE", "a colour, font, logo or width of it"},      \
        {"--greeting", "on|off", "begin with \"Hello Ada,\""},                 \
        {"--language", "LANG", "such as en or pt-BR"},                         \
        {"--timezone", "TZ", "such as Europe/Berlin"},                         \
        {"--every", "RULE", "when it goes out: 'friday 07:00'"},               \
        {"--editors", "A@B,C@D", "who get previews, and what went wrong"},     \
    {                                                                          \
        0                                                                      \
    }

const struct command newsletter_commands[] = {
    {"newsletter",
     "create",
     "SLUG",
     "make a newsletter",
     {SETTINGS},
     run_create},
    {"newsletter", "list", "", "list newsletters", {{0}}, run_list},
    {"newsletter", "show", "SLUG", "show one newsletter", {{0}}, run_show},
    {"newsletter",
     "edit",
     "SLUG",
     "change what is given, keep the rest",
     {SETTINGS},
     run_edit},
    {"newsletter",
     "delete",
     "SLUG",
     "remove one that was never sent",
     {{0}},
     run_delete},
    {0},
};
