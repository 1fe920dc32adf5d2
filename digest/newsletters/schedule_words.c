/* Makes a recurrence rule of words such as "every Friday at 7:00". */
#include <stdio.h>

#include "digest/base/mem.h"
#include "digest/newsletters/schedule.h"

enum { MAX_WORDS = 40, MAX_DAYS = 32 };

/* ---- what words mean -------------------------------------------------- */

enum meaning {
    NOISE,
    UNIT,
    WEEKDAY,
    WEEKDAYS, /* several at once */
    ORDINAL,
    OTHER,  /* "every other" */
    NUMBER, /* from here on not in the table */
    TIME,
    UNKNOWN,
};

static const struct word {
    const char *text;
    enum meaning meaning;
    int value;
} words[] = {
    {"every", NOISE, 0},
    {"each", NOISE, 0},
    {"on", NOISE, 0},
    {"at", NOISE, 0},
    {"of", NOISE, 0},
    {"the", NOISE, 0},
    {"and", NOISE, 0},
    {"a", NOISE, 0},
    {"in", NOISE, 0},
    {"weekly", UNIT, 'w'},
    {"week", UNIT, 'w'},
    {"weeks", UNIT, 'w'},
    {"daily", UNIT, 'd'},
    {"day", UNIT, 'd'},
    {"days", UNIT, 'd'},
    {"monthly", UNIT, 'm'},
    {"month", UNIT, 'm'},
    {"months", UNIT, 'm'},
    {"monday", WEEKDAY, 1},
    {"tuesday", WEEKDAY, 2},
    {"wednesday", WEEKDAY, 3},
    {"thursday", WEEKDAY, 4},
    {"friday", WEEKDAY, 5},
    {"saturday", WEEKDAY, 6},
    {"sunday", WEEKDAY, 0},
    {"weekday", WEEKDAYS, 0x3e},
    {"weekdays", WEEKDAYS, 0x3e},
    {"weekend", WEEKDAYS, 0x41},
    {"weekends", WEEKDAYS, 0x41},
    {"first", ORDINAL, 1},
    {"second", ORDINAL, 2},
    {"third", ORDINAL, 3},
    {"fourth", ORDINAL, 4},
    {"last", ORDINAL, -1},
    {"other", OTHER, 2},
};

static const char *const day_codes[] = {"SU", "MO", "TU", "WE",
                                        "TH", "FR", "SA"};

/* "1", "15th". */
static bool read_number(struct str text, int *out)
{
    static const char *const endings[] = {"st", "nd", "rd", "th", "."};
    unsigned long long number;
    for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
        if (text.len > 2 && str_ends(text, str_of(endings[i])))
            text.len -= strlen(endings[i]);
    if (!str_to_u64(text, &number) || number > 999)
        return false;
    *out = (int)number;
    return true;
}

/* "7:00", "07:00"; minutes of the day. */
static bool read_time(struct str text, int *out)
{
    unsigned long long hour, minute;
    struct str rest = text;
    struct str left = str_cut(&rest, ':');
    if (left.len < 1 || left.len > 2 || rest.len != 2 ||
        !str_to_u64(left, &hour) || !str_to_u64(rest, &minute) || hour > 23 ||
        minute > 59)
        return false;
    *out = (int)(hour * 60 + minute);
    return true;
}

/* "friday", "Fridays", "fri". */
static bool is_weekday(struct str text, const struct word *w)
{
    struct str full = str_of(w->text);
    if (text.len == full.len + 1 && (text.ptr[full.len] | 32) == 's')
        text.len--;
    return str_equal_nocase(text, full) ||
           (text.len >= 3 && text.len <= 5 && str_starts_nocase(full, text));
}

static enum meaning look_up(struct str text, int *value)
{
    if (read_time(text, value))
        return TIME;
    if (read_number(text, value))
        return NUMBER;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        const struct word *w = &words[i];
        if (!str_equal_nocase(text, str_of(w->text)) &&
            !(w->meaning == WEEKDAY && is_weekday(text, w)))
            continue;
        *value = w->value;
        return w->meaning;
    }
    return UNKNOWN;
}

/* ---- a wording --------------------------------------------------------- */

struct wording {
    struct str words[MAX_WORDS];
    size_t count;
    int interval, unit; /* 0: none said */
    unsigned weekdays;  /* bit n: day n, 0 being Sunday */
    int ordinals[MAX_DAYS], days[MAX_DAYS];
    size_t ordinal_count, day_count;
    int time; /* -1: none said */
    const char *wrong;
};

static bool is_gap(char c)
{
    return c == ' ' || c == ',' || c == '\t' || c == '\n' || c == '\r';
}

static bool split(const char *text, struct wording *out)
{
    *out = (struct wording){.time = -1};
    while (*text) {
        while (is_gap(*text))
            text++;
        size_t length = 0;
        while (text[length] && !is_gap(text[length]))
            length++;
        if (!length)
            break;
        if (out->count == MAX_WORDS)
            return false;
        out->words[out->count++] = (struct str){text, length};
        text += length;
    }
    return out->count > 0;
}

/* A number before a unit is an interval, any other a day of the month. */
static void take_number(struct wording *w, size_t at, int number)
{
    int value;
    if (at + 1 < w->count && look_up(w->words[at + 1], &value) == UNIT) {
        w->interval = number;
        if (!number)
            w->wrong = "counts by 0";
    } else if (w->day_count < MAX_DAYS)
        w->days[w->day_count++] = number;
}

static void take(struct wording *w, size_t at)
{
    int value = 0;
    switch (look_up(w->words[at], &value)) {
    case NOISE:
        break;
    case UNIT:
        if (w->unit && w->unit != value)
            w->wrong = "says two kinds of time span";
        w->unit = value;
        break;
    case WEEKDAY:
        w->weekdays |= 1U << value;
        break;
    case WEEKDAYS:
        w->weekdays |= (unsigned)value;
        break;
    case ORDINAL:
        if (w->ordinal_count < MAX_DAYS)
            w->ordinals[w->ordinal_count++] = value;
        break;
    case OTHER:
        w->interval = value;
        break;
    case NUMBER:
        take_number(w, at, value);
        break;
    case TIME:
        if (w->time >= 0)
            w->wrong = "says two times; one newsletter has one, or give a "
                       "rule such as FREQ=DAILY;BYHOUR=7,18;BYMINUTE=30";
        w->time = value;
        break;
    case UNKNOWN:
        w->wrong = str_find(w->words[at], '/') < w->words[at].len
                       ? "names a time zone, which is the newsletter's own"
                       : "can't be understood";
        break;
    }
}

/* ---- as a rule ---------------------------------------------------------- */

static void add_weekdays(const struct wording *w, struct strbuf *out)
{
    size_t ordinals = w->ordinal_count ? w->ordinal_count : 1;
    const char *comma = "";
    strbuf_add_text(out, ";BYDAY=");
    for (size_t o = 0; o < ordinals; o++)
        for (int i = 0; i < 7; i++) {
            int day = (i + 1) % 7;
            if (!(w->weekdays & (1U << day)))
                continue;
            strbuf_add_text(out, comma);
            if (w->ordinal_count)
                strbuf_add_format(out, "%d", w->ordinals[o]);
            strbuf_add_text(out, day_codes[day]);
            comma = ",";
        }
}

static void add_frequency(const struct wording *w, const char *name,
                          struct strbuf *out)
{
    strbuf_add_format(out, "FREQ=%s", name);
    if (w->interval > 1)
        strbuf_add_format(out, ";INTERVAL=%d", w->interval);
}

/* "month 1", "month 1 15", "month last". */
static const char *add_monthdays(const struct wording *w, struct strbuf *out)
{
    const char *comma = "";
    add_frequency(w, "MONTHLY", out);
    strbuf_add_text(out, ";BYMONTHDAY=");
    for (size_t i = 0; i < w->day_count; i++) {
        if (w->days[i] < 1 || w->days[i] > 31)
            return "has a day that no month has";
        if (w->days[i] > 28)
            return "has a day that not every month has; \"month last\" is "
                   "the last one";
        strbuf_add_format(out, "%s%d", comma, w->days[i]);
        comma = ",";
    }
    for (size_t i = 0; i < w->ordinal_count; i++) {
        strbuf_add_format(out, "%s%d", comma, w->ordinals[i]);
        comma = ",";
    }
    return *comma ? NULL : "doesn't say which day of the month";
}

/* NULL, or what is wrong. */
static const char *add_days(const struct wording *w, struct strbuf *out)
{
    if (w->interval < 0 || (w->interval == 0 && w->wrong))
        return w->wrong;
    if (w->weekdays && w->ordinal_count) {
        if (w->unit == 'w' || w->unit == 'd' || w->day_count)
            return "mixes weeks, days and months";
        add_frequency(w, "MONTHLY", out);
        add_weekdays(w, out);
        return NULL;
    }
    if (w->unit == 'm' || (!w->weekdays && w->ordinal_count))
        return w->weekdays ? "says a weekday of a month without saying which "
                             "one"
                           : add_monthdays(w, out);
    if (w->day_count)
        return "has a number that isn't followed by weeks, days or months";
    if (w->weekdays) {
        if (w->unit == 'd')
            return "says daily and a weekday";
        add_frequency(w, "WEEKLY", out);
        add_weekdays(w, out);
        return NULL;
    }
    if (w->unit == 'd') {
        add_frequency(w, "DAILY", out);
        return NULL;
    }
    return "doesn't say on which day";
}

static const char *make_rule(struct wording *w, struct strbuf *out)
{
    for (size_t i = 0; i < w->count && !w->wrong; i++)
        take(w, i);
    if (w->wrong)
        return w->wrong;
    const char *wrong = add_days(w, out);
    if (wrong)
        return wrong;
    if (w->time < 0)
        return "doesn't say at what time";
    strbuf_add_format(out, ";BYHOUR=%d;BYMINUTE=%d;BYSECOND=0", w->time / 60,
                      w->time % 60);
    return NULL;
}

/* ---- what could have been meant ------------------------------------------ */

/* "7am", "7.30pm", "0730", "7h30", "19" as 07:00 and the like. */
static bool mend_time(struct str text, struct strbuf *out)
{
    int hour, minute = 0, used = 0;
    char word[16];
    if (!text.len || text.len >= sizeof word)
        return false;
    for (size_t i = 0; i < text.len; i++)
        word[i] =
            (char)(text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? text.ptr[i] + 32
                                                            : text.ptr[i]);
    word[text.len] = '\0';
    if (sscanf(word, "%2d%*1[.:h]%2d%n", &hour, &minute, &used) != 2 &&
        sscanf(word, "%2d%2d%n", &hour, &minute, &used) != 2) {
        minute = 0;
        if (sscanf(word, "%2d%n", &hour, &used) != 1)
            return false;
    }
    const char *rest = word + used;
    if (strcmp(rest, "pm") == 0 && hour < 12)
        hour += 12;
    else if (strcmp(rest, "am") == 0 && hour == 12)
        hour = 0;
    else if (*rest && strcmp(rest, "am") != 0 && strcmp(rest, "pm") != 0 &&
             strcmp(rest, "h") != 0 && strcmp(rest, ":") != 0)
        return false;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return false;
    strbuf_add_format(out, "%02d:%02d", hour, minute);
    return true;
}

/* Words that people use, and ours for them. */
static const char *const others[][2] = {
    {"fortnightly", "2 weeks"},
    {"biweekly", "2 weeks"},
    {"noon", "12:00"},
    {"midnight", "00:00"},
    {"morning", "07:00"},
    {"evening", "18:00"},
    {"workdays", "weekdays"},
    {"quarterly", "3 months 1"},
    {"1st", "first"},
    {"2nd", "second"},
    {"3rd", "third"},
    {"4th", "fourth"},
    {"everyday", "daily"},
    {"fifth", "last"},
    {"5th", "last"},
    {"monday-friday", "weekdays"},
    {"mon-fri", "weekdays"},
};

static const char *nearest(struct str text)
{
    const char *best = NULL;
    unsigned least = text.len > 5 ? 3 : 2;
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        if (str_equal_nocase(text, str_of(others[i][0])))
            return others[i][1];
    for (size_t i = 0; i < ARRAY_SIZE(words) && text.len > 2; i++) {
        if (words[i].meaning == NOISE)
            continue;
        unsigned distance = str_distance(text, str_of(words[i].text));
        if (distance < least) {
            least = distance;
            best = words[i].text;
        }
    }
    return best;
}

/* The word that was probably meant, or NULL. */
static const char *meant_word(const struct wording *w, struct str word,
                              enum meaning meaning, int value)
{
    bool is_ordinal = meaning == NUMBER && w->weekdays && !w->ordinal_count &&
                      value >= 1 && value <= 5 && word.len > 2;
    if (is_ordinal || meaning == UNKNOWN)
        return nearest(word);
    return meaning == NUMBER && w->unit == 'm' && value > 28 ? "last" : NULL;
}

static bool is_half_of_day(const struct wording *w, size_t at)
{
    return at < w->count && (str_equal_nocase(w->words[at], STR("am")) ||
                             str_equal_nocase(w->words[at], STR("pm")));
}

/* "7pm", and "7 pm". */
static bool mend_time_at(const struct wording *w, size_t at, struct strbuf *out)
{
    OWNED(strbuf_free) struct strbuf word = STRBUF_INIT;
    strbuf_add_str(&word, w->words[at]);
    if (is_half_of_day(w, at + 1))
        strbuf_add_str(&word, w->words[at + 1]);
    return mend_time(strbuf_str(&word), out);
}

/* Times go into `time`, of which there is one, all else into `days`. */
static void mend_word(const struct wording *w, size_t at, struct strbuf *days,
                      struct strbuf *time)
{
    int value = 0;
    struct str word = w->words[at];
    enum meaning meaning = look_up(word, &value);
    bool is_end = at + 1 == w->count || is_half_of_day(w, at + 1);
    bool may_be_time = meaning == TIME || meaning == UNKNOWN ||
                       (meaning == NUMBER && is_end && w->time < 0);
    OWNED(strbuf_free) struct strbuf mended = STRBUF_INIT;
    const char *meant = meant_word(w, word, meaning, value);
    bool is_time = (may_be_time && mend_time_at(w, at, &mended)) ||
                   (meant && read_time(str_of(meant), &value));
    if (is_time) {
        strbuf_cut(time, 0);
        strbuf_add_text(time, mended.len ? strbuf_text(&mended) : meant);
    } else if (meant || (meaning != UNKNOWN && meaning != NOISE)) {
        strbuf_add_text(days, days->len ? " " : "");
        strbuf_add_str(days, meant ? str_of(meant) : word);
    }
}

/* Gathers the words' meanings, without looking at whether they fit together. */
static void gather(struct wording *w)
{
    for (size_t i = 0; i < w->count; i++)
        take(w, i);
}

/* Words that would have been understood, near to those given. */
static bool mend(const char *text, struct strbuf *out)
{
    static const char *const added[] = {"", " friday", " 1"};
    struct wording given;
    OWNED(strbuf_free) struct strbuf days = STRBUF_INIT, time = STRBUF_INIT;
    if (!split(text, &given))
        return false;
    gather(&given);
    for (size_t i = 0; i < given.count; i++)
        mend_word(&given, i, &days, &time);
    for (size_t i = 0; i < ARRAY_SIZE(added) && days.len; i++) {
        struct wording again;
        OWNED(strbuf_free) struct strbuf rule = STRBUF_INIT;
        strbuf_cut(out, 0);
        strbuf_add_format(out, "%s%s %s", strbuf_text(&days), added[i],
                          time.len ? strbuf_text(&time) : "07:00");
        if (split(strbuf_text(out), &again) && !make_rule(&again, &rule))
            return true;
    }
    return false;
}

bool schedule_words(const char *text, struct strbuf *rule, struct err *err)
{
    struct wording w;
    size_t before = rule->len;
    OWNED(strbuf_free) struct strbuf meant = STRBUF_INIT;
    const char *wrong = split(text, &w) ? make_rule(&w, rule) : "is no wording";
    if (!wrong)
        return true;
    strbuf_cut(rule, before);
    if (mend(text, &meant))
        return err_set(err, ERR_USAGE, "\"%.80s\" %s; did you mean '%s'?", text,
                       wrong, strbuf_text(&meant));
    return err_set(err, ERR_USAGE,
                   "\"%.80s\" %s; write it like 'friday 07:00', 'weekdays "
                   "18:30', 'monday, thursday 07:00', 'first monday 09:00', "
                   "'month 1 08:00', '2 weeks tuesday 12:00', or as a rule "
                   "of RFC 5545",
                   text, wrong);
}
