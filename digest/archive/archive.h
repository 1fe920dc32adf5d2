/* The archive: issues that were sent, as pages for everybody.
 *
 * A newsletter's pages are an index of its past issues, one page an issue,
 * and an Atom feed (RFC 4287); above them stands an index of the
 * newsletters. They link to one another by relative addresses, so that they
 * can stand in any folder of any web server:
 *
 *     index.html              the newsletters
 *     SLUG/index.html         past issues
 *     SLUG/feed.xml
 *     SLUG/12/index.html      issue 12, as it was frozen, but for what was
 *                             withdrawn or corrected since
 *     SLUG/12/NAME/index.html a story of it, in full
 *     sitemap.xml             all of them (sitemaps.org), where the archive
 *                             has an address
 *
 * No page holds a personal link. Issues that are not public (issue_is_public)
 * are left out.
 */
#ifndef DIGEST_ARCHIVE_ARCHIVE_H
#define DIGEST_ARCHIVE_ARCHIVE_H

#include "digest/delivery/conductor.h"
#include "digest/newsletters/newsletter.h"

/* Appends the page of all newsletters that have an issue to show, or can be
 * subscribed to, in the language of the one made first. `root` is the way from
 * the page to the archive: "", "archive/". Fails: as rendering does, STORE. */
FALLIBLE bool archive_home(const struct conductor *conductor, const char *root,
                           struct strbuf *out, struct err *err);

/* Appends a newsletter's index. */
FALLIBLE bool archive_index(const struct conductor *conductor,
                            const struct newsletter *newsletter,
                            struct strbuf *out, struct err *err);

/* Appends its feed. `url` is where the archive is found, ending in a slash;
 * without one (NULL) the feed's links are relative. */
FALLIBLE bool archive_feed(const struct conductor *conductor,
                           const struct newsletter *newsletter, const char *url,
                           struct strbuf *out, struct err *err);

/* Appends an issue's page. */
FALLIBLE bool archive_issue(const struct conductor *conductor,
                            const struct issue *issue, struct strbuf *out,
                            struct err *err);

/* Appends the page of a story of a public issue: the text as it was frozen
 * when the issue started, and where the article has changed since, that too.
 * `url` as for the feed. *gone: it was withdrawn from publication, and the
 * page says so in place of the text. Fails: NOT_FOUND (no such story, or it
 * has no page). */
FALLIBLE bool archive_story(const struct conductor *conductor,
                            const struct issue *issue, struct str name,
                            const char *url, struct strbuf *out, bool *gone,
                            struct err *err);

/* The same of an issue that hasn't been started, as it would be now; for who
 * has a token that lets them in (token_is_preview). */
FALLIBLE bool archive_story_preview(const struct conductor *conductor,
                                    const struct issue *issue, struct str name,
                                    struct strbuf *out, struct err *err);

/* Appends the addresses of all pages. `url` is where the archive is found,
 * ending in a slash. */
FALLIBLE bool archive_sitemap(const struct conductor *conductor,
                              const char *url, struct strbuf *out,
                              struct err *err);

/* Computes a stamp of all that a newsletter's index and feed depend on: while
 * it stays the same, so do they. */
FALLIBLE bool archive_stamp(const struct conductor *conductor,
                            const struct newsletter *newsletter,
                            uint64_t *stamp, struct err *err);

/* The same of the pages of an issue's stories. */
FALLIBLE bool archive_story_stamp(const struct conductor *conductor,
                                  const struct newsletter *newsletter,
                                  const struct issue *issue, uint64_t *stamp,
                                  struct err *err);

struct archive_report {
    size_t newsletters, issues, stories;
    size_t written; /* files that are new or have changed */
};

/* Writes all of it below a folder of its own, which is made when it isn't
 * there; it has to be empty, or hold an archive already. Each
 * file is replaced at once or not at all, the indexes after what they link
 * to; files that haven't changed are left alone. Fails: CONFLICT (what else
 * is in the folder would be lost), IO, PERMISSION, as above. */
FALLIBLE bool archive_write(const struct conductor *conductor,
                            const char *folder, const char *url,
                            struct archive_report *report, struct err *err);

#endif
