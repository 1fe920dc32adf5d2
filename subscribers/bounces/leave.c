/* Finds a wish to leave in a mail's subject or text. */
#include "digest/message/encoded_word.h"
#include "subscribers/bounces/leave_internal.h"

#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "subscribers/bounces/autoreply_internal.h"

/* ---- the subject ---- */

/* Some programs leave the %20 of the mailto: link in, or make it a +. */
void leave_subject_words(const struct mail *mail, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf subject = STRBUF_INIT;
    encoded_words_decode(fields_get(&mail->fields, "Subject"), &subject);
    struct str text = strbuf_str(&subject);
    for (size_t i = 0; i < text.len; i++) {
        size_t begin = out->len;
        if (text.ptr[i] == '%' && i + 2 < text.len &&
            hex_decode(out, (struct str){text.ptr + i + 1, 2}))
            i += 2;
        else
            strbuf_add_char(out, text.ptr[i] == '+' ? ' ' : text.ptr[i]);
        if ((unsigned char)out->ptr[begin] < ' ')
            out->ptr[begin] = ' ';
    }
}

enum { PREFIX_MAX = 16 };

/* "Re:", "AW :", "RE[2]:", "回复：", and tags of filters, "[External]": where
 * what stands behind begins; 0 for anything else. */
static size_t prefix_length(struct str text)
{
    static const char wide[] = "\xef\xbc\x9a";
    size_t end = str_find(text, ']');
    if (str_starts(text, STR("[")))
        return end < text.len ? end + 1 : 0;
    size_t colon = str_find(text, ':'), word = str_find(text, ' ');
    size_t wide_colon = str_find_str(text, STR(wide));
    size_t length = wide_colon < colon ? wide_colon + 3 : colon + 1;
    bool one_word = word >= length - 1 || word + 2 == length;
    return length <= text.len && length <= PREFIX_MAX && one_word ? length : 0;
}

static struct str unquoted(struct str text)
{
    text = str_trim(text);
    while (text.len && strchr("\"'*<(", text.ptr[0]))
        text = str_from(text, 1);
    return text;
}

static struct str without_prefixes(struct str text)
{
    size_t length;
    text = unquoted(text);
    while (!str_starts_nocase(text, STR("unsubscribe")) &&
           (length = prefix_length(text)) > 0)
        text = unquoted(str_from(text, length));
    return text;
}

bool leave_in_subject(const struct mail *mail)
{
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    leave_subject_words(mail, &words);
    return str_starts_nocase(without_prefixes(strbuf_str(&words)),
                             STR("unsubscribe"));
}

/* ---- the one word ---- */

/* Byte order marks, joiners and hard spaces, which some programs put around a
 * text. */
static const char *const unseen[] = {
    "\xef\xbb\xbf", "\xe2\x80\x8b", "\xe2\x80\x8c", "\xe2\x80\x8d",
    "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x81\xa0", "\xc2\xa0",
};

static bool cut_unseen(struct str *text)
{
    for (size_t i = 0; i < ARRAY_SIZE(unseen); i++) {
        struct str mark = str_of(unseen[i]);
        bool before = str_starts(*text, mark);
        if (before || str_ends(*text, mark)) {
            *text = before ? str_from(*text, mark.len)
                           : (struct str){text->ptr, text->len - mark.len};
            return true;
        }
    }
    return false;
}

static struct str seen(struct str text)
{
    do
        text = str_trim(text);
    while (cut_unseen(&text));
    return text;
}

static bool is_the_word(struct str text)
{
    text = str_trim(unquoted(seen(text)));
    while (text.len && strchr("\"'*>).!", text.ptr[text.len - 1]))
        text.len--;
    return str_equal_nocase(text, STR("unsubscribe"));
}

static bool subject_is_the_word(const struct mail *mail)
{
    OWNED(strbuf_free) struct strbuf words = STRBUF_INIT;
    leave_subject_words(mail, &words);
    return is_the_word(without_prefixes(strbuf_str(&words)));
}

/* Lines that mail programs put beneath a text on their own account. */
static const char *const signatures[] = {
    "sent from ", "get outlook for", "envoyé de", "gesendet von", "von mein",
};

/* A quoted line, a signature's mark, or the head of a quoted mail: "On …
 * wrote:", "From: …", a rule. */
static bool begins_rest(struct str line)
{
    struct str name, value;
    static const char *const marks[] = {">", "--", "__", "=="};
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
        if (str_starts(line, str_of(marks[i])))
            return true;
    for (size_t i = 0; i < ARRAY_SIZE(signatures); i++)
        if (str_starts_nocase(line, str_of(signatures[i])))
            return true;
    return str_ends(line, STR(":")) || str_ends(line, STR("\xef\xbc\x9a")) ||
           field_line(line, &name, &value);
}

static bool next_filled_line(struct str *rest, struct str *line)
{
    while (str_next_line(rest, line)) {
        *line = seen(*line);
        if (line->len)
            return true;
    }
    return false;
}

/* Some answer beneath what they quote: behind "On … wrote:", in one line or
 * two, and the quoted lines. */
static struct str behind_quote(struct str text)
{
    struct str rest = text, line, head = STR(":");
    bool quoted = false;
    for (unsigned heads = 0; next_filled_line(&rest, &line);) {
        if (str_starts(line, STR(">")) && str_ends(head, STR(":"))) {
            quoted = true;
            text = rest;
        } else if (quoted || ++heads > 2) {
            break;
        } else {
            head = line;
        }
    }
    return text;
}

static bool begins_with_the_word(struct str text)
{
    struct str line, more;
    if (!next_filled_line(&text, &line) || !is_the_word(line))
        return false;
    if (!next_filled_line(&text, &line) || begins_rest(line))
        return true;
    /* "On Mon, … Weekly Review <w@example.org>" LF "wrote:" */
    return str_next_line(&text, &more) && str_ends(str_trim(more), STR(":"));
}

bool leave_in_text(const struct mail *mail)
{
    return begins_with_the_word(mail->prose) ||
           begins_with_the_word(behind_quote(mail->prose));
}

bool leave_is_plain(const struct mail *mail)
{
    return (subject_is_the_word(mail) || leave_in_text(mail)) &&
           !from_mail_system(mail) && !autoreply_kind(mail);
}
