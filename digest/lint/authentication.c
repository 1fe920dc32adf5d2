/* Whether a message can show whose it is: its signatures, and what the server
 * that took it made of them.
 * Source: RFC 6376, RFC 8058 §4, RFC 8601, RFC 9989 §4.4. */
#include "digest/base/mem.h"
#include "digest/base/organisation.h"
#include "digest/lint/check_internal.h"

/* The value of a tag of a signature, or an empty view. */
static struct str tag_of(struct str signature, struct str wanted)
{
    while (signature.len) {
        struct str value = str_cut(&signature, ';');
        if (str_equal(str_trim(str_cut(&value, '=')), wanted))
            return str_trim(value);
    }
    return STR("");
}

static bool covers(struct str signature, struct str name)
{
    struct str names = tag_of(signature, STR("h"));
    while (names.len)
        if (str_equal_nocase(str_trim(str_cut(&names, ':')), name))
            return true;
    return false;
}

/* ---- what a signature covers ----------------------------------------- */

/* One signature that covers a field is enough. */
static bool is_covered(const struct lint *lint, const char *name)
{
    const struct read_field *one;
    for (size_t n = 0;
         (one = read_field_get(lint->message, "DKIM-Signature", n)); n++)
        if (covers(str_of(one->value), str_of(name)))
            return true;
    return !read_field_get(lint->message, name, 0);
}

static void check_cover(struct lint *lint, const struct lint_place *place)
{
    static const char *const names[] = {"From", "List-Unsubscribe",
                                        "List-Unsubscribe-Post"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (!is_covered(lint, names[i]))
            lint_add(lint, RULE_DKIM_COVER, place, "doesn't cover %s",
                     names[i]);
}

/* ---- whose it is ----------------------------------------------------- */

/* The domain behind the last @, without what follows it. */
static struct str domain_of(const char *value)
{
    const char *at = strrchr(value, '@');
    if (!at)
        return STR("");
    return (struct str){at + 1, strcspn(at + 1, "> \t")};
}

static void check_domain(struct lint *lint, const struct lint_place *place)
{
    const struct read_field *from = read_field_get(lint->message, "From", 0);
    const struct read_field *one;
    struct str domain = domain_of(from ? from->value : "");
    struct str last = STR("");
    for (size_t n = 0;
         (one = read_field_get(lint->message, "DKIM-Signature", n)); n++) {
        last = tag_of(str_of(one->value), STR("d"));
        if (organisation_is_same(last, domain))
            return;
    }
    if (domain.len)
        lint_add(lint, RULE_DKIM_DOMAIN, place,
                 "is of %.*s, and the sender of %.*s", STR_ARG(last),
                 STR_ARG(domain));
}

/* ---- what a server made of it ---------------------------------------- */

static void check_results(struct lint *lint)
{
    static const char *const bad[] = {
        "dkim=fail",     "dkim=permerror", "spf=fail",       "spf=softfail",
        "spf=permerror", "dmarc=fail",     "dmarc=permerror"};
    const struct read_field *results =
        read_field_get(lint->message, "Authentication-Results", 0);
    for (size_t i = 0; results && i < ARRAY_SIZE(bad); i++) {
        struct lint_place place = lint_at_field(lint, results);
        struct str value = str_of(results->value);
        if (str_find_str(value, str_of(bad[i])) < value.len)
            lint_add(lint, RULE_AUTHENTICATION, &place, "says %s", bad[i]);
    }
}

/* Checks the signature; a message that hasn't travelled yet may still be signed
 * by a relay. */
void check_authentication(struct lint *lint)
{
    const struct read_field *signature =
        read_field_get(lint->message, "DKIM-Signature", 0);
    const struct read_field *received =
        read_field_get(lint->message, "Received", 0);
    check_results(lint);
    if (signature) {
        struct lint_place place = lint_at_field(lint, signature);
        check_cover(lint, &place);
        check_domain(lint, &place);
    } else if (received) {
        struct lint_place place = {.part = LINT_HEADER,
                                   .element = "DKIM-Signature"};
        lint_add(lint, RULE_UNSIGNED, &place,
                 "is missing, and the message has arrived");
    }
}
