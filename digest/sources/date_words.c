/* Reads a date as people and programs write it. */
#include "digest/sources/date_words_internal.h"

#include "digest/base/mem.h"
#include "digest/base/timetext.h"
#include "digest/base/utf8.h"
#include "digest/sources/date_token_internal.h"
#include "digest/sources/month_names_internal.h"

enum {
    UNSET = -1,
    MAX_DATE = 200 /* bytes */,
    BUDDHIST = 2400,
    MAX_ZONE_S = 15 * 3600
};

struct found {
    int year, month, day, hour, minute, second;
    int zone_s;         /* east of UTC */
    bool is_after_noon; /* said before the hour, as in Chinese */
    bool has_offset;    /* a number of hours was said: a name adds nothing */
    /* The last token but for spaces: what the next one may mean hangs on. */
    enum { OTHER, A_MONTH, A_CLOCK, A_ZONE, A_T } before;
};

static bool is_among(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_nocase(word, str_of(words[i])))
            return true;
    return false;
}

/* Words that stand between the parts of a date and say nothing of it. */
static bool is_filler(struct str word)
{
    static const char *const fillers[] = {
        "at",   "on",  "of",   "the",   "st",   "nd",   "rd",     "th",
        "utc",  "gmt", "de",   "del",   "le",   "er",   "den",    "um",
        "uhr",  "kl",  "klo",  "o",     "a",    "las",  "el",     "la",
        "i",    "r",   "ore",  "om",    "h",    "г",    "года",   "р",
        "року", "в",   "ngày", "tháng", "năm",  "lúc",  "feira",  "à",
        "alle", "às",  "上午", "早上",  "午前", "오전", "الساعة", "ই",
        "খ্রি",  "যৎ",  "وقت",  "م",     "น"};
    return is_among(word, fillers, ARRAY_SIZE(fillers));
}

static bool is_complete(const struct found *f)
{
    return f->year != UNSET && f->month != UNSET && f->day != UNSET;
}

static bool is_ascii(struct str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] & 0x80)
            return false;
    return true;
}

/* "m." behind "p.": a half of the day. */
static bool take_m(struct str *text)
{
    struct str rest = *text;
    struct date_token t = date_token_next(&rest);
    while (t.kind == MARK && (t.value == '.' || t.value == ' ' ||
                              t.value == 0xA0 || t.value == 0x202F))
        t = date_token_next(&rest);
    if (t.kind != WORD || !str_equal_nocase(t.text, STR("m")))
        return false;
    *text = rest;
    return true;
}

/* am, pm, and the same in other languages. */
static bool take_half(struct str *text, struct str word, struct found *f)
{
    static const char *const mornings[] = {"am", "পূর্বাহ্ণ", "पूर्वाह्न", "ص"};
    static const char *const evenings[] = {"pm", "অপরাহ্ণ", "अपराह्न"};
    bool am = is_among(word, mornings, ARRAY_SIZE(mornings));
    bool pm = is_among(word, evenings, ARRAY_SIZE(evenings)) ||
              (f->before == A_CLOCK && str_equal(word, STR("م")));
    if (f->hour == UNSET)
        return false;
    if (!am && !pm && word.len == 1 && strchr("aApP", word.ptr[0]) &&
        take_m(text)) {
        pm = (word.ptr[0] | 0x20) == 'p';
        am = !pm;
    }
    /* Some print it behind a clock of 24 hours: that one says more. */
    if ((am && f->hour == 12) || (pm && f->hour < 12 && f->hour > 0))
        f->hour = (f->hour + 12) % 24;
    return (am && f->hour <= 12) || (pm && f->hour > 0);
}

/* The name of a zone behind the time; one that no table has says nothing. */
static bool take_zone_name(struct str word, struct found *f)
{
    int minutes = 0;
    if (f->hour == UNSET || !is_ascii(word) ||
        (!time_zone_by_name(word, &minutes) && !time_zone_is_unknown(word)))
        return false;
    if (!f->has_offset)
        f->zone_s = minutes * 60;
    f->before = A_ZONE;
    return true;
}

/* "Europe/Berlin": the name of a place says as little. */
static bool take_place(struct str *text, struct found *f)
{
    struct str rest = *text;
    struct date_token slash = date_token_next(&rest),
                      place = date_token_next(&rest);
    if (f->hour == UNSET || slash.kind != MARK || slash.value != '/' ||
        place.kind != WORD)
        return false;
    while (rest.len && (strchr("/_-", rest.ptr[0]) || rest.ptr[0] & 0x40))
        rest = str_from(rest, 1);
    f->before = A_ZONE;
    *text = rest;
    return true;
}

static bool is_capital(struct str word)
{
    return word.len && word.ptr[0] >= 'A' && word.ptr[0] <= 'Z';
}

/* "Central European Summer Time", the first word being read already. */
static bool take_long_zone(struct str *text, struct str first, struct found *f)
{
    struct str rest = *text;
    struct date_token word = {.kind = WORD, .text = first};
    int minutes = 0;
    for (int words = 1; words <= 5 && is_capital(word.text); words++) {
        if (str_equal_nocase(word.text, STR("time"))) {
            struct str name = {first.ptr, (size_t)(rest.ptr - first.ptr)};
            if (time_zone_by_name(name, &minutes) && !f->has_offset)
                f->zone_s = minutes * 60;
            f->before = A_ZONE;
            *text = rest;
            return true;
        }
        if (date_token_next(&rest).value != ' ')
            return false;
        word = date_token_next(&rest);
    }
    return false;
}

static bool is_known_zone(struct str word)
{
    int ignored;
    return time_zone_by_name(word, &ignored);
}

/* Thai cuts both halves of a name: "ต.ค.". */
static int month_of(struct str *text, struct str word)
{
    struct str rest = *text;
    int month = month_by_name(word);
    if (month || date_token_next(&rest).value != '.')
        return month;
    struct date_token second = date_token_next(&rest);
    struct str both = {word.ptr, (size_t)(rest.ptr - word.ptr)};
    month = second.kind == WORD ? month_by_name(both) : 0;
    if (month)
        *text = rest;
    return month;
}

static bool take_word(struct str *text, struct str word, struct found *f)
{
    static const char *const afternoons[] = {"下午", "晚上", "午後", "오후"};
    if (take_half(text, word, f))
        return true;
    if (is_among(word, afternoons, ARRAY_SIZE(afternoons)))
        return f->is_after_noon = true;
    if (is_known_zone(word) && take_zone_name(word, f))
        return true;
    if (f->hour != UNSET &&
        (take_place(text, f) || take_long_zone(text, word, f)))
        return true;
    bool is_t =
        str_equal_nocase(word, STR("t")) && is_complete(f) && f->hour == UNSET;
    f->before = is_t ? A_T : OTHER;
    if (is_t || is_filler(word))
        return true;
    int month = f->month == UNSET ? month_of(text, word) : 0;
    if (month) {
        f->month = month;
        f->before = A_MONTH;
        return true;
    }
    return weekday_is_name(word, 3) || take_zone_name(word, f);
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

/* 10:30, 10:30:15 or 10.30.15, the hour being read already. */
static bool take_clock(struct str *text, int hour, struct found *f)
{
    struct date_token mark = date_token_next(text),
                      minute = date_token_next(text);
    f->hour = hour;
    f->minute = minute.value;
    f->before = A_CLOCK;
    if (minute.kind != NUMBER || minute.digits != 2)
        return false;
    bool is_dotted = mark.value == '.' && text->len > 2 &&
                     text->ptr[0] == '.' && text->ptr[1] >= '0' &&
                     text->ptr[1] <= '9';
    if (!is_dotted && (!text->len || text->ptr[0] != ':'))
        return true;
    date_token_next(text);
    struct date_token second = date_token_next(text);
    f->second = second.value;
    if (text->len > 1 && strchr(".,", text->ptr[0]) &&
        date_digit((unsigned char)text->ptr[1]) >= 0) {
        date_token_next(text);
        date_token_next(text); /* a fraction of it */
    }
    return second.kind == NUMBER && second.digits == 2;
}

/* 10h30, and 10.30 behind a whole date. */
static bool is_clock(const struct date_token *mark,
                     const struct date_token *minute, const struct found *f)
{
    bool is_hour = mark->kind == WORD && str_equal_nocase(mark->text, STR("h"));
    bool is_dot = mark->kind == MARK && mark->value == '.' && is_complete(f);
    return f->hour == UNSET && minute->kind == NUMBER && minute->digits == 2 &&
           (is_hour || is_dot);
}

static bool is_between(int mark)
{
    return mark == '.' || mark == '/' || mark == '-';
}

/* 21.5.2025, 21/05/2025, 05/21/2025 and 2025/05/21; where day and month can't
 * be told apart, it is none. */
static bool take_numeric(struct str *text, const struct date_token *first,
                         int mark, struct found *f)
{
    date_token_next(text);
    struct date_token second = date_token_next(text),
                      again = date_token_next(text),
                      third = date_token_next(text);
    bool year_first = first->digits == 4;
    const struct date_token *year = year_first ? first : &third;
    const struct date_token *day = year_first ? &third : first;
    if (second.kind != NUMBER || again.kind != MARK || again.value != mark ||
        third.kind != NUMBER || year->digits != 4 || second.digits > 2 ||
        day->digits > 2 || f->day != UNSET)
        return false;
    bool month_first = !year_first && mark != '.' && second.value > 12;
    bool is_certain = year_first || mark == '.' || first->value > 12 ||
                      month_first || first->value == second.value;
    f->year = year->value;
    f->month = month_first ? day->value : second.value;
    f->day = month_first ? second.value : day->value;
    return is_certain && f->month >= 1 && f->month <= 12;
}

static int value_of(struct str digits)
{
    int value = 0;
    for (size_t at = 0; at < digits.len;)
        value = value * 10 + date_digit(utf8_next(digits, &at));
    return value;
}

/* 20250521, and behind it 103015, 1030 or 10 (ISO 8601 without its marks). */
static bool take_compact(const struct date_token *number, struct found *f)
{
    int value = is_ascii(number->text) ? value_of(number->text) : 0;
    if (number->digits == 8 && value >= 10000101 && f->year == UNSET &&
        f->month == UNSET && f->day == UNSET) {
        f->year = value / 10000;
        f->month = value / 100 % 100;
        f->day = value % 100;
        return true;
    }
    if (!is_complete(f) || f->hour != UNSET || number->digits % 2 ||
        number->digits > 6)
        return false;
    for (unsigned digits = number->digits; digits < 6; digits += 2)
        value *= 100;
    f->hour = value / 10000;
    f->minute = value / 100 % 100;
    f->second = value % 100;
    f->before = A_CLOCK;
    return true;
}

/* "6 pm": an hour alone. */
static bool is_hour(struct str text, const struct found *f)
{
    static const char *const halves[] = {"am", "pm"};
    struct date_token t = date_token_next(&text);
    while (t.kind == MARK && t.value == ' ')
        t = date_token_next(&text);
    return f->hour == UNSET && t.kind == WORD &&
           is_among(t.text, halves, ARRAY_SIZE(halves));
}

/* 21-May-25 and "21 May 25 10:30" (RFC 850, RFC 822): a year in two digits is
 * told by the month before it, and by a time or nothing behind. */
static bool is_short_year(struct str text, const struct date_token *number,
                          const struct found *f)
{
    struct date_token t = date_token_next(&text);
    while (t.kind == MARK && (t.value == ' ' || t.value == ','))
        t = date_token_next(&text);
    struct date_token colon = date_token_next(&text);
    bool is_time = t.kind == NUMBER && colon.kind == MARK && colon.value == ':';
    return number->digits == 2 && f->before == A_MONTH && f->day != UNSET &&
           f->year == UNSET && (is_time || t.kind == END);
}

static bool take_number(struct str *text, const struct date_token *number,
                        struct found *f)
{
    struct str rest = *text;
    struct date_token mark = date_token_next(&rest),
                      behind = date_token_next(&rest);
    int *slot =
        mark.kind == MARK ? slot_by_unit((unsigned)mark.value, f) : NULL;
    if (slot && number->digits <= 4) {
        date_token_next(text);
        *slot = number->value;
        return true;
    }
    if (is_clock(&mark, &behind, f))
        return take_clock(text, number->value, f);
    bool is_close = mark.kind == MARK && behind.kind == NUMBER;
    if (is_close && mark.value == ':' && f->hour == UNSET &&
        number->digits <= 2)
        return take_clock(text, number->value, f);
    if (is_close && is_between(mark.value) && f->month == UNSET &&
        number->digits != 3)
        return take_numeric(text, number, mark.value, f);
    if (is_hour(*text, f)) {
        f->hour = number->value;
        return number->digits <= 2;
    }
    if (number->digits == 8 || f->before == A_T)
        return take_compact(number, f);
    bool is_short = is_short_year(*text, number, f);
    slot = number->digits == 4 || is_short ? &f->year
           : number->digits <= 2           ? &f->day
                                           : NULL;
    f->before = OTHER;
    if (!slot || *slot != UNSET)
        return false;
    *slot =
        is_short ? (int)time_full_year((unsigned)number->value) : number->value;
    return true;
}

/* +0200, -05:00, behind a time of the day; +02, +2 and +5:30, too. Said
 * twice, as Go does of a zone without a name, it has to be the same. */
static bool take_zone(struct str *text, bool is_west, struct found *f)
{
    struct str rest = *text;
    struct date_token hours = date_token_next(&rest);
    int seconds = hours.value * 3600;
    if (hours.kind != NUMBER || f->hour == UNSET)
        return false;
    if (hours.digits == 4) {
        seconds = hours.value / 100 * 3600 + hours.value % 100 * 60;
    } else if (hours.digits <= 2 && rest.len && rest.ptr[0] == ':') {
        date_token_next(&rest);
        seconds += date_token_next(&rest).value * 60;
    } else if (hours.digits > 2 || (f->before != A_ZONE &&
                                    (f->day == UNSET || f->month == UNSET))) {
        return false;
    }
    seconds = is_west ? -seconds : seconds;
    if (seconds > MAX_ZONE_S || seconds < -MAX_ZONE_S ||
        (f->has_offset && seconds != f->zone_s))
        return false;
    f->zone_s = seconds;
    f->has_offset = true;
    f->before = A_ZONE;
    *text = rest;
    return true;
}

/* "(Central European Time)", "[Europe/Berlin]": a comment, which may hold
 * others (RFC 5322 §3.2.2). One that doesn't end is none. */
static bool skip_comment(struct str *text, char open, char close)
{
    size_t depth = 1;
    for (size_t at = 0; at < text->len; at++) {
        char c = text->ptr[at];
        depth += c == open;
        depth -= c == close;
        if (!depth) {
            *text = str_from(*text, at + 1);
            return true;
        }
        at += c == '\\';
    }
    return false;
}

static bool take_mark(struct str *text, unsigned mark, struct found *f)
{
    if ((mark == '+' || mark == '-' || mark == 0x2212) &&
        take_zone(text, mark != '+', f))
        return true;
    if (mark == '(')
        return skip_comment(text, '(', ')');
    if (mark == '[' && is_complete(f))
        return skip_comment(text, '[', ']');
    if (mark == ':') /* as web servers log it: 21/May/2025:10:30:15 */
        return f->year != UNSET && f->hour == UNSET;
    return mark == 0x60C || mark == 0x3001 || mark == 0xFF0C ||
           mark == 0x3000 || mark == 0xA0 ||
           (mark >= 0x2000 && mark <= 0x206F) || mark == 0xB7 || mark == 0xBA ||
           mark == 0x970 ||
           (mark && mark < 0x80 && strchr(" ,.-/|\t", (int)mark));
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
        if (date_digit(utf8_next(text, &at)) >= 0)
            return true;
    return false;
}

static bool parse_words(struct str text, int64_t *at)
{
    struct found f = {
        .year = UNSET, .month = UNSET, .day = UNSET, .hour = UNSET};
    while (text.len) {
        struct date_token t = date_token_next(&text);
        bool good = t.kind == NUMBER ? take_number(&text, &t, &f)
                    : t.kind == WORD ? take_word(&text, t.text, &f)
                                     : take_mark(&text, (unsigned)t.value, &f);
        if (!good)
            return false;
    }
    return to_time(&f, at);
}

/* "lun., 21 avr. 2025": behind a first word that is a weekday's, or ends in a
 * comma, a dot or a colon, the date begins. */
static bool skip_first_word(struct str *text)
{
    struct str rest = *text;
    struct date_token word = date_token_next(&rest),
                      mark = date_token_next(&rest);
    bool ends = mark.kind == MARK &&
                (mark.value == ',' || mark.value == '.' || mark.value == ':' ||
                 mark.value == 0x60C || mark.value == 0xFF0C);
    if (word.kind != WORD || (!ends && !weekday_is_name(word.text, 2)))
        return false;
    *text = rest;
    return true;
}

/* Seconds or milliseconds since 1970. */
static bool parse_unix(struct str text, int64_t *at)
{
    unsigned long long value;
    if ((text.len != 10 && text.len != 13) || !str_to_u64(text, &value))
        return false;
    *at = (int64_t)(text.len == 13 ? value / 1000 : value);
    return true;
}

static bool parse(struct str text, int64_t *at)
{
    if (time_parse_any(text, at) || parse_unix(text, at))
        return true;
    if (text.len > MAX_DATE || !has_number(text))
        return false;
    /* Go's clock that only goes forward: "m=+0.0123". */
    text.len = str_find_str(text, STR(" m="));
    return parse_words(text, at) ||
           (skip_first_word(&text) && parse_words(text, at));
}

bool date_words_parse(struct str text, int64_t *at)
{
    return parse(str_trim(text), at) && *at != 0 &&
           *at >= time_from_civil(1000, 1, 1, 0, 0, 0);
}
