/* Reads a server's EHLO reply, keyword by keyword. */
#include "digest/sender/smtp_caps_internal.h"

#include <limits.h>

#include "digest/base/mem.h"

static void set_size(struct smtp_caps *caps, struct str value)
{
    unsigned long long size;
    caps->size = true;
    caps->size_max = str_to_u64(str_trim(value), &size) ? size : 0;
}

static void set_limits(struct smtp_caps *caps, struct str value)
{
    while (value.len) {
        struct str limit = str_cut(&value, ' ');
        struct str name = str_cut(&limit, '=');
        unsigned long long count;
        if (str_equal_nocase(name, STR("MAILMAX")) &&
            str_to_u64(limit, &count) && count > 0 && count <= UINT_MAX)
            caps->mail_max = (unsigned)count;
    }
}

static void set_flag(struct smtp_caps *caps, size_t offset)
{
    *(bool *)((char *)caps + offset) = true;
}

static void set_keyword(struct smtp_caps *caps, struct str line)
{
    static const struct {
        const char *name;
        size_t flag;
        void (*set)(struct smtp_caps *, struct str);
    } keywords[] = {
        {"PIPELINING", offsetof(struct smtp_caps, pipelining), NULL},
        {"SMTPUTF8", offsetof(struct smtp_caps, smtputf8), NULL},
        {"8BITMIME", offsetof(struct smtp_caps, eightbitmime), NULL},
        {"STARTTLS", offsetof(struct smtp_caps, starttls), NULL},
        {"AUTH", offsetof(struct smtp_caps, auth), NULL},
        {"DSN", offsetof(struct smtp_caps, dsn), NULL},
        {"SIZE", 0, set_size},
        {"LIMITS", 0, set_limits},
    };
    struct str value = str_trim(line);
    struct str name = str_cut(&value, ' ');
    for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
        if (!str_equal_nocase(name, str_of(keywords[i].name)))
            continue;
        if (keywords[i].set)
            keywords[i].set(caps, value);
        else
            set_flag(caps, keywords[i].flag);
    }
}

void smtp_caps_line(struct smtp_caps *caps, struct str line)
{
    line = str_trim(line);
    if (str_starts(line, STR("220"))) {
        *caps = (struct smtp_caps){0};
        return;
    }
    if (str_starts(line, STR("235")))
        caps->authenticated = true;
    if (!str_starts(line, STR("250")))
        return;
    /* The first line is the server's name, not a keyword. */
    if (caps->lines++ == 0)
        *caps = (struct smtp_caps){.lines = 1};
    else
        set_keyword(caps, str_from(line, line.len > 4 ? 4 : line.len));
    if (line.len < 4 || line.ptr[3] != '-')
        caps->lines = 0;
}
