/* Runs the engine over a queue that the test keeps in a table of its own, to
 * a folder and to a server that answers as it is told, and kills it. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/base/random.h"
#include "digest/delivery/engine.h"
#include "digest/delivery/turn.h"
#include "tests/support/house.h"

enum { NOW = 1795000000, LINKS = 4 };

/* ---- the queue --------------------------------------------------------- */

struct rows {
    struct db *db;
    int64_t after;   /* the last that was read */
    int64_t refused; /* this one can't be made; 0: each can */
    int64_t barred;  /* this one may not be mailed; 0: each may */
    int calls;       /* of what writes */
    int dies_at;     /* this call ends the process before it; 0: none */
    int stops_at;    /* after so many claims it doesn't go on; 0: it does */
    int claims;
};

static void count_call(struct rows *q)
{
    if (++q->calls == q->dies_at)
        _exit(9);
}

/* SQL with a text and a number in it. */
static bool run(struct db *db, const char *sql, const char *text,
                int64_t number, struct err *err)
{
    struct stmt *stmt = db_stmt(db, sql);
    if (text)
        stmt_bind_text(stmt, 1, text);
    if (number)
        stmt_bind_int(stmt, 2, number);
    return stmt_run(stmt, err);
}

static bool read_row(void *context, int64_t now, bool alone,
                     struct prepared *place, enum queue_read *out,
                     struct err *err)
{
    struct rows *q = context;
    (void)now;
    (void)alone;
    struct stmt *row = db_stmt(q->db, "SELECT id FROM row WHERE "
                                      "state = 'queued' AND id > ?1 "
                                      "ORDER BY id LIMIT 1");
    stmt_bind_int(row, 1, q->after);
    *out = QUEUE_END;
    if (!stmt_step(row, err))
        return stmt_done(row);
    q->after = stmt_int(row, 0);
    place->item =
        (struct queue_item){.id = q->after, .attempts = stmt_int(row, 1)};
    stmt_reset(row);
    char text[80];
    snprintf(text, sizeof text, "r%" PRId64 "@example.net", q->after);
    prepared_set(&place->to, str_of(text));
    prepared_set(&place->from, STR("news@example.org"));
    snprintf(text, sizeof text, "Subject: %" PRId64 "\r\n\r\nText.\r\n",
             q->after);
    prepared_set(&place->bytes, str_of(text));
    place->is_made = true;
    place->good = q->after != q->refused ||
                  err_set(&place->err, ERR_INPUT, "it has no text");
    *out = QUEUE_READ;
    return true;
}

static void restart(void *context)
{
    struct rows *q = context;
    q->after = 0;
}

static bool claim(void *context, const struct lease *holder, int64_t now,
                  struct queue_claim *claims, size_t count, struct err *err)
{
    struct rows *q = context;
    (void)now;
    assert_true(holder->fence > 0);
    count_call(q);
    for (size_t i = 0; i < count; i++) {
        bool barred = claims[i].id == q->barred;
        if (!run(q->db,
                 "UPDATE row SET state = ?1 WHERE id = ?2 AND state = 'queued'",
                 barred ? "skipped" : "sending", claims[i].id, err))
            return false;
        claims[i].verdict = !db_changes(q->db) ? QUEUE_GONE
                            : barred           ? QUEUE_SKIPPED
                                               : QUEUE_TAKEN;
        q->claims++;
    }
    return true;
}

static bool record(void *context, const struct lease *holder,
                   struct queue_outcome *outcomes, size_t count,
                   struct err *err)
{
    struct rows *q = context;
    assert_true(holder->fence > 0);
    count_call(q);
    for (size_t i = 0; i < count; i++) {
        struct queue_outcome *o = &outcomes[i];
        if (!run(
                q->db,
                "UPDATE row SET state = ?1 WHERE id = ?2 AND state = 'sending'",
                delivery_state_name(o->state), o->id, err))
            return false;
        o->comes_again = o->state == DELIVERY_QUEUED;
    }
    return true;
}

static bool recover(void *context, const struct lease *holder, int64_t now,
                    int64_t *count, struct err *err)
{
    struct rows *q = context;
    (void)holder;
    (void)now;
    if (!run(q->db, "UPDATE row SET state = ?1 WHERE state = 'sending'",
             "queued", 0, err))
        return false;
    *count = db_changes(q->db);
    return true;
}

static bool goes_on(void *context, bool *out, struct err *err)
{
    const struct rows *q = context;
    (void)err;
    *out = !q->stops_at || q->claims < q->stops_at;
    return true;
}

static struct delivery_queue open_rows(struct rows *q)
{
    return (struct delivery_queue){.context = q,
                                   .log_name = "row",
                                   .read = read_row,
                                   .restart = restart,
                                   .claim = claim,
                                   .record = record,
                                   .recover = recover,
                                   .goes_on = goes_on};
}

/* ---- a place for it ---------------------------------------------------- */

struct place {
    char *folder, *path, *url, *mails;
};

static int make_place(void **state)
{
    struct place *p = MEM_NEW(struct place);
    p->folder = house_folder();
    p->path = file_join(p->folder, "digest.db");
    p->mails = file_join(p->folder, "mails");
    p->url = mem_format("maildir:%s", p->mails);
    random_hold(7);
    *state = p;
    return 0;
}

static int remove_place(void **state)
{
    struct place *p = *state;
    house_folder_release(&p->folder);
    free(p->path);
    free(p->mails);
    free(p->url);
    free(p);
    return 0;
}

static struct db *open_with(const struct place *p, int count)
{
    struct db *db = house_db_at(p->path);
    struct err err = {0};
    house_run(db, "CREATE TABLE row (id INTEGER PRIMARY KEY, "
                  "    state TEXT NOT NULL) STRICT");
    for (int i = 0; i < count; i++)
        assert_true(
            run(db, "INSERT INTO row (state) VALUES (?1)", "queued", 0, &err));
    return db;
}

static int64_t in_state(struct db *db, const char *state)
{
    int64_t count = 0;
    struct err err = {0};
    struct stmt *ask = db_stmt(db, "SELECT count(*) FROM row WHERE state = ?1");
    stmt_bind_text(ask, 1, state);
    assert_true(stmt_one_int(ask, &count, &err));
    return count;
}

/* Takes the turn and runs; the caller looks at what came of it. */
static bool carry(struct rows *q, const char *url, struct engine_report *report,
                  struct err *err)
{
    static const struct turn_name name = {
        .lock = "rows", .lease = "rows", .busy = "the rows are taken"};
    struct relay_settings relay = {.url = url, .connections = LINKS};
    struct engine_options options = {.db = q->db,
                                     .relays = &relay,
                                     .relay_count = 1,
                                     .rule = {.give_up_after = 3600},
                                     .now = NOW};
    struct delivery_queue queue = open_rows(q);
    struct work work;
    OWNED(file_unlock) int lock = -1;
    if (!turn_take(q->db, &name, &work, &lock, err))
        return false;
    bool good = engine_run(&options, &queue, &work, report, NULL, err);
    lease_release(q->db, &work.lease);
    return good;
}

/* How many mails there are of each row, from 1 on. */
static int count_mails(const struct place *p, int *each, int rows)
{
    OWNED(mem_free) char *path = file_join(p->mails, "new");
    DIR *folder = opendir(path);
    int total = 0;
    assert_non_null(folder);
    for (const struct dirent *d = readdir(folder); d; d = readdir(folder)) {
        OWNED(strbuf_free) struct strbuf mail = STRBUF_INIT;
        struct err err = {0};
        if (d->d_name[0] == '.')
            continue;
        OWNED(mem_free) char *file = file_join(path, d->d_name);
        assert_true(file_read(file, 4096, &mail, &err));
        int row = atoi(strstr(strbuf_text(&mail), "Subject: ") + 9);
        assert_in_range(row, 1, rows);
        each[row]++;
        total++;
    }
    closedir(folder);
    return total;
}

/* ---- facts --------------------------------------------------------------- */

static void each_message_is_carried_once(void **state)
{
    enum { ROWS = 300 };
    const struct place *p = *state;
    OWNED(db_release) struct db *db = open_with(p, ROWS);
    struct rows q = {.db = db};
    struct engine_report report;
    struct err err = {0};
    int each[ROWS + 1] = {0};
    assert_true(carry(&q, p->url, &report, &err));
    assert_int_equal(report.sent, ROWS);
    assert_int_equal(in_state(db, "sent"), ROWS);
    assert_int_equal(count_mails(p, each, ROWS), ROWS);
    for (int i = 1; i <= ROWS; i++)
        assert_int_equal(each[i], 1);
    /* Outcomes come as arrays. */
    assert_true(q.calls < 2 * ROWS);
}

static void one_that_may_not_be_mailed_is_skipped(void **state)
{
    const struct place *p = *state;
    OWNED(db_release) struct db *db = open_with(p, 9);
    struct rows q = {.db = db, .barred = 5};
    struct engine_report report;
    struct err err = {0};
    int each[10] = {0};
    assert_true(carry(&q, p->url, &report, &err));
    assert_int_equal(report.sent, 8);
    assert_int_equal(report.skipped, 1);
    count_mails(p, each, 9);
    assert_int_equal(each[5], 0);
}

static void one_that_cannot_be_made_has_failed_and_others_go(void **state)
{
    const struct place *p = *state;
    OWNED(db_release) struct db *db = open_with(p, 9);
    struct rows q = {.db = db, .refused = 5};
    struct engine_report report;
    struct err err = {0};
    assert_true(carry(&q, p->url, &report, &err));
    assert_int_equal(report.sent, 8);
    assert_int_equal(report.failed, 1);
    assert_int_equal(in_state(db, "failed"), 1);
}

static void a_relay_that_is_not_there_uses_up_nobodys_try(void **state)
{
    const struct place *p = *state;
    OWNED(db_release) struct db *db = open_with(p, 9);
    struct rows q = {.db = db};
    struct engine_report report;
    struct err err = {0};
    assert_false(carry(&q, "smtp://127.0.0.1:1", &report, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_int_equal(in_state(db, "queued"), 9);
}

static void a_queue_that_does_not_go_on_ends_the_run(void **state)
{
    enum { ROWS = 2000 };
    const struct place *p = *state;
    OWNED(db_release) struct db *db = open_with(p, ROWS);
    struct rows q = {.db = db, .stops_at = 1};
    struct engine_report report;
    struct err err = {0};
    assert_true(carry(&q, p->url, &report, &err));
    assert_true(report.stopped);
    assert_int_equal(in_state(db, "sending"), 0);
    assert_int_equal(in_state(db, "sent"), report.sent);
}

static void a_second_run_steps_aside(void **state)
{
    const struct place *p = *state;
    OWNED(db_release) struct db *db = open_with(p, 1);
    OWNED(mem_free) char *path = mem_format("%s.rows.lock", p->path);
    OWNED(file_unlock) int lock = -1;
    struct rows q = {.db = db};
    struct engine_report report;
    struct err err = {0};
    assert_true(file_lock(path, &lock, &err));
    assert_false(carry(&q, p->url, &report, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_string_equal(err.text, "the rows are taken; this one steps aside");
}

/* Runs in a process that ends, without a word, before its n-th write. True: it
 * came so far. */
static bool killed_at(const struct place *p, int n)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rows q = {.db = house_db_at(p->path), .dies_at = n};
        struct engine_report report;
        struct err err = {0};
        if (!carry(&q, p->url, &report, &err))
            _exit(1);
        db_close(q.db);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 9);
    return WEXITSTATUS(status) == 9;
}

static void killed_at_any_write_nobody_is_missed(void **state)
{
    enum { ROWS = 24 };
    bool dies = true;
    for (int n = 1; dies; n++) {
        const struct place *p;
        void *own = NULL;
        int each[ROWS + 1] = {0};
        struct err err = {0};
        assert_int_equal(make_place(&own), 0);
        p = own;
        struct db *db = open_with(p, ROWS);
        db_close(db);
        dies = killed_at(p, n);
        db = house_db_at(p->path);
        struct rows q = {.db = db};
        struct engine_report report;
        assert_true(carry(&q, p->url, &report, &err));
        assert_int_equal(in_state(db, "sent"), ROWS);
        assert_in_range(count_mails(p, each, ROWS), ROWS, ROWS + LINKS);
        for (int i = 1; i <= ROWS; i++)
            assert_in_range(each[i], 1, 2);
        assert_true(report.recovered <= LINKS);
        db_close(db);
        assert_int_equal(remove_place(&own), 0);
    }
    (void)state;
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_message_is_carried_once),
        TEST(one_that_may_not_be_mailed_is_skipped),
        TEST(one_that_cannot_be_made_has_failed_and_others_go),
        TEST(a_relay_that_is_not_there_uses_up_nobodys_try),
        TEST(a_queue_that_does_not_go_on_ends_the_run),
        TEST(a_second_run_steps_aside),
        cmocka_unit_test(killed_at_any_write_nobody_is_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
