/* Opens a page in the browser of whoever sits at the terminal. */
#include "digest/cli/viewer.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "digest/base/file.h"
#include "digest/base/mem.h"

static bool write_page(const char *name, struct str page, char **path,
                       struct err *err)
{
    const char *parent = getenv("TMPDIR");
    OWNED(mem_free)
    char *folder =
        mem_format("%s/digest-XXXXXX", parent && *parent ? parent : "/tmp");
    if (!mkdtemp(folder))
        return file_fail(err, folder, "make");
    *path = file_join(folder, name);
    return file_write(*path, page, 0600, err);
}

static bool has_desktop(void)
{
    static const char *const signs[] = {"DISPLAY", "WAYLAND_DISPLAY",
                                        "BROWSER"};
    for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
        const char *value = getenv(signs[i]);
        if (value && *value)
            return true;
    }
    return false;
}

/* Becomes the browser, in the grandchild: it outlives this program and says
 * nothing on its terminal. Writes to `failed` if none of them is there. */
static _Noreturn void become_browser(const char *path, int failed)
{
    static const char *const openers[] = {"xdg-open", "sensible-browser",
                                          "open"};
    int nothing = open("/dev/null", O_RDWR);
    setsid();
    for (int fd = 0; nothing >= 0 && fd < 3; fd++)
        dup2(nothing, fd);
    for (size_t i = 0; i < ARRAY_SIZE(openers); i++)
        execlp(openers[i], openers[i], path, (char *)NULL);
    ssize_t told = write(failed, "", 1);
    _exit(told == 1 ? 1 : 2);
}

/* An exec that works closes the pipe, and there is nothing to read. */
static bool open_browser(const char *path)
{
    int pipe_fds[2];
    char byte;
    if (pipe2(pipe_fds, O_CLOEXEC) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        if (fork() == 0)
            become_browser(path, pipe_fds[1]);
        _exit(0);
    }
    close(pipe_fds[1]);
    bool shown = child > 0 && read(pipe_fds[0], &byte, 1) == 0;
    close(pipe_fds[0]);
    if (child > 0)
        waitpid(child, NULL, 0);
    return shown;
}

bool viewer_show(const char *name, struct str page, char **path, bool *shown,
                 struct err *err)
{
    if (!write_page(name, page, path, err))
        return false;
    *shown = has_desktop() && open_browser(*path);
    return true;
}
