/* Runs `digest article`: imports, lists, searches, shows and edits. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "digest/articles/article_edit.h"
#include "digest/articles/article_picture.h"
#include "digest/articles/article_search.h"
#include "digest/articles/category.h"
#include "digest/articles/source_store.h"
#include "digest/base/clock.h"
#include "digest/base/log.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/cli/cmd_article.h"
#include "digest/cli/import_print.h"
#include "digest/cli/json.h"
#include "digest/cli/pictures.h"
#include "digest/cli/table.h"
#include "digest/document/text.h"
#include "digest/sources/import.h"
#include "digest/sources/source_kind.h"

static void print_report(const struct import_report *r, bool json)
{
    if (json) {
        json_print(
            json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "added",
                      (json_int_t)r->added, "changed", (json_int_t)r->changed,
                      "unchanged", (json_int_t)r->unchanged, "left_out",
                      (json_int_t)r->left_out, "failed", (json_int_t)r->failed,
                      "undated", (json_int_t)r->undated));
        return;
    }
    printf("Imported %zu new %s, %zu changed, %zu as they were", r->added,
           plural((int64_t)r->added, "article", "articles"), r->changed,
           r->unchanged);
    if (r->left_out)
        printf(", %zu left out (drafts or to come; -v names them)",
               r->left_out);
    if (r->failed)
        printf(", %zu could not be read", r->failed);
    if (r->undated)
        printf(", %zu with a date that can't be read", r->undated);
    puts(".");
}

static bool run_import(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct import_options options = {
        .now = clock_now(), .category = option_get(call, "--category")};
    const char *format = option_get(call, "--format");
    if (!invocation_count(call, 1, 10000, err) || !app_open(&app, call, err))
        return false;
    if (format && !import_kind_parse(format, &options.kind)) {
        OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
        source_kind_add_names(&names);
        return err_set(err, ERR_USAGE, "--format \"%.40s\": has to be auto, %s",
                       format, strbuf_text(&names));
    }
    options.base_url = conf_site(&app.conf);
    options.allow_private = app.conf.fetch_private;
    OWNED(import_report_free)
    struct import_report report = {.tell = import_tell};
    struct err first = {0};
    for (size_t i = 0; i < call->arg_count; i++) {
        struct err one = {0};
        if (import_path(app.db, call->args[i], &options, &report, &one))
            continue;
        if (first.kind)
            log_error("%s", one.text);
        else
            first = one;
    }
    print_report(&report, call->json);
    if (!import_print_drafts(&app, &call->arena, &report, err) ||
        ((report.added || report.changed) && !pictures_take_in(&app, err)))
        return false;
    if (first.kind) {
        *err = first;
        return false;
    }
    if (report.failed)
        call->exit_code = err_exit_code(ERR_INPUT);
    return true;
}

static bool parse_limit(const struct invocation *call, size_t *out,
                        struct err *err)
{
    const char *text = option_get(call, "--limit");
    unsigned long long limit = 0;
    if (text && (!str_to_u64(str_of(text), &limit) || limit < 1))
        return err_set(err, ERR_USAGE,
                       "--limit \"%.40s\": has to be a whole "
                       "number from 1",
                       text);
    *out = (size_t)limit;
    return true;
}

static void print_articles(const struct article_list *list)
{
    OWNED(table_free) struct table table;
    table_begin(
        &table, 4,
        (const char *const[]){"ID", "PUBLISHED", "CATEGORIES", "TITLE"});
    table.right = 1;
    for (size_t i = 0; i < list->count; i++) {
        const struct article *a = &list->items[i];
        char at[TIME_TEXT_SIZE];
        OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
        for (size_t j = 0; j < a->category_count; j++)
            strbuf_add_format(&names, "%s%s", j ? ", " : "",
                              a->categories[j].name);
        table_add(&table, "%" PRId64, a->id);
        table_add(&table, "%.10s",
                  a->published_at ? time_rfc3339(a->published_at, at) : "-");
        table_add(&table, "%s", strbuf_text(&names));
        table_add(&table, "%s", a->title);
    }
    if (list->count)
        table_print(&table);
    else
        puts("No article yet. Bring some in: digest article import PATH|URL");
}

static bool run_list(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
    struct article_query query = {0};
    struct article_list list;
    const char *category = option_get(call, "--category");
    if (category) {
        category_slug(str_of(category), &slug);
        query.category = strbuf_text(&slug);
    }
    if (!invocation_count(call, 0, 0, err) ||
        !parse_limit(call, &query.limit, err) || !app_open(&app, call, err) ||
        !article_find(app.db, &query, &call->arena, &list, err))
        return false;
    if (!call->json) {
        print_articles(&list);
        return true;
    }
    json_t *array = json_array();
    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(array, json_article(&list.items[i], false));
    json_print(array);
    return true;
}

static bool parse_search(struct invocation *call, struct app *app,
                         struct article_search *search, struct err *err)
{
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
    const char *category = option_get(call, "--category");
    const char *name = option_get(call, "--source");
    const char *since = option_get(call, "--since");
    const char *until = option_get(call, "--until");
    struct source source;
    for (size_t i = 0; i < call->arg_count; i++)
        strbuf_add_format(&words, "%s ", call->args[i]);
    search->words = arena_copy_str(&call->arena, strbuf_str(&words));
    if (category) {
        category_slug(str_of(category), &slug);
        search->category = arena_copy_str(&call->arena, strbuf_str(&slug));
    }
    if (name && !source_get(app->db, name, &call->arena, &source, err))
        return false;
    search->source_id = name ? source.id : 0;
    return (!since ||
            app_parse_time("--since", since, &search->published_from, err)) &&
           (!until ||
            app_parse_time("--until", until, &search->published_until, err)) &&
           parse_limit(call, &search->limit, err);
}

static bool run_search(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct article_search search = {0};
    struct article_list list;
    if (!invocation_count(call, 1, 1000, err) || !app_open(&app, call, err) ||
        !parse_search(call, &app, &search, err) ||
        !article_search_find(app.db, &search, &call->arena, &list, err))
        return false;
    if (!call->json && list.count) {
        print_articles(&list);
        return true;
    }
    if (!call->json) {
        puts("No article has these words.");
        return true;
    }
    json_t *array = json_array();
    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(array, json_article(&list.items[i], false));
    json_print(array);
    return true;
}

bool article_command_id(const char *text, int64_t *out, struct err *err)
{
    unsigned long long id;
    if (!str_to_u64(str_of(text), &id) || id > INT64_MAX)
        return err_set(err, ERR_USAGE,
                       "\"%.40s\": has to be an article's number; `digest "
                       "article list` shows them",
                       text);
    *out = (int64_t)id;
    return true;
}

static bool print_document(const char *html, struct err *err)
{
    OWNED(document_release) struct document *document = NULL;
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    if (!document_from_html(str_of(html), NULL, &document, err))
        return false;
    struct text_options options = {0};
    document_to_text(document, &options, &text);
    printf("\n%s", strbuf_text(&text));
    return true;
}

static bool run_show(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct article a = {0};
    struct article_picture picture;
    int64_t id = 0;
    if (!invocation_count(call, 1, 1, err) ||
        !article_command_id(call->args[0], &id, err) ||
        !app_open(&app, call, err) ||
        !article_get(app.db, id, &call->arena, &a, err) ||
        !article_picture_get(app.db, &a, &call->arena, &picture, err))
        return false;
    if (call->json) {
        json_t *object = json_article(&a, true);
        json_object_set_new(object, "picture",
                            picture.name ? json_string(picture.name)
                                         : json_null());
        if (!article_command_corrections(call, &app, id, object, err)) {
            json_decref(object);
            return false;
        }
        json_print(object);
        return true;
    }
    char published[TIME_TEXT_SIZE], known[TIME_TEXT_SIZE];
    printf("%s\n%s\n", a.title, a.url);
    if (*a.author)
        printf("by %s\n", a.author);
    printf("published %s, known since %s, %" PRId64 " words\n",
           a.published_at ? time_rfc3339(a.published_at, published)
                          : "at a time that can't be read",
           time_rfc3339(a.known_at, known), a.word_count);
    for (size_t i = 0; i < a.category_count; i++)
        printf("%s%s%s", i ? ", " : "in ", a.categories[i].name,
               i + 1 == a.category_count ? "\n" : "");
    if (picture.name)
        printf("its picture is kept, as i/%s\n", picture.name);
    else if (*picture.error)
        printf("its picture can't be had: %s\n", picture.error);
    if (!article_command_corrections(call, &app, id, NULL, err))
        return false;
    if (*a.summary_html && !print_document(a.summary_html, err))
        return false;
    return !*a.body_html || print_document(a.body_html, err);
}

static const char *const *categories_of(struct invocation *call, size_t *count)
{
    const char **names =
        ARENA_NEW_ARRAY(&call->arena, const char *, call->option_count + 1);
    const char *name;
    size_t index = 0;
    *count = 0;
    while ((name = option_next(call, "--category", &index)))
        names[(*count)++] = name;
    return *count ? names : NULL;
}

static bool run_edit(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    struct article_edit edit = {.title = option_get(call, "--title"),
                                .author = option_get(call, "--author"),
                                .language = option_get(call, "--language"),
                                .summary = option_get(call, "--summary"),
                                .image_alt = option_get(call, "--image-alt"),
                                .weight = option_get(call, "--weight"),
                                .as_imported =
                                    option_get(call, "--as-imported") != NULL};
    OWNED(picture_free) struct picture made = {0};
    const char *drafts = "";
    int64_t id = 0;
    edit.categories = categories_of(call, &edit.category_count);
    if (!invocation_count(call, 1, 1, err) ||
        !article_command_id(call->args[0], &id, err))
        return false;
    if (!call->option_count)
        return err_set(err, ERR_USAGE,
                       "edit what? give --title, --author, --summary, "
                       "--category, --image, --image-alt, --language or "
                       "--weight");
    if (!app_open(&app, call, err) ||
        !pictures_edit(&app, id, option_get(call, "--image"), &made, &edit,
                       err) ||
        !article_edit(app.db, id, &edit, clock_now(), err) ||
        !issue_drafts_with(app.db, id, &call->arena, &drafts, err))
        return false;
    printf(edit.as_imported && call->option_count == 1
               ? "Article %" PRId64 " will be as its source has it, from the "
                 "next import on.\n"
               : "Changed article %" PRId64 "; imports will leave that be.\n",
           id);
    if (*drafts)
        log_note("%s, not yet sent, will carry the new text.", drafts);
    return true;
}

static bool run_remove(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    if (!invocation_count(call, 1, 10000, err) || !app_open(&app, call, err))
        return false;
    for (size_t i = 0; i < call->arg_count; i++) {
        int64_t id = 0;
        const char *drafts = "";
        if (!article_command_id(call->args[i], &id, err) ||
            !issue_drafts_with(app.db, id, &call->arena, &drafts, err) ||
            !article_withdraw(app.db, id, clock_now(), err))
            return false;
        printf("Removed article %" PRId64 "; no issue will take it.\n", id);
        if (*drafts)
            log_note("It is left out of %s, which was not sent yet.", drafts);
    }
    return true;
}

static bool run_withdraw(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    const char *note = option_get(call, "--note");
    if (!invocation_count(call, 1, 10000, err) || !app_open(&app, call, err))
        return false;
    for (size_t i = 0; i < call->arg_count; i++) {
        int64_t id = 0;
        const char *drafts = "";
        if (!article_command_id(call->args[i], &id, err) ||
            !issue_drafts_with(app.db, id, &call->arena, &drafts, err) ||
            !article_unpublish(app.db, id, note ? note : "", clock_now(), err))
            return false;
        printf("Withdrew article %" PRId64 " from publication; its pages say "
               "so, and no issue will take it.\n",
               id);
        if (*drafts)
            log_note("It is left out of %s, which was not sent yet.", drafts);
    }
    log_note("Pages that `digest archive` wrote change when it is run again.");
    return true;
}

static bool run_restore(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    if (!invocation_count(call, 1, 10000, err) || !app_open(&app, call, err))
        return false;
    for (size_t i = 0; i < call->arg_count; i++) {
        int64_t id = 0;
        if (!article_command_id(call->args[i], &id, err) ||
            !article_put_back(app.db, id, err))
            return false;
        printf("Put article %" PRId64 " back; issues may take it again.\n", id);
    }
    return true;
}

const struct command article_commands[] = {
    {"article",
     "import",
     "PATH|URL...",
     "bring in articles: Markdown, feeds, WordPress exports, pages",
     {{"--category", "C", "a category for all of them"},
      {"--format", "F", "auto, {kinds}"},
      {0}},
     run_import},
    {"article",
     "list",
     "",
     "list articles, the newest first",
     {{"--category", "C", "of this category alone"},
      {"--limit", "N", "at most so many"},
      {0}},
     run_list},
    {"article",
     "search",
     "WORDS...",
     "find articles by words of title, author and summary",
     {{"--category", "C", "of this category alone"},
      {"--source", "SOURCE", "of this source alone, by number or address"},
      {"--since", "T", "published since then"},
      {"--until", "T", "published before then"},
      {"--limit", "N", "at most so many (default: 100)"},
      {0}},
     run_search},
    {"article", "show", "ID", "show one article", {{0}}, run_show},
    {"article",
     "edit",
     "ID",
     "rewrite what is given, for every issue to come",
     {{"--title", "T", "the headline"},
      {"--author", "A", "the byline"},
      {"--summary", "S", "the summary, in Markdown"},
      {"--category", "C", "a category in place of its own; again for more"},
      {"--image", "URL|FILE", "the picture; '' for none"},
      {"--image-alt", "TEXT", "what the picture shows"},
      {"--language", "LANG", "such as en or pt-BR"},
      {"--weight", "N", "for ranking by score"},
      {"--as-imported", NULL, "the next import may write all of it again"},
      {0}},
     run_edit},
    {"article",
     "remove",
     "ID...",
     "keep articles out of every issue to come",
     {{0}},
     run_remove},
    {"article",
     "withdraw",
     "ID...",
     "withdraw articles from publication: their text leaves the archive",
     {{"--note", "TEXT", "what their pages say instead"}, {0}},
     run_withdraw},
    {"article",
     "correct",
     "ID",
     "tell those who had an article what was wrong in it",
     {{"--note", "TEXT", "what was wrong, and what is right"},
      {"--send", NULL, "an issue of its own, as a draft, for them alone"},
      {"--remove", "N", "take correction N back, before it was sent"},
      {0}},
     article_command_correct},
    {"article",
     "restore",
     "ID...",
     "put removed and withdrawn articles back",
     {{0}},
     run_restore},
    {0},
};
