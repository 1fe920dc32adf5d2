/* Makes a working folder and a newsletter from a site's address. */
#include "digest/cli/init_from.h"

#include <inttypes.h>
#include <stdio.h>

#include <jansson.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/url_shown.h"
#include "digest/base/utf8.h"
#include "digest/base/zone.h"
#include "digest/cli/app.h"
#include "digest/cli/import_print.h"
#include "digest/cli/json.h"
#include "digest/cli/site_sections.h"
#include "digest/cli/workfolder.h"
#include "digest/document/url.h"
#include "digest/issues/draft.h"
#include "digest/renderer/theme.h"
#include "digest/sources/site.h"
#include "digest/sources/source_fetch.h"
#include "digest/sources/source_kind.h"

enum {
    LOOKED_AT = 300, /* articles that tell of the categories */
    ENOUGH = 5,      /* articles for a first draft */
    ICON_WIDTH = 64, /* pixels */
    MAX_POSTS = 100, /* of a WordPress site: enough for a draft, and quick */
};

/* A site on its way to a draft. */
struct init_from {
    struct invocation *call;
    const char *folder;
    bool had_yaml;
    struct app app;
    struct site site;
    struct source source;
    struct source_fetch_report report;
    struct article_list articles;
    struct newsletter newsletter;
    struct draft draft;
    const char *preview; /* "" where there is no draft */
};

static void end(struct init_from *f)
{
    app_close(&f->app);
    import_report_free(&f->report.import);
}

/* Looks at the folder; a digest.yaml that is there says whether private
 * addresses may be asked. */
static bool look_at_folder(struct init_from *f, bool *allow_private,
                           struct err *err)
{
    OWNED(mem_free) char *yaml = file_join(f->folder, "digest.yaml");
    struct newsletter_list list;
    *allow_private = false;
    f->had_yaml = file_exists(yaml);
    if (!f->had_yaml)
        return true;
    if (!app_open(&f->app, f->call, err) ||
        !newsletter_find(f->app.db, &f->call->arena, &list, err))
        return false;
    *allow_private = f->app.conf.fetch_private;
    return !list.count ||
           err_set(err, ERR_CONFLICT,
                   "%s: has a newsletter already; name another folder, or add "
                   "the site to this one: digest -C %s source add URL",
                   yaml, f->folder);
}

static bool make_folder(struct init_from *f, struct err *err)
{
    struct workfolder settings = {.site_name =
                                      *f->site.name ? f->site.name : NULL,
                                  .site_url = f->site.url};
    if (f->had_yaml)
        return true;
    return workfolder_make(f->folder, &settings, err) &&
           app_open(&f->app, f->call, err);
}

static bool fetch(struct init_from *f, struct err *err)
{
    struct source_fetch_options options = {
        .now = clock_now(),
        .allow_private = f->app.conf.fetch_private,
        .again = true,
        .max_posts = MAX_POSTS,
    };
    f->report.import.tell = import_tell;
    source_of_site(&f->site, &f->source);
    f->source.created_at = options.now;
    struct article_query query = {.limit = LOOKED_AT};
    return source_add(f->app.db, &f->source, err) &&
           sources_fetch(f->app.db, &f->source, 1, &options, &f->report, err) &&
           article_find(f->app.db, &query, &f->call->arena, &f->articles, err);
}

/* news@ the site's own host; where that is no name, an example. */
static const char *sender_of(struct init_from *f)
{
    struct str host = url_host(str_of(f->site.url));
    host.len = str_find(host, ':');
    size_t last = host.len;
    while (last && host.ptr[last - 1] != '.')
        last--;
    bool is_name = last > 0 && host.len - last >= 2;
    for (size_t i = last; i < host.len; i++)
        is_name = is_name && !(host.ptr[i] >= '0' && host.ptr[i] <= '9');
    return is_name ? arena_format(&f->call->arena, "news@%.*s", STR_ARG(host))
                   : "news@example.org";
}

/* A site that publishes rarely shall have a draft as well. */
static int64_t max_age_of(const struct init_from *f)
{
    const struct article_list *a = &f->articles;
    int64_t least = NEWSLETTER_DEFAULT_AGE_S;
    if (!a->count)
        return least;
    size_t last = a->count < ENOUGH ? a->count - 1 : ENOUGH - 1;
    while (last && !a->items[last].published_at)
        last--; /* nobody knows when */
    if (!a->items[last].published_at)
        return least;
    int64_t age = clock_now() - a->items[last].published_at;
    return age < least ? least : (age / least + 1) * least;
}

/* A logo that is smaller than a masthead shows one keeps its size. */
static const char *theme_of(struct init_from *f)
{
    const struct site *site = &f->site;
    unsigned width = site->logo_is_icon ? ICON_WIDTH : site->logo_width;
    if (!str_starts(str_of(site->logo_url), STR("https://")))
        return "";
    if (width < THEME_LOGO_WIDTH_MIN || width >= THEME_LOGO_WIDTH)
        return arena_format(&f->call->arena, "logo=%s\n", site->logo_url);
    return arena_format(&f->call->arena, "logo=%s\nlogo-width=%u\n",
                        site->logo_url, width);
}

/* "en_GB" is en-GB; what is no tag at all is English. */
static const char *language_of(struct init_from *f)
{
    char *tag = arena_copy(&f->call->arena, f->site.language);
    size_t length = 0;
    for (; tag[length]; length++) {
        bool is_letter =
            (tag[length] | 0x20) >= 'a' && (tag[length] | 0x20) <= 'z';
        if (tag[length] == '_')
            tag[length] = '-';
        else if (!is_letter && tag[length] != '-' &&
                 !(tag[length] >= '0' && tag[length] <= '9'))
            return "en";
    }
    return length >= 2 && length <= 35 ? tag : "en";
}

static const char *title_of(struct init_from *f)
{
    OWNED(strbuf_free) struct strbuf line = STRBUF_INIT;
    struct str host = url_host(str_of(f->site.url));
    utf8_clean_line(&line, *f->site.name ? str_of(f->site.name) : host);
    strbuf_cut(&line, utf8_cut_length(strbuf_str(&line), 100));
    return arena_copy(&f->call->arena, strbuf_text(&line));
}

static bool create(struct init_from *f, struct err *err)
{
    struct err ignored;
    struct newsletter_section *sections;
    size_t count;
    bool has_zone = *f->site.timezone && zone_check(f->site.timezone, &ignored);
    site_sections(&f->articles, &f->call->arena, &sections, &count);
    f->newsletter = newsletter_defaults(clock_now());
    f->newsletter.slug = "weekly";
    f->newsletter.title = title_of(f);
    f->newsletter.from_name = title_of(f);
    f->newsletter.from_address = sender_of(f);
    f->newsletter.language = language_of(f);
    f->newsletter.timezone = has_zone ? f->site.timezone : "UTC";
    f->newsletter.theme = theme_of(f);
    f->newsletter.max_age_s = max_age_of(f);
    f->newsletter.sections = sections;
    f->newsletter.section_count = count;
    struct newsletter plain = f->newsletter;
    plain.theme = "";
    /* A logo that can't stand is no reason to fail. */
    if (!newsletter_check(&f->newsletter, &ignored))
        f->newsletter = plain;
    app_warn_language(&f->app, &f->newsletter);
    return newsletter_create(f->app.db, &f->newsletter, &f->newsletter.id, err);
}

static bool write_preview(struct init_from *f, struct err *err)
{
    struct conductor conductor = app_conductor(&f->app);
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    OWNED(mem_free)
    char *name = mem_format("weekly-%" PRId64 ".html", f->draft.issue.number);
    OWNED(mem_free) char *path = file_join(f->folder, name);
    f->preview = arena_copy(&f->call->arena, path);
    return conductor_show(&conductor, &f->draft.issue, SHOW_HTML, NULL, &html,
                          err) &&
           file_write(path, strbuf_str(&html), 0644, err);
}

/* Drafts the first issue; without an article there is none, and that is
 * said. */
static bool draft(struct init_from *f, struct err *err)
{
    struct draft_options options = {.now = clock_now()};
    struct err why = {0};
    if (draft_issue(f->app.db, &f->newsletter, &options, &f->call->arena,
                    &f->draft, &why))
        return write_preview(f, err);
    f->preview = "";
    if (why.kind == ERR_NOT_FOUND)
        return true;
    *err = why;
    return false;
}

static void print_json(struct init_from *f)
{
    bool made = *f->preview != '\0';
    json_print(json_pack(
        "{s:s, s:s, s:s, s:I, s:o, s:o, s:o}", "folder", f->folder, "site",
        url_shown(&f->call->arena, f->site.url), "source",
        url_shown(&f->call->arena, f->source.address), "articles",
        (json_int_t)f->report.import.added, "newsletter",
        json_newsletter(&f->newsletter), "issue",
        made ? json_sprintf("weekly/%lld", (long long)f->draft.issue.number)
             : json_null(),
        "preview", made ? json_string(f->preview) : json_null()));
}

static void print_sections(const struct newsletter *n)
{
    printf("Created the newsletter weekly, \"%s\", in \"%s\"", n->title,
           n->language);
    for (size_t i = 0; i < n->section_count; i++) {
        const char *name = n->sections[i].categories;
        bool is_rest = strcmp(name, "*") == 0;
        printf("%s%s", i == 0 ? ", with the sections " : ", ",
               !is_rest               ? name
               : n->section_count > 1 ? "and one for the rest"
                                      : "of all articles");
    }
    puts(".");
}

static void print_done(struct init_from *f)
{
    printf("Found a %s at %s: %s.\n", f->site.kind->source_noun,
           url_shown(&f->call->arena, f->site.url),
           url_shown(&f->call->arena, f->source.address));
    for (size_t i = 0; i < f->site.other_count; i++)
        printf("  Another feed there was left: %s\n",
               url_shown(&f->call->arena, f->site.others[i]));
    if (!f->had_yaml)
        printf("Made %s/digest.yaml, and beside it the database digest.db and "
               "the key file digest.keys.\n",
               f->folder);
    printf("Added it as source %" PRId64 ", and fetched %zu %s.\n",
           f->source.id, f->report.import.added,
           plural((int64_t)f->report.import.added, "article", "articles"));
    print_sections(&f->newsletter);
    if (!*f->preview) {
        printf("There is no article for a draft yet.\n");
        return;
    }
    printf("Drafted weekly/%" PRId64 " with %zu %s, and wrote it to %s: open "
           "that in a browser.\n",
           f->draft.issue.number, f->draft.selection.selected,
           plural((int64_t)f->draft.selection.selected, "article", "articles"),
           f->preview);
}

static void print_next(struct init_from *f)
{
    OWNED(mem_free)
    char *digest = strcmp(f->folder, ".") == 0
                       ? mem_copy("digest")
                       : mem_format("digest -C %s", f->folder);
    printf("Next: fill in site: in %s/digest.yaml; the sender is %s until\n"
           "  %s newsletter edit weekly --from 'Name <you@yours>'\n"
           "  %s issue draft weekly --explain\n"
           "  %s subscriber add YOU@YOURS --newsletter weekly\n",
           f->folder, f->newsletter.from_address, digest, digest, digest);
}

static bool look(struct init_from *f, const char *address, bool allow_private,
                 struct err *err)
{
    if (site_look(address, allow_private, &f->call->arena, &f->site, err))
        return true;
    if (err->kind != ERR_PERMISSION || f->had_yaml)
        return false;
    return err_set(err, ERR_PERMISSION,
                   "%.300s: leads to a private or loopback address; if that "
                   "is meant, run `digest init %s`, write fetch: "
                   "{ allow_private: true } into its digest.yaml, and run "
                   "this again",
                   address, f->folder);
}

bool init_from(struct invocation *call, const char *folder, const char *address,
               struct err *err)
{
    OWNED(end)
    struct init_from f = {.call = call, .folder = folder, .preview = ""};
    bool allow_private;
    call->folder = folder;
    if (!look_at_folder(&f, &allow_private, err) ||
        !look(&f, address, allow_private, err) || !make_folder(&f, err) ||
        !fetch(&f, err) || !create(&f, err) || !draft(&f, err))
        return false;
    if (f.report.failed)
        call->exit_code = err_exit_code(ERR_TEMPORARY);
    if (call->json) {
        print_json(&f);
        return true;
    }
    print_done(&f);
    print_next(&f);
    return true;
}
