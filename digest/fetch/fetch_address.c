/* Tells private addresses from public ones, IPv4 within IPv6 included. */
#include "digest/base/mem.h"
#include "digest/fetch/fetch.h"

/* Networks that aren't of the public Internet. Source: IANA's special-purpose
 * registries (RFC 6890 and what followed it). */
static const struct {
    unsigned char address[4];
    unsigned bits;
} private4[] = {
    {{0, 0, 0, 0}, 8},      {{10, 0, 0, 0}, 8},     {{100, 64, 0, 0}, 10},
    {{127, 0, 0, 0}, 8},    {{169, 254, 0, 0}, 16}, {{172, 16, 0, 0}, 12},
    {{192, 0, 0, 0}, 24},   {{192, 0, 2, 0}, 24},   {{192, 88, 99, 0}, 24},
    {{192, 168, 0, 0}, 16}, {{198, 18, 0, 0}, 15},  {{198, 51, 100, 0}, 24},
    {{203, 0, 113, 0}, 24}, {{224, 0, 0, 0}, 4},    {{240, 0, 0, 0}, 4},
};
/* All of IPv6 that the Internet routes (RFC 4291 §2.4), and what in it is not
 * of the public. */
static const unsigned char global6[1] = {0x20};
enum { GLOBAL6_BITS = 3 };
static const struct {
    unsigned char address[16];
    unsigned bits;
} private6[] = {
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x3f, 0xff, 0}, 20},          /* documentation */
    {{0x20, 0x01, 0, 0}, 23},       /* protocol assignments, Teredo */
};

static bool is_within(const unsigned char *address, const unsigned char *block,
                      unsigned bits)
{
    for (; bits >= 8; bits -= 8)
        if (*address++ != *block++)
            return false;
    return bits == 0 || ((*address ^ *block) >> (8 - bits)) == 0;
}

/* An IPv4 address inside an IPv6 one: where its four bytes begin, or 0. */
static size_t embedded4(const unsigned char *address)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0,    0,
                                             0, 0, 0, 0, 0xff, 0xff};
    static const unsigned char nat64[12] = {0, 0x64, 0xff, 0x9b};
    if (is_within(address, mapped, 96) || is_within(address, nat64, 96))
        return 12;
    if (address[0] == 0x20 && address[1] == 0x02) /* 6to4 */
        return 2;
    return 0;
}

static bool is_private4(const unsigned char *address)
{
    for (size_t i = 0; i < ARRAY_SIZE(private4); i++)
        if (is_within(address, private4[i].address, private4[i].bits))
            return true;
    return false;
}

bool fetch_is_private(const unsigned char *address, size_t length)
{
    if (length == 4)
        return is_private4(address);
    if (length != 16)
        return true;
    size_t inside = embedded4(address);
    if (inside)
        return is_private4(address + inside);
    for (size_t i = 0; i < ARRAY_SIZE(private6); i++)
        if (is_within(address, private6[i].address, private6[i].bits))
            return true;
    return !is_within(address, global6, GLOBAL6_BITS);
}
