/* Importing: files, folders and addresses become stored articles.
 *
 * The kind (Markdown, feed …) is told by the look of a file unless it is said.
 * A file that can't be read is reported and the rest come in.
 */
#ifndef DIGEST_SOURCES_IMPORT_H
#define DIGEST_SOURCES_IMPORT_H

#include "digest/articles/article_store.h"

struct fetch_reply;
struct import_seen;
struct source_kind;
struct source_map;

struct import_options {
    const struct source_kind
        *kind;                    /* one that can be read; NULL: by its look */
    const char *category;         /* added to every article; NULL: none */
    const struct source_map *map; /* their categories and ours; NULL: none */
    size_t map_count;
    int64_t source_id;    /* 0: 1, imported by hand */
    bool was_fetched;     /* before, so that what it lacked then is new */
    int64_t now;          /* Unix seconds */
    const char *base_url; /* for Markdown's relative links; NULL: none */
    const char *language; /* of articles that don't say theirs; NULL: none */
    bool allow_private;   /* fetch from private and loopback addresses */
};

/* The subject of a line in the report. */
enum import_word {
    IMPORT_FAILED,   /* a file or an entry that isn't taken */
    IMPORT_DOUBTED,  /* one that is taken, not quite as it was meant */
    IMPORT_LEFT_OUT, /* one that isn't meant to be taken */
};

struct import_report {
    size_t added, changed, unchanged, left_out; /* articles */
    size_t failed;                              /* files or entries */
    size_t undated; /* articles whose date can't be read, added just now */
    int64_t *changed_ids; /* of those changed */
    size_t changed_count, changed_capacity;
    int64_t *withdrawn_ids; /* of those that their source took back */
    size_t withdrawn_count, withdrawn_capacity;
    struct import_seen *seen; /* what it holds is this room's business */
    /* Called with one line "file:line: what and why"; NULL: nobody is told. */
    void (*tell)(void *context, enum import_word word, const char *line);
    void *context;
};
void import_report_free(struct import_report *report);

/* The kind of that name, if it can be read; "auto": *out is NULL. False for
 * any other name. */
bool import_kind_parse(const char *name, const struct source_kind **out);

/* Imports a file, a folder (recursively) or an http(s) URL. True when at
 * least it could be looked at; what went wrong inside is in the report.
 * Fails: NOT_FOUND, INPUT, IO, TEMPORARY, PERMANENT, STORE. */
FALLIBLE bool import_path(struct db *db, const char *path_or_url,
                          const struct import_options *options,
                          struct import_report *report, struct err *err);

/* Imports what was fetched already; `name` stands in messages. Unlike above,
 * what can't be read as a whole fails (what stood before comes in). Fails:
 * INPUT, STORE and its kin. */
FALLIBLE bool import_reply(struct db *db, const char *name,
                           const struct fetch_reply *reply,
                           const struct import_options *options,
                           struct import_report *report, struct err *err);

#endif
