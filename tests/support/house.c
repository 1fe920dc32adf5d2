/* Furnishes the house: what tests begin with, made through the rooms where
 * these make it, or as plain rows. */
#include "tests/support/house.h"

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#include "digest/articles/article_store.h"
#include "digest/newsletters/newsletter.h"
#include "subscribers/tokens/tokens.h"

/* ---- the database ------------------------------------------------------ */

/* The one place where tests open one. */
static struct db *open_database(const char *name)
{
    struct db *db = NULL;
    struct err err = {0};
    must(db_open(name, DB_CREATE, &db, &err));
    return db;
}

struct db *house_db(void)
{
    return open_database(":memory:");
}

struct db *house_db_at(const char *path)
{
    return open_database(path);
}

int house_open(void **state)
{
    *state = house_db();
    return 0;
}

int house_close(void **state)
{
    db_close(*state);
    return 0;
}

static void run(struct stmt *stmt)
{
    struct err err = {0};
    must(stmt_run(stmt, &err));
}

void house_run(struct db *db, const char *sql)
{
    run(db_stmt(db, sql));
}

int64_t house_number(struct db *db, const char *sql)
{
    struct err err = {0};
    int64_t number = 0;
    must(stmt_one_int(db_stmt(db, sql), &number, &err));
    return number;
}

/* ---- who lives there --------------------------------------------------- */

int64_t house_newsletter(struct db *db, const char *slug)
{
    struct stmt *add = db_stmt(
        db, "INSERT INTO newsletter (slug, title, from_address, created_at) "
            "VALUES (?1, upper(substr(?1, 1, 1)) || substr(?1, 2), "
            "    ?1 || '@example.org', 0)");
    stmt_bind_text(add, 1, slug);
    run(add);
    return db_last_id(db);
}

struct newsletter house_newsletter_of(struct db *db,
                                      const struct newsletter_section *sections,
                                      size_t count, struct arena *arena)
{
    enum { DAY = 86400 };
    struct err err = {0};
    struct newsletter made = {.slug = "weekly",
                              .title = "Weekly",
                              .from_name = "",
                              .from_address = "weekly@example.org",
                              .reply_to = "",
                              .language = "en",
                              .timezone = "UTC",
                              .template_name = "default",
                              .theme = "",
                              .window_s = 7 * DAY,
                              .max_age_s = 30 * DAY,
                              .sections = sections,
                              .section_count = count};
    must(newsletter_create(db, &made, &made.id, &err));
    must(newsletter_get(db, made.slug, arena, &made, &err));
    return made;
}

void house_issue(struct db *db, int64_t id, int64_t newsletter_id,
                 int64_t number, const char *state)
{
    struct stmt *add = db_stmt(
        db, "INSERT INTO issue (id, newsletter_id, number, state, subject, "
            "    window_from, window_until, drafted_at) "
            "VALUES (?1, ?2, ?3, ?4, 'S', 0, 0, 0)");
    stmt_bind_int(add, 1, id);
    stmt_bind_int(add, 2, newsletter_id);
    stmt_bind_int(add, 3, number);
    stmt_bind_text(add, 4, state);
    run(add);
}

int64_t house_subscriber(struct db *db, int64_t newsletter_id,
                         const char *email)
{
    struct stmt *add = db_stmt(
        db, "INSERT INTO subscriber (key, email, email_key, created_at) "
            "VALUES (randomblob(16), ?1, ?1, 0)");
    stmt_bind_text(add, 1, email);
    run(add);
    int64_t id = db_last_id(db);
    struct stmt *subscribe =
        db_stmt(db, "INSERT INTO subscription (newsletter_id, subscriber_id, "
                    "    state, since) "
                    "SELECT id, ?2, 'active', 0 FROM newsletter WHERE id = ?1");
    stmt_bind_int(subscribe, 1, newsletter_id);
    stmt_bind_int(subscribe, 2, id);
    run(subscribe);
    return id;
}

int64_t house_article(struct db *db, const struct article *article)
{
    struct err err = {0};
    enum article_change change;
    struct article a = *article;
    int64_t id = 0;
    const char **texts[] = {&a.guid,      &a.url,       &a.title,
                            &a.author,    &a.language,  &a.summary_html,
                            &a.body_html, &a.image_url, &a.image_alt};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        *texts[i] = *texts[i] ? *texts[i] : "";
    a.source_id = a.source_id ? a.source_id : 1;
    a.known_at = a.known_at ? a.known_at : a.published_at;
    must(article_put(db, &a, &id, &change, &err));
    return id;
}

/* ---- keys and folders -------------------------------------------------- */

struct token_keys *house_keys(void)
{
    OWNED(house_folder_release) char *folder = house_folder();
    OWNED(mem_free) char *path = mem_format("%s/keys", folder);
    struct token_keys *keys = NULL;
    struct err err = {0};
    must(token_keys_create(path, &err) && token_keys_load(path, &keys, &err));
    return keys;
}

char *house_folder(void)
{
    char *folder = mem_copy("/tmp/digest-test-XXXXXX");
    if (!mkdtemp(folder))
        fail_msg("%s: no folder can be made", folder);
    return folder;
}

static int remove_one(const char *path, const struct stat *info, int kind,
                      struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

void house_folder_release(char **folder)
{
    if (*folder && nftw(*folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        print_message("%s is left over\n", *folder);
    free(*folder);
    *folder = NULL;
}
