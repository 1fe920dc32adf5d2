/* Checks that a rendering has what no mail may lack. */
#include "digest/delivery/build_internal.h"

#include "digest/base/mem.h"
#include "digest/base/slot.h"

static bool has(struct str text, const char *what)
{
    return str_find_str(text, str_of(what)) < text.len;
}

static bool is_wordy(unsigned char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
           c >= 0x80;
}

/* The longest word of the address: a design may break its lines, and
 * escaping changes what stands between the words. */
static struct str longest_word(const char *text)
{
    struct str best = {text, 0};
    while (*text) {
        size_t length = 0;
        while (is_wordy((unsigned char)text[length]))
            length++;
        if (length > best.len)
            best = (struct str){text, length};
        text += length ? length : 1;
    }
    return best;
}

static bool check_part(const struct build *build, struct str part,
                       const char *name, struct err *err)
{
    static const char slot[] = {SLOT_OPEN, 'u', 'n', 's', 'u',        'b',
                                's',       'c', 'r', 'i', 'b',        'e',
                                '_',       'u', 'r', 'l', SLOT_CLOSE, '\0'};
    const char *postal = build->conf->postal_address;
    const char *lacks = NULL;
    if (!has(part, slot))
        lacks = "no link to unsubscribe ({{{slot.unsubscribe_url}}})";
    else if (postal && str_find_str(part, longest_word(postal)) == part.len)
        lacks = "no postal address ({{site.address_line}})";
    return !lacks ||
           err_set(err, ERR_INPUT,
                   "the design %s: its %s part has %s; it can't go out like "
                   "this",
                   build->newsletter->template_name, name, lacks);
}

/* Checks that the design labels each sponsor's block. */
static bool check_labels(const struct build *build, struct str part,
                         const char *name, struct err *err)
{
    struct str label =
        str_of(catalogue_get(build->voice->words, "advertisement"));
    size_t wanted = 0, at;
    for (size_t i = 0; build->blocks && i < build->blocks->count; i++)
        wanted +=
            build->blocks->items[i].kind == BLOCK_SPONSOR &&
            block_speaks_to(&build->blocks->items[i], build->voice->language);
    while (wanted && (at = str_find_str(part, label)) < part.len) {
        part = str_from(part, at + label.len);
        wanted--;
    }
    return !wanted ||
           err_set(err, ERR_INPUT,
                   "the design \"%s\" doesn't label a sponsor's block as "
                   "\"%s\" in its %s part: it has to show {{label}} of each "
                   "block, as the designs that come with digest do",
                   build->newsletter->template_name, label.ptr, name);
}

bool build_check(const struct build *build, struct str html, struct str text,
                 struct err *err)
{
    return check_part(build, html, "HTML", err) &&
           check_part(build, text, "text", err) &&
           check_labels(build, html, "HTML", err) &&
           check_labels(build, text, "text", err);
}
