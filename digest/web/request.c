/* Builds responses, and finds the fields of a request's header. */
#include "digest/web/request.h"

#include <assert.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static unsigned find_header(const struct response *response, const char *name)
{
    unsigned i = 0;
    while (i < response->header_count &&
           strcasecmp(response->headers[i].name, name) != 0)
        i++;
    return i;
}

void response_header(struct response *response, const char *name,
                     const char *value)
{
    unsigned i = find_header(response, name);
    assert(i < RESPONSE_HEADERS_MAX);
    if (i == response->header_count)
        response->header_count++;
    response->headers[i].name = name;
    response->headers[i].value = value;
}

void response_add_header(struct response *response, const char *name,
                         const char *value)
{
    unsigned i = response->header_count++;
    assert(i < RESPONSE_HEADERS_MAX);
    response->headers[i].name = name;
    response->headers[i].value = value;
}

const char *response_get_header(const struct response *response,
                                const char *name)
{
    unsigned i = find_header(response, name);
    return i < response->header_count ? response->headers[i].value : NULL;
}

void response_text(struct response *response, unsigned status, const char *text)
{
    response->status = status;
    response_header(response, "Content-Type", "text/plain; charset=utf-8");
    strbuf_cut(&response->body, 0);
    strbuf_add_text(&response->body, text);
}

void response_free(struct response *response)
{
    strbuf_free(&response->body);
    if (response->file > 0)
        close(response->file);
    response->file = 0;
}
