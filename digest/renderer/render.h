/* Rendering: an issue's data and its templates become HTML and text.
 *
 * Knows nothing of the database, of subscribers or of MIME: the conductor
 * fills the structs, the message room takes what comes out. Pure: the same
 * input gives the same bytes. All input text is borrowed for the call; NULL
 * is "none" for any text.
 */
#ifndef DIGEST_RENDERER_RENDER_H
#define DIGEST_RENDERER_RENDER_H

#include <stdint.h>

#include "digest/renderer/catalogue.h"
#include "digest/renderer/template_set.h"

/* How much of a story is shown. */
enum render_show { RENDER_SUMMARY, RENDER_HEADLINE, RENDER_FULL };

struct render_story {
    const char *title;        /* plain text */
    const char *url;          /* absolute */
    const char *author;       /* plain text */
    const char *source;       /* plain text: the publication, where known */
    const char *summary_html; /* a document as cmark's HTML */
    enum render_show show;
    const char
        *body_html;    /* the same, of its whole text; read if RENDER_FULL */
    bool is_only_here; /* nowhere else to be read: never cut, or left out */
    const char *image_url;
    const char *image_small_url; /* for a thumbnail; NULL: image_url */
    const char *image_alt;
    unsigned image_width, image_height; /* pixels; 0: unknown */
    unsigned reading_minutes;           /* 0: unknown */
    const char *date;                   /* as it is to be read */
    const char *language;               /* where it isn't the issue's */
};

struct render_section {
    const char *title;
    const struct render_story *stories;
    size_t story_count;
};

/* A piece between the stories. One that is to stand after a section or a story
 * that isn't shown stands at the bottom. */
enum render_place {
    RENDER_TOP,
    RENDER_AFTER_SECTION, /* of `index`, from 0 */
    RENDER_AFTER_STORY,   /* that many stories come before it */
    RENDER_BOTTOM
};
struct render_block {
    enum render_place place;
    size_t index;
    const char *kind;      /* for style sheets: "sponsor" */
    const char *html;      /* a document as cmark's HTML */
    bool is_advertisement; /* is labelled as that */
    bool is_section;       /* its headings are those of a section */
};

/* A setting of the theme: in a style sheet, var(--NAME, DEFAULT) is its
 * value, or the default where it isn't set; in templates, {{theme.NAME}}. */
struct render_setting {
    const char *name;  /* "accent" */
    const char *value; /* "#1a4f8b"; trusted: theme_check has seen it */
};

struct render_issue {
    const char *template_name; /* NULL: "default" */
    const char *newsletter_title;
    const char *newsletter_slug;
    int64_t number;
    const char *date;     /* "20 November 2026" */
    const char *language; /* BCP 47; NULL: "en" */
    /* The language's catalogue; NULL: it is looked for. */
    const struct catalogue *words;
    const char *subject;
    const char *preheader;
    const char *intro_html; /* the editor's introduction, cmark's HTML */
    bool omits_greeting;
    const struct render_section *sections;
    size_t section_count;
    const struct render_block *blocks; /* in their order at each place */
    size_t block_count;
    const char *site_name, *site_url, *postal_address;
    /* Which slots there are: the links exist only with a base_url. */
    bool has_unsubscribe_link, has_preferences_link, has_view_link;
    /* A copy for everybody (archive, view in the browser): no greeting, no
     * personal link, no footer about why one gets it, and never cut, since no
     * mail program shows it. */
    bool public_copy;
    bool has_archive_link;  /* in a public copy: to the other issues */
    const char *signup_url; /* in a public copy: where to subscribe */
    const struct render_setting *theme;
    size_t theme_count;
};

/* The notes of a rendering: how the HTML was kept under the size where Gmail
 * clips it. */
enum { RENDER_BYTES_WARN = 80 * 1024, RENDER_BYTES_MAX = 100 * 1024 };
struct render_notes {
    size_t html_bytes;      /* as it is now */
    size_t full_bytes;      /* as it would have been */
    size_t shortened;       /* stories in full that became summaries */
    char *shortened_titles; /* those, one a line; owned; NULL: none */
    size_t summary_chars;   /* summaries were cut to this; 0: none was */
    size_t left_out;        /* stories */
    size_t only_here;       /* stories that could neither be cut nor left out */
};
void render_notes_free(struct render_notes *notes);

/* Slots that templates may use, and the conductor fills per recipient:
 * greeting, unsubscribe_url, preferences_url, view_url; in a public copy,
 * whoever shows it: archive_url. */
#define RENDER_SLOT_GREETING "greeting"
#define RENDER_SLOT_UNSUBSCRIBE "unsubscribe_url"
#define RENDER_SLOT_PREFERENCES "preferences_url"
#define RENDER_SLOT_VIEW "view_url"
#define RENDER_SLOT_ARCHIVE "archive_url"

/* Appends the HTML part, CSS inlined, and the text part, wrapped to 72
 * columns; both hold slot marks. Reads email/NAME/html.mustache,
 * text.mustache and style.css. Fails: NOT_FOUND, INPUT (file:line:column),
 * IO. */
FALLIBLE bool render_issue(const struct render_issue *issue,
                           struct template_set *templates, struct strbuf *html,
                           struct strbuf *text, struct err *err);

/* The same, and fills the notes (free them). From RENDER_BYTES_MAX on the list
 * of headlines at the top goes; the last of the stories in full become
 * summaries with a link to go on reading, as few as will do; then summaries
 * are cut, then the last stories of the longest sections make place for a link
 * to the copy in the browser, or to the site; render_issue does so too. */
FALLIBLE bool render_issue_noted(const struct render_issue *issue,
                                 struct template_set *templates,
                                 struct strbuf *html, struct strbuf *text,
                                 struct render_notes *notes, struct err *err);

/* Appends the notes as lines to read; nothing where there is nothing to say.
 */
void render_notes_write(const struct render_notes *notes, struct strbuf *out);

#endif
