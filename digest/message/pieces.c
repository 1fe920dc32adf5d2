/* Adds literal bytes and slots to a message's pieces. */
#include "digest/message/pieces_internal.h"

#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/base/slot.h"

bool piece_has_slot(enum piece_kind kind)
{
    return kind >= PIECE_WEB_URL && kind < PIECE_KINDS;
}

void pieces_add_literal(struct message *message, struct str bytes)
{
    if (bytes.len == 0)
        return;
    strbuf_add_str(&message->bytes, bytes);
    if (message->count &&
        message->pieces[message->count - 1].kind == PIECE_LITERAL) {
        message->pieces[message->count - 1].of += (uint32_t)bytes.len;
        return;
    }
    struct piece piece = {PIECE_LITERAL, (uint32_t)bytes.len};
    MEM_PUSH(message->pieces, message->count, message->capacity, piece);
}

void pieces_add(struct message *message, enum piece_kind kind)
{
    struct piece piece = {kind, 0};
    MEM_PUSH(message->pieces, message->count, message->capacity, piece);
}

bool pieces_name_is_good(struct str name)
{
    if (name.len == 0 || name.len > PIECES_SLOT_NAME_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if ((name.ptr[i] < 'a' || name.ptr[i] > 'z') && name.ptr[i] != '_')
            return false;
    return true;
}

bool pieces_add_slot(struct message *message, enum piece_kind kind,
                     struct str name, struct err *err)
{
    if (!pieces_name_is_good(name))
        return err_set(err, ERR_INPUT,
                       "slot '%.*s': a name has 1 to %d of the characters a-z "
                       "and _",
                       (int)(name.len < 80 ? name.len : 80), name.ptr,
                       PIECES_SLOT_NAME_MAX);
    size_t slot = 0;
    while (slot < message->slot_count &&
           !str_equal(name, str_of(message->slots[slot])))
        slot++;
    if (slot == PIECES_SLOTS_MAX)
        return err_set(err, ERR_INPUT,
                       "slot '%.*s': a message has at most %d different slots",
                       STR_ARG(name), PIECES_SLOTS_MAX);
    if (slot == message->slot_count)
        message->slots[message->slot_count++] = str_dup(name);
    struct piece piece = {kind, (uint32_t)slot};
    MEM_PUSH(message->pieces, message->count, message->capacity, piece);
    return true;
}

bool pieces_add_marked(struct message *message, struct str text,
                       struct err *err)
{
    while (text.len) {
        size_t open = str_find(text, SLOT_OPEN);
        pieces_add_literal(message, (struct str){text.ptr, open});
        if (open == text.len)
            return true;
        text = str_from(text, open + 1);
        struct str mark = str_cut(&text, SLOT_CLOSE);
        enum piece_kind kind = mark.len && mark.ptr[0] == PIECES_HTML_MARK
                                   ? PIECE_HTML
                                   : PIECE_TEXT;
        if (!pieces_add_slot(message, kind, str_from(mark, 1), err))
            return false;
    }
    return true;
}
