/* Resolves, cleans and escapes the addresses of links. */
#include "digest/document/url.h"

#include <libxml/uri.h>

#include "digest/base/host.h"
#include "digest/base/mem.h"
#include "digest/base/url.h"

static const struct scheme {
    struct str name;
    bool has_host; /* and so can name a file */
} schemes[] = {
    {{"http:", 5}, true},
    {{"https:", 6}, true},
    {{"mailto:", 7}, false},
    {{"tel:", 4}, false},
};

/* Cleans an address as browsers read an attribute: trimmed, TAB and line ends
 * taken out. */
static void clean(struct strbuf *out, struct str raw)
{
    while (raw.len && (unsigned char)raw.ptr[0] <= ' ')
        raw = str_from(raw, 1);
    while (raw.len && (unsigned char)raw.ptr[raw.len - 1] <= ' ')
        raw.len--;
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.ptr[i];
        if (c >= ' ' && c != 0x7f)
            strbuf_add_char(out, (char)c);
    }
}

/* cmark writes these as they are into href and percent-encodes the rest, so
 * that a URL in this form reads back as it was. */
static bool is_plain(unsigned char c)
{
    static const char marks[] = "-_.+!*'(),%#@?=;:/&$~";
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || (c && strchr(marks, c));
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* A stray percent sign, or a second number sign, is escaped as well: what
 * stands there then is well-formed. */
static bool must_escape(struct str url, size_t i, bool in_fragment)
{
    char c = url.ptr[i];
    if (c == '%')
        return i + 2 >= url.len || !is_hex(url.ptr[i + 1]) ||
               !is_hex(url.ptr[i + 2]);
    return !is_plain((unsigned char)c) || (c == '#' && in_fragment);
}

void url_escape(struct strbuf *out, struct str url)
{
    static const char hex[] = "0123456789ABCDEF";
    bool in_fragment = false;
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];
        if (must_escape(url, i, in_fragment)) {
            char code[3] = {'%', hex[c >> 4], hex[c & 15]};
            strbuf_add(out, code, sizeof code);
        } else {
            strbuf_add_char(out, (char)c);
            in_fragment = in_fragment || c == '#';
        }
    }
}

static bool has_scheme(struct str url)
{
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];
        if (c == ':')
            return i > 0;
        bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        bool later = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
        if (!letter && !(later && i > 0))
            return false;
    }
    return false;
}

static bool is_allowed(struct str url, enum url_use use)
{
    for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
        if (!str_starts_nocase(url, schemes[i].name))
            continue;
        struct str rest = str_from(url, schemes[i].name.len);
        if (schemes[i].has_host)
            return str_starts(rest, STR("//")) && rest.len > 2 &&
                   !strchr("/?#:@", rest.ptr[2]);
        return use == URL_LINK && rest.len > 0;
    }
    return false;
}

/* Puts an escaped relative reference behind its base. */
static bool join(struct strbuf *url, const char *base)
{
    if (str_starts(strbuf_str(url), STR("//")) && !base) {
        OWNED(strbuf_free) struct strbuf rest = *url;
        *url = STRBUF_INIT;
        strbuf_add_text(url, "https:");
        strbuf_add_str(url, strbuf_str(&rest));
        return true;
    }
    if (!base)
        return false;
    xmlChar *built =
        xmlBuildURI((const xmlChar *)strbuf_text(url), (const xmlChar *)base);
    if (!built)
        return false;
    strbuf_cut(url, 0);
    url_escape(url, str_of((const char *)built));
    xmlFree(built);
    return true;
}

/* Adds a mailto: link, each address before the fields (RFC 6068 §2). */
static bool add_mail_link(struct str url, struct strbuf *out)
{
    struct str fields = str_from(url, str_find(url, '?'));
    url.len -= fields.len;
    while (url.len) {
        bool is_last = str_find(url, ',') == url.len;
        struct str address = str_cut(&url, ',');
        size_t domain = address.len;
        while (domain && address.ptr[domain - 1] != '@')
            domain--;
        strbuf_add_str(out, (struct str){address.ptr, domain});
        if (!domain)
            strbuf_add_str(out, address);
        else if (!host_to_ascii(str_from(address, domain), out, NULL))
            return false;
        strbuf_add_text(out, is_last ? "" : ",");
    }
    strbuf_add_str(out, fields);
    return true;
}

/* A host in Unicode is never percent-encoded: resolvers of names know only
 * A-labels. */
static bool add_with_host(struct str url, struct strbuf *out)
{
    return str_starts_nocase(url, STR("mailto:"))
               ? add_mail_link(url, out)
               : host_of_url_to_ascii(url, out, NULL);
}

const char *url_resolve(struct arena *arena, struct str reference,
                        const char *base, enum url_use use)
{
    OWNED(strbuf_free) struct strbuf raw = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf url = STRBUF_INIT;
    clean(&raw, reference);
    url_escape(&url, strbuf_str(&raw));
    if (!url.len)
        return NULL;
    if (!has_scheme(strbuf_str(&url)) && !join(&url, base))
        return NULL;
    OWNED(strbuf_free) struct strbuf whole = STRBUF_INIT;
    return is_allowed(strbuf_str(&url), use) &&
                   add_with_host(strbuf_str(&url), &whole)
               ? arena_copy_str(arena, strbuf_str(&whole))
               : NULL;
}

struct str url_host(struct str url)
{
    struct str host = url_split(url).server;
    if (str_starts_nocase(host, STR("www.")))
        host = str_from(host, 4);
    return host;
}
