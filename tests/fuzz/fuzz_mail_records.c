/* Whatever a domain publishes: SPF ends within its look-ups and says what is
 * wrong, DKIM and DMARC records are taken or refused, for a reason. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/doctor/mail_records_internal.h"
#include "digest/doctor/spf_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void check_spf(const struct dns *dns, const char *address,
                      struct arena *arena)
{
    struct spf spf;
    spf_check(dns, "a.example", address, arena, &spf);
    must(spf.lookups <= SPF_LOOKUPS_MAX + 1, "it stops asking");
    must((spf.verdict == SPF_PERMERROR) == (*spf.why != '\0'),
         "an error says why");
    must(spf.verdict != SPF_PASS || *spf.term, "a pass says by what");
}

static void check_records(const struct dns *dns, struct arena *arena)
{
    struct dkim_published dkim;
    struct dmarc dmarc;
    dkim_find(dns, "s", "a.example", arena, &dkim);
    must((dkim.state == RECORD_BROKEN) == (*dkim.why != '\0'),
         "what is wrong with a key is said");
    dmarc_find(dns, "b.a.example", arena, &dmarc);
    must(strcmp(dmarc.policy, "none") == 0 ||
             strcmp(dmarc.policy, "quarantine") == 0 ||
             strcmp(dmarc.policy, "reject") == 0,
         "the policy is one of three");
}

/* Each line is published as all three, and as what SPF may include. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {
        "a.example", "i.example", "s._domainkey.a.example", "_dmarc.a.example"};
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    OWNED(strbuf_free) struct strbuf records = STRBUF_INIT;
    struct str rest = {(const char *)data, size}, line;
    while (str_next_line(&rest, &line))
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
            strbuf_add_format(&records, "%s TXT ", names[i]);
            strbuf_add_str(&records, line);
            strbuf_add_char(&records, '\n');
        }
    strbuf_add_text(&records, "a.example A 192.0.2.1\na.example MX m.example\n"
                              "m.example A 192.0.2.2\n");
    struct dns dns = dns_recorded(strbuf_text(&records));
    check_spf(&dns, "192.0.2.1", &arena);
    check_spf(&dns, "2001:db8::1", &arena);
    check_records(&dns, &arena);
    return 0;
}
