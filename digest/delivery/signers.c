/* Keeps a signer for each sender's domain. */
#include "digest/delivery/signers.h"

#include <stdlib.h>
#include <string.h>

#include "digest/base/mem.h"

static void free_domain(struct signers_domain *domain)
{
    dkim_signer_free(domain->signer);
    signing_free(&domain->signing);
    free(domain->domain);
}

void signers_free(struct signers *signers)
{
    for (size_t i = 0; i < signers->count; i++)
        free_domain(&signers->domains[i]);
    free(signers->domains);
    *signers = (struct signers){0};
}

static bool make_signer(const struct signers *signers, const char *domain,
                        struct signers_domain *out, struct err *err)
{
    if (!signing_load(signers->dkim, signers->dkim_count, domain, NULL,
                      &out->signing, err))
        return false;
    return !out->signing.count ||
           dkim_signer_new((const struct dkim_key *const *)out->signing.keys,
                           out->signing.count, &out->signer, err);
}

static bool find_signer(struct signers *signers, const char *domain,
                        struct dkim_signer **out, struct err *err)
{
    for (size_t i = 0; i < signers->count; i++) {
        if (strcmp(signers->domains[i].domain, domain) == 0) {
            *out = signers->domains[i].signer;
            return true;
        }
    }
    struct signers_domain one = {0};
    if (!make_signer(signers, domain, &one, err)) {
        free_domain(&one);
        return false;
    }
    one.domain = mem_copy(domain);
    MEM_PUSH(signers->domains, signers->count, signers->capacity, one);
    *out = one.signer;
    return true;
}

bool signers_sign(struct signers *signers, const char *from_address,
                  struct str message, int64_t at, struct strbuf *out,
                  struct err *err)
{
    const char *sign = strrchr(from_address, '@');
    struct dkim_signer *signer = NULL;
    if (!find_signer(signers, sign ? sign + 1 : from_address, &signer, err) ||
        (signer && !dkim_sign(signer, message, at, out, err)))
        return false;
    strbuf_add_str(out, message);
    return true;
}
