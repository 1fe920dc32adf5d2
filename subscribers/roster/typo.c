/* Guesses the address that was meant where a domain looks mistyped. */
#include "digest/base/mem.h"
#include "subscribers/roster/address.h"

/* Domains where most readers have their mailbox, most first. */
static const char *const common[] = {
    "gmail.com",      "yahoo.com",      "hotmail.com",   "outlook.com",
    "icloud.com",     "aol.com",        "live.com",      "msn.com",
    "googlemail.com", "protonmail.com", "proton.me",     "fastmail.com",
    "comcast.net",    "verizon.net",    "yahoo.co.uk",   "hotmail.co.uk",
    "yahoo.co.in",    "yahoo.fr",       "yahoo.de",      "hotmail.fr",
    "hotmail.de",     "outlook.de",     "outlook.fr",    "t-online.de",
    "freenet.de",     "arcor.de",       "orange.fr",     "wanadoo.fr",
    "laposte.net",    "libero.it",      "bluewin.ch",    "yandex.ru",
    "rediffmail.com", "naver.com",      "hushmail.com",  "mailbox.org",
    "posteo.de",      "btinternet.com", "sbcglobal.net", "bellsouth.net",
};

/* Near to one of those, and real. */
static const char *const real[] = {
    "ymail.com",   "mail.com",   "email.com", "gmx.com",     "love.com",
    "hotmail.be",  "hotmail.se", "yahoo.ca",  "outlook.dk",  "outlook.be",
    "yahoo.cn",    "yahoo.co",   "mac.com",   "fastmail.fm", "live.co.uk",
    "gmail.co.uk", "mailbox.co", "five.com",
};

/* Ends that no domain, or hardly any, has. */
static const struct {
    const char *wrong, *meant;
} ends[] = {
    {"con", "com"},  {"cmo", "com"},  {"ocm", "com"}, {"comm", "com"},
    {"coom", "com"}, {"ccom", "com"}, {"vom", "com"}, {"xom", "com"},
    {"cpm", "com"},  {"clm", "com"},  {"cim", "com"}, {"cm", "com"},
    {"co", "com"},   {"om", "com"},   {"c", "com"},   {"comn", "com"},
    {"nte", "net"},  {"ne", "net"},   {"met", "net"}, {"d", "de"},
    {"ed", "de"},    {"rf", "fr"},
};

enum { NAME_MIN = 4 }; /* in shorter names one letter makes another name */

static bool is_one_of(const char *const *list, size_t count, struct str domain)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(domain, str_of(list[i])))
            return true;
    return false;
}

static bool is_end_meant(struct str end, struct str right)
{
    if (str_equal(end, right))
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
        if (str_equal(end, str_of(ends[i].wrong)) &&
            str_equal(right, str_of(ends[i].meant)))
            return true;
    return false;
}

/* Whether two words are one edit apart: a letter too many, too few, another, or
 * two of them swapped, between the same beginning and the same end. Every row
 * of an import comes by here, so no table of distances is filled. */
static bool is_one_edit_apart(struct str a, struct str b)
{
    while (a.len && b.len && a.ptr[0] == b.ptr[0]) {
        a = str_from(a, 1);
        b = str_from(b, 1);
    }
    while (a.len && b.len && a.ptr[a.len - 1] == b.ptr[b.len - 1]) {
        a.len--;
        b.len--;
    }
    if (a.len <= 1 && b.len <= 1)
        return a.len + b.len > 0;
    return a.len == 2 && b.len == 2 && a.ptr[0] == b.ptr[1] &&
           a.ptr[1] == b.ptr[0];
}

static bool is_name_meant(struct str name, struct str right)
{
    if (str_equal(name, right))
        return true;
    return right.len > NAME_MIN && name.len >= NAME_MIN &&
           is_one_edit_apart(name, right);
}

const char *address_typo(const struct address *address)
{
    struct str domain = address_domain(strbuf_str(&address->email));
    if (is_one_of(common, ARRAY_SIZE(common), domain) ||
        is_one_of(real, ARRAY_SIZE(real), domain))
        return NULL;
    struct str end = domain;
    struct str name = str_cut(&end, '.');
    for (size_t i = 0; i < ARRAY_SIZE(common); i++) {
        struct str right_end = str_of(common[i]);
        struct str right_name = str_cut(&right_end, '.');
        if (is_end_meant(end, right_end) && is_name_meant(name, right_name))
            return common[i];
    }
    return NULL;
}
