/* How long one variant of 25 stories takes to render, both parts: as
 * summaries, with the whole text of each, and where that is too much for a
 * mail; and how long the inlining of 150 rules into 60 KB of HTML takes.
 *
 * usage: bench_render [ROUNDS] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "digest/base/mem.h"
#include "digest/renderer/css_inline.h"
#include "digest/renderer/render.h"

enum { STORIES = 25, SECTIONS = 5, RULES = 150, HTML_BYTES = 60 * 1024 };

/* Of this process: what else the machine does is no matter. */
static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void stop(const struct err *err)
{
    fprintf(stderr, "bench_render: %s\n", err->text);
    exit(1);
}

/* A text of so many paragraphs, with a heading and a list. */
static const char *make_body(int paragraphs, struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf body = STRBUF_INIT;
    for (int i = 0; i < paragraphs; i++)
        strbuf_add_text(&body,
                        "<p>The rails are laid as far as Nordplatz, said the "
                        "engineer, and the <em>first</em> trams could run by "
                        "<a href=\"https://example.org/x\">autumn</a>, if the "
                        "council agrees to what the contracts say.</p>\n");
    strbuf_add_text(&body, "<h2>What is next</h2>\n<ul>\n<li>the bridge</li>\n"
                           "<li>the depot</li>\n</ul>\n");
    return arena_copy_str(arena, strbuf_str(&body));
}

/* Each story has texts of its own, as an issue's have. */
static void fill(struct render_story stories[],
                 struct render_section sections[], const char *body,
                 struct arena *arena)
{
    for (int i = 0; i < STORIES; i++)
        stories[i] = (struct render_story){
            .title = "The tram to the northern districts is to open early",
            .url = "https://news.example.org/city/tram?from=digest",
            .author = "Anna Weber",
            .summary_html = arena_copy(
                arena,
                "<p>For once a building site is ahead of its plan: the rails "
                "are laid as far as Nordplatz, and the first trams could run "
                "<em>next autumn</em>. The council has <a href=\"https://"
                "example.org/ask\">asked for the contracts</a>.</p>"),
            .show = body ? RENDER_FULL : RENDER_SUMMARY,
            .body_html = arena_copy(arena, body),
            .reading_minutes = 6};
    for (int i = 0; i < SECTIONS; i++)
        sections[i] = (struct render_section){
            "City", &stories[i * STORIES / SECTIONS], STORIES / SECTIONS};
}

static void bench_issue(int rounds, int paragraphs)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct render_story stories[STORIES];
    struct render_section sections[SECTIONS];
    fill(stories, sections, paragraphs ? make_body(paragraphs, &arena) : NULL,
         &arena);
    struct render_issue issue = {.newsletter_title = "The Weekly Example",
                                 .newsletter_slug = "weekly",
                                 .number = 12,
                                 .date = "20 November 2026",
                                 .subject = "A tram ahead of its time",
                                 .sections = sections,
                                 .section_count = SECTIONS,
                                 .has_unsubscribe_link = true};
    OWNED(template_set_release)
    struct template_set *set = template_set_new(NULL);
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT, text = STRBUF_INIT;
    struct err err = {0};
    double begin = now_ms();
    for (int i = 0; i < rounds; i++) {
        strbuf_cut(&html, 0);
        strbuf_cut(&text, 0);
        if (!render_issue(&issue, set, &html, &text, &err))
            stop(&err);
    }
    printf("issue of %d stories, %d paragraphs each: %.2f ms (HTML %zu bytes, "
           "text %zu)\n",
           STORIES, paragraphs, (now_ms() - begin) / rounds, html.len,
           text.len);
}

static void bench_inlining(int rounds)
{
    OWNED(strbuf_free) struct strbuf css = STRBUF_INIT, html = STRBUF_INIT;
    for (int i = 0; i < RULES; i++)
        strbuf_add_format(&css,
                          i % 3 ? ".c%d { color: #123456; margin: 0 }\n"
                                : ".c%d > p { padding: 8px 0 0 }\n",
                          i);
    for (int i = 0; html.len < HTML_BYTES; i++)
        strbuf_add_format(&html,
                          "<div class=\"c%d wide\"><p class=\"c%d\">Words of "
                          "an article, as they come.</p></div>\n",
                          i % RULES, (i * 7) % RULES);
    OWNED(css_sheet_release) struct css_sheet *sheet = NULL;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    double begin = now_ms();
    for (int i = 0; i < rounds; i++) {
        strbuf_cut(&out, 0);
        css_sheet_release(&sheet);
        if (!css_sheet_parse(strbuf_str(&css), "bench", &sheet, &err) ||
            !css_inline(sheet, strbuf_str(&html), &out, &err))
            stop(&err);
    }
    printf("inlining %d rules into %zu bytes: %.2f ms\n", RULES, html.len,
           (now_ms() - begin) / rounds);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 200;
    if (rounds < 1) {
        fputs("usage: bench_render [ROUNDS]\n", stderr);
        return 64;
    }
    bench_issue(rounds, 0);
    bench_issue(rounds, 5);
    bench_issue(rounds, 20);
    bench_inlining(rounds);
    return 0;
}
