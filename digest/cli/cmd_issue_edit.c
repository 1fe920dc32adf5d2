/* Runs `digest issue edit`: changes a draft's stories and texts. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/url.h"
#include "digest/base/utf8.h"
#include "digest/cli/cmd_issue.h"
#include "digest/issues/choices.h"
#include "digest/sources/picture_fetch.h"

/* An option's choice about an article: "12", or "12 …" with the rest behind
 * it; "#12" is the same. */
static bool take_id(const char *option, const char *value, int64_t *id,
                    const char **rest, struct err *err)
{
    struct str text = str_of(value + (*value == '#'));
    struct str digits = str_cut(&text, ' ');
    unsigned long long number;
    if (!str_to_u64(digits, &number) || number < 1 || number > INT64_MAX)
        return err_set(err, ERR_USAGE,
                       "%s \"%.80s\": has to begin with an article's number, "
                       "as `digest issue show` lists them",
                       option, value);
    *id = (int64_t)number;
    *rest = text.ptr;
    return true;
}

static bool pin(struct choices *edit, int64_t id, const char *rest,
                struct err *err)
{
    (void)rest;
    return choices_pin(edit, id, err);
}

static bool drop(struct choices *edit, int64_t id, const char *rest,
                 struct err *err)
{
    (void)rest;
    return choices_drop(edit, id, err);
}

static bool reset(struct choices *edit, int64_t id, const char *rest,
                  struct err *err)
{
    (void)rest;
    return choices_reset(edit, id, err);
}

/* "2", or "World:2"; a section's name may hold colons, too. */
static bool move(struct choices *edit, int64_t id, const char *rest,
                 struct err *err)
{
    const char *colon = strrchr(rest, ':');
    const char *section = NULL;
    unsigned long long place;
    if (colon)
        section = arena_copy_str(edit->arena,
                                 (struct str){rest, (size_t)(colon - rest)});
    if (!str_to_u64(str_of(colon ? colon + 1 : rest), &place) ||
        place > NEWSLETTER_MAX_ARTICLES)
        return err_set(err, ERR_USAGE,
                       "--move %" PRId64 " \"%.80s\": has to be a place such "
                       "as 1, or World:1 for another section",
                       id, rest);
    return choices_move(edit, id, section, (int64_t)place, err);
}

static bool show(struct choices *edit, int64_t id, const char *rest,
                 struct err *err)
{
    bool as_section = strcmp(rest, "section") == 0;
    return choices_set_show(edit, id, as_section ? "" : rest, err);
}

/* A file's: an address may hold another picture by the time it is sent. */
static bool image(struct choices *edit, int64_t id, const char *rest,
                  struct err *err)
{
    OWNED(picture_free) struct picture picture = {0};
    if (!*rest)
        return choices_set_picture(edit, id, NULL, clock_now(), err);
    if (url_is_absolute(str_of(rest)))
        return err_set(err, ERR_USAGE,
                       "--image %" PRId64 " \"%.200s\": has to be a file; "
                       "save the picture first",
                       id, rest);
    return picture_from(rest, false, &picture, err) &&
           choices_set_picture(edit, id, &picture, clock_now(), err);
}

static const struct {
    const char *option;
    bool (*change)(struct choices *, int64_t, const char *, struct err *);
} changes[] = {
    {"--pin", pin},
    {"--drop", drop},
    {"--reset", reset},
    {"--move", move},
    {"--title", choices_set_title},
    {"--summary", choices_set_summary},
    {"--show", show},
    {"--image", image},
};

/* Changes the articles in the order in which the options were given. */
static bool change_articles(struct invocation *call, struct choices *edit,
                            struct err *err)
{
    for (size_t i = 0; i < call->option_count; i++) {
        int64_t id = 0;
        const char *rest = "", *option = call->options[i].name;
        for (size_t j = 0; j < ARRAY_SIZE(changes); j++)
            if (strcmp(changes[j].option, option) == 0 &&
                (!take_id(option, call->options[i].value, &id, &rest, err) ||
                 !changes[j].change(edit, id, rest, err)))
                return false;
    }
    return true;
}

static bool add_link(struct invocation *call, struct choices *edit, int64_t *id,
                     struct err *err)
{
    const char *text = option_get(call, "--link");
    struct choices_link link = {.note = option_get(call, "--note"),
                                .section = option_get(call, "--section")};
    *id = 0;
    if (!text && (link.note || link.section))
        return err_set(err, ERR_USAGE,
                       "%s belongs to a link: give --link URL TITLE",
                       link.note ? "--note" : "--section");
    if (!text)
        return true;
    struct str title = str_of(text);
    link.url = arena_copy_str(&call->arena, str_cut(&title, ' '));
    link.title = title.ptr;
    return choices_add_link(edit, &link, id, err);
}

static bool read_intro(const char *file, struct choices *edit, struct err *err)
{
    OWNED(strbuf_free) struct strbuf intro = STRBUF_INIT;
    if (!file_read(file, 1 << 20, &intro, err))
        return false;
    size_t bad = utf8_invalid_at(strbuf_str(&intro));
    if (bad < intro.len)
        return err_set(err, ERR_INPUT,
                       "%s: isn't UTF-8 (byte %zu); save it as UTF-8", file,
                       bad + 1);
    return choices_set_intro(edit, strbuf_text(&intro), err);
}

static bool change_texts(struct invocation *call, struct choices *edit,
                         struct err *err)
{
    const char *subject = option_get(call, "--subject");
    const char *preheader = option_get(call, "--preheader");
    const char *intro = option_get(call, "--intro");
    return (!subject || choices_set_subject(edit, subject, err)) &&
           (!preheader || choices_set_preheader(edit, preheader, err)) &&
           (!intro || read_intro(intro, edit, err));
}

bool issue_command_edit(struct invocation *call, struct err *err)
{
    OWNED(app_close) struct app app = {0};
    OWNED(choices_end) struct choices edit = {0};
    struct issue issue;
    int64_t link;
    if (!invocation_count(call, 1, 1, err))
        return false;
    if (!call->option_count)
        return err_set(err, ERR_USAGE,
                       "nothing to change: give --subject S, --pin ID, --drop "
                       "ID or another option; `digest issue edit --help` "
                       "lists them");
    if (!issue_command_open(call, &app, true, &issue, err) ||
        !choices_begin(&edit, app.db, issue.id, 0, &call->arena, err) ||
        !change_articles(call, &edit, err) ||
        !add_link(call, &edit, &link, err) || !change_texts(call, &edit, err) ||
        !choices_commit(&edit, err))
        return false;
    if (call->json)
        return issue_command_summary(call, &app, &edit.issue, err);
    printf("Changed %s/%" PRId64 ".\n", issue.newsletter, issue.number);
    if (link)
        printf("The link is number %" PRId64 " in it.\n", link);
    return true;
}
