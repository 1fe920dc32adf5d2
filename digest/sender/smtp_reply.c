/* Reads SMTP replies from bytes that come in pieces. */
#include "digest/sender/smtp_reply_internal.h"

#include "digest/base/mem.h"
#include "digest/base/utf8.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_at(struct str text, size_t from)
{
    size_t end = from;
    while (end < text.len && end - from < 3 && is_digit(text.ptr[end]))
        end++;
    return end - from;
}

size_t smtp_status_length(struct str text, char class_digit)
{
    if (text.len < 5 || text.ptr[0] != class_digit || text.ptr[1] != '.')
        return 0;
    size_t subject = digits_at(text, 2);
    size_t dot = 2 + subject;
    if (!subject || dot >= text.len || text.ptr[dot] != '.')
        return 0;
    size_t detail = digits_at(text, dot + 1);
    size_t end = dot + 1 + detail;
    bool ends = end == text.len || text.ptr[end] == ' ';
    return detail && ends ? end : 0;
}

/* 0 when the line doesn't begin with a code. */
static int code_of(struct str line)
{
    if (line.len < 3 || line.ptr[0] < '2' || line.ptr[0] > '5' ||
        !is_digit(line.ptr[1]) || !is_digit(line.ptr[2]))
        return 0;
    if (line.len > 3 && line.ptr[3] != ' ' && line.ptr[3] != '-')
        return 0;
    return (line.ptr[0] - '0') * 100 + (line.ptr[1] - '0') * 10 +
           (line.ptr[2] - '0');
}

static void add_text(struct smtp_reply *reply, struct str text, char digit)
{
    size_t length = smtp_status_length(text, digit);
    if (length && !reply->status[0])
        memcpy(reply->status, text.ptr, length);
    text = str_trim(str_from(text, length));
    if (!text.len)
        return;
    if (reply->text.len)
        strbuf_add_char(&reply->text, ' ');
    strbuf_add_str(&reply->text, text);
}

static void begin(struct smtp_reply *reply)
{
    reply->code = 0;
    memset(reply->status, 0, sizeof reply->status);
    strbuf_cut(&reply->text, 0);
    strbuf_cut(&reply->line, 0);
}

static enum smtp_reply_state end_line(struct smtp_reply *reply, struct str line)
{
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    int code = code_of(line);
    if (!code || (reply->code && code != reply->code))
        return SMTP_REPLY_BAD;
    reply->code = code;
    if (line.len > 4)
        add_text(reply, str_from(line, 4), line.ptr[0]);
    bool more = line.len > 3 && line.ptr[3] == '-';
    return more ? SMTP_REPLY_MORE : SMTP_REPLY_WHOLE;
}

/* Takes bytes up to a line's end. False when the line isn't whole yet. */
static bool take_line(struct smtp_reply *reply, struct str *bytes,
                      struct str *line)
{
    size_t end = str_find(*bytes, '\n');
    bool whole = end < bytes->len;
    *line = (struct str){bytes->ptr, end};
    *bytes = str_from(*bytes, whole ? end + 1 : end);
    reply->size += whole ? end + 1 : end;
    if (!whole || reply->line.len) {
        strbuf_add_str(&reply->line, *line);
        *line = strbuf_str(&reply->line);
    }
    return whole;
}

enum smtp_reply_state smtp_reply_read(struct smtp_reply *reply,
                                      struct str *bytes)
{
    if (reply->size == 0)
        begin(reply);
    while (bytes->len) {
        struct str line;
        bool whole = take_line(reply, bytes, &line);
        if (line.len > SMTP_LINE_MAX || reply->size > SMTP_REPLY_MAX)
            return SMTP_REPLY_BAD;
        if (!whole)
            return SMTP_REPLY_MORE;
        enum smtp_reply_state state = end_line(reply, line);
        strbuf_cut(&reply->line, 0);
        if (state == SMTP_REPLY_WHOLE)
            reply->size = 0;
        if (state != SMTP_REPLY_MORE)
            return state;
    }
    return SMTP_REPLY_MORE;
}

void smtp_reply_text(const struct smtp_reply *reply, size_t max,
                     struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
    utf8_clean_line(&clean, strbuf_str(&reply->text));
    struct str text = strbuf_str(&clean);
    if (text.len > max)
        text.len = utf8_cut_length(text, max);
    strbuf_add_str(out, text);
}

void smtp_reply_free(struct smtp_reply *reply)
{
    strbuf_free(&reply->text);
    strbuf_free(&reply->line);
}
