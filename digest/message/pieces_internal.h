/* Pieces of a composed message: literal bytes with slots between them.
 *
 * This is the inside of struct message, shared by the files that compose,
 * splice and save it; no other room includes it.
 */
#ifndef DIGEST_MESSAGE_PIECES_INTERNAL_H
#define DIGEST_MESSAGE_PIECES_INTERNAL_H

#include <stdint.h>

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

enum piece_kind {
    PIECE_LITERAL,    /* bytes that all recipients share */
    PIECE_TO,         /* the whole To field */
    PIECE_MESSAGE_ID, /* the identifier without <> */
    PIECE_WEB_URL,    /* a slot's value inside <> of a header */
    PIECE_MAIL_URL,
    PIECE_TEXT, /* a slot's value as quoted-printable text */
    PIECE_HTML,
    PIECE_KINDS
};

struct piece {
    enum piece_kind kind;
    uint32_t of; /* LITERAL: how many bytes; with a slot: which */
};

enum { PIECES_SLOTS_MAX = 32, PIECES_SLOT_NAME_MAX = 64 };

struct message {
    struct strbuf bytes; /* the literals, one after the other */
    struct piece *pieces;
    size_t count, capacity;
    char *slots[PIECES_SLOTS_MAX];
    size_t slot_count;
};

/* Whether a piece of this kind stands for a slot's value. */
bool piece_has_slot(enum piece_kind kind);

/* Appends; neighbouring literals become one. */
void pieces_add_literal(struct message *message, struct str bytes);
void pieces_add(struct message *message, enum piece_kind kind);

/* Fails: INPUT, for a name that isn't [a-z_]+, or one slot too many. */
FALLIBLE bool pieces_add_slot(struct message *message, enum piece_kind kind,
                              struct str name, struct err *err);
bool pieces_name_is_good(struct str name);

/* Appends text in which each slot stands as SLOT_OPEN, form, name, SLOT_CLOSE;
 * the form is PIECES_TEXT_MARK or PIECES_HTML_MARK. Fails: INPUT. */
enum { PIECES_TEXT_MARK = 't', PIECES_HTML_MARK = 'h' };
FALLIBLE bool pieces_add_marked(struct message *message, struct str text,
                                struct err *err);

#endif
