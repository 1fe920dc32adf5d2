/* Fuzzes the texts that people write by hand: digest.yaml, dates, durations,
 * titles. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/conf.h"
#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void read_configuration(struct str text)
{
    struct err err = {0};
    OWNED(conf_free) struct conf conf = {0};
    if (conf_parse(text, "/srv/news", "digest.yaml", &conf, &err))
        require(conf.database_path && conf.keys_file, "paths have defaults");
    else
        require(str_starts(str_of(err.text), STR("digest.yaml:")),
                "an error names its line");
}

static void read_times(struct str text)
{
    char out[TIME_TEXT_SIZE];
    int64_t at, back, seconds;
    if (time_parse_any(text, &at)) {
        require(time_parse_rfc3339(str_of(time_rfc3339(at, out)), &back) &&
                    at == back,
                "a time reads back");
        time_rfc5322(at, out);
    }
    if (time_parse_duration(text, &seconds))
        require(seconds >= 0, "a duration has no sign");
}

static void clean(void (*cleaner)(struct strbuf *, struct str), struct str text)
{
    OWNED(strbuf_free) struct strbuf once = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf twice = STRBUF_INIT;
    cleaner(&once, text);
    cleaner(&twice, strbuf_str(&once));
    require(utf8_invalid_at(strbuf_str(&once)) == once.len, "UTF-8");
    require(str_equal(strbuf_str(&once), strbuf_str(&twice)), "clean is clean");
}

static void decode(struct str text)
{
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf again = STRBUF_INIT;
    if (base64url_decode(&bytes, text)) {
        base64url_encode(&again, strbuf_str(&bytes));
        require(str_equal(strbuf_str(&again), text), "base64url is unique");
    }
    strbuf_cut(&bytes, 0);
    (void)base64_decode(&bytes, text);
    (void)base32_decode(&bytes, text);
    (void)hex_decode(&bytes, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    read_configuration(text);
    read_times(text);
    clean(utf8_clean, text);
    clean(utf8_clean_line, text);
    decode(text);
    return 0;
}
