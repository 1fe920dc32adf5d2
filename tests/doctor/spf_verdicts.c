/* Prints what SPF says, for tests/support/spf_worlds.py.
 *
 * Standard input is records (NAME TYPE TEXT, one a line) up to a line
 * "= DOMAIN ADDRESS", which asks; each line of output is a verdict.
 */
#include <stdio.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/doctor/spf_internal.h"

static void answer(const char *records, const char *domain, const char *address)
{
    OWNED(arena_free) struct arena arena = ARENA_INIT;
    struct dns dns = dns_recorded(records);
    struct spf spf;
    spf_check(&dns, domain, address, &arena, &spf);
    puts(spf_verdict_name(spf.verdict));
    fflush(stdout);
}

int main(void)
{
    OWNED(strbuf_free) struct strbuf records = STRBUF_INIT;
    char line[4096], domain[256], address[64];
    while (fgets(line, sizeof line, stdin)) {
        if (sscanf(line, "= %255s %63s", domain, address) == 2) {
            answer(strbuf_text(&records), domain, address);
            strbuf_cut(&records, 0);
        } else {
            strbuf_add_text(&records, line);
        }
    }
    return 0;
}
