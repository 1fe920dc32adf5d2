/* Lints the copies of an issue, in each of its languages. */
#include "digest/delivery/issue_lint.h"

#include <inttypes.h>
#include <string.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "digest/delivery/build.h"
#include "digest/delivery/trial.h"
#include "digest/renderer/languages.h"
#include "subscribers/tokens/links.h"

/* The addresses that links for each reader begin with: to leave, to choose, to
 * view. */
struct reader_links {
    const char *begins[4];
};

static struct reader_links links_of(const struct conf *conf,
                                    struct arena *arena)
{
    static const enum token_link own[] = {LINK_UNSUBSCRIBE, LINK_PREFERENCES,
                                          LINK_VIEW};
    struct reader_links links = {0};
    for (size_t i = 0; conf->base_url && i < ARRAY_SIZE(own); i++)
        links.begins[i] =
            arena_format(arena, "%s%s", conf->base_url, link_path(own[i]));
    return links;
}

static bool look(const struct conductor *c, const struct issue *issue,
                 const char *language, bool fetch_links,
                 struct lint_report *report, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf eml = STRBUF_INIT;
    struct reader_links own = links_of(c->conf, &arena);
    struct lint_options options = {
        .fetch_links = fetch_links,
        .allow_private = c->conf->fetch_private,
        .unasked = own.begins,
        .stays_here = !conf_sends_mail(c->conf),
    };
    return conductor_show_in(c, issue, language, &eml, err) &&
           lint_message(strbuf_str(&eml), &options, report, err);
}

static void add_shortened(const struct render_notes *notes,
                          struct lint_report *report)
{
    OWNED(strbuf_free) struct strbuf what = STRBUF_INIT;
    struct str rest = str_of(notes->shortened_titles), title;
    strbuf_add_text(&what, "there is no room for the whole text of ");
    for (bool first = true; str_next_line(&rest, &title); first = false)
        strbuf_add_format(&what, "%s\"%.*s\"", first ? "" : ", ",
                          STR_ARG(title));
    strbuf_add_format(&what,
                      ", since Gmail clips mail near 102 KB and all would be "
                      "%zu KB; a summary stands there, and a link to go on "
                      "reading",
                      notes->full_bytes / 1024);
    struct lint_finding finding = {
        .level = LINT_WARNING,
        .part = LINT_HTML,
        .rule = "shortened",
        .element = "",
        .what = strbuf_text(&what),
        .remedy = "leave it so, or show fewer stories in full",
        .times = 1,
    };
    lint_report_put(report, &finding);
}

static void add_only_here(const struct render_notes *notes,
                          struct lint_report *report)
{
    OWNED(strbuf_free) struct strbuf what = STRBUF_INIT;
    strbuf_add_format(
        &what,
        "%zu %s without an address of %s own %s to be shown in "
        "full, but the HTML is %zu KB, and Gmail clips mail near "
        "102 KB",
        notes->only_here, notes->only_here == 1 ? "story" : "stories",
        notes->only_here == 1 ? "its" : "their",
        notes->only_here == 1 ? "has" : "have", notes->html_bytes / 1024);
    struct lint_finding finding = {
        .level = LINT_ERROR,
        .part = LINT_HTML,
        .rule = "only-here",
        .element = "",
        .what = strbuf_text(&what),
        .remedy = "set site.base_url, so that each has a page that the mail "
                  "can lead to, or take fewer stories",
        .times = 1,
    };
    lint_report_put(report, &finding);
}

/* Looks for stories in full that were shortened. An issue that went out is left
 * as it was. */
static bool look_at_length(const struct conductor *c, const struct issue *issue,
                           struct lint_report *report, struct err *err)
{
    OWNED(render_notes_free) struct render_notes notes = {0};
    if (issue->started_at)
        return true;
    if (!conductor_measure(c, issue, &notes, err))
        return false;
    if (notes.shortened)
        add_shortened(&notes, report);
    if (notes.only_here && notes.html_bytes >= RENDER_BYTES_MAX)
        add_only_here(&notes, report);
    return true;
}

/* ---- blocks that find no place ---- */

static bool has_place(const struct block *block, const struct issue_rows *rows)
{
    if (block->place == BLOCK_AFTER_STORY)
        return block->story <= (int64_t)rows->count;
    if (block->place != BLOCK_AFTER_SECTION)
        return true;
    for (size_t i = 0; i < rows->count; i++)
        if (strcmp(rows->items[i].heading, block->section) == 0)
            return true;
    return false;
}

static void add_placeless(const struct block *block, struct lint_report *report)
{
    OWNED(strbuf_free) struct strbuf what = STRBUF_INIT;
    strbuf_add_format(&what, "block %" PRId64 " is to stand ", block->id);
    if (block->place == BLOCK_AFTER_STORY)
        strbuf_add_format(&what, "after story %" PRId64, block->story);
    else
        strbuf_add_format(&what, "after \"%s\"", block->section);
    strbuf_add_text(&what, ", which this issue doesn't have; it stands at the "
                           "bottom");
    struct lint_finding finding = {
        .level = LINT_WARNING,
        .part = LINT_HTML,
        .rule = "block-place",
        .element = "",
        .what = strbuf_text(&what),
        .remedy = "leave it so, or give it another place",
        .times = 1,
    };
    lint_report_put(report, &finding);
}

static bool look_at_blocks(const struct conductor *c, const struct issue *issue,
                           struct lint_report *report, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct newsletter newsletter;
    struct block_list blocks;
    struct issue_rows rows;
    int64_t now = c->now ? c->now : clock_now();
    if (issue->started_at)
        return true;
    if (!newsletter_get_by_id(c->db, issue->newsletter_id, &arena, &newsletter,
                              err) ||
        !build_find_blocks(c->db, issue, &newsletter, now, &arena, &blocks,
                           err) ||
        !issue_get_rows(c->db, issue->id, &arena, &rows, err))
        return false;
    for (size_t i = 0; i < blocks.count; i++)
        if (!has_place(&blocks.items[i], &rows))
            add_placeless(&blocks.items[i], report);
    return true;
}

/* Warns where the newsletter's language has no words. A reader who wants
 * another such language gets the newsletter's. */
static bool look_at_words(const struct conductor *c, const struct issue *issue,
                          struct lint_report *report, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf what = STRBUF_INIT;
    struct newsletter n;
    if (issue->started_at)
        return true;
    if (!newsletter_get_by_id(c->db, issue->newsletter_id, &arena, &n, err))
        return false;
    trial_language(c->templates, n.language, &what);
    struct lint_finding finding = {
        .level = LINT_WARNING,
        .part = LINT_MESSAGE,
        .rule = "language",
        .element = "",
        .what = strbuf_text(&what),
        .remedy = "add them, or choose a language that has words",
        .times = 1,
    };
    if (what.len)
        lint_report_put(report, &finding);
    return true;
}

/* Whether there are words in a language that weren't seen yet: those of de-AT
 * are those of de, and who wants a language without any gets the newsletter's.
 */
static bool is_new(const struct languages *languages, const char *tag,
                   bool *seen)
{
    const struct language *found = languages_find(languages, str_of(tag));
    if (!found || seen[found - languages->items])
        return false;
    seen[found - languages->items] = true;
    return true;
}

/* The other languages, once each. What went out is looked at as it was. */
static bool look_at_others(const struct conductor *c, const struct issue *issue,
                           struct lint_report *report, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(languages_release) struct languages *known = NULL;
    struct ledger_languages languages;
    if (issue->started_at)
        return true;
    if (!ledger_languages(c->db, &arena, &languages, err))
        return false;
    if (languages.count && !languages_new(c->templates, &known, err))
        return false;
    bool *seen = ARENA_NEW_ARRAY(&arena, bool, known ? known->count : 0);
    for (size_t i = 0; i < languages.count; i++) {
        OWNED(lint_report_free) struct lint_report other = {0};
        const char *language = languages.names[i];
        if (!is_new(known, language, seen))
            continue;
        if (!look(c, issue, language, false, &other, err))
            return false;
        OWNED(mem_free) char *where = mem_format("in %s", language);
        lint_report_add(report, &other, where);
    }
    return true;
}

bool issue_lint(const struct conductor *c, const struct issue *issue,
                bool fetch_links, struct lint_report *report, struct err *err)
{
    *report = (struct lint_report){0};
    return look(c, issue, "", fetch_links, report, err) &&
           look_at_length(c, issue, report, err) &&
           look_at_words(c, issue, report, err) &&
           look_at_blocks(c, issue, report, err) &&
           look_at_others(c, issue, report, err);
}

bool issue_lint_gate(const struct conductor *c, const struct issue *issue,
                     struct err *err)
{
    OWNED(lint_report_free) struct lint_report report = {0};
    OWNED(strbuf_free) struct strbuf first = STRBUF_INIT;
    if (!issue_lint(c, issue, false, &report, err))
        return false;
    if (!report.errors)
        return true;
    lint_finding_write(&report.items[0], &first);
    OWNED(mem_free)
    char *name = mem_format("%s/%" PRId64, issue->newsletter, issue->number);
    return err_set(err, ERR_INPUT, "%s: can't go out like this: %s (%zu %s)",
                   name, strbuf_text(&first), report.errors,
                   report.errors == 1 ? "error" : "errors") ||
           err_remedy(err, REMEDY_LINT, name);
}
