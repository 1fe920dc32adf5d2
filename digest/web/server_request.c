/* Reads a request's head as MHD has it. */
#include <microhttpd.h>
#include <netdb.h>
#include <string.h>

#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/base/url.h"
#include "digest/web/server_internal.h"

static enum request_method read_method(const char *name)
{
    static const struct {
        const char *name;
        enum request_method method;
    } methods[] = {
        {"GET", METHOD_GET},
        {"HEAD", METHOD_GET},
        {"POST", METHOD_POST},
        {"OPTIONS", METHOD_OPTIONS},
    };
    for (size_t i = 0; i < ARRAY_SIZE(methods); i++)
        if (strcmp(methods[i].name, name) == 0)
            return methods[i].method;
    return METHOD_OTHER;
}

struct wanted {
    const char *name;
    struct strbuf *values;
};

static enum MHD_Result join_values(void *context, enum MHD_ValueKind kind,
                                   const char *name, const char *value)
{
    (void)kind;
    struct wanted *wanted = context;
    if (!value || !str_equal_nocase(str_of(name), str_of(wanted->name)))
        return MHD_YES;
    if (wanted->values->len)
        strbuf_add_text(wanted->values, ", ");
    strbuf_add_text(wanted->values, value);
    return MHD_YES;
}

/* A header that came several times is one list (RFC 9110 §5.3). */
static void get_header(struct MHD_Connection *connection, const char *name,
                       struct strbuf *out)
{
    struct wanted wanted = {name, out};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, join_values,
                              &wanted);
}

static const char *find_client(struct server *server,
                               struct MHD_Connection *connection,
                               struct arena *arena)
{
    char peer[NI_MAXHOST] = "";
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    if (address)
        getnameinfo(address,
                    address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                   : sizeof(struct sockaddr_in),
                    peer, sizeof peer, NULL, 0, NI_NUMERICHOST);
    OWNED(strbuf_free) struct strbuf forwarded = STRBUF_INIT;
    get_header(connection, server->client_header, &forwarded);
    return client_address(peer, strbuf_text(&forwarded),
                          &server->trusted_proxies, arena);
}

static struct str header(struct exchange *exchange, const char *name)
{
    const char *value = MHD_lookup_connection_value(exchange->connection,
                                                    MHD_HEADER_KIND, name);
    return str_of(arena_copy(&exchange->arena, value ? value : ""));
}

static enum MHD_Result add_argument(void *context, enum MHD_ValueKind kind,
                                    const char *name, const char *value)
{
    (void)kind;
    struct strbuf *query = context;
    if (query->len)
        strbuf_add_char(query, '&');
    url_encode(query, str_of(name));
    strbuf_add_char(query, '=');
    url_encode(query, str_of(value ? value : ""));
    return MHD_YES;
}

static struct str read_query(struct exchange *exchange)
{
    OWNED(strbuf_free) struct strbuf query = STRBUF_INIT;
    MHD_get_connection_values(exchange->connection, MHD_GET_ARGUMENT_KIND,
                              add_argument, &query);
    return str_of(arena_copy_str(&exchange->arena, strbuf_str(&query)));
}

/* An address may come as a whole; the host in it is no more to us than that of
 * the Host field (RFC 9112 §3.2.2). */
static struct str path_of(struct str target)
{
    struct url_parts parts = url_split(target);
    if (!parts.scheme.len)
        return target;
    return parts.rest.len ? parts.rest : STR("/");
}

/* Reads a request with its headers; the body follows. */
void server_read_request(struct server *server, struct exchange *exchange,
                         const char *url, const char *method)
{
    struct arena *arena = &exchange->arena;
    exchange->request = (struct request){
        .method = read_method(method),
        .path = path_of(str_of(arena_copy(arena, url))),
        .query = read_query(exchange),
        .content_type = header(exchange, "Content-Type"),
        .if_none_match = header(exchange, "If-None-Match"),
        .if_modified_since = header(exchange, "If-Modified-Since"),
        .languages = header(exchange, "Accept-Language"),
        .cookie = header(exchange, "Cookie"),
        .agent = header(exchange, "User-Agent"),
        .fetch_site = header(exchange, "Sec-Fetch-Site"),
        .client = find_client(server, exchange->connection, arena),
        .arena = arena,
    };
    exchange->body_max = web_body_max(&server->web, &exchange->request);
}
