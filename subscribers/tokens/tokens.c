/* Writes, signs, reads and verifies tokens. */
#include "subscribers/tokens/tokens.h"

#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "subscribers/tokens/keys_internal.h"

/* A token in bytes:
 *     purpose (3 bits) and key hint (5 bits)
 *     the subscriber's key (16)
 *     newsletter, issue: each as LEB128, shortest form
 *     the first bytes of the HMAC over all that stands before
 */
enum {
    LINK_MAC = 16,
    LOCAL_MAC = 10,
    VARINT_MAX = 9, /* 63 bits */
    HEAD = 1 + SUBSCRIBER_KEY_SIZE,
    PAYLOAD_MAX = HEAD + 2 * VARINT_MAX,
    BYTES_MAX = PAYLOAD_MAX + LINK_MAC,
    TEXT_MAX = (BYTES_MAX * 8 + 4) / 5, /* base32 is the longer one */
    MESSAGE_ID_BYTES = 16,
};

static size_t put_varint(unsigned char *at, int64_t number)
{
    uint64_t rest = number < 0 ? 0 : (uint64_t)number;
    size_t length = 0;
    while (rest >= 0x80) {
        at[length++] = (unsigned char)(rest | 0x80);
        rest >>= 7;
    }
    at[length++] = (unsigned char)rest;
    return length;
}

/* False for what put_varint would not have written. */
static bool get_varint(struct str *bytes, int64_t *out)
{
    uint64_t number = 0;
    for (size_t i = 0; i < bytes->len && i < VARINT_MAX; i++) {
        unsigned char byte = (unsigned char)bytes->ptr[i];
        number |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte & 0x80)
            continue;
        if (byte == 0 && i > 0)
            return false;
        *out = (int64_t)number;
        *bytes = str_from(*bytes, i + 1);
        return true;
    }
    return false;
}

static struct str view(const unsigned char *bytes, size_t length)
{
    return (struct str){(const char *)bytes, length};
}

/* Returns the length; `bytes` has room for BYTES_MAX. */
static size_t put_token(const struct hmac *hmac, unsigned char hint,
                        const struct token *token, size_t mac_size,
                        unsigned char *bytes)
{
    bytes[0] = (unsigned char)((unsigned)token->purpose << 5 | hint);
    memcpy(bytes + 1, token->subscriber_key, SUBSCRIBER_KEY_SIZE);
    size_t length = HEAD;
    length += put_varint(bytes + length, token->newsletter_id);
    length += put_varint(bytes + length, token->issue_id);
    unsigned char mac[HMAC_SIZE];
    hmac_sign(hmac, view(bytes, length), mac);
    memcpy(bytes + length, mac, mac_size);
    return length + mac_size;
}

void token_write(const struct token_keys *keys, const struct token *token,
                 struct strbuf *out)
{
    const struct token_key *newest = &keys->items[0];
    unsigned char bytes[BYTES_MAX];
    size_t length =
        put_token(newest->link, newest->hint, token, LINK_MAC, bytes);
    base64url_encode(out, view(bytes, length));
}

void token_write_local(const struct token_keys *keys, const struct token *token,
                       struct strbuf *out)
{
    const struct token_key *newest = &keys->items[0];
    unsigned char bytes[BYTES_MAX];
    size_t length =
        put_token(newest->local, newest->hint, token, LOCAL_MAC, bytes);
    base32_encode(out, view(bytes, length));
}

static bool is_signed(const struct token_keys *keys, bool local, struct str all,
                      size_t mac_size)
{
    struct str payload = {all.ptr, all.len - mac_size};
    unsigned char hint = (unsigned char)all.ptr[0] & 31;
    for (size_t i = 0; i < keys->count; i++) {
        const struct token_key *key = &keys->items[i];
        if (key->hint != hint)
            continue;
        unsigned char mac[HMAC_SIZE];
        hmac_sign(local ? key->local : key->link, payload, mac);
        if (hmac_equal(mac, all.ptr + payload.len, mac_size))
            return true;
    }
    return false;
}

static bool get_token(struct str payload, struct token *out)
{
    unsigned purpose = (unsigned char)payload.ptr[0] >> 5;
    if (purpose < TOKEN_UNSUBSCRIBE || purpose > TOKEN_RESTORE)
        return false;
    struct token token = {.purpose = (enum token_purpose)purpose};
    memcpy(token.subscriber_key, payload.ptr + 1, SUBSCRIBER_KEY_SIZE);
    struct str rest = str_from(payload, HEAD);
    if (!get_varint(&rest, &token.newsletter_id) ||
        !get_varint(&rest, &token.issue_id) || rest.len != 0)
        return false;
    *out = token;
    return true;
}

static bool read_bytes(const struct token_keys *keys, struct str bytes,
                       bool local, struct token *out)
{
    size_t mac_size = local ? LOCAL_MAC : LINK_MAC;
    if (bytes.len < HEAD + 2 + mac_size || bytes.len > BYTES_MAX)
        return false;
    return is_signed(keys, local, bytes, mac_size) &&
           get_token((struct str){bytes.ptr, bytes.len - mac_size}, out);
}

bool token_read(const struct token_keys *keys, struct str text,
                struct token *out)
{
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    return text.len <= TEXT_MAX && base64url_decode(&bytes, text) &&
           read_bytes(keys, strbuf_str(&bytes), false, out);
}

bool token_read_local(const struct token_keys *keys, struct str text,
                      struct token *out)
{
    OWNED(strbuf_free) struct strbuf bytes = STRBUF_INIT;
    return text.len <= TEXT_MAX && base32_decode(&bytes, text) &&
           read_bytes(keys, strbuf_str(&bytes), true, out);
}

/* ---- previews ---- */

/* The end stands where links to a person carry that person's key. */
enum { END_BYTES = 8 };

void token_write_preview(const struct token_keys *keys, int64_t issue_id,
                         int64_t until, struct strbuf *out)
{
    struct token token = {.purpose = TOKEN_STORY_PREVIEW, .issue_id = issue_id};
    for (int i = 0; i < END_BYTES; i++)
        token.subscriber_key[i] =
            (unsigned char)((uint64_t)until >> (8 * (END_BYTES - 1 - i)));
    token_write(keys, &token, out);
}

bool token_is_preview(const struct token_keys *keys, struct str text,
                      int64_t issue_id, int64_t now)
{
    struct token token;
    uint64_t until = 0;
    if (!token_read(keys, text, &token) ||
        token.purpose != TOKEN_STORY_PREVIEW || token.issue_id != issue_id)
        return false;
    for (int i = 0; i < END_BYTES; i++)
        until = until << 8 | token.subscriber_key[i];
    return now <= (int64_t)until;
}

static const struct token_key *oldest(const struct token_keys *keys)
{
    return &keys->items[keys->count - 1];
}

void token_message_id(const struct token_keys *keys, int64_t issue_id,
                      const unsigned char subscriber_key[SUBSCRIBER_KEY_SIZE],
                      struct strbuf *out)
{
    unsigned char bytes[SUBSCRIBER_KEY_SIZE + VARINT_MAX];
    memcpy(bytes, subscriber_key, SUBSCRIBER_KEY_SIZE);
    size_t length = SUBSCRIBER_KEY_SIZE;
    length += put_varint(bytes + length, issue_id);
    unsigned char mac[HMAC_SIZE];
    hmac_sign(oldest(keys)->message_id, view(bytes, length), mac);
    base32_encode(out, view(mac, MESSAGE_ID_BYTES));
}

void token_digest(const struct token_keys *keys, struct str bytes,
                  unsigned char out[32])
{
    hmac_sign(oldest(keys)->digest, bytes, out);
}
