#include "subscribers/bounces/stream_check.h"

#include <libetpan/libetpan.h>

#include "subscribers/bounces/certificate.h"

enum { CHAIN_MAX = 20 };

bool stream_check(void *stream, const struct mailbox_place *place,
                  struct err *err)
{
    struct str chain[CHAIN_MAX];
    size_t count = 0;
    carray *certificates =
        stream ? mailstream_get_certificate_chain(stream) : NULL;
    for (unsigned i = 0;
         certificates && i < carray_count(certificates) && count < CHAIN_MAX;
         i++) {
        const MMAPString *one = carray_get(certificates, i);
        chain[count++] = (struct str){one->str, one->len};
    }
    bool good =
        certificate_check(chain, count, place->host, place->ca_file, err);
    if (certificates)
        mailstream_certificate_chain_free(certificates);
    return good;
}

void stream_set_timeout(void)
{
    mailstream_network_delay.tv_sec = MAILBOX_TIMEOUT_S;
    mailstream_network_delay.tv_usec = 0;
}
