/* Tokens a second on one core: what a recipient's links cost. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "digest/base/clock.h"
#include "digest/base/mem.h"
#include "subscribers/tokens/tokens.h"

enum { ROUNDS = 1000000 };

static void measure(const char *what, const struct token_keys *keys,
                    void (*write)(const struct token_keys *,
                                  const struct token *, struct strbuf *))
{
    struct token token = {TOKEN_UNSUBSCRIBE, {1, 2, 3}, 3, 12};
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    int64_t begun = clock_monotonic_ms();
    for (int i = 0; i < ROUNDS; i++) {
        token.subscriber_key[i & 15]++;
        strbuf_cut(&out, 0);
        write(keys, &token, &out);
    }
    int64_t took = clock_monotonic_ms() - begun;
    printf("%-8s %8.0f a second\n", what,
           (double)ROUNDS * 1000.0 / (double)(took ? took : 1));
}

int main(void)
{
    char path[] = "/tmp/digest-bench-tokens";
    struct token_keys *keys = NULL;
    struct err err = {0};
    unlink(path);
    if (!token_keys_create(path, &err) || !token_keys_load(path, &keys, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return EXIT_FAILURE;
    }
    measure("link", keys, token_write);
    measure("local", keys, token_write_local);
    token_keys_free(keys);
    unlink(path);
    return EXIT_SUCCESS;
}
