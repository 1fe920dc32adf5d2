/* Chooses among the copies of a picture, and reads sizes from their names. */
#include "digest/document/images.h"

#include <string.h>

#include "digest/base/escape.h"
#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/document/url.h"

/* ---- choosing --------------------------------------------------------- */

size_t image_choose(const struct image_copy *copies, size_t count,
                    unsigned wanted)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++) {
        unsigned now = copies[best].pixels, next = copies[i].pixels;
        if (now < wanted ? next > now : next >= wanted && next < now)
            best = i;
    }
    return best;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* "1024w", "1.5x"; others ("h") say nothing here. */
static void read_descriptor(struct str word, struct image_candidate *out)
{
    unsigned long long whole = 0, part = 0;
    if (word.len < 2)
        return;
    char kind = word.ptr[--word.len];
    struct str fraction = word, number = str_cut(&fraction, '.');
    fraction.len = fraction.len > 2 ? 2 : fraction.len;
    if ((number.len && !str_to_u64(number, &whole)) ||
        (fraction.len && !str_to_u64(fraction, &part)) ||
        whole > IMAGE_LENGTH_MAX)
        return;
    part *= fraction.len == 1 ? 10 : 1;
    if (kind == 'w')
        out->pixels = (unsigned)whole;
    else if (kind == 'x')
        out->percent = (unsigned)(whole * 100 + part);
}

bool image_next_candidate(struct str *srcset, struct image_candidate *out)
{
    struct str s = *srcset;
    while (s.len && (is_space(s.ptr[0]) || s.ptr[0] == ','))
        s = str_from(s, 1);
    size_t end = 0;
    while (end < s.len && !is_space(s.ptr[end]))
        end++;
    *out = (struct image_candidate){{s.ptr, end}, 0, 100};
    s = str_from(s, end);
    bool is_over = str_ends(out->url, STR(","));
    while (str_ends(out->url, STR(",")))
        out->url.len--;
    while (!is_over && s.len) {
        while (s.len && is_space(s.ptr[0]))
            s = str_from(s, 1);
        for (end = 0; end < s.len && !is_space(s.ptr[end]);)
            if (s.ptr[end++] == ',')
                break;
        struct str word = {s.ptr, end};
        s = str_from(s, end);
        is_over = str_ends(word, STR(","));
        word.len -= is_over;
        read_descriptor(word, out);
    }
    *srcset = s;
    return out->url.len > 0;
}

/* ---- names ------------------------------------------------------------ */

static bool is_file(struct str path)
{
    static const struct str endings[] = {{".jpg", 4},  {".jpeg", 5},
                                         {".png", 4},  {".gif", 4},
                                         {".webp", 5}, {".avif", 5}};
    for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
        if (path.len >= endings[i].len &&
            str_equal_nocase(str_from(path, path.len - endings[i].len),
                             endings[i]))
            return true;
    return false;
}

static size_t digits_before(struct str text)
{
    size_t count = 0;
    while (count < text.len && text.ptr[text.len - 1 - count] >= '0' &&
           text.ptr[text.len - 1 - count] <= '9')
        count++;
    return count;
}

/* Takes the number that it ends in off the text. */
static bool take_number(struct str *text, unsigned *out)
{
    size_t count = digits_before(*text);
    unsigned long long number;
    struct str digits = str_from(*text, text->len - count);
    if (count < 2 || count > 4 || !str_to_u64(digits, &number))
        return false;
    text->len -= count;
    *out = (unsigned)number;
    return true;
}

/* Takes "-300x200" off a name without its ending. */
static bool take_size(struct str *name, unsigned *width, unsigned *height)
{
    struct str rest = *name;
    if (!take_number(&rest, height) || !str_ends(rest, STR("x")))
        return false;
    rest.len--;
    if (!take_number(&rest, width) || !str_ends(rest, STR("-")))
        return false;
    name->len = rest.len - 1;
    return true;
}

/* An address cut into what tells pictures apart. */
struct name {
    struct str host, path, ending, query;
};

static struct name name_of(struct str url)
{
    struct name n = {.host = url_host(url)};
    n.path = n.host.len
                 ? str_from(url, (size_t)(n.host.ptr + n.host.len - url.ptr))
                 : url;
    n.path.len = str_find(n.path, '#');
    n.query = str_from(n.path, str_find(n.path, '?'));
    n.path.len -= n.query.len;
    bool is_server = n.host.len == 9 && str_starts(n.host, STR("i")) &&
                     str_ends(n.host, STR(".wp.com"));
    if (is_server && n.path.len) {
        n.path = str_from(n.path, 1);
        n.host = (struct str){n.path.ptr, str_find(n.path, '/')};
        n.path = str_from(n.path, n.host.len);
    }
    if (!is_file(n.path))
        return n;
    n.query.len = 0;
    size_t dot = n.path.len;
    while (n.path.ptr[dot - 1] != '.')
        dot--;
    n.ending = str_from(n.path, dot);
    n.path.len = dot - 1;
    return n;
}

bool image_size_of_name(struct str url, unsigned *width, unsigned *height)
{
    struct name n = name_of(url);
    return n.ending.len && take_size(&n.path, width, height);
}

static struct name name_of_original(struct str url)
{
    struct name n = name_of(url);
    unsigned width, height;
    if (!n.ending.len || take_size(&n.path, &width, &height))
        return n;
    if (str_ends(n.path, STR("-scaled")))
        n.path.len -= strlen("-scaled");
    return n;
}

bool image_is_same(struct str a, struct str b)
{
    if (str_equal(a, b))
        return true;
    struct name x = name_of_original(a), y = name_of_original(b);
    return str_equal_nocase(x.host, y.host) && str_equal(x.path, y.path) &&
           str_equal(x.ending, y.ending) && str_equal(x.query, y.query);
}

/* Adds an address unescaped, as cmark escaped it. */
static void add_unescaped(struct str text, struct strbuf *out)
{
    static const struct {
        struct str escaped;
        char plain;
    } references[] = {{{"&amp;", 5}, '&'}, {{"&#x27;", 6}, '\''}};
    while (text.len) {
        size_t length = 1;
        char c = text.ptr[0];
        for (size_t i = 0; c == '&' && i < ARRAY_SIZE(references); i++)
            if (str_starts(text, references[i].escaped)) {
                length = references[i].escaped.len;
                c = references[i].plain;
            }
        strbuf_add_char(out, c);
        text = str_from(text, length);
    }
}

/* Finds the address of the next image: *at is where it begins, or the end. */
static struct str next_source(struct str html, size_t *at)
{
    static const char tag[] = "<img ", source[] = "src=\"";
    *at += str_find_str(str_from(html, *at), STR(tag));
    *at += str_find_str(str_from(html, *at), STR(source));
    if (*at == html.len)
        return (struct str){"", 0};
    *at += strlen(source);
    struct str rest = str_from(html, *at);
    return str_cut(&rest, '"');
}

static bool is_source_of(struct str source, struct str url)
{
    OWNED(strbuf_free) struct strbuf plain = STRBUF_INIT;
    add_unescaped(source, &plain);
    return url.len && image_is_same(strbuf_str(&plain), url);
}

bool image_stands_in(struct str html, struct str url)
{
    for (size_t at = 0; at < html.len;)
        if (is_source_of(next_source(html, &at), url))
            return true;
    return false;
}

void image_swap(struct str html, struct str own, struct str ours,
                struct strbuf *out)
{
    for (size_t from = 0, at = 0; from < html.len; from = at) {
        struct str source = next_source(html, &at);
        strbuf_add(out, html.ptr + from, at - from);
        if (is_source_of(source, own))
            html_escape(out, ours);
        else
            strbuf_add_str(out, source);
        at += source.len;
    }
}

/* ---- sizes ------------------------------------------------------------ */

unsigned image_pixels(struct str text)
{
    unsigned long long pixels;
    text = str_trim(text);
    if (str_ends(text, STR("px")))
        text.len -= strlen("px");
    return str_to_u64(text, &pixels) && pixels <= IMAGE_LENGTH_MAX
               ? (unsigned)pixels
               : 0;
}

void image_fit(unsigned column, unsigned *width, unsigned *height)
{
    unsigned long long shown = *width && *width < column ? *width : column;
    unsigned long long high = *width ? shown * *height / *width : 0;
    if (high > IMAGE_HEIGHT_SHOWN) {
        shown = (unsigned long long)IMAGE_HEIGHT_SHOWN * *width / *height;
        high = IMAGE_HEIGHT_SHOWN;
    }
    *width = (unsigned)shown;
    *height = (unsigned)high;
}
