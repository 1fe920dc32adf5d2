/* Finds the words for people in a report, and whom they are about. */
#include "subscribers/bounces/prose_internal.h"

#include <ctype.h>

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/message/plain_words.h"
#include "digest/message/status.h"
#include "subscribers/bounces/plain_internal.h"

/* ---- where the returned mail begins ---- */

/* Lines that announce it; in lower case. */
static const char *const announcements[] = {
    "original message follows",
    "original message -",
    "original message headers:",
    "- original message",
    "copy of the message",
    "copy of your message",
    "copy of the original message",
    "below this line",
    "unsent message follows",
    "returned message -",
    "message headers follow",
    "message header follows",
    "message text follows",
    "header of the original message",
    "headers of the original message",
    "copy of the message header",
    "original mail as follows",
    "undelivered message follows",
    "enclosed is the original",
    "message returned below -",
};

/* Fields that stand at the top of a mail under way, hardly in prose. */
static const char *const top_fields[] = {
    "received",     "return-path",         "dkim-signature", "arc-seal",
    "x-received",   "message-id",          "delivered-to",   "x-originating-ip",
    "mime-version", "domainkey-signature",
};

enum { ANNOUNCEMENT_MAX = 120 };

static bool announces(struct str line)
{
    char lower[ANNOUNCEMENT_MAX + 1];
    if (line.len > ANNOUNCEMENT_MAX)
        return false;
    for (size_t i = 0; i < line.len; i++)
        lower[i] = (char)tolower((unsigned char)line.ptr[i]);
    lower[line.len] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(announcements); i++)
        if (strstr(lower, announcements[i]))
            return true;
    return false;
}

static bool is_top_field(struct str line)
{
    struct str name, value;
    if (!field_line(line, &name, &value))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(top_fields); i++)
        if (str_equal_nocase(name, str_of(top_fields[i])))
            return true;
    return false;
}

/* Quoted mail ("> Received: …") counts too. */
static struct str unquoted(struct str line)
{
    line = str_trim(line);
    while (line.len && line.ptr[0] == '>')
        line = str_trim(str_from(line, 1));
    return line;
}

/* Cuts the prose at the returned mail, whose text goes to *returned. */
static struct str cut(struct str text, struct str *returned)
{
    struct str rest = text, line;
    *returned = STR("");
    while (true) {
        const char *begin = rest.ptr;
        if (!str_next_line(&rest, &line))
            return text;
        bool top = is_top_field(line);
        if (!top && !announces(unquoted(line)))
            continue;
        *returned =
            top ? (struct str){begin, text.len - (size_t)(begin - text.ptr)}
                : rest;
        return (struct str){text.ptr, (size_t)(begin - text.ptr)};
    }
}

/* ---- the prose ---- */

static void add_texts(const struct mail *mail, const char *type,
                      struct strbuf *out)
{
    for (size_t i = 0; i < mail->count; i++) {
        const struct read_part *part = &mail->parts[i];
        if (part->is_carried || strcmp(part->type, type) != 0)
            continue;
        if (strcmp(type, "text/html") == 0)
            plain_of_html(part->text, out);
        else
            strbuf_add_str(out, part->text);
        strbuf_add_char(out, '\n');
    }
}

/* Senders of reports get the type of that part wrong in every way. */
static const char *const original_types[] = {
    "message/rfc822",  "text/rfc822-headers",    "message/rfc822-headers",
    "message/global",  "message/global-headers", "text/rfc822",
    "message/partial",
};

static void find_original(struct mail *mail, struct str returned)
{
    for (size_t i = 0; i < ARRAY_SIZE(original_types); i++) {
        const struct read_part *part = mail_part(mail, original_types[i]);
        if (!part)
            continue;
        returned = part->text;
        break;
    }
    while (returned.len && strchr("\n\t ", returned.ptr[0]))
        returned = str_from(returned, 1);
    fields_read(&mail->arena, &returned, &mail->original);
}

void prose_find(struct mail *mail)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    add_texts(mail, "text/plain", &text);
    if (!str_trim(strbuf_str(&text)).len)
        add_texts(mail, "text/html", &text);
    struct str all = str_of(arena_copy_str(&mail->arena, strbuf_str(&text)));
    struct str returned;
    mail->prose = cut(all, &returned);
    find_original(mail, returned);
}

/* ---- recipients ---- */

/* Words before an address on a line that is about it, in lower case, compared
 * with the end of what stands there. */
static const char *const leads[] = {
    "rcpt to:",      "recipient:",  "delivered to:",    "address:",
    "userid:",       "user:",       "undeliverable to", "message to",
    "mail to",       "full:",       "recipients:",      "rejected recipient",
    "addressed to",  "delivery to", "recipient(s):",    "deliver to",
    "email address",
};

static bool ends_with_lead(struct str before)
{
    char lower[64];
    before = before.len > 60 ? str_from(before, before.len - 60) : before;
    while (before.len && strchr(" <\"'[(", before.ptr[before.len - 1]))
        before.len--;
    for (size_t i = 0; i < before.len; i++)
        lower[i] = (char)tolower((unsigned char)before.ptr[i]);
    for (size_t i = 0; i < ARRAY_SIZE(leads); i++)
        if (str_ends((struct str){lower, before.len}, str_of(leads[i])))
            return true;
    return false;
}

static bool only_marks(struct str before)
{
    for (size_t i = 0; i < before.len; i++)
        if (isalpha((unsigned char)before.ptr[i]) ||
            (unsigned char)before.ptr[i] >= 0x80)
            return false;
    return true;
}

static bool is_recipient_line(struct str line, struct str *recipient)
{
    size_t length, at = plain_next_address(line, 0, &length);
    if (at == line.len)
        return false;
    struct str before = {line.ptr, at};
    if (str_starts(str_trim(line), STR("<<<")))
        return false;
    *recipient = (struct str){line.ptr + at, length};
    return only_marks(before) || ends_with_lead(before);
}

struct prose_builder {
    struct str recipient;
    struct strbuf text;
};
struct builders {
    struct prose_builder *items;
    size_t count, capacity;
};

enum { BLOCKS_MAX = 100 };

static struct prose_builder *builder_for(struct builders *all,
                                         struct str recipient)
{
    for (size_t i = 0; i < all->count; i++)
        if (str_equal_nocase(all->items[i].recipient, recipient))
            return &all->items[i];
    if (all->count == BLOCKS_MAX)
        return &all->items[all->count - 1];
    struct prose_builder fresh = {.recipient = recipient};
    MEM_PUSH(all->items, all->count, all->capacity, fresh);
    return &all->items[all->count - 1];
}

static void keep(struct mail *mail, struct builders *all,
                 struct prose_blocks *out)
{
    out->count = all->count;
    out->items =
        ARENA_NEW_ARRAY(&mail->arena, struct prose_block, all->count + 1);
    for (size_t i = 0; i < all->count; i++) {
        struct str text =
            all->count == 1
                ? mail->prose
                : str_of(arena_copy_str(&mail->arena,
                                        strbuf_str(&all->items[i].text)));
        out->items[i] = (struct prose_block){all->items[i].recipient, text};
        strbuf_free(&all->items[i].text);
    }
    free(all->items);
}

/* Finds a recipient where none stands at the beginning of a line: the first
 * address anywhere that is neither the mail's sender nor its own recipient. */
static void find_anywhere(struct mail *mail, struct builders *all)
{
    struct str text = mail->prose;
    struct str to =
        field_address(&mail->arena, fields_get(&mail->fields, "To"));
    struct str from =
        field_address(&mail->arena, fields_get(&mail->fields, "From"));
    size_t length, at = plain_next_address(text, 0, &length);
    for (; at < text.len; at = plain_next_address(text, at + length, &length)) {
        struct str found = {text.ptr + at, length};
        if (str_equal_nocase(found, to) || str_equal_nocase(found, from))
            continue;
        builder_for(all, found);
        return;
    }
}

/* "550 <a@b>... User unknown" says all there is to say in its line. */
static bool is_whole_reply(struct str line)
{
    size_t length;
    return line.len > 4 && (line.ptr[0] == '4' || line.ptr[0] == '5') &&
           line.ptr[3] == ' ' && reply_code_in((struct str){line.ptr, 4}) &&
           plain_next_address(line, 0, &length) < line.len;
}

void prose_blocks(struct mail *mail, struct prose_blocks *out)
{
    struct builders all = {0};
    struct prose_builder *now = NULL;
    struct str rest = mail->prose, line, recipient;
    while (str_next_line(&rest, &line)) {
        if (is_recipient_line(unquoted(line), &recipient))
            now = builder_for(&all, recipient);
        if (!now)
            continue;
        strbuf_add_str(&now->text, line);
        strbuf_add_char(&now->text, '\n');
        if (is_whole_reply(line))
            now = NULL;
    }
    if (!all.count)
        find_anywhere(mail, &all);
    keep(mail, &all, out);
}
