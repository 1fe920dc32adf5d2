/* Fetching the pictures of articles, so that they are ours when their
 * addresses are no more. Nothing waits for it: until a picture is here, its
 * own address is shown. */
#ifndef DIGEST_SOURCES_PICTURE_FETCH_H
#define DIGEST_SOURCES_PICTURE_FETCH_H

#include "digest/articles/article_picture.h"

struct picture_fetch_options {
    int64_t now;
    bool all; /* also of articles with an address of their own */
    bool allow_private;
};

struct picture_fetch_report {
    size_t stored, failed;
    /* Called for each that can't be had, with one line; NULL: nobody is
     * told. */
    void (*tell)(void *context, const char *line);
    void *context;
};

/* Fetches what is due, side by side from different hosts; it ends between two
 * rounds when a minute has passed. What fails is noted, and is no failure of
 * this. Fails: STORE and its kin, IO. */
FALLIBLE bool pictures_fetch(struct db *db,
                             const struct picture_fetch_options *options,
                             struct picture_fetch_report *report,
                             struct err *err);

/* Makes a picture of what stands at an address, or in a file. Fails: as
 * fetch_url and picture_make, naming it. */
FALLIBLE bool picture_from(const char *url_or_path, bool allow_private,
                           struct picture *out, struct err *err);

#endif
