/* Reads delivery status notifications and feedback reports. */
#include "subscribers/bounces/report_internal.h"

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"

/* ---- delivery status ---- */

enum report_field {
    ORIGINAL_RECIPIENT,
    FINAL_RECIPIENT,
    ACTION,
    STATUS,
    DIAGNOSTIC,
    SUPPLEMENTARY,
    FIELD_COUNT,
};

static const char *const names[] = {
    [ORIGINAL_RECIPIENT] = "Original-Recipient",
    [FINAL_RECIPIENT] = "Final-Recipient",
    [ACTION] = "Action",
    [STATUS] = "Status",
    [DIAGNOSTIC] = "Diagnostic-Code",
    [SUPPLEMENTARY] = "X-Supplementary-Info",
};
_Static_assert(ARRAY_SIZE(names) == FIELD_COUNT, "a name for each field");

/* A recipient under way. */
struct report_draft {
    struct str values[FIELD_COUNT];
    bool begun;
};

enum { RECIPIENTS_MAX = 200 };

static struct str first_word(struct str text)
{
    size_t length = 0;
    while (length < text.len && !strchr(" \t(;", text.ptr[length]))
        length++;
    return (struct str){text.ptr, length};
}

/* "smtp; 550 …": the text behind the type, if that is one. */
static struct str without_type(struct str text)
{
    size_t semicolon = str_find(text, ';');
    for (size_t i = 0; i < semicolon && semicolon < text.len; i++)
        if (strchr(" \t:<", text.ptr[i]))
            return text;
    return semicolon < text.len ? str_trim(str_from(text, semicolon + 1))
                                : text;
}

/* "<mx.example.net #5.0.0 smtp; 550 …>" of Microsoft's older servers: what
 * stands behind the type. */
static struct str supplementary_text(struct str value)
{
    if (str_starts(value, STR("<")))
        value = str_from(value, 1);
    if (str_ends(value, STR(">")))
        value.len--;
    size_t type = str_find_str(value, STR("smtp;"));
    return type < value.len ? str_trim(str_from(value, type + 5)) : value;
}

/* The server's words, where they stand in either field or in both. */
static struct str diagnostic_of(struct arena *arena,
                                const struct report_draft *draft)
{
    struct str code = without_type(draft->values[DIAGNOSTIC]);
    struct str more = supplementary_text(draft->values[SUPPLEMENTARY]);
    if (!more.len || !code.len)
        return code.len ? code : more;
    return str_of(
        arena_format(arena, "%.*s %.*s", STR_ARG(code), STR_ARG(more)));
}

static void finish(struct arena *arena, struct report_draft *draft,
                   struct report *report, size_t *capacity)
{
    if (!draft->begun)
        return;
    struct str original =
        field_address(arena, draft->values[ORIGINAL_RECIPIENT]);
    struct str final = field_address(arena, draft->values[FINAL_RECIPIENT]);
    struct report_recipient recipient = {
        .address = original.len ? original : final,
        .action = first_word(draft->values[ACTION]),
        .status = first_word(draft->values[STATUS]),
        .diagnostic = diagnostic_of(arena, draft),
    };
    bool tells = recipient.address.len || recipient.status.len;
    if (tells && report->count < RECIPIENTS_MAX)
        MEM_PUSH(report->items, report->count, *capacity, recipient);
    *draft = (struct report_draft){0};
}

static int field_index(struct str name)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (str_equal_nocase(name, str_of(names[i])))
            return i;
    return -1;
}

static void read_block(struct arena *arena, const struct fields *fields,
                       struct report *report, size_t *capacity)
{
    struct report_draft draft = {0};
    for (size_t i = 0; i < fields->count; i++) {
        int index = field_index(fields->items[i].name);
        if (index < 0)
            continue;
        if (draft.values[index].ptr)
            finish(arena, &draft, report, capacity);
        draft.begun = true;
        draft.values[index] = fields->items[i].value;
    }
    finish(arena, &draft, report, capacity);
}

void report_read(struct arena *arena, struct str text, struct report *out)
{
    struct report report = {0};
    size_t capacity = 0;
    while (text.len) {
        struct fields fields;
        fields_read(arena, &text, &fields);
        read_block(arena, &fields, &report, &capacity);
    }
    *out = (struct report){0};
    if (report.count) {
        out->count = report.count;
        out->items =
            ARENA_NEW_ARRAY(arena, struct report_recipient, report.count);
        memcpy(out->items, report.items, report.count * sizeof *report.items);
    }
    free(report.items);
}

static const char *const status_types[] = {
    "message/delivery-status",
    "message/global-delivery-status",
    "text/delivery-status",
};

static bool begins_report(struct str line)
{
    struct str name, value;
    if (!field_line(line, &name, &value))
        return false;
    int index = field_index(name);
    return index == ORIGINAL_RECIPIENT || index == FINAL_RECIPIENT;
}

/* Some put the fields into the text for people, a line "Action:" or
 * "Diagnostic-Code:" sometimes before the recipient's. */
static void read_prose(struct mail *mail, struct report *out)
{
    struct str rest = mail->prose, line;
    *out = (struct report){0};
    while (str_next_line(&rest, &line))
        if (begins_report(line)) {
            report_read(&mail->arena, mail->prose, out);
            return;
        }
}

bool report_of(struct mail *mail, struct report *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(status_types); i++) {
        const struct read_part *part = mail_part(mail, status_types[i]);
        if (!part)
            continue;
        report_read(&mail->arena, part->text, out);
        if (out->count)
            return true;
    }
    read_prose(mail, out);
    return out->count > 0;
}

/* ---- feedback ---- */

static bool names_recipient(struct str name)
{
    return str_equal_nocase(name, STR("Original-Rcpt-To")) ||
           str_equal_nocase(name, STR("Removal-Recipient"));
}

static void read_feedback(struct mail *mail, const struct fields *fields,
                          struct feedback *out)
{
    out->type = first_word(fields_get(fields, "Feedback-Type"));
    out->recipients =
        ARENA_NEW_ARRAY(&mail->arena, struct str, fields->count + 1);
    for (size_t i = 0; i < fields->count; i++) {
        struct str address;
        if (!names_recipient(fields->items[i].name))
            continue;
        address = field_address(&mail->arena, fields->items[i].value);
        if (address.len)
            out->recipients[out->count++] = address;
    }
}

/* Some put blank lines between the groups: they go. */
static void all_fields(struct arena *arena, struct str text, struct fields *out)
{
    OWNED(strbuf_free) struct strbuf dense = STRBUF_INIT;
    struct str line;
    while (str_next_line(&text, &line))
        if (str_trim(line).len) {
            strbuf_add_str(&dense, line);
            strbuf_add_char(&dense, '\n');
        }
    struct str rest = str_of(arena_copy_str(arena, strbuf_str(&dense)));
    fields_read(arena, &rest, out);
}

enum { FEEDBACK_MAX_BYTES = 64 << 10 };

static bool fields_of_part(struct mail *mail, const char *type,
                           struct fields *out)
{
    const struct read_part *part = mail_part(mail, type);
    if (!part)
        return false;
    struct str body = part->text;
    if (body.len > FEEDBACK_MAX_BYTES)
        body.len = FEEDBACK_MAX_BYTES;
    all_fields(&mail->arena, body, out);
    return true;
}

static const char feedback_type[] = "message/feedback-report";

bool feedback_of(struct mail *mail, struct feedback *out)
{
    struct fields fields;
    *out = (struct feedback){0};
    if (!fields_of_part(mail, feedback_type, &fields))
        return false;
    read_feedback(mail, &fields, out);
    return out->type.len > 0;
}

struct str report_field(struct mail *mail, const char *name)
{
    struct fields fields;
    struct str value = {0};
    if (fields_of_part(mail, feedback_type, &fields))
        value = fields_get(&fields, name);
    for (size_t i = 0; !value.ptr && i < ARRAY_SIZE(status_types); i++)
        if (fields_of_part(mail, status_types[i], &fields))
            value = fields_get(&fields, name);
    return value;
}

bool report_of_hotmail(struct mail *mail, struct str *recipient)
{
    static const char field[] = "X-HmXmrOriginalRecipient";
    struct str value = fields_get(&mail->original, field);
    if (!value.ptr)
        value = fields_get(&mail->fields, field);
    *recipient = field_address(&mail->arena, value);
    return value.ptr != NULL && mail_part(mail, "message/rfc822") != NULL;
}
