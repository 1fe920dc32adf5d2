/* Values: the data that templates are applied to.
 *
 * A tree of objects, lists, texts, numbers and booleans, all in one arena.
 * Text is cleaned on the way in (utf8_clean), so that no value can forge a
 * slot mark or carry a control character.
 */
#ifndef DIGEST_RENDERER_VALUE_H
#define DIGEST_RENDERER_VALUE_H

#include <stdint.h>

#include "digest/base/arena.h"
#include "digest/base/err.h"

struct value;

/* All live until the arena is freed. A NULL text is a missing value. */
struct value *value_object(struct arena *arena);
struct value *value_list(struct arena *arena);
struct value *value_text(struct arena *arena, const char *text);
struct value *value_text_str(struct arena *arena, struct str text);
struct value *value_number(struct arena *arena, int64_t number);
struct value *value_bool(struct arena *arena, bool truth);
/* Empty, but there: it hides a value of the same name further out. */
struct value *value_null(struct arena *arena);
/* The mark for a slot: base/slot.h. */
struct value *value_slot(struct arena *arena, const char *name);

/* Sets a key (borrowed: a literal, or in the arena); NULL values are left
 * out. Returns `object`. Setting a key again replaces it. */
struct value *value_set(struct value *object, const char *key,
                        struct value *value);
/* The same with a value made for it, in the arena of `object`. */
struct value *value_set_text(struct value *object, const char *key,
                             const char *text);
/* An empty text is left out too, so that one further out shows through. */
struct value *value_set_nonempty(struct value *object, const char *key,
                                 const char *text);
struct value *value_set_str(struct value *object, const char *key,
                            struct str text);
struct value *value_set_number(struct value *object, const char *key,
                               int64_t number);
struct value *value_set_bool(struct value *object, const char *key, bool truth);
/* As value_set, for a key known to be new, without looking. */
void value_add(struct value *object, struct str key, struct value *value);
void value_append(struct value *list, struct value *value);

/* Makes a value of JSON text. Fails: INPUT with line and column. */
FALLIBLE bool value_from_json(struct arena *arena, struct str json,
                              struct value **out, struct err *err);

#endif
