/* Real bounces of many mail systems, with the judgement of another project
 * (DIGEST_CORPORA/bounces/expected.tsv): ours agrees on what is hard, but for
 * the reviewed differences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "subscribers/bounces/classify.h"

enum { FILE_MAX_BYTES = 8 << 20 };

/* Where ours differs on purpose. */
static const struct {
    const char *file, *why;
} reviewed[] = {
    {"lhost-activehunter-02.eml", "the server's table has no such user"},
    {"lhost-mxlogic-03.eml", "it says \"unknown user\", and no more"},
    {"lhost-postfix-07.eml", "it says \"User unknown\", and no more"},
    {"lhost-surfcontrol-01.eml", "it says \"No such user\", and no more"},
    {"lhost-x1-01.eml", "it says \"User unknown\", and no more"},
    {"lhost-x2-01.eml", "it says that the user has no account there"},
    {"rfc3464-42.eml", "it says that the account does not exist"},
    {"lhost-sendmail-27.eml", "503 Need RCPT: the recipient was refused"},
    {"lhost-amazonworkmail-02.eml", "5.2.1 with \"User Unknown\": as in "
                                    "lhost-postfix-57, which is hard"},
    {"lhost-zoho-02.eml", "the same"},
    {"lhost-aol-06.eml", "a name server's odd reply may pass; the same words "
                         "are soft in lhost-postfix-17"},
    {"lhost-interscanmss-03.eml", "it gives no reason at all"},
    {"lhost-opensmtpd-12.eml", "a delay notice: nothing is settled yet"},
};

static bool is_reviewed(const char *file)
{
    for (size_t i = 0; i < ARRAY_SIZE(reviewed); i++)
        if (strcmp(file, reviewed[i].file) == 0)
            return true;
    return false;
}

/* The expectation of one file: how many of its results are hard, of how
 * many. */
struct expectation {
    char file[80];
    unsigned hard, results, feedback;
};

static size_t read_expectations(struct str table, struct expectation *out,
                                size_t room)
{
    struct str line;
    size_t count = 0;
    str_next_line(&table, &line); /* the heads */
    while (str_next_line(&table, &line)) {
        struct str file = str_cut(&line, '\t');
        size_t at = 0;
        while (at < count && !str_equal(str_of(out[at].file), file))
            at++;
        if (at == count) {
            assert_true(count < room);
            snprintf(out[count++].file, sizeof out->file, "%.*s",
                     STR_ARG(file));
        }
        out[at].results++;
        out[at].hard += str_ends(line, STR("\t1"));
        out[at].feedback += str_ends(line, STR("feedback\t0"));
    }
    return count;
}

static void classify(const char *folder, const char *name, struct mail *mail,
                     struct bounce_verdicts *verdicts)
{
    struct err err = {0};
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    OWNED(mem_free) char *path = file_join(folder, name);
    assert_true(file_read(path, FILE_MAX_BYTES, &bytes, &err));
    mail_parse(strbuf_str(&bytes), mail);
    bounce_classify(mail, verdicts);
}

/* How many of the expected results ours doesn't have. */
static unsigned differences(const struct expectation *e,
                            const struct bounce_verdicts *verdicts)
{
    unsigned hard = 0, others = 0, soft = e->results - e->hard;
    for (size_t i = 0; i < verdicts->count; i++) {
        hard += verdicts->items[i].kind == BOUNCE_HARD;
        others += verdicts->items[i].kind == BOUNCE_SOFT ||
                  verdicts->items[i].kind == BOUNCE_COMPLAINT;
    }
    unsigned missing_hard = e->hard > hard ? e->hard - hard : 0;
    unsigned missing_soft = soft > others ? soft - others : 0;
    unsigned too_hard = hard > e->hard ? hard - e->hard : 0;
    unsigned missing = missing_hard + missing_soft;
    return missing > too_hard ? missing : too_hard;
}

static void print_difference(const struct expectation *e,
                             const struct bounce_verdicts *verdicts)
{
    printf("%s: expected %u hard of %u, got", e->file, e->hard, e->results);
    for (size_t i = 0; i < verdicts->count; i++)
        printf(" %s %s %s,", bounce_kind_name(verdicts->items[i].kind),
               verdicts->items[i].status, verdicts->items[i].reason);
    putchar('\n');
}

static char *corpus_folder(void)
{
    const char *corpora = getenv("DIGEST_CORPORA");
    char *folder = corpora ? file_join(corpora, "bounces") : NULL;
    if (folder && file_is_folder(folder))
        return folder;
    free(folder);
    puts("skipped: DIGEST_CORPORA has no folder bounces");
    return NULL;
}

static void ours_agrees_with_a_large_corpus(void **state)
{
    (void)state;
    static struct expectation expected[400];
    struct err err = {0};
    OWNED(strbuf_free) struct strbuf table = STRBUF_INIT;
    OWNED(mem_free) char *folder = corpus_folder();
    if (!folder)
        skip();
    OWNED(mem_free) char *path = file_join(folder, "expected.tsv");
    assert_true(file_read(path, FILE_MAX_BYTES, &table, &err));
    size_t count =
        read_expectations(strbuf_str(&table), expected, ARRAY_SIZE(expected));
    unsigned results = 0, different = 0, surprising = 0;
    for (size_t i = 0; i < count; i++) {
        OWNED(mail_free) struct mail mail = {0};
        struct bounce_verdicts verdicts;
        classify(folder, expected[i].file, &mail, &verdicts);
        unsigned differ = differences(&expected[i], &verdicts);
        results += expected[i].results;
        different += differ;
        if (!differ || is_reviewed(expected[i].file))
            continue;
        surprising += differ;
        print_difference(&expected[i], &verdicts);
    }
    printf("%u of %u agree\n", results - different, results);
    assert_true(different * 20 <= results);
    assert_int_equal(surprising, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ours_agrees_with_a_large_corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
