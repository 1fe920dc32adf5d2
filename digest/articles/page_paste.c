#include "digest/articles/date_words.h"
#include "digest/articles/page_parts.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"

enum { PARAGRAPH = 80, MAX_BYLINE = 60 }; /* bytes */

/* Where the article ends and the page goes on. */
static const char *const ends[] = {
    "Please Share This Post",
    "Leave a Reply",
    "Leave a Comment",
    "Your email address will not be published",
    "More News Of This Category",
    "More News From",
    "Related Articles",
    "Related Posts",
    "Related News",
    "Share this post",
    "Share this article",
    "Post a Comment",
    "You may also like",
    "Read More News",
    "All rights reserved",
    "Copyright ",
    "© ",
    "(c) ",
    "Design & Develop",
    "Developed by",
};

/* Lines of the page around an article, by what they begin with. */
static const char *const furniture[] = {
    "Home",          "Share",           "Tweet",
    "Print",         "Email",           "Facebook",
    "Twitter",       "WhatsApp",        "Comments",
    "Advertisement", "Breaking",        "Menu",
    "Search",        "Subscribe",       "Log in",
    "Sign in",       "Skip to content", "Read more",
};

static const char *const date_words[] = {
    "Update Time",  "Updated on", "Updated at",  "Updated",      "Published on",
    "Published at", "Published",  "Posted on",   "Posted at",    "Posted",
    "Publish Time", "Date",       "Last update", "Last updated",
};

static const char *const byline_words[] = {
    "By ",       "Author:",    "Author :",    "Written by",
    "Reporter:", "Reporter :", "Reported by", "From our correspondent",
};

struct paste {
    struct arena *arena;
    struct entry *entry;
    struct strbuf body;
    bool has_body;
};

static bool begins_with(struct str line, const char *const *words, size_t count,
                        struct str *rest)
{
    for (size_t i = 0; i < count; i++)
        if (str_starts_nocase(line, str_of(words[i]))) {
            *rest = str_trim(str_from(line, strlen(words[i])));
            return true;
        }
    return false;
}

/* Without the bullet that a list was pasted with. */
static struct str without_bullet(struct str line, bool *had)
{
    static const char *const bullets[] = {"•", "●", "▪",  "◦",  "·", "»",
                                          "›", "→", "* ", "- ", "– "};
    *had = false;
    for (size_t i = 0; i < ARRAY_SIZE(bullets); i++)
        if (str_starts(line, str_of(bullets[i]))) {
            *had = true;
            return str_trim(str_from(line, strlen(bullets[i])));
        }
    return line;
}

static bool take_date(struct paste *p, struct str line)
{
    struct str rest = line;
    bool is_said = begins_with(line, date_words, ARRAY_SIZE(date_words), &rest);
    while (is_said && rest.len && strchr(":-", rest.ptr[0]))
        rest = str_trim(str_from(rest, 1));
    int64_t at;
    if (!date_words_parse(rest, &at))
        return is_said && rest.len < MAX_BYLINE &&
               str_find(line, ':') < line.len && !p->has_body;
    if (!p->entry->published_at)
        p->entry->published_at = at;
    return true;
}

/* "6 Time View", "1,204 views", "Views: 6". */
static bool take_views(struct paste *p, struct str line)
{
    char digits[20];
    size_t count = 0, letters = 0;
    for (size_t i = 0; i < line.len && count < sizeof digits - 1; i++) {
        if (line.ptr[i] >= '0' && line.ptr[i] <= '9')
            digits[count++] = line.ptr[i];
        else if (!strchr(" ,:.", line.ptr[i]))
            letters++;
    }
    digits[count] = '\0';
    bool is_about = str_find_str(line, STR("View")) < line.len ||
                    str_find_str(line, STR("view")) < line.len;
    unsigned long long views;
    if (!is_about || letters > 14 || line.len > 40 ||
        !str_to_u64(str_of(digits), &views) || views > INT32_MAX)
        return false;
    p->entry->views = (int64_t)views;
    return true;
}

static bool has_address(struct str line)
{
    size_t at = str_find(line, '@');
    return at > 0 && at + 1 < line.len && line.ptr[at - 1] != ' ' &&
           line.ptr[at + 1] != ' ';
}

/* "someone@example.org : user :", or another such line of an account. */
static bool is_account(struct str line)
{
    size_t colons = 0;
    for (size_t i = 0; i < line.len; i++)
        colons += line.ptr[i] == ':';
    bool is_open = line.len && line.ptr[line.len - 1] == ':';
    return (is_open && colons >= 2 && line.len < 120) ||
           (has_address(line) && line.len < MAX_BYLINE);
}

static bool ends_sentence(struct str line)
{
    static const char *const marks[] = {".",  "!", "?",  "…", "।",
                                        "。", "”", "\"", "؟", "۔"};
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
        if (str_ends(line, str_of(marks[i])))
            return true;
    return false;
}

static bool is_furniture(struct str line, bool had_bullet)
{
    struct str rest;
    bool is_known = begins_with(line, furniture, ARRAY_SIZE(furniture), &rest);
    return line.len == 0 || (is_known && line.len < 40) ||
           (had_bullet && line.len < PARAGRAPH && !ends_sentence(line));
}

static bool take_byline(struct paste *p, struct str line)
{
    struct str name = line;
    bool is_said =
        begins_with(line, byline_words, ARRAY_SIZE(byline_words), &name);
    if (p->has_body || line.len > MAX_BYLINE || has_address(line) ||
        (!is_said && (p->entry->author || ends_sentence(line))))
        return false;
    if (name.len)
        p->entry->author = arena_copy_str(p->arena, name);
    return true;
}

static void add_paragraph(struct paste *p, struct str line)
{
    strbuf_add_str(&p->body, line);
    strbuf_add_text(&p->body, "\n\n");
    p->has_body = true;
}

/* A line above the text or within it, by what it is. */
static void take_line(struct paste *p, struct str line)
{
    bool had_bullet;
    line = without_bullet(line, &had_bullet);
    if (take_date(p, line) || take_views(p, line))
        return;
    if (!p->entry->title) {
        if (!is_account(line) && !is_furniture(line, had_bullet))
            p->entry->title = arena_copy_str(p->arena, line);
        return;
    }
    if (str_equal(line, str_of(p->entry->title)))
        return;
    if (!p->has_body && (is_account(line) || is_furniture(line, had_bullet) ||
                         (line.len < PARAGRAPH && take_byline(p, line))))
        return;
    if (is_account(line) && has_address(line))
        return;
    if (line.len)
        add_paragraph(p, line);
}

void page_paste_read(struct str text, struct arena *arena, struct entry *out)
{
    struct paste p = {.arena = arena, .entry = out};
    struct str line, rest;
    while (str_next_line(&text, &line)) {
        OWNED(strbuf_free) struct strbuf clean = STRBUF_INIT;
        utf8_clean_line(&clean, line);
        line = strbuf_str(&clean);
        bool is_end = begins_with(line, ends, ARRAY_SIZE(ends), &rest);
        if (is_end && p.has_body)
            break;
        if (!is_end && line.len)
            take_line(&p, line);
    }
    out->body = (struct entry_text){
        ENTRY_PLAIN, arena_copy(arena, strbuf_text(&p.body)), NULL};
    strbuf_free(&p.body);
}
