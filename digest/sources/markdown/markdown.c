/* Imports a Markdown file: its fields and its text become an entry. */
#include <inttypes.h>
#include <stdio.h>

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"
#include "digest/sources/date_words_internal.h"
#include "digest/sources/markdown/front_matter_internal.h"
#include "digest/sources/markdown/markdown_internal.h"
#include "digest/sources/markdown/markdown_path_internal.h"

enum { MAX_KEYS = 9 };

/* Fields of front matter, with the names that generators of sites give them,
 * the likeliest first. */
enum field {
    TITLE,
    DATE,
    AUTHOR,
    CATEGORIES,
    TAGS,
    SUMMARY,
    URL,
    SLUG,
    IMAGE,
    IMAGE_ALT,
    LANGUAGE,
    VIEWS,
    WEIGHT,
    GUID,
    EXPIRY,
    FIELD_COUNT
};
static const char *const keys[][MAX_KEYS] = {
    [TITLE] = {"title", "headline"},
    [DATE] = {"date", "pubDate", "publishDate", "published_at", "publish_date",
              "datePublished", "published", "pubDatetime"},
    [AUTHOR] = {"author", "authors", "byline"},
    [CATEGORIES] = {"categories", "category", "section"},
    [TAGS] = {"tags", "tag", "keywords"},
    [SUMMARY] = {"summary", "description", "excerpt", "subtitle"},
    [URL] = {"url", "permalink", "canonical_url", "canonicalURL", "canonical",
             "link"},
    [SLUG] = {"slug"},
    [IMAGE] = {"image", "cover", "featured_image", "featuredImage", "heroImage",
               "cover_image", "thumbnail", "images"},
    [IMAGE_ALT] = {"image_alt", "imageAlt", "heroImageAlt", "cover_alt"},
    [LANGUAGE] = {"language", "lang", "locale"},
    [VIEWS] = {"views", "view_count"},
    [WEIGHT] = {"weight"},
    [GUID] = {"guid"},
    [EXPIRY] = {"expiryDate", "expiry_date", "expires"},
};
_Static_assert(ARRAY_SIZE(keys) == FIELD_COUNT, "keys for each field");

/* Tables inside front matter whose fields count as its own. */
static const char *const inner[] = {"params", "taxonomies", "extra"};

struct post {
    struct import_run *run;
    struct front_matter front;
    struct entry entry;
    struct markdown_path path;
    struct err *err;
};

static void post_free(struct post *post)
{
    entry_free(&post->entry);
}

static struct yaml *find_in(const struct yaml *map, enum field field)
{
    for (size_t i = 0; i < MAX_KEYS && keys[field][i]; i++) {
        struct yaml *node = yaml_get(map, keys[field][i]);
        if (node && !yaml_is_null(node))
            return node;
    }
    return NULL;
}

static struct yaml *find(const struct post *post, enum field field)
{
    struct yaml *node = find_in(post->front.fields, field);
    for (size_t i = 0; !node && i < ARRAY_SIZE(inner); i++) {
        struct yaml *map = yaml_get(post->front.fields, inner[i]);
        if (map && map->kind == YAML_MAP)
            node = find_in(map, field);
    }
    return node;
}

static bool fail(struct post *post, const struct yaml *node, const char *what)
{
    return err_set(post->err, ERR_INPUT, "%s:%u: %s", post->entry.file,
                   node ? node->line : 1, what);
}

/* The text of a node: a scalar, the first of a list, or a map's value by
 * one of the names. NULL where there is none. */
static const char *text_of(const struct yaml *node, const char *const *names)
{
    if (!node || yaml_is_null(node))
        return NULL;
    if (node->kind == YAML_LIST)
        return text_of(node->children, names);
    if (node->kind == YAML_TEXT)
        return node->text;
    for (; *names; names++) {
        const struct yaml *child = yaml_get(node, *names);
        if (child && child->kind == YAML_TEXT && !yaml_is_null(child))
            return child->text;
    }
    return NULL;
}

static const char *const name_names[] = {"name", "title", "label", "slug",
                                         NULL};
static const char *const image_names[] = {"url",  "src",  "image",
                                          "path", "href", NULL};
static const char *const alt_names[] = {"alt", "caption", "title", NULL};
static const char *const no_names[] = {NULL};

/* A list of names joined with commas, or one name. */
static const char *joined(struct arena *arena, const struct yaml *node)
{
    if (!node || node->kind != YAML_LIST)
        return text_of(node, name_names);
    const char *all = NULL;
    for (const struct yaml *one = node->children; one; one = one->next) {
        const char *name = text_of(one, name_names);
        if (name)
            all = all ? arena_format(arena, "%s, %s", all, name) : name;
    }
    return all;
}

/* A text without quotes may hold several names, parted by commas. */
static void read_categories(struct post *post)
{
    struct yaml *node = find(post, CATEGORIES);
    if (!node)
        node = find(post, TAGS);
    if (!node)
        return;
    if (node->kind == YAML_LIST) {
        for (struct yaml *one = node->children; one; one = one->next) {
            const char *name = text_of(one, name_names);
            if (name)
                entry_add_category(&post->entry, name);
        }
        return;
    }
    const char *text = text_of(node, name_names);
    struct str rest = str_of(text ? text : "");
    while (rest.len) {
        struct str name = node->quoted ? rest : str_cut(&rest, ',');
        if (node->quoted)
            rest.len = 0;
        entry_add_category(&post->entry,
                           arena_copy_str(&post->run->arena, name));
    }
}

static bool read_number(struct post *post, enum field field, int64_t *out)
{
    const struct yaml *node = find(post, field);
    const char *text = text_of(node, no_names);
    unsigned long long value;
    if (!text)
        return true;
    struct str digits = str_trim(str_of(text));
    bool is_negative = field == WEIGHT && str_starts(digits, STR("-"));
    if (!str_to_u64(str_from(digits, is_negative), &value) ||
        value > 1000000000000ull)
        return fail(post, node,
                    arena_format(&post->run->arena,
                                 "%s \"%.40s\": has to be a whole number",
                                 keys[field][0], text));
    *out = is_negative ? -(int64_t)value : (int64_t)value;
    return true;
}

/* The date said, or the one in the file's name, as Jekyll has it. */
static bool read_date(struct post *post)
{
    const struct yaml *node = find(post, DATE);
    const char *text = text_of(node, no_names);
    bool is_switch;
    if (node && node->kind == YAML_TEXT && yaml_to_bool(node, &is_switch))
        text = NULL; /* Jekyll's "published: true" */
    if (text) {
        if (date_words_parse(str_of(text), &post->entry.published_at))
            return true;
        return fail(post, node,
                    arena_format(&post->run->arena,
                                 "date \"%.60s\": isn't one; write it as "
                                 "2026-11-20 or 2026-11-20T07:00:00+01:00",
                                 text));
    }
    post->entry.published_at = post->path.date;
    return post->path.has_date ||
           fail(post, NULL,
                "has no date; write \"date: 2026-11-20\" in its front matter, "
                "or name the file 2026-11-20-title.md");
}

static const char *with_base(struct post *post, const char *relative)
{
    const char *base = post->run->options->base_url;
    struct str root = str_of(base);
    while (root.len && root.ptr[root.len - 1] == '/')
        root.len--;
    while (*relative == '/' || (relative[0] == '.' && relative[1] == '/'))
        relative++;
    return arena_format(&post->run->arena, "%.*s/%s", STR_ARG(root), relative);
}

/* javascript:, data:, mailto:, and //host: no place below a site. */
static bool has_scheme(const char *text)
{
    size_t word = strcspn(text, ":/?#");
    return (word > 0 && text[word] == ':') || strncmp(text, "//", 2) == 0;
}

/* An absolute URL as it is; a relative one, a slug or the file's own place
 * below the site's address. */
static const char *find_url(struct post *post)
{
    const struct yaml *url = find(post, URL), *slug = find(post, SLUG);
    const char *text = text_of(url, no_names);
    struct arena *arena = &post->run->arena;
    if (text && (str_starts_nocase(str_of(text), STR("http://")) ||
                 str_starts_nocase(str_of(text), STR("https://")))) {
        post->entry.url = text;
        return text;
    }
    if (text && has_scheme(text))
        return text;
    /* Jekyll's patterns (/:year/:title/) are for the site to fill. */
    if (text && strstr(text, "/:"))
        text = NULL;
    if (!text && text_of(slug, no_names))
        text = arena_format(arena, "%s%s", post->path.folder,
                            text_of(slug, no_names));
    if (!text)
        text = post->path.page;
    if (post->run->options->base_url)
        post->entry.url = with_base(post, text);
    return text;
}

static bool read_url(struct post *post)
{
    const char *text = find_url(post);
    const struct yaml *url = find(post, URL);
    if (post->entry.url)
        return true;
    return fail(post, url ? url : find(post, SLUG),
                arena_format(&post->run->arena,
                             "\"%.100s\" isn't a whole address; write \"url: "
                             "https://…\" in its front matter, or set "
                             "site.url in digest.yaml",
                             text));
}

/* A first line "# Title" (or underlined), which then leaves the body. */
static void take_heading(struct post *post)
{
    struct str rest = post->front.body, line = {"", 0};
    while (str_next_line(&rest, &line) && str_trim(line).len == 0)
        ;
    struct str title = str_trim(line), below = rest, underline;
    if (str_starts(title, STR("# "))) {
        title = str_trim(str_from(title, 2));
        while (title.len && title.ptr[title.len - 1] == '#')
            title = str_trim((struct str){title.ptr, title.len - 1});
    } else if (title.len && str_next_line(&below, &underline) &&
               str_starts(underline, STR("==="))) {
        rest = below;
    } else {
        return;
    }
    post->entry.title = arena_copy_str(&post->run->arena, title);
    post->front.body = rest;
}

static void read_image(struct post *post)
{
    const struct yaml *image = find(post, IMAGE);
    post->entry.image_url = text_of(image, image_names);
    post->entry.image_alt = text_of(find(post, IMAGE_ALT), no_names);
    if (image && image->kind == YAML_LIST)
        image = image->children;
    if (!post->entry.image_alt && image && image->kind == YAML_MAP)
        post->entry.image_alt = text_of(image, alt_names);
}

/* The summary said, or what stands before "<!--more-->". */
static void read_summary(struct post *post, const char *body)
{
    const char *text = text_of(find(post, SUMMARY), no_names);
    const char *more = strstr(body, "<!--more-->");
    if (!more)
        more = strstr(body, "<!-- more -->");
    if (!text && more)
        text = arena_copy_str(&post->run->arena,
                              (struct str){body, (size_t)(more - body)});
    post->entry.summary = (struct entry_text){ENTRY_MARKDOWN, text, NULL};
}

static bool is_said(const struct post *post, const char *key, bool value)
{
    const struct yaml *node = yaml_get(post->front.fields, key);
    bool said;
    return node && node->kind == YAML_TEXT && yaml_to_bool(node, &said) &&
           said == value;
}

static const char *reason_to_leave_out(struct post *post)
{
    char when[TIME_TEXT_SIZE];
    int64_t now = post->run->options->now, expiry;
    const char *status =
        text_of(yaml_get(post->front.fields, "status"), no_names);
    const char *expires = text_of(find(post, EXPIRY), no_names);
    if (post->path.is_draft || is_said(post, "draft", true) ||
        is_said(post, "published", false) ||
        is_said(post, "permalink", false) ||
        (status && str_equal_nocase(str_of(status), STR("draft"))))
        return "a draft";
    if (post->entry.published_at > now)
        return arena_format(&post->run->arena, "to be published at %s",
                            time_rfc3339(post->entry.published_at, when));
    if (expires && date_words_parse(str_of(expires), &expiry) && expiry <= now)
        return "has expired";
    return NULL;
}

static bool read_fields(struct post *post)
{
    struct entry *entry = &post->entry;
    struct arena *arena = &post->run->arena;
    if (!read_date(post))
        return false;
    entry->left_out = reason_to_leave_out(post);
    if (entry->left_out) {
        find_url(post);
        return true;
    }
    entry->title = text_of(find(post, TITLE), no_names);
    if (!entry->title)
        take_heading(post);
    entry->author = joined(arena, find(post, AUTHOR));
    entry->language = text_of(find(post, LANGUAGE), no_names);
    entry->guid = text_of(find(post, GUID), no_names);
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    utf8_clean(&clean, post->front.body);
    const char *body = arena_copy_str(arena, strbuf_str(&clean));
    entry->body = (struct entry_text){
        post->path.is_html ? ENTRY_HTML : ENTRY_MARKDOWN, body, NULL};
    read_summary(post, body);
    read_image(post);
    read_categories(post);
    return read_url(post) && read_number(post, VIEWS, &entry->views) &&
           read_number(post, WEIGHT, &entry->weight);
}

static bool check_utf8(struct post *post, struct str text)
{
    size_t at = utf8_invalid_at(text);
    unsigned line = 1;
    if (at == text.len)
        return true;
    for (size_t i = 0; i < at; i++)
        line += text.ptr[i] == '\n';
    return err_set(post->err, ERR_INPUT,
                   "%s:%u: isn't UTF-8 (byte 0x%02X); save it as UTF-8",
                   post->entry.file, line, (unsigned char)text.ptr[at]);
}

bool import_markdown(struct import_run *run, const struct import_bytes *input,
                     struct err *err)
{
    OWNED(post_free)
    struct post post = {
        .run = run,
        .entry = {.file = input->name, .line = 1, .is_file = true},
        .err = err};
    markdown_path_read(&run->arena, input->inside, &post.path);
    if (!check_utf8(&post, input->bytes) ||
        !front_matter_read(&run->arena, input->bytes, input->name, &post.front,
                           err))
        return false;
    if (post.path.is_section ||
        (!post.front.is_there && post.path.is_about_the_folder))
        post.entry.left_out = "about its folder, not an article";
    else if (!read_fields(&post))
        return false;
    return import_entry(run, &post.entry, err);
}
