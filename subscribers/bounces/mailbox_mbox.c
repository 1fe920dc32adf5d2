/* mbox: one file, a "From " line before each mail (RFC 4155). It is locked
 * as delivery agents lock it, by fcntl and by a file PATH.lock. What is left
 * is written into the same file, for an agent may wait for its lock; until
 * that is done it stands in PATH.rest too. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "subscribers/bounces/mailbox_kind_internal.h"

enum { MBOX_MAX_BYTES = 1 << 30, LOCK_MAX_BYTES = 100 };

/* The text in a lock file of ours. */
#define LOCK_TEXT STR("digest\n")

struct mbox {
    char *path, *lock_path;
    int file;    /* locked */
    bool locked; /* the lock file is ours */
    struct strbuf bytes;
    struct strbuf left; /* what stays */
    size_t begin, next; /* of the mail read last, and behind it */
    bool reading, changed;
};

static void mbox_free(void *state)
{
    struct mbox *mbox = state;
    if (mbox->locked)
        unlink(mbox->lock_path);
    if (mbox->file >= 0)
        close(mbox->file);
    strbuf_free(&mbox->bytes);
    strbuf_free(&mbox->left);
    free(mbox->path);
    free(mbox->lock_path);
    free(mbox);
}

static bool is_busy(struct err *err, const char *path)
{
    return err_set(err, ERR_TEMPORARY,
                   "bounces.mailbox: %s is locked by another program; try "
                   "again later",
                   path);
}

/* A lock file that we left behind when we were killed: nobody else of ours
 * holds the fcntl lock now. */
static bool is_our_remains(const char *lock_path)
{
    struct err ignored = {0};
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    return file_read(lock_path, LOCK_MAX_BYTES, &text, &ignored) &&
           str_equal(strbuf_str(&text), LOCK_TEXT);
}

/* Locks made by other programs that died are theirs to find who runs them: a
 * lock file left over is named in the error. */
static bool take_lock_file(struct mbox *mbox, struct err *err)
{
    int lock = file_create(mbox->lock_path, 0600);
    if (lock < 0 && errno == EEXIST && is_our_remains(mbox->lock_path) &&
        unlink(mbox->lock_path) == 0)
        lock = file_create(mbox->lock_path, 0600);
    if (lock >= 0) {
        mbox->locked = true;
        bool good =
            write(lock, LOCK_TEXT.ptr, LOCK_TEXT.len) == (ssize_t)LOCK_TEXT.len;
        close(lock);
        return good || file_fail(err, mbox->lock_path, "write");
    }
    /* In /var/mail only its group may make one: then fcntl has to do. */
    if (errno == EACCES || errno == EROFS)
        return true;
    return errno == EEXIST ? is_busy(err, mbox->lock_path)
                           : file_fail(err, mbox->lock_path, "make");
}

static bool take_locks(struct mbox *mbox, struct err *err)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    mbox->file = open(mbox->path, O_RDWR | O_CLOEXEC);
    if (mbox->file < 0)
        return file_fail(err, mbox->path, "open");
    if (fcntl(mbox->file, F_SETLK, &whole) != 0)
        return errno == EACCES || errno == EAGAIN
                   ? is_busy(err, mbox->path)
                   : file_fail(err, mbox->path, "lock");
    return take_lock_file(mbox, err);
}

/* Reads through the locked handle: closing another one of the same file
 * would give up the lock. */
static bool read_all(struct mbox *mbox, struct err *err)
{
    while (true) {
        char *room = strbuf_reserve(&mbox->bytes, 1 << 16);
        ssize_t count = read(mbox->file, room, 1 << 16);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return file_fail(err, mbox->path, "read");
        if (count == 0)
            return true;
        mbox->bytes.len += (size_t)count;
        mbox->bytes.ptr[mbox->bytes.len] = '\0';
        if (mbox->bytes.len > MBOX_MAX_BYTES)
            return err_set(err, ERR_INPUT, "%s: larger than 1 GB", mbox->path);
    }
}

static bool mbox_open(const struct mailbox_place *place, void **state,
                      struct err *err)
{
    struct mbox *mbox = MEM_NEW(struct mbox);
    mbox->file = -1;
    *state = mbox;
    mbox->path = mem_copy(place->path);
    mbox->lock_path = mem_format("%s.lock", place->path);
    if (!take_locks(mbox, err) || !read_all(mbox, err))
        return false;
    if (mbox->bytes.len && !str_starts(strbuf_str(&mbox->bytes), STR("From ")))
        return err_set(err, ERR_INPUT,
                       "%s: not an mbox: it doesn't begin with \"From \"",
                       mbox->path);
    return true;
}

/* The end of the mail that begins at `from`: before "From " behind a blank
 * line, or at the end of all. */
static size_t mail_end(struct str bytes, size_t from)
{
    struct str rest = str_from(bytes, from);
    size_t at = 0;
    while (at < rest.len) {
        size_t found = str_find_str(str_from(rest, at), STR("\nFrom "));
        if (at + found >= rest.len)
            break;
        at += found + 1;
        size_t before = from + at - 1; /* the line end in front */
        if (before && (bytes.ptr[before - 1] == '\n' ||
                       (bytes.ptr[before - 1] == '\r' && before > 1 &&
                        bytes.ptr[before - 2] == '\n')))
            return from + at;
    }
    return bytes.len;
}

/* "From " lines inside a mail are written ">From ", and so on. */
static void add_unquoted(struct str text, struct strbuf *out)
{
    struct str line, first;
    str_next_line(&text, &first); /* the "From " line */
    while (str_next_line(&text, &line)) {
        size_t marks = 0;
        while (marks < line.len && line.ptr[marks] == '>')
            marks++;
        if (marks && str_starts(str_from(line, marks), STR("From ")))
            line = str_from(line, 1);
        strbuf_add_str(out, line);
        strbuf_add_char(out, '\n');
    }
}

/* The one read last wasn't removed: it stays. */
static void keep_last(struct mbox *mbox)
{
    if (mbox->reading)
        strbuf_add(&mbox->left, mbox->bytes.ptr + mbox->begin,
                   mbox->next - mbox->begin);
    mbox->reading = false;
}

static bool mbox_next(void *state, struct strbuf *out, bool *found,
                      struct err *err)
{
    struct mbox *mbox = state;
    (void)err;
    keep_last(mbox);
    if (mbox->next >= mbox->bytes.len)
        return true;
    mbox->begin = mbox->next;
    mbox->next = mail_end(strbuf_str(&mbox->bytes), mbox->begin);
    add_unquoted(
        (struct str){mbox->bytes.ptr + mbox->begin, mbox->next - mbox->begin},
        out);
    mbox->reading = true;
    *found = true;
    return true;
}

static bool mbox_remove(void *state, struct err *err)
{
    struct mbox *mbox = state;
    (void)err;
    mbox->reading = false;
    mbox->changed = true;
    return true;
}

static bool write_in_place(struct mbox *mbox, struct err *err)
{
    struct str left = strbuf_str(&mbox->left);
    size_t done = 0;
    while (done < left.len) {
        ssize_t count =
            pwrite(mbox->file, left.ptr + done, left.len - done, (off_t)done);
        if (count < 0 && errno != EINTR)
            return file_fail(err, mbox->path, "write");
        done += count > 0 ? (size_t)count : 0;
    }
    return (ftruncate(mbox->file, (off_t)left.len) == 0 &&
            fsync(mbox->file) == 0) ||
           file_fail(err, mbox->path, "write");
}

static bool write_back(struct mbox *mbox, struct err *err)
{
    OWNED(mem_free) char *rest = mem_format("%s.rest", mbox->path);
    if (!mbox->left.len)
        return write_in_place(mbox, err);
    if (!file_write(rest, strbuf_str(&mbox->left), 0600, err))
        return false;
    if (!write_in_place(mbox, err))
        return err_context(err, "what was left is in %s", rest);
    return unlink(rest) == 0 || file_fail(err, rest, "remove");
}

/* Mail that came while we read, from a program that doesn't lock as we do,
 * stays too. */
static bool mbox_close(void *state, struct err *err)
{
    struct mbox *mbox = state;
    keep_last(mbox);
    strbuf_add_str(&mbox->left, str_from(strbuf_str(&mbox->bytes), mbox->next));
    mbox->next = mbox->bytes.len;
    if (!mbox->changed)
        return true;
    size_t known = mbox->bytes.len;
    if (!read_all(mbox, err))
        return false;
    strbuf_add_str(&mbox->left, str_from(strbuf_str(&mbox->bytes), known));
    mbox->next = mbox->bytes.len;
    return write_back(mbox, err);
}

const struct mailbox_kind mailbox_mbox = {
    .prefix = "mbox:",
    .open = mbox_open,
    .next = mbox_next,
    .remove = mbox_remove,
    .close = mbox_close,
    .free = mbox_free,
};
