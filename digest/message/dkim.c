/* Signs messages: gathers their fields, hashes the body, adds the signature. */
#include "digest/message/dkim.h"

#include <inttypes.h>
#include <stdlib.h>

#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "digest/message/dkim_canon_internal.h"
#include "digest/message/dkim_key_internal.h"
#include "digest/message/sha256_internal.h"

/* Signed fields, in this order. RFC 6376 §5.4.1, RFC 8058 §4; never those that
 * others add or change on the way (Received, Return-Path, …). */
static const struct signed_field {
    struct str name;
    enum {
        AS_THERE,
        ONCE_MORE,          /* so that none can be added (§8.15) */
        ONCE_MORE_IF_THERE, /* a relay may add its own where there is none */
    } times;
} signed_fields[] = {
#define FIELD(name, times)                                                     \
    {                                                                          \
        {name, sizeof(name) - 1}, times                                        \
    }
    FIELD("From", ONCE_MORE),
    FIELD("Reply-To", ONCE_MORE),
    FIELD("To", ONCE_MORE),
    FIELD("Cc", ONCE_MORE),
    FIELD("Subject", ONCE_MORE),
    FIELD("Date", ONCE_MORE),
    FIELD("Message-ID", ONCE_MORE),
    FIELD("In-Reply-To", AS_THERE),
    FIELD("References", AS_THERE),
    FIELD("Sender", ONCE_MORE),
    FIELD("MIME-Version", ONCE_MORE),
    FIELD("Content-Type", ONCE_MORE),
    FIELD("Content-Transfer-Encoding", AS_THERE),
    FIELD("List-Id", ONCE_MORE),
    FIELD("List-Unsubscribe", ONCE_MORE),
    FIELD("List-Unsubscribe-Post", ONCE_MORE),
    FIELD("List-Archive", ONCE_MORE),
    FIELD("List-Help", AS_THERE),
    FIELD("List-Owner", AS_THERE),
    FIELD("List-Post", AS_THERE),
    FIELD("List-Subscribe", AS_THERE),
    FIELD("Auto-Submitted", AS_THERE),
    FIELD("Feedback-ID", ONCE_MORE),
    FIELD("CFBL-Address", ONCE_MORE_IF_THERE),
    FIELD("CFBL-Feedback-ID", ONCE_MORE_IF_THERE),
#undef FIELD
};

struct dkim_signer {
    struct dkim_stamp *stamps[DKIM_KEYS_MAX];
    size_t count;
    struct dkim_fields fields;
    struct strbuf canonical; /* reused from message to message */
    struct strbuf names;     /* h= */
};

void dkim_signer_free(struct dkim_signer *signer)
{
    if (!signer)
        return;
    for (size_t i = 0; i < signer->count; i++)
        dkim_stamp_free(signer->stamps[i]);
    strbuf_free(&signer->canonical);
    strbuf_free(&signer->names);
    free(signer);
}

void dkim_signer_release(struct dkim_signer **signer)
{
    dkim_signer_free(*signer);
    *signer = NULL;
}

bool dkim_signer_new(const struct dkim_key *const *keys, size_t count,
                     struct dkim_signer **out, struct err *err)
{
    if (count == 0 || count > DKIM_KEYS_MAX)
        return err_set(err, ERR_CONFIG,
                       "dkim: a message is signed with 1 to %d keys",
                       DKIM_KEYS_MAX);
    OWNED(dkim_signer_release)
    struct dkim_signer *signer = MEM_NEW(struct dkim_signer);
    for (; signer->count < count; signer->count++)
        if (!dkim_stamp_new(keys[signer->count], &signer->stamps[signer->count],
                            err))
            return false;
    *out = TAKE(signer);
    return true;
}

/* ---- a signature ----------------------------------------------------- */

static void add_base64_folded(struct strbuf *out, struct str bytes)
{
    enum { BYTES_A_LINE = 54 }; /* 72 columns */
    for (; bytes.len; bytes = str_from(bytes, BYTES_A_LINE)) {
        size_t n = bytes.len < BYTES_A_LINE ? bytes.len : BYTES_A_LINE;
        base64_encode(out, (struct str){bytes.ptr, n});
        if (n < bytes.len)
            strbuf_add_text(out, "\r\n ");
    }
}

/* Adds the signature's field up to "b=", which is empty while the field itself
 * is signed (§3.7). */
static void add_unsigned_field(struct strbuf *out, const struct dkim_key *key,
                               int64_t at, struct str names,
                               const unsigned char body_hash[SHA256_SIZE])
{
    strbuf_add_format(out,
                      "DKIM-Signature: v=1; a=%s; c=relaxed/relaxed;\r\n"
                      " d=%s;\r\n s=%s; t=%" PRId64 ";\r\n h=",
                      dkim_algorithm_name(dkim_key_algorithm(key)),
                      dkim_key_domain(key), dkim_key_selector(key), at);
    strbuf_add_str(out, names);
    strbuf_add_text(out, ";\r\n bh=");
    base64_encode(out, (struct str){(const char *)body_hash, SHA256_SIZE});
    strbuf_add_text(out, ";\r\n b=");
}

static bool add_signature(struct dkim_signer *signer, struct dkim_stamp *stamp,
                          int64_t at,
                          const unsigned char body_hash[SHA256_SIZE],
                          struct strbuf *out, struct err *err)
{
    size_t field = out->len, headers = signer->canonical.len;
    add_unsigned_field(out, dkim_stamp_key(stamp), at,
                       strbuf_str(&signer->names), body_hash);
    dkim_relax_field(&signer->canonical, str_from(strbuf_str(out), field));
    unsigned char hash[SHA256_SIZE], signature[DKIM_SIGNATURE_MAX];
    size_t size;
    sha256(strbuf_str(&signer->canonical), hash);
    strbuf_cut(&signer->canonical, headers);
    if (!dkim_stamp_sign(stamp, hash, signature, &size, err))
        return false;
    add_base64_folded(out, (struct str){(const char *)signature, size});
    strbuf_add_text(out, "\r\n");
    return true;
}

/* ---- a message ------------------------------------------------------- */

static void add_name(struct strbuf *names, struct str name, size_t *column)
{
    enum { COLUMNS = 70 };
    if (names->len)
        strbuf_add_char(names, ':');
    if (*column + name.len > COLUMNS) {
        strbuf_add_text(names, "\r\n ");
        *column = 0;
    }
    strbuf_add_str(names, name);
    *column += name.len + 1;
}

/* Fills `canonical` with the fields to sign and `names` with h=. A name
 * beyond those that are there stands for a field that must not be. */
static void gather_fields(struct dkim_signer *signer)
{
    size_t column = 0;
    strbuf_cut(&signer->canonical, 0);
    strbuf_cut(&signer->names, 0);
    for (size_t i = 0; i < ARRAY_SIZE(signed_fields); i++) {
        const struct signed_field *field = &signed_fields[i];
        size_t there = dkim_count(&signer->fields, field->name);
        for (size_t nth = 0; nth < there; nth++)
            dkim_add_field(&signer->canonical, &signer->fields, field->name,
                           nth);
        bool once_more = field->times == ONCE_MORE ||
                         (there && field->times == ONCE_MORE_IF_THERE);
        for (size_t n = 0; n < there + once_more; n++)
            add_name(&signer->names, field->name, &column);
    }
}

static void hash_body(struct dkim_signer *signer, struct str body,
                      unsigned char hash[SHA256_SIZE])
{
    strbuf_cut(&signer->canonical, 0);
    dkim_relax_body(&signer->canonical, body);
    sha256(strbuf_str(&signer->canonical), hash);
}

bool dkim_sign(struct dkim_signer *signer, struct str message, int64_t at,
               struct strbuf *out, struct err *err)
{
    struct str body;
    if (!dkim_cut(message, &signer->fields, &body))
        return err_set(err, ERR_INPUT,
                       "cannot sign: the message's header doesn't end, or has "
                       "over %d fields",
                       DKIM_FIELDS_MAX);
    if (dkim_count(&signer->fields, STR("From")) == 0)
        return err_set(err, ERR_INPUT, "cannot sign: the message has no From");
    unsigned char body_hash[SHA256_SIZE];
    hash_body(signer, body, body_hash);
    gather_fields(signer);
    size_t before = out->len;
    for (size_t i = 0; i < signer->count; i++) {
        if (!add_signature(signer, signer->stamps[i], at, body_hash, out,
                           err)) {
            strbuf_cut(out, before);
            return false;
        }
    }
    return true;
}
