#include "digest/articles/date_words.h"

#include "digest/base/timetext.h"

enum { UNSET = -1 };

struct found {
    int year, month, day, hour, minute, second;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct str take_while(struct str *text, bool (*is_fit)(char))
{
    size_t length = 0;
    while (length < text->len && is_fit(text->ptr[length]))
        length++;
    struct str taken = {text->ptr, length};
    *text = str_from(*text, length);
    return taken;
}

/* "May", "Sept", "December": three letters at least, as the name begins. */
static bool is_name(struct str word, const char *name)
{
    return word.len >= 3 && word.len <= strlen(name) &&
           str_equal_nocase(word, (struct str){name, word.len});
}

static bool is_weekday(struct str word)
{
    for (unsigned i = 0; i < 7; i++)
        if (is_name(word, time_weekday_name(i)))
            return true;
    return false;
}

static bool is_filler(struct str word)
{
    return is_weekday(word) || str_equal_nocase(word, STR("at")) ||
           str_equal_nocase(word, STR("on")) ||
           str_equal_nocase(word, STR("of")) ||
           str_equal_nocase(word, STR("the")) ||
           str_equal_nocase(word, STR("st")) ||
           str_equal_nocase(word, STR("nd")) ||
           str_equal_nocase(word, STR("rd")) ||
           str_equal_nocase(word, STR("th")) ||
           str_equal_nocase(word, STR("utc")) ||
           str_equal_nocase(word, STR("gmt")) ||
           str_equal_nocase(word, STR("sept"));
}

static bool take_word(struct str *text, struct found *f)
{
    struct str word = take_while(text, is_letter);
    for (unsigned i = 1; i <= 12; i++)
        if (is_name(word, time_month_name(i)) ||
            (i == 9 && str_equal_nocase(word, STR("sept")))) {
            bool is_first = f->month == UNSET;
            f->month = (int)i;
            return is_first;
        }
    bool pm = str_equal_nocase(word, STR("pm"));
    if ((pm || str_equal_nocase(word, STR("am"))) && f->hour >= 1 &&
        f->hour <= 12) {
        f->hour = f->hour % 12 + (pm ? 12 : 0);
        return true;
    }
    return is_filler(word);
}

static bool to_number(struct str digits, int *out)
{
    unsigned long long value;
    if (digits.len > 4 || !str_to_u64(digits, &value))
        return false;
    *out = (int)value;
    return true;
}

/* 10:30 or 10:30:15, the hour being read already. */
static bool take_clock(struct str *text, int hour, struct found *f)
{
    *text = str_from(*text, 1);
    f->hour = hour;
    if (!to_number(take_while(text, is_digit), &f->minute))
        return false;
    if (text->len < 2 || text->ptr[0] != ':')
        return true;
    *text = str_from(*text, 1);
    return to_number(take_while(text, is_digit), &f->second);
}

static bool take_number(struct str *text, struct found *f)
{
    struct str digits = take_while(text, is_digit);
    int value;
    if (!to_number(digits, &value))
        return false;
    if (text->len > 1 && text->ptr[0] == ':' && f->hour == UNSET)
        return take_clock(text, value, f);
    int *slot = digits.len == 4 ? &f->year : digits.len <= 2 ? &f->day : NULL;
    if (!slot || *slot != UNSET)
        return false;
    *slot = value;
    return true;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool to_time(const struct found *f, int64_t *at)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30,
                                  31, 31, 30, 31, 30, 31};
    if (f->year < 1000 || f->month == UNSET || f->day < 1)
        return false;
    int length = lengths[f->month - 1];
    if (f->month == 2 && is_leap(f->year))
        length++;
    if (f->day > length || f->hour > 23 || f->minute > 59 || f->second > 60)
        return false;
    *at = time_from_civil(f->year, (unsigned)f->month, (unsigned)f->day,
                          f->hour == UNSET ? 0 : (unsigned)f->hour,
                          (unsigned)f->minute, (unsigned)f->second);
    return true;
}

bool date_words_parse(struct str text, int64_t *at)
{
    struct found f = {UNSET, UNSET, UNSET, UNSET, 0, 0};
    if (time_parse_any(text, at))
        return true;
    while (text.len) {
        char c = text.ptr[0];
        if (is_digit(c)    ? !take_number(&text, &f)
            : is_letter(c) ? !take_word(&text, &f)
                           : !strchr(" ,.-/|\t", c) || c == '\0')
            return false;
        if (!is_digit(c) && !is_letter(c))
            text = str_from(text, 1);
    }
    return to_time(&f, at);
}
