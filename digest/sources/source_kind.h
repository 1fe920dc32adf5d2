/* A kind of source: how it is told, read, found and fetched.
 *
 * Each kind has a folder in this room with one of these in it, and a row in
 * source_kinds.c. Everybody else asks the table and names no kind. All of a
 * kind is static. A function that is NULL is what its kind can't do. */
#ifndef DIGEST_SOURCES_SOURCE_KIND_H
#define DIGEST_SOURCES_SOURCE_KIND_H

#include <stdio.h>

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

struct fetch_reply;
struct fetch_request;
struct import_bytes;
struct import_run;
struct site_search;
struct source_turn;

/* How sure a kind is that something is its own; the surest kind has it. */
enum source_sureness {
    SOURCE_NO,
    SOURCE_BY_NAME, /* the name of a file speaks for it */
    SOURCE_BY_LOOK, /* the text looks like it */
    SOURCE_BY_MARK, /* the text says so itself; nothing is surer */
};

struct source_kind {
    /* The name is stored with a source and typed after --format: it never
     * changes. The folder of the kind has it, too. */
    const char *name;
    const char *source_noun; /* "WordPress site", to follow "a"; NULL: it isn't
                                fetched again and again */
    const char *file_noun;   /* "a WordPress export"; NULL: it has no files */

    /* ---- files and replies ---- */

    /* Which files of a folder are opened, by the end of their names. Ends
     * with NULL; NULL alone: none. */
    const char *const *suffixes;
    /* `name` is a path, a URL or ""; `look` the beginning of the text in
     * small letters, without zeros. */
    enum source_sureness (*recognise)(const char *name, const char *look);
    /* Reads what was given as a whole and stores its entries. Fails: INPUT
     * "name:line: …" when all of it can't be read; STORE and its kin. */
    bool (*read)(struct import_run *run, const struct import_bytes *input,
                 struct err *err);
    /* Reads a file that may be larger than memory. Fails: as `read`. */
    bool (*read_stream)(struct import_run *run, const char *path, FILE *file,
                        struct err *err);

    /* ---- where a source is found ---- */

    /* Whether a path on this machine is a source of the kind. */
    enum source_sureness (*recognise_path)(const char *path);
    /* The kind gives all that a site has, not only its newest: it is asked
     * before those that don't. */
    bool is_whole;
    /* Whether what answered is a source of the kind itself: *found, and
     * search->out is filled. Fails: INPUT, for one that is broken. */
    bool (*is_at)(struct site_search *search, bool *found, struct err *err);
    /* The same for what a page leads to; it may ask the net. */
    bool (*is_behind)(struct site_search *search);

    /* ---- fetching it again and again ---- */

    /* Brings in all that is new, from this machine, at once. Fails: as
     * import_path does. */
    bool (*fetch)(struct source_turn *turn, struct err *err);
    /* The first question to the net. Texts live until `end`. */
    struct fetch_request (*begin)(struct source_turn *turn);
    /* Takes one answer. *follow is the address to be asked next, to be freed;
     * NULL: that was all. Fails: INPUT for what can't be an answer, STORE and
     * its kin. */
    bool (*take)(struct source_turn *turn, const struct fetch_reply *reply,
                 char **follow, struct err *err);
    /* Frees turn->state; NULL: there is none. */
    void (*end)(struct source_turn *turn);
};

/* The table, in the order in which people are told of them; ends with NULL. */
extern const struct source_kind *const source_kinds[];

/* NULL where there is none of that name. */
const struct source_kind *source_kind_find(const char *name);

/* "feed", "WordPress site", "folder", by the name of a kind; the name itself
 * for one that the table lacks. */
const char *source_kind_noun(const char *name);

/* Appends the names of those that can be read: "markdown, feed or page". */
void source_kind_add_names(struct strbuf *out);

#endif
