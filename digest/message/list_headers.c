/* Writes the List fields of a message. */
#include "digest/message/list_headers_internal.h"

#include "digest/base/mem.h"
#include "digest/message/headers.h"

enum { LIST_ID_MAX = 255 };

static bool is_list_id(struct str id)
{
    OWNED(strbuf_free) struct strbuf address = STRBUF_INIT;
    strbuf_add_text(&address, "list@");
    strbuf_add_str(&address, id);
    for (size_t i = 0; i < id.len; i++)
        if ((unsigned char)id.ptr[i] >= 0x80)
            return false;
    return id.len <= LIST_ID_MAX &&
           header_address_is_safe(strbuf_str(&address));
}

static bool add_list_id(struct strbuf *out, const struct message_spec *spec,
                        struct err *err)
{
    if (!spec->list_domain)
        return err_set(err, ERR_INPUT, "List-Id: a list needs a domain");
    OWNED(mem_free)
    char *id = mem_format("%s.list-id.%s", spec->list_label, spec->list_domain);
    if (!is_list_id(str_of(id)))
        return err_set(err, ERR_INPUT,
                       "List-Id: '%.300s' is not a domain name; a list's label "
                       "and domain have letters, digits and hyphens",
                       id);
    return header_add_angle(out, "List-Id", str_of(spec->list_title),
                            str_of(id), err);
}

static bool add_unsubscribe(struct message *message,
                            const struct message_spec *spec, struct err *err)
{
    if (!spec->unsubscribe_https && !spec->unsubscribe_mailto)
        return true;
    pieces_add_literal(message, STR("List-Unsubscribe: <"));
    if (spec->unsubscribe_https &&
        !pieces_add_slot(message, PIECE_WEB_URL, STR("unsubscribe_url"), err))
        return false;
    if (spec->unsubscribe_https && spec->unsubscribe_mailto)
        pieces_add_literal(message, STR(">,\r\n <"));
    if (spec->unsubscribe_mailto &&
        !pieces_add_slot(message, PIECE_MAIL_URL, STR("unsubscribe_mailto"),
                         err))
        return false;
    pieces_add_literal(message, STR(">\r\n"));
    if (spec->unsubscribe_https)
        pieces_add_literal(
            message,
            STR("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    return true;
}

static bool add_archive(struct strbuf *out, const struct message_spec *spec,
                        struct err *err)
{
    struct str url = str_of(spec->list_archive);
    if (!url.ptr)
        return true;
    if (!header_uri_is_safe(url, STR("https://")) &&
        !header_uri_is_safe(url, STR("http://")))
        return err_set(err, ERR_INPUT,
                       "List-Archive: '%.300s' is not a web address", url.ptr);
    return header_add_angle(out, "List-Archive", STR(""), url, err);
}

bool list_headers_add(struct message *message, const struct message_spec *spec,
                      struct err *err)
{
    if (!spec->list_label)
        return true;
    OWNED(strbuf_free) struct strbuf shared = STRBUF_INIT;
    if (!add_list_id(&shared, spec, err))
        return false;
    pieces_add_literal(message, strbuf_str(&shared));
    strbuf_cut(&shared, 0);
    if (!add_unsubscribe(message, spec, err) ||
        !add_archive(&shared, spec, err))
        return false;
    pieces_add_literal(message, strbuf_str(&shared));
    return true;
}
