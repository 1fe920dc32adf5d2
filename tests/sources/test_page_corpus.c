/* Saved pages, with the article that a person would see in them. */
#include "tests/sources/importing.h"

#include <jansson.h>

#include "digest/document/document.h"
#include "digest/sources/page/page_internal.h"

struct tally {
    unsigned pages, titles, bylines, with_byline, firsts, lasts;
};

/* The words of HTML without punctuation and blanks, for comparing. */
static void words_of(const char *html, struct strbuf *out)
{
    struct err err;
    struct document *document = NULL;
    if (!document_from_html(str_of(html), "https://a.example/", &document,
                            &err))
        fail_msg("%s", err.text);
    document_to_words(document, out);
    document_free(document);
}

static void add_bare(struct strbuf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c & 0x80)
            strbuf_add_char(out, c);
        else if (c >= 'A' && c <= 'Z')
            strbuf_add_char(out, (char)(c | 0x20));
    }
}

static bool contains_bare(struct str whole, struct str part)
{
    OWNED(strbuf_free) struct strbuf a = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf b = STRBUF_INIT;
    add_bare(&a, whole);
    add_bare(&b, part);
    return b.len == 0 || str_find_str(strbuf_str(&a), strbuf_str(&b)) < a.len;
}

static const char *text_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return text ? text : "";
}

static struct str head(struct str text)
{
    text.len = text.len < 60 ? text.len : 60;
    return text;
}

static struct str tail(struct str text)
{
    return str_from(text, text.len > 60 ? text.len - 60 : 0);
}

static void compare(const char *name, const struct entry *entry,
                    const char *html, const json_t *meta, struct tally *tally)
{
    OWNED(strbuf_free) struct strbuf ours = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf theirs = STRBUF_INIT;
    const char *title = text_of(meta, "title"),
               *byline = text_of(meta, "byline");
    words_of(entry->body.text ? entry->body.text : "", &ours);
    words_of(html, &theirs);
    bool same_title = entry->title &&
                      contains_bare(str_of(entry->title), str_of(title)) &&
                      contains_bare(str_of(title), str_of(entry->title));
    bool same_byline =
        entry->author && contains_bare(str_of(byline), str_of(entry->author));
    bool first =
        contains_bare(head(strbuf_str(&ours)), head(strbuf_str(&theirs))) ||
        contains_bare(strbuf_str(&ours), head(strbuf_str(&theirs)));
    bool last = contains_bare(strbuf_str(&ours), tail(strbuf_str(&theirs)));
    tally->pages++;
    tally->titles += same_title;
    tally->with_byline += *byline != '\0';
    tally->bylines += *byline && same_byline;
    tally->firsts += first;
    tally->lasts += last;
    if (!same_title)
        printf("%s: title is \"%s\", not \"%s\"\n", name,
               entry->title ? entry->title : "", title);
    if (*byline && !same_byline)
        printf("%s: byline is \"%s\", not \"%s\"\n", name,
               entry->author ? entry->author : "", byline);
    if (!first)
        printf(
            "%s: doesn't hold the beginning \"%.60s\", but begins \"%.60s\"\n",
            name, strbuf_text(&theirs), strbuf_text(&ours));
    if (!last)
        printf("%s: doesn't hold the end \"%s\", but ends \"%s\"\n", name,
               tail(strbuf_str(&theirs)).ptr ? tail(strbuf_str(&theirs)).ptr
                                             : "",
               ours.len ? tail(strbuf_str(&ours)).ptr : "");
}

static void check_page(const char *folder, const char *name,
                       struct tally *tally)
{
    OWNED(mem_free)
    char *source = mem_format("%s/%s/source.html", folder, name);
    OWNED(mem_free)
    char *expected = mem_format("%s/%s/expected.html", folder, name);
    OWNED(mem_free)
    char *about = mem_format("%s/%s/expected-metadata.json", folder, name);
    OWNED(strbuf_free) struct strbuf page = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct entry entry = {0};
    struct err err = {0};
    json_t *meta = json_load_file(about, 0, NULL);
    assert_non_null(meta);
    if (!file_read(source, 1 << 26, &page, &err) ||
        !file_read(expected, 1 << 26, &html, &err))
        fail_msg("%s", err.text);
    struct import_bytes input = {.name = name,
                                 .url = "https://a.example/page",
                                 .bytes = strbuf_str(&page)};
    if (!page_read(&input, &arena, &entry, &err))
        fail_msg("%s", err.text);
    compare(name, &entry, strbuf_text(&html), meta, tally);
    entry_free(&entry);
    json_decref(meta);
}

static void pages_of_the_corpus_give_their_articles(void **state)
{
    char folder[512];
    struct err err = {0};
    struct tally t = {0};
    struct file_list list = {0};
    (void)state;
    const char *corpora = getenv("DIGEST_CORPORA");
    snprintf(folder, sizeof folder, "%s/pages", corpora ? corpora : "");
    if (!corpora || !file_is_folder(folder)) {
        puts("skipped: DIGEST_CORPORA names no folder with pages/");
        skip();
    }
    assert_true(file_list(folder, NULL, &list, &err));
    for (size_t i = 0; i < list.count; i++)
        check_page(folder, list.names[i], &t);
    file_list_free(&list);
    printf("of %u pages: titles %u, beginnings %u, ends %u; bylines %u of %u\n",
           t.pages, t.titles, t.firsts, t.lasts, t.bylines, t.with_byline);
    assert_true(t.titles * 10 >= t.pages * 9);
    assert_true(t.firsts * 10 >= t.pages * 8);
    assert_true(t.lasts * 10 >= t.pages * 8);
    assert_true(t.bylines * 10 >= t.with_byline * 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_of_the_corpus_give_their_articles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
