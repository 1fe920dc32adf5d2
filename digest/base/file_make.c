/* Making files and folders, and whose they are. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"

/* The users whose folders root works in: of digest.yaml's, and of the
 * database's. */
static uid_t homes[4];
static size_t home_count;

static bool is_home_of(uid_t user)
{
    for (size_t i = 0; i < home_count; i++)
        if (homes[i] == user)
            return true;
    return false;
}

void file_add_home(const char *folder)
{
    OWNED(mem_free) char *at = mem_copy(*folder ? folder : ".");
    struct stat status;
    if (geteuid() != 0)
        return;
    while (stat(at, &status) != 0) {
        OWNED(mem_free) char *copy = mem_copy(at);
        const char *above = dirname(copy);
        if (strcmp(above, at) == 0)
            return;
        free(at);
        at = mem_copy(above);
    }
    if (status.st_uid != 0 && !is_home_of(status.st_uid) &&
        home_count < ARRAY_SIZE(homes))
        homes[home_count++] = status.st_uid;
}

/* ---- in whose folder -------------------------------------------------- */

/* The place where something is made: its folder, held open, so that the one
 * looked at is the one written into; and its name there. */
struct place {
    int folder;
    const char *name;
    bool given; /* the folder is of a user who is to have it */
    uid_t user;
    gid_t group;
};

static void place_close(struct place *place)
{
    if (place->folder >= 0)
        close(place->folder);
}

/* Opens the place of a path. Without a user to give it to, the path is the
 * name. */
static bool place_open(const char *path, struct place *place)
{
    const char *slash = strrchr(path, '/');
    struct stat status;
    *place = (struct place){.folder = AT_FDCWD, .name = path};
    if (!home_count)
        return true;
    OWNED(mem_free)
    char *folder = !slash ? mem_copy(".")
                   : slash == path
                       ? mem_copy("/")
                       : mem_format("%.*s", (int)(slash - path), path);
    place->name = slash ? slash + 1 : path;
    place->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (place->folder < 0 || fstat(place->folder, &status) != 0)
        return false;
    place->given = is_home_of(status.st_uid);
    place->user = status.st_uid;
    place->group = status.st_gid;
    return true;
}

int file_create(const char *path, mode_t mode)
{
    OWNED(place_close) struct place place;
    if (!place_open(path, &place))
        return -1;
    int fd = openat(place.folder, place.name,
                    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (fd < 0 || !place.given || fchown(fd, place.user, place.group) == 0)
        return fd;
    int why = errno;
    close(fd);
    unlinkat(place.folder, place.name, 0);
    errno = why;
    return -1;
}

/* A name of its own is enough: a file that is there already isn't opened. (No
 * random bytes are taken: with a held source what follows would change.) */
int file_create_beside(const char *path, char **beside)
{
    enum { TRIES = 100 };
    static _Atomic unsigned count;
    int fd = -1;
    for (int i = 0; i < TRIES; i++) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        OWNED(mem_free)
        char *name = mem_format("%s.%lx%lx%x", path, (long)getpid(),
                                now.tv_nsec & 0xffff, ++count);
        fd = file_create(name, 0600);
        if (fd >= 0)
            *beside = TAKE(name);
        if (fd >= 0 || errno != EEXIST)
            break;
    }
    return fd;
}

/* Into a user's folder root doesn't follow a link of theirs. */
int file_create_over(const char *path, mode_t mode)
{
    int fd = file_create(path, mode);
    return fd >= 0 || errno != EEXIST
               ? fd
               : open(path, O_WRONLY | O_TRUNC | O_CLOEXEC |
                                (home_count ? O_NOFOLLOW : 0));
}

/* ---- folders ---------------------------------------------------------- */

static bool is_empty(int folder)
{
    int copy = dup(folder);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    const struct dirent *entry;
    if (!dir) {
        if (copy >= 0)
            close(copy);
        return false;
    }
    do
        entry = readdir(dir);
    while (entry && (strcmp(entry->d_name, ".") == 0 ||
                     strcmp(entry->d_name, "..") == 0));
    closedir(dir);
    return !entry;
}

/* Gives a folder that was made to its user. The owner of the folder above may
 * have put something else in its place since: only an empty folder of root's is
 * given. */
static bool give_folder(const struct place *place)
{
    struct stat status;
    int fd = openat(place->folder, place->name,
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool good = fd >= 0 && fstat(fd, &status) == 0 && status.st_uid == 0 &&
                is_empty(fd) && fchown(fd, place->user, place->group) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

/* Makes one folder; true when it was there already, too. */
static bool make_one(const char *path, mode_t mode)
{
    OWNED(place_close) struct place place;
    if (!place_open(path, &place))
        return false;
    if (mkdirat(place.folder, place.name, mode) != 0)
        return errno == EEXIST;
    return !place.given || give_folder(&place);
}

bool file_make_folder(const char *path, mode_t mode, struct err *err)
{
    OWNED(mem_free) char *partial = mem_copy(path);
    size_t length = strlen(partial);
    while (length > 1 && partial[length - 1] == '/')
        partial[--length] = '\0';
    for (char *c = partial; *c; c++) {
        if (*c != '/' || c == partial || c[-1] == '/')
            continue;
        *c = '\0';
        if (!make_one(partial, mode))
            return file_fail(err, partial, "make the folder");
        *c = '/';
    }
    if (make_one(partial, mode)) {
        if (file_is_folder(partial))
            return true;
        errno = EEXIST;
    }
    return file_fail(err, path, "make the folder");
}

/* ---- after another -------------------------------------------------- */

bool file_give(const char *path, const char *like, struct err *err)
{
    OWNED(mem_free) char *copy = mem_copy(like);
    struct stat heir, status;
    if (geteuid() != 0)
        return true;
    if (lstat(like, &heir) != 0 && stat(dirname(copy), &heir) != 0)
        return file_fail(err, like, "look at");
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return file_fail(err, path, "give to its owner");
    bool good = fstat(fd, &status) == 0;
    if (good && (!S_ISREG(status.st_mode) || status.st_nlink != 1 ||
                 (status.st_uid != 0 && !is_home_of(status.st_uid))))
        good = err_set(err, ERR_CONFLICT,
                       "%s: was changed meanwhile; it stays root's", path);
    else if (!good || fchown(fd, heir.st_uid, heir.st_gid) != 0)
        good = file_fail(err, path, "give to its owner");
    close(fd);
    return good;
}
