#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/doctor/mail_records_internal.h"
#include "digest/doctor/spf_internal.h"

/* ---- SPF ---- */

static void spf_decides_as_its_standard_says(void **state)
{
    (void)state;
    static const char records[] =
        "plain.example TXT v=spf1 ip4:192.0.2.0/24 -all\n"
        "plain.example TXT another text\n"
        "one.example TXT v=spf1 ip4:192.0.2.7 ~all\n"
        "six.example TXT v=spf1 ip6:2001:db8::/32 -all\n"
        "host.example TXT v=spf1 a -all\n"
        "host.example A 192.0.2.9\n"
        "other.example TXT v=spf1 a:host.example/28 ?all\n"
        "mail.example TXT v=spf1 mx -all\n"
        "mail.example MX mx1.example\n"
        "mail.example MX mx2.example\n"
        "mx1.example A 198.51.100.1\n"
        "mx2.example A 192.0.2.33\n"
        "with.example TXT v=spf1 include:plain.example -all\n"
        "softly.example TXT v=spf1 include:one.example\n"
        "sent.example TXT v=spf1 redirect=plain.example\n"
        "lost.example TXT v=spf1 redirect=nothing.example\n"
        "hollow.example TXT v=spf1 include:nothing.example -all\n"
        "twice.example TXT v=spf1 -all\n"
        "twice.example TXT v=spf1 ~all\n"
        "typo.example TXT v=spf1 ipv4:192.0.2.1 -all\n"
        "bits.example TXT v=spf1 ip4:192.0.2.0/33 -all\n"
        "octets.example TXT v=spf1 ip4:192.0.2 -all\n"
        "macro.example TXT v=spf1 exists:%{i}.list.example -all\n"
        "pointer.example TXT v=spf1 ptr ip4:192.0.2.9 -all\n"
        "open.example TXT v=spf1 +all\n"
        "upper.example TXT V=SPF1 IP4:192.0.2.9 -ALL\n"
        "two.example TXT v=spf10 -all\n"
        "loop.example TXT v=spf1 include:loop.example -all\n"
        "void.example TXT v=spf1 a:n1.example a:n2.example a:n3.example -all\n"
        "down.example TXT !\n"
        "half.example TXT v=spf1 include:down.example -all\n"
        "ends.example TXT v=spf1 ip4:198.51.100.1\n";
    static const struct {
        const char *domain, *address;
        enum spf_verdict verdict;
    } cases[] = {
        {"plain.example", "192.0.2.9", SPF_PASS},
        {"plain.example", "192.0.3.9", SPF_FAIL},
        {"plain.example", "2001:db8::1", SPF_FAIL},
        {"one.example", "192.0.2.7", SPF_PASS},
        {"one.example", "192.0.2.8", SPF_SOFTFAIL},
        {"six.example", "2001:db8:1::1", SPF_PASS},
        {"six.example", "2001:db9::1", SPF_FAIL},
        {"host.example", "192.0.2.9", SPF_PASS},
        {"other.example", "192.0.2.1", SPF_PASS},
        {"other.example", "192.0.2.16", SPF_NEUTRAL},
        {"mail.example", "192.0.2.33", SPF_PASS},
        {"mail.example", "192.0.2.34", SPF_FAIL},
        {"with.example", "192.0.2.1", SPF_PASS},
        {"with.example", "192.0.4.1", SPF_FAIL},
        {"softly.example", "192.0.4.1", SPF_NEUTRAL},
        {"sent.example", "192.0.2.1", SPF_PASS},
        {"sent.example", "192.0.4.1", SPF_FAIL},
        {"lost.example", "192.0.2.1", SPF_PERMERROR},
        {"hollow.example", "192.0.2.1", SPF_PERMERROR},
        {"twice.example", "192.0.2.1", SPF_PERMERROR},
        {"typo.example", "192.0.2.1", SPF_PERMERROR},
        {"bits.example", "192.0.2.1", SPF_PERMERROR},
        {"octets.example", "192.0.2.1", SPF_PERMERROR},
        {"macro.example", "192.0.2.1", SPF_UNKNOWN},
        {"pointer.example", "192.0.2.9", SPF_PASS},
        {"pointer.example", "192.0.2.8", SPF_UNKNOWN},
        {"open.example", "203.0.113.1", SPF_PASS},
        {"upper.example", "192.0.2.9", SPF_PASS},
        {"two.example", "192.0.2.9", SPF_NONE},
        {"loop.example", "192.0.2.9", SPF_PERMERROR},
        {"void.example", "192.0.2.9", SPF_PERMERROR},
        {"down.example", "192.0.2.9", SPF_TEMPERROR},
        {"half.example", "192.0.2.9", SPF_TEMPERROR},
        {"ends.example", "192.0.2.9", SPF_NEUTRAL},
        {"nothing.example", "192.0.2.9", SPF_NONE},
    };
    struct dns dns = dns_recorded(records);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(arena_free) struct arena arena = ARENA_INIT;
        struct spf spf;
        spf_check(&dns, cases[i].domain, cases[i].address, &arena, &spf);
        if (spf.verdict != cases[i].verdict)
            fail_msg("%s of %s: %s (%s) in place of %s", cases[i].domain,
                     cases[i].address, spf_verdict_name(spf.verdict), spf.why,
                     spf_verdict_name(cases[i].verdict));
        assert_true((spf.verdict == SPF_PERMERROR) == (*spf.why != '\0'));
    }
}

static void spf_takes_ten_look_ups_and_no_more(void **state)
{
    (void)state;
    OWNED(strbuf_free) struct strbuf records = STRBUF_INIT;
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct spf spf;
    strbuf_add_text(&records, "ten.example TXT v=spf1");
    for (int i = 0; i < 10; i++)
        strbuf_add_format(&records, " a:h%d.example", i);
    strbuf_add_text(&records, " -all\neleven.example TXT v=spf1 a:h0.example "
                              "include:ten.example -all\n");
    for (int i = 0; i < 10; i++)
        strbuf_add_format(&records, "h%d.example A 192.0.2.%d\n", i, i + 1);
    struct dns dns = dns_recorded(strbuf_text(&records));
    spf_check(&dns, "ten.example", "192.0.2.10", &arena, &spf);
    assert_int_equal(spf.verdict, SPF_PASS);
    assert_int_equal(spf.lookups, 10);
    spf_check(&dns, "eleven.example", "192.0.2.10", &arena, &spf);
    assert_int_equal(spf.verdict, SPF_PERMERROR);
    assert_non_null(strstr(spf.why, "ten look-ups"));
}

/* ---- DKIM ---- */

static void a_published_key_is_read(void **state)
{
    (void)state;
    static const char records[] =
        "s1._domainkey.a.example TXT v=DKIM1; k=rsa; p=MIIB\n"
        "s2._domainkey.a.example TXT k=ed25519;p=abc; t=y:s\n"
        "s3._domainkey.a.example TXT v=DKIM1; p=\n"
        "s4._domainkey.a.example TXT v=DKIM2; p=abc\n"
        "s5._domainkey.a.example TXT v=DKIM1; k=rsa\n"
        "s6._domainkey.a.example TXT v=DKIM1; h=sha1; p=abc\n"
        "s7._domainkey.a.example TXT v=DKIM1; p=abc\n"
        "s7._domainkey.a.example TXT v=DKIM1; p=def\n"
        "s8._domainkey.a.example TXT !\n"
        "s9._domainkey.a.example TXT words alone\n"
        "s10._domainkey.a.example TXT v=DKIM1; s=tlsrpt; p=abc\n";
    static const struct {
        const char *selector;
        enum record_state state;
        bool revoked, testing;
    } cases[] = {
        {"s1", RECORD_FOUND, false, false},
        {"s2", RECORD_FOUND, false, true},
        {"s3", RECORD_FOUND, true, false},
        {"s4", RECORD_BROKEN, false, false},
        {"s5", RECORD_BROKEN, false, false},
        {"s6", RECORD_BROKEN, false, false},
        {"s7", RECORD_BROKEN, false, false},
        {"s8", RECORD_UNKNOWN, false, false},
        {"s9", RECORD_BROKEN, false, false},
        {"s10", RECORD_BROKEN, false, false},
        {"s0", RECORD_MISSING, false, false},
    };
    struct dns dns = dns_recorded(records);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(arena_free) struct arena arena = ARENA_INIT;
        struct dkim_published found;
        dkim_find(&dns, cases[i].selector, "a.example", &arena, &found);
        if (found.state != cases[i].state ||
            found.revoked != cases[i].revoked ||
            found.testing != cases[i].testing)
            fail_msg("%s: state %d, %s", cases[i].selector, found.state,
                     found.why);
    }
}

/* ---- DMARC ---- */

static void the_policy_is_the_domains_or_that_of_those_above(void **state)
{
    (void)state;
    static const char records[] =
        "_dmarc.own.example TXT v=DMARC1; p=reject; rua=mailto:d@own.example\n"
        "_dmarc.top.example TXT v=DMARC1; p=none; sp=quarantine; adkim=s\n"
        "_dmarc.a.deep.example TXT v=DMARC1; p=reject\n"
        "_dmarc.deep.example TXT v=DMARC1; p=quarantine\n"
        "_dmarc.end.deep.example TXT v=DMARC1; p=none; psd=n\n"
        "_dmarc.two.example TXT v=DMARC1; p=none\n"
        "_dmarc.two.example TXT v=DMARC1; p=reject\n"
        "_dmarc.odd.example TXT v=DMARC1; p=maybe\n"
        "_dmarc.rua.example TXT v=DMARC1; p=maybe; rua=mailto:a@b.example\n"
        "_dmarc.word.example TXT v=DMARC2; p=none\n"
        "_dmarc.public TXT v=DMARC1; p=reject; psd=y\n"
        "_dmarc.shop.public TXT v=DMARC1; p=none\n"
        "_dmarc.down.example TXT !\n";
    static const struct {
        const char *domain;
        enum record_state state;
        const char *policy, *at;
    } cases[] = {
        {"own.example", RECORD_FOUND, "reject", "own.example"},
        {"top.example", RECORD_FOUND, "none", "top.example"},
        {"news.top.example", RECORD_FOUND, "quarantine", "top.example"},
        {"x.y.top.example", RECORD_FOUND, "quarantine", "top.example"},
        {"b.a.deep.example", RECORD_FOUND, "quarantine", "deep.example"},
        {"b.end.deep.example", RECORD_FOUND, "none", "end.deep.example"},
        {"a.b.c.d.e.f.g.h.i.j.top.example", RECORD_FOUND, "quarantine",
         "top.example"},
        {"two.example", RECORD_BROKEN, "none", "two.example"},
        {"odd.example", RECORD_BROKEN, "none", "odd.example"},
        {"rua.example", RECORD_FOUND, "none", "rua.example"},
        {"word.example", RECORD_MISSING, "none", "word.example"},
        {"www.shop.public", RECORD_FOUND, "none", "shop.public"},
        {"other.public", RECORD_FOUND, "reject", "public"},
        {"down.example", RECORD_UNKNOWN, "none", "down.example"},
        {"none.example", RECORD_MISSING, "none", "none.example"},
    };
    struct dns dns = dns_recorded(records);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        OWNED(arena_free) struct arena arena = ARENA_INIT;
        struct dmarc dmarc;
        dmarc_find(&dns, cases[i].domain, &arena, &dmarc);
        if (dmarc.state != cases[i].state ||
            strcmp(dmarc.policy, cases[i].policy) != 0 ||
            strcmp(dmarc.at, cases[i].at) != 0)
            fail_msg("%s: state %d, policy %s, at %s (%s)", cases[i].domain,
                     dmarc.state, dmarc.policy, dmarc.at, dmarc.why);
    }
}

static void domains_are_aligned_by_their_organisation(void **state)
{
    (void)state;
    assert_true(dmarc_aligned("Example.org", "example.org", true));
    assert_false(dmarc_aligned("mail.example.org", "example.org", true));
    assert_true(dmarc_aligned("mail.example.org", "example.org", false));
    assert_true(dmarc_aligned("example.org", "news.example.org", false));
    assert_true(
        dmarc_aligned("bounces.example.org", "news.example.org", false));
    assert_false(dmarc_aligned("github.io", "example.github.io", false));
    assert_false(dmarc_aligned("other.co.uk", "example.co.uk", false));
    assert_false(dmarc_aligned("badexample.org", "example.org", false));
    assert_false(dmarc_aligned("example.net", "example.org", false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spf_decides_as_its_standard_says),
        cmocka_unit_test(spf_takes_ten_look_ups_and_no_more),
        cmocka_unit_test(a_published_key_is_read),
        cmocka_unit_test(the_policy_is_the_domains_or_that_of_those_above),
        cmocka_unit_test(domains_are_aligned_by_their_organisation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
