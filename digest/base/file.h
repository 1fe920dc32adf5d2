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

/* Makes the folder and those above it. Fails: IO, PERMISSION. */
FALLIBLE bool file_make_folder(const char *path, mode_t mode, struct err *err);

/* Makes a file that isn't there yet, and opens it to be read and written; -1
 * with errno where it is (EEXIST, also for a symbolic link) or can't be. */
int file_create(const char *path, mode_t mode);

/* The same for a file beside `path`, which is to be renamed to it. Owns: its
 * name; free(). */
int file_create_beside(const char *path, char **beside);

/* Opens `path` to be written anew: it is made, or what it holds is dropped.
 * -1 with errno. */
int file_create_over(const char *path, mode_t mode);

/* ---- whose they are ----------------------------------------------------
 * Root works in the folder of a service user: what root makes there has to
 * belong to that user, who couldn't go on with it otherwise. All of the above
 * see to that. Nothing else is given away: a file has to be new, made by us,
 * in a folder that belongs to the user already, and no link is followed.
 */

/* The owner of this folder, or of the nearest one above that is there, is such
 * a user from now on. Does nothing for who isn't root, and where root owns it.
 * To be called before there are threads. */
void file_add_home(const char *folder);

/* Called by root: gives a file that was made just now to whoever owns `like`,
 * or its folder where that isn't there. Does nothing for others. Fails: IO,
 * PERMISSION, CONFLICT (it isn't a file of root's alone). */
FALLIBLE bool file_give(const char *path, const char *like, struct err *err);

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
