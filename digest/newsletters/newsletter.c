/* Parses and checks a newsletter's settings, and holds its defaults. */
#include "digest/newsletters/newsletter.h"

#include <inttypes.h>
#include <string.h>

#include "digest/base/cluster.h"
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/message/headers.h"
#include "digest/renderer/theme.h"

enum { MAX_SLUG = 64 };

struct newsletter newsletter_defaults(int64_t now)
{
    static const struct newsletter_section all = {
        .title = "", .categories = "*", .at_most = NEWSLETTER_DEFAULT_MOST};
    return (struct newsletter){
        .slug = "",
        .title = "",
        .from_name = "",
        .from_address = "",
        .reply_to = "",
        .language = "en",
        .timezone = "UTC",
        .template_name = "default",
        .theme = "",
        .max_age_s = NEWSLETTER_DEFAULT_AGE_S,
        .min_articles = 1,
        .rules = {.most = NEWSLETTER_DEFAULT_MOST},
        .created_at = now,
        .sections = &all,
        .section_count = 1,
    };
}

/* One name of a section's list: quoted, or up to the next , : or =. */
static bool take_name(struct str *rest, struct strbuf *name)
{
    *rest = str_trim(*rest);
    if (rest->len && rest->ptr[0] == '"') {
        struct str inside = str_from(*rest, 1);
        size_t end = str_find(inside, '"');
        if (end == inside.len)
            return false;
        strbuf_add(name, inside.ptr, end);
        *rest = str_trim(str_from(inside, end + 1));
        return end > 0;
    }
    size_t end = 0;
    while (end < rest->len && !strchr(",:=", rest->ptr[end]))
        end++;
    strbuf_add_str(name, str_trim((struct str){rest->ptr, end}));
    *rest = str_from(*rest, end);
    return name->len > 0;
}

static bool take_number(struct str text, int64_t *out)
{
    unsigned long long number;
    if (!str_to_u64(str_trim(text), &number) || number < 1 ||
        number > NEWSLETTER_MAX_ARTICLES)
        return false;
    *out = (int64_t)number;
    return true;
}

/* "5", or with a minimum "2-5". */
static bool take_limit(struct str rest, struct newsletter_section *out)
{
    bool has_least = str_find(rest, '-') < rest.len;
    struct str least = has_least ? str_cut(&rest, '-') : STR("");
    return take_number(rest, &out->at_most) &&
           (!has_least || (take_number(least, &out->at_least) &&
                           out->at_least <= out->at_most));
}

static bool fail_section(const char *text, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "section \"%.100s\": has to be CATEGORY[:LIMIT], as in "
                   "World:5, \"World,Europe:2-5\" (at least 2), \"*:3\" or "
                   "\"Abroad=World,Europe:5\"; the limit is 1 to %d; a name "
                   "with : , or = stands in double quotes",
                   text, NEWSLETTER_MAX_ARTICLES);
}

/* Takes the marks between names, and the limit behind them all. */
static bool take_rest(struct str *rest, struct strbuf *names,
                      struct newsletter_section *out, struct arena *arena,
                      bool *more)
{
    char mark = rest->ptr[0];
    *rest = str_from(*rest, 1);
    *more = mark == ',' || mark == '=';
    out->is_limited = mark == ':';
    if (mark == ':')
        return take_limit(*rest, out);
    if (mark != '=')
        return mark == ',';
    if (*out->title || memchr(strbuf_text(names), '\n', names->len))
        return false;
    out->title = arena_copy_str(arena, strbuf_str(names));
    strbuf_cut(names, 0);
    return true;
}

bool newsletter_parse_section(const char *text, struct arena *arena,
                              struct newsletter_section *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf names = STRBUF_INIT;
    struct str rest = str_of(text);
    if (utf8_invalid_at(rest) < rest.len)
        return fail_section("not UTF-8", err);
    *out = (struct newsletter_section){.title = ""};
    for (bool more = true; more;) {
        OWNED(strbuf_free) struct strbuf name = STRBUF_INIT;
        if (!take_name(&rest, &name))
            return fail_section(text, err);
        if (names.len)
            strbuf_add_char(&names, '\n');
        utf8_clean_line(&names, strbuf_str(&name));
        more = false;
        if (rest.len && !take_rest(&rest, &names, out, arena, &more))
            return fail_section(text, err);
    }
    out->categories = arena_copy_str(arena, strbuf_str(&names));
    if (!out->is_limited)
        out->at_most = strcmp(out->categories, "*") == 0
                           ? NEWSLETTER_DEFAULT_MOST
                           : NEWSLETTER_DEFAULT_LIMIT;
    return true;
}

static void write_name(struct str name, struct strbuf *out)
{
    bool quoted = false;
    for (size_t i = 0; i < name.len; i++)
        quoted |= strchr(",:=", name.ptr[i]) != NULL;
    strbuf_add_format(out, quoted ? "\"%.*s\"" : "%.*s", STR_ARG(name));
}

void newsletter_section_write(const struct newsletter_section *section,
                              struct strbuf *out)
{
    struct str rest = str_of(section->categories), name;
    if (section->title && *section->title) {
        write_name(str_of(section->title), out);
        strbuf_add_char(out, '=');
    }
    for (bool first = true; str_next_line(&rest, &name); first = false) {
        if (!first)
            strbuf_add_char(out, ',');
        write_name(name, out);
    }
    strbuf_add_char(out, ':');
    if (section->at_least)
        strbuf_add_format(out, "%" PRId64 "-", section->at_least);
    strbuf_add_format(out, "%" PRId64, section->at_most);
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

static bool fail_from(const char *text, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "\"%.200s\": has to be 'Name <a@example.org>'", text);
}

/* Appends what stands in quotes: a backslash takes the next character as it
 * is. False where the quotes have no end.
 * Source: RFC 5322 §3.2.4. */
static bool take_quoted(struct str *rest, struct strbuf *out)
{
    for (size_t i = 1; i < rest->len; i++) {
        if (rest->ptr[i] == '"') {
            *rest = str_from(*rest, i + 1);
            return true;
        }
        i += rest->ptr[i] == '\\' && i + 1 < rest->len;
        strbuf_add_char(out, rest->ptr[i]);
    }
    return false;
}

/* The words before the address; without quotes they may hold more than atoms
 * do. False where quotes have no end. */
static bool take_phrase(struct str *rest, struct strbuf *out)
{
    while (rest->len && rest->ptr[0] != '<') {
        if (rest->ptr[0] == '"') {
            if (!take_quoted(rest, out))
                return false;
            continue;
        }
        strbuf_add_char(out, rest->ptr[0]);
        *rest = str_from(*rest, 1);
    }
    return true;
}

bool newsletter_parse_from(const char *text, struct arena *arena,
                           const char **name, const char **address,
                           struct err *err)
{
    struct str rest = str_trim(str_of(text)), mailbox = rest;
    OWNED(strbuf_free) struct strbuf phrase = STRBUF_INIT;
    if (!take_phrase(&rest, &phrase))
        return fail_from(text, err);
    if (!rest.len)
        strbuf_cut(&phrase, 0);
    else if (!str_ends(rest, STR(">")))
        return fail_from(text, err);
    else
        mailbox = str_trim((struct str){rest.ptr + 1, rest.len - 2});
    if (has_control(strbuf_text(&phrase)))
        return err_set(err, ERR_USAGE,
                       "the sender's name holds a line break or another "
                       "control character");
    if (!header_address_is_safe(mailbox))
        return err_set(err, ERR_USAGE,
                       "\"%.200s\": not an address that mail can come from; "
                       "it has to be 'Name <a@example.org>'",
                       text);
    *name = arena_copy_str(arena, str_trim(strbuf_str(&phrase)));
    *address = arena_copy_str(arena, mailbox);
    return true;
}

static const char *without_turns(const char *text, struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    utf8_drop_turns(&clean, str_of(text));
    return arena_copy_str(arena, strbuf_str(&clean));
}

void newsletter_clean_names(struct newsletter *newsletter, struct arena *arena)
{
    newsletter->title = without_turns(newsletter->title, arena);
    newsletter->from_name = without_turns(newsletter->from_name, arena);
}

const char *newsletter_categories(const struct newsletter *newsletter,
                                  struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf lines = STRBUF_INIT;
    for (size_t i = 0; i < newsletter->section_count; i++)
        strbuf_add_format(&lines, "%s%s", i ? "\n" : "",
                          newsletter->sections[i].categories);
    return arena_copy_str(arena, strbuf_str(&lines));
}

void newsletter_section_title(const struct newsletter_section *section,
                              struct strbuf *out)
{
    if (section->title && *section->title) {
        strbuf_add_text(out, section->title);
        return;
    }
    if (strcmp(section->categories, "*") == 0) {
        strbuf_add_text(out, NEWSLETTER_REST_TITLE);
        return;
    }
    for (const char *c = section->categories; *c; c++) {
        if (*c == '\n')
            strbuf_add_text(out, ", ");
        else
            strbuf_add_char(out, *c);
    }
}

static const char *const show_names[] = {
    [STORY_SUMMARY] = "summary",
    [STORY_HEADLINE] = "headline",
    [STORY_FULL] = "full",
};

const char *story_show_name(enum story_show show)
{
    return show_names[show];
}

bool story_show_parse(const char *name, enum story_show *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(show_names); i++)
        if (strcmp(show_names[i], name) == 0) {
            *out = (enum story_show)i;
            return true;
        }
    return false;
}

enum story_show newsletter_shows(const struct newsletter *newsletter,
                                 const char *heading)
{
    for (size_t i = 0; i < newsletter->section_count; i++) {
        OWNED(strbuf_free) struct strbuf title = STRBUF_INIT;
        newsletter_section_title(&newsletter->sections[i], &title);
        if (strcmp(strbuf_text(&title), heading) == 0)
            return newsletter->sections[i].show;
    }
    return STORY_SUMMARY;
}

static bool slug_is_good(const char *slug)
{
    size_t length = strlen(slug);
    if (length < 1 || length > MAX_SLUG || slug[0] == '-')
        return false;
    return strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static bool check_text(const char *what, const char *text, struct err *err)
{
    if (has_control(text))
        return err_set(err, ERR_USAGE,
                       "%s: holds a line break or another control "
                       "character; give it in one line",
                       what);
    if (utf8_invalid_at(str_of(text)) < strlen(text))
        return err_set(err, ERR_USAGE, "%s: isn't UTF-8", what);
    return true;
}

static bool check_name(const char *what, const char *text, struct err *err)
{
    if (!check_text(what, text, err))
        return false;
    size_t count = cluster_count(str_of(text));
    return count <= NEWSLETTER_NAME_MAX ||
           err_set(err, ERR_USAGE, "%s: has %zu characters; %d are the most",
                   what, count, NEWSLETTER_NAME_MAX);
}

static bool check_theme(const char *theme, struct err *err)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct render_setting *settings;
    size_t count;
    return theme_parse(str_of(theme), &arena, &settings, &count, err);
}

static bool check_rules(const struct newsletter *n, struct err *err)
{
    struct str rest = str_of(n->rules.languages), tag;
    if (n->rules.most && n->rules.most < n->min_articles)
        return err_set(err, ERR_USAGE,
                       "%s: at most %" PRId64 " articles, but at least %" PRId64
                       ": no issue could be made",
                       n->slug, n->rules.most, n->min_articles);
    while (str_next_line(&rest, &tag))
        if (tag.len < 2 || tag.len > 35 || memchr(tag.ptr, ' ', tag.len))
            return err_set(err, ERR_USAGE,
                           "language \"%.*s\": has to be a tag such as en, "
                           "de or pt-BR",
                           STR_ARG(tag));
    return true;
}

static bool check_sections(const struct newsletter *n, struct err *err)
{
    if (!n->section_count)
        return err_set(err, ERR_USAGE, "%s: needs at least one section",
                       n->slug);
    if (n->section_count > NEWSLETTER_MAX_SECTIONS)
        return err_set(err, ERR_USAGE, "%s: at most %d sections", n->slug,
                       NEWSLETTER_MAX_SECTIONS);
    for (size_t i = 0; i < n->section_count; i++) {
        const struct newsletter_section *s = &n->sections[i];
        if (s->at_most < 1 || s->at_least > s->at_most)
            return err_set(err, ERR_USAGE,
                           "section \"%.80s\" takes at least %" PRId64
                           " and at most %" PRId64 " articles; the second has "
                           "to be one or more, and no less than the first",
                           s->categories, s->at_least, s->at_most);
    }
    return true;
}

static bool check_ranking(const struct newsletter *n, struct err *err)
{
    if (n->rules.half_life_s &&
        n->rules.half_life_s < NEWSLETTER_LEAST_HALF_LIFE_S)
        return err_set(err, ERR_USAGE,
                       "%s: a score can't lose its half in less than a minute",
                       n->slug);
    for (size_t i = 0; i < n->rules.boost_count; i++)
        if (n->rules.boosts[i].boost > NEWSLETTER_MAX_BOOST ||
            n->rules.boosts[i].boost < -NEWSLETTER_MAX_BOOST)
            return err_set(err, ERR_USAGE,
                           "%s: a source's boost is a number from -%d to %d",
                           n->slug, NEWSLETTER_MAX_BOOST, NEWSLETTER_MAX_BOOST);
    return true;
}

bool newsletter_check(const struct newsletter *n, struct err *err)
{
    if (!slug_is_good(n->slug))
        return err_set(err, ERR_USAGE,
                       "\"%.80s\": a newsletter's name for commands is 1 to "
                       "%d small letters, digits and hyphens, such as weekly",
                       n->slug, MAX_SLUG);
    if (!*n->title)
        return err_set(err, ERR_USAGE, "%s: needs a title", n->slug);
    if (!check_name("title", n->title, err) ||
        !check_name("sender's name", n->from_name, err) ||
        !check_text("template", n->template_name, err) ||
        !check_theme(n->theme, err))
        return false;
    size_t tag = strspn(n->language, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"
                                     "klmnopqrstuvwxyz0123456789-");
    if (tag < 2 || tag > 35 || n->language[tag])
        return err_set(err, ERR_USAGE,
                       "language \"%.40s\": has to be a tag such as en, de "
                       "or pt-BR",
                       n->language);
    if (!header_address_is_safe(str_of(n->from_address)))
        return err_set(err, ERR_USAGE,
                       "%s: needs a sender such as news@example.org", n->slug);
    if (*n->reply_to && !header_address_is_safe(str_of(n->reply_to)))
        return err_set(err, ERR_USAGE,
                       "\"%.200s\": not an address to reply "
                       "to",
                       n->reply_to);
    if (!*n->template_name || strchr(n->template_name, '/') ||
        n->template_name[0] == '.')
        return err_set(err, ERR_USAGE,
                       "template \"%.60s\": a design's name has no slashes",
                       n->template_name);
    return check_sections(n, err) && check_ranking(n, err) &&
           check_rules(n, err);
}
