/* Delivers messages to a Maildir, for trying a newsletter out. */
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
#include "digest/sender/local_connection_internal.h"

/* A message written into tmp, not yet made last. */
struct pending {
    struct connection *connection;
    int fd;
    char *file;
    bool published;
};

struct maildir {
    struct transport base;
    char *url, *path, *host;
    int new_folder; /* kept open to sync it; -1: not yet made */
    unsigned long count;
    struct pending *pending;
    size_t pending_count, pending_capacity;
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
    free(maildir->pending);
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
    return true;
}

static char *unique_name(struct maildir *maildir)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return mem_format("%" PRId64 ".M%06ldP%ldQ%lu.%s", clock_now(),
                      now.tv_nsec / 1000, (long)getpid(), ++maildir->count,
                      maildir->host);
}

static void fail_connection(struct maildir *maildir,
                            struct connection *connection, const char *what)
{
    struct err err;
    file_fail(&err, maildir->path, what);
    local_connection_fail(connection, &err);
}

static void forget(struct maildir *maildir, struct pending *pending)
{
    OWNED(mem_free)
    char *path = mem_format("%s/tmp/%s", maildir->path, pending->file);
    if (pending->fd >= 0)
        close(pending->fd);
    unlink(path);
    free(pending->file);
}

/* Into tmp; it is made last together with its turn's others, so that one
 * write of the journal serves them all. */
static void go(struct connection *connection, int64_t now_ms)
{
    struct maildir *maildir = (struct maildir *)connection->transport;
    struct sender_job *job = local_connection_job(connection);
    struct err err = {0};
    (void)now_ms;
    if (!job)
        return;
    if (!make_folders(maildir, &err)) {
        local_connection_fail(connection, &err);
        return;
    }
    struct pending pending = {.connection = connection,
                              .file = unique_name(maildir)};
    OWNED(mem_free)
    char *path = mem_format("%s/tmp/%s", maildir->path, pending.file);
    convert(maildir, strbuf_str(&job->message));
    pending.fd = file_create(path, 0600);
    if (pending.fd < 0 || !write_all(pending.fd, strbuf_str(&maildir->text))) {
        fail_connection(maildir, connection, "write into");
        forget(maildir, &pending);
        return;
    }
    /* Begun now, so that the first sync finds the blocks of all given out. */
    (void)sync_file_range(pending.fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    MEM_PUSH(maildir->pending, maildir->pending_count,
             maildir->pending_capacity, pending);
}

/* tmp, then new: whoever reads the folder never sees half a message. */
static bool publish(struct maildir *maildir, struct pending *pending)
{
    OWNED(mem_free)
    char *from = mem_format("%s/tmp/%s", maildir->path, pending->file);
    OWNED(mem_free)
    char *to = mem_format("%s/new/%s", maildir->path, pending->file);
    bool synced = fsync(pending->fd) == 0;
    bool closed = close(pending->fd) == 0;
    pending->fd = -1;
    return synced && closed && rename(from, to) == 0;
}

/* The verdict on one, once the folder itself is synced. */
static void conclude(struct maildir *maildir, struct pending *pending,
                     bool synced)
{
    OWNED(mem_free)
    char *kept = mem_format("kept as new/%s", pending->file);
    if (pending->published && synced)
        local_connection_sent(pending->connection, kept);
    else
        fail_connection(maildir, pending->connection, "write into");
    if (pending->published)
        free(pending->file);
    else
        forget(maildir, pending);
}

static void settle(struct transport *transport)
{
    struct maildir *maildir = (struct maildir *)transport;
    for (size_t i = 0; i < maildir->pending_count; i++)
        maildir->pending[i].published = publish(maildir, &maildir->pending[i]);
    bool synced = !maildir->pending_count || fsync(maildir->new_folder) == 0;
    for (size_t i = 0; i < maildir->pending_count; i++)
        conclude(maildir, &maildir->pending[i], synced);
    maildir->pending_count = 0;
}

const struct transport_ops transport_maildir = {
    .scheme = "maildir",
    .create = create,
    .destroy = destroy,
    .name = name,
    .default_connections = 16,
    .connection_create = local_connection_create,
    .connection_destroy = local_connection_destroy,
    .open = local_connection_open,
    .read = local_connection_read,
    .ready = local_connection_ready,
    .bind = local_connection_bind,
    .go = go,
    .settle = settle,
    .verdict = local_connection_verdict,
    .leave = local_connection_leave,
    .drop = local_connection_drop,
};
