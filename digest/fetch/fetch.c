/* Carries one HTTP request through libcurl, and checks the answer. */
#include "digest/fetch/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <curl/curl.h>

#include "digest/base/mem.h"
#include "digest/fetch/fetch_internal.h"

enum {
    MAX_BYTES = 64 * 1024 * 1024,
    TIMEOUT_S = 60,
    CONNECT_TIMEOUT_S = 15,
    MAX_REDIRECTS = 10,
};

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct fetch *fetch = context;
    size_t length = size * count;
    if (fetch->reply->body.len + length > fetch->max_bytes) {
        fetch->is_too_large = true;
        return 0;
    }
    strbuf_add(&fetch->reply->body, bytes, length);
    return length;
}

/* Opens a socket. The name is resolved by now: an address refused here can't be
 * reached. */
static curl_socket_t open_socket(void *context, curlsocktype purpose,
                                 struct curl_sockaddr *address)
{
    struct fetch *fetch = context;
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;
    bool is_private = true;
    (void)purpose;
    if (address->family == AF_INET) {
        memcpy(&in4, &address->addr, sizeof in4);
        is_private = fetch_is_private((unsigned char *)&in4.sin_addr, 4);
    } else if (address->family == AF_INET6) {
        memcpy(&in6, &address->addr, sizeof in6);
        is_private = fetch_is_private((unsigned char *)&in6.sin6_addr, 16);
    }
    if (is_private && !fetch->options.allow_private) {
        fetch->is_private = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC,
                  address->protocol);
}

static char *header_of(CURL *curl, const char *name)
{
    struct curl_header *header;
    if (curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK)
        return mem_copy(header->value);
    return mem_copy("");
}

/* Link: <https://a.example/wp-json/>; rel="https://api.w.org/" */
static char *api_of(CURL *curl)
{
    struct curl_header *header;
    for (size_t i = 0; curl_easy_header(curl, "Link", i, CURLH_HEADER, -1,
                                        &header) == CURLHE_OK;
         i++) {
        struct str rest = str_of(header->value);
        while (rest.len) {
            str_cut(&rest, '<');
            struct str url = str_cut(&rest, '>');
            struct str about = rest;
            about.len = str_find(about, '<');
            if (str_find_str(about, STR("https://api.w.org/")) < about.len)
                return str_dup(url);
        }
    }
    return mem_copy("");
}

/* Reads Retry-After, in seconds, or as a date. */
static int64_t retry_after_of(CURL *curl)
{
    curl_off_t seconds = 0;
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds);
    return seconds > 0 ? (int64_t)seconds : 0;
}

/* "Text/HTML; charset=UTF-8" becomes text/html and UTF-8. */
static void split_type(const char *value, struct fetch_reply *reply)
{
    struct str rest = str_of(value ? value : "");
    reply->content_type = str_dup(str_trim(str_cut(&rest, ';')));
    for (char *c = reply->content_type; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c | 0x20);
    while (rest.len) {
        struct str one = str_trim(str_cut(&rest, ';'));
        if (!str_starts_nocase(one, STR("charset=")))
            continue;
        one = str_from(one, 8);
        if (one.len > 1 && (one.ptr[0] == '"' || one.ptr[0] == '\''))
            one = (struct str){one.ptr + 1, one.len - 2};
        reply->charset = str_dup(one);
        return;
    }
    reply->charset = mem_copy("");
}

/* The address after the first redirects that were all for good. */
static void find_moved(CURL *curl, struct fetch *fetch)
{
    long redirects = 0;
    char *effective = NULL;
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_COUNT, &redirects);
    curl_easy_getinfo(curl, CURLINFO_EFFECTIVE_URL, &effective);
    fetch->reply->url = mem_copy(effective ? effective : fetch->url);
    if (redirects > 0 && fetch->is_moved_for_good)
        fetch->reply->moved_url = mem_copy(fetch->reply->url);
}

/* Status lines: one redirect that isn't for good makes the whole way so. */
static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
    struct fetch *fetch = context;
    struct str line = {bytes, size * count};
    if (str_starts_nocase(line, STR("HTTP/"))) {
        str_cut(&line, ' ');
        if (str_starts(line, STR("302")) || str_starts(line, STR("303")) ||
            str_starts(line, STR("307")))
            fetch->is_moved_for_good = false;
    }
    return size * count;
}

static struct curl_slist *make_headers(const struct fetch_options *options)
{
    struct curl_slist *list = NULL;
    OWNED(mem_free)
    char *accept = mem_format(
        "Accept: %s", options->accept
                          ? options->accept
                          : "application/atom+xml, application/rss+xml, "
                            "application/feed+json, application/xml;q=0.9, "
                            "text/xml;q=0.9, text/html;q=0.8, */*;q=0.5");
    list = curl_slist_append(list, accept);
    if (options->etag && *options->etag) {
        OWNED(mem_free)
        char *line = mem_format("If-None-Match: %s", options->etag);
        list = curl_slist_append(list, line);
    }
    if (options->last_modified && *options->last_modified) {
        OWNED(mem_free)
        char *line =
            mem_format("If-Modified-Since: %s", options->last_modified);
        list = curl_slist_append(list, line);
    }
    return list;
}

static void set_options(CURL *curl, struct fetch *fetch)
{
    long timeout =
        fetch->options.timeout_s ? fetch->options.timeout_s : (long)TIMEOUT_S;
    curl_easy_setopt(curl, CURLOPT_URL, fetch->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOBODY, fetch->options.head ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)MAX_REDIRECTS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, timeout);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "digest/" DIGEST_VERSION);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fetch->headers);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fetch->error);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetch);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, fetch);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, fetch);
    /* A proxy would connect in our stead, unseen. */
    if (!fetch->options.allow_private)
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
}

static bool fail_transfer(const struct fetch *fetch, CURLcode code,
                          struct err *err)
{
    const char *detail =
        *fetch->error ? fetch->error : curl_easy_strerror(code);
    if (fetch->is_private)
        return err_set(err, ERR_PERMISSION,
                       "%s: leads to a private or loopback address; if that "
                       "is meant, set fetch.allow_private: true in "
                       "digest.yaml",
                       fetch->url);
    if (fetch->is_too_large)
        return err_set(err, ERR_INPUT, "%s: larger than %zu MB; not taken",
                       fetch->url, fetch->max_bytes / 1000000);
    switch (code) {
    case CURLE_TOO_MANY_REDIRECTS:
        return err_set(err, ERR_PERMANENT,
                       "%s: redirects without end; look it up in a browser "
                       "and give its final address",
                       fetch->url);
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return err_set(err, ERR_INPUT,
                       "%s: isn't an address that can be fetched; it has to "
                       "be https://… or http://…",
                       fetch->url);
    case CURLE_PEER_FAILED_VERIFICATION:
        return err_set(err, ERR_PERMANENT,
                       "%s: its certificate can't be trusted: %s", fetch->url,
                       detail);
    default:
        return err_set(err, ERR_TEMPORARY, "%s: %s; try again later",
                       fetch->url, detail);
    }
}

static bool check_status(const struct fetch *fetch, struct err *err)
{
    long status = fetch->reply->status;
    if (status < 400)
        return true;
    if (status == 404 || status == 410)
        return err_set(err, ERR_NOT_FOUND,
                       "%s: the server knows no such page (%ld); check the "
                       "address",
                       fetch->url, status);
    bool is_passing = status >= 500 || status == 429 || status == 408;
    return err_set(err, is_passing ? ERR_TEMPORARY : ERR_PERMANENT,
                   "%s: the server answers %ld%s", fetch->url, status,
                   is_passing ? "; try again later"
                              : "; it doesn't give this to programs");
}

bool fetch_start(struct fetch *fetch, const char *url,
                 const struct fetch_options *options, struct fetch_reply *reply,
                 struct err *err)
{
    *fetch = (struct fetch){
        .url = url,
        .options = *options,
        .reply = reply,
        .max_bytes = options->max_bytes ? options->max_bytes : MAX_BYTES,
        .is_moved_for_good = true,
        .headers = make_headers(options),
        .curl = curl_easy_init(),
    };
    *reply = (struct fetch_reply){0};
    if (!fetch->curl)
        return err_set(err, ERR_IO, "%s: libcurl doesn't start", url);
    set_options(fetch->curl, fetch);
    return true;
}

bool fetch_finish(struct fetch *fetch, int code, struct err *err)
{
    struct fetch_reply *reply = fetch->reply;
    if (code != CURLE_OK)
        return fail_transfer(fetch, (CURLcode)code, err);
    const char *type = NULL;
    curl_easy_getinfo(fetch->curl, CURLINFO_RESPONSE_CODE, &reply->status);
    curl_easy_getinfo(fetch->curl, CURLINFO_CONTENT_TYPE, &type);
    split_type(type, reply);
    find_moved(fetch->curl, fetch);
    reply->is_unchanged = reply->status == 304;
    reply->etag = header_of(fetch->curl, "ETag");
    reply->last_modified = header_of(fetch->curl, "Last-Modified");
    reply->total_pages = header_of(fetch->curl, "X-WP-TotalPages");
    reply->wordpress_api = api_of(fetch->curl);
    reply->retry_after = retry_after_of(fetch->curl);
    return check_status(fetch, err);
}

void fetch_end(struct fetch *fetch)
{
    curl_easy_cleanup(fetch->curl);
    curl_slist_free_all(fetch->headers);
    fetch->curl = NULL;
    fetch->headers = NULL;
}

bool fetch_url(const char *url, const struct fetch_options *options,
               struct fetch_reply *reply, struct err *err)
{
    OWNED(fetch_end) struct fetch fetch = {0};
    return fetch_start(&fetch, url, options, reply, err) &&
           fetch_finish(&fetch, (int)curl_easy_perform(fetch.curl), err);
}

void fetch_reply_free(struct fetch_reply *reply)
{
    strbuf_free(&reply->body);
    free(reply->url);
    free(reply->moved_url);
    free(reply->content_type);
    free(reply->charset);
    free(reply->etag);
    free(reply->last_modified);
    free(reply->total_pages);
    free(reply->wordpress_api);
    *reply = (struct fetch_reply){0};
}
