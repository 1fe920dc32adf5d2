#include "tests/articles/importing.h"

#include "digest/articles/date_words.h"
#include "digest/base/timetext.h"

static void dates_of_many_languages_are_read(void **state)
{
    static const char *const cases[][2] = {
        {"Wednesday, May 21, 2025", "2025-05-21T00:00:00Z"},
        {"8 Jul 2022 at 6:05 pm", "2022-07-08T18:05:00Z"},
        {"21st of May 2025, 10:30:15", "2025-05-21T10:30:15Z"},
        {"May 21, 2025 10:30 +0600", "2025-05-21T04:30:00Z"},
        {"May 21, 2025 10:30 -05:00", "2025-05-21T15:30:00Z"},
        {"Mittwoch, 21. Mai 2025, 10:30 Uhr", "2025-05-21T10:30:00Z"},
        {"3. März 2024", "2024-03-03T00:00:00Z"},
        {"mercredi 1er août 2024", "2024-08-01T00:00:00Z"},
        {"miércoles, 21 de mayo de 2025", "2025-05-21T00:00:00Z"},
        {"quarta-feira, 21 de março de 2025", "2025-03-21T00:00:00Z"},
        {"21 maggio 2025", "2025-05-21T00:00:00Z"},
        {"21 mei 2025", "2025-05-21T00:00:00Z"},
        {"21 mayıs 2025", "2025-05-21T00:00:00Z"},
        {"21 мая 2025 года", "2025-05-21T00:00:00Z"},
        {"21 травня 2025 р.", "2025-05-21T00:00:00Z"},
        {"বুধবার, ২১ মে, ২০২৫", "2025-05-21T00:00:00Z"},
        {"১৬ ডিসেম্বর ২০২৪, ১০:৩০ অপরাহ্ণ", "2024-12-16T22:30:00Z"},
        {"21 मई 2025", "2025-05-21T00:00:00Z"},
        {"२१ जनवरी २०२५", "2025-01-21T00:00:00Z"},
        {"الأربعاء، ٢١ مايو ٢٠٢٥", "2025-05-21T00:00:00Z"},
        {"2025年5月21日 10:30", "2025-05-21T10:30:00Z"},
        {"2025年12月1日10时30分", "2025-12-01T10:30:00Z"},
        {"2025년 5월 21일", "2025-05-21T00:00:00Z"},
        {"21 พฤษภาคม 2568", "2025-05-21T00:00:00Z"},
        {"21.05.2025", "2025-05-21T00:00:00Z"},
        {"5.6.2025", "2025-06-05T00:00:00Z"},
        {"21/05/2025 10:30", "2025-05-21T10:30:00Z"},
        {"2025/05/06", "2025-05-06T00:00:00Z"},
        {"14 novembre 2026 à 10h30", "2026-11-14T10:30:00Z"},
        {"14. November 2026, 10.30 Uhr", "2026-11-14T10:30:00Z"},
        {"2026年11月18日 上午9:15", "2026-11-18T09:15:00Z"},
        {"2026年11月18日 下午3:15", "2026-11-18T15:15:00Z"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char text[TIME_TEXT_SIZE];
        int64_t at;
        if (!date_words_parse(str_of(cases[i][0]), &at))
            fail_msg("not read: %s", cases[i][0]);
        assert_string_equal(time_rfc3339(at, text), cases[i][1]);
    }
}

static void what_is_no_date_is_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "May",
        "May 2025",
        "21 May",
        "05/06/2025",
        "30 February 2025",
        "2025年13月1日",
        "31.04.2025",
        "May the 4th be with you 2025",
        "21 May 2025 25:00",
        "The vote of May 21, 2025",
        "২১ মে",
        "999999年1月1日",

        "10:30",
        "21.05.",
        "1 2 3 2025",
        "\xff\xfe",
        "21 May 2025 +99999",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        int64_t at;
        if (date_words_parse(str_of(cases[i]), &at))
            fail_msg("read: %s", cases[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_of_many_languages_are_read),
        cmocka_unit_test(what_is_no_date_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
