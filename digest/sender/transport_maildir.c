#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "digest/base/clock.h"
#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "digest/sender/local_link.h"

struct maildir {
    struct transport base;
    char *url, *path, *host;
    int new_folder; /* kept open to sync it; -1: not yet made */
    unsigned long count;
    struct strbuf text; /* the message with its own line ends */
};

/* A name holds no '/' and no ':' (the Maildir description, cr.yp.to). */
static char *safe_host(void)
{
    char host[256] = "localhost";
    struct strbuf out = STRBUF_INIT;
    if (gethostname(host, sizeof host - 1) != 0)
        return mem_copy("localhost");
    for (const char *c = host; *c; c++) {
        if (*c == '/' || *c == ':')
            strbuf_add_format(&out, "\\%03o", (unsigned)*c);
        else
            strbuf_add_char(&out, *c);
    }
    return strbuf_take(&out);
}

static bool create(const struct relay_settings *settings, struct dialer *dialer,
                   struct transport **out, struct err *err)
{
    (void)dialer;
    const char *path = settings->url + sizeof "maildir:" - 1;
    if (!*path)
        return err_set(err, ERR_CONFIG,
                       "transport url \"%s\": the folder is missing; write "
                       "maildir:PATH",
                       settings->url);
    struct maildir *maildir = MEM_NEW(struct maildir);
    maildir->base.ops = &transport_maildir;
    maildir->url = mem_copy(settings->url);
    maildir->path = mem_copy(path);
    maildir->host = safe_host();
    maildir->new_folder = -1;
    *out = &maildir->base;
    return true;
}

static void destroy(struct transport *transport)
{
    struct maildir *maildir = (struct maildir *)transport;
    if (maildir->new_folder >= 0)
        close(maildir->new_folder);
    free(maildir->url);
    free(maildir->path);
    free(maildir->host);
    strbuf_free(&maildir->text);
    free(maildir);
}

static const char *name(const struct transport *transport)
{
    return ((const struct maildir *)transport)->url;
}

static bool make_folders(struct maildir *maildir, struct err *err)
{
    static const char *const names[] = {"tmp", "cur", "new"};
    if (maildir->new_folder >= 0)
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        OWNED(mem_free) char *path = file_join(maildir->path, names[i]);
        if (!file_make_folder(path, 0700, err))
            return false;
        if (i != 2)
            continue;
        maildir->new_folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (maildir->new_folder < 0)
            return file_fail(err, path, "open");
    }
    return true;
}

/* A message is kept with the line ends of this system. */
static void convert(struct maildir *maildir, struct str message)
{
    strbuf_cut(&maildir->text, 0);
    while (message.len) {
        size_t end = str_find(message, '\n');
        bool crlf =
            end < message.len && end > 0 && message.ptr[end - 1] == '\r';
        strbuf_add(&maildir->text, message.ptr, crlf ? end - 1 : end);
        if (end < message.len)
            strbuf_add_char(&maildir->text, '\n');
        message = str_from(message, end < message.len ? end + 1 : end);
    }
}

static bool write_all(int fd, struct str bytes)
{
    while (bytes.len) {
        ssize_t part = write(fd, bytes.ptr, bytes.len);
        if (part < 0 && errno == EINTR)
            continue;
        if (part <= 0)
            return false;
        bytes = str_from(bytes, (size_t)part);
    }
    return fsync(fd) == 0;
}

static bool write_file(const char *path, struct str bytes, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_fail(err, path, "create");
    bool good = write_all(fd, bytes);
    int failure = errno;
    if (close(fd) != 0 && good) {
        good = false;
        failure = errno;
    }
    if (good)
        return true;
    unlink(path);
    errno = failure;
    return file_fail(err, path, "write");
}

static char *unique_name(struct maildir *maildir)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return mem_format("%" PRId64 ".M%06ldP%ldQ%lu.%s", clock_now(),
                      now.tv_nsec / 1000, (long)getpid(), ++maildir->count,
                      maildir->host);
}

/* tmp, then new: whoever reads the folder never sees half a message. */
static bool deliver(struct maildir *maildir, const char *file, struct err *err)
{
    OWNED(mem_free)
    char *from = mem_format("%s/tmp/%s", maildir->path, file);
    OWNED(mem_free) char *to = mem_format("%s/new/%s", maildir->path, file);
    if (!write_file(from, strbuf_str(&maildir->text), err))
        return false;
    if (rename(from, to) != 0) {
        file_fail(err, to, "create");
        unlink(from);
        return false;
    }
    if (fsync(maildir->new_folder) != 0)
        return file_fail(err, maildir->path, "sync");
    return true;
}

static void go(struct link *link, int64_t now_ms)
{
    struct maildir *maildir = (struct maildir *)link->transport;
    struct sender_job *job = local_link_job(link);
    struct err err = {0};
    (void)now_ms;
    if (!job)
        return;
    OWNED(mem_free) char *file = unique_name(maildir);
    convert(maildir, strbuf_str(&job->message));
    if (!make_folders(maildir, &err) || !deliver(maildir, file, &err)) {
        local_link_fail(link, &err);
        return;
    }
    OWNED(mem_free) char *kept = mem_format("kept as new/%s", file);
    local_link_sent(link, kept);
}

const struct transport_ops transport_maildir = {
    .scheme = "maildir",
    .create = create,
    .destroy = destroy,
    .name = name,
    .default_links = 4,
    .link_create = local_link_create,
    .link_destroy = local_link_destroy,
    .open = local_link_open,
    .read = local_link_read,
    .ready = local_link_ready,
    .bind = local_link_bind,
    .go = go,
    .verdict = local_link_verdict,
    .leave = local_link_leave,
    .drop = local_link_drop,
};
