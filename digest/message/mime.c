/* Builds a message's MIME structure with libetpan. */
#include "digest/message/mime_internal.h"

#include <stdlib.h>

#include <libetpan/libetpan.h>

#include "digest/base/encode.h"
#include "digest/base/mem.h"
#include "digest/message/sha256_internal.h"

/* libetpan's functions return NULL only when memory is out. */
static bool no_memory(struct err *err)
{
    return err_set(err, ERR_IO, "cannot compose the message: out of memory");
}

static void free_mime(struct mailmime **mime)
{
    if (*mime)
        mailmime_free(*mime);
}

static void free_string(MMAPString **string)
{
    if (*string)
        mmap_string_free(*string);
}

static bool add_charset(struct mailmime_content *content)
{
    char name[] = "charset", value[] = "utf-8";
    struct mailmime_parameter *charset =
        mailmime_param_new_with_data(name, value);
    return charset && clist_append(content->ct_parameters, charset) == 0;
}

static struct mailmime *new_part(const char *type, struct str encoded)
{
    struct mailmime_content *content = mailmime_content_new_with_str(type);
    struct mailmime_fields *fields =
        mailmime_fields_new_encoding(MAILMIME_MECHANISM_QUOTED_PRINTABLE);
    if (!content || !fields || !add_charset(content))
        return NULL;
    struct mailmime *part = mailmime_new_empty(content, fields);
    struct mailmime_data *data = mailmime_data_new(
        MAILMIME_DATA_TEXT, MAILMIME_MECHANISM_QUOTED_PRINTABLE, 1, encoded.ptr,
        encoded.len, NULL);
    if (!part || !data)
        return NULL;
    part->mm_data.mm_single = data;
    return part;
}

/* The part becomes the parent's, or is released. */
static bool add_part(struct mailmime *parent, struct mailmime *part)
{
    if (!part)
        return false;
    if (mailmime_add_part(parent, part) == MAIL_NO_ERROR)
        return true;
    mailmime_free(part);
    return false;
}

static char *new_boundary(struct str text, struct str html)
{
    unsigned char both[2][SHA256_SIZE], sum[SHA256_SIZE];
    sha256(text, both[0]);
    sha256(html, both[1]);
    sha256((struct str){(const char *)both, sizeof both}, sum);
    OWNED(strbuf_free) struct strbuf boundary = STRBUF_INIT;
    strbuf_add_text(&boundary, "=_");
    hex_encode(&boundary, (struct str){(const char *)sum, 16});
    return strbuf_take(&boundary);
}

/* libetpan makes up a random boundary; ours takes its place. */
static void set_boundary(struct mailmime *multipart, struct str text,
                         struct str html)
{
    clist *parameters = multipart->mm_content_type->ct_parameters;
    for (clistiter *i = clist_begin(parameters); i; i = clist_next(i)) {
        struct mailmime_parameter *parameter = clist_content(i);
        if (strcmp(parameter->pa_name, "boundary") != 0)
            continue;
        free(parameter->pa_value);
        parameter->pa_value = new_boundary(text, html);
    }
}

static struct mailmime *new_alternative(struct str text, struct str html)
{
    struct mailmime_content *content =
        mailmime_content_new_with_str("multipart/alternative");
    struct mailmime_fields *fields = mailmime_fields_new_empty();
    if (!content || !fields)
        return NULL;
    OWNED(free_mime)
    struct mailmime *multipart = mailmime_new_empty(content, fields);
    if (!multipart || !add_part(multipart, new_part("text/plain", text)) ||
        !add_part(multipart, new_part("text/html", html)))
        return NULL;
    set_boundary(multipart, text, html);
    return TAKE(multipart);
}

/* libetpan leaves a space before the line end where it folds a header; in
 * quoted-printable text there is none. */
static void add_trimmed(struct strbuf *out, struct str text)
{
    struct str line;
    while (str_next_line(&text, &line)) {
        while (line.len && line.ptr[line.len - 1] == ' ')
            line.len--;
        strbuf_add_str(out, line);
        strbuf_add_text(out, "\r\n");
    }
}

bool mime_compose(struct str text, struct str html, struct strbuf *out,
                  struct err *err)
{
    OWNED(free_mime) struct mailmime *message = mailmime_new_message_data(NULL);
    OWNED(free_string) MMAPString *written = mmap_string_new("");
    int column = 0;
    if (!message || !written ||
        !add_part(message, html.len ? new_alternative(text, html)
                                    : new_part("text/plain", text)) ||
        mailmime_write_mem(written, &column, message) != MAILIMF_NO_ERROR)
        return no_memory(err);
    add_trimmed(out, (struct str){written->str, written->len});
    return true;
}
