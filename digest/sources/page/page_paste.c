/* Reads pasted text: title, byline and date in its first lines, then a body. */
#include "digest/base/mem.h"
#include "digest/base/utf8.h"
#include "digest/sources/page/page_parts_internal.h"
#include "digest/sources/page/paste_lines_internal.h"

enum { PARAGRAPH = 80, MAX_BYLINE = 60, WRAPPED = 40 }; /* bytes */

struct paste {
    struct arena *arena;
    struct entry *entry;
    struct strbuf body;
    const char *account; /* the address of whoever posted it; NULL: none */
    bool has_body;
    bool is_open; /* the last line of the body may go on */
};

static bool has_digit(struct str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] >= '0' && line.ptr[i] <= '9')
            return true;
    return false;
}

static bool take_date(struct paste *p, struct str line)
{
    int64_t at;
    bool is_said;
    if (!paste_date(line, &at, &is_said))
        return is_said && line.len < MAX_BYLINE && has_digit(line) &&
               str_find(line, ':') < line.len && !p->has_body;
    if (!p->entry->published_at)
        p->entry->published_at = at;
    return true;
}

static bool take_views(struct paste *p, struct str line)
{
    return paste_views(line, &p->entry->views);
}

static void note_account(struct paste *p, struct str line)
{
    struct str address = paste_address(line);
    if (address.len && !p->account)
        p->account = arena_copy_str(p->arena, address);
}

static bool take_byline(struct paste *p, struct str line)
{
    struct str name;
    bool is_said = paste_byline(line, &name);
    if (p->has_body || line.len > MAX_BYLINE || paste_address(line).len ||
        (!is_said && (p->entry->author || paste_ends_sentence(line))))
        return false;
    if (name.len)
        p->entry->author = arena_copy_str(p->arena, name);
    return true;
}

/* Text that was wrapped when it was copied: a line that is long and ends
 * amid a sentence goes on. */
static void add_paragraph(struct paste *p, struct str line)
{
    if (p->is_open) {
        strbuf_cut(&p->body, p->body.len - 2);
        strbuf_add_char(&p->body, ' ');
    }
    strbuf_add_str(&p->body, line);
    strbuf_add_text(&p->body, "\n\n");
    p->has_body = true;
    p->is_open = line.len >= WRAPPED && !paste_ends_sentence(line) &&
                 line.ptr[line.len - 1] != ':';
}

/* Nobody's address goes out with an article that was pasted. */
static bool is_about_account(const struct paste *p, struct str line)
{
    return (paste_is_account(line) && paste_address(line).len) ||
           (p->account && str_find_str(line, str_of(p->account)) < line.len);
}

/* "Update Time : Wednesday, May 21, 2025 6 Time View". */
static bool take_both(struct paste *p, struct str line)
{
    int64_t at, views;
    bool is_said;
    for (size_t i = 1; i < line.len; i++) {
        struct str date = str_trim((struct str){line.ptr, i});
        if (line.ptr[i - 1] == ' ' && paste_views(str_from(line, i), &views) &&
            paste_date(date, &at, &is_said))
            return take_date(p, date) && take_views(p, str_from(line, i));
    }
    return false;
}

static bool is_head(struct paste *p, struct str line)
{
    return take_views(p, line) || take_both(p, line) || take_date(p, line);
}

/* "By Ann Lee | Update Time : … | 1,204 Time View": several on one line, of
 * which one at least is sure. */
static bool take_together(struct paste *p, struct str line)
{
    bool is_sure = false;
    if (p->has_body || !p->entry->title || str_find(line, '|') == line.len)
        return false;
    for (struct str rest = line; rest.len;) {
        struct str part = str_trim(str_cut(&rest, '|'));
        is_sure = is_head(p, part) || is_sure;
    }
    for (struct str rest = line; is_sure && rest.len;) {
        struct str part = str_trim(str_cut(&rest, '|'));
        if (part.len && !is_head(p, part) && !paste_is_furniture(part) &&
            !p->entry->author)
            take_byline(p, part);
    }
    return is_sure;
}

static void take_title(struct paste *p, struct str line)
{
    if (paste_is_account(line))
        note_account(p, line);
    else if (!paste_is_furniture(line))
        p->entry->title = arena_copy_str(p->arena, line);
}

/* A line above the text or within it, by what it is. */
static void take_line(struct paste *p, struct str line)
{
    bool had_bullet;
    line = paste_without_bullet(line, &had_bullet);
    if (!line.len || is_head(p, line) || take_together(p, line))
        return;
    if (!p->entry->title) {
        take_title(p, line);
        return;
    }
    if (str_equal(line, str_of(p->entry->title)) || paste_is_furniture(line))
        return;
    if (is_about_account(p, line)) {
        note_account(p, line);
        return;
    }
    bool is_short = line.len < PARAGRAPH;
    if (!p->has_body &&
        (paste_is_account(line) ||
         (had_bullet && is_short && !paste_ends_sentence(line)) ||
         (is_short && take_byline(p, line))))
        return;
    add_paragraph(p, line);
}

void page_paste_read(struct str text, struct arena *arena, struct entry *out)
{
    struct paste p = {.arena = arena, .entry = out};
    struct str line;
    while (str_next_line(&text, &line)) {
        OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
        utf8_clean_line(&clean, line);
        line = strbuf_str(&clean);
        bool had_bullet;
        bool is_end = paste_is_end(paste_without_bullet(line, &had_bullet));
        if (is_end && p.has_body)
            break;
        if (line.len && !is_end)
            take_line(&p, line);
        else
            p.is_open = false;
    }
    out->body = (struct entry_text){
        ENTRY_PLAIN, arena_copy(arena, strbuf_text(&p.body)), NULL};
    strbuf_free(&p.body);
}
