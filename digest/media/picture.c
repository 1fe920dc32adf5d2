/* Has a picture scaled by a child process, and takes what it answers. */
#include "digest/media/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/sha.h>

#include "digest/base/clock.h"
#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "digest/media/picture_wire_internal.h"

enum {
    HASH_BYTES = 16, /* of SHA-256's 32 */
    HASH_CHARS = 2 * HASH_BYTES,
    /* The child's own limit is one of processor time; this one is for a child
     * that doesn't come to run. */
    WAIT_MS = 60 * 1000,
};

/* ---- where the child is ------------------------------------------------ */

/* Places of the child, from the folder of the program that runs: as it is
 * built, as it is installed, and as tests see it. */
static const char *const places[] = {
    "digest-picture", "../lib/digest/digest-picture", "../digest-picture"};

/* Finds the child's path, to be freed; NULL with *err. */
static char *find_child(struct err *err)
{
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) {
        err_set(err, ERR_IO, "/proc/self/exe can't be read: %s",
                strerror(errno));
        return NULL;
    }
    self[length] = '\0';
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        OWNED(mem_free) char *path = mem_format("%s/%s", self, places[i]);
        if (access(path, X_OK) == 0)
            return TAKE(path);
    }
    err_set(err, ERR_IO,
            "%s: digest-picture, which prepares pictures, isn't there; "
            "cron/setup builds and installs it",
            self);
    return NULL;
}

/* ---- running it -------------------------------------------------------- */

struct child {
    pid_t pid;  /* 0: it doesn't run */
    int input;  /* -1: closed */
    int answer; /* to be read; -1: closed */
};

static void close_it(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Ends the child, whatever it does: its answer is here, or won't come. */
static void end_child(struct child *child)
{
    close_it(&child->input);
    close_it(&child->answer);
    if (!child->pid)
        return;
    kill(child->pid, SIGKILL);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    child->pid = 0;
}

static bool write_all(int fd, struct str bytes)
{
    while (bytes.len) {
        ssize_t written = write(fd, bytes.ptr, bytes.len);
        if (written < 0 && errno != EINTR)
            return false;
        bytes = str_from(bytes, written > 0 ? (size_t)written : 0);
    }
    return true;
}

static bool fail_running(struct err *err, int why)
{
    return err_set(err, ERR_IO, "a picture can't be prepared: %s",
                   strerror(why));
}

/* Starts the child. It has the two descriptors, and none of ours; no setting of
 * ours either, but one that keeps libraries from threads: it may make none. */
static int spawn(const char *path, struct child *child, int output)
{
    char name[] = "digest-picture";
    char threads[] = "OMP_NUM_THREADS=1";
    char *arguments[] = {name, NULL}, *environment[] = {threads, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_adddup2(&actions, child->input, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    int failed = posix_spawn(&child->pid, path, &actions, &attributes,
                             arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (failed)
        child->pid = 0;
    return failed;
}

static bool start_child(struct str given, struct child *child, struct err *err)
{
    OWNED(mem_free) char *path = find_child(err);
    int ends[2];
    if (!path)
        return false;
    child->input = memfd_create("picture", MFD_CLOEXEC);
    if (child->input < 0 || !write_all(child->input, given) ||
        lseek(child->input, 0, SEEK_SET) != 0 || pipe2(ends, O_CLOEXEC) != 0)
        return fail_running(err, errno);
    child->answer = ends[0];
    int failed = spawn(path, child, ends[1]);
    close(ends[1]);
    return !failed ||
           err_set(err, ERR_IO, "%s can't be run: %s", path, strerror(failed));
}

/* Reads all that the child says, unless that is more than it has to say. */
static bool read_answer(struct child *child, struct strbuf *out,
                        struct err *err)
{
    enum { MOST = sizeof(struct picture_answer) + 2 * PICTURE_MADE_MAX };
    int64_t until = clock_monotonic_ms() + WAIT_MS;
    char piece[65536];
    for (;;) {
        struct pollfd ready = {.fd = child->answer, .events = POLLIN};
        int64_t left = until - clock_monotonic_ms();
        int polled = left > 0 ? poll(&ready, 1, (int)left) : 0;
        if (polled < 0 && errno == EINTR)
            continue;
        ssize_t got =
            polled > 0 ? read(child->answer, piece, sizeof piece) : -1;
        if (got == 0)
            return true;
        if (got < 0 || out->len + (size_t)got > MOST)
            return err_set(err, ERR_INPUT,
                           "preparing this picture took longer than it may");
        strbuf_add(out, piece, (size_t)got);
    }
}

/* ---- what it answered -------------------------------------------------- */

static bool fail_outcome(uint32_t outcome, struct err *err)
{
    switch (outcome) {
    case PICTURE_DAMAGED:
        return err_set(err, ERR_INPUT,
                       "this picture is damaged: it can't be decoded");
    case PICTURE_NO_WALLS:
        return err_set(err, ERR_IO,
                       "this system can't keep a program from the network and "
                       "from files (seccomp), so that no picture is decoded");
    default:
        return err_set(err, ERR_INPUT,
                       "this picture is damaged, or takes more memory or time "
                       "to decode than it may");
    }
}

/* The child has seen what anybody may send: nothing that it says is believed
 * before it was looked at. */
static bool is_made(struct str bytes, bool is_png, uint32_t width,
                    uint32_t height)
{
    struct picture_look look;
    return bytes.len <= PICTURE_MADE_MAX && picture_look(bytes, &look, NULL) &&
           look.kind == (is_png ? PICTURE_PNG : PICTURE_JPEG) &&
           look.width == width && look.height == height && !look.exif.ptr;
}

static void set_name(struct picture *picture, bool is_png)
{
    OWNED(strbuf_free) struct strbuf hash = STRBUF_INIT;
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)picture->bytes.ptr, picture->bytes.len,
           digest);
    hex_encode(&hash, (struct str){(const char *)digest, HASH_BYTES});
    snprintf(picture->name, sizeof picture->name, "%s.%s", strbuf_text(&hash),
             is_png ? "png" : "jpg");
}

static bool take_answer(struct str said, struct picture *out, struct err *err)
{
    struct picture_answer a = {0};
    if (said.len >= sizeof a)
        memcpy(&a, said.ptr, sizeof a);
    if (a.outcome != PICTURE_MADE)
        return fail_outcome(a.outcome, err);
    said = str_from(said, sizeof a);
    if (a.bytes > said.len || a.small_bytes != said.len - a.bytes)
        return fail_outcome(0, err);
    struct str large = {said.ptr, a.bytes}, small = str_from(said, a.bytes);
    if (a.width > PICTURE_WIDTH ||
        !is_made(large, a.is_png, a.width, a.height) ||
        (small.len > 0) != (a.width > PICTURE_SMALL_WIDTH) ||
        (small.len && !is_made(small, a.is_png, a.small_width, a.small_height)))
        return fail_outcome(0, err);
    out->width = a.width;
    out->height = a.height;
    out->small_width = a.small_width;
    out->small_height = a.small_height;
    strbuf_add_str(&out->bytes, large);
    strbuf_add_str(&out->small, small);
    set_name(out, a.is_png);
    return true;
}

bool picture_make(struct str given, struct picture *out, struct err *err)
{
    OWNED(strbuf_free) struct strbuf said = STRBUF_INIT;
    OWNED(end_child) struct child child = {.input = -1, .answer = -1};
    struct picture_look look;
    *out = (struct picture){.bytes = STRBUF_INIT, .small = STRBUF_INIT};
    return picture_look(given, &look, err) && start_child(given, &child, err) &&
           read_answer(&child, &said, err) &&
           take_answer(strbuf_str(&said), out, err);
}

void picture_free(struct picture *picture)
{
    strbuf_free(&picture->bytes);
    strbuf_free(&picture->small);
}

bool picture_check(struct err *err)
{
    /* One transparent pixel. */
    static const char pixel[] =
        "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,\0\0\0\0\1"
        "\0\1\0\0\2\1D\0;";
    OWNED(picture_free) struct picture made = {0};
    return picture_make((struct str){pixel, sizeof pixel - 1}, &made, err);
}

/* ---- names ------------------------------------------------------------- */

#define SMALL_MARK "-600"

void picture_small_name(struct str name, unsigned width, struct strbuf *out)
{
    size_t dot = str_find(name, '.');
    strbuf_add_str(out, (struct str){name.ptr, dot});
    strbuf_add_text(out, width > PICTURE_SMALL_WIDTH ? SMALL_MARK : "");
    strbuf_add_str(out, str_from(name, dot));
}

bool picture_is_name(struct str asked, char large[static PICTURE_NAME_SIZE],
                     bool *is_small)
{
    struct str rest = asked;
    size_t hash = 0;
    while (hash < asked.len && asked.ptr[hash] &&
           strchr("0123456789abcdef", asked.ptr[hash]))
        hash++;
    rest = str_from(rest, hash);
    *is_small = str_starts(rest, STR(SMALL_MARK));
    if (*is_small)
        rest = str_from(rest, strlen(SMALL_MARK));
    if (hash != HASH_CHARS ||
        (!str_equal(rest, STR(".jpg")) && !str_equal(rest, STR(".png"))))
        return false;
    snprintf(large, PICTURE_NAME_SIZE, "%.*s%.*s", (int)hash, asked.ptr,
             STR_ARG(rest));
    return true;
}

const char *picture_type(struct str name)
{
    return str_ends(name, STR(".png")) ? "image/png" : "image/jpeg";
}
