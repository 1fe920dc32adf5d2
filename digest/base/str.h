/* A borrowed view of text: pointer and length, not NUL-terminated.
 *
 * Parsers work on views; builders on strbuf. A view never owns.
 */
#ifndef DIGEST_BASE_STR_H
#define DIGEST_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
/* For printf("%.*s", STR_ARG(view)). */
#define STR_ARG(view) (int)(view).len, (view).ptr

static inline struct str str_of(const char *text)
{
    return (struct str){text, text ? strlen(text) : 0};
}

bool str_equal(struct str a, struct str b);
/* ASCII letters compare without case; other bytes as they are. */
bool str_equal_nocase(struct str a, struct str b);
bool str_starts(struct str text, struct str prefix);
bool str_starts_nocase(struct str text, struct str prefix);
bool str_ends(struct str text, struct str suffix);

/* Returns a text without ASCII white space at both ends. */
struct str str_trim(struct str text);

/* Position of a byte or a substring, or text.len when there is none. */
size_t str_find(struct str text, char byte);
size_t str_find_str(struct str text, struct str needle);

/* Splits at the first `byte`: returns what stands before it and moves
 * *rest behind it; without one, returns all and leaves *rest empty. */
struct str str_cut(struct str *rest, char byte);

/* The next line without its end (LF or CRLF), moving *rest behind it.
 * False when nothing is left. */
bool str_next_line(struct str *rest, struct str *line);

struct str str_from(struct str text, size_t offset);

/* A NUL-terminated copy; release with free(). */
char *str_dup(struct str text);

/* Decimal digits only, without sign; false on anything else or overflow. */
bool str_to_u64(struct str text, unsigned long long *out);

/* Edit distance (insert, delete, replace, swap) of two short words, for
 * "did you mean"; words over 63 bytes are cut. */
unsigned str_distance(struct str a, struct str b);

#endif
