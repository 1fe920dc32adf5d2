/* Opens a mailbox by its URL, whichever kind it is. */
#include "subscribers/bounces/mailbox_internal.h"

#include "digest/base/file.h"
#include "digest/base/mem.h"
#include "subscribers/bounces/mailbox_child_internal.h"

struct mailbox {
    const struct mailbox_kind *kind;
    struct mailbox_place place;
    char *ca_file;
    struct mailbox_watch watch;
    struct mailbox_child *child; /* reads a server's */
    void *state;                 /* of a local one */
};

static const struct mailbox_kind *const kinds[] = {
    &mailbox_imap,
    &mailbox_pop3,
    &mailbox_maildir,
    &mailbox_mbox,
};

static const struct mailbox_kind *find_kind(struct str *url)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        if (str_starts_nocase(*url, str_of(kinds[i]->prefix))) {
            *url = str_from(*url, strlen(kinds[i]->prefix));
            return kinds[i];
        }
    return NULL;
}

/* ---- the URL ---- */

static int hex_value(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at =
        c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static char *decoded(struct str text)
{
    struct strbuf out = STRBUF_INIT;
    for (size_t i = 0; i < text.len; i++) {
        int high = -1, low = -1;
        if (text.ptr[i] == '%' && i + 2 < text.len) {
            high = hex_value(text.ptr[i + 1]);
            low = hex_value(text.ptr[i + 2]);
        }
        if (high >= 0 && low >= 0 && high * 16 + low != 0) {
            strbuf_add_char(&out, (char)(high * 16 + low));
            i += 2;
        } else {
            strbuf_add_char(&out, text.ptr[i]);
        }
    }
    return strbuf_take(&out);
}

static bool read_port(struct str text, uint16_t *port)
{
    unsigned long long number;
    if (!str_to_u64(text, &number) || number == 0 || number > 65535)
        return false;
    *port = (uint16_t)number;
    return true;
}

/* host, host:port, [2001:db8::1]:port */
static bool read_host(struct str text, struct mailbox_place *place)
{
    struct str host = text, port = STR("");
    if (text.len && text.ptr[0] == '[') {
        size_t end = str_find(text, ']');
        if (end == text.len)
            return false;
        host = (struct str){text.ptr + 1, end - 1};
        port = str_from(text, end + 1);
        if (port.len && port.ptr[0] != ':')
            return false;
        port = port.len ? str_from(port, 1) : port;
    } else if (str_find(text, ':') < text.len) {
        port = text;
        host = str_cut(&port, ':');
    }
    if (!host.len || (port.len && !read_port(port, &place->port)))
        return false;
    place->host = str_dup(host);
    return true;
}

static bool read_server(struct str rest, struct mailbox_place *place)
{
    struct str authority = str_cut(&rest, '/');
    size_t at = authority.len;
    while (at && authority.ptr[at - 1] != '@')
        at--;
    if (at < 2)
        return false;
    place->user = decoded((struct str){authority.ptr, at - 1});
    place->folder = decoded(rest.len ? rest : STR("INBOX"));
    for (const char *c = place->user; *c; c++)
        if ((unsigned char)*c < ' ')
            return false;
    for (const char *c = place->folder; *c; c++)
        if ((unsigned char)*c < ' ')
            return false;
    return read_host(str_from(authority, at), place);
}

static bool read_url(struct mailbox *mailbox, const char *url, struct err *err)
{
    struct str rest = str_of(url);
    mailbox->kind = find_kind(&rest);
    if (!mailbox->kind || !rest.len)
        return err_set(err, ERR_CONFIG,
                       "bounces.mailbox: '%.200s' is none of "
                       "imaps://user@host, pop3s://user@host, maildir:PATH and "
                       "mbox:PATH",
                       url);
    mailbox->place.port = mailbox->kind->port;
    if (!mailbox->kind->port) {
        mailbox->place.path = str_dup(rest);
        return true;
    }
    return read_server(rest, &mailbox->place) ||
           err_set(err, ERR_CONFIG,
                   "bounces.mailbox: '%.200s' is not of the form "
                   "%suser@host:port (an @ in the user is written %%40)",
                   url, mailbox->kind->prefix);
}

/* ---- the password ---- */

enum { PASSWORD_MAX_BYTES = 4096 };

static bool read_password(struct mailbox *mailbox, const char *path,
                          struct err *err)
{
    OWNED(strbuf_free) struct strbuf text = STRBUF_INIT;
    if (!mailbox->kind->port)
        return true;
    if (!path)
        return err_set(err, ERR_CONFIG,
                       "bounces.password_file: name the file whose first line "
                       "is the password of %s at %s",
                       mailbox->place.user, mailbox->place.host);
    struct err unread = {0};
    if (!file_read(path, PASSWORD_MAX_BYTES, &text, &unread))
        return err_set(err, ERR_CONFIG, "bounces.password_file: %s",
                       unread.text);
    struct str rest = strbuf_str(&text), line = STR("");
    if (!str_next_line(&rest, &line) || !line.len)
        return err_set(err, ERR_CONFIG,
                       "bounces.password_file: %s has an empty first line",
                       path);
    mailbox->place.password = str_dup(line);
    explicit_bzero(text.ptr, text.len);
    return true;
}

/* ---- use ---- */

enum { TIME_LIMIT_S = 300 };

bool mailbox_open(const struct mailbox_settings *settings, struct mailbox **out,
                  struct err *err)
{
    OWNED(mailbox_release) struct mailbox *mailbox = MEM_NEW(struct mailbox);
    int64_t limit_s =
        settings->time_limit_s > 0 ? settings->time_limit_s : TIME_LIMIT_S;
    mailbox->watch = (struct mailbox_watch){
        .until_ms = mailbox_clock_ms() + limit_s * 1000,
        .stop = settings->stop,
    };
    mailbox->ca_file = mem_copy(settings->ca_file);
    mailbox->place.ca_file = mailbox->ca_file;
    if (!read_url(mailbox, settings->url, err) ||
        !read_password(mailbox, settings->password_file, err) ||
        !(mailbox->kind->port
              ? mailbox_child_open(mailbox->kind, &mailbox->place,
                                   &mailbox->watch, &mailbox->child, err)
              : mailbox->kind->open(&mailbox->place, &mailbox->state, err)))
        return false;
    *out = TAKE(mailbox);
    return true;
}

bool mailbox_next(struct mailbox *mailbox, struct strbuf *out, bool *found,
                  struct err *err)
{
    strbuf_cut(out, 0);
    *found = false;
    if (mailbox_is_late(&mailbox->watch))
        return true;
    return mailbox->child
               ? mailbox_child_next(mailbox->child, out, found, err)
               : mailbox->kind->next(mailbox->state, out, found, err);
}

bool mailbox_remove(struct mailbox *mailbox, struct err *err)
{
    return mailbox->child ? mailbox_child_remove(mailbox->child, err)
                          : mailbox->kind->remove(mailbox->state, err);
}

bool mailbox_close(struct mailbox *mailbox, struct err *err)
{
    return mailbox->child ? mailbox_child_close(mailbox->child, err)
                          : mailbox->kind->close(mailbox->state, err);
}

void mailbox_release(struct mailbox **slot)
{
    struct mailbox *mailbox = TAKE(*slot);
    if (!mailbox)
        return;
    mailbox_child_release(&mailbox->child);
    if (mailbox->state)
        mailbox->kind->free(mailbox->state);
    if (mailbox->place.password)
        explicit_bzero(mailbox->place.password,
                       strlen(mailbox->place.password));
    free(mailbox->place.password);
    free(mailbox->place.user);
    free(mailbox->place.host);
    free(mailbox->place.folder);
    free(mailbox->place.path);
    free(mailbox->ca_file);
    free(mailbox);
}
