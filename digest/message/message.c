/* Composes a message with its slots from headers and parts. */
#include "digest/message/message.h"

#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/slot.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"
#include "digest/message/headers.h"
#include "digest/message/list_headers_internal.h"
#include "digest/message/mime_internal.h"
#include "digest/message/pieces_internal.h"
#include "digest/message/quoted_printable_internal.h"

void message_free(struct message *message)
{
    if (!message)
        return;
    for (size_t i = 0; i < message->slot_count; i++)
        free(message->slots[i]);
    free(message->pieces);
    strbuf_free(&message->bytes);
    free(message);
}

void message_release(struct message **message)
{
    message_free(*message);
    *message = NULL;
}

/* ---- headers --------------------------------------------------------- */

static bool add_in_reply_to(struct strbuf *out, const char *id, struct err *err)
{
    struct str inside = str_trim(str_of(id));
    if (str_starts(inside, STR("<")) && str_ends(inside, STR(">"))) {
        inside = str_from(inside, 1);
        inside.len--;
    }
    for (size_t i = 0; i < inside.len; i++)
        if (inside.ptr[i] <= ' ' || inside.ptr[i] > '~' ||
            inside.ptr[i] == '<' || inside.ptr[i] == '>')
            return err_set(err, ERR_INPUT,
                           "In-Reply-To: byte %zu can't stand in a Message-ID",
                           i + 1);
    if (inside.len == 0 || inside.len > 900)
        return err_set(err, ERR_INPUT, "In-Reply-To: no Message-ID");
    return header_add_angle(out, "In-Reply-To", STR(""), inside, err) &&
           header_add_angle(out, "References", STR(""), inside, err);
}

static bool add_origin(struct strbuf *out, const struct message_spec *spec,
                       struct err *err)
{
    char date[TIME_TEXT_SIZE];
    strbuf_add_format(out, "Date: %s\r\n", time_rfc5322(spec->date, date));
    return header_add_mailbox(out, "From", str_of(spec->from_name),
                              str_of(spec->from_address), err) &&
           (!spec->reply_to || header_add_mailbox(out, "Reply-To", STR(""),
                                                  str_of(spec->reply_to), err));
}

static bool add_about(struct strbuf *out, const struct message_spec *spec,
                      struct err *err)
{
    return (!spec->in_reply_to ||
            add_in_reply_to(out, spec->in_reply_to, err)) &&
           (!spec->subject ||
            header_add_text(out, "Subject", str_of(spec->subject), err));
}

static bool add_kind(struct strbuf *out, const struct message_spec *spec,
                     struct err *err)
{
    if (spec->auto_submitted &&
        !header_add_plain(out, "Auto-Submitted", str_of(spec->auto_submitted),
                          err))
        return false;
    if (spec->precedence_bulk)
        strbuf_add_text(out, "Precedence: bulk\r\n");
    return !spec->feedback_id ||
           header_add_plain(out, "Feedback-ID", str_of(spec->feedback_id), err);
}

static void take_literal(struct message *message, struct strbuf *bytes)
{
    pieces_add_literal(message, strbuf_str(bytes));
    strbuf_cut(bytes, 0);
}

static bool add_headers(struct message *message,
                        const struct message_spec *spec, struct err *err)
{
    OWNED(strbuf_free) struct strbuf fields = STRBUF_INIT;
    if (!add_origin(&fields, spec, err))
        return false;
    take_literal(message, &fields);
    pieces_add(message, PIECE_TO);
    pieces_add_literal(message, STR("Message-ID: <"));
    pieces_add(message, PIECE_MESSAGE_ID);
    pieces_add_literal(message, STR(">\r\n"));
    if (!add_about(&fields, spec, err))
        return false;
    take_literal(message, &fields);
    if (!list_headers_add(message, spec, err) || !add_kind(&fields, spec, err))
        return false;
    take_literal(message, &fields);
    return true;
}

/* ---- parts ----------------------------------------------------------- */

static bool bad_part(struct err *err, const char *part, struct str text,
                     size_t at, const char *problem)
{
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += text.ptr[i] == '\n';
    return err_set(err, ERR_INPUT, "%s part, line %zu: %s", part, line,
                   problem);
}

/* Quoted-printable, with each slot between soft breaks, so that it and what
 * follows it begin in column 0. The marks go through the MIME composer, since
 * quoted-printable text has no controls. */
static bool encode_part(struct strbuf *out, const char *part, char form,
                        struct str text, struct err *err)
{
    size_t bad = utf8_invalid_at(text);
    if (bad < text.len)
        return bad_part(err, part, text, bad, "not UTF-8");
    struct qp qp = {out, 0};
    for (struct str rest = text; rest.len;) {
        size_t open = str_find(rest, SLOT_OPEN);
        size_t stray = str_find((struct str){rest.ptr, open}, SLOT_CLOSE);
        size_t at = (size_t)(rest.ptr - text.ptr);
        if (stray < open)
            return bad_part(err, part, text, at + stray,
                            "a slot's end without its beginning");
        qp_add_text(&qp, (struct str){rest.ptr, open});
        if (open == rest.len)
            break;
        rest = str_from(rest, open + 1);
        size_t close = str_find(rest, SLOT_CLOSE);
        struct str name = {rest.ptr, close};
        if (close == rest.len || !pieces_name_is_good(name))
            return bad_part(err, part, text, at + open,
                            "a slot mark is not well-formed; slot names have "
                            "the characters a-z and _");
        qp_soft_break(&qp);
        strbuf_add_format(out, "%c%c%.*s%c", SLOT_OPEN, form, STR_ARG(name),
                          SLOT_CLOSE);
        rest = str_from(rest, close + 1);
    }
    qp_finish(&qp);
    return true;
}

static bool add_body(struct message *message, const struct message_spec *spec,
                     struct err *err)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf html = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf composed = STRBUF_INIT;
    if (!spec->text)
        return err_set(err, ERR_INPUT, "a message needs a text part");
    return encode_part(&text, "text", PIECES_TEXT_MARK, str_of(spec->text),
                       err) &&
           (!spec->html || encode_part(&html, "HTML", PIECES_HTML_MARK,
                                       str_of(spec->html), err)) &&
           mime_compose(strbuf_str(&text), strbuf_str(&html), &composed, err) &&
           pieces_add_marked(message, strbuf_str(&composed), err);
}

bool message_compose(const struct message_spec *spec, struct message **out,
                     struct err *err)
{
    OWNED(message_release) struct message *message = MEM_NEW(struct message);
    if (!add_headers(message, spec, err) || !add_body(message, spec, err))
        return false;
    *out = TAKE(message);
    return true;
}
