/* Imports a WordPress export file: its posts, authors and media. */
#include <inttypes.h>
#include <stdio.h>

#include <libxml/xmlreader.h>

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"
#include "digest/sources/feed/feed_item_internal.h"
#include "digest/sources/feed/feed_parts_internal.h"
#include "digest/sources/import_run_internal.h"
#include "digest/sources/wordpress/wordpress_internal.h"
#include "digest/sources/xml_break_internal.h"

enum {
    OPTIONS = XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR |
              XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | XML_PARSE_COMPACT |
              XML_PARSE_HUGE,
    CHUNK = 64 * 1024,
};

struct author {
    const char *login, *name;
};

struct wxr {
    struct import_run *run;
    const char *name;
    FILE *file;
    struct strbuf raw, clean; /* read, and not given to libxml2 yet */
    size_t given;
    xmlTextReader *reader;
    struct arena arena; /* what holds for the whole export */
    struct wordpress_media media;
    const char *language;
    struct author *authors;
    size_t author_count, author_capacity;
    struct xml_break broken;
};

/* One post while it is read. */
struct post {
    struct arena *arena;
    struct entry entry;
    const char *status, *type, *password, *excerpt, *slug;
    uint64_t thumbnail;
    const char *date_gmt, *date; /* the latter on the site's own clock */
};

static void wxr_free(struct wxr *wxr)
{
    xmlFreeTextReader(wxr->reader);
    strbuf_free(&wxr->raw);
    strbuf_free(&wxr->clean);
    wordpress_media_free(&wxr->media);
    free(wxr->authors);
    arena_free(&wxr->arena);
}

/* Reads on and cleans what is whole characters; the rest waits. */
static void fill(struct wxr *wxr)
{
    strbuf_cut(&wxr->clean, 0);
    wxr->given = 0;
    char *to = strbuf_reserve(&wxr->raw, CHUNK);
    size_t got = fread(to, 1, CHUNK, wxr->file);
    wxr->raw.len += got;
    wxr->raw.ptr[wxr->raw.len] = '\0';
    struct str raw = strbuf_str(&wxr->raw);
    size_t whole = raw.len;
    while (got && whole && raw.len - whole < 4 &&
           ((unsigned char)raw.ptr[whole - 1] & 0xC0) == 0x80)
        whole--;
    if (got && whole && (unsigned char)raw.ptr[whole - 1] >= 0xC0)
        whole--;
    /* A CR may be half of a line end. */
    if (got && whole && raw.ptr[whole - 1] == '\r')
        whole--;
    utf8_clean(&wxr->clean, (struct str){raw.ptr, whole});
    memmove(wxr->raw.ptr, raw.ptr + whole, raw.len - whole);
    strbuf_cut(&wxr->raw, raw.len - whole);
}

static int read_on(void *context, char *out, int size)
{
    struct wxr *wxr = context;
    while (wxr->given == wxr->clean.len) {
        bool at_end = feof(wxr->file) || ferror(wxr->file);
        if (at_end && wxr->raw.len == 0)
            return 0;
        fill(wxr);
    }
    size_t left = wxr->clean.len - wxr->given;
    size_t length = left < (size_t)size ? left : (size_t)size;
    memcpy(out, wxr->clean.ptr + wxr->given, length);
    wxr->given += length;
    return (int)length;
}

static const char *prefix_of(const xmlNode *node)
{
    return node->ns && node->ns->prefix ? (const char *)node->ns->prefix : "";
}

static bool is_named(const xmlNode *node, const char *prefix, const char *name)
{
    return strcmp((const char *)node->name, name) == 0 &&
           strcmp(prefix_of(node), prefix) == 0;
}

static const char *child_text(xmlNode *node, const char *prefix,
                              const char *name, struct arena *arena)
{
    for (xmlNode *child = node->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE && is_named(child, prefix, name))
            return feed_node_text(child, arena);
    return NULL;
}

static void read_author(struct wxr *wxr, xmlNode *node)
{
    struct arena *arena = &wxr->arena;
    struct author author = {
        child_text(node, "wp", "author_login", arena),
        child_text(node, "wp", "author_display_name", arena)};
    if (author.login && author.name)
        MEM_PUSH(wxr->authors, wxr->author_count, wxr->author_capacity, author);
}

/* The name for people; a login is none. */
static const char *author_of(const struct wxr *wxr, const char *login)
{
    for (size_t i = 0; login && i < wxr->author_count; i++)
        if (strcmp(wxr->authors[i].login, login) == 0)
            return wxr->authors[i].name;
    return login;
}

static void read_meta(struct post *post, xmlNode *node)
{
    static const char *const view_keys[] = {
        "views", "post_views_count", "_post_views", "wpb_post_views_count"};
    const char *key = child_text(node, "wp", "meta_key", post->arena);
    const char *value = child_text(node, "wp", "meta_value", post->arena);
    unsigned long long number;
    if (!key || !value || !str_to_u64(str_of(value), &number))
        return;
    if (strcmp(key, "_thumbnail_id") == 0)
        post->thumbnail = number;
    for (size_t i = 0; i < ARRAY_SIZE(view_keys); i++)
        if (strcmp(key, view_keys[i]) == 0 && number < INT32_MAX)
            post->entry.views = (int64_t)number;
}

/* Sections of the site; its tags stand in where a post has none. */
static void read_categories(struct post *post, xmlNode *item,
                            const char *domain)
{
    for (xmlNode *node = item->children; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE || !is_named(node, "", "category"))
            continue;
        const char *of = feed_node_attribute(node, "domain", post->arena);
        const char *slug = feed_node_attribute(node, "nicename", post->arena);
        const char *name = feed_node_words(node, post->arena);
        if (name && of && strcmp(of, domain) == 0 &&
            !(slug && strcmp(slug, "uncategorized") == 0))
            entry_add_category(&post->entry, name);
    }
}

static void read_own(struct post *post, xmlNode *node)
{
    const struct {
        const char *prefix, *name;
        const char **slot;
    } texts[] = {
        {"wp", "status", &post->status},
        {"wp", "post_type", &post->type},
        {"wp", "post_password", &post->password},
        {"wp", "post_name", &post->slug},
        {"wp", "post_date_gmt", &post->date_gmt},
        {"wp", "post_date", &post->date},
        {"excerpt", "encoded", &post->excerpt},
    };
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        if (is_named(node, texts[i].prefix, texts[i].name))
            *texts[i].slot = feed_node_text(node, post->arena);
    if (is_named(node, "wp", "postmeta"))
        read_meta(post, node);
}

static const char *to_html(struct arena *arena, const char *text)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    if (!text)
        return NULL;
    wordpress_to_html(str_of(text), &html);
    return arena_copy(arena, strbuf_text(&html));
}

/* The excerpt, or what stands before "more". */
static void settle_texts(struct post *post)
{
    struct entry *entry = &post->entry;
    const char *body = entry->body.text;
    const char *more = body ? strstr(body, "<!--more") : NULL;
    const char *lead = post->excerpt;
    if (!lead && more)
        lead = arena_copy_str(post->arena,
                              (struct str){body, (size_t)(more - body)});
    entry->body =
        (struct entry_text){ENTRY_HTML, to_html(post->arena, body), NULL};
    entry->summary =
        (struct entry_text){ENTRY_HTML, to_html(post->arena, lead), NULL};
}

static const char *reason_to_leave_out(const struct post *post, int64_t now)
{
    char when[TIME_TEXT_SIZE];
    const char *status = post->status ? post->status : "publish";
    if (post->password)
        return "protected by a password";
    if (strcmp(status, "future") == 0 || post->entry.published_at > now)
        return arena_format(post->arena, "to be published at %s",
                            time_rfc3339(post->entry.published_at, when));
    if (strcmp(status, "draft") == 0 || strcmp(status, "auto-draft") == 0)
        return "a draft";
    if (strcmp(status, "private") == 0)
        return "private";
    if (strcmp(status, "publish") != 0)
        return arena_format(post->arena, "not published (%s)", status);
    if (post->type && strcmp(post->type, "post") != 0)
        return "a page, not a post";
    return NULL;
}

/* Menus, files and the like never were articles. */
static bool is_text(const struct post *post)
{
    return !post->type || strcmp(post->type, "post") == 0 ||
           strcmp(post->type, "page") == 0;
}

static void read_item(struct wxr *wxr, xmlNode *item, struct post *post)
{
    struct entry *entry = &post->entry;
    feed_item_read(item, post->arena, entry);
    for (xmlNode *node = item->children; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE)
            read_own(post, node);
    entry->category_count = 0;
    read_categories(post, item, "category");
    if (entry->category_count == 0)
        read_categories(post, item, "post_tag");
    if (!entry_set_date(entry, post->date_gmt) && !entry->published_at)
        entry_set_date(entry, post->date);
    entry->author = author_of(wxr, entry->author);
    if (!entry->language)
        entry->language = wxr->language;
    const char *file = wordpress_media_find(&wxr->media, post->thumbnail);
    if (post->thumbnail && file)
        entry->image_url = file;
    settle_texts(post);
    entry->left_out = reason_to_leave_out(post, wxr->run->options->now);
}

static bool import_item(struct wxr *wxr, xmlNode *item, struct err *err)
{
    OWNED(arena_free) struct arena post_arena = ARENA_INIT;
    struct post post = {
        .arena = &post_arena,
        .entry = {.file = wxr->name, .line = (unsigned)xmlGetLineNo(item)}};
    read_item(wxr, item, &post);
    bool good = true;
    if (is_text(&post)) {
        if (post.entry.left_out)
            post.entry.file = arena_format(
                &post_arena, "%s:%u: \"%s\"", wxr->name, post.entry.line,
                post.entry.title ? post.entry.title : "");
        good = import_entry(wxr->run, &post.entry, err);
    }
    entry_free(&post.entry);
    return good;
}

static bool fail_foreign(const struct wxr *wxr, struct err *err)
{
    return err_set(err, ERR_INPUT,
                   "%s:%u: isn't a WordPress export%s%s; make one under "
                   "Tools, Export",
                   wxr->name, wxr->broken.line ? wxr->broken.line : 1,
                   *wxr->broken.text ? ": " : "", wxr->broken.text);
}

/* One node. *next: what is below it is done with. */
static bool read_node(struct wxr *wxr, bool *next, struct err *err)
{
    xmlNode *node = xmlTextReaderCurrentNode(wxr->reader);
    int type = xmlTextReaderNodeType(wxr->reader);
    *next = false;
    if (type == XML_READER_TYPE_DOCUMENT_TYPE) /* no entities of its own */
        return fail_foreign(wxr, err);
    if (!node || type != XML_READER_TYPE_ELEMENT)
        return true;
    if (xmlTextReaderDepth(wxr->reader) == 0)
        return strcmp((const char *)node->name, "rss") == 0 ||
               fail_foreign(wxr, err);
    if (xmlTextReaderDepth(wxr->reader) != 2)
        return true;
    *next = true;
    bool is_item = is_named(node, "", "item");
    bool is_author = is_named(node, "wp", "author");
    bool is_language = is_named(node, "", "language");
    if (!is_item && !is_author && !is_language)
        return true;
    if (!xml_break_expand(&wxr->broken, wxr->reader))
        return true;
    if (is_item)
        return import_item(wxr, node, err);
    if (is_author)
        read_author(wxr, node);
    else
        wxr->language = feed_node_text(node, &wxr->arena);
    return true;
}

static bool read_all(struct wxr *wxr, struct err *err)
{
    int state = xmlTextReaderRead(wxr->reader);
    bool has_root = state == 1;
    while (state == 1) {
        bool next;
        if (!read_node(wxr, &next, err))
            return false;
        state = next ? xmlTextReaderNext(wxr->reader)
                     : xmlTextReaderRead(wxr->reader);
    }
    if (!has_root)
        return fail_foreign(wxr, err);
    if (state == 0 || !wxr->broken.line || !wxr->broken.is_grave)
        return true;
    return err_set(err, ERR_INPUT,
                   "%s:%u: the export is broken here (%s); the posts before "
                   "were taken",
                   wxr->name, wxr->broken.line, wxr->broken.text);
}

bool import_wordpress(struct import_run *run, const char *name, FILE *file,
                      struct err *err)
{
    OWNED(wxr_free)
    struct wxr wxr = {.run = run, .name = name, .file = file};
    wordpress_media_read(file, &wxr.media);
    rewind(file);
    wxr.reader = xmlReaderForIO(read_on, NULL, &wxr, NULL, "UTF-8", OPTIONS);
    if (!wxr.reader)
        return fail_foreign(&wxr, err);
    xml_break_watch(&wxr.broken, wxr.reader);
    return read_all(&wxr, err);
}
