/* Formats errors, adds context to them, and maps each kind to its exit code. */
#include "digest/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "digest/base/url_shown.h"

static const struct {
    int exit_code;
    const char *name;
} kinds[] = {
    [ERR_NONE] = {0, "none"},
    [ERR_USAGE] = {64, "usage"},
    [ERR_INPUT] = {65, "input"},
    [ERR_CONFLICT] = {65, "conflict"},
    [ERR_NOT_FOUND] = {66, "not_found"},
    [ERR_PERMANENT] = {69, "permanent"},
    [ERR_TEMPORARY] = {75, "temporary"},
    [ERR_STORE] = {74, "store"},
    [ERR_IO] = {74, "io"},
    [ERR_PERMISSION] = {77, "permission"},
    [ERR_CONFIG] = {78, "config"},
};

bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
    if (!err)
        return false;
    va_list args;
    va_start(args, format);
    err->kind = kind;
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    url_hide_password(err->text);
    return false;
}

bool err_context(struct err *err, const char *format, ...)
{
    if (!err)
        return false;
    char old[sizeof err->text];
    memcpy(old, err->text, sizeof old);
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    url_hide_password(err->text);
    /* A text too long for the space is cut at its end. */
    size_t used = strlen(err->text);
    const char *parts[] = {": ", old};
    for (int i = 0; i < 2; i++) {
        size_t room = sizeof err->text - 1 - used;
        size_t length = strnlen(parts[i], room);
        memcpy(err->text + used, parts[i], length);
        used += length;
    }
    err->text[used] = '\0';
    return false;
}

bool err_advise(struct err *err, const char *format, ...)
{
    size_t used = strlen(err->text), most = sizeof err->text;
    va_list args;
    va_start(args, format);
    if (used + 2 < most) {
        memcpy(err->text + used, "; ", 3);
        vsnprintf(err->text + used + 2, most - used - 2, format, args);
    }
    va_end(args);
    url_hide_password(err->text);
    return false;
}

static const char *const *remedies;

void err_set_remedies(const char *const words[REMEDY_COUNT])
{
    remedies = words;
}

bool err_remedy(struct err *err, enum err_remedy remedy, const char *about)
{
    const char *words = remedies ? remedies[remedy] : NULL;
    if (!err || !words)
        return false;
    const char *gap = strstr(words, "{}");
    if (!gap)
        return err_advise(err, "%s", words);
    return err_advise(err, "%.*s%s%s", (int)(gap - words), words,
                      about ? about : "", gap + 2);
}

int err_exit_code(enum err_kind kind)
{
    return kinds[kind].exit_code;
}

const char *err_kind_name(enum err_kind kind)
{
    return kinds[kind].name;
}
