/* Opens connections to relays through libcurl, and carries their bytes. */
#include "digest/sender/dialer.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/sender/dial_fault_internal.h"

/* A TLS record holds at most this much; GnuTLS wants the same bytes again
 * after it could not write them, so they are kept here. */
enum { RECORD_MAX = 16384 };

struct dialer {
    CURLSH *share;        /* TLS sessions, to resume them, and addresses */
    struct call *dialing; /* calls, the newest first */
};

/* Each has a multi handle of its own: when one opens a connection, libcurl
 * closes those others that seem dead to it or too old, and can't know that we
 * talk on them. */
struct call {
    struct dialer *dialer;
    struct call *next, **here; /* while it is being opened */
    CURLM *multi;
    CURL *easy;
    const struct relay_settings *settings;
    const struct smtp_url *url;
    enum call_state state;
    struct smtp_caps caps;
    unsigned lines;
    char last_line[512];
    char curl_error[CURL_ERROR_SIZE];
    struct err fault;
    curl_socket_t fd;
    bool tls;
    char *record; /* of RECORD_MAX, when there is TLS */
    size_t record_length, record_at;
};

static void start_curl(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool dialer_new(struct dialer **out, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_curl);
    struct dialer *dialer = MEM_NEW(struct dialer);
    dialer->share = curl_share_init();
    if (!dialer->share) {
        dialer_free(dialer);
        return err_set(err, ERR_IO, "libcurl: cannot be started");
    }
    curl_share_setopt(dialer->share, CURLSHOPT_SHARE,
                      CURL_LOCK_DATA_SSL_SESSION);
    curl_share_setopt(dialer->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
    *out = dialer;
    return true;
}

void dialer_free(struct dialer *dialer)
{
    if (!dialer)
        return;
    if (dialer->share)
        curl_share_cleanup(dialer->share);
    free(dialer);
}

/* ---- opening ---------------------------------------------------------- */

/* Hears each line the server says until the connection stands. */
static size_t hear_line(char *bytes, size_t size, size_t count, void *context)
{
    struct call *call = context;
    struct str line = str_trim((struct str){bytes, size * count});
    call->lines++;
    smtp_caps_line(&call->caps, line);
    snprintf(call->last_line, sizeof call->last_line, "%.*s",
             (int)(line.len < 500 ? line.len : 500), line.ptr);
    return size * count;
}

static char *relay_url(const struct smtp_url *url, const char *helo)
{
    return mem_format("%s://%s%s%s:%u/%s", url->tls ? "smtps" : "smtp",
                      url->ipv6 ? "[" : "", url->host, url->ipv6 ? "]" : "",
                      url->port, helo);
}

/* Our name: what is set, or the host's when it has a dot, or the address
 * literal that RFC 5321 §4.1.3 has for those without a name. */
static void own_name(const struct relay_settings *settings, char *out,
                     size_t size)
{
    char host[256] = "";
    if (settings->helo) {
        snprintf(out, size, "%s", settings->helo);
        return;
    }
    gethostname(host, sizeof host - 1);
    snprintf(out, size, "%s", strchr(host, '.') ? host : "[127.0.0.1]");
}

static void set_security(struct call *call)
{
    CURL *easy = call->easy;
    long tls = call->settings->tls_none && !call->url->tls ? CURLUSESSL_NONE
                                                           : CURLUSESSL_ALL;
    curl_easy_setopt(easy, CURLOPT_USE_SSL, tls);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SHARE, call->dialer->share);
    if (call->settings->ca_file) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, call->settings->ca_file);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    call->tls = tls != CURLUSESSL_NONE;
    if (!call->url->user || !call->settings->password)
        return;
    curl_easy_setopt(easy, CURLOPT_USERNAME, call->url->user);
    curl_easy_setopt(easy, CURLOPT_PASSWORD, call->settings->password);
    curl_easy_setopt(easy, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
}

static void set_options(struct call *call)
{
    CURL *easy = call->easy;
    char helo[256];
    own_name(call->settings, helo, sizeof helo);
    OWNED(mem_free) char *url = relay_url(call->url, helo);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    /* Don't wait for a resolver that doesn't answer. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->curl_error);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, hear_line);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    /* The connection keeps the timeouts; these only stand behind it. */
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 3600L);
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, 3600L);
    set_security(call);
}

struct call *dialer_call(struct dialer *dialer,
                         const struct relay_settings *settings,
                         const struct smtp_url *url)
{
    struct call *call = MEM_NEW(struct call);
    call->dialer = dialer;
    call->settings = settings;
    call->url = url;
    call->fd = CURL_SOCKET_BAD;
    call->multi = curl_multi_init();
    call->easy = curl_easy_init();
    if (!call->multi || !call->easy) {
        call->state = CALL_FAILED;
        err_set(&call->fault, ERR_TEMPORARY, "libcurl: cannot be started");
        return call;
    }
    set_options(call);
    curl_multi_add_handle(call->multi, call->easy);
    call->here = &dialer->dialing;
    call->next = dialer->dialing;
    if (call->next)
        call->next->here = &call->next;
    dialer->dialing = call;
    return call;
}

static void stop_dialing(struct call *call)
{
    *call->here = call->next;
    if (call->next)
        call->next->here = call->here;
}

static void finish_dialing(struct call *call, CURLcode code)
{
    struct dial_report report = {
        .settings = call->settings,
        .url = call->url,
        .caps = &call->caps,
        .detail = call->curl_error,
        .last_line = call->last_line,
        .lines = call->lines,
    };
    long os_errno = 0;
    curl_easy_getinfo(call->easy, CURLINFO_OS_ERRNO, &os_errno);
    curl_easy_getinfo(call->easy, CURLINFO_SSL_VERIFYRESULT, &report.verify);
    report.os_errno = (int)os_errno;
    stop_dialing(call);
    if (code == CURLE_OK)
        curl_easy_getinfo(call->easy, CURLINFO_ACTIVESOCKET, &call->fd);
    if (dial_fault(&report, (int)code, &call->fault)) {
        call->state = CALL_FAILED;
        return;
    }
    call->state = CALL_UP;
    if (call->tls)
        call->record = mem_new(RECORD_MAX, 1);
}

void dialer_turn(struct dialer *dialer)
{
    for (struct call *call = dialer->dialing, *next; call; call = next) {
        int running, left;
        next = call->next;
        curl_multi_perform(call->multi, &running);
        CURLMsg *message = curl_multi_info_read(call->multi, &left);
        if (message && message->msg == CURLMSG_DONE)
            finish_dialing(call, message->data.result);
    }
}

/* Descriptors that libcurl waits for, while it opens connections. */
struct curl_wait {
    fd_set readers, writers, others;
    int last; /* the highest of them; -1: none */
};

static void ask_curl(const struct dialer *dialer, struct curl_wait *wait,
                     int *timeout_ms)
{
    enum {
        UNKNOWN_MS = 50
    }; /* to wait for what has no socket, or none that
          a set could hold */
    FD_ZERO(&wait->readers);
    FD_ZERO(&wait->writers);
    FD_ZERO(&wait->others);
    wait->last = -1;
    for (struct call *call = dialer->dialing; call; call = call->next) {
        int last = -1;
        long most = -1;
        curl_multi_fdset(call->multi, &wait->readers, &wait->writers,
                         &wait->others, &last);
        curl_multi_timeout(call->multi, &most);
        if (last < 0 && (most < 0 || most > UNKNOWN_MS))
            most = UNKNOWN_MS;
        if (most >= 0 && (*timeout_ms < 0 || most < *timeout_ms))
            *timeout_ms = (int)most;
        if (last > wait->last)
            wait->last = last;
    }
}

/* libcurl's sockets and ours in one wait. */
static void wait_with_curl(struct dialer *dialer, struct pollfd *fds,
                           unsigned count, int timeout_ms)
{
    struct curl_wait wait;
    ask_curl(dialer, &wait, &timeout_ms);
    OWNED(mem_free)
    struct pollfd *all =
        MEM_NEW_ARRAY(struct pollfd, count + (size_t)(wait.last + 1) + 1);
    nfds_t n = count;
    if (count)
        memcpy(all, fds, count * sizeof *fds);
    for (int fd = 0; fd <= wait.last; fd++) {
        short events = (short)((FD_ISSET(fd, &wait.readers) ? POLLIN : 0) |
                               (FD_ISSET(fd, &wait.writers) ? POLLOUT : 0) |
                               (FD_ISSET(fd, &wait.others) ? POLLPRI : 0));
        if (events)
            all[n++] = (struct pollfd){.fd = fd, .events = events};
    }
    bool good = poll(all, n, timeout_ms) >= 0;
    for (unsigned i = 0; i < count; i++)
        fds[i].revents = (short)(good ? all[i].revents : 0);
}

void dialer_wait(struct dialer *dialer, struct pollfd *fds, unsigned count,
                 int timeout_ms)
{
    if (dialer->dialing)
        wait_with_curl(dialer, fds, count, timeout_ms);
    else if (poll(fds, count, timeout_ms) < 0)
        for (unsigned i = 0; i < count; i++)
            fds[i].revents = 0;
}

/* ---- asking ----------------------------------------------------------- */

enum call_state call_state(const struct call *call)
{
    return call->state;
}

bool call_connected(const struct call *call)
{
    curl_off_t took = 0;
    curl_easy_getinfo(call->easy, CURLINFO_CONNECT_TIME_T, &took);
    return took > 0;
}

unsigned call_lines(const struct call *call)
{
    return call->lines;
}

const struct err *call_fault(const struct call *call)
{
    return &call->fault;
}

const struct smtp_caps *call_caps(const struct call *call)
{
    return &call->caps;
}

int call_fd(const struct call *call)
{
    return call->fd;
}

/* ---- bytes ------------------------------------------------------------ */

static long plain_result(ssize_t result)
{
    if (result >= 0)
        return (long)result;
    bool again = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return again ? CALL_AGAIN : CALL_BROKEN;
}

long call_read(struct call *call, char *buffer, size_t size)
{
    if (!call->tls)
        return plain_result(recv(call->fd, buffer, size, MSG_DONTWAIT));
    size_t got = 0;
    CURLcode code = curl_easy_recv(call->easy, buffer, size, &got);
    if (code == CURLE_OK)
        return (long)got;
    return code == CURLE_AGAIN ? CALL_AGAIN : CALL_BROKEN;
}

static void fill_record(struct call *call, const struct iovec *pieces,
                        int count)
{
    call->record_length = call->record_at = 0;
    for (int i = 0; i < count && call->record_length < RECORD_MAX; i++) {
        size_t room = RECORD_MAX - call->record_length;
        size_t part = pieces[i].iov_len < room ? pieces[i].iov_len : room;
        memcpy(call->record + call->record_length, pieces[i].iov_base, part);
        call->record_length += part;
    }
}

/* The pieces of a later call begin where those of the last one stopped being
 * written, so an unfinished record is their beginning. */
static long write_tls(struct call *call, const struct iovec *pieces, int count)
{
    size_t sent = 0;
    if (call->record_at == call->record_length)
        fill_record(call, pieces, count);
    CURLcode code =
        curl_easy_send(call->easy, call->record + call->record_at,
                       call->record_length - call->record_at, &sent);
    if (code == CURLE_AGAIN)
        return CALL_AGAIN;
    if (code != CURLE_OK)
        return CALL_BROKEN;
    call->record_at += sent;
    return (long)sent;
}

long call_write(struct call *call, const struct iovec *pieces, int count)
{
    if (call->tls)
        return write_tls(call, pieces, count);
    struct msghdr message = {.msg_iov = (struct iovec *)(size_t)pieces,
                             .msg_iovlen = (size_t)count};
    return plain_result(
        sendmsg(call->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT));
}

void call_close(struct call *call)
{
    if (!call)
        return;
    if (call->state == CALL_DIALING)
        stop_dialing(call);
    /* Otherwise libcurl says QUIT and waits for the answer, blocking. */
    if (call->fd != CURL_SOCKET_BAD)
        shutdown(call->fd, SHUT_RDWR);
    if (call->easy) {
        curl_multi_remove_handle(call->multi, call->easy);
        curl_easy_cleanup(call->easy);
    }
    if (call->multi)
        curl_multi_cleanup(call->multi);
    free(call->record);
    free(call);
}
