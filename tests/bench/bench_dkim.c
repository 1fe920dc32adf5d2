/* How many messages of 30 KB a second one core signs, with each kind of key.
 *
 * usage: bench_dkim [MESSAGES] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "digest/base/mem.h"
#include "digest/message/dkim.h"

static void must(bool good, const struct err *err)
{
    if (good)
        return;
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct dkim_key *new_key(enum dkim_algorithm algorithm)
{
    char folder[] = "/tmp/digest-bench-XXXXXX";
    struct err err = {0};
    struct dkim_key *key = NULL;
    if (!mkdtemp(folder))
        exit(1);
    OWNED(mem_free) char *path = mem_format("%s/key", folder);
    must(dkim_keygen(path, algorithm, &err), &err);
    must(dkim_key_load(path, "example.org", "bench", &key, &err), &err);
    unlink(path);
    rmdir(folder);
    return key;
}

static void add_message(struct strbuf *out)
{
    strbuf_add_text(out, "Date: Fri, 20 Nov 2026 18:40:00 +0000\r\n"
                         "From: The Weekly <weekly@example.org>\r\n"
                         "To: Anna <anna@example.net>\r\n"
                         "Message-ID: <12.34@example.org>\r\n"
                         "Subject: Twelve good stories\r\n"
                         "MIME-Version: 1.0\r\nContent-Type: text/html\r\n"
                         "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    while (out->len < 30000)
        strbuf_add_text(out,
                        "<p style=3D\"margin: 0 0 16px\">A paragraph of an "
                        "article, of some length</p>=\r\n");
}

static void measure(const char *what, enum dkim_algorithm algorithm,
                    long messages)
{
    OWNED(dkim_key_release) struct dkim_key *key = new_key(algorithm);
    OWNED(dkim_signer_release) struct dkim_signer *signer = NULL;
    OWNED(strbuf_free) struct strbuf message = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    struct err err = {0};
    must(dkim_signer_new((const struct dkim_key *[]){key}, 1, &signer, &err),
         &err);
    add_message(&message);
    double begin = seconds();
    for (long i = 0; i < messages; i++) {
        strbuf_cut(&out, 0);
        must(dkim_sign(signer, strbuf_str(&message), i, &out, &err), &err);
    }
    printf("%s: %.0f messages a second a core\n", what,
           (double)messages / (seconds() - begin));
}

int main(int argc, char **argv)
{
    long messages = argc > 1 ? atol(argv[1]) : 10000;
    measure("RSA-2048", DKIM_RSA, messages);
    measure("Ed25519 ", DKIM_ED25519, messages);
    return 0;
}
