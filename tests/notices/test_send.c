#include "tests/notices/outboxes.h"

#include <stdio.h>

#include "digest/base/file.h"
#include "digest/message/dkim.h"
#include "digest/notices/notice_store_internal.h"
#include "tests/notices/smtp_script.h"

/* ---- to a maildir ---------------------------------------------------- */

/* A folder of its own below /tmp, taken away again. */
struct place {
    char *path, maildir[96], url[112];
};

static void make_place(struct place *place)
{
    place->path = house_folder();
    snprintf(place->maildir, sizeof place->maildir, "%s/mail", place->path);
    snprintf(place->url, sizeof place->url, "maildir:%s", place->maildir);
}

static void remove_place(struct place *place)
{
    house_folder_release(&place->path);
}

/* The only mail that arrived. */
static void read_mail(const struct place *place, struct strbuf *out)
{
    OWNED(mem_free) char *folder = mem_format("%s/new", place->maildir);
    OWNED(file_list_free) struct file_list list = {0};
    struct err err = {0};
    assert_true(file_list(folder, NULL, &list, &err));
    assert_int_equal(list.count, 1);
    OWNED(mem_free) char *path = file_join(folder, list.names[0]);
    strbuf_cut(out, 0);
    assert_true(file_read(path, 1 << 20, out, &err));
}

static void has(const struct strbuf *text, const char *part)
{
    if (!strstr(strbuf_text(text), part))
        fail_msg("no \"%s\" in:\n%s", part, strbuf_text(text));
}

static void has_not(const struct strbuf *text, const char *part)
{
    if (strstr(strbuf_text(text), part))
        fail_msg("\"%s\" in:\n%s", part, strbuf_text(text));
}

static void a_notice_is_no_list_mail_and_says_who_made_it(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(remove_place) struct place place;
    OWNED(strbuf_free) struct strbuf mail = STRBUF_INIT;
    struct notice notice = a_notice("ada@example.org");
    notice.to_name = "Ada";
    notice.reply_to = "desk@example.org";
    make_place(&place);
    queue_notice(db, &notice, NOW);
    assert_int_equal(send_through(db, place.url, NOW + 60).sent, 1);
    struct notice_row row = only(db, &arena, "sent");
    assert_int_equal(row.attempts, 1);
    read_mail(&place, &mail);
    has(&mail, "Auto-Submitted: auto-generated\n");
    has(&mail, "From: Weekly <news@example.org>\n");
    has(&mail, "To: Ada <ada@example.org>\n");
    has(&mail, "Reply-To: ");
    has(&mail, "Subject: Confirm\n");
    has(&mail, row.message_id);
    has(&mail, "Please confirm.");
    has(&mail, "multipart/alternative");
    has_not(&mail, "List-");
    has_not(&mail, "Precedence");
    has_not(&mail, "DKIM-Signature");
}

static void text_alone_is_one_part(void **state)
{
    struct db *db = *state;
    OWNED(remove_place) struct place place;
    OWNED(strbuf_free) struct strbuf mail = STRBUF_INIT;
    struct notice notice = a_notice("ada@example.org");
    notice.html = NULL;
    make_place(&place);
    queue_notice(db, &notice, NOW);
    send_through(db, place.url, NOW);
    read_mail(&place, &mail);
    has(&mail, "text/plain");
    has_not(&mail, "multipart");
}

static void the_key_of_the_senders_domain_signs(void **state)
{
    struct db *db = *state;
    OWNED(remove_place) struct place place;
    OWNED(strbuf_free) struct strbuf mail = STRBUF_INIT;
    struct err err = {0};
    make_place(&place);
    OWNED(mem_free) char *own = file_join(place.path, "own.pem");
    OWNED(mem_free) char *other = file_join(place.path, "other.pem");
    assert_true(dkim_keygen(own, DKIM_ED25519, &err));
    assert_true(dkim_keygen(other, DKIM_ED25519, &err));
    struct conf_dkim dkim[] = {{"example.org", "one", own},
                               {"example.com", "two", other}};
    struct relay_settings relay = {.url = place.url};
    struct notices_options options = {.relays = &relay,
                                      .relay_count = 1,
                                      .dkim = dkim,
                                      .dkim_count = 2,
                                      .now = NOW};
    struct notices_report report;
    queue_to(db, "ada@example.org");
    if (!notices_send(db, &options, &report, &err))
        fail_msg("%s", err.text);
    read_mail(&place, &mail);
    has(&mail, "DKIM-Signature:");
    has(&mail, "d=example.org");
    has_not(&mail, "d=example.com");
}

static void a_key_that_cannot_be_read_uses_up_no_notice(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct conf_dkim dkim = {"example.org", "one", "/nowhere/key.pem"};
    struct relay_settings relay = {.url = "null:"};
    struct notices_options options = {.relays = &relay,
                                      .relay_count = 1,
                                      .dkim = &dkim,
                                      .dkim_count = 1,
                                      .now = NOW};
    struct notices_report report;
    struct err err = {0};
    queue_to(db, "ada@example.org");
    assert_false(notices_send(db, &options, &report, &err));
    assert_int_equal(err.kind, ERR_NOT_FOUND);
    assert_int_equal(only(db, &arena, "queued").attempts, 0);
}

/* ---- paced, and in one transaction ----------------------------------- */

static struct notices_report send_paced(struct db *db, double rate)
{
    struct relay_settings relay = {.url = "null:"};
    struct notices_options options = {
        .relays = &relay, .relay_count = 1, .pace_rate = rate, .now = NOW};
    struct notices_report report;
    struct err err = {0};
    if (!notices_send(db, &options, &report, &err))
        fail_msg("%s", err.text);
    return report;
}

static void notices_take_from_the_pace_of_all_that_goes_out(void **state)
{
    struct db *db = *state;
    queue_to(db, "ada@example.org");
    assert_int_equal(send_paced(db, 0.001).sent, 1);
    assert_int_equal(house_number(db,
                                  "SELECT count(*) FROM pace WHERE relay = '' "
                                  "AND domain = '' AND tokens < 0.9"),
                     1);
}

static void what_the_database_rolled_back_is_not_written_behind_it(void **state)
{
    struct db *db = *state;
    struct relay_settings relay = {.url = "null:"};
    struct notices_options options = {
        .relays = &relay, .relay_count = 1, .now = NOW};
    struct notices_report report;
    struct err err = {0};
    for (int i = 0; i < 200; i++) {
        OWNED(mem_free) char *to = mem_format("r%d@example.org", i);
        queue_to(db, to);
    }
    /* As a full disk does it, at one answer of many in a turn. */
    house_run(db, "CREATE TEMP TRIGGER full BEFORE UPDATE OF state ON notice "
                  "WHEN new.state = 'sent' AND new.id = 100 "
                  "BEGIN SELECT RAISE(ROLLBACK, 'full'); END");
    assert_false(notices_send(db, &options, &report, &err));
    /* None of the answers behind it was written outside the transaction. */
    assert_int_equal(house_number(db, "SELECT count(*) FROM notice "
                                      "WHERE state = 'sent' AND id >= 100"),
                     0);
}

static void each_mail_to_a_reader_is_held_back_alike(void **state)
{
    struct db *db = *state;
    static const enum notice_kind kinds[] = {NOTICE_CONFIRM, NOTICE_LINKS,
                                             NOTICE_ADDRESS, NOTICE_MOVED};
    house_run(db, "INSERT INTO suppression (address_key, reason, at) "
                  "VALUES ('ada@example.org', 'manual', 1)");
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        struct notice notice = a_notice("ada@example.org");
        struct err err = {0};
        bool may = true;
        notice.kind = kinds[i];
        int64_t id = queue_notice(db, &notice, NOW);
        assert_true(notice_store_may_send(db, id, &may, &err));
        assert_false(may);
    }
    assert_int_equal(send_through(db, "null:", NOW).failed, 4);
}

static void one_who_must_not_be_mailed_may_not_be_sent_to(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    bool may = false;
    int64_t id = queue_to(db, "ada@example.org");
    assert_true(notice_store_may_send(db, id, &may, &err));
    assert_true(may);
    house_run(db, "INSERT INTO suppression (address_key, reason, at) "
                  "VALUES ('ada@example.org', 'manual', 1)");
    assert_true(notice_store_may_send(db, id, &may, &err));
    assert_false(may);
    house_run(db, "DELETE FROM suppression");
    house_run(db, "DELETE FROM notice");
    assert_true(notice_store_may_send(db, id, &may, &err));
    assert_false(may);
}

/* ---- once, and in turn ----------------------------------------------- */

static void with_nothing_due_no_transport_is_looked_at(void **state)
{
    struct db *db = *state;
    struct notices_options options = {.now = NOW};
    struct notices_report report;
    struct err err = {0};
    assert_true(notices_send(db, &options, &report, &err));
    queue_to(db, "ada@example.org");
    house_run(db, "UPDATE notice SET state = 'deferred', next_at = 1795000100");
    assert_true(notices_send(db, &options, &report, &err));
    options.now = NOW + 100;
    assert_false(notices_send(db, &options, &report, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
}

static void each_notice_is_sent_once(void **state)
{
    struct db *db = *state;
    for (int i = 0; i < 300; i++)
        queue_to(db, "ada@example.org");
    assert_int_equal(send_through(db, "null:", NOW).sent, 300);
    assert_int_equal(send_through(db, "null:", NOW + 1).sent, 0);
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM notice WHERE state = 'sent' "
                         "AND attempts = 1 AND relay = 'null:' AND code = 250"),
        300);
}

static void what_a_dead_run_left_goes_out_with_the_same_message_id(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(remove_place) struct place place;
    OWNED(strbuf_free) struct strbuf mail = STRBUF_INIT;
    make_place(&place);
    queue_to(db, "ada@example.org");
    house_run(db, "UPDATE notice SET state = 'sending'");
    const char *id = only(db, &arena, "sending").message_id;
    struct notices_report report = send_through(db, place.url, NOW + 1);
    assert_int_equal(report.recovered, 1);
    assert_int_equal(report.sent, 1);
    read_mail(&place, &mail);
    has(&mail, id);
}

static void someone_suppressed_meanwhile_gets_no_notice(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct notice report = a_notice("Ada@example.org");
    report.kind = NOTICE_REPORT;
    queue_to(db, "Ada@example.org");
    queue_notice(db, &report, NOW);
    house_run(db, "INSERT INTO suppression (address_key, reason, at) "
                  "VALUES ('ada@example.org', 'complaint', 0)");
    struct notices_report sent = send_through(db, "null:", NOW);
    assert_int_equal(sent.failed, 1);
    assert_int_equal(sent.sent, 1);
    struct notice_row row = only(db, &arena, "failed");
    assert_int_equal(row.kind, NOTICE_CONFIRM);
    assert_non_null(strstr(row.reply, "suppressed"));
    assert_int_equal(row.attempts, 0);
}

static void a_second_run_steps_aside(void **state)
{
    (void)state;
    OWNED(remove_place) struct place place;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(file_unlock) int lock = -1;
    struct err err = {0};
    make_place(&place);
    OWNED(mem_free) char *path = file_join(place.path, "digest.db");
    OWNED(mem_free) char *lock_path = mem_format("%s.notices.lock", path);
    struct relay_settings relay = {.url = "null:"};
    struct notices_options options = {
        .relays = &relay, .relay_count = 1, .now = NOW};
    struct notices_report report;
    OWNED(db_release) struct db *db = house_db_at(path);
    queue_to(db, "ada@example.org");
    assert_true(file_lock(lock_path, &lock, &err));
    assert_false(notices_send(db, &options, &report, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_int_equal(only(db, &arena, "queued").attempts, 0);
    file_unlock(&lock);
    assert_true(notices_send(db, &options, &report, &err));
    assert_int_equal(report.sent, 1);
}

static void a_run_that_was_asked_to_stop_sends_nothing(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    static const volatile int stop = 1;
    struct relay_settings relay = {.url = "null:"};
    struct notices_options options = {
        .relays = &relay, .relay_count = 1, .now = NOW, .stop = &stop};
    struct notices_report report;
    struct err err = {0};
    queue_to(db, "ada@example.org");
    assert_true(notices_send(db, &options, &report, &err));
    assert_true(report.stopped);
    assert_int_equal(only(db, &arena, "queued").attempts, 0);
}

/* ---- to a server that answers as it is told -------------------------- */

/* Sends to the script. Its answers may speak against the relay as a whole, and
 * the run say so; here what became of the notices counts. */
static struct notices_report send_to(struct smtp_script *script, struct db *db,
                                     int64_t now)
{
    struct relay_settings relay = {.url = script->url, .tls_none = true};
    struct notices_options options = {
        .relays = &relay, .relay_count = 1, .now = now};
    struct notices_report report;
    struct err err = {0};
    assert_true(smtp_start(script));
    bool good = notices_send(db, &options, &report, &err);
    smtp_stop(script);
    if (!good && err.kind != ERR_TEMPORARY)
        fail_msg("%s", err.text);
    return report;
}

static void the_envelope_has_the_return_path_or_the_sender(void **state)
{
    struct db *db = *state;
    struct smtp_script script = {0};
    struct relay_settings relay = {.url = script.url, .tls_none = true};
    struct notices_options options = {.relays = &relay,
                                      .relay_count = 1,
                                      .now = NOW,
                                      .return_path = "bounces@example.org"};
    struct notices_report report;
    struct err err = {0};
    queue_to(db, "ada@example.org");
    assert_true(smtp_start(&script));
    assert_true(notices_send(db, &options, &report, &err));
    queue_to(db, "bob@example.org");
    options.return_path = NULL;
    assert_true(notices_send(db, &options, &report, &err));
    smtp_stop(&script);
    has(&script.transcript, "MAIL FROM:<bounces@example.org>");
    has(&script.transcript, "MAIL FROM:<news@example.org>");
    strbuf_free(&script.transcript);
}

static void a_deferred_notice_comes_again_later_and_later(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    int64_t now = NOW, last = 0;
    queue_to(db, "ada@example.org");
    for (int i = 0; i < 4; i++) {
        struct smtp_script script = {.on_rcpt = "451 4.3.0 later"};
        assert_int_equal(send_to(&script, db, now).deferred, 1);
        strbuf_free(&script.transcript);
        struct notice_row row = only(db, &arena, "deferred");
        assert_int_equal(row.attempts, i + 1);
        assert_int_equal(row.code, 451);
        assert_string_equal(row.status, "4.3.0");
        assert_true(row.next_at - now >= last);
        assert_true(row.next_at > now);
        last = row.next_at - now;
        assert_int_equal(send_through(db, "null:", row.next_at - 1).sent, 0);
        now = row.next_at;
    }
    assert_int_equal(send_through(db, "null:", now).sent, 1);
}

static void after_two_days_it_is_given_up(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct notices_report report = {0};
    int64_t now = NOW;
    queue_to(db, "ada@example.org");
    while (!report.failed) {
        struct smtp_script script = {.on_rcpt = "451 4.3.0 later"};
        report = send_to(&script, db, now);
        strbuf_free(&script.transcript);
        now = report.failed ? now : only(db, &arena, "deferred").next_at;
    }
    assert_true(now > NOW + 40 * 3600 && now <= NOW + 48 * 3600);
    assert_int_equal(only(db, &arena, "failed").code, 451);
}

static void a_clock_that_jumps_gives_no_notice_up(void **state)
{
    enum { YEAR = 365 * 86400 };
    struct db *db = *state;
    struct smtp_script script = {.on_rcpt = "451 4.3.0 later"};
    queue_to(db, "ada@example.org");
    assert_int_equal(send_to(&script, db, NOW).deferred, 1);
    strbuf_free(&script.transcript);
    script = (struct smtp_script){.on_rcpt = "451 4.3.0 later"};
    assert_int_equal(send_to(&script, db, NOW + YEAR).deferred, 1);
    strbuf_free(&script.transcript);
    /* And set right, it doesn't wait for a year. */
    script = (struct smtp_script){0};
    assert_int_equal(send_to(&script, db, NOW + 60).sent, 1);
    strbuf_free(&script.transcript);
}

static void a_dead_address_fails_at_once(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct smtp_script script = {.on_rcpt = "550 5.1.1 no such user"};
    queue_to(db, "ada@example.org");
    assert_int_equal(send_to(&script, db, NOW).failed, 1);
    strbuf_free(&script.transcript);
    struct notice_row row = only(db, &arena, "failed");
    assert_int_equal(row.code, 550);
    assert_string_equal(row.status, "5.1.1");
    assert_non_null(strstr(row.reply, "no such user"));
}

static void a_refusal_that_may_be_the_relays_fault_is_no_end(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct smtp_script script = {.on_rcpt = "554 5.7.1 not from you"};
    queue_to(db, "ada@example.org");
    assert_int_equal(send_to(&script, db, NOW).deferred, 1);
    strbuf_free(&script.transcript);
    assert_int_equal(only(db, &arena, "deferred").code, 554);
}

/* The server is the same one, so that what it took is known of it. */
static void it_is_the_end_once_the_relay_took_another(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct smtp_script script = {.on_rcpt = "554 5.7.1 not to them",
                                 .good_for = "bob@"};
    queue_to(db, "ada@example.org");
    assert_true(smtp_start(&script));
    assert_int_equal(send_through(db, script.url, NOW).deferred, 1);
    int64_t again = only(db, &arena, "deferred").next_at;
    queue_to(db, "bob@example.org");
    assert_int_equal(send_through(db, script.url, NOW + 1).sent, 1);
    assert_int_equal(send_through(db, script.url, again).failed, 1);
    smtp_stop(&script);
    strbuf_free(&script.transcript);
    assert_int_equal(only(db, &arena, "failed").attempts, 2);
}

static void without_an_answer_it_is_tried_just_once_more(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct smtp_script first = {.on_dot = ""}, second = {.on_dot = ""};
    queue_to(db, "ada@example.org");
    assert_int_equal(send_to(&first, db, NOW).deferred, 1);
    struct notice_row row = only(db, &arena, "deferred");
    assert_int_equal(row.next_at, NOW + 1800);
    has(&first.transcript, row.message_id);
    assert_int_equal(send_to(&second, db, row.next_at).failed, 1);
    has(&second.transcript, row.message_id);
    assert_non_null(strstr(only(db, &arena, "failed").reply, "unknown"));
    strbuf_free(&first.transcript);
    strbuf_free(&second.transcript);
}

static void a_relay_that_is_down_uses_up_no_notice(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct smtp_script script = {0};
    assert_true(smtp_start(&script));
    smtp_stop(&script); /* nobody listens at its port now */
    struct relay_settings relay = {
        .url = script.url, .tls_none = true, .retry_ms = 1};
    struct notices_options options = {
        .relays = &relay, .relay_count = 1, .now = NOW};
    struct notices_report report;
    struct err err = {0};
    queue_to(db, "ada@example.org");
    assert_false(notices_send(db, &options, &report, &err));
    assert_int_equal(err.kind, ERR_TEMPORARY);
    assert_int_equal(only(db, &arena, "queued").attempts, 0);
}

static void a_relay_that_refuses_everyone_uses_up_no_notice(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct smtp_script script = {.on_rcpt = "554 5.7.1 go away"};
    struct relay_settings relay = {
        .url = script.url, .tls_none = true, .refusals_max = 1, .retry_ms = 1};
    struct notices_options options = {
        .relays = &relay, .relay_count = 1, .now = NOW};
    struct notices_report report;
    struct err err = {0};
    queue_to(db, "ada@example.org");
    assert_true(smtp_start(&script));
    assert_false(notices_send(db, &options, &report, &err));
    smtp_stop(&script);
    strbuf_free(&script.transcript);
    assert_int_equal(err.kind, ERR_PERMANENT);
    assert_true(script.offered > 0);
    struct notice_row row = only(db, &arena, "queued");
    assert_int_equal(row.attempts, 0);
    assert_int_equal(row.code, 554);
    assert_int_equal(row.next_at, NOW); /* behind the others now */
    /* The days that it refused don't count against the notice. */
    struct smtp_script later = {.on_rcpt = "451 4.3.0 later"};
    assert_int_equal(send_to(&later, db, NOW + 72 * 3600).deferred, 1);
    strbuf_free(&later.transcript);
}

/* A relay that refuses everybody but bob; the runs are a minute apart. True
 * when one of them got as far as `sql` asks for. */
static bool runs_reach(struct db *db, const struct smtp_script *script,
                       int64_t now, int runs, const char *sql)
{
    struct relay_settings relay = {
        .url = script->url, .tls_none = true, .retry_ms = 1};
    for (int i = 0; i < runs; i++) {
        struct notices_options options = {
            .relays = &relay, .relay_count = 1, .now = now + 60 * i};
        struct notices_report report;
        struct err err = {0};
        if (!notices_send(db, &options, &report, &err) &&
            err.kind != ERR_TEMPORARY && err.kind != ERR_PERMANENT)
            fail_msg("%s", err.text);
        if (house_number(db, sql))
            return true;
    }
    return false;
}

#define BOB_HAS_HIS                                                            \
    "SELECT count(*) FROM notice WHERE state = 'sent' AND to_key LIKE 'bob%'"

static void hold_up(struct db *db, struct smtp_script *script, int count)
{
    for (int i = 0; i < count; i++)
        queue_to(db, "ada@example.org");
    queue_to(db, "bob@example.org");
    script->good_for = "bob@";
    assert_true(smtp_start(script));
    assert_true(runs_reach(db, script, NOW, 8, BOB_HAS_HIS));
}

static void a_row_of_the_refused_holds_nobody_else_up(void **state)
{
    struct db *db = *state;
    static const struct {
        const char *reply;
        int count;
    } rows[] = {{"550 5.1.1 no such user", 350},
                {"554 5.7.1 not to them", 70},
                {"451 4.3.0 later", 70}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct smtp_script script = {.on_rcpt = rows[i].reply};
        hold_up(db, &script, rows[i].count);
        smtp_stop(&script);
        strbuf_free(&script.transcript);
        house_run(db, "DELETE FROM notice");
    }
}

/* Refused notices come to their end as well, as soon as others were taken. */
static void a_row_of_the_refused_comes_to_its_end(void **state)
{
    struct db *db = *state;
    struct smtp_script script = {.on_rcpt = "554 5.7.1 not to them"};
    hold_up(db, &script, 20);
    assert_true(runs_reach(db, &script, NOW + 3600, 4,
                           "SELECT count(*) = 20 FROM notice "
                           "WHERE state = 'failed' AND attempts = 1"));
    smtp_stop(&script);
    strbuf_free(&script.transcript);
}

static void a_row_of_the_deferred_is_given_up_in_time(void **state)
{
    struct db *db = *state;
    struct smtp_script script = {.on_rcpt = "451 4.3.0 later"};
    hold_up(db, &script, 30);
    assert_true(runs_reach(db, &script, NOW + 3600, 4,
                           "SELECT count(*) = 30 FROM notice "
                           "WHERE state = 'deferred' AND attempts > 0"));
    assert_false(runs_reach(db, &script, NOW + 40 * 3600, 4,
                            "SELECT count(*) FROM notice "
                            "WHERE state = 'failed'"));
    /* Notices that were handed back after their first try have one more. */
    assert_true(runs_reach(db, &script, NOW + 50 * 3600, 30,
                           "SELECT count(*) = 30 FROM notice "
                           "WHERE state = 'failed' AND code = 451"));
    smtp_stop(&script);
    strbuf_free(&script.transcript);
}

static void what_one_run_cannot_send_does_not_hold_up_the_others(void **state)
{
    struct db *db = *state;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    queue_to(db, "ada@example.org");
    queue_to(db, "bob@example.org");
    house_run(db, "UPDATE notice SET from_address = 'broken' WHERE id = 1");
    struct notices_report report = send_through(db, "null:", NOW);
    assert_int_equal(report.failed, 1);
    assert_int_equal(report.sent, 1);
    assert_non_null(strstr(only(db, &arena, "failed").reply, "From"));
}

/* Its fence is old: whatever it wants to write is refused. */
static void a_run_that_was_overtaken_writes_nothing(void **state)
{
    struct db *db = *state;
    struct err err = {0};
    struct relay_settings relay = {.url = "null:"};
    struct notices_options options = {
        .relays = &relay, .relay_count = 1, .now = NOW};
    struct notices_report report;
    queue_to(db, "ada@example.org");
    house_run(db, "CREATE TEMP TRIGGER overtake AFTER UPDATE ON notice "
                  "WHEN new.state = 'sending' AND new.to_key LIKE 'ada%' BEGIN "
                  "UPDATE lease SET fence = fence + 1; END");
    queue_to(db, "bob@example.org");
    assert_false(notices_send(db, &options, &report, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_int_equal(report.sent, 0);
    house_run(db, "DROP TRIGGER overtake");
    assert_int_equal(
        house_number(db, "SELECT count(*) FROM notice WHERE state = 'sent'"),
        0);
}

#define CASE(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_outbox, house_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_notice_is_no_list_mail_and_says_who_made_it),
        CASE(text_alone_is_one_part),
        CASE(the_key_of_the_senders_domain_signs),
        CASE(a_key_that_cannot_be_read_uses_up_no_notice),
        CASE(notices_take_from_the_pace_of_all_that_goes_out),
        CASE(what_the_database_rolled_back_is_not_written_behind_it),
        CASE(each_mail_to_a_reader_is_held_back_alike),
        CASE(one_who_must_not_be_mailed_may_not_be_sent_to),
        CASE(with_nothing_due_no_transport_is_looked_at),
        CASE(each_notice_is_sent_once),
        CASE(what_a_dead_run_left_goes_out_with_the_same_message_id),
        CASE(someone_suppressed_meanwhile_gets_no_notice),
        CASE(a_second_run_steps_aside),
        CASE(a_run_that_was_asked_to_stop_sends_nothing),
        CASE(the_envelope_has_the_return_path_or_the_sender),
        CASE(a_deferred_notice_comes_again_later_and_later),
        CASE(after_two_days_it_is_given_up),
        CASE(a_clock_that_jumps_gives_no_notice_up),
        CASE(a_dead_address_fails_at_once),
        CASE(a_refusal_that_may_be_the_relays_fault_is_no_end),
        CASE(it_is_the_end_once_the_relay_took_another),
        CASE(without_an_answer_it_is_tried_just_once_more),
        CASE(a_relay_that_is_down_uses_up_no_notice),
        CASE(a_relay_that_refuses_everyone_uses_up_no_notice),
        CASE(a_row_of_the_refused_holds_nobody_else_up),
        CASE(a_row_of_the_refused_comes_to_its_end),
        CASE(a_row_of_the_deferred_is_given_up_in_time),
        CASE(what_one_run_cannot_send_does_not_hold_up_the_others),
        CASE(a_run_that_was_overtaken_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
