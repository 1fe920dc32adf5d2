/* Asks a resolver for DNS records, or answers from a text for tests. */
#include "digest/doctor/dns_internal.h"

#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/str.h"

static const char *const type_names[] = {
    [DNS_A] = "A",
    [DNS_AAAA] = "AAAA",
    [DNS_MX] = "MX",
    [DNS_TXT] = "TXT",
};

const char *dns_type_name(enum dns_type type)
{
    return type_names[type];
}

enum dns_status dns_ask(const struct dns *dns, const char *name,
                        enum dns_type type, struct arena *arena,
                        struct dns_answer *out)
{
    *out = (struct dns_answer){0};
    return dns->ask(dns, name, type, arena, out);
}

/* ---- recorded ---- */

static bool is_asked(struct str *line, const char *name, enum dns_type type)
{
    struct str whose = str_cut(line, ' ');
    struct str kind = str_cut(line, ' ');
    return str_equal_nocase(whose, str_of(name)) &&
           str_equal(kind, str_of(type_names[type]));
}

static enum dns_status ask_records(const struct dns *dns, const char *name,
                                   enum dns_type type, struct arena *arena,
                                   struct dns_answer *out)
{
    struct str rest = str_of(dns->records), line;
    const char *found[32];
    while (str_next_line(&rest, &line)) {
        if (!is_asked(&line, name, type) || out->count == ARRAY_SIZE(found))
            continue;
        if (str_equal(line, STR("!")))
            return DNS_FAILED;
        found[out->count++] = arena_copy_str(arena, line);
    }
    out->texts = ARENA_NEW_ARRAY(arena, const char *, out->count + 1);
    memcpy(out->texts, found, out->count * sizeof *found);
    return out->count ? DNS_FOUND : DNS_NONE;
}

struct dns dns_recorded(const char *records)
{
    return (struct dns){ask_records, records};
}
