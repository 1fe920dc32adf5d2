/* Holds CLDR's plural rules as a table of functions. */
#include "digest/renderer/plural_internal.h"

#include "digest/base/mem.h"

struct plural_rule {
    const char *name;
    const char *(*form)(uint64_t n);
};

static const char *never(uint64_t n)
{
    (void)n;
    return "other";
}

static const char *singular(uint64_t n)
{
    return n == 1 ? "one" : "other";
}

static const char *singular_or_none(uint64_t n)
{
    return n <= 1 ? "one" : "other";
}

static const char *arabic(uint64_t n)
{
    static const char *const small[] = {"zero", "one", "two"};
    if (n < ARRAY_SIZE(small))
        return small[n];
    uint64_t last = n % 100;
    return last >= 3 && last <= 10 ? "few" : last >= 11 ? "many" : "other";
}

static bool ends_few(uint64_t n)
{
    return n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14);
}

static const char *east_slavic(uint64_t n)
{
    if (n % 10 == 1 && n % 100 != 11)
        return "one";
    return ends_few(n) ? "few" : "many";
}

static const char *polish(uint64_t n)
{
    return n == 1 ? "one" : ends_few(n) ? "few" : "many";
}

static const char *czech(uint64_t n)
{
    return n == 1 ? "one" : n >= 2 && n <= 4 ? "few" : "other";
}

static const struct plural_rule rules[] = {
    {"none", never},                   /* Chinese, Japanese, Thai */
    {"one", singular},                 /* English, German, Swahili */
    {"one-or-zero", singular_or_none}, /* French, Bengali, Hindi */
    {"arabic", arabic},
    {"east-slavic", east_slavic}, /* Russian, Ukrainian */
    {"polish", polish},
    {"czech", czech}, /* and Slovak */
};

const struct plural_rule *plural_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
        if (strcmp(rules[i].name, name) == 0)
            return &rules[i];
    return NULL;
}

const char *plural_form(const struct plural_rule *rule, int64_t count)
{
    return rule->form(count < 0 ? 0 - (uint64_t)count : (uint64_t)count);
}

void plural_names(struct strbuf *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
        strbuf_add_format(out, "%s%s", i ? ", " : "", rules[i].name);
}
