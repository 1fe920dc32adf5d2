/* `digest demo`: the whole way of a newsletter, in a folder of its own. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "digest/base/clock.h"
#include "digest/base/embed.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/cli/app.h"
#include "digest/cli/draft_print.h"
#include "digest/cli/import_print.h"
#include "digest/cli/workfolder.h"
#include "digest/issues/draft.h"
#include "digest/sources/import.h"
#include "digest/sources/source_kind.h"
#include "subscribers/consent/consent.h"
#include "subscribers/roster/address.h"

enum { HOUR = 3600, WEEK = 7 * 86400 };

static const char samples[] = "digest/cli/demo/";

static const struct {
    const char *email, *name, *categories;
} readers[] = {
    {"ana@example.org", "Ana Sousa", ""},
    {"juergen@example.org", "Jürgen Groß", ""},
    {"mei@example.org", "李梅", ""},
    {"omar@example.org", "Omar Haddad", "Science\nCulture"},
    {"ruth@example.org", "Ruth Cohen", ""},
    {"sam@example.org", "", ""},
};

/* A demo under way. */
struct demo {
    const char *folder;
    struct app app;
    struct invocation *call;
    struct newsletter newsletter;
    struct issue issue;
    int64_t now;
};

static void say(const char *text)
{
    printf("\n%s\n", text);
}

/* The samples carry "@30h" for a date: so long ago. */
static void set_date(struct str text, struct strbuf *out)
{
    static const char mark[] = "date: \"@";
    size_t at = str_find_str(text, str_of(mark));
    strbuf_add(out, text.ptr, at);
    text = str_from(text, at + sizeof mark - 1);
    if (!text.len)
        return;
    unsigned long long hours = 0;
    str_to_u64(str_cut(&text, 'h'), &hours);
    char when[TIME_TEXT_SIZE];
    strbuf_add_format(out, "date: \"%s",
                      time_rfc3339(clock_now() - (int64_t)hours * 3600, when));
    strbuf_add_str(out, text);
}

static bool write_samples(const struct demo *d, const char *batch,
                          struct err *err)
{
    OWNED(mem_free) char *prefix = mem_format("%s%s/", samples, batch);
    OWNED(mem_free) char *folder = file_join(d->folder, "articles");
    if (!file_make_folder(folder, 0755, err))
        return false;
    size_t index = 0;
    const struct embed_file *file;
    while ((file = embed_next(prefix, &index))) {
        OWNED(mem_free)
        char *path = file_join(folder, file->path + strlen(prefix));
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
        set_date((struct str){file->begin, (size_t)(file->end - file->begin)},
                 &text);
        if (!file_write(path, strbuf_str(&text), 0644, err))
            return false;
    }
    return true;
}

static bool bring_in(struct demo *d, const char *batch, struct err *err)
{
    OWNED(mem_free) char *folder = file_join(d->folder, "articles");
    OWNED(import_report_free)
    struct import_report report = {.tell = import_tell};
    struct import_options options = {.kind = source_kind_find("markdown"),
                                     .now = clock_now(),
                                     .base_url = d->app.conf.base_url};
    if (!write_samples(d, batch, err) ||
        !import_path(d->app.db, folder, &options, &report, err))
        return false;
    printf("Imported %zu new articles from %s.\n", report.added, folder);
    return true;
}

static bool make_newsletter(struct demo *d, struct err *err)
{
    static const struct newsletter_section sections[] = {
        {.categories = "City", .at_most = 3},
        {.categories = "World", .at_most = 3},
        {.categories = "Science", .at_most = 3},
        {.categories = "Culture", .at_most = 2}};
    struct newsletter n = newsletter_defaults(clock_now());
    n.slug = "weekly";
    n.title = "The Harbour Weekly";
    n.from_name = "The Harbour Post";
    n.from_address = "weekly@harbour.example";
    n.reply_to = "editors@harbour.example";
    n.sections = sections;
    n.section_count = ARRAY_SIZE(sections);
    if (!newsletter_create(d->app.db, &n, &n.id, err))
        return false;
    d->newsletter = n;
    printf("Created the newsletter weekly, \"%s\", with four sections.\n",
           n.title);
    return true;
}

static bool add_readers(struct demo *d, struct err *err)
{
    struct consent_origin origin = {.means = MEANS_COMMAND, .now = clock_now()};
    for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
        enum consent_result result;
        if (!consent_subscribe(d->app.db, str_of(readers[i].email),
                               readers[i].name, d->newsletter.id,
                               readers[i].categories, false, &origin, &result,
                               err))
            return false;
    }
    printf("Added %zu subscribers; %s wants Science and Culture alone.\n",
           ARRAY_SIZE(readers), readers[3].email);
    return true;
}

static bool set_intro(struct demo *d, const char *intro, struct err *err)
{
    d->issue.intro = intro;
    return issue_put(d->app.db, &d->issue, err);
}

/* The candidates with the reason for each, as `issue draft --explain` has
 * it. */
static bool draft(struct demo *d, struct err *err)
{
    struct draft_options options = {.now = clock_now()};
    struct draft draft;
    if (!draft_issue(d->app.db, &d->newsletter, &options, &d->call->arena,
                     &draft, err))
        return false;
    d->issue = draft.issue;
    draft_print(&draft, true);
    return true;
}

static bool send_issue(struct demo *d, struct err *err)
{
    struct conductor conductor = app_conductor(&d->app);
    OWNED(start_report_free) struct start_report start = {0};
    struct send_report sent;
    if (!conductor_start(&conductor, &d->issue, false, &start, err) ||
        !issue_get_by_id(d->app.db, d->issue.id, &d->call->arena, &d->issue,
                         err) ||
        !conductor_send(&conductor, &d->issue, NULL, &sent, err))
        return false;
    printf("Sent weekly/%" PRId64 " to %" PRId64 " subscribers in %" PRId64
           " variants, into the folder %s/outbox.\n",
           d->issue.number, sent.counts.states[DELIVERY_SENT], start.variants,
           d->folder);
    return sent.finished ||
           err_set(err, ERR_IO, "weekly/%" PRId64 " did not reach everybody",
                   d->issue.number);
}

/* Quoted-printable soft line ends are taken out, so that the link can be
 * found whole. */
static void join_lines(struct str text, struct strbuf *out)
{
    while (text.len) {
        size_t at = str_find_str(text, STR("=\n"));
        strbuf_add(out, text.ptr, at);
        text = str_from(text, at + 2);
    }
}

/* The link to unsubscribe in the message that a reader was sent. */
static bool find_link(struct demo *d, const char *email, struct strbuf *link,
                      struct err *err)
{
    OWNED(mem_free) char *folder = file_join(d->folder, "outbox/new");
    OWNED(file_list_free) struct file_list list = {0};
    if (!file_list(folder, NULL, &list, err))
        return false;
    OWNED(mem_free) char *to = mem_format("<%s>", email);
    for (size_t i = 0; i < list.count; i++) {
        OWNED(mem_free) char *path = file_join(folder, list.names[i]);
        OWNED(strbuf_free) struct strbuf raw = STRBUF_INIT;
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
        if (!file_read(path, 16 << 20, &raw, err))
            return false;
        join_lines(strbuf_str(&raw), &text);
        struct str rest = strbuf_str(&text);
        if (str_find_str(rest, str_of(to)) == rest.len &&
            str_find_str(rest, str_of(email)) == rest.len)
            continue;
        size_t at = str_find_str(rest, str_of(d->app.conf.base_url));
        rest = str_from(rest, at);
        size_t end = 0;
        while (end < rest.len && !strchr(" \r\n<>\"", rest.ptr[end]))
            end++;
        strbuf_add(link, rest.ptr, end);
        return true;
    }
    return err_set(err, ERR_NOT_FOUND, "%s: no message for %s", folder, email);
}

static bool leave(struct demo *d, const char *email, struct err *err)
{
    OWNED(strbuf_free) struct strbuf link = STRBUF_INIT;
    struct token token;
    struct subscriber subscriber;
    enum consent_result result;
    if (!find_link(d, email, &link, err))
        return false;
    const char *last = strrchr(strbuf_text(&link), '/');
    if (!last || !token_read(d->app.keys, str_of(last + 1), &token))
        return err_set(err, ERR_INPUT,
                       "the link in the message of %s isn't "
                       "signed by this folder's key",
                       email);
    struct consent_origin origin = {
        .means = MEANS_TOKEN, .issue_id = token.issue_id, .now = clock_now()};
    if (!roster_get_by_key(d->app.db, token.subscriber_key, &d->call->arena,
                           &subscriber, err) ||
        !consent_unsubscribe(d->app.db, subscriber.id, token.newsletter_id,
                             &origin, &result, err))
        return false;
    printf("Unsubscribed %s by the link in their own message:\n  %s\n",
           subscriber.email, strbuf_text(&link));
    return true;
}

static void print_next(const struct demo *d)
{
    static const char *const next[] = {
        "issue show weekly/2 --as text",
        "issue status weekly/1",
        "subscriber show ruth@example.org",
        "issue list",
        "serve",
    };
    printf("\nThe messages are in %s/outbox/new, a Maildir: open one in a "
           "mail program,\nor open %s/weekly-1.html in a browser.\n\n"
           "Try next:\n",
           d->folder, d->folder);
    for (size_t i = 0; i < ARRAY_SIZE(next); i++)
        printf("  %s -C %s %s\n", d->call->program, d->folder, next[i]);
    printf("  %s --help\n", d->call->program);
}

static bool write_preview(struct demo *d, struct err *err)
{
    struct conductor conductor = app_conductor(&d->app);
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    OWNED(mem_free)
    char *path =
        mem_format("%s/weekly-%" PRId64 ".html", d->folder, d->issue.number);
    return conductor_show(&conductor, &d->issue, SHOW_HTML, readers[0].email,
                          &html, err) &&
           file_write(path, strbuf_str(&html), 0644, err);
}

/* The first issue goes out a week before the second: the clock is set back
 * for it, and each article is an hour old when it is drafted. */
static bool first_issue(struct demo *d, struct err *err)
{
    int64_t then = clock_now() - WEEK;
    clock_hold(then - HOUR);
    say("1. Articles, a newsletter, its subscribers");
    if (!bring_in(d, "first", err) || !make_newsletter(d, err) ||
        !add_readers(d, err))
        return false;
    clock_hold(then);
    say("2. The first issue");
    return draft(d, err) &&
           set_intro(d,
                     "Good morning. The night ferry is back, the market has "
                     "its sky again, and a *tank of eels* in Bergen explains "
                     "how to find a river one has never seen.\n\n"
                     "Ines Castelo, editor",
                     err) &&
           send_issue(d, err) && write_preview(d, err);
}

static bool second_issue(struct demo *d, struct err *err)
{
    say("3. A reader leaves");
    if (!leave(d, readers[4].email, err))
        return false;
    clock_hold(d->now);
    say("4. A week later: newer articles, the second issue");
    return bring_in(d, "second", err) && draft(d, err) && send_issue(d, err) &&
           write_preview(d, err);
}

static bool run_demo(struct invocation *call, struct err *err)
{
    if (!invocation_count(call, 0, 1, err))
        return false;
    struct demo d = {.folder = call->arg_count ? call->args[0] : "digest-demo",
                     .call = call,
                     .now = clock_now()};
    OWNED(mem_free) char *yaml = file_join(d.folder, "digest.yaml");
    if (file_exists(yaml)) {
        printf("%s has a digest already; nothing was changed.\n", d.folder);
        OWNED(mem_free) char *preview = file_join(d.folder, "weekly-1.html");
        if (!file_exists(preview)) {
            printf("It isn't the demo's: name another folder, as in `%s "
                   "demo try-out`.\n",
                   call->program);
            return true;
        }
        print_next(&d);
        printf("To begin anew, remove the folder first, or name another.\n");
        return true;
    }
    struct workfolder settings = {
        .site_name = "The Harbour Post",
        .base_url = "https://news.harbour.example",
        .postal_address = "1 Quay Street, Harbour Town",
    };
    if (!workfolder_make(d.folder, &settings, err))
        return false;
    printf("Made %s with digest.yaml, digest.db and digest.keys.\n", d.folder);
    call->folder = d.folder;
    if (!app_open(&d.app, call, err))
        return false;
    bool good = first_issue(&d, err) && second_issue(&d, err);
    app_close(&d.app);
    if (good)
        print_next(&d);
    return good;
}

const struct command demo_commands[] = {
    {"demo",
     NULL,
     "[DIR]",
     "make a folder and send two sample issues in it",
     {{0}},
     run_demo},
    {0},
};
