/* Evaluates SPF records for an address, within the limits of look-ups. */
#include "digest/doctor/spf_internal.h"

#include <arpa/inet.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/str.h"

enum { DEPTH_MAX = 10, MX_MAX = 10 };

#define REDIRECT "redirect="

static const char *const verdict_names[] = {
    [SPF_PASS] = "pass",           [SPF_FAIL] = "fail",
    [SPF_SOFTFAIL] = "softfail",   [SPF_NEUTRAL] = "neutral",
    [SPF_NONE] = "none",           [SPF_PERMERROR] = "permerror",
    [SPF_TEMPERROR] = "temperror", [SPF_UNKNOWN] = "unknown",
};

const char *spf_verdict_name(enum spf_verdict verdict)
{
    return verdict_names[verdict];
}

/* One check under way. */
struct walk {
    const struct dns *dns;
    struct arena *arena;
    struct spf *out;
    int family;
    unsigned char bytes[16]; /* of the address */
    unsigned lookups, voids;
    bool reading; /* only whether the record is well formed */
};

static enum spf_verdict wrong(struct walk *w, const char *why)
{
    w->out->why = why;
    return SPF_PERMERROR;
}

/* ---- addresses ---- */

static bool same_bits(const unsigned char *a, const unsigned char *b,
                      unsigned bits)
{
    unsigned whole = bits / 8, left = bits % 8;
    if (memcmp(a, b, whole) != 0)
        return false;
    return !left || ((a[whole] ^ b[whole]) >> (8 - left)) == 0;
}

static bool in_network(const struct walk *w, int family, const char *network,
                       unsigned bits)
{
    unsigned char bytes[16];
    return family == w->family && inet_pton(family, network, bytes) == 1 &&
           same_bits(bytes, w->bytes, bits);
}

/* "/24", "//64", "/24//64" at the end of a term: taken off. */
static bool take_prefix(struct str *term, unsigned *v4, unsigned *v6)
{
    unsigned long long number;
    *v4 = 32;
    *v6 = 128;
    size_t slash = str_find(*term, '/');
    struct str rest = str_from(*term, slash);
    term->len = slash;
    size_t twice = str_find_str(rest, STR("//"));
    struct str six = str_from(rest, twice);
    struct str four = {rest.ptr, twice};
    if (four.len) {
        if (!str_to_u64(str_from(four, 1), &number) || number > 32)
            return false;
        *v4 = (unsigned)number;
    }
    if (six.len) {
        if (!str_to_u64(str_from(six, 2), &number) || number > 128)
            return false;
        *v6 = (unsigned)number;
    }
    return true;
}

/* ---- looking up ---- */

static bool count_lookup(struct walk *w)
{
    return ++w->lookups <= SPF_LOOKUPS_MAX;
}

/* Whether the address is one of the host's. */
static enum spf_verdict host_matches(struct walk *w, const char *host,
                                     unsigned v4, unsigned v6, bool *matched)
{
    struct dns_answer answer;
    bool six = w->family == AF_INET6;
    enum dns_status status =
        dns_ask(w->dns, host, six ? DNS_AAAA : DNS_A, w->arena, &answer);
    if (status == DNS_FAILED)
        return SPF_TEMPERROR;
    if (status == DNS_NONE && ++w->voids > SPF_VOID_MAX)
        return wrong(w, "more than two of its names lead nowhere");
    for (size_t i = 0; i < answer.count; i++)
        *matched |= in_network(w, w->family, answer.texts[i], six ? v6 : v4);
    return SPF_PASS;
}

static enum spf_verdict mx_matches(struct walk *w, const char *domain,
                                   unsigned v4, unsigned v6, bool *matched)
{
    struct dns_answer answer;
    enum dns_status status = dns_ask(w->dns, domain, DNS_MX, w->arena, &answer);
    if (status == DNS_FAILED)
        return SPF_TEMPERROR;
    if (status == DNS_NONE && ++w->voids > SPF_VOID_MAX)
        return wrong(w, "more than two of its names lead nowhere");
    if (answer.count > MX_MAX)
        return wrong(w, "mx names more than ten mail servers");
    for (size_t i = 0; i < answer.count && !*matched; i++) {
        enum spf_verdict verdict =
            host_matches(w, answer.texts[i], v4, v6, matched);
        if (verdict != SPF_PASS)
            return verdict;
    }
    return SPF_PASS;
}

/* ---- terms ---- */

static enum spf_verdict walk_domain(struct walk *w, const char *domain,
                                    unsigned depth);

static bool has_macro(struct str text)
{
    return str_find(text, '%') < text.len;
}

/* SPF_PASS with *matched, or an error, or SPF_UNKNOWN. */
static enum spf_verdict match_include(struct walk *w, const char *domain,
                                      unsigned depth, bool *matched)
{
    enum spf_verdict verdict = walk_domain(w, domain, depth + 1);
    switch (verdict) {
    case SPF_PASS:
        *matched = true;
        return SPF_PASS;
    case SPF_FAIL:
    case SPF_SOFTFAIL:
    case SPF_NEUTRAL:
        return SPF_PASS;
    case SPF_NONE:
        return wrong(w, arena_format(w->arena,
                                     "include:%s, which has no SPF record",
                                     domain));
    default:
        return verdict;
    }
}

static enum spf_verdict match_network(struct walk *w, int family,
                                      struct str value, bool *matched)
{
    unsigned v4, v6;
    unsigned char bytes[16];
    if (family == AF_INET6) { /* its prefix has one slash */
        unsigned long long bits = 128;
        size_t slash = str_find(value, '/');
        if (slash < value.len &&
            (!str_to_u64(str_from(value, slash + 1), &bits) || bits > 128))
            return wrong(w, "an ip6 that is no network");
        value.len = slash;
        v6 = (unsigned)bits;
        v4 = 32;
    } else if (str_find_str(value, STR("//")) < value.len ||
               !take_prefix(&value, &v4, &v6)) {
        return wrong(w, "an ip4 that is no network");
    }
    const char *network = arena_copy_str(w->arena, value);
    if (inet_pton(family, network, bytes) != 1)
        return wrong(w, arena_format(w->arena, "%s is no address", network));
    *matched = in_network(w, family, network, family == AF_INET6 ? v6 : v4);
    return SPF_PASS;
}

enum mechanism { ALL, IP4, IP6, A, MX, INCLUDE, EXISTS, PTR, MECHANISMS };
static const char *const mechanisms[MECHANISMS] = {
    "all", "ip4", "ip6", "a", "mx", "include", "exists", "ptr"};

static enum mechanism find_mechanism(struct str name)
{
    for (int i = 0; i < MECHANISMS; i++)
        if (str_equal_nocase(name, str_of(mechanisms[i])))
            return (enum mechanism)i;
    return MECHANISMS;
}

/* The mechanisms that ask the DNS. */
static enum spf_verdict match_names(struct walk *w, enum mechanism what,
                                    struct str value, const char *domain,
                                    unsigned depth, bool *matched)
{
    unsigned v4, v6;
    if (what != INCLUDE && !take_prefix(&value, &v4, &v6))
        return wrong(w, "a prefix that is none");
    if ((what == INCLUDE || what == EXISTS) && !value.len)
        return wrong(w, "an include or exists without a domain");
    if (w->reading)
        return SPF_PASS;
    if (!count_lookup(w))
        return wrong(w, "it takes more than ten look-ups");
    if (what == PTR || what == EXISTS || has_macro(value))
        return SPF_UNKNOWN;
    const char *name = value.len ? arena_copy_str(w->arena, value) : domain;
    if (what == INCLUDE)
        return match_include(w, name, depth, matched);
    return what == A ? host_matches(w, name, v4, v6, matched)
                     : mx_matches(w, name, v4, v6, matched);
}

static enum spf_verdict not_a_term(struct walk *w, struct str term)
{
    return wrong(
        w, arena_format(w->arena, "\"%.*s\" is no term of SPF", STR_ARG(term)));
}

static enum spf_verdict match_term(struct walk *w, struct str term,
                                   const char *domain, unsigned depth,
                                   bool *matched)
{
    size_t end = 0;
    while (end < term.len && term.ptr[end] != ':' && term.ptr[end] != '/')
        end++;
    enum mechanism what = find_mechanism((struct str){term.ptr, end});
    struct str value = str_from(term, end);
    if (value.len && value.ptr[0] == ':') {
        value = str_from(value, 1);
        if (!value.len || value.ptr[0] == '/' || what == ALL)
            return not_a_term(w, term);
    }
    switch (what) {
    case ALL:
        if (value.len)
            return not_a_term(w, term);
        *matched = true;
        return SPF_PASS;
    case IP4:
    case IP6:
        return match_network(w, what == IP6 ? AF_INET6 : AF_INET, value,
                             matched);
    case MECHANISMS:
        return not_a_term(w, term);
    default:
        return match_names(w, what, value, domain, depth, matched);
    }
}

static enum spf_verdict qualify(char sign)
{
    return sign == '-'   ? SPF_FAIL
           : sign == '~' ? SPF_SOFTFAIL
           : sign == '?' ? SPF_NEUTRAL
                         : SPF_PASS;
}

/* "redirect=_spf.example.org": a name of letters, then '='. */
static bool is_modifier(struct str term)
{
    size_t equals = str_find(term, '=');
    return equals < str_find(term, ':') && equals < str_find(term, '/');
}

static enum spf_verdict follow_redirect(struct walk *w, struct str to,
                                        unsigned depth)
{
    if (!count_lookup(w))
        return wrong(w, "it takes more than ten look-ups");
    if (has_macro(to))
        return SPF_UNKNOWN;
    enum spf_verdict verdict =
        walk_domain(w, arena_copy_str(w->arena, to), depth + 1);
    return verdict == SPF_NONE
               ? wrong(w, "its redirect leads to a domain without a record")
               : verdict;
}

static size_t sign_of(struct str term)
{
    return strchr("+-~?", term.ptr[0]) ? 1 : 0;
}

/* One mistake anywhere spoils the whole record (§4.6). */
static enum spf_verdict read_record(struct walk *w, struct str record,
                                    const char *domain)
{
    enum spf_verdict verdict = SPF_PASS;
    unsigned redirects = 0, explanations = 0;
    w->reading = true;
    while (record.len && verdict == SPF_PASS) {
        struct str term = str_cut(&record, ' ');
        bool matched = false;
        if (!term.len)
            continue;
        redirects += str_starts_nocase(term, STR(REDIRECT));
        explanations += str_starts_nocase(term, STR("exp="));
        if (redirects > 1 || explanations > 1 ||
            str_equal_nocase(term, STR(REDIRECT)))
            verdict = not_a_term(w, term);
        else if (!is_modifier(term))
            verdict = match_term(w, str_from(term, sign_of(term)), domain, 0,
                                 &matched);
    }
    w->reading = false;
    return verdict;
}

static enum spf_verdict walk_terms(struct walk *w, struct str record,
                                   const char *domain, unsigned depth)
{
    struct str redirect = {0};
    bool unknown = false;
    while (record.len) {
        struct str term = str_cut(&record, ' ');
        bool matched = false;
        if (!term.len || is_modifier(term)) {
            if (str_starts_nocase(term, STR(REDIRECT)))
                redirect = str_from(term, sizeof REDIRECT - 1);
            continue;
        }
        enum spf_verdict verdict = match_term(w, str_from(term, sign_of(term)),
                                              domain, depth, &matched);
        unknown |= verdict == SPF_UNKNOWN;
        if (verdict != SPF_PASS && verdict != SPF_UNKNOWN)
            return verdict;
        if (!matched)
            continue;
        verdict = qualify(term.ptr[0]);
        if (unknown && verdict != SPF_PASS)
            return SPF_UNKNOWN;
        w->out->term = arena_copy_str(w->arena, term);
        return verdict;
    }
    if (redirect.len)
        return follow_redirect(w, redirect, depth);
    return unknown ? SPF_UNKNOWN : SPF_NEUTRAL;
}

static enum spf_verdict walk_record(struct walk *w, struct str record,
                                    const char *domain, unsigned depth)
{
    str_cut(&record, ' '); /* v=spf1 */
    enum spf_verdict verdict = read_record(w, record, domain);
    return verdict == SPF_PASS ? walk_terms(w, record, domain, depth) : verdict;
}

static bool is_spf(const char *text)
{
    struct str record = str_of(text);
    return str_equal_nocase(str_cut(&record, ' '), STR("v=spf1"));
}

static enum spf_verdict walk_domain(struct walk *w, const char *domain,
                                    unsigned depth)
{
    struct dns_answer answer;
    const char *record = NULL;
    if (depth > DEPTH_MAX)
        return wrong(w, "it takes more than ten look-ups");
    if (dns_ask(w->dns, domain, DNS_TXT, w->arena, &answer) == DNS_FAILED)
        return SPF_TEMPERROR;
    for (size_t i = 0; i < answer.count; i++) {
        if (!is_spf(answer.texts[i]))
            continue;
        if (record)
            return wrong(w, arena_format(w->arena,
                                         "%s has more than one SPF record",
                                         domain));
        record = answer.texts[i];
    }
    if (!record)
        return SPF_NONE;
    if (depth == 0)
        w->out->record = record;
    return walk_record(w, str_of(record), domain, depth);
}

void spf_check(const struct dns *dns, const char *domain, const char *address,
               struct arena *arena, struct spf *out)
{
    struct walk w = {.dns = dns, .arena = arena, .out = out};
    *out = (struct spf){.record = "", .term = "", .why = ""};
    w.family = strchr(address, ':') ? AF_INET6 : AF_INET;
    if (inet_pton(w.family, address, w.bytes) != 1) {
        out->verdict = SPF_UNKNOWN;
        return;
    }
    out->verdict = walk_domain(&w, domain, 0);
    out->lookups = w.lookups;
}
