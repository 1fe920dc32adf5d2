/* Reads DKIM and DMARC records of a domain. */
#include "digest/doctor/mail_records_internal.h"

#include <string.h>

#include "digest/base/organisation.h"
#include "digest/base/str.h"

/* ---- lists of tag=value ---- */

/* The next of "v=DKIM1; k=rsa; p=…"; false at the end, or with *good false
 * where there is no '='. */
static bool next_tag(struct str *rest, struct str *name, struct str *value,
                     bool *good)
{
    while (rest->len) {
        struct str pair = str_trim(str_cut(rest, ';'));
        if (!pair.len)
            continue;
        size_t equals = str_find(pair, '=');
        *good = equals < pair.len && equals > 0;
        *name = str_trim((struct str){pair.ptr, equals});
        *value = str_trim(*good ? str_from(pair, equals + 1)
                                : str_from(pair, pair.len));
        return *good;
    }
    *good = true;
    return false;
}

/* One value; an empty view without ptr when there is none. */
static struct str get_tag(const char *record, const char *wanted)
{
    struct str rest = str_of(record), name, value;
    bool good;
    while (next_tag(&rest, &name, &value, &good))
        if (str_equal_nocase(name, str_of(wanted)))
            return value;
    return (struct str){0};
}

static bool is_list(const char *record)
{
    struct str rest = str_of(record), name, value;
    bool good;
    while (next_tag(&rest, &name, &value, &good))
        ;
    return good;
}

static bool has_word(struct str list, const char *word)
{
    while (list.len)
        if (str_equal_nocase(str_trim(str_cut(&list, ':')), str_of(word)))
            return true;
    return false;
}

/* ---- DKIM ---- */

static void read_dkim(struct dkim_published *out)
{
    struct str version = get_tag(out->record, "v");
    struct str key = get_tag(out->record, "p");
    struct str hashes = get_tag(out->record, "h");
    struct str flags = get_tag(out->record, "t");
    struct str services = get_tag(out->record, "s");
    out->state = RECORD_BROKEN;
    if (!is_list(out->record))
        out->why = "it isn't a list of tag=value";
    else if (version.ptr && !str_equal(version, STR("DKIM1")))
        out->why = "its v= isn't DKIM1";
    else if (!key.ptr)
        out->why = "it has no p=, the key";
    else if (hashes.ptr && !has_word(hashes, "sha256"))
        out->why = "its h= leaves out sha256";
    else if (services.ptr && !has_word(services, "*") &&
             !has_word(services, "email"))
        out->why = "its s= leaves out mail";
    else
        out->state = RECORD_FOUND;
    out->revoked = key.ptr && key.len == 0;
    out->testing = has_word(flags, "y");
}

void dkim_find(const struct dns *dns, const char *selector, const char *domain,
               struct arena *arena, struct dkim_published *out)
{
    struct dns_answer answer;
    *out = (struct dkim_published){.record = "", .why = ""};
    out->name = arena_format(arena, "%s._domainkey.%s", selector, domain);
    enum dns_status status = dns_ask(dns, out->name, DNS_TXT, arena, &answer);
    out->state = status == DNS_FAILED ? RECORD_UNKNOWN : RECORD_MISSING;
    if (status != DNS_FOUND)
        return;
    out->record = answer.texts[0];
    if (answer.count > 1) {
        out->state = RECORD_BROKEN;
        out->why = "there is more than one record";
        return;
    }
    read_dkim(out);
}

/* ---- DMARC ---- */

enum { LABELS_MAX = 8 };

static const char *const policies[] = {"none", "quarantine", "reject"};

/* The policy's word as it is written, or NULL. */
static const char *find_policy(struct str value)
{
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++)
        if (str_equal_nocase(value, str_of(policies[i])))
            return policies[i];
    return NULL;
}

static void read_dmarc(struct dmarc *out, bool is_own)
{
    struct str below = get_tag(out->record, "sp");
    struct str policy = get_tag(out->record, "p");
    struct str reports = get_tag(out->record, "rua");
    out->policy = find_policy(!is_own && below.ptr ? below : policy);
    out->reports = reports.len > 0;
    out->strict_dkim =
        str_equal_nocase(get_tag(out->record, "adkim"), STR("s"));
    out->strict_spf = str_equal_nocase(get_tag(out->record, "aspf"), STR("s"));
    out->testing = str_equal_nocase(get_tag(out->record, "t"), STR("y"));
    out->state = RECORD_FOUND;
    if (is_list(out->record) && out->policy)
        return;
    out->state =
        out->reports && is_list(out->record) ? RECORD_FOUND : RECORD_BROKEN;
    out->why = is_list(out->record) ? "its p= isn't none, quarantine or reject"
                                    : "it isn't a list of tag=value";
    out->policy = "none";
}

static bool is_dmarc(const char *text)
{
    struct str rest = str_of(text);
    struct str first = str_trim(str_cut(&rest, ';'));
    struct str name = str_trim(str_cut(&first, '='));
    return str_equal_nocase(name, STR("v")) &&
           str_equal(str_trim(first), STR("DMARC1"));
}

/* The one record at a domain. Several are as good as none. */
static enum record_state look_at(const struct dns *dns, const char *domain,
                                 struct arena *arena, const char **record)
{
    struct dns_answer answer;
    const char *name = arena_format(arena, "_dmarc.%s", domain);
    size_t count = 0;
    if (dns_ask(dns, name, DNS_TXT, arena, &answer) == DNS_FAILED)
        return RECORD_UNKNOWN;
    for (size_t i = 0; i < answer.count; i++)
        if (is_dmarc(answer.texts[i])) {
            *record = answer.texts[i];
            count++;
        }
    return count == 1 ? RECORD_FOUND : count ? RECORD_BROKEN : RECORD_MISSING;
}

static size_t count_labels(const char *domain)
{
    size_t labels = 1;
    for (const char *c = domain; *c; c++)
        labels += *c == '.';
    return labels;
}

static const char *parent_of(const char *domain)
{
    size_t skip = count_labels(domain) > LABELS_MAX
                      ? count_labels(domain) - LABELS_MAX + 1
                      : 1;
    while (domain && skip--) {
        domain = strchr(domain, '.');
        domain = domain ? domain + 1 : NULL;
    }
    return domain;
}

/* Above a domain without a record of its own, the organisation's is the one
 * nearest to the root, unless a record says where it ends. */
static void climb(const struct dns *dns, const char *domain,
                  struct arena *arena, struct dmarc *out)
{
    for (const char *at = parent_of(domain); at; at = parent_of(at)) {
        const char *record = NULL;
        enum record_state state = look_at(dns, at, arena, &record);
        if (state == RECORD_UNKNOWN) {
            out->state = state;
            return;
        }
        if (state != RECORD_FOUND)
            continue;
        struct str psd = get_tag(record, "psd");
        if (str_equal_nocase(psd, STR("y")) && *out->record)
            return;
        out->at = at;
        out->record = record;
        if (str_equal_nocase(psd, STR("n")))
            return;
    }
}

void dmarc_find(const struct dns *dns, const char *domain, struct arena *arena,
                struct dmarc *out)
{
    const char *record = "";
    *out = (struct dmarc){.at = domain, .why = "", .policy = "none"};
    out->state = look_at(dns, domain, arena, &record);
    out->record = record;
    if (out->state == RECORD_BROKEN)
        out->why = "there is more than one record";
    else if (out->state == RECORD_FOUND)
        read_dmarc(out, true);
    if (out->state != RECORD_MISSING)
        return;
    climb(dns, domain, arena, out);
    if (out->state == RECORD_MISSING && *out->record)
        read_dmarc(out, false);
}

bool dmarc_aligned(const char *domain, const char *from, bool strict)
{
    struct str a = str_of(domain), b = str_of(from);
    return strict ? str_equal_nocase(a, b) : organisation_is_same(a, b);
}
