/* The words and looks of a notice: templates/notices/KIND/ subject, text and
 * html, which a publisher can put their own in place of. */
#ifndef DIGEST_NOTICES_NOTICE_RENDER_H
#define DIGEST_NOTICES_NOTICE_RENDER_H

#include "digest/newsletters/text.h"
#include "digest/notices/notices.h"
#include "digest/renderer/template_set.h"

/* The words of a notice, which its templates see, each under its own name.
 * Borrowed for the call; NULL and 0 are "none". */
struct notice_words {
    const char *language; /* BCP 47; without a catalogue: English */
    const char *newsletter;
    const char *site_name, *site_url, *postal_address;
    const char *name; /* the reader's */
    const char *link; /* the page that acts */
    const char *unsubscribe_link;
    const char *address;      /* the new one, where one changes */
    int64_t days;             /* that the link works */
    const char *headline;     /* of a report */
    const char *const *lines; /* of a report */
    size_t line_count;
    const struct text_list *texts; /* the publication's own; NULL: none */
};

struct notice_rendered {
    struct strbuf subject, text, html;
};
void notice_rendered_free(struct notice_rendered *rendered); /* for OWNED */

/* Fills `out` anew. A preview has no template: it is composed already.
 * Fails: NOT_FOUND, INPUT (file:line:column), IO. */
FALLIBLE bool notice_render(struct template_set *templates,
                            enum notice_kind kind,
                            const struct notice_words *words,
                            struct notice_rendered *out, struct err *err);

/* Sets a notice's subject, text and html to what was rendered; borrowed. */
void notice_use(struct notice *notice, const struct notice_rendered *rendered);

#endif
