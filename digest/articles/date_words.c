#include "digest/articles/date_words.h"

#include "digest/articles/month_names.h"
#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"

enum { UNSET = -1, MAX_DATE = 200 /* bytes */, BUDDHIST = 2400 };

struct found {
    int year, month, day, hour, minute, second;
    int zone_s;         /* east of UTC */
    bool is_after_noon; /* said before the hour, as in Chinese */
};

/* One step through the text: a number, a word, or a mark. */
struct token {
    enum { END, NUMBER, WORD, MARK } kind;
    int value;       /* of a number; of a mark its code point */
    unsigned digits; /* of a number */
    struct str text;
};

/* The digits of many scripts count as such. */
static int digit_of(unsigned c)
{
    static const unsigned zeros[] = {'0',   0x660, 0x6F0, 0x966,
                                     0x9E6, 0xE50, 0xFF10};
    for (size_t i = 0; i < ARRAY_SIZE(zeros); i++)
        if (c >= zeros[i] && c <= zeros[i] + 9)
            return (int)(c - zeros[i]);
    return -1;
}

/* CJK says what a number is behind it; they are no part of a word. */
static bool is_unit(unsigned c)
{
    return c == 0x5E74 || c == 0x6708 || c == 0x65E5 || c == 0xB144 ||
           c == 0xC6D4 || c == 0xC77C || c == 0x6642 || c == 0x65F6 ||
           c == 0xC2DC || c == 0x5206 || c == 0xBD84;
}

static bool is_letter(unsigned c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= 0xC0 && digit_of(c) < 0 && !is_unit(c) &&
            !(c >= 0x2000 && c <= 0x206F) && c != 0x3000 &&
            !(c >= 0xFF01 && c <= 0xFF20) && c != 0x60C && c != 0x3001);
}

static struct token next(struct str *text)
{
    struct token t = {.kind = END, .text = {text->ptr, 0}};
    while (t.text.len < text->len) {
        size_t at = t.text.len;
        unsigned c = utf8_next(*text, &at);
        int digit = digit_of(c);
        if (t.kind == END) {
            t.kind = digit >= 0 ? NUMBER : is_letter(c) ? WORD : MARK;
            t.value = t.kind == MARK ? (int)c : 0;
        } else if (t.kind == MARK || (t.kind == NUMBER) != (digit >= 0) ||
                   (t.kind == WORD && !is_letter(c))) {
            break;
        }
        if (digit >= 0 && ++t.digits <= 6)
            t.value = t.value * 10 + digit;
        t.text.len = at;
    }
    *text = str_from(*text, t.text.len);
    return t;
}

static bool is_among(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_nocase(word, str_of(words[i])))
            return true;
    return false;
}

/* "Wednesday", "Wed". */
static bool is_weekday(struct str word)
{
    for (unsigned i = 0; i < 7; i++) {
        const char *name = time_weekday_name(i);
        if (word.len >= 3 && word.len <= strlen(name) &&
            str_equal_nocase(word, (struct str){name, word.len}))
            return true;
    }
    return false;
}

/* Words that stand between the parts of a date and say nothing of it; the
 * weekdays of other languages are among them. */
static bool is_filler(struct str word)
{
    static const char *const fillers[] = {
        "at",          "on",        "of",
        "the",         "st",        "nd",
        "rd",          "th",        "utc",
        "gmt",         "de",        "del",
        "le",          "er",        "den",
        "um",          "uhr",       "kl",
        "klo",         "o",         "a",
        "las",         "el",        "la",
        "i",           "ore",       "om",
        "at",          "h",         "г",
        "года",        "р",         "року",
        "в",           "г",         "ngày",
        "tháng",       "năm",       "lúc",
        "montag",      "dienstag",  "mittwoch",
        "donnerstag",  "freitag",   "samstag",
        "sonntag",     "sonnabend", "lundi",
        "mardi",       "mercredi",  "jeudi",
        "vendredi",    "samedi",    "dimanche",
        "lunes",       "martes",    "miércoles",
        "jueves",      "viernes",   "sábado",
        "domingo",     "segunda",   "terça",
        "quarta",      "quinta",    "sexta",
        "feira",       "lunedì",    "martedì",
        "mercoledì",   "giovedì",   "venerdì",
        "sabato",      "domenica",  "maandag",
        "dinsdag",     "woensdag",  "donderdag",
        "vrijdag",     "zaterdag",  "zondag",
        "понедельник", "вторник",   "среда",
        "четверг",     "пятница",   "суббота",
        "воскресенье", "রবিবার",    "সোমবার",
        "মঙ্গলবার",     "বুধবার",     "বৃহস্পতিবার",
        "শুক্রবার",      "শনিবার",    "रविवार",
        "सोमवार",      "मंगलवार",    "बुधवार",
        "गुरुवार",       "शुक्रवार",    "शनिवार",
        "الأحد",       "الاثنين",   "الإثنين",
        "الثلاثاء",    "الأربعاء",  "الخميس",
        "الجمعة",      "السبت",     "à",
        "alle",        "ore",       "às",
        "上午",        "早上",      "午前",
        "오전",        "星期一",    "星期二",
        "星期三",      "星期四",    "星期五",
        "星期六",      "星期日",    "周一",
        "周二",        "周三",      "周四",
        "周五",        "周六",      "周日",
        "الساعة",      "ই",         "খ্রি",
        "যৎ",          "وقت",       "م"};
    return is_weekday(word) || is_among(word, fillers, ARRAY_SIZE(fillers));
}

static bool take_word(struct str word, struct found *f)
{
    static const char *const mornings[] = {"am", "পূর্বাহ্ণ", "पूर्वाह्न", "ص"};
    static const char *const afternoons[] = {"下午", "晚上", "午後", "오후"};
    static const char *const evenings[] = {"pm", "অপরাহ্ণ", "अपराह्न"};
    bool pm = is_among(word, evenings, ARRAY_SIZE(evenings));
    if ((pm || is_among(word, mornings, ARRAY_SIZE(mornings))) &&
        f->hour >= 1 && f->hour <= 12) {
        f->hour = f->hour % 12 + (pm ? 12 : 0);
        return true;
    }
    if (is_among(word, afternoons, ARRAY_SIZE(afternoons)))
        return f->is_after_noon = true;
    if (is_filler(word))
        return true;
    int month = month_by_name(word);
    bool is_first = f->month == UNSET;
    if (month)
        f->month = month;
    return month && is_first;
}

/* The unit behind a number in Chinese, Japanese and Korean. */
static int *slot_by_unit(unsigned unit, struct found *f)
{
    switch (unit) {
    case 0x5E74:
    case 0xB144:
        return &f->year;
    case 0x6708:
    case 0xC6D4:
        return &f->month;
    case 0x65E5:
    case 0xC77C:
        return &f->day;
    case 0x6642:
    case 0x65F6:
    case 0xC2DC:
        return &f->hour;
    case 0x5206:
    case 0xBD84:
        return &f->minute;
    default:
        return NULL;
    }
}

/* 10:30 or 10:30:15, the hour being read already. */
static bool take_clock(struct str *text, int hour, struct found *f)
{
    next(text);
    struct token minute = next(text);
    f->hour = hour;
    f->minute = minute.value;
    if (minute.kind != NUMBER || minute.digits != 2)
        return false;
    if (!text->len || text->ptr[0] != ':')
        return true;
    next(text);
    struct token second = next(text);
    f->second = second.value;
    return second.kind == NUMBER && second.digits == 2;
}

/* 10h30, and 10.30 behind a whole date. */
static bool is_clock(const struct token *mark, const struct token *minute,
                     const struct found *f)
{
    bool is_hour = mark->kind == WORD && str_equal_nocase(mark->text, STR("h"));
    bool is_dot = mark->kind == MARK && mark->value == '.' &&
                  f->year != UNSET && f->month != UNSET && f->day != UNSET;
    return f->hour == UNSET && minute->kind == NUMBER && minute->digits == 2 &&
           (is_hour || is_dot);
}

static bool is_between(int mark)
{
    return mark == '.' || mark == '/' || mark == '-';
}

/* 21.5.2025, 21/05/2025 and 2025/05/21; where day and month can't be told
 * apart, it is none. */
static bool take_numeric(struct str *text, const struct token *first, int mark,
                         struct found *f)
{
    next(text);
    struct token second = next(text), again = next(text), third = next(text);
    bool year_first = first->digits == 4;
    const struct token *year = year_first ? first : &third;
    const struct token *day = year_first ? &third : first;
    if (second.kind != NUMBER || again.kind != MARK || again.value != mark ||
        third.kind != NUMBER || year->digits != 4 || second.digits > 2 ||
        day->digits > 2 || f->day != UNSET)
        return false;
    bool is_certain = year_first || mark == '.' || first->value > 12 ||
                      first->value == second.value;
    f->year = year->value;
    f->month = second.value;
    f->day = day->value;
    return is_certain && second.value >= 1 && second.value <= 12;
}

static bool take_number(struct str *text, const struct token *number,
                        struct found *f)
{
    struct str rest = *text;
    struct token mark = next(&rest), behind = next(&rest);
    int *slot =
        mark.kind == MARK ? slot_by_unit((unsigned)mark.value, f) : NULL;
    if (slot && number->digits <= 4) {
        next(text);
        *slot = number->value;
        return true;
    }
    if (is_clock(&mark, &behind, f))
        return take_clock(text, number->value, f);
    bool is_close = mark.kind == MARK && behind.kind == NUMBER;
    if (is_close && mark.value == ':' && f->hour == UNSET)
        return take_clock(text, number->value, f);
    if (is_close && is_between(mark.value) && f->month == UNSET &&
        number->digits != 3)
        return take_numeric(text, number, mark.value, f);
    slot = number->digits == 4   ? &f->year
           : number->digits <= 2 ? &f->day
                                 : NULL;
    if (!slot || *slot != UNSET)
        return false;
    *slot = number->value;
    return true;
}

/* +0200, -05:00, behind a time of the day. */
static bool take_zone(struct str *text, bool is_west, struct found *f)
{
    struct str rest = *text;
    struct token hours = next(&rest);
    int seconds = 0;
    if (hours.kind != NUMBER || f->hour == UNSET)
        return false;
    if (hours.digits == 4) {
        seconds = hours.value / 100 * 3600 + hours.value % 100 * 60;
    } else if (hours.digits == 2 && rest.len && rest.ptr[0] == ':') {
        next(&rest);
        seconds = hours.value * 3600 + next(&rest).value * 60;
    } else {
        return false;
    }
    f->zone_s = is_west ? -seconds : seconds;
    *text = rest;
    return seconds <= 15 * 3600;
}

static bool take_mark(struct str *text, unsigned mark, struct found *f)
{
    if (mark == '+' || mark == '-') {
        struct str rest = *text;
        if (take_zone(&rest, mark == '-', f)) {
            *text = rest;
            return true;
        }
    }
    return mark == 0x60C || mark == 0x3001 || mark == 0xFF0C ||
           mark == 0x3000 || mark == 0xA0 ||
           (mark >= 0x2000 && mark <= 0x206F) || mark == 0xB7 || mark == 0xBA ||
           (mark && mark < 0x80 && strchr(" ,.-/|\t()", (int)mark));
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool to_time(const struct found *f, int64_t *at)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30,
                                  31, 31, 30, 31, 30, 31};
    int year = f->year >= BUDDHIST ? f->year - 543 : f->year;
    if (year < 1000 || f->month < 1 || f->month > 12 || f->day < 1)
        return false;
    int length = lengths[f->month - 1];
    if (f->month == 2 && is_leap(year))
        length++;
    if (f->day > length || f->hour > 23 || f->minute > 59 || f->second > 60)
        return false;
    int noon = f->is_after_noon && f->hour >= 0 && f->hour < 12 ? 12 : 0;
    *at = time_from_civil(year, (unsigned)f->month, (unsigned)f->day,
                          f->hour == UNSET ? 0 : (unsigned)(f->hour + noon),
                          (unsigned)f->minute, (unsigned)f->second) -
          f->zone_s;
    return true;
}

/* Looking words up costs; a text without a number is no date. */
static bool has_number(struct str text)
{
    for (size_t at = 0; at < text.len;)
        if (digit_of(utf8_next(text, &at)) >= 0)
            return true;
    return false;
}

bool date_words_parse(struct str text, int64_t *at)
{
    struct found f = {UNSET, UNSET, UNSET, UNSET, 0, 0, 0, false};
    if (time_parse_any(text, at))
        return true;
    if (text.len > MAX_DATE || !has_number(text))
        return false;
    while (text.len) {
        struct token t = next(&text);
        bool good = t.kind == NUMBER ? take_number(&text, &t, &f)
                    : t.kind == WORD ? take_word(t.text, &f)
                                     : take_mark(&text, (unsigned)t.value, &f);
        if (!good)
            return false;
    }
    return to_time(&f, at);
}
