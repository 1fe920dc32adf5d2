/* Queues bytes for a server, and stuffs the dots of messages on their way. */
#include "digest/sender/outflow_internal.h"

#include <assert.h>

/* Finds where the next line that begins with a dot begins, at or after `from`,
 * or the message's length. Lines end in CRLF, so the start of a line follows a
 * newline. */
static size_t find_dot(struct str message, size_t from)
{
    while (from < message.len) {
        const char *newline =
            memchr(message.ptr + from, '\n', message.len - from);
        if (!newline)
            break;
        from = (size_t)(newline - message.ptr) + 1;
        if (from < message.len && message.ptr[from] == '.')
            return from;
    }
    return message.len;
}

void outflow_add(struct outflow *flow, struct str commands)
{
    strbuf_add_str(flow->message.ptr ? &flow->tail : &flow->head, commands);
}

void outflow_add_message(struct outflow *flow, struct str message)
{
    assert(!flow->message.ptr && !flow->tail.len);
    bool ended = message.len == 0 || str_ends(message, STR("\r\n"));
    flow->message = message.ptr ? message : STR("");
    flow->message_at = 0;
    flow->dot_added = false;
    bool dot_first = str_starts(flow->message, STR("."));
    flow->dot_at = dot_first ? 0 : find_dot(flow->message, 0);
    strbuf_add_str(&flow->tail, ended ? STR(".\r\n") : STR("\r\n.\r\n"));
}

/* The piece of the message at its position: an added dot, or the bytes up to
 * the next line that needs one. */
static struct str message_piece(const struct outflow *flow)
{
    if (flow->message_at >= flow->message.len)
        return STR("");
    if (flow->message_at == flow->dot_at && !flow->dot_added)
        return STR(".");
    size_t end = flow->dot_added ? find_dot(flow->message, flow->message_at)
                                 : flow->dot_at;
    return (struct str){flow->message.ptr + flow->message_at,
                        end - flow->message_at};
}

/* `length` of the current piece of the message went out. */
static void advance(struct outflow *flow, size_t length)
{
    if (flow->message_at == flow->dot_at && !flow->dot_added) {
        flow->dot_added = true;
        return;
    }
    if (flow->dot_added)
        flow->dot_at = find_dot(flow->message, flow->message_at);
    flow->dot_added = false;
    flow->message_at += length;
}

static struct str next_piece(const struct outflow *flow)
{
    if (flow->head_at < flow->head.len)
        return str_from(strbuf_str(&flow->head), flow->head_at);
    struct str piece = message_piece(flow);
    if (piece.len)
        return piece;
    return str_from(strbuf_str(&flow->tail), flow->tail_at);
}

static void step(struct outflow *flow, size_t length)
{
    if (flow->head_at < flow->head.len)
        flow->head_at += length;
    else if (flow->message_at < flow->message.len)
        advance(flow, length);
    else
        flow->tail_at += length;
}

int outflow_pieces(const struct outflow *flow, struct iovec *pieces, int max)
{
    struct outflow ahead = *flow; /* borrows the same bytes */
    int count = 0;
    while (count < max) {
        struct str piece = next_piece(&ahead);
        if (!piece.len)
            break;
        pieces[count].iov_base = (void *)(size_t)piece.ptr;
        pieces[count++].iov_len = piece.len;
        step(&ahead, piece.len);
    }
    return count;
}

void outflow_sent(struct outflow *flow, size_t length)
{
    while (length) {
        size_t part = next_piece(flow).len;
        assert(part > 0);
        part = part < length ? part : length;
        step(flow, part);
        length -= part;
    }
    if (next_piece(flow).len)
        return;
    outflow_clear(flow);
}

bool outflow_empty(const struct outflow *flow)
{
    return next_piece(flow).len == 0;
}

bool outflow_message_pending(const struct outflow *flow)
{
    if (!flow->message.ptr)
        return false;
    size_t dot = str_find(strbuf_str(&flow->tail), '.') + 3;
    return flow->message_at < flow->message.len || flow->tail_at < dot ||
           flow->head_at < flow->head.len;
}

void outflow_clear(struct outflow *flow)
{
    strbuf_cut(&flow->head, 0);
    strbuf_cut(&flow->tail, 0);
    flow->head_at = flow->tail_at = 0;
    flow->message = (struct str){NULL, 0};
    flow->message_at = flow->dot_at = 0;
    flow->dot_added = false;
}

void outflow_free(struct outflow *flow)
{
    strbuf_free(&flow->head);
    strbuf_free(&flow->tail);
}
