/* Whatever a header text or a slot's value is, the message around it stays
 * what it was: line ends, line lengths, fields and structure.
 *
 * The input is cut at each byte 0x1e into: subject, sender's name, list
 * title, reader's name, greeting, address, text part. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest/base/mem.h"
#include "digest/message/headers.h"
#include "digest/message/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SLOT(name) "\x02" name "\x03"

enum { SUBJECT, SENDER, TITLE, NAME, GREETING, ADDRESS, TEXT, FIELDS };

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static struct message *compose(const char *subject, const char *sender,
                               const char *title, const char *text)
{
    struct message_spec spec = {
        .from_name = sender,
        .from_address = "weekly@example.org",
        .subject = subject,
        .html = "<p>" SLOT("greeting") "</p><a href=\"" SLOT("greeting") "\">",
        .text = text,
        .list_label = "weekly",
        .list_domain = "example.org",
        .list_title = title,
        .precedence_bulk = true};
    struct message *message = NULL;
    struct err err = {0};
    if (!message_compose(&spec, &message, &err))
        must(err.kind == ERR_INPUT && err.text[0], "an error says what");
    return message;
}

static bool splice(const struct message *message, struct str name,
                   struct str greeting, struct str address, struct strbuf *out)
{
    const struct message_value values[] = {{"greeting", greeting}};
    struct message_recipient recipient = {.address = address,
                                          .name = name,
                                          .message_id = STR("1@example.org"),
                                          .values = values,
                                          .value_count = 1};
    struct err err = {0};
    return message_splice(message, &recipient, out, &err);
}

/* The names of the fields, in order, and where the header ends. */
static void outline(struct str bytes, struct strbuf *names, size_t *body)
{
    struct str rest = bytes;
    for (;;) {
        size_t end = str_find_str(rest, STR("\r\n"));
        must(end < rest.len, "the header ends");
        struct str line = {rest.ptr, end};
        rest = str_from(rest, end + 2);
        if (line.len == 0)
            break;
        must(line.len <= 998, "a header line has at most 998 octets");
        must(str_trim(line).len > 0, "no header line is blank");
        if (line.ptr[0] == ' ')
            continue;
        strbuf_add_str(names, str_cut(&line, ':'));
        strbuf_add_char(names, ':');
    }
    *body = (size_t)(rest.ptr - bytes.ptr);
}

static void check_body(struct str body)
{
    size_t column = 0;
    for (size_t i = 0; i < body.len; i++) {
        unsigned char c = (unsigned char)body.ptr[i];
        must(c < 0x7f && (c >= ' ' || c == '\t' || c == '\r' || c == '\n'),
             "the body is 7-bit and printable");
        if (c == '\n')
            must(i > 0 && body.ptr[i - 1] == '\r', "no bare LF");
        if (c == '\r')
            must(i + 1 < body.len && body.ptr[i + 1] == '\n', "no bare CR");
        must(!(column == 0 && c == '.'), "no line begins with a dot");
        column = c == '\n' ? 0 : column + (c != '\r');
        must(column <= 76, "a body line has at most 76 columns");
    }
}

static size_t lines_that_begin(struct str text, struct str with)
{
    size_t count = 0;
    struct str line;
    while (str_next_line(&text, &line))
        count += str_starts(line, with);
    return count;
}

static void check_same_structure(struct str plain, struct str bytes)
{
    OWNED(strbuf_free) struct strbuf wanted = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf got = STRBUF_INIT;
    size_t plain_body, body;
    outline(plain, &wanted, &plain_body);
    outline(bytes, &got, &body);
    must(str_equal(strbuf_str(&wanted), strbuf_str(&got)),
         "the header has the same fields");
    check_body(str_from(bytes, body));
    must(lines_that_begin(str_from(bytes, body), STR("--=_")) == 3,
         "the message has two parts");
}

static void check_saving(const struct message *message, struct str spliced,
                         struct str name, struct str greeting,
                         struct str address)
{
    OWNED(strbuf_free) struct strbuf saved = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf again = STRBUF_INIT;
    OWNED(message_release) struct message *loaded = NULL;
    struct err err = {0};
    message_save(message, &saved);
    must(message_load(strbuf_str(&saved), &loaded, &err), "it loads");
    must(splice(loaded, name, greeting, address, &again) &&
             str_equal(strbuf_str(&again), spliced),
         "it splices the same");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {size ? (const char *)data : "", size};
    struct err err = {0};
    struct message *loaded = NULL;
    if (message_load(rest, &loaded, &err))
        message_free(loaded);
    struct str field[FIELDS];
    for (int i = 0; i < FIELDS; i++)
        field[i] = str_cut(&rest, '\x1e');
    OWNED(mem_free) char *subject = str_dup(field[SUBJECT]);
    OWNED(mem_free) char *sender = str_dup(field[SENDER]);
    OWNED(mem_free) char *title = str_dup(field[TITLE]);
    OWNED(mem_free) char *text = str_dup(field[TEXT]);
    OWNED(message_release)
    struct message *message = compose(subject, sender, title, text);
    if (!message)
        return 0;
    OWNED(message_release)
    struct message *simple = compose("s", "s", "t", "text");
    OWNED(strbuf_free) struct strbuf plain = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf out = STRBUF_INIT;
    must(splice(simple, STR("n"), STR("g"), STR("a@example.org"), &plain),
         "a harmless message");
    struct str address = header_address_is_safe(field[ADDRESS])
                             ? field[ADDRESS]
                             : STR("b@example.org");
    if (!splice(message, field[NAME], field[GREETING], address, &out))
        return 0;
    check_same_structure(strbuf_str(&plain), strbuf_str(&out));
    check_saving(message, strbuf_str(&out), field[NAME], field[GREETING],
                 address);
    return 0;
}
