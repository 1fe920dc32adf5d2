/* Building: an issue and its articles become HTML, text and a message.
 *
 * Here the conductor's data is mapped to the renderer's and the message
 * room's, and here the slots get their values.
 */
#ifndef DIGEST_DELIVERY_BUILD_H
#define DIGEST_DELIVERY_BUILD_H

#include "digest/base/conf.h"
#include "digest/issues/issue.h"
#include "digest/ledger/correction.h"
#include "digest/message/message.h"
#include "digest/newsletters/block.h"
#include "digest/newsletters/newsletter.h"
#include "digest/newsletters/text.h"
#include "digest/renderer/render.h"
#include "subscribers/tokens/tokens.h"

/* How long the links of a test copy or a preview lead to story pages. */
enum { BUILD_PREVIEW_S = 7 * 24 * 3600 };

/* A build: all that rendering a copy of an issue needs. Borrowed. */
struct build {
    const struct conf *conf;
    struct template_set *templates;
    const struct token_keys *keys;
    const struct newsletter *newsletter;
    const struct issue *issue;
    int64_t date; /* of the message; for a draft: now */
    /* Links to story pages let their reader in before the issue is started. */
    bool is_preview;
    /* The voice that it speaks with: the newsletter's, from build_begin on; for
     * a reader of another language, a copy of the build has another voice. */
    const struct build_voice *voice;
    const struct block_list *blocks; /* what it carries; NULL: nothing */
    const struct text_list *texts;   /* the publication's own; NULL: none */
    /* The corrections that it brings, and those of its own stories, for a
     * public copy; NULL: none. */
    const struct correction_list *corrections, *corrected;
    struct build_voices *voices; /* those found so far; shared with copies */
};

/* A language to build in. */
struct build_voice {
    const char *language;
    const struct catalogue *words; /* the publication's own in front of … */
    struct catalogue *catalogue;
    char *greeting[3]; /* without a name; before a name, and behind it */
};

/* The minutes that an article of so many words takes; 0: not known. */
unsigned build_reading_minutes(int64_t word_count);

/* Finds the blocks that an issue carries, and the publication's own texts: the
 * frozen ones, once it was started, else those due on the day that it goes out.
 * In the arena. Fails: STORE. */
FALLIBLE bool build_find_blocks(struct db *db, const struct issue *issue,
                                const struct newsletter *newsletter,
                                int64_t date, struct arena *arena,
                                struct block_list *out, struct err *err);

FALLIBLE bool build_find_texts(struct db *db, const struct issue *issue,
                               struct arena *arena, struct text_list *out,
                               struct err *err);

/* The corrections that an issue may bring to its readers: the one that it is
 * made for, or all that somebody may be owed. In the arena. Fails: STORE. */
FALLIBLE bool build_find_corrections(struct db *db, const struct issue *issue,
                                     int64_t now, struct arena *arena,
                                     struct correction_list *out,
                                     struct err *err);

/* Finds the corrections that an issue would bring to one subscriber; with 0, to
 * whomever it goes to. */
FALLIBLE bool build_find_owed(struct db *db, const struct issue *issue,
                              int64_t now, int64_t subscriber_id,
                              struct arena *arena, struct correction_list *out,
                              struct err *err);

/* Appends what stands before a correction's note: "Correction, 3 December
 * 2026:". */
void build_correction_label(const struct catalogue *words, const char *timezone,
                            const struct correction *correction,
                            struct strbuf *out);

/* Finds the words of the newsletter's language; needed before all below.
 * Owns: what it finds; release with build_end. Fails: INPUT, IO. */
FALLIBLE bool build_begin(struct build *build, struct err *err);
void build_end(struct build *build);

/* The voice for a reader's language: the newsletter's for "" and where there
 * are no words. Lives until build_end. Fails: INPUT, IO. */
FALLIBLE bool build_voice(const struct build *build, const char *language,
                          const struct build_voice **out, struct err *err);

/* Renders a list of the issue's articles. `public_copy`: for everybody; its
 * RENDER_SLOT_ARCHIVE is filled in where it is shown. Fails: as
 * render_issue_noted. */
FALLIBLE bool build_render(const struct build *build,
                           const struct issue_articles *articles,
                           bool public_copy, struct strbuf *html,
                           struct strbuf *text, struct render_notes *notes,
                           struct err *err);

/* Whether a rendering may go out: an unsubscribe link stands in both parts,
 * and the postal address as well where digest.yaml has one. Fails: INPUT,
 * naming the design and what it lacks. (A tag left open is lint's to find: an
 * article about templates may hold one.) */
FALLIBLE bool build_check(const struct build *build, struct str html,
                          struct str text, struct err *err);

/* Composes the message of a rendering. Fails: as message_compose. */
FALLIBLE bool build_compose(const struct build *build, const char *html,
                            const char *text, struct message **out,
                            struct err *err);

/* The person a copy is for. */
struct build_recipient {
    struct str email, name;
    const unsigned char *key; /* SUBSCRIBER_KEY_SIZE; NULL: inert links */
    const struct build_voice *voice; /* NULL: the build's */
};

/* The values of one recipient's slots; buffers are used again for the next.
 * Start with {0}. */
struct build_values {
    struct strbuf greeting, unsubscribe_url, unsubscribe_mailto,
        preferences_url, view_url, message_id, envelope;
    struct message_value values[5];
};
void build_values_free(struct build_values *values);

/* Fills the values: links signed for this person and issue, or inert ones.
 */
void build_fill(const struct build *build,
                const struct build_recipient *recipient,
                struct build_values *values);

/* Appends the message for one recipient, after build_fill. */
FALLIBLE bool build_splice(const struct message *message,
                           const struct build_recipient *recipient,
                           const struct build_values *values,
                           struct strbuf *out, struct err *err);

/* Puts slot values into rendered HTML or text, for previews. */
void build_fill_text(struct str rendered, bool is_html,
                     const struct build_values *values, struct strbuf *out);

#endif
