/* Runs `digest dkim`: makes keys, and prints their records. */
#include <stdio.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/cli/app.h"
#include "digest/message/dkim.h"

static void print_record(const struct dkim_key *key)
{
    OWNED(strbuf_free) struct strbuf zone = STRBUF_INIT;
    dkim_record_zone(key, &zone);
    printf("%s%s", strbuf_text(&zone),
           str_ends(strbuf_str(&zone), STR("\n")) ? "" : "\n");
}

static bool parse_algorithm(const char *name, enum dkim_algorithm *out,
                            struct err *err)
{
    *out = DKIM_RSA;
    if (!name || strcmp(name, "rsa") == 0)
        return true;
    *out = DKIM_ED25519;
    return strcmp(name, "ed25519") == 0 ||
           err_set(err, ERR_USAGE, "--type \"%.40s\": has to be rsa or ed25519",
                   name);
}

static bool run_keygen(struct invocation *call, struct err *err)
{
    OWNED(dkim_key_release) struct dkim_key *key = NULL;
    enum dkim_algorithm algorithm;
    const char *domain = option_get(call, "--domain");
    const char *selector = option_get(call, "--selector");
    if (!invocation_count(call, 1, 1, err) ||
        !parse_algorithm(option_get(call, "--type"), &algorithm, err))
        return false;
    if (!domain || !selector)
        return err_set(err, ERR_USAGE,
                       "whose key? give --domain example.org --selector s1");
    if (!dkim_keygen(call->args[0], algorithm, err) ||
        !dkim_key_load(call->args[0], domain, selector, &key, err))
        return false;
    printf("Made %s (mode 0600). Publish this record:\n\n", call->args[0]);
    print_record(key);
    printf("\nThen, in digest.yaml:\n\n"
           "dkim: { domain: %s, selector: %s, key: %s }\n",
           domain, selector, call->args[0]);
    return true;
}

static bool run_record(struct invocation *call, struct err *err)
{
    OWNED(conf_free) struct conf conf = {0};
    if (!invocation_count(call, 0, 0, err) ||
        !conf_load(call->folder, call->config_path, &conf, err))
        return false;
    if (!conf.dkim_count)
        return err_set(err, ERR_CONFIG,
                       "%s: no dkim key; `digest dkim keygen` makes one",
                       conf.path);
    for (size_t i = 0; i < conf.dkim_count; i++) {
        OWNED(dkim_key_release) struct dkim_key *key = NULL;
        const struct conf_dkim *dkim = &conf.dkim[i];
        if (!dkim_key_load(dkim->key, dkim->domain, dkim->selector, &key, err))
            return false;
        print_record(key);
    }
    return true;
}

const struct command dkim_commands[] = {
    {"dkim",
     "keygen",
     "FILE",
     "make a key to sign mail with, and print its DNS record",
     {{"--domain", "D", "the sender's domain"},
      {"--selector", "S", "the key's name below it, such as s1"},
      {"--type", "T", "rsa (2048 bits) or ed25519"},
      {0}},
     run_keygen},
    {"dkim",
     "record",
     "",
     "print the DNS records of digest.yaml's keys",
     {{0}},
     run_record},
    {0},
};
