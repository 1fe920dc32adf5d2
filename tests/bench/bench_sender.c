/* How many messages a second the sender hands to a server, from memory and
 * without a ledger; to be held against smtp-source in the same run.
 *
 * usage: bench_sender URL [MESSAGES [BYTES [CONNECTIONS [PER_CONNECTION]]]] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "digest/base/mem.h"
#include "digest/sender/sender.h"

struct load {
    struct strbuf message;
    int64_t given, total;
    int64_t outcomes[5];
    int64_t commits;
    char last[256];
};

static enum sender_next next(void *context, struct sender_job *job,
                             int *wait_ms, struct err *err)
{
    struct load *load = context;
    (void)wait_ms;
    (void)err;
    if (load->given == load->total)
        return SENDER_END;
    job->id = ++load->given;
    strbuf_cut(&job->from, 0);
    strbuf_cut(&job->to, 0);
    strbuf_cut(&job->message, 0);
    strbuf_add_format(&job->from, "bounces+%" PRId64 "@example.org", job->id);
    strbuf_add_format(&job->to, "reader%" PRId64 "@example.net", job->id);
    strbuf_add_str(&job->message, strbuf_str(&load->message));
    return SENDER_JOB;
}

static void result(void *context, const struct sender_result *r)
{
    struct load *load = context;
    load->outcomes[r->outcome]++;
    if (r->outcome != SENDER_SENT)
        snprintf(load->last, sizeof load->last, "%d %s", r->code, r->reply);
}

static bool commit(void *context, struct err *err)
{
    struct load *load = context;
    (void)err;
    load->commits++;
    return true;
}

static void compose(struct strbuf *message, size_t bytes)
{
    strbuf_add_text(message, "From: The Weekly <weekly@example.org>\r\n"
                             "To: reader@example.net\r\n"
                             "Subject: Twelve good stories\r\n\r\n");
    while (message->len + 74 < bytes)
        strbuf_add_text(message, "A line of text as quoted-printable has it, "
                                 "seventy-two columns wide.\r\n");
}

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static unsigned number(int argc, char **argv, int at, unsigned standard)
{
    return argc > at ? (unsigned)strtoul(argv[at], NULL, 10) : standard;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: bench_sender URL [MESSAGES [BYTES [CONNECTIONS "
              "[PER_CONNECTION]]]]\n",
              stderr);
        return 64;
    }
    struct load load = {.total = number(argc, argv, 2, 20000)};
    compose(&load.message, number(argc, argv, 3, 30000));
    struct relay_settings relay = {
        .url = argv[1],
        .tls_none = true,
        .helo = "bench.example.org",
        .connections = number(argc, argv, 4, 20),
        .messages_per_connection = number(argc, argv, 5, 1000000),
    };
    struct sender_feed feed = {.context = &load,
                               .next = next,
                               .result = result,
                               .commit = commit,
                               .wake_fd = -1};
    struct err err = {0};
    OWNED(sender_release) struct sender *sender = NULL;
    double begin = seconds(CLOCK_MONOTONIC);
    bool good =
        sender_new(&relay, 1, &sender, &err) && sender_run(sender, &feed, &err);
    double took = seconds(CLOCK_MONOTONIC) - begin;
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    if (!good)
        fprintf(stderr, "%s\n", err.text);
    printf("%.0f messages a second; %.0f us CPU each; %" PRId64
           " commits; peak %ld KB; sent %" PRId64 " deferred %" PRId64
           " failed %" PRId64 " unknown %" PRId64 " returned %" PRId64 " %s\n",
           (double)load.outcomes[SENDER_SENT] / took,
           cpu * 1e6 / (double)load.total, load.commits, usage.ru_maxrss,
           load.outcomes[SENDER_SENT], load.outcomes[SENDER_DEFERRED],
           load.outcomes[SENDER_FAILED], load.outcomes[SENDER_UNKNOWN],
           load.outcomes[SENDER_RETURNED], load.last);
    strbuf_free(&load.message);
    return good ? 0 : err_exit_code(err.kind);
}
