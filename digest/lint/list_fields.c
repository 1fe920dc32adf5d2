/* Checks that a newsletter can be left with one click: List-Id,
 * List-Unsubscribe and its Post.
 * Source: RFC 2919, RFC 2369, RFC 8058. */
#include "digest/lint/check_internal.h"
#include "digest/message/headers.h"

enum { LIST_ID_MAX = 255 };

static bool is_list_id(const char *value)
{
    const char *open = strrchr(value, '<'), *end = strrchr(value, '>');
    if (!open || !end || end[1] || end < open || end - open > LIST_ID_MAX)
        return false;
    bool dotted = false;
    for (const char *c = open + 1; c < end; c++) {
        if (*c <= ' ' || *c > '~')
            return false;
        dotted = dotted || *c == '.';
    }
    return dotted;
}

static void check_list_id(struct lint *lint)
{
    const struct read_field *field =
        read_field_get(lint->message, "List-Id", 0);
    struct lint_place place = {.part = LINT_HEADER, .element = "List-Id"};
    if (!field) {
        lint_add(lint, RULE_LIST_ID, &place, "is missing");
        return;
    }
    place.line = field->line;
    if (!is_list_id(field->value))
        lint_add(lint, RULE_LIST_ID, &place, "isn't Title <label.domain>");
}

/* ---- List-Unsubscribe ------------------------------------------------ */

struct ways_out {
    unsigned https, http, mailto;
    bool broken;
};

/* <URI>, <URI>, and nothing else but blanks. */
static struct ways_out read_ways_out(struct str value)
{
    struct ways_out ways = {0};
    while ((value = str_trim(value)).len) {
        struct str rest = str_from(value, 1);
        if (value.ptr[0] != '<' || str_find(rest, '>') == rest.len) {
            ways.broken = true;
            return ways;
        }
        struct str uri = str_cut(&rest, '>');
        ways.https += header_uri_is_safe(uri, STR("https://"));
        ways.http += header_uri_is_safe(uri, STR("http://"));
        ways.mailto += header_uri_is_safe(uri, STR("mailto:"));
        rest = str_trim(rest);
        if (rest.len && rest.ptr[0] != ',')
            ways.broken = true;
        value = str_from(rest, rest.len ? 1 : 0);
    }
    ways.broken = ways.broken || !(ways.https + ways.http + ways.mailto);
    return ways;
}

static void check_one_click(struct lint *lint, const struct ways_out *ways,
                            const struct lint_place *place)
{
    const struct read_field *post =
        read_field_get(lint->message, "List-Unsubscribe-Post", 0);
    bool right = post && strcmp(post->value, "List-Unsubscribe=One-Click") == 0;
    if (post && !right)
        lint_add(lint, RULE_UNSUBSCRIBE_PAIR, place,
                 "List-Unsubscribe-Post isn't List-Unsubscribe=One-Click");
    else if (post && ways->https != 1)
        lint_add(lint, RULE_UNSUBSCRIBE_PAIR, place,
                 "List-Unsubscribe-Post is there, and %u https addresses in "
                 "List-Unsubscribe",
                 ways->https);
    else if (!post && ways->https)
        lint_add(lint, RULE_UNSUBSCRIBE_PAIR, place,
                 "an https address is there, and no List-Unsubscribe-Post");
    else if (!post && !lint->options->stays_here)
        lint_add(lint, RULE_ONE_CLICK, place,
                 "there is no https address to unsubscribe with one click");
}

static void check_unsubscribe(struct lint *lint)
{
    const struct read_field *field =
        read_field_get(lint->message, "List-Unsubscribe", 0);
    struct lint_place place = {.part = LINT_HEADER,
                               .element = "List-Unsubscribe"};
    if (!field) {
        lint_add(lint, RULE_UNSUBSCRIBE_HEADER, &place, "is missing");
        return;
    }
    place.line = field->line;
    struct ways_out ways = read_ways_out(str_of(field->value));
    if (ways.broken)
        lint_add(lint, RULE_UNSUBSCRIBE_HEADER, &place,
                 "isn't a list of <https://…> and <mailto:…>");
    check_one_click(lint, &ways, &place);
}

void check_list_headers(struct lint *lint)
{
    check_list_id(lint);
    check_unsubscribe(lint);
}
