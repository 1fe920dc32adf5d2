/* The composed form as bytes: a magic line with the version, counts, slot
 * names, pieces and literals, and the SHA-256 of all of it. Numbers are 32
 * bits, lowest byte first. */
#include "digest/message/message.h"

#include "digest/base/mem.h"
#include "digest/base/slot.h"
#include "digest/message/pieces_internal.h"
#include "digest/message/sha256_internal.h"

#define MAGIC "digest message 1\n"

static void put_number(struct strbuf *out, size_t number)
{
    for (unsigned i = 0; i < 4; i++)
        strbuf_add_char(out, (char)(number >> 8 * i & 0xff));
}

void message_save(const struct message *message, struct strbuf *out)
{
    size_t begin = out->len;
    strbuf_add_text(out, MAGIC);
    put_number(out, message->slot_count);
    put_number(out, message->count);
    put_number(out, message->bytes.len);
    for (size_t i = 0; i < message->slot_count; i++) {
        put_number(out, strlen(message->slots[i]));
        strbuf_add_text(out, message->slots[i]);
    }
    for (size_t i = 0; i < message->count; i++) {
        strbuf_add_char(out, (char)message->pieces[i].kind);
        put_number(out, message->pieces[i].of);
    }
    strbuf_add(out, message->bytes.ptr, message->bytes.len);
    unsigned char sum[SHA256_SIZE];
    sha256(str_from(strbuf_str(out), begin), sum);
    strbuf_add(out, sum, sizeof sum);
}

/* The rest of a saved message; `good` is false once something was missing. */
struct saved_reader {
    struct str rest;
    bool good;
};

static struct str take(struct saved_reader *r, size_t length)
{
    if (length > r->rest.len) {
        r->good = false;
        return STR("");
    }
    struct str taken = {r->rest.ptr, length};
    r->rest = str_from(r->rest, length);
    return taken;
}

static uint32_t take_number(struct saved_reader *r)
{
    struct str bytes = take(r, 4);
    uint32_t number = 0;
    for (unsigned i = 0; i < bytes.len; i++)
        number |= (uint32_t)(unsigned char)bytes.ptr[i] << 8 * i;
    return number;
}

static bool read_slots(struct message *message, struct saved_reader *r,
                       size_t count)
{
    if (count > PIECES_SLOTS_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str name = take(r, take_number(r));
        if (!pieces_name_is_good(name))
            return false;
        message->slots[message->slot_count++] = str_dup(name);
    }
    return true;
}

/* The literals' lengths must add up to what follows them. */
static bool read_pieces(struct message *message, struct saved_reader *r,
                        size_t count, size_t literal_bytes)
{
    size_t sum = 0;
    for (size_t i = 0; i < count && r->good; i++) {
        struct str kind = take(r, 1);
        struct piece piece = {PIECE_LITERAL, take_number(r)};
        if (!r->good || kind.ptr[0] < 0 || kind.ptr[0] >= PIECE_KINDS)
            return false;
        piece.kind = (enum piece_kind)kind.ptr[0];
        if (piece.kind == PIECE_LITERAL)
            sum += piece.of;
        else if (piece_has_slot(piece.kind) ? piece.of >= message->slot_count
                                            : piece.of != 0)
            return false;
        MEM_PUSH(message->pieces, message->count, message->capacity, piece);
    }
    return r->good && sum == literal_bytes;
}

static bool read_message(struct message *message, struct saved_reader *r)
{
    uint32_t slots = take_number(r);
    uint32_t pieces = take_number(r);
    uint32_t literal_bytes = take_number(r);
    if (!r->good || !read_slots(message, r, slots) ||
        !read_pieces(message, r, pieces, literal_bytes))
        return false;
    strbuf_add_str(&message->bytes, take(r, literal_bytes));
    return r->good && r->rest.len == 0;
}

static bool sum_holds(struct str saved)
{
    if (saved.len < SHA256_SIZE)
        return false;
    unsigned char sum[SHA256_SIZE];
    saved.len -= SHA256_SIZE;
    sha256(saved, sum);
    return memcmp(sum, saved.ptr + saved.len, sizeof sum) == 0;
}

bool message_load(struct str saved, struct message **out, struct err *err)
{
    if (!str_starts(saved, STR(MAGIC)))
        return err_set(err, ERR_INPUT,
                       "the saved message is of another version or none; "
                       "draft the issue again");
    OWNED(message_release) struct message *message = MEM_NEW(struct message);
    struct saved_reader reader = {str_from(saved, sizeof MAGIC - 1), true};
    if (sum_holds(saved))
        reader.rest.len -= SHA256_SIZE;
    else
        reader.good = false;
    if (!reader.good || !read_message(message, &reader))
        return err_set(err, ERR_INPUT,
                       "the saved message is damaged; draft the issue again");
    *out = TAKE(message);
    return true;
}
