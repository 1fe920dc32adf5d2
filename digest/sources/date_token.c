/* Cuts a written date into numbers, words and marks. */
#include "digest/sources/date_token_internal.h"

#include "digest/base/mem.h"
#include "digest/base/utf8.h"

/* The digits of many scripts count as such. */
int date_digit(unsigned c)
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
           (c >= 0xC0 && date_digit(c) < 0 && !is_unit(c) &&
            !(c >= 0x2000 && c <= 0x206F) && !(c >= 0x2190 && c <= 0x2BFF) &&
            !(c >= 0xFF01 && c <= 0xFF20) && c != 0x3000 && c != 0x60C &&
            c != 0x3001 && c != 0x970);
}

/* 月曜日, 월요일 and "日, 8": a weekday begins with what is a unit elsewhere.
 */
static bool begins_weekday(struct str behind)
{
    size_t at = 0;
    unsigned c = behind.len ? utf8_next(behind, &at) : 0;
    return c == 0x66DC || c == 0xC694 || c == ',' || c == 0x3001;
}

struct date_token date_token_next(struct str *text)
{
    struct date_token t = {.kind = END, .text = {text->ptr, 0}};
    while (t.text.len < text->len) {
        size_t at = t.text.len;
        unsigned c = utf8_next(*text, &at);
        int digit = date_digit(c);
        if (t.kind == END) {
            bool is_word = is_letter(c) ||
                           (is_unit(c) && begins_weekday(str_from(*text, at)));
            t.kind = digit >= 0 ? NUMBER : is_word ? WORD : MARK;
            t.value = t.kind == MARK ? (int)c : 0;
        } else if (t.kind == MARK || (t.kind == NUMBER) != (digit >= 0) ||
                   (t.kind == WORD && !is_letter(c) && !is_unit(c))) {
            break;
        }
        if (digit >= 0 && ++t.digits <= 6)
            t.value = t.value * 10 + digit;
        t.text.len = at;
    }
    *text = str_from(*text, t.text.len);
    return t;
}
