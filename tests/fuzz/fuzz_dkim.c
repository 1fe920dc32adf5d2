/* Any bytes as a message to sign, and as a published record: the canonical
 * forms are stable, and a signature is one field of short lines. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/message/dkim.h"
#include "digest/message/dkim_canon_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* RFC 8463 Appendix A.1. */
static const char pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void check_body(struct str body)
{
    OWNED(strbuf_free) struct strbuf once = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf twice = STRBUF_INIT;
    dkim_relax_body(&once, body);
    struct str relaxed = strbuf_str(&once);
    must(relaxed.len <= body.len + 2, "a relaxed body is no longer");
    must(relaxed.len == 0 || str_ends(relaxed, STR("\r\n")),
         "a relaxed body ends in a line end");
    must(!str_ends(relaxed, STR("\r\n\r\n")), "and has no empty lines there");
    must(str_find_str(relaxed, STR(" \r\n")) == relaxed.len &&
             str_find_str(relaxed, STR("  ")) == relaxed.len &&
             str_find(relaxed, '\t') == relaxed.len,
         "its blanks are single spaces inside a line");
    dkim_relax_body(&twice, relaxed);
    must(str_equal(relaxed, strbuf_str(&twice)), "relaxing is stable");
}

static void check_signature(struct str field)
{
    must(str_starts(field, STR("DKIM-Signature: v=1;")), "it is a signature");
    must(str_ends(field, STR("\r\n")), "it ends its line");
    struct str line;
    for (bool first = true; str_next_line(&field, &line); first = false) {
        must(line.len <= 78, "its lines are short");
        must(first || (line.len > 1 && line.ptr[0] == ' '),
             "it is a single field");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct dkim_key *key;
    static struct dkim_signer *signer;
    struct err err = {0};
    if (!signer)
        must(dkim_key_parse(STR(pem), "example.org", "s", &key, &err) &&
                 dkim_signer_new((const struct dkim_key *[]){key}, 1, &signer,
                                 &err),
             "the key is good");
    struct str input = {size ? (const char *)data : "", size};
    check_body(input);
    dkim_record_matches(key, input);
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    if (dkim_sign(signer, input, 1, &out, &err))
        check_signature(strbuf_str(&out));
    else
        must(err.kind == ERR_INPUT && out.len == 0, "an error says what");
    return 0;
}
