/* Runs `digest text`: a newsletter's own words. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/cli/app.h"
#include "digest/cli/json.h"
#include "digest/newsletters/newsletter.h"
#include "digest/newsletters/text.h"
#include "digest/renderer/catalogue.h"

/* ---- which newsletter, which language ---- */

static bool open_texts(struct invocation *call, struct app *app,
                       struct newsletter *n, const char **language,
                       struct err *err)
{
    *language = option_get(call, "--language");
    if (!invocation_count(call, 1, 1, err) || !app_open(app, call, err) ||
        !newsletter_get(app->db, call->args[0], &call->arena, n, err))
        return false;
    if (!*language)
        *language = n->language;
    return catalogue_exists(app->templates, *language) ||
           err_set(err, ERR_USAGE,
                   "--language \"%.40s\": there are no words in it yet; a file "
                   "templates/messages/%.40s.yaml beside digest.yaml adds it",
                   *language, *language);
}

/* ---- list ---- */

static const char *built_in(const struct catalogue *words,
                            const struct text_kind *kind)
{
    return catalogue_get(words, kind->name);
}

static void print_one(const struct text_kind *kind, const char *own,
                      const char *words)
{
    printf("%s: %s\n", kind->name, kind->what);
    if (own)
        printf("  now       %s\n", own);
    printf("  built in  %s\n", *words ? words : "(nothing)");
}

static bool run_list(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(catalogue_release) struct catalogue *words = NULL;
    struct newsletter n;
    struct text_list texts;
    const char *language;
    if (!open_texts(call, &app, &n, &language, err) ||
        !text_find(app.db, n.id, &call->arena, &texts, err) ||
        !catalogue_new(app.templates, language, &words, err))
        return false;
    json_t *array = json_array();
    for (size_t i = 0; i < text_kind_count; i++) {
        const struct text_kind *kind = &text_kinds[i];
        const char *own = text_for(&texts, language, kind->name);
        if (!call->json)
            print_one(kind, own, built_in(words, kind));
        json_array_append_new(array, json_pack("{s:s, s:s, s:s?, s:s}", "name",
                                               kind->name, "language", language,
                                               "text", own, "built_in",
                                               built_in(words, kind)));
    }
    if (call->json)
        json_print(array);
    else
        json_decref(array);
    return true;
}

/* ---- edit ---- */

static bool find_kind(struct str name, const struct text_kind **out,
                      struct err *err)
{
    OWNED(mem_free) char *copy = str_dup(name);
    *out = text_kind_find(copy);
    return *out || err_set(err, ERR_NOT_FOUND,
                           "\"%.60s\": there is no such text; `digest text "
                           "list SLUG` shows those there are",
                           copy);
}

static bool set_one(struct invocation *call, struct app *app,
                    const struct newsletter *n, const char *language,
                    const char *value, struct err *err)
{
    const struct text_kind *kind;
    struct str text = str_of(value);
    struct str name = str_cut(&text, ' ');
    return find_kind(name, &kind, err) && text_check(kind, text.ptr, err) &&
           text_put(app->db, n->id, language, kind,
                    arena_copy_str(&call->arena, text), err);
}

static bool run_edit(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct newsletter n;
    const struct text_kind *kind;
    const char *language, *value;
    size_t index = 0, changed = 0;
    if (!open_texts(call, &app, &n, &language, err) ||
        !tx_begin(&tx, app.db, TX_DURABLE, err))
        return false;
    for (; (value = option_next(call, "--set", &index)); changed++)
        if (!set_one(call, &app, &n, language, value, err))
            return false;
    for (index = 0; (value = option_next(call, "--reset", &index)); changed++)
        if (!find_kind(str_of(value), &kind, err) ||
            !text_put(app.db, n.id, language, kind, "", err))
            return false;
    if (!changed)
        return err_set(err, ERR_USAGE,
                       "nothing to change: give --set NAME TEXT or --reset "
                       "NAME; `digest text list %s` shows the names",
                       n.slug);
    if (!tx_commit(&tx, err))
        return false;
    printf("Changed %zu %s of %s in %s.\n", changed,
           plural((int64_t)changed, "text", "texts"), n.slug, language);
    return true;
}

const struct command text_commands[] = {
    {"text",
     "list",
     "SLUG",
     "list what a newsletter says, beside the built-in words",
     {{"--language", "LANG", "in this language (the newsletter's)"}, {0}},
     run_list},
    {"text",
     "edit",
     "SLUG",
     "say something in other words than the built-in ones",
     {{"--set", "NAME TEXT",
       "in mails and pages of this newsletter; again for "
       "more"},
      {"--reset", "NAME", "the built-in words again"},
      {"--language", "LANG",
       "for readers of this language (the "
       "newsletter's)"},
      {0}},
     run_edit},
    {0},
};
