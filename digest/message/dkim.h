/* DKIM: keys, signatures, and the records that publish them.
 *
 * relaxed/relaxed, rsa-sha256 and ed25519-sha256; a message can carry one
 * signature of each, since not every receiver knows Ed25519. What a forger
 * would like to add (a second From, another List-Unsubscribe) is signed once
 * more than it is there. Sign the final CRLF form, before dots are stuffed.
 * Source: RFC 6376, RFC 8301, RFC 8463, RFC 8058 §4.
 */
#ifndef DIGEST_MESSAGE_DKIM_H
#define DIGEST_MESSAGE_DKIM_H

#include <stdint.h>

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

enum dkim_algorithm { DKIM_RSA, DKIM_ED25519 };

/* ---- keys ------------------------------------------------------------ */

/* A private key with the domain and the selector it signs for. It doesn't
 * change once loaded; several threads can share it. */
struct dkim_key;

/* Reads a private key in PEM. Fails: NOT_FOUND, IO; PERMISSION, where others
 * than its owner can read it; CONFIG, for what isn't an RSA key of at least
 * 1024 bits or an Ed25519 key, or a domain or selector that can't be one. */
FALLIBLE bool dkim_key_load(const char *path, const char *domain,
                            const char *selector, struct dkim_key **out,
                            struct err *err);
FALLIBLE bool dkim_key_parse(struct str pem, const char *domain,
                             const char *selector, struct dkim_key **out,
                             struct err *err);
void dkim_key_free(struct dkim_key *key);
void dkim_key_release(struct dkim_key **key); /* for OWNED */

enum dkim_algorithm dkim_key_algorithm(const struct dkim_key *key);
const char *dkim_key_domain(const struct dkim_key *key);
const char *dkim_key_selector(const struct dkim_key *key);
/* RFC 8301 §3.2 wants 2048 of an RSA key. */
int dkim_key_bits(const struct dkim_key *key);

/* Makes a new key (RSA of 2048 bits, or Ed25519) in a file of mode 0600.
 * Fails: CONFLICT, where the file is there already; IO, PERMISSION. */
FALLIBLE bool dkim_keygen(const char *path, enum dkim_algorithm algorithm,
                          struct err *err);

/* ---- records --------------------------------------------------------- */

/* Appends the text of the TXT record: "v=DKIM1; k=rsa; p=…". */
void dkim_record_text(const struct dkim_key *key, struct strbuf *out);

/* Appends it as a line for a zone file, in strings of at most 255 octets:
 * SELECTOR._domainkey.DOMAIN. IN TXT ( "…" "…" ) */
void dkim_record_zone(const struct dkim_key *key, struct strbuf *out);

/* Whether a published record, its strings joined, is that of this key. */
bool dkim_record_matches(const struct dkim_key *key, struct str published);

/* ---- signing --------------------------------------------------------- */

/* One thread's working memory for signing; it isn't shared. Borrows: the
 * keys, which live longer. One to DKIM_KEYS_MAX keys. */
enum { DKIM_KEYS_MAX = 4 };
struct dkim_signer;
FALLIBLE bool dkim_signer_new(const struct dkim_key *const *keys, size_t count,
                              struct dkim_signer **out, struct err *err);
void dkim_signer_free(struct dkim_signer *signer);
void dkim_signer_release(struct dkim_signer **signer); /* for OWNED */

/* Appends a DKIM-Signature field for each key, which are to stand before the
 * message; `at` is the time of signing. Fails: INPUT, for a message without
 * a From, without an end of its header, or with over 64 fields; IO, if
 * libcrypto fails. */
FALLIBLE bool dkim_sign(struct dkim_signer *signer, struct str message,
                        int64_t at, struct strbuf *out, struct err *err);

#endif
