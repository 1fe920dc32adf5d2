/* Files: read whole, written so that a crash leaves the old or the new. */
#ifndef DIGEST_BASE_FILE_H
#define DIGEST_BASE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

/* Appends the file's bytes. Fails: NOT_FOUND, PERMISSION, IO; INPUT when it
 * holds more than max_bytes; `out` is then as it was. */
FALLIBLE bool file_read(const char *path, size_t max_bytes, struct strbuf *out,
                        struct err *err);

/* Writes beside `path`, syncs, and renames over it. Fails: IO, PERMISSION. */
FALLIBLE bool file_write(const char *path, struct str bytes, mode_t mode,
                         struct err *err);

/* Called by root: gives a file to whoever owns `like`, or its folder where
 * that isn't there. Does nothing for others. Fails: IO, PERMISSION. */
FALLIBLE bool file_give(const char *path, const char *like, struct err *err);

/* Makes the folder and those above it. Fails: IO, PERMISSION. */
FALLIBLE bool file_make_folder(const char *path, mode_t mode, struct err *err);

bool file_exists(const char *path);
bool file_is_folder(const char *path);

/* FOLDER/NAME, or NAME alone when it is absolute or FOLDER is ".". free(). */
char *file_join(const char *folder, const char *name);

/* The names in a folder that end in `suffix` (NULL: all), sorted bytewise,
 * without those that begin with a dot. Owns: names and each name; release
 * with file_list_free. Fails: NOT_FOUND, PERMISSION, IO. */
struct file_list {
    char **names;
    size_t count, capacity;
};
FALLIBLE bool file_list(const char *folder, const char *suffix,
                        struct file_list *out, struct err *err);
void file_list_free(struct file_list *list);

/* Takes an exclusive lock on a file, made when it isn't there; the lock is
 * gone with the process, or with file_unlock. Fails: TEMPORARY when another
 * process holds it, IO. */
FALLIBLE bool file_lock(const char *path, int *lock, struct err *err);
void file_unlock(int *lock); /* for OWNED; start with -1 */

/* errno as an error: "PATH: cannot DO: No such file or directory". */
bool file_fail(struct err *err, const char *path, const char *doing);

#endif
