/* Reads CSV row by row, and finds its delimiter and charset. */
#include "subscribers/roster/csv.h"

#include "digest/base/charset.h"
#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/base/utf8.h"
#include "subscribers/roster/csv_input_internal.h"

enum {
    ROW_MAX = 1 << 20, /* a quote never closed must not eat the memory */
    FIELDS_MAX = 4096,
    SHOWN_MAX = 1000,   /* of a row that can't be read */
    DONE_MAX = 1 << 16, /* read bytes kept before they are moved out */
    SAMPLE = 1 << 16,   /* bytes to find a charset by */
};

static const char delimiters[] = {',', ';', '\t'};

/* A field's place in `cells` while the buffer may still move. */
struct cell {
    size_t begin, end;
};

struct csv {
    struct csv_input input;
    char *name;
    struct strbuf text; /* read and not yet used, from `at` on */
    size_t at;
    unsigned line;
    char delimiter;
    const char *charset; /* of what isn't UTF-8; NULL: none was met */
    char *example;       /* the first such field, as it was read */
    struct strbuf cells;
    struct cell *places;
    struct str *fields;
    size_t count, capacity, field_capacity;
};

struct csv *csv_new(int fd, const char *name)
{
    struct csv *csv = MEM_NEW(struct csv);
    csv->input.fd = fd;
    csv->name = mem_copy(name);
    csv->line = 1;
    return csv;
}

struct csv *csv_new_text(struct str text, const char *name)
{
    struct csv *csv = csv_new(-1, name);
    csv->input.text = text;
    return csv;
}

void csv_free(struct csv *csv)
{
    if (!csv)
        return;
    strbuf_free(&csv->input.raw);
    strbuf_free(&csv->text);
    strbuf_free(&csv->cells);
    free(csv->places);
    free(csv->fields);
    free(csv->name);
    free(csv->example);
    free(csv);
}

void csv_release(struct csv **csv)
{
    csv_free(*csv);
    *csv = NULL;
}

const char *csv_name(const struct csv *csv)
{
    return csv->name;
}

char csv_delimiter(const struct csv *csv)
{
    return csv->delimiter;
}

const char *csv_charset(const struct csv *csv, const char **example)
{
    *example = csv->example;
    return csv->charset;
}

/* ---- the buffer ---- */

/* Whether a byte stands at `offset`, reading more where needed. */
static bool has(struct csv *csv, size_t offset, bool *found, struct err *err)
{
    while (offset >= csv->text.len && !csv->input.ended)
        if (!csv_input_more(&csv->input, &csv->text, err))
            return err_context(err, "%s:%u", csv->name, csv->line);
    *found = offset < csv->text.len;
    return true;
}

static void forget_read_rows(struct csv *csv)
{
    if (csv->at < DONE_MAX && csv->at < csv->text.len)
        return;
    size_t left = csv->text.len - csv->at;
    if (left && csv->at)
        memmove(csv->text.ptr, csv->text.ptr + csv->at, left);
    strbuf_cut(&csv->text, left);
    csv->at = 0;
}

/* The length of the line end at `offset`: 0 where there is none. */
static bool line_end(struct csv *csv, size_t offset, size_t *length,
                     struct err *err)
{
    bool more = false;
    *length = csv->text.ptr[offset] == '\n' ? 1 : 0;
    if (csv->text.ptr[offset] != '\r')
        return true;
    if (!has(csv, offset + 1, &more, err))
        return false;
    *length = more && csv->text.ptr[offset + 1] == '\n' ? 2 : 1;
    return true;
}

/* ---- one row ---- */

struct scan {
    size_t at;
    unsigned lines; /* ends of lines passed */
    size_t cell;    /* where the open field begins in `cells` */
    bool quoted;    /* inside quotes */
    bool fresh;     /* nothing of the field was read yet but spaces */
    bool done;
    const char *problem;
};

static void close_cell(struct csv *csv, struct scan *scan)
{
    struct cell place = {scan->cell, csv->cells.len};
    MEM_PUSH(csv->places, csv->count, csv->capacity, place);
    scan->cell = csv->cells.len;
    scan->fresh = true;
    if (csv->count > FIELDS_MAX) {
        scan->problem = "it has too many fields";
        scan->done = true;
    }
}

static bool scan_quoted(struct csv *csv, struct scan *scan, struct err *err)
{
    char c = csv->text.ptr[scan->at];
    size_t end;
    bool more = false;
    if (!line_end(csv, scan->at, &end, err))
        return false;
    if (end)
        scan->lines++;
    if (c != '"') {
        size_t length = end ? end : 1;
        strbuf_add(&csv->cells, csv->text.ptr + scan->at, length);
        scan->at += length;
        return true;
    }
    if (!has(csv, scan->at + 1, &more, err))
        return false;
    if (more && csv->text.ptr[scan->at + 1] == '"') {
        strbuf_add_char(&csv->cells, '"');
        scan->at++;
    } else {
        scan->quoted = false;
    }
    scan->at++;
    return true;
}

/* Adds, at once, as much text as means nothing but itself. */
static bool add_plain(struct csv *csv, struct scan *scan)
{
    const char *text = csv->text.ptr;
    size_t begin = scan->at, end = begin + 1;
    if (text[begin] != ' ')
        scan->fresh = false;
    while (!scan->fresh && end < csv->text.len && text[end] != '\n' &&
           text[end] != '\r' && text[end] != csv->delimiter)
        end++;
    strbuf_add(&csv->cells, text + begin, end - begin);
    scan->at = end;
    return true;
}

static bool scan_plain(struct csv *csv, struct scan *scan, struct err *err)
{
    char c = csv->text.ptr[scan->at];
    size_t end;
    if (!line_end(csv, scan->at, &end, err))
        return false;
    if (end) {
        close_cell(csv, scan);
        scan->at += end;
        scan->lines++;
        scan->done = true;
        return true;
    }
    if (c == csv->delimiter) {
        close_cell(csv, scan);
    } else if (c == '"' && scan->fresh) {
        strbuf_cut(&csv->cells, scan->cell); /* spaces before the quote */
        scan->quoted = true;
        scan->fresh = false;
    } else {
        return add_plain(csv, scan);
    }
    scan->at++;
    return true;
}

static bool scan_row(struct csv *csv, struct scan *scan, struct err *err)
{
    while (!scan->done) {
        bool more = false;
        if (!has(csv, scan->at, &more, err))
            return false;
        if (scan->at - csv->at > ROW_MAX) {
            scan->problem = scan->quoted
                                ? "a quote opens in it and isn't closed"
                                : "it is longer than a megabyte";
            return true;
        }
        if (!more) {
            if (scan->quoted)
                scan->problem = "a quote opens in it and isn't closed";
            else
                close_cell(csv, scan);
            return true;
        }
        if (!(scan->quoted ? scan_quoted : scan_plain)(csv, scan, err))
            return false;
    }
    return true;
}

/* The end of the line at csv->at, for going on after a row that can't be
 * read. */
static bool skip_line(struct csv *csv, struct err *err)
{
    for (;; csv->at++) {
        bool more = false;
        size_t end;
        if (!has(csv, csv->at, &more, err))
            return false;
        if (!more)
            return true;
        if (!line_end(csv, csv->at, &end, err))
            return false;
        if (end) {
            csv->at += end;
            csv->line++;
            return true;
        }
        forget_read_rows(csv);
    }
}

/* ---- the first row ---- */

static bool find_delimiter(struct csv *csv, struct err *err)
{
    size_t counts[sizeof delimiters] = {0};
    bool quoted = false, more;
    for (size_t i = csv->at; i - csv->at < ROW_MAX; i++) {
        if (!has(csv, i, &more, err))
            return false;
        char c = more ? csv->text.ptr[i] : '\n';
        if (!more || (!quoted && (c == '\n' || c == '\r')))
            break;
        quoted ^= c == '"';
        for (size_t d = 0; d < sizeof delimiters && !quoted; d++)
            counts[d] += c == delimiters[d];
    }
    size_t best = 0;
    for (size_t d = 1; d < sizeof delimiters; d++)
        if (counts[d] > counts[best])
            best = d;
    csv->delimiter = delimiters[best];
    return true;
}

/* Excel's own first line, which is no row. */
static bool read_separator_line(struct csv *csv, struct err *err)
{
    bool more = false;
    if (!has(csv, csv->at + 5, &more, err))
        return false;
    struct str text = str_from(strbuf_str(&csv->text), csv->at);
    if (!more || !str_starts_nocase(text, STR("sep=")) || !text.ptr[4] ||
        !strchr(",;\t|", text.ptr[4]) ||
        (text.ptr[5] != '\r' && text.ptr[5] != '\n'))
        return find_delimiter(csv, err);
    csv->delimiter = text.ptr[4];
    return skip_line(csv, err);
}

static bool skip_empty_lines(struct csv *csv, struct err *err)
{
    for (;;) {
        bool more = false;
        size_t end = 0;
        if (!has(csv, csv->at, &more, err))
            return false;
        if (more && !line_end(csv, csv->at, &end, err))
            return false;
        if (!more || end == 0)
            return true;
        csv->at += end;
        csv->line++;
        forget_read_rows(csv);
    }
}

/* ---- fields ---- */

/* Finds the charset by the first row that isn't UTF-8, and what follows it. */
static bool find_charset(struct csv *csv, struct err *err)
{
    OWNED(strbuf_free) struct strbuf sample = STRBUF_INIT;
    bool more;
    if (csv->charset ||
        utf8_invalid_at(strbuf_str(&csv->cells)) == csv->cells.len)
        return true;
    if (!has(csv, csv->at + SAMPLE, &more, err))
        return false;
    struct str rest = str_from(strbuf_str(&csv->text), csv->at);
    rest.len = rest.len < SAMPLE ? rest.len : SAMPLE;
    strbuf_add_str(&sample, strbuf_str(&csv->cells));
    strbuf_add_str(&sample, rest);
    csv->charset = charset_detect_windows(strbuf_str(&sample));
    return true;
}

/* Fields that aren't UTF-8 are appended anew behind the others. */
static void decode_cells(struct csv *csv)
{
    for (size_t i = 0; i < csv->count; i++) {
        struct cell *place = &csv->places[i];
        struct str text = {strbuf_text(&csv->cells) + place->begin,
                           place->end - place->begin};
        if (text.len == 0 || utf8_invalid_at(text) == text.len)
            continue;
        OWNED(mem_free) char *copy = str_dup(text);
        place->begin = csv->cells.len;
        charset_convert((struct str){copy, text.len}, csv->charset,
                        &csv->cells);
        place->end = csv->cells.len;
        if (!csv->example)
            csv->example =
                str_dup((struct str){strbuf_text(&csv->cells) + place->begin,
                                     place->end - place->begin});
    }
}

static void set_fields(struct csv *csv)
{
    decode_cells(csv);
    if (csv->count > csv->field_capacity) {
        csv->field_capacity = csv->capacity;
        csv->fields =
            mem_resize(csv->fields, csv->field_capacity, sizeof *csv->fields);
    }
    for (size_t i = 0; i < csv->count; i++)
        csv->fields[i] = (struct str){
            strbuf_text(&csv->cells) + csv->places[i].begin,
            csv->places[i].end - csv->places[i].begin,
        };
}

/* Gives a row up: its first line is its one field, so that it can be shown. */
static bool give_up_row(struct csv *csv, struct err *err)
{
    struct str text = str_from(strbuf_str(&csv->text), csv->at);
    struct scan line = {0};
    size_t length = 0;
    while (length < text.len && length < SHOWN_MAX &&
           text.ptr[length] != '\n' && text.ptr[length] != '\r')
        length++;
    csv->count = 0;
    strbuf_cut(&csv->cells, 0);
    strbuf_add(&csv->cells, text.ptr, length);
    close_cell(csv, &line);
    return skip_line(csv, err);
}

bool csv_next(struct csv *csv, struct csv_row *row, struct err *err)
{
    *row = (struct csv_row){0};
    csv->count = 0;
    strbuf_cut(&csv->cells, 0);
    forget_read_rows(csv);
    if (!skip_empty_lines(csv, err) ||
        (!csv->delimiter &&
         (!read_separator_line(csv, err) || !skip_empty_lines(csv, err))))
        return false;
    bool more = false;
    if (!has(csv, csv->at, &more, err))
        return false;
    if (!more)
        return true;
    struct scan scan = {.at = csv->at, .fresh = true};
    row->line = csv->line;
    if (!scan_row(csv, &scan, err))
        return false;
    row->problem = scan.problem;
    if (scan.problem && !give_up_row(csv, err))
        return false;
    if (!scan.problem) {
        csv->at = scan.at;
        csv->line += scan.lines;
    }
    if (!find_charset(csv, err))
        return false;
    set_fields(csv);
    row->fields = csv->fields;
    row->count = csv->count;
    return true;
}
