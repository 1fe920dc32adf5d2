/* Asks DNS servers for records, through the machine's own resolver. */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"
#include "digest/base/str.h"
#include "digest/base/strbuf.h"
#include "digest/doctor/dns_internal.h"

enum { ANSWER_SIZE = 65536, RECORDS_MAX = 64, TRY_S = 3, TRIES = 2 };

static const ns_type types[] = {
    [DNS_A] = ns_t_a,
    [DNS_AAAA] = ns_t_aaaa,
    [DNS_MX] = ns_t_mx,
    [DNS_TXT] = ns_t_txt,
};

/* DIGEST_DNS=127.0.0.1:5353 */
static void set_server(struct __res_state *state)
{
    const char *given = getenv("DIGEST_DNS");
    const char *colon = given ? strrchr(given, ':') : NULL;
    struct sockaddr_in *server = &state->nsaddr_list[0];
    char host[64];
    if (!colon || (size_t)(colon - given) >= sizeof host)
        return;
    snprintf(host, sizeof host, "%.*s", (int)(colon - given), given);
    if (inet_pton(AF_INET, host, &server->sin_addr) != 1)
        return;
    server->sin_family = AF_INET;
    server->sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    state->nscount = 1;
}

struct record {
    unsigned order; /* of mail servers */
    const char *text;
};

static int by_order(const void *a, const void *b)
{
    const struct record *one = a, *other = b;
    return (one->order > other->order) - (one->order < other->order);
}

static const char *read_address(int family, const unsigned char *bytes,
                                struct arena *arena)
{
    char text[INET6_ADDRSTRLEN];
    return inet_ntop(family, bytes, text, sizeof text) ? arena_copy(arena, text)
                                                       : NULL;
}

static const char *read_strings(const unsigned char *at, size_t length,
                                struct arena *arena)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < length;) {
        size_t part = at[i++];
        if (part > length - i)
            return NULL;
        strbuf_add(&text, at + i, part);
        i += part;
    }
    return arena_copy_str(arena, strbuf_str(&text));
}

static const char *read_mail_server(ns_msg *message, const ns_rr *rr,
                                    struct arena *arena)
{
    char name[NS_MAXDNAME];
    const unsigned char *data = ns_rr_rdata(*rr);
    if (ns_rr_rdlen(*rr) < 3 ||
        ns_name_uncompress(ns_msg_base(*message), ns_msg_end(*message),
                           data + 2, name, sizeof name) < 0)
        return NULL;
    return arena_copy(arena, *name ? name : ".");
}

/* NULL for what isn't well formed, or another record (an alias on the way) */
static const char *read_record(ns_msg *message, const ns_rr *rr,
                               enum dns_type type, struct arena *arena)
{
    size_t length = ns_rr_rdlen(*rr);
    if (ns_rr_type(*rr) != types[type])
        return NULL;
    switch (type) {
    case DNS_A:
        return length == 4 ? read_address(AF_INET, ns_rr_rdata(*rr), arena)
                           : NULL;
    case DNS_AAAA:
        return length == 16 ? read_address(AF_INET6, ns_rr_rdata(*rr), arena)
                            : NULL;
    case DNS_MX:
        return read_mail_server(message, rr, arena);
    case DNS_TXT:
        return read_strings(ns_rr_rdata(*rr), length, arena);
    }
    return NULL;
}

static enum dns_status read_answer(const unsigned char *bytes, int length,
                                   enum dns_type type, struct arena *arena,
                                   struct dns_answer *out)
{
    ns_msg message;
    struct record found[RECORDS_MAX];
    size_t count = 0;
    if (ns_initparse(bytes, length, &message) != 0)
        return DNS_FAILED;
    for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
        ns_rr rr;
        if (ns_parserr(&message, ns_s_an, i, &rr) != 0)
            return DNS_FAILED;
        const char *text = read_record(&message, &rr, type, arena);
        if (!text || count == RECORDS_MAX)
            continue;
        found[count].order = type == DNS_MX ? ns_get16(ns_rr_rdata(rr)) : 0;
        found[count++].text = text;
    }
    if (count)
        qsort(found, count, sizeof *found, by_order);
    out->texts = ARENA_NEW_ARRAY(arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        out->texts[i] = found[i].text;
    out->count = count;
    return count ? DNS_FOUND : DNS_NONE;
}

static enum dns_status ask_resolver(const struct dns *dns, const char *name,
                                    enum dns_type type, struct arena *arena,
                                    struct dns_answer *out)
{
    (void)dns;
    struct __res_state state = {0};
    OWNED(mem_free) unsigned char *bytes = mem_new(ANSWER_SIZE, 1);
    if (res_ninit(&state) != 0)
        return DNS_FAILED;
    set_server(&state);
    state.retrans = TRY_S;
    state.retry = TRIES;
    state.options |= RES_USE_EDNS0;
    int length =
        res_nquery(&state, name, ns_c_in, (int)types[type], bytes, ANSWER_SIZE);
    int why = state.res_h_errno;
    res_nclose(&state);
    if (length < 0)
        return why == HOST_NOT_FOUND || why == NO_DATA ? DNS_NONE : DNS_FAILED;
    if (length > ANSWER_SIZE)
        length = ANSWER_SIZE;
    return read_answer(bytes, length, type, arena, out);
}

struct dns dns_system(void)
{
    return (struct dns){ask_resolver, NULL};
}
