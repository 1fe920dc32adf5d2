/* Renders a sample issue with a newsletter's new settings. */
#include "digest/delivery/trial.h"

#include "digest/base/mem.h"
#include "digest/delivery/build.h"
#include "digest/renderer/catalogue.h"

enum { WORDS = 1000, STORIES = 2 };

/* A long headline, a picture, another language; and next to nothing. */
static const struct issue_article samples[STORIES] = {
    {.heading = "Sample",
     .article = {.id = 1,
                 .title = "The bridge opens two years early, and nobody knows "
                          "why",
                 .url = "https://example.org/bridge",
                 .author = "Ada Lovelace",
                 .language = "de",
                 .summary_html = "<p>It rained <a href=\"https://example.org/"
                                 "rain\">all week</a>.</p>",
                 .body_html = "<p>It rained.</p>",
                 .image_url = "https://example.org/bridge.jpg",
                 .image_alt = "A bridge",
                 .image_width = 1200,
                 .image_height = 800,
                 .word_count = WORDS},
     .source = "The Example",
     .show = "summary"},
    {.section = 1,
     .heading = NEWSLETTER_REST_TITLE,
     .article = {.id = 2,
                 .title = "Rain",
                 .url = "",
                 .author = "",
                 .language = "",
                 .summary_html = "",
                 .body_html = "<p>It rained.</p>",
                 .image_url = "",
                 .image_alt = ""},
     .show = "full"},
};

static bool render(struct build *build, size_t first, bool public_copy,
                   struct err *err)
{
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT, text = STRBUF_INIT;
    OWNED(render_notes_free) struct render_notes notes = {0};
    struct issue_article items[STORIES];
    memcpy(items, samples, sizeof items);
    struct issue_articles articles = {items + first, STORIES - first, 0};
    return build_render(build, &articles, public_copy, &html, &text, &notes,
                        err) &&
           (public_copy ||
            build_check(build, strbuf_str(&html), strbuf_str(&text), err));
}

static bool render_all(struct build *build, struct err *err)
{
    struct issue issue = {.newsletter = build->newsletter->slug,
                          .number = 1,
                          .subject = "Sample",
                          .preheader = "",
                          .intro = "Read [this](https://example.org/)."};
    struct issue bare = issue;
    bare.intro = "";
    build->issue = &issue;
    bool good = render(build, 0, false, err) && render(build, 0, true, err);
    build->issue = &bare;
    good = good && render(build, STORIES - 1, false, err);
    build->issue = NULL;
    return good;
}

bool trial_design(const struct conf *conf, struct template_set *templates,
                  const struct newsletter *n, struct err *err)
{
    struct build build = {.conf = conf,
                          .templates = templates,
                          .newsletter = n,
                          .date = n->created_at};
    bool good = build_begin(&build, err) && render_all(&build, err);
    build_end(&build);
    return good;
}

void trial_language(struct template_set *templates, const char *language,
                    struct strbuf *out)
{
    if (catalogue_exists(templates, language))
        return;
    strbuf_add_format(out,
                      "there are no words in \"%s\": what isn't written by "
                      "you, such as \"Unsubscribe\", is in English, until "
                      "templates/messages/%s.yaml has it",
                      language, language);
}
