/* Feeds the CSV reader with UTF-8, from a file or from memory. */
#include "subscribers/roster/csv_input_internal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 1 << 16 };

static bool read_chunk(struct csv_input *input, struct strbuf *out,
                       struct err *err)
{
    if (input->fd < 0) {
        size_t length = input->text.len < CHUNK ? input->text.len : CHUNK;
        strbuf_add(out, input->text.ptr, length);
        input->text = str_from(input->text, length);
        input->ended = input->text.len == 0;
        return true;
    }
    ssize_t got;
    do
        got = read(input->fd, strbuf_reserve(out, CHUNK), CHUNK);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_set(err, ERR_IO, "cannot be read: %s", strerror(errno));
    input->ended = got == 0;
    out->len += (size_t)got;
    if (out->ptr)
        out->ptr[out->len] = '\0';
    return true;
}

static unsigned unit_at(const struct csv_input *input, size_t offset)
{
    const unsigned char *at = (const unsigned char *)input->raw.ptr + offset;
    return input->encoding == CSV_UTF16LE ? at[0] | (unsigned)at[1] << 8
                                          : (unsigned)at[0] << 8 | at[1];
}

static bool is_high(unsigned unit)
{
    return unit >= 0xd800 && unit < 0xdc00;
}

static bool is_low(unsigned unit)
{
    return unit >= 0xdc00 && unit < 0xe000;
}

static void drop(struct strbuf *raw, size_t length)
{
    if (length == 0)
        return;
    memmove(raw->ptr, raw->ptr + length, raw->len - length);
    strbuf_cut(raw, raw->len - length);
}

/* A pair that is cut by the chunk's end waits for the next; a lone half
 * becomes U+FFFD. */
static void decode_utf16(struct csv_input *input, struct strbuf *out)
{
    size_t at = 0;
    while (at + 2 <= input->raw.len) {
        unsigned unit = unit_at(input, at);
        bool pair = is_high(unit) && at + 4 <= input->raw.len &&
                    is_low(unit_at(input, at + 2));
        if (is_high(unit) && at + 4 > input->raw.len && !input->ended)
            break;
        if (pair)
            unit = 0x10000 + ((unit - 0xd800) << 10) +
                   (unit_at(input, at + 2) - 0xdc00);
        strbuf_add_utf8(out, unit);
        at += pair ? 4 : 2;
    }
    if (input->ended && at < input->raw.len) {
        strbuf_add_utf8(out, 0xfffd);
        at = input->raw.len;
    }
    drop(&input->raw, at);
}

static const struct {
    struct str mark;
    enum csv_encoding encoding;
} marks[] = {
    {{"\xef\xbb\xbf", 3}, CSV_BYTES},
    {{"\xff\xfe", 2}, CSV_UTF16LE},
    {{"\xfe\xff", 2}, CSV_UTF16BE},
};

/* Guesses the encoding; UTF-16 without a mark shows by the first heading's
 * first letter. */
static enum csv_encoding guess(const struct strbuf *raw)
{
    if (raw->len < 2 || !raw->ptr[0] == !raw->ptr[1])
        return CSV_BYTES;
    return raw->ptr[0] ? CSV_UTF16LE : CSV_UTF16BE;
}

static void detect(struct csv_input *input)
{
    input->encoding = guess(&input->raw);
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (str_starts(strbuf_str(&input->raw), marks[i].mark)) {
            input->encoding = marks[i].encoding;
            drop(&input->raw, marks[i].mark.len);
            return;
        }
}

bool csv_input_more(struct csv_input *input, struct strbuf *out,
                    struct err *err)
{
    if (input->encoding == CSV_BYTES)
        return read_chunk(input, out, err);
    if (!read_chunk(input, &input->raw, err))
        return false;
    if (input->encoding == CSV_UNKNOWN) {
        if (input->raw.len < 3 && !input->ended)
            return true;
        detect(input);
    }
    if (input->encoding == CSV_BYTES) {
        strbuf_add_str(out, strbuf_str(&input->raw));
        strbuf_free(&input->raw);
    } else {
        decode_utf16(input, out);
    }
    return true;
}
