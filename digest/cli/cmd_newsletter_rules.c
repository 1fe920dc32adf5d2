/* Applies and prints the rules by which a newsletter chooses. */
#include "digest/cli/cmd_newsletter_rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/articles/category.h"
#include "digest/articles/source_store.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"

static bool set_number(const struct invocation *call, const char *option,
                       int64_t *out, struct err *err)
{
    const char *text = option_get(call, option);
    unsigned long long number = 0;
    if (text && (!str_to_u64(str_of(text), &number) ||
                 number > NEWSLETTER_MAX_ARTICLES))
        return err_set(err, ERR_USAGE,
                       "%s \"%.40s\": has to be a whole number up to %d; 0 is "
                       "no limit",
                       option, text, NEWSLETTER_MAX_ARTICLES);
    if (text)
        *out = (int64_t)number;
    return true;
}

static bool set_half_life(const struct invocation *call,
                          struct newsletter_rules *rules, struct err *err)
{
    const char *text = option_get(call, "--half-life");
    if (text && (!time_parse_duration(str_of(text), &rules->half_life_s) ||
                 rules->half_life_s < NEWSLETTER_LEAST_HALF_LIFE_S))
        return err_set(err, ERR_USAGE,
                       "--half-life \"%.40s\": has to be a time such as 3d or "
                       "12h",
                       text);
    return true;
}

/* Joins the languages of an option, split at "," or given again; "" empties the
 * list. */
static const char *join_languages(struct invocation *call)
{
    OWNED(strbuf_free) struct strbuf lines = STRBUF_INIT;
    size_t index = 0;
    const char *text;
    while ((text = option_next(call, "--only-language", &index)))
        for (struct str rest = str_of(text); rest.len;) {
            struct str tag = str_trim(str_cut(&rest, ','));
            if (tag.len)
                strbuf_add_format(&lines, "%s%.*s", lines.len ? "\n" : "",
                                  STR_ARG(tag));
        }
    return arena_copy(&call->arena, strbuf_text(&lines));
}

static bool set_excluded(struct invocation *call,
                         struct newsletter_rules *rules, struct err *err)
{
    OWNED(strbuf_free) struct strbuf lines = STRBUF_INIT;
    size_t index = 0;
    const char *text;
    while ((text = option_next(call, "--exclude", &index))) {
        OWNED(strbuf_free) struct strbuf slug = STRBUF_INIT;
        if (!*text)
            continue;
        if (utf8_invalid_at(str_of(text)) == strlen(text))
            category_slug(str_of(text), &slug);
        if (!slug.len)
            return err_set(err, ERR_USAGE,
                           "--exclude \"%.80s\": has to hold a word or the "
                           "name of a category",
                           text);
        strbuf_add_text(&lines, lines.len ? "\n" : "");
        utf8_clean_line(&lines, str_of(text));
    }
    if (option_get(call, "--exclude"))
        rules->excluded = arena_copy(&call->arena, strbuf_text(&lines));
    return true;
}

static bool parse_boost(struct invocation *call, struct app *app,
                        const char *text, struct newsletter_boost *out,
                        struct err *err)
{
    const char *equals = strrchr(text, '=');
    const char *digits = equals ? equals + 1 : "";
    bool negative = *digits == '-';
    unsigned long long boost;
    if (!equals || !str_to_u64(str_of(digits + negative), &boost) ||
        boost > NEWSLETTER_MAX_BOOST)
        return err_set(err, ERR_USAGE,
                       "--boost \"%.200s\": has to be SOURCE=N, such as 3=2; "
                       "N is a whole number from -%d to %d",
                       text, NEWSLETTER_MAX_BOOST, NEWSLETTER_MAX_BOOST);
    struct source source;
    const char *name = arena_copy_str(
        &call->arena, (struct str){text, (size_t)(equals - text)});
    if (!source_get(app->db, name, &call->arena, &source, err))
        return err_context(err, "--boost");
    *out = (struct newsletter_boost){
        source.id, negative ? -(int64_t)boost : (int64_t)boost, source.address};
    return true;
}

static bool set_boosts(struct invocation *call, struct app *app,
                       struct newsletter_rules *rules, struct err *err)
{
    struct newsletter_boost *boosts = ARENA_NEW_ARRAY(
        &call->arena, struct newsletter_boost, call->option_count + 1);
    size_t index = 0, count = 0;
    const char *text;
    if (!option_get(call, "--boost"))
        return true;
    while ((text = option_next(call, "--boost", &index)))
        if (*text && !parse_boost(call, app, text, &boosts[count++], err))
            return false;
    rules->boosts = boosts;
    rules->boost_count = count;
    return true;
}

static bool set_story_pages(struct invocation *call,
                            struct newsletter_rules *rules, struct err *err)
{
    const char *which = option_get(call, "--story-pages");
    if (!which)
        return true;
    rules->all_story_pages = strcmp(which, "all") == 0;
    return rules->all_story_pages || strcmp(which, "unlinked") == 0 ||
           err_set(err, ERR_USAGE,
                   "--story-pages \"%.40s\": has to be unlinked (articles "
                   "without an address of their own) or all",
                   which);
}

bool newsletter_rules_apply(struct invocation *call, struct app *app,
                            struct newsletter_rules *rules, struct err *err)
{
    if (option_get(call, "--only-language"))
        rules->languages = join_languages(call);
    return set_number(call, "--max", &rules->most, err) &&
           set_number(call, "--per-source", &rules->per_source, err) &&
           set_number(call, "--per-author", &rules->per_author, err) &&
           set_half_life(call, rules, err) && set_excluded(call, rules, err) &&
           set_story_pages(call, rules, err) &&
           set_boosts(call, app, rules, err);
}

/* ---- newsletter show ---- */

/* "3 days", "36 hours": the largest unit that fits. */
static const char *span(struct arena *arena, int64_t seconds)
{
    static const struct {
        int64_t seconds;
        const char *one, *many;
    } units[] = {{86400, "day", "days"},
                 {3600, "hour", "hours"},
                 {60, "minute", "minutes"},
                 {1, "second", "seconds"}};
    size_t i = 0;
    while (seconds % units[i].seconds)
        i++;
    int64_t count = seconds / units[i].seconds;
    return arena_format(arena, "%" PRId64 " %s", count,
                        plural(count, units[i].one, units[i].many));
}

static void print_lines(const char *label, const char *lines)
{
    struct str rest = str_of(lines), line;
    for (bool first = true; str_next_line(&rest, &line); first = false)
        printf("%-11s%.*s\n", first ? label : "", STR_ARG(line));
}

static void print_limits(const struct newsletter *n)
{
    const struct newsletter_rules *r = &n->rules;
    printf("limits     at least %" PRId64, n->min_articles);
    if (r->most)
        printf(", at most %" PRId64, r->most);
    if (r->per_source)
        printf("; %" PRId64 " of one source", r->per_source);
    if (r->per_author)
        printf("; %" PRId64 " of one author", r->per_author);
    putchar('\n');
}

static void print_sections(const struct newsletter *n)
{
    for (size_t i = 0; i < n->section_count; i++) {
        OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
        newsletter_section_write(&n->sections[i], &text);
        if (n->sections[i].show != STORY_SUMMARY)
            strbuf_add_format(&text, n->sections[i].show == STORY_FULL
                                         ? ", in full"
                                         : ", headlines alone");
        printf("%-11s%s\n", i ? "" : "sections", strbuf_text(&text));
    }
}

void newsletter_rules_print(const struct newsletter *n, struct arena *arena)
{
    const struct newsletter_rules *r = &n->rules;
    if (n->window_s)
        printf("articles   of the last %s\n", span(arena, n->window_s));
    else
        printf("articles   since the last issue\n");
    printf("           at most %s old, ranked by %s\n",
           span(arena, n->max_age_s), selector_ranking_name(n->ranking));
    if (n->ranking == RANK_SCORE)
        printf("           (half as good after %s)\n",
               span(arena,
                    r->half_life_s ? r->half_life_s : SELECTOR_HALF_LIFE_S));
    print_limits(n);
    printf("pages      %s\n", r->all_story_pages
                                  ? "for every article, in the archive"
                                  : "for articles without an address");
    if (r->languages && *r->languages)
        print_lines("only in", r->languages);
    for (size_t i = 0; i < r->boost_count; i++)
        printf("%-11s%+" PRId64 " for %s (source %" PRId64 ")\n",
               i ? "" : "boosts", r->boosts[i].boost, r->boosts[i].source,
               r->boosts[i].source_id);
    if (r->excluded && *r->excluded)
        print_lines("excludes", r->excluded);
    print_sections(n);
}
