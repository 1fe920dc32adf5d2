/* Whatever comes into the bounce mailbox: there is a verdict, and its texts
 * are within the mail's memory. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "subscribers/bounces/classify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(mail_free) struct mail mail = {0};
    struct bounce_verdicts verdicts;
    mail_parse((struct str){(const char *)data, size}, &mail);
    bounce_classify(&mail, &verdicts);
    must(verdicts.count > 0, "there is a verdict");
    for (size_t i = 0; i < verdicts.count; i++) {
        const struct bounce_verdict *v = &verdicts.items[i];
        OWNED(mem_free) char *who = str_dup(v->recipient);
        OWNED(mem_free) char *said = str_dup(v->said);
        must(strlen(who) <= v->recipient.len, "it names somebody, or nobody");
        must(v->reason && bounce_kind_name(v->kind), "it has words");
        must(!v->counts || v->kind == BOUNCE_SOFT ||
                 v->kind == BOUNCE_COMPLAINT,
             "only soft ones and complaints count");
        bool temporary = v->status[0] == '4';
        must(!temporary || v->kind != BOUNCE_HARD ||
                 strstr(said, "User unknown in ") ||
                 strstr(said, "responded with code NXDOMAIN"),
             "what is temporary is not for good");
    }
    return 0;
}
