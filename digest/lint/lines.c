/* Lines as SMTP carries them: their ends and their lengths. */
#include "digest/lint/check_internal.h"

enum { LINE_MAX_OCTETS = 998 };

struct counts {
    size_t crlf, lf, cr, nul, longest;
    unsigned first_lf, first_cr, first_nul, first_long; /* lines; 0: none */
};

static void note(unsigned *first, size_t *count, unsigned line)
{
    if (!*first)
        *first = line;
    ++*count;
}

static void measure(struct counts *c, size_t length, unsigned line)
{
    if (length > LINE_MAX_OCTETS && !c->first_long)
        c->first_long = line;
    if (length > c->longest)
        c->longest = length;
}

static struct counts count_ends(struct str bytes)
{
    struct counts c = {0};
    unsigned line = 1;
    size_t start = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        bool cr = bytes.ptr[i] == '\r';
        bool crlf = cr && i + 1 < bytes.len && bytes.ptr[i + 1] == '\n';
        if (!bytes.ptr[i])
            note(&c.first_nul, &c.nul, line);
        if (!cr && bytes.ptr[i] != '\n')
            continue;
        measure(&c, i - start, line);
        if (crlf)
            c.crlf++;
        else if (cr)
            note(&c.first_cr, &c.cr, line);
        else
            note(&c.first_lf, &c.lf, line);
        i += crlf;
        line++;
        start = i + 1;
    }
    measure(&c, bytes.len - start, line);
    return c;
}

/* A message that a mail program saved has LF alone, which is no fault. */
void check_lines(struct lint *lint)
{
    struct counts c = count_ends(lint->bytes);
    struct lint_place place = {.part = LINT_MESSAGE};
    if (c.crlf && c.lf) {
        place.line = c.first_lf;
        lint_add(lint, RULE_LINE_ENDS, &place,
                 "%zu of %zu lines end in LF alone", c.lf, c.lf + c.crlf);
    }
    if (c.cr) {
        place.line = c.first_cr;
        lint_add(lint, RULE_LINE_ENDS, &place, "a CR stands alone");
    }
    if (c.nul) {
        place.line = c.first_nul;
        lint_add(lint, RULE_LINE_ENDS, &place, "a NUL stands in the line");
    }
    if (c.first_long) {
        place.line = c.first_long;
        lint_add(lint, RULE_LINE_LENGTH, &place,
                 "a line of %zu octets, where SMTP carries %d", c.longest,
                 LINE_MAX_OCTETS);
    }
}
