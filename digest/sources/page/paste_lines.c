/* Tells by its look which part of a page a line is. */
#include "digest/sources/page/paste_lines_internal.h"

#include "digest/base/mem.h"
#include "digest/base/strbuf.h"
#include "digest/base/utf8.h"
#include "digest/sources/date_words_internal.h"

enum { MAX_END = 160, MAX_FURNITURE = 60, MAX_ACCOUNT = 120, MAX_ALONE = 60 };

#define STARTS_WITH_ANY(line, words, rest)                                     \
    starts_with_any((line), (words), ARRAY_SIZE(words), (rest))

static bool starts_with_any(struct str line, const char *const *words,
                            size_t count, struct str *rest)
{
    for (size_t i = 0; i < count; i++)
        if (str_starts_nocase(line, str_of(words[i]))) {
            *rest = str_trim(str_from(line, strlen(words[i])));
            return true;
        }
    return false;
}

bool paste_ends_sentence(struct str line)
{
    static const char *const marks[] = {".",  "!", "?",  "…", "।", "。", "！",
                                        "？", "”", "\"", "؟", "۔", "»",  "’"};
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
        if (str_ends(line, str_of(marks[i])))
            return true;
    return false;
}

/* ---- where the article ends ------------------------------------------- */

/* Lines that end an article, whatever follows on them. */
static const char *const ends[] = {
    "Please Share This",
    "Leave a Reply",
    "Leave a Comment",
    "Your email address will not be published",
    "More News Of This Category",
    "Required fields are marked",
    "Save my name, email",
    "Post a Comment",
    "© ",
    "©",
    "(c) 2",
    "All rights reserved",
    "এ জাতীয় আরো খবর",
    "এ জাতীয় আরও খবর",
    "এই বিভাগের আরও খবর",
    "এই বিভাগের আরো খবর",
    "এ বিভাগের আরো খবর",
    "নিউজটি শেয়ার করুন",
    "সংবাদটি শেয়ার করুন",
    "আপনার মতামত লিখুন",
    "সর্বস্বত্ব",
    "স্বত্ব ©",
};

/* Headings that end an article alone on their line, or before a colon: a
 * sentence may begin with them. */
static const char *const headings[] = {
    "Related Articles",
    "Related Posts",
    "Related News",
    "Related",
    "Share this post",
    "Share this article",
    "Share this news",
    "Share this",
    "Share this story",
    "You may also like",
    "Read More News",
    "More News",
    "More from",
    "Recent Posts",
    "Latest News",
    "Comments",
    "Comment",
    "Leave a Reply Cancel reply",
    "Design & Develop",
    "Tags",
    "Subscribe to our newsletter",
    "Previous Post",
    "Next Post",
    "Popular Posts",
    "Similar News",
    "Add a Comment",
    "Also read",
    "Most read",
    "Related stories",
    "Related content",
    "Related topics",
    "Recommended",
    "Recommended for you",
    "Lesen Sie auch",
    "Mehr zum Thema",
    "Das könnte Sie auch interessieren",
    "Kommentare",
    "Schlagwörter",
    "Lire aussi",
    "À lire aussi",
    "Sur le même sujet",
    "Commentaires",
    "Comentarios",
    "Lea también",
    "Noticias relacionadas",
    "Leggi anche",
    "Leia também",
    "Читайте также",
    "Комментарии",
    "আরও পড়ুন",
    "আরো পড়ুন",
    "মন্তব্য",
    "সম্পর্কিত খবর",
    "اقرأ أيضا",
    "اقرأ أيضاً",
    "مواضيع ذات صلة",
    "أخبار ذات صلة",
    "التعليقات",
    "الأكثر قراءة",
    "相关阅读",
    "相关新闻",
    "延伸閱讀",
    "延伸阅读",
    "相關新聞",
    "评论",
    "留言",
    "Read also",
};

/* "Copyright © 2025 …", "Copyright 2025", not "Copyright law …". */
static bool is_copyright(struct str line)
{
    static const char *const follow[] = {"©",  "(c)",        "2",
                                         "19", "all rights", ":"};
    static const char *const makers[] = {
        "Design & Develop", "Designed by",     "Developed by",
        "Theme by",         "Powered by",      "Customized by",
        "Hosted by",        "Theme Customized"};
    struct str rest = str_trim(str_from(line, strlen("Copyright"))), ignored;
    if (STARTS_WITH_ANY(line, makers, &ignored))
        return !paste_ends_sentence(line) && line.len < MAX_END / 2;
    return str_starts_nocase(line, STR("Copyright")) &&
           STARTS_WITH_ANY(rest, follow, &ignored);
}

static bool is_heading(struct str line)
{
    while (line.len && strchr(":.-!* ", line.ptr[line.len - 1]))
        line.len--;
    for (size_t i = 0; i < ARRAY_SIZE(headings); i++)
        if (str_equal_nocase(line, str_of(headings[i])))
            return true;
    return false;
}

bool paste_is_end(struct str line)
{
    struct str rest;
    return line.len < MAX_END && (STARTS_WITH_ANY(line, ends, &rest) ||
                                  is_copyright(line) || is_heading(line));
}

/* ---- around the article ------------------------------------------------ */

static const char *const buttons[] = {
    "Home",      "Share",           "Tweet",
    "Print",     "Email",           "E-mail",
    "Facebook",  "Twitter",         "X",
    "WhatsApp",  "LinkedIn",        "Pinterest",
    "Telegram",  "Messenger",       "Copy link",
    "Reddit",    "Viber",           "Advertisement",
    "Menu",      "Search",          "Login",
    "Log in",    "Sign in",         "Sign up",
    "Subscribe", "Skip to content", "Skip to main content",
    "Read more", "Listen",          "Save",
    "Like",      "Follow us",       "Follow",
    "More",      "Breaking",        "Breaking News",
    "Bookmark",  "Sponsored",       "Toggle navigation",
    "প্রিন্ট",     "শেয়ার",           "প্রচ্ছদ",
};

/* Words that begin a line of buttons. */
static const char *const sharing[] = {
    "Share on ",    "Share this on", "Partager sur", "Teilen auf",
    "Auf Facebook", "Compartir en",  "Condividi su", "Compartilhar",
    "Поделиться",   "分享到",        "شارك على",     "شارك عبر",
};

/* "Home » News » City": a way through the site. */
static bool is_trail(struct str line)
{
    static const char *const marks[] = {" » ", " > ", " › ", " / "};
    struct str rest;
    static const char *const begins[] = {"Home", "প্রচ্ছদ", "Start", "Inicio",
                                         "Accueil"};
    if (!STARTS_WITH_ANY(line, begins, &rest) || line.len > MAX_END)
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
        if (str_find_str(line, str_of(marks[i])) < line.len)
            return true;
    return false;
}

bool paste_is_furniture(struct str line)
{
    struct str rest;
    if (is_trail(line) ||
        (line.len < MAX_ALONE && STARTS_WITH_ANY(line, sharing, &rest)))
        return true;
    while (line.len && strchr(":|+ ", line.ptr[line.len - 1]))
        line.len--;
    if (!line.len)
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(buttons); i++)
        if (str_equal_nocase(line, str_of(buttons[i])))
            return true;
    return false;
}

struct str paste_address(struct str line)
{
    size_t at = str_find(line, '@'), begin = at, end = at + 1;
    if (at == 0 || at + 1 >= line.len)
        return (struct str){line.ptr, 0};
    while (begin > 0 && !strchr(" <(:;,|", line.ptr[begin - 1]))
        begin--;
    while (end < line.len && !strchr(" >):;,|", line.ptr[end]))
        end++;
    bool is_whole = begin < at && end > at + 1;
    return (struct str){line.ptr + begin, is_whole ? end - begin : 0};
}

bool paste_is_account(struct str line)
{
    size_t colons = 0;
    for (size_t i = 0; i < line.len; i++)
        colons += line.ptr[i] == ':';
    bool is_open = line.len && line.ptr[line.len - 1] == ':';
    bool has_address = paste_address(line).len > 0;
    return line.len < MAX_ACCOUNT &&
           ((is_open && colons >= 2) || (has_address && colons >= 2) ||
            (has_address && line.len < MAX_ALONE));
}

/* ---- what it says about the article ------------------------------------ */

bool paste_date(struct str line, int64_t *at, bool *is_said)
{
    static const char *const labels[] = {
        "Update Time",  "Updated Time",  "Update Date",    "Updated on",
        "Updated at",   "Updated",       "Update",         "Published on",
        "Published at", "Published",     "Publish Time",   "Publish Date",
        "Publish",      "Posted on",     "Posted at",      "Posted",
        "Date",         "Last update",   "Last updated",   "Time",
        "আপডেট সময়",    "আপডেট টাইম",    "আপডেট",          "প্রকাশিত সময়",
        "প্রকাশের সময়",  "প্রকাশিত",       "প্রকাশ",          "तारीख",
        "अपडेट",         "Aktualisiert",  "Veröffentlicht", "Stand",
        "Publié le",    "Mis à jour le", "Publicado",      "Actualizado",
        "Pubblicato",   "Опубликовано",  "发布时间",       "更新时间",
    };
    struct str rest = line;
    *is_said = STARTS_WITH_ANY(line, labels, &rest);
    while (*is_said && rest.len) {
        if (strchr(":-– ", rest.ptr[0]))
            rest = str_from(rest, 1);
        else if (str_starts(rest, STR("：")))
            rest = str_from(rest, strlen("："));
        else
            break;
    }
    return date_words_parse(str_trim(rest), at);
}

/* Bengali, Devanagari, Arabic and Persian digits as ASCII ones. */
static void fold_digits(struct str line, struct strbuf *out)
{
    static const unsigned zeros[] = {0x9E6, 0x966, 0x660, 0x6F0};
    for (size_t at = 0; at < line.len;) {
        unsigned c = utf8_next(line, &at);
        for (size_t i = 0; i < ARRAY_SIZE(zeros); i++)
            if (c >= zeros[i] && c <= zeros[i] + 9)
                c = c - zeros[i] + '0';
        strbuf_add_utf8(out, c);
    }
}

bool paste_views(struct str line, int64_t *views)
{
    static const char *const words[] = {
        "time view",      "times view", "times viewed", "time viewed",
        "views",          "view",       "viewed",       "times",
        "times read",     "reads",      "hits",         "total views",
        "post views",     "total view", "বার পঠিত",     "বার পড়া হয়েছে",
        "বার দেখা হয়েছে", "पाठक",       "vues",         "vistas",
        "aufrufe",        "просмотров", "浏览"};
    OWNED(strbuf_free) struct strbuf folded = STRBUF_INIT;
    OWNED(strbuf_free) struct strbuf word = STRBUF_INIT;
    char digits[20];
    size_t count = 0;
    unsigned long long number;
    if (line.len > MAX_ALONE * 2)
        return false;
    fold_digits(line, &folded);
    for (size_t i = 0; i < folded.len; i++) {
        char c = folded.ptr[i];
        if (c >= '0' && c <= '9' && count < sizeof digits - 1)
            digits[count++] = c;
        else if (c == ' ' ? word.len && word.ptr[word.len - 1] != ' '
                          : !strchr(",:.()/|#", c))
            strbuf_add_char(&word, c);
    }
    digits[count] = '\0';
    struct str said = str_trim(strbuf_str(&word));
    bool is_about = false;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        is_about = is_about || str_equal_nocase(said, str_of(words[i]));
    is_about = is_about || str_equal_nocase(said, STR("view times"));
    if (!is_about || !str_to_u64(str_of(digits), &number) || number > INT32_MAX)
        return false;
    *views = (int64_t)number;
    return true;
}

bool paste_byline(struct str line, struct str *name)
{
    static const char *const labels[] = {
        "By ",       "By: ",       "Author:",     "Author :", "Written by",
        "Reporter:", "Reporter :", "Reported by", "Report:",  "Posted by",
        "প্রতিবেদক:", "প্রতিবেদক :", "লেখক:",       "Von ",     "Autor:",
        "Autorin:",  "Por ",       "Par ",        "Auteur :", "Автор:",
        "作者：",    "作者:",      "文/",         "記者"};
    bool is_said = STARTS_WITH_ANY(line, labels, name);
    if (!is_said)
        *name = line;
    while (name->len && strchr(":| -", name->ptr[name->len - 1]))
        name->len--;
    return is_said;
}

struct str paste_without_bullet(struct str line, bool *had)
{
    static const char *const bullets[] = {"•", "●", "▪",  "◦",  "·",  "»", "■",
                                          "›", "→", "* ", "- ", "– ", "➤", "▶"};
    *had = false;
    for (size_t i = 0; i < ARRAY_SIZE(bullets); i++)
        if (str_starts(line, str_of(bullets[i]))) {
            *had = true;
            return str_trim(str_from(line, strlen(bullets[i])));
        }
    return line;
}
