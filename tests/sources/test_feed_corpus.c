/* Feeds that others wrote, with what others expect of them. */
#include "tests/sources/importing.h"

#include <strings.h>

#include "digest/base/timetext.h"
#include "digest/document/document.h"
#include "digest/sources/feed/feed_internal.h"
#include "tests/sources/expectation.h"

enum { MAX_ENTRIES = 4, MAX_TAGS = 8 };

/* Where this program differs on purpose, and why. */
static const struct {
    const char *file, *why;
} exceptions[] = {
    {"atom10/entry_author_map_author.xml",
     "an author's address is no one's business"},
    {"atom10/feed_author_map_author.xml", "the same"},
    {"atom10/entry_authors_name.xml", "several authors are one text"},
    {"rss/item_multiple_dc_creator.xml", "the same"},
    {"atom10/entry_category_term.xml",
     "a category goes by its label, which is for people"},
    {"atom10/entry_category_term_non_ascii.xml", "the same"},
    {"base/http_entry_id_base_content_location.xml",
     "an id is never resolved (RFC 4287 §4.2.6)"},
    {"base/http_entry_id_base_docuri.xml", "the same"},
    {"encoding/bozo_linenoise.xml",
     "controls of ISO 8859-1 vanish, and aren't taken for Windows-1252"},
    {"lang/http_content_language.xml",
     "the HTTP header is for the reader, not for the text"},
    {"rss/entity_in_doctype.xml", "a feed's own entities aren't expanded"},
    {"rss/item_description_and_summary.xml",
     "of the two the description is the body, whatever the order"},
    {"rss/item_description_not_a_doctype.xml",
     "the HTML parser takes the broken tag for a comment"},
    {"rss/channel_author.xml", "an author's address is no one's business"},
};

struct seen_entry {
    const char *title, *link, *author, *id, *language, *image, *when;
    const char *summary, *content; /* as the document's HTML */
    const char *tags[MAX_TAGS];
};

struct seen {
    struct arena arena;
    struct feed feed;
    struct seen_entry entries[MAX_ENTRIES];
};

static const char *html_of(struct arena *arena, const struct entry_text *text)
{
    struct err err;
    struct document *document = NULL;
    struct strbuf html = STRBUF_INIT;
    if (!text->text)
        return NULL;
    if (text->markup == ENTRY_PLAIN)
        return arena_copy(arena, text->text);
    if (!document_from_html(str_of(text->text), text->base_url, &document,
                            &err))
        return NULL;
    document_to_html(document, &html);
    document_free(document);
    const char *copy = arena_copy_str(arena, str_trim(strbuf_str(&html)));
    strbuf_free(&html);
    return copy;
}

static bool see(void *context, struct feed_reading *reading,
                struct entry *entry, struct err *err)
{
    struct seen *seen = context;
    struct arena *arena = &seen->arena;
    char when[TIME_TEXT_SIZE];
    (void)err;
    if (reading->entries > MAX_ENTRIES)
        return true;
    struct seen_entry *s = &seen->entries[reading->entries - 1];
    *s = (struct seen_entry){
        .title = arena_copy(arena, entry->title),
        .link = arena_copy(arena, entry->url),
        .author = arena_copy(arena, entry->author),
        .id = arena_copy(arena, entry->guid),
        .language = arena_copy(arena, entry->language),
        .image = arena_copy(arena, entry->image_url),
        .content = html_of(arena, &entry->body),
        .summary = html_of(arena, entry->summary.text ? &entry->summary
                                                      : &entry->body),
    };
    if (entry->published_at)
        s->when = arena_copy(arena, time_rfc3339(entry->published_at, when));
    for (size_t i = 0; i < entry->category_count && i < MAX_TAGS; i++)
        s->tags[i] = arena_copy(arena, entry->categories[i]);
    return true;
}

/* Finds a field by the corpus's name for it; other names aren't kept. */
static bool find_entry_field(const struct seen_entry *e, const char *name,
                             const char **out)
{
    const struct {
        const char *name, *value;
    } fields[] = {
        {"title", e->title},
        {"title_detail.value", e->title},
        {"link", e->link},
        {"author", e->author},
        {"author_detail.name", e->author},
        {"authors.0.name", e->author},
        {"id", e->id},
        {"guid", e->id},
        {"language", e->language},
        {"content.0.language", e->language},
        {"image.href", e->image},
        {"summary", e->summary},
        {"summary_detail.value", e->summary},
        {"description", e->summary},
        {"content.0.value", e->content},
        {"published_parsed", e->when},
        {"updated_parsed", e->when},
        {"category", e->tags[0]},
    };
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        if (strcmp(fields[i].name, name) == 0) {
            *out = fields[i].value;
            return true;
        }
    unsigned tag;
    char part[8];
    if (sscanf(name, "tags.%u.%7s", &tag, part) == 2 && tag < MAX_TAGS &&
        (strcmp(part, "term") == 0 || strcmp(part, "label") == 0)) {
        *out = e->tags[tag];
        return true;
    }
    return false;
}

static bool find_field(const struct seen *seen, const char *path,
                       const char **out)
{
    const struct feed *f = &seen->feed;
    const struct {
        const char *name, *value;
    } fields[] = {
        {"feed.title", f->title},
        {"feed.title_detail.value", f->title},
        {"feed.link", f->url},
        {"feed.language", f->language},
        {"feed.description", f->description},
        {"feed.subtitle", f->description},
        {"feed.tagline", f->description},
        {"feed.author", f->author},
        {"feed.author_detail.name", f->author},
        {"feed.image.href", f->image_url},
    };
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        if (strcmp(fields[i].name, path) == 0) {
            *out = fields[i].value;
            return true;
        }
    if (strncmp(path, "entries.", 8) != 0 || path[8] < '0' ||
        path[8] >= '0' + MAX_ENTRIES || path[9] != '.')
        return false;
    return find_entry_field(&seen->entries[path[8] - '0'], path + 10, out);
}

static bool agree_as_words(const char *ours, const char *theirs, bool as_html)
{
    struct err err;
    struct document *document = NULL;
    struct strbuf text = STRBUF_INIT;
    if (!document_from_html(str_of(theirs), NULL, &document, &err))
        return false;
    if (as_html)
        document_to_html(document, &text);
    else
        document_to_words(document, &text);
    document_free(document);
    bool good = str_equal(str_trim(str_of(ours)), str_trim(strbuf_str(&text)));
    strbuf_free(&text);
    return good;
}

/* As it stands, or its words (titles), or the same document (texts). */
static bool agree(const char *ours, const char *theirs)
{
    if (!ours)
        return *theirs == '\0';
    if (strlen(ours) == strlen(theirs) && strlen(ours) == 5 && ours[2] == '_' &&
        theirs[2] == '-') /* en_US: mended in the article */
        return strncmp(ours, theirs, 2) == 0;
    return strcmp(ours, theirs) == 0 || agree_as_words(ours, theirs, false) ||
           agree_as_words(ours, theirs, true);
}

static const char *header(struct arena *arena, struct str text,
                          const char *name)
{
    struct str line;
    for (struct str rest = text; str_next_line(&rest, &line);) {
        line = str_trim(line);
        if (!str_starts_nocase(line, STR("Header:")))
            continue;
        line = str_trim(str_from(line, 7));
        if (str_starts_nocase(line, str_of(name)) &&
            line.ptr[strlen(name)] == ':')
            return arena_copy_str(arena,
                                  str_trim(str_from(line, strlen(name) + 1)));
    }
    return NULL;
}

static const char *charset_of(const char *type)
{
    const char *charset = type ? strstr(type, "charset=") : NULL;
    return charset ? charset + 8 : NULL;
}

static bool is_exception(const char *file)
{
    for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++)
        if (strcmp(exceptions[i].file, file) == 0)
            return true;
    return false;
}

struct tally {
    unsigned compared, agreed, unlisted, stale;
};

static struct str expectation_of(struct str text)
{
    struct str found = str_from(text, str_find_str(text, STR("Expect:")));
    size_t end = str_find(found, '\n');
    size_t close = str_find_str(found, STR("-->"));
    found.len = end < close ? end : close;
    return str_from(found, found.len < 7 ? found.len : 7);
}

static void compare(const struct seen *seen, struct str expected,
                    const char *file, struct tally *tally)
{
    struct comparison one = {.path = ""};
    bool all_agree = true, any = false;
    while (next_comparison(&expected, &one)) {
        const char *ours = NULL;
        if (!find_field(seen, one.path, &ours))
            continue;
        any = true;
        tally->compared++;
        if (agree(ours, strbuf_text(&one.value))) {
            tally->agreed++;
            continue;
        }
        all_agree = false;
        if (!is_exception(file)) {
            tally->unlisted++;
            printf("%s: %s\n  is       %s\n  expected %s\n", file, one.path,
                   ours ? ours : "(none)", strbuf_text(&one.value));
        }
    }
    if (any && all_agree && is_exception(file)) {
        tally->stale++;
        printf("%s: agrees, but is listed as an exception\n", file);
    }
    strbuf_free(&one.value);
}

static void check_file(const char *folder, const char *kind, const char *name,
                       struct tally *tally)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    OWNED(mem_free) char *path = mem_format("%s/%s/%s", folder, kind, name);
    OWNED(mem_free) char *file = mem_format("%s/%s", kind, name);
    struct seen seen = {.arena = ARENA_INIT};
    struct err err = {0};
    assert_true(file_read(path, 1 << 24, &text, &err));
    struct str bytes = strbuf_str(&text);
    const char *url = header(&seen.arena, bytes, "Content-Location");
    if (!url)
        url = arena_format(&seen.arena, "http://127.0.0.1:8097/%s", file);
    struct import_bytes input = {
        .name = file,
        .url = url,
        .charset = charset_of(header(&seen.arena, bytes, "Content-type")),
        .bytes = bytes};
    struct feed_reading reading = {
        .feed_arena = &seen.arena, .take = see, .context = &seen};
    bool good = feed_read(&input, &reading, &err);
    seen.feed = reading.feed;
    (void)good; /* many of them end in the middle, on purpose */
    compare(&seen, expectation_of(bytes), file, tally);
    arena_free(&seen.arena);
}

static void feeds_of_the_corpus_are_read_as_expected(void **state)
{
    static const char *const kinds[] = {"atom10",    "base",      "encoding",
                                        "illformed", "itunes",    "json",
                                        "lang",      "media-rss", "rss"};
    struct tally tally = {0};
    (void)state;
    const char *corpora = getenv("DIGEST_CORPORA");
    char folder[512];
    snprintf(folder, sizeof folder, "%s/feeds", corpora ? corpora : "");
    if (!corpora || !file_is_folder(folder)) {
        puts("skipped: DIGEST_CORPORA names no folder with feeds/");
        skip();
    }
    for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
        OWNED(mem_free) char *path = file_join(folder, kinds[k]);
        OWNED(file_list_free) struct file_list list = {0};
        struct err err = {0};
        assert_true(file_list(path, NULL, &list, &err));
        for (size_t i = 0; i < list.count; i++)
            check_file(folder, kinds[k], list.names[i], &tally);
    }
    printf("%u of %u expectations hold\n", tally.agreed, tally.compared);
    assert_int_equal(tally.unlisted, 0);
    assert_int_equal(tally.stale, 0);
    assert_true(tally.compared > 200);
    assert_true(tally.agreed * 10 >= tally.compared * 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(feeds_of_the_corpus_are_read_as_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
