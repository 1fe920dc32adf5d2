/* An issue: one dated digest of a newsletter, and the articles in it.
 *
 * draft → scheduled → sending → sent; paused, cancelled, missed.
 */
#ifndef DIGEST_ISSUES_ISSUE_H
#define DIGEST_ISSUES_ISSUE_H

#include "digest/articles/article.h"
#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/store/db.h"

enum issue_state {
    ISSUE_DRAFT,
    ISSUE_SCHEDULED,
    ISSUE_SENDING,
    ISSUE_PAUSED,
    ISSUE_SENT,
    ISSUE_CANCELLED,
    ISSUE_MISSED,
};
const char *issue_state_name(enum issue_state state);
/* A state as a sentence has it: "a draft", "being sent". */
const char *issue_state_words(enum issue_state state);

/* Texts are never NULL. */
struct issue {
    int64_t id;
    int64_t newsletter_id;
    const char *newsletter; /* slug */
    int64_t number;
    enum issue_state state;
    const char *subject;
    bool subject_is_edited;
    const char *preheader; /* what an inbox shows behind it; "": derived */
    const char *intro;     /* Markdown */
    int64_t version;       /* changes with each change of what is in it */
    int64_t window_from, window_until;
    bool by_published;
    int64_t drafted_at;
    int64_t scheduled_at, started_at, finished_at; /* 0: not (yet) */
    int64_t retry_at; /* its relay was at fault: not before; 0: now */
    int64_t retry_count;
    bool held; /* a draft that no schedule takes up: an editor took its time
                  off, or brought it back */
    int64_t correction_id; /* it brings this correction alone, to those who are
                              owed it (correction.h); 0: an issue like others.
                              It is no part of the newsletter's sequence:
                              windows, drafts and history pass it by */
    const char *ways; /* that its messages took, as ways.h has them; "": none
                         did so far */
};

/* "weekly/12", or "weekly", which is the newest one, corrections aside; with
 * `unsent` the newest that isn't sent. Fails: USAGE (not such a name, or
 * nothing unsent), NOT_FOUND. */
FALLIBLE bool issue_get(struct db *db, const char *name, bool unsent,
                        struct arena *arena, struct issue *out,
                        struct err *err);
FALLIBLE bool issue_get_by_id(struct db *db, int64_t id, struct arena *arena,
                              struct issue *out, struct err *err);

struct issue_list {
    struct issue *items; /* in the arena, newest first */
    size_t count;
};
/* newsletter_id 0: of all. */
FALLIBLE bool issue_find(struct db *db, int64_t newsletter_id,
                         struct arena *arena, struct issue_list *out,
                         struct err *err);

/* The issue of a newsletter for a correction alone, if it waits or went out.
 * Fails: NOT_FOUND. */
FALLIBLE bool issue_find_correcting(struct db *db, int64_t newsletter_id,
                                    int64_t correction_id, struct arena *arena,
                                    struct issue *out, struct err *err);

/* The open draft of a newsletter; one that is held only where there is no
 * other. Fails: NOT_FOUND. */
FALLIBLE bool issue_open_draft(struct db *db, int64_t newsletter_id,
                               struct arena *arena, struct issue *out,
                               struct err *err);

/* Finds where the next window begins: the end of the last sent issue's; 0: none
 * was sent. */
FALLIBLE bool issue_last_window_end(struct db *db, int64_t newsletter_id,
                                    int64_t *out, struct err *err);

/* Adds (id 0: the next number is taken and set) or rewrites a draft, and sets
 * its new version. Fails: CONFLICT when it has been started meanwhile. */
FALLIBLE bool issue_put(struct db *db, struct issue *issue, struct err *err);

/* The subject as it goes out; a derived one follows the lead's headline. */
FALLIBLE bool issue_set_subject(struct db *db, const struct issue *issue,
                                struct err *err);

/* Moves from one state to another, with the times that go with it. Fails:
 * CONFLICT when it is no longer in `from`. */
FALLIBLE bool issue_move(struct db *db, int64_t id, enum issue_state from,
                         enum issue_state to, int64_t now, struct err *err);

/* A scheduled, cancelled or missed issue that never started is a draft without
 * a time, and held. Fails: CONFLICT when it is no longer in `from`. */
FALLIBLE bool issue_hold(struct db *db, int64_t id, enum issue_state from,
                         struct err *err);

/* Sets the ways that its messages take from here on: ways.h. */
FALLIBLE bool issue_set_ways(struct db *db, int64_t id, const char *ways,
                             struct err *err);

/* Lets an issue rest until a time, or with 0 ends its rest. */
FALLIBLE bool issue_rest(struct db *db, int64_t id, int64_t until,
                         struct err *err);

/* An editor's choice about one article of one issue. Texts are never NULL. */
struct choice {
    int64_t article_id;
    bool dropped;        /* section and place: where it was */
    bool pinned;         /* it stays in */
    int64_t place;       /* in its section, from 1; 0: by rank */
    const char *section; /* a heading; "": by its categories */
    const char *title;   /* "": its own */
    const char *summary; /* Markdown; "": its own */
    const char *show;    /* story_show_name; "": as its section */
    const char *picture; /* the name of one that is kept here; "": its own */
};
struct choice_list {
    struct choice *items; /* in the arena, by article */
    size_t count, capacity;
};

struct issue_article {
    int64_t section;        /* position in the newsletter's sections */
    const char *heading;    /* that section's name when it was drafted */
    struct article article; /* with the title and summary of this issue */
    const char *own_title, *own_summary_html; /* the article's own */
    const char *source; /* whose it is; NULL: not known, or all are of one */
    const struct choice *choice; /* NULL: none */
    bool is_link;                /* for this issue alone */
    /* The name of the picture that is kept here, whose size then is the
     * article's image's; NULL: none is. */
    const char *picture;
    const char *page; /* the name of its story page; NULL: it has none, or
                         issue_name_pages wasn't asked */
    const char *show; /* how much of it is shown, as story_show_name; NULL:
                         a summary, or as for page */
};
struct issue_articles {
    struct issue_article *items; /* in the arena, in reading order */
    size_t count;
    size_t withdrawn; /* left out: removed since it was drafted */
};
/* The rows alone, those withdrawn among them. */
struct issue_row {
    int64_t article_id, section;
    const char *heading;
};
struct issue_rows {
    struct issue_row *items; /* in the arena, in reading order */
    size_t count;
};
FALLIBLE bool issue_get_rows(struct db *db, int64_t id, struct arena *arena,
                             struct issue_rows *out, struct err *err);

/* Replaces an issue's articles: ids and sections, in reading order. */
FALLIBLE bool issue_set_articles(struct db *db, int64_t id,
                                 const struct issue_articles *articles,
                                 struct err *err);
/* Gets an issue's articles, without bodies, and without those withdrawn. */
FALLIBLE bool issue_get_articles(struct db *db, int64_t id, struct arena *arena,
                                 struct issue_articles *out, struct err *err);

/* ---- an editor's choices, in the database; changed through choices.h ---- */

FALLIBLE bool choice_find(struct db *db, int64_t issue_id, struct arena *arena,
                          struct choice_list *out, struct err *err);
/* Adds or rewrites the choice about choice->article_id. */
FALLIBLE bool choice_put(struct db *db, int64_t issue_id,
                         const struct choice *choice, struct err *err);
FALLIBLE bool choice_remove(struct db *db, int64_t issue_id, int64_t article_id,
                            struct err *err);
/* NULL: none about it. */
const struct choice *choice_about(const struct choice_list *list,
                                  int64_t article_id);

/* Whether the issue may hold an article: one that is there, and no link of
 * another issue. */
FALLIBLE bool choice_may_take(struct db *db, int64_t issue_id,
                              int64_t article_id, bool *out, struct err *err);

/* Deletes a newsletter with its drafts. Fails: CONFLICT when an issue of it was
 * sent, or it has subscribers; STORE. */
FALLIBLE bool issue_delete_newsletter(struct db *db, int64_t newsletter_id,
                                      struct err *err);

/* ---- history ---- */

/* Whether anybody may see it: from its start on, and for good. Somebody may
 * have got it, whose links lead to its pages. */
bool issue_is_public(const struct issue *issue);

/* How many such issues a newsletter has, and when the newest was started; 0:
 * there is none. */
FALLIBLE bool issue_count_public(struct db *db, int64_t newsletter_id,
                                 int64_t *count, int64_t *newest,
                                 struct err *err);

/* The issues that hold an article, newest first: drafts, those that went
 * out, and what became of the others. */
FALLIBLE bool issue_find_with(struct db *db, int64_t article_id,
                              struct arena *arena, struct issue_list *out,
                              struct err *err);

/* The names of issues not yet started that hold an article, in one line;
 * "" when none does. */
FALLIBLE bool issue_drafts_with(struct db *db, int64_t article_id,
                                struct arena *arena, const char **out,
                                struct err *err);

#endif
