#include "digest/sender/dialer.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/sender/dial_fault.h"

/* A TLS record holds at most this much; GnuTLS wants the same bytes again
 * after it could not write them, so they are kept here. */
enum { RECORD_MAX = 16384 };

struct dialer {
    CURLM *multi;
    CURLSH *share; /* TLS sessions, to resume them */
    unsigned dialing;
};

struct call {
    struct dialer *dialer;
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
    dialer->multi = curl_multi_init();
    dialer->share = curl_share_init();
    if (!dialer->multi || !dialer->share) {
        dialer_free(dialer);
        return err_set(err, ERR_IO, "libcurl: cannot be started");
    }
    curl_share_setopt(dialer->share, CURLSHOPT_SHARE,
                      CURL_LOCK_DATA_SSL_SESSION);
    *out = dialer;
    return true;
}

void dialer_free(struct dialer *dialer)
{
    if (!dialer)
        return;
    if (dialer->multi)
        curl_multi_cleanup(dialer->multi);
    if (dialer->share)
        curl_share_cleanup(dialer->share);
    free(dialer);
}

/* ---- opening ---------------------------------------------------------- */

/* Each line the server says until the connection stands. */
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
    /* The link keeps the timeouts; these only stand behind it. */
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
    call->easy = curl_easy_init();
    if (!call->easy) {
        call->state = CALL_FAILED;
        err_set(&call->fault, ERR_TEMPORARY, "libcurl: cannot be started");
        return call;
    }
    set_options(call);
    curl_multi_add_handle(dialer->multi, call->easy);
    dialer->dialing++;
    return call;
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
    call->dialer->dialing--;
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
    int running, left;
    CURLMsg *message;
    if (!dialer->dialing)
        return;
    curl_multi_perform(dialer->multi, &running);
    while ((message = curl_multi_info_read(dialer->multi, &left))) {
        struct call *call = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
        finish_dialing(call, message->data.result);
    }
}

/* libcurl's sockets and ours in one wait. */
static void wait_with_curl(struct dialer *dialer, struct pollfd *fds,
                           unsigned count, int timeout_ms)
{
    OWNED(mem_free)
    struct curl_waitfd *extra = MEM_NEW_ARRAY(struct curl_waitfd, count + 1);
    for (unsigned i = 0; i < count; i++) {
        extra[i].fd = fds[i].fd;
        extra[i].events =
            (short)((fds[i].events & POLLIN ? CURL_WAIT_POLLIN : 0) |
                    (fds[i].events & POLLOUT ? CURL_WAIT_POLLOUT : 0));
    }
    curl_multi_poll(dialer->multi, extra, count, timeout_ms, NULL);
    for (unsigned i = 0; i < count; i++)
        fds[i].revents =
            (short)((extra[i].revents & CURL_WAIT_POLLIN ? POLLIN : 0) |
                    (extra[i].revents & CURL_WAIT_POLLOUT ? POLLOUT : 0));
    /* A connection that was reset shows neither; reading it tells. */
    (void)poll(fds, count, 0);
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
        call->dialer->dialing--;
    /* Otherwise libcurl says QUIT and waits for the answer, blocking. */
    if (call->fd != CURL_SOCKET_BAD)
        shutdown(call->fd, SHUT_RDWR);
    if (call->easy) {
        curl_multi_remove_handle(call->dialer->multi, call->easy);
        curl_easy_cleanup(call->easy);
    }
    free(call->record);
    free(call);
}
