/* The house tests stand in: a database with the real migrations, and in it
 * newsletters, issues, subscribers and articles; keys, and folders on disk.
 *
 * Whatever can't be made fails the test, saying why. Only house.c opens a
 * database for tests, so that another engine is chosen there. The header
 * brings what cmocka wants to be included before it.
 */
#ifndef TESTS_SUPPORT_HOUSE_H
#define TESTS_SUPPORT_HOUSE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/store/db.h"

struct arena;
struct article;
struct newsletter;
struct newsletter_section;
struct token_keys;

/* Fails the test with the text of `err`, a variable where it is used. */
#define must(good)                                                             \
    do {                                                                       \
        if (!(good))                                                           \
            fail_msg("%s", err.text);                                          \
    } while (0)

/* ---- the database -----------------------------------------------------
 * All of it is for db_release. */

/* A fresh one, that is gone when it is closed. */
struct db *house_db(void);
/* The one of a file, made when there is none: several handles may share it. */
struct db *house_db_at(const char *path);

/* A setup and a teardown for cmocka, whose *state is a fresh struct db *. */
int house_open(void **state);
int house_close(void **state);

void house_run(struct db *db, const char *sql);
/* The number that a query finds. */
int64_t house_number(struct db *db, const char *sql);

/* ---- who lives there -------------------------------------------------- */

/* A newsletter that is called `slug`, sent from SLUG@example.org in English
 * and by UTC. Returns its id: the first is 1. */
int64_t house_newsletter(struct db *db, const char *slug);
/* "weekly" with these sections, as its room makes it: articles of the last
 * week are new, of the last 30 days are had. Its texts live in the arena. */
struct newsletter house_newsletter_of(struct db *db,
                                      const struct newsletter_section *sections,
                                      size_t count, struct arena *arena);

/* An issue of a newsletter in a state, drafted at the beginning of time. */
void house_issue(struct db *db, int64_t id, int64_t newsletter_id,
                 int64_t number, const char *state);

/* A person, with a key of their own, whose mail comes to an address in lower
 * case, and who gets a newsletter (0: none). Returns the id: the first is 1. */
int64_t house_subscriber(struct db *db, int64_t newsletter_id,
                         const char *email);

/* Stores an article: texts that are NULL are "", and it is known since it was
 * published when nothing else is said. Returns its id. */
int64_t house_article(struct db *db, const struct article *article);

/* ---- keys and folders -------------------------------------------------- */

struct token_keys *house_keys(void); /* for token_keys_free */

/* A fresh folder, to be taken away with all that is in it. */
char *house_folder(void);
void house_folder_release(char **folder); /* for OWNED */

#endif
