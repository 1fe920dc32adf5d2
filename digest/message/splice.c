/* Per recipient: the literals copied, the slots filled. */
#include "digest/message/message.h"

#include "digest/base/utf8.h"
#include "digest/message/headers.h"
#include "digest/message/pieces_internal.h"
#include "digest/message/quoted_printable_internal.h"

/* A display name longer than this is cut: a To field is no place for more. */
enum { NAME_MAX_BYTES = 200 };

/* The place where a value stands already in its encoded form, so that it is
 * copied the next time. */
struct encoded {
    size_t at, length;
    bool done;
};

struct splice {
    const struct message *message;
    const struct message_recipient *recipient;
    struct strbuf *out;
    struct str values[PIECES_SLOTS_MAX];
    struct encoded encoded[PIECES_SLOTS_MAX][2];
};

static bool find_values(struct splice *s, struct err *err)
{
    const struct message_recipient *r = s->recipient;
    for (size_t i = 0; i < s->message->slot_count; i++) {
        const char *slot = s->message->slots[i];
        size_t v = 0;
        while (v < r->value_count && strcmp(r->values[v].slot, slot) != 0)
            v++;
        if (v == r->value_count)
            return err_set(err, ERR_INPUT, "slot '%s' has no value", slot);
        s->values[i] = r->values[v].value.ptr ? r->values[v].value : STR("");
    }
    return true;
}

/* An ASCII name without controls, as nearly all are, is clean already. */
static bool is_clean(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] < ' ' || name.ptr[i] > '~')
            return false;
    return true;
}

static bool add_to(struct splice *s, struct err *err)
{
    struct str name = s->recipient->name;
    name.len = utf8_cut_length(name, NAME_MAX_BYTES);
    char room[3 * NAME_MAX_BYTES + 4]; /* an ill-formed byte becomes three */
    struct strbuf clean = {room, 0, sizeof room};
    if (!is_clean(name)) {
        utf8_clean_line(&clean, name);
        name = strbuf_str(&clean);
    }
    return header_add_mailbox(s->out, "To", name, s->recipient->address, err);
}

static bool add_message_id(struct splice *s, struct err *err)
{
    struct str id = s->recipient->message_id;
    if (!header_message_id_is_safe(id))
        return err_set(err, ERR_INPUT,
                       "Message-ID: '%.*s' is not of the form local@domain",
                       (int)(id.len < 300 ? id.len : 300),
                       id.len ? id.ptr : "");
    strbuf_add_str(s->out, id);
    return true;
}

static bool add_url(struct splice *s, const struct piece *piece,
                    struct err *err)
{
    struct str url = s->values[piece->of];
    bool good = piece->kind == PIECE_MAIL_URL
                    ? header_uri_is_safe(url, STR("mailto:"))
                    : header_uri_is_safe(url, STR("https://")) ||
                          header_uri_is_safe(url, STR("http://"));
    if (!good)
        return err_set(err, ERR_INPUT,
                       "slot '%s': '%.*s' can't stand in List-Unsubscribe; it "
                       "takes a percent-encoded %s address",
                       s->message->slots[piece->of],
                       (int)(url.len < 300 ? url.len : 300), url.ptr,
                       piece->kind == PIECE_MAIL_URL ? "mailto:" : "https:");
    strbuf_add_str(s->out, url);
    return true;
}

static void add_value(struct splice *s, const struct piece *piece)
{
    enum qp_form form = piece->kind == PIECE_HTML ? QP_HTML : QP_PLAIN;
    struct encoded *encoded = &s->encoded[piece->of][form];
    if (encoded->done) {
        char *to = strbuf_reserve(s->out, encoded->length);
        memcpy(to, s->out->ptr + encoded->at, encoded->length);
    } else {
        struct str value = s->values[piece->of];
        char *to = strbuf_reserve(s->out, qp_value_bound(value.len));
        char *end = qp_write_value(to, value, form);
        *encoded = (struct encoded){s->out->len, (size_t)(end - to), true};
    }
    s->out->len += encoded->length;
    s->out->ptr[s->out->len] = '\0';
}

static bool add_pieces(struct splice *s, struct err *err)
{
    const char *literal = s->message->bytes.ptr;
    for (size_t i = 0; i < s->message->count; i++) {
        const struct piece *piece = &s->message->pieces[i];
        bool good = true;
        switch (piece->kind) {
        case PIECE_LITERAL:
            strbuf_add(s->out, literal, piece->of);
            literal += piece->of;
            break;
        case PIECE_TO:
            good = add_to(s, err);
            break;
        case PIECE_MESSAGE_ID:
            good = add_message_id(s, err);
            break;
        case PIECE_WEB_URL:
        case PIECE_MAIL_URL:
            good = add_url(s, piece, err);
            break;
        case PIECE_TEXT:
        case PIECE_HTML:
            add_value(s, piece);
            break;
        case PIECE_KINDS:
            break;
        }
        if (!good)
            return false;
    }
    return true;
}

bool message_splice(const struct message *message,
                    const struct message_recipient *recipient,
                    struct strbuf *out, struct err *err)
{
    struct splice splice = {
        .message = message, .recipient = recipient, .out = out};
    size_t before = out->len;
    if (find_values(&splice, err) && add_pieces(&splice, err))
        return true;
    strbuf_cut(out, before);
    return false;
}

size_t message_size(const struct message *message)
{
    enum { TO_MAX = 1024, ID_MAX = 256 };
    return message->bytes.len + TO_MAX + ID_MAX +
           message->count * qp_value_bound(0);
}
