/* Bytes from a file or from memory as UTF-8: the reader's lower half. For
 * csv.c only. */
#ifndef SUBSCRIBERS_ROSTER_CSV_INPUT_INTERNAL_H
#define SUBSCRIBERS_ROSTER_CSV_INPUT_INTERNAL_H

#include "digest/base/err.h"
#include "digest/base/strbuf.h"

enum csv_encoding { CSV_UNKNOWN, CSV_BYTES, CSV_UTF16LE, CSV_UTF16BE };

struct csv_input {
    int fd; /* -1: `text` is all there is */
    struct str text;
    enum csv_encoding encoding;
    struct strbuf raw; /* read and not yet decoded: UTF-16, a first mark */
    bool ended;
};

/* Appends some more text; sets input->ended when there is none left.
 * Fails: IO. */
FALLIBLE bool csv_input_more(struct csv_input *input, struct strbuf *out,
                             struct err *err);

#endif
