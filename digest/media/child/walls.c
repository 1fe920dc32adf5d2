/* Walls the child in, so that it can do nothing against who started it. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <seccomp.h>

#include "digest/base/mem.h"
#include "digest/media/child/child.h"

static bool limit(__rlimit_resource_t what, rlim_t most)
{
    struct rlimit both = {most, most};
    return setrlimit(what, &both) == 0;
}

/* The memory that the child has before it reads anything: libraries, and in a
 * build with sanitizers much that is never used. */
static bool memory_now(rlim_t *out)
{
    unsigned long long pages;
    FILE *file = fopen("/proc/self/statm", "r");
    bool good = file && fscanf(file, "%llu", &pages) == 1;
    if (file)
        fclose(file);
    if (good)
        *out = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
    return good;
}

/* All else fails with EPERM; so do opening, connecting, and touching another
 * process. */
static bool forbid_calls(void)
{
    static const int allowed[] = {
        SCMP_SYS(read),          SCMP_SYS(write),
        SCMP_SYS(close),         SCMP_SYS(fstat),
        SCMP_SYS(newfstatat),    SCMP_SYS(lseek),
        SCMP_SYS(mmap),          SCMP_SYS(munmap),
        SCMP_SYS(mremap),        SCMP_SYS(mprotect),
        SCMP_SYS(madvise),       SCMP_SYS(brk),
        SCMP_SYS(futex),         SCMP_SYS(exit),
        SCMP_SYS(exit_group),    SCMP_SYS(rt_sigreturn),
        SCMP_SYS(sigaltstack),   SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(clock_gettime), SCMP_SYS(getrandom),
        SCMP_SYS(sched_yield),
    };
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(1));
    bool good = filter != NULL;
    for (size_t i = 0; good && i < ARRAY_SIZE(allowed); i++)
        good = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0) == 0;
    good = good && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return good;
}

bool child_walls(void)
{
    rlim_t memory = 0;
    return memory_now(&memory) && limit(RLIMIT_AS, memory + CHILD_MEMORY) &&
           limit(RLIMIT_CPU, CHILD_SECONDS) && limit(RLIMIT_CORE, 0) &&
           limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 0) &&
           prctl(PR_SET_DUMPABLE, 0) == 0 && forbid_calls();
}
