/* Takes passwords out of what is said of addresses. */
#include "digest/base/url_shown.h"

#include <ctype.h>
#include <string.h>

/* Characters that end the part of a URL that names the host; in a text around
 * it too. */
static const char ends[] = "/?#\\ \t\r\n\"'<>";

/* How many bytes at the start of the part behind "://" are to go. A text that
 * was cut may have lost the @: a name, a colon and no port is such a part. */
static size_t hidden_length(const char *part, bool keeps_user)
{
    size_t length = strcspn(part, ends), end = length;
    while (end && part[end - 1] != '@')
        end--;
    size_t colon = strcspn(part, ":");
    if (!end) {
        size_t digits =
            colon < length ? strspn(part + colon + 1, "0123456789") : 0;
        size_t behind = colon + 1 + digits;
        bool is_port = part[0] == '[' || behind >= length ||
                       (digits && !isalnum((unsigned char)part[behind]));
        return colon >= length || is_port ? 0 : length;
    }
    return keeps_user ? 0 : end;
}

static bool names_mail_server(const char *text, const char *separator)
{
    static const char *const schemes[] = {"smtp",  "smtps", "imap",
                                          "imaps", "pop3",  "pop3s"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t length = strlen(schemes[i]);
        if ((size_t)(separator - text) >= length &&
            strncmp(separator - length, schemes[i], length) == 0)
            return true;
    }
    return false;
}

static void cut(char *from, size_t length)
{
    memmove(from, from + length, strlen(from + length) + 1);
}

/* user:password@host becomes user@host. */
static void hide_after_user(char *part)
{
    size_t length = strcspn(part, ends), at = length;
    while (at && part[at - 1] != '@')
        at--;
    size_t colon = strcspn(part, ":");
    if (at && colon < at - 1)
        cut(part + colon, at - 1 - colon);
}

void url_hide_password(char *text)
{
    char *separator = text;
    while ((separator = strstr(separator, "://"))) {
        char *part = separator + 3;
        bool is_mail = names_mail_server(text, separator);
        cut(part, hidden_length(part, is_mail));
        if (is_mail)
            hide_after_user(part);
        separator = part;
    }
}

const char *url_shown(struct arena *arena, const char *text)
{
    char *copy = arena_copy(arena, text);
    url_hide_password(copy);
    return copy;
}
