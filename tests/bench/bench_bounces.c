/* 10,000 bounce messages from a Maildir: read, classified, recorded with a
 * durable commit each, and removed. To reach: under 10 seconds. The messages
 * are of three kinds, in turn: a delivery status notification (hard), one of
 * a full mailbox (soft), and a report in prose. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "subscribers/bounces/poll.h"
#include "subscribers/roster/roster_store.h"

enum { MAILS = 10000, MOST_S = 10 };

static struct err err;

static void must(bool good)
{
    if (good)
        return;
    fprintf(stderr, "%s\n", err.text);
    exit(1);
}

static void run(struct db *db, const char *statement)
{
    must(stmt_run(db_stmt(db, statement), &err));
}

static char *dsn(const char *to, int n, bool hard)
{
    const char *status = hard ? "5.1.1" : "5.2.2";
    const char *said =
        hard ? "550 5.1.1 User unknown" : "552 5.2.2 Mailbox full";
    return mem_format(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: %s\n"
        "Subject: Undelivered Mail Returned to Sender\n"
        "Message-ID: <%d@mx.example.net>\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status;\n"
        " boundary=\"b\"\n\n"
        "--b\nContent-Type: text/plain\n\n"
        "This is the mail system at host mx.example.net.\n\n"
        "I'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients.\n\n"
        "<r%d@example.org>: host mx said: %s (in reply to RCPT TO command)\n\n"
        "--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.example.net\n\n"
        "Final-Recipient: rfc822; r%d@example.org\nAction: failed\n"
        "Status: %s\nDiagnostic-Code: smtp; %s\n\n"
        "--b\nContent-Type: text/rfc822-headers\n\n"
        "Subject: Weekly\nTo: r%d@example.org\n\n--b--\n",
        to, n, n, said, n, status, said, n);
}

static char *prose(const char *to, int n)
{
    return mem_format(
        "From: MAILER-DAEMON@qmail.example.net\nTo: %s\n"
        "Subject: failure notice\nMessage-ID: <%d@qmail.example.net>\n\n"
        "Hi. This is the qmail-send program at qmail.example.net.\n"
        "I'm afraid I wasn't able to deliver your message.\n\n"
        "<r%d@example.org>:\n"
        "Sorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\n"
        "Return-Path: <%s>\nSubject: Weekly\nTo: r%d@example.org\n\nHello\n",
        to, n, n, to, n);
}

static void add(struct db *db, const struct token_keys *keys,
                const char *folder, int n)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf to = STRBUF_INIT;
    struct subscriber subscriber;
    struct token token = {
        .purpose = TOKEN_RETURN_PATH, .newsletter_id = 1, .issue_id = 1};
    int64_t id;
    bool added;
    char *email = arena_format(&arena, "r%d@example.org", n);
    must(roster_add(db, email, email, "", 0, &id, &added, &err));
    must(roster_get_by_id(db, id, &arena, &subscriber, &err));
    memcpy(token.subscriber_key, subscriber.key, sizeof subscriber.key);
    strbuf_add_text(&to, "bounces+");
    token_write_local(keys, &token, &to);
    strbuf_add_text(&to, "@example.org");
    OWNED(mem_free)
    char *mail = n % 3 == 2 ? prose(strbuf_text(&to), n)
                            : dsn(strbuf_text(&to), n, n % 3 == 0);
    OWNED(mem_free) char *path = mem_format("%s/new/%d", folder, n);
    FILE *file = fopen(path, "w");
    if (!file || fputs(mail, file) < 0 || fclose(file) != 0)
        must(file_fail(&err, path, "write"));
}

static void fill(struct db *db, const struct token_keys *keys,
                 const char *folder)
{
    OWNED(tx_end) struct tx tx = TX_INIT;
    must(tx_begin(&tx, db, TX_NORMAL, &err));
    run(db, "INSERT INTO newsletter (id, slug, title, from_address, "
            "    created_at) VALUES (1, 'weekly', 'W', 'w@example.org', 0)");
    run(db, "INSERT INTO issue (id, newsletter_id, number, state, subject, "
            "    window_from, window_until, drafted_at) "
            "VALUES (1, 1, 1, 'sent', 'S', 0, 0, 0)");
    for (int n = 0; n < MAILS; n++)
        add(db, keys, folder, n);
    run(db, "INSERT INTO subscription (newsletter_id, subscriber_id, state, "
            "    since) SELECT 1, id, 'active', 0 FROM subscriber");
    run(db, "INSERT INTO delivery (issue_id, subscriber_id, state, "
            "    changed_at) SELECT 1, id, 'sent', 1 FROM subscriber");
    must(tx_commit(&tx, &err));
}

static bool measure(struct db *db, const struct token_keys *keys,
                    const char *folder)
{
    struct bounce_recorder recorder = {.db = db, .keys = keys, .now = 100};
    struct bounce_tally tally;
    OWNED(mem_free) char *url = mem_format("maildir:%s", folder);
    struct mailbox_settings settings = {.url = url};
    int64_t start = clock_monotonic_ms();
    must(bounce_poll(&recorder, &settings, &tally, &err));
    int64_t took = clock_monotonic_ms() - start;
    printf("%zu bounces in %" PRId64 ".%03" PRId64 " s (to reach: %d s): "
           "%zu hard, %zu soft, %zu kept aside\n",
           tally.read, took / 1000, took % 1000, MOST_S, tally.hard, tally.soft,
           tally.aside);
    return tally.read == MAILS && tally.hard + tally.soft == MAILS &&
           took < MOST_S * 1000;
}

int main(void)
{
    char folder[] = "bench-bounces-XXXXXX";
    struct db *db = NULL;
    struct token_keys *keys = NULL;
    if (!mkdtemp(folder))
        must(file_fail(&err, folder, "make"));
    OWNED(mem_free) char *new = file_join(folder, "new");
    OWNED(mem_free) char *cur = file_join(folder, "cur");
    OWNED(mem_free) char *database = file_join(folder, "digest.db");
    OWNED(mem_free) char *key_file = file_join(folder, "digest.keys");
    must(file_make_folder(new, 0700, &err) &&
         file_make_folder(cur, 0700, &err) &&
         db_open(database, DB_CREATE, &db, &err) &&
         token_keys_create(key_file, &err) &&
         token_keys_load(key_file, &keys, &err));
    fill(db, keys, folder);
    bool good = measure(db, keys, folder);
    db_close(db);
    token_keys_free(keys);
    OWNED(mem_free) char *command = mem_format("rm -rf '%s'", folder);
    return system(command) == 0 && good ? 0 : 1;
}
