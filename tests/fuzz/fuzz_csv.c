/* Any bytes are rows of valid fields, with lines that grow, and an end; the
 * size of the pieces they come in makes no difference. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/base/utf8.h"
#include "subscribers/roster/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void read_all(struct csv *csv, size_t most, struct strbuf *out)
{
    unsigned line = 0;
    for (size_t rows = 0;; rows++) {
        struct csv_row row;
        struct err err = {0};
        must(csv_next(csv, &row, &err), "memory never fails to be read");
        if (row.count == 0)
            return;
        must(rows <= most, "there are no more rows than bytes");
        must(row.line > line, "each row begins on a line of its own");
        line = row.line;
        strbuf_add_format(out, "%u%s", row.line, row.problem ? "!" : "");
        for (size_t i = 0; i < row.count; i++) {
            must(utf8_invalid_at(row.fields[i]) == row.fields[i].len,
                 "a field is UTF-8");
            strbuf_add_char(out, '\x1f');
            strbuf_add_str(out, row.fields[i]);
        }
        strbuf_add_char(out, '\x1e');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(strbuf_free) struct strbuf whole = STRBUF_INIT, pieces = STRBUF_INIT;
    OWNED(csv_release)
    struct csv *csv =
        csv_new_text((struct str){(const char *)data, size}, "input");
    read_all(csv, size, &whole);
    int ends[2];
    if (size > 4096 || pipe(ends) != 0)
        return 0;
    must(write(ends[1], data, size) == (ssize_t)size, "a pipe takes a page");
    close(ends[1]);
    OWNED(csv_release) struct csv *piped = csv_new(ends[0], "pipe");
    read_all(piped, size, &pieces);
    close(ends[0]);
    must(str_equal(strbuf_str(&whole), strbuf_str(&pieces)),
         "memory and a pipe read the same");
    return 0;
}
