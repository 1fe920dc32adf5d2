/* Measures what happens to one reader of a large list, inside the process:
 * looking somebody up by address and by the key of a token, changing
 * preferences, leaving. Each is timed by itself, changes with their durable
 * commit, and beside them a commit that changes one row and nothing else: what
 * the disk takes. To reach: under 1 ms, with 1,000,000 subscribers and 100
 * categories. usage: bench_list FOLDER a folder with digest.db and digest.keys
 *        bench_list FOLDER --tokens N prints N one-click paths instead, of
 *                                     readers that the first leaves alone */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "subscribers/consent/preferences.h"
#include "subscribers/roster/roster_store.h"
#include "subscribers/tokens/tokens.h"

enum { TIMES = 2000, MOST_US = 1000 };

static struct err err;
static struct db *db;
static struct arena arena;

static void must(bool good)
{
    if (good)
        return;
    fprintf(stderr, "%s\n", err.text);
    exit(1);
}

static double now_us(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Readers spread over the whole list, each once: every step lands far from
 * the one before. Leaving has odd numbers, tokens have even ones. */
static int64_t reader_at(int64_t most, int64_t n, bool odd)
{
    int64_t half = most / 2;
    return (n * 7919 % half) * 2 + odd + 1;
}

static void get(int64_t id, struct subscriber *out)
{
    must(roster_get_by_id(db, id, &arena, out, &err));
}

/* ---- what is measured ---- */

static void commit_one_row(const struct subscriber *s)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    struct stmt *stmt =
        db_stmt(db, "UPDATE newsletter SET created_at = ?1 WHERE id = 1");
    must(tx_begin(&tx, db, TX_DURABLE, &err));
    stmt_bind_int(stmt, 1, s->id);
    must(stmt_run(stmt, &err) && tx_commit(&tx, &err));
}

static void find_by_address(const struct subscriber *s)
{
    struct subscriber found;
    must(roster_get(db, s->email, &arena, &found, &err));
}

static void find_by_key(const struct subscriber *s)
{
    struct subscriber found;
    must(roster_get_by_key(db, s->key, &arena, &found, &err));
}

static void change_preferences(const struct subscriber *s)
{
    struct consent_origin origin = {.means = MEANS_PAGE, .now = 1};
    struct preferences chosen = {.categories = "Topic 7\nTopic 8"};
    bool changed;
    must(preferences_set(db, s->id, 1, &chosen, &origin, &changed, &err) &&
         changed);
}

static void leave(const struct subscriber *s)
{
    struct consent_origin origin = {.means = MEANS_ONE_CLICK, .now = 1};
    enum consent_result result;
    must(consent_unsubscribe(db, s->id, 1, &origin, &result, &err) &&
         result == CONSENT_DONE);
}

static double middle_of(double *took)
{
    qsort(took, TIMES, sizeof *took, by_size);
    return took[TIMES / 2];
}

/* The processor's part is what is ours; the rest is waiting for the disk. */
static bool measure(const char *what, int64_t most,
                    void (*act)(const struct subscriber *))
{
    double *took = MEM_NEW_ARRAY(double, TIMES);
    double *busy = MEM_NEW_ARRAY(double, TIMES);
    for (int64_t i = 0; i < TIMES; i++) {
        struct subscriber s;
        get(reader_at(most, i, true), &s);
        double begun = now_us(CLOCK_MONOTONIC);
        double busy_then = now_us(CLOCK_THREAD_CPUTIME_ID);
        act(&s);
        busy[i] = now_us(CLOCK_THREAD_CPUTIME_ID) - busy_then;
        took[i] = now_us(CLOCK_MONOTONIC) - begun;
        arena_free(&arena);
    }
    double middle = middle_of(took);
    printf("%-22s median %6.0f us (processor %4.0f us), 99 of 100 under "
           "%6.0f us\n",
           what, middle, middle_of(busy), took[TIMES * 99 / 100]);
    free(took);
    free(busy);
    return middle < (double)MOST_US;
}

static void print_tokens(const struct token_keys *keys, int64_t most,
                         int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        OWNED(strbuf_free) struct strbuf path = STRBUF_INIT;
        struct subscriber s;
        struct token token = {.purpose = TOKEN_UNSUBSCRIBE, .newsletter_id = 1};
        get(reader_at(most, i, false), &s);
        memcpy(token.subscriber_key, s.key, sizeof s.key);
        token_write(keys, &token, &path);
        printf("/u/%s\n", strbuf_text(&path));
        arena_free(&arena);
    }
}

int main(int count, char **args)
{
    if (count != 2 && count != 4) {
        fprintf(stderr, "usage: bench_list FOLDER [--tokens N]\n");
        return 64;
    }
    OWNED(mem_free) char *database = file_join(args[1], "digest.db");
    OWNED(mem_free) char *key_file = file_join(args[1], "digest.keys");
    struct token_keys *keys = NULL;
    int64_t most = 0;
    must(db_open(database, DB_OPEN, &db, &err) &&
         token_keys_load(key_file, &keys, &err) &&
         stmt_one_int(db_stmt(db, "SELECT max(id) FROM subscriber"), &most,
                      &err));
    bool good = most >= TIMES * 2;
    if (!good)
        fprintf(stderr, "%s: too few readers\n", args[1]);
    else if (count == 4)
        print_tokens(keys, most, strtoll(args[3], NULL, 10));
    else
        good = (int)measure("one row committed", most, commit_one_row) &
               (int)measure("found by address", most, find_by_address) &
               (int)measure("found by token's key", most, find_by_key) &
               (int)measure("preferences changed", most, change_preferences) &
               (int)measure("unsubscribed", most, leave);
    token_keys_free(keys);
    db_close(db);
    return good ? 0 : 1;
}
