/* Encodes parts and values as quoted-printable, line by line. */
#include "digest/message/quoted_printable_internal.h"

#include "digest/base/utf8.h"

enum { WIDEST = 75 }; /* columns, without the "=" of a soft break */

static const char hex[] = "0123456789ABCDEF";

static char *put_hex(char *to, unsigned char c)
{
    *to++ = '=';
    *to++ = hex[c >> 4];
    *to++ = hex[c & 15];
    return to;
}

/* ---- the text of a part --------------------------------------------- */

void qp_soft_break(struct qp *qp)
{
    if (qp->column)
        strbuf_add_text(qp->out, "=\r\n");
    qp->column = 0;
}

static void add_encoded(struct qp *qp, struct str bytes)
{
    if (qp->column + 3 * bytes.len > WIDEST)
        qp_soft_break(qp);
    for (size_t i = 0; i < bytes.len; i++) {
        char code[3];
        put_hex(code, (unsigned char)bytes.ptr[i]);
        strbuf_add(qp->out, code, sizeof code);
    }
    qp->column += 3 * bytes.len;
}

static void add_literal(struct qp *qp, char c)
{
    if (qp->column == WIDEST)
        qp_soft_break(qp);
    strbuf_add_char(qp->out, c);
    qp->column++;
}

void qp_finish(struct qp *qp)
{
    if (qp->column == 0)
        return;
    char last = qp->out->ptr[qp->out->len - 1];
    if (last != ' ' && last != '\t')
        return;
    strbuf_cut(qp->out, qp->out->len - 1);
    qp->column--;
    add_encoded(qp, (struct str){&last, 1});
}

static void end_line(struct qp *qp)
{
    qp_finish(qp);
    strbuf_add_text(qp->out, "\r\n");
    qp->column = 0;
}

static bool is_literal(unsigned char c)
{
    return (c >= ' ' && c <= '~' && c != '=') || c == '\t';
}

static bool mangled_at_line_start(struct str text)
{
    return text.ptr[0] == '.' || str_starts(text, STR("From "));
}

/* Whether the next character would begin a line, by a soft break or not. */
static bool begins_line(const struct qp *qp)
{
    return qp->column == 0 || qp->column == WIDEST;
}

void qp_add_text(struct qp *qp, struct str text)
{
    for (size_t at = 0; at < text.len;) {
        struct str rest = str_from(text, at);
        unsigned char c = (unsigned char)rest.ptr[0];
        if (c == '\r' || c == '\n') {
            at += str_starts(rest, STR("\r\n")) ? 2 : 1;
            end_line(qp);
        } else if (is_literal(c) &&
                   !(begins_line(qp) && mangled_at_line_start(rest))) {
            add_literal(qp, (char)c);
            at++;
        } else {
            size_t before = at;
            utf8_next(text, &at);
            add_encoded(qp, (struct str){rest.ptr, at - before});
        }
    }
}

/* ---- a value --------------------------------------------------------- */

enum class {
    PLAIN = '.',   /* stands for itself */
    BLANK = '_',   /* becomes a space */
    DROPPED = 'x', /* a control */
    ENCODED = '=', /* quoted-printable's own sign */
    ENTITY = '&',  /* markup in HTML, plain in text */
    WIDE = '8',    /* a byte of a longer character */
};

static enum class class_of(unsigned char c) {
    static const char classes[] = "xxxxxxxxx_____xx"
                                  "xxxxxxxxxxxxxxxx"
                                  "..&...&&........" /* " & ' */
                                  "............&=&." /* < = > */
                                  "................"
                                  "................"
                                  "................"
                                  "...............x";
    return c < 0x80 ? (enum class)classes[c] : WIDE;
}

struct value_writer {
    char *at;
    char *line; /* where the current line begins */
};

static void wrap(struct value_writer *w, size_t width)
{
    if ((size_t)(w->at - w->line) + width <= WIDEST)
        return;
    memcpy(w->at, "=\r\n", 3);
    w->at += 3;
    w->line = w->at;
}

/* Literal characters, of which only the first of a line can be mangled. */
static void write_run(struct value_writer *w, const char *run, size_t length)
{
    while (length) {
        wrap(w, 1);
        if (w->at == w->line && (*run == '.' || *run == 'F')) {
            w->at = put_hex(w->at, (unsigned char)*run++);
            length--;
            continue;
        }
        size_t room = WIDEST - (size_t)(w->at - w->line);
        size_t take = length < room ? length : room;
        memcpy(w->at, run, take);
        w->at += take;
        run += take;
        length -= take;
    }
}

static void write_encoded(struct value_writer *w, struct str bytes)
{
    wrap(w, 3 * bytes.len);
    for (size_t i = 0; i < bytes.len; i++)
        w->at = put_hex(w->at, (unsigned char)bytes.ptr[i]);
}

static void write_entity(struct value_writer *w, char c)
{
    struct str entity = c == '&'   ? STR("&amp;")
                        : c == '<' ? STR("&lt;")
                        : c == '>' ? STR("&gt;")
                        : c == '"' ? STR("&quot;")
                                   : STR("&#39;");
    write_run(w, entity.ptr, entity.len);
}

static void write_wide(struct value_writer *w, struct str value, size_t *at)
{
    size_t before = *at;
    unsigned c = utf8_next(value, at);
    bool dropped =
        (c >= 0x80 && c < 0xa0) || c == 0xfeff || utf8_turns_direction(c);
    if (c == 0x2028 || c == 0x2029)
        write_run(w, " ", 1);
    else if (c == 0xfffd)
        write_encoded(w, STR("\xef\xbf\xbd"));
    else if (!dropped)
        write_encoded(w, (struct str){value.ptr + before, *at - before});
}

static size_t plain_run(struct str value, size_t at, enum qp_form form)
{
    size_t end = at;
    while (end < value.len) {
        enum class c = class_of((unsigned char)value.ptr[end]);
        if (c != PLAIN && !(c == ENTITY && form == QP_PLAIN))
            break;
        end++;
    }
    return end - at;
}

char *qp_write_value(char *to, struct str value, enum qp_form form)
{
    struct value_writer w = {to, to};
    size_t at = 0;
    for (;;) {
        size_t run = plain_run(value, at, form);
        write_run(&w, value.ptr + at, run);
        at += run;
        if (at == value.len)
            break;
        switch (class_of((unsigned char)value.ptr[at])) {
        case BLANK:
            write_run(&w, " ", 1);
            break;
        case ENTITY:
            write_entity(&w, value.ptr[at]);
            break;
        case ENCODED:
            write_encoded(&w, (struct str){value.ptr + at, 1});
            break;
        case WIDE:
            write_wide(&w, value, &at);
            continue;
        case DROPPED:
        case PLAIN:
            break;
        }
        at++;
    }
    if (w.at != to)
        wrap(&w, WIDEST + 1);
    return w.at;
}

/* An ill-formed byte becomes nine columns, and a soft break comes after 64 of
 * them at the earliest. */
size_t qp_value_bound(size_t length)
{
    return 10 * length + 8;
}
