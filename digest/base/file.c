/* Reads, writes, lists and locks files, with the error that names the path. */
#include "digest/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest/base/mem.h"

/* The system's errors: our kind for each, and the remedy. */
static const struct {
    int code;
    enum err_kind kind;
    const char *remedy;
} faults[] = {
    {ENOENT, ERR_NOT_FOUND, ""},
    {ENOTDIR, ERR_NOT_FOUND, ""},
    {EACCES, ERR_PERMISSION, ""},
    {EPERM, ERR_PERMISSION, ""},
    {EROFS, ERR_IO,
     "; mount it to be written (a disk that failed may be the reason: see the "
     "system's log)"},
    {ENOSPC, ERR_IO, "; make room, and try again"},
    {EDQUOT, ERR_IO, "; make room, and try again"},
    {EIO, ERR_IO, "; the disk failed: see the system's log, and try again"},
    {ELOOP, ERR_IO, "; a link isn't followed here: remove it"},
};

bool file_fail(struct err *err, const char *path, const char *doing)
{
    int code = errno;
    enum err_kind kind = ERR_IO;
    const char *remedy = "";
    for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
        if (faults[i].code == code) {
            kind = faults[i].kind;
            remedy = faults[i].remedy;
        }
    return err_set(err, kind, "%s: cannot %s: %s%s", path, doing,
                   strerror(code), remedy);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static bool read_all(int fd, const char *path, size_t max_bytes,
                     struct strbuf *out, struct err *err)
{
    size_t total = 0;
    for (;;) {
        char *to = strbuf_reserve(out, 64 * 1024);
        ssize_t got = read(fd, to, 64 * 1024);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return file_fail(err, path, "read");
        to[got] = '\0';
        if (got == 0)
            return true;
        out->len += (size_t)got;
        total += (size_t)got;
        if (total > max_bytes)
            return err_set(err, ERR_INPUT, "%s: larger than %zu bytes", path,
                           max_bytes);
    }
}

bool file_read(const char *path, size_t max_bytes, struct strbuf *out,
               struct err *err)
{
    OWNED(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return file_fail(err, path, "open");
    size_t before = out->len;
    if (read_all(fd, path, max_bytes, out, err))
        return true;
    strbuf_cut(out, before);
    return false;
}

static bool write_all(int fd, struct str bytes)
{
    while (bytes.len) {
        ssize_t put = write(fd, bytes.ptr, bytes.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes = str_from(bytes, (size_t)put);
    }
    return true;
}

bool file_write(const char *path, struct str bytes, mode_t mode,
                struct err *err)
{
    OWNED(mem_free) char *beside = NULL;
    OWNED(close_fd) int fd = file_create_beside(path, &beside);
    if (fd < 0)
        return file_fail(err, path, "write");
    if (fchmod(fd, mode) != 0 || !write_all(fd, bytes) || fsync(fd) != 0 ||
        rename(beside, path) != 0) {
        file_fail(err, path, "write");
        unlink(beside);
        return false;
    }
    return true;
}

bool file_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

bool file_is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

char *file_join(const char *folder, const char *name)
{
    if (name[0] == '/' || !folder || !*folder || strcmp(folder, ".") == 0)
        return mem_copy(name);
    bool slash = folder[strlen(folder) - 1] == '/';
    return mem_format("%s%s%s", folder, slash ? "" : "/", name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void close_folder(DIR **folder)
{
    if (*folder)
        closedir(*folder);
}

bool file_list(const char *folder, const char *suffix, struct file_list *out,
               struct err *err)
{
    OWNED(close_folder) DIR *dir = opendir(folder);
    if (!dir)
        return file_fail(err, folder, "open");
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.' ||
            (suffix && !str_ends(str_of(entry->d_name), str_of(suffix))))
            continue;
        MEM_PUSH(out->names, out->count, out->capacity,
                 mem_copy(entry->d_name));
    }
    if (out->count)
        qsort(out->names, out->count, sizeof *out->names, by_name);
    return true;
}

void file_list_free(struct file_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
    *list = (struct file_list){0};
}

/* Whether a locked file was removed: its last holder may have done so before
 * giving it up, and others can lock the file that stands there now. */
static bool is_removed(int fd)
{
    struct stat found;
    return fstat(fd, &found) == 0 && found.st_nlink == 0;
}

bool file_lock(const char *path, int *lock, struct err *err)
{
    int fd;
    /* Another process may make or remove it in between. */
    do {
        fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0 && errno == ENOENT)
            fd = file_create(path, 0600);
    } while (fd < 0 && errno == EEXIST);
    if (fd < 0)
        return file_fail(err, path, "lock");
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        bool held = errno == EWOULDBLOCK;
        if (!held)
            file_fail(err, path, "lock");
        close(fd);
        return held ? err_set(err, ERR_TEMPORARY,
                              "%s: another process holds this lock", path)
                    : false;
    }
    if (is_removed(fd)) {
        close(fd);
        return file_lock(path, lock, err);
    }
    *lock = fd;
    return true;
}

void file_unlock(int *lock)
{
    close_fd(lock);
    *lock = -1;
}
