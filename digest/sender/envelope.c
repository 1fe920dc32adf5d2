/* Checks envelope addresses, and finds their domain. */
#include "digest/sender/envelope_internal.h"

#include "digest/base/utf8.h"

enum { ADDRESS_MAX = 254 };

bool envelope_is_safe(struct str address, const char **why)
{
    *why = NULL;
    if (address.len > ADDRESS_MAX)
        *why = "is longer than 254 octets";
    else if (utf8_invalid_at(address) < address.len)
        *why = "isn't well-formed UTF-8";
    for (size_t i = 0; i < address.len && !*why; i++) {
        unsigned char c = (unsigned char)address.ptr[i];
        if (c < 0x20 || c == 0x7f)
            *why = "holds a control character";
        else if (c == ' ' || c == '<' || c == '>')
            *why = "holds a space or an angle bracket";
    }
    return !*why;
}

bool envelope_is_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    }
    return true;
}

struct str envelope_domain(struct str address)
{
    for (size_t i = address.len; i > 0; i--) {
        if (address.ptr[i - 1] == '@')
            return str_from(address, i);
    }
    return STR("");
}
