/* Wraps SQLite's reads and writes, so that the system's error isn't lost. */
#include "digest/store/disk_internal.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <unistd.h>

static _Thread_local int fault;

static ssize_t noted(ssize_t done)
{
    if (done < 0 && errno != EINTR)
        fault = errno;
    return done;
}

static ssize_t (*system_read)(int, void *, size_t);
static ssize_t (*system_pread)(int, void *, size_t, off_t);
static ssize_t (*system_pread64)(int, void *, size_t, off64_t);
static ssize_t (*system_write)(int, const void *, size_t);
static ssize_t (*system_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*system_pwrite64)(int, const void *, size_t, off64_t);

static ssize_t noting_read(int fd, void *to, size_t size)
{
    return noted(system_read(fd, to, size));
}

static ssize_t noting_pread(int fd, void *to, size_t size, off_t at)
{
    return noted(system_pread(fd, to, size, at));
}

static ssize_t noting_pread64(int fd, void *to, size_t size, off64_t at)
{
    return noted(system_pread64(fd, to, size, at));
}

static ssize_t noting_write(int fd, const void *from, size_t size)
{
    return noted(system_write(fd, from, size));
}

static ssize_t noting_pwrite(int fd, const void *from, size_t size, off_t at)
{
    return noted(system_pwrite(fd, from, size, at));
}

static ssize_t noting_pwrite64(int fd, const void *from, size_t size,
                               off64_t at)
{
    return noted(system_pwrite64(fd, from, size, at));
}

#define CALL(name)                                                             \
    {                                                                          \
#name, (sqlite3_syscall_ptr)noting_##name,                             \
            (sqlite3_syscall_ptr *)&system_##name                              \
    }

/* SQLite was built to use some of them, and lacks the others. */
static void replace(void)
{
    const struct {
        const char *name;
        sqlite3_syscall_ptr noting, *was;
    } calls[] = {CALL(read),  CALL(pread),  CALL(pread64),
                 CALL(write), CALL(pwrite), CALL(pwrite64)};
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    if (!vfs || vfs->iVersion < 3 || !vfs->xSetSystemCall)
        return;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        *calls[i].was = vfs->xGetSystemCall(vfs, calls[i].name);
        if (*calls[i].was)
            vfs->xSetSystemCall(vfs, calls[i].name, calls[i].noting);
    }
}

void disk_watch(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, replace);
}

int disk_fault(void)
{
    int was = fault;
    fault = 0;
    return was;
}
