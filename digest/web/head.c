/* Checks the head of a request, line by line. */
#include "digest/web/head.h"

#include <string.h>

#include "digest/base/mem.h"

static const struct head_refusal unclear = {
    400, "Bad Request",
    "Where this request ends, or whom it is for, isn't clear.\n"};
static const struct head_refusal no_http = {400, "Bad Request",
                                            "This is no request of HTTP.\n"};
static const struct head_refusal no_text = {
    400, "Bad Request", "An address here holds no byte of value 0.\n"};
static const struct head_refusal too_long = {
    413, "Content Too Large", "That is more than this page takes.\n"};
static const struct head_refusal target_too_long = {
    414, "URI Too Long", "No address here is that long.\n"};
static const struct head_refusal too_large = {
    431, "Request Header Fields Too Large",
    "That is more than this server reads in front of a request.\n"};
static const struct head_refusal unknown_coding = {
    501, "Not Implemented", "The only transfer coding here is chunked.\n"};
static const struct head_refusal unknown_version = {
    505, "HTTP Version Not Supported", "This server speaks version 1.1.\n"};

/* ---- lines ---- */

enum line_state { LINE_PARTIAL, LINE_WHOLE, LINE_ODD };

/* Takes a line off, or shows what is there of it. A line ends with CR LF;
 * alone neither stands in one, and no control character does but the tab. */
static enum line_state cut_line(struct str *rest, struct str *line)
{
    for (size_t i = 0; i < rest->len; i++) {
        unsigned char c = (unsigned char)rest->ptr[i];
        *line = (struct str){rest->ptr, i};
        if (c == '\r' && i + 1 == rest->len)
            return LINE_PARTIAL;
        if (c == '\r' && rest->ptr[i + 1] == '\n') {
            *rest = str_from(*rest, i + 2);
            return LINE_WHOLE;
        }
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return LINE_ODD;
    }
    *line = *rest;
    return LINE_PARTIAL;
}

/* RFC 9110 §5.6.2 */
static bool is_token(struct str text)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                       (c >= 'a' && c <= 'z');
        if (!is_word && !memchr(marks, c, sizeof marks - 1))
            return false;
    }
    return text.len > 0;
}

/* ---- the first line ---- */

struct head {
    bool has_request_line;
    bool is_1_0;
    unsigned fields, hosts, lengths, codings;
    const struct head_refusal *why; /* NULL: nothing is wrong so far */
};

static bool refuse(struct head *head, const struct head_refusal *why)
{
    head->why = why;
    return false;
}

static bool check_version(struct head *head, struct str version)
{
    if (str_equal(version, STR("HTTP/1.1")))
        return true;
    head->is_1_0 = str_equal(version, STR("HTTP/1.0"));
    if (head->is_1_0)
        return true;
    bool is_http = version.len == 8 && str_starts(version, STR("HTTP/")) &&
                   version.ptr[6] == '.';
    return refuse(head, is_http ? &unknown_version : &no_http);
}

/* A path, the whole of an address (RFC 9112 §3.2.2), or the asterisk. */
static bool check_target(struct head *head, struct str target)
{
    if (target.len > HEAD_TARGET_MAX)
        return refuse(head, &target_too_long);
    if (!str_starts(target, STR("/")) && !str_equal(target, STR("*")) &&
        !str_starts_nocase(target, STR("http://")) &&
        !str_starts_nocase(target, STR("https://")))
        return refuse(head, &no_http);
    if (str_find_str(target, STR("%00")) < target.len)
        return refuse(head, &no_text);
    return str_find(target, '\t') == target.len || refuse(head, &no_http);
}

static bool check_request_line(struct head *head, struct str line)
{
    struct str method = str_cut(&line, ' '), target = str_cut(&line, ' ');
    head->has_request_line = true;
    return (is_token(method) || refuse(head, &no_http)) &&
           check_target(head, target) && check_version(head, line);
}

/* ---- fields ---- */

static bool check_host(struct head *head, struct str value)
{
    static const char others[] = " \t,/?#@\\\"<>";
    if (++head->hosts > 1)
        return refuse(head, &unclear);
    for (size_t i = 0; i < value.len; i++)
        if (memchr(others, value.ptr[i], sizeof others - 1))
            return refuse(head, &unclear);
    return true;
}

static bool check_length(struct head *head, struct str value)
{
    enum { DIGITS_MAX = 18 }; /* of what fits into 63 bits */
    if (++head->lengths > 1 || head->codings || !value.len)
        return refuse(head, &unclear);
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] < '0' || value.ptr[i] > '9')
            return refuse(head, &unclear);
    return value.len <= DIGITS_MAX || refuse(head, &too_long);
}

/* A coding that isn't chunked in the end has no end (RFC 9112 §6.3). */
static bool check_coding(struct head *head, struct str value)
{
    if (++head->codings > 1 || head->lengths || head->is_1_0)
        return refuse(head, &unclear);
    if (str_equal_nocase(value, STR("chunked")))
        return true;
    struct str last = value;
    while (str_find(last, ',') < last.len)
        str_cut(&last, ',');
    return refuse(head, str_equal_nocase(str_trim(last), STR("chunked"))
                            ? &unknown_coding
                            : &unclear);
}

/* A line that begins with a space has no name, and so goes on where the one
 * before it ended: a fold (RFC 9112 §5.2). */
static bool check_field(struct head *head, struct str line)
{
    static const struct {
        const char *name;
        bool (*check)(struct head *, struct str);
    } checks[] = {
        {"Host", check_host},
        {"Content-Length", check_length},
        {"Transfer-Encoding", check_coding},
    };
    if (++head->fields > HEAD_FIELDS_MAX)
        return refuse(head, &too_large);
    if (str_find(line, ':') == line.len)
        return refuse(head, &unclear);
    struct str name = str_cut(&line, ':');
    if (!is_token(name))
        return refuse(head, &unclear);
    for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
        if (str_equal_nocase(name, str_of(checks[i].name)))
            return checks[i].check(head, str_trim(line));
    return true;
}

/* The first empty line is the end; those before the first line that isn't
 * empty are nothing. */
static bool check_line(struct head *head, struct str line, bool *is_whole)
{
    if (!head->has_request_line)
        return !line.len || check_request_line(head, line);
    if (line.len)
        return check_field(head, line);
    *is_whole = true;
    return head->is_1_0 || head->hosts == 1 || refuse(head, &unclear);
}

/* Checks the begin of a line that hasn't ended. */
static bool check_rest(struct head *head, enum line_state state,
                       struct str line)
{
    if (state == LINE_ODD)
        return refuse(head, head->has_request_line ? &unclear : &no_http);
    if (head->has_request_line)
        return true;
    str_cut(&line, ' ');
    return str_cut(&line, ' ').len <= HEAD_TARGET_MAX ||
           refuse(head, &target_too_long);
}

enum head_state head_look(struct str bytes, const struct head_refusal **why)
{
    struct head head = {0};
    struct str rest = bytes, line = bytes;
    enum line_state state = LINE_WHOLE;
    bool good = true, is_whole = false;
    while (good && !is_whole && (state = cut_line(&rest, &line)) == LINE_WHOLE)
        good = check_line(&head, line, &is_whole);
    if (good && !is_whole)
        good = check_rest(&head, state, line) &&
               (bytes.len < HEAD_MAX || refuse(&head, &too_large));
    *why = head.why;
    return !good ? HEAD_REFUSED : is_whole ? HEAD_WHOLE : HEAD_PARTIAL;
}
