/* Composes a notice as a message. */
#include "digest/notices/compose_internal.h"

#include "digest/base/mem.h"
#include "digest/message/headers.h"
#include "digest/message/message.h"

static const char *or_none(const char *text)
{
    return text && *text ? text : NULL;
}

bool notice_compose(const struct notice *n, const char *message_id,
                    int64_t date, struct strbuf *out, struct err *err)
{
    OWNED(message_release) struct message *message = NULL;
    struct message_spec spec = {
        .from_name = or_none(n->from_name),
        .from_address = n->from_address,
        .reply_to = or_none(n->reply_to),
        .subject = n->subject,
        .date = date,
        .html = or_none(n->html),
        .text = n->text,
        .auto_submitted = "auto-generated",
    };
    struct message_recipient to = {
        .address = str_of(n->to_address),
        .name = n->to_name ? str_of(n->to_name) : STR(""),
        .message_id = str_of(message_id),
    };
    return message_compose(&spec, &message, err) &&
           message_splice(message, &to, out, err);
}

/* A reader can have asked never to be mailed. */
static bool is_for_reader(enum notice_kind kind)
{
    return kind == NOTICE_CONFIRM || kind == NOTICE_LINKS ||
           kind == NOTICE_ADDRESS || kind == NOTICE_MOVED;
}

bool notice_address(enum notice_kind kind, const char *text,
                    struct address *out, struct err *err)
{
    struct str given = str_trim(str_of(text));
    if (address_parse(given, out, err))
        return true;
    if (is_for_reader(kind) || !header_address_is_safe(given))
        return false;
    *err = (struct err){0};
    strbuf_cut(&out->email, 0);
    strbuf_cut(&out->key, 0);
    strbuf_add_str(&out->email, given);
    strbuf_add_str(&out->key, given);
    return true;
}

void notice_address_key(const char *text, struct strbuf *out)
{
    OWNED(address_free) struct address address = {0};
    struct err ignored = {0};
    if (notice_address(NOTICE_REPORT, text, &address, &ignored))
        strbuf_add_str(out, strbuf_str(&address.key));
    else
        strbuf_add_text(out, text);
}
