/* Loads, creates, rotates and merges the file of token keys. */
#include "subscribers/tokens/keys_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest/base/encode.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/base/random.h"
#include "subscribers/tokens/tokens.h"

enum {
    SECRET_SIZE = 32,
    FILE_MAX = 1 << 20,
};

static const char heading[] =
    "# The keys that sign unsubscribe links and return paths, newest first.\n"
    "# Keep this file secret and in the backup: without its keys the links\n"
    "# in messages already sent stop working.\n";

static void wipe(struct strbuf *secret)
{
    hmac_wipe(secret->ptr, secret->len);
    strbuf_free(secret);
}

static void add_key(struct token_keys *keys, struct str secret)
{
    struct hmac *root = hmac_new(secret);
    unsigned char name[HMAC_SIZE];
    hmac_sign(root, STR("digest key hint"), name);
    struct token_key key = {
        .hint = name[0] & 31,
        .link = hmac_derive(root, STR("digest link token")),
        .local = hmac_derive(root, STR("digest local token")),
        .message_id = hmac_derive(root, STR("digest message id")),
        .digest = hmac_derive(root, STR("digest keyed hash")),
    };
    hmac_free(root);
    MEM_PUSH(keys->items, keys->count, keys->capacity, key);
}

static bool read_line(struct token_keys *keys, struct str line,
                      const char *path, unsigned number, struct err *err)
{
    line = str_trim(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return true;
    OWNED(wipe) struct strbuf secret = STRBUF_INIT;
    if (!hex_decode(&secret, line) || secret.len != SECRET_SIZE)
        return err_set(err, ERR_INPUT,
                       "%s:%u: not a key (64 hexadecimal digits); restore "
                       "the file from a backup, or take the line out if it "
                       "never was one",
                       path, number);
    add_key(keys, strbuf_str(&secret));
    return true;
}

static bool check_mode(const char *path, struct err *err)
{
    struct stat status;
    if (stat(path, &status) != 0 && errno == ENOENT)
        return err_set(err, ERR_NOT_FOUND,
                       "%s: there are no keys, without which no link in a mail "
                       "that was sent works; put back the copy that lies "
                       "beside each backup (FILE.keys)",
                       path);
    if (stat(path, &status) != 0)
        return file_fail(err, path, "read the keys");
    if (status.st_mode & 077)
        return err_set(err, ERR_PERMISSION,
                       "%s: others may read the keys; run: chmod 600 %s", path,
                       path);
    return true;
}

bool token_keys_load(const char *path, struct token_keys **out, struct err *err)
{
    OWNED(wipe) struct strbuf text = STRBUF_INIT;
    if (!check_mode(path, err) || !file_read(path, FILE_MAX, &text, err))
        return false;
    OWNED(token_keys_release)
    struct token_keys *keys = MEM_NEW(struct token_keys);
    struct str rest = strbuf_str(&text), line;
    for (unsigned number = 1; str_next_line(&rest, &line); number++)
        if (!read_line(keys, line, path, number, err))
            return false;
    if (keys->count == 0)
        return err_set(err, ERR_INPUT,
                       "%s:1: holds no key; restore it from a backup", path);
    *out = TAKE(keys);
    return true;
}

static bool write_with_new_key(const char *path, struct str old,
                               struct err *err)
{
    OWNED(wipe) struct strbuf text = STRBUF_INIT;
    unsigned char secret[SECRET_SIZE];
    random_bytes(secret, sizeof secret);
    strbuf_add_text(&text, heading);
    hex_encode(&text, (struct str){(const char *)secret, sizeof secret});
    hmac_wipe(secret, sizeof secret);
    strbuf_add_char(&text, '\n');
    if (str_starts(old, STR(heading)))
        old = str_from(old, sizeof heading - 1);
    strbuf_add_str(&text, old);
    return file_write(path, strbuf_str(&text), 0600, err);
}

/* The name is taken first: two programs starting at once must not each make
 * a key and one of them sign with a lost one. */
bool token_keys_create(const char *path, struct err *err)
{
    if (file_exists(path))
        return err_set(err, ERR_CONFLICT,
                       "%s: there are keys already; they are left as they are",
                       path);
    int fd = file_create(path, 0600);
    if (fd < 0)
        return file_fail(err, path, "make the key file");
    close(fd);
    if (write_with_new_key(path, STR(""), err))
        return true;
    unlink(path);
    return false;
}

bool token_keys_rotate(const char *path, struct err *err)
{
    /* A file that can't be read as keys must not be written over. */
    OWNED(token_keys_release) struct token_keys *keys = NULL;
    OWNED(wipe) struct strbuf old = STRBUF_INIT;
    return token_keys_load(path, &keys, err) &&
           file_read(path, FILE_MAX, &old, err) &&
           write_with_new_key(path, strbuf_str(&old), err);
}

static bool has_line(struct str text, struct str wanted)
{
    struct str line;
    while (str_next_line(&text, &line))
        if (str_equal_nocase(str_trim(line), wanted))
            return true;
    return false;
}

static size_t add_missing(struct strbuf *to, struct str from)
{
    struct str line;
    size_t added = 0;
    while (str_next_line(&from, &line)) {
        line = str_trim(line);
        if (!line.len || line.ptr[0] == '#' || has_line(strbuf_str(to), line))
            continue;
        if (to->len && to->ptr[to->len - 1] != '\n')
            strbuf_add_char(to, '\n');
        strbuf_add_str(to, line);
        strbuf_add_char(to, '\n');
        added++;
    }
    return added;
}

bool token_keys_merge(const char *path, const char *from, size_t *added,
                      struct err *err)
{
    OWNED(token_keys_release) struct token_keys *there = NULL;
    OWNED(token_keys_release) struct token_keys *theirs = NULL;
    OWNED(wipe) struct strbuf own = STRBUF_INIT;
    OWNED(wipe) struct strbuf other = STRBUF_INIT;
    *added = 0;
    if (!token_keys_load(from, &theirs, err) ||
        !file_read(from, FILE_MAX, &other, err))
        return false;
    if (!file_exists(path))
        strbuf_add_text(&own, heading);
    else if (!token_keys_load(path, &there, err) ||
             !file_read(path, FILE_MAX, &own, err))
        return false;
    *added = add_missing(&own, strbuf_str(&other));
    return *added == 0 || file_write(path, strbuf_str(&own), 0600, err);
}

void token_keys_free(struct token_keys *keys)
{
    if (!keys)
        return;
    for (size_t i = 0; i < keys->count; i++) {
        hmac_free(keys->items[i].link);
        hmac_free(keys->items[i].local);
        hmac_free(keys->items[i].message_id);
        hmac_free(keys->items[i].digest);
    }
    free(keys->items);
    free(keys);
}

void token_keys_release(struct token_keys **keys)
{
    token_keys_free(*keys);
    *keys = NULL;
}
