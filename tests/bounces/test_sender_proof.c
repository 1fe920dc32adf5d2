#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "subscribers/bounces/sender_proof_internal.h"

static bool proves_to_be(const char *fields, const char *author)
{
    OWNED(mail_free) struct mail mail = {0};
    OWNED(mem_free) char *text = mem_format("%s\nSubject: s\n\nText\n", fields);
    struct str from;
    mail_parse(str_of(text), &mail);
    return sender_proof(&mail, "mx.example.org", &from) &&
           str_equal(from, str_of(author));
}

static bool proves(const char *fields)
{
    return proves_to_be(fields, "ana@news.example.net");
}

#define FROM "From: Ana <ana@news.example.net>\n"
#define SAYS(results)                                                          \
    proves("Authentication-Results: mx.example.org" results "\n" FROM)

static void what_our_server_passed_is_proven(void **state)
{
    (void)state;
    assert_true(SAYS("; dmarc=pass"));
    assert_true(SAYS(" 1; dmarc=pass (p=none) header.from=news.example.net"));
    assert_true(SAYS("; spf=fail smtp.mailfrom=x@evil.example;\n"
                     "\tdmarc = pass header.from = News.Example.NET"));
    assert_true(SAYS("; dkim=pass header.d=news.example.net header.s=a"));
    assert_true(SAYS("; dkim=pass (2048-bit key) header.i=@example.net"));
    assert_true(SAYS("; dkim/1=pass reason=\"good\" header.d=example.net"));
    assert_true(SAYS("; dkim=fail header.d=news.example.net;"
                     " dkim=pass header.d=mail.news.example.net"));
    assert_true(SAYS("; spf=pass (ok) smtp.mailfrom=\"b c\"@news.example.net"));
    assert_true(SAYS("; spf=pass smtp.mailfrom=<ana@news.example.net>"));
    assert_true(SAYS("; spf=pass smtp.mailfrom=bounce.news.example.net"));
    assert_true(proves("Authentication-Results: (a (nested) comment) "
                       "MX.example.org (comment); dmarc=pass\n" FROM));
}

static void what_it_did_not_pass_is_not(void **state)
{
    (void)state;
    assert_false(proves(FROM));
    assert_false(SAYS(""));
    assert_false(SAYS("; none"));
    assert_false(SAYS("; dmarc=none"));
    assert_false(SAYS("; dmarc=passed"));
    assert_false(SAYS(" 2; dmarc=pass"));
    assert_false(SAYS("; dmarc=pass header.from=evil.example"));
    assert_false(SAYS("; dkim=pass header.d=evil.example"));
    assert_false(SAYS("; dkim=pass header.d=net"));
    assert_false(SAYS("; dkim=pass header.d=ews.example.net"));
    assert_false(SAYS("; dkim=pass header.d=evil.example"
                      " header.i=@news.example.net"));
    assert_false(SAYS("; dkim=pass"));
    assert_false(SAYS("; dkim=neutral header.d=news.example.net"));
    assert_false(SAYS("; spf=pass smtp.helo=news.example.net"));
    assert_false(SAYS("; spf=pass smtp.mailfrom=a@evil.example"));
    assert_false(SAYS("; spf=pass smtp.mailfrom=<a@evil.example>"));
    assert_false(SAYS("; spf=pass smtp.mailfrom=<>"));
    assert_false(SAYS("; arc=pass header.d=news.example.net"));
    assert_false(SAYS("; dmarc=fail header.from=news.example.net;"
                      " dkim=pass header.d=news.example.net"));
}

static void words_of_others_in_it_prove_nothing(void **state)
{
    (void)state;
    assert_false(SAYS(" (; dmarc=pass)"));
    assert_false(SAYS("; dmarc=fail (; dmarc=pass"));
    assert_false(SAYS("; spf=fail reason=\"x; dmarc=pass\""));
    assert_false(SAYS("; spf=fail smtp.mailfrom=\"; dmarc=pass\"@e.example"));
    assert_false(SAYS("; spf=fail (\\(; dmarc=pass ) dmarc=pass"));
    assert_false(SAYS("; spf=pass "
                      "smtp.mailfrom=\"a@news.example.net \"@evil.example"));
    assert_false(SAYS("; dkim=pass header.i=\"x header.d=news.example.net\""
                      "@evil.example"));
}

static bool signs_for_ana(const char *domain, const char *host)
{
    OWNED(mem_free)
    char *fields = mem_format("Authentication-Results: mx.example.org;"
                              " dkim=pass header.d=%s\nFrom: ana@%s",
                              domain, host);
    OWNED(mem_free) char *author = mem_format("ana@%s", host);
    return proves_to_be(fields, author);
}

static void a_name_below_a_public_suffix_proves_itself_alone(void **state)
{
    (void)state;
    assert_true(signs_for_ana("example.co.uk", "news.example.co.uk"));
    assert_false(signs_for_ana("mail.example.co.uk", "news.example.co.uk"));
    assert_false(signs_for_ana("co.uk", "example.co.uk"));
    assert_false(signs_for_ana("example.co.uk", "co.uk"));
    assert_false(signs_for_ana("mallory.co.uk", "example.co.uk"));
    assert_false(signs_for_ana("mallory.github.io", "ana.github.io"));
    assert_false(signs_for_ana("github.io", "ana.github.io"));
}

/* Anybody may write the field, and any name into it. */
static void only_the_topmost_field_counts(void **state)
{
    (void)state;
    assert_false(
        proves("Authentication-Results: mx.example.org; dmarc=fail\n"
               "Authentication-Results: mx.example.org; dmarc=pass\n" FROM));
    assert_false(
        proves("Authentication-Results: mx.evil.example; dmarc=pass\n"
               "Authentication-Results: mx.example.org; dmarc=pass\n" FROM));
    assert_true(
        proves("ARC-Authentication-Results: i=1; mx.example.com; dmarc=fail\n"
               "Authentication-Results: mx.example.org; dmarc=pass\n"
               "Authentication-Results: mx.example.com; dmarc=fail\n" FROM));
}

static void there_is_one_author_or_none(void **state)
{
    (void)state;
#define OURS "Authentication-Results: mx.example.org; dmarc=pass\n"
    assert_true(proves(OURS "From: \"x <b@c.example>\"\n"
                            " <ana@news.example.net> (Ana)"));
    assert_false(proves(OURS FROM "From: eva@news.example.net"));
    assert_false(proves(OURS "From: ana@news.example.net, b@c.example"));
    assert_false(proves(OURS "From: \"<ana@news.example.net>\" <b@c.example>"));
    assert_false(proves(OURS "From: <ana@news.example.net> <b@c.example>"));
    assert_false(proves(OURS "From: x: ana@news.example.net;"));
    assert_false(proves(OURS "From: ana"));
    assert_false(proves(OURS));
}

static void without_a_name_nothing_is_proven(void **state)
{
    (void)state;
    OWNED(mail_free) struct mail mail = {0};
    struct str from;
    mail_parse(STR("Authentication-Results: ; dmarc=pass\nFrom: a@b.example\n"
                   "\nText\n"),
               &mail);
    assert_false(sender_proof(&mail, NULL, &from));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_our_server_passed_is_proven),
        cmocka_unit_test(what_it_did_not_pass_is_not),
        cmocka_unit_test(words_of_others_in_it_prove_nothing),
        cmocka_unit_test(a_name_below_a_public_suffix_proves_itself_alone),
        cmocka_unit_test(only_the_topmost_field_counts),
        cmocka_unit_test(there_is_one_author_or_none),
        cmocka_unit_test(without_a_name_nothing_is_proven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
