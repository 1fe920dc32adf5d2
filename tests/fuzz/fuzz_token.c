/* Nothing reads as a token but what was signed, and what was signed reads
 * back. The input is tried as a token, and also, after its first byte, as
 * the contents of one. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "subscribers/tokens/tokens.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static const struct token_keys *keys(void)
{
    static struct token_keys *loaded;
    if (loaded)
        return loaded;
    char path[] = "/tmp/digest-fuzz-token-XXXXXX";
    struct err err = {0};
    int fd = mkstemp(path);
    must(fd >= 0, "a temporary file");
    close(fd);
    unlink(path);
    random_hold(1);
    must(token_keys_create(path, &err) && token_keys_load(path, &loaded, &err),
         err.text);
    unlink(path);
    return loaded;
}

static int64_t take_number(const uint8_t **data, size_t *size)
{
    uint64_t number = 0;
    for (int i = 0; i < 8 && *size; i++, (*size)--)
        number = number << 8 | *(*data)++;
    return (int64_t)(number >> 1);
}

static void check_round_trip(const uint8_t *data, size_t size)
{
    struct token token = {.purpose = (enum token_purpose)(1 + data[0] % 5)};
    struct token back;
    OWNED(strbuf_free) struct strbuf link = STRBUF_INIT, local = STRBUF_INIT;
    data++, size--;
    for (size_t i = 0; i < SUBSCRIBER_KEY_SIZE && size; i++, size--)
        token.subscriber_key[i] = *data++;
    token.newsletter_id = take_number(&data, &size);
    token.issue_id = take_number(&data, &size);
    token_write(keys(), &token, &link);
    token_write_local(keys(), &token, &local);
    must(token_read(keys(), strbuf_str(&link), &back) &&
             back.newsletter_id == token.newsletter_id &&
             back.issue_id == token.issue_id,
         "a link's token reads back");
    must(token_read_local(keys(), strbuf_str(&local), &back) &&
             back.newsletter_id == token.newsletter_id &&
             back.issue_id == token.issue_id,
         "a local part's token reads back");
    must(!token_read(keys(), strbuf_str(&local), &back) &&
             !token_read_local(keys(), strbuf_str(&link), &back),
         "neither reads as the other");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct token token;
    must(!token_read(keys(), text, &token) &&
             !token_read_local(keys(), text, &token),
         "nobody can guess a token");
    if (size)
        check_round_trip(data, size);
    return 0;
}
