/* Chooses a relay's transport by the scheme of its URL. */
#include "digest/sender/transport_internal.h"

#include "digest/base/mem.h"
#include "digest/base/str.h"

const struct transport_ops *transport_for(const char *url)
{
    static const struct {
        const char *begins;
        const struct transport_ops *ops;
    } rows[] = {
        {"smtp://", &transport_smtp},
        {"smtps://", &transport_smtp},
        {"maildir:", &transport_maildir},
        {"null:", &transport_null},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (str_starts_nocase(str_of(url), str_of(rows[i].begins)))
            return rows[i].ops;
    }
    return NULL;
}
