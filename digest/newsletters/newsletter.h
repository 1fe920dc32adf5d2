/* A newsletter: a publication with its sender, sections and settings. */
#ifndef DIGEST_NEWSLETTERS_NEWSLETTER_H
#define DIGEST_NEWSLETTERS_NEWSLETTER_H

#include "digest/base/arena.h"
#include "digest/base/err.h"
#include "digest/base/strbuf.h"
#include "digest/selector/selector.h"
#include "digest/store/db.h"

/* How much of a story its issue shows. */
enum story_show { STORY_SUMMARY, STORY_HEADLINE, STORY_FULL };
const char *story_show_name(enum story_show show); /* "summary" */
bool story_show_parse(const char *name, enum story_show *out);

struct newsletter_section {
    const char *title;      /* NULL or "": the names of its categories */
    const char *categories; /* names, one a line; "*" is what is left */
    int64_t at_least;       /* fewer stories, and it is left out */
    int64_t at_most;
    enum story_show show; /* what its stories show, unless an editor chose
                             otherwise for one */
    bool is_limited;      /* as it was read: it says how many at most */
};

/* A boost: the score that a source has ahead of the others. */
struct newsletter_boost {
    int64_t source_id;
    int64_t boost;
    const char *source; /* its address, as it is shown */
};

/* Rules of choosing, beyond the sections. 0 is no limit; lists have one item a
 * line. */
struct newsletter_rules {
    int64_t most, per_source, per_author; /* articles of an issue */
    int64_t half_life_s;                  /* of a score; 0: three days */
    const char *languages;                /* NULL or "": any */
    const char *excluded; /* words and tags that keep an article out */
    bool all_story_pages; /* each article has a page in the archive; else
                             those without an address of their own */
    const struct newsletter_boost *boosts;
    size_t boost_count;
};

/* Texts are never NULL; "" is none. */
struct newsletter {
    int64_t id;
    const char *slug;
    const char *title;
    const char *from_name, *from_address;
    const char *reply_to;
    const char *language; /* BCP 47 */
    const char *timezone; /* IANA */
    const char *template_name;
    const char *theme; /* NAME=VALUE, one a line */
    bool omits_greeting;
    int64_t window_s; /* 0: since the last issue */
    int64_t max_age_s;
    enum selector_ranking ranking;
    int64_t min_articles;
    struct newsletter_rules rules;
    int64_t created_at;
    const struct newsletter_section *sections;
    size_t section_count;
};

/* Articles of a section and of an issue where nobody says how many: more than
 * a dozen are not read. */
enum {
    NEWSLETTER_DEFAULT_LIMIT = 5,
    NEWSLETTER_DEFAULT_MOST = 12,
    NEWSLETTER_DEFAULT_AGE_S = 30 * 86400,
    NEWSLETTER_MAX_ARTICLES = 1000,
    NEWSLETTER_MAX_SECTIONS = 100,
    NEWSLETTER_MAX_BOOST = 1000, /* either way */
    NEWSLETTER_LEAST_HALF_LIFE_S = 60,
    NEWSLETTER_NAME_MAX =
        200 /* characters of its title and its sender's name */
};

/* A newsletter before anything is said of it: one section that takes every
 * article. */
struct newsletter newsletter_defaults(int64_t now);

/* Reads "World:5", "World,Europe:2-5" (at least 2), "*", or with a title of
 * its own "Abroad=World,Europe"; names that hold : , or = stand in quotes. The
 * default of "*" is an issue's, since the rest fills it up.
 * Texts live in the arena. Fails: USAGE, with an example. */
FALLIBLE bool newsletter_parse_section(const char *text, struct arena *arena,
                                       struct newsletter_section *out,
                                       struct err *err);

/* Reads "Name <a@example.org>" or a bare address. The name may stand in quotes
 * and have pairs in them: "Anna \"Ann\" Lee". Fails: USAGE.
 * Source: RFC 5322 §3.2.4, §3.4. */
FALLIBLE bool newsletter_parse_from(const char *text, struct arena *arena,
                                    const char **name, const char **address,
                                    struct err *err);

/* Takes out of its title and its sender's name what turns the direction of the
 * text around them. What it had is replaced by copies in the arena. */
void newsletter_clean_names(struct newsletter *newsletter, struct arena *arena);

/* Whether all of it can stand. Fails: USAGE, naming what and the remedy. */
FALLIBLE bool newsletter_check(const struct newsletter *newsletter,
                               struct err *err);

/* The title of the section of the rest, where it has none of its own; mails say
 * it in their language. */
#define NEWSLETTER_REST_TITLE "More stories"

/* The categories of its sections, one a line; in the arena. Who subscribes can
 * choose among them. */
const char *newsletter_categories(const struct newsletter *newsletter,
                                  struct arena *arena);

/* Appends a section's name as a reader sees it: "World, Europe". */
void newsletter_section_title(const struct newsletter_section *section,
                              struct strbuf *out);

/* How much a section shows of its stories, by its heading in an issue; a
 * section that is gone shows summaries. */
enum story_show newsletter_shows(const struct newsletter *newsletter,
                                 const char *heading);

/* Appends a section as newsletter_parse_section reads it. */
void newsletter_section_write(const struct newsletter_section *section,
                              struct strbuf *out);

/* ---- in the database (newsletter_store.c) ---- */

/* Checks and adds. Fails: USAGE, CONFLICT (the slug is taken), STORE. */
FALLIBLE bool newsletter_create(struct db *db,
                                const struct newsletter *newsletter,
                                int64_t *id, struct err *err);
/* Writes every field of newsletter->id anew. */
FALLIBLE bool newsletter_update(struct db *db,
                                const struct newsletter *newsletter,
                                struct err *err);
/* Deletes one that has neither issues nor subscriptions, which
 * issue_delete_newsletter sees to. Part of the caller's transaction. Fails:
 * STORE. */
FALLIBLE bool newsletter_delete(struct db *db, int64_t id, struct err *err);

/* Fails: NOT_FOUND, naming those there are. Texts live in the arena. */
FALLIBLE bool newsletter_get(struct db *db, const char *slug,
                             struct arena *arena, struct newsletter *out,
                             struct err *err);
FALLIBLE bool newsletter_get_by_id(struct db *db, int64_t id,
                                   struct arena *arena, struct newsletter *out,
                                   struct err *err);

/* ---- their part of it (newsletter_rules_store.c) ---- */

FALLIBLE bool newsletter_put_rules(struct db *db, int64_t id,
                                   const struct newsletter_rules *rules,
                                   struct err *err);
FALLIBLE bool newsletter_get_rules(struct db *db, int64_t id,
                                   struct arena *arena,
                                   struct newsletter_rules *out,
                                   struct err *err);

struct newsletter_list {
    struct newsletter *items; /* in the arena, by slug */
    size_t count;
};
FALLIBLE bool newsletter_find(struct db *db, struct arena *arena,
                              struct newsletter_list *out, struct err *err);

#endif
